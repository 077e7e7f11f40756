//! `assign-license`: a direct assignment of one product.

use super::{BuildError, Draft, direct, licenses, users};
use crate::domain::facts::Tenant;
use crate::domain::ids::{PlanId, SkuId, UserId};
use crate::domain::names;
use crate::domain::plan::LicenseAdd;

pub(super) fn draft<T: Tenant>(
    draft: &mut Draft,
    asked: &[UserId],
    sku: SkuId,
    off: &[PlanId],
    tenant: &T,
) -> Result<(), BuildError> {
    let product = names::sku(sku, tenant);
    let disabled = licenses::switchable(off, licenses::assignable(sku, tenant)?, tenant)?;
    draft.each(asked.iter().copied(), tenant, |draft, user| {
        if direct(user, sku).is_some() {
            return Err(format!("{product} is assigned directly already"));
        }
        licenses::step(draft, user, vec![LicenseAdd { sku, disabled: disabled.clone() }], Vec::new(), tenant)
    });
    draft.title = format!("Assign {product} to {}", users(draft.steps.len()));
    Ok(())
}
