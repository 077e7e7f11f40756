//! `tenantry list`: users, groups or products that match a filter, for scripts and for eyes.

use std::io::{self, BufWriter, Write};

use serde::{Serialize, Serializer};
use unicode_width::UnicodeWidthStr;

use super::audit_csv::records;
use super::audit_entry::{clean, part_number};
use super::audit_output::json;
use super::audit_table::markdown_rows;
use super::exit::{ExitCode, Failure};
use super::{Loaded, Output, table};
use crate::domain::facts::{Group, Part, Row, Sku, Sync, Tenant, UserType};
use crate::domain::finding::Found;
use crate::domain::ids::{GroupId, SkuId, UserId};
use crate::domain::kind::Kind;
use crate::domain::license;
use crate::domain::text::Clean;
use crate::query::{self, Query};
use crate::store::{Snapshot, UserOrder, UserRow};

/// What to list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Objects {
    /// Users, by UPN.
    Users,
    /// The licensed groups and those that license states name, by name.
    Groups,
    /// Products, by name.
    Skus,
}

/// The form of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For eyes.
    Table,
    /// An array of objects.
    Json,
    /// For spreadsheets.
    Csv,
    /// For tickets.
    Markdown,
}

/// Objects that were picked already: the rows of a view.
#[derive(Debug, Clone, Copy)]
pub enum Picked<'a> {
    /// Users by row.
    Users(&'a [u32]),
    /// Groups.
    Groups(&'a [GroupId]),
    /// Products.
    Skus(&'a [SkuId]),
}

/// What `list` was asked for.
#[derive(Debug, Clone)]
pub struct ListRequest {
    /// What.
    pub objects: Objects,
    /// The filter, as it was typed.
    pub filter: String,
    /// The form.
    pub format: Format,
}

/// Reads a filter; the failure shows the line with the part underlined that cannot be read.
pub fn read_filter(line: &str) -> Result<Query, Failure> {
    Query::parse(line).map_err(|error| {
        let before: String = line.chars().take(error.column).collect();
        let part: String = line.chars().skip(error.column).take(error.length).collect();
        let width = |text: &str| Clean::new(text).as_str().width();
        let blanks = " ".repeat(width(&before));
        let line = Clean::new(line);
        Failure::usage(format_args!("{error}\n  {line}\n  {blanks}{}", "^".repeat(width(&part).max(1))))
    })
}

/// Loads with `load`, filters, writes.
pub fn list(
    request: &ListRequest,
    load: &dyn Fn(&mut dyn Write) -> Result<Loaded, Failure>,
    output: &mut Output<'_>,
) -> Result<ExitCode, Failure> {
    let query = read_filter(&request.filter)?;
    let snapshot = load(&mut *output.messages)?;
    let mut out = BufWriter::new(&mut *output.out);
    write(&snapshot, request, &query, output.width, &mut out)?;
    out.flush()?;
    drop(out);
    let needed: &[Part] = match request.objects {
        Objects::Users => &[Part::Users],
        Objects::Groups => &[Part::Groups, Part::Members],
        Objects::Skus => &[Part::Skus],
    };
    let missing: Vec<&str> =
        needed.iter().filter(|&&part| !snapshot.parts().has(part)).map(|part| part.as_str()).collect();
    if missing.is_empty() {
        return Ok(ExitCode::Clean);
    }
    Err(Failure::unreachable(format_args!(
        "the list is incomplete: {} could not be loaded to the end",
        missing.join(", ")
    )))
}

/// Writes what matches.
pub fn write(
    snapshot: &Snapshot,
    request: &ListRequest,
    query: &Query,
    width: Option<usize>,
    out: &mut dyn Write,
) -> io::Result<()> {
    match request.objects {
        Objects::Users => {
            // Nobody cancels a list, so there is always an answer.
            let rows = query::users(snapshot, query, None, UserOrder::Upn, &|| false).unwrap_or_default();
            write_picked(snapshot, Picked::Users(&rows), request.format, width, out)
        }
        Objects::Groups => {
            let groups = query::groups(snapshot, query, None);
            write_picked(snapshot, Picked::Groups(&groups), request.format, width, out)
        }
        Objects::Skus => {
            write_picked(snapshot, Picked::Skus(&query::skus(snapshot, query, None)), request.format, width, out)
        }
    }
}

/// Writes these objects, in their order.
pub fn write_picked(
    snapshot: &Snapshot,
    picked: Picked<'_>,
    format: Format,
    width: Option<usize>,
    out: &mut dyn Write,
) -> io::Result<()> {
    match picked {
        Picked::Users(rows) => {
            rows_of(rows.iter().map(|&row| user(&snapshot.user_at(Row(row)), snapshot)), format, width, out)
        }
        Picked::Groups(ids) => {
            let groups = ids.iter().filter_map(|&id| snapshot.group(id));
            rows_of(groups.map(|found| group(found, snapshot)), format, width, out)
        }
        Picked::Skus(ids) => {
            let skus = ids.iter().filter_map(|&id| snapshot.sku(id));
            rows_of(skus.map(|found| sku(found, snapshot)), format, width, out)
        }
    }
}

/// An object of a list: how it looks in a row.
trait Listed: Serialize {
    const COLUMNS: &'static [&'static str];
    /// Columns that a table shows, and how many at the left give way last.
    const SHOWN: (&'static [usize], usize);
    fn cells(&self) -> Vec<String>;
}

/// Serializes while it iterates: nothing but the object at hand is in memory.
struct Stream<I>(std::cell::RefCell<I>);

impl<T: Serialize, I: Iterator<Item = T>> Serialize for Stream<I> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(&mut *self.0.borrow_mut())
    }
}

fn rows_of<T: Listed>(
    items: impl Iterator<Item = T>,
    format: Format,
    width: Option<usize>,
    out: &mut dyn Write,
) -> io::Result<()> {
    match format {
        Format::Json => json(&Stream(std::cell::RefCell::new(items)), out),
        Format::Csv => records(out, T::COLUMNS, items.map(|item| item.cells())),
        Format::Markdown => markdown_rows(out, T::COLUMNS, items.map(|item| item.cells())),
        Format::Table => {
            let (shown, keep) = T::SHOWN;
            let header: Vec<String> = shown.iter().map(|&at| T::COLUMNS[at].replace('_', " ").to_uppercase()).collect();
            let header: Vec<&str> = header.iter().map(String::as_str).collect();
            let pick = |item: T| {
                let cells = item.cells();
                shown.iter().filter_map(|&at| cells.get(at).cloned()).collect()
            };
            table::write(out, &header, &items.map(pick).collect::<Vec<_>>(), width, keep)
        }
    }
}

#[derive(Serialize)]
struct ListedUser {
    id: UserId,
    upn: String,
    display_name: String,
    usage_location: Option<String>,
    enabled: Option<bool>,
    user_type: &'static str,
    synced: bool,
    department: Option<String>,
    skus: Vec<String>,
    findings: Vec<Kind>,
}

fn user(user: &UserRow<'_>, snapshot: &Snapshot) -> ListedUser {
    ListedUser {
        id: user.id(),
        upn: user.upn().to_owned(),
        display_name: user.name().to_owned(),
        usage_location: user.usage_location().map(str::to_owned),
        enabled: user.enabled(),
        user_type: if user.user_type() == UserType::Guest { "guest" } else { "member" },
        synced: user.sync() == Sync::Now,
        department: user.department().map(str::to_owned),
        // In force only: a product that failed to be assigned is a finding, not a license.
        skus: user.facts(license::skus).into_iter().map(|id| sku_name(id, snapshot)).collect(),
        findings: user.kinds().iter().collect(),
    }
}

/// The part number, or the id where nobody knows one.
fn sku_name(id: SkuId, snapshot: &Snapshot) -> String {
    let part = part_number(id, snapshot);
    if part.is_empty() { id.to_string() } else { part }
}

impl Listed for ListedUser {
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "upn",
        "display_name",
        "usage_location",
        "enabled",
        "user_type",
        "synced",
        "department",
        "skus",
        "findings",
    ];
    const SHOWN: (&'static [usize], usize) = (&[1, 2, 3, 4, 8, 9], 1);

    fn cells(&self) -> Vec<String> {
        vec![
            self.id.to_string(),
            self.upn.clone(),
            self.display_name.clone(),
            self.usage_location.clone().unwrap_or_default(),
            self.enabled.map(yes_no).unwrap_or_default(),
            self.user_type.to_owned(),
            yes_no(self.synced),
            self.department.clone().unwrap_or_default(),
            self.skus.join("; "),
            kinds(&self.findings),
        ]
    }
}

#[derive(Serialize)]
struct ListedGroup {
    id: GroupId,
    display_name: String,
    licenses: Vec<String>,
    processing: &'static str,
    dynamic: bool,
    synced: bool,
    members: Option<usize>,
    findings: Vec<Kind>,
}

fn group(group: &Group, snapshot: &Snapshot) -> ListedGroup {
    ListedGroup {
        id: group.id,
        display_name: clean(group.display_name.clone()),
        licenses: group.licenses.iter().map(|license| sku_name(license.sku, snapshot)).collect(),
        processing: group.processing.as_str(),
        dynamic: group.dynamic,
        synced: group.sync == Sync::Now,
        members: group.members.as_ref().map(|members| members.users.len()),
        findings: kinds_of(snapshot, |found| found.group == Some(group.id)),
    }
}

impl Listed for ListedGroup {
    const COLUMNS: &'static [&'static str] =
        &["id", "display_name", "licenses", "processing", "dynamic", "synced", "members", "findings"];
    const SHOWN: (&'static [usize], usize) = (&[1, 2, 3, 4, 6, 7], 1);

    fn cells(&self) -> Vec<String> {
        vec![
            self.id.to_string(),
            self.display_name.clone(),
            self.licenses.join("; "),
            self.processing.to_owned(),
            yes_no(self.dynamic),
            yes_no(self.synced),
            self.members.map(|n| n.to_string()).unwrap_or_default(),
            kinds(&self.findings),
        ]
    }
}

#[derive(Serialize)]
struct ListedSku {
    id: SkuId,
    part_number: String,
    name: String,
    enabled: i64,
    warning: i64,
    suspended: i64,
    consumed: i64,
    free: i64,
    capability: String,
    findings: Vec<Kind>,
}

fn sku(sku: &Sku, snapshot: &Snapshot) -> ListedSku {
    ListedSku {
        id: sku.id,
        part_number: clean(sku.part_number.clone()),
        name: clean(sku.name().to_owned()),
        enabled: sku.units.enabled,
        warning: sku.units.warning,
        suspended: sku.units.suspended,
        consumed: sku.consumed,
        free: sku.free(),
        capability: clean(sku.capability.clone()),
        findings: kinds_of(snapshot, |found| found.group.is_none() && found.sku == Some(sku.id)),
    }
}

impl Listed for ListedSku {
    const COLUMNS: &'static [&'static str] =
        &["id", "part_number", "name", "enabled", "warning", "suspended", "consumed", "free", "capability", "findings"];
    const SHOWN: (&'static [usize], usize) = (&[2, 1, 3, 4, 5, 6, 7, 8, 9], 1);

    fn cells(&self) -> Vec<String> {
        let mut cells = vec![self.id.to_string(), self.part_number.clone(), self.name.clone()];
        cells.extend([self.enabled, self.warning, self.suspended, self.consumed, self.free].map(|n| n.to_string()));
        cells.extend([self.capability.clone(), kinds(&self.findings)]);
        cells
    }
}

/// The kinds of findings about one group or product, in the order of triage.
fn kinds_of(snapshot: &Snapshot, is: impl Fn(&Found) -> bool) -> Vec<Kind> {
    let found = snapshot.findings_of_shared(is);
    let mut kinds: Vec<Kind> =
        found.into_iter().filter_map(|at| snapshot.found_head(at)).map(|(kind, ..)| kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    kinds
}

fn kinds(kinds: &[Kind]) -> String {
    kinds.iter().map(|kind| kind.name()).collect::<Vec<_>>().join("; ")
}

fn yes_no(yes: bool) -> String {
    if yes { "yes" } else { "no" }.to_owned()
}
