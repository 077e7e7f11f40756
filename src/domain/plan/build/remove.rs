//! `remove-license`: ends the direct assignment of one product. Inherited paths are never attempted.

use super::{Draft, direct, users};
use crate::domain::constraints::Documented;
use crate::domain::facts::{Path, Tenant};
use crate::domain::ids::{PlanId, SkuId, UserId};
use crate::domain::license::{Held, held, lacking, plans};
use crate::domain::names;
use crate::domain::plan::{Before, Change, DirectLicense, Prediction, Step};

pub(super) fn draft<T: Tenant>(draft: &mut Draft, asked: &[UserId], sku: SkuId, tenant: &T) {
    let product = names::sku(sku, tenant);
    let mut mailboxes = 0;
    draft.each(asked.iter().copied(), tenant, |draft, user| {
        let Some(disabled) = direct(user, sku) else {
            let groups: Vec<String> = user
                .states
                .iter()
                .filter(|s| s.sku == sku)
                .filter_map(|s| s.path.group())
                .map(|g| names::group(g, tenant))
                .collect();
            return Err(if groups.is_empty() {
                format!("{product} is not assigned")
            } else {
                format!("inherited from group {}", groups.join(", "))
            });
        };
        let before = held(user, tenant);
        let after: Vec<Held> = before.iter().filter(|h| !(h.sku == sku && h.path == Path::Direct)).copied().collect();
        let (had, has) = (plans(&before), plans(&after));
        let losses: Vec<PlanId> = had.into_iter().filter(|p| !has.contains(p)).collect();
        let risks: Vec<String> = lacking(&after)
            .iter()
            .filter(|l| l.needs.iter().any(|n| losses.contains(n)))
            .map(|l| {
                format!(
                    "{} of {} needs what goes: Graph will refuse",
                    names::plan(l.plan.plan, tenant).0,
                    names::sku(l.plan.sku, tenant)
                )
            })
            .collect();
        let keeps_seat = after.iter().any(|h| h.sku == sku)
            || user.states.iter().any(|s| s.sku == sku && s.path != Path::Direct && s.state.grants());
        if !keeps_seat {
            *draft.seats.entry(sku).or_default() -= 1;
        }
        mailboxes += usize::from(losses.iter().any(|p| is_mailbox(*p)));
        draft.takes_away = true;
        let change = Change::AssignLicense { add: Vec::new(), remove: vec![sku] };
        Ok(Step {
            target: user.id.into(),
            upn: user.upn.to_owned(),
            name: user.display_name.to_owned(),
            request: change.request(user.id),
            change,
            before: Before { direct: vec![DirectLicense { sku, disabled: Some(disabled) }], ..Before::default() },
            predicted: Prediction {
                summary: format!(
                    "- {product}: {} services lost{}",
                    losses.len(),
                    if keeps_seat { ", frees no seat" } else { "" }
                ),
                gains: Vec::new(),
                losses,
                risks,
            },
            invertible: true,
        })
    });
    draft.title = format!("Remove the direct {product} from {}", users(draft.steps.len()));
    if mailboxes > 0 {
        draft.warn(format!(
            "{} lose their only Exchange plan: the mailbox is disconnected and later deleted unless it is converted or on hold.",
            users(mailboxes)
        ));
    }
    let refused = draft.steps.iter().filter(|s| !s.predicted.risks.is_empty()).count();
    if refused > 0 {
        draft.warn(format!("For {} Graph will probably refuse: see the rows.", users(refused)));
    }
    if !draft.steps.is_empty() {
        draft.warn("A license change recalculates proxy addresses: mail addresses may change.");
    }
}

/// Whether losing a plan may cost a mailbox: one of the Exchange Online set, archives excepted.
fn is_mailbox(plan: PlanId) -> bool {
    /// `EXCHANGE_S_ENTERPRISE`, by which the set of Exchange Online plans is known.
    const EXCHANGE_2: PlanId = PlanId::from_u128(0xefb8_7545_963c_4e0d_99df_69c6_916d_9eb0);
    plan == EXCHANGE_2 || Documented::embedded().exclusive(plan, EXCHANGE_2).is_some()
}
