//! The directory audit, objects by id, and the delta of users.

use serde_json::{Value, json};

use super::answer::{Answer, Problem};
use super::ask::{Ask, encode};
use super::filter::{Filter, Literal, Op};
use super::groups;
use super::paging::{next_link, position};
use super::router::Desk;
use super::user_json::{DEFAULT, canonical, check, write};
use super::users::{Page, selection};
use crate::domain::ids::{GroupId, UserId};
use crate::sim::world::World;

fn text_of<'a>(record: &'a Value, property: &str) -> Option<&'a str> {
    let path = match property {
        "activityDateTime" | "activityDisplayName" | "loggedByService" | "correlationId" => format!("/{property}"),
        "initiatedBy/user/id"
        | "initiatedBy/user/displayName"
        | "initiatedBy/user/userPrincipalName"
        | "initiatedBy/app/appId"
        | "initiatedBy/app/displayName" => format!("/{property}"),
        _ => return None,
    };
    Some(record.pointer(&path).and_then(Value::as_str).unwrap_or_default())
}

fn holds(record: &Value, filter: &Filter) -> Result<bool, Problem> {
    let unsupported = |p: &str| Problem::bad(format!("Invalid filter clause: property '{p}' is not supported."));
    let field = |p: &str| text_of(record, p).ok_or_else(|| unsupported(p));
    Ok(match filter {
        Filter::And(parts) => {
            for part in parts {
                if !holds(record, part)? {
                    return Ok(false);
                }
            }
            true
        }
        Filter::Compare(p, Op::Eq, v) => field(p)? == v.as_text().unwrap_or_default(),
        // moments are written alike, so that their order is that of their text
        Filter::Compare(p, Op::Ge, Literal::Raw(v)) => field(p)? >= v.as_str(),
        Filter::Compare(p, Op::Le, Literal::Raw(v)) => field(p)? <= v.as_str(),
        Filter::Starts(p, v) => field(p)?.starts_with(v.as_str()),
        Filter::Any(p, clauses) if p == "targetResources" => {
            let targets = record["targetResources"].as_array().map(Vec::as_slice).unwrap_or_default();
            targets
                .iter()
                .any(|t| clauses.iter().all(|(name, op, v)| *op == Op::Eq && t[name.as_str()].as_str() == v.as_text()))
        }
        Filter::Compare(p, ..) | Filter::Ends(p, _) | Filter::In(p, _) | Filter::Any(p, _) | Filter::Count(p, ..) => {
            return Err(unsupported(p));
        }
        Filter::Or(_) | Filter::Not(_) => return Err(unsupported("or")),
    })
}

/// `GET /auditLogs/directoryAudits`, newest first
pub fn audits(world: &World, ask: &Ask, desk: &Desk) -> Result<Answer, Problem> {
    ask.only(&["$filter", "$top", "$orderby", "$skiptoken"])?;
    let top = ask.top(999)?;
    let filter = ask.option("$filter").map(Filter::parse).transpose()?;
    let start = position(ask, desk)? as usize;
    let mut value = Vec::new();
    let mut next = None;
    for (place, record) in world.audit.iter().enumerate().rev().skip(start) {
        let json = record.json(&world.model, place);
        if filter.as_ref().map_or(Ok(true), |f| holds(&json, f))? {
            if value.len() == top {
                next = Some(next_link(ask, &desk.base, (world.audit.len() - 1 - place) as u32));
                break;
            }
            value.push(json);
        }
    }
    let mut answer = json!({"@odata.context": desk.context("auditLogs/directoryAudits", ask)});
    if let Some(next) = next {
        answer["@odata.nextLink"] = json!(next);
    }
    answer["value"] = json!(value);
    Ok(Answer::json(&answer))
}

/// `POST /directoryObjects/getByIds`
pub fn by_ids(world: &World, ask: &Ask, desk: &Desk) -> Result<Answer, Problem> {
    let body = ask.object(Some(&["ids", "types"]))?;
    let texts = |name: &str| -> Vec<&str> {
        body.get(name)
            .and_then(Value::as_array)
            .map(|v| v.iter().filter_map(Value::as_str).collect())
            .unwrap_or_default()
    };
    let (ids, types) = (texts("ids"), texts("types"));
    if ids.len() > 1_000 {
        return Err(Problem::bad("Too many ids: at most 1000 are allowed."));
    }
    let wants = |kind: &str| types.is_empty() || types.iter().any(|t| t.eq_ignore_ascii_case(kind));
    let select = ask.select();
    let mut items = Vec::new();
    for id in ids {
        let user = UserId::parse(id).map_err(|_| Problem::bad(format!("Invalid object identifier '{id}'.")))?;
        if let Some(index) = world.model.user_at(user).filter(|_| wants("user")) {
            let fit: Vec<&str> = match &select {
                Some(select) => {
                    canonical(&select.iter().copied().filter(|p| check(&[p], false).is_ok()).collect::<Vec<_>>())
                }
                None => DEFAULT.to_vec(),
            };
            let mut out = String::from("{\"@odata.type\":\"#microsoft.graph.user\",");
            write(&mut out, world, &world.view(index), &fit);
            items.push(out + "}");
        }
        let group =
            GroupId::parse(id).ok().and_then(|g| world.model.group_at(g)).filter(|at| world.group(*at).is_some());
        if let Some(at) = group.filter(|_| wants("group")) {
            let mut shown = json!({"@odata.type": "#microsoft.graph.group"});
            let all = groups::shown(world, at, select.as_deref()).or_else(|_| groups::shown(world, at, None))?;
            if let (Value::Object(shown), Value::Object(all)) = (&mut shown, all) {
                shown.extend(all);
            }
            items.push(shown.to_string());
        }
    }
    let context = json!(desk.context("directoryObjects", ask));
    Ok(Answer::text(format!("{{\"@odata.context\":{context},\"value\":[{}]}}", items.join(","))))
}

/// `GET /users/delta`: everybody at first, afterwards whom somebody wrote to. Its own options travel in the links.
pub fn delta(world: &World, ask: &Ask, desk: &Desk) -> Result<Answer, Problem> {
    ask.only(&["$select", "$skiptoken", "$deltatoken"])?;
    let select = selection(ask, true)?;
    let link = |from: usize| {
        let select = ask.option("$select").map(|s| format!("$select={}&", encode(s))).unwrap_or_default();
        format!("{}/users/delta?{select}$deltatoken={from}", desk.base)
    };
    let written = world.written();
    let (users, next): (Vec<u32>, Option<u32>) = match ask.option("$deltatoken") {
        Some("latest") => (Vec::new(), None),
        Some(from) => {
            let from: usize = from.parse().map_err(|_| {
                Problem::new(
                    400,
                    "syncStateNotFound",
                    "The sync state generation is not found; continuing delta is impossible.",
                )
            })?;
            (written.iter().skip(from).copied().collect(), None)
        }
        None => {
            let start = position(ask, desk)?;
            let end = start.saturating_add(200).min(world.model.count);
            ((start..end).collect(), (end < world.model.count).then_some(end))
        }
    };
    let next = next.map(|at| next_link(ask, &desk.base, at));
    let page = Page { context: desk.context("users", ask), count: None, next: next.clone(), kind: "" };
    let mut text = page.write(world, &users, &with_id(&select));
    if next.is_none() {
        text.truncate(text.len() - 1);
        text.push_str(&format!(",\"@odata.deltaLink\":{}}}", json!(link(written.len()))));
    }
    Ok(Answer::text(text))
}

fn with_id<'a>(select: &[&'a str]) -> Vec<&'a str> {
    let mut select = select.to_vec();
    if !select.contains(&"id") {
        select.push("id");
    }
    select
}
