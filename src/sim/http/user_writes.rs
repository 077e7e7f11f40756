//! Writing to users: properties, direct licenses, reprocessing.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::answer::{Answer, Problem};
use super::ask::Ask;
use super::license_body::LicenseBody;
use super::router::Desk;
use super::users;
use crate::sim::audit::{Actor, Record, Target};
use crate::sim::clock;
use crate::sim::constraints::is_location;
use crate::sim::licensing::{Refusal, broken, judge};
use crate::sim::products::{Buyer, ProductAt};
use crate::sim::roles::Entry;
use crate::sim::world::World;

/// Properties that directory sync masters: a synced user refuses them in the cloud. The usage location is not among
/// them.
const MASTERED: [&str; 8] =
    ["displayName", "givenName", "surname", "userPrincipalName", "department", "jobTitle", "officeLocation", "country"];
/// What can be written here at all.
const WRITABLE: [&str; 10] = [
    "displayName",
    "givenName",
    "surname",
    "userPrincipalName",
    "department",
    "jobTitle",
    "officeLocation",
    "country",
    "usageLocation",
    "accountEnabled",
];

const ON_PREMISES: &str = "Unable to update the specified properties for on-premises mastered Directory Sync objects or objects currently undergoing migration.";

/// `PATCH /users/{id}`.
pub fn patch(desk: &Desk, ask: &Ask, key: &str) -> Result<Answer, Problem> {
    let body = ask.object(None)?.clone();
    desk.tenant.write(|world| {
        let index = users::find(world, key)?;
        for name in body.keys().filter(|k| !k.starts_with('@')) {
            if !WRITABLE.contains(&name.as_str()) {
                return Err(super::user_json::unknown(name, "user"));
            }
        }
        if world.model.synced(index) && body.keys().any(|k| MASTERED.contains(&k.as_str())) {
            return Err(Problem::bad(ON_PREMISES));
        }
        let location = body.get("usageLocation").map(location).transpose()?;
        let enabled = body.get("accountEnabled").map(|v| {
            v.as_bool().ok_or_else(|| {
                Problem::bad("Invalid value specified for property 'accountEnabled' of resource 'User'.")
            })
        });
        let enabled = enabled.transpose()?;
        let others: Map<String, Value> = body
            .into_iter()
            .filter(|(k, _)| !["usageLocation", "accountEnabled"].contains(&k.as_str()) && !k.starts_with('@'))
            .collect();
        let mut record = Record::now("Update user", Actor::Caller, Target::User(index));
        record.correlation = ask.client_request_id.clone();
        if let Some(location) = &location {
            let old = world.fresh(index).location.unwrap_or_default().to_owned();
            record.changes.push(("UsageLocation", format!("[\"{old}\"]"), format!("[\"{location}\"]")));
        }
        world.audit.push(record);
        world.change(index, |person| {
            if let Some(location) = location {
                person.location = Some(location);
            }
            if let Some(enabled) = enabled {
                person.enabled = enabled;
            }
            person.properties.extend(others);
        });
        world.refresh_rules(index);
        Ok(Answer::no_content())
    })
}

/// Which codes are refused, and with which words, is not documented; neither is taking a location away.
fn location(value: &Value) -> Result<String, Problem> {
    let invalid = || Problem::bad("Invalid value specified for property 'usageLocation' of resource 'User'.");
    let code = value.as_str().ok_or_else(invalid)?;
    if is_location(code) { Ok(code.to_owned()) } else { Err(invalid()) }
}

/// `POST /users/{id}/assignLicense`.
pub fn assign_license(desk: &Desk, ask: &Ask, key: &str) -> Result<Answer, Problem> {
    let index = desk.tenant.write(|world| {
        let index = users::find(world, key)?;
        let body = LicenseBody::read(world, ask)?;
        let before = world.fresh(index).holding.entries.clone();
        let result = change_direct(world, index, &body, &before);
        let mut record = Record::now("Change user license", Actor::Caller, Target::User(index));
        record.correlation = ask.client_request_id.clone();
        let after = result.as_ref().map_or_else(|_| before.clone(), Clone::clone);
        record.changes.push(("AssignedLicense", world.license_names(&before), world.license_names(&after)));
        record.failure = result.as_ref().err().map(|problem| problem.message.clone());
        world.audit.push(record);
        let entries = result?;
        world.change(index, |person| person.holding.entries = entries);
        world.refresh_rules(index);
        Ok(index)
    })?;
    changed(desk, ask, index)
}

/// The entries after a change of direct licenses. Adds and removes are judged together: one call swaps without a gap.
fn change_direct(world: &World, index: u32, body: &LicenseBody, before: &[Entry]) -> Result<Vec<Entry>, Problem> {
    let sku = |entry: &Entry| world.model.product(entry.product).id;
    let mut after = before.to_vec();
    for id in &body.remove {
        let entries = || before.iter().filter(|e| sku(e) == *id);
        if entries().next().is_none() {
            return Err(Problem::bad("User does not have a corresponding license."));
        }
        if !entries().any(|e| e.group.is_none()) {
            return Err(Problem::bad(
                "User license is inherited from a group membership and it cannot be removed directly from the user.",
            ));
        }
        if entries().any(|e| world.model.product(e.product).buyer != Buyer::Organization) {
            // What a colleague or a partner bought is not the administrators' to take, Global Administrators included.
            return Err(Problem::denied());
        }
        after.retain(|e| !(e.group.is_none() && sku(e) == *id));
    }
    if !body.add.is_empty() {
        let valid = world.fresh(index).location.is_some_and(is_location);
        if !valid {
            return Err(Problem::bad("License assignment cannot be done for user with invalid usage location."));
        }
        let adds = |product: ProductAt| body.add.iter().any(|(at, _)| *at == product);
        after.retain(|e| !(e.group.is_none() && adds(e.product)));
        if let Some(refusal) = judge(world, index, &after, &body.add).into_iter().flatten().next() {
            return Err(problem(&refusal));
        }
    }
    after.extend(body.add.iter().map(|(at, off)| Entry::active(*at, None, &Arc::clone(off), clock::now())));
    match broken(world, before, &after) {
        Some(refusal) => Err(problem(&refusal)),
        None => Ok(after),
    }
}

fn problem(refusal: &Refusal) -> Problem {
    Problem::bad(refusal.text())
}

/// `POST /users/{id}/reprocessLicenseAssignment`. What still stands in the way is said in the refusal.
pub fn reprocess(desk: &Desk, ask: &Ask, key: &str) -> Result<Answer, Problem> {
    if ask.body.as_ref().is_some_and(|body| !matches!(body, Ok(Value::Object(fields)) if fields.is_empty())) {
        return Err(Problem::bad("The operation 'reprocessLicenseAssignment' takes no parameters."));
    }
    let index = desk.tenant.write(|world| {
        let index = users::find(world, key)?;
        match world.reprocess(index) {
            Ok(()) => Ok(index),
            Err(refusals) => Err(refusals.first().map_or_else(|| Problem::bad("Error"), problem)),
        }
    })?;
    changed(desk, ask, index)
}

/// The answer to a license change: the user, unless nobody wants it.
fn changed(desk: &Desk, ask: &Ask, index: u32) -> Result<Answer, Problem> {
    if ask.no_content {
        return Ok(Answer::no_content());
    }
    let world = desk.tenant.read();
    users::one(&world, &Ask { query: Vec::new(), ..ask.clone() }, desk, index)
}
