//! The clock of the simulated tenant: the real one, in whole seconds.

use jiff::Timestamp;

/// Seconds since 1970.
pub fn now() -> i64 {
    Timestamp::now().as_second()
}

/// RFC 3339 in UTC, as Graph writes moments.
pub fn text(seconds: i64) -> String {
    Timestamp::from_second(seconds).map(|t| t.to_string()).unwrap_or_default()
}

/// The form of the `Date` header.
pub fn header(seconds: i64) -> String {
    Timestamp::from_second(seconds).map(|t| t.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()).unwrap_or_default()
}
