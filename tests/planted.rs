//! The audit finds what the scenario planted: each fault once, and nothing else.

mod common {
    pub mod simulated;
}

use std::collections::BTreeMap;

use common::simulated::Simulated;
use tenantry::domain::ids::{GroupId, SkuId, UserId};
use tenantry::domain::kind::{Kind, Subject};
use tenantry::sim::{Options, Scenario};
use tenantry::store::Snapshot;

type Fault = (String, Option<UserId>, Option<GroupId>, Option<SkuId>);

/// Which object the fault is about. The group of a user's finding is its path, which the list of faults need not name.
fn key(kind: Kind, user: Option<UserId>, group: Option<GroupId>, sku: Option<SkuId>) -> Fault {
    let group = if kind.subject() == Subject::User { None } else { group };
    (kind.name().to_owned(), user, group, sku)
}

fn counted(faults: impl Iterator<Item = Fault>) -> BTreeMap<Fault, usize> {
    faults.fold(BTreeMap::new(), |mut counts, fault| {
        *counts.entry(fault).or_default() += 1;
        counts
    })
}

fn found(snapshot: &Snapshot) -> BTreeMap<Fault, usize> {
    counted(snapshot.findings().all().filter_map(|at| snapshot.found(at)).map(|f| key(f.kind, f.user, f.group, f.sku)))
}

async fn compare(options: Options) {
    let what = format!("{} users, seed {}", options.users, options.seed);
    let tenant = Simulated::start(options).await;
    let snapshot = tenant.load().await;
    let planted = counted(
        tenant.server.planted().into_iter().filter_map(|p| Some(key(p.kind.parse().ok()?, p.user, p.group, p.sku))),
    );
    let found = found(&snapshot);
    let missed: Vec<_> = planted.iter().filter(|(fault, n)| found.get(fault) != Some(n)).collect();
    let invented: Vec<_> = found.iter().filter(|(fault, n)| planted.get(fault) != Some(n)).collect();
    assert!(missed.is_empty() && invented.is_empty(), "{what}\nmissed: {missed:#?}\ninvented: {invented:#?}");
    assert!(snapshot.findings().checked().eq(Kind::ALL.iter().copied()), "everything was looked for");
}

#[tokio::test(flavor = "multi_thread")]
async fn contoso_is_found_out_at_every_size() {
    for (users, seed) in [(300, 1), (300, 2), (1000, 7), (5000, 3)] {
        compare(Options { users, seed, ..Options::default() }).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn contoso_holds_every_kind() {
    let tenant = Simulated::start(Options::default()).await;
    let snapshot = tenant.load().await;
    let absent: Vec<_> = Kind::ALL.iter().filter(|k| snapshot.findings().count(**k) == 0).collect();
    assert!(absent.is_empty(), "{absent:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn clean_has_nothing_to_find() {
    let tenant = Simulated::start(Options { scenario: Scenario::Clean, ..Options::default() }).await;
    let snapshot = tenant.load().await;
    assert_eq!(found(&snapshot), BTreeMap::new());
    assert!(snapshot.living_users() > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_seed_gives_the_same_tenant() {
    let all = |snapshot: &Snapshot| {
        snapshot.rows().map(|r| snapshot.user_at(r).facts(|f| format!("{f:?}"))).collect::<Vec<_>>()
    };
    let load = |seed| async move { Simulated::start(Options { seed, ..Options::default() }).await.load().await };
    let without_times = |mut users: Vec<String>| {
        users.iter_mut().for_each(|u| *u = u.split("updated").next().unwrap_or_default().to_owned());
        users.sort();
        users
    };
    let (a, b, other) = (load(5).await, load(5).await, load(6).await);
    assert_eq!(without_times(all(&a)), without_times(all(&b)));
    assert_ne!(without_times(all(&a)), without_times(all(&other)));
}
