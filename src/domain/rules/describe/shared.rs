//! What there is to say about groups and products.

use serde_json::{Value, json};

use super::super::groups::{cascade_from, clashes, demand, depth, givers, lacking};
use super::super::skus::{Ownership, expires, ownership};
use super::{evidence, said};
use crate::domain::facts::{Group, Sku, Tenant};
use crate::domain::finding::{Evidence, Finding};
use crate::domain::ids::{GroupId, SkuId};
use crate::domain::kind::Kind;
use crate::domain::names;

pub(super) fn group<T: Tenant>(finding: &mut Finding, id: GroupId, tenant: &T) {
    let Some(group) = tenant.group(id) else { return };
    finding.message = match finding.found.kind {
        Kind::GroupInError => "Members of the group are in a license error state.".to_owned(),
        Kind::GroupProcessing => {
            finding.details.insert("processing".into(), json!(group.processing.as_str()));
            format!("License changes of the group are {}.", group.processing.as_str())
        }
        Kind::GroupNestedMembers => nested(finding, group, tenant),
        Kind::GroupPrerequisiteMissing => prerequisite(finding, group, tenant),
        Kind::GroupInternalConflict => conflict(finding, group, tenant),
        Kind::GroupSeatsShort => seats(finding, group, tenant),
        Kind::DynamicRuleCascade => cascade(finding, group, tenant),
        Kind::DynamicRulePaused => {
            finding.details.insert("rule".into(), json!(group.rule));
            "The membership rule is paused: who should join or leave, and get or lose the licenses, does not."
                .to_owned()
        }
        Kind::SkuNotOwned => {
            let product = finding.found.sku.map(|s| names::sku(s, tenant)).unwrap_or_default();
            format!(
                "The group licenses {product}, which is not among the tenant's products: its members get nothing of it."
            )
        }
        _ => String::new(),
    };
}

fn nested<T: Tenant>(finding: &mut Finding, group: &Group, tenant: &T) -> String {
    let inside = group.members.as_ref().map_or(&[][..], |m| &m.groups);
    let label = |id: GroupId| tenant.group(id).map_or_else(|| id.to_string(), |g| g.label());
    let listed: Vec<Value> = inside.iter().map(|id| json!({ "id": id, "display_name": label(*id) })).collect();
    finding.details.insert("nested".into(), Value::Array(listed));
    let s = if inside.len() == 1 { "" } else { "s" };
    format!("The group contains {} group{s}: only direct members get licenses, users inside get nothing.", inside.len())
}

fn prerequisite<T: Tenant>(finding: &mut Finding, group: &Group, tenant: &T) -> String {
    let lacks = lacking(group, tenant);
    let Some(first) = lacks.first() else { return String::new() };
    evidence(finding, if first.learned { Evidence::Learned } else { Evidence::Documented });
    if let Some(known) = tenant.learned().needs(first.plan.plan) {
        said(finding, &known.said, tenant);
    }
    finding.plans.extend(lacks.iter().map(|l| names::plan_ref(&l.plan, tenant)));
    finding.details.insert("needs".into(), json!(first.needs));
    let needs: Vec<String> = first.needs.iter().map(|p| names::plan(*p, tenant).1).collect();
    format!(
        "{} of {} needs {}, which the group does not give: it must come by the same group.",
        names::plan(first.plan.plan, tenant).1,
        names::sku(first.plan.sku, tenant),
        needs.join(" or ")
    )
}

fn conflict<T: Tenant>(finding: &mut Finding, group: &Group, tenant: &T) -> String {
    let clashes = clashes(group, tenant);
    let Some(first) = clashes.first() else { return String::new() };
    evidence(finding, if first.learned { Evidence::Learned } else { Evidence::Documented });
    if let Some(known) = tenant.learned().excludes(first.a.plan, first.b.plan) {
        said(finding, &known.said, tenant);
    }
    for side in clashes.iter().flat_map(|c| [c.a, c.b]) {
        let plan = names::plan_ref(&side, tenant);
        if !finding.plans.contains(&plan) {
            finding.plans.push(plan);
        }
    }
    format!(
        "{} of {} {} with {} of {}, and the group gives both: a member gets all of the group's products or none.",
        names::plan(first.a.plan, tenant).1,
        names::sku(first.a.sku, tenant),
        if first.learned { "conflicts" } else { "may conflict" },
        names::plan(first.b.plan, tenant).1,
        names::sku(first.b.sku, tenant)
    )
}

fn seats<T: Tenant>(finding: &mut Finding, group: &Group, tenant: &T) -> String {
    let Some((id, sku)) = finding.found.sku.and_then(|id| Some((id, tenant.sku(id)?))) else { return String::new() };
    let (demand, free) = (demand(group, id, tenant), sku.free().max(0));
    finding.details.insert("demand".into(), json!(demand));
    finding.details.insert("free".into(), json!(free));
    let (s, are) = if demand == 1 { ("", "is") } else { ("s", "are") };
    format!("{demand} member{s} {are} without {} and {free} seats are free.", names::sku(id, tenant))
}

fn cascade<T: Tenant>(finding: &mut Finding, group: &Group, tenant: &T) -> String {
    let givers = givers(tenant);
    let Some(cascade) = cascade_from(group, &givers) else { return String::new() };
    let (depth, looped) = depth(group, &givers, tenant);
    let mut reads = Vec::new();
    for (plan, groups) in &cascade.reads {
        let (name, display) = names::plan(*plan, tenant);
        let by: Vec<Value> =
            groups.iter().map(|g| json!({ "id": g, "display_name": names::group(*g, tenant) })).collect();
        reads.push(json!({ "plan": plan, "name": name, "display_name": display, "given_by": by }));
    }
    finding.details.insert("rule".into(), json!(group.rule));
    finding.details.insert("reads".into(), Value::Array(reads));
    finding.details.insert("depth".into(), json!(depth));
    finding.details.insert("loop".into(), json!(looped));
    let mut more = String::new();
    if looped {
        more.push_str(" The group gives a plan that its own rule depends on: a loop.");
    } else if depth > 1 {
        more.push_str(&format!(" Rules stand on one another over {depth} levels."));
    }
    if let Some(error) = &cascade.unreadable {
        finding.details.insert("unread".into(), json!(error.to_string()));
        more.push_str(&format!(" {}; the plans are those that its text names.", capital(&error.to_string())));
    }
    if !cascade.services.is_empty() {
        finding.details.insert("services".into(), json!(cascade.services));
        more.push_str(&format!(
            " It also compares services ({}), which may be plans of any group.",
            cascade.services.join(", ")
        ));
    }
    let (plan, groups) = match cascade.reads.first() {
        Some((plan, groups)) => (names::plan(*plan, tenant).1, groups),
        None => return more,
    };
    let by: Vec<String> = groups.iter().map(|g| names::group(*g, tenant)).collect();
    format!("The rule reads {plan}, which {} give: a change there moves people in and out here.{more}", by.join(", "))
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

pub(super) fn sku<T: Tenant>(finding: &mut Finding, id: SkuId, tenant: &T) {
    let Some(sku) = tenant.sku(id) else { return };
    let (name, kind) = (names::sku(id, tenant), finding.found.kind);
    let mut detail = |key: &str, value: i64| {
        finding.details.insert(key.into(), json!(value));
    };
    detail("consumed", sku.consumed);
    detail("usable", sku.usable());
    finding.message = match kind {
        Kind::SkuOverused => {
            let over = sku.consumed - sku.usable();
            format!("{} seats of {name} are used, {} are usable: {over} too many.", sku.consumed, sku.usable())
        }
        Kind::SkuSuspended => {
            detail("suspended", sku.units.suspended);
            detail("locked_out", sku.units.locked_out);
            let units = sku.units.suspended + sku.units.locked_out;
            format!(
                "{name} is suspended ({} of Graph, {units} units): nothing can be assigned, {} users hold it.",
                sku.capability, sku.consumed
            )
        }
        Kind::SkuInGrace => {
            detail("warning", sku.units.warning);
            let until = next_step(sku, tenant);
            if let Some(at) = until {
                finding.details.insert("until".into(), json!(at));
            }
            let until = until.map(|at| format!(" until {}", date(at))).unwrap_or_default();
            format!(
                "{} units of {name} have expired and are usable in grace{until}, then suspended.",
                sku.units.warning
            )
        }
        Kind::SkuExpiring => expiring(finding, sku, &name, tenant),
        Kind::SkuIdleSeats => {
            detail("free", sku.free());
            let percent = sku.free() * 100 / sku.usable().max(1);
            format!("{} of {} seats of {name} are free ({percent} %).", sku.free(), sku.usable())
        }
        Kind::SkuForeignOwned => foreign(finding, sku, &name, tenant),
        _ => String::new(),
    };
}

fn next_step<T: Tenant>(sku: &Sku, tenant: &T) -> Option<crate::domain::time::Timestamp> {
    let bought = tenant.subscriptions().iter().filter(|s| s.sku == sku.id && s.status.eq_ignore_ascii_case("Warning"));
    bought.filter_map(|s| s.next_lifecycle).min()
}

fn date(at: crate::domain::time::Timestamp) -> String {
    at.to_string().chars().take(10).collect()
}

fn expiring<T: Tenant>(finding: &mut Finding, sku: &Sku, name: &str, tenant: &T) -> String {
    let Some((bought, at)) = expires(sku.id, tenant) else { return String::new() };
    let days = at.days_since(tenant.now());
    finding.details.insert("at".into(), json!(at));
    finding.details.insert("days".into(), json!(days));
    finding.details.insert("seats".into(), json!(bought.total));
    finding.details.insert("trial".into(), json!(bought.trial));
    let what = if bought.trial { "The trial" } else { "The subscription" };
    let s = if days == 1 { "" } else { "s" };
    format!(
        "{what} of {} seats of {name} ends in {days} day{s} ({}) if it is not renewed; {} seats are used.",
        bought.total,
        date(at),
        sku.consumed
    )
}

fn foreign<T: Tenant>(finding: &mut Finding, sku: &Sku, name: &str, tenant: &T) -> String {
    let signs = ownership(sku, tenant);
    let words: Vec<&str> = signs.iter().map(|s| s.as_str()).collect();
    finding.details.insert("evidence".into(), json!(words.first()));
    finding.details.insert("signs".into(), json!(words));
    if let Some(known) = tenant.learned().forbids(sku.id) {
        said(finding, &known.said, tenant);
    }
    match signs.first() {
        Some(Ownership::Learned) => {
            format!(
                "Graph refuses changes of {name} (403) although it allows others: it is not the administrators' to change."
            )
        }
        Some(Ownership::Partner) => {
            let mut partners: Vec<&str> = tenant
                .subscriptions()
                .iter()
                .filter(|s| s.sku == sku.id)
                .filter_map(|s| s.owner_tenant.as_deref())
                .collect();
            partners.dedup();
            finding.details.insert("partner_tenants".into(), json!(partners));
            format!("A partner's tenant created the subscription of {name}: a change may be refused with 403.")
        }
        Some(Ownership::SelfService) => format!(
            "{name} was probably taken by self-service: a change may be refused with 403, even for a Global Administrator."
        ),
        None => String::new(),
    }
}
