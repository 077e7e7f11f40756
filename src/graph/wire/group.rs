//! Groups and their members as Graph writes them.

use serde::Deserialize;

use super::user::sync;
use super::{Guid, Plans, Read, Text, Words, list, or_default, page, turned};
use crate::domain::facts::{Group, GroupLicense, Processing};
use crate::domain::ids::{GroupId, SkuId, UserId};

/// What is asked for of each group.
pub(in crate::graph) const GROUP_SELECT: &str = "id,displayName,assignedLicenses,licenseProcessingState,groupTypes,\
securityEnabled,mailEnabled,isAssignableToRole,membershipRule,membershipRuleProcessingState,onPremisesSyncEnabled";

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct WireGroup {
    id: Guid,
    display_name: Words,
    #[serde(deserialize_with = "list")]
    assigned_licenses: Vec<License>,
    #[serde(deserialize_with = "or_default")]
    license_processing_state: ProcessingState,
    #[serde(deserialize_with = "list")]
    group_types: Vec<Words>,
    security_enabled: Option<bool>,
    mail_enabled: Option<bool>,
    is_assignable_to_role: Option<bool>,
    membership_rule: Words,
    membership_rule_processing_state: Words,
    on_premises_sync_enabled: Option<bool>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct License {
    sku_id: Guid,
    disabled_plans: Plans,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ProcessingState {
    state: Words,
}

/// Reads a page of groups. A group whose id or one of whose SKU ids cannot be read is left out and counted.
pub(in crate::graph) fn groups(text: &str) -> Result<Read<Group>, serde_json::Error> {
    turned(text, |wire: WireGroup| {
        let has = |word: &str| wire.group_types.iter().any(|t| t.is(word));
        let license = |l: &License| {
            Some(GroupLicense { sku: SkuId::from_u128(l.sku_id.0?), disabled: l.disabled_plans.ids.clone() })
        };
        Some(Group {
            id: GroupId::from_u128(wire.id.0?),
            display_name: wire.display_name.as_str().to_owned(),
            licenses: wire.assigned_licenses.iter().map(license).collect::<Option<_>>()?,
            processing: Processing::parse(wire.license_processing_state.state.as_str()),
            dynamic: has("DynamicMembership"),
            unified: has("Unified"),
            security: wire.security_enabled.unwrap_or(false),
            mail: wire.mail_enabled.unwrap_or(false),
            role_assignable: wire.is_assignable_to_role.unwrap_or(false),
            sync: sync(wire.on_premises_sync_enabled),
            rule: wire.membership_rule.some().map(str::to_owned),
            rule_paused: wire.membership_rule_processing_state.is("Paused"),
            in_error: false,
            members: None,
        })
    })
}

/// Members of a page, told apart.
#[derive(Debug, Default, PartialEq)]
pub(in crate::graph) struct MembersPage {
    pub(in crate::graph) users: Vec<UserId>,
    pub(in crate::graph) groups: Vec<GroupId>,
    pub(in crate::graph) others: u32,
    pub(in crate::graph) unreadable: u32,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct WireMember<'a> {
    #[serde(rename = "@odata.type", borrow)]
    kind: Text<'a>,
    id: Guid,
}

/// Reads a page of members. Without `@odata.type` a member counts as a user, which nearly all are.
pub(in crate::graph) fn members(text: &str) -> Result<(MembersPage, super::PageEnd), serde_json::Error> {
    let read = page::<WireMember<'_>>(text)?;
    let mut out = MembersPage { unreadable: read.unreadable, ..MembersPage::default() };
    for member in read.entries {
        let kind = member.kind.as_str().rsplit('.').next().unwrap_or_default();
        match member.id.0 {
            None => out.unreadable += 1,
            Some(id) if kind.is_empty() || kind.eq_ignore_ascii_case("user") => out.users.push(UserId::from_u128(id)),
            Some(id) if kind.eq_ignore_ascii_case("group") => out.groups.push(GroupId::from_u128(id)),
            Some(_) => out.others += 1,
        }
    }
    Ok((out, read.end))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::facts::Sync;

    const ID: &str = "6fd2c87f-b296-42f0-b197-1e91e994b900";

    #[test]
    fn a_group_is_read_with_nulls_and_any_casing() {
        let text = format!(
            r#"{{"value":[{{"id":"{ID}","displayName":null,"assignedLicenses":[{{"skuId":"{ID}","disabledPlans":["{ID}"]}}],
            "licenseProcessingState":{{"state":"processingfailed"}},"groupTypes":["dynamicMembership","Unified"],
            "securityEnabled":true,"membershipRule":"(x)","membershipRuleProcessingState":"paused",
            "onPremisesSyncEnabled":true}},
            {{"id":"{ID}","licenseProcessingState":null,"groupTypes":null,"assignedLicenses":null}},
            {{"id":"{ID}","assignedLicenses":[{{"skuId":"?"}}]}},{{"id":"?"}}]}}"#
        );
        let read = groups(&text).unwrap();
        assert_eq!((read.entries.len(), read.unreadable), (2, 2));
        let group = &read.entries[0];
        assert!(group.dynamic && group.unified && group.security && !group.mail && group.rule_paused);
        assert_eq!((group.processing, group.sync), (Processing::Failed, Sync::Now));
        assert_eq!(group.licenses[0].disabled.len(), 1);
        assert_eq!(read.entries[1].processing, Processing::Unknown);
    }

    #[test]
    fn members_are_told_apart_by_type() {
        let kinds = ["#microsoft.graph.user", "microsoft.graph.group", "#microsoft.graph.device"];
        let typed: Vec<String> = kinds.iter().map(|k| format!(r#"{{"@odata.type":"{k}","id":"{ID}"}}"#)).collect();
        let text = format!(r#"{{"value":[{},{{"id":"{ID}"}},{{"id":null}}]}}"#, typed.join(","));
        let (page, end) = members(&text).unwrap();
        assert_eq!((page.users.len(), page.groups.len(), page.others, page.unreadable), (2, 1, 1, 1));
        assert_eq!(end.entries, 5);
    }
}
