//! What plans say: steps, refusals, seats, losses; and what is compared before and after a write.

mod common;

use std::sync::Arc;

use common::{Person, TestTenant, by_group, direct, person, plan, sku, user, with_facts};
use tenantry::domain::facts::{Sync, Tenant};
use tenantry::domain::location::Location;
use tenantry::domain::plan::{
    Answer, Ask, BuildError, Gate, Mismatch, Plan, Readiness, Verified, build, readiness, verify,
};
use tenantry::store::Snapshot;

fn tenant(people: Vec<Person>) -> Arc<Snapshot> {
    let tenant = TestTenant::new()
        .skus(&[("ENTERPRISEPACK", 7, 5), ("STANDARDPACK", 10, 5), ("PROJECTPROFESSIONAL", 10, 5), ("EMS", 5, 5)])
        .group(1, "Sales", &["ENTERPRISEPACK"], &[1]);
    people.into_iter().fold(tenant, TestTenant::person).done()
}

fn refusals(plan: &Plan) -> Vec<&str> {
    plan.refusals.iter().map(|r| r.why.as_str()).collect()
}

fn location(code: &str) -> Location {
    Location::parse(code).unwrap()
}

fn set(users: &[u128], code: &str) -> Ask {
    Ask::SetUsageLocation { to: users.iter().map(|u| (user(*u), location(code))).collect() }
}

#[test]
fn setting_a_location_sends_that_property_only_and_knows_what_can_be_undone() {
    let synced = Person { sync: Sync::Now, ..person(3).located(Some("FR")) };
    let snapshot = tenant(vec![person(1).located(None), person(2), synced]);
    let plan = build(&set(&[1, 2, 3, 1, 9], "DE"), &*snapshot).unwrap();
    let bodies: Vec<_> = plan.steps.iter().map(|s| s.request.body.clone().unwrap().to_string()).collect();
    assert_eq!(bodies, [r#"{"usageLocation":"DE"}"#, r#"{"usageLocation":"DE"}"#]);
    assert_eq!(plan.steps[0].request.path, format!("/users/{}", user(1)));
    assert_eq!(plan.steps.iter().map(|s| s.invertible).collect::<Vec<_>>(), [false, true], "none cannot be put back");
    assert_eq!(refusals(&plan), ["the usage location is DE already", "the user is no longer there"]);
    assert!(plan.warnings.iter().any(|w| w.contains("1 of them are synced") && w.contains("msExchUsageLocation")));
    assert!(!plan.takes_away);
    assert_eq!(plan.scopes, ["User.ReadWrite.All"]);
}

#[test]
fn each_user_may_have_a_value_of_their_own() {
    let snapshot = tenant(vec![person(1).located(None), person(2).located(None)]);
    let ask = Ask::SetUsageLocation { to: vec![(user(2), location("FR")), (user(1), location("GB"))] };
    let plan = build(&ask, &*snapshot).unwrap();
    let values: Vec<_> = plan.steps.iter().map(|s| s.predicted.summary.as_str()).collect();
    assert_eq!(values, ["none -> FR", "none -> GB"]);
}

#[test]
fn assigning_counts_seats_per_person_and_refuses_what_graph_would_refuse() {
    let snapshot = tenant(vec![
        person(1).with(by_group("ENTERPRISEPACK", 1)),
        person(2).located(None),
        person(3).located(Some("UK")),
        person(4).with(direct("ENTERPRISEPACK")),
        person(5).with(direct("STANDARDPACK")),
        person(6),
        person(7),
    ]);
    let users = (1..=7).map(user).collect();
    let ask = Ask::AssignLicense { users, sku: sku("ENTERPRISEPACK"), disabled: vec![plan("TEAMS1")] };
    let plan = build(&ask, &*snapshot).unwrap();
    // Two free seats: user 1 inherits it already and takes none, users 5 and 6 take one each, user 7 gets none.
    assert_eq!(plan.steps.iter().filter_map(|s| s.target.user()).collect::<Vec<_>>(), [user(1), user(5), user(6)]);
    assert_eq!((plan.seats[0].seats, plan.seats[0].free), (2, 2));
    assert_eq!(
        refusals(&plan),
        [
            "no usage location: set it first",
            "usage location `UK` is not valid: correct it first",
            "Office 365 E3 is assigned directly already",
            "no free seat of Office 365 E3 is left"
        ]
    );
    assert!(plan.steps[1].predicted.risks.iter().any(|r| r.contains("EXCHANGE_S_STANDARD")), "E1 may conflict");
    assert!(plan.steps[2].predicted.risks.is_empty());
    assert!(!plan.steps[2].predicted.gains.contains(&common::plan("TEAMS1")));
    let body = plan.steps[2].request.body.clone().unwrap();
    assert_eq!(body["addLicenses"][0]["disabledPlans"][0], common::plan("TEAMS1").to_string());
    assert_eq!(body["removeLicenses"], serde_json::json!([]));
}

#[test]
fn products_that_cannot_be_assigned_make_no_plan() {
    let snapshot = tenant(vec![person(1)]);
    let ask = |part, disabled| Ask::AssignLicense { users: vec![user(1)], sku: sku(part), disabled };
    assert!(
        matches!(build(&ask("SPE_E5", vec![]), &*snapshot), Err(BuildError::Product(why)) if why.contains("does not own"))
    );
    let stranger = build(&ask("EMS", vec![plan("TEAMS1")]), &*snapshot);
    assert!(matches!(stranger, Err(BuildError::Product(why)) if why.contains("TEAMS1 is not a service plan of")));
}

#[test]
fn removing_takes_the_direct_path_only_and_says_what_is_lost() {
    let snapshot = tenant(vec![
        person(1).with(direct("ENTERPRISEPACK")).with(by_group("ENTERPRISEPACK", 1)),
        person(2).with(direct("ENTERPRISEPACK").without(&["TEAMS1"])),
        person(3).with(by_group("ENTERPRISEPACK", 1)),
        person(4),
    ]);
    let users = (1..=4).map(user).collect();
    let plan = build(&Ask::RemoveLicense { users, sku: sku("ENTERPRISEPACK") }, &*snapshot).unwrap();
    assert_eq!(plan.steps.iter().filter_map(|s| s.target.user()).collect::<Vec<_>>(), [user(1), user(2)]);
    assert!(plan.steps[0].predicted.losses.is_empty(), "the group gives the same");
    assert!(plan.steps[1].predicted.losses.contains(&common::plan("EXCHANGE_S_ENTERPRISE")));
    assert_eq!(plan.seats[0].seats, -1, "a duplicate path frees no seat");
    assert_eq!(refusals(&plan), ["inherited from group Sales", "Office 365 E3 is not assigned"]);
    assert!(plan.takes_away && plan.warnings.iter().any(|w| w.contains("mailbox")));
    assert_eq!(plan.steps[1].before.direct[0].disabled, Some(vec![common::plan("TEAMS1")]), "kept for undo");
    assert_eq!(plan.steps[1].request.body.clone().unwrap()["removeLicenses"][0], sku("ENTERPRISEPACK").to_string());
}

#[test]
fn removing_a_base_that_something_still_needs_is_said_beforehand() {
    let snapshot = tenant(vec![
        person(1).with(direct("ENTERPRISEPACK")).with(direct("PROJECTPROFESSIONAL").without(&["SHAREPOINTENTERPRISE"])),
    ]);
    let plan = build(&Ask::RemoveLicense { users: vec![user(1)], sku: sku("ENTERPRISEPACK") }, &*snapshot).unwrap();
    assert!(plan.steps[0].predicted.risks[0].contains("SHAREPOINT_PROJECT"), "{:?}", plan.steps[0].predicted);
}

#[test]
fn reprocessing_is_for_failing_group_licenses_and_counts_the_seats_it_wants() {
    let snapshot = tenant(vec![
        person(1).with(by_group("ENTERPRISEPACK", 1).failing("CountViolation")),
        person(2).with(by_group("EMS", 1).failing("CountViolation")),
        person(3).with(direct("EMS").failing("CountViolation")),
        person(4).with(by_group("EMS", 1)),
    ]);
    let plan = build(&Ask::Reprocess { users: (1..=4).map(user).collect() }, &*snapshot).unwrap();
    assert_eq!(plan.steps.iter().filter_map(|s| s.target.user()).collect::<Vec<_>>(), [user(1), user(2)]);
    assert!(plan.steps[0].predicted.risks.is_empty());
    assert!(plan.steps[1].predicted.risks[0].contains("no free seat"));
    assert_eq!(
        refusals(&plan),
        ["only a direct license fails; reprocessing concerns group licenses", "no group license of the user fails"]
    );
    assert!(plan.warnings.iter().any(|w| w.contains("fewer seats than users")));
    assert_eq!(plan.invertible(), 0);
}

fn plan_for(people: u128, takes_away: bool, tenant_users: u64) -> Arc<Plan> {
    let snapshot = tenant((1..=people).map(|n| person(n).located(None)).collect());
    let mut plan = build(&set(&(1..=people).collect::<Vec<_>>(), "DE"), &*snapshot).unwrap();
    plan.takes_away = takes_away;
    plan.tenant.users = tenant_users;
    Arc::new(plan)
}

#[test]
fn the_gate_grows_with_the_people_affected() {
    let typed = |text: &str| Answer::Typed(text.into());
    assert_eq!(plan_for(19, true, 19).gate(), Gate::Key);
    assert_eq!(plan_for(20, false, 20).gate(), Gate::Count(20));
    assert_eq!(plan_for(20, true, 200).gate(), Gate::Count(20), "exactly a tenth is not more than a tenth");
    assert_eq!(plan_for(20, true, 199).gate(), Gate::Domain("contoso.com".into()));

    let (small, large, huge) = (plan_for(1, false, 9), plan_for(20, false, 20), plan_for(20, true, 20));
    assert!(Gate::confirm(&small, &Answer::Yes).is_ok());
    assert!(Gate::confirm(&large, &typed(" 20 ")).is_ok());
    assert!(Gate::confirm(&huge, &typed("Contoso.com")).is_ok());
    for (plan, answer) in [
        (&small, typed("1")),
        (&large, Answer::Yes),
        (&large, typed("2")),
        (&large, typed("")),
        (&huge, typed("20")),
        (&huge, Answer::Yes),
    ] {
        assert!(matches!(Gate::confirm(plan, &answer), Err(Mismatch::Wanted(_))), "{answer:?}");
    }
    let nothing = Arc::new(build(&set(&[], "DE"), &*tenant(vec![])).unwrap());
    assert_eq!(Gate::confirm(&nothing, &Answer::Yes).err(), Some(Mismatch::Nothing));
}

#[test]
fn any_change_of_a_plan_changes_its_hash() {
    let plan = plan_for(2, false, 2);
    let mut other = Plan::clone(&plan);
    assert_eq!(other.hash(), plan.hash());
    other.steps[1].request.path.push('x');
    assert_ne!(other.hash(), plan.hash());
    let again: Plan = serde_json::from_str(&serde_json::to_string(&*plan).unwrap()).unwrap();
    assert_eq!(again.hash(), plan.hash(), "a plan file says the same");
}

#[test]
fn drift_is_judged_by_the_fields_that_a_step_depends_on() {
    let snapshot = tenant(vec![person(1).located(None), person(2).with(direct("EMS").without(&["AAD_PREMIUM"]))]);
    let step = build(&set(&[1], "DE"), &*snapshot).unwrap().steps.remove(0);
    let ready = |step: &_, person: &Person| with_facts(person, |facts| readiness(step, facts));
    assert_eq!(ready(&step, &person(1).located(None).with(direct("EMS")).named("Renamed")), Readiness::Send);
    assert_eq!(ready(&step, &person(1)), Readiness::AlreadyTrue);
    assert!(matches!(ready(&step, &person(1).located(Some("FR"))), Readiness::Drifted(why) if why.contains("FR now")));

    let remove =
        build(&Ask::RemoveLicense { users: vec![user(2)], sku: sku("EMS") }, &*snapshot).unwrap().steps.remove(0);
    let held = |plans: &[&str]| person(2).with(direct("EMS").without(plans));
    assert_eq!(ready(&remove, &held(&["AAD_PREMIUM"]).located(None)), Readiness::Send);
    assert_eq!(ready(&remove, &person(2)), Readiness::AlreadyTrue);
    assert!(matches!(ready(&remove, &held(&[])), Readiness::Drifted(why) if why.contains("other disabled plans")));
    assert_eq!(with_facts(&person(2), |facts| verify(&remove, facts)), Verified::Done);
    assert_eq!(with_facts(&held(&["AAD_PREMIUM"]), |facts| verify(&remove, facts)), Verified::NotYet);
}

#[test]
fn a_reprocess_is_judged_by_the_assignments_that_failed_before() {
    let failing = person(1).with(by_group("EMS", 1).failing("CountViolation"));
    let snapshot = tenant(vec![failing.clone()]);
    let step = build(&Ask::Reprocess { users: vec![user(1)] }, &*snapshot).unwrap().steps.remove(0);
    let cured = person(1).with(by_group("EMS", 1));
    assert_eq!(with_facts(&failing, |f| readiness(&step, f)), Readiness::Send);
    assert_eq!(with_facts(&cured, |f| readiness(&step, f)), Readiness::AlreadyTrue);
    assert_eq!(with_facts(&cured, |f| verify(&step, f)), Verified::Done);
    assert!(
        matches!(with_facts(&failing, |f| verify(&step, f)), Verified::StillFailing(why) if why.contains("CountViolation"))
    );
}

#[test]
fn changing_plans_sends_the_whole_list_of_what_is_off() {
    let snapshot = tenant(vec![
        person(1).with(direct("ENTERPRISEPACK").without(&["TEAMS1"])),
        person(2).with(direct("ENTERPRISEPACK").without(&["SWAY"])),
        person(3).with(by_group("ENTERPRISEPACK", 1)),
    ]);
    let ask = Ask::ChangePlans {
        users: (1..=3).map(user).collect(),
        sku: sku("ENTERPRISEPACK"),
        enable: vec![plan("TEAMS1")],
        disable: vec![plan("SWAY")],
    };
    let built = build(&ask, &*snapshot).unwrap();
    assert_eq!(built.steps.len(), 1);
    let step = &built.steps[0];
    let body = step.request.body.clone().unwrap();
    assert_eq!(body["addLicenses"][0]["disabledPlans"], serde_json::json!([plan("SWAY").to_string()]));
    assert_eq!(
        (step.predicted.gains.clone(), step.predicted.losses.clone()),
        (vec![plan("TEAMS1")], vec![plan("SWAY")])
    );
    assert!(step.predicted.seats.is_empty() && step.invertible && built.takes_away);
    assert_eq!(refusals(&built), ["the plans of Office 365 E3 are so already", "inherited from group Sales"]);
}

#[test]
fn a_swap_is_one_call_and_what_was_off_stays_off() {
    let snapshot = tenant(vec![
        person(1).with(direct("STANDARDPACK").without(&["SWAY", "TEAMS1"])),
        person(2).with(direct("STANDARDPACK")).with(direct("ENTERPRISEPACK")),
        person(3),
    ]);
    let users = (1..=3).map(user).collect();
    let ask = Ask::SwapLicense {
        users,
        from: sku("STANDARDPACK"),
        to: sku("ENTERPRISEPACK"),
        disabled: vec![plan("DESKLESS")],
    };
    let built = build(&ask, &*snapshot).unwrap();
    let body = built.steps[0].request.body.clone().unwrap();
    let mut off = [plan("SWAY"), plan("TEAMS1"), plan("DESKLESS")];
    off.sort_unstable();
    assert_eq!(body["addLicenses"][0]["skuId"], sku("ENTERPRISEPACK").to_string());
    assert_eq!(body["addLicenses"][0]["disabledPlans"], serde_json::json!(off.map(|p| p.to_string())));
    assert_eq!(body["removeLicenses"], serde_json::json!([sku("STANDARDPACK").to_string()]));
    assert!(!built.warnings.iter().any(|w| w.contains("mailbox")), "another Exchange plan comes: {:?}", built.warnings);
    let mut seats: Vec<i64> = built.seats.iter().map(|s| s.seats).collect();
    seats.sort_unstable();
    assert_eq!(seats, [-1, 1]);
    assert_eq!(
        refusals(&built),
        ["Office 365 E3 is assigned directly already: remove Office 365 E1 instead", "Office 365 E1 is not assigned"]
    );
}

#[test]
fn memberships_are_changed_where_graph_can_change_them_and_say_what_comes_with_them() {
    let snapshot = tenant(vec![person(1).with(by_group("ENTERPRISEPACK", 1)), person(2)]);
    let users = |n: &[u128]| n.iter().map(|n| user(*n)).collect::<Vec<_>>();
    let join = build(&Ask::JoinGroup { users: users(&[1, 2]), group: common::group(1) }, &*snapshot).unwrap();
    assert_eq!(refusals(&join), ["is a member of Sales already"]);
    let step = &join.steps[0];
    assert_eq!(step.request.path, format!("/groups/{}/members/$ref", common::group(1)));
    assert_eq!(step.request.body.clone().unwrap()["@odata.id"], format!("/directoryObjects/{}", user(2)));
    assert!(step.predicted.gains.contains(&plan("EXCHANGE_S_ENTERPRISE")) && !join.takes_away);
    assert_eq!((join.seats[0].seats, join.people()), (1, 1));

    let leave = build(&Ask::LeaveGroup { users: users(&[1, 2]), group: common::group(1) }, &*snapshot).unwrap();
    assert_eq!(refusals(&leave), ["is not a member of Sales"]);
    assert_eq!(leave.steps[0].request.path, format!("/groups/{}/members/{}/$ref", common::group(1), user(1)));
    assert!(leave.steps[0].request.body.is_none() && leave.takes_away);
    assert!(leave.warnings.iter().any(|w| w.contains("mailbox")));
    assert_eq!(leave.scopes, ["GroupMember.ReadWrite.All"]);
    let strange = build(&Ask::JoinGroup { users: users(&[2]), group: common::group(9) }, &*snapshot);
    assert!(matches!(strange, Err(BuildError::Group(_))));
}

#[test]
fn a_group_write_counts_every_member_once_and_sums_up_what_it_does_to_them() {
    use tenantry::domain::plan::{GroupLicenses, Now};
    let snapshot = TestTenant::new()
        .skus(&[("ENTERPRISEPACK", 7, 5), ("EMS", 6, 5), ("STANDARDPACK", 10, 5)])
        .group(1, "Sales", &["ENTERPRISEPACK"], &[1, 2])
        .group(2, "Field", &["ENTERPRISEPACK"], &[2, 3])
        .person(person(1).with(by_group("ENTERPRISEPACK", 1)))
        .person(person(2).with(by_group("ENTERPRISEPACK", 1)).with(by_group("ENTERPRISEPACK", 2)))
        .person(person(3).with(by_group("ENTERPRISEPACK", 2)))
        .done();
    let groups = vec![common::group(1), common::group(2)];
    let licenses = GroupLicenses { add: Some(sku("EMS")), ..GroupLicenses::default() };
    let built = build(&Ask::ChangeGroupLicenses { groups: groups.clone(), licenses }, &*snapshot).unwrap();
    assert_eq!((built.steps.len(), built.people(), built.takes_away), (2, 3, true));
    assert_eq!(built.steps[0].request.path, format!("/groups/{}/assignLicense", common::group(1)));
    assert!(built.steps[0].predicted.risks.iter().any(|r| r.contains("2 seats of") && r.contains("1 free")));

    let licenses = GroupLicenses { remove: Some(sku("ENTERPRISEPACK")), ..GroupLicenses::default() };
    let taken = build(&Ask::ChangeGroupLicenses { groups: vec![common::group(1)], licenses }, &*snapshot).unwrap();
    assert_eq!(taken.steps[0].predicted.summary, "- Office 365 E3: 2 members, 0 gain services, 1 lose some");
    assert_eq!(taken.seats[0].seats, -1, "user 2 keeps it by the other group");
    let group = snapshot.groups().iter().find(|g| g.id == common::group(1)).unwrap();
    assert_eq!(readiness(&taken.steps[0], Now::Group(group)), Readiness::Send);

    let pause = build(&Ask::ProcessRule { groups, on: false }, &*snapshot).unwrap();
    assert_eq!(refusals(&pause), ["its members do not come from a rule"; 2]);
}
