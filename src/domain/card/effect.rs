//! What a remedy would give to a user and take away, before it is sent.

use crate::domain::facts::{Path, Tenant, UserFacts};
use crate::domain::ids::{PlanId, SkuId};
use crate::domain::license::{self, Held};
use crate::domain::remedy::Verb;

/// What changes for the user.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Effect {
    /// Plans that the user does not have now.
    pub gains: Vec<PlanId>,
    /// Plans that the user has now by no other path.
    pub loses: Vec<PlanId>,
    /// Whether a seat of the product becomes free; `None` where the question does not arise.
    pub frees_seat: Option<bool>,
}

/// The effect of a remedy on one product of a user, where it can be told beforehand.
pub fn effect<T: Tenant>(verb: Verb, sku: SkuId, path: Path, user: &UserFacts<'_>, tenant: &T) -> Option<Effect> {
    let now = license::plans(&license::held(user, tenant));
    match verb {
        Verb::Reprocess => {
            // What the failing entries of this path would bring: a group gives all of its products or none.
            let failing = user.states.iter().filter(|s| s.path == path && s.failed() && !s.state.grants());
            let wanted: Vec<Held> = failing.flat_map(|s| license::brings(s, tenant).collect::<Vec<_>>()).collect();
            let gains = license::plans(&wanted).into_iter().filter(|plan| !now.contains(plan)).collect();
            Some(Effect { gains, ..Effect::default() })
        }
        Verb::RemoveLicense => {
            let direct = |sku_of, path_of| sku_of == sku && path_of == Path::Direct;
            if !user.states.iter().any(|s| direct(s.sku, s.path)) {
                return None;
            }
            let staying = user.states.iter().filter(|s| !direct(s.sku, s.path) && s.state.grants());
            let after: Vec<Held> =
                staying.clone().flat_map(|s| license::brings(s, tenant).collect::<Vec<_>>()).collect();
            let after = license::plans(&after);
            let held = user.states.iter().any(|s| direct(s.sku, s.path) && s.state.grants());
            let frees_seat = held.then(|| !staying.clone().any(|s| s.sku == sku));
            let loses = now.into_iter().filter(|plan| !after.contains(plan)).collect();
            Some(Effect { loses, frees_seat, ..Effect::default() })
        }
        _ => None,
    }
}
