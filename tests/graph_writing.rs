//! Writes: only with a permit, only to the right tenant, never twice without knowing.

mod graph_stub;

use std::sync::Arc;
use std::time::Duration;

use graph_stub::*;
use serde_json::json as j;
use tenantry::domain::access::Access;
use tenantry::domain::ids::{TenantId, UserId};
use tenantry::domain::location::Location;
use tenantry::domain::plan::{
    Answer, Before, Change, Confirmed, Gate, GraphRequest, Permit, Plan, PlanTenant, Prediction, SCHEMA, Step,
};
use tenantry::domain::refusal::Cause;
use tenantry::domain::remedy::Verb;
use tenantry::domain::time::Timestamp;
use tenantry::graph::{Client, ClientOptions, WriteAnswer};
use tenantry::journal::Journal;
use tokio_util::sync::CancellationToken;

fn tenant() -> TenantId {
    TenantId::parse(TENANT).unwrap()
}

fn confirmed() -> Confirmed {
    let user = UserId::parse(&id(1)).unwrap();
    let change = Change::SetUsageLocation { to: Location::parse("DE").unwrap() };
    let step = Step {
        target: user.into(),
        upn: "anna@contoso.com".to_owned(),
        name: "Anna".to_owned(),
        request: change.request(user),
        change,
        before: Before { usage_location: Some(None), ..Before::default() },
        predicted: Prediction::default(),
        invertible: true,
    };
    let plan = Plan {
        schema: SCHEMA.to_owned(),
        tenant: PlanTenant {
            id: tenant(),
            name: "Contoso".to_owned(),
            default_domain: "contoso.com".to_owned(),
            users: 9,
        },
        as_of: Timestamp(0),
        verb: Verb::SetUsageLocation,
        title: "Set usage location DE for 1 user".to_owned(),
        steps: vec![step],
        refusals: vec![],
        seats: vec![],
        warnings: vec![],
        scopes: vec![],
        takes_away: false,
        members: 0,
        hand_offs: vec![],
    };
    Gate::confirm(&Arc::new(plan), &Answer::Yes).unwrap()
}

/// A permit as the program gets one, and the one request that it allows.
fn permit() -> (Permit, GraphRequest) {
    let dir = tempfile::tempdir().unwrap();
    let confirmed = confirmed();
    let journal = Journal::open(dir.path().join("runs")).unwrap();
    let (_, permit) = journal.begin(&Access::fix(), &confirmed, Timestamp(0), "test").unwrap();
    (permit, confirmed.plan().steps[0].request.clone())
}

fn bound(stub: &Stub) -> Client {
    let client = stub.client();
    client.bind_tenant(tenant()).unwrap();
    client
}

async fn write(client: &Client) -> WriteAnswer {
    let (permit, request) = permit();
    client.write(&permit, &request, &CancellationToken::new()).await
}

/// What comes of a write when the server answers these in turn, the last one again and again; and how often it was
/// asked.
async fn answers(replies: Vec<Reply>) -> (WriteAnswer, usize) {
    let stub = Stub::start(move |_, _, before| replies[before.min(replies.len() - 1)].clone()).await;
    (write(&bound(&stub)).await, stub.asked().len())
}

#[tokio::test]
async fn a_permitted_write_is_sent_as_planned() {
    let stub = Stub::start(|_, _, _| status(204)).await;
    assert_eq!(write(&bound(&stub)).await, WriteAnswer::Taken { status: 204 });
    let ask = &stub.asked()[0];
    assert_eq!((ask.method.as_str(), ask.path.clone()), ("PATCH", format!("/v1.0/users/{}", id(1))));
    assert_eq!(ask.body, j!({"usageLocation": "DE"}).to_string());
    assert_eq!(ask.header("content-type"), Some("application/json"));
    assert_eq!(ask.header("authorization"), Some("Bearer s3cret"));
    assert!(ask.header("client-request-id").is_some());
}

#[tokio::test]
async fn nothing_leaves_without_the_right_permit_and_tenant() {
    let stub = Stub::start(|_, _, _| status(204)).await;
    let (permit, request) = permit();
    let cancel = CancellationToken::new();
    let refused = |answer: WriteAnswer, word: &str| match answer {
        WriteAnswer::NotSent { why } => assert!(why.contains(word), "{why}"),
        other => panic!("{other:?}"),
    };
    refused(stub.client().write(&permit, &request, &cancel).await, "has not been read");
    let elsewhere = stub.client();
    elsewhere.bind_tenant(TenantId::from_u128(5)).unwrap();
    refused(elsewhere.write(&permit, &request, &cancel).await, "the plan is for tenant");
    let client = bound(&stub);
    assert!(client.bind_tenant(TenantId::from_u128(5)).is_err(), "bound for good");
    for other in [
        GraphRequest { path: format!("/users/{}", id(2)), ..request.clone() },
        GraphRequest { body: Some(j!({"usageLocation": "FR"})), ..request.clone() },
        GraphRequest { path: "@evil.example/".to_owned(), ..request.clone() },
    ] {
        refused(client.write(&permit, &other, &cancel).await, "not part of the confirmed plan");
    }
    cancel.cancel();
    refused(client.write(&permit, &request, &cancel).await, "cancelled");
    assert_eq!(stub.asked().len(), 0);
}

#[tokio::test]
async fn what_was_not_applied_is_sent_again() {
    let taken = WriteAnswer::Taken { status: 204 };
    for first in [
        refusal(429, "TooManyRequests", "").with("Retry-After", "0.01"),
        status(429),
        refusal(503, "Directory_ReplicaUnavailable", ""),
        status(503).with("Retry-After", "0"),
        refusal(409, "Directory_ConcurrencyViolation", "Error due to concurrent requests being made to the tenant."),
    ] {
        assert_eq!(answers(vec![first.clone(), status(204)]).await, (taken.clone(), 2), "{first:?}");
    }
}

#[tokio::test]
async fn a_lost_answer_is_lost_and_nothing_is_repeated() {
    for reply in [
        Reply::HangUp,
        status(500),
        status(504),
        refusal(502, "generalException", "x"),
        Reply::Full { status: 503, headers: vec![], body: "<html>gateway</html>".to_owned() },
    ] {
        let (answer, asked) = answers(vec![reply.clone(), status(204)]).await;
        assert!(matches!(answer, WriteAnswer::Lost { .. }), "{reply:?}: {answer:?}");
        assert_eq!(asked, 1, "{reply:?}");
    }
}

#[tokio::test]
async fn silence_after_sending_is_lost() {
    let stub = Stub::start(|_, _, _| Reply::Silence).await;
    let options = ClientOptions { read_timeout: Duration::from_millis(30), ..stub.options() };
    let client = Client::new(options).unwrap();
    client.bind_tenant(tenant()).unwrap();
    assert!(matches!(write(&client).await, WriteAnswer::Lost { .. }));
    assert_eq!(stub.asked().len(), 1);
}

#[tokio::test]
async fn no_connection_is_not_sent() {
    let mut stub = Stub::start(|_, _, _| status(204)).await;
    let free = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    stub.origin = format!("http://{free}");
    let answer = write(&bound(&stub)).await;
    assert!(matches!(answer, WriteAnswer::NotSent { .. }), "{answer:?}");
}

#[tokio::test]
async fn a_success_whose_body_breaks_off_is_a_success() {
    let (answer, asked) = answers(vec![Reply::Cut { status: 200, body: "{\"id\"".to_owned() }]).await;
    assert_eq!((answer, asked), (WriteAnswer::Taken { status: 200 }, 1));
}

#[tokio::test]
async fn refusals_keep_the_words_of_graph() {
    let words = "License assignment cannot be done for user with invalid usage location.";
    match answers(vec![refusal(400, "Request_BadRequest", words)]).await {
        (WriteAnswer::Refused(refusal), 1) => {
            assert_eq!((refusal.cause, refusal.message.as_str()), (Cause::UsageLocation, words));
            assert_eq!(refusal.request_id.as_deref(), Some("req-7"));
        }
        other => panic!("{other:?}"),
    }
    let other = Stub::start(|_, _, _| status(204)).await;
    match answers(vec![status(307).with("Location", &other.origin)]).await {
        (WriteAnswer::Refused(refusal), 1) => assert!(refusal.message.contains("not followed"), "{refusal}"),
        end => panic!("{end:?}"),
    }
    assert_eq!(other.asked().len(), 0);
    // A token that cannot be renewed.
    let (answer, asked) = answers(vec![refusal(401, "InvalidAuthenticationToken", "expired")]).await;
    assert!(matches!(&answer, WriteAnswer::Refused(r) if r.message == "expired") && asked == 1, "{answer:?}");
    let (answer, asked) = answers(vec![refusal(429, "TooManyRequests", "")]).await;
    assert!(matches!(answer, WriteAnswer::Refused(_)) && asked == 7, "{answer:?} after {asked}");
}

#[tokio::test]
async fn cancelling_works_while_waiting_and_not_in_flight() {
    let cancel = CancellationToken::new();
    let stop = cancel.clone();
    let stub = Stub::start(move |_, _, _| {
        stop.cancel();
        refusal(429, "TooManyRequests", "").with("Retry-After", "200")
    })
    .await;
    let (permit, request) = permit();
    let answer = bound(&stub).write(&permit, &request, &cancel).await;
    assert_eq!(answer, WriteAnswer::NotSent { why: "cancelled".to_owned() });

    let cancel = CancellationToken::new();
    let stop = cancel.clone();
    let stub = Stub::start(move |_, _, _| {
        stop.cancel();
        status(204)
    })
    .await;
    let answer = bound(&stub).write(&permit, &request, &cancel).await;
    assert_eq!(answer, WriteAnswer::Taken { status: 204 }, "it was on its way");
}
