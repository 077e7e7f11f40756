//! How a user with a problem differs from one without: what the comparison by hand in support articles looks for.

use crate::domain::facts::{Path, Sync, Tenant, UserFacts, UserType};
use crate::domain::ids::SkuId;
use crate::domain::license;
use crate::domain::names;
use crate::domain::rules;

/// One way in which two users differ. Texts may hold names from the tenant: clean them before showing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// What is compared.
    pub what: String,
    /// With the user in question.
    pub this: String,
    /// With the other one.
    pub other: String,
    /// Why it may be the reason, where it is known to be one.
    pub suspect: Option<String>,
}

/// The differences, suspects first.
pub fn compare<T: Tenant>(this: &UserFacts<'_>, other: &UserFacts<'_>, tenant: &T) -> Vec<Difference> {
    let mut differences = Vec::new();
    let mut differ = |what: &str, a: String, b: String, suspect: Option<&str>| {
        if a != b {
            let suspect = suspect.map(str::to_owned);
            differences.push(Difference { what: what.to_owned(), this: a, other: b, suspect });
        }
    };
    let text = |value: Option<&str>| value.filter(|v| !v.is_empty()).unwrap_or("none").to_owned();
    let bad_location = match this.usage_location.filter(|l| !l.is_empty()) {
        None => Some("a direct assignment without a usage location is refused"),
        Some(code) if crate::domain::location::Location::parse(code).is_err() => {
            Some("it is not a country code: a direct assignment is refused")
        }
        Some(_) => None,
    };
    differ("usage location", text(this.usage_location), text(other.usage_location), bad_location);
    differ("country", text(this.country), text(other.country), None);
    differ("account", enabled(this), enabled(other), None);
    differ("type", user_type(this), user_type(other), None);
    let synced = (this.sync == Sync::Now)
        .then_some("names and addresses of a synced user can only be changed on-premises: such a push is refused");
    differ("mastered", mastered(this), mastered(other), synced);
    let error = this.provisioning_error.then_some("an address or name may be taken by another object");
    let word = |u: &UserFacts<'_>| if u.provisioning_error { "unresolved" } else { "none" }.to_owned();
    differ("provisioning error", word(this), word(other), error);

    let mut skus: Vec<SkuId> = license::skus(this).into_iter().chain(license::skus(other)).collect();
    skus.extend(this.states.iter().chain(other.states).map(|s| s.sku));
    skus.sort_unstable();
    skus.dedup();
    for sku in skus {
        let (a, b) = (paths(this, sku, tenant), paths(other, sku, tenant));
        if a != b {
            let suspect = suspect(this, sku, tenant);
            differences.push(Difference { what: names::sku(sku, tenant), this: a, other: b, suspect });
        }
    }
    differences.sort_by_key(|d| d.suspect.is_none());
    differences
}

fn enabled(user: &UserFacts<'_>) -> String {
    match user.enabled {
        Some(true) => "enabled",
        Some(false) => "disabled",
        None => "not said",
    }
    .to_owned()
}

fn user_type(user: &UserFacts<'_>) -> String {
    if user.user_type == UserType::Guest { "guest" } else { "member" }.to_owned()
}

fn mastered(user: &UserFacts<'_>) -> String {
    match user.sync {
        Sync::Never => "in the cloud",
        Sync::Formerly => "in the cloud, synced once",
        Sync::Now => "on-premises",
    }
    .to_owned()
}

/// By which paths a user has a product, in which state, and with how many plans off.
fn paths<T: Tenant>(user: &UserFacts<'_>, sku: SkuId, tenant: &T) -> String {
    let mut paths: Vec<String> = user
        .states
        .iter()
        .filter(|s| s.sku == sku)
        .map(|s| {
            let off = if s.disabled.is_empty() { String::new() } else { format!(", {} plans off", s.disabled.len()) };
            let state = if s.failed() { format!(" {}", s.error.as_str()) } else { String::new() };
            format!("{}{state}{off}", names::path(s.path, tenant))
        })
        .collect();
    if paths.is_empty() && user.assigned.iter().any(|a| a.sku == sku) {
        paths.push("path unknown".to_owned());
    }
    paths.sort_unstable();
    if paths.is_empty() { "none".to_owned() } else { paths.join("; ") }
}

/// Why a product on the user may make a change of licenses fail.
fn suspect<T: Tenant>(user: &UserFacts<'_>, sku: SkuId, tenant: &T) -> Option<String> {
    let on_user = license::skus(user).contains(&sku);
    let state = user.states.iter().find(|s| s.sku == sku && s.failed());
    if let Some(state) = state {
        return Some(format!("it fails: Graph says {}", state.error.as_str()));
    }
    if !on_user {
        return None;
    }
    match tenant.sku(sku) {
        None => Some("the tenant does not own it: a push of the whole set of licenses is refused".to_owned()),
        Some(owned) => match rules::ownership(owned, tenant).first() {
            Some(sign) => Some(format!(
                "{}: a push that removes it is refused with 403 \"Insufficient privileges to complete the operation.\"",
                sign.as_str()
            )),
            None if user.states.iter().any(|s| s.sku == sku && s.path != Path::Direct) => {
                Some("inherited: a push that removes it from the user is refused".to_owned())
            }
            None => None,
        },
    }
}
