//! Everything that can happen to the program, in one ordered stream. Time is in the message: there is no clock here.

use std::sync::Arc;

use super::effect::List;
use super::key::Key;
use crate::domain::access::ReadOnly;
use crate::domain::ids::{GroupId, SkuId};
use crate::domain::kind::Severity;
use crate::domain::plan::{Outcome, Plan};
use crate::store::{FoundAt, Snapshot};

/// Something happened.
#[derive(Debug, Clone)]
pub enum Msg {
    /// A key was pressed.
    Key {
        /// Which.
        key: Key,
        /// When, in milliseconds of any clock that never runs backward; the same one as in [`Msg::Painted`].
        at_ms: u64,
        /// It came in one read with many other, different printable keys: a paste into a terminal without bracketed
        /// paste. Outside text fields such keys are dropped.
        burst: bool,
    },
    /// Text was pasted.
    Paste(String),
    /// The screen has this size.
    Resize {
        /// Columns.
        cols: u16,
        /// Rows.
        rows: u16,
    },
    /// The state as it stands now was drawn and flushed to the terminal. Sent after every flush.
    Painted {
        /// When the flush had ended.
        at_ms: u64,
    },
    /// There is a newer snapshot.
    Snapshot(Arc<Snapshot>),
    /// Loading went on.
    Load(LoadEvent),
    /// The answer to [`super::Effect::View`].
    View(ViewAnswer),
    /// The answer to [`super::Effect::Plan`].
    Plan(PlanAnswer),
    /// A run went on.
    Job(JobEvent),
    /// A request to Graph was answered, or not.
    Request(RequestLine),
    /// Something to tell.
    Notice {
        /// What, raw.
        text: String,
        /// Errors stay until a key.
        severity: Severity,
    },
    /// The process turned read-only (a token that can only read). There is no way back.
    ReadOnly(ReadOnly),
    /// Who is signed in became known, raw.
    Who(String),
    /// The terminal is gone.
    HangUp,
    /// The process was asked to end.
    Terminate,
    /// The process was stopped and goes on; the screen is drawn anew.
    Resumed,
}

/// How loading goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LoadEvent {
    /// A load began.
    Started,
    /// Users so far.
    Users {
        /// Read.
        read: u64,
        /// Expected, if the tenant said so.
        of: Option<u64>,
    },
    /// Everything that will come is there. The last snapshot was sent before.
    Finished,
    /// It ended early, and why, raw.
    Failed(String),
}

/// The rows of a list, in order, for one snapshot.
#[derive(Debug, Clone)]
pub enum Rows {
    /// User rows of the snapshot, and which rows those are.
    Users(Arc<[u32]>, Bits),
    /// Groups.
    Groups(Arc<[GroupId]>),
    /// Products.
    Skus(Arc<[SkuId]>),
    /// Findings of the snapshot.
    Findings(Arc<[FoundAt]>),
}

/// A set of row numbers, one bit each: answers "is this user in view" without a search.
#[derive(Debug, Clone, Default)]
pub struct Bits(Arc<[u64]>);

impl Bits {
    /// The set of these rows.
    pub fn of(rows: &[u32]) -> Bits {
        let len = rows.iter().max().map_or(0, |max| *max as usize / 64 + 1);
        let mut words = vec![0u64; len];
        for row in rows {
            words[*row as usize / 64] |= 1 << (row % 64);
        }
        Bits(words.into())
    }

    /// Whether a row is in it.
    pub fn has(&self, row: u32) -> bool {
        self.0.get(row as usize / 64).is_some_and(|word| word & (1 << (row % 64)) != 0)
    }
}

/// The answer to a view ask.
#[derive(Debug, Clone)]
pub struct ViewAnswer {
    /// That of the ask.
    pub generation: u64,
    /// For which list.
    pub list: List,
    /// The snapshot that the rows belong to.
    pub snapshot: Arc<Snapshot>,
    /// The rows.
    pub rows: Rows,
}

/// The answer to a plan ask.
#[derive(Debug, Clone)]
pub struct PlanAnswer {
    /// That of the ask.
    pub generation: u64,
    /// The plan, or why there is none, raw.
    pub result: Result<Arc<Plan>, String>,
}

/// How a run goes.
#[derive(Debug, Clone)]
pub enum JobEvent {
    /// The intent is on disk and the first write is about to be sent.
    Started {
        /// Name of the run in the journal.
        run: String,
        /// How many steps it has.
        total: usize,
    },
    /// One step has an outcome, or a newer one (accepted, then done).
    Row {
        /// Position in the plan's steps.
        step: usize,
        /// What came of it.
        outcome: Outcome,
    },
    /// Nothing is sent until it is resumed.
    Paused,
    /// It goes on.
    Resumed,
    /// Every step has an outcome.
    Finished {
        /// In one line.
        summary: String,
    },
    /// It could not start or go on, and why, raw. Steps without outcome were not sent or are unknown.
    Failed(String),
}

/// One request to Graph, as the requests tab shows it. Holds no token and no body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestLine {
    /// Method.
    pub method: String,
    /// Path and query, raw.
    pub path: String,
    /// HTTP status; `None` when no answer came.
    pub status: Option<u16>,
    /// How long it took, in milliseconds.
    pub ms: u64,
    /// How many times it was repeated.
    pub retries: u32,
    /// `request-id` of the answer, for support.
    pub request_id: Option<String>,
}
