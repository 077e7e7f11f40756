//! Every way to sign in against a sign-in host that answers as Entra does, on its bad days too.

mod login_stub;

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use login_stub::{LoginStub, error, tokens};
use secrecy::SecretString;
use serde_json::{Value, json};
use tenantry::graph::{
    self, AuthError, Authority, Cached, Login, OnPrompt, Profile, Prompt, SourceKind, Stored, TokenSource,
};

fn login(stub: &LoginStub) -> Login {
    Login {
        authority: Authority::parse(&stub.url).unwrap(),
        tenant: "contoso.com".to_owned(),
        client_id: "app-1".to_owned(),
        graph: "https://graph.example".to_owned(),
    }
}

type Prompts = Arc<Mutex<Vec<Prompt>>>;

fn prompts() -> (Prompts, OnPrompt) {
    let seen = Prompts::default();
    let told = Arc::clone(&seen);
    (seen, Arc::new(move |prompt| told.lock().unwrap().push(prompt)))
}

fn by_code(stub: &LoginStub, stored: Option<Stored>, keep: bool) -> (Prompts, Cached) {
    let (seen, prompt) = prompts();
    (seen, graph::device_code(&login(stub), Profile::default(), prompt, stored, keep).unwrap())
}

fn has_cp1(claims: &str) -> bool {
    let claims: Value = serde_json::from_str(claims).unwrap();
    claims["access_token"]["xms_cc"]["values"] == json!(["cp1"])
}

#[tokio::test]
async fn a_secret_is_sent_to_the_host_that_was_named_with_the_capability() {
    let stub = LoginStub::start([tokens(1, None)]).await;
    let source = graph::client_secret(&login(&stub), &SecretString::from("s3cret")).unwrap();
    assert_eq!(source.kind(), SourceKind::OwnLogin);
    let token = source.token().await.unwrap();
    assert!(source.token().await.unwrap().is(&token), "asked once");
    let asked = stub.asked("token");
    assert_eq!(asked.len(), 1);
    assert_eq!((asked[0].tenant.as_str(), asked[0].form["client_secret"].as_str()), ("contoso.com", "s3cret"));
    assert_eq!(asked[0].form["scope"], "https://graph.example/.default");
    assert!(has_cp1(&asked[0].form["claims"]));
}

#[tokio::test]
async fn a_challenge_is_answered_with_its_claims_and_a_new_token() {
    let stub = LoginStub::start([tokens(1, None), tokens(2, None)]).await;
    let source = graph::client_secret(&login(&stub), &SecretString::from("s")).unwrap();
    let first = source.token().await.unwrap();
    let claims = r#"{"access_token":{"nbf":{"essential":true,"value":"1700000000"}}}"#;
    let second = source.renew(&first, Some(claims)).await.unwrap();
    assert!(!second.is(&first), "not the token that was refused, which the credential still has");
    let sent = stub.asked("token")[1].form["claims"].clone();
    assert!(sent.contains("1700000000") && has_cp1(&sent), "{sent}");
}

#[tokio::test]
async fn a_bad_secret_says_what_to_do_and_is_not_repeated() {
    let words = "AADSTS7000215: Invalid client secret provided. Trace ID: t";
    let stub = LoginStub::start([(401, json!({"error": "invalid_client", "error_description": words}))]).await;
    let source = graph::client_secret(&login(&stub), &SecretString::from("hush-hush")).unwrap();
    let said = source.token().await.unwrap_err().to_string();
    assert!(said.contains("AADSTS7000215") && said.contains("AZURE_CLIENT_SECRET"), "{said}");
    assert!(!said.contains("hush-hush") && !said.contains('\n'), "{said}");
    assert_eq!(stub.asked("token").len(), 1);
}

#[tokio::test]
async fn a_certificate_signs_for_the_token_endpoint() {
    let stub = LoginStub::start([tokens(1, None)]).await;
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/login_stub/certificate.pem");
    let source = graph::client_certificate(&login(&stub), &file).unwrap();
    source.token().await.unwrap();
    let form = stub.asked("token").remove(0).form;
    assert_eq!(form["client_assertion_type"], "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
    let body = form["client_assertion"].split('.').nth(1).unwrap().to_owned();
    let body: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(body).unwrap()).unwrap();
    assert_eq!(body["aud"], format!("{}/contoso.com/oauth2/v2.0/token", stub.url));
    assert_eq!((&body["iss"], &body["sub"]), (&json!("app-1"), &json!("app-1")));
}

#[tokio::test]
async fn a_federated_token_is_read_from_its_file() {
    let stub = LoginStub::start([tokens(1, None)]).await;
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("token");
    std::fs::write(&file, "from-kubernetes").unwrap();
    let source = graph::workload_identity(&login(&stub), file).unwrap();
    source.token().await.unwrap();
    assert_eq!(stub.asked("token")[0].form["client_assertion"], "from-kubernetes");
}

#[tokio::test(start_paused = true)]
async fn a_host_that_is_not_there_is_said_within_the_limit() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let login = Login {
        authority: Authority::parse(&url).unwrap(),
        tenant: "t".to_owned(),
        client_id: "a".to_owned(),
        graph: "https://graph.example".to_owned(),
    };
    let source = graph::client_secret(&login, &SecretString::from("s")).unwrap();
    let start = tokio::time::Instant::now();
    source.token().await.unwrap_err();
    assert!(start.elapsed() <= Duration::from_secs(20), "{:?}", start.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_code_is_told_first_and_waited_for_as_the_host_says() {
    let pending = || error("authorization_pending", "AADSTS70016: pending");
    let answers = [pending(), error("slow_down", "too fast"), pending(), tokens(1, Some("r1"))];
    let stub = LoginStub::start(answers).await;
    let (seen, source) = by_code(&stub, None, false);
    let start = tokio::time::Instant::now();
    source.token().await.unwrap();
    let waited = start.elapsed().as_secs();
    assert!((10..=12).contains(&waited), "5 s longer after slow_down, twice: {waited}");
    let code = Prompt::Code { url: "https://login.example/device".to_owned(), code: "ABC-DEF".to_owned(), minutes: 15 };
    assert_eq!(*seen.lock().unwrap(), [code]);
    let scope = stub.asked("devicecode")[0].form["scope"].clone();
    assert!(scope.contains("https://graph.example/User.Read.All") && scope.contains("offline_access"), "{scope}");
    assert!(!scope.contains("Write"), "{scope}");
    assert_eq!(stub.asked("token")[0].form["device_code"], "dev-1");
}

#[tokio::test]
async fn no_and_too_late_are_told_apart() {
    for (code, end) in [
        ("authorization_declined", AuthError::Declined),
        ("access_denied", AuthError::Declined),
        ("expired_token", AuthError::Expired),
    ] {
        let stub = LoginStub::start([error(code, "AADSTS: no")]).await;
        let (_, source) = by_code(&stub, None, false);
        assert_eq!(source.token().await.err(), Some(end), "{code}");
    }
    let stub = LoginStub::start([error("bad_verification_code", "AADSTS70020: odd")]).await;
    assert!(matches!(by_code(&stub, None, false).1.token().await, Err(AuthError::Failed { .. })));
    let blocked = LoginStub::start([]).await;
    blocked.device(400, json!({"error": "invalid_client", "error_description": "AADSTS7000218: x"}));
    let said = by_code(&blocked, None, false).1.token().await.unwrap_err().to_string();
    assert!(said.contains("allow public client flows"), "{said}");
}

#[tokio::test]
async fn a_person_is_asked_once_and_then_renewed_quietly() {
    let stub = LoginStub::start([tokens(1, Some("r1")), tokens(2, Some("r2"))]).await;
    let (seen, source) = by_code(&stub, None, false);
    let first = source.token().await.unwrap();
    let second = source.renew(&first, Some(r#"{"access_token":{"nbf":{"value":"7"}}}"#)).await.unwrap();
    assert!(!second.is(&first));
    let form = stub.asked("token").remove(1).form;
    assert_eq!((form["grant_type"].as_str(), form["refresh_token"].as_str()), ("refresh_token", "r1"));
    assert!(form["claims"].contains("nbf"), "{}", form["claims"]);
    // The session ends: nobody is asked in the middle of a run, it is said.
    stub.push(error("invalid_grant", "AADSTS50173: revoked"));
    let said = source.renew(&second, None).await.unwrap_err();
    assert!(matches!(said, AuthError::SignInAgain { .. }), "{said}");
    assert_eq!(seen.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_kept_sign_in_is_used_rotated_and_replaced_when_it_has_ended() {
    let dir = tempfile::tempdir().unwrap();
    let stored = || Some(Stored::in_dir(dir.path()));
    let path = Stored::in_dir(dir.path()).path().to_owned();
    let stub = LoginStub::start([tokens(1, Some("r1"))]).await;
    by_code(&stub, stored(), false).1.token().await.unwrap();
    assert!(!path.exists(), "nothing is kept unless asked for");
    stub.push(tokens(2, Some("r2")));
    by_code(&stub, stored(), true).1.token().await.unwrap();
    stub.push(tokens(3, Some("r3")));
    let (seen, source) = by_code(&stub, stored(), false);
    source.token().await.unwrap();
    assert_eq!(stub.asked("token")[2].form["refresh_token"], "r2");
    assert!(seen.lock().unwrap().is_empty());
    assert!(std::fs::read_to_string(&path).unwrap().contains("r3"), "the new one takes its place");
    stub.push(error("invalid_grant", "AADSTS700082: too old"));
    stub.push(tokens(4, Some("r4")));
    let (seen, source) = by_code(&stub, stored(), false);
    source.token().await.unwrap();
    assert_eq!(seen.lock().unwrap().len(), 1, "asked again, because no screen is open yet");
}

#[tokio::test]
async fn a_browser_comes_back_with_a_code_that_only_this_sign_in_can_use() {
    let stub = LoginStub::start([tokens(1, Some("r1"))]).await;
    let (sent, mut pages) = tokio::sync::mpsc::unbounded_channel();
    let prompt: OnPrompt = Arc::new(move |prompt| sent.send(prompt).unwrap());
    let source = graph::browser(&login(&stub), Profile { fix: true, audit: false }, prompt, None, false).unwrap();
    let browser = async {
        let Some(Prompt::Browser { url, port }) = pages.recv().await else { panic!("no page") };
        let url = reqwest::Url::parse(&url).unwrap();
        let find = |name: &str| url.query_pairs().find(|(key, _)| key == name).unwrap().1.into_owned();
        assert_eq!(find("redirect_uri"), format!("http://localhost:{port}"));
        assert_eq!(find("code_challenge_method"), "S256");
        assert!(has_cp1(&find("claims")) && find("scope").contains("User.ReadWrite.All"));
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let back = |query: String| http.get(format!("http://127.0.0.1:{port}/?{query}")).send();
        let foreign = back("code=evil&state=guess".to_owned()).await.unwrap();
        assert_eq!(foreign.status(), 404);
        back(format!("code=c1&state={}", find("state"))).await.unwrap();
    };
    let (token, ()) = tokio::join!(source.token(), browser);
    token.unwrap();
    let form = stub.asked("token").remove(0).form;
    assert_eq!((form["code"].as_str(), form["code_verifier"].len()), ("c1", 43));
}
