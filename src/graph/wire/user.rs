//! A user as Graph writes it, and how it becomes facts.

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::{Guid, Plans, Read, Text, list, page};
use crate::domain::facts::{
    AssignedLicense, AssignmentState, ErrorCode, LicenseState, Path, Sync, UserFacts, UserType,
};
use crate::domain::ids::{GroupId, SkuId, UserId};
use crate::domain::time::Timestamp;

/// What is asked for of each user. `assignedPlans` and `provisionedPlans` would double the payload (reference 1.1).
pub(in crate::graph) const USER_SELECT: &str = "id,userPrincipalName,displayName,mail,usageLocation,country,department,\
officeLocation,accountEnabled,userType,onPremisesSyncEnabled,onPremisesProvisioningErrors,serviceProvisioningErrors,\
assignedLicenses,licenseAssignmentStates,proxyAddresses";

/// A user, its strings borrowed from the page.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(in crate::graph) struct WireUser<'a> {
    id: Guid,
    #[serde(borrow)]
    user_principal_name: Text<'a>,
    #[serde(borrow)]
    display_name: Text<'a>,
    #[serde(borrow)]
    mail: Text<'a>,
    #[serde(borrow)]
    usage_location: Text<'a>,
    #[serde(borrow)]
    country: Text<'a>,
    #[serde(borrow)]
    department: Text<'a>,
    #[serde(borrow)]
    office_location: Text<'a>,
    account_enabled: Option<bool>,
    #[serde(borrow)]
    user_type: Text<'a>,
    on_premises_sync_enabled: Option<bool>,
    #[serde(deserialize_with = "list")]
    on_premises_provisioning_errors: Vec<IgnoredAny>,
    #[serde(deserialize_with = "list")]
    service_provisioning_errors: Vec<ServiceError>,
    #[serde(deserialize_with = "list")]
    assigned_licenses: Vec<Assigned>,
    #[serde(borrow, deserialize_with = "list")]
    license_assignment_states: Vec<State<'a>>,
    #[serde(borrow, deserialize_with = "list")]
    proxy_addresses: Vec<Text<'a>>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct ServiceError {
    is_resolved: Option<bool>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Assigned {
    sku_id: Guid,
    disabled_plans: Plans,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct State<'a> {
    sku_id: Guid,
    #[serde(borrow)]
    assigned_by_group: Text<'a>,
    disabled_plans: Plans,
    #[serde(borrow)]
    state: Text<'a>,
    #[serde(borrow)]
    error: Text<'a>,
    #[serde(borrow)]
    last_updated_date_time: Text<'a>,
}

/// Reads a page of users.
pub(in crate::graph) fn users(text: &str) -> Result<Read<WireUser<'_>>, serde_json::Error> {
    page(text)
}

/// Lists that are reused from user to user.
#[derive(Default)]
pub(in crate::graph) struct Scratch {
    assigned: Vec<AssignedLicense<'static>>,
    states: Vec<LicenseState<'static>>,
    proxies: Vec<&'static str>,
}

/// Gives an empty list another lifetime and keeps its memory: collecting in place is what the standard library does
/// here.
fn recycle<A, B>(mut list: Vec<A>) -> Vec<B> {
    list.clear();
    list.into_iter().filter_map(|_| None).collect()
}

impl WireUser<'_> {
    /// The id, if it can be read.
    pub(in crate::graph) fn id(&self) -> Option<UserId> {
        self.id.0.map(UserId::from_u128)
    }

    /// Lends the user as facts; `None` when it has no id. Also says how many ids inside could not be read: those
    /// entries are left out.
    pub(in crate::graph) fn with<R>(
        &self,
        scratch: &mut Scratch,
        look: impl FnOnce(&UserFacts<'_>) -> R,
    ) -> Option<(R, u32)> {
        let id = self.id()?;
        let mut odd = 0;
        let mut assigned: Vec<AssignedLicense<'_>> = recycle(std::mem::take(&mut scratch.assigned));
        for license in &self.assigned_licenses {
            odd += license.disabled_plans.unreadable;
            match license.sku_id.0 {
                Some(sku) => {
                    assigned.push(AssignedLicense { sku: SkuId::from_u128(sku), disabled: &license.disabled_plans.ids })
                }
                None => odd += 1,
            }
        }
        let mut states: Vec<LicenseState<'_>> = recycle(std::mem::take(&mut scratch.states));
        for state in &self.license_assignment_states {
            odd += state.disabled_plans.unreadable;
            match state.facts() {
                Some(facts) => states.push(facts),
                None => odd += 1,
            }
        }
        let mut proxies: Vec<&str> = recycle(std::mem::take(&mut scratch.proxies));
        proxies.extend(self.proxy_addresses.iter().filter_map(Text::some));
        let result = look(&UserFacts {
            id,
            upn: self.user_principal_name.as_str(),
            display_name: self.display_name.as_str(),
            mail: self.mail.some(),
            usage_location: self.usage_location.some(),
            country: self.country.some(),
            department: self.department.some(),
            office: self.office_location.some(),
            enabled: self.account_enabled,
            user_type: if self.user_type.is("Guest") { UserType::Guest } else { UserType::Member },
            sync: sync(self.on_premises_sync_enabled),
            provisioning_error: !self.on_premises_provisioning_errors.is_empty()
                || self.service_provisioning_errors.iter().any(|error| error.is_resolved != Some(true)),
            assigned: &assigned,
            states: &states,
            proxies: &proxies,
        });
        *scratch = Scratch { assigned: recycle(assigned), states: recycle(states), proxies: recycle(proxies) };
        Some((result, odd))
    }

    /// The same user, independent of the page.
    pub(in crate::graph) fn into_static(self) -> WireUser<'static> {
        WireUser {
            id: self.id,
            user_principal_name: self.user_principal_name.into_static(),
            display_name: self.display_name.into_static(),
            mail: self.mail.into_static(),
            usage_location: self.usage_location.into_static(),
            country: self.country.into_static(),
            department: self.department.into_static(),
            office_location: self.office_location.into_static(),
            account_enabled: self.account_enabled,
            user_type: self.user_type.into_static(),
            on_premises_sync_enabled: self.on_premises_sync_enabled,
            on_premises_provisioning_errors: self.on_premises_provisioning_errors,
            service_provisioning_errors: self.service_provisioning_errors,
            assigned_licenses: self.assigned_licenses,
            license_assignment_states: self.license_assignment_states.into_iter().map(State::into_static).collect(),
            proxy_addresses: self.proxy_addresses.into_iter().map(Text::into_static).collect(),
        }
    }
}

/// `onPremisesSyncEnabled`.
pub(super) fn sync(enabled: Option<bool>) -> Sync {
    match enabled {
        Some(true) => Sync::Now,
        Some(false) => Sync::Formerly,
        None => Sync::Never,
    }
}

impl State<'_> {
    fn facts(&self) -> Option<LicenseState<'_>> {
        let path = match self.assigned_by_group.some() {
            None => Path::Direct,
            // Read as direct, an unreadable group would offer to remove what cannot be removed.
            Some(group) => Path::Group(GroupId::parse(group).ok()?),
        };
        Some(LicenseState {
            sku: SkuId::from_u128(self.sku_id.0?),
            path,
            disabled: &self.disabled_plans.ids,
            state: AssignmentState::parse(self.state.as_str()),
            error: ErrorCode::parse(self.error.as_str()),
            updated: self.last_updated_date_time.some().and_then(Timestamp::parse),
        })
    }

    fn into_static(self) -> State<'static> {
        State {
            sku_id: self.sku_id,
            assigned_by_group: self.assigned_by_group.into_static(),
            disabled_plans: self.disabled_plans,
            state: self.state.into_static(),
            error: self.error.into_static(),
            last_updated_date_time: self.last_updated_date_time.into_static(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SKU: &str = "6fd2c87f-b296-42f0-b197-1e91e994b900";

    fn one<R>(text: &str, look: impl FnOnce(&UserFacts<'_>) -> R) -> Option<(R, u32)> {
        let user: WireUser = serde_json::from_str(text).unwrap();
        user.with(&mut Scratch::default(), look)
    }

    #[test]
    fn a_whole_user_becomes_facts() {
        let text = format!(
            r##"{{"@odata.type":"#microsoft.graph.user","id":"{SKU}","userPrincipalName":"a@b.c","displayName":"A",
            "mail":"","usageLocation":"de","accountEnabled":false,"userType":"guest","onPremisesSyncEnabled":false,
            "serviceProvisioningErrors":[{{"isResolved":true}}],"onPremisesProvisioningErrors":[],
            "assignedLicenses":[{{"skuId":"{SKU}","disabledPlans":["{SKU}"]}}],"later":{{"x":[1]}},
            "licenseAssignmentStates":[
              {{"skuId":"{SKU}","assignedByGroup":null,"state":"activewitherror","error":"COUNTVIOLATION"}},
              {{"skuId":"{SKU}","assignedByGroup":"{SKU}","disabledPlans":null,"state":"Active","error":null,
                "lastUpdatedDateTime":"2024-01-01T00:00:00Z"}}],
            "proxyAddresses":["SMTP:a@b.c",""]}}"##
        );
        let (_, odd) = one(&text, |user| {
            assert_eq!((user.mail, user.usage_location, user.enabled), (None, Some("de"), Some(false)));
            assert_eq!((user.user_type, user.sync, user.provisioning_error), (UserType::Guest, Sync::Formerly, false));
            assert_eq!(user.assigned[0].disabled.len(), 1);
            assert_eq!(user.states[0].path, Path::Direct);
            assert_eq!(user.states[0].state, AssignmentState::ActiveWithError);
            assert_eq!(user.states[0].error, ErrorCode::CountViolation);
            assert_eq!(user.states[1].path, Path::Group(GroupId::parse(SKU).unwrap()));
            assert_eq!(
                (user.states[1].error, user.states[1].updated),
                (ErrorCode::None, Some(Timestamp(1_704_067_200)))
            );
            assert_eq!(user.proxies, ["SMTP:a@b.c"]);
        })
        .unwrap();
        assert_eq!(odd, 0);
    }

    #[test]
    fn ids_that_cannot_be_read_are_left_out_and_counted() {
        let text = format!(
            r#"{{"id":"{SKU}","assignedLicenses":[{{"skuId":"x"}},{{"skuId":"{SKU}","disabledPlans":["y"]}}],
            "licenseAssignmentStates":[{{"skuId":"{SKU}","assignedByGroup":"not a guid"}},{{}}]}}"#
        );
        let ((assigned, states), odd) = one(&text, |user| (user.assigned.len(), user.states.len())).unwrap();
        assert_eq!((assigned, states, odd), (1, 0, 4));
        assert_eq!(one(r#"{"id":"anna"}"#, |_| ()), None);
    }

    #[test]
    fn provisioning_errors_count_until_they_are_resolved() {
        for (members, expected) in [
            (r#""serviceProvisioningErrors":[{"isResolved":true},{"isResolved":false}]"#, true),
            (r#""serviceProvisioningErrors":[{}]"#, true),
            (r#""onPremisesProvisioningErrors":[{"category":"PropertyConflict"}]"#, true),
            (r#""onPremisesProvisioningErrors":null,"serviceProvisioningErrors":null"#, false),
        ] {
            let text = format!(r#"{{"id":"{SKU}",{members}}}"#);
            assert_eq!(one(&text, |user| user.provisioning_error), Some((expected, 0)), "{members}");
        }
    }
}
