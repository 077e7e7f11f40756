//! `$batch`: up to twenty requests in one, each with its own status.

use serde_json::{Map, Value, json};

use super::answer::{Answer, Body, Problem};
use super::ask::Ask;
use super::router::{cost, dispatch};
use super::serve::{Front, Seen};

fn items(ask: &Ask) -> Option<&Vec<Value>> {
    match &ask.body {
        Some(Ok(body)) => body.get("requests")?.as_array(),
        _ => None,
    }
}

fn text<'a>(item: &'a Value, name: &str) -> Option<&'a str> {
    item.get(name).and_then(Value::as_str)
}

/// Whether every item is a GET.
pub fn only_reads(ask: &Ask) -> bool {
    items(ask).is_some_and(|all| all.iter().all(|i| text(i, "method").is_some_and(|m| m.eq_ignore_ascii_case("GET"))))
}

/// Answers a batch.
pub fn answer(front: &Front, ask: &Ask, seen: &Seen) -> Result<Answer, Problem> {
    if ask.method != "POST" {
        return Err(Problem::new(
            405,
            "Request_BadRequest",
            "Specified HTTP method is not allowed for the request target.",
        ));
    }
    ask.object(Some(&["requests"]))?;
    let items = items(ask).ok_or_else(|| Problem::new(400, "BadRequest", "Invalid batch payload format."))?;
    if items.is_empty() || items.len() > 20 {
        let text = format!("Number of batch request steps exceeds the maximum value of 20: {} steps.", items.len());
        return Err(Problem::new(400, "BadRequest", text));
    }
    let mut ids: Vec<String> = Vec::new();
    for item in items {
        let id =
            text(item, "id").ok_or_else(|| Problem::new(400, "BadRequest", "Request Id is missing in the batch."))?;
        if ids.contains(&id.to_lowercase()) {
            return Err(Problem::new(400, "BadRequest", format!("Request Id {id} has to be unique in a batch.")));
        }
        let known = |needed: &&Value| !needed.as_str().is_some_and(|n| ids.contains(&n.to_lowercase()));
        let needs = item.get("dependsOn").and_then(Value::as_array);
        if let Some(missing) = needs.and_then(|n| n.iter().find(known)) {
            return Err(Problem::new(
                400,
                "BadRequest",
                format!("Request {id} depends on {missing}, which is not before it."),
            ));
        }
        ids.push(id.to_lowercase());
    }
    let mut statuses: Vec<(String, u16)> = Vec::new();
    let mut responses: Vec<Value> = Vec::new();
    for item in items {
        let id = text(item, "id").unwrap_or_default();
        let needs = item.get("dependsOn").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let failed = needs
            .iter()
            .filter_map(Value::as_str)
            .any(|n| statuses.iter().any(|(id, status)| id.eq_ignore_ascii_case(n) && *status >= 400));
        let inner = read_item(item);
        let units = inner.as_ref().map_or(1, |a| cost(a).0);
        let result = match (&inner, failed) {
            (_, true) => {
                Err(Problem::new(424, "FailedDependency", "A request that this request depends on has failed."))
            }
            (Ok(inner), false) => front.throttle.admit(cost(inner)).and_then(|()| dispatch(&front.desk, inner)),
            (Err(problem), false) => Err(problem.clone()),
        };
        let answer = result.unwrap_or_else(|p| p.answer(&seen.moment(), &seen.request, &seen.client));
        front.desk.note(text(item, "method").unwrap_or("?"), text(item, "url").unwrap_or("?"), answer.status);
        statuses.push((id.to_owned(), answer.status));
        responses.push(response(id, answer, units));
    }
    Ok(Answer::json(&json!({"responses": responses})))
}

fn read_item(item: &Value) -> Result<Ask, Problem> {
    let missing = |name: &str| Problem::new(400, "BadRequest", format!("The batch request item lacks '{name}'."));
    let method = text(item, "method").ok_or_else(|| missing("method"))?;
    let url = text(item, "url").ok_or_else(|| missing("url"))?;
    if url.contains("://") {
        return Err(Problem::new(400, "BadRequest", "Only relative URLs are allowed in a batch."));
    }
    let mut ask = Ask::read(method, &format!("/{}", url.trim_start_matches('/').trim_start_matches("v1.0/")));
    if ask.segments == ["$batch"] {
        return Err(Problem::new(400, "BadRequest", "Nested batches are not allowed."));
    }
    let empty = Map::new();
    let headers = item.get("headers").and_then(Value::as_object).unwrap_or(&empty);
    let header = |name: &str| headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).and_then(|(_, v)| v.as_str());
    ask.eventual = header("ConsistencyLevel").is_some_and(|v| v.eq_ignore_ascii_case("eventual"));
    ask.no_content = header("Prefer").is_some_and(|v| v.contains("return-no-content"));
    ask.client_request_id = header("client-request-id").map(str::to_owned);
    if let Some(body) = item.get("body") {
        if !header("Content-Type").is_some_and(|t| t.contains("json")) {
            return Err(Problem::new(
                400,
                "BadRequest",
                "Write request id : Content-Type header is required for a body.",
            ));
        }
        ask.body = Some(Ok(body.clone()));
    }
    Ok(ask)
}

fn response(id: &str, answer: Answer, units: u32) -> Value {
    let mut headers = Map::new();
    headers.insert("x-ms-resource-unit".to_owned(), json!(units.to_string()));
    for (name, value) in &answer.headers {
        headers.insert((*name).to_owned(), json!(value));
    }
    let mut response = json!({"id": id, "status": answer.status});
    match answer.body {
        Body::Empty => {}
        Body::Json(text) => {
            headers.insert("Content-Type".to_owned(), json!("application/json"));
            response["body"] = serde_json::from_str(&text).unwrap_or(Value::Null);
        }
        Body::Text(text) => {
            headers.insert("Content-Type".to_owned(), json!("text/plain"));
            response["body"] = json!(text);
        }
    }
    response["headers"] = Value::Object(headers);
    response
}
