//! Reading the organization, its products and its subscriptions.

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::answer::{Answer, Problem};
use super::ask::Ask;
use super::router::Desk;
use super::user_json::unknown;
use crate::sim::clock;
use crate::sim::mix::{Subject, object_id};
use crate::sim::model::{DAY, DOMAIN, INITIAL_DOMAIN, Model};
use crate::sim::products::{Buyer, Product};
use crate::sim::world::World;

/// Keeps the selected properties of an object, in the order of the question.
pub fn project(object: Value, select: Option<&[&str]>, kind: &str) -> Result<Value, Problem> {
    let (Value::Object(mut object), Some(select)) = (object.clone(), select) else { return Ok(object) };
    let mut out = Map::new();
    for name in select {
        let key = object.keys().find(|k| k.eq_ignore_ascii_case(name)).cloned();
        let key = key.ok_or_else(|| unknown(name, kind))?;
        if let Some(value) = object.remove(&key) {
            out.insert(key, value);
        }
    }
    Ok(Value::Object(out))
}

/// `GET /organization`
pub fn organization(world: &World, ask: &Ask, desk: &Desk) -> Result<Answer, Problem> {
    ask.only(&["$select"])?;
    let model = &world.model;
    let domain = |name: &str, default: bool| {
        json!({"capabilities": "Email, OfficeCommunicationsOnline", "isDefault": default, "isInitial": !default,
            "name": name, "type": "Managed"})
    };
    let organization = json!({
        "id": model.tenant_id(), "deletedDateTime": null, "businessPhones": [], "city": "Redmond", "country": "United States",
        "countryLetterCode": "US", "createdDateTime": clock::text(model.now - 3_400 * DAY),
        "defaultUsageLocation": world.directory_location(), "displayName": "Contoso", "marketingNotificationEmails": [],
        "onPremisesLastSyncDateTime": clock::text(model.now - 1_200), "onPremisesSyncEnabled": true,
        "partnerTenantType": null, "postalCode": null, "preferredLanguage": "en", "privacyProfile": null,
        "securityComplianceNotificationMails": [], "securityComplianceNotificationPhones": [], "state": null, "street": null,
        "technicalNotificationMails": [format!("admin@{INITIAL_DOMAIN}")], "tenantType": "AAD",
        "assignedPlans": [], "provisionedPlans": [],
        "verifiedDomains": [domain(DOMAIN, true), domain(INITIAL_DOMAIN, false)],
    });
    let organization = project(organization, ask.select().as_deref(), "organization")?;
    Ok(Answer::json(&json!({"@odata.context": desk.context("organization", ask), "value": [organization]})))
}

fn plans(product: &Product) -> Vec<Value> {
    let applies = if product.company { "Company" } else { "User" };
    let status = if product.status() == "Suspended" { "Disabled" } else { "Success" };
    let plan = |(id, name): &(_, _)| json!({"servicePlanId": id, "servicePlanName": name, "provisioningStatus": status, "appliesTo": applies});
    product.plans.iter().map(plan).collect()
}

fn subscription_id(model: &Model, at: usize) -> String {
    Uuid::from_u128(object_id(model.seed, Subject::Subscription, at as u32)).to_string()
}

/// `GET /subscribedSkus`
pub fn subscribed_skus(world: &World, ask: &Ask, desk: &Desk) -> Result<Answer, Problem> {
    ask.only(&["$select", "$count"])?;
    let model = &world.model;
    let mut value = Vec::new();
    for (at, product) in model.products.iter().enumerate().filter(|(_, p)| p.owned()) {
        let units = model.units[at];
        let sku = json!({
            "id": format!("{}_{}", model.tenant_id(), product.id), "accountId": model.tenant_id(), "accountName": "contoso",
            "skuId": product.id, "skuPartNumber": product.part_number,
            "appliesTo": if product.company { "Company" } else { "User" }, "capabilityStatus": product.status(),
            "consumedUnits": world.used[at], "subscriptionIds": [subscription_id(model, at)],
            "prepaidUnits": {"enabled": units.enabled, "suspended": units.suspended, "warning": units.warning, "lockedOut": 0},
            "servicePlans": plans(product),
        });
        value.push(project(sku, ask.select().as_deref(), "subscribedSku")?);
    }
    Ok(Answer::json(&json!({"@odata.context": desk.context("subscribedSkus", ask), "value": value})))
}

/// `GET /directory/subscriptions`
pub fn subscriptions(world: &World, ask: &Ask, desk: &Desk) -> Result<Answer, Problem> {
    ask.only(&["$select", "$top", "$count", "$orderby"])?;
    let model = &world.model;
    let mut value = Vec::new();
    for (at, product) in model.products.iter().enumerate().filter(|(_, p)| p.owned()) {
        let units = model.units[at];
        let id = |n: u32| Uuid::from_u128(object_id(model.seed, Subject::Purchase, at as u32 * 4 + n)).to_string();
        let (owner, kind, partner) = match product.buyer {
            Buyer::Organization => (None, None, None),
            Buyer::SelfService => (Some(model.user_id(0).to_string()), Some("User"), None),
            Buyer::Partner => (None, None, Some(id(2))),
        };
        let subscription = json!({
            "id": subscription_id(model, at), "commerceSubscriptionId": id(0),
            "createdDateTime": clock::text(model.now - (400 + at as i64 * 13) * DAY), "isTrial": false,
            "nextLifecycleDateTime": clock::text(model.now + product.lifecycle_days * DAY),
            "ownerId": owner, "ownerType": kind, "ownerTenantId": partner,
            "skuId": product.id, "skuPartNumber": product.part_number, "status": product.status(),
            "totalLicenses": units.enabled + units.warning + units.suspended, "serviceStatus": plans(product),
        });
        value.push(project(subscription, ask.select().as_deref(), "companySubscription")?);
    }
    Ok(Answer::json(&json!({"@odata.context": desk.context("directory/subscriptions", ask), "value": value})))
}
