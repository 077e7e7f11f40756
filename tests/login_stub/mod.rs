//! A sign-in host on loopback: it answers token requests as a test tells it to and keeps what was sent.
#![allow(dead_code, reason = "each test file uses its part")]

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::post;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

/// A request that arrived.
#[derive(Debug, Clone)]
pub struct Asked {
    pub tenant: String,
    pub endpoint: String,
    pub form: HashMap<String, String>,
}

#[derive(Default)]
struct Kept {
    asked: Vec<Asked>,
    tokens: VecDeque<(u16, Value)>,
    device: Option<(u16, Value)>,
}

/// The host.
#[derive(Clone)]
pub struct LoginStub {
    kept: Arc<Mutex<Kept>>,
    pub url: String,
}

/// A token that says who and what for.
pub fn jwt(number: u32, scopes: &str) -> String {
    let body =
        json!({"tid": "6fd2c87f-b296-42f0-b197-1e91e994b900", "scp": scopes, "upn": "admin@contoso.com", "n": number});
    format!("{}.{}.sig", URL_SAFE_NO_PAD.encode(r#"{"alg":"none"}"#), URL_SAFE_NO_PAD.encode(body.to_string()))
}

/// A successful answer of the token endpoint.
pub fn tokens(number: u32, refresh: Option<&str>) -> (u16, Value) {
    let mut body = json!({
        "token_type": "Bearer", "scope": "User.Read.All", "expires_in": 3600, "access_token": jwt(number, "User.Read.All"),
    });
    if let Some(refresh) = refresh {
        body["refresh_token"] = json!(refresh);
    }
    (200, body)
}

/// A refusal of the token endpoint.
pub fn error(code: &str, words: &str) -> (u16, Value) {
    (400, json!({"error": code, "error_description": words, "error_codes": [70016]}))
}

impl LoginStub {
    pub async fn start(tokens: impl IntoIterator<Item = (u16, Value)>) -> LoginStub {
        let kept = Arc::new(Mutex::new(Kept { tokens: tokens.into_iter().collect(), ..Kept::default() }));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router =
            Router::new().route("/{tenant}/oauth2/v2.0/{endpoint}", post(answer)).with_state(Arc::clone(&kept));
        tokio::spawn(async move { axum::serve(listener, router).await });
        LoginStub { kept, url }
    }

    /// Answers the device code endpoint like this.
    pub fn device(&self, status: u16, body: Value) {
        self.kept.lock().unwrap().device = Some((status, body));
    }

    pub fn push(&self, answer: (u16, Value)) {
        self.kept.lock().unwrap().tokens.push_back(answer);
    }

    /// What was sent to an endpoint so far.
    pub fn asked(&self, endpoint: &str) -> Vec<Asked> {
        self.kept.lock().unwrap().asked.iter().filter(|asked| asked.endpoint == endpoint).cloned().collect()
    }
}

async fn answer(
    State(kept): State<Arc<Mutex<Kept>>>,
    Path((tenant, endpoint)): Path<(String, String)>,
    body: String,
) -> (StatusCode, axum::Json<Value>) {
    let form = reqwest::Url::parse(&format!("http://x/?{body}")).unwrap();
    let form = form.query_pairs().map(|(key, value)| (key.into_owned(), value.into_owned())).collect();
    let mut kept = kept.lock().unwrap();
    kept.asked.push(Asked { tenant, endpoint: endpoint.clone(), form });
    let (status, body) = match endpoint.as_str() {
        "devicecode" => kept.device.clone().unwrap_or_else(|| {
            let code = json!({
                "user_code": "ABC-DEF", "device_code": "dev-1", "verification_uri": "https://login.example/device",
                "expires_in": 900, "interval": 0, "message": "open the page",
            });
            (200, code)
        }),
        _ => kept.tokens.pop_front().unwrap_or_else(|| error("invalid_request", "nothing more to say")),
    };
    (StatusCode::from_u16(status).unwrap(), axum::Json(body))
}
