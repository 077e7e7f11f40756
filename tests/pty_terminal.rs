//! How the built program behaves as a guest of a terminal: sizes, pastes, torn keys, signals, hang-up, silence.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may")]

mod pty;

use std::time::{Duration, Instant};

use pty::{ENTER, ESC, Terminal, check_restored, program, quit_and_check, tenantry};
use rustix::process::Signal;

#[track_caller]
fn demo(arguments: &[&str]) -> Terminal {
    loaded(tenantry(&[&["demo"], arguments].concat()))
}

#[track_caller]
fn loaded(start: pty::Start) -> Terminal {
    let terminal = start.spawn();
    terminal.shows("as of");
    terminal.shows("NO-LOC");
    terminal
}

#[test]
fn any_size_is_survived_and_the_screen_comes_back() {
    let mut terminal = demo(&[]);
    for (columns, rows) in [(160, 50), (30, 8), (1, 1), (200, 3), (12, 60), (60, 20), (119, 24)] {
        terminal.resize(columns, rows);
        if columns >= 60 && rows >= 20 {
            terminal.shows("All findings");
        }
    }
    terminal.resize(30, 8);
    terminal.wait("one message", |s| s.trim() == "tenantry needs 40x10; q quits");
    // What cannot be seen does nothing: no plan, no filter.
    // Few enough different keys that, read at once together with what follows, they are no burst.
    terminal.keys("2uy");
    terminal.keys(ENTER);
    terminal.resize(80, 24);
    terminal.shows("All findings");
    assert!(!terminal.screen().contains("Confirm"), "{}", terminal.screen());
    quit_and_check(terminal);
}

#[test]
fn a_paste_outside_of_a_prompt_does_nothing() {
    let mut terminal = demo(&[]);
    terminal.keys("\x1b[200~2ufr\ry\rq\x1b[201~");
    terminal.shows("pasted text was dropped");
    // Without bracketed paste it comes as a burst.
    terminal.keys("x");
    terminal.hides("pasted text was dropped");
    terminal.keys("2jufrpylq");
    terminal.shows("a burst of keys was dropped");
    terminal.shows("All findings");
    // In a prompt it is text.
    terminal.type_until("2", "principal name");
    terminal.type_until("/", "Enter keep");
    terminal.keys("\x1b[200~loc:none\x1b[201~");
    terminal.shows("/loc:none");
    terminal.keys(ENTER);
    terminal.shows("filter loc:none");
    quit_and_check(terminal);
}

#[test]
fn a_torn_arrow_key_is_one() {
    // Over SSH the program waits longer for the rest of a key.
    let mut terminal = loaded(tenantry(&["demo"]).env("SSH_CONNECTION", "192.0.2.1 1 192.0.2.2 22"));
    terminal.type_until("2", "1 of 300");
    terminal.keys("\x1b[B");
    terminal.shows("2 of 300");
    for row in 3..8 {
        let torn = Instant::now();
        terminal.keys(ESC);
        // The gap is the subject here: nothing can be waited for in it.
        std::thread::sleep(Duration::from_millis(20));
        terminal.keys("[B");
        if torn.elapsed() > Duration::from_millis(60) {
            // This machine is too busy to tear a key the way a line does: what came of it says nothing.
            return;
        }
        terminal.shows(&format!("{row} of 300"));
    }
    assert!(!terminal.screen().contains("does nothing"), "{}", terminal.screen());
    quit_and_check(terminal);
}

#[test]
fn an_idle_screen_costs_no_bytes() {
    for read_only in [&[][..], &["--read-only"]] {
        let terminal = demo(read_only);
        terminal.quiet_for(Duration::from_secs(2));
        // Once it is at rest it stays so: a screen that ticks breaks the silence again.
        assert_eq!(terminal.quiet_for(Duration::from_secs(2)), 0, "{}", terminal.screen());
        quit_and_check(terminal);
    }
}

#[test]
fn a_broken_connection_ends_the_program() {
    let mut terminal = demo(&[]);
    terminal.hang_up();
    let (code, signal) = terminal.ends();
    assert!(code == 129 || signal.is_some(), "{code} {signal:?}");
}

#[test]
fn a_broken_connection_is_noticed_without_the_signal() {
    // The signal goes to the leader of the session only, here a shell that holds it back.
    let script = format!("trap '' HUP; {} demo; echo ended", env!("CARGO_BIN_EXE_tenantry"));
    let mut terminal = loaded(program("/bin/sh", &["-c", &script]));
    terminal.hang_up();
    // The shell ends only after the program did.
    terminal.ends();
}

#[test]
fn told_to_end_it_restores_the_terminal() {
    for (signal, code) in [(Signal::TERM, 143), (Signal::HUP, 129)] {
        let mut terminal = demo(&[]);
        let held = terminal.hold();
        assert!(held.is_raw());
        terminal.signal(signal);
        assert_eq!(terminal.ends(), (code, None), "{}", terminal.screen());
        check_restored(terminal, held);
    }
}

#[test]
fn control_c_asks_like_q_and_leaves_when_nothing_is_on() {
    let mut terminal = demo(&[]);
    terminal.type_until("/", "filter");
    let held = terminal.hold();
    terminal.insist("\x03", "the end", |s| s.trim().is_empty());
    assert_eq!(terminal.ends(), (0, None));
    check_restored(terminal, held);
}

#[test]
fn suspended_it_gives_the_terminal_to_the_shell_and_takes_it_again() {
    let script = format!("PS1='sh> '; {} demo", env!("CARGO_BIN_EXE_tenantry"));
    let Some(bash) = ["/bin/bash", "/usr/bin/bash"].into_iter().find(|p| std::path::Path::new(p).exists()) else {
        return;
    };
    let mut terminal = program(bash, &["--norc", "--noprofile", "-i"]).env("PS1", "sh> ").spawn();
    terminal.shows("sh>");
    terminal.keys(&script);
    terminal.type_until(ENTER, "All findings");
    terminal.shows("as of");
    terminal.keys("\x1a");
    terminal.wait("the shell", |s| s.contains("Stopped") && !s.contains("All findings"));
    terminal.look(|s| assert!(!s.alternate_screen() && !s.hide_cursor()));
    terminal.keys("fg");
    terminal.type_until(ENTER, "All findings");
    assert!(terminal.look(vt100::Screen::alternate_screen));
    terminal.keys("q");
    // The shell drops what was typed before its prompt.
    terminal.wait("the prompt", |s| !s.contains("All findings") && s.trim_end().ends_with("\nsh>"));
    terminal.keys("echo left $?");
    terminal.type_until(ENTER, "left 0");
    terminal.keys("exit");
    terminal.keys(ENTER);
    terminal.ends();
}

/// Shows every kind of place and dialog.
#[track_caller]
fn tour(terminal: &mut Terminal) {
    for (keys, text) in [("2", "principal name"), ("3", "name"), ("4", "free"), ("5", "in this session"), ("6", "GET")]
    {
        terminal.type_until(keys, text);
    }
    terminal.type_until("2", "1 of 300");
    terminal.type_until("?", "What can be done here");
    terminal.insist(ESC, "help to close", |s| !s.contains("What can be done here"));
    terminal.type_until(ENTER, "Principal name");
    terminal.insist(ESC, "the detail to close", |s| s.contains("1 of 300") && !s.contains("Principal name"));
    terminal.type_until("u", "Usage location for");
    terminal.type_until("fr", "France");
    terminal.type_until(ENTER, "Set usage location FR");
    terminal.insist(ESC, "the dialog to close", |s| !s.contains("Set usage location FR"));
    terminal.insist(ESC, "the picker to close", |s| !s.contains("type a code"));
}

/// Parameters of every `ESC [ … m` in what was written.
fn renditions(bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes);
    let sequences = text.split("\x1b[").skip(1);
    let ends = sequences.filter_map(|s| s.split_once(|c: char| c.is_ascii_alphabetic()).map(|(p, _)| (p, s)));
    ends.filter(|(p, s)| s[p.len()..].starts_with('m')).map(|(p, _)| p.to_owned()).collect()
}

fn is_color(parameters: &str) -> bool {
    parameters.split(';').any(|p| matches!(p.parse::<u32>(), Ok(30..=38 | 40..=48 | 58 | 90..=97 | 100..=107)))
}

#[test]
fn without_color_no_color_is_sent_and_the_cursor_row_still_shows() {
    for mut terminal in [
        loaded(tenantry(&["demo"]).env("NO_COLOR", "1")),
        demo(&["--no-color"]),
        loaded(tenantry(&["demo"]).env("TENANTRY_NO_COLOR", "1")),
    ] {
        tour(&mut terminal);
        let renditions = renditions(&terminal.bytes());
        assert!(renditions.iter().all(|r| !is_color(r)), "{renditions:?}");
        assert!(renditions.iter().any(|r| r.split(';').any(|p| p == "7")), "no row is reversed: {renditions:?}");
        quit_and_check(terminal);
    }
    // The proof that the test would notice.
    let terminal = demo(&[]);
    assert!(renditions(&terminal.bytes()).iter().any(|r| is_color(r)));
}

#[test]
fn in_ascii_only_the_tenant_itself_goes_beyond_ascii() {
    for mut terminal in [demo(&["--ascii"]), loaded(tenantry(&["demo"]).env("LANG", "C"))] {
        tour(&mut terminal);
        let text = String::from_utf8_lossy(&terminal.bytes()).into_owned();
        let other: Vec<char> = text.chars().filter(|c| !c.is_ascii() && !c.is_alphanumeric()).collect();
        assert!(other.is_empty(), "{other:?}");
        quit_and_check(terminal);
    }
}

#[test]
fn the_terminal_is_never_asked_anything() {
    let mut terminal = demo(&[]);
    tour(&mut terminal);
    terminal.resize(160, 50);
    terminal.shows("1 of 300");
    terminal.keys("\x0c");
    terminal.type_until("1", "All findings");
    let bytes = terminal.bytes();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    for query in [
        "\x1b[6n", "\x1b[5n", "\x1b[c", "\x1b[0c", "\x1b[>c", "\x1b[>0c", "\x1b[=c", "\x1b[?u", "\x1b[>q", "\x1bZ",
        "\x05",
    ] {
        assert!(!text.contains(query), "{query:?} was sent");
    }
    for osc in text.split("\x1b]").skip(1) {
        let body = osc.split(['\x07', '\x1b']).next().unwrap_or_default();
        assert!(!body.contains(";?"), "a query was sent: {body:?}");
    }
    assert!(!text.contains("$p") && !text.contains("\x1bP"), "a mode or setting was asked for");
    quit_and_check(terminal);
}
