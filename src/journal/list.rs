//! Reading the journal: which runs there are, what is in one, whether it is as it was written.

use std::collections::BTreeMap;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::PathBuf;

use super::Journal;
use super::chain::{self, Chain};
use super::entry::{Begin, EXTENSION, PlanHead, RunEntry, RunId};
use super::error::JournalError;
use crate::domain::ids::TenantId;
use crate::domain::plan::{Outcome, Plan};
use crate::domain::time::Timestamp;

/// How many steps have which last outcome, by [`Outcome::word`].
pub type Counts = BTreeMap<&'static str, usize>;

/// A run in a list.
#[derive(Debug, Clone, PartialEq)]
pub struct RunSummary {
    /// Its name.
    pub id: RunId,
    /// What its plan did, in one line. Raw text.
    pub title: String,
    /// In which tenant.
    pub tenant: Option<TenantId>,
    /// The name of the tenant. Raw text.
    pub tenant_name: String,
    /// When it began.
    pub started: Option<Timestamp>,
    /// When it ended in an orderly way.
    pub finished: Option<Timestamp>,
    /// Whether a process is writing it now.
    pub running: bool,
    /// How many steps it has.
    pub steps: usize,
    /// How many steps have which last outcome.
    pub counts: Counts,
    /// Steps that were sent and have no outcome: a crash in flight.
    pub in_flight: usize,
    /// Why it cannot be read or trusted, if so.
    pub damage: Option<String>,
}

/// A run as it stands on disk.
#[derive(Debug, Clone, PartialEq)]
pub struct RunRecord {
    /// Its name.
    pub id: RunId,
    /// When it began.
    pub started: Timestamp,
    /// Who ran it.
    pub who: String,
    /// Its plan.
    pub plan: Plan,
    /// Everything after the plan, in order.
    pub entries: Vec<RunEntry>,
    /// Whether the last line broke off, as after a crash.
    pub torn_tail: bool,
}

impl RunRecord {
    /// The last outcome of each step; `None` where there is none.
    pub fn outcomes(&self) -> Vec<Option<&Outcome>> {
        let mut last = vec![None; self.plan.steps.len()];
        for entry in &self.entries {
            if let RunEntry::Outcome { step, result, .. } = entry
                && let Some(slot) = last.get_mut(*step)
            {
                *slot = Some(result);
            }
        }
        last
    }

    /// When the run ended in an orderly way.
    pub fn finished(&self) -> Option<Timestamp> {
        finished(&self.entries)
    }

    /// When a step was sent last.
    pub fn sent(&self, wanted: usize) -> Option<Timestamp> {
        self.entries.iter().rev().find_map(|entry| match entry {
            RunEntry::Sending { step, at } if *step == wanted => Some(*at),
            _ => None,
        })
    }
}

/// When a run ended in an orderly way, unless it was resumed since.
fn finished(entries: &[RunEntry]) -> Option<Timestamp> {
    let last = entries.iter().rev().find(|e| matches!(e, RunEntry::Finished { .. } | RunEntry::Resumed { .. }));
    match last {
        Some(RunEntry::Finished { at }) => Some(*at),
        _ => None,
    }
}

impl Journal {
    /// All runs, the latest first. A damaged run is in the list and says so.
    pub fn list(&self) -> Result<Vec<RunSummary>, JournalError> {
        let entries = fs::read_dir(self.dir()).map_err(JournalError::io("read the directory", self.dir()))?;
        let mut runs = Vec::new();
        for entry in entries {
            let entry = entry.map_err(JournalError::io("read the directory", self.dir()))?;
            let name = entry.file_name();
            let stem = name.to_str().and_then(|name| name.strip_suffix(EXTENSION)?.strip_suffix('.'));
            if let Some(id) = stem.and_then(RunId::parse) {
                runs.push(self.summary(id));
            }
        }
        runs.sort_by(|a, b| b.id.cmp(&a.id));
        Ok(runs)
    }

    /// Reads a run. A torn last line is left out and said; a changed one is an error.
    pub fn read(&self, id: &str) -> Result<RunRecord, JournalError> {
        let (id, bytes) = self.bytes(id)?;
        record(id, &bytes).map(|(record, _)| record)
    }

    /// The name of a run as it was typed; the beginning is enough where only one run has it.
    pub fn named(&self, text: &str) -> Result<RunId, JournalError> {
        let missing = || JournalError::NoSuchRun(crate::domain::text::Clean::new(text).to_string());
        let id = RunId::parse(text).ok_or_else(missing)?;
        if self.path(&id).exists() {
            return Ok(id);
        }
        let mut like = self.list()?.into_iter().map(|run| run.id).filter(|id| id.as_str().starts_with(text));
        match (like.next(), like.next()) {
            (Some(id), None) => Ok(id),
            _ => Err(missing()),
        }
    }

    /// Whether a run is as it was written: [`JournalError::Tampered`] or [`JournalError::Torn`] if not. What the chain
    /// cannot show is that whole lines were cut off the end; a run that is cut so has no `finished` line.
    pub fn verify(&self, id: &str) -> Result<(), JournalError> {
        let (id, bytes) = self.bytes(id)?;
        let chain = follow(&id, &bytes)?;
        if chain.torn || chain.entries.is_empty() {
            let line = bytes.iter().filter(|&&byte| byte == b'\n').count() + 1;
            return Err(JournalError::Torn { run: id.to_string(), line });
        }
        parse::<Plan>(&id, &chain).map(|_| ())
    }

    pub(super) fn path(&self, id: &RunId) -> PathBuf {
        self.dir().join(format!("{id}.{EXTENSION}"))
    }

    fn bytes(&self, id: &str) -> Result<(RunId, Vec<u8>), JournalError> {
        let missing = || JournalError::NoSuchRun(crate::domain::text::Clean::new(id).to_string());
        let id = RunId::parse(id).ok_or_else(missing)?;
        match fs::read(self.path(&id)) {
            Ok(bytes) => Ok((id, bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(missing()),
            Err(error) => Err(JournalError::io("read", &self.path(&id))(error)),
        }
    }

    fn summary(&self, id: RunId) -> RunSummary {
        let mut summary = RunSummary {
            running: self.running(&id),
            id,
            title: String::new(),
            tenant: None,
            tenant_name: String::new(),
            started: None,
            finished: None,
            steps: 0,
            counts: Counts::new(),
            in_flight: 0,
            damage: None,
        };
        if let Err(error) = self.fill(&mut summary) {
            summary.damage = Some(error.to_string());
        }
        summary
    }

    fn fill(&self, summary: &mut RunSummary) -> Result<(), JournalError> {
        let (id, bytes) = self.bytes(summary.id.as_str())?;
        let chain = follow(&id, &bytes)?;
        let (begin, entries) = parse::<PlanHead>(&id, &chain)?;
        summary.title = begin.plan.title;
        summary.tenant = Some(begin.plan.tenant.id);
        summary.tenant_name = begin.plan.tenant.name;
        summary.started = Some(begin.at);
        summary.finished = finished(&entries);
        summary.steps = begin.plan.steps.len();
        let mut last: BTreeMap<usize, Option<&'static str>> = BTreeMap::new();
        for entry in &entries {
            match entry {
                RunEntry::Sending { step, .. } => last.insert(*step, None),
                RunEntry::Outcome { step, result, .. } => last.insert(*step, Some(result.word())),
                RunEntry::Finished { .. } | RunEntry::Resumed { .. } => None,
            };
        }
        for word in last.into_values() {
            match word {
                Some(word) => *summary.counts.entry(word).or_default() += 1,
                None => summary.in_flight += 1,
            }
        }
        if chain.torn && !summary.running {
            let line = chain.entries.len() + 1;
            summary.damage = Some(JournalError::Torn { run: id.to_string(), line }.to_string());
        }
        Ok(())
    }

    /// Whether a process holds the lock of a run.
    fn running(&self, id: &RunId) -> bool {
        let Ok(file) = File::open(self.path(id)) else { return false };
        matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock))
    }
}

/// The record in the bytes of a run file, and its chain.
pub(super) fn record(id: RunId, bytes: &[u8]) -> Result<(RunRecord, Chain<'_>), JournalError> {
    let chain = follow(&id, bytes)?;
    let (begin, entries) = parse::<Plan>(&id, &chain)?;
    let record = RunRecord { id, started: begin.at, who: begin.who, plan: begin.plan, entries, torn_tail: chain.torn };
    Ok((record, chain))
}

fn follow<'a>(id: &RunId, bytes: &'a [u8]) -> Result<Chain<'a>, JournalError> {
    chain::follow(id.as_str(), bytes).map_err(|broken| JournalError::Tampered {
        run: id.to_string(),
        line: broken.line,
        why: broken.why,
    })
}

/// The plan and the entries of a chain that holds.
fn parse<P: serde::de::DeserializeOwned>(
    id: &RunId,
    chain: &Chain<'_>,
) -> Result<(Begin<P>, Vec<RunEntry>), JournalError> {
    let run = || id.to_string();
    // Only a crash while the first line was written leaves a file without one; nothing was sent then.
    let (first, rest) = chain.entries.split_first().ok_or_else(|| JournalError::Torn { run: run(), line: 1 })?;
    let strange = |line| JournalError::Tampered { run: run(), line, why: "is not what this version writes" };
    let begin: Begin<P> = serde_json::from_str(first).map_err(|_| strange(1))?;
    if begin.schema != super::entry::SCHEMA {
        return Err(strange(1));
    }
    let entries = rest.iter().enumerate().map(|(i, text)| serde_json::from_str(text).map_err(|_| strange(i + 2)));
    Ok((begin, entries.collect::<Result<_, _>>()?))
}
