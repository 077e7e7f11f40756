//! Columns by width, and the cells of one row. Narrow screens drop columns by priority; they never squeeze ids.

use crate::app::{Item, List, Tone, View, sign};
use crate::domain::facts::{Processing, Tenant};
use crate::domain::finding::Found;
use crate::domain::kind::Kind;
use crate::domain::location::Location;
use crate::domain::names;
use crate::store::Snapshot;

/// What a column shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    Name,
    Upn,
    Location,
    Codes,
    Department,
    Gives,
    Members,
    Failing,
    Used,
    Free,
    Code,
    Subject,
    Product,
    Message,
}

impl What {
    pub(super) fn title(self) -> &'static str {
        match self {
            What::Name => "name",
            What::Upn => "principal name",
            What::Location => "loc",
            What::Codes => "findings",
            What::Department => "department",
            What::Gives => "gives",
            What::Members => "users",
            What::Failing => "failing",
            What::Used => "used",
            What::Free => "free",
            What::Code => "kind",
            What::Subject => "who",
            What::Product => "product",
            What::Message => "what",
        }
    }
}

/// A column; its width holds one blank after it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Column {
    pub(super) what: What,
    pub(super) width: u16,
    pub(super) right: bool,
}

/// A cell.
#[derive(Debug)]
pub(super) struct Cell {
    pub(super) tone: Tone,
    pub(super) text: String,
}

/// Mark, sign and a blank.
const GUTTER: u16 = 3;

/// The columns of a list in a width.
pub(super) fn columns(list: List, width: u16, all_kinds: bool) -> Vec<Column> {
    let room = width.saturating_sub(GUTTER);
    let left = |what, width| Column { what, width, right: false };
    let right = |what, width| Column { what, width, right: true };
    match list {
        List::Users if room >= 100 => {
            let rest = room - 5 - 26 - 16;
            let name = rest * 2 / 5;
            vec![
                left(What::Name, name),
                left(What::Upn, rest - name),
                left(What::Location, 5),
                left(What::Codes, 26),
                left(What::Department, 16),
            ]
        }
        List::Users if room >= 68 => {
            let rest = room - 5 - 18;
            let name = rest * 2 / 5;
            vec![left(What::Name, name), left(What::Upn, rest - name), left(What::Location, 5), left(What::Codes, 18)]
        }
        List::Users => {
            let codes = (room / 3).max(9);
            vec![left(What::Name, room.saturating_sub(5 + codes)), left(What::Location, 5), left(What::Codes, codes)]
        }
        List::Groups if room >= 60 => {
            let rest = room - 8 - 9;
            vec![
                left(What::Name, rest / 2),
                left(What::Gives, rest - rest / 2),
                right(What::Members, 8),
                right(What::Failing, 9),
            ]
        }
        List::Groups => {
            vec![left(What::Name, room.saturating_sub(14)), right(What::Members, 6), right(What::Failing, 8)]
        }
        List::Skus => vec![left(What::Name, room.saturating_sub(14)), right(What::Used, 7), right(What::Free, 7)],
        List::Findings => {
            let mut columns = Vec::new();
            let mut room = room;
            if all_kinds {
                columns.push(left(What::Code, 10));
                room = room.saturating_sub(10);
            }
            if room >= 80 {
                columns.push(left(What::Subject, 22));
                columns.push(left(What::Product, 22));
                columns.push(left(What::Message, room - 44));
            } else {
                columns.push(left(What::Subject, 22));
                columns.push(left(What::Message, room.saturating_sub(22)));
            }
            columns
        }
    }
}

/// The sign of an item's worst finding.
pub(super) fn sign_of(item: Item, snapshot: &Snapshot) -> (Tone, &'static str) {
    let worst = match item {
        Item::Finding(found) => Some(found.severity),
        Item::User(id) => snapshot.user(id).and_then(|u| u.severity()),
        Item::Group(id) => worst_shared(snapshot, |f| f.group == Some(id)),
        Item::Sku(id) => worst_shared(snapshot, |f| f.group.is_none() && f.sku == Some(id)),
    };
    worst.map_or((Tone::Plain, " "), |s| (Tone::of(s), sign(s)))
}

fn worst_shared(snapshot: &Snapshot, is: impl Fn(&Found) -> bool) -> Option<crate::domain::kind::Severity> {
    let list = snapshot.findings_of_shared(is);
    list.into_iter().filter_map(|at| snapshot.found_head(at)).map(|(_, severity, _)| severity).max()
}

/// The cells of a row.
pub(super) fn cells(item: Item, view: &View, columns: &[Column]) -> Vec<Cell> {
    columns.iter().map(|c| one(item, &view.snapshot, c.what)).collect()
}

fn plain(text: impl Into<String>) -> Cell {
    Cell { tone: Tone::Plain, text: text.into() }
}

fn one(item: Item, snapshot: &Snapshot, what: What) -> Cell {
    let found = match item {
        Item::User(id) => snapshot.user(id).map(|user| of_user(&user, what)),
        Item::Group(id) => snapshot.group(id).map(|group| of_group(group, snapshot, what)),
        Item::Sku(id) => snapshot.sku(id).map(|sku| of_sku(sku, what)),
        Item::Finding(found) => Some(of_finding(&found, snapshot, what)),
    };
    found.unwrap_or_else(|| plain("gone"))
}

fn of_user(user: &crate::store::UserRow<'_>, what: What) -> Cell {
    match what {
        What::Name => plain(user.name()),
        What::Upn => plain(user.upn()),
        What::Department => plain(user.department().unwrap_or_default()),
        What::Location => match user.usage_location() {
            None => Cell { tone: Tone::Gap, text: "[__]".to_owned() },
            Some(text) if Location::parse(text).is_ok() => plain(text),
            Some(text) => Cell { tone: Tone::Error, text: text.to_owned() },
        },
        What::Codes => {
            let kinds = user.kinds();
            let tone = kinds.iter().map(Kind::severity).max().map_or(Tone::Plain, Tone::of);
            Cell { tone, text: kinds.iter().map(Kind::code).collect::<Vec<_>>().join(" ") }
        }
        _ => plain(""),
    }
}

fn of_group(group: &crate::domain::facts::Group, snapshot: &Snapshot, what: What) -> Cell {
    match what {
        What::Name => {
            let state = match group.processing {
                Processing::Queued | Processing::InProgress | Processing::Failed => {
                    format!(" ({})", group.processing.as_str())
                }
                Processing::Unknown | Processing::Complete => String::new(),
            };
            plain(format!("{}{state}", group.label()))
        }
        What::Gives => plain(group.licenses.iter().map(|l| names::sku(l.sku, snapshot)).collect::<Vec<_>>().join(", ")),
        What::Members => plain(group.members.as_ref().map_or_else(|| "?".to_owned(), |m| m.users.len().to_string())),
        What::Failing => match snapshot.errors_in_group(group.id).iter().map(|(_, n)| n).sum::<u32>() {
            0 => plain(""),
            n => Cell { tone: Tone::Error, text: n.to_string() },
        },
        _ => plain(""),
    }
}

fn of_sku(sku: &crate::domain::facts::Sku, what: What) -> Cell {
    match what {
        What::Name => plain(sku.name()),
        What::Used => plain(sku.consumed.to_string()),
        What::Free => {
            let tone = if sku.free() < 0 { Tone::Error } else { Tone::Plain };
            Cell { tone, text: sku.free().to_string() }
        }
        _ => plain(""),
    }
}

fn of_finding(found: &Found, snapshot: &Snapshot, what: What) -> Cell {
    match what {
        What::Code => Cell { tone: Tone::of(found.severity), text: found.kind.code().to_owned() },
        What::Subject => {
            let item = Item::Finding(*found);
            plain(item.object().unwrap_or(item).label(snapshot).as_str())
        }
        What::Product => plain(found.sku.map(|s| names::sku(s, snapshot)).unwrap_or_default()),
        // The holders of an address are searched for among all users: that is for the card, not for every row.
        What::Message if found.kind == Kind::ProxyAddressInUse => plain(found.kind.title()),
        What::Message => {
            plain(snapshot.find(found).and_then(|at| snapshot.describe(at)).map(|f| f.message).unwrap_or_default())
        }
        _ => plain(""),
    }
}
