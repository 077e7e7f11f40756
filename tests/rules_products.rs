//! What is wrong with products, when it is there and when it is not.

mod common;

use std::sync::Arc;

use common::{NOW, TestTenant, sku};
use tenantry::domain::facts::{FactSink, Sku, Subscription, Units};
use tenantry::domain::kind::Kind;
use tenantry::domain::learned::{Learned, Said, Source};
use tenantry::domain::time::{DAY, Timestamp};
use tenantry::store::Snapshot;

fn product(part: &str, enabled: i64, consumed: i64) -> Sku {
    let snapshot = TestTenant::new().skus(&[(part, enabled, consumed)]).done();
    tenantry::domain::facts::Tenant::skus(&*snapshot)[0].clone()
}

fn bought(part: &str, days: i64) -> Subscription {
    Subscription {
        id: "s1".into(),
        sku: sku(part),
        status: "Enabled".into(),
        trial: false,
        total: 10,
        next_lifecycle: Some(Timestamp(NOW.0 + days * DAY)),
        owner_type: None,
        owner_tenant: None,
    }
}

fn tenant(sku: Sku, subscriptions: Vec<Subscription>) -> Arc<Snapshot> {
    let mut tenant = TestTenant::new();
    tenant.builder.skus(vec![sku]);
    tenant.builder.subscriptions(subscriptions);
    tenant.done()
}

fn kinds(snapshot: &Snapshot) -> Vec<Kind> {
    snapshot.findings().all().filter_map(|at| snapshot.found(at)).map(|f| f.kind).collect()
}

fn detail(snapshot: &Snapshot, key: &str) -> serde_json::Value {
    let at = snapshot.findings().all().next().unwrap();
    snapshot.describe(at).unwrap().details[key].clone()
}

#[test]
fn suspended_and_expired_units() {
    let with = |capability: &str, units: Units| {
        kinds(&tenant(Sku { capability: capability.into(), units, ..product("EMS", 0, 0) }, vec![]))
    };
    let units = Units::default();
    assert_eq!(with("Suspended", Units { suspended: 5, ..units }), [Kind::SkuSuspended]);
    assert_eq!(with("LockedOut", Units { locked_out: 5, ..units }), [Kind::SkuSuspended]);
    // Graph's word is missing, the numbers say it.
    assert_eq!(with("", Units { suspended: 5, ..units }), [Kind::SkuSuspended]);
    assert_eq!(with("Enabled", Units { suspended: 5, enabled: 2, ..units }), []);
    assert_eq!(with("Warning", Units { warning: 4, ..units }), [Kind::SkuInGrace]);
    assert_eq!(with("Enabled", Units { warning: 2, enabled: 2, ..units }), [Kind::SkuInGrace]);
    assert_eq!(with("Enabled", Units { enabled: 2, ..units }), []);
}

#[test]
fn a_subscription_expires_within_thirty_days() {
    let with = |s: Subscription| kinds(&tenant(product("EMS", 10, 10), vec![s]));
    for (days, there) in [(-1, false), (0, true), (30, true), (31, false)] {
        let expected: &[Kind] = if there { &[Kind::SkuExpiring] } else { &[] };
        assert_eq!(with(bought("EMS", days)), expected, "{days}");
    }
    assert_eq!(with(Subscription { status: "Suspended".into(), ..bought("EMS", 5) }), []);
    assert_eq!(with(Subscription { next_lifecycle: None, ..bought("EMS", 5) }), []);
    let snapshot =
        tenant(product("EMS", 10, 10), vec![bought("EMS", 40), Subscription { trial: true, ..bought("EMS", 12) }]);
    assert_eq!((detail(&snapshot, "days"), detail(&snapshot, "trial")), (12.into(), true.into()));
}

#[test]
fn idle_from_ten_percent_and_five_seats_never_for_free_or_company_products() {
    let idle = |sku: Sku, subscriptions| kinds(&tenant(sku, subscriptions)).contains(&Kind::SkuIdleSeats);
    for (enabled, consumed, there) in [(50, 45, true), (51, 46, false), (40, 36, false), (4, 0, false), (100, 90, true)]
    {
        assert_eq!(idle(product("EMS", enabled, consumed), vec![]), there, "{consumed} of {enabled}");
    }
    assert!(!idle(product("FLOW_FREE", 10_000, 1), vec![]));
    assert!(!idle(product("POWER_BI_STANDARD", 1_000_000, 1), vec![]));
    assert!(!idle(product("EMS", 1_000_000, 1), vec![]), "nobody buys a million");
    assert!(!idle(Sku { for_users: false, ..product("EMS", 50, 0) }, vec![]));
    assert!(!idle(product("EMS", 50, 0), vec![Subscription { trial: true, ..bought("EMS", 300) }]));
}

#[test]
fn foreign_products_are_told_by_partner_person_or_name() {
    let signs = |part: &str, s: Subscription| {
        let snapshot = tenant(product(part, 10, 10), vec![s]);
        kinds(&snapshot).contains(&Kind::SkuForeignOwned).then(|| detail(&snapshot, "evidence"))
    };
    let partner =
        Subscription { owner_tenant: Some("6fd2c87f-b296-42f0-b197-1e91e994b900".into()), ..bought("EMS", 300) };
    assert_eq!(signs("EMS", partner), Some("partner-created".into()));
    let own = "00000000-0000-0000-0000-0000000000C0";
    assert_eq!(signs("EMS", Subscription { owner_tenant: Some(own.into()), ..bought("EMS", 300) }), None);
    let person = Subscription { owner_type: Some("user".into()), ..bought("EMS", 300) };
    assert_eq!(signs("EMS", person), Some("probably-self-service".into()));
    assert_eq!(signs("FLOW_FREE", bought("FLOW_FREE", 300)), Some("probably-self-service".into()));
    assert_eq!(signs("EMS", bought("EMS", 300)), None);
    let mut tenant = TestTenant::new().skus(&[("EMS", 10, 10)]);
    let mut learned = Learned::default();
    learned.forbid(
        sku("EMS"),
        Said { source: Source::Refusal, at: NOW, text: "Insufficient privileges to complete the operation.".into() },
    );
    tenant.builder.learn(learned);
    assert_eq!(detail(&tenant.done(), "evidence"), "learned-403");
}
