//! What the command line asks of the rooms beyond it, as plain values and functions: the seam between reading arguments
//! and doing the work.

use std::io::Write;
use std::net::SocketAddr;

use super::exit::{ExitCode, Failure};
use super::{Loaded, Output};
use crate::config::Settings;

/// A simulated tenant that is wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Simulated {
    /// How many users.
    pub users: u32,
    /// The same seed gives the same tenant.
    pub seed: u64,
    /// The name of the scenario, as it was typed.
    pub scenario: String,
    /// Milliseconds added to each request.
    pub latency_ms: u64,
}

/// How a simulated tenant misbehaves. Nothing by default.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Misbehavior {
    /// Throttles by resource units and writes.
    pub throttle: bool,
    /// Resource units per 10 seconds.
    pub unit_limit: Option<u32>,
    /// Writes per 150 seconds.
    pub write_limit: Option<u32>,
    /// Every n-th request is answered with 503.
    pub error_503_every: Option<u32>,
    /// Every n-th write is dropped before it is applied.
    pub drop_before_every: Option<u32>,
    /// Every n-th write is applied and its answer dropped.
    pub drop_after_every: Option<u32>,
    /// Every n-th answer to a read is cut short.
    pub truncate_every: Option<u32>,
    /// The first page token of each list expires.
    pub expire_page_tokens: bool,
    /// Permissions that the token lacks.
    pub deny: Vec<String>,
    /// Users are read as they were this many milliseconds after a change.
    pub stale_reads_ms: u64,
}

/// What the commands call.
#[derive(Clone, Copy)]
pub struct Rooms {
    /// The explorer on a tenant.
    pub explore: fn(&Settings) -> Result<ExitCode, Failure>,
    /// The explorer on a simulated tenant.
    pub demo: fn(&Settings, &Simulated) -> Result<ExitCode, Failure>,
    /// The server alone; its URL is the first line that it writes.
    pub simulate: fn(&Settings, SocketAddr, &Simulated, &Misbehavior, &mut Output<'_>) -> Result<ExitCode, Failure>,
    /// Loads a tenant as a whole; progress goes to the messages.
    pub load: fn(&Settings, &mut dyn Write) -> Result<Loaded, Failure>,
    /// Signs in and keeps it.
    pub login: fn(&Settings, &mut Output<'_>) -> Result<ExitCode, Failure>,
    /// Forgets what was kept.
    pub logout: fn(&Settings, &mut Output<'_>) -> Result<ExitCode, Failure>,
    /// Who is signed in, and what may be done.
    pub doctor: fn(&Settings, &mut Output<'_>) -> Result<ExitCode, Failure>,
    /// The keys of the explorer, as Markdown.
    pub keys: fn() -> String,
}

impl Rooms {
    /// The rooms of this program.
    pub fn wired() -> Rooms {
        Rooms {
            explore: super::explore::explore,
            demo: super::explore::demo,
            simulate: super::simulate::simulate,
            load: super::load::load,
            login: super::login::login,
            logout: super::login::logout,
            doctor: super::doctor::doctor,
            keys: crate::app::keys_markdown,
        }
    }
}
