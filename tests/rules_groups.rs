//! What is wrong with licensed groups, when it is there and when it is not.

mod common;

use std::sync::Arc;

use common::{Person, TestTenant, by_group, direct, group, person, plan, sku, user};
use tenantry::domain::facts::{FactSink, Group, GroupLicense, Members, Part, Progress, Tenant};
use tenantry::domain::finding::{Finding, Found};
use tenantry::domain::kind::{Kind, Severity};
use tenantry::domain::learned::{Learned, Source};
use tenantry::domain::time::Timestamp;
use tenantry::store::Snapshot;

fn licensed(number: u128, skus: &[(&str, &[&str])]) -> Group {
    let licenses = skus
        .iter()
        .map(|(part, off)| GroupLicense { sku: sku(part), disabled: off.iter().map(|p| plan(p)).collect() })
        .collect();
    Group {
        display_name: format!("G{number}"),
        licenses,
        members: Some(Members::default()),
        ..Group::unknown(group(number))
    }
}

fn owned() -> TestTenant {
    let parts =
        ["ENTERPRISEPACK", "STANDARDPACK", "WORKPLACE_ANALYTICS", "PROJECTPROFESSIONAL", "SHAREPOINTENTERPRISE", "EMS"];
    TestTenant::new().skus(&parts.map(|p| (p, 10, 10)))
}

fn tenant(groups: Vec<Group>) -> Arc<Snapshot> {
    let mut tenant = owned();
    groups.into_iter().for_each(|g| tenant.builder.group(g));
    tenant.done()
}

fn found(snapshot: &Snapshot) -> Vec<Found> {
    snapshot.findings().all().filter_map(|at| snapshot.found(at)).filter(|f| f.user.is_none()).collect()
}

fn kinds(snapshot: &Snapshot) -> Vec<Kind> {
    found(snapshot).iter().map(|f| f.kind).collect()
}

fn only(snapshot: &Snapshot, kind: Kind) -> Finding {
    let mut all = snapshot.findings().all().filter(|at| snapshot.found(*at).is_some_and(|f| f.kind == kind));
    let at = all.next().unwrap_or_else(|| panic!("no {kind}"));
    assert_eq!(all.next(), None);
    snapshot.describe(at).unwrap()
}

#[test]
fn groups_inside_a_licensed_group_get_nothing() {
    let members = |groups: Vec<_>| Some(Members { groups, ..Members::default() });
    let nested = Group { members: members(vec![group(9)]), ..licensed(1, &[("EMS", &[])]) };
    let finding = only(&tenant(vec![nested]), Kind::GroupNestedMembers);
    assert_eq!(finding.details["nested"][0]["id"], group(9).to_string());
    let unlicensed = Group { members: members(vec![group(9)]), ..licensed(1, &[]) };
    assert_eq!(kinds(&tenant(vec![unlicensed, licensed(2, &[("EMS", &[])])])), []);
}

#[test]
fn a_prerequisite_must_come_by_the_same_group() {
    let finding = only(&tenant(vec![licensed(1, &[("WORKPLACE_ANALYTICS", &[])])]), Kind::GroupPrerequisiteMissing);
    assert_eq!(finding.details["evidence"], "documented");
    assert!(finding.message.contains("needs EXCHANGE ONLINE (PLAN 1)"), "{}", finding.message);
    for complete in [
        licensed(1, &[("WORKPLACE_ANALYTICS", &[]), ("ENTERPRISEPACK", &[])]),
        licensed(1, &[("PROJECTPROFESSIONAL", &[])]),
    ] {
        assert_eq!(kinds(&tenant(vec![complete])), []);
    }
    let off = licensed(1, &[("PROJECTPROFESSIONAL", &["SHAREPOINTENTERPRISE"])]);
    assert_eq!(kinds(&tenant(vec![off])), [Kind::GroupPrerequisiteMissing]);
}

#[test]
fn a_conflict_inside_a_group_is_a_warning_until_graph_said_so() {
    let both = || licensed(1, &[("STANDARDPACK", &[]), ("ENTERPRISEPACK", &[])]);
    let documented = only(&tenant(vec![both()]), Kind::GroupInternalConflict);
    assert_eq!(
        (documented.found.severity, documented.details["evidence"].as_str()),
        (Severity::Warning, Some("documented"))
    );
    let mut learned = Learned::default();
    let (a, b) = (plan("EXCHANGE_S_STANDARD"), plan("EXCHANGE_S_ENTERPRISE"));
    let text = format!("License assignment failed because service plans {a}, {b} are mutually exclusive.");
    learned.hear(400, "Request_BadRequest", &text, Source::Reprocess, Timestamp(1_700_000_000));
    let mut with = owned();
    with.builder.learn(learned);
    with.builder.group(both());
    let said = only(&with.done(), Kind::GroupInternalConflict);
    assert_eq!((said.found.severity, said.details["evidence"].as_str()), (Severity::Error, Some("learned")));
    assert_eq!(said.details["learned"]["source"], "reprocess");
    assert!(said.details["learned"]["text"].as_str().unwrap().contains("EXCHANGE_S_STANDARD"));
    let apart = vec![licensed(1, &[("STANDARDPACK", &[])]), licensed(2, &[("ENTERPRISEPACK", &[])])];
    assert_eq!(kinds(&tenant(apart)), []);
}

#[test]
fn seats_are_short_by_members_who_have_the_product_by_no_path() {
    let short = |free: i64, people: Vec<Person>, members: &[u128]| {
        let mut tenant = TestTenant::new().skus(&[("EMS", 10, 10 - free)]).group(1, "Staff", &["EMS"], members);
        for person in people {
            tenant = tenant.person(person);
        }
        let snapshot = tenant.done();
        let found = found(&snapshot).into_iter().find(|f| f.kind == Kind::GroupSeatsShort)?;
        assert_eq!((found.group, found.sku), (Some(group(1)), Some(sku("EMS"))));
        let details = only(&snapshot, Kind::GroupSeatsShort).details;
        Some((details["demand"].as_i64()?, details["free"].as_i64()?))
    };
    let failing = |n| person(n).with(by_group("EMS", 1).failing("CountViolation"));
    let granted = |n| person(n).with(by_group("EMS", 1));
    assert_eq!(short(0, vec![failing(1), granted(2)], &[1, 2]), Some((1, 0)));
    assert_eq!(short(1, vec![failing(1), granted(2)], &[1, 2]), None);
    assert_eq!(short(1, vec![failing(1), failing(2)], &[1, 2]), Some((2, 1)));
    // A direct license is a seat already, whatever becomes of the group's.
    assert_eq!(short(0, vec![failing(1).with(direct("EMS"))], &[1]), None);
    // Not processed yet: no entry at all.
    assert_eq!(short(0, vec![person(1), granted(2)], &[1, 2]), Some((1, 0)));
    assert_eq!(short(0, vec![person(1).with(direct("EMS"))], &[1]), None);
    // An entry of somebody who left stands for no member.
    assert_eq!(short(0, vec![granted(3), person(1)], &[1]), Some((1, 0)));
    assert_eq!(short(0, vec![failing(3)], &[1]), None, "a member who is no user");
    // More used than usable is no negative supply.
    assert_eq!(short(-2, vec![granted(1)], &[1]), None);
}

fn dynamic(number: u128, part: &str, rule: &str) -> Group {
    Group { dynamic: true, rule: Some(rule.into()), ..licensed(number, &[(part, &[])]) }
}

fn has_plan(name: &str) -> String {
    format!(
        "(user.assignedPlans -any (assignedPlan.servicePlanId -eq \"{}\" -and assignedPlan.capabilityStatus -eq \"Enabled\"))",
        plan(name)
    )
}

#[test]
fn a_rule_that_reads_what_licensed_groups_give_cascades() {
    let upstream = || licensed(1, &[("STANDARDPACK", &[])]);
    let rule = has_plan("EXCHANGE_S_STANDARD");
    let finding = only(&tenant(vec![upstream(), dynamic(2, "EMS", &rule)]), Kind::DynamicRuleCascade);
    assert_eq!(finding.details["reads"][0]["given_by"][0]["display_name"], "G1");
    assert_eq!((&finding.details["depth"], &finding.details["loop"]), (&1.into(), &false.into()));
    // Nobody gives the plan; no dynamic group; no rule about plans.
    let off = licensed(1, &[("STANDARDPACK", &["EXCHANGE_S_STANDARD"])]);
    assert_eq!(kinds(&tenant(vec![off, dynamic(2, "EMS", &rule)])), []);
    assert_eq!(kinds(&tenant(vec![upstream(), Group { dynamic: false, ..dynamic(2, "EMS", &rule) }])), []);
    assert_eq!(kinds(&tenant(vec![upstream(), dynamic(2, "EMS", "(user.department -eq \"Sales\")")])), []);
    // What could not be read is said, and its plans are not forgotten.
    let broken = tenant(vec![upstream(), dynamic(2, "EMS", rule.trim_end_matches(')'))]);
    let finding = only(&broken, Kind::DynamicRuleCascade);
    assert!(finding.message.contains("could not be read from character"), "{}", finding.message);
}

#[test]
fn levels_and_loops_of_rules_are_told() {
    let three = tenant(vec![
        licensed(1, &[("STANDARDPACK", &[])]),
        dynamic(2, "EMS", &has_plan("EXCHANGE_S_STANDARD")),
        dynamic(3, "PROJECTPROFESSIONAL", &has_plan("INTUNE_A")),
    ]);
    let third = three.findings().all().filter_map(|at| three.describe(at)).find(|f| f.found.group == Some(group(3)));
    assert_eq!(third.map(|f| f.details["depth"].clone()), Some(2.into()));
    let looped =
        only(&tenant(vec![dynamic(1, "STANDARDPACK", &has_plan("EXCHANGE_S_STANDARD"))]), Kind::DynamicRuleCascade);
    assert_eq!(looped.details["loop"], true);
}

#[test]
fn paused_rules_and_products_that_are_gone() {
    let paused = Group { rule_paused: true, ..dynamic(1, "EMS", "(user.department -eq \"Sales\")") };
    assert_eq!(kinds(&tenant(vec![paused])), [Kind::DynamicRulePaused]);
    let unlicensed = Group { rule_paused: true, dynamic: true, ..licensed(1, &[]) };
    assert_eq!(kinds(&tenant(vec![unlicensed])), []);
    let gone = tenant(vec![licensed(1, &[("VISIOCLIENT", &[])])]);
    assert_eq!(
        found(&gone).iter().map(|f| (f.kind, f.group)).collect::<Vec<_>>(),
        [(Kind::SkuNotOwned, Some(group(1)))]
    );
}

#[test]
fn a_rule_whose_inputs_are_not_there_is_pending_and_finds_nothing() {
    let mut tenant = TestTenant::new().group(1, "Staff", &["WORKPLACE_ANALYTICS"], &[1]);
    for part in [Part::Users, Part::Groups, Part::Members] {
        tenant.builder.part(part, Progress::Complete);
    }
    let snapshot = tenant.builder.snapshot();
    assert_eq!(kinds(&snapshot), []);
    for kind in [Kind::GroupPrerequisiteMissing, Kind::GroupSeatsShort, Kind::DynamicRuleCascade, Kind::SkuNotOwned] {
        assert!(snapshot.findings().is_pending(kind), "{kind}");
    }
    assert!(!snapshot.findings().is_pending(Kind::GroupNestedMembers));
    assert_eq!(snapshot.row_of(user(1)), None);
}
