//! The scenarios beside Contoso: text that attacks arrives whole, and size costs nothing.

mod sim_client;

use std::collections::BTreeSet;

use sim_client::Site;
use tenantry::sim::{Options, Scenario};

#[tokio::test(flavor = "multi_thread")]
async fn hostile_text_is_served_as_it_is_and_every_user_can_be_addressed() {
    let site = Site::start(Options { scenario: Scenario::Hostile, ..Options::default() }).await;
    let select =
        "id,userPrincipalName,displayName,givenName,surname,department,jobTitle,officeLocation,companyName,country";
    let users = site.all(&format!("/users?$select={select}&$top=999")).await;
    assert_eq!(users.len(), 300);
    let all: String = users.iter().map(|u| format!("{u:?}")).collect();
    assert!(users.iter().any(|u| u["displayName"].as_str().unwrap().contains('\u{1b}')));
    for property in
        ["displayName", "givenName", "surname", "department", "jobTitle", "officeLocation", "companyName", "country"]
    {
        let attacks = users.iter().filter(|u| {
            let text = u[property].as_str().unwrap();
            text.contains(['\u{1b}', '\u{9b}', '\u{202e}', '\n', '\r', '\t']) || text.starts_with(['=', '+', '-', '@'])
        });
        assert!(attacks.count() > 30, "{property} is tame");
    }
    assert!(all.contains("cmd|") && all.contains("Wolfeschlegel"));
    let mut firsts = BTreeSet::new();
    let mut before = String::new();
    for user in &users {
        let (id, upn) = (user["id"].as_str().unwrap(), user["userPrincipalName"].as_str().unwrap());
        assert!(upn.to_lowercase() > before, "{upn}");
        before = upn.to_lowercase();
        firsts.insert(upn.chars().next().unwrap());
        let key = upn.replace('\'', "''").replace('#', "%23").replace('^', "%5E");
        assert_eq!(site.get(&format!("/users('{key}')?$select=id")).await.ok().json()["id"], id, "{upn}");
    }
    assert!("!#$'-^_~".chars().all(|c| firsts.contains(&c)), "{firsts:?}");
    // without parentheses a leading dollar sign is part of the protocol
    let dollar = users.iter().find_map(|u| u["userPrincipalName"].as_str().filter(|u| u.starts_with('$'))).unwrap();
    let dollar = dollar.replace('#', "%23");
    assert_eq!(site.get(&format!("/users/{dollar}")).await.status, 404);
    let groups = site.all("/groups").await;
    assert!(groups.iter().all(|g| g["displayName"].as_str().is_some_and(|n| !n.starts_with("LIC-"))));
    let organization = site.get("/organization").await.ok().items().remove(0);
    assert!(organization["displayName"].as_str().unwrap().contains('\u{1b}'));
    // the faults are those of Contoso
    assert_eq!(site.server.planted(), Site::contoso().await.server.planted());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_tenant_is_counted_and_paged_from_the_first_moment() {
    let site = Site::start(Options { scenario: Scenario::Large, ..Options::default() }).await;
    assert_eq!(site.advanced("/users/$count").await.ok().text, "100000");
    let mut sum = 0;
    for letter in 'a'..='z' {
        let path = format!("/users/$count?$filter=startsWith(userPrincipalName,'{letter}')");
        sum += site.advanced(&path).await.ok().text.parse::<u32>().unwrap();
    }
    assert_eq!(sum, 100_000);
    let page = site.get("/users?$top=999&$select=id&$filter=userPrincipalName ge 'p'").await.ok();
    assert_eq!(page.items().len(), 999);
}
