//! One `assignLicense` of one user: what it gains, loses and risks, and which seats it takes. All verbs that change
//! direct licenses end here, so that all of them promise the same.

use super::{Draft, direct};
use crate::domain::constraints::Documented;
use crate::domain::facts::{Path, Sku, Tenant, UserFacts};
use crate::domain::ids::{PlanId, SkuId};
use crate::domain::license::{Held, enabled, held, lacking, may_exclude, plans};
use crate::domain::location::Location;
use crate::domain::names;
use crate::domain::plan::{Before, BuildError, Change, DirectLicense, LicenseAdd, Prediction, Step};

/// What a change of licenses does to one user.
#[derive(Debug, Default)]
pub(super) struct Effect {
    pub(super) gains: Vec<PlanId>,
    pub(super) losses: Vec<PlanId>,
    pub(super) risks: Vec<String>,
    /// The last Exchange plan goes.
    pub(super) mailbox: bool,
}

/// Compares what a user holds before and after. `comes` is the part of `after` that the change brings.
pub(super) fn effect<T: Tenant>(before: &[Held], after: &[Held], comes: &[Held], tenant: &T) -> Effect {
    let (had, has) = (plans(before), plans(after));
    let gains: Vec<PlanId> = has.iter().filter(|p| !had.contains(p)).copied().collect();
    let losses: Vec<PlanId> = had.iter().filter(|p| !has.contains(p)).copied().collect();
    let fresh: Vec<Held> = comes.iter().filter(|h| !before.contains(h)).copied().collect();
    let mut risks: Vec<String> = may_exclude(&fresh, after)
        .iter()
        .map(|pair| {
            format!(
                "{} may conflict with {} of {}",
                names::plan(pair.wanted.plan, tenant).0,
                names::plan(pair.there.plan, tenant).0,
                names::sku(pair.there.sku, tenant)
            )
        })
        .collect();
    for lack in lacking(after) {
        let plan = names::plan(lack.plan.plan, tenant).0;
        if lack.needs.iter().any(|n| losses.contains(n)) {
            let product = names::sku(lack.plan.sku, tenant);
            risks.push(format!("{plan} of {product} needs what goes: Graph will refuse"));
        } else if fresh.contains(&lack.plan) {
            let needs: Vec<String> = lack.needs.iter().map(|p| names::plan(*p, tenant).0).collect();
            risks.push(format!("{plan} needs {}", needs.join(" or ")));
        }
    }
    let mailbox = had.iter().any(|p| is_mailbox(*p)) && !has.iter().any(|p| is_mailbox(*p));
    Effect { gains, losses, risks, mailbox }
}

/// The step that assigns and removes products of one user directly, in one call.
pub(super) fn step<T: Tenant>(
    draft: &mut Draft,
    user: &UserFacts<'_>,
    add: Vec<LicenseAdd>,
    remove: Vec<SkuId>,
    tenant: &T,
) -> Result<Step, String> {
    if !add.is_empty() {
        located(user)?;
    }
    let touched: Vec<SkuId> = add.iter().map(|a| a.sku).chain(remove.iter().copied()).collect();
    let mut seats = Vec::new();
    for &sku in &touched {
        let inherited = user.states.iter().any(|s| s.sku == sku && s.path != Path::Direct && s.state.grants());
        let granted = user.states.iter().any(|s| s.sku == sku && s.path == Path::Direct && s.state.grants());
        let unstated = !user.states.iter().any(|s| s.sku == sku) && direct(user, sku).is_some();
        // A seat counts once per user and product: whoever inherits it takes none and frees none.
        match (inherited || granted || unstated, inherited || add.iter().any(|a| a.sku == sku)) {
            (false, true) => {
                let free = tenant.sku(sku).map_or(0, Sku::free) - draft.seats.get(&sku).copied().unwrap_or(0).max(0);
                if free <= 0 {
                    return Err(format!("no free seat of {} is left", names::sku(sku, tenant)));
                }
                seats.push((sku, 1));
            }
            (true, false) => seats.push((sku, -1)),
            _ => {}
        }
    }
    let before = held(user, tenant);
    let comes: Vec<Held> = add.iter().flat_map(|a| brought(a, Path::Direct, tenant)).collect();
    let stays = before.iter().filter(|h| !(h.path == Path::Direct && touched.contains(&h.sku)));
    let after: Vec<Held> = stays.chain(&comes).copied().collect();
    let Effect { gains, losses, mut risks, mailbox } = effect(&before, &after, &comes, tenant);
    risks.extend(
        touched.iter().filter(|sku| is_foreign(**sku, tenant)).map(|sku| {
            format!("{} looks self-service or partner-owned: Graph may answer 403", names::sku(*sku, tenant))
        }),
    );
    draft.mailboxes += usize::from(mailbox);
    draft.takes_away |= !losses.is_empty() || !remove.is_empty();
    let mut parts: Vec<String> = Vec::new();
    for a in &add {
        let known = direct(user, a.sku).is_some();
        parts.push(format!("{} {}", if known { "~" } else { "+" }, names::sku(a.sku, tenant)));
    }
    parts.extend(remove.iter().map(|sku| format!("- {}", names::sku(*sku, tenant))));
    let mut what: Vec<String> = Vec::new();
    if !gains.is_empty() || losses.is_empty() && remove.is_empty() {
        what.push(format!("{} services gained", gains.len()));
    }
    if !losses.is_empty() || gains.is_empty() && !remove.is_empty() {
        what.push(format!("{} services lost", losses.len()));
    }
    if seats.is_empty() {
        what.push("no seat taken or freed".to_owned());
    }
    let direct_now = |sku: &SkuId| DirectLicense { sku: *sku, disabled: direct(user, *sku) };
    let before = Before { direct: touched.iter().map(direct_now).collect(), ..Before::default() };
    let change = Change::AssignLicense { add, remove };
    Ok(Step {
        target: user.id.into(),
        upn: user.upn.to_owned(),
        name: user.display_name.to_owned(),
        request: change.request(user.id),
        change,
        before,
        predicted: Prediction {
            summary: format!("{}: {}", parts.join(", "), what.join(", ")),
            gains,
            losses,
            risks,
            seats,
        },
        invertible: true,
    })
}

/// What one product brings by one path.
pub(super) fn brought<T: Tenant>(add: &LicenseAdd, path: Path, tenant: &T) -> Vec<Held> {
    let plans = tenant.sku(add.sku).into_iter().flat_map(|sku| enabled(sku, &add.disabled));
    plans.map(|plan| Held { plan, sku: add.sku, path }).collect()
}

/// A direct assignment needs a valid location; group licensing takes the directory's.
fn located(user: &UserFacts<'_>) -> Result<(), String> {
    match user.usage_location {
        None => Err("no usage location: set it first".to_owned()),
        Some(text) if Location::parse(text).is_err() => {
            Err(format!("usage location `{text}` is not valid: correct it first"))
        }
        Some(_) => Ok(()),
    }
}

/// The product, if the tenant owns it and people can have it.
pub(super) fn assignable<T: Tenant>(sku: SkuId, tenant: &T) -> Result<&Sku, BuildError> {
    let product = || names::sku(sku, tenant);
    match tenant.sku(sku) {
        Some(owned) if owned.for_users => Ok(owned),
        Some(_) => {
            Err(BuildError::Product(format!("{} applies to the company and cannot be assigned to a user", product())))
        }
        None if tenant.skus().is_empty() => Err(BuildError::NoProducts),
        None => Err(BuildError::Product(format!("the tenant does not own {}", product()))),
    }
}

/// The plans, sorted, if all of them can be switched in the product.
pub(super) fn switchable<T: Tenant>(plans: &[PlanId], sku: &Sku, tenant: &T) -> Result<Vec<PlanId>, BuildError> {
    let product = || names::sku(sku.id, tenant);
    for plan in plans {
        let name = names::plan(*plan, tenant).0;
        match sku.plans.iter().find(|own| own.id == *plan) {
            None => return Err(BuildError::Product(format!("{name} is not a service plan of {}", product()))),
            Some(own) if !own.for_users => {
                return Err(BuildError::Product(format!(
                    "{name} of {} applies to the company and cannot be switched for a person",
                    product()
                )));
            }
            Some(_) => {}
        }
    }
    let mut plans = plans.to_vec();
    plans.sort_unstable();
    plans.dedup();
    Ok(plans)
}

/// Whether a purchase of the product hints at somebody else's ownership. A hint: only Graph's own 403 is knowledge.
fn is_foreign<T: Tenant>(sku: SkuId, tenant: &T) -> bool {
    let home = tenant.organization().map(|o| o.id.to_string()).unwrap_or_default();
    let mut purchases = tenant.subscriptions().iter().filter(|s| s.sku == sku).peekable();
    purchases.peek().is_some()
        && purchases.all(|s| {
            s.owner_type.as_deref().is_some_and(|t| t.eq_ignore_ascii_case("user"))
                || s.owner_tenant.as_deref().is_some_and(|t| !t.eq_ignore_ascii_case(&home))
        })
}

/// Whether losing a plan may cost a mailbox: one of the Exchange Online set, archives excepted.
fn is_mailbox(plan: PlanId) -> bool {
    /// `EXCHANGE_S_ENTERPRISE`, by which the set of Exchange Online plans is known.
    const EXCHANGE_2: PlanId = PlanId::from_u128(0xefb8_7545_963c_4e0d_99df_69c6_916d_9eb0);
    plan == EXCHANGE_2 || Documented::embedded().exclusive(plan, EXCHANGE_2).is_some()
}

/// What every plan that changes licenses says once.
pub(super) fn warn(draft: &mut Draft) {
    if draft.mailboxes > 0 {
        draft.warn(format!(
            "{} lose their only Exchange plan: the mailbox is disconnected and later deleted unless it is converted or on hold.",
            super::users(draft.mailboxes)
        ));
    }
    let risky = draft.steps.iter().filter(|s| !s.predicted.risks.is_empty()).count();
    if risky > 0 {
        draft.warn(format!("For {} Graph may refuse: see the rows.", super::users(risky)));
    }
    if !draft.steps.is_empty() {
        draft.warn("A license change recalculates proxy addresses: mail addresses may change.");
    }
}
