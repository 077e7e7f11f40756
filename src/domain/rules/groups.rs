//! What is wrong with licensed groups.

use std::collections::{HashMap, HashSet};

use crate::domain::constraints::{Documented, Learned};
use crate::domain::facts::{Group, Part, Path, Processing, Tenant};
use crate::domain::finding::Found;
use crate::domain::ids::{GroupId, PlanId, SkuId};
use crate::domain::kind::{Kind, Severity};
use crate::domain::license::{self, Held};
use crate::domain::membership::{self, Reads, Unreadable};

/// What license states say about a group, added up over all users.
pub trait Tally {
    /// Whether direct members of the group are in error.
    fn in_error(&self, group: GroupId) -> bool;
    /// The entries of direct members for a product by this group.
    fn entries(&self, group: GroupId, sku: SkuId) -> Entries;
}

/// The entries of direct members for one product by one group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Entries {
    /// Members who have it by this group.
    pub granted: u32,
    /// Members to whom this group could not give it, and who have it by no other path.
    pub lacking: u32,
    /// Members to whom this group could not give it, and who have it by another path: no seat is needed.
    pub elsewhere: u32,
}

fn emitter<'a>(group: &Group, emit: &'a mut impl FnMut(Found)) -> impl FnMut(Kind, Severity, Option<SkuId>) + 'a {
    let group = Some(group.id);
    move |kind, severity, sku| emit(Found { kind, severity, user: None, group, sku })
}

/// Findings about how groups are set up: they change only with groups, members, products and what is learned.
pub fn groups_set_up<T: Tenant>(tenant: &T, emit: &mut impl FnMut(Found)) {
    let has_skus = tenant.parts().has(Part::Skus);
    let any_rule = tenant.groups().iter().any(|g| g.dynamic && !g.licenses.is_empty());
    let givers = if has_skus && any_rule { givers(tenant) } else { HashMap::new() };
    for group in tenant.groups() {
        let mut found = emitter(group, emit);
        let mut plain = |kind: Kind| found(kind, kind.severity(), None);
        if matches!(group.processing, Processing::Queued | Processing::InProgress) {
            plain(Kind::GroupProcessing);
        }
        if group.licenses.is_empty() {
            continue;
        }
        if group.members.as_ref().is_some_and(|m| !m.groups.is_empty()) {
            plain(Kind::GroupNestedMembers);
        }
        if group.dynamic && group.rule_paused {
            plain(Kind::DynamicRulePaused);
        }
        if !has_skus {
            continue;
        }
        if !lacking(group, tenant).is_empty() {
            plain(Kind::GroupPrerequisiteMissing);
        }
        if cascade_from(group, &givers).is_some() {
            plain(Kind::DynamicRuleCascade);
        }
        // The learned ones come first.
        if let Some(clash) = clashes(group, tenant).first() {
            found(Kind::GroupInternalConflict, if clash.learned { Severity::Error } else { Severity::Warning }, None);
        }
        for license in group.licenses.iter().filter(|l| tenant.sku(l.sku).is_none()) {
            found(Kind::SkuNotOwned, Kind::SkuNotOwned.severity(), Some(license.sku));
        }
    }
}

/// Findings about groups that follow from the license states of users.
pub fn groups_in_use<T: Tenant>(tenant: &T, tally: &impl Tally, emit: &mut impl FnMut(Found)) {
    let parts = tenant.parts();
    let seats = [Part::Users, Part::Groups, Part::Members, Part::Skus].iter().all(|&part| parts.has(part));
    for group in tenant.groups() {
        let mut found = emitter(group, emit);
        // Graph's own list (`hasMembersWithLicenseErrors`) counts too: it knows before the users are loaded.
        if tally.in_error(group.id) || group.in_error {
            found(Kind::GroupInError, Kind::GroupInError.severity(), None);
        }
        for license in group.licenses.iter().filter(|_| seats) {
            let entries = tally.entries(group.id, license.sku);
            if shortage(group, license.sku, tenant, entries).is_some() {
                found(Kind::GroupSeatsShort, Kind::GroupSeatsShort.severity(), Some(license.sku));
            }
        }
    }
}

/// Everything that a group gives.
pub fn gives<T: Tenant>(group: &Group, tenant: &T) -> Vec<Held> {
    let mut gives = Vec::new();
    for license in &group.licenses {
        let Some(sku) = tenant.sku(license.sku) else { continue };
        let path = Path::Group(group.id);
        gives.extend(license::enabled(sku, &license.disabled).map(|plan| Held { plan, sku: license.sku, path }));
    }
    gives
}

/// The plans of a group whose prerequisite the group does not give: it must come by the same group.
pub(super) fn lacking<T: Tenant>(group: &Group, tenant: &T) -> Vec<license::Lacks> {
    license::lacking_with(&gives(group, tenant), tenant.learned())
}

/// Two plans of one group that exclude each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Clash {
    pub(super) a: Held,
    pub(super) b: Held,
    pub(super) learned: bool,
}

pub(super) fn clashes<T: Tenant>(group: &Group, tenant: &T) -> Vec<Clash> {
    let (tables, learned): (_, &Learned) = (Documented::embedded(), tenant.learned());
    // Few plans exclude anything: the rest is left out before every plan is held against every other.
    let mut gives = gives(group, tenant);
    gives.retain(|held| {
        tables.in_a_set(held.plan) || learned.pairs().iter().any(|p| p.a == held.plan || p.b == held.plan)
    });
    let mut clashes = Vec::new();
    for (at, a) in gives.iter().enumerate() {
        for b in gives[at + 1..].iter().filter(|b| b.sku != a.sku) {
            let known = learned.excludes(a.plan, b.plan).is_some();
            if known || tables.exclusive(a.plan, b.plan).is_some() {
                clashes.push(Clash { a: *a, b: *b, learned: known });
            }
        }
    }
    clashes.sort_by_key(|c| !c.learned);
    clashes
}

/// Which licensed groups give each plan.
pub(super) fn givers<T: Tenant>(tenant: &T) -> HashMap<PlanId, Vec<GroupId>> {
    let mut givers: HashMap<PlanId, Vec<GroupId>> = HashMap::new();
    for group in tenant.groups() {
        for held in gives(group, tenant) {
            let groups = givers.entry(held.plan).or_default();
            if groups.last() != Some(&group.id) {
                groups.push(group.id);
            }
        }
    }
    givers
}

/// A rule that reads what licensed groups give.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cascade {
    /// Each plan that the rule names and that groups give, with those groups.
    pub(super) reads: Vec<(PlanId, Vec<GroupId>)>,
    /// Names of services that the rule compares: which plans those are is not said.
    pub(super) services: Vec<String>,
    /// Why the rule could not be read as a whole.
    pub(super) unreadable: Option<Unreadable>,
}

pub(super) fn cascade_from(group: &Group, givers: &HashMap<PlanId, Vec<GroupId>>) -> Option<Cascade> {
    let rule = group.rule.as_deref().filter(|_| group.dynamic)?;
    let (reads, unreadable) = match membership::read(rule) {
        Ok(reads) => (reads, None),
        Err(error) => (Reads::default(), Some(error)),
    };
    let plans = unreadable.as_ref().map_or_else(|| reads.plans(), |error| error.plans.clone());
    let mut services: Vec<String> = reads.conditions.into_iter().flat_map(|c| c.services).collect();
    services.sort_unstable();
    services.dedup();
    let reads: Vec<_> = plans.into_iter().filter_map(|plan| Some((plan, givers.get(&plan)?.clone()))).collect();
    (!reads.is_empty()).then_some(Cascade { reads, services, unreadable })
}

/// How many levels of groups a rule stands on, and whether the chain comes back to itself.
pub(super) fn depth<T: Tenant>(start: &Group, givers: &HashMap<PlanId, Vec<GroupId>>, tenant: &T) -> (u32, bool) {
    let (mut level, mut depth, mut looped) = (vec![start.id], 0, false);
    let mut seen = HashSet::from([start.id]);
    while !level.is_empty() {
        let mut next = Vec::new();
        for id in level {
            let Some(cascade) = tenant.group(id).and_then(|g| cascade_from(g, givers)) else { continue };
            for giver in cascade.reads.into_iter().flat_map(|(_, groups)| groups) {
                looped |= giver == start.id;
                if seen.insert(giver) {
                    next.push(giver);
                }
            }
        }
        depth += u32::from(!next.is_empty());
        level = next;
    }
    (depth, looped)
}

/// Members who lack a license of their group against its free seats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Shortage {
    /// Members without the product by any path: one seat each.
    pub(super) demand: u32,
    /// Free seats, 0 where more are used than usable.
    pub(super) free: i64,
}

/// The shortage of one product of a group, if there is one. Needs all users, groups and members.
pub(super) fn shortage<T: Tenant>(group: &Group, sku: SkuId, tenant: &T, entries: Entries) -> Option<Shortage> {
    let free = tenant.sku(sku)?.free().max(0);
    let members = group.members.as_ref()?;
    let known = entries.granted + entries.lacking + entries.elsewhere;
    let unseen = (members.users.len() as u32).saturating_sub(known);
    if i64::from(entries.lacking + unseen) <= free {
        return None;
    }
    let demand = if unseen == 0 { entries.lacking } else { demand(group, sku, tenant) };
    (i64::from(demand) > free).then_some(Shortage { demand, free })
}

/// Members who have the product by no path. Asks every member: only for groups whose entries are not all there yet.
pub(super) fn demand<T: Tenant>(group: &Group, sku: SkuId, tenant: &T) -> u32 {
    let users = group.members.as_ref().map_or(&[][..], |m| &m.users);
    let lacks = |row| {
        tenant.with_user(row, |user| {
            !user.states.iter().any(|s| s.sku == sku && s.state.grants()) && !user.assigned.iter().any(|a| a.sku == sku)
        })
    };
    users.iter().filter_map(|&user| tenant.row_of(user)).filter(|&row| lacks(row)).count() as u32
}
