//! Direct licenses, writes to synced users, and faults on the way: with the literal texts of Graph. The five articles
//! that started the project can be reproduced here.

mod sim_client;

use serde_json::json;
use sim_client::Site;
use tenantry::sim::{Faults, Options};

const INHERITED: &str =
    "User license is inherited from a group membership and it cannot be removed directly from the user.";
const DENIED: &str = "Insufficient privileges to complete the operation.";
const NO_LOCATION: &str = "License assignment cannot be done for user with invalid usage location.";
const MASTERED: &str = "Unable to update the specified properties for on-premises mastered Directory Sync objects or objects currently undergoing migration.";

fn refused(text: &str) -> (u16, String) {
    (400, text.to_owned())
}

/// Article 000: the location that the identity provider meant to set never arrived.
#[tokio::test(flavor = "multi_thread")]
async fn a_license_needs_a_valid_usage_location() {
    let site = Site::contoso().await;
    let e3 = site.sku("ENTERPRISEPACK").await;
    let query = "/users?$filter=usageLocation eq null and userType eq 'Member'&$count=true&$select=id,assignedLicenses";
    let users = site.advanced(query).await.ok().items();
    let user = users.iter().find(|u| u["assignedLicenses"] == json!([])).unwrap()["id"].as_str().unwrap();
    let path = format!("/users/{user}/microsoft.graph.assignLicense");
    let body = json!({"addLicenses": [{"skuId": e3, "disabledPlans": []}], "removeLicenses": []});
    let reply = site.post(&path, body.clone()).await;
    assert_eq!((reply.refusal(), reply.code().as_str()), (refused(NO_LOCATION), "Request_BadRequest"));
    assert_eq!(site.patch(&format!("/users/{user}"), json!({"usageLocation": "US"})).await.status, 204);
    assert_eq!(site.post(&path, body).await.status, 200);
}

/// Article 001: two writers, of whom one is a group.
#[tokio::test(flavor = "multi_thread")]
async fn inherited_licenses_cannot_be_taken_from_the_user() {
    let site = Site::contoso().await;
    let (council, user) = (site.group("Works Council").await, site.blank().await);
    let (e1, ems) = (site.sku("STANDARDPACK").await, site.sku("EMS").await);
    site.license_group(&council, &[&e1], &[]).await.ok();
    site.join(&council, &user).await.ok();
    let before = site.server.dump();
    assert_eq!(site.license(&user, &[], &[&e1]).await.refusal(), refused(INHERITED));
    // refused as a whole: the product that could be added is not
    assert_eq!(site.license(&user, &[&ems], &[&e1]).await.refusal(), refused(INHERITED));
    assert_eq!(site.server.dump(), before);
    // a direct one beside it can be taken, and only it
    site.license(&user, &[&e1], &[]).await.ok();
    site.license(&user, &[], &[&e1]).await.ok();
    assert_eq!(site.server.dump(), before);
}

/// Article 002: what a colleague or a partner bought.
#[tokio::test(flavor = "multi_thread")]
async fn products_of_others_cannot_be_taken() {
    let site = Site::contoso().await;
    for part_number in ["POWER_BI_STANDARD", "FLOW_FREE"] {
        let sku = site.sku(part_number).await;
        let user = site.holders(&sku, None, "None").await.remove(0);
        let reply = site.license(&user, &[], &[&sku]).await;
        assert_eq!((reply.refusal(), reply.code().as_str()), ((403, DENIED.into()), "Authorization_RequestDenied"));
    }
    let (user, partner, ems) = (site.blank().await, site.sku("POWER_BI_PRO").await, site.sku("EMS").await);
    site.license(&user, &[&partner], &[]).await.ok();
    assert_eq!(site.license(&user, &[&ems], &[&partner]).await.refusal(), (403, DENIED.into()));
    assert_eq!(site.state(&user, &ems, None).await, None, "nothing of it is applied");
}

/// Article 003: attributes that Active Directory masters; the usage location is not one of them.
#[tokio::test(flavor = "multi_thread")]
async fn synced_users_refuse_names_and_take_a_location() {
    let site = Site::contoso().await;
    let users = site.all("/users?$filter=onPremisesSyncEnabled eq true&$select=id,displayName").await;
    let path = format!("/users/{}", users[0]["id"].as_str().unwrap());
    for body in [json!({"displayName": "New"}), json!({"surname": "New", "usageLocation": "FR"})] {
        let reply = site.patch(&path, body).await;
        assert_eq!((reply.refusal(), reply.code().as_str()), (refused(MASTERED), "Request_BadRequest"));
    }
    assert_eq!(site.patch(&path, json!({"usageLocation": "FR"})).await.status, 204);
    let user = site.get(&format!("{path}?$select=displayName,usageLocation")).await.ok().json();
    assert_eq!((&user["displayName"], &user["usageLocation"]), (&users[0]["displayName"], &json!("FR")));
}

/// Article 004 has the group errors, which `sim_licensing` plays; these are their direct twins.
#[tokio::test(flavor = "multi_thread")]
async fn direct_licenses_are_refused_with_their_reason() {
    let site = Site::contoso().await;
    let user = site.blank().await;
    let (e1, e3) = (site.sku("STANDARDPACK").await, site.sku("ENTERPRISEPACK").await);
    let (project, analytics) = (site.sku("PROJECTPROFESSIONAL").await, site.sku("WORKPLACE_ANALYTICS").await);
    let storage = site.sku("SHAREPOINTSTORAGE").await;
    let (plan_1, plan_2) = ("9aaf7827-d63c-4b61-89c3-182f06f82e5c", "efb87545-963c-4e0d-99df-69c6916d9eb0");
    let depends = format!(
        "License assignment failed because service plan f477b0f0-3bb1-4890-940c-40fcee6ce05f depends on the service plan(s) {plan_1}, {plan_2}"
    );
    let before = site.server.dump();
    let table: &[(&[&str], &[&str], String)] = &[
        (&[&project], &[], format!("Subscription with SKU {project} does not have any available licenses.")),
        (&[&analytics], &[], depends.clone()),
        (&[], &[&e3], "User does not have a corresponding license.".to_owned()),
        (&[&storage], &[], format!("License {storage} cannot be assigned to a user.")),
    ];
    for (add, remove, text) in table {
        assert_eq!(site.license(&user, add, remove).await.refusal(), refused(text));
    }
    let suspended = site.sku("MCOMEETADV").await;
    let (status, text) = site.license(&user, &[&suspended], &[]).await.refusal();
    assert!(status == 400 && text.contains("does not have any available licenses"), "suspended units are no seats");
    assert_eq!(site.server.dump(), before, "a refusal changes nothing");
    site.license(&user, &[&e1], &[]).await.ok();
    let (status, text) = site.license(&user, &[&e3], &[]).await.refusal();
    assert!(status == 400 && text.contains(plan_1) && text.ends_with(" are mutually exclusive."), "{text}");
    // one call swaps, without a gap and without a seat too many
    let used = (site.used("STANDARDPACK").await, site.used("ENTERPRISEPACK").await);
    site.license(&user, &[&e3], &[&e1]).await.ok();
    assert_eq!((site.used("STANDARDPACK").await, site.used("ENTERPRISEPACK").await), (used.0 - 1, used.1 + 1));
    // an add-on goes with its base in one call, the base cannot go or lose the plan alone
    site.license(&user, &[&analytics], &[]).await.ok();
    assert_eq!(site.license(&user, &[], &[&e3]).await.refusal(), refused(&depends));
    let off = json!({"addLicenses": [{"skuId": e3, "disabledPlans": [plan_2]}], "removeLicenses": []});
    let path = format!("/users/{user}/assignLicense");
    assert_eq!(site.post(&path, off).await.refusal(), refused(&depends));
    site.license(&user, &[], &[&e3, &analytics]).await.ok();
    site.license(&user, &[&analytics, &e3], &[]).await.ok();
    site.license(&user, &[], &[&e3, &analytics]).await.ok();
    site.server.settle().await;
    assert_eq!(site.server.dump()["consumedUnits"], before["consumedUnits"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn adding_again_rewrites_the_plans_and_return_no_content_is_honored() {
    let site = Site::contoso().await;
    let (user, ems) = (site.blank().await, site.sku("EMS").await);
    let before = site.server.dump();
    let products = site.get("/subscribedSkus").await.ok().items();
    let plans = &products.iter().find(|s| s["skuId"] == ems.as_str()).unwrap()["servicePlans"];
    let plan = plans[0]["servicePlanId"].as_str().unwrap();
    let path = format!("/users/{user}/assignLicense");
    for off in [json!([]), json!([plan])] {
        let body = json!({"addLicenses": [{"skuId": ems, "disabledPlans": off}], "removeLicenses": []});
        let reply = site.send("POST", &path, &[("Prefer", "return-no-content")], Some(body)).await;
        assert_eq!((reply.status, reply.text.as_str()), (204, ""));
        assert_eq!(site.states(&user).await[0]["disabledPlans"], off);
    }
    site.license(&user, &[], &[&ems]).await.ok();
    assert_eq!(site.server.dump(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn reads_can_be_late_and_writes_are_not() {
    let faults = Faults { stale_reads_ms: 400, ..Faults::default() };
    let site = Site::start(Options { faults, ..Options::default() }).await;
    let user = site.blanks().await.remove(0);
    let ems = site.sku("EMS").await;
    let path = format!("/users/{user}");
    let location =
        || async { site.get(&format!("{path}?$select=usageLocation")).await.ok().json()["usageLocation"].clone() };
    let then = location().await;
    let new = if then == "FR" { "DE" } else { "FR" };
    site.patch(&path, json!({"usageLocation": new})).await.ok();
    assert_eq!(location().await, then);
    tokio::time::sleep(std::time::Duration::from_millis(450)).await;
    assert_eq!(location().await, new);
    site.license(&user, &[&ems], &[]).await.ok();
    assert_eq!(site.states(&user).await.len(), 0, "not seen yet");
    assert_eq!(site.license(&user, &[], &[&ems]).await.status, 200, "but there");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dropped_write_is_applied_or_not_as_asked() {
    for (before, after) in [(Some(1), None), (None, Some(1))] {
        let faults = Faults { drop_before_every: before, drop_after_every: after, ..Faults::default() };
        let site = Site::start(Options { faults, ..Options::default() }).await;
        let user = site.blanks().await.remove(0);
        let path = format!("/users/{user}");
        let answer = site.try_send("PATCH", &path, &[], Some(json!({"usageLocation": "SE"}))).await;
        assert!(answer.is_err(), "the connection is closed");
        let now = site.get(&format!("{path}?$select=usageLocation")).await.ok().json()["usageLocation"].clone();
        assert_eq!(now == "SE", after.is_some());
    }
}
