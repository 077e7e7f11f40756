//! `change-plans` and `swap-license`: one call each, and what was switched off stays off.

use super::remove::not_direct;
use super::{BuildError, Draft, direct, licenses, users};
use crate::domain::facts::Tenant;
use crate::domain::ids::{PlanId, SkuId, UserId};
use crate::domain::names;
use crate::domain::plan::LicenseAdd;

/// Switches plans of a direct license on and off. The whole list of what is off is sent: Graph replaces it.
pub(super) fn plans<T: Tenant>(
    draft: &mut Draft,
    asked: &[UserId],
    sku: SkuId,
    (on, off): (&[PlanId], &[PlanId]),
    tenant: &T,
) -> Result<(), BuildError> {
    let product = names::sku(sku, tenant);
    let owned = licenses::assignable(sku, tenant)?;
    let (on, off) = (licenses::switchable(on, owned, tenant)?, licenses::switchable(off, owned, tenant)?);
    if on.is_empty() && off.is_empty() {
        return Err(BuildError::Product(format!("no plan of {product} was named to be switched on or off")));
    }
    if let Some(both) = on.iter().find(|p| off.contains(p)) {
        return Err(BuildError::Product(format!("{} cannot be on and off", names::plan(*both, tenant).0)));
    }
    draft.each(asked.iter().copied(), tenant, |draft, user| {
        let Some(now) = direct(user, sku) else { return Err(not_direct(user, sku, tenant)) };
        let disabled = switched(&now, &on, &off);
        if disabled == now {
            return Err(format!("the plans of {product} are so already"));
        }
        licenses::step(draft, user, vec![LicenseAdd { sku, disabled }], Vec::new(), tenant)
    });
    let names = |plans: &[PlanId]| plans.iter().map(|p| names::plan(*p, tenant).0).collect::<Vec<_>>().join(", ");
    let mut what = Vec::new();
    for (word, plans) in [("on", &on), ("off", &off)] {
        if !plans.is_empty() {
            what.push(format!("{} {word}", names(plans)));
        }
    }
    draft.title = format!("Switch {} in {product} for {}", what.join(" and "), users(draft.steps.len()));
    Ok(())
}

/// The list of what is off after a change, sorted.
pub(super) fn switched(now: &[PlanId], on: &[PlanId], off: &[PlanId]) -> Vec<PlanId> {
    let mut disabled: Vec<PlanId> = now.iter().chain(off).filter(|p| !on.contains(p)).copied().collect();
    disabled.sort_unstable();
    disabled.dedup();
    disabled
}

/// Replaces one direct product by another in one call: no moment without a license.
pub(super) fn swap<T: Tenant>(
    draft: &mut Draft,
    asked: &[UserId],
    (from, to): (SkuId, SkuId),
    off: &[PlanId],
    tenant: &T,
) -> Result<(), BuildError> {
    let (old, new) = (names::sku(from, tenant), names::sku(to, tenant));
    let owned = licenses::assignable(to, tenant)?;
    let off = licenses::switchable(off, owned, tenant)?;
    if from == to {
        return Err(BuildError::Product(format!("{old} cannot be swapped for itself")));
    }
    let mut dropped = 0;
    draft.each(asked.iter().copied(), tenant, |draft, user| {
        let Some(was) = direct(user, from) else { return Err(not_direct(user, from, tenant)) };
        if direct(user, to).is_some() {
            return Err(format!("{new} is assigned directly already: remove {old} instead"));
        }
        let (kept, unknown): (Vec<PlanId>, Vec<PlanId>) =
            was.iter().partition(|p| owned.plans.iter().any(|own| own.id == **p && own.for_users));
        let add = LicenseAdd { sku: to, disabled: switched(&kept, &[], &off) };
        let step = licenses::step(draft, user, vec![add], vec![from], tenant)?;
        dropped += usize::from(!unknown.is_empty());
        Ok(step)
    });
    draft.title = format!("Replace {old} by {new} for {}", users(draft.steps.len()));
    if dropped > 0 {
        draft.warn(format!(
            "For {} a plan that is off in {old} does not exist in {new}; its successor there, if any, will be on.",
            users(dropped)
        ));
    }
    Ok(())
}
