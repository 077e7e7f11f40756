//! License arithmetic: which plans a user has, by which product and path, before and after a change.
//!
//! The union of enabled plans over all paths wins; a plan is off only if every path disables it. A seat counts once per
//! user and product, however many paths lead to it.

use super::constraints::Documented;
use super::facts::{LicenseState, Path, Sku, SkuPlan, Tenant, UserFacts};
use super::ids::{PlanId, SkuId};

/// A plan as one path of one product brings it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Held {
    /// The plan.
    pub plan: PlanId,
    /// The product.
    pub sku: SkuId,
    /// The path.
    pub path: Path,
}

/// `EXCHANGE_S_FOUNDATION`: part of nearly every product, gives nothing by itself.
const FOUNDATION: PlanId = PlanId::from_u128(0x113f_eb6c_3fe4_4440_bddc_54d7_74bf_0318);

/// The plans of a product that mean something for a person: company-wide ones cannot be switched off, and the
/// foundation plan gives nothing.
pub fn personal_plans(sku: &Sku) -> impl Iterator<Item = &SkuPlan> {
    sku.plans.iter().filter(|p| p.for_users && p.id != FOUNDATION)
}

/// The plans that a product gives when some are switched off.
pub fn enabled<'a>(sku: &'a Sku, disabled: &'a [PlanId]) -> impl Iterator<Item = PlanId> + 'a {
    personal_plans(sku).map(|p| p.id).filter(move |id| !disabled.contains(id))
}

/// What one license state brings, or would bring if it did not fail.
pub fn brings<'a, T: Tenant>(state: &'a LicenseState<'a>, tenant: &'a T) -> impl Iterator<Item = Held> + 'a {
    let plans = tenant.sku(state.sku).into_iter().flat_map(move |sku| enabled(sku, state.disabled));
    plans.map(move |plan| Held { plan, sku: state.sku, path: state.path })
}

/// Everything that a user has now, over all paths in force.
pub fn held<T: Tenant>(user: &UserFacts<'_>, tenant: &T) -> Vec<Held> {
    user.states.iter().filter(|s| s.state.grants()).flat_map(|s| brings(s, tenant).collect::<Vec<_>>()).collect()
}

/// The distinct plans among what is held.
pub fn plans(held: &[Held]) -> Vec<PlanId> {
    let mut plans: Vec<PlanId> = held.iter().map(|h| h.plan).collect();
    plans.sort_unstable();
    plans.dedup();
    plans
}

/// The products that a user holds, in force, without repeats.
pub fn skus(user: &UserFacts<'_>) -> Vec<SkuId> {
    let mut skus: Vec<SkuId> = user.states.iter().filter(|s| s.state.grants()).map(|s| s.sku).collect();
    // A state list that omits an assigned license is a known gap of Graph.
    skus.extend(user.assigned.iter().map(|a| a.sku));
    skus.sort_unstable();
    skus.dedup();
    skus
}

/// A documented pair: they *may* exclude each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MayExclude {
    /// What is wanted.
    pub wanted: Held,
    /// What is there.
    pub there: Held,
    /// The documented set.
    pub set: &'static str,
}

/// The documented pairs between what is wanted and what is there, of different products.
pub fn may_exclude(wanted: &[Held], there: &[Held]) -> Vec<MayExclude> {
    let tables = Documented::embedded();
    let mut pairs = Vec::new();
    for &wanted in wanted {
        for &there in there.iter().filter(|t| t.sku != wanted.sku) {
            if let Some(set) = tables.exclusive(wanted.plan, there.plan) {
                pairs.push(MayExclude { wanted, there, set });
            }
        }
    }
    pairs
}

/// A plan whose documented prerequisite is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lacks {
    /// The plan.
    pub plan: Held,
    /// One of these is needed.
    pub needs: Vec<PlanId>,
}

/// The plans among `held` whose documented prerequisites are not among them.
pub fn lacking(held: &[Held]) -> Vec<Lacks> {
    let tables = Documented::embedded();
    let has = |plan: &PlanId| held.iter().any(|h| h.plan == *plan);
    held.iter()
        .filter_map(|h| {
            let needs = tables.needs(h.plan)?;
            (!needs.iter().any(has)).then(|| Lacks { plan: *h, needs: needs.to_vec() })
        })
        .collect()
}
