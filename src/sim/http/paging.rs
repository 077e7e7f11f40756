//! Page tokens: opaque to clients, a position and a fingerprint of the question to the server.

use std::hash::{DefaultHasher, Hash, Hasher};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::answer::Problem;
use super::ask::{Ask, encode};
use super::router::Desk;

/// What a token must fit: path and filter and order.
fn fingerprint(ask: &Ask) -> u64 {
    let mut hasher = DefaultHasher::new();
    ask.segments.hash(&mut hasher);
    (ask.option("$filter"), ask.option("$orderby"), ask.option("$search")).hash(&mut hasher);
    hasher.finish()
}

/// Where the answer begins: 0 without a page token.
pub fn position(ask: &Ask, desk: &Desk) -> Result<u32, Problem> {
    let Some(token) = ask.option("$skiptoken") else { return Ok(0) };
    let bytes = URL_SAFE_NO_PAD.decode(token).unwrap_or_default();
    let text = String::from_utf8(bytes).unwrap_or_default();
    let read = text.strip_prefix("page:").and_then(|t| t.split_once(':'));
    let (print, at) = read.unwrap_or_default();
    match at.parse() {
        Ok(at) if print == format!("{:016x}", fingerprint(ask)) => {
            if desk.expires(fingerprint(ask)) {
                return Err(Problem::new(
                    400,
                    "Directory_ExpiredPageToken",
                    "The specified page token value has expired and can no longer be included in your request.",
                ));
            }
            Ok(at)
        }
        _ => Err(Problem::bad("The specified page token is invalid.")),
    }
}

/// The link to the page that begins at `at`.
pub fn next_link(ask: &Ask, base: &str, at: u32) -> String {
    let path = ask.target.split('?').next().unwrap_or_default();
    let mut link = format!("{base}{path}?");
    for (name, value) in ask.query.iter().filter(|(n, _)| !n.eq_ignore_ascii_case("$skiptoken")) {
        link.push_str(&format!("{name}={}&", encode(value)));
    }
    let token = URL_SAFE_NO_PAD.encode(format!("page:{:016x}:{at}", fingerprint(ask)));
    link.push_str(&format!("$skiptoken={token}"));
    link
}
