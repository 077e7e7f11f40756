//! License arithmetic: which plans a user has, by which product and path, before and after a change.
//!
//! The union of enabled plans over all paths wins; a plan is off only if every path disables it. A seat counts once per
//! user and product, however many paths lead to it.

use super::constraints::{Documented, Learned};
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

/// A pair that excludes each other: it *may* where it is documented, it *does* where it was learned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MayExclude {
    /// What is wanted.
    pub wanted: Held,
    /// What is there.
    pub there: Held,
    /// The documented set; empty where only Graph's words name the pair.
    pub set: &'static str,
    /// Whether Graph said so in this tenant.
    pub learned: bool,
}

/// The documented pairs between what is wanted and what is there, of different products.
pub fn may_exclude(wanted: &[Held], there: &[Held]) -> Vec<MayExclude> {
    excludes(wanted, there, Learned::nothing())
}

/// The learned and documented pairs between what is wanted and what is there, of different products; learned first.
pub fn excludes(wanted: &[Held], there: &[Held], learned: &Learned) -> Vec<MayExclude> {
    let tables = Documented::embedded();
    let mut pairs = Vec::new();
    for &wanted in wanted {
        for &there in there.iter().filter(|t| t.sku != wanted.sku) {
            let known = learned.excludes(wanted.plan, there.plan).is_some();
            let set = tables.exclusive(wanted.plan, there.plan);
            if known || set.is_some() {
                pairs.push(MayExclude { wanted, there, set: set.unwrap_or_default(), learned: known });
            }
        }
    }
    pairs.sort_by_key(|pair| !pair.learned);
    pairs
}

/// A plan whose prerequisite is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lacks {
    /// The plan.
    pub plan: Held,
    /// One of these is needed.
    pub needs: Vec<PlanId>,
    /// Whether Graph said so in this tenant.
    pub learned: bool,
}

/// The plans among `held` whose documented prerequisites are not among them.
pub fn lacking(held: &[Held]) -> Vec<Lacks> {
    lacking_with(held, Learned::nothing())
}

/// The plans among `held` whose prerequisites are not among them. What Graph said of a plan stands in the place of what
/// is documented of it; learned first.
pub fn lacking_with(held: &[Held], learned: &Learned) -> Vec<Lacks> {
    let tables = Documented::embedded();
    let has = |plan: &PlanId| held.iter().any(|h| h.plan == *plan);
    let mut lacks: Vec<Lacks> = held
        .iter()
        .filter_map(|h| {
            let known = learned.needs(h.plan);
            let needs = known.map_or_else(|| tables.needs(h.plan), |d| Some(&d.needs[..]))?;
            (!needs.iter().any(has)).then(|| Lacks { plan: *h, needs: needs.to_vec(), learned: known.is_some() })
        })
        .collect();
    lacks.sort_by_key(|l| !l.learned);
    lacks
}
