//! Who belongs to what: the members of groups and the groups of users.

use serde_json::{Value, json};

use super::answer::{Answer, Problem};
use super::ask::Ask;
use super::groups::{shown, whole};
use super::paging::{next_link, position};
use super::router::Desk;
use super::user_json::{DEFAULT, canonical, check};
use super::users::{Page, selection};
use crate::sim::groups::GroupAt;
use crate::sim::world::World;

/// Says what an item of a mixed list is.
const USER: &str = "\"@odata.type\":\"#microsoft.graph.user\",";

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
pub fn list(world: &World, ask: &Ask, desk: &Desk, at: GroupAt, deep: bool) -> Result<Answer, Problem> {
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
    let sources = sources(world, at, deep);
    // groups come first: their number is small, and users continue by position
    let start = position(ask, desk)?;
    let inner = if start == 0 { groups.as_slice() } else { &[] };
    let belongs = |i: &u32| users_wanted && belongs(world, &sources, *i);
    let room = top.saturating_sub(inner.len());
    let mut found: Vec<u32> = (start..world.model.count).filter(belongs).take(room + 1).collect();
    let next = (found.len() > room).then(|| found.pop()).flatten().map(|i| next_link(ask, &desk.base, i));
    let count = (ask.advanced() && ask.option("$skiptoken").is_none())
        .then(|| groups.len() + (0..world.model.count).filter(belongs).count());
    let select = member_selection(ask)?;
    let kind = if cast.is_some() { "" } else { USER };
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

/// `GET /groups/{id}/members/$count` and `/transitiveMembers/$count`, whole or cast
pub fn total(world: &World, ask: &Ask, at: GroupAt, deep: bool) -> Result<Answer, Problem> {
    if !ask.eventual {
        return Err(Problem::bad("$count is not currently supported."));
    }
    let cast = ask.segments.get(3).map(String::as_str);
    let groups = if cast == Some("microsoft.graph.user") { 0 } else { nested(world, at, deep).len() };
    let sources = sources(world, at, deep);
    let users = (0..world.model.count).filter(|i| belongs(world, &sources, *i));
    Ok(Answer::number(groups + if cast == Some("microsoft.graph.group") { 0 } else { users.count() }))
}

fn sources(world: &World, at: GroupAt, deep: bool) -> Vec<GroupAt> {
    std::iter::once(at).chain(if deep { nested(world, at, true) } else { vec![] }).collect()
}

fn belongs(world: &World, sources: &[GroupAt], index: u32) -> bool {
    let groups = &world.view(index).holding.groups;
    sources.iter().any(|g| groups.contains(g))
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
pub fn with_errors(world: &World, ask: &Ask, desk: &Desk, at: GroupAt) -> Result<Answer, Problem> {
    ask.only(&["$select", "$top", "$skiptoken"])?;
    let (top, select) = (ask.top(999)?, selection(ask, false)?);
    let start = position(ask, desk)?;
    let mut found: Vec<u32> = (start..world.model.count).filter(|i| world.fails(at, *i)).take(top + 1).collect();
    let next = (found.len() > top).then(|| found.pop()).flatten().map(|i| next_link(ask, &desk.base, i));
    let page = Page { context: desk.context("directoryObjects", ask), count: None, next, kind: USER };
    Ok(Answer::text(page.write(world, &found, &select)))
}

/// `GET /users/{id}/memberOf` and `/transitiveMemberOf`
pub fn of(world: &World, ask: &Ask, desk: &Desk, index: u32, deep: bool) -> Result<Answer, Problem> {
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
