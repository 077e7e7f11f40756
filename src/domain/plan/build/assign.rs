//! `assign-license`: a direct assignment of one product.

use super::{BuildError, Draft, direct, users};
use crate::domain::facts::Path;
use crate::domain::facts::Tenant;
use crate::domain::ids::{PlanId, SkuId, UserId};
use crate::domain::license::{Held, enabled, held, lacking, may_exclude, plans};
use crate::domain::location::Location;
use crate::domain::names;
use crate::domain::plan::{Before, Change, DirectLicense, LicenseAdd, Prediction, Step};

pub(super) fn draft<T: Tenant>(
    draft: &mut Draft,
    asked: &[UserId],
    sku: SkuId,
    off: &[PlanId],
    tenant: &T,
) -> Result<(), BuildError> {
    let product = names::sku(sku, tenant);
    let owned = tenant.sku(sku).ok_or_else(|| {
        if tenant.skus().is_empty() {
            BuildError::NoProducts
        } else {
            BuildError::Product(format!("the tenant does not own {product}"))
        }
    })?;
    if !owned.for_users {
        return Err(BuildError::Product(format!("{product} applies to the company and cannot be assigned to a user")));
    }
    if let Some(stranger) = off.iter().find(|p| !owned.plans.iter().any(|own| own.id == **p)) {
        let plan = names::plan(*stranger, tenant).0;
        return Err(BuildError::Product(format!("{plan} is not a service plan of {product}")));
    }
    let mut off = off.to_vec();
    off.sort_unstable();
    off.dedup();
    let wanted: Vec<Held> = enabled(owned, &off).map(|plan| Held { plan, sku, path: Path::Direct }).collect();
    let mut free = owned.free();

    draft.each(asked.iter().copied(), tenant, |draft, user| {
        if direct(user, sku).is_some() {
            return Err(format!("{product} is assigned directly already"));
        }
        match user.usage_location {
            None => return Err("no usage location: set it first".to_owned()),
            Some(text) if Location::parse(text).is_err() => {
                return Err(format!("usage location `{text}` is not valid: correct it first"));
            }
            Some(_) => {}
        }
        // A seat counts once per user and product: whoever inherits it already takes none.
        let takes_seat = !user.states.iter().any(|s| s.sku == sku && s.state.grants());
        if takes_seat {
            if free <= 0 {
                return Err(format!("no free seat of {product} is left"));
            }
            free -= 1;
            *draft.seats.entry(sku).or_default() += 1;
        }
        let there = held(user, tenant);
        let had = plans(&there);
        let mut risks: Vec<String> = may_exclude(&wanted, &there)
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
        let after: Vec<Held> = there.iter().chain(&wanted).copied().collect();
        risks.extend(lacking(&after).iter().filter(|l| wanted.contains(&l.plan)).map(|l| {
            let needs: Vec<String> = l.needs.iter().map(|p| names::plan(*p, tenant).0).collect();
            format!("{} needs {}", names::plan(l.plan.plan, tenant).0, needs.join(" or "))
        }));
        let gains: Vec<PlanId> = wanted.iter().map(|h| h.plan).filter(|p| !had.contains(p)).collect();
        let change = Change::AssignLicense { add: vec![LicenseAdd { sku, disabled: off.clone() }], remove: Vec::new() };
        Ok(Step {
            target: user.id.into(),
            upn: user.upn.to_owned(),
            name: user.display_name.to_owned(),
            request: change.request(user.id),
            change,
            before: Before { direct: vec![DirectLicense { sku, disabled: None }], ..Before::default() },
            predicted: Prediction {
                summary: format!(
                    "+ {product}: {} services gained{}",
                    gains.len(),
                    if takes_seat { "" } else { ", no extra seat" }
                ),
                gains,
                losses: Vec::new(),
                risks,
            },
            invertible: true,
        })
    });
    draft.title = format!("Assign {product} to {}", users(draft.steps.len()));
    let risky = draft.steps.iter().filter(|s| !s.predicted.risks.is_empty()).count();
    if risky > 0 {
        draft.warn(format!("For {} Graph may refuse: see the rows.", users(risky)));
    }
    draft.warn("A license change recalculates proxy addresses: mail addresses may change.");
    Ok(())
}
