//! What the server answers: bodies, and problems in Graph's form.

use serde_json::{Value, json};

/// A body.
#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    /// None, as with 204.
    Empty,
    /// JSON text.
    Json(String),
    /// Plain text, as with `$count`.
    Text(String),
}

/// An answer to one request or one item of a batch.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Headers beyond those that every answer carries.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Body,
}

impl Answer {
    /// 200 with this JSON text.
    pub fn text(json: String) -> Answer {
        Answer { status: 200, headers: Vec::new(), body: Body::Json(json) }
    }

    /// 200 with this value.
    pub fn json(value: &Value) -> Answer {
        Answer::text(value.to_string())
    }

    /// 204.
    pub fn no_content() -> Answer {
        Answer { status: 204, headers: Vec::new(), body: Body::Empty }
    }
}

/// A refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// HTTP status.
    pub status: u16,
    /// `error.code`.
    pub code: &'static str,
    /// `error.message`.
    pub message: String,
    /// Headers such as `Retry-After`.
    pub headers: Vec<(&'static str, String)>,
}

impl Problem {
    /// A refusal of this kind.
    pub fn new(status: u16, code: &'static str, message: impl Into<String>) -> Problem {
        Problem { status, code, message: message.into(), headers: Vec::new() }
    }

    /// 400 `Request_BadRequest`, the form of nearly every refusal.
    pub fn bad(message: impl Into<String>) -> Problem {
        Problem::new(400, "Request_BadRequest", message)
    }

    /// 400 `Request_UnsupportedQuery`.
    pub fn query(message: impl Into<String>) -> Problem {
        Problem::new(400, "Request_UnsupportedQuery", message)
    }

    /// 403, which says nothing about the reason.
    pub fn denied() -> Problem {
        Problem::new(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
    }

    /// 404 for an object.
    pub fn no_object(id: &str) -> Problem {
        Problem::new(
            404,
            "Request_ResourceNotFound",
            format!("Resource '{id}' does not exist or one of its queried reference-property objects are not present."),
        )
    }

    /// 404 for a path.
    pub fn no_route(segment: &str) -> Problem {
        Problem::new(404, "BadRequest", format!("Resource not found for the segment '{segment}'."))
    }

    /// The answer that carries it.
    pub fn answer(self, date: &str, request_id: &str, client_request_id: &str) -> Answer {
        let body = json!({"error": {"code": self.code, "message": self.message, "innerError": {
            "date": date, "request-id": request_id, "client-request-id": client_request_id}}});
        Answer { status: self.status, headers: self.headers, body: Body::Json(body.to_string()) }
    }
}
