//! `remove-license`: ends the direct assignment of one product. Inherited paths are never attempted: one inherited
//! product in the call and Graph refuses all of it.

use super::{Draft, direct, licenses, users};
use crate::domain::facts::{Tenant, UserFacts};
use crate::domain::ids::{SkuId, UserId};
use crate::domain::names;

pub(super) fn draft<T: Tenant>(draft: &mut Draft, asked: &[UserId], sku: SkuId, tenant: &T) {
    let product = names::sku(sku, tenant);
    draft.each(asked.iter().copied(), tenant, |draft, user| {
        if direct(user, sku).is_none() {
            return Err(not_direct(user, sku, tenant));
        }
        licenses::step(draft, user, Vec::new(), vec![sku], tenant)
    });
    draft.title = format!("Remove the direct {product} from {}", users(draft.steps.len()));
}

/// Why there is nothing direct to change.
pub(super) fn not_direct<T: Tenant>(user: &UserFacts<'_>, sku: SkuId, tenant: &T) -> String {
    let paths = user.states.iter().filter(|s| s.sku == sku).filter_map(|s| s.path.group());
    let groups: Vec<String> = paths.map(|g| names::group(g, tenant)).collect();
    if groups.is_empty() {
        format!("{} is not assigned", names::sku(sku, tenant))
    } else {
        format!("inherited from group {}", groups.join(", "))
    }
}
