//! Just before a write and just after it: does the object still stand as the plan showed it, and did the write take?
//!
//! Only the fields that a step depends on are compared. Everything else may have changed without making the step wrong.

use super::build::{direct, group_license};
use super::{Before, Change, DirectLicense, Step};
use crate::domain::facts::{ErrorCode, Group, Path, Processing, UserFacts};
use crate::domain::ids::{PlanId, SkuId};

/// What was read of an object for a step: the object that is written, or for a membership whether it is there.
#[derive(Debug, Clone, Copy)]
pub enum Now<'a> {
    /// A user.
    User(&'a UserFacts<'a>),
    /// A group.
    Group(&'a Group),
    /// Whether the user is a direct member of the group that the step concerns.
    Member(bool),
}

impl<'a> From<&'a UserFacts<'a>> for Now<'a> {
    fn from(user: &'a UserFacts<'a>) -> Now<'a> {
        Now::User(user)
    }
}

impl<'a> From<&'a Group> for Now<'a> {
    fn from(group: &'a Group) -> Now<'a> {
        Now::Group(group)
    }
}

/// What to do with a step whose object was just read again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Readiness {
    /// As the plan showed it: send.
    Send,
    /// The object is as the step would make it.
    AlreadyTrue,
    /// It changed in a way that the step depends on.
    Drifted(String),
}

/// What a read after the write shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verified {
    /// The effect is there.
    Done,
    /// Not yet, or not yet visible: reads lag behind writes.
    NotYet,
    /// Reprocessed, and a license still fails: its error code.
    StillFailing(String),
}

fn shown(location: Option<&str>) -> &str {
    location.unwrap_or("none")
}

fn sorted(plans: &[PlanId]) -> Vec<PlanId> {
    let mut plans = plans.to_vec();
    plans.sort_unstable();
    plans
}

/// The disabled plans of the object's own assignment of a product.
fn own(now: Now<'_>, sku: SkuId) -> Option<Vec<PlanId>> {
    match now {
        Now::User(user) => direct(user, sku),
        Now::Group(group) => group_license(group, sku),
        Now::Member(_) => None,
    }
}

/// Whether the object is as the change would make it. Reprocessing has no such state: see [`verify`].
fn is_true(change: &Change, now: Now<'_>) -> bool {
    match (change, now) {
        (Change::SetUsageLocation { to }, Now::User(user)) => user.usage_location == Some(to.as_str()),
        (Change::AssignLicense { .. }, Now::Member(_)) => false,
        (Change::AssignLicense { add, remove }, _) => {
            add.iter().all(|a| own(now, a.sku) == Some(sorted(&a.disabled)) && !direct_fails(now, a.sku))
                && remove.iter().all(|sku| own(now, *sku).is_none())
        }
        (Change::JoinGroup { .. }, Now::Member(is)) => is,
        (Change::LeaveGroup { .. }, Now::Member(is)) => !is,
        (Change::ProcessRule { on }, Now::Group(group)) => group.rule_paused != *on,
        _ => false,
    }
}

fn direct_fails(now: Now<'_>, sku: SkuId) -> bool {
    let Now::User(user) = now else { return false };
    user.states.iter().any(|s| s.sku == sku && s.path == Path::Direct && s.failed())
}

/// The failing group assignments of `before` that still fail.
fn still_failing<'a>(before: &'a Before, now: Now<'a>) -> impl Iterator<Item = (SkuId, &'a str)> + 'a {
    let states = if let Now::User(user) = now { user.states } else { &[] };
    before.failing.iter().filter_map(|(sku, group)| {
        let state = states.iter().find(|s| s.sku == *sku && s.path == Path::Group(*group))?;
        let word = if state.error == ErrorCode::None { state.state.as_str() } else { state.error.as_str() };
        state.failed().then_some((*sku, word))
    })
}

/// Compares a step with its object as it stands now.
pub fn readiness<'a>(step: &'a Step, now: impl Into<Now<'a>>) -> Readiness {
    let now = now.into();
    if is_true(&step.change, now) {
        return Readiness::AlreadyTrue;
    }
    if step.change == Change::Reprocess {
        let gone = still_failing(&step.before, now).next().is_none();
        return if gone { Readiness::AlreadyTrue } else { Readiness::Send };
    }
    if let (Some(before), Now::User(user)) = (&step.before.usage_location, now)
        && before.as_deref() != user.usage_location
    {
        return Readiness::Drifted(format!(
            "the usage location is {} now; the plan was made when it was {}",
            shown(user.usage_location),
            shown(before.as_deref())
        ));
    }
    for DirectLicense { sku, disabled } in &step.before.direct {
        let found = own(now, *sku);
        if found != *disabled {
            let how = if matches!(now, Now::Group(_)) { "assigned" } else { "assigned directly" };
            return Readiness::Drifted(match (disabled, &found) {
                (None, Some(_)) => format!("{sku} has been {how} since"),
                (Some(_), None) => format!("{sku} is no longer {how}"),
                _ => format!("{sku} has other disabled plans now"),
            });
        }
    }
    // The two memberships and the two states of a rule are each other's opposite: what is not true yet is as before.
    Readiness::Send
}

/// Judges a step by what was read after its write.
pub fn verify<'a>(step: &'a Step, now: impl Into<Now<'a>>) -> Verified {
    let now = now.into();
    if step.change == Change::Reprocess {
        return match still_failing(&step.before, now).next() {
            None => Verified::Done,
            Some((sku, code)) => Verified::StillFailing(format!("{sku}: {code}")),
        };
    }
    // A group has its licenses at once and its members much later.
    let in_work =
        matches!(now, Now::Group(group) if matches!(group.processing, Processing::Queued | Processing::InProgress));
    if is_true(&step.change, now) && !in_work { Verified::Done } else { Verified::NotYet }
}
