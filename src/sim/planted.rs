//! The faults of the scenario, by construction: read from the parts that users play, not from any rule.

use super::groups as g;
use super::model::Model;
use super::options::Planted;
use super::products as p;
use super::roles::Role;

/// Everything that is planted, each once.
pub fn planted(model: &Model) -> Vec<Planted> {
    let mut all = Vec::new();
    if !model.cast.faulty() {
        return all;
    }
    for index in 0..model.count {
        user_faults(model, index, &mut all);
    }
    group_faults(model, &mut all);
    product_faults(model, &mut all);
    all.sort();
    all
}

fn user_faults(model: &Model, index: u32, all: &mut Vec<Planted>) {
    let mut add = |kind: &'static str, group: Option<g::GroupAt>, product: Option<p::ProductAt>| {
        all.push(Planted {
            kind,
            user: Some(model.user_id(index)),
            group: group.map(|at| model.group_id(at)),
            sku: product.map(|at| model.product(at).id),
        });
    };
    match model.cast.role(index) {
        Role::NoSeat => {
            add("seats-exhausted", Some(g::PMO), Some(p::PROJECT));
            add("blocked-by-sibling", Some(g::PMO), Some(p::VISIO));
        }
        Role::AddressTaken => {
            add("proxy-address-in-use", Some(g::STAFF), Some(p::E3));
            add("blocked-by-sibling", Some(g::STAFF), Some(p::EMS));
        }
        Role::Conflict => add("plans-conflict", Some(g::FIRSTLINE_F3), Some(p::F3)),
        Role::Dependency => add("dependency-missing", Some(g::INSIGHTS), Some(p::ANALYTICS)),
        Role::RemovalBlocked => add("removal-blocked", Some(g::ENGINEERING), Some(p::E5)),
        Role::Prohibited => add("location-prohibited", Some(g::CALLING), Some(p::CALLING)),
        Role::OtherFailed | Role::UnknownFailed => add("assignment-failed", Some(g::ENGINEERING), Some(p::E5)),
        Role::NoLocation | Role::NoLocationLicensed => add("usage-location-missing", None, None),
        Role::BadLocation => add("usage-location-invalid", None, None),
        Role::Duplicate => add("duplicate-path", Some(g::STAFF), Some(p::E3)),
        Role::Overlap => add("overlapping-skus", None, Some(p::E3)),
        Role::Disabled => add("disabled-account-licensed", None, None),
        Role::GuestLicensed => add("guest-licensed", None, None),
        Role::NotOwned => add("sku-not-owned", None, Some(p::OLD_PROJECT)),
        Role::Stale => add("stale-inheritance", Some(g::VISIO), Some(p::VISIO)),
        Role::ServiceError | Role::SyncError => add("provisioning-error", None, None),
        _ => {}
    }
}

fn group_faults(model: &Model, all: &mut Vec<Planted>) {
    let mut add = |kind: &'static str, at: g::GroupAt, product: Option<p::ProductAt>| {
        let sku = product.map(|at| model.product(at).id);
        all.push(Planted { kind, user: None, group: Some(model.group_id(at)), sku });
    };
    let played = |role: Role| model.cast.players(role) > 0;
    for (group, roles) in [
        (g::STAFF, &[Role::AddressTaken][..]),
        (g::ENGINEERING, &[Role::OtherFailed, Role::UnknownFailed]),
        (g::PMO, &[Role::NoSeat]),
        (g::INSIGHTS, &[Role::Dependency]),
        (g::CALLING, &[Role::Prohibited]),
        (g::FIRSTLINE_F3, &[Role::Conflict]),
    ] {
        if roles.iter().any(|r| played(*r)) {
            add("group-in-error", group, None);
        }
    }
    if played(Role::NoSeat) {
        add("group-seats-short", g::PMO, Some(p::PROJECT));
    }
    add("group-processing", g::POWER_BI, None);
    add("group-nested-members", g::WINDOWS, None);
    add("group-prerequisite-missing", g::INSIGHTS, None);
    add("group-internal-conflict", g::E1_SHAREPOINT, None);
    add("dynamic-rule-cascade", g::ENTRA, None);
    add("dynamic-rule-paused", g::MARKETING, None);
}

fn product_faults(model: &Model, all: &mut Vec<Planted>) {
    let mut add = |kind: &'static str, at: p::ProductAt| {
        all.push(Planted { kind, user: None, group: None, sku: Some(model.product(at).id) });
    };
    if model.cast.players(Role::VisioWeb) > 0 {
        add("sku-overused", p::VISIO_WEB);
    }
    add("sku-suspended", p::CONFERENCING);
    add("sku-in-grace", p::WINDOWS);
    add("sku-expiring", p::CALLING);
    add("sku-idle-seats", p::EMS);
    add("sku-foreign-owned", p::POWER_BI);
    add("sku-foreign-owned", p::FABRIC_FREE);
    add("sku-foreign-owned", p::FLOW_FREE);
}
