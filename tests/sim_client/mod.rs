//! A simulated tenant and a plain HTTP client on it, which knows nothing of the program under test.
#![allow(dead_code, reason = "each test file uses its part")]

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use serde_json::{Value, json};
use tenantry::sim::{Options, Scenario, Server};

/// What came back.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub text: String,
}

impl Reply {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or(Value::Null)
    }

    /// `error.code`, or nothing.
    pub fn code(&self) -> String {
        self.json()["error"]["code"].as_str().unwrap_or_default().to_owned()
    }

    /// `error.message`, or nothing.
    pub fn message(&self) -> String {
        self.json()["error"]["message"].as_str().unwrap_or_default().to_owned()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|v| v.to_str().ok())
    }

    /// Status and message, which is what tells refusals apart.
    pub fn refusal(&self) -> (u16, String) {
        (self.status, self.message())
    }

    /// The items of a list.
    pub fn items(&self) -> Vec<Value> {
        self.json()["value"].as_array().cloned().unwrap_or_default()
    }

    #[track_caller]
    pub fn ok(self) -> Reply {
        assert!((200..300).contains(&self.status), "{} {}", self.status, self.text);
        self
    }
}

/// The server and the client.
pub struct Site {
    pub server: Server,
    pub base: String,
    http: reqwest::Client,
}

/// The header that advanced queries need.
pub const EVENTUAL: (&str, &str) = ("ConsistencyLevel", "eventual");

impl Site {
    pub async fn start(options: Options) -> Site {
        let listen = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
        let server = Server::start(options, listen).await.unwrap();
        let base = server.base_url();
        Site { server, base, http: reqwest::Client::builder().no_proxy().build().unwrap() }
    }

    pub async fn contoso() -> Site {
        Site::start(Options::default()).await
    }

    pub async fn clean() -> Site {
        Site::start(Options { scenario: Scenario::Clean, ..Options::default() }).await
    }

    /// Any request; `path` is below the version, or a whole URL.
    pub async fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Option<Value>) -> Reply {
        self.try_send(method, path, headers, body).await.unwrap()
    }

    pub async fn try_send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<Value>,
    ) -> reqwest::Result<Reply> {
        let url = if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", self.base) };
        let mut request = self.http.request(method.parse().unwrap(), url);
        if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("authorization")) {
            request = request.header("Authorization", "Bearer any");
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        let response = request.send().await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Ok(Reply { status, headers, text: response.text().await? })
    }

    pub async fn get(&self, path: &str) -> Reply {
        self.send("GET", path, &[], None).await
    }

    pub async fn advanced(&self, path: &str) -> Reply {
        self.send("GET", path, &[EVENTUAL], None).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Reply {
        self.send("POST", path, &[], Some(body)).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Reply {
        self.send("PATCH", path, &[], Some(body)).await
    }

    /// Every item of a list, all pages.
    pub async fn all(&self, path: &str) -> Vec<Value> {
        let mut items = Vec::new();
        let mut next = Some(path.to_owned());
        while let Some(path) = next {
            let page = self.get(&path).await.ok();
            items.extend(page.items());
            next = page.json()["@odata.nextLink"].as_str().map(str::to_owned);
        }
        items
    }

    /// The object id of a group by name.
    pub async fn group(&self, name: &str) -> String {
        let found = self.get(&format!("/groups?$filter=displayName eq '{name}'&$select=id")).await.ok().items();
        found[0]["id"].as_str().unwrap().to_owned()
    }

    /// The id of a product by part number.
    pub async fn sku(&self, part_number: &str) -> String {
        let found = self.get("/subscribedSkus").await.ok().items();
        let sku = found.iter().find(|s| s["skuPartNumber"] == part_number);
        sku.unwrap_or_else(|| panic!("{part_number} is not owned"))["skuId"].as_str().unwrap().to_owned()
    }

    /// The seats of a product in use.
    pub async fn used(&self, part_number: &str) -> i64 {
        let found = self.get("/subscribedSkus").await.ok().items();
        found.iter().find(|s| s["skuPartNumber"] == part_number).unwrap()["consumedUnits"].as_i64().unwrap()
    }

    /// The license states of a user.
    pub async fn states(&self, user: &str) -> Vec<Value> {
        let user = self.get(&format!("/users/{user}?$select=licenseAssignmentStates")).await.ok();
        user.json()["licenseAssignmentStates"].as_array().cloned().unwrap()
    }

    /// `state/error` of a product by a path; `None` is direct.
    pub async fn state(&self, user: &str, sku: &str, group: Option<&str>) -> Option<String> {
        let states = self.states(user).await;
        let entry = states.iter().find(|s| s["skuId"] == sku && s["assignedByGroup"].as_str() == group)?;
        Some(format!("{}/{}", entry["state"].as_str().unwrap(), entry["error"].as_str().unwrap()))
    }

    /// Gives and takes direct licenses.
    pub async fn license(&self, user: &str, add: &[&str], remove: &[&str]) -> Reply {
        let add: Vec<Value> = add.iter().map(|sku| json!({"skuId": sku, "disabledPlans": []})).collect();
        let body = json!({"addLicenses": add, "removeLicenses": remove});
        self.post(&format!("/users/{user}/assignLicense"), body).await
    }

    /// Gives and takes licenses of a group and waits for the engine.
    pub async fn license_group(&self, group: &str, add: &[&str], remove: &[&str]) -> Reply {
        let add: Vec<Value> = add.iter().map(|sku| json!({"skuId": sku, "disabledPlans": []})).collect();
        let body = json!({"addLicenses": add, "removeLicenses": remove});
        let reply = self.post(&format!("/groups/{group}/assignLicense"), body).await;
        self.server.settle().await;
        reply
    }

    pub async fn reprocess(&self, user: &str) -> Reply {
        self.send("POST", &format!("/users/{user}/reprocessLicenseAssignment"), &[], None).await
    }

    /// Puts a user into a group and waits for the engine.
    pub async fn join(&self, group: &str, user: &str) -> Reply {
        let body = json!({"@odata.id": format!("{}/directoryObjects/{user}", self.base)});
        let reply = self.post(&format!("/groups/{group}/members/$ref"), body).await;
        self.server.settle().await;
        reply
    }

    /// Takes a user out of a group and waits for the engine.
    pub async fn leave(&self, group: &str, user: &str) -> Reply {
        let reply = self.send("DELETE", &format!("/groups/{group}/members/{user}/$ref"), &[], None).await;
        self.server.settle().await;
        reply
    }
}

impl Site {
    /// Cloud members with a location and no license, by id.
    pub async fn blanks(&self) -> Vec<String> {
        let select = "id,usageLocation,userType,licenseAssignmentStates,onPremisesSyncEnabled";
        let users = self.all(&format!("/users?$top=999&$select={select}")).await;
        let blank = users.iter().filter(|u| {
            u["licenseAssignmentStates"].as_array().is_some_and(Vec::is_empty)
                && u["userType"] == "Member"
                && u["usageLocation"].as_str().is_some_and(|l| l != "UK")
                && u["onPremisesSyncEnabled"].is_null()
        });
        blank.map(|u| u["id"].as_str().unwrap().to_owned()).collect()
    }

    pub async fn blank(&self) -> String {
        let user = self.blanks().await.remove(0);
        self.patch(&format!("/users/{user}"), json!({"usageLocation": "FR"})).await.ok();
        user
    }

    /// The users who have this product in this state by this path.
    pub async fn holders(&self, sku: &str, group: Option<&str>, error: &str) -> Vec<String> {
        let users = self.all("/users?$top=999&$select=id,licenseAssignmentStates").await;
        let holds = |u: &&Value| {
            u["licenseAssignmentStates"].as_array().is_some_and(|s| {
                s.iter().any(|s| s["skuId"] == sku && s["assignedByGroup"].as_str() == group && s["error"] == error)
            })
        };
        users.iter().filter(holds).map(|u| u["id"].as_str().unwrap().to_owned()).collect()
    }
}
