//! Group-based licensing of the simulated tenant: works later, gives all or nothing, keeps its errors until somebody
//! mends the cause and reprocesses.

mod sim_client;

use std::time::Duration;

use serde_json::json;
use sim_client::Site;
use tenantry::sim::Options;

const GONE: Option<String> = None;

fn is(state: &str) -> Option<String> {
    Some(state.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn licenses_of_a_group_are_accepted_first_and_given_later() {
    let site = Site::start(Options { engine_pace: Duration::from_millis(150), ..Options::default() }).await;
    let (group, sku, user) = (site.group("Works Council").await, site.sku("EMS").await, site.blank().await);
    site.join(&group, &user).await.ok();
    let body = json!({"addLicenses": [{"skuId": sku, "disabledPlans": []}], "removeLicenses": []});
    let reply = site.post(&format!("/groups/{group}/assignLicense"), body).await;
    assert_eq!((reply.status, reply.json()["id"].as_str()), (202, Some(group.as_str())));
    assert_eq!(site.state(&user, &sku, Some(&group)).await, GONE, "nothing yet");
    let mut seen: Vec<String> = Vec::new();
    while seen.last().is_none_or(|s| s != "ProcessingComplete") {
        let now = site.get(&format!("/groups/{group}?$select=licenseProcessingState")).await.ok().json();
        let state = now["licenseProcessingState"]["state"].as_str().unwrap().to_owned();
        if seen.last() != Some(&state) {
            seen.push(state);
        }
    }
    assert_eq!(seen, ["QueuedForProcessing", "ProcessingInProgress", "ProcessingComplete"]);
    assert_eq!(site.state(&user, &sku, Some(&group)).await, is("Active/None"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_gives_all_or_none_and_a_free_seat_alone_changes_nothing() {
    let site = Site::contoso().await;
    let (group, user) = (site.group("Works Council").await, site.blank().await);
    let (project, ems) = (site.sku("PROJECTPROFESSIONAL").await, site.sku("EMS").await);
    site.license_group(&group, &[&project, &ems], &[]).await.ok();
    let used = site.used("EMS").await;
    site.join(&group, &user).await.ok();
    assert_eq!(site.state(&user, &project, Some(&group)).await, is("Error/CountViolation"));
    assert_eq!(site.state(&user, &ems, Some(&group)).await, is("Error/Other"));
    assert_eq!(site.used("EMS").await, used);
    let failing = site.get("/groups?$filter=hasMembersWithLicenseErrors eq true&$select=id").await.ok().items();
    assert!(failing.iter().any(|g| g["id"] == group.as_str()));
    let members = site.get(&format!("/groups/{group}/membersWithLicenseErrors?$select=id")).await.ok().items();
    assert_eq!((members.len(), members[0]["id"].as_str()), (1, Some(user.as_str())));
    let no_seat = format!("Subscription with SKU {project} does not have any available licenses.");
    assert_eq!(site.reprocess(&user).await.refusal(), (400, no_seat));
    // somebody else gives a seat back
    let pmo = site.group("LIC-PMO-Project-Visio").await;
    let other = site.holders(&project, Some(&pmo), "None").await.remove(0);
    site.leave(&pmo, &other).await.ok();
    assert_eq!(site.state(&other, &project, Some(&pmo)).await, GONE);
    assert_eq!(site.state(&user, &project, Some(&group)).await, is("Error/CountViolation"), "not by itself");
    site.reprocess(&user).await.ok();
    assert_eq!(site.state(&user, &project, Some(&group)).await, is("Active/None"));
    assert_eq!(site.state(&user, &ems, Some(&group)).await, is("Active/None"));
    assert_eq!(site.used("EMS").await, used + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conflict_lasts_until_one_side_is_gone_and_the_user_is_reprocessed() {
    let site = Site::contoso().await;
    let (group, user) = (site.group("LIC-Shop-Floor-F3").await, site.blank().await);
    let (f3, e1) = (site.sku("DESKLESSPACK").await, site.sku("STANDARDPACK").await);
    site.license(&user, &[&e1], &[]).await.ok();
    site.join(&group, &user).await.ok();
    assert_eq!(site.state(&user, &f3, Some(&group)).await, is("Error/MutuallyExclusiveViolation"));
    let (status, text) = site.reprocess(&user).await.refusal();
    assert!(status == 400 && text.starts_with("License assignment failed because service plans "), "{text}");
    assert!(text.ends_with(" are mutually exclusive."), "{text}");
    site.license(&user, &[], &[&e1]).await.ok();
    site.server.settle().await;
    assert_eq!(site.state(&user, &f3, Some(&group)).await, is("Error/MutuallyExclusiveViolation"), "not by itself");
    site.reprocess(&user).await.ok();
    assert_eq!(site.state(&user, &f3, Some(&group)).await, is("Active/None"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_prerequisite_lasts_until_it_is_given_and_the_user_is_reprocessed() {
    let site = Site::contoso().await;
    let (group, user) = (site.group("LIC-Workplace-Analytics").await, site.blank().await);
    let (analytics, e1) = (site.sku("WORKPLACE_ANALYTICS").await, site.sku("STANDARDPACK").await);
    site.join(&group, &user).await.ok();
    assert_eq!(site.state(&user, &analytics, Some(&group)).await, is("Error/DependencyViolation"));
    let (status, text) = site.reprocess(&user).await.refusal();
    assert_eq!(status, 400);
    assert_eq!(
        text,
        "License assignment failed because service plan f477b0f0-3bb1-4890-940c-40fcee6ce05f depends on the service \
         plan(s) 9aaf7827-d63c-4b61-89c3-182f06f82e5c, efb87545-963c-4e0d-99df-69c6916d9eb0"
    );
    site.license(&user, &[&e1], &[]).await.ok();
    site.server.settle().await;
    assert_eq!(site.state(&user, &analytics, Some(&group)).await, is("Error/DependencyViolation"), "not by itself");
    site.reprocess(&user).await.ok();
    assert_eq!(site.state(&user, &analytics, Some(&group)).await, is("Active/None"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_barred_location_lasts_until_the_user_moves_and_is_reprocessed() {
    let site = Site::contoso().await;
    let (group, user) = (site.group("LIC-Calling-International").await, site.blank().await);
    let calling = site.sku("MCOPSTN2").await;
    let path = format!("/users/{user}");
    site.patch(&path, json!({"usageLocation": "IN"})).await.ok();
    site.join(&group, &user).await.ok();
    let failed = is("Error/ProhibitedInUsageLocationViolation");
    assert_eq!(site.state(&user, &calling, Some(&group)).await, failed);
    assert_eq!(site.reprocess(&user).await.status, 400);
    site.patch(&path, json!({"usageLocation": "FR"})).await.ok();
    site.server.settle().await;
    assert_eq!(site.state(&user, &calling, Some(&group)).await, failed, "not by itself");
    site.reprocess(&user).await.ok();
    assert_eq!(site.state(&user, &calling, Some(&group)).await, is("Active/None"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_taken_address_stands_against_every_mailbox() {
    let site = Site::contoso().await;
    let (staff, council) = (site.group("LIC-Staff-E3").await, site.group("Works Council").await);
    let e3 = site.sku("ENTERPRISEPACK").await;
    let user = site.holders(&e3, Some(&staff), "UniquenessViolation").await.remove(0);
    let taken = "Another object with the same value for property proxyAddresses already exists.".to_owned();
    assert_eq!(site.reprocess(&user).await.refusal(), (400, taken.clone()));
    site.leave(&staff, &user).await.ok();
    assert_eq!(site.states(&user).await.len(), 0);
    site.patch(&format!("/users/{user}"), json!({"usageLocation": "FR"})).await.ok();
    assert_eq!(site.license(&user, &[&e3], &[]).await.refusal(), (400, taken));
    site.license_group(&council, &[&e3], &[]).await.ok();
    site.join(&council, &user).await.ok();
    assert_eq!(site.state(&user, &e3, Some(&council)).await, is("Error/UniquenessViolation"));
    // without the mailbox nobody asks for the address
    let exchange = "efb87545-963c-4e0d-99df-69c6916d9eb0";
    let body = json!({"addLicenses": [{"skuId": e3, "disabledPlans": [exchange]}], "removeLicenses": []});
    assert_eq!(site.post(&format!("/groups/{council}/assignLicense"), body).await.status, 202);
    site.server.settle().await;
    assert_eq!(site.state(&user, &e3, Some(&council)).await, is("Active/None"));
}

#[tokio::test(flavor = "multi_thread")]
async fn leaving_takes_the_licenses_unless_something_depends_on_them() {
    let site = Site::contoso().await;
    let (group, user) = (site.group("Works Council").await, site.blank().await);
    let (e1, analytics) = (site.sku("STANDARDPACK").await, site.sku("WORKPLACE_ANALYTICS").await);
    let (used, before) = (site.used("STANDARDPACK").await, site.server.dump());
    site.license_group(&group, &[&e1], &[]).await.ok();
    site.join(&group, &user).await.ok();
    assert_eq!(site.state(&user, &e1, Some(&group)).await, is("Active/None"));
    site.leave(&group, &user).await.ok();
    assert_eq!((site.state(&user, &e1, Some(&group)).await, site.used("STANDARDPACK").await), (GONE, used));
    // once more, with an add-on that needs it
    site.join(&group, &user).await.ok();
    site.license(&user, &[&analytics], &[]).await.ok();
    site.leave(&group, &user).await.ok();
    let stuck = is("ActiveWithError/DependencyViolation");
    assert_eq!(
        (site.state(&user, &e1, Some(&group)).await, site.used("STANDARDPACK").await),
        (stuck.clone(), used + 1)
    );
    let groups = site.get(&format!("/users/{user}/memberOf?$select=id")).await.ok().items();
    assert!(groups.iter().all(|g| g["id"] != group.as_str()));
    let (status, text) = site.reprocess(&user).await.refusal();
    assert!(status == 400 && text.contains("depends on the service plan(s)"), "{status} {text}");
    site.license(&user, &[], &[&analytics]).await.ok();
    assert_eq!(site.state(&user, &e1, Some(&group)).await, stuck, "not by itself");
    site.reprocess(&user).await.ok();
    site.server.settle().await;
    assert_eq!(site.states(&user).await.len(), 0);
    site.license_group(&group, &[], &[&e1]).await.ok();
    assert_eq!(site.server.dump(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_that_reads_licenses_cascades() {
    let site = Site::contoso().await;
    let (entra, user) = (site.group("LIC-Entra-P1").await, site.blank().await);
    let (e1, p1) = (site.sku("STANDARDPACK").await, site.sku("AAD_PREMIUM").await);
    let before = site.server.dump();
    site.license(&user, &[&e1], &[]).await.ok();
    site.server.settle().await;
    assert_eq!(site.state(&user, &p1, Some(&entra)).await, is("Active/None"));
    site.license(&user, &[], &[&e1]).await.ok();
    site.server.settle().await;
    assert_eq!(site.states(&user).await.len(), 0);
    assert_eq!(site.server.dump(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paused_rule_waits_until_it_runs_again() {
    let site = Site::contoso().await;
    let (group, user) = (site.group("LIC-Marketing-Visio").await, site.blank().await);
    let visio = site.sku("VISIOCLIENT").await;
    site.patch(&format!("/users/{user}"), json!({"department": "Marketing"})).await.ok();
    site.server.settle().await;
    assert_eq!(site.state(&user, &visio, Some(&group)).await, GONE);
    site.patch(&format!("/groups/{group}"), json!({"membershipRuleProcessingState": "On"})).await.ok();
    site.server.settle().await;
    assert_eq!(site.state(&user, &visio, Some(&group)).await, is("Active/None"));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_seat_for_each_user_and_product() {
    let site = Site::contoso().await;
    let (council, user) = (site.group("Works Council").await, site.blank().await);
    let (e3, used) = (site.sku("ENTERPRISEPACK").await, site.used("ENTERPRISEPACK").await);
    site.license_group(&council, &[&e3], &[]).await.ok();
    site.license(&user, &[&e3], &[]).await.ok();
    assert_eq!(site.used("ENTERPRISEPACK").await, used + 1);
    site.join(&council, &user).await.ok();
    assert_eq!(site.used("ENTERPRISEPACK").await, used + 1);
    let staff = site.group("LIC-Staff-E3").await;
    site.join(&staff, &user).await.ok();
    assert_eq!((site.states(&user).await.len(), site.used("ENTERPRISEPACK").await), (4, used + 1));
    site.license(&user, &[], &[&e3]).await.ok();
    site.leave(&council, &user).await.ok();
    assert_eq!(site.used("ENTERPRISEPACK").await, used + 1);
    site.leave(&staff, &user).await.ok();
    assert_eq!(site.used("ENTERPRISEPACK").await, used);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_licensed_group_cannot_be_deleted() {
    let site = Site::contoso().await;
    let (group, sku) = (site.group("Works Council").await, site.sku("EMS").await);
    let path = format!("/groups/{group}");
    site.license_group(&group, &[&sku], &[]).await.ok();
    assert_eq!(site.send("DELETE", &path, &[], None).await.status, 400);
    site.license_group(&group, &[], &[&sku]).await.ok();
    assert_eq!(site.send("DELETE", &path, &[], None).await.status, 204);
    assert_eq!(site.get(&path).await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_audit_names_who_did_it_and_with_which_words_it_failed() {
    let site = Site::contoso().await;
    let (group, user) = (site.group("LIC-Workplace-Analytics").await, site.blank().await);
    let body = json!({"@odata.id": format!("https://graph.microsoft.com/v1.0/directoryObjects/{user}")});
    let mine = [("client-request-id", "6fd2c87f-b296-42f0-b197-1e91e994b900")];
    site.send("POST", &format!("/groups/{group}/members/$ref"), &mine, Some(body)).await.ok();
    site.server.settle().await;
    let filter =
        format!("$filter=activityDisplayName eq 'Change user license' and targetResources/any(t:t/id eq '{user}')");
    let records = site.get(&format!("/auditLogs/directoryAudits?{filter}&$top=100")).await.ok().items();
    assert_eq!(records.len(), 1);
    let record = &records[0];
    assert_eq!(record["result"], "failure");
    assert!(record["initiatedBy"]["app"]["displayName"].as_str().unwrap().ends_with("Group-Based Licensing"));
    assert!(record["resultReason"].as_str().unwrap().contains("depends on the service plan(s)"));
    site.send("DELETE", &format!("/groups/{group}/members/{user}/$ref"), &mine, None).await.ok();
    let filter = format!("$filter=correlationId eq '{}'", mine[0].1);
    let records = site.get(&format!("/auditLogs/directoryAudits?{filter}")).await.ok().items();
    let activities: Vec<_> = records.iter().map(|r| r["activityDisplayName"].as_str().unwrap()).collect();
    assert_eq!(activities, ["Remove member from group", "Add member to group"]);
    assert!(records.iter().all(|r| r["initiatedBy"]["user"]["userPrincipalName"].is_string()));
}
