//! The organization, its products and its purchases as Graph writes them.

use serde::Deserialize;

use super::{Guid, Number, Read, Words, list, or_default, turned};
use crate::domain::facts::{Organization, Sku, SkuPlan, Subscription, Units};
use crate::domain::ids::{PlanId, SkuId, TenantId};
use crate::domain::time::Timestamp;

/// What is asked for of the organization.
pub(in crate::graph) const ORGANIZATION_SELECT: &str =
    "id,displayName,countryLetterCode,defaultUsageLocation,onPremisesSyncEnabled,verifiedDomains";

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct WireOrganization {
    id: Guid,
    display_name: Words,
    country_letter_code: Words,
    default_usage_location: Words,
    on_premises_sync_enabled: Option<bool>,
    #[serde(deserialize_with = "list")]
    verified_domains: Vec<Domain>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Domain {
    name: Words,
    is_default: Option<bool>,
    is_initial: Option<bool>,
}

/// Reads the organization out of its list of one.
pub(in crate::graph) fn organization(text: &str) -> Result<Option<Organization>, serde_json::Error> {
    let read = turned(text, |wire: WireOrganization| {
        let domain = |which: fn(&Domain) -> bool| wire.verified_domains.iter().find(|d| which(d));
        let default = domain(|d| d.is_default == Some(true)).or_else(|| domain(|d| d.is_initial == Some(true)));
        Some(Organization {
            id: TenantId::from_u128(wire.id.0?),
            display_name: wire.display_name.as_str().to_owned(),
            default_domain: default.map(|d| d.name.as_str().to_owned()).unwrap_or_default(),
            domains: wire.verified_domains.iter().map(|d| d.name.as_str().to_owned()).collect(),
            country: wire.country_letter_code.some().map(str::to_owned),
            default_usage_location: wire.default_usage_location.some().map(str::to_owned),
            synced: wire.on_premises_sync_enabled == Some(true),
        })
    })?;
    Ok(read.entries.into_iter().next())
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct WireSku {
    sku_id: Guid,
    sku_part_number: Words,
    applies_to: Words,
    capability_status: Words,
    consumed_units: Number,
    #[serde(deserialize_with = "or_default")]
    prepaid_units: WireUnits,
    #[serde(deserialize_with = "list")]
    service_plans: Vec<WirePlan>,
    #[serde(deserialize_with = "list")]
    subscription_ids: Vec<Words>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct WireUnits {
    enabled: Number,
    warning: Number,
    suspended: Number,
    locked_out: Number,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct WirePlan {
    service_plan_id: Guid,
    service_plan_name: Words,
    applies_to: Words,
    provisioning_status: Words,
}

/// `appliesTo`; absent means users, which nearly everything is for.
fn for_users(applies_to: &Words) -> bool {
    applies_to.some().is_none() || applies_to.is("User")
}

/// Reads a page of `subscribedSkus`. Plans without a readable id are left out.
pub(in crate::graph) fn skus(text: &str) -> Result<Read<Sku>, serde_json::Error> {
    turned(text, |wire: WireSku| {
        let plan = |plan: &WirePlan| {
            Some(SkuPlan {
                id: PlanId::from_u128(plan.service_plan_id.0?),
                name: plan.service_plan_name.as_str().to_owned(),
                for_users: for_users(&plan.applies_to),
                status: plan.provisioning_status.as_str().to_owned(),
            })
        };
        let units = &wire.prepaid_units;
        Some(Sku {
            id: SkuId::from_u128(wire.sku_id.0?),
            part_number: wire.sku_part_number.as_str().to_owned(),
            for_users: for_users(&wire.applies_to),
            capability: wire.capability_status.as_str().to_owned(),
            consumed: wire.consumed_units.0,
            units: Units {
                enabled: units.enabled.0,
                warning: units.warning.0,
                suspended: units.suspended.0,
                locked_out: units.locked_out.0,
            },
            plans: wire.service_plans.iter().filter_map(plan).collect(),
            subscriptions: wire.subscription_ids.iter().filter_map(Words::some).map(str::to_owned).collect(),
        })
    })
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct WireSubscription {
    id: Words,
    sku_id: Guid,
    status: Words,
    is_trial: Option<bool>,
    total_licenses: Number,
    next_lifecycle_date_time: Words,
    owner_type: Words,
    owner_tenant_id: Words,
}

/// Reads a page of `directory/subscriptions`.
pub(in crate::graph) fn subscriptions(text: &str) -> Result<Read<Subscription>, serde_json::Error> {
    turned(text, |wire: WireSubscription| {
        Some(Subscription {
            id: wire.id.as_str().to_owned(),
            sku: SkuId::from_u128(wire.sku_id.0?),
            status: wire.status.as_str().to_owned(),
            trial: wire.is_trial == Some(true),
            total: wire.total_licenses.0,
            next_lifecycle: wire.next_lifecycle_date_time.some().and_then(Timestamp::parse),
            owner_type: wire.owner_type.some().map(str::to_owned),
            owner_tenant: wire.owner_tenant_id.some().map(str::to_owned),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "6fd2c87f-b296-42f0-b197-1e91e994b900";

    #[test]
    fn the_organization_is_the_first_of_its_list_and_its_domain_the_default_one() {
        let text = format!(
            r#"{{"value":[{{"id":"{ID}","displayName":"Contoso","verifiedDomains":[
            {{"name":"c.onmicrosoft.com","isInitial":true,"isDefault":false}},{{"name":"contoso.com","isDefault":true}}]}}]}}"#
        );
        let organization = organization(&text).unwrap().unwrap();
        assert_eq!(organization.default_domain, "contoso.com");
        assert!(!organization.synced);
        assert_eq!(super::organization(r#"{"value":[]}"#).unwrap(), None);
    }

    #[test]
    fn a_sku_is_read_with_what_is_missing_as_zero() {
        let text = format!(
            r#"{{"value":[{{"skuId":"{ID}","skuPartNumber":"SPE_E5","appliesTo":"company","consumedUnits":14,
            "prepaidUnits":{{"enabled":25,"lockedOut":null}},"servicePlans":[{{"servicePlanId":"{ID}","appliesTo":"User"}},
            {{"servicePlanId":"?"}}],"subscriptionIds":["s1",null]}},{{"skuId":"{ID}","prepaidUnits":null,"servicePlans":null}}]}}"#
        );
        let read = skus(&text).unwrap();
        assert_eq!((read.entries[0].free(), read.entries[0].for_users), (11, false));
        assert_eq!((read.entries[0].plans.len(), read.entries[0].subscriptions.len()), (1, 1));
        assert!(read.entries[1].for_users && read.entries[1].plans.is_empty());
    }

    #[test]
    fn odd_numbers_and_nulls_do_not_cost_the_product() {
        let text = format!(
            r#"{{"value":[{{"skuId":"{ID}","consumedUnits":14.0,"prepaidUnits":{{"enabled":9223372036854775807,
            "warning":1e300,"suspended":18446744073709551615}},"servicePlans":[null,{{"servicePlanId":"{ID}"}}]}}]}}"#
        );
        let read = skus(&text).unwrap();
        let sku = &read.entries[0];
        assert_eq!((sku.usable(), sku.free(), sku.consumed), (i64::MAX, i64::MAX - 14, 14));
        assert_eq!((sku.plans.len(), sku.units.suspended, read.unreadable), (1, i64::MAX, 0));
    }

    #[test]
    fn a_subscription_keeps_its_date_and_owner() {
        let text = format!(
            r#"{{"value":[{{"id":"a","skuId":"{ID}","status":"Warning","isTrial":true,"totalLicenses":5,
            "nextLifecycleDateTime":"2026-01-01T00:00:00Z","ownerType":"User","ownerTenantId":null}}]}}"#
        );
        let read = subscriptions(&text).unwrap();
        let subscription = &read.entries[0];
        assert!(subscription.trial && subscription.next_lifecycle.is_some());
        assert_eq!((subscription.owner_type.as_deref(), subscription.owner_tenant.as_deref()), (Some("User"), None));
    }
}
