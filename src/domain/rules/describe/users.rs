//! What there is to say about a user beyond the license states.

use serde_json::json;

use crate::domain::facts::{Path, Sync, Tenant, UserFacts};
use crate::domain::finding::Finding;
use crate::domain::kind::Kind;
use crate::domain::license;
use crate::domain::names;
use crate::domain::rules::{OverlapEvidence, Overlaps};

pub(super) fn describe<T: Tenant>(finding: &mut Finding, user: &UserFacts<'_>, tenant: &T) {
    let found = finding.found;
    let held = || license::skus(user).iter().map(|s| names::sku(*s, tenant)).collect::<Vec<_>>().join(", ");
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
        Kind::DisabledAccountLicensed => format!("The account is disabled and holds {}.", held()),
        Kind::GuestLicensed => format!("A guest holds {}.", held()),
        Kind::DuplicatePath => duplicate(finding, user, tenant),
        Kind::OverlappingSkus => overlapping(finding, user, tenant),
        Kind::SkuNotOwned => not_owned(finding, user, tenant),
        Kind::StaleInheritance => stale(finding, user, tenant),
        Kind::ProvisioningError => provisioning(user),
        _ => String::new(),
    };
}

fn not_owned<T: Tenant>(finding: &mut Finding, user: &UserFacts<'_>, tenant: &T) -> String {
    let Some(sku) = finding.found.sku else { return String::new() };
    let mut paths: Vec<String> =
        user.states.iter().filter(|s| s.sku == sku).map(|s| names::path(s.path, tenant)).collect();
    if paths.is_empty() {
        paths.push("path unknown".to_owned());
    }
    finding.details.insert("paths".into(), json!(paths));
    format!(
        "{} is on the user ({}) but not among the tenant's products: expired or removed.",
        names::sku(sku, tenant),
        paths.join(", ")
    )
}

fn stale<T: Tenant>(finding: &mut Finding, user: &UserFacts<'_>, tenant: &T) -> String {
    let (Some(sku), Some(id)) = (finding.found.sku, finding.found.group) else { return String::new() };
    finding.path = Some("group");
    finding.since = user.states.iter().find(|s| s.sku == sku && s.path == Path::Group(id)).and_then(|s| s.updated);
    let (reason, why) = match tenant.group(id) {
        None => ("group-unlicensed", "which has no licenses any more, or is gone"),
        Some(group) if !group.licenses.iter().any(|l| l.sku == sku) => {
            ("license-removed", "which does not give it any more")
        }
        Some(_) => ("left-group", "of which the user is not a direct member"),
    };
    finding.details.insert("reason".into(), json!(reason));
    format!("{} is inherited from {}, {why}.", names::sku(sku, tenant), names::group(id, tenant))
}

fn provisioning(user: &UserFacts<'_>) -> String {
    let synced = if user.sync == Sync::Now {
        " The user is synced: a conflicting address or name is corrected on-premises."
    } else {
        ""
    };
    format!("A service or on-premises provisioning error of the user is not resolved.{synced}")
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
        license::enabled(s, direct).filter(|p| by_groups.iter().all(|(_, off)| off.contains(p))).count()
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
