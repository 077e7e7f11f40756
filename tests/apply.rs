//! Plans carried out end to end on a simulated tenant: what is written, what is refused, what is told.

mod common;
#[path = "common/runs.rs"]
mod runs;
#[path = "common/simulated.rs"]
mod simulated;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use common::{plan as service, sku};
use runs::{Stage, Told, confirmed, quick};
use tenantry::domain::access::Access;
use tenantry::domain::facts::Tenant;
use tenantry::domain::ids::{GroupId, UserId};
use tenantry::domain::kind::Kind;
use tenantry::domain::location::Location;
use tenantry::domain::plan::{Ask, GroupLicenses, Outcome, Plan, build};
use tenantry::journal::{JournalError, RunEntry};
use tenantry::run::apply::{ApplyOptions, Control, apply};
use tenantry::run::clock;
use tenantry::sim::Faults;

fn set(users: &[UserId], code: &str) -> Ask {
    Ask::SetUsageLocation { to: users.iter().map(|u| (*u, Location::parse(code).unwrap())).collect() }
}

impl Stage {
    fn plan(&self, ask: &Ask) -> Arc<Plan> {
        Arc::new(build(ask, &*self.snapshot).unwrap())
    }

    /// Ordinary users: enabled members in a known place, with E3 and EMS from the staff group.
    fn staff(&self, count: usize) -> Vec<UserId> {
        let query = tenantry::query::Query::parse("group:LIC-Staff-E3 loc:DE enabled:yes").unwrap();
        let order = tenantry::store::UserOrder::Upn;
        let rows = tenantry::query::users(&self.snapshot, &query, None, order, &|| false).unwrap();
        let users = rows.iter().map(|r| self.snapshot.user_at(tenantry::domain::facts::Row(*r)));
        let users: Vec<UserId> = users.filter(|u| u.kinds().is_empty()).map(|u| u.id()).take(count).collect();
        assert_eq!(users.len(), count);
        users
    }

    fn group(&self, name: &str) -> GroupId {
        self.snapshot.groups().iter().find(|g| g.display_name == name).unwrap_or_else(|| panic!("no group {name}")).id
    }
}

#[tokio::test]
async fn usage_locations_are_written_once_each_and_journaled_around_each_write() {
    let stage = Stage::with(Faults::default()).await;
    let users = stage.found(Kind::UsageLocationMissing);
    let plan = stage.plan(&set(&users, "DE"));
    let ran = stage.run(&plan).await;
    assert_eq!(ran.counts(), format!("{} done", users.len()));
    assert_eq!(stage.writes(), users.len());
    let sending = ran.record.entries.iter().filter(|e| matches!(e, RunEntry::Sending { .. })).count();
    assert_eq!((sending, ran.record.finished().is_some()), (users.len(), true));
    let fresh = stage.sim.fresh().await;
    assert!(users.iter().all(|u| fresh.user(*u).unwrap().usage_location() == Some("DE")));
    // The same plan again: everything is so already, and nothing is sent.
    let again = stage.run(&plan).await;
    assert_eq!((again.counts(), stage.writes()), (format!("{} already true", users.len()), users.len()));
}

#[tokio::test]
async fn licenses_are_assigned_changed_swapped_and_removed_as_predicted() {
    let stage = Stage::with(Faults::default()).await;
    let users = stage.staff(3);
    let visio = sku("VISIOCLIENT");
    let disabled = vec![service("ONEDRIVE_BASIC")];
    let assign = stage.plan(&Ask::AssignLicense { users: users.clone(), sku: visio, disabled: disabled.clone() });
    assert_eq!(stage.run(&assign).await.counts(), "3 done");
    let after = stage.sim.fresh().await;
    let plans = |snapshot: &tenantry::store::Snapshot, user: UserId| {
        snapshot
            .user(user)
            .unwrap()
            .facts(|f| tenantry::domain::license::plans(&tenantry::domain::license::held(f, snapshot)))
    };
    for step in &assign.steps {
        let user = step.target.user().unwrap();
        let (had, has) = (plans(&stage.snapshot, user), plans(&after, user));
        let gained: Vec<_> = has.into_iter().filter(|p| !had.contains(p)).collect();
        assert_eq!(gained, step.predicted.gains, "as predicted");
    }
    let consumed = |s: &tenantry::store::Snapshot| s.sku(visio).unwrap().consumed;
    assert_eq!(consumed(&after) - consumed(&stage.snapshot), assign.seats[0].seats);

    let switch = build(
        &Ask::ChangePlans { users: users.clone(), sku: visio, enable: disabled.clone(), disable: vec![] },
        &*after,
    );
    assert_eq!(stage.run(&Arc::new(switch.unwrap())).await.counts(), "3 done");
    let switched = stage.sim.fresh().await;
    let remove = build(&Ask::RemoveLicense { users, sku: visio }, &*switched).unwrap();
    assert_eq!(remove.steps[0].before.direct[0].disabled, Some(vec![]));
    assert_eq!(stage.run(&Arc::new(remove)).await.counts(), "3 done");
    assert_eq!(consumed(&*stage.sim.fresh().await), consumed(&stage.snapshot));
}

#[tokio::test]
async fn reprocessing_cures_what_is_cured_and_brings_graphs_text_for_the_rest() {
    let stage = Stage::with(Faults::default()).await;
    let conflicts = stage.found(Kind::PlansConflict);
    let plan = stage.plan(&Ask::Reprocess { users: conflicts.clone() });
    let ran = stage.run(&plan).await;
    assert_eq!(ran.counts(), "3 still failing");
    for outcome in &ran.outcomes {
        let Outcome::StillFailing { why } = outcome else { panic!("{outcome:?}") };
        assert!(why.contains("mutually exclusive"), "{why}");
    }
    // The other side of the conflict goes, then the group's license comes.
    let user = conflicts[0];
    let direct = stage
        .snapshot
        .user(user)
        .unwrap()
        .facts(|f| f.states.iter().filter(|s| s.path.group().is_none()).map(|s| s.sku).collect::<Vec<_>>());
    let remove = stage.plan(&Ask::RemoveLicense { users: vec![user], sku: direct[0] });
    assert_eq!(stage.run(&remove).await.counts(), "1 done");
    let cured = build(&Ask::Reprocess { users: vec![user] }, &*stage.sim.fresh().await).unwrap();
    assert_eq!(stage.run(&Arc::new(cured)).await.counts(), "1 done");
}

#[tokio::test]
async fn what_somebody_else_changed_is_refused_and_the_rest_goes_on() {
    let stage = Stage::with(Faults::default()).await;
    let users = stage.staff(4);
    let mut plan = Plan::clone(&stage.plan(&set(&users, "FR")));
    assert_eq!(stage.run(&stage.plan(&set(&users[..1], "ES"))).await.counts(), "1 done");
    // And one of them is gone.
    let nobody = UserId::from_u128(0xdead);
    plan.steps[1].request = plan.steps[1].change.request(nobody);
    plan.steps[1].target = nobody.into();
    let ran = stage.run(&Arc::new(plan)).await;
    assert_eq!(ran.counts(), "2 done, 2 refused");
    assert!(matches!(&ran.outcomes[0], Outcome::Refused { why } if why.contains("ES now") && why.contains("was DE")));
    assert!(matches!(&ran.outcomes[1], Outcome::Refused { why } if why == "the user is no longer there"));
    assert_eq!(stage.sim.fresh().await.user(users[0]).unwrap().usage_location(), Some("ES"), "nothing was overwritten");
}

#[tokio::test]
async fn an_effect_that_comes_late_is_accepted_first_and_done_when_it_shows() {
    let faults = Faults { stale_reads_ms: 300, ..Faults::default() };
    let stage = Stage::with(faults).await;
    let users = stage.staff(2);
    let plan = stage.plan(&set(&users, "FR"));
    let ran = stage.run(&plan).await;
    assert_eq!(ran.counts(), "2 done");
    assert_eq!(ran.told.of(0), ["accepted", "done"]);

    let impatient = ApplyOptions { wait: Duration::ZERO, ..quick() };
    let back = Arc::new(build(&set(&users, "DE"), &*stage.sim.fresh().await).unwrap());
    let ran = stage.run_with(&back, impatient, Control::default(), Told::new()).await;
    assert_eq!(ran.counts(), "2 accepted");
    assert!(ran.record.finished().is_some());
}

#[tokio::test]
async fn lost_answers_leave_nothing_undone_and_nothing_done_twice() {
    let quiet = Stage::with(Faults::default()).await;
    let users = quiet.staff(12);
    let visio = Ask::AssignLicense { users: users.clone(), sku: sku("POWER_BI_STANDARD"), disabled: vec![] };
    quiet.run(&quiet.plan(&visio)).await;
    let expected = quiet.sim.server.dump();
    for faults in [
        Faults { drop_after_every: Some(3), ..Faults::default() },
        Faults { drop_before_every: Some(3), ..Faults::default() },
        Faults { drop_before_every: Some(4), drop_after_every: Some(3), error_503_every: Some(7), ..Faults::default() },
        Faults { drop_after_every: Some(3), stale_reads_ms: 200, ..Faults::default() },
    ] {
        let stage = Stage::with(faults.clone()).await;
        let ran = stage.run(&stage.plan(&visio)).await;
        assert_eq!(ran.counts(), "12 done", "{faults:?} {:?}", ran.outcomes);
        assert_eq!(stage.sim.server.dump(), expected, "{faults:?}");
    }
}

#[tokio::test]
async fn cancelling_splits_the_run_exactly() {
    let stage = Stage::with(Faults::default()).await;
    let users = stage.staff(20);
    let plan = stage.plan(&set(&users, "FR"));
    let control = Control::default();
    let (cancel, done) = (control.cancel.clone(), AtomicUsize::new(0));
    let told = Told::acting(move |_, outcome| {
        if *outcome == Outcome::Done && done.fetch_add(1, Ordering::SeqCst) == 6 {
            cancel.cancel();
        }
    });
    let ran = stage.run_with(&plan, quick(), control, told).await;
    let fresh = stage.sim.fresh().await;
    for (step, outcome) in plan.steps.iter().zip(&ran.outcomes) {
        let now = fresh.user(step.target.user().unwrap()).unwrap().usage_location().map(str::to_owned);
        match outcome {
            Outcome::Done | Outcome::Accepted { .. } => assert_eq!(now.as_deref(), Some("FR")),
            Outcome::NotSent => assert_eq!(now.as_deref(), Some("DE")),
            other => panic!("{other:?}"),
        }
    }
    let not_sent = ran.outcomes.iter().filter(|o| **o == Outcome::NotSent).count();
    assert_eq!(stage.writes(), 20 - not_sent);
    assert!((1..=13).contains(&not_sent), "{}", ran.counts());
}

#[tokio::test]
async fn a_run_stops_by_itself_when_everything_is_forbidden() {
    let stage = Stage::with(Faults { deny: vec!["User.ReadWrite.All".to_owned()], ..Faults::default() }).await;
    let plan = stage.plan(&set(&stage.staff(6), "FR"));
    let one_by_one = ApplyOptions { parallel: 1, ..quick() };
    let ran = stage.run_with(&plan, one_by_one, Control::default(), Told::new()).await;
    assert_eq!(ran.counts(), "1 failed, 5 not sent");
    assert!(ran.told.stopped.lock().unwrap().as_ref().is_some_and(|why| why.contains("403")));
}

#[tokio::test]
async fn a_paused_run_sends_nothing_until_it_goes_on() {
    let stage = Stage::with(Faults::default()).await;
    let plan = stage.plan(&set(&stage.staff(3), "FR"));
    let control = Control::default();
    control.pause(true);
    let run = stage.run_with(&plan, quick(), control.clone(), Told::new());
    let meanwhile = async {
        // Long enough for a run that does not wait to be over.
        stage.sim.fresh().await;
        assert_eq!(stage.writes(), 0);
        control.pause(false);
    };
    let (ran, ()) = tokio::join!(run, meanwhile);
    assert_eq!((ran.counts(), stage.writes()), ("3 done".to_owned(), 3));
}

#[tokio::test]
async fn nothing_is_sent_that_the_journal_cannot_take() {
    let stage = Stage::with(Faults::default()).await;
    let users = stage.staff(3);
    let (one, three) = (stage.plan(&set(&users[..1], "FR")), stage.plan(&set(&users, "FR")));
    // A log for one step cannot take the others: any error of the journal does.
    let begun = stage.journal.begin(&Access::fix(), &confirmed(&one), clock::now(), "anna").unwrap();
    let end = apply(
        stage.sim.client.clone(),
        begun,
        three,
        ApplyOptions { parallel: 1, ..quick() },
        Control::default(),
        Told::new(),
    );
    let error = end.await.unwrap_err();
    assert!(matches!(error, JournalError::NoSuchStep { .. }), "{error:?}");
    assert_eq!(stage.writes(), 1);
    let path = stage.journal.dir().to_owned();
    std::fs::remove_dir_all(&path).unwrap();
    std::fs::write(&path, "in the way").unwrap();
    assert!(stage.journal.begin(&Access::fix(), &confirmed(&one), clock::now(), "anna").is_err());
    assert_eq!(stage.writes(), 1);
}

#[tokio::test]
async fn memberships_bring_and_take_the_licenses_of_the_group() {
    let stage = Stage::with(Faults::default()).await;
    let (users, group) = (stage.staff(2), stage.group("LIC-Visio"));
    let join = stage.plan(&Ask::JoinGroup { users: users.clone(), group });
    assert_eq!(stage.run(&join).await.counts(), "2 done");
    stage.sim.server.settle().await;
    let joined = stage.sim.fresh().await;
    assert!(users.iter().all(|u| joined.user(*u).unwrap().skus().contains(&sku("VISIOCLIENT"))));
    let again = stage.run(&join).await;
    assert_eq!(again.counts(), "2 already true");
    let leave = Arc::new(build(&Ask::LeaveGroup { users: users.clone(), group }, &*joined).unwrap());
    assert_eq!(stage.run(&leave).await.counts(), "2 done");
    stage.sim.server.settle().await;
    let left = stage.sim.fresh().await;
    assert!(users.iter().all(|u| !left.user(*u).unwrap().skus().contains(&sku("VISIOCLIENT"))));
}

#[tokio::test]
async fn group_licenses_are_done_when_the_members_are_and_not_when_graph_says_202() {
    let stage = Stage::with(Faults::default()).await;
    let groups = vec![stage.group("LIC-Visio")];
    let licenses = GroupLicenses {
        add: Some(sku("VISIOCLIENT")),
        disable: vec![service("VISIOONLINE")],
        ..GroupLicenses::default()
    };
    let change = stage.plan(&Ask::ChangeGroupLicenses { groups, licenses });
    assert_eq!(change.people(), 13, "twelve members, and one that left and still holds it");
    let ran = stage.run(&change).await;
    assert_eq!(ran.counts(), "1 done");
    let fresh = stage.sim.fresh().await;
    let off = |user: &UserId| {
        fresh.user(*user).unwrap().facts(|f| f.states.iter().any(|s| s.disabled.contains(&service("VISIOONLINE"))))
    };
    let members = stage.snapshot.group(stage.group("LIC-Visio")).unwrap().members.clone().unwrap();
    assert!(members.users.iter().all(off));

    let rule = stage.plan(&Ask::ProcessRule { groups: vec![stage.group("LIC-Engineering-E5")], on: false });
    assert_eq!(stage.run(&rule).await.counts(), "1 done");
    assert!(stage.sim.fresh().await.group(stage.group("LIC-Engineering-E5")).unwrap().rule_paused);
}

#[tokio::test]
async fn the_first_wave_goes_alone_and_the_stop_rule_looks_at_it() {
    let stage = Stage::with(Faults::default()).await;
    let users = stage.staff(12);
    // Three of the first five steps are refused by Graph: the value is no country there.
    let mut plan = Plan::clone(&stage.plan(&set(&users, "FR")));
    for step in &mut plan.steps[..3] {
        step.request.body = Some(serde_json::json!({ "usageLocation": "??" }));
    }
    let waves = ApplyOptions { waves: [5, 4], parallel: 5, ..quick() };
    let ran = stage.run_with(&Arc::new(plan), waves, Control::default(), Told::new()).await;
    assert_eq!(ran.counts(), "2 done, 3 failed, 7 not sent");
    assert!(ran.told.stopped.lock().unwrap().as_ref().is_some_and(|why| why.contains("3 of the 5 objects")));
}
