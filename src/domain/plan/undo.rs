//! The inverse of what a run did: a plan like any other, confirmed and drift-checked like any other.
//!
//! Only steps that were done and are marked invertible are in it; what each expects to find is what the run left
//! behind, so an object that somebody changed since is refused.

use std::collections::BTreeMap;

use super::{Before, Change, DirectLicense, LicenseAdd, Outcome, Plan, Prediction, SeatsDelta, Step, Unplanned};
use crate::domain::ids::SkuId;
use crate::domain::location::Location;
use crate::domain::time::Timestamp;

/// The plan that takes a run back, the last step first.
pub fn undo(plan: &Plan, outcomes: &[Option<&Outcome>], now: Timestamp) -> Plan {
    let (mut steps, mut refusals) = (Vec::new(), Vec::new());
    for (at, step) in plan.steps.iter().enumerate().rev() {
        match inverse(step, outcomes.get(at).copied().flatten()) {
            Ok(Some(inverse)) => steps.push(inverse),
            Ok(None) => {}
            Err(why) => {
                refusals.push(Unplanned { target: step.target, upn: step.label().to_owned(), why: why.to_owned() });
            }
        }
    }
    refusals.reverse();
    let mut seats: BTreeMap<SkuId, i64> = BTreeMap::new();
    for (sku, count) in steps.iter().flat_map(|s| &s.predicted.seats) {
        *seats.entry(*sku).or_default() += count;
    }
    let known = |sku: SkuId| plan.seats.iter().find(|s| s.sku == sku);
    let seats = seats.into_iter().filter(|(_, n)| *n != 0).map(|(sku, seats)| SeatsDelta {
        sku,
        name: known(sku).map_or_else(|| sku.to_string(), |s| s.name.clone()),
        seats,
        // As the run left them; who took one since is seen when Graph refuses.
        free: known(sku).map_or(0, |s| s.free - s.seats),
    });
    let of_group = steps.iter().any(|s| s.target.group().is_some());
    let leaves = steps.iter().any(|s| matches!(s.change, Change::LeaveGroup { .. }));
    let loses = steps.iter().any(|s| !s.predicted.losses.is_empty());
    let mut warnings = Vec::new();
    if !refusals.is_empty() {
        warnings.push(format!("{} of {} steps cannot be undone: see the rows.", refusals.len(), plan.steps.len()));
    }
    if steps.iter().any(|s| matches!(s.change, Change::AssignLicense { .. })) {
        warnings.push("Licenses come back; what a service deleted meanwhile does not.".to_owned());
    }
    Plan {
        schema: plan.schema.clone(),
        tenant: plan.tenant.clone(),
        as_of: now,
        verb: plan.verb,
        title: format!("Undo: {}", plan.title),
        seats: seats.collect(),
        takes_away: of_group || leaves || loses,
        members: if of_group { plan.members } else { 0 },
        scopes: if steps.is_empty() { Vec::new() } else { plan.scopes.clone() },
        steps,
        refusals,
        warnings,
        hand_offs: Vec::new(),
    }
}

/// The inverse of one step; nothing where nothing was changed.
fn inverse(step: &Step, outcome: Option<&Outcome>) -> Result<Option<Step>, &'static str> {
    match outcome {
        Some(Outcome::Done) => {}
        Some(Outcome::Accepted { .. } | Outcome::Unknown { .. }) => {
            return Err("its outcome is not known yet: `tenantry runs resume` first");
        }
        _ => return Ok(None),
    }
    if !step.invertible {
        return Err("cannot be undone");
    }
    let (change, before) = match &step.change {
        Change::SetUsageLocation { to } => {
            let was = step.before.usage_location.clone().flatten();
            let was = was.and_then(|text| Location::parse(&text).ok()).ok_or("there was no valid value before")?;
            let before = Before { usage_location: Some(Some(to.as_str().to_owned())), ..Before::default() };
            (Change::SetUsageLocation { to: was }, before)
        }
        Change::AssignLicense { add, .. } => {
            let (mut back, mut remove, mut direct) = (Vec::new(), Vec::new(), Vec::new());
            for DirectLicense { sku, disabled } in &step.before.direct {
                let left = add.iter().find(|a| a.sku == *sku).map(|a| {
                    let mut plans = a.disabled.clone();
                    plans.sort_unstable();
                    plans
                });
                direct.push(DirectLicense { sku: *sku, disabled: left });
                match disabled {
                    Some(plans) => back.push(LicenseAdd { sku: *sku, disabled: plans.clone() }),
                    None => remove.push(*sku),
                }
            }
            (Change::AssignLicense { add: back, remove }, Before { direct, ..Before::default() })
        }
        Change::JoinGroup { group } => (Change::LeaveGroup { group: *group }, member(true)),
        Change::LeaveGroup { group } => (Change::JoinGroup { group: *group }, member(false)),
        Change::ProcessRule { on } => {
            (Change::ProcessRule { on: !on }, Before { rule_on: Some(*on), ..Before::default() })
        }
        Change::Reprocess => return Err("reprocessing cannot be undone"),
    };
    let predicted = &step.predicted;
    Ok(Some(Step {
        target: step.target,
        upn: step.upn.clone(),
        name: step.name.clone(),
        request: change.request(step.target),
        predicted: Prediction {
            summary: summary(&change, step),
            gains: predicted.losses.clone(),
            losses: predicted.gains.clone(),
            // What nobody but its buyer may take is as foreign on the way back.
            risks: predicted.risks.iter().filter(|risk| risk.contains("403")).cloned().collect(),
            seats: predicted.seats.iter().map(|(sku, n)| (*sku, -n)).collect(),
        },
        change,
        before,
        invertible: true,
    }))
}

fn member(is: bool) -> Before {
    Before { member: Some(is), ..Before::default() }
}

fn summary(change: &Change, step: &Step) -> String {
    match (change, &step.change) {
        (Change::SetUsageLocation { to: back }, Change::SetUsageLocation { to }) => format!("{to} -> {back}"),
        _ => format!("back: {}", step.predicted.summary),
    }
}
