//! Reading: GET with the retries of reference 8.3, and the single objects that the explorer asks for.

use std::time::Duration;

use futures_util::{StreamExt, stream};
use reqwest::header::HeaderValue;
use reqwest::{Method, Request, Url};
use tokio::time::Instant;

use super::answer::{Answer, BodyFault, Head, json_fault};
use super::base::encode;
use super::client::Client;
use super::error::GraphError;
use super::pace::backoff;
use super::transport::Broken;
use super::user_now::UserNow;
use super::wire;
use crate::domain::facts::{Group, Organization};
use crate::domain::ids::{GroupId, UserId};

/// A server that does not listen is not worth the patience that a busy one is.
const CONNECT_TRIES: u32 = 3;

/// How many single objects are read at the same time.
const PARALLEL: usize = 8;

/// A question.
#[derive(Debug, Clone)]
pub(super) struct Get {
    pub(super) url: Url,
    /// `ConsistencyLevel: eventual`. Links do not carry it: it is sent with each page.
    pub(super) eventual: bool,
    /// What is asked for, for messages.
    pub(super) what: &'static str,
}

impl Client {
    /// A question below the version; `query` values are encoded here.
    pub(super) fn question(
        &self,
        what: &'static str,
        path: &str,
        query: &[(&str, &str)],
        eventual: bool,
    ) -> Result<Get, GraphError> {
        let query: Vec<String> = query.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
        let mark = if query.is_empty() { "" } else { "?" };
        match self.base().at(&format!("{path}{mark}{}", query.join("&"))) {
            Some(url) => Ok(Get { url, eventual, what }),
            None => Err(self.foreign("another host".to_owned(), None)),
        }
    }

    /// Asks until there is an answer that `take` can read, or no hope. `take` may be called more than once and must
    /// keep nothing of an answer that it refuses.
    pub(super) async fn get<T>(
        &self,
        get: &Get,
        mut take: impl FnMut(&str) -> Result<T, serde_json::Error>,
    ) -> Result<T, GraphError> {
        self.get_text(get, |text| take(text).map_err(|error| json_fault(&error, text))).await
    }

    /// [`Client::get`] for any body.
    pub(super) async fn get_text<T>(
        &self,
        get: &Get,
        mut take: impl FnMut(&str) -> Result<T, BodyFault>,
    ) -> Result<T, GraphError> {
        let mut token = self.0.options.token.token().await?;
        let mut renewed = false;
        let mut tries = 0;
        loop {
            self.0.reads.wait().await;
            let mut request = Request::new(Method::GET, get.url.clone());
            if get.eventual {
                request.headers_mut().insert("ConsistencyLevel", HeaderValue::from_static("eventual"));
            }
            let done = self.attempt(request, &token, tries).await;
            tries += 1;
            let (error, wait) = match done.result {
                Ok(answer) if answer.head.ok() => match answer.text().and_then(&mut take) {
                    Ok(taken) => return Ok(taken),
                    Err(fault) => self.body_fault(fault, &answer)?,
                },
                Ok(answer) if answer.head.redirects() => return Err(self.redirect(&answer.head, get)),
                Ok(answer) => {
                    let error = answer.refusal(get.what, &self.base().host());
                    match answer.head.status {
                        401 if !renewed => {
                            renewed = true;
                            // The refusal says more than that the token cannot be renewed.
                            token = self
                                .0
                                .options
                                .token
                                .renew(&token, answer.head.claims.as_deref())
                                .await
                                .map_err(|_| error)?;
                            continue;
                        }
                        429 | 500 | 502 | 503 | 504 => {
                            (error, answer.head.retry_after.map(|wait| (wait, answer.head.status)))
                        }
                        _ => return Err(error),
                    }
                }
                Err(broken) => self.broken(broken, tries, &done.client_request_id)?,
            };
            if tries >= self.0.options.tries {
                return Err(error);
            }
            self.rest(wait, tries).await;
        }
    }

    /// Waits before the next try. A 429 with a time holds the other streams too: what they send counts against the
    /// same quota, refused or not.
    async fn rest(&self, wait: Option<(Duration, u16)>, tries: u32) {
        match wait {
            Some((wait, 429)) => self.0.reads.until(Instant::now() + wait),
            Some((wait, _)) => tokio::time::sleep(wait).await,
            None => tokio::time::sleep(backoff(self.0.options.backoff, tries - 1)).await,
        }
    }

    fn body_fault(
        &self,
        fault: BodyFault,
        answer: &Answer,
    ) -> Result<(GraphError, Option<(Duration, u16)>), GraphError> {
        let (host, request_id) = (self.base().host(), answer.head.request_id.clone());
        match fault {
            BodyFault::Cut(why) => Ok((GraphError::Truncated { host, why, request_id }, None)),
            BodyFault::Other(instead) => {
                let instead = if instead.is_empty() { answer.instead() } else { instead };
                Err(GraphError::NotGraph { host, instead, request_id })
            }
        }
    }

    /// What a broken try means: worth another (`Ok`), or not.
    fn broken(
        &self,
        broken: Broken,
        tries: u32,
        client_request_id: &str,
    ) -> Result<(GraphError, Option<(Duration, u16)>), GraphError> {
        let host = self.base().host();
        let unreachable = |why: String, client_request_id: Option<String>| GraphError::Unreachable {
            host: host.clone(),
            why,
            client_request_id,
        };
        match broken {
            Broken::NotSent(why) if tries >= CONNECT_TRIES => Err(unreachable(why, None)),
            Broken::NotSent(why) => Ok((unreachable(why, None), None)),
            Broken::NoAnswer(why) => Ok((unreachable(why, Some(client_request_id.to_owned())), None)),
            Broken::Cut(head, why) => Ok((GraphError::Truncated { host, why, request_id: head.request_id }, None)),
            Broken::TooLarge(head) => {
                let limit_mb = self.0.options.body_limit >> 20;
                Err(GraphError::TooLarge { host, limit_mb, request_id: head.request_id })
            }
            Broken::BadToken(error) => Err(GraphError::Auth(error)),
            Broken::Foreign(to) => Err(self.foreign(to, None)),
        }
    }

    /// Redirects are never followed: Graph's directory resources do not redirect, proxies that sign people in do.
    fn redirect(&self, head: &Head, get: &Get) -> GraphError {
        let target = head.location.as_deref().and_then(|to| get.url.join(to).ok());
        match target {
            Some(url) if !self.base().same_origin(&url) => {
                self.foreign(url.origin().ascii_serialization(), head.request_id.clone())
            }
            _ => GraphError::NotGraph {
                host: self.base().host(),
                instead: format!("a redirect with status {}", head.status),
                request_id: head.request_id.clone(),
            },
        }
    }

    pub(super) fn foreign(&self, to: String, request_id: Option<String>) -> GraphError {
        GraphError::ForeignOrigin { host: self.base().host(), to, request_id }
    }

    /// Reads the organization. A tenant has exactly one; `None` when the server returns an empty list.
    pub async fn organization(&self) -> Result<Option<Organization>, GraphError> {
        let get = self.question("organization", "/organization", &[("$select", wire::ORGANIZATION_SELECT)], false)?;
        self.get(&get, wire::organization).await
    }

    /// Reads a user by id. `None` when there is no such user.
    pub async fn read_user(&self, id: UserId) -> Result<Option<UserNow>, GraphError> {
        self.user_at(&format!("/users/{id}")).await
    }

    /// Reads a user by id or principal name. `None` when there is no such user.
    pub async fn find_user(&self, upn_or_id: &str) -> Result<Option<UserNow>, GraphError> {
        let text = upn_or_id.trim();
        match UserId::parse(text) {
            Ok(id) => self.read_user(id).await,
            // `/users/delta` and `/users/$count` are other questions; every principal name has an `@`.
            Err(_) if !text.contains('@') => Ok(None),
            // A name that starts with `$` would be taken for a part of the service (reference 1.1).
            Err(_) if text.starts_with('$') => {
                self.user_at(&format!("/users('{}')", encode(&text.replace('\'', "''")))).await
            }
            Err(_) => self.user_at(&format!("/users/{}", encode(text))).await,
        }
    }

    /// Reads several users, a few at a time, in any order.
    pub async fn read_users(&self, ids: &[UserId]) -> Vec<(UserId, Result<Option<UserNow>, GraphError>)> {
        stream::iter(ids.iter().copied())
            .map(|id| async move { (id, self.read_user(id).await) })
            .buffer_unordered(PARALLEL)
            .collect()
            .await
    }

    /// Reads a group by id, without its members. `None` when there is no such group.
    pub async fn read_group(&self, id: GroupId) -> Result<Option<Group>, GraphError> {
        let get = self.question("the group", &format!("/groups/{id}"), &[("$select", wire::GROUP_SELECT)], false)?;
        // The parser knows pages of groups; one group is a page of one.
        let one = |text: &str| {
            let page = wire::groups(&format!("{{\"value\":[{text}]}}"))?;
            page.entries.into_iter().next().ok_or_else(|| serde::de::Error::custom("no `id` of a group"))
        };
        found(self.get(&get, one).await)
    }

    /// Whether a user is a direct member of a group, as the user's own list says: it does not come from the index that
    /// filters ask, which lags behind. `None` when there is no such user.
    pub async fn is_member(&self, user: UserId, group: GroupId) -> Result<Option<bool>, GraphError> {
        let query = [("$select", "id"), ("$top", "999")];
        let get = self.question("the groups of the user", &format!("/users/{user}/memberOf"), &query, false)?;
        let mut is = false;
        let pages = self.pages(&get, |text| {
            let (page, end) = wire::members(text)?;
            // Without its type a group is read as a user.
            is |= page.groups.contains(&group) || page.users.iter().any(|u| u.as_u128() == group.as_u128());
            Ok(end)
        });
        let end = pages.await;
        found(end.map(|()| is))
    }

    async fn user_at(&self, path: &str) -> Result<Option<UserNow>, GraphError> {
        let get = self.question("the user", path, &[("$select", wire::USER_SELECT)], false)?;
        found(self.get(&get, UserNow::read).await)
    }

    /// A `$count`: digits as plain text. `None` when the server answers something else.
    pub(super) async fn count(&self, what: &'static str, path: &str, filter: &str) -> Result<Option<u64>, GraphError> {
        let query: &[(&str, &str)] = if filter.is_empty() { &[] } else { &[("$filter", filter)] };
        let get = self.question(what, path, query, true)?;
        let number = self.get_text(&get, |text| Ok(text.trim().trim_matches('"').parse::<u64>().ok())).await?;
        Ok(number)
    }
}

/// An object that Graph does not know is an answer, not an error.
fn found<T>(read: Result<T, GraphError>) -> Result<Option<T>, GraphError> {
    match read {
        Ok(object) => Ok(Some(object)),
        Err(GraphError::Refused { refusal, .. }) if refusal.status == 404 => Ok(None),
        Err(error) => Err(error),
    }
}
