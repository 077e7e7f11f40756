//! Writing to groups: licenses, members, properties, deletion. What follows for users is left to the licensing engine.

use std::sync::Arc;

use serde_json::Value;

use super::answer::{Answer, Body, Problem};
use super::ask::Ask;
use super::license_body::LicenseBody;
use super::router::Desk;
use super::{groups, users};
use crate::sim::audit::{Actor, Record, Target};
use crate::sim::engine::Job;
use crate::sim::groups::{GroupAt, Origin, Processing};
use crate::sim::licensing::unmet;
use crate::sim::world::World;

/// `POST /groups/{id}/assignLicense`: accepted now, carried out later.
pub fn assign_license(desk: &Desk, ask: &Ask, key: &str) -> Result<Answer, Problem> {
    let at = desk.tenant.write(|world| {
        let at = groups::find(world, key)?;
        let body = LicenseBody::read(world, ask)?;
        let Some(group) = world.group(at) else { return Err(Problem::no_object(key)) };
        let mut licenses = group.licenses.clone();
        for id in &body.remove {
            let before = licenses.len();
            licenses.retain(|(product, _)| world.model.product(*product).id != *id);
            if licenses.len() == before {
                return Err(Problem::bad("Group does not have a corresponding license."));
            }
        }
        for (product, off) in &body.add {
            licenses.retain(|(held, _)| held != product);
            licenses.push((*product, Arc::clone(off)));
        }
        // An add-on and its prerequisite must stand in the same group.
        let plans: Vec<_> = licenses.iter().flat_map(|(p, off)| world.model.product(*p).enabled(off)).collect();
        if let Some(refusal) = unmet(plans.iter().copied(), &plans).filter(|_| !body.add.is_empty()) {
            return Err(Problem::bad(refusal.text()));
        }
        let mut record = Record::now("Set group license", Actor::Caller, Target::Group(at));
        record.correlation = ask.client_request_id.clone();
        world.audit.push(record);
        if let Some(group) = world.groups.get_mut(usize::from(at)) {
            group.licenses = licenses;
            group.processing = Processing::Queued;
        }
        world.version += 1;
        world.jobs.push(Job::Group(at));
        Ok(at)
    })?;
    let world = desk.tenant.read();
    let mut answer = groups::one(&world, &Ask { query: Vec::new(), ..ask.clone() }, desk, at)?;
    answer.status = 202;
    if ask.no_content {
        answer.body = Body::Empty;
    }
    Ok(answer)
}

/// Who decides on the members decides on their change too.
fn editable(world: &World, at: GroupAt) -> Result<(), Problem> {
    match world.origin(at) {
        Origin::Cloud | Origin::Unified => Ok(()),
        Origin::Synced => Err(Problem::bad(
            "Unable to update the specified properties for on-premises mastered Directory Sync objects or objects currently undergoing migration.",
        )),
        Origin::Dynamic { .. } => Err(Problem::denied()),
    }
}

/// The user that an `@odata.id` names.
fn referred(world: &World, link: Option<&Value>) -> Result<u32, Problem> {
    let link = link
        .and_then(Value::as_str)
        .ok_or_else(|| Problem::bad("Invalid URL format specified in @odata.id for 'members'."))?;
    users::find(world, link.rsplit('/').next().unwrap_or_default())
}

fn put(world: &mut World, at: GroupAt, index: u32, ask: &Ask) -> Result<(), Problem> {
    if world.fresh(index).holding.groups.contains(&at) {
        return Err(Problem::bad(
            "One or more added object references already exist for the following modified properties: 'members'.",
        ));
    }
    note(world, "Add member to group", at, ask);
    world.set_member(index, at, true);
    Ok(())
}

fn note(world: &mut World, activity: &'static str, at: GroupAt, ask: &Ask) {
    let mut record = Record::now(activity, Actor::Caller, Target::Group(at));
    record.correlation = ask.client_request_id.clone();
    world.audit.push(record);
}

/// `POST /groups/{id}/members/$ref`.
pub fn add_member(desk: &Desk, ask: &Ask, key: &str) -> Result<Answer, Problem> {
    let link = ask.object(Some(&["@odata.id"]))?.get("@odata.id").cloned();
    desk.tenant.write(|world| {
        let at = groups::find(world, key)?;
        editable(world, at)?;
        let index = referred(world, link.as_ref())?;
        put(world, at, index, ask)?;
        Ok(Answer::no_content())
    })
}

/// `DELETE /groups/{id}/members/{user}/$ref`.
pub fn remove_member(desk: &Desk, key: &str, user: &str) -> Result<Answer, Problem> {
    desk.tenant.write(|world| {
        let at = groups::find(world, key)?;
        editable(world, at)?;
        let index = users::find(world, user)?;
        if !world.fresh(index).holding.groups.contains(&at) {
            return Err(Problem::no_object(user));
        }
        note(world, "Remove member from group", at, &Ask::default());
        world.set_member(index, at, false);
        Ok(Answer::no_content())
    })
}

/// `PATCH /groups/{id}`: up to twenty members at once, all or none, or properties.
pub fn patch(desk: &Desk, ask: &Ask, key: &str) -> Result<Answer, Problem> {
    const PROPERTIES: [&str; 4] = ["displayName", "description", "membershipRule", "membershipRuleProcessingState"];
    let body = ask.object(None)?.clone();
    desk.tenant.write(|world| {
        let at = groups::find(world, key)?;
        let links = body.get("members@odata.bind").and_then(Value::as_array).cloned().unwrap_or_default();
        if links.len() > 20 {
            return Err(Problem::bad("The number of references in 'members@odata.bind' exceeds the maximum of 20."));
        }
        if let Some(other) = body.keys().find(|k| !PROPERTIES.contains(&k.as_str()) && *k != "members@odata.bind") {
            return Err(super::user_json::unknown(other, "group"));
        }
        if !links.is_empty() {
            editable(world, at)?;
        }
        let indices = links.iter().map(|link| referred(world, Some(link))).collect::<Result<Vec<_>, _>>()?;
        if indices.iter().any(|i| world.fresh(*i).holding.groups.contains(&at)) {
            return Err(Problem::bad(
                "One or more added object references already exist for the following modified properties: 'members'.",
            ));
        }
        for index in indices {
            put(world, at, index, ask)?;
        }
        let written = body.into_iter().filter(|(name, _)| PROPERTIES.contains(&name.as_str()));
        if let Some(group) = world.groups.get_mut(usize::from(at)) {
            group.properties.extend(written);
        }
        world.version += 1;
        Ok(Answer::no_content())
    })
}

/// `DELETE /groups/{id}`: refused while it licenses anything or anybody still has something from it.
pub fn delete(desk: &Desk, key: &str) -> Result<Answer, Problem> {
    desk.tenant.write(|world| {
        let at = groups::find(world, key)?;
        let licensed = world.group(at).is_some_and(|g| !g.licenses.is_empty() || g.processing != Processing::Complete);
        if licensed {
            // The wording is not documented anywhere.
            return Err(Problem::bad(
                "The group cannot be deleted because licenses are assigned to it. Remove all licenses and wait until they are processed.",
            ));
        }
        if let Some(group) = world.groups.get_mut(usize::from(at)) {
            group.deleted = true;
        }
        world.version += 1;
        Ok(Answer::no_content())
    })
}
