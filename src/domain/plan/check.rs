//! Just before a write and just after it: does the object still stand as the plan showed it, and did the write take?
//!
//! Only the fields that a step depends on are compared. Everything else may have changed without making the step wrong.

use super::build::direct;
use super::{Before, Change, DirectLicense, Step};
use crate::domain::facts::{ErrorCode, Path, UserFacts};
use crate::domain::ids::{PlanId, SkuId};

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

/// Whether the object is as the change would make it. Reprocessing has no such state: see [`verify`].
fn is_true(change: &Change, user: &UserFacts<'_>) -> bool {
    match change {
        Change::SetUsageLocation { to } => user.usage_location == Some(to.as_str()),
        Change::AssignLicense { add, remove } => {
            add.iter().all(|a| direct(user, a.sku) == Some(sorted(&a.disabled)) && !direct_fails(user, a.sku))
                && remove.iter().all(|sku| direct(user, *sku).is_none())
        }
        Change::Reprocess => false,
    }
}

fn direct_fails(user: &UserFacts<'_>, sku: SkuId) -> bool {
    user.states.iter().any(|s| s.sku == sku && s.path == Path::Direct && s.failed())
}

/// The failing group assignments of `before` that still fail.
fn still_failing<'a>(before: &'a Before, user: &'a UserFacts<'_>) -> impl Iterator<Item = (SkuId, &'a str)> + 'a {
    before.failing.iter().filter_map(|(sku, group)| {
        let state = user.states.iter().find(|s| s.sku == *sku && s.path == Path::Group(*group))?;
        let word = if state.error == ErrorCode::None { state.state.as_str() } else { state.error.as_str() };
        state.failed().then_some((*sku, word))
    })
}

/// Compares a step with its object as it stands now.
pub fn readiness(step: &Step, user: &UserFacts<'_>) -> Readiness {
    if is_true(&step.change, user) {
        return Readiness::AlreadyTrue;
    }
    if step.change == Change::Reprocess {
        let gone = still_failing(&step.before, user).next().is_none();
        return if gone { Readiness::AlreadyTrue } else { Readiness::Send };
    }
    if let Some(before) = &step.before.usage_location
        && before.as_deref() != user.usage_location
    {
        return Readiness::Drifted(format!(
            "the usage location is {} now; the plan was made when it was {}",
            shown(user.usage_location),
            shown(before.as_deref())
        ));
    }
    for DirectLicense { sku, disabled } in &step.before.direct {
        let now = direct(user, *sku);
        if now != *disabled {
            let what = match (disabled, &now) {
                (None, Some(_)) => "has been assigned directly since",
                (Some(_), None) => "is no longer assigned directly",
                _ => "has other disabled plans now",
            };
            return Readiness::Drifted(format!("{sku} {what}"));
        }
    }
    Readiness::Send
}

/// Judges a step by what was read after its write.
pub fn verify(step: &Step, user: &UserFacts<'_>) -> Verified {
    if step.change == Change::Reprocess {
        return match still_failing(&step.before, user).next() {
            None => Verified::Done,
            Some((sku, code)) => Verified::StillFailing(format!("{sku}: {code}")),
        };
    }
    if is_true(&step.change, user) { Verified::Done } else { Verified::NotYet }
}
