//! The HTTP side: token, faults, latency, headers.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::{Body as HttpBody, Bytes};
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, Method, Response, Uri};
use uuid::Uuid;

use super::answer::{Answer, Body, Problem};
use super::ask::Ask;
use super::batch;
use super::router::{Desk, cost, dispatch};
use super::throttle::Throttle;
use super::wire::Leash;
use crate::sim::clock;

/// What the handler needs beside the desk.
pub struct Front {
    /// Answers.
    pub desk: Desk,
    /// Added to each request.
    pub latency: Duration,
    /// Quotas.
    pub throttle: Throttle,
    /// Requests, writes and reads so far, for faults that come every so often.
    pub asked: AtomicU32,
    /// See `asked`.
    pub written: AtomicU32,
    /// See `asked`.
    pub read: AtomicU32,
}

/// The application.
pub fn router(front: Arc<Front>) -> Router {
    Router::new().fallback(handle).with_state(front)
}

fn due(counter: &AtomicU32, every: Option<u32>) -> bool {
    let number = counter.fetch_add(1, Ordering::SeqCst) + 1;
    every.is_some_and(|n| n > 0 && number.is_multiple_of(n))
}

/// Largest body that is read.
const LARGEST: usize = 8 << 20;

async fn handle(
    State(front): State<Arc<Front>>,
    ConnectInfo(leash): ConnectInfo<Leash>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: HttpBody,
) -> Response<HttpBody> {
    if !front.latency.is_zero() {
        tokio::time::sleep(front.latency).await;
    }
    let header = |name: &str| headers.get(name).and_then(|v| v.to_str().ok());
    let target = uri.path_and_query().map_or("/", |p| p.as_str()).to_owned();
    let body = axum::body::to_bytes(body, LARGEST).await.unwrap_or_default();
    let seen = Seen {
        date: clock::now(),
        request: Uuid::new_v4().to_string(),
        client: header("client-request-id").map_or_else(|| Uuid::new_v4().to_string(), str::to_owned),
    };
    let ask = read_ask(&method, &target, &headers, &body);
    let batch = ask.segments == ["$batch"];
    let write = method != Method::GET && !batch || batch && !batch::only_reads(&ask);
    let faults = &front.desk.faults;
    if write && due(&front.written, faults.drop_before_every) {
        front.desk.note(method.as_str(), &ask.target, 0);
        leash.cut_after(0);
        return Response::new(HttpBody::empty());
    }
    let answer = answer(&front, &ask, &target, header("authorization"), &seen);
    if !batch {
        front.desk.note(method.as_str(), &ask.target, answer.status);
    }
    let every = faults.drop_after_every;
    if write && every.is_some_and(|n| n > 0 && front.written.load(Ordering::SeqCst) % n == 0) {
        leash.cut_after(0);
    }
    let response = seen.response(answer, &ask);
    if method == Method::GET && due(&front.read, faults.truncate_every) {
        // enough for the head of an answer and a piece of any body
        leash.cut_after(700);
    }
    response
}

fn read_ask(method: &Method, target: &str, headers: &HeaderMap, body: &Bytes) -> Ask {
    let header = |name: &str| headers.get(name).and_then(|v| v.to_str().ok());
    let below = target.strip_prefix("/v1.0").filter(|t| t.is_empty() || t.starts_with(['/', '?']));
    let mut ask = Ask::read(method.as_str(), below.unwrap_or(target));
    ask.eventual = header("consistencylevel").is_some_and(|v| v.eq_ignore_ascii_case("eventual"));
    ask.no_content = header("prefer").is_some_and(|v| v.contains("return-no-content"));
    ask.client_request_id = header("client-request-id").map(str::to_owned);
    if !body.is_empty() {
        let json = header("content-type").is_some_and(|t| t.contains("json"));
        ask.body = Some(if json { serde_json::from_slice(body).map_err(|_| ()) } else { Err(()) });
    }
    ask
}

fn answer(front: &Front, ask: &Ask, target: &str, authorization: Option<&str>, seen: &Seen) -> Answer {
    let token = authorization.and_then(|v| v.split_once(' ')).filter(|(kind, _)| kind.eq_ignore_ascii_case("bearer"));
    let result = if due(&front.asked, front.desk.faults.error_503_every) {
        let mut problem = Problem::new(503, "serviceNotAvailable", "The service is temporarily unavailable.");
        problem.headers.push(("Retry-After", "0.1".to_owned()));
        Err(problem)
    } else if token.is_none_or(|(_, token)| token.trim().is_empty()) {
        let mut problem = Problem::new(401, "InvalidAuthenticationToken", "Access token is empty.");
        problem.headers.push(("WWW-Authenticate", "Bearer".to_owned()));
        Err(problem)
    } else if !target.starts_with("/v1.0/") {
        Err(Problem::no_route(target.trim_start_matches('/').split(['/', '?']).next().unwrap_or_default()))
    } else if ask.segments == ["$batch"] {
        batch::answer(front, ask, seen)
    } else {
        front.throttle.admit(cost(ask)).and_then(|()| dispatch(&front.desk, ask))
    };
    result.unwrap_or_else(|problem| problem.answer(&seen.moment(), &seen.request, &seen.client))
}

/// What answers say about the request itself.
pub struct Seen {
    /// When, in seconds.
    pub date: i64,
    /// `request-id`.
    pub request: String,
    /// `client-request-id`.
    pub client: String,
}

impl Seen {
    /// The moment in the form of error bodies.
    pub fn moment(&self) -> String {
        clock::text(self.date).trim_end_matches('Z').to_owned()
    }

    fn response(&self, answer: Answer, ask: &Ask) -> Response<HttpBody> {
        let mut builder = Response::builder()
            .status(answer.status)
            .header("request-id", &self.request)
            .header("client-request-id", &self.client)
            .header("date", clock::header(self.date))
            .header("x-ms-ags-diagnostic", r#"{"ServerInfo":{"DataCenter":"Loopback","Role":"simulated"}}"#)
            .header("x-ms-resource-unit", cost(ask).0.to_string());
        for (name, value) in answer.headers {
            builder = builder.header(name, value);
        }
        let (kind, text) = match answer.body {
            Body::Empty => (None, String::new()),
            Body::Json(text) => (
                Some(
                    "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8",
                ),
                text,
            ),
            Body::Text(text) => (Some("text/plain"), text),
        };
        if let Some(kind) = kind {
            builder = builder.header("content-type", kind);
        }
        // the parts are all valid: a client-request-id that is no header value was not readable either
        builder.body(HttpBody::from(text)).unwrap_or_default()
    }
}
