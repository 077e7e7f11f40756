//! The audit and the list against a small tenant: the contract of field names and types, and that no name of the tenant
//! acts on the terminal or the spreadsheet of the reader.

#![allow(clippy::unwrap_used)] // what is not there is a failed test

#[path = "audit_document/tenant.rs"]
mod tenant;

use serde_json::Value;
use tenant::{incomplete, small};
use tenantry::domain::facts::Tenant;
use tenantry::domain::kind::{Kind, Severity};
use tenantry::domain::time::Timestamp;
use tenantry::query::Query;
use tenantry::run::audit::{AuditOptions, FailOn, audit_document};
use tenantry::run::audit_output::{self, Format};
use tenantry::run::exit::ExitCode;
use tenantry::run::list::{self, ListRequest, Objects};
use tenantry::store::Snapshot;

fn options(kinds: &[Kind], filter: &str) -> AuditOptions {
    let generated = Timestamp::parse("2026-11-21T04:00:00Z").unwrap();
    AuditOptions { kinds: kinds.to_vec(), query: Query::parse(filter).unwrap(), generated }
}

fn audit(snapshot: &Snapshot, options: AuditOptions, format: Format, width: Option<usize>) -> String {
    let mut out = Vec::new();
    audit_output::write(&audit_document(snapshot, options), format, width, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn json(snapshot: &Snapshot, options: AuditOptions) -> Value {
    serde_json::from_str(&audit(snapshot, options, Format::Json, None)).unwrap()
}

fn listed(snapshot: &Snapshot, objects: Objects, filter: &str, format: list::Format) -> String {
    let mut out = Vec::new();
    let request = ListRequest { objects, filter: filter.to_owned(), format };
    list::write(snapshot, &request, &Query::parse(filter).unwrap(), Some(100), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

fn sorted(mut names: Vec<&str>) -> Vec<&str> {
    names.sort_unstable();
    names
}

#[test]
fn the_document_has_every_field_of_the_contract_and_no_other() {
    let document = json(&small(), options(&[], ""));
    let top = ["schema", "generated", "complete", "notices", "checked", "tenant", "counts", "findings"];
    assert_eq!(sorted(keys(&document)), sorted(top.to_vec()));
    assert_eq!(document["schema"], "tenantry.audit/1");
    assert_eq!(document["generated"], "2026-11-21T04:00:00Z");
    assert_eq!(document["complete"], true);
    assert_eq!(document["notices"], serde_json::json!(["one entry could not be read"]));
    assert_eq!(document["checked"].as_array().unwrap().len(), Kind::ALL.len());
    assert_eq!(sorted(keys(&document["tenant"])), ["default_domain", "id", "name"]);
    assert_eq!(document["tenant"]["default_domain"], "contoso.com");
    let counts = &document["counts"];
    assert_eq!(sorted(keys(counts)), ["findings", "groups", "skus", "users"]);
    assert_eq!((&counts["users"], &counts["groups"], &counts["skus"]), (&4.into(), &1.into(), &1.into()));
    assert_eq!(counts["findings"]["usage-location-missing"], 1);
    assert_eq!(counts["findings"]["duplicate-path"], 0, "a kind that was checked is counted, 0 included");
    assert_eq!(keys(&counts["findings"]).len(), Kind::ALL.len());

    let findings = document["findings"].as_array().unwrap();
    let fields = [
        "id", "kind", "severity", "user", "group", "sku", "path", "plans", "root", "graph", "since", "message",
        "details", "remedies",
    ];
    for finding in findings {
        assert_eq!(sorted(keys(finding)), sorted(fields.to_vec()));
        let id = finding["id"].as_str().unwrap();
        assert!(id.len() == 20 && id.bytes().all(|b| b.is_ascii_hexdigit()));
        assert!(finding["kind"].as_str().unwrap().parse::<Kind>().is_ok());
        assert!(["error", "warning", "info"].contains(&finding["severity"].as_str().unwrap()));
        for (field, names) in [
            ("user", vec!["display_name", "id", "upn"]),
            ("group", vec!["display_name", "id"]),
            ("sku", vec!["id", "name", "part_number"]),
            ("graph", vec!["error", "state"]),
        ] {
            assert!(finding[field].is_null() || sorted(keys(&finding[field])) == names, "{field}: {finding}");
        }
        assert!(matches!(finding["path"].as_str(), None | Some("direct" | "group")));
        assert!(finding["root"].is_null() || finding["root"].is_string());
        assert!(finding["since"].is_null() || Timestamp::parse(finding["since"].as_str().unwrap()).is_some());
        assert!(finding["message"].as_str().is_some_and(|message| !message.is_empty()));
        assert!(finding["details"].is_object());
        for plan in finding["plans"].as_array().unwrap() {
            assert_eq!(sorted(keys(plan)), ["display_name", "id", "name", "path", "sku_id"]);
        }
        for remedy in finding["remedies"].as_array().unwrap() {
            assert_eq!(sorted(keys(remedy)), ["possible", "scopes", "summary", "verb", "why_not"]);
            assert!(remedy["possible"].is_boolean() && remedy["scopes"].is_array());
            assert_eq!(remedy["why_not"].is_null(), remedy["possible"] == true);
        }
    }
    let seats = findings.iter().find(|f| f["kind"] == "seats-exhausted").unwrap();
    assert_eq!(seats["user"]["upn"], "bert@contoso.com");
    assert_eq!(seats["sku"]["part_number"], "ENTERPRISEPACK");
    assert_eq!(seats["group"]["display_name"], "Sales E3");
    assert_eq!(seats["path"], "group");
    assert_eq!(seats["graph"], serde_json::json!({ "state": "Error", "error": "CountViolation" }));
    assert_eq!(seats["since"], "2026-11-01T00:00:00Z");
}

#[test]
fn findings_stand_in_one_order_worst_first_each_once() {
    let document = json(&small(), options(&[], ""));
    let findings = document["findings"].as_array().unwrap();
    let rank = |f: &Value| ["error", "warning", "info"].iter().position(|s| f["severity"] == *s).unwrap();
    assert!(findings.windows(2).all(|pair| rank(&pair[0]) <= rank(&pair[1])));
    let mut ids: Vec<&str> = findings.iter().map(|f| f["id"].as_str().unwrap()).collect();
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all);
    let total: u64 = document["counts"]["findings"].as_object().unwrap().values().map(|n| n.as_u64().unwrap()).sum();
    assert_eq!(total, all as u64);
}

#[test]
fn kinds_and_filters_narrow_the_document() {
    let one = json(&small(), options(&[Kind::SeatsExhausted], ""));
    assert_eq!(one["checked"], serde_json::json!(["seats-exhausted"]));
    assert_eq!(one["findings"].as_array().unwrap().len(), 1);
    let bert = json(&small(), options(&[], "bert"));
    let of_bert = |f: &Value| f["user"]["upn"] == "bert@contoso.com";
    assert!(bert["findings"].as_array().unwrap().iter().all(of_bert));
    assert_eq!(json(&small(), options(&[], "nobody"))["findings"], serde_json::json!([]));
}

#[test]
fn the_exit_code_says_what_was_found_and_what_is_missing() {
    let (snapshot, half) = (small(), incomplete());
    let code = |snapshot: &Snapshot, kinds: &[Kind], word: &str| {
        audit_document(snapshot, options(kinds, "")).exit_code(FailOn::parse(word).unwrap())
    };
    for (kinds, word, expected) in [
        (&[][..], "error", ExitCode::Findings),
        (&[], "never", ExitCode::Clean),
        (&[Kind::UsageLocationMissing], "error", ExitCode::Clean),
        (&[Kind::UsageLocationMissing], "warning", ExitCode::Findings),
        (&[Kind::GuestLicensed], "info", ExitCode::Clean),
    ] {
        assert_eq!(code(&snapshot, kinds, word), expected, "{kinds:?} {word}");
    }
    for word in FailOn::NAMES {
        assert_eq!(code(&half, &[], word), ExitCode::Incomplete);
    }
    let document = audit_document(&half, options(&[], ""));
    assert_eq!(document.worst(), Some(Severity::Error));
    assert!(!document.checked().contains(&Kind::GroupInError), "its inputs are not there");
    assert!(document.notices().iter().any(|n| n == "group members: needs GroupMember.Read.All"));
    let text = audit(&half, options(&[], ""), Format::Table, None);
    assert!(text.contains("INCOMPLETE") && text.contains("Not checked") && text.contains("group-in-error"), "{text}");
}

/// Control characters but line feeds, and what turns the direction of text.
fn acts(text: &str) -> Option<char> {
    text.chars().find(|&c| c.is_control() && c != '\n' || ('\u{202A}'..='\u{202E}').contains(&c))
}

#[test]
fn no_form_holds_anything_that_a_terminal_obeys() {
    let snapshot = small();
    for format in [Format::Table, Format::Json, Format::Csv, Format::Markdown] {
        for width in [None, Some(40), Some(80), Some(200)] {
            let text = audit(&snapshot, options(&[], ""), format, width);
            assert!(text.contains("mallory"), "{text}");
            assert_eq!(acts(&text), None, "{format:?} {text}");
        }
    }
    for objects in [Objects::Users, Objects::Groups, Objects::Skus] {
        for format in [list::Format::Table, list::Format::Json, list::Format::Csv] {
            assert_eq!(acts(&listed(&snapshot, objects, "", format)), None);
        }
    }
}

#[test]
fn no_cell_starts_a_formula() {
    let snapshot = small();
    let audit = audit(&snapshot, options(&[], ""), Format::Csv, None);
    for text in [audit, listed(&snapshot, Objects::Users, "", list::Format::Csv)] {
        assert!(text.contains("'=HYPERLINK"), "{text}");
        for record in csv::Reader::from_reader(text.as_bytes()).records() {
            for cell in &record.unwrap() {
                assert!(!cell.starts_with(['=', '+', '-', '@', '\t']), "{cell}");
            }
        }
    }
}

#[test]
fn a_table_keeps_to_its_width() {
    for width in [40, 80, 120] {
        let text = audit(&small(), options(&[], ""), Format::Table, Some(width));
        let findings = text.lines().filter(|line| line.starts_with("  "));
        assert!(findings.clone().count() >= 3);
        for line in findings {
            assert!(unicode_width::UnicodeWidthStr::width(line) <= width, "{line}");
        }
    }
    let users = listed(&small(), Objects::Users, "", list::Format::Table);
    assert!(users.lines().all(|line| unicode_width::UnicodeWidthStr::width(line) <= 100), "{users}");
}

#[test]
fn lists_have_their_fields_and_follow_the_filter() {
    let snapshot = small();
    let users: Value = serde_json::from_str(&listed(&snapshot, Objects::Users, "bert", list::Format::Json)).unwrap();
    let expected = serde_json::json!([{
        "id": "00000000-0000-0000-0000-0000000000b2", "upn": "bert@contoso.com", "display_name": "Bert Brandt",
        "usage_location": "DE", "enabled": true, "user_type": "member", "synced": false, "department": "Sales",
        "skus": [], "findings": ["seats-exhausted"],
    }]);
    assert_eq!(users, expected);
    let groups: Value = serde_json::from_str(&listed(&snapshot, Objects::Groups, "", list::Format::Json)).unwrap();
    let fields = ["display_name", "dynamic", "findings", "id", "licenses", "members", "processing", "synced"];
    assert_eq!(sorted(keys(&groups[0])), fields);
    assert_eq!((&groups[0]["licenses"], &groups[0]["members"]), (&serde_json::json!(["ENTERPRISEPACK"]), &2.into()));
    assert_eq!(groups[0]["findings"], serde_json::json!(["group-in-error", "group-seats-short"]));
    let skus: Value = serde_json::from_str(&listed(&snapshot, Objects::Skus, "", list::Format::Json)).unwrap();
    let fields =
        ["capability", "consumed", "enabled", "findings", "free", "id", "name", "part_number", "suspended", "warning"];
    assert_eq!(sorted(keys(&skus[0])), fields);
    assert_eq!((&skus[0]["free"], &skus[0]["name"]), (&0.into(), &"Office 365 E3".into()));
    assert_eq!(snapshot.user_count(), 4);
}
