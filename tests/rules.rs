//! Each kind of finding, when it is there and when it is not.

mod common;

use common::{NOW, Person, State, TestTenant, by_group, direct, group, person, sku, user};
use tenantry::domain::facts::{FactSink, Group, Part, Processing, Progress, Tenant, UserType};
use tenantry::domain::finding::Found;
use tenantry::domain::kind::{Kind, Severity};
use tenantry::store::{Builder, Snapshot};

fn tenant_of(person: Person) -> std::sync::Arc<Snapshot> {
    TestTenant::new()
        .skus(&[
            ("ENTERPRISEPACK", 10, 8),
            ("ENTERPRISEPREMIUM", 10, 8),
            ("STANDARDPACK", 10, 8),
            ("PROJECTPROFESSIONAL", 10, 8),
            ("EMS", 10, 8),
        ])
        .group(1, "Sales", &["ENTERPRISEPACK", "PROJECTPROFESSIONAL"], &[1])
        .group(2, "Labs", &["ENTERPRISEPACK", "PROJECTPROFESSIONAL"], &[1])
        .person(person)
        .done()
}

fn found(snapshot: &Snapshot) -> Vec<Found> {
    snapshot.findings().all().filter_map(|at| snapshot.found(at)).collect()
}

fn kinds(person: Person) -> Vec<Kind> {
    found(&tenant_of(person)).into_iter().filter(|f| f.user.is_some()).map(|f| f.kind).collect()
}

fn message(person: Person, kind: Kind) -> String {
    let snapshot = tenant_of(person);
    let at = snapshot.findings().all().find(|at| snapshot.found(*at).is_some_and(|f| f.kind == kind)).unwrap();
    snapshot.describe(at).unwrap().message
}

#[test]
fn one_failing_state_gives_one_finding_by_its_code() {
    let e3 = || by_group("ENTERPRISEPACK", 1);
    for (state, kind) in [
        (e3().failing("CountViolation"), Kind::SeatsExhausted),
        (e3().failing("MutuallyExclusiveViolation"), Kind::PlansConflict),
        (e3().failing("DependencyViolation"), Kind::DependencyMissing),
        (e3().in_state("ActiveWithError", "DependencyViolation"), Kind::RemovalBlocked),
        (e3().failing("ProhibitedInUsageLocationViolation"), Kind::LocationProhibited),
        (e3().failing("UniquenessViolation"), Kind::ProxyAddressInUse),
        (e3().failing("Other"), Kind::AssignmentFailed),
        (e3().failing("SomethingNewOf2027"), Kind::AssignmentFailed),
        // No code, but a state that says so on its own; and casing is not promised.
        (e3().in_state("Error", ""), Kind::AssignmentFailed),
        (e3().in_state("error", "countviolation"), Kind::SeatsExhausted),
    ] {
        let State { state: word, error, .. } = state;
        assert_eq!(kinds(person(1).with(state)), [kind], "{word} {error}");
    }
    for state in [e3(), e3().in_state("Active", ""), e3().in_state("Disabled", "None")] {
        assert_eq!(kinds(person(1).with(state)), []);
    }
}

#[test]
fn an_unknown_code_is_shown_as_it_came() {
    let message =
        message(person(1).with(by_group("ENTERPRISEPACK", 1).failing("SomethingNewOf2027")), Kind::AssignmentFailed);
    assert!(message.contains("SomethingNewOf2027"), "{message}");
}

#[test]
fn other_folds_under_the_product_of_the_same_group_that_fails_for_a_reason() {
    let failing = |other: State| person(1).with(by_group("ENTERPRISEPACK", 1).failing("Other")).with(other);
    let same_group = failing(by_group("PROJECTPROFESSIONAL", 1).failing("CountViolation"));
    assert_eq!(kinds(same_group.clone()), [Kind::BlockedBySibling, Kind::SeatsExhausted]);
    let snapshot = tenant_of(same_group);
    let all: Vec<_> = snapshot.findings().all().filter_map(|at| snapshot.describe(at)).collect();
    let blocked = all.iter().find(|f| f.found.kind == Kind::BlockedBySibling).unwrap();
    let root = all.iter().find(|f| f.found.kind == Kind::SeatsExhausted).unwrap();
    assert_eq!(blocked.root, Some(root.found.id()));

    let other_group = failing(by_group("PROJECTPROFESSIONAL", 2).failing("CountViolation"));
    assert_eq!(kinds(other_group), [Kind::AssignmentFailed, Kind::SeatsExhausted]);
    let both_other = failing(by_group("PROJECTPROFESSIONAL", 1).failing("Other"));
    assert_eq!(kinds(both_other), [Kind::AssignmentFailed, Kind::AssignmentFailed]);
}

#[test]
fn a_conflict_names_both_plans_and_where_each_comes_from() {
    let both = person(1)
        .with(direct("STANDARDPACK"))
        .with(by_group("ENTERPRISEPACK", 1).failing("MutuallyExclusiveViolation"));
    let snapshot = tenant_of(both);
    let at = snapshot.findings().all().find(|at| snapshot.found(*at).is_some_and(|f| f.kind == Kind::PlansConflict));
    let finding = snapshot.describe(at.unwrap()).unwrap();
    let sides: Vec<_> = finding.plans.iter().map(|p| (p.name.as_str(), p.path.clone().unwrap())).collect();
    assert!(sides.contains(&("EXCHANGE_S_ENTERPRISE", group(1).to_string())), "{sides:?}");
    assert!(sides.contains(&("EXCHANGE_S_STANDARD", "direct".into())), "{sides:?}");
    assert_eq!(finding.details["evidence"], "documented");
}

#[test]
fn a_stuck_removal_names_the_group_that_was_left_and_what_still_needs_it() {
    // User 2 is not a member of group 1 any more; Project, its own SharePoint plan switched off, needs that of E3.
    let leaver = person(2)
        .with(by_group("ENTERPRISEPACK", 1).in_state("ActiveWithError", "DependencyViolation"))
        .with(direct("PROJECTPROFESSIONAL").without(&["SHAREPOINTENTERPRISE"]));
    let snapshot = tenant_of(leaver);
    let at = snapshot.findings().all().find(|at| snapshot.found(*at).is_some_and(|f| f.kind == Kind::RemovalBlocked));
    let finding = snapshot.describe(at.unwrap()).unwrap();
    assert_eq!(finding.details["left_group"]["display_name"], "Sales");
    assert_eq!(finding.plans[0].name, "SHAREPOINT_PROJECT");
    // A leaver is not a direct member in error.
    assert!(found(&snapshot).iter().all(|f| f.kind != Kind::GroupInError));
}

#[test]
fn locations_missing_and_invalid() {
    let severity = |person: Person| {
        found(&tenant_of(person)).into_iter().find(|f| f.kind == Kind::UsageLocationMissing).map(|f| f.severity)
    };
    assert_eq!(severity(person(9).located(None)), Some(Severity::Info));
    assert_eq!(severity(person(9).located(Some(""))), Some(Severity::Info));
    assert_eq!(severity(person(9).located(None).with(direct("EMS"))), Some(Severity::Warning), "license held");
    assert_eq!(severity(person(1).located(None)), Some(Severity::Warning), "license due by group Sales");
    let guest = |p: Person| Person { user_type: UserType::Guest, ..p };
    assert_eq!(severity(guest(person(9).located(None))), None);
    assert_eq!(
        severity(guest(person(9).located(None).with(direct("EMS").failing("CountViolation")))),
        Some(Severity::Warning)
    );
    for (location, bad) in [("DE", false), ("de", false), ("XK", false), ("UK", true), ("Germany", true), ("ZZ", true)]
    {
        let expected: &[Kind] = if bad { &[Kind::UsageLocationInvalid] } else { &[] };
        assert_eq!(kinds(person(9).located(Some(location))), expected, "{location}");
    }
}

#[test]
fn seats_on_disabled_accounts_and_guests() {
    let licensed = || person(9).with(direct("EMS"));
    assert_eq!(kinds(Person { enabled: Some(false), ..licensed() }), [Kind::DisabledAccountLicensed]);
    assert_eq!(kinds(Person { enabled: None, ..licensed() }), []);
    assert_eq!(kinds(Person { user_type: UserType::Guest, ..licensed() }), [Kind::GuestLicensed]);
    assert_eq!(kinds(Person { enabled: Some(false), ..person(9) }), []);
    // Held by assignedLicenses only: the state list of Graph is known to have gaps.
    let gap = Person { enabled: Some(false), assigned: Some(vec![sku("EMS")]), ..person(9) };
    assert_eq!(kinds(gap), [Kind::DisabledAccountLicensed]);
}

#[test]
fn the_same_product_directly_and_by_group_says_what_the_direct_path_adds() {
    let both = person(1).with(direct("ENTERPRISEPACK")).with(by_group("ENTERPRISEPACK", 1));
    assert_eq!(kinds(both.clone()), [Kind::DuplicatePath]);
    assert!(message(both, Kind::DuplicatePath).contains("adds nothing; removing it frees no seat"));
    let more = person(1).with(direct("ENTERPRISEPACK")).with(by_group("ENTERPRISEPACK", 1).without(&["TEAMS1"]));
    assert!(message(more, Kind::DuplicatePath).contains("adds 1 plan;"));
    let two_groups = person(1).with(by_group("ENTERPRISEPACK", 1)).with(by_group("ENTERPRISEPACK", 2));
    assert_eq!(kinds(two_groups), []);
}

#[test]
fn a_product_is_covered_by_the_same_plans_or_by_a_ladder() {
    let overlap = |a: State, b: State| {
        let snapshot = tenant_of(person(9).with(a).with(b));
        let at = snapshot.findings().all().next()?;
        let finding = snapshot.describe(at)?;
        Some((finding.found.sku?, finding.details["evidence"].as_str()?.to_owned()))
    };
    // E5 lacks the E3 steps of Flow, Forms, …, but has the higher ones.
    let ladder = overlap(direct("STANDARDPACK"), direct("ENTERPRISEPACK"));
    assert_eq!(
        ladder.map(|(covered, evidence)| (covered == sku("STANDARDPACK"), evidence)),
        Some((true, "ladder".into()))
    );
    assert_eq!(overlap(direct("ENTERPRISEPACK"), direct("EMS")), None);
    assert_eq!(overlap(direct("ENTERPRISEPACK"), direct("PROJECTPROFESSIONAL")), None);
    // With everything but Teams switched off, E3 gives what E1 gives too.
    let off: Vec<_> = tenantry::domain::catalog::Catalog::embedded()
        .sku(sku("ENTERPRISEPACK"))
        .map(|s| tenantry::domain::catalog::Catalog::embedded().plans_of(s).map(|p| p.name).collect())
        .unwrap_or_default();
    let off: Vec<&str> = off.into_iter().filter(|p| *p != "TEAMS1").collect();
    let same = overlap(direct("STANDARDPACK"), direct("ENTERPRISEPACK").without(&off));
    assert_eq!(same.map(|(covered, e)| (covered == sku("ENTERPRISEPACK"), e)), Some((true, "same-plans".into())));
}

#[test]
fn groups_in_error_count_their_direct_members_by_kind() {
    let snapshot = tenant_of(person(1).with(by_group("ENTERPRISEPACK", 1).failing("CountViolation")));
    assert!(found(&snapshot).iter().any(|f| f.kind == Kind::GroupInError && f.group == Some(group(1))));
    assert_eq!(snapshot.errors_in_group(group(1)), [(Kind::SeatsExhausted, 1)]);
}

#[test]
fn groups_being_processed_and_products_overused() {
    let mut tenant = TestTenant::new().skus(&[("EMS", 10, 11), ("ENTERPRISEPACK", 10, 10)]);
    for (number, processing) in
        [(1, Processing::Queued), (2, Processing::InProgress), (3, Processing::Complete), (4, Processing::Unknown)]
    {
        tenant.builder.group(Group { processing, ..Group::unknown(group(number)) });
    }
    let snapshot = tenant.done();
    let of = |kind| found(&snapshot).into_iter().filter(|f| f.kind == kind).collect::<Vec<_>>();
    assert_eq!(of(Kind::GroupProcessing).iter().map(|f| f.group).collect::<Vec<_>>(), [Some(group(1)), Some(group(2))]);
    assert_eq!(of(Kind::SkuOverused).iter().map(|f| f.sku).collect::<Vec<_>>(), [Some(sku("EMS"))]);
}

#[test]
fn what_is_not_loaded_yet_is_pending_and_what_cannot_be_loaded_is_not_checked() {
    let mut builder = Builder::new(NOW);
    let snapshot = builder.snapshot();
    assert!(Kind::ALL.iter().all(|k| snapshot.findings().is_pending(*k)));
    assert_eq!(snapshot.findings().checked().count(), 0);
    for part in [Part::Organization, Part::Subscriptions, Part::Users, Part::Groups, Part::Members] {
        builder.part(part, Progress::Complete);
    }
    builder.part(Part::Skus, Progress::Missing("403".into()));
    let snapshot = builder.snapshot();
    let checked: Vec<_> = snapshot.findings().checked().collect();
    assert!(checked.contains(&Kind::SeatsExhausted) && !checked.contains(&Kind::SkuOverused), "{checked:?}");
    assert!(Kind::ALL.iter().all(|k| !snapshot.findings().is_pending(*k)));
}

#[test]
fn an_address_in_use_names_its_other_holder_whatever_the_casing() {
    let mut one = person(1).with(by_group("ENTERPRISEPACK", 1).failing("UniquenessViolation"));
    one.proxies = vec!["SMTP:Info@contoso.com".into()];
    let mut two = person(2);
    two.proxies = vec!["smtp:info@contoso.com".into(), "smtp:x@contoso.com".into()];
    let snapshot = TestTenant::new()
        .skus(&[("ENTERPRISEPACK", 10, 1)])
        .group(1, "Sales", &["ENTERPRISEPACK"], &[1])
        .person(one)
        .person(two)
        .person(person(3))
        .done();
    let row = snapshot.row_of(user(1)).unwrap();
    let finding = snapshot.describe(snapshot.findings_of_user(row)[0]).unwrap();
    assert_eq!(finding.details["holders"][0]["upn"], "user002@contoso.com");
    assert_eq!(finding.details["holders"].as_array().map(Vec::len), Some(1));
}

#[test]
fn a_product_that_the_tenant_does_not_own_is_said_once() {
    let left_over = || person(9).with(direct("VISIOCLIENT"));
    assert_eq!(kinds(left_over()), [Kind::SkuNotOwned]);
    assert!(message(left_over(), Kind::SkuNotOwned).contains("(direct)"));
    let twice = person(9).with(direct("VISIOCLIENT")).with(by_group("VISIOCLIENT", 1).failing("Other"));
    assert_eq!(kinds(twice).iter().filter(|k| **k == Kind::SkuNotOwned).count(), 1);
    let gap = Person { assigned: Some(vec![sku("VISIOCLIENT")]), ..person(9) };
    assert_eq!(kinds(gap.clone()), [Kind::SkuNotOwned]);
    assert!(message(gap, Kind::SkuNotOwned).contains("path unknown"));
    assert_eq!(kinds(person(9).with(direct("EMS"))), []);
    // While the products are not there, nothing is called not owned.
    let mut tenant = TestTenant::new().person(left_over());
    assert!(found(&tenant.builder.snapshot()).is_empty());
}

#[test]
fn an_inherited_entry_is_stale_when_the_group_no_longer_gives_it() {
    let stale = |p: Person| kinds(p).contains(&Kind::StaleInheritance);
    assert!(stale(person(2).with(by_group("ENTERPRISEPACK", 1))), "left the group");
    assert!(stale(person(1).with(by_group("EMS", 1))), "the group lost the license");
    assert!(stale(person(1).with(by_group("EMS", 77))), "the group is gone or unlicensed");
    assert!(!stale(person(1).with(by_group("ENTERPRISEPACK", 1))));
    assert!(!stale(person(1).with(direct("EMS"))));
    let stuck = by_group("ENTERPRISEPACK", 1).in_state("ActiveWithError", "DependencyViolation");
    assert!(!stale(person(2).with(stuck)), "an error is said as what it is");
    assert!(!stale(person(2).with(by_group("ENTERPRISEPACK", 1).failing("CountViolation"))));
    // While the group is being processed, the entry is on its way.
    let snapshot = |processing| {
        let mut tenant = TestTenant::new().skus(&[("EMS", 10, 9)]).person(person(2).with(by_group("EMS", 1)));
        let members = Some(tenantry::domain::facts::Members::default());
        let licenses = vec![tenantry::domain::facts::GroupLicense { sku: sku("EMS"), disabled: vec![] }];
        tenant.builder.group(Group { processing, members, licenses, ..Group::unknown(group(1)) });
        tenant.done()
    };
    assert_eq!(snapshot(Processing::Complete).findings().count(Kind::StaleInheritance), 1);
    assert_eq!(snapshot(Processing::Queued).findings().count(Kind::StaleInheritance), 0);
}

#[test]
fn an_unresolved_provisioning_error_is_handed_off_to_its_owner() {
    let with = |sync, error| {
        let mut tenant = TestTenant::new();
        let person = Person { sync, ..person(1) };
        common::with_facts(&person, |facts| {
            tenant.builder.user(&tenantry::domain::facts::UserFacts { provisioning_error: error, ..*facts });
        });
        tenant.done()
    };
    let synced = with(tenantry::domain::facts::Sync::Now, true);
    let at = synced.findings().all().next().unwrap();
    let finding = synced.describe(at).unwrap();
    assert_eq!(finding.found.kind, Kind::ProvisioningError);
    assert!(finding.message.contains("corrected on-premises"), "{}", finding.message);
    assert_eq!(finding.remedies[0].verb, tenantry::domain::remedy::Verb::HandOff);
    assert_eq!(with(tenantry::domain::facts::Sync::Never, false).findings().total(), 0);
}
