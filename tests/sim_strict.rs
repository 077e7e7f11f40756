//! What Graph refuses is refused here, with its status, its code and its words.

mod sim_client;

use serde_json::{Value, json};
use sim_client::{EVENTUAL, Reply, Site};

const COUNT_UNSUPPORTED: &str = "$count is not currently supported.";
const ADVANCED: &str = "is not supported because the required parameters might be missing.";
const BY_ERRORS: &str = "Unsupported or invalid query filter clause specified for property 'hasMembersWithLicenseErrors' of resource 'Group'.";

#[track_caller]
fn refused(reply: &Reply, status: u16, code: &str, text: &str) {
    let what = format!("{} {}", reply.status, reply.text);
    assert_eq!((reply.status, reply.code().as_str()), (status, code), "{what}");
    assert!(reply.message().contains(text), "{text:?} not in {what}");
    let inner = &reply.json()["error"]["innerError"];
    for field in ["date", "request-id", "client-request-id"] {
        assert!(inner[field].is_string(), "no {field} in {what}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn queries_are_refused_as_graph_refuses_them() {
    let site = Site::contoso().await;
    let (bad, query) = ("Request_BadRequest", "Request_UnsupportedQuery");
    let table: &[(&str, bool, u16, &str, &str)] = &[
        ("/users?$top=0", false, 400, bad, "Invalid page size specified: '0'. Must be between 1 and 999 inclusive."),
        (
            "/users?$top=1000",
            false,
            400,
            bad,
            "Invalid page size specified: '1000'. Must be between 1 and 999 inclusive.",
        ),
        ("/users?$top=501&$select=signInActivity", false, 400, bad, "between 1 and 500"),
        ("/users?$top=many", false, 400, bad, "$top"),
        ("/users?$skip=10", false, 400, bad, "$skip"),
        (
            "/users?$select=licences",
            false,
            400,
            bad,
            "Could not find a property named 'licences' on type 'microsoft.graph.user'.",
        ),
        ("/users?$select=aboutMe", false, 501, "NotImplemented", "This operation target is not yet supported."),
        ("/users/$count", false, 400, bad, COUNT_UNSUPPORTED),
        ("/groups/$count", false, 400, bad, COUNT_UNSUPPORTED),
        ("/users?$filter=usageLocation eq null", false, 400, query, ADVANCED),
        ("/users?$filter=usageLocation eq null&$count=true", false, 400, query, ADVANCED),
        ("/users?$filter=usageLocation eq null", true, 400, query, ADVANCED),
        ("/users?$filter=endsWith(userPrincipalName,'m')", false, 400, query, "Operator 'endsWith' is not supported"),
        ("/users?$filter=accountEnabled ne true", false, 400, query, "Operator 'ne'"),
        ("/users?$filter=assignedLicenses/$count eq 0", false, 400, query, ADVANCED),
        ("/users?$filter=not assignedLicenses/any()", false, 400, query, "Operator 'not'"),
        (
            "/users?$filter=licenseAssignmentStates/any(l:l/state eq 'Error')&$count=true",
            true,
            400,
            query,
            "licenseAssignmentStates",
        ),
        ("/users?$filter=id ge 'a'&$count=true", true, 400, query, "property 'id' of resource 'User'"),
        ("/users?$filter=userPrincipalName like 'a'", false, 400, bad, "Invalid filter clause"),
        (
            "/users?$filter=startsWith(userPrincipalName,'a')&$orderby=displayName",
            false,
            400,
            query,
            "Sorting not supported",
        ),
        ("/users?$skiptoken=invented", false, 400, bad, "page token"),
        ("/groups?$filter=hasMembersWithLicenseErrors eq true", true, 400, query, BY_ERRORS),
        ("/groups?$filter=hasMembersWithLicenseErrors eq true&$count=true", false, 400, query, BY_ERRORS),
        ("/groups?$filter=assignedLicenses/$count ne 0", false, 400, query, ADVANCED),
        ("/subscribedSkus?$filter=skuPartNumber eq 'EMS'", false, 400, bad, "$filter"),
        ("/users/delta?$top=5", false, 400, bad, "$top"),
        ("/users/delta?$deltatoken=old", false, 400, "syncStateNotFound", "sync state"),
        (
            "/users/nobody@contoso.com",
            false,
            404,
            "Request_ResourceNotFound",
            "Resource 'nobody@contoso.com' does not exist or one of its queried reference-property objects are not present.",
        ),
        ("/groups/6fd2c87f-b296-42f0-b197-1e91e994b900", false, 404, "Request_ResourceNotFound", "does not exist"),
        ("/licences", false, 404, "BadRequest", "Resource not found for the segment 'licences'."),
        ("/users/$count/x", false, 404, "BadRequest", "Resource not found"),
    ];
    for (path, eventual, status, code, text) in table {
        let headers: &[_] = if *eventual { &[EVENTUAL] } else { &[] };
        let reply = site.send("GET", path, headers, None).await;
        println!("{path}");
        refused(&reply, *status, code, text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn counts_come_only_with_the_header_and_only_on_the_first_page() {
    let site = Site::contoso().await;
    let dropped = site.get("/users?$count=true&$top=5").await.ok().json();
    assert_eq!((dropped.get("@odata.count"), dropped["value"].as_array().map(Vec::len)), (None, Some(5)));
    let counted = site.advanced("/users?$count=true&$top=5").await.ok().json();
    assert_eq!(counted["@odata.count"], 300);
    let second = site.advanced(counted["@odata.nextLink"].as_str().unwrap()).await.ok().json();
    assert_eq!(second.get("@odata.count"), None);
    let digits = site.advanced("/users/$count").await.ok();
    assert_eq!((digits.text.as_str(), digits.header("content-type")), ("300", Some("text/plain")));
    assert_eq!(site.advanced("/groups/$count").await.ok().text, "16");
    let listed = site.get("/groups?$filter=hasMembersWithLicenseErrors eq true&$select=id,displayName").await.ok();
    assert!(!listed.items().is_empty());
    // the two ways of counting members agree
    let staff = site.group("LIC-Staff-E3").await;
    let members = site.all(&format!("/groups/{staff}/members?$top=50")).await;
    let count = site.advanced(&format!("/groups/{staff}/members/$count")).await.ok().text;
    assert_eq!(count, members.len().to_string());
    refused(&site.get(&format!("/groups/{staff}/members/$count")).await, 400, "Request_BadRequest", COUNT_UNSUPPORTED);
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_partition_the_users_and_tokens_fit_their_question_only() {
    let site = Site::contoso().await;
    let all = site.all("/users?$top=7&$select=id").await;
    assert_eq!(all.len(), 300);
    let mut parts = 0;
    for letter in "abcdefghijklmnopqrstuvwxyz".chars() {
        let filter = format!("$filter=startsWith(userPrincipalName,'{letter}')");
        let users = site.all(&format!("/users?{filter}&$top=3&$select=id")).await.len();
        assert_eq!(site.advanced(&format!("/users/$count?{filter}")).await.ok().text, users.to_string());
        parts += users;
    }
    assert_eq!(parts, 300);
    let page = site.get("/users?$top=5").await.ok().json();
    let token = page["@odata.nextLink"].as_str().unwrap().split("skiptoken=").last().unwrap().to_owned();
    let other = site.get(&format!("/groups?$skiptoken={token}")).await;
    refused(&other, 400, "Request_BadRequest", "page token");
}

#[tokio::test(flavor = "multi_thread")]
async fn users_are_addressed_by_id_and_name_in_every_form() {
    let site = Site::contoso().await;
    let user = site.get("/users?$top=1&$select=id,userPrincipalName").await.ok().items().remove(0);
    let (id, upn) = (user["id"].as_str().unwrap(), user["userPrincipalName"].as_str().unwrap());
    let select = "?$select=id";
    for key in [
        format!("/users/{id}"),
        format!("/users/{}", id.to_uppercase()),
        format!("/users/{}", upn.to_uppercase()),
        format!("/users('{upn}')"),
        format!("/users(%27{id}%27)"),
    ] {
        assert_eq!(site.get(&format!("{key}{select}")).await.ok().json()["id"], id, "{key}");
    }
    let guests = site.all("/users?$filter=userType eq 'Guest'&$select=id,userPrincipalName").await;
    let upn = guests[0]["userPrincipalName"].as_str().unwrap().replace('#', "%23");
    assert_eq!(site.get(&format!("/users/{upn}{select}")).await.ok().json()["id"], guests[0]["id"]);
    assert_eq!(site.get(&format!("/users('{upn}'){select}")).await.ok().json()["id"], guests[0]["id"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_that_are_empty_are_refused() {
    let site = Site::contoso().await;
    for header in ["", "Bearer", "Bearer ", "Basic abc"] {
        let reply = site.send("GET", "/users", &[("Authorization", header)], None).await;
        refused(&reply, 401, "InvalidAuthenticationToken", "Access token is empty.");
        assert!(reply.header("www-authenticate").is_some());
    }
    let known = site.send("GET", "/nothing", &[("client-request-id", "mine")], None).await;
    assert_eq!(known.header("client-request-id"), Some("mine"));
    assert_eq!(known.json()["error"]["innerError"]["client-request-id"], "mine");
    assert_eq!(known.json()["error"]["innerError"]["request-id"].as_str(), known.header("request-id"));
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_are_read_strictly() {
    let site = Site::contoso().await;
    let user = site.get("/users?$top=1&$select=id").await.ok().items().remove(0)["id"].as_str().unwrap().to_owned();
    let group = site.group("Works Council").await;
    let (sku, bad) = (site.sku("EMS").await, "Request_BadRequest");
    let guid =
        "Cannot convert a primitive value to the expected type 'Edm.Guid'. See the inner exception for more details";
    let missing = |name: &str| {
        format!(
            "One or more parameters of the operation 'assignLicense' are missing from the request payload. The missing parameters are: {name}."
        )
    };
    let foreign = "57ff2da0-773e-42df-b2af-ffb7a2317929";
    let table: Vec<(Value, String)> = vec![
        (json!({"removeLicenses": []}), missing("addLicenses")),
        (json!({"addLicenses": []}), missing("removeLicenses")),
        (json!({"addLicenses": [{"skuId": "EMS"}], "removeLicenses": []}), guid.to_owned()),
        (json!({"addLicenses": [], "removeLicenses": ["EMS"]}), guid.to_owned()),
        (json!({"addLicenses": [{"skuId": sku, "disabledPlans": ["x"]}], "removeLicenses": []}), guid.to_owned()),
        (
            json!({"addLicenses": [{"skuId": sku, "disabledPlans": [foreign]}], "removeLicenses": []}),
            foreign.to_owned(),
        ),
        (json!({"addLicenses": [], "removeLicenses": [], "force": true}), "'force'".to_owned()),
        (
            json!({"addLicenses": [{"skuId": sku, "plans": []}], "removeLicenses": []}),
            "'plans' does not exist on type 'microsoft.graph.assignedLicense'".to_owned(),
        ),
        (
            json!({"addLicenses": [{"skuId": foreign, "disabledPlans": []}], "removeLicenses": []}),
            format!("License {foreign} does not correspond to a valid company License."),
        ),
    ];
    for (body, text) in table {
        for target in [format!("/users/{user}/assignLicense"), format!("/groups/{group}/assignLicense")] {
            let reply = site.post(&target, body.clone()).await;
            refused(&reply, 400, bad, &text);
        }
    }
    for (body, text) in [
        (json!({"usageLocale": "FR"}), "'usageLocale' does not exist on type 'microsoft.graph.user'"),
        (json!({"usageLocation": "UK"}), "usageLocation"),
        (json!({"usageLocation": 7}), "usageLocation"),
        (json!({"accountEnabled": "no"}), "accountEnabled"),
        (json!({"licenseAssignmentStates": []}), "licenseAssignmentStates"),
    ] {
        refused(&site.patch(&format!("/users/{user}"), body).await, 400, bad, text);
    }
    let link = |id: &str| json!({"@odata.id": format!("https://graph.microsoft.com/v1.0/directoryObjects/{id}")});
    let members = format!("/groups/{group}/members/$ref");
    refused(&site.post(&members, json!({})).await, 400, bad, "@odata.id");
    refused(&site.post(&members, link(foreign)).await, 404, "Request_ResourceNotFound", foreign);
    assert_eq!(site.post(&members, link(&user)).await.status, 204);
    let twice = "One or more added object references already exist for the following modified properties: 'members'.";
    refused(&site.post(&members, link(&user)).await, 400, bad, twice);
    assert_eq!(site.send("DELETE", &format!("/groups/{group}/members/{user}/$ref"), &[], None).await.status, 204);
    let dynamic = site.group("LIC-Engineering-E5").await;
    refused(&site.join(&dynamic, &user).await, 403, "Authorization_RequestDenied", "Insufficient privileges");
    let synced = site.group("LIC-Frontline-E1").await;
    refused(&site.join(&synced, &user).await, 400, bad, "on-premises mastered Directory Sync objects");
}

#[tokio::test(flavor = "multi_thread")]
async fn members_are_bound_twenty_at_once_and_all_or_none() {
    let site = Site::contoso().await;
    let users = site.get("/users?$top=21&$select=id").await.ok().items();
    let group = site.group("Works Council").await;
    let link =
        |u: &Value| json!(format!("https://graph.microsoft.com/v1.0/directoryObjects/{}", u["id"].as_str().unwrap()));
    let bind = |links: Vec<Value>| json!({"members@odata.bind": links});
    let count = || async { site.advanced(&format!("/groups/{group}/members/$count")).await.ok().text };
    let path = format!("/groups/{group}");
    let before = count().await;
    assert_eq!(site.patch(&path, bind(users.iter().map(link).collect())).await.status, 400);
    assert_eq!(site.patch(&path, bind(vec![link(&users[0]), link(&users[0])])).await.status, 400);
    let stranger = json!("https://graph.microsoft.com/v1.0/directoryObjects/6fd2c87f-b296-42f0-b197-1e91e994b900");
    assert_eq!(site.patch(&path, bind(vec![link(&users[0]), stranger])).await.status, 404);
    assert_eq!(count().await, before);
    assert_eq!(site.patch(&path, bind(users[..20].iter().map(link).collect())).await.status, 204);
    assert_eq!(count().await, "20");
}

#[tokio::test(flavor = "multi_thread")]
async fn batches_have_their_limits() {
    let site = Site::contoso().await;
    let get = |id: &str| json!({"id": id, "method": "GET", "url": "/users?$top=1&$select=id"});
    let batch = |items: Vec<Value>| json!({"requests": items});
    let twenty: Vec<Value> = (0..20).map(|n| get(&n.to_string())).collect();
    assert_eq!(
        site.post("/$batch", batch(twenty.clone())).await.ok().json()["responses"].as_array().unwrap().len(),
        20
    );
    let more = [twenty, vec![get("20")]].concat();
    refused(&site.post("/$batch", batch(more)).await, 400, "BadRequest", "maximum value of 20");
    refused(&site.post("/$batch", batch(vec![get("a"), get("A")])).await, 400, "BadRequest", "unique");
    refused(&site.post("/$batch", batch(vec![])).await, 400, "BadRequest", "");
    refused(&site.post("/$batch", json!({"items": []})).await, 400, "Request_BadRequest", "items");
    let user = site.get("/users?$top=1&$select=id").await.ok().items().remove(0)["id"].as_str().unwrap().to_owned();
    let kind = json!({"Content-Type": "application/json"});
    let reply = site.post("/$batch", batch(vec![
        json!({"id": "1", "method": "PATCH", "url": format!("/users/{user}"), "headers": kind, "body": {"usageLocation": "UK"}}),
        json!({"id": "2", "method": "GET", "url": format!("/users/{user}?$select=id"), "dependsOn": ["1"]}),
        json!({"id": "3", "method": "PATCH", "url": format!("/users/{user}"), "headers": kind, "body": {"usageLocation": "FR"}}),
        json!({"id": "4", "method": "PATCH", "url": format!("/users/{user}"), "body": {"usageLocation": "FR"}}),
        json!({"id": "5", "method": "GET", "url": "https://graph.microsoft.com/v1.0/users"}),
        json!({"id": "6", "method": "GET", "url": "/users/$count", "headers": {"ConsistencyLevel": "eventual"}}),
        json!({"id": "7", "method": "GET", "url": "/users/$count"}),
        json!({"id": "8", "method": "POST", "url": "/$batch", "headers": kind, "body": {"requests": []}}),
    ])).await.ok().json();
    let answers = reply["responses"].as_array().unwrap();
    let status = |id: &str| answers.iter().find(|r| r["id"] == id).unwrap()["status"].as_u64().unwrap();
    let statuses: Vec<u64> = ["1", "2", "3", "4", "5", "6", "7", "8"].iter().map(|id| status(id)).collect();
    assert_eq!(statuses, [400, 424, 204, 400, 400, 200, 400, 400]);
    let third = answers.iter().find(|r| r["id"] == "3").unwrap();
    assert_eq!(third.get("body"), None, "204 has no body");
}
