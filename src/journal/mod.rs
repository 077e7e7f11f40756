//! The write-ahead log of runs: what was to be written, what was sent, what came of it.
//!
//! What this room promises: a permit exists only after the whole plan is on disk; each write is on disk before it is
//! sent and its outcome after; nobody can change a byte unseen. One file per run, one JSON object a line, readable with
//! `tail` and `jq`; the directory is the index. No token and no secret ever comes here.

mod chain;
mod entry;
mod error;
mod file;
mod list;
mod permit;
mod run_log;

pub use entry::{RunEntry, RunId};
pub use error::JournalError;
pub use list::{Counts, RunRecord, RunSummary};
pub use run_log::RunLog;

use std::path::{Path, PathBuf};

use crate::domain::access::Access;
use crate::domain::plan::{Confirmed, Permit};
use crate::domain::time::Timestamp;

/// The journal of one installation.
#[derive(Debug, Clone)]
pub struct Journal {
    dir: PathBuf,
}

impl Journal {
    /// Opens the journal, making its directory with mode 0700 if there is none.
    pub fn open(dir: PathBuf) -> Result<Journal, JournalError> {
        file::prepare_dir(&dir)?;
        Ok(Journal { dir })
    }

    /// The directory.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Writes the intent of a run to disk and gives the permit for it. Read-only, a full disk, or a directory that
    /// cannot be written: an error, and no permit.
    pub fn begin(
        &self,
        access: &Access,
        confirmed: &Confirmed,
        now: Timestamp,
        who: &str,
    ) -> Result<(RunLog, Permit), JournalError> {
        let writing = access.writing().map_err(JournalError::ReadOnly)?;
        let log = RunLog::begin(&self.dir, confirmed.plan(), now, who)?;
        let permit = permit::of(&writing, confirmed, &log);
        Ok((log, permit))
    }

    /// Goes on with a run whose plan was confirmed again. Gives the run as it stands under the lock: another process
    /// may have gone on with it since it was shown.
    pub fn resume(
        &self,
        access: &Access,
        id: &RunId,
        confirmed: &Confirmed,
        now: Timestamp,
        who: &str,
    ) -> Result<(RunLog, Permit, RunRecord), JournalError> {
        let writing = access.writing().map_err(JournalError::ReadOnly)?;
        let (log, record) = RunLog::reopen(self.path(id), id.clone(), confirmed.plan().hash(), now, who)?;
        let permit = permit::of(&writing, confirmed, &log);
        Ok((log, permit, record))
    }
}
