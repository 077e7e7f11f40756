//! Layering, the ratchet and the errors of the configuration, by table.

use std::path::Path;

use super::*;

const FILE: &str = r#"
cloud = "china"
write-rate = 50
theme = "light"

[profile.corp]
tenant = "corp.example"
cloud = "gcc-high"
auth = "azure-cli"
with = ["sign-in"]

[profile.audit]
read-only = true
auth = "device-code"
"#;

fn settings(flags: &[(Key, &str)], variables: &[(&str, &str)], text: &str) -> Result<Settings, ConfigError> {
    let mut layer = Layer::default();
    for &(key, text) in flags {
        layer.flag(key, Some(text));
    }
    let lookup = |name: &str| variables.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value).to_owned());
    merge(&layer, &Environment::read(&lookup), &ConfigFile::parse(text, Path::new("/etc/t.toml"))?)
}

#[test]
fn a_flag_beats_the_environment_beats_the_profile_beats_the_top() {
    let corp = (Key::Profile, "corp");
    let variable = ("TENANTRY_CLOUD", "dod");
    for (flags, variables, cloud) in [
        (vec![], vec![], Cloud::China),
        (vec![corp], vec![], Cloud::GccHigh),
        (vec![corp], vec![variable], Cloud::Dod),
        (vec![corp, (Key::Cloud, "global")], vec![variable], Cloud::Global),
        (vec![], vec![("TENANTRY_CLOUD", "")], Cloud::China),
        (vec![], vec![("TENANTRY_PROFILE", "corp")], Cloud::GccHigh),
    ] {
        assert_eq!(settings(&flags, &variables, FILE).unwrap().cloud, cloud, "{flags:?} {variables:?}");
    }
    let merged = settings(&[corp], &[], FILE).unwrap();
    assert_eq!((merged.write_rate, merged.theme, merged.with), (50, Theme::Light, vec![Extra::SignIn]));
    assert_eq!(settings(&[], &[], "").unwrap().write_rate, 80);
}

#[test]
fn nothing_turns_read_only_back() {
    let on = "read-only = true\n[profile.p]\nread-only = false\n";
    for (flags, variables, text, reason) in [
        (vec![], vec![], "", None),
        (vec![], vec![("TENANTRY_READ_ONLY", "0")], "", None),
        (vec![(Key::ReadOnly, "true")], vec![("TENANTRY_READ_ONLY", "0")], "", Some(ReadOnly::Flag)),
        (vec![], vec![("TENANTRY_READ_ONLY", "yes")], "read-only = false", Some(ReadOnly::Environment)),
        (vec![], vec![("TENANTRY_READ_ONLY", "no")], on, Some(ReadOnly::Profile)),
        (vec![(Key::Profile, "p")], vec![], on, Some(ReadOnly::Profile)),
        (vec![(Key::Profile, "audit")], vec![], FILE, Some(ReadOnly::Profile)),
    ] {
        let merged = settings(&flags, &variables, text).unwrap();
        assert_eq!(merged.access.read_only(), reason, "{flags:?} {variables:?} {text}");
    }
    let unreadable = settings(&[], &[("TENANTRY_READ_ONLY", "ture")], "").unwrap_err().to_string();
    assert_eq!(unreadable, "TENANTRY_READ_ONLY: `ture` is neither true nor false");
}

#[test]
fn a_token_in_the_environment_is_used_unless_another_way_is_chosen_now() {
    let token = ("TENANTRY_TOKEN", "hush");
    for (flags, variables, auth) in [
        (vec![], vec![], Auth::AzureCli),
        (vec![(Key::Profile, "audit")], vec![], Auth::DeviceCode),
        (vec![(Key::Profile, "audit")], vec![token], Auth::Token),
        (vec![(Key::Auth, "azure-cli")], vec![token], Auth::AzureCli),
        (vec![], vec![token, ("TENANTRY_AUTH", "azure-cli")], Auth::AzureCli),
    ] {
        let merged = settings(&flags, &variables, FILE).unwrap();
        assert_eq!(merged.auth, auth, "{flags:?} {variables:?}");
        assert!(!format!("{merged:?}{}", merged.report()).contains("hush"));
    }
}

#[test]
fn every_mistake_is_named_with_its_place() {
    for (text, message) in [
        ("tenat = \"x\"", "/etc/t.toml, line 1: there is no option `tenat`; did you mean `tenant`?"),
        (
            "\n[profile.a]\nred-only = true",
            "/etc/t.toml, line 3: there is no option `red-only`; did you mean `read-only`?",
        ),
        ("[profile.a]\ncloud = \"mars\"", ""),
        (
            "cloud = \"mars\"",
            "/etc/t.toml, line 1: cloud: there is no cloud `mars` (one of global, gcc-high, dod, china)",
        ),
        ("read-only = \"true\"", "/etc/t.toml, line 1: `read-only` takes true or false, without quotation marks"),
        ("write-rate = 0", "/etc/t.toml, line 1: write-rate: `0` is not a percentage from 1 to 100"),
        ("token = \"x\"", "/etc/t.toml, line 1: secrets do not stand in this file: `token` comes from the environment"),
        ("config = \"x\"", "/etc/t.toml, line 1: `config` cannot be set here: use --config or the environment"),
        ("profile = \"x\"", "/etc/t.toml, line 1: `profile` cannot be set here: use --profile or the environment"),
        ("[profile]\na = 1", "/etc/t.toml, line 2: `profile.a` is a table: write [profile.a]"),
    ] {
        let found = settings(&[], &[], text).map(|_| String::new()).unwrap_or_else(|e| e.to_string());
        assert_eq!(found, message, "{text}");
    }
    let profile = settings(&[(Key::Profile, "nope")], &[], "[profile.nape]").unwrap_err().to_string();
    assert_eq!(profile, "there is no profile `nope`; did you mean `nape`? (in /etc/t.toml: nape)");
    let broken = settings(&[], &[], "a = \nb = 1").unwrap_err().to_string();
    assert!(broken.starts_with("/etc/t.toml, line 1: ") && !broken.contains('\n'), "{broken}");
    let flag = settings(&[(Key::WriteRate, "200")], &[], "").unwrap_err().to_string();
    assert_eq!(flag, "--write-rate: `200` is not a percentage from 1 to 100");
}

#[test]
fn a_file_that_was_named_must_be_there_and_the_usual_one_need_not() {
    let missing = Path::new("/nonexistent/tenantry.toml");
    assert!(ConfigFile::named(missing).is_err());
    assert_eq!(ConfigFile::usual(Some(missing)), Ok(ConfigFile::default()));
}

#[test]
fn the_report_says_what_is_set_and_where() {
    let merged = settings(&[(Key::Profile, "audit")], &[("TENANTRY_READ_ONLY", "0")], FILE).unwrap();
    let report = merged.report();
    let line = |key: &str| report.lines().find(|l| l.starts_with(key)).unwrap_or_default().to_owned();
    assert!(line("read-only").contains("true") && line("read-only").ends_with("profile audit, line 13"), "{report}");
    assert!(line("cloud").contains("china") && line("cloud").ends_with("configuration file, line 2"), "{report}");
    assert!(line("theme").contains("light") && line("write-rate").contains("50 %"), "{report}");
}
