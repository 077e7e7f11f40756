//! The body of `assignLicense`, which users and groups share.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::answer::Problem;
use super::ask::Ask;
use crate::domain::ids::{PlanId, SkuId};
use crate::sim::licensing::Wanted;
use crate::sim::products::ProductAt;
use crate::sim::world::World;

/// What is asked for.
pub struct LicenseBody {
    /// Products to give, with the plans that stay off.
    pub add: Vec<Wanted>,
    /// Products to take.
    pub remove: Vec<SkuId>,
}

fn array<'a>(body: &'a Map<String, Value>, name: &str) -> Result<&'a Vec<Value>, Problem> {
    body.get(name).and_then(Value::as_array).ok_or_else(|| {
        Problem::bad(format!(
            "One or more parameters of the operation 'assignLicense' are missing from the request payload. The missing parameters are: {name}."
        ))
    })
}

/// Graph takes the hyphenated form only, in any casing.
fn guid(value: &Value) -> Result<u128, Problem> {
    let id = value.as_str().filter(|text| text.len() == 36).and_then(|text| SkuId::parse(text).ok());
    id.map(SkuId::as_u128).ok_or_else(|| {
        Problem::bad(
            "Cannot convert a primitive value to the expected type 'Edm.Guid'. See the inner exception for more details",
        )
    })
}

impl LicenseBody {
    /// Reads the body of a request. Products that the tenant does not own cannot be given.
    pub fn read(world: &World, ask: &Ask) -> Result<LicenseBody, Problem> {
        let body = ask.object(Some(&["addLicenses", "removeLicenses"]))?;
        let (adds, removes) = (array(body, "addLicenses")?, array(body, "removeLicenses")?);
        if adds.is_empty() && removes.is_empty() {
            return Err(Problem::bad("License assignment must add or remove at least one license."));
        }
        let mut add = Vec::new();
        for entry in adds {
            let fields = entry.as_object().ok_or_else(|| Problem::bad("Invalid value specified for 'addLicenses'."))?;
            if let Some(other) =
                fields.keys().find(|k| !["skuId", "disabledPlans"].contains(&k.as_str()) && !k.starts_with('@'))
            {
                return Err(Problem::bad(format!(
                    "The property '{other}' does not exist on type 'microsoft.graph.assignedLicense'. Make sure to only use property names that are defined by the type."
                )));
            }
            let sku = SkuId::from_u128(guid(fields.get("skuId").unwrap_or(&Value::Null))?);
            let at = owned(world, sku)?;
            add.push((at, disabled(world, at, fields.get("disabledPlans"))?));
        }
        let remove = removes.iter().map(|id| guid(id).map(SkuId::from_u128)).collect::<Result<Vec<_>, _>>()?;
        Ok(LicenseBody { add, remove })
    }
}

fn owned(world: &World, sku: SkuId) -> Result<ProductAt, Problem> {
    let at = world
        .model
        .product_at(sku)
        .filter(|at| world.model.product(*at).seats != crate::sim::products::Seats::NotOwned);
    let at =
        at.ok_or_else(|| Problem::bad(format!("License {sku} does not correspond to a valid company License.")))?;
    if world.model.product(at).company {
        return Err(Problem::bad(format!("License {sku} cannot be assigned to a user.")));
    }
    Ok(at)
}

fn disabled(world: &World, at: ProductAt, plans: Option<&Value>) -> Result<Arc<[PlanId]>, Problem> {
    let none = Vec::new();
    let plans = plans.and_then(Value::as_array).unwrap_or(&none);
    let mut off: Vec<PlanId> = plans.iter().map(|p| guid(p).map(PlanId::from_u128)).collect::<Result<_, _>>()?;
    off.sort_unstable();
    off.dedup();
    let product = world.model.product(at);
    match off.iter().find(|plan| !product.plans.iter().any(|(own, _)| own == *plan)) {
        // The wording is not documented anywhere.
        Some(stranger) => Err(Problem::bad(format!(
            "Service plan {stranger} is not part of license {} and cannot be disabled.",
            product.id
        ))),
        None => Ok(off.into()),
    }
}
