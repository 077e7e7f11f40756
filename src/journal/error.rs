//! What can go wrong with the journal, each with what the operator can do next.

use std::io;
use std::path::{Path, PathBuf};

use crate::domain::access::ReadOnly;

/// Why the journal cannot do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The process is read-only: there are no runs.
    #[error("nothing is written: {0}")]
    ReadOnly(ReadOnly),
    /// The file system said no.
    #[error("cannot {doing} {}: {source}; nothing is changed in the tenant without a journal, so free space or give a directory that can be written", path.display())]
    Io {
        /// What was tried.
        doing: &'static str,
        /// On what.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// There is no such run.
    #[error("there is no run `{0}`; `tenantry runs list` shows those that there are")]
    NoSuchRun(String),
    /// Another process writes this run now.
    #[error("run {0} is in use by another process: wait until it has ended")]
    Busy(String),
    /// A line was changed after it was written.
    #[error(
        "run {run} was changed after it was written: line {line} {why}; do not resume or undo it, compare it with a backup"
    )]
    Tampered {
        /// The run.
        run: String,
        /// The first line that does not hold, from 1.
        line: usize,
        /// What does not hold.
        why: &'static str,
    },
    /// The last line broke off: a crash or a full disk while it was written.
    #[error(
        "the last line of run {run} (line {line}) broke off, as after a crash or on a full disk; everything before it is intact"
    )]
    Torn {
        /// The run.
        run: String,
        /// The line, from 1.
        line: usize,
    },
    /// What was confirmed is not the plan of the run.
    #[error("run {0} has another plan than the one that was confirmed; nothing was sent")]
    OtherPlan(String),
    /// The run has no such step.
    #[error("run {run} has no step {step}; this is a fault of the program, please report it")]
    NoSuchStep {
        /// The run.
        run: String,
        /// The step.
        step: usize,
    },
    /// An outcome of a write whose sending is not in the log.
    #[error(
        "step {step} of run {run} has an outcome but was never sent; this is a fault of the program, please report it"
    )]
    OutOfOrder {
        /// The run.
        run: String,
        /// The step.
        step: usize,
    },
    /// An entry could not be written as JSON.
    #[error("an entry of the journal cannot be written: {0}")]
    Encode(#[from] serde_json::Error),
}

impl JournalError {
    pub(super) fn io(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> JournalError {
        move |source| JournalError::Io { doing, path: path.to_owned(), source }
    }
}
