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

/// The row of a kind in the list of kinds, which begins at the left edge.
fn row<'a>(screen: &'a str, code: &str) -> Option<(usize, &'a str)> {
    let begins = |line: &str| line.chars().take(12).collect::<String>().contains(code);
    screen.lines().enumerate().find(|(_, line)| begins(line))
}

/// The count of a kind in the list of kinds.
fn count(screen: &str, code: &str) -> Option<usize> {
    row(screen, code)?.1.split(|c: char| c.is_whitespace() || c == '│').find_map(|word| word.parse().ok())
}

/// The row of the screen that is marked as being under the cursor.
fn under_cursor(terminal: &Terminal) -> Option<usize> {
    terminal.look(|screen| {
        let (rows, _) = screen.size();
        (2..rows.get()).find(|&row| screen.cell(row, 6).is_some_and(vt100::Cell::inverse)).map(usize::from)
    })
}

/// Moves the cursor of the kinds to `NO-LOC` and opens it.
#[track_caller]
fn open_no_location(terminal: &mut Terminal) {
    terminal.wait("the kinds", |screen| row(screen, "NO-LOC").is_some());
    let screen = terminal.screen();
    let (wanted, count) = (row(&screen, "NO-LOC").unwrap().0, count(&screen, "NO-LOC").unwrap());
    for _ in 0..40 {
        if under_cursor(terminal) == Some(wanted) {
            break;
        }
        let before = under_cursor(terminal);
        terminal.keys("j");
        terminal.until("the cursor to move", |t| under_cursor(t) != before);
    }
    assert_eq!(under_cursor(terminal), Some(wanted), "{}", terminal.screen());
    terminal.type_until(ENTER, &format!("1 of {count}"));
}

fn story(size: (u16, u16)) {
    let mut terminal = demo(&[], size);
    terminal.wait("the kinds", |screen| count(screen, "NO-LOC").is_some());
    let before = count(&terminal.screen(), "NO-LOC").unwrap();
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
    terminal.type_until("5", "1 of 1 done: 1 done");
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
    terminal.type_until("/", "Enter keep");
    terminal.keys("loc:none");
    terminal.wait("rows without location", |s| s.lines().any(|l| l.contains("[__]")) && !s.contains(" DE "));
    terminal.keys(ENTER);
    terminal.type_until("   ", "3 marked");
    terminal.type_until("u", "Usage location for 3 marked users");
    terminal.type_until("gb", "United Kingdom");
    terminal.type_until(ENTER, "Set usage location GB");
    terminal.shows("3 people");
    // Neither Enter nor Esc confirms.
    terminal.insist(ENTER, "the dialog to close", |s| !s.contains("Set usage location GB"));
    terminal.insist(ESC, "all layers to close", |s| !s.contains("type a code"));
    terminal.type_until("5", "Nothing was written in this session");
    terminal.type_until("2", "3 marked");
    quit_and_check(terminal);
}

#[test]
fn twenty_people_are_confirmed_by_typing_their_number() {
    let mut terminal = demo(&["--users", "3000"], (80, 24));
    terminal.type_until("2", "principal name");
    terminal.type_until("/", "Enter keep");
    terminal.keys("loc:none");
    terminal.keys(ENTER);
    terminal.wait("rows without location", |s| s.lines().any(|l| l.contains("[__]")) && !s.contains(" DE "));
    terminal.keys("*");
    terminal.type_until("a", " marked");
    let marked: usize = terminal.look(|screen| number_before(&screen.contents(), " marked"));
    assert!(marked >= 20, "{}", terminal.screen());
    terminal.keys("u");
    terminal.shows(&format!("Usage location for {marked} marked users"));
    terminal.type_until("us", "United States");
    terminal.keys(ENTER);
    terminal.shows(&format!("Type {marked}"));
    // `y` is no answer here, and a wrong number is none.
    terminal.insist("1", "a typed digit", |s| s.contains("> 1"));
    terminal.keys(ENTER);
    terminal.shows("`1` is not the phrase");
    terminal.shows(&format!("Type {marked}"));
    terminal.keys("\x15");
    terminal.keys(&marked.to_string());
    terminal.keys(ENTER);
    terminal.hides(&format!("Type {marked}"));
    terminal.type_until("5", &format!("{marked} of {marked} done: {marked} done"));
    quit_and_check(terminal);
}

#[test]
fn escape_never_confirms() {
    let mut terminal = demo(&[], (80, 24));
    open_no_location(&mut terminal);
    terminal.type_until("u", "Usage location for");
    terminal.type_until("fr", "France");
    terminal.type_until(ENTER, "Set usage location FR");
    terminal.insist(ESC, "all layers to close", |s| !s.contains("Set usage location FR") && !s.contains("type a code"));
    terminal.type_until("5", "Nothing was written in this session");
    quit_and_check(terminal);
}

fn number_before(screen: &str, word: &str) -> usize {
    let before = screen.split(word).next().unwrap_or_default();
    before.split(|c: char| !c.is_ascii_digit()).rfind(|w| !w.is_empty()).and_then(|w| w.parse().ok()).unwrap_or(0)
}
