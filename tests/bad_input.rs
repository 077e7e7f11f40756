//! A bad server, no server, no token, no terminal: one line on standard error that says what to do, the documented exit
//! code, nothing on standard output, and a terminal that is as it was. For the commands and for the explorer.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may")]

mod pty;

use std::net::Ipv4Addr;
use std::process::{Command, Stdio};
use std::sync::Arc;

use axum::Router;
use axum::http::{StatusCode, Uri, header};
use axum::response::IntoResponse;
use pty::{check_restored, quit_and_check, tenantry};
use serde_json::json;
use tenantry::sim::{Options, Server};
use tokio::runtime::Runtime;

/// What a server answers to a path.
type Answer = Arc<dyn Fn(&str) -> (u16, &'static str, String) + Send + Sync>;

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

/// A server that somebody else wrote. Its base URL.
fn serve(runtime: &Runtime, answer: Answer) -> String {
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let router = Router::new().fallback(move |uri: Uri| {
            let (status, kind, body) = answer(uri.path());
            async move { (StatusCode::from_u16(status).unwrap(), [(header::CONTENT_TYPE, kind)], body).into_response() }
        });
        tokio::spawn(async move { axum::serve(listener, router).await });
        format!("http://127.0.0.1:{port}/v1.0")
    })
}

fn always(status: u16, kind: &'static str, body: &str) -> Answer {
    let body = body.to_owned();
    Arc::new(move |_| (status, kind, body.clone()))
}

const JSON: &str = "application/json";

/// Servers that are no use, with the exit code and a word of what to do.
fn useless() -> Vec<(&'static str, Answer, u32, &'static str)> {
    let refused = json!({"error": {"code": "InvalidAuthenticationToken", "message": "Access token is empty."}});
    let forbidden = json!({"error": {"code": "Authorization_RequestDenied", "message": "Insufficient privileges."}});
    vec![
        ("a refused token", always(401, JSON, &refused.to_string()), 3, "sign in"),
        ("no permission", always(403, JSON, &forbidden.to_string()), 3, "permission"),
        ("a web page", always(200, "text/html", "<html><title>Sign in to the proxy</title></html>"), 6, "URL"),
        ("no such path", always(404, "text/html", "<html><title>404 Not Found</title></html>"), 6, "URL"),
        ("other JSON", always(200, JSON, "{\"hello\": \"world\"}"), 6, ""),
        ("a list", always(200, JSON, "[1, 2, 3]"), 6, ""),
        ("nothing", always(200, JSON, ""), 6, ""),
        ("torn JSON", always(200, JSON, "{\"value\": [{\"id\": \"0000"), 6, ""),
    ]
}

/// Exit code, standard output, standard error of the program without a terminal.
fn piped(arguments: &[&str], token: bool) -> (i32, String, String) {
    let home = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_tenantry"));
    command.args(arguments).env_clear().env("HOME", home.path()).current_dir(home.path()).stdin(Stdio::null());
    if token {
        command.env("TENANTRY_TOKEN", "x");
    }
    let output = command.output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().unwrap_or(-1), text(&output.stdout), text(&output.stderr))
}

/// One line that is for people.
#[track_caller]
fn one_line(err: &str, case: &str) {
    assert_eq!(err.lines().count(), 1, "{case}: {err}");
    assert!(err.starts_with("tenantry: "), "{case}: {err}");
    assert!(!err.contains('\u{1b}') && !err.contains("panicked"), "{case}: {err}");
}

#[test]
fn a_useless_server_is_named_in_one_line() {
    let runtime = runtime();
    for (case, answer, code, word) in useless() {
        let url = serve(&runtime, answer);
        // Torn answers are asked for again with patience: once is enough.
        let commands = [&["audit"][..], &["list", "users"]];
        for command in commands.into_iter().take(if case == "torn JSON" { 1 } else { 2 }) {
            let (status, out, err) = piped(&[command, &["--graph-url", &url]].concat(), true);
            assert_eq!((status, out.as_str()), (i32::try_from(code).unwrap(), ""), "{case}: {err}");
            one_line(&err, case);
            assert!(err.contains(word), "{case}: {err}");
        }
    }
}

#[test]
fn the_explorer_leaves_a_useless_server_and_restores_the_terminal() {
    let runtime = runtime();
    for (case, answer, code, word) in useless() {
        let url = serve(&runtime, answer);
        leaves(&["--graph-url", &url], code, word, case);
    }
}

/// The explorer ends by itself with one line, on the screen that was there before.
#[track_caller]
fn leaves(arguments: &[&str], code: u32, word: &str, case: &str) {
    let mut terminal = tenantry(arguments).env("TENANTRY_TOKEN", "x").size(400, 24).spawn();
    let held = terminal.hold();
    assert_eq!(terminal.ends(), (code, None), "{case}: {}", terminal.screen());
    terminal.wait("the message", |s| s.contains("tenantry: "));
    let message = terminal.screen();
    one_line(message.trim_end(), case);
    assert!(message.contains(word), "{case}: {message}");
    assert!(!held.is_raw(), "{case}: the terminal is still raw");
    terminal.look(|s| assert!(!s.alternate_screen() && !s.hide_cursor() && !s.bracketed_paste(), "{case}"));
}

#[test]
fn nobody_listens() {
    // A port that was free a moment ago.
    let port = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
    let url = format!("http://127.0.0.1:{port}/v1.0");
    let (status, out, err) = piped(&["audit", "--graph-url", &url], true);
    assert_eq!((status, out.as_str()), (6, ""), "{err}");
    one_line(&err, "refused");
    assert!(err.contains("cannot reach 127.0.0.1"), "{err}");
    leaves(&["--graph-url", &url], 6, "cannot reach 127.0.0.1", "refused");
}

#[test]
fn arguments_that_cannot_work_are_refused_before_anything_is_sent() {
    let url = "http://127.0.0.1:9/v1.0";
    for (arguments, token, code, word) in [
        (&["--graph-url", "nonsense"][..], true, 2, "https://"),
        (&["--graph-url", "ftp://127.0.0.1/v1.0"], true, 2, "http"),
        (&["--graph-url", "http://graph.example.com/v1.0"], true, 2, "https"),
        (&["--graph-url", "http://127.0.0.1.example.com/v1.0"], true, 2, "https"),
        (&["--graph-url", "http://user:secret@127.0.0.1/v1.0"], true, 2, ""),
        (&["--graph-url", url, "--auth", "token"], false, 3, "TENANTRY_TOKEN"),
        (&["--red-only"], true, 2, "--read-only"),
    ] {
        for command in [&["audit"][..], &[]] {
            let (status, out, err) = piped(&[command, arguments].concat(), token);
            assert_eq!((status, out.as_str()), (code, ""), "{arguments:?}: {err}");
            one_line(&err, &arguments.join(" "));
            assert!(err.contains(word) && !err.contains("secret"), "{arguments:?}: {err}");
        }
    }
}

#[test]
fn without_a_terminal_the_explorer_says_what_to_use() {
    let runtime = runtime();
    let server = runtime.block_on(Server::start(Options::default(), ([127, 0, 0, 1], 0).into())).unwrap();
    let url = server.base_url();
    for arguments in [&["demo"][..], &["--graph-url", &url]] {
        let (status, out, err) = piped(arguments, true);
        assert_eq!((status, out.as_str()), (7, ""), "{err}");
        one_line(&err, "no terminal");
        assert!(err.contains("tenantry audit"), "{err}");
    }
}

#[test]
fn another_tenant_than_the_one_asked_for_is_left_at_once() {
    let runtime = runtime();
    let server = runtime.block_on(Server::start(Options::default(), ([127, 0, 0, 1], 0).into())).unwrap();
    let url = server.base_url();
    for other in ["fabrikam.com", "00000000-0000-0000-0000-0000000000ff"] {
        let (status, out, err) = piped(&["audit", "--graph-url", &url, "--tenant", other], true);
        assert_eq!((status, out.as_str()), (3, ""), "{err}");
        one_line(&err, other);
        assert!(err.contains("contoso.com") && err.contains(other), "{err}");
        leaves(&["--graph-url", &url, "--tenant", other], 3, other, "another tenant");
    }
    // The right one, by domain in any casing and by id.
    for same in ["CONTOSO.com", &server.tenant_id().to_string()] {
        let terminal = tenantry(&["--graph-url", &url, "--tenant", same]).env("TENANTRY_TOKEN", "x").spawn();
        terminal.shows("NO-LOC");
        terminal.shows("as of");
        quit_and_check(terminal);
    }
}

/// A tenant in which nothing was bought and nobody is in a group.
fn empty_tenant(path: &str) -> (u16, &'static str, String) {
    let organization = json!({"value": [{
        "id": "11111111-2222-3333-4444-555555555555", "displayName": "Empty", "countryLetterCode": "DE",
        "verifiedDomains": [{"name": "empty.example", "isDefault": true, "isInitial": true}]
    }]});
    let user = json!({"value": [{
        "id": "11111111-2222-3333-4444-666666666666", "userPrincipalName": "only@empty.example",
        "displayName": "Only One", "accountEnabled": true, "userType": "Member"
    }]});
    match path.trim_start_matches("/v1.0") {
        "/organization" => (200, JSON, organization.to_string()),
        "/users/$count" => (200, "text/plain", "1".to_owned()),
        "/users" => (200, JSON, user.to_string()),
        "/groups/$count" => (200, "text/plain", "0".to_owned()),
        _ => (200, JSON, json!({"value": []}).to_string()),
    }
}

#[test]
fn a_tenant_without_groups_and_products_is_a_tenant() {
    let runtime = runtime();
    let url = serve(&runtime, Arc::new(empty_tenant));
    let (status, out, err) = piped(&["audit", "--graph-url", &url, "--format", "json"], true);
    assert_eq!(status, 0, "{out} {err}");
    let document: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!((&document["complete"], &document["counts"]["users"]), (&json!(true), &json!(1)), "{out}");
    let mut terminal = tenantry(&["--graph-url", &url]).env("TENANTRY_TOKEN", "x").spawn();
    terminal.shows("as of");
    for (keys, text) in [("2", "Only One"), ("3", "0 of 0"), ("4", "0 of 0"), ("1", "NO-LOC")] {
        terminal.type_until(keys, text);
    }
    quit_and_check(terminal);
}

#[test]
fn a_small_terminal_is_told_and_given_back() {
    let terminal = tenantry(&["demo"]).size(30, 8).spawn();
    terminal.wait("one message", |s| s.trim() == "tenantry needs 40x10; q quits");
    let held = terminal.hold();
    let mut terminal = terminal;
    terminal.keys("q");
    assert_eq!(terminal.ends(), (0, None));
    check_restored(terminal, held);
}
