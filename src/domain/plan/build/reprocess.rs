//! `reprocess`: has Graph process all group licenses of a user again.

use super::{Draft, users};
use crate::domain::facts::{ErrorCode, Tenant};
use crate::domain::ids::{GroupId, SkuId, UserId};
use crate::domain::license::{brings, held, plans};
use crate::domain::names;
use crate::domain::plan::{Before, Change, Prediction, Step};

pub(super) fn draft<T: Tenant>(draft: &mut Draft, asked: &[UserId], tenant: &T) {
    draft.each(asked.iter().copied(), tenant, |draft, user| {
        let failing: Vec<(SkuId, GroupId)> =
            user.states.iter().filter(|s| s.failed()).filter_map(|s| Some((s.sku, s.path.group()?))).collect();
        if failing.is_empty() {
            let direct = user.states.iter().any(|s| s.failed());
            return Err(if direct {
                "only a direct license fails; reprocessing concerns group licenses".to_owned()
            } else {
                "no group license of the user fails".to_owned()
            });
        }
        let there = plans(&held(user, tenant));
        let mut predicted = Prediction::default();
        for state in user.states.iter().filter(|s| s.failed() && s.path.group().is_some()) {
            let product = names::sku(state.sku, tenant);
            if state.state.grants() {
                // On the user although its change failed: what is stuck is a removal or a plan change.
                predicted.risks.push(format!("{product} may be taken away: its removal is stuck"));
                predicted.losses.extend(brings(state, tenant).map(|h| h.plan));
                draft.takes_away = true;
                continue;
            }
            predicted.gains.extend(brings(state, tenant).map(|h| h.plan).filter(|p| !there.contains(p)));
            if !user.states.iter().any(|s| s.sku == state.sku && s.state.grants()) {
                predicted.seats.push((state.sku, 1));
            }
            if state.error == ErrorCode::CountViolation && tenant.sku(state.sku).is_some_and(|s| s.free() <= 0) {
                predicted.risks.push(format!("{product} has no free seat: it will fail again"));
            }
        }
        // Two failing groups may give the same product: one seat.
        predicted.seats.sort_unstable();
        predicted.seats.dedup();
        for plans in [&mut predicted.gains, &mut predicted.losses] {
            plans.sort_unstable();
            plans.dedup();
        }
        predicted.summary = format!("{} failing, up to {} services gained", failing.len(), predicted.gains.len());
        let change = Change::Reprocess;
        Ok(Step {
            target: user.id.into(),
            upn: user.upn.to_owned(),
            name: user.display_name.to_owned(),
            request: change.request(user.id),
            change,
            before: Before { failing, ..Before::default() },
            predicted,
            invertible: false,
        })
    });
    draft.title = format!("Reprocess the group licenses of {}", users(draft.steps.len()));
    let short: Vec<String> = draft
        .seats
        .iter()
        .filter_map(|(sku, wanted)| {
            let free = tenant.sku(*sku)?.free().max(0);
            (*wanted > free).then(|| format!("{}: {wanted} users, {free} free seats", names::sku(*sku, tenant)))
        })
        .collect();
    if !short.is_empty() {
        draft.warn(format!("There are fewer seats than users; chance decides who gets one. {}.", short.join("; ")));
    }
    if draft.takes_away {
        draft.warn("A stuck removal goes through when its cause is gone: those licenses are then lost.");
    }
}
