//! What stands in the lines of a run.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::domain::plan::{Outcome, Plan, PlanHash};
use crate::domain::time::Timestamp;

/// The format of run files.
pub(super) const SCHEMA: &str = "tenantry.run/1";

/// The name of a run: when it began and the first digits of the plan's hash. Also the name of its file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RunId(String);

/// What run files end in.
pub(super) const EXTENSION: &str = "ndjson";

impl RunId {
    pub(super) fn new(now: Timestamp, plan: PlanHash, again: u32) -> RunId {
        let time: String = now.to_string().chars().filter(|c| c.is_ascii_alphanumeric()).collect();
        let again = if again == 0 { String::new() } else { format!("-{}", again + 1) };
        RunId(format!("{time}-{}{again}", plan.short()))
    }

    /// Reads a name. Only letters, digits and dashes: a name can never lead out of the directory.
    pub fn parse(text: &str) -> Option<RunId> {
        let good = !text.is_empty() && text.len() <= 64 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        good.then(|| RunId(text.to_owned()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The first line of a run: the whole plan, before anything is sent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Begin<P> {
    pub(super) schema: String,
    pub(super) at: Timestamp,
    pub(super) who: String,
    pub(super) plan_hash: String,
    pub(super) plan: P,
}

/// The parts of a plan that a list shows.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct PlanHead {
    pub(super) title: String,
    pub(super) tenant: TenantHead,
    pub(super) steps: Vec<serde::de::IgnoredAny>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct TenantHead {
    pub(super) id: crate::domain::ids::TenantId,
    pub(super) name: String,
}

/// A line after the first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "entry")]
pub enum RunEntry {
    /// The write of a step is about to be sent.
    Sending {
        /// Which step of the plan, from 0.
        step: usize,
        /// When.
        at: Timestamp,
    },
    /// What came of a step. A later entry of the same step replaces an earlier one.
    Outcome {
        /// Which step of the plan, from 0.
        step: usize,
        /// When.
        at: Timestamp,
        /// What came of it.
        result: Outcome,
    },
    /// The run ended in an orderly way.
    Finished {
        /// When.
        at: Timestamp,
    },
    /// The run goes on: after a crash, or to settle what was only accepted.
    Resumed {
        /// When.
        at: Timestamp,
        /// Who runs it now.
        who: String,
    },
}

/// The first line as it is written.
pub(super) fn begin<'a>(plan: &'a Plan, now: Timestamp, who: &str) -> Begin<&'a Plan> {
    Begin { schema: SCHEMA.to_owned(), at: now, who: who.to_owned(), plan_hash: plan.hash().to_string(), plan }
}
