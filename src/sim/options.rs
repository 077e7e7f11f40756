//! What a simulated tenant can be asked to be, and how it can be asked to misbehave.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use crate::domain::ids::{GroupId, SkuId, UserId};

/// How to build and serve a simulated tenant.
#[derive(Debug, Clone)]
pub struct Options {
    /// The number of users.
    pub users: u32,
    /// The same seed gives the same tenant.
    pub seed: u64,
    /// What is in it.
    pub scenario: Scenario,
    /// Added to each HTTP request.
    pub latency: Duration,
    /// The pace of group-based licensing: it rests this long before it begins on a group and after each 64 users.
    pub engine_pace: Duration,
    /// How it misbehaves.
    pub faults: Faults,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            users: 300,
            seed: 1,
            scenario: Scenario::Contoso,
            latency: Duration::ZERO,
            engine_pace: Duration::from_millis(3),
            faults: Faults::default(),
        }
    }
}

/// A kind of tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Scenario {
    /// A company with every licensing problem that the v1.0 API shows.
    #[default]
    Contoso,
    /// The same company with none.
    Clean,
}

impl Scenario {
    /// Every scenario.
    pub const ALL: &'static [Scenario] = &[Scenario::Contoso, Scenario::Clean];
}

impl fmt::Display for Scenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Scenario::Contoso => "contoso",
            Scenario::Clean => "clean",
        })
    }
}

/// A text that names no scenario.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no scenario `{0}`; choose one of: contoso, clean")]
pub struct UnknownScenario(pub String);

impl FromStr for Scenario {
    type Err = UnknownScenario;

    fn from_str(text: &str) -> Result<Scenario, UnknownScenario> {
        let named = Scenario::ALL.iter().find(|s| s.to_string().eq_ignore_ascii_case(text.trim()));
        named.copied().ok_or_else(|| UnknownScenario(text.to_owned()))
    }
}

/// How the server misbehaves. Nothing by default. "Every n" counts the HTTP requests of the server, from 1.
#[derive(Debug, Clone, Default)]
pub struct Faults {
    /// Answers 429 by resource units and writes, with the limits of the size of the tenant.
    pub throttle: bool,
    /// With `throttle`: resource units per 10 seconds, instead of the documented number.
    pub unit_limit: Option<u32>,
    /// With `throttle`: writes per 150 seconds, instead of 3,000.
    pub write_limit: Option<u32>,
    /// Every n-th request is answered 503 with a fractional `Retry-After`.
    pub error_503_every: Option<u32>,
    /// The connection is closed instead of every n-th write, which is not applied.
    pub drop_before_every: Option<u32>,
    /// Every n-th write is applied and the connection closed instead of the answer.
    pub drop_after_every: Option<u32>,
    /// The body of every n-th answer to a GET is cut short and the connection closed.
    pub truncate_every: Option<u32>,
    /// The first page token of each list that is used has expired.
    pub expire_page_tokens: bool,
    /// Permissions that the token lacks, by name; `User.Read.All` and so on.
    pub deny: Vec<String>,
    /// Users are read as they were this many milliseconds after a change.
    pub stale_reads_ms: u64,
}

/// A fault that the scenario holds by construction.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Planted {
    /// The finding kind, as the audit names it.
    pub kind: &'static str,
    /// The user, where it is about one.
    pub user: Option<UserId>,
    /// The group, where it is about one or comes by one.
    pub group: Option<GroupId>,
    /// The product, where it is about one.
    pub sku: Option<SkuId>,
}

/// A request that the server has answered, items of a batch included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestLine {
    /// `GET`, `POST`, …
    pub method: String,
    /// Path and query as received.
    pub path: String,
    /// Status of the answer; 0 where the connection was closed instead.
    pub status: u16,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scenarios_are_read_as_they_are_written_and_the_error_lists_them() {
        for scenario in Scenario::ALL {
            assert_eq!(scenario.to_string().parse(), Ok(*scenario));
        }
        let error = "hosstile".parse::<Scenario>().map_err(|e| e.to_string());
        assert_eq!(error, Err("there is no scenario `hosstile`; choose one of: contoso, clean".to_owned()));
    }
}
