//! The filter language over a tenant.

mod common;

use common::{Person, TestTenant, by_group, direct, group, person, sku, user};
use tenantry::domain::facts::{Row, Sync, UserType};
use tenantry::domain::ids::UserId;
use tenantry::domain::kind::Kind;
use tenantry::query::{self, Link, Query};
use tenantry::store::{Snapshot, UserOrder};

fn tenant() -> std::sync::Arc<Snapshot> {
    let staff = |p: Person, department: &str| Person { department: Some(department.into()), ..p };
    TestTenant::new()
        .skus(&[("ENTERPRISEPACK", 10, 9), ("EMS", 100, 94)])
        .group(1, "Sales Éire", &["ENTERPRISEPACK"], &[1, 2])
        .group(2, "Labs", &["EMS"], &[])
        .person(staff(person(1).named("Zoë Łuczak").with(by_group("ENTERPRISEPACK", 1)), "Sales"))
        .person(staff(person(2).named("Anna Berg").located(None), "Human Resources"))
        .person(Person { sync: Sync::Now, enabled: Some(false), ..person(3).named("Bert Anders").with(direct("EMS")) })
        .person(Person { user_type: UserType::Guest, ..person(4).named("Guest") })
        .done()
}

fn found(snapshot: &Snapshot, line: &str, link: Option<Link>) -> Vec<UserId> {
    let query = Query::parse(line).unwrap();
    let rows = query::users(snapshot, &query, link, UserOrder::Upn, &|| false).unwrap();
    rows.iter().map(|row| snapshot.user_at(Row(*row)).id()).collect()
}

#[test]
fn each_field_finds_whom_it_should() {
    let snapshot = tenant();
    for (line, numbers) in [
        ("", &[1, 2, 3, 4][..]),
        ("zoe luczak", &[1]),
        ("ANN", &[2]),
        ("and", &[3]),
        ("an", &[2, 3]),
        ("an -berg", &[3]),
        ("user00 contoso", &[1, 2, 3, 4]),
        ("\"anna berg\"", &[2]),
        ("\"berg anna\"", &[]),
        ("dept:\"human res\"", &[2]),
        ("-dept:sales", &[2, 3, 4]),
        ("loc:none", &[2]),
        ("loc:de", &[1, 3, 4]),
        ("sku:enterprisepack", &[1]),
        ("sku:\"office 365 e3\"", &[1]),
        ("sku:ems enabled:no", &[3]),
        ("group:\"sales eire\"", &[1, 2]),
        ("synced:yes", &[3]),
        ("guest:yes", &[4]),
        ("kind:usage-location-missing", &[2]),
        ("severity:warning", &[2, 3]),
    ] {
        let expected: Vec<UserId> = numbers.iter().map(|n| user(*n)).collect();
        assert_eq!(found(&snapshot, line, None), expected, "{line}");
    }
    assert_eq!(found(&snapshot, &user(3).to_string(), None), [user(3)]);
}

#[test]
fn a_link_narrows_each_list_to_what_belongs_together() {
    let snapshot = tenant();
    let all = Query::default();
    assert_eq!(found(&snapshot, "", Some(Link::Group(group(1)))), [user(1), user(2)]);
    assert_eq!(found(&snapshot, "anna", Some(Link::Group(group(1)))), [user(2)]);
    assert_eq!(found(&snapshot, "", Some(Link::Sku(sku("EMS")))), [user(3)]);
    assert_eq!(query::groups(&snapshot, &all, Some(Link::User(user(2)))), [group(1)]);
    assert_eq!(query::groups(&snapshot, &all, Some(Link::Sku(sku("EMS")))), [group(2)]);
    assert_eq!(query::skus(&snapshot, &all, Some(Link::User(user(1)))), [sku("ENTERPRISEPACK")]);
    assert_eq!(query::skus(&snapshot, &Query::parse("seats<5").unwrap(), None), [sku("ENTERPRISEPACK")]);
    assert_eq!(query::groups(&snapshot, &Query::parse("eire").unwrap(), None), [group(1)]);
}

#[test]
fn findings_come_worst_first_and_obey_the_same_words() {
    let snapshot = tenant();
    let kinds = |line: &str, kind| {
        let query = Query::parse(line).unwrap();
        let list = query::findings(&snapshot, &query, kind, &|| false).unwrap();
        list.iter().filter_map(|at| snapshot.found(*at)).map(|f| f.kind).collect::<Vec<_>>()
    };
    assert_eq!(kinds("", None), [Kind::UsageLocationMissing, Kind::DisabledAccountLicensed]);
    assert_eq!(kinds("bert", None), [Kind::DisabledAccountLicensed]);
    assert_eq!(kinds("-bert", None), [Kind::UsageLocationMissing]);
    assert_eq!(kinds("", Some(Kind::UsageLocationMissing)), [Kind::UsageLocationMissing]);
}

#[test]
fn an_answer_that_nobody_waits_for_is_given_up() {
    let snapshot = tenant();
    let query = Query::parse("a").unwrap();
    assert!(query::users(&snapshot, &query, None, UserOrder::Name, &|| true).is_none());
}
