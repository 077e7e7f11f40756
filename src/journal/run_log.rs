//! The log of one run while it runs. Every method returns after the line is on disk, not before.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use super::chain::{self, Hash};
use super::entry::{self, EXTENSION, RunEntry, RunId};
use super::error::JournalError;
use super::list::RunRecord;
use super::{file, list};
use crate::domain::plan::{Outcome, Plan, PlanHash};
use crate::domain::time::Timestamp;

/// An open, locked run file whose first line, the plan, is on disk.
#[derive(Debug)]
pub struct RunLog {
    id: RunId,
    path: PathBuf,
    file: File,
    length: u64,
    prev: Hash,
    steps: usize,
    sent: HashSet<usize>,
}

impl RunLog {
    pub(super) fn begin(dir: &Path, plan: &Plan, now: Timestamp, who: &str) -> Result<RunLog, JournalError> {
        let first = serde_json::to_string(&entry::begin(plan, now, who))?;
        let (id, path, file) = create(dir, plan, now)?;
        let prev = chain::origin(id.as_str());
        let mut log = RunLog { id, path, file, length: 0, prev, steps: plan.steps.len(), sent: HashSet::new() };
        match log.append(&first).and_then(|()| file::sync_dir(dir)) {
            Ok(()) => Ok(log),
            Err(error) => {
                // Nothing was sent and there is no permit: a file without a plan would only confuse the list.
                let _ = fs::remove_file(&log.path);
                Err(error)
            }
        }
    }

    /// Goes on with a run: takes its lock, cuts off a line that broke off, and writes that it goes on. What stands in
    /// it is read under the lock.
    pub(super) fn reopen(
        path: PathBuf,
        id: RunId,
        plan: PlanHash,
        now: Timestamp,
        who: &str,
    ) -> Result<(RunLog, RunRecord), JournalError> {
        let mut file = file::open_again(&path)?.ok_or_else(|| JournalError::Busy(id.to_string()))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(JournalError::io("read", &path))?;
        let (record, chain) = list::record(id.clone(), &bytes)?;
        if record.plan.hash() != plan {
            return Err(JournalError::OtherPlan(id.to_string()));
        }
        let (length, prev) = match chain.unended {
            Some(hash) => {
                let length = bytes.len() as u64;
                file::append(&mut file, &path, length, "\n")?;
                (length + 1, hash)
            }
            None => {
                if chain.torn {
                    file::cut(&file, &path, chain.whole as u64)?;
                }
                (chain.whole as u64, chain.last)
            }
        };
        let sending = |entry: &RunEntry| match entry {
            RunEntry::Sending { step, .. } => Some(*step),
            _ => None,
        };
        let sent = record.entries.iter().filter_map(sending).collect();
        let mut log = RunLog { id, path, file, length, prev, steps: record.plan.steps.len(), sent };
        log.entry(&RunEntry::Resumed { at: now, who: who.to_owned() })?;
        Ok((log, record))
    }

    /// The name of the run.
    pub fn id(&self) -> &RunId {
        &self.id
    }

    /// The write of a step is about to be sent.
    pub fn sending(&mut self, step: usize, now: Timestamp) -> Result<(), JournalError> {
        self.known(step)?;
        self.entry(&RunEntry::Sending { step, at: now })?;
        self.sent.insert(step);
        Ok(())
    }

    /// What came of a step. Outcomes that only a sent write can have need a `sending` before.
    pub fn outcome(&mut self, step: usize, outcome: &Outcome, now: Timestamp) -> Result<(), JournalError> {
        self.known(step)?;
        if needs_sending(outcome) && !self.sent.contains(&step) {
            return Err(JournalError::OutOfOrder { run: self.id.to_string(), step });
        }
        self.entry(&RunEntry::Outcome { step, at: now, result: outcome.clone() })
    }

    /// The run ended in an orderly way. The lock goes with the log.
    pub fn finish(mut self, now: Timestamp) -> Result<(), JournalError> {
        self.entry(&RunEntry::Finished { at: now })
    }

    fn known(&self, step: usize) -> Result<(), JournalError> {
        if step < self.steps {
            return Ok(());
        }
        Err(JournalError::NoSuchStep { run: self.id.to_string(), step })
    }

    fn entry(&mut self, entry: &RunEntry) -> Result<(), JournalError> {
        let text = serde_json::to_string(entry)?;
        self.append(&text)
    }

    fn append(&mut self, entry: &str) -> Result<(), JournalError> {
        let (line, hash) = chain::line(&self.prev, entry);
        file::append(&mut self.file, &self.path, self.length, &line)?;
        self.length += line.len() as u64;
        self.prev = hash;
        Ok(())
    }
}

/// Whether an outcome says that something was sent.
fn needs_sending(outcome: &Outcome) -> bool {
    match outcome {
        Outcome::AlreadyTrue | Outcome::Refused { .. } | Outcome::NotSent => false,
        Outcome::Done
        | Outcome::Accepted { .. }
        | Outcome::StillFailing { .. }
        | Outcome::Failed { .. }
        | Outcome::Unknown { .. } => true,
    }
}

/// A new file; a second run of the same plan in the same second gets a number.
fn create(dir: &Path, plan: &Plan, now: Timestamp) -> Result<(RunId, PathBuf, File), JournalError> {
    let hash = plan.hash();
    for again in 0.. {
        let id = RunId::new(now, hash, again);
        let path = dir.join(format!("{id}.{EXTENSION}"));
        if let Some(file) = file::create(&path)? {
            return Ok((id, path, file));
        }
    }
    unreachable!("file names run out after four billion runs in a second")
}
