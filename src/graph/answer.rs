//! One answer, read whole before it is judged: status, ids, waiting time, body. `error_for_status` of HTTP libraries
//! would throw away the body, which is the only place where Graph says what is wrong.

use std::time::{Duration, SystemTime};

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use reqwest::header::{HeaderMap, LOCATION, RETRY_AFTER, WWW_AUTHENTICATE};
use serde_json::Value;

use super::error::GraphError;
use crate::domain::refusal::GraphRefusal;
use crate::domain::text::Clean;

/// Nobody waits longer than this for one request; a server that asks for more is answered with an error.
const LONGEST_WAIT: Duration = Duration::from_secs(300);

/// Status and headers.
#[derive(Debug, Clone)]
pub(super) struct Head {
    pub(super) status: u16,
    pub(super) request_id: Option<String>,
    pub(super) retry_after: Option<Duration>,
    pub(super) location: Option<String>,
    /// The JSON of a claims challenge (reference 9.4).
    pub(super) claims: Option<String>,
}

/// An answer with its body.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) head: Head,
    pub(super) body: Vec<u8>,
}

/// What a body is, when it is not what was expected.
#[derive(Debug, PartialEq)]
pub(super) enum BodyFault {
    /// It ends too early.
    Cut(String),
    /// It is something else.
    Other(String),
}

impl Head {
    pub(super) fn read(status: u16, headers: &HeaderMap) -> Head {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        Head {
            status,
            request_id: text("request-id").filter(|id| !id.is_empty() && id.len() <= 100).map(str::to_owned),
            retry_after: text(RETRY_AFTER.as_str()).and_then(|value| wait(value, SystemTime::now())),
            location: text(LOCATION.as_str()).map(str::to_owned),
            claims: headers.get_all(WWW_AUTHENTICATE).iter().find_map(|value| challenge(value.to_str().ok()?)),
        }
    }

    pub(super) fn ok(&self) -> bool {
        (200..300).contains(&self.status)
    }

    pub(super) fn redirects(&self) -> bool {
        (300..400).contains(&self.status)
    }
}

/// `Retry-After`: seconds, which Graph sometimes writes with a fraction, or an HTTP date.
fn wait(value: &str, now: SystemTime) -> Option<Duration> {
    let value = value.trim();
    let wait = match value.parse::<f64>() {
        Ok(seconds) if seconds.is_finite() && seconds >= 0.0 => Duration::from_secs_f64(seconds.min(1e6)),
        Ok(_) => return None,
        Err(_) => {
            let at = SystemTime::from(jiff::fmt::rfc2822::parse(value).ok()?.timestamp());
            at.duration_since(now).unwrap_or_default()
        }
    };
    (wait <= LONGEST_WAIT).then_some(wait)
}

/// The claims of `Bearer …, error="insufficient_claims", claims="<base64>"`.
fn challenge(value: &str) -> Option<String> {
    let claims = value.split_once("claims=\"")?.1.split('"').next()?.trim_end_matches('=');
    let json = STANDARD_NO_PAD.decode(claims).or_else(|_| URL_SAFE_NO_PAD.decode(claims)).ok()?;
    String::from_utf8(json).ok()
}

impl Answer {
    /// The body as text.
    pub(super) fn text(&self) -> Result<&str, BodyFault> {
        let text = std::str::from_utf8(&self.body).map_err(|error| match error.error_len() {
            None => BodyFault::Cut("inside a character".to_owned()),
            Some(_) => BodyFault::Other("bytes that are no text".to_owned()),
        })?;
        Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
    }

    /// What Graph says about a failure, or that it is not Graph that says it.
    pub(super) fn refusal(&self, what: &str, host: &str) -> GraphError {
        let head = &self.head;
        let text = String::from_utf8_lossy(&self.body);
        let said = serde_json::from_str::<Value>(&text).ok().and_then(|json| error_of(&json));
        if let Some(said) = said {
            let request_id = head.request_id.clone().or(said.request_id);
            let refusal = GraphRefusal::new(head.status, &said.code, &said.message, request_id);
            return GraphError::Refused { what: what.to_owned(), refusal: Box::new(refusal) };
        }
        // Gateways in front of Graph answer these without its error body.
        if matches!(head.status, 401 | 403 | 429 | 500..) {
            let message = if text.trim().is_empty() { "no reason given".to_owned() } else { self.instead() };
            let refusal = GraphRefusal::new(head.status, "", &message, head.request_id.clone());
            return GraphError::Refused { what: what.to_owned(), refusal: Box::new(refusal) };
        }
        GraphError::NotGraph { host: host.to_owned(), instead: self.instead(), request_id: head.request_id.clone() }
    }

    /// What came instead of an answer of Graph, in a few words.
    pub(super) fn instead(&self) -> String {
        let text = String::from_utf8_lossy(&self.body);
        let start = text.trim_start().to_ascii_lowercase();
        let status = self.head.status;
        if start.starts_with("<!doctype html") || start.starts_with("<html") {
            return match title(&text) {
                Some(title) => format!("a web page with status {status}, titled \"{title}\""),
                None => format!("a web page with status {status}"),
            };
        }
        if start.is_empty() {
            return format!("status {status} without a body");
        }
        let kind = if serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok() { "other JSON" } else { "text" };
        format!("{kind} with status {status}: {}", excerpt(&text, 60))
    }
}

fn title(html: &str) -> Option<String> {
    let lower = html.to_ascii_lowercase();
    let start = lower.find("<title")?;
    let from = start + lower.get(start..)?.find('>')? + 1;
    let to = from + lower.get(from..)?.find("</title")?;
    Some(excerpt(html.get(from..to)?, 60)).filter(|title| !title.is_empty())
}

/// A short piece of foreign text that acts on nothing.
pub(super) fn excerpt(text: &str, length: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let cut = if line.chars().count() > length { "…" } else { "" };
    format!("{}{cut}", Clean::owned(line.chars().take(length).collect()))
}

struct Said {
    code: String,
    message: String,
    request_id: Option<String>,
}

/// The value of a member in any casing: `innerError` and `innererror` both occur.
fn member<'a>(json: &'a Value, name: &str) -> Option<&'a Value> {
    json.as_object()?.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

/// Reads Graph's error object. The outermost code that is not empty counts; request ids may stand inside.
fn error_of(json: &Value) -> Option<Said> {
    let error = member(json, "error")?;
    if let Value::String(code) = error {
        // The form of login hosts.
        let message = member(json, "error_description").and_then(Value::as_str).unwrap_or_default();
        return Some(Said { code: code.clone(), message: message.to_owned(), request_id: None });
    }
    error.as_object()?;
    let mut said = Said { code: String::new(), message: String::new(), request_id: None };
    let mut level = Some(error);
    // Inner errors nest; ten levels are more than anything seen.
    for _ in 0..10 {
        let Some(error) = level else { break };
        let text = |name: &str| member(error, name).and_then(Value::as_str).filter(|s| !s.is_empty());
        if said.code.is_empty() {
            said.code = text("code").unwrap_or_default().to_owned();
        }
        if said.message.is_empty() {
            said.message = text("message").unwrap_or_default().to_owned();
        }
        said.request_id =
            said.request_id.or_else(|| text("request-id").or_else(|| text("requestId")).map(str::to_owned));
        level = member(error, "innerError");
    }
    Some(said)
}

/// Sorts a JSON fault: cut off, or something else.
pub(super) fn json_fault(error: &serde_json::Error, text: &str) -> BodyFault {
    let web_page = text.trim_start().starts_with('<');
    if error.is_eof() && !web_page && !text.trim().is_empty() {
        BodyFault::Cut(format!("after {} bytes", text.len()))
    } else if web_page || error.is_eof() || error.is_syntax() {
        BodyFault::Other(String::new())
    } else {
        BodyFault::Other(format!("JSON of another shape ({})", excerpt(&error.to_string(), 80)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, body: &str) -> Answer {
        let head = Head { status, request_id: None, retry_after: None, location: None, claims: None };
        Answer { head, body: body.as_bytes().to_vec() }
    }

    #[test]
    fn retry_after_may_be_fractional_or_a_date_or_nonsense() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_445_412_470);
        for (value, expected) in [
            ("10", Some(10.0)),
            (" 2.128 ", Some(2.128)),
            ("0", Some(0.0)),
            ("Wed, 21 Oct 2015 07:28:00 GMT", Some(10.0)),
            ("Wed, 21 Oct 2015 07:27:00 GMT", Some(0.0)),
            ("-1", None),
            ("NaN", None),
            ("soon", None),
            ("86400", None),
        ] {
            assert_eq!(wait(value, now).map(|d| d.as_secs_f64()), expected, "{value}");
        }
    }

    #[test]
    fn errors_are_read_in_every_casing_and_depth() {
        for body in [
            r#"{"error":{"code":"Request_BadRequest","message":"m","innerError":{"request-id":"r"}}}"#,
            r#"{"Error":{"Code":"","Message":"m","innererror":{"code":"Request_BadRequest","innerError":{"request-id":"r"}}}}"#,
            r#"{"error":{"code":"Request_BadRequest","message":"m","more":[1],"innerError":{"requestId":"r","date":null}}}"#,
        ] {
            let error = answer(400, body).refusal("x", "h");
            let refusal = error.refusal().unwrap();
            assert_eq!((refusal.code.as_str(), refusal.message.as_str()), ("Request_BadRequest", "m"), "{body}");
            assert_eq!(refusal.request_id.as_deref(), Some("r"));
        }
    }

    #[test]
    fn what_is_not_graph_is_named() {
        for (status, body, instead) in [
            (
                404,
                "<!DOCTYPE html><html><head><TITLE>Nginx\u{7} says</TITLE>",
                "a web page with status 404, titled \"Nginx· says\"",
            ),
            (400, "{\"ok\":false}", "other JSON with status 400: {\"ok\":false}"),
            (404, "", "status 404 without a body"),
        ] {
            match answer(status, body).refusal("x", "h") {
                GraphError::NotGraph { instead: said, .. } => assert_eq!(said, instead),
                other => panic!("{other}"),
            }
        }
        assert!(answer(503, "<html>").refusal("x", "h").refusal().is_some_and(|r| r.status == 503));
    }
}
