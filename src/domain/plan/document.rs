//! Plan files: a plan that one person makes, another reviews and a third applies. The file carries its hash, and what
//! it says in words is what it sends: a file that was edited in any place is refused.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Plan, SCHEMA};

/// Why a file is no plan to apply.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    /// Not a plan at all, or the end is missing.
    #[error("this is no whole plan file: {0}; make it again with `tenantry plan`")]
    Unreadable(String),
    /// A plan of another version.
    #[error("this plan has the format `{0}`, not `{SCHEMA}`: make it again with this version")]
    Schema(String),
    /// Something was changed.
    #[error("the plan file was changed after it was made: its content does not have the hash that it says")]
    Changed,
    /// A step sends something else than it says.
    #[error("step {0} of the plan would send something else than it says")]
    Request(usize),
}

#[derive(Serialize)]
struct Written<'a> {
    #[serde(flatten)]
    plan: &'a Plan,
    hash: String,
    /// One line for each step, for those who review it.
    graph: Vec<String>,
    powershell: Vec<String>,
}

#[derive(Deserialize)]
struct Read {
    #[serde(flatten)]
    plan: Plan,
    hash: String,
}

fn written(plan: &Plan) -> Written<'_> {
    Written {
        plan,
        hash: plan.hash().to_string(),
        graph: plan.steps.iter().map(|s| s.graph_line()).collect(),
        powershell: plan.steps.iter().map(|s| s.powershell()).collect(),
    }
}

impl Plan {
    /// The plan as a file.
    ///
    /// # Errors
    /// None in practice: everything in a plan can be written as JSON.
    pub fn document(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string_pretty(&written(self))
    }

    /// Reads a plan file.
    pub fn from_document(text: &str) -> Result<Plan, DocumentError> {
        let unreadable = |error: serde_json::Error| DocumentError::Unreadable(error.to_string());
        let value: Value = serde_json::from_str(text).map_err(unreadable)?;
        match value.get("schema").and_then(Value::as_str) {
            Some(SCHEMA) => {}
            Some(other) => return Err(DocumentError::Schema(other.chars().take(60).collect())),
            None => return Err(DocumentError::Unreadable("it has no schema".to_owned())),
        }
        let read: Read = serde_json::from_str(text).map_err(unreadable)?;
        // The hash alone would let words through that it does not cover: members that nobody reads.
        let again = serde_json::to_value(written(&read.plan)).map_err(unreadable)?;
        if read.hash != read.plan.hash().to_string() || again != value {
            return Err(DocumentError::Changed);
        }
        let wrong = |(_, step): &(usize, &super::Step)| step.change.request(step.target) != step.request;
        match read.plan.steps.iter().enumerate().find(wrong) {
            Some((at, _)) => Err(DocumentError::Request(at + 1)),
            None => Ok(read.plan),
        }
    }
}
