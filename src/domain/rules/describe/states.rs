//! What is known about one failing license state: which plans, by which path, who stands in the way.

use serde_json::{Value, json};

use super::super::root_of;
use super::{evidence, said};
use crate::domain::facts::{LicenseState, Path, Row, Tenant, UserFacts};
use crate::domain::finding::{Evidence, Finding, Found, GraphWords};
use crate::domain::kind::Kind;
use crate::domain::license::{Held, brings, excludes, held, lacking_with};
use crate::domain::names;

pub(super) fn describe<T: Tenant>(
    finding: &mut Finding,
    state: &LicenseState<'_>,
    row: Row,
    user: &UserFacts<'_>,
    tenant: &T,
) {
    finding.path = Some(if state.path == Path::Direct { "direct" } else { "group" });
    finding.graph = Some(GraphWords { state: state.state.as_str().to_owned(), error: state.error.as_str().to_owned() });
    finding.since = state.updated;
    let product = names::sku(state.sku, tenant);
    let from = match state.path {
        Path::Direct => String::new(),
        Path::Group(group) => format!(" from group {}", names::group(group, tenant)),
    };
    finding.message = match finding.found.kind {
        Kind::SeatsExhausted => {
            let free = tenant.sku(state.sku).map(|s| s.free());
            if let Some(free) = free {
                finding.details.insert("free_seats".into(), json!(free));
            }
            let seats = match free {
                // Only group licenses are reprocessed.
                Some(free) if free > 0 && state.path != Path::Direct => format!("; {free} free now: reprocess"),
                Some(free) if free > 0 => format!("; {free} free now: assign it again"),
                Some(_) => "; none free now".to_owned(),
                None => String::new(),
            };
            format!("{product}{from} was not assigned: no free seat{seats}.")
        }
        Kind::PlansConflict => conflict(finding, state, user, tenant, &product, &from),
        Kind::DependencyMissing => dependency(finding, state, user, tenant, &product, &from),
        Kind::RemovalBlocked => removal(finding, state, user, tenant, &product, &from),
        Kind::LocationProhibited => {
            let location = user.usage_location.unwrap_or("none (the directory's is used)");
            finding.details.insert("usage_location".into(), json!(user.usage_location));
            format!("{product}{from}: a service of it is not offered in the usage location {location}.")
        }
        Kind::ProxyAddressInUse => holders(finding, row, tenant, &product, &from),
        Kind::BlockedBySibling => match root_of(state, user.states) {
            Some(root) => {
                let kind = super::super::state_kind(root, user.states);
                let found = Found {
                    kind,
                    severity: kind.severity(),
                    user: Some(user.id),
                    group: root.path.group(),
                    sku: Some(root.sku),
                };
                finding.root = Some(found.id());
                finding.details.insert("root_sku".into(), json!(root.sku));
                format!(
                    "{product}{from} waits for {}, which fails with {}.",
                    names::sku(root.sku, tenant),
                    root.error.as_str()
                )
            }
            None => format!("{product}{from} was not assigned."),
        },
        _ => format!(
            "{product}{from} was not assigned: Graph says state `{}`, error `{}`.",
            state.state.as_str(),
            state.error.as_str()
        ),
    };
}

/// What everything but this state brings: in force, or wanted by another entry of the user.
fn others<T: Tenant>(state: &LicenseState<'_>, user: &UserFacts<'_>, tenant: &T) -> Vec<Held> {
    held(user, tenant).into_iter().filter(|h| h.sku != state.sku).collect()
}

fn conflict<T: Tenant>(
    finding: &mut Finding,
    state: &LicenseState<'_>,
    user: &UserFacts<'_>,
    tenant: &T,
    product: &str,
    from: &str,
) -> String {
    let wanted: Vec<Held> = brings(state, tenant).collect();
    let pairs = excludes(&wanted, &others(state, user, tenant), tenant.learned());
    let Some(pair) = pairs.first() else {
        evidence(finding, Evidence::None);
        return format!(
            "{product}{from} conflicts with a plan of another product. Graph does not say which here: reprocess to get its words."
        );
    };
    evidence(finding, if pair.learned { Evidence::Learned } else { Evidence::Documented });
    if let Some(known) = tenant.learned().excludes(pair.wanted.plan, pair.there.plan) {
        said(finding, &known.said, tenant);
    }
    for pair in &pairs {
        for side in [&pair.wanted, &pair.there] {
            let plan = names::plan_ref(side, tenant);
            if !finding.plans.contains(&plan) {
                finding.plans.push(plan);
            }
        }
    }
    format!(
        "{product}{from}: {} {} with {} of {} ({}).",
        names::plan(pair.wanted.plan, tenant).1,
        if pair.learned { "conflicts" } else { "may conflict" },
        names::plan(pair.there.plan, tenant).1,
        names::sku(pair.there.sku, tenant),
        names::path(pair.there.path, tenant)
    )
}

fn dependency<T: Tenant>(
    finding: &mut Finding,
    state: &LicenseState<'_>,
    user: &UserFacts<'_>,
    tenant: &T,
    product: &str,
    from: &str,
) -> String {
    let mut all: Vec<Held> = brings(state, tenant).collect();
    let mine = all.len();
    all.extend(others(state, user, tenant));
    let lacks = lacking_with(&all, tenant.learned()).into_iter().find(|l| all[..mine].contains(&l.plan));
    let Some(first) = lacks else {
        evidence(finding, Evidence::None);
        return format!(
            "{product}{from} needs a plan that is missing. Graph does not say which here: reprocess to get its words."
        );
    };
    evidence(finding, if first.learned { Evidence::Learned } else { Evidence::Documented });
    if let Some(known) = tenant.learned().needs(first.plan.plan) {
        said(finding, &known.said, tenant);
    }
    finding.plans.push(names::plan_ref(&first.plan, tenant));
    let needs: Vec<String> = first.needs.iter().map(|p| names::plan(*p, tenant).1).collect();
    finding.details.insert("needs".into(), json!(first.needs));
    format!("{product}{from}: {} needs {}.", names::plan(first.plan.plan, tenant).1, needs.join(" or "))
}

fn removal<T: Tenant>(
    finding: &mut Finding,
    state: &LicenseState<'_>,
    user: &UserFacts<'_>,
    tenant: &T,
    product: &str,
    from: &str,
) -> String {
    let left = state.path.group().filter(|g| {
        tenant
            .group(*g)
            .is_some_and(|g| g.has_member(user.id) == Some(false) || !g.licenses.iter().any(|l| l.sku == state.sku))
    });
    if let Some(group) = left {
        finding
            .details
            .insert("left_group".into(), json!({ "id": group, "display_name": names::group(group, tenant) }));
    }
    let going: Vec<Held> = brings(state, tenant).collect();
    let staying = others(state, user, tenant);
    let blocker = lacking_with(&staying, tenant.learned())
        .into_iter()
        .find(|l| l.needs.iter().any(|n| going.iter().any(|g| g.plan == *n)));
    let why = match blocker {
        Some(blocker) => {
            evidence(finding, if blocker.learned { Evidence::Learned } else { Evidence::Documented });
            if let Some(known) = tenant.learned().needs(blocker.plan.plan) {
                said(finding, &known.said, tenant);
            }
            finding.plans.push(names::plan_ref(&blocker.plan, tenant));
            format!(
                "{} of {} ({}) still needs it",
                names::plan(blocker.plan.plan, tenant).1,
                names::sku(blocker.plan.sku, tenant),
                names::path(blocker.plan.path, tenant)
            )
        }
        None => {
            evidence(finding, Evidence::None);
            "something that stays still needs it; reprocess to get Graph's words".to_owned()
        }
    };
    let left = if left.is_some() { " (the group no longer gives it)" } else { "" };
    format!("{product}{from}{left} cannot be taken away: {why}.")
}

fn holders<T: Tenant>(finding: &mut Finding, row: Row, tenant: &T, product: &str, from: &str) -> String {
    let holders: Vec<Value> = tenant
        .address_holders(row)
        .into_iter()
        .take(20)
        .map(|row| tenant.with_user(row, |u| json!({ "id": u.id, "upn": u.upn, "display_name": u.display_name })))
        .collect();
    let message = match holders.first().and_then(|h| h["upn"].as_str()) {
        Some(upn) => format!("{product}{from}: a proxy address of the user is also on {upn}."),
        None => format!(
            "{product}{from}: a proxy address of the user is taken by an object that is not among the users. Ask Exchange: Get-Recipient -Filter \"EmailAddresses -eq 'smtp:…'\"."
        ),
    };
    finding.details.insert("holders".into(), Value::Array(holders));
    message
}
