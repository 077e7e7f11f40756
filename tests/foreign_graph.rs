//! The built program against servers that somebody else wrote: what they leave open is tolerated, and what they break
//! is said in one line without throwing away what was read.

mod graph_stub;

use graph_stub::*;
use serde_json::{Value, json as j};
use tokio::process::Command;

struct Outcome {
    code: i32,
    out: String,
    err: String,
}

impl Outcome {
    fn document(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {} {}", self.out, self.err))
    }
}

/// Runs the program with nothing of this machine's settings.
async fn tenantry(stub: &Stub, arguments: &[&str]) -> Outcome {
    let home = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_tenantry"))
        .env_clear()
        .env("HOME", home.path())
        .env("TENANTRY_TOKEN", "s3cret")
        .args(arguments)
        .args(["--graph-url", &format!("{}/v1.0", stub.origin)])
        .output()
        .await
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert!(!out.contains("s3cret") && !err.contains("s3cret"), "{out} {err}");
    Outcome { code: output.status.code().unwrap_or(-1), out, err }
}

#[tokio::test]
async fn a_list_that_ends_early_is_reported_as_far_as_it_came() {
    for (name, second) in [
        ("a refusal", refusal(400, "Request_BadRequest", "no")),
        ("a web page", text("<html><title>Sign in</title></html>")),
        ("a redirect", status(302).with("location", "http://127.0.0.2:9/")),
    ] {
        let stub = Stub::start(move |ask, origin, _| match (ask.path.as_str(), ask.q("page")) {
            ("/v1.0/users", None) => json(j!({"value": [{"id": id(1), "userPrincipalName": "a@b.c"}],
                "@odata.nextLink": format!("{origin}/v1.0/users?page=2")})),
            ("/v1.0/users", _) => second.clone(),
            _ => bare(ask),
        })
        .await;
        let outcome = tenantry(&stub, &["audit", "--format", "json"]).await;
        assert_eq!(outcome.code, 6, "{name}: {}", outcome.err);
        let document = outcome.document();
        assert_eq!((&document["complete"], &document["counts"]["users"]), (&j!(false), &j!(1)), "{name}");
        assert_eq!(document["findings"][0]["kind"], "usage-location-missing", "{name}");
        assert!(outcome.err.starts_with("tenantry: the audit is incomplete: "), "{name}: {}", outcome.err);
        assert_eq!(outcome.err.lines().count(), 1, "{name}: {}", outcome.err);
    }
}

#[tokio::test]
async fn an_entry_that_cannot_be_read_makes_its_part_incomplete() {
    let user = |more: Value| {
        let mut user = j!({"id": id(1), "userPrincipalName": "a@b.c", "usageLocation": "FR"});
        user.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        user
    };
    let sku = j!({"skuId": id(900), "consumedUnits": 3.0, "servicePlans": [null],
        "prepaidUnits": {"enabled": i64::MAX, "warning": i64::MAX}});
    for (name, user, sku, code, notice) in [
        ("nulls in lists", user(j!({"licenseAssignmentStates": [null], "assignedLicenses": [null]})), sku, 0, ""),
        ("a user", user(j!({"accountEnabled": {"no": 1}})), j!({"skuId": id(900)}), 6, "users: 1 entry "),
        ("a product", user(j!({})), j!({"skuId": "none"}), 6, "products: 1 entry "),
    ] {
        let stub = Stub::start(move |ask, _, _| match ask.path.as_str() {
            "/v1.0/users" => json(j!({"value": [user]})),
            "/v1.0/users/$count" => text("1"),
            "/v1.0/subscribedSkus" => json(j!({"value": [sku]})),
            _ => bare(ask),
        })
        .await;
        let outcome = tenantry(&stub, &["audit", "--format", "json"]).await;
        assert_eq!(outcome.code, code, "{name}: {}", outcome.err);
        let document = outcome.document();
        assert_eq!(document["complete"], j!(code == 0), "{name}");
        let notices = document["notices"].to_string();
        assert!(notices.contains(notice) && (code != 0 || notices == "[]"), "{name}: {notices}");
    }
}

#[tokio::test]
async fn users_that_may_not_be_read_leave_the_other_parts() {
    let denied = || refusal(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.");
    let stub = Stub::start(move |ask, _, _| match ask.path.as_str() {
        "/v1.0/subscribedSkus" => json(j!({"value": [{"skuId": id(900), "consumedUnits": 1}]})),
        path if path.starts_with("/v1.0/users") => denied(),
        _ => bare(ask),
    })
    .await;
    let outcome = tenantry(&stub, &["audit", "--format", "json"]).await;
    assert_eq!(outcome.code, 6, "{}", outcome.err);
    assert!(outcome.err.contains("users: not permitted: ask for consent to User.Read.All"), "{}", outcome.err);
    let document = outcome.document();
    assert_eq!((&document["complete"], &document["findings"][0]["kind"]), (&j!(false), &j!("sku-overused")));
    assert!(!document["checked"].to_string().contains("usage-location-missing"), "{document}");
    let outcome = tenantry(&stub, &["list", "skus"]).await;
    assert_eq!((outcome.code, outcome.err.as_str()), (0, ""), "{}", outcome.out);
    let outcome = tenantry(&stub, &["list", "users"]).await;
    assert_eq!(outcome.code, 6);
    assert!(outcome.err.contains("ask for consent to User.Read.All"), "{}", outcome.err);

    let stub = Stub::start(move |_, _, _| denied()).await;
    let outcome = tenantry(&stub, &["audit"]).await;
    assert_eq!((outcome.code, outcome.out.as_str()), (3, ""), "{}", outcome.err);
    assert_eq!(outcome.err.lines().count(), 1, "{}", outcome.err);
}
