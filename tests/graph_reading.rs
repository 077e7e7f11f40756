//! Reading survives what Graph, proxies and other people's servers do, and the token goes nowhere else.

mod graph_stub;

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use graph_stub::*;
use secrecy::SecretString;
use serde_json::json as j;
use tenantry::domain::ids::UserId;
use tenantry::graph::{
    AuthError, BaseUrl, Client, ClientOptions, Cloud, GraphError, SourceKind, StaticToken, Token, TokenSource,
};

fn user_id(number: usize) -> UserId {
    UserId::parse(&id(number)).unwrap()
}

/// A user, if the server is asked the n-th time; before that, what the test wants.
async fn after(first: Vec<Reply>) -> (Stub, Client) {
    let stub =
        Stub::start(move |_, _, before| first.get(before).cloned().unwrap_or_else(|| json(j!({"id": id(1)})))).await;
    let client = stub.client();
    (stub, client)
}

#[tokio::test]
async fn every_request_has_its_headers_and_an_id_of_its_own() {
    let stub = Stub::start(|_, _, _| json(j!({"id": id(1), "displayName": "Anna"}))).await;
    let events = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&events);
    let mut options = stub.options();
    options.on_request = Some(Arc::new(move |event| log.lock().unwrap().push(event)));
    let client = Client::new(options).unwrap();
    for _ in 0..2 {
        let user = client.read_user(user_id(1)).await.unwrap().unwrap();
        assert_eq!(user.facts(|facts| facts.display_name.to_owned()), "Anna");
    }
    let asked = stub.asked();
    assert_eq!(asked[0].path, format!("/v1.0/users/{}", id(1)));
    assert_eq!(asked[0].header("authorization"), Some("Bearer s3cret"));
    assert_eq!(asked[0].header("accept"), Some("application/json, text/plain;q=0.9"));
    assert!(
        asked[0].q("$select").is_some_and(|s| s.contains("licenseAssignmentStates") && !s.contains("assignedPlans"))
    );
    assert_ne!(asked[0].header("client-request-id"), asked[1].header("client-request-id"));
    let events = events.lock().unwrap();
    assert_eq!((events[0].path.as_str(), events[0].status, events[0].retries), ("/users/{id}", Some(200), 0));
    assert_eq!(Some(events[1].client_request_id.as_str()), asked[1].header("client-request-id"));
}

#[tokio::test]
async fn a_busy_or_broken_server_is_asked_again() {
    for (name, first) in [
        ("throttled, fractional", vec![refusal(429, "TooManyRequests", "").with("Retry-After", "0.02")]),
        ("throttled, no time", vec![refusal(429, "TooManyRequests", ""), status(429)]),
        ("unavailable", vec![status(503), refusal(504, "", ""), status(500)]),
        ("hung up", vec![Reply::HangUp, Reply::HangUp]),
        ("body shorter than announced", vec![Reply::Cut { status: 200, body: "{\"id\":".to_owned() }]),
        ("JSON that ends early", vec![text(&format!("{{\"id\":\"{}\",\"mail\":\"a", id(1)))]),
    ] {
        let tries = first.len() + 1;
        let (stub, client) = after(first).await;
        let start = Instant::now();
        let user = client.read_user(user_id(1)).await.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(user.is_some(), "{name}");
        assert_eq!(stub.asked().len(), tries, "{name}");
        if name.contains("fractional") {
            assert!(start.elapsed() >= Duration::from_millis(20));
        }
    }
}

#[tokio::test]
async fn patience_ends_and_the_last_fault_is_the_error() {
    let stub = Stub::start(|_, _, _| refusal(429, "TooManyRequests", "slow down")).await;
    let error = stub.client().read_user(user_id(1)).await.unwrap_err();
    assert!(error.to_string().contains("slow down") && error.to_string().contains("req-7"), "{error}");
    assert_eq!(stub.asked().len(), 7);
    let stub = Stub::start(|_, _, _| text("{\"id\":")).await;
    assert!(matches!(stub.client().read_user(user_id(1)).await, Err(GraphError::Truncated { .. })));
    let stub = Stub::start(|_, _, _| Reply::HangUp).await;
    assert!(matches!(stub.client().read_user(user_id(1)).await, Err(GraphError::Unreachable { .. })));
}

#[tokio::test]
async fn nobody_listening_is_unreachable_and_silence_ends() {
    let stub = Stub::start(|_, _, _| Reply::Silence).await;
    let mut options = stub.options();
    options.read_timeout = Duration::from_millis(30);
    options.tries = 2;
    let error = Client::new(options).unwrap().read_user(user_id(1)).await.unwrap_err();
    assert!(error.to_string().contains("no answer in time"), "{error}");
    let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let token = StaticToken::new(&SecretString::from("x")).unwrap();
    let mut options = ClientOptions::new(BaseUrl::parse(&format!("http://{closed}")).unwrap(), Arc::new(token));
    options.backoff = Duration::from_millis(1);
    let error = Client::new(options).unwrap().read_user(user_id(1)).await.unwrap_err();
    assert!(matches!(error, GraphError::Unreachable { .. }), "{error}");
}

#[tokio::test]
async fn what_is_not_graph_gives_one_clear_line() {
    let html = "<!DOCTYPE html><html><head><title>Hotel WiFi</title></head><body>sign in</body></html>";
    for (reply, expected) in [
        (text(html), "Hotel WiFi"),
        (json(j!({"hello": "world"})), "JSON of another shape"),
        (json(j!([1, 2])), "JSON of another shape"),
        (text("hello"), "text with status 200: hello"),
        (text(""), "status 200 without a body"),
        (Reply::Full { status: 404, headers: vec![], body: "404 page not found".to_owned() }, "page not found"),
    ] {
        let stub = Stub::start(move |_, _, _| reply.clone()).await;
        let error = stub.client().organization().await.unwrap_err();
        assert!(matches!(error, GraphError::NotGraph { .. }), "{error}");
        assert!(error.to_string().contains(expected), "{error}");
        assert!(!error.to_string().contains('\n'), "{error}");
        assert_eq!(stub.asked().len(), 1, "asking again changes nothing");
    }
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_not_taken() {
    for announced in [true, false] {
        let stub = Stub::start(move |_, _, _| {
            let body = format!("{{\"id\":\"{}\",\"mail\":\"{}\"}}", id(1), "x".repeat(5000));
            if announced { text(&body) } else { Reply::Cut { status: 200, body } }
        })
        .await;
        let mut options = stub.options();
        options.body_limit = 1000;
        let end = Client::new(options).unwrap().read_user(user_id(1)).await;
        assert!(matches!(end, Err(GraphError::TooLarge { .. })), "{end:?}");
    }
}

#[tokio::test]
async fn a_redirect_is_never_followed() {
    let other = Stub::start(|_, _, _| json(j!({"id": id(1)}))).await;
    let to = format!("{}/v1.0/users", other.origin);
    let stub = Stub::start(move |_, _, _| status(302).with("Location", &to)).await;
    let error = stub.client().read_user(user_id(1)).await.unwrap_err();
    assert!(matches!(&error, GraphError::ForeignOrigin { to, .. } if *to == other.origin), "{error}");
    let home = Stub::start(|_, _, _| status(302).with("Location", "/elsewhere")).await;
    let error = home.client().read_user(user_id(1)).await.unwrap_err();
    assert!(matches!(error, GraphError::NotGraph { .. }), "{error}");
    assert_eq!((other.asked().len(), home.asked().len()), (0, 1));
}

/// Gives `t0`, then `t1`, … at each renewal.
struct Renewing(AtomicU32);

#[async_trait]
impl TokenSource for Renewing {
    async fn token(&self) -> Result<Token, AuthError> {
        let n = self.0.load(Ordering::SeqCst);
        Ok(Token::new(SecretString::from(format!("t{n}")), None))
    }
    async fn renew(&self, _rejected: &Token, claims: Option<&str>) -> Result<Token, AuthError> {
        assert_eq!(claims, Some("{\"access_token\":{}}"));
        self.0.fetch_add(1, Ordering::SeqCst);
        self.token().await
    }
    fn kind(&self) -> SourceKind {
        SourceKind::OwnLogin
    }
}

#[tokio::test]
async fn a_refused_token_is_renewed_once() {
    for (good, calls) in [("Bearer t1", 2), ("Bearer t9", 2)] {
        let stub = Stub::start(move |ask, _, _| {
            if ask.header("authorization") == Some(good) {
                json(j!({"id": id(1)}))
            } else {
                refusal(401, "InvalidAuthenticationToken", "expired").with("WWW-Authenticate", "Basic").with(
                    "WWW-Authenticate",
                    "Bearer realm=\"\", error=\"insufficient_claims\", claims=\"eyJhY2Nlc3NfdG9rZW4iOnt9fQ==\"",
                )
            }
        })
        .await;
        let mut options = stub.options();
        options.token = Arc::new(Renewing(AtomicU32::new(0)));
        let end = Client::new(options).unwrap().read_user(user_id(1)).await;
        assert_eq!(end.is_ok(), good == "Bearer t1");
        assert_eq!(stub.asked().len(), calls);
        if let Err(error) = end {
            assert!(error.is_permission() && error.to_string().contains("sign in again"), "{error}");
        }
    }
}

#[tokio::test]
async fn a_token_of_a_microsoft_login_host_goes_to_no_other_host() {
    struct Microsoft;
    #[async_trait]
    impl TokenSource for Microsoft {
        async fn token(&self) -> Result<Token, AuthError> {
            Err(AuthError::NoToken)
        }
        async fn renew(&self, _: &Token, _: Option<&str>) -> Result<Token, AuthError> {
            Err(AuthError::NoToken)
        }
        fn kind(&self) -> SourceKind {
            SourceKind::Microsoft(Cloud::Global)
        }
    }
    let base = BaseUrl::parse("http://127.0.0.1:9/v1.0").unwrap();
    let end = Client::new(ClientOptions::new(base, Arc::new(Microsoft)));
    assert!(matches!(end, Err(GraphError::Auth(AuthError::ForeignHost { .. }))));
    assert!(Client::new(ClientOptions::new(BaseUrl::of(Cloud::Global), Arc::new(Microsoft))).is_ok());
}

#[tokio::test]
async fn users_are_found_by_any_name_and_the_missing_are_none() {
    let stub = Stub::start(|ask, _, _| {
        if ask.path.contains("nobody") {
            refusal(404, "Request_ResourceNotFound", "Resource 'nobody' does not exist")
        } else {
            json(j!({"id": if ask.path.ends_with(&id(2)) { id(2) } else { id(1) }}))
        }
    })
    .await;
    let client = stub.client();
    for (name, path) in [
        ("anna@contoso.com", "/v1.0/users/anna@contoso.com".to_owned()),
        ("b_x.com#EXT#@contoso.com", "/v1.0/users/b_x.com%23EXT%23@contoso.com".to_owned()),
        ("$x'y@contoso.com", "/v1.0/users('$x''y@contoso.com')".to_owned()),
        ("a@b/../groups?x", "/v1.0/users/a@b%2F..%2Fgroups%3Fx".to_owned()),
        (" {22222222-0000-0000-0000-000000000001} ", format!("/v1.0/users/{}", id(1))),
    ] {
        assert!(client.find_user(name).await.unwrap().is_some());
        assert_eq!(stub.asked().last().unwrap().path, path);
    }
    assert!(client.find_user("nobody@contoso.com").await.unwrap().is_none());
    let before = stub.asked().len();
    for no_name in ["..", "delta", "$count", ""] {
        assert!(client.find_user(no_name).await.unwrap().is_none());
    }
    assert_eq!(stub.asked().len(), before);
    let several = client.read_users(&[user_id(1), user_id(2)]).await;
    assert!(several.len() == 2 && several.iter().all(|(_, user)| user.as_ref().is_ok_and(|u| u.is_some())));
}

#[test]
fn nothing_that_holds_the_token_shows_it() {
    let token = StaticToken::new(&SecretString::from("s3cret")).unwrap();
    let client = Client::new(ClientOptions::new(BaseUrl::of(Cloud::Global), Arc::new(token.clone()))).unwrap();
    assert!(!format!("{token:?} {client:?}").contains("s3cret"));
}

#[tokio::test]
async fn another_user_than_the_one_asked_for_is_no_answer() {
    let stub = Stub::start(|_, _, _| json(serde_json::json!({"id": id(2), "userPrincipalName": "b@b.c"}))).await;
    let error = stub.client().read_user(user_id(1)).await.unwrap_err();
    assert!(error.to_string().contains("another user than the one"), "{error}");
    assert!(stub.client().find_user("b@b.c").await.unwrap().is_some());
}
