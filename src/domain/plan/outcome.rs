//! What came of a write.

use serde::{Deserialize, Serialize};

use crate::domain::refusal::GraphRefusal;
use crate::domain::time::Timestamp;

/// What came of a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "outcome")]
pub enum Outcome {
    /// Written, and the effect was read back.
    Done,
    /// Nothing was sent: the object already is as it should be.
    AlreadyTrue,
    /// Graph took it; the effect has not been read yet.
    Accepted {
        /// When Graph took it.
        since: Timestamp,
    },
    /// Reprocessed, and the license still fails.
    StillFailing {
        /// Graph's words, or the error code that was read back.
        why: String,
    },
    /// Nothing was sent: the object changed since the plan was shown, or is gone.
    Refused {
        /// What changed.
        why: String,
    },
    /// Graph refused it.
    Failed {
        /// Graph's words.
        refusal: GraphRefusal,
    },
    /// It was sent and no answer came; the read that followed could not settle it.
    Unknown {
        /// What happened on the way.
        why: String,
    },
    /// The run was cancelled before it was sent.
    NotSent,
}

impl Outcome {
    /// The word in lists.
    pub fn word(&self) -> &'static str {
        match self {
            Outcome::Done => "done",
            Outcome::AlreadyTrue => "already true",
            Outcome::Accepted { .. } => "accepted",
            Outcome::StillFailing { .. } => "still failing",
            Outcome::Refused { .. } => "refused",
            Outcome::Failed { .. } => "failed",
            Outcome::Unknown { .. } => "unknown",
            Outcome::NotSent => "not sent",
        }
    }

    /// What there is to say beyond the word. May hold text from the tenant.
    pub fn why(&self) -> Option<String> {
        match self {
            Outcome::StillFailing { why } | Outcome::Refused { why } | Outcome::Unknown { why } => Some(why.clone()),
            Outcome::Failed { refusal } => Some(refusal.to_string()),
            _ => None,
        }
    }
}
