//! Reading groups and their members.

use serde_json::{Value, json};

use super::answer::{Answer, Problem};
use super::ask::Ask;
use super::filter::{Filter, Literal, Op};
use super::paging::{next_link, position};
use super::router::Desk;
use super::tenant::project;
use super::user_filter::needs_advanced;
use super::user_json::{DEFAULT, canonical, check};
use super::users::{Page, selection};
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
const ON_REQUEST: &[&str] = &["assignedLicenses", "licenseProcessingState"];

/// A group with all its properties.
fn whole(world: &World, at: GroupAt) -> Value {
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
        "assignedLicenses": licenses,
        "licenseProcessingState": if now.licenses.is_empty() && now.in_error == 0 { Value::Null }
            else { json!({"state": now.processing.text()}) },
    });
    if let Value::Object(object) = &mut group {
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
        ON_REQUEST.iter().for_each(|p| drop(object.remove(*p)));
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

/// `GET /groups`
pub fn list(world: &World, ask: &Ask, desk: &Desk) -> Result<Answer, Problem> {
    ask.only(&["$select", "$top", "$filter", "$count", "$orderby", "$skiptoken"])?;
    let top = ask.top(999)?;
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

/// Groups inside a group, at any depth if `deep`.
pub fn nested(world: &World, at: GroupAt, deep: bool) -> Vec<GroupAt> {
    let mut found = Vec::new();
    let mut open = world.group(at).map(|g| g.nested.clone()).unwrap_or_default();
    while let Some(inner) = open.pop() {
        if world.group(inner).is_some() && !found.contains(&inner) {
            found.push(inner);
            if deep {
                open.extend(world.group(inner).map(|g| g.nested.clone()).unwrap_or_default());
            }
        }
    }
    found.sort_unstable();
    found
}

/// `GET /groups/{id}/members` and `/transitiveMembers`, whole or cast to users
pub fn members(world: &World, ask: &Ask, desk: &Desk, at: GroupAt, deep: bool) -> Result<Answer, Problem> {
    ask.only(&["$select", "$top", "$count", "$skiptoken"])?;
    let cast = ask.segments.get(3).map(String::as_str);
    if cast.is_some() && !ask.advanced() {
        return Err(Problem::query(
            "The specified filter or cast is not supported without $count=true and the ConsistencyLevel:eventual header.",
        ));
    }
    let top = ask.top(999)?;
    let users_wanted = cast != Some("microsoft.graph.group");
    let groups = if cast == Some("microsoft.graph.user") { Vec::new() } else { nested(world, at, deep) };
    let sources: Vec<GroupAt> =
        std::iter::once(at).chain(if deep { nested(world, at, true) } else { vec![] }).collect();
    // groups come first: their number is small, and users continue by position
    let start = position(ask, desk)?;
    let inner = if start == 0 { groups.as_slice() } else { &[] };
    let belongs = |i: &u32| users_wanted && sources.iter().any(|g| world.view(*i).holding.groups.contains(g));
    let room = top.saturating_sub(inner.len());
    let mut found: Vec<u32> = (start..world.model.count).filter(belongs).take(room + 1).collect();
    let next = (found.len() > room).then(|| found.pop()).flatten().map(|i| next_link(ask, &desk.base, i));
    let count = (ask.advanced() && ask.option("$skiptoken").is_none())
        .then(|| groups.len() + (0..world.model.count).filter(belongs).count());
    let select = member_selection(ask)?;
    let kind = if cast.is_some() { "" } else { "\"@odata.type\":\"#microsoft.graph.user\"," };
    let page = Page { context: desk.context("directoryObjects", ask), count, next, kind };
    let mut text = page.write(world, &found, &select);
    if !inner.is_empty() {
        let shown: Vec<String> = inner.iter().map(|g| member_group(world, *g, ask)).collect();
        let separator = if found.is_empty() { "" } else { "," };
        let place = text.find("\"value\":[").map_or(text.len(), |p| p + "\"value\":[".len());
        text.insert_str(place, &format!("{}{separator}", shown.join(",")));
    }
    Ok(Answer::text(text))
}

fn member_selection(ask: &Ask) -> Result<Vec<&str>, Problem> {
    let Some(select) = ask.select() else { return Ok(DEFAULT.to_vec()) };
    // properties of other kinds of members are no mistake here
    let fit: Vec<&str> = select.into_iter().filter(|p| check(&[p], false).is_ok()).collect();
    Ok(canonical(&fit))
}

fn member_group(world: &World, at: GroupAt, ask: &Ask) -> String {
    let group = whole(world, at);
    let mut out = json!({"@odata.type": "#microsoft.graph.group"});
    for name in ask
        .select()
        .unwrap_or_else(|| vec!["id", "displayName", "description", "mail", "securityEnabled", "groupTypes"])
    {
        if let Some(value) = group.get(name) {
            out[name] = value.clone();
        }
    }
    out.to_string()
}

/// `GET /groups/{id}/membersWithLicenseErrors`
pub fn members_with_errors(world: &World, ask: &Ask, desk: &Desk, at: GroupAt) -> Result<Answer, Problem> {
    ask.only(&["$select", "$top", "$skiptoken"])?;
    let (top, select) = (ask.top(999)?, selection(ask, false)?);
    let start = position(ask, desk)?;
    let mut found: Vec<u32> = (start..world.model.count).filter(|i| world.fails(at, *i)).take(top + 1).collect();
    let next = (found.len() > top).then(|| found.pop()).flatten().map(|i| next_link(ask, &desk.base, i));
    let page = Page { context: desk.context("users", ask), count: None, next, kind: "" };
    Ok(Answer::text(page.write(world, &found, &select)))
}

/// `GET /users/{id}/memberOf` and `/transitiveMemberOf`
pub fn member_of(world: &World, ask: &Ask, desk: &Desk, index: u32, deep: bool) -> Result<Answer, Problem> {
    ask.only(&["$select", "$top", "$count"])?;
    let direct = &world.view(index).holding.groups;
    let belongs =
        |at: &GroupAt| direct.contains(at) || (deep && nested(world, *at, true).iter().any(|g| direct.contains(g)));
    let select = ask.select();
    let mut value = Vec::new();
    for at in world.group_positions().filter(belongs) {
        let mut group = json!({"@odata.type": "#microsoft.graph.group"});
        if let (Value::Object(group), Value::Object(shown)) = (&mut group, shown(world, at, select.as_deref())?) {
            group.extend(shown);
        }
        value.push(group);
    }
    Ok(Answer::json(&json!({"@odata.context": desk.context("directoryObjects", ask), "value": value})))
}
