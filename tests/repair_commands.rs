//! `plan`, `apply` and `runs` of the built program on a simulated tenant.

#[path = "common/program.rs"]
mod program;
#[path = "common/simulated.rs"]
mod simulated;

use std::fs;

use program::Program;
use tenantry::sim::{Faults, Options};

async fn contoso() -> Program {
    Program::on(Options::default()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_finding_becomes_a_plan_a_run_and_an_undone_run() {
    let program = contoso().await;
    let before = program.server.dump();
    let staff = ["--users", "group:LIC-Staff-E3 loc:DE enabled:yes -sku:visio"];
    let words = "plan --verb assign-license --set sku=VISIOCLIENT --set disable=VISIOONLINE -o p.json";
    let planned = program.run_with(words, &staff).await;
    assert_eq!(planned.code, 0, "{planned:?}");
    assert!(planned.messages.contains("nothing is changed until"), "{}", planned.messages);
    assert_eq!(program.writes(), 0);
    let file = fs::read_to_string(program.path("p.json")).unwrap();
    assert!(file.contains("Set-MgUserLicense -UserId"), "for the colleague who reviews it");
    let plan = tenantry::domain::plan::Plan::from_document(&file).unwrap();
    let people = plan.people();
    assert!(people > 0 && people < 20, "{people}");

    let dry = program.expect(0, &format!("apply p.json --yes-count {people} --dry-run")).await;
    assert_eq!((dry.out.lines().count(), program.writes()), (people, 0));
    let applied = program.expect(0, &format!("apply p.json --yes-count {people}")).await;
    assert_eq!(applied.out.lines().filter(|l| l.starts_with("done")).count(), people, "{}", applied.out);
    assert_eq!(program.writes(), people);
    let id = program.runs().await.remove(0);
    assert!(program.expect(0, &format!("runs show {id}")).await.out.contains("Visio"));
    program.expect(0, "runs verify").await;

    assert_ne!(program.server.dump(), before);
    program.expect(2, &format!("runs undo {id}")).await;
    program.expect(0, &format!("runs undo {id} --yes-count {people}")).await;
    assert_eq!(program.server.dump(), before, "as it was");
    assert_eq!(program.runs().await.len(), 2);
    let resumed = program.expect(0, &format!("runs resume {id} --yes-count {people}")).await;
    assert!(resumed.messages.contains("is over"), "{}", resumed.messages);
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_does_not_fit_is_refused_before_the_first_write() {
    let program = contoso().await;
    let made = "plan --kind usage-location-missing --set location=DE -o p.json";
    program.expect(0, made).await;
    let good = fs::read_to_string(program.path("p.json")).unwrap();
    for (edit, why) in [
        (good.replace("\"DE\"", "\"FR\""), "was changed"),
        (good.replace("none -> DE", "none -> FR"), "was changed"),
        (good.replace("-UsageLocation 'DE'", "-UsageLocation 'FR'"), "was changed"),
        (good.replacen('{', "{\"note\": \"harmless\",", 1), "was changed"),
        (good[..good.len() / 2].to_owned(), "no whole plan file"),
        (good.replace("tenantry.plan/1", "tenantry.plan/9"), "has the format"),
        ("{}".to_owned(), "no schema"),
    ] {
        fs::write(program.path("bad.json"), edit).unwrap();
        let ended = program.expect(4, "apply bad.json --yes-count 6").await;
        assert!(ended.messages.contains(why) && ended.messages.lines().count() == 1, "{why}: {}", ended.messages);
    }
    let missing = program.expect(2, "apply nothing.json --yes-count 6").await;
    assert!(missing.messages.contains("cannot read"), "{}", missing.messages);
    for (words, code, why) in [
        ("apply p.json --yes-count 7", 4, "affects 6 people, not 7"),
        ("apply p.json --yes-count 6 --yes-tenant fabrikam.com", 4, "not for fabrikam.com"),
        ("apply p.json", 2, "--yes-count 6"),
        ("--read-only apply p.json --yes-count 6", 3, "read-only"),
    ] {
        let ended = program.expect(code, words).await;
        assert!(ended.messages.contains(why), "{words}: {}", ended.messages);
    }
    let other = Program { server: Program::on(Options { seed: 2, ..Options::default() }).await.server, ..program };
    let ended = other.expect(4, "apply p.json --yes-count 6").await;
    assert!(ended.messages.contains("this is contoso.com"), "{}", ended.messages);
    assert_eq!(other.writes(), 0);
    assert!(other.runs().await.is_empty(), "nothing was begun");
}

#[tokio::test(flavor = "multi_thread")]
async fn drift_stops_everything_unless_it_is_left_out() {
    let program = contoso().await;
    program.expect(0, "plan --kind usage-location-missing --set location=DE -o all.json").await;
    let file = fs::read_to_string(program.path("all.json")).unwrap();
    let plan = tenantry::domain::plan::Plan::from_document(&file).unwrap();
    fs::write(program.path("one.csv"), format!("user,location\n{},FR\n", plan.steps[0].upn)).unwrap();
    program.expect(0, "plan --verb set-usage-location --users @one.csv -o one.json").await;
    program.expect(0, "apply one.json --yes-count 1").await;
    let ended = program.expect(4, "apply all.json --yes-count 6").await;
    assert!(
        ended.messages.contains("FR now") && ended.messages.contains("1 of 6 objects changed"),
        "{}",
        ended.messages
    );
    assert_eq!(program.writes(), 1);
    let ended = program.expect(4, "apply all.json --yes-count 6 --skip-drifted").await;
    assert!(ended.messages.contains("5 done, 1 refused"), "{}", ended.messages);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_needs_a_verb_people_and_values_that_mean_something() {
    let program = contoso().await;
    fs::write(program.path("twice.txt"), "a@contoso.com\nA@contoso.com\n").unwrap();
    fs::write(program.path("odd.csv"), "user,colour\na@contoso.com,red\n").unwrap();
    for (words, why) in [
        ("plan --kind location-prohibited -o p.json", "set-usage-location: correct"),
        ("plan -o p.json", "say whom"),
        ("plan --users loc:none -o p.json", "say --verb"),
        ("plan --verb reprocess --users name:( -o p.json", "field"),
        ("plan --verb reprocess --users nosuchname -o p.json", "nobody matches"),
        ("plan --verb assign-license --users loc:DE -o p.json", "say --set sku"),
        ("plan --verb assign-license --users loc:DE --set sku=NOPE -o p.json", "no product `NOPE`"),
        (
            "plan --verb assign-license --users loc:DE --set sku=EMS --set disable=SWAY -o p.json",
            "no service plan `SWAY`",
        ),
        ("plan --verb reprocess --users loc:DE --set sku=EMS -o p.json", "has no use for `sku`"),
        ("plan --kind usage-location-missing --set location=UK -o p.json", "UK"),
        ("plan --kind usage-location-missing --set colour=red -o p.json", "no key `colour`"),
        ("plan --verb join-group --users loc:DE --set group=LIC-Engineering-E5 -o p.json", "come from a rule"),
        ("plan --verb reprocess --users @twice.txt -o p.json", "twice"),
        ("plan --verb reprocess --users @odd.csv -o p.json", "no column `colour`"),
    ] {
        let ended = program.expect(2, words).await;
        assert!(ended.messages.contains(why), "{words}: {}", ended.messages);
    }
    assert!(!program.path("p.json").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn codes_say_what_was_refused_and_what_is_not_known_yet() {
    let program = contoso().await;
    program.expect(0, "plan --kind plans-conflict --verb reprocess -o p.json").await;
    let ended = program.expect(4, "apply p.json --yes-count 3").await;
    assert!(ended.out.contains("mutually exclusive"), "{}", ended.out);

    let slow =
        Program::on(Options { faults: Faults { stale_reads_ms: 1_500, ..Faults::default() }, ..Options::default() })
            .await;
    slow.expect(0, "plan --kind usage-location-missing --set location=DE -o p.json").await;
    let ended = slow.expect(5, "apply p.json --yes-count 6 --wait 0").await;
    assert!(ended.messages.contains("6 accepted"), "{}", ended.messages);
    let id = slow.runs().await.remove(0);
    slow.expect(0, &format!("runs resume {id} --yes-count 6")).await;
    assert_eq!(slow.writes(), 6, "settling sends nothing again");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_others_must_do_is_handed_off_and_nothing_is_written() {
    let program = contoso().await;
    let ended = program.expect(0, "plan --kind seats-exhausted --verb hand-off -o h.json").await;
    assert!(ended.messages.contains("billing: Planner and Project Plan 3 seats = +3"), "{}", ended.messages);
    let ended = program.expect(0, "plan --kind proxy-address-in-use --verb hand-off -o h.json").await;
    assert!(ended.messages.contains("proxyAddresses"), "{}", ended.messages);
    let ended = program.expect(4, "apply h.json --yes-count 0").await;
    assert!(ended.messages.contains("writes nothing"), "{}", ended.messages);
    assert_eq!(program.writes(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_is_shown_as_a_table_json_csv_and_markdown() {
    let program = contoso().await;
    program.expect(0, "plan --kind usage-location-missing --set location=DE -o p.json").await;
    program.expect(0, "apply p.json --yes-count 6").await;
    let id = program.runs().await.remove(0);
    let json = program.expect(0, &format!("runs show {id} --format json")).await.out;
    let document: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(document["steps"].as_array().unwrap().len(), 6);
    assert_eq!((&document["run"], &document["steps"][0]["outcome"]), (&id.as_str().into(), &"done".into()));
    let csv = program.expect(0, &format!("runs show {id} --format csv")).await.out;
    assert_eq!((csv.lines().count(), csv.lines().next()), (7, Some("outcome,object,id,change,why")));
    let markdown = program.expect(0, &format!("runs show {id} --format markdown")).await.out;
    assert_eq!(markdown.lines().filter(|l| l.starts_with("| done | ")).count(), 6, "{markdown}");
}
