//! What is wrong with the tenant's products.

use crate::domain::facts::{Part, Sku, Subscription, Tenant};
use crate::domain::finding::Found;
use crate::domain::ids::SkuId;
use crate::domain::kind::Kind;
use crate::domain::time::{DAY, Timestamp};

/// Days before the end of a subscription from which on it is said.
pub const EXPIRING_DAYS: i64 = 30;
/// Idle seats are said from this many on, and from this share of the usable ones (in percent).
pub const IDLE_SEATS: i64 = 5;
const IDLE_PERCENT: i64 = 10;
/// Nobody buys as many seats: Microsoft gives them out with free products.
const GIVEN_OUT: i64 = 1_000_000;

/// Findings about products.
pub fn skus<T: Tenant>(tenant: &T, emit: &mut impl FnMut(Found)) {
    let purchases = tenant.parts().has(Part::Subscriptions);
    for sku in tenant.skus() {
        let mut found = |kind: Kind| {
            emit(Found { kind, severity: kind.severity(), user: None, group: None, sku: Some(sku.id) });
        };
        if sku.consumed > sku.usable() {
            found(Kind::SkuOverused);
        }
        if is_suspended(sku) {
            found(Kind::SkuSuspended);
        }
        if !is_suspended(sku) && (sku.units.warning > 0 || sku.capability.eq_ignore_ascii_case("Warning")) {
            found(Kind::SkuInGrace);
        }
        if is_idle(sku, tenant) {
            found(Kind::SkuIdleSeats);
        }
        if purchases && expires(sku.id, tenant).is_some() {
            found(Kind::SkuExpiring);
        }
        if purchases && !ownership(sku, tenant).is_empty() {
            found(Kind::SkuForeignOwned);
        }
    }
}

fn is_suspended(sku: &Sku) -> bool {
    let word = ["Suspended", "LockedOut", "Deleted"].iter().any(|w| sku.capability.eq_ignore_ascii_case(w));
    word || sku.usable() <= 0 && sku.units.suspended + sku.units.locked_out > 0
}

/// Whether a product costs nothing, as far as its name and the number of its seats tell.
pub fn is_free(sku: &Sku) -> bool {
    let name = sku.part_number.to_ascii_uppercase();
    let marks = ["FREE", "VIRAL", "ADHOC", "TRIAL", "EXPLORATORY", "DEVELOPERPACK"];
    sku.units.enabled >= GIVEN_OUT
        || marks.iter().any(|mark| name.contains(mark))
        || matches!(name.as_str(), "POWER_BI_STANDARD" | "STREAM" | "WINDOWS_STORE" | "RIGHTSMANAGEMENT_ADHOC")
}

fn is_idle<T: Tenant>(sku: &Sku, tenant: &T) -> bool {
    let mut bought = tenant.subscriptions().iter().filter(|s| s.sku == sku.id).peekable();
    let only_trials = bought.peek().is_some() && bought.all(|s| s.trial);
    let (free, usable) = (sku.free(), sku.usable());
    sku.for_users && !is_free(sku) && !only_trials && free >= IDLE_SEATS && free * 100 >= usable * IDLE_PERCENT
}

/// The first purchase of a product that ends within 30 days, if nobody renews it. One in its grace period has expired
/// already and is said to be.
pub fn expires<T: Tenant>(sku: SkuId, tenant: &T) -> Option<(&Subscription, Timestamp)> {
    let now = tenant.now();
    let soon = |at: &Timestamp| *at >= now && at.0 - now.0 <= EXPIRING_DAYS * DAY;
    let of_sku = tenant.subscriptions().iter().filter(|s| s.sku == sku && s.status.eq_ignore_ascii_case("Enabled"));
    of_sku.filter_map(|s| Some((s, s.next_lifecycle.filter(soon)?))).min_by_key(|(_, at)| *at)
}

/// What makes a product look as if the tenant's administrators could not change it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ownership {
    /// Graph refused a change of it with 403 although others went through.
    Learned,
    /// A partner's tenant created the subscription.
    Partner,
    /// A person owns the subscription, or the product is one that people take for themselves.
    SelfService,
}

impl Ownership {
    /// The word in documents.
    pub fn as_str(self) -> &'static str {
        match self {
            Ownership::Learned => "learned-403",
            Ownership::Partner => "partner-created",
            Ownership::SelfService => "probably-self-service",
        }
    }
}

/// The signs, the strongest first. None of them but [`Ownership::Learned`] is more than a hint: v1.0 has no flag for it.
pub fn ownership<T: Tenant>(sku: &Sku, tenant: &T) -> Vec<Ownership> {
    let own = tenant.organization().map(|o| o.id.to_string());
    let mut of_sku = tenant.subscriptions().iter().filter(|s| s.sku == sku.id);
    let by_partner = |s: &Subscription| {
        s.owner_tenant.as_deref().is_some_and(|t| !own.as_deref().is_some_and(|own| own.eq_ignore_ascii_case(t.trim())))
    };
    let by_person = |s: &Subscription| s.owner_type.as_deref().is_some_and(|t| t.eq_ignore_ascii_case("User"));
    let mut signs = Vec::new();
    if tenant.learned().forbids(sku.id).is_some() {
        signs.push(Ownership::Learned);
    }
    if of_sku.clone().any(by_partner) {
        signs.push(Ownership::Partner);
    }
    if of_sku.any(by_person) || sku.for_users && is_free(sku) {
        signs.push(Ownership::SelfService);
    }
    signs
}
