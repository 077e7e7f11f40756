//! Read-only is a wall: every key of the action table, pressed in the built program in every tab, with `y`, Enter and
//! typed phrases after it, and nothing but GET arrives at the server. However read-only was set.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may")]

mod pty;

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use pty::{ENTER, ESC, Start, Terminal, quit_and_check, tenantry};
use tenantry::app::{Action, Code, Key};
use tenantry::sim::{Options, Server};

const LOOPBACK: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

/// What a terminal sends for a key.
fn bytes(key: Key) -> String {
    let plain = match key.code {
        Code::Char(c) if key.ctrl => return char::from(c as u8 & 0x1f).to_string(),
        Code::Char(c) => return c.to_string(),
        Code::Enter => "\r",
        Code::Esc => "\x1b",
        Code::Tab => "\t",
        Code::BackTab => "\x1b[Z",
        Code::Backspace => "\x7f",
        Code::Delete => "\x1b[3~",
        Code::Up => "\x1b[A",
        Code::Down => "\x1b[B",
        Code::Right => "\x1b[C",
        Code::Left => "\x1b[D",
        Code::Home => "\x1b[H",
        Code::End => "\x1b[F",
        Code::PageUp => "\x1b[5~",
        Code::PageDown => "\x1b[6~",
    };
    plain.to_owned()
}

/// Whether pressing it would end or stop the program: those are no actions on a tenant.
fn leaves(action: Action) -> bool {
    matches!(action, Action::Quit | Action::Suspend)
}

/// Keys that lead to a place: kinds, findings, users, marked users, groups, products, runs.
const PLACES: [&str; 9] = ["1", "1gjjj\r", "1\rG", "2g", "2Gkk\r", "2  ", "3g", "4g", "5"];

/// Types parts one after the other, each after the program came to rest: more than five different characters at once
/// would be dropped as a burst.
fn type_parts(terminal: &mut Terminal, parts: &[&str]) {
    for part in parts {
        terminal.keys(part);
        terminal.quiet_for(Duration::from_millis(8));
    }
}

/// Escape until nothing lies over the lists. It is not pressed in vain: with a key close behind it would read as Alt.
fn surface(terminal: &mut Terminal) {
    let bare = |s: &str| s.trim_end().lines().next_back().is_some_and(|last| last.contains("? help"));
    if !bare(&terminal.screen()) {
        terminal.insist(ESC, "all layers to close", bare);
    }
}

/// Every key everywhere.
fn drive(terminal: &mut Terminal, places: &[&str]) {
    let actions = || Action::table().iter().filter(|spec| !leaves(spec.action));
    for place in places {
        for spec in actions() {
            for key in spec.keys {
                surface(terminal);
                type_parts(terminal, &[place, &format!("{}\ry\r", bytes(*key)), "1\r"]);
            }
        }
        surface(terminal);
        assert!(terminal.screen().contains("AUDIT"), "{place}:\n{}", terminal.screen());
    }
    // By name, too: what has no key.
    for spec in actions() {
        surface(terminal);
        type_parts(terminal, &["2gjjjj", ":", spec.id, "\r", "\ry\r"]);
    }
    surface(terminal);
    terminal.quiet_for(Duration::from_millis(300));
}

fn on(server: &Server, arguments: &[&str]) -> Start {
    let url = server.base_url();
    tenantry(&[&["--graph-url", &url], arguments].concat()).env("TENANTRY_TOKEN", "x")
}

/// Starts a server, lets `start` start the program on it, and sees which methods arrive.
fn only_reads(size: (u16, u16), places: &[&str], start: impl FnOnce(&Server) -> Start) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let server = runtime.block_on(Server::start(Options::default(), LOOPBACK)).unwrap();
    let before = server.dump();
    let mut terminal = start(&server).size(size.0, size.1).spawn();
    terminal.shows("as of");
    terminal.shows("NO-LOC");
    terminal.shows("AUDIT");
    drive(&mut terminal, places);
    quit_and_check(terminal);
    let requests = server.requests();
    let others: Vec<_> = requests.iter().filter(|r| r.method != "GET").collect();
    assert!(others.is_empty(), "{others:?}");
    assert!(!requests.is_empty());
    assert_eq!(server.dump(), before);
}

#[test]
fn by_option() {
    only_reads((80, 24), &PLACES, |server| on(server, &["--read-only"]));
}

#[test]
fn by_option_with_three_panes() {
    only_reads((160, 50), &PLACES, |server| on(server, &["--read-only"]));
}

#[test]
fn by_environment() {
    only_reads((80, 24), &PLACES[3..6], |server| on(server, &[]).env("TENANTRY_READ_ONLY", "1"));
}

#[test]
fn by_a_profile_that_the_environment_cannot_undo() {
    only_reads((80, 24), &PLACES[3..6], |server| {
        on(server, &["--profile", "audit"])
            .env("TENANTRY_READ_ONLY", "0")
            .file("config/tenantry/config.toml", "[profile.audit]\nread-only = true\n")
    });
}

#[test]
fn without_it_the_same_way_does_write() {
    // The proof that the tests above would notice.
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let server = runtime.block_on(Server::start(Options::default(), LOOPBACK)).unwrap();
    let mut terminal = on(&server, &[]).spawn();
    terminal.shows("as of");
    terminal.shows("NO-LOC");
    terminal.type_until("2", "1 of 300");
    terminal.type_until("u", "Usage location for");
    terminal.type_until("fr", "France");
    terminal.type_until(ENTER, "Set usage location FR");
    assert!(terminal.screen().contains("writes to this tenant"), "{}", terminal.screen());
    terminal.insist("y", "the dialog to close", |s| !s.contains("Confirm"));
    terminal.type_until("5", "1 of 1 done: 1 done");
    quit_and_check(terminal);
    assert!(server.requests().iter().any(|r| r.method == "PATCH"));
}
