//! Key scripts against `update`: from a key to a plan, from a plan to a run, and everything that must not happen.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may")]

mod app_world;

use std::sync::Arc;

use app_world::*;
use tenantry::app::{Effect, JobEvent, Key, Layer, LoadEvent, Msg, PlanAnswer, Tab};
use tenantry::domain::facts::{FactSink, Part, Progress};
use tenantry::domain::plan::Outcome;
use tenantry::store::Builder;

/// Names of the users of the last plan that was asked for.
fn asked(driver: &Driver) -> Vec<u32> {
    let ask = driver.plans_asked.last().unwrap();
    let mut numbers: Vec<u32> = users_of(ask).iter().map(|id| id.as_u128() as u32).collect();
    numbers.sort_unstable();
    numbers
}

#[test]
fn a_missing_usage_location_is_set_with_four_keys() {
    let mut d = Driver::new(init(80, 24));
    d.keys("2 j u");
    assert!(d.screen().contains("Usage location for Bela Braun"));
    d.keys("fr Enter");
    assert_eq!(asked(&d), [1]);
    assert!(format!("{:?}", d.plans_asked[0].wanted).contains("FR"));
    assert!(d.confirm().is_some());
    d.keys("y");
    assert_eq!(d.applied(), 1);
    assert!(d.state.layers.is_empty());
    assert!(d.state.run().is_some());
}

#[test]
fn keys_before_the_dialog_was_readable_do_not_count() {
    let mut d = Driver::new(init(80, 24));
    d.keys("2 j u");
    d.paint();
    d.raw(Key::plain(tenantry::app::Code::Enter));
    // Not painted yet.
    d.raw(Key::char('y'));
    d.clock += 5_000;
    d.raw(Key::char('y'));
    assert_eq!(d.applied(), 0);
    d.send(Msg::Painted { at_ms: d.clock });
    d.clock += 399;
    d.raw(Key::char('y'));
    assert_eq!(d.applied(), 0, "{}", d.screen());
    d.clock += 1;
    d.raw(Key::char('y'));
    assert_eq!(d.applied(), 1);
}

#[test]
fn enter_space_escape_and_the_opening_key_never_confirm() {
    for keys in ["Enter", "Esc", "Space Space", "p p p", "u", "Enter Enter Enter"] {
        let mut d = Driver::new(init(80, 24));
        d.keys("2 p");
        assert!(d.confirm().is_some());
        d.keys(keys);
        assert_eq!(d.applied(), 0, "{keys}");
    }
}

#[test]
fn a_plan_for_twenty_asks_for_the_number() {
    let mut d = Driver::empty(init(80, 24));
    d.send(Msg::Snapshot(snapshot(30)));
    d.send(Msg::Load(LoadEvent::Finished));
    d.keys("2 * a u Enter");
    assert_eq!(asked(&d).len(), 41);
    d.keys("y Enter");
    assert_eq!(d.applied(), 0);
    assert!(d.screen().contains("Type 41"), "{}", d.screen());
    d.send(Msg::Paste("41".to_owned()));
    assert_eq!(d.applied(), 0);
    for _ in 0..3 {
        d.key(Key::plain(tenantry::app::Code::Backspace));
    }
    d.keys("41 Enter");
    assert_eq!(d.applied(), 1);
    assert!(d.state.list(tenantry::app::List::Users).marks.is_empty(), "marks did their work");
}

#[test]
fn marks_that_the_filter_hides_are_never_taken_along_unseen() {
    let mut d = Driver::new(init(80, 24));
    d.keys("2 Space Space Space / Carla Enter");
    assert!(d.screen().contains("3 marked (2 hidden)"), "{}", d.screen());
    d.keys("u");
    assert!(d.screen().contains("3 marked, 2 hidden by the filter"), "{}", d.screen());
    d.keys("Enter");
    assert!(d.state.layers.is_empty() && d.plans_asked.is_empty(), "cancel has the focus");
    d.keys("u v Enter");
    assert_eq!(asked(&d), [2]);
    d.keys("Esc Esc Esc u a Enter");
    assert_eq!(asked(&d), [0, 1, 2]);
}

#[test]
fn ranges_mark_what_lies_between() {
    let mut d = Driver::new(init(80, 24));
    d.keys("2 j v j j v");
    assert_eq!(d.state.list(tenantry::app::List::Users).marks.len(), 3);
    d.keys("v j j Esc");
    assert_eq!(d.state.list(tenantry::app::List::Users).marks.len(), 3);
    d.keys("p");
    assert_eq!(asked(&d), [1, 2, 3]);
}

#[test]
fn the_fix_menu_offers_remedies_and_says_why_others_are_not_possible() {
    let mut d = Driver::new(init(80, 24));
    d.keys("1 j f");
    assert!(d.notice().contains("open the kind first") || !d.state.layers.is_empty() || d.notice().contains("nothing"));
    let mut d = Driver::new(init(120, 40));
    d.keys("2 j j j f");
    let screen = d.screen();
    assert!(screen.contains("Fix Dan Dupont"), "{screen}");
    assert!(screen.contains("no seat is free"), "{screen}");
    d.keys("1");
    assert!(d.plans_asked.is_empty() && d.notice().contains("no seat"), "{}", d.notice());
}

#[test]
fn a_whole_kind_waits_until_everything_is_loaded() {
    let mut builder = Builder::new(now());
    fill(&mut builder, 0);
    builder.part(Part::Users, Progress::Pending);
    let mut d = Driver::empty(init(80, 24));
    d.send(Msg::Snapshot(builder.snapshot()));
    d.send(Msg::Load(LoadEvent::Users { read: 11, of: Some(20) }));
    assert!(d.screen().contains("11 of 20 users"), "{}", d.screen());
    let screen = d.screen();
    let guests = screen.lines().find(|l| l.contains("Guest holds a license")).unwrap();
    assert!(guests.ends_with('…') && !guests.contains("none"), "pending is never none: {screen}");
    // NO-LOC is the tenth kind.
    d.keys("j j j j j j j j j j F");
    assert!(d.notice().contains("still loading"), "{}", d.notice());
    assert!(d.state.layers.is_empty());
    builder.part(Part::Users, Progress::Complete);
    d.send(Msg::Snapshot(builder.snapshot()));
    d.send(Msg::Load(LoadEvent::Finished));
    d.keys("F 2 Enter");
    assert_eq!(asked(&d), [1, 2, 8, 10]);
}

#[test]
fn reasons_are_told_instead_of_plans() {
    let mut d = Driver::new(init(80, 24));
    for (script, reason) in [
        ("2 g j j p", "no group license"),
        ("3 p", "does nothing here"),
        ("3 :reprocess Enter", "works on users"),
        ("1 u", "does nothing here"),
        ("2 g l", ""),
        ("r", ""),
    ] {
        d.keys(script);
        assert!(d.notice().contains(reason), "{script}: {}", d.notice());
        assert!(d.plans_asked.is_empty(), "{script}");
        d.keys("Esc Esc Esc");
    }
    d.keys("2 g l r");
    assert!(d.notice().contains("inherited from group Sales E3"), "{}", d.notice());
}

#[test]
fn a_filter_narrows_while_it_is_typed_and_says_where_it_cannot_be_read() {
    let mut d = Driver::new(init(80, 24));
    d.keys("2 / loc:none");
    assert_eq!(d.state.list(tenantry::app::List::Users).len(), 4);
    d.keys("Space \"");
    assert!(d.screen().contains("not closed"), "{}", d.screen());
    assert_eq!(d.state.list(tenantry::app::List::Users).len(), 4, "the last readable filter stays");
    d.key(Key::plain(tenantry::app::Code::Backspace));
    d.keys("dpt:x");
    assert!(d.screen().contains("did you mean `dept:`"), "{}", d.screen());
    d.keys("Esc");
    assert_eq!(d.state.list(tenantry::app::List::Users).len(), 11);
    d.keys("/ zoe Enter");
    assert_eq!(d.state.list(tenantry::app::List::Users).len(), 1);
    d.keys("Esc");
    assert_eq!(d.state.list(tenantry::app::List::Users).len(), 11);
}

#[test]
fn late_answers_are_dropped() {
    let mut d = Driver::new(init(80, 24));
    d.answer_views = false;
    d.answer_plans = false;
    d.keys("2");
    d.keys("/ anna");
    let asks: Vec<_> = d
        .effects
        .drain(..)
        .filter_map(|e| match e {
            Effect::View(ask) => Some(ask),
            _ => None,
        })
        .collect();
    assert!(asks.len() >= 4);
    for ask in asks.iter().rev() {
        d.send(Msg::View(tenantry::app::answer_view(ask, &|| false).unwrap()));
    }
    assert_eq!(d.state.list(tenantry::app::List::Users).len(), 1, "only the last ask counts");
    d.keys("Enter u Enter");
    let first = d.plans_asked.last().unwrap().clone();
    d.keys("Esc Enter");
    assert_eq!(d.plans_asked.len(), 2);
    d.send(Msg::Plan(PlanAnswer { generation: first.generation, result: Ok(Arc::new(fake_plan(&first))) }));
    assert!(d.confirm().is_none());
    d.send(Msg::Plan(PlanAnswer { generation: first.generation + 99, result: Err("no".to_owned()) }));
    assert!(matches!(d.state.layers.last(), Some(Layer::Planning(_))));
}

fn running() -> Driver {
    let mut d = Driver::new(init(80, 24));
    d.keys("2 Space Space Space u Enter y");
    d.send(Msg::Job(JobEvent::Started { run: "r-1".to_owned(), total: 3 }));
    d
}

#[test]
fn leaving_during_a_run_asks_and_waits_for_it() {
    let mut d = running();
    d.keys("q");
    assert!(d.screen().contains("A run is on"), "{}", d.screen());
    d.keys("Enter");
    assert!(d.state.layers.is_empty(), "keep on has the focus");
    d.raw(Key::ctrl('c'));
    d.keys("c");
    assert!(d.effects.iter().any(|e| matches!(e, Effect::CancelRun)));
    assert!(!d.effects.iter().any(|e| matches!(e, Effect::Quit { .. })));
    d.send(Msg::Job(JobEvent::Finished { summary: "0 done, 3 not sent".to_owned() }));
    assert!(matches!(d.effects.last(), Some(Effect::Quit { code: 0 })));
}

#[test]
fn a_run_shows_what_came_of_each_row() {
    let mut d = running();
    d.send(Msg::Job(JobEvent::Row { step: 0, outcome: Outcome::Done }));
    d.send(Msg::Job(JobEvent::Row { step: 1, outcome: Outcome::Refused { why: "changed meanwhile".to_owned() } }));
    assert!(d.screen().contains("1 of 3 done, 1 failed"), "{}", d.screen());
    d.keys("u");
    assert!(d.notice().contains("a run is on"), "{}", d.notice());
    d.keys("5");
    let screen = d.screen();
    assert!(screen.contains("done") && screen.contains("changed meanwhile"), "{screen}");
    d.send(Msg::Job(JobEvent::Finished { summary: "1 done, 1 refused".to_owned() }));
    d.keys("q");
    assert!(matches!(d.effects.last(), Some(Effect::Quit { code: 0 })));
}

#[test]
fn a_lost_terminal_stops_the_run_and_leaves_with_129() {
    let mut d = running();
    d.send(Msg::HangUp);
    assert!(matches!(d.effects.last(), Some(Effect::CancelRun)));
    d.send(Msg::Job(JobEvent::Finished { summary: String::new() }));
    assert!(matches!(d.effects.last(), Some(Effect::Quit { code: 129 })));
}

#[test]
fn errors_stay_until_a_key_and_are_kept() {
    use tenantry::domain::kind::Severity;
    let mut d = Driver::new(init(80, 24));
    d.send(Msg::Notice { text: "bad\u{1b}[31m".to_owned(), severity: Severity::Error });
    d.send(Msg::Notice { text: "fine".to_owned(), severity: Severity::Info });
    assert_eq!(d.notice(), "bad·[31m");
    d.keys("j");
    assert_eq!(d.notice(), "");
    d.keys("m");
    let screen = d.screen();
    assert!(screen.contains("! bad·[31m") && screen.contains("i fine"), "{screen}");
}

#[test]
fn pastes_and_bursts_outside_prompts_do_nothing() {
    let mut d = Driver::new(init(80, 24));
    d.keys("2 j");
    d.send(Msg::Paste("pyq\n".to_owned()));
    for c in "pulqfy".chars() {
        d.send(Msg::Key { key: Key::char(c), at_ms: d.clock, burst: true });
    }
    assert!(d.plans_asked.is_empty() && d.state.layers.is_empty());
    assert!(!d.effects.iter().any(|e| matches!(e, Effect::Quit { .. })));
    d.keys("/");
    d.send(Msg::Paste("loc:none\n".to_owned()));
    assert_eq!(d.state.list(tenantry::app::List::Users).len(), 4);
}

#[test]
fn the_row_of_the_focused_pane_narrows_the_others() {
    let mut d = Driver::new(init(160, 50));
    d.keys("3 j");
    assert_eq!(d.state.list(tenantry::app::List::Users).len(), 4, "{}", d.screen());
    assert_eq!(d.state.list(tenantry::app::List::Skus).len(), 1);
    d.keys("Esc");
    assert_eq!(d.state.list(tenantry::app::List::Users).len(), 11);
    d.keys("BackTab");
    assert_eq!(d.state.tab, Tab::Users);
}

#[test]
fn history_goes_back_to_place_and_object() {
    let mut d = Driver::new(init(80, 24));
    d.keys("2 j j Enter 3 Enter");
    d.keys("[ [");
    assert_eq!(d.state.tab, Tab::Users);
    assert!(d.screen().contains("Carla Conti"), "{}", d.screen());
    d.keys("]");
    assert_eq!(d.state.tab, Tab::Groups);
}

#[test]
fn findings_lead_to_their_cause_card() {
    let mut d = Driver::new(init(80, 24));
    d.keys("Enter j Enter");
    assert!(d.screen().contains("CONFLICT Service plans conflict"), "{}", d.screen());
    assert!(d.screen().contains("MutuallyExclusiveViolation"), "{}", d.screen());
    d.keys("Esc x");
    assert!(d.screen().contains("Why: Eva Esposito"), "{}", d.screen());
}

#[test]
fn copying_says_what_can_be_known_of_it() {
    let mut d = Driver::new(init(80, 24));
    d.keys("2 j y u");
    assert!(matches!(d.effects.last(), Some(Effect::Copy(text)) if text.as_str() == "user1@contoso.com"));
}

#[test]
fn nothing_is_confirmed_that_cannot_be_seen() {
    let mut d = Driver::new(init(40, 10));
    d.keys("2 j u Enter");
    assert!(d.confirm().is_some());
    d.keys("y");
    assert_eq!(d.applied(), 0, "{}", d.screen());
    assert!(d.screen().contains("higher"), "{}", d.screen());
    d.send(Msg::Resize { cols: 30, rows: 5 });
    d.keys("y j u");
    assert_eq!(d.applied(), 0);
    d.send(Msg::Resize { cols: 60, rows: 16 });
    d.keys("y");
    assert_eq!(d.applied(), 1);
}

#[test]
fn a_screen_that_is_too_small_takes_no_key_but_quit() {
    let mut d = Driver::new(init(30, 5));
    d.keys("2 Space p u Enter y");
    assert!(d.plans_asked.is_empty() && d.state.layers.is_empty());
    d.keys("q");
    assert!(matches!(d.effects.last(), Some(Effect::Quit { code: 0 })));
}

#[test]
fn every_action_is_in_the_palette_or_has_a_key_that_works_somewhere() {
    use tenantry::app::Action;
    let mut d = Driver::new(init(80, 24));
    d.keys(":");
    let Some(Layer::Chooser(palette)) = d.state.layers.last() else { panic!("no palette") };
    for spec in Action::table() {
        let listed = palette.choices.iter().any(|c| matches!(c.pick, tenantry::app::Pick::Act(a) if a == spec.action));
        assert!(listed || (!spec.keys.is_empty() && spec.contexts != 0), "{}", spec.id);
    }
}
