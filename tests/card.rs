//! The cause card as data: path matrix, equal causes, effects, how two users differ.

mod common;

use std::sync::Arc;

use common::{Person, TestTenant, by_group, direct, group, person, plan, sku, user};
use tenantry::domain::card::{Cell, card, clusters, compare, matrix};
use tenantry::domain::facts::{Path, Sync, Tenant};
use tenantry::domain::finding::Found;
use tenantry::domain::kind::Kind;
use tenantry::domain::remedy::Verb;
use tenantry::store::Snapshot;

fn tenant(people: &[Person]) -> Arc<Snapshot> {
    let parts = ["ENTERPRISEPACK", "STANDARDPACK", "PROJECTPROFESSIONAL", "FLOW_FREE"];
    let tenant = TestTenant::new().skus(&parts.map(|p| (p, 10, 10))).group(1, "Sales", &["ENTERPRISEPACK"], &[1, 2, 3]);
    people.iter().cloned().fold(tenant, TestTenant::person).done()
}

fn all(snapshot: &Snapshot) -> impl Iterator<Item = Found> + '_ {
    snapshot.findings().all().filter_map(|at| snapshot.found(at))
}

fn conflict(number: u128) -> Person {
    person(number)
        .with(direct("STANDARDPACK"))
        .with(by_group("ENTERPRISEPACK", 1).failing("MutuallyExclusiveViolation"))
}

#[test]
fn the_matrix_shows_each_path_and_the_union() {
    let both = person(1).with(direct("ENTERPRISEPACK").without(&["TEAMS1"])).with(by_group("ENTERPRISEPACK", 1));
    let snapshot = tenant(&[both]);
    let matrix = snapshot.with_user(snapshot.row_of(user(1)).unwrap(), |facts| matrix(facts, &*snapshot));
    assert_eq!(matrix.paths, [Path::Direct, Path::Group(group(1))]);
    let telling: Vec<_> = matrix.telling().map(|r| (r.plan, r.cells.clone(), r.effective)).collect();
    let teams = (Some(plan("TEAMS1")), vec![Cell::Off, Cell::On], true);
    assert_eq!(telling, [(None, vec![Cell::On, Cell::On], true), teams]);
}

#[test]
fn equal_causes_are_one_decision() {
    let snapshot = tenant(&[conflict(1), conflict(2), person(3).with(by_group("ENTERPRISEPACK", 1))]);
    let clusters = clusters(&*snapshot, all(&snapshot));
    assert_eq!((clusters[0].cause.kind, clusters[0].users.len()), (Kind::PlansConflict, 2));
    let found = all(&snapshot).find(|f| f.kind == Kind::PlansConflict && f.user == Some(user(1))).unwrap();
    let card = card(&found, &*snapshot, all(&snapshot));
    assert_eq!(card.same, [user(2)]);
    assert!(!card.avoid.is_empty());
    let (_, effect) = card.remedies.iter().find(|(remedy, _)| remedy.verb == Verb::Reprocess).unwrap();
    let effect = effect.as_ref().unwrap();
    assert!(effect.gains.contains(&plan("EXCHANGE_S_ENTERPRISE")) && effect.loses.is_empty());
}

#[test]
fn a_direct_license_beside_an_inherited_one_takes_nothing_and_frees_nothing() {
    let both = person(1).with(direct("ENTERPRISEPACK")).with(by_group("ENTERPRISEPACK", 1));
    let snapshot = tenant(&[both, person(2).with(direct("STANDARDPACK"))]);
    let found = all(&snapshot).find(|f| f.kind == Kind::DuplicatePath).unwrap();
    let card = card(&found, &*snapshot, all(&snapshot));
    let effect = card.remedies[0].1.clone().unwrap();
    assert_eq!((effect.loses, effect.frees_seat), (vec![], Some(false)));
}

#[test]
fn a_failing_user_differs_from_a_working_one_by_the_product_of_another_owner() {
    let failing = Person { sync: Sync::Now, ..person(1).with(direct("STANDARDPACK")).with(direct("FLOW_FREE")) };
    let snapshot = tenant(&[failing, person(9).with(direct("STANDARDPACK")).located(Some("FR"))]);
    let row = |number| snapshot.row_of(user(number)).unwrap();
    let differences = snapshot.with_user(row(1), |a| snapshot.with_user(row(9), |b| compare(a, b, &*snapshot)));
    let flow = differences.iter().find(|d| d.other == "none" && d.this == "direct").unwrap();
    assert!(flow.suspect.as_deref().unwrap().contains("403"), "{flow:?}");
    assert!(differences.iter().all(|d| d.what != sku("STANDARDPACK").to_string() && d.what != "type"));
    // What may be the reason comes before what merely differs.
    assert_eq!(differences.last().map(|d| d.what.as_str()), Some("usage location"));
}
