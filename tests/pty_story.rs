//! The story of the README, played with the built program in a pseudo terminal: find, plan, confirm, gone; and
//! everything on the way that must not write.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may")]

mod pty;

use pty::{ENTER, ESC, Terminal, quit_and_check, tenantry};

/// The demo, loaded.
#[track_caller]
fn demo(arguments: &[&str], size: (u16, u16)) -> Terminal {
    let arguments = [&["demo"], arguments].concat();
    let terminal = tenantry(&arguments).size(size.0, size.1).spawn();
    terminal.shows("as of");
    terminal.shows("NO-LOC");
    terminal
}

/// The count of a kind in the list of kinds.
fn count(screen: &str, code: &str) -> Option<usize> {
    let line = screen.lines().find(|line| line.contains(code))?;
    line.split_whitespace().find_map(|word| word.parse().ok())
}

/// Moves the cursor of the kinds to `NO-LOC` and opens it.
#[track_caller]
fn open_no_location(terminal: &mut Terminal) {
    let steps = terminal.screen().lines().skip_while(|l| !l.contains("All findings")).position(|l| l.contains("NO-LOC"));
    terminal.keys(&"j".repeat(steps.unwrap()));
    terminal.keys(ENTER);
    terminal.wait("the findings of that kind", |screen| screen.contains("NO-LOC") && !screen.contains("All findings"));
}

fn story(size: (u16, u16)) {
    let mut terminal = demo(&[], size);
    let before = count(&terminal.screen(), "NO-LOC").unwrap();
    assert!(before > 0, "{}", terminal.screen());
    open_no_location(&mut terminal);
    terminal.type_until("u", "Usage location for");
    terminal.type_until("fr", "France");
    terminal.type_until(ENTER, "Set usage location FR (France) for 1 user");
    terminal.shows("usage location none -> FR");
    terminal.shows("contoso.com");
    terminal.insist("y", "the dialog to close", |screen| !screen.contains("Confirm"));
    terminal.keys("1");
    terminal.wait("one finding less", |screen| count(screen, "NO-LOC") == Some(before - 1));
    // What was done stands in Runs.
    terminal.type_until("5", "done");
    quit_and_check(terminal);
}

#[test]
fn a_missing_usage_location_is_found_and_fixed_at_80_by_24() {
    story((80, 24));
}

#[test]
fn a_missing_usage_location_is_found_and_fixed_at_160_by_50() {
    story((160, 50));
}

#[test]
fn read_only_says_why_it_will_not() {
    let mut terminal = demo(&["--read-only"], (80, 24));
    terminal.shows("AUDIT");
    open_no_location(&mut terminal);
    for key in ["u", "f", "l", "F"] {
        terminal.keys(key);
        terminal.shows("read-only audit (--read-only)");
        // Another key takes the notice away.
        terminal.keys("k");
        terminal.hides("read-only audit (--read-only)");
    }
    quit_and_check(terminal);
}

#[test]
fn a_filter_and_marks_make_one_plan_that_names_everybody() {
    let mut terminal = demo(&[], (80, 24));
    terminal.type_until("2", "principal name");
    terminal.type_until("/", "Enter");
    terminal.keys("loc:none");
    terminal.wait("rows without location", |s| s.lines().any(|l| l.contains("[__]")) && !s.contains(" DE "));
    terminal.keys(ENTER);
    terminal.type_until("   ", "3 marked");
    terminal.type_until("u", "Usage location for 3 users");
    terminal.type_until("gb", "United Kingdom");
    terminal.type_until(ENTER, "Set usage location GB");
    terminal.shows("3 people");
    // Neither Enter nor Esc confirms.
    terminal.insist(ENTER, "the dialog to close", |s| !s.contains("Set usage location GB"));
    terminal.type_until("5", "Nothing was written yet");
    terminal.type_until("2", "3 marked");
    quit_and_check(terminal);
}

#[test]
fn twenty_people_are_confirmed_by_typing_their_number() {
    let mut terminal = demo(&["--users", "3000"], (80, 24));
    terminal.type_until("2", "principal name");
    terminal.keys("/");
    terminal.keys("loc:none");
    terminal.keys(ENTER);
    terminal.wait("rows without location", |s| s.lines().any(|l| l.contains("[__]")) && !s.contains(" DE "));
    terminal.keys("*");
    terminal.type_until("a", " marked");
    let marked: usize = terminal.look(|screen| number_before(&screen.contents(), " marked"));
    assert!(marked >= 20, "{}", terminal.screen());
    terminal.keys("u");
    terminal.shows(&format!("Usage location for {marked} users"));
    terminal.type_until("us", "United States");
    terminal.keys(ENTER);
    terminal.shows(&format!("Type {marked}"));
    // `y` is no answer here, and a wrong number is none.
    terminal.insist("1", "a typed digit", |s| s.contains("> 1"));
    terminal.keys(ENTER);
    terminal.shows("is not");
    terminal.shows(&format!("Type {marked}"));
    terminal.keys("\x15");
    terminal.keys(&marked.to_string());
    terminal.keys(ENTER);
    terminal.hides(&format!("Type {marked}"));
    terminal.type_until("5", "done");
    quit_and_check(terminal);
}

#[test]
fn escape_never_confirms() {
    let mut terminal = demo(&[], (80, 24));
    open_no_location(&mut terminal);
    terminal.type_until("u", "Usage location for");
    terminal.type_until("fr", "France");
    terminal.type_until(ENTER, "Set usage location FR");
    terminal.keys(ESC);
    terminal.hides("Set usage location FR");
    terminal.type_until("5", "Nothing was written yet");
    quit_and_check(terminal);
}

fn number_before(screen: &str, word: &str) -> usize {
    let before = screen.split(word).next().unwrap_or_default();
    before.split(|c: char| !c.is_ascii_digit()).rfind(|w| !w.is_empty()).and_then(|w| w.parse().ok()).unwrap_or(0)
}
