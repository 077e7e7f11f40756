//! What the server is asked: path, OData options, headers and body of one request or one item of a batch.

use serde_json::Value;

use super::answer::Problem;

/// One request.
#[derive(Debug, Clone, Default)]
pub struct Ask {
    /// Upper-case method.
    pub method: String,
    /// Path and query below the version, as received.
    pub target: String,
    /// Decoded segments of the path below the version.
    pub segments: Vec<String>,
    /// Decoded query options in order.
    pub query: Vec<(String, String)>,
    /// Whether `ConsistencyLevel: eventual` was sent.
    pub eventual: bool,
    /// Whether `Prefer: return-no-content` was sent.
    pub no_content: bool,
    /// `client-request-id`.
    pub client_request_id: Option<String>,
    /// The body, if there was one.
    pub body: Option<Result<Value, ()>>,
}

/// Decodes percent signs; `plus` turns `+` into a space as query strings do.
pub fn decode(text: &str, plus: bool) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'+' if plus => bytes.push(b' '),
            b'%' => {
                let mut ahead = rest.clone();
                let code = ahead.next().zip(ahead.next()).and_then(|(a, b)| {
                    let digit = |d: u8| char::from(d).to_digit(16);
                    Some((digit(a)? * 16 + digit(b)?) as u8)
                });
                match code {
                    Some(code) => {
                        bytes.push(code);
                        rest = ahead;
                    }
                    None => bytes.push(b'%'),
                }
            }
            other => bytes.push(other),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Encodes what a query value may not hold as it is.
pub fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z'
            | b'a'..=b'z'
            | b'0'..=b'9'
            | b'-'
            | b'_'
            | b'.'
            | b'~'
            | b'$'
            | b','
            | b'('
            | b')'
            | b':'
            | b'/'
            | b'\'' => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

impl Ask {
    /// Reads path and query; `target` is below the version and begins with a slash.
    pub fn read(method: &str, target: &str) -> Ask {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let mut segments = Vec::new();
        for part in path.split('/').filter(|s| !s.is_empty()) {
            let part = decode(part, false);
            // users('x') addresses the same object as users/x
            match part.split_once("('").and_then(|(head, tail)| Some((head, tail.strip_suffix("')")?))) {
                Some((head, key)) => segments.extend([head.to_owned(), key.replace("''", "'")]),
                None => segments.push(part),
            }
        }
        let query = query
            .split('&')
            .filter(|p| !p.is_empty())
            .map(|pair| {
                let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                (decode(name, true), decode(value, true))
            })
            .collect();
        Ask { method: method.to_ascii_uppercase(), target: target.to_owned(), segments, query, ..Ask::default() }
    }

    /// A query option by name.
    pub fn option(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str())
    }

    /// `$count=true`.
    pub fn counted(&self) -> bool {
        self.option("$count").is_some_and(|v| v.eq_ignore_ascii_case("true"))
    }

    /// Whether the request has both parts of an advanced query.
    pub fn advanced(&self) -> bool {
        self.eventual && self.counted()
    }

    /// The properties of `$select`, if there is one.
    pub fn select(&self) -> Option<Vec<&str>> {
        self.option("$select").map(|s| s.split(',').map(str::trim).filter(|s| !s.is_empty()).collect())
    }

    /// `$top`, between 1 and `most`.
    pub fn top(&self, most: usize) -> Result<usize, Problem> {
        let Some(text) = self.option("$top") else { return Ok(100) };
        match text.parse::<usize>() {
            Ok(top) if (1..=most).contains(&top) => Ok(top),
            Ok(_) => Err(Problem::bad(format!(
                "Invalid page size specified: '{text}'. Must be between 1 and {most} inclusive."
            ))),
            Err(_) => Err(Problem::bad(format!("Invalid value '{text}' for $top query option found."))),
        }
    }

    /// Refuses query options that the call does not know.
    pub fn only(&self, known: &[&str]) -> Result<(), Problem> {
        for (name, _) in &self.query {
            if name.eq_ignore_ascii_case("$skip") {
                return Err(Problem::bad("'$skip' is not supported by the service."));
            }
            if name.starts_with('$') && !known.iter().any(|k| k.eq_ignore_ascii_case(name)) {
                return Err(Problem::bad(format!("The query parameter '{name}' is not supported.")));
            }
        }
        Ok(())
    }

    /// The body as an object with no other fields than these.
    pub fn object(&self, fields: Option<&[&str]>) -> Result<&serde_json::Map<String, Value>, Problem> {
        let unreadable = "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.";
        let object = match &self.body {
            Some(Ok(Value::Object(object))) => object,
            None => return Err(Problem::bad("Empty Payload. JSON content expected.")),
            _ => return Err(Problem::bad(unreadable)),
        };
        if let Some(fields) = fields
            && let Some(other) = object.keys().find(|k| !fields.contains(&k.as_str()) && !k.starts_with('@'))
        {
            return Err(Problem::bad(format!(
                "The property '{other}' does not exist on the request. Make sure to only use property names that are defined."
            )));
        }
        Ok(object)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_in_parentheses_and_percent_signs_are_read() {
        let ask = Ask::read("get", "/users('a%23EXT%23@b.com')/memberOf?$filter=x%20eq+'y'&$top=5");
        assert_eq!(ask.segments, ["users", "a#EXT#@b.com", "memberOf"]);
        assert_eq!(ask.option("$filter"), Some("x eq 'y'"));
        assert_eq!(ask.top(999), Ok(5));
        assert_eq!(ask.method, "GET");
    }

    #[test]
    fn what_is_encoded_is_decoded_again() {
        for text in ["x eq 'é' and y", "a&b=c#d%20+", "assignedLicenses/$count ne 0"] {
            assert_eq!(decode(&encode(text), true), text);
        }
    }
}
