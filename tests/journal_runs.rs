//! The journal: nothing without it, everything in it, every changed byte found.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::sync::Arc;

use tenantry::domain::access::{Access, ReadOnly};
use tenantry::domain::ids::{TenantId, UserId};
use tenantry::domain::location::Location;
use tenantry::domain::plan::{
    Answer, Before, Change, Confirmed, Gate, Outcome, Plan, PlanTenant, Prediction, SCHEMA, Step,
};
use tenantry::domain::refusal::GraphRefusal;
use tenantry::domain::remedy::Verb;
use tenantry::domain::time::Timestamp;
use tenantry::journal::{Journal, JournalError, RunEntry};

const NOW: Timestamp = Timestamp(1_780_000_000);

fn confirmed(users: u128) -> Confirmed {
    let step = |number| {
        let user = UserId::from_u128(number);
        let change = Change::SetUsageLocation { to: Location::parse("DE").unwrap() };
        Step {
            target: user.into(),
            upn: format!("u{number}@contoso.com"),
            name: format!("Zoë \u{1b}[31m {number}"),
            request: change.request(user),
            change,
            before: Before { usage_location: Some(None), ..Before::default() },
            predicted: Prediction::default(),
            invertible: true,
        }
    };
    let tenant = PlanTenant {
        id: TenantId::from_u128(7),
        name: "Contoso".to_owned(),
        default_domain: "contoso.com".to_owned(),
        users: 300,
    };
    let plan = Plan {
        schema: SCHEMA.to_owned(),
        tenant,
        as_of: NOW,
        verb: Verb::SetUsageLocation,
        title: format!("Set usage location DE for {users} users"),
        steps: (1..=users).map(step).collect(),
        refusals: vec![],
        seats: vec![],
        warnings: vec![],
        scopes: vec![],
        takes_away: false,
        members: 0,
        hand_offs: vec![],
    };
    Gate::confirm(&Arc::new(plan), &Answer::Yes).unwrap()
}

fn journal() -> (tempfile::TempDir, Journal) {
    let home = tempfile::tempdir().unwrap();
    let journal = Journal::open(home.path().join("state/runs")).unwrap();
    (home, journal)
}

fn only_file(journal: &Journal) -> PathBuf {
    let files: Vec<PathBuf> = fs::read_dir(journal.dir()).unwrap().map(|e| e.unwrap().path()).collect();
    assert_eq!(files.len(), 1);
    files[0].clone()
}

fn failed() -> Outcome {
    Outcome::Failed { refusal: GraphRefusal::new(403, "Authorization_RequestDenied", "Insufficient", None) }
}

#[test]
fn the_plan_is_on_disk_before_there_is_a_permit() {
    let (_home, journal) = journal();
    let confirmed = confirmed(2);
    let (log, permit) = journal.begin(&Access::fix(), &confirmed, NOW, "anna").unwrap();
    let record = journal.read(log.id().as_str()).unwrap();
    assert_eq!(record.plan, **confirmed.plan());
    assert_eq!(record.plan.hash(), permit.plan());
    assert_eq!((record.who.as_str(), record.started, record.entries.len()), ("anna", NOW, 0));
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(journal.dir()), mode(&only_file(&journal))), (0o700, 0o600));
    let name = only_file(&journal).file_name().unwrap().to_str().unwrap().to_owned();
    assert_eq!(name, format!("20260528T202640Z-{}.ndjson", permit.plan().short()));
}

#[test]
fn read_only_gives_no_permit_and_leaves_no_trace() {
    let (_home, journal) = journal();
    let mut access = Access::fix();
    access.tighten(ReadOnly::Environment);
    let end = journal.begin(&access, &confirmed(1), NOW, "anna");
    assert!(matches!(end, Err(JournalError::ReadOnly(ReadOnly::Environment))));
    assert_eq!(journal.list().unwrap(), []);
}

#[test]
fn without_a_directory_there_is_no_permit() {
    let (home, journal) = journal();
    fs::remove_dir_all(journal.dir()).unwrap();
    let error = journal.begin(&Access::fix(), &confirmed(1), NOW, "anna").unwrap_err();
    assert!(matches!(error, JournalError::Io { .. }) && error.to_string().contains("nothing is changed in the tenant"));
    fs::write(home.path().join("file"), "").unwrap();
    assert!(matches!(Journal::open(home.path().join("file")), Err(JournalError::Io { .. })));
}

#[test]
fn a_directory_that_is_open_to_others_is_closed() {
    let home = tempfile::tempdir().unwrap();
    fs::set_permissions(home.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let journal = Journal::open(home.path().to_owned()).unwrap();
    assert_eq!(fs::metadata(journal.dir()).unwrap().permissions().mode() & 0o777, 0o700);
}

#[test]
fn outcomes_follow_what_was_sent() {
    let (_home, journal) = journal();
    let (mut log, _permit) = journal.begin(&Access::fix(), &confirmed(3), NOW, "anna").unwrap();
    assert!(matches!(log.outcome(0, &Outcome::Done, NOW), Err(JournalError::OutOfOrder { step: 0, .. })));
    assert!(matches!(log.sending(3, NOW), Err(JournalError::NoSuchStep { step: 3, .. })));
    log.outcome(1, &Outcome::AlreadyTrue, NOW).unwrap();
    log.sending(0, NOW).unwrap();
    log.outcome(0, &Outcome::Accepted { since: NOW }, NOW).unwrap();
    log.outcome(0, &Outcome::Done, NOW).unwrap();
    log.sending(2, NOW).unwrap();
    let id = log.id().to_string();

    let running = &journal.list().unwrap()[0];
    assert!(running.running && running.in_flight == 1 && running.finished.is_none());
    log.outcome(2, &failed(), NOW).unwrap();
    log.finish(Timestamp(NOW.0 + 60)).unwrap();

    let record = journal.read(&id).unwrap();
    assert_eq!(record.outcomes(), [Some(&Outcome::Done), Some(&Outcome::AlreadyTrue), Some(&failed())]);
    assert_eq!(record.entries[0], RunEntry::Outcome { step: 1, at: NOW, result: Outcome::AlreadyTrue });
    assert_eq!(record.entries[1], RunEntry::Sending { step: 0, at: NOW });
    let summary = &journal.list().unwrap()[0];
    assert_eq!(summary.title, "Set usage location DE for 3 users");
    assert_eq!((summary.steps, summary.in_flight, summary.running), (3, 0, false));
    assert_eq!(summary.finished, Some(Timestamp(NOW.0 + 60)));
    assert_eq!(summary.counts, [("done", 1), ("already true", 1), ("failed", 1)].into());
    assert_eq!(summary.damage, None);
    journal.verify(&id).unwrap();
}

#[test]
fn the_same_plan_twice_in_a_second_has_two_files_and_the_latest_is_first() {
    let (_home, journal) = journal();
    let access = Access::fix();
    let ids: Vec<String> = [NOW, NOW, Timestamp(NOW.0 + 1)]
        .into_iter()
        .map(|now| journal.begin(&access, &confirmed(1), now, "anna").unwrap().0.id().to_string())
        .collect();
    let listed: Vec<String> = journal.list().unwrap().iter().map(|run| run.id.to_string()).collect();
    assert_eq!(listed, [ids[2].clone(), ids[1].clone(), ids[0].clone()]);
}

#[test]
fn any_flipped_byte_is_found() {
    let (_home, journal) = journal();
    let (mut log, _permit) = journal.begin(&Access::fix(), &confirmed(1), NOW, "anna").unwrap();
    log.sending(0, NOW).unwrap();
    log.outcome(0, &Outcome::Done, NOW).unwrap();
    let id = log.id().to_string();
    log.finish(NOW).unwrap();
    journal.verify(&id).unwrap();
    let path = only_file(&journal);
    let good = fs::read(&path).unwrap();
    for at in 0..good.len() {
        let mut bad = good.clone();
        bad[at] ^= 1;
        fs::write(&path, &bad).unwrap();
        assert!(matches!(journal.verify(&id), Err(JournalError::Tampered { .. })), "byte {at}");
    }
    assert!(journal.read(&id).is_err());
    assert!(journal.list().unwrap()[0].damage.as_ref().is_some_and(|why| why.contains("was changed")));
    let other = journal.dir().join("20260101T000000Z-abc.ndjson");
    fs::write(&other, &good).unwrap();
    assert!(matches!(journal.verify("20260101T000000Z-abc"), Err(JournalError::Tampered { line: 1, .. })), "renamed");
}

#[test]
fn a_torn_tail_is_told_from_tampering_and_the_rest_is_read() {
    let (_home, journal) = journal();
    let (mut log, _permit) = journal.begin(&Access::fix(), &confirmed(1), NOW, "anna").unwrap();
    log.sending(0, NOW).unwrap();
    let id = log.id().to_string();
    drop(log);
    let path = only_file(&journal);
    let good = fs::read(&path).unwrap();
    fs::write(&path, &good[..good.len() - 9]).unwrap();
    assert!(matches!(journal.verify(&id), Err(JournalError::Torn { line: 2, .. })));
    let record = journal.read(&id).unwrap();
    assert!(record.torn_tail && record.entries.is_empty());
    assert!(journal.list().unwrap()[0].damage.as_ref().is_some_and(|why| why.contains("broke off")));
    fs::write(&path, "").unwrap();
    assert!(matches!(journal.verify(&id), Err(JournalError::Torn { line: 1, .. })));
}

#[test]
fn a_name_cannot_lead_out_of_the_directory() {
    let (home, journal) = journal();
    fs::write(home.path().join("secret.ndjson"), "x").unwrap();
    for name in ["../../secret", "/etc/passwd", "", "a.b", "no-such-run"] {
        assert!(matches!(journal.read(name), Err(JournalError::NoSuchRun(_))), "{name}");
    }
}

/// The journal with one run that was left after the first of two steps was sent.
fn left() -> (tempfile::TempDir, Journal, Confirmed, String) {
    let (home, journal) = journal();
    let confirmed = confirmed(2);
    let (mut log, _permit) = journal.begin(&Access::fix(), &confirmed, NOW, "anna").unwrap();
    log.sending(0, NOW).unwrap();
    let id = log.id().to_string();
    (home, journal, confirmed, id)
}

#[test]
fn a_run_goes_on_after_a_crash_at_any_byte_and_verifies() {
    let (_home, journal, confirmed, id) = left();
    let path = only_file(&journal);
    let good = fs::read(&path).unwrap();
    let first = good.iter().position(|&b| b == b'\n').unwrap() + 1;
    let id = journal.named(&id).unwrap();
    for end in first..=good.len() {
        fs::write(&path, &good[..end]).unwrap();
        let (mut log, permit, record) =
            journal.resume(&Access::fix(), &id, &confirmed, Timestamp(NOW.0 + 60), "bert").unwrap();
        assert_eq!(permit.plan(), confirmed.plan().hash());
        let whole = end + 1 >= good.len();
        assert_eq!(record.sent(0).is_some(), whole, "{end}");
        if !whole {
            assert!(matches!(log.outcome(0, &Outcome::Done, NOW), Err(JournalError::OutOfOrder { .. })), "{end}");
            log.sending(0, NOW).unwrap();
        }
        log.outcome(0, &Outcome::Done, NOW).unwrap();
        log.finish(NOW).unwrap();
        journal.verify(id.as_str()).unwrap();
        let after = journal.read(id.as_str()).unwrap();
        assert_eq!((after.finished(), after.outcomes()), (Some(NOW), vec![Some(&Outcome::Done), None]));
    }
}

#[test]
fn a_run_in_use_a_changed_one_and_another_plan_are_not_gone_on_with() {
    let (_home, journal, both, id) = left();
    let id = journal.named(&id[..id.len() - 3]).unwrap();
    let resume = |confirmed: &Confirmed| journal.resume(&Access::fix(), &id, confirmed, NOW, "bert");
    assert!(matches!(resume(&confirmed(1)), Err(JournalError::OtherPlan(_))));
    let held = resume(&both).unwrap();
    assert!(matches!(resume(&both), Err(JournalError::Busy(_))));
    drop(held);
    let mut read_only = Access::fix();
    read_only.tighten(ReadOnly::Flag);
    assert!(matches!(journal.resume(&read_only, &id, &both, NOW, "x"), Err(JournalError::ReadOnly(_))));
    let mut bytes = fs::read(only_file(&journal)).unwrap();
    let at = bytes.len() - 20;
    bytes[at] ^= 1;
    fs::write(only_file(&journal), &bytes).unwrap();
    assert!(matches!(resume(&both), Err(JournalError::Tampered { .. })));
}
