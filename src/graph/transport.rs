//! One try of one request: the only place where the token meets a request, and only if the origin is the right one.

use std::error::Error;
use std::time::Instant;

use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderValue};
use reqwest::{Request, Response};
use uuid::Uuid;

use super::answer::{Answer, Head, excerpt};
use super::auth::{AuthError, Token};
use super::client::{Client, RequestEvent};

/// Why a try has no whole answer.
#[derive(Debug)]
pub(super) enum Broken {
    /// The request did not leave: no connection.
    NotSent(String),
    /// It may have arrived; no answer came.
    NoAnswer(String),
    /// The head came, the body broke off.
    Cut(Head, String),
    /// The body is beyond the limit.
    TooLarge(Head),
    /// The token cannot stand in a header.
    BadToken(AuthError),
    /// The URL is not of the base URL's origin: nothing was sent.
    Foreign(String),
}

/// A try with the id that it was sent with.
pub(super) struct Try {
    pub(super) client_request_id: String,
    pub(super) result: Result<Answer, Broken>,
}

impl Client {
    /// Sends a request once.
    pub(super) async fn attempt(&self, mut request: Request, token: &Token, retries: u32) -> Try {
        let client_request_id = Uuid::new_v4().to_string();
        let start = Instant::now();
        let method = method_name(request.method());
        let path = self.base().template(request.url());
        let result = match self.dress(&mut request, token, &client_request_id) {
            Ok(()) => self.exchange(request).await,
            Err(broken) => Err(broken),
        };
        let head = match &result {
            Ok(answer) => Some(&answer.head),
            Err(Broken::Cut(head, _) | Broken::TooLarge(head)) => Some(head),
            Err(_) => None,
        };
        if let Some(tell) = &self.0.options.on_request {
            tell(RequestEvent {
                method,
                path,
                status: head.map(|head| head.status),
                duration: start.elapsed(),
                retries,
                request_id: head.and_then(|head| head.request_id.clone()),
                client_request_id: client_request_id.clone(),
            });
        }
        Try { client_request_id, result }
    }

    /// Adds the headers that every request has.
    fn dress(&self, request: &mut Request, token: &Token, client_request_id: &str) -> Result<(), Broken> {
        if !self.base().same_origin(request.url()) {
            return Err(Broken::Foreign(request.url().origin().ascii_serialization()));
        }
        let mut bearer = HeaderValue::try_from(format!("Bearer {}", token.expose()))
            .map_err(|_| Broken::BadToken(AuthError::Malformed))?;
        bearer.set_sensitive(true);
        let headers = request.headers_mut();
        headers.insert(AUTHORIZATION, bearer);
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        if let Ok(id) = HeaderValue::try_from(client_request_id) {
            headers.insert("client-request-id", id);
        }
        Ok(())
    }

    async fn exchange(&self, request: Request) -> Result<Answer, Broken> {
        let mut response = self.0.http.execute(request).await.map_err(|error| {
            let why = words(&error);
            // Only a failed connection, or a request that could not be built, certainly did not leave.
            if error.is_connect() || error.is_builder() { Broken::NotSent(why) } else { Broken::NoAnswer(why) }
        })?;
        let head = Head::read(response.status().as_u16(), response.headers());
        match self.body(&mut response).await {
            Ok(Some(body)) => Ok(Answer { head, body }),
            Ok(None) => Err(Broken::TooLarge(head)),
            Err(why) => Err(Broken::Cut(head, why)),
        }
    }

    /// The body; `None` when it is beyond the limit.
    async fn body(&self, response: &mut Response) -> Result<Option<Vec<u8>>, String> {
        let limit = self.0.options.body_limit;
        let announced = response.content_length().and_then(|length| usize::try_from(length).ok()).unwrap_or(0);
        if announced > limit {
            return Ok(None);
        }
        let mut body = Vec::with_capacity(announced);
        while let Some(chunk) = response.chunk().await.map_err(|error| words(&error))? {
            if body.len() + chunk.len() > limit {
                return Ok(None);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Some(body))
    }
}

fn method_name(method: &reqwest::Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "POST" => "POST",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        _ => "?",
    }
}

/// What the network said: the innermost cause, because the outer ones say "error sending request" about everything.
/// Without the URL, which may carry filters with names.
pub(super) fn words(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return if error.is_connect() { "no connection in time" } else { "no answer in time" }.to_owned();
    }
    let mut inner: &dyn Error = error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    let text = inner.to_string();
    if text.contains("://") { "the connection failed".to_owned() } else { excerpt(&text, 160) }
}
