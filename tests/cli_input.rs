//! Bad input at the built program: one clear line on standard error, the documented exit code, nothing on standard
//! output.

#![allow(clippy::unwrap_used)] // what is not there is a failed test

use std::path::Path;

use assert_cmd::Command;

/// The program, with nothing of this machine's settings.
fn tenantry(home: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tenantry"));
    command.env_clear().env("HOME", home).current_dir(home);
    command
}

/// Exit code, standard output and standard error.
fn outcome(command: &mut Command) -> (i32, String, String) {
    let output = command.output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().unwrap_or(-1), text(&output.stdout), text(&output.stderr))
}

fn home() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

#[test]
fn bad_input_is_answered_in_one_line() {
    let home = home();
    for (arguments, code, part) in [
        (&["--temant", "x"][..], 2, "--tenant"),
        (&["frobnicate"], 2, "unrecognized subcommand 'frobnicate'"),
        (&["plan"], 2, "plan"),
        (&["audit", "--kind", "usage-location-mising"], 2, "did you mean `usage-location-missing`?"),
        (&["audit", "--fail-on", "fatal"], 2, "error, warning, info, never"),
        (&["audit", "--format", "yaml"], 2, "table, json, csv, markdown"),
        (&["audit", "--auth", "client-secret"], 2, "needs a tenant"),
        (&["login", "--store", "file"], 2, "use it with --auth device-code or browser"),
        (&["audit", "--auth", "azurecli"], 2, "azure-cli"),
        (&["audit", "--login-url", "https://login.example"], 2, "--login-url is not asked with"),
        (&["audit", "--with", "sign-in"], 2, "--with sign-in is not available yet"),
        (&["audit", "--with", "sign-inn"], 2, "did you mean `sign-in`?"),
        (&["audit", "--cloud", "moon"], 2, "global, gcc-high, dod, china"),
        (&["audit", "--write-rate", "0"], 2, "percentage from 1 to 100"),
        (&["audit", "--token", "x"], 2, "unexpected argument '--token'"),
        (&["audit", "-o", "/nonexistent/folder/audit.json"], 7, "there is no folder /nonexistent/folder"),
        (&["audit", "-o", "/"], 7, "it is a directory"),
        (&["audit", "--profile", "corp"], 2, "there is no profile `corp`"),
        (&["--config", "/nonexistent.toml"], 2, "/nonexistent.toml"),
        (&["--log-file", "/nonexistent/log", "audit"], 7, "/nonexistent/log"),
        (&["list"], 2, "<OBJECTS>"),
        (&["list", "devices"], 2, "users, groups, skus"),
        (&["simulate", "--listen", "here"], 2, "--listen"),
        (&["simulate", "--unit-limit", "5"], 2, "--throttle"),
        (&["demo", "--users", "0"], 2, "--users"),
        (&["completions", "cobol"], 2, "bash"),
        (&["audit", "--kind", "a\u{202e}b\u{1b}[31m"], 2, "a·b"),
    ] {
        let (status, out, err) = outcome(tenantry(home.path()).args(arguments));
        assert_eq!((status, out.as_str()), (code, ""), "{arguments:?}: {err}");
        assert!(err.contains(part) && err.starts_with("tenantry: "), "{arguments:?}: {err}");
        assert_eq!(err.lines().count(), 1, "{arguments:?}: {err}");
        assert!(!err.contains('\u{1b}'), "{err}");
    }
}

#[test]
fn a_bad_filter_is_shown_with_its_column() {
    let home = home();
    for (command, filter, underlined) in [
        (&["audit"][..], "anna dpt:sales", "       ^^^^^^^^^"),
        (&["list", "users"], "王小 sku:", "       ^^^^"),
        (&["list", "skus"], "\u{1b}[31m seats<x", "        ^^^^^^^"),
    ] {
        let (status, out, err) = outcome(tenantry(home.path()).args(command).args(["--filter", filter]));
        assert_eq!((status, out.as_str()), (2, ""), "{filter}: {err}");
        let lines: Vec<&str> = err.lines().collect();
        assert_eq!(lines.len(), 3, "{err}");
        assert_eq!(lines[2], underlined, "{err}");
        assert!(!err.contains('\u{1b}'), "{err}");
    }
}

#[test]
fn the_environment_is_read_and_its_mistakes_are_named() {
    let home = home();
    for (name, value, part) in [
        ("TENANTRY_CLOUD", "moon", "TENANTRY_CLOUD: there is no cloud `moon`"),
        ("TENANTRY_READ_ONLY", "ture", "TENANTRY_READ_ONLY: `ture` is neither true nor false"),
        ("TENANTRY_WRITE_RATE", "lots", "TENANTRY_WRITE_RATE"),
        ("TENANTRY_PROFILE", "corp", "there is no profile `corp`"),
        ("TENANTRY_CONFIG", "/nonexistent.toml", "/nonexistent.toml"),
    ] {
        let (status, _, err) = outcome(tenantry(home.path()).args(["doctor", "--offline"]).env(name, value));
        assert!(status == 2 && err.contains(part) && err.lines().count() == 1, "{name}: {err}");
    }
}

#[test]
fn the_file_is_read_at_its_place_and_never_in_the_working_directory() {
    let home = home();
    let write = |path: &str, text: &str| {
        let path = home.path().join(path);
        let folder = path.parent().unwrap_or(Path::new("/"));
        std::fs::create_dir_all(folder).and_then(|()| std::fs::write(&path, text)).unwrap();
    };
    for decoy in ["config.toml", "tenantry.toml", "tenantry/config.toml", ".tenantry.toml"] {
        write(decoy, "tenant = \"evil.example\"\n");
    }
    let doctor = |command: &mut Command| outcome(command.args(["doctor", "--offline"]));
    let (status, out, _) = doctor(tenantry(home.path()).env("XDG_CONFIG_HOME", "."));
    assert!(status == 0 && !out.contains("evil"), "{out}");

    write(".config/tenantry/config.toml", "[profile.corp]\ntenant = \"corp.example\"\nread-only = true\n");
    let mut command = tenantry(home.path());
    let (_, out, _) = doctor(command.args(["--profile", "corp"]).env("TENANTRY_READ_ONLY", "0"));
    assert!(out.contains("corp.example") && out.contains("profile corp, line 2"), "{out}");
    assert!(out.contains("read-only audit (profile)"), "{out}");

    write(".config/tenantry/config.toml", "[profile.corp]\nred-only = true\n");
    let (status, _, err) = doctor(&mut tenantry(home.path()));
    assert!(status == 2 && err.contains("line 2") && err.contains("did you mean `read-only`?"), "{err}");
}

#[test]
fn a_token_is_never_shown() {
    let home = home();
    let (status, out, err) =
        outcome(tenantry(home.path()).args(["doctor", "--offline"]).env("TENANTRY_TOKEN", "hush-hush"));
    assert_eq!(status, 0);
    assert!(!format!("{out}{err}").contains("hush") && out.contains("TENANTRY_TOKEN     set"), "{out}");
}

#[test]
fn help_version_completions_and_manual_go_to_standard_output() {
    let home = home();
    for (arguments, part) in [
        (&["--help"][..], "--read-only"),
        (&["audit", "--help"], "--fail-on"),
        (&["--version"], env!("CARGO_PKG_VERSION")),
        (&["completions", "bash"], "tenantry"),
        (&["completions", "fish"], "read-only"),
        (&["man"], ".TH tenantry"),
    ] {
        let (status, out, err) = outcome(tenantry(home.path()).args(arguments));
        assert_eq!((status, err.as_str()), (0, ""), "{arguments:?}");
        assert!(out.contains(part), "{arguments:?}: {out}");
    }
}
