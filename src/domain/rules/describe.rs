//! Builds what a person reads of a finding: the sentence, the plans with their paths, the evidence, the remedies.

use serde_json::{Map, Value, json};

use super::overlap::Evidence as OverlapEvidence;
use super::{Overlaps, remedies, root_of};
use crate::domain::facts::{LicenseState, Path, Row, Tenant, UserFacts};
use crate::domain::finding::{Evidence, Finding, Found, GraphWords};
use crate::domain::kind::Kind;
use crate::domain::license::{Held, brings, held, lacking, may_exclude};
use crate::domain::names;

/// Everything there is to say about a finding.
pub fn describe<T: Tenant>(found: &Found, tenant: &T) -> Finding {
    let mut finding = Finding {
        found: *found,
        path: None,
        plans: Vec::new(),
        root: None,
        graph: None,
        since: None,
        message: String::new(),
        details: Map::new(),
        remedies: Vec::new(),
    };
    match (found.user, found.group, found.sku) {
        (Some(user), ..) => match tenant.row_of(user) {
            Some(row) => tenant.with_user(row, |facts| of_user(&mut finding, row, facts, tenant)),
            None => finding.message = "The user is no longer there.".to_owned(),
        },
        (None, Some(group), _) => of_group(&mut finding, group, tenant),
        (None, None, Some(sku)) => of_sku(&mut finding, sku, tenant),
        (None, None, None) => {}
    }
    remedies::add(&mut finding, tenant);
    finding
}

fn of_user<T: Tenant>(finding: &mut Finding, row: Row, user: &UserFacts<'_>, tenant: &T) {
    let found = finding.found;
    if found.kind.is_state() {
        let path = found.group.map_or(Path::Direct, Path::Group);
        let state = user.states.iter().find(|s| Some(s.sku) == found.sku && s.path == path);
        if let Some(state) = state {
            of_state(finding, state, row, user, tenant);
        }
        return;
    }
    let held_names = || {
        let names: Vec<String> = super::super::license::skus(user).iter().map(|s| names::sku(*s, tenant)).collect();
        names.join(", ")
    };
    finding.message = match found.kind {
        Kind::UsageLocationMissing if user.is_licensed() => {
            "No usage location: direct assignments fail, group licenses silently use the directory's.".to_owned()
        }
        Kind::UsageLocationMissing => "No usage location: a license cannot be assigned directly.".to_owned(),
        Kind::UsageLocationInvalid => {
            let value = user.usage_location.unwrap_or_default();
            finding.details.insert("value".into(), json!(value));
            format!("Usage location `{value}` is not a country code of ISO 3166-1.")
        }
        Kind::DisabledAccountLicensed => format!("The account is disabled and holds {}.", held_names()),
        Kind::GuestLicensed => format!("A guest holds {}.", held_names()),
        Kind::DuplicatePath => duplicate(finding, user, tenant),
        Kind::OverlappingSkus => overlapping(finding, user, tenant),
        _ => String::new(),
    };
}

fn of_state<T: Tenant>(finding: &mut Finding, state: &LicenseState<'_>, row: Row, user: &UserFacts<'_>, tenant: &T) {
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
                Some(free) if free > 0 => format!("; {free} free now: reprocess"),
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
                let kind = super::state_kind(root, user.states);
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

fn evidence(finding: &mut Finding, evidence: Evidence) {
    finding.details.insert("evidence".into(), serde_json::to_value(evidence).unwrap_or(Value::Null));
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
    let pairs = may_exclude(&wanted, &others(state, user, tenant));
    evidence(finding, if pairs.is_empty() { Evidence::None } else { Evidence::Documented });
    let Some(pair) = pairs.first() else {
        return format!(
            "{product}{from} conflicts with a plan of another product. Graph does not say which here: reprocess to get its words."
        );
    };
    for pair in &pairs {
        for side in [&pair.wanted, &pair.there] {
            let plan = names::plan_ref(side, tenant);
            if !finding.plans.contains(&plan) {
                finding.plans.push(plan);
            }
        }
    }
    format!(
        "{product}{from}: {} may conflict with {} of {} ({}).",
        names::plan(pair.wanted.plan, tenant).1,
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
    let lacks: Vec<_> = lacking(&all).into_iter().filter(|l| all[..mine].contains(&l.plan)).collect();
    evidence(finding, if lacks.is_empty() { Evidence::None } else { Evidence::Documented });
    let Some(first) = lacks.first() else {
        return format!(
            "{product}{from} needs a plan that is missing. Graph does not say which here: reprocess to get its words."
        );
    };
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
    let blockers: Vec<_> =
        lacking(&staying).into_iter().filter(|l| l.needs.iter().any(|n| going.iter().any(|g| g.plan == *n))).collect();
    evidence(finding, if blockers.is_empty() { Evidence::None } else { Evidence::Documented });
    let why = match blockers.first() {
        Some(blocker) => {
            finding.plans.push(names::plan_ref(&blocker.plan, tenant));
            format!(
                "{} of {} ({}) still needs it",
                names::plan(blocker.plan.plan, tenant).1,
                names::sku(blocker.plan.sku, tenant),
                names::path(blocker.plan.path, tenant)
            )
        }
        None => "something that stays still needs it; reprocess to get Graph's words".to_owned(),
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

fn duplicate<T: Tenant>(finding: &mut Finding, user: &UserFacts<'_>, tenant: &T) -> String {
    let Some(sku) = finding.found.sku else { return String::new() };
    finding.path = Some("direct");
    let mut direct: &[_] = &[];
    let mut by_groups: Vec<(String, &[_])> = Vec::new();
    for state in user.states.iter().filter(|s| s.sku == sku && s.state.grants()) {
        match state.path {
            Path::Direct => direct = state.disabled,
            Path::Group(group) => by_groups.push((names::group(group, tenant), state.disabled)),
        }
    }
    // What the direct path alone adds: plans that every group path switches off.
    let adds = tenant.sku(sku).map_or(0, |s| {
        super::super::license::enabled(s, direct).filter(|p| by_groups.iter().all(|(_, off)| off.contains(p))).count()
    });
    finding.details.insert("plans_differ".into(), json!(by_groups.iter().any(|(_, off)| *off != direct)));
    finding.details.insert("plans_only_direct".into(), json!(adds));
    finding.details.insert("frees_seat".into(), json!(false));
    let groups: Vec<&str> = by_groups.iter().map(|(name, _)| name.as_str()).collect();
    let adds = match adds {
        0 => "the direct one adds nothing".to_owned(),
        1 => "the direct one adds 1 plan".to_owned(),
        n => format!("the direct one adds {n} plans"),
    };
    format!(
        "{} is assigned directly and by {}: {adds}; removing it frees no seat.",
        names::sku(sku, tenant),
        groups.join(", ")
    )
}

fn overlapping<T: Tenant>(finding: &mut Finding, user: &UserFacts<'_>, tenant: &T) -> String {
    let overlaps = Overlaps::new(tenant.skus()).of(user);
    let Some(overlap) = overlaps.iter().find(|o| Some(o.covered) == finding.found.sku) else { return String::new() };
    let (word, how) = match overlap.evidence {
        OverlapEvidence::SamePlans => ("same-plans", "gives the same plans"),
        OverlapEvidence::Ladder => ("ladder", "gives the same plans or higher ones"),
    };
    finding.details.insert("evidence".into(), json!(word));
    finding.details.insert("covered_by".into(), json!({ "id": overlap.by, "name": names::sku(overlap.by, tenant) }));
    format!("{} is covered by {}, which {how}.", names::sku(overlap.covered, tenant), names::sku(overlap.by, tenant))
}

fn of_group<T: Tenant>(finding: &mut Finding, id: super::super::ids::GroupId, tenant: &T) {
    let Some(group) = tenant.group(id) else { return };
    finding.message = match finding.found.kind {
        Kind::GroupInError => "Members of the group are in a license error state.".to_owned(),
        Kind::GroupProcessing => {
            finding.details.insert("processing".into(), json!(group.processing.as_str()));
            format!("License changes of the group are {}.", group.processing.as_str())
        }
        _ => String::new(),
    };
}

fn of_sku<T: Tenant>(finding: &mut Finding, id: super::super::ids::SkuId, tenant: &T) {
    let Some(sku) = tenant.sku(id) else { return };
    finding.details.insert("consumed".into(), json!(sku.consumed));
    finding.details.insert("usable".into(), json!(sku.usable()));
    finding.message = format!(
        "{} seats of {} are used, {} are usable: {} too many.",
        sku.consumed,
        sku.name(),
        sku.usable(),
        sku.consumed - sku.usable()
    );
}
