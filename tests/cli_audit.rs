//! `audit` and `list` through the command line, over a tenant that is handed in: files, exit codes, closed pipes.

#![allow(clippy::unwrap_used)] // what is not there is a failed test

#[path = "audit_document/tenant.rs"]
mod tenant;

use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;

use tenantry::cli;
use tenantry::run::Output;
use tenantry::run::exit::{ExitCode, Failure};
use tenantry::run::rooms::Rooms;

fn rooms() -> Rooms {
    Rooms {
        load: |settings, messages| {
            writeln!(messages, "loading")?;
            match settings.tenant.as_deref() {
                Some("half") => Ok(tenant::incomplete()),
                Some("none") => Err(Failure::denied("sign-in failed")),
                _ => Ok(tenant::small()),
            }
        },
        keys: || "| key | does |\n".to_owned(),
        ..Rooms::wired()
    }
}

fn run_to(out: &mut dyn Write, arguments: &[&str]) -> (ExitCode, String) {
    let mut messages = Vec::new();
    let arguments = ["tenantry", "--config", "/dev/null"].iter().chain(arguments).map(|a| (*a).into());
    let mut output = Output { out, messages: &mut messages, width: None };
    let code = cli::main(arguments.collect::<Vec<_>>(), &|_| None, &rooms(), &mut output);
    (code, String::from_utf8(messages).unwrap())
}

fn run(arguments: &[&str]) -> (ExitCode, String, String) {
    let mut out = Vec::new();
    let (code, messages) = run_to(&mut out, arguments);
    (code, String::from_utf8(out).unwrap(), messages)
}

#[test]
fn data_goes_out_messages_go_elsewhere_and_the_code_says_what_was_found() {
    let (code, out, messages) = run(&["audit", "--format", "json"]);
    assert_eq!((code, messages.as_str()), (ExitCode::Findings, "loading\n"));
    assert_eq!(serde_json::from_str::<serde_json::Value>(&out).unwrap()["schema"], "tenantry.audit/1");
    for (arguments, expected) in [
        (&["audit", "--fail-on", "never"][..], ExitCode::Clean),
        (&["audit", "--kind", "usage-location-missing"], ExitCode::Clean),
        (&["audit", "--kind", "usage-location-missing", "--kind", "seats-exhausted"], ExitCode::Findings),
        (&["audit", "--filter", "carla"], ExitCode::Clean),
        (&["audit", "--tenant", "half"], ExitCode::Incomplete),
        (&["audit", "--tenant", "none"], ExitCode::Denied),
        (&["list", "users"], ExitCode::Clean),
        (&["list", "users", "--tenant", "half"], ExitCode::Clean),
        (&["list", "groups", "--tenant", "half"], ExitCode::Incomplete),
        (&["keys"], ExitCode::Clean),
    ] {
        assert_eq!(run(arguments).0, expected, "{arguments:?}");
    }
}

#[test]
fn an_incomplete_audit_is_written_and_says_so_on_both_sides() {
    let (code, out, messages) = run(&["audit", "--format", "json", "--fail-on", "never", "--tenant", "half"]);
    assert_eq!(code, ExitCode::Incomplete);
    assert_eq!(serde_json::from_str::<serde_json::Value>(&out).unwrap()["complete"], false);
    let expected = "tenantry: the audit is incomplete: group members: needs GroupMember.Read.All";
    assert_eq!(messages.lines().last(), Some(expected));
}

#[test]
fn nothing_is_loaded_for_a_request_that_cannot_be_met() {
    for arguments in
        [&["audit", "--filter", "x:"][..], &["audit", "-o", "/nonexistent/a"], &["list", "users", "--filter", "\""]]
    {
        let (code, out, messages) = run(arguments);
        assert!(matches!(code, ExitCode::Usage | ExitCode::Local), "{code:?}");
        assert!(out.is_empty() && !messages.contains("loading"), "{messages}");
    }
}

#[test]
fn a_file_is_private_and_whole_and_is_left_alone_when_the_load_fails() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("audit.csv");
    let name = path.to_str().unwrap();
    let (code, out, _) = run(&["audit", "--format", "csv", "-o", name]);
    assert_eq!((code, out.as_str()), (ExitCode::Findings, ""));
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let before = std::fs::read_to_string(&path).unwrap();
    assert!(before.starts_with("id,kind,severity,"), "{before}");
    assert_eq!(run(&["audit", "-o", name, "--tenant", "none"]).0, ExitCode::Denied);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), before);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "no half-written file stays behind");
}

struct Fails(io::ErrorKind);

impl Write for Fails {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(self.0.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Err(self.0.into())
    }
}

#[test]
fn a_closed_pipe_is_success_and_a_full_disk_is_a_local_failure() {
    for arguments in [
        &["audit"][..],
        &["audit", "--format", "json"],
        &["audit", "--format", "csv"],
        &["audit", "--format", "markdown"],
        &["list", "users", "--format", "json"],
        &["list", "skus", "--format", "csv"],
        &["list", "groups"],
        &["keys"],
        &["doctor", "--offline"],
        &["completions", "zsh"],
        &["man"],
        &["--help"],
    ] {
        let (code, messages) = run_to(&mut Fails(io::ErrorKind::BrokenPipe), arguments);
        assert_eq!(code, ExitCode::Clean, "{arguments:?}: {messages}");
        assert!(!messages.contains("tenantry:"), "{messages}");
        assert_eq!(run_to(&mut Fails(io::ErrorKind::StorageFull), arguments).0, ExitCode::Local, "{arguments:?}");
    }
}
