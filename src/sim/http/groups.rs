//! Reading groups.

use serde_json::{Value, json};

use super::answer::{Answer, Problem};
use super::ask::Ask;
use super::filter::{Filter, Literal, Op};
use super::paging::{next_link, position};
use super::router::Desk;
use super::tenant::project;
use super::user_filter::needs_advanced;
use crate::domain::ids::{GroupId, SkuId};
use crate::sim::clock;
use crate::sim::groups::{GroupAt, Origin};
use crate::sim::model::DAY;
use crate::sim::world::World;

/// Finds a group.
pub fn find(world: &World, key: &str) -> Result<GroupAt, Problem> {
    let at = GroupId::parse(key).ok().and_then(|id| world.model.group_at(id));
    at.filter(|at| world.group(*at).is_some()).ok_or_else(|| Problem::no_object(key))
}

/// What is returned only when it is selected.
const ON_REQUEST: &[&str] = &[
    "assignedLicenses",
    "licenseProcessingState",
    "infoCatalogs",
    "resourceBehaviorOptions",
    "resourceProvisioningOptions",
    "assignedLabels",
];
/// What exists and is null here, and is returned only when it is selected.
const EMPTY: &[&str] = &[
    "accessType",
    "allowExternalSenders",
    "autoSubscribeNewMembers",
    "hideFromAddressLists",
    "hideFromOutlookClients",
    "isArchived",
    "isFavorite",
    "isSubscribedByMail",
    "onPremisesExtensionAttributes",
    "onPremisesNetBiosName",
    "organizationId",
    "securityIdentifier",
    "uniqueName",
    "unseenConversationsCount",
    "unseenCount",
    "unseenMessagesCount",
    "welcomeMessageEnabled",
];

/// A group with all its properties.
pub fn whole(world: &World, at: GroupAt) -> Value {
    let (model, plan) = (&world.model, &world.model.groups[usize::from(at)]);
    let Some(now) = world.group(at) else { return Value::Null };
    let synced = plan.origin == Origin::Synced;
    let unified = plan.origin == Origin::Unified;
    let (types, rule, running) = match plan.origin {
        Origin::Dynamic { rule, paused } => {
            (vec!["DynamicMembership"], Some(rule.text()), Some(if paused { "Paused" } else { "On" }))
        }
        Origin::Unified => (vec!["Unified"], None, None),
        _ => (vec![], None, None),
    };
    let licenses: Vec<Value> =
        now.licenses.iter().map(|(p, off)| json!({"disabledPlans": &**off, "skuId": model.product(*p).id})).collect();
    let nickname: String = plan.name.chars().filter(char::is_ascii_alphanumeric).collect();
    let created = clock::text(model.now - (300 + i64::from(at) * 11) * DAY);
    let mut group = json!({
        "id": model.group_id(at), "deletedDateTime": null, "classification": null, "createdDateTime": created,
        "description": plan.description, "displayName": plan.name, "expirationDateTime": null, "groupTypes": types,
        "isAssignableToRole": null, "mail": unified.then(|| format!("{nickname}@contoso.com")), "mailEnabled": unified,
        "mailNickname": nickname, "membershipRule": rule, "membershipRuleProcessingState": running,
        "onPremisesDomainName": synced.then_some("corp.contoso.com"), "onPremisesLastSyncDateTime": null,
        "onPremisesSamAccountName": synced.then_some(plan.name), "onPremisesSecurityIdentifier": null,
        "onPremisesSyncEnabled": synced.then_some(true), "onPremisesProvisioningErrors": [], "preferredDataLocation": null,
        "preferredLanguage": null, "proxyAddresses": [], "renewedDateTime": null, "securityEnabled": true,
        "serviceProvisioningErrors": [], "theme": null, "visibility": null, "isManagementRestricted": null,
        "assignedLicenses": licenses, "infoCatalogs": [], "resourceBehaviorOptions": [],
        "resourceProvisioningOptions": [], "assignedLabels": [],
        "licenseProcessingState": if now.licenses.is_empty() && now.in_error == 0 { Value::Null }
            else { json!({"state": now.processing.text()}) },
    });
    if let Value::Object(object) = &mut group {
        object.extend(EMPTY.iter().map(|p| ((*p).to_owned(), Value::Null)));
        object.extend(now.properties.iter().map(|(k, v)| (k.clone(), v.clone())));
    }
    group
}

/// A group as it is answered.
pub fn shown(world: &World, at: GroupAt, select: Option<&[&str]>) -> Result<Value, Problem> {
    let mut group = whole(world, at);
    if select.is_none()
        && let Value::Object(object) = &mut group
    {
        ON_REQUEST.iter().chain(EMPTY).for_each(|p| drop(object.remove(*p)));
    }
    // known to filters, never returned
    let select: Option<Vec<&str>> =
        select.map(|s| s.iter().copied().filter(|p| *p != "hasMembersWithLicenseErrors").collect());
    project(group, select.as_deref(), "group")
}

fn holds(world: &World, at: GroupAt, group: &Value, filter: &Filter) -> Result<bool, Problem> {
    let unsupported = |property: &str| {
        Problem::query(format!(
            "Unsupported or invalid query filter clause specified for property '{property}' of resource 'Group'."
        ))
    };
    let licenses = world.group(at).map(|g| g.licenses.as_slice()).unwrap_or_default();
    let text = |property: &str| {
        const TEXTS: &[&str] = &["displayName", "mailNickname", "mail", "description", "id", "membershipRule"];
        TEXTS
            .iter()
            .find(|t| t.eq_ignore_ascii_case(property))
            .map(|t| group[*t].as_str().unwrap_or_default().to_lowercase())
    };
    Ok(match filter {
        Filter::And(parts) => {
            parts.iter().map(|p| holds(world, at, group, p)).collect::<Result<Vec<_>, _>>()?.iter().all(|h| *h)
        }
        Filter::Or(parts) => {
            parts.iter().map(|p| holds(world, at, group, p)).collect::<Result<Vec<_>, _>>()?.iter().any(|h| *h)
        }
        Filter::Not(inner) => !holds(world, at, group, inner)?,
        Filter::Compare(p, Op::Eq, Literal::Bool(wanted)) => match p.as_str() {
            "hasMembersWithLicenseErrors" => (world.group(at).is_some_and(|g| g.in_error > 0)) == *wanted,
            "securityEnabled" | "mailEnabled" | "onPremisesSyncEnabled" => group[p.as_str()].as_bool() == Some(*wanted),
            _ => return Err(unsupported(p)),
        },
        Filter::Compare(p, op @ (Op::Eq | Op::Ne), value) => {
            let field = text(p).ok_or_else(|| unsupported(p))?;
            (field == value.as_text().unwrap_or_default().to_lowercase()) == (*op == Op::Eq)
        }
        Filter::Starts(p, v) => text(p).ok_or_else(|| unsupported(p))?.starts_with(&v.to_lowercase()),
        Filter::In(p, values) => {
            let field = text(p).ok_or_else(|| unsupported(p))?;
            values.iter().any(|v| v.as_text().is_some_and(|v| v.to_lowercase() == field))
        }
        Filter::Count(p, op, number) if p == "assignedLicenses" => match op {
            Op::Eq => licenses.len() as i64 == *number,
            Op::Ne => licenses.len() as i64 != *number,
            _ => return Err(unsupported(p)),
        },
        Filter::Any(p, clauses) if p == "assignedLicenses" => match clauses.first() {
            None => !licenses.is_empty(),
            Some((_, _, value)) => {
                let sku = value.as_text().map(SkuId::parse);
                licenses.iter().any(|(at, _)| sku == Some(Ok(world.model.product(*at).id)))
            }
        },
        Filter::Any(p, clauses) if p == "groupTypes" => {
            let types = group["groupTypes"].as_array().cloned().unwrap_or_default();
            clauses.first().is_none_or(|(_, _, v)| types.iter().any(|t| t.as_str() == v.as_text()))
        }
        Filter::Compare(p, ..) | Filter::Ends(p, _) | Filter::Count(p, ..) | Filter::Any(p, _) => {
            return Err(unsupported(p));
        }
    })
}

/// The groups that the filter names, with what they are sorted by.
fn found(world: &World, ask: &Ask) -> Result<Vec<(String, GroupAt)>, Problem> {
    let filter = ask.option("$filter").map(Filter::parse).transpose()?;
    if let Some(filter) = &filter {
        let mut by_errors = false;
        filter.visit(&mut |p, _| by_errors |= p == "hasMembersWithLicenseErrors");
        if by_errors && (ask.eventual || ask.counted()) {
            return Err(Problem::query(
                "Unsupported or invalid query filter clause specified for property 'hasMembersWithLicenseErrors' of resource 'Group'.",
            ));
        }
        if let (Some(operator), false) = (filter.advanced(), ask.advanced()) {
            return Err(needs_advanced(operator));
        }
    }
    let mut found = Vec::new();
    for at in world.group_positions() {
        let group = whole(world, at);
        if filter.as_ref().map_or(Ok(true), |f| holds(world, at, &group, f))? {
            found.push((group["displayName"].as_str().unwrap_or_default().to_lowercase(), at));
        }
    }
    Ok(found)
}

/// `GET /groups`
pub fn list(world: &World, ask: &Ask, desk: &Desk) -> Result<Answer, Problem> {
    ask.only(&["$select", "$top", "$filter", "$count", "$orderby", "$skiptoken"])?;
    let top = ask.top(999)?;
    let mut found = found(world, ask)?;
    match ask.option("$orderby").map(str::trim) {
        None => {}
        Some("displayName" | "displayName asc") => found.sort(),
        Some("displayName desc") => found.sort_by(|a, b| b.cmp(a)),
        Some(other) => {
            return Err(Problem::query(format!("Sorting by '{other}' is not supported for resource 'Group'.")));
        }
    }
    let start = position(ask, desk)? as usize;
    let select = ask.select();
    let page: Result<Vec<Value>, Problem> =
        found.iter().skip(start).take(top).map(|(_, at)| shown(world, *at, select.as_deref())).collect();
    let mut answer = json!({"@odata.context": desk.context("groups", ask)});
    if ask.advanced() && start == 0 {
        answer["@odata.count"] = json!(found.len());
    }
    if start + top < found.len() {
        answer["@odata.nextLink"] = json!(next_link(ask, &desk.base, (start + top) as u32));
    }
    answer["value"] = json!(page?);
    Ok(Answer::json(&answer))
}

/// `GET /groups/{id}`
pub fn one(world: &World, ask: &Ask, desk: &Desk, at: GroupAt) -> Result<Answer, Problem> {
    ask.only(&["$select"])?;
    let mut group = json!({"@odata.context": format!("{}/$entity", desk.context("groups", ask))});
    let shown = shown(world, at, ask.select().as_deref())?;
    if let (Value::Object(group), Value::Object(shown)) = (&mut group, shown) {
        group.extend(shown);
    }
    Ok(Answer::json(&group))
}

/// `GET /groups/$count`
pub fn total(world: &World, ask: &Ask) -> Result<Answer, Problem> {
    if !ask.eventual {
        return Err(Problem::bad("$count is not currently supported."));
    }
    let mut advanced = ask.clone();
    // the path itself asks for the count
    advanced.query.push(("$count".to_owned(), "true".to_owned()));
    Ok(Answer::number(found(world, &advanced)?.len()))
}
