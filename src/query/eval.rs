//! From terms to rows. Sweeps run over whole columns and ask between chunks whether anybody still wants the answer.

use std::sync::Arc;

use super::parse::{Field, Query};
use crate::domain::catalog::Catalog;
use crate::domain::facts::{Group, Row, Sku, Sync, Tenant, UserType};
use crate::domain::ids::{GroupId, SkuId, UserId};
use crate::domain::kind::{Kind, Severity};
use crate::domain::names;
use crate::store::{FoundAt, Snapshot, UserOrder, UserRow, fold};

/// The object whose neighbors are wanted: the focused row of another pane.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Link {
    /// What belongs to a user.
    User(UserId),
    /// What belongs to a group.
    Group(GroupId),
    /// What belongs to a product.
    Sku(SkuId),
}

/// How many rows are looked at between two questions whether to go on.
const BREATH: usize = 16_384;

/// A set of rows, one bit each.
struct Rows(Vec<u64>);

impl Rows {
    fn none(snapshot: &Snapshot) -> Rows {
        Rows(vec![0; snapshot.row_count().div_ceil(64)])
    }

    fn insert(&mut self, row: Row) {
        if let Some(word) = self.0.get_mut(row.0 as usize / 64) {
            *word |= 1 << (row.0 % 64);
        }
    }

    fn has(&self, row: Row) -> bool {
        self.0.get(row.0 as usize / 64).is_some_and(|word| word & (1 << (row.0 % 64)) != 0)
    }
}

/// A term with everything looked up that does not depend on the row.
enum Test<'a> {
    Rows(Rows),
    /// A number of the row, and which numbers hold.
    Number(fn(&UserRow<'a>) -> u32, Vec<bool>),
    Skus(Vec<u32>),
    Groups(Vec<u32>, Vec<&'a Group>),
    Kind(Kind),
    Severity(Severity),
    Enabled(bool),
    Synced(bool),
    Guest(bool),
    Never,
}

impl<'a> Test<'a> {
    fn new(field: &'a Field, snapshot: &'a Snapshot) -> Test<'a> {
        let words = |text: &str| snapshot.words_that(|word| fold(word).contains(text));
        match field {
            Field::Word(word) => {
                let mut hits = Rows::none(snapshot);
                snapshot.rows_with_word(word, |row| hits.insert(row));
                // An id is asked for by its whole text: nobody searches the middle of one.
                UserId::parse(word)
                    .ok()
                    .and_then(|id| snapshot.row_of(id))
                    .into_iter()
                    .for_each(|row| hits.insert(row));
                Test::Rows(hits)
            }
            Field::Department(text) => Test::Number(|u| u.department_number(), words(text)),
            Field::Office(text) => Test::Number(|u| u.office_number(), words(text)),
            Field::Country(text) => Test::Number(|u| u.country_number(), words(text)),
            Field::Location(Some(text)) => {
                Test::Number(|u| u.location_number(), snapshot.locations_that(|l| fold(l).contains(text)))
            }
            Field::Location(None) => Test::Number(|u| u.location_number(), snapshot.locations_that(str::is_empty)),
            Field::Sku(text) => {
                let known = snapshot.skus().iter().filter(|s| sku_matches(s, text)).map(|s| s.id);
                let foreign =
                    SkuId::parse(text).ok().or_else(|| Catalog::embedded().sku_by_part_number(text).map(|s| s.id));
                Test::Skus(known.chain(foreign).filter_map(|id| snapshot.sku_number(id)).collect())
            }
            Field::Group(text) => {
                let groups: Vec<&Group> = snapshot.groups().iter().filter(|g| group_matches(g, text)).collect();
                Test::Groups(groups.iter().filter_map(|g| snapshot.group_number(g.id)).collect(), groups)
            }
            Field::Kind(kind) => Test::Kind(*kind),
            Field::Severity(severity) => Test::Severity(*severity),
            Field::Enabled(yes) => Test::Enabled(*yes),
            Field::Synced(yes) => Test::Synced(*yes),
            Field::Guest(yes) => Test::Guest(*yes),
            Field::Seats(..) => Test::Never,
        }
    }

    fn holds(&self, user: &UserRow<'a>) -> bool {
        match self {
            Test::Rows(rows) => rows.has(user.row()),
            Test::Number(number, holds) => holds.get(number(user) as usize) == Some(&true),
            Test::Skus(numbers) => numbers.iter().any(|&n| user.has_sku_number(n)),
            Test::Groups(numbers, groups) => {
                numbers.iter().any(|&n| user.names_group_number(n))
                    || groups.iter().any(|g| g.has_member(user.id()) == Some(true))
            }
            Test::Kind(kind) => user.kinds().contains(*kind),
            Test::Severity(severity) => user.severity() == Some(*severity),
            Test::Enabled(yes) => user.enabled() == Some(*yes),
            Test::Synced(yes) => (user.sync() == Sync::Now) == *yes,
            Test::Guest(yes) => (user.user_type() == UserType::Guest) == *yes,
            Test::Never => false,
        }
    }
}

fn sku_matches(sku: &Sku, folded: &str) -> bool {
    fold(&sku.part_number).contains(folded) || fold(sku.name()).contains(folded) || sku.id.to_string() == *folded
}

fn group_matches(group: &Group, folded: &str) -> bool {
    fold(&group.display_name).contains(folded) || group.id.to_string() == *folded
}

/// The rows of users that match, in an order. `None` when `cancelled` said so. For a worker's thread.
pub fn users(
    snapshot: &Snapshot,
    query: &Query,
    link: Option<Link>,
    order: UserOrder,
    cancelled: &dyn Fn() -> bool,
) -> Option<Arc<[u32]>> {
    let all = snapshot.ordered(order);
    if query.is_empty() && link.is_none() {
        return Some(all);
    }
    let tests: Vec<(Test<'_>, bool)> = query.terms.iter().map(|t| (Test::new(&t.field, snapshot), t.negated)).collect();
    let linked = link.map(|link| linked_test(link, snapshot));
    let mut rows = Vec::new();
    for part in all.chunks(BREATH) {
        if cancelled() {
            return None;
        }
        rows.extend(part.iter().copied().filter(|&row| {
            let user = snapshot.user_at(Row(row));
            linked.as_ref().is_none_or(|test| test.holds(&user))
                && tests.iter().all(|(test, negated)| test.holds(&user) != *negated)
        }));
    }
    Some(rows.into())
}

fn linked_test(link: Link, snapshot: &Snapshot) -> Test<'_> {
    match link {
        Link::User(id) => {
            let mut only = Rows::none(snapshot);
            snapshot.row_of(id).into_iter().for_each(|row| only.insert(row));
            Test::Rows(only)
        }
        Link::Group(id) => {
            Test::Groups(snapshot.group_number(id).into_iter().collect(), snapshot.group(id).into_iter().collect())
        }
        Link::Sku(id) => Test::Skus(snapshot.sku_number(id).into_iter().collect()),
    }
}

/// The groups that match, by name.
pub fn groups(snapshot: &Snapshot, query: &Query, link: Option<Link>) -> Vec<GroupId> {
    let of_user = match link {
        Some(Link::User(id)) => snapshot.user(id).map(|u| u.license_groups()),
        _ => None,
    };
    let mut found: Vec<&Group> = snapshot
        .groups()
        .iter()
        .filter(|g| match link {
            None => true,
            Some(Link::User(id)) => {
                g.has_member(id) == Some(true) || of_user.as_ref().is_some_and(|of| of.contains(&g.id))
            }
            Some(Link::Group(id)) => g.id == id,
            Some(Link::Sku(id)) => g.licenses.iter().any(|l| l.sku == id),
        })
        .filter(|g| query.terms.iter().all(|t| group_holds(&t.field, g, snapshot) != t.negated))
        .collect();
    found.sort_by_cached_key(|g| fold(&g.display_name));
    found.into_iter().map(|g| g.id).collect()
}

fn group_holds(field: &Field, group: &Group, snapshot: &Snapshot) -> bool {
    match field {
        Field::Word(text) | Field::Group(text) => group_matches(group, text),
        Field::Sku(text) => group.licenses.iter().any(|l| {
            fold(&names::sku(l.sku, snapshot)).contains(text)
                || snapshot.sku(l.sku).is_some_and(|s| sku_matches(s, text))
        }),
        Field::Synced(yes) => (group.sync == Sync::Now) == *yes,
        Field::Kind(kind) => !snapshot.findings_of_shared(|f| f.group == Some(group.id) && f.kind == *kind).is_empty(),
        _ => false,
    }
}

/// The products that match, by name.
pub fn skus(snapshot: &Snapshot, query: &Query, link: Option<Link>) -> Vec<SkuId> {
    let of_link: Option<Vec<SkuId>> = link.map(|link| match link {
        Link::User(id) => snapshot.user(id).map(|u| u.skus()).unwrap_or_default(),
        Link::Group(id) => snapshot.group(id).map(|g| g.licenses.iter().map(|l| l.sku).collect()).unwrap_or_default(),
        Link::Sku(id) => vec![id],
    });
    let mut found: Vec<&Sku> = snapshot
        .skus()
        .iter()
        .filter(|s| of_link.as_ref().is_none_or(|of| of.contains(&s.id)))
        .filter(|s| query.terms.iter().all(|t| sku_holds(&t.field, s, snapshot) != t.negated))
        .collect();
    found.sort_by_cached_key(|s| fold(s.name()));
    found.into_iter().map(|s| s.id).collect()
}

fn sku_holds(field: &Field, sku: &Sku, snapshot: &Snapshot) -> bool {
    match field {
        Field::Word(text) | Field::Sku(text) => sku_matches(sku, text),
        Field::Seats(ordering, number) => sku.free().cmp(number) == *ordering,
        Field::Group(text) => {
            snapshot.groups().iter().any(|g| group_matches(g, text) && g.licenses.iter().any(|l| l.sku == sku.id))
        }
        Field::Kind(kind) => {
            !snapshot.findings_of_shared(|f| f.sku == Some(sku.id) && f.group.is_none() && f.kind == *kind).is_empty()
        }
        _ => false,
    }
}

/// The findings that match, in the order of triage (severity, kind), then by the users' order. A query term about a
/// user tests the finding's user; findings about groups and products are tested by their own names.
pub fn findings(
    snapshot: &Snapshot,
    query: &Query,
    kind: Option<Kind>,
    cancelled: &dyn Fn() -> bool,
) -> Option<Arc<[FoundAt]>> {
    let tests: Vec<(&Field, Test<'_>, bool)> =
        query.terms.iter().map(|t| (&t.field, Test::new(&t.field, snapshot), t.negated)).collect();
    let mut list: Vec<(std::cmp::Reverse<Severity>, Kind, u32, FoundAt)> = Vec::new();
    let mut rank: Vec<u32> = Vec::new();
    for (at, row) in snapshot.ordered(UserOrder::Name).iter().enumerate() {
        if rank.len() <= *row as usize {
            rank.resize(*row as usize + 1, 0);
        }
        rank[*row as usize] = at as u32;
    }
    for (seen, at) in snapshot.findings().all().enumerate() {
        if seen % BREATH == 0 && cancelled() {
            return None;
        }
        let Some((found_kind, severity, user)) = snapshot.found_head(at) else { continue };
        if kind.is_some_and(|k| k != found_kind) {
            continue;
        }
        let holds = tests.iter().all(|(field, test, negated)| {
            let holds = match (field, user) {
                (Field::Kind(kind), _) => found_kind == *kind,
                (Field::Severity(wanted), _) => severity == *wanted,
                (_, Some(row)) => test.holds(&snapshot.user_at(row)),
                (field, None) => snapshot.found(at).is_some_and(|found| match (found.group, found.sku) {
                    (Some(group), _) => snapshot.group(group).is_some_and(|g| group_holds(field, g, snapshot)),
                    (None, Some(sku)) => snapshot.sku(sku).is_some_and(|s| sku_holds(field, s, snapshot)),
                    (None, None) => false,
                }),
            };
            holds != *negated
        });
        if holds {
            let place = user.and_then(|row| rank.get(row.0 as usize)).copied().unwrap_or(u32::MAX);
            list.push((std::cmp::Reverse(severity), found_kind, place, at));
        }
    }
    list.sort_unstable();
    Some(list.into_iter().map(|(.., at)| at).collect())
}
