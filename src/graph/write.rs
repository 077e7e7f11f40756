//! The only file that sends anything but a GET. A write needs a permit that contains the very request, for the tenant
//! that this client is bound to; and it is never repeated when its answer was lost.

use reqwest::header::{CONTENT_TYPE, HeaderValue};
use reqwest::{Method, Request, Url};
use serde_json::Value;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::answer::{Answer, Head, excerpt};
use super::auth::{AuthError, Token};
use super::client::Client;
use super::error::GraphError;
use super::pace::backoff;
use super::transport::Broken;
use crate::domain::plan::{self, GraphRequest, Permit};
use crate::domain::refusal::{Cause, GraphRefusal};

/// What became of a write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WriteAnswer {
    /// Graph took it (2xx). The effect may come later.
    Taken {
        /// 200, 202 or 204.
        status: u16,
    },
    /// Graph refused it: nothing was changed.
    Refused(GraphRefusal),
    /// It was sent, and whether it was applied is not known: read before doing anything else.
    Lost {
        /// What happened on the way.
        why: String,
    },
    /// It did not leave: nothing was changed.
    NotSent {
        /// Why not.
        why: String,
    },
}

/// What to do after one try.
enum Next {
    End(WriteAnswer),
    Again(Option<std::time::Duration>),
    NewToken(GraphRefusal, Option<String>),
}

impl Client {
    /// Sends one request of a confirmed plan. Waits for its slot in the write budget first; cancelling works until it
    /// is sent, never after. To be awaited to its end: a write dropped in flight has an outcome that nobody knows.
    pub async fn write(&self, permit: &Permit, request: &GraphRequest, cancel: &CancellationToken) -> WriteAnswer {
        let url = match self.permitted(permit, request) {
            Ok(url) => url,
            Err(why) => return WriteAnswer::NotSent { why },
        };
        let mut token = match until(cancel, self.0.options.token.token()).await {
            Some(Ok(token)) => token,
            Some(Err(error)) => return WriteAnswer::NotSent { why: error.to_string() },
            None => return cancelled(),
        };
        let (mut tries, mut renewed) = (0, false);
        loop {
            if until(cancel, self.0.writes.take()).await.is_none() {
                return cancelled();
            }
            let next = self.send(&url, request, &token, tries, renewed).await;
            tries += 1;
            match next {
                Next::End(answer) => return answer,
                Next::NewToken(refusal, claims) => {
                    renewed = true;
                    match until(cancel, self.0.options.token.renew(&token, claims.as_deref())).await {
                        Some(Ok(new)) => token = new,
                        // Graph's words say more than that there is no other token.
                        Some(Err(AuthError::NotRenewable)) => return WriteAnswer::Refused(refusal),
                        Some(Err(error)) => return WriteAnswer::NotSent { why: error.to_string() },
                        None => return cancelled(),
                    }
                }
                Next::Again(wait) => {
                    let wait = wait.unwrap_or_else(|| backoff(self.0.options.backoff, tries - 1));
                    if until(cancel, tokio::time::sleep(wait)).await.is_none() {
                        return cancelled();
                    }
                }
            }
        }
    }

    /// The URL, if the permit and the tenant allow the request.
    fn permitted(&self, permit: &Permit, request: &GraphRequest) -> Result<Url, String> {
        permit.allows(request).map_err(|error| error.to_string())?;
        match self.tenant() {
            None => return Err("which tenant this is has not been read: load the organization first".to_owned()),
            Some(tenant) if tenant != permit.tenant() => {
                return Err(format!("the plan is for tenant {}, this is tenant {tenant}", permit.tenant()));
            }
            Some(_) => {}
        }
        self.base().at(&request.path).ok_or_else(|| "its path leads away from Graph".to_owned())
    }

    /// A body whose address of Graph is whole: a plan does not know where Graph is, a reference must say it.
    fn absolute(&self, body: &Value) -> Value {
        let mut body = body.clone();
        if let Some(Value::String(reference)) = body.get_mut(plan::ODATA_ID)
            && reference.starts_with('/')
        {
            reference.insert_str(0, self.base().to_string().trim_end_matches('/'));
        }
        body
    }

    async fn send(&self, url: &Url, request: &GraphRequest, token: &Token, tries: u32, renewed: bool) -> Next {
        let method = match request.method {
            plan::Method::Post => Method::POST,
            plan::Method::Patch => Method::PATCH,
            plan::Method::Delete => Method::DELETE,
        };
        let mut http = Request::new(method, url.clone());
        if let Some(body) = &request.body {
            http.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            *http.body_mut() = Some(self.absolute(body).to_string().into());
        }
        let done = self.attempt(http, token, tries).await;
        let last = tries + 1 >= self.0.options.tries;
        match done.result {
            Ok(answer) => self.judge(&answer, last, renewed),
            // The status is all that counts of a success, and it came.
            Err(Broken::Cut(head, _) | Broken::TooLarge(head)) if head.ok() => {
                Next::End(WriteAnswer::Taken { status: head.status })
            }
            Err(Broken::Cut(head, why)) => {
                self.judge(&Answer { head, body: format!("the answer broke off: {why}").into_bytes() }, last, renewed)
            }
            Err(Broken::TooLarge(head)) => self.judge(&Answer { head, body: Vec::new() }, last, renewed),
            Err(Broken::NotSent(_)) if !last && tries < 2 => Next::Again(None),
            Err(Broken::NotSent(why)) => Next::End(WriteAnswer::NotSent { why }),
            Err(Broken::BadToken(error)) => Next::End(WriteAnswer::NotSent { why: error.to_string() }),
            Err(Broken::Foreign(to)) => Next::End(WriteAnswer::NotSent { why: format!("it would go to {to}") }),
            Err(Broken::NoAnswer(why)) => {
                let id = done.client_request_id;
                Next::End(WriteAnswer::Lost { why: format!("{why} [client request id {id}]") })
            }
        }
    }

    /// What an answer means for a write.
    fn judge(&self, answer: &Answer, last: bool, renewed: bool) -> Next {
        let head = &answer.head;
        if head.ok() {
            return Next::End(WriteAnswer::Taken { status: head.status });
        }
        let refusal = refusal(answer, &self.base().host());
        match head.status {
            401 if !renewed => Next::NewToken(refusal, head.claims.clone()),
            // Throttled: not applied. All other writes would be refused as well.
            429 if !last => {
                if let Some(wait) = head.retry_after {
                    self.0.writes.until(Instant::now() + wait);
                }
                Next::Again(head.retry_after)
            }
            // 503 with Graph's own words or a time to come back was not taken up; from a gateway, nobody knows.
            503 if head.retry_after.is_some() || !refusal.code.is_empty() => {
                if last {
                    Next::End(WriteAnswer::Refused(refusal))
                } else {
                    Next::Again(head.retry_after)
                }
            }
            409 if !last && refusal.cause == Cause::Concurrent => Next::Again(head.retry_after),
            500.. => Next::End(WriteAnswer::Lost { why: lost(&refusal) }),
            _ => Next::End(WriteAnswer::Refused(refusal)),
        }
    }
}

/// Waits for something unless the operator cancels first.
async fn until<T>(cancel: &CancellationToken, work: impl Future<Output = T>) -> Option<T> {
    tokio::select! {
        biased;
        () = cancel.cancelled() => None,
        done = work => Some(done),
    }
}

fn cancelled() -> WriteAnswer {
    WriteAnswer::NotSent { why: "cancelled".to_owned() }
}

fn lost(refusal: &GraphRefusal) -> String {
    let id = refusal.request_id.as_deref().map(|id| format!(" [request id {id}]")).unwrap_or_default();
    format!("the service failed while it had the request: {refusal}{id}")
}

/// Graph's words, or what stands in their place.
fn refusal(answer: &Answer, host: &str) -> GraphRefusal {
    let Head { status, request_id, location, .. } = &answer.head;
    if let Some(to) = location.as_deref().filter(|_| answer.head.redirects()) {
        let message = format!("a redirect to {}, which is not followed", excerpt(to, 100));
        return GraphRefusal::new(*status, "", &message, request_id.clone());
    }
    match answer.refusal("the write", host) {
        GraphError::Refused { refusal, .. } => *refusal,
        _ => GraphRefusal::new(*status, "", &answer.instead(), request_id.clone()),
    }
}
