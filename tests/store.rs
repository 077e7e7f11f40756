//! Snapshots: what goes in comes out, whatever the order it came in, and nobody sees half of it.

mod common;

use common::{NOW, Person, State, TestTenant, by_group, direct, group, person, put, sku, user};
use proptest::prelude::*;
use tenantry::domain::facts::{ErrorCode, FactSink, Group, Members, Path, Sync, Tenant, UserType};
use tenantry::domain::kind::Kind;
use tenantry::store::{Builder, Snapshot, UserOrder};

fn names(snapshot: &Snapshot) -> Vec<String> {
    snapshot
        .ordered(UserOrder::Name)
        .iter()
        .map(|r| snapshot.user_at(tenantry::domain::facts::Row(*r)).name().to_owned())
        .collect()
}

#[test]
fn a_user_comes_out_as_it_went_in() {
    let mut person = person(7).named("Zoë 王").with(direct("EMS").without(&["AAD_PREMIUM", "INTUNE_A"])).with(State {
        state: "Suspended-2027",
        error: "QuotaViolation",
        ..by_group("ENTERPRISEPACK", 3)
    });
    person.department = Some("Research".into());
    person.sync = Sync::Formerly;
    person.enabled = None;
    person.user_type = UserType::Guest;
    let snapshot = TestTenant::new().person(person.clone()).done();
    let row = snapshot.user(person.id).unwrap();
    row.facts(|facts| {
        assert_eq!(
            (facts.upn, facts.display_name, facts.mail),
            ("user007@contoso.com", "Zoë 王", Some("user007@contoso.com"))
        );
        assert_eq!((facts.usage_location, facts.department, facts.office), (Some("DE"), Some("Research"), None));
        assert_eq!((facts.enabled, facts.user_type, facts.sync), (None, UserType::Guest, Sync::Formerly));
        let mut off = person.states[0].disabled.clone();
        off.sort();
        assert_eq!(facts.states[0].disabled, off);
        assert_eq!(facts.states[1].path, Path::Group(group(3)));
        assert_eq!(facts.states[1].state.as_str(), "Suspended-2027", "unknown words stay as they came");
        assert_eq!(facts.states[1].error, ErrorCode::Unrecognized("QuotaViolation"));
        assert_eq!(facts.states[0].updated, Some(NOW));
    });
}

#[test]
fn the_last_facts_of_a_user_win_and_snapshots_taken_before_do_not_change() {
    let mut builder = Builder::new(NOW);
    put(&mut builder, &person(1).located(None));
    put(&mut builder, &person(2));
    let before = builder.snapshot();
    put(&mut builder, &person(1).located(Some("FR")).named("Changed"));
    put(&mut builder, &person(1).located(Some("GB")).named("Twice"));
    builder.user_gone(user(2));
    put(&mut builder, &person(3));
    let after = builder.snapshot();
    assert_eq!(names(&before), ["User 001", "User 002"]);
    assert_eq!(before.findings().count(Kind::UsageLocationMissing), 1);
    assert_eq!(names(&after), ["Twice", "User 003"]);
    assert_eq!(after.findings().count(Kind::UsageLocationMissing), 0);
    assert_eq!(after.user(user(1)).unwrap().usage_location(), Some("GB"));
    assert!(after.user(user(2)).is_none() && before.user(user(2)).is_some());
    assert_eq!((before.living_users(), after.living_users()), (2, 2));
    // Somebody who was deleted can be restored.
    put(&mut builder, &person(2));
    assert_eq!(builder.snapshot().living_users(), 3);
}

#[test]
fn members_may_come_before_their_group() {
    let mut builder = Builder::new(NOW);
    builder.members(group(1), Members { users: vec![user(1)].into(), ..Members::default() });
    builder.group(Group { display_name: "Sales\u{1b}[2J".into(), ..Group::unknown(group(1)) });
    builder.group(Group { display_name: "Sales 2".into(), in_error: true, ..Group::unknown(group(1)) });
    let snapshot = builder.snapshot();
    assert_eq!(snapshot.groups().len(), 1);
    assert_eq!(snapshot.groups()[0].has_member(user(1)), Some(true));
    assert_eq!(snapshot.groups()[0].display_name, "Sales 2");
}

#[test]
fn nothing_from_the_tenant_that_a_terminal_obeys_gets_in() {
    let mut person = person(1).named("a\u{1b}]0;x\u{7}").located(Some("D\u{202e}"));
    person.upn = "b\u{9b}31m@contoso.com".into();
    person.department = Some("c\r\n".into());
    let snapshot = TestTenant::new().person(person).done();
    let row = snapshot.user(user(1)).unwrap();
    for text in [row.name(), row.upn(), row.department().unwrap(), row.usage_location().unwrap(), row.mail().unwrap()] {
        assert!(!text.chars().any(|c| c.is_control() || c == '\u{202e}'), "{text:?}");
    }
}

#[test]
fn chunks_are_seams_that_nobody_notices() {
    let count = 3 * 4096 + 17;
    let mut builder = Builder::new(NOW);
    for n in 0..count {
        put(&mut builder, &Person { location: (n % 100 != 0).then(|| "DE".into()), ..person(n) });
    }
    builder.snapshot();
    for n in [0, 4095, 4096, 8191, count - 1] {
        put(&mut builder, &person(n).named("Moved").with(direct("EMS").failing("CountViolation")));
    }
    builder.skus(Vec::new());
    let snapshot = builder.snapshot();
    assert_eq!(u128::from(snapshot.living_users()), count);
    assert_eq!(snapshot.findings().count(Kind::SeatsExhausted), 5);
    let missing = (0..count).filter(|n| n % 100 == 0 && ![0, 4095, 4096, 8191, count - 1].contains(n)).count();
    assert_eq!(snapshot.findings().count(Kind::UsageLocationMissing), missing as u64);
    for n in [0, 1, 4095, 4096, 4097, count - 1] {
        assert_eq!(snapshot.user(user(n)).unwrap().upn(), format!("user{n:03}@contoso.com"));
    }
    let order = snapshot.ordered(UserOrder::Upn);
    assert!(order.windows(2).all(|pair| {
        let upn = |row| snapshot.user_at(tenantry::domain::facts::Row(row)).upn();
        upn(pair[0]) <= upn(pair[1])
    }));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// However users come, change and go between publications, a snapshot says what a plain list would say.
    #[test]
    fn a_snapshot_is_the_sum_of_what_came(steps in proptest::collection::vec((0u128..40, 0u8..6), 1..120)) {
        let mut builder = Builder::new(NOW);
        let mut model: std::collections::BTreeMap<u128, Option<String>> = std::collections::BTreeMap::new();
        for (n, what) in steps {
            match what {
                0 => { builder.user_gone(user(n)); model.remove(&n); }
                1 => { builder.snapshot(); }
                2 => { put(&mut builder, &person(n).located(None)); model.insert(n, None); }
                k => {
                    let code = ["DE", "FR", "GB"][usize::from(k) - 3];
                    put(&mut builder, &person(n).located(Some(code)));
                    model.insert(n, Some(code.into()));
                }
            }
        }
        let snapshot = builder.snapshot();
        prop_assert_eq!(snapshot.living_users() as usize, model.len());
        prop_assert_eq!(snapshot.rows().count(), model.len());
        for (n, location) in &model {
            prop_assert_eq!(snapshot.user(user(*n)).and_then(|u| u.usage_location()), location.as_deref());
        }
        let missing = model.values().filter(|l| l.is_none()).count() as u64;
        prop_assert_eq!(snapshot.findings().count(Kind::UsageLocationMissing), missing);
    }
}

#[test]
fn a_product_is_found_under_its_number_on_whoever_has_it() {
    let snapshot =
        TestTenant::new().skus(&[("EMS", 5, 1)]).person(person(1).with(direct("EMS"))).person(person(2)).done();
    let number = snapshot.sku_number(sku("EMS")).unwrap();
    assert!(snapshot.user(user(1)).unwrap().has_sku_number(number));
    assert!(!snapshot.user(user(2)).unwrap().has_sku_number(number));
    assert_eq!(snapshot.user(user(1)).unwrap().skus(), [sku("EMS")]);
}
