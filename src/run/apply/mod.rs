//! Carries out a confirmed plan: one writer per object, each write journaled before it is sent and its outcome after.
//!
//! Every object is read again just before its write; one that drifted is refused and the rest goes on. What was taken
//! is read back until the effect shows. Nothing is repeated blindly: an answer that was lost is followed by a read.

mod look;
mod settle;
mod step;
mod stop;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio_util::sync::CancellationToken;

use crate::domain::facts::Group;
use crate::domain::ids::UserId;
use crate::domain::plan::{Outcome, Permit, Plan, Target};
use crate::domain::time::Timestamp;
use crate::graph::{Client, UserNow};
use crate::journal::{JournalError, RunLog};
use crate::run::clock;

pub use look::{Seen, gone, look};
use stop::StopRule;

/// How a run is carried out.
#[derive(Debug, Clone, Copy)]
pub struct ApplyOptions {
    /// How long the effect of a write that was taken is waited for.
    pub wait: Duration,
    /// Objects written at the same time. The write budget paces them; this only hides latency.
    pub parallel: usize,
    /// The first pause between two reads after a write; doubles up to a second and more.
    pub first_poll: Duration,
}

impl Default for ApplyOptions {
    fn default() -> Self {
        ApplyOptions { wait: Duration::from_secs(600), parallel: 8, first_poll: Duration::from_millis(200) }
    }
}

/// What the operator may do to a run.
#[derive(Debug, Clone)]
pub struct Control {
    /// Nothing more is sent; what is in flight ends and is journaled.
    pub cancel: CancellationToken,
    pause: Arc<watch::Sender<bool>>,
}

impl Default for Control {
    fn default() -> Self {
        Control { cancel: CancellationToken::new(), pause: Arc::new(watch::Sender::new(false)) }
    }
}

impl Control {
    /// Holds back what is not sent yet, or lets it go.
    pub fn pause(&self, on: bool) {
        self.pause.send_replace(on);
    }

    /// Waits until nothing is held back.
    async fn go(&self) {
        let mut pause = self.pause.subscribe();
        // An error means that the sender is gone, which it is not while `self` lives.
        tokio::select! {
            _ = pause.wait_for(|paused| !paused) => {}
            () = self.cancel.cancelled() => {}
        }
    }
}

/// Where a run reports to. Called from several tasks: must not block.
pub trait Watcher: Send + Sync {
    /// A step has an outcome, or a newer one.
    fn outcome(&self, step: usize, outcome: &Outcome);
    /// A user was read again: the newest facts.
    fn user(&self, user: &UserNow);
    /// A user is gone.
    fn gone(&self, user: UserId);
    /// A group was read again, without its members.
    fn group(&self, _group: &Group) {}
    /// The run stopped by itself, and why. What is in flight still ends.
    fn stopped(&self, _why: &str) {}
}

/// What is known of a step before the run goes on with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Prior {
    /// Nothing: it is to be done.
    Fresh,
    /// It was sent and nothing was heard of it, because the program ended: read before anything else.
    Sent {
        /// When.
        at: Timestamp,
    },
    /// Graph took it; its effect has not been read yet. Nothing is sent again.
    Accepted {
        /// When it was sent.
        sent: Timestamp,
    },
    /// It has its outcome.
    Settled(Outcome),
}

/// Counts of outcomes by their word, in the order of first appearance.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RunCounts(pub Vec<(&'static str, usize)>);

impl RunCounts {
    /// Counts outcomes.
    pub fn of<'a>(outcomes: impl IntoIterator<Item = &'a Outcome>) -> RunCounts {
        const ORDER: [&str; 8] =
            ["done", "already true", "accepted", "still failing", "refused", "failed", "unknown", "not sent"];
        let mut counts = [0usize; ORDER.len()];
        for outcome in outcomes {
            if let Some(at) = ORDER.iter().position(|word| *word == outcome.word()) {
                counts[at] += 1;
            }
        }
        RunCounts(ORDER.into_iter().zip(counts).filter(|(_, n)| *n > 0).collect())
    }

    /// How many had this outcome.
    pub fn count(&self, word: &str) -> usize {
        self.0.iter().find(|(w, _)| *w == word).map_or(0, |(_, n)| *n)
    }
}

impl std::fmt::Display for RunCounts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (at, (word, count)) in self.0.iter().enumerate() {
            write!(f, "{}{count} {word}", if at > 0 { ", " } else { "" })?;
        }
        Ok(())
    }
}

/// What all steps of a run share.
struct Run {
    client: Client,
    permit: Permit,
    plan: Arc<Plan>,
    /// By step; nothing for a run that begins.
    prior: Vec<Prior>,
    /// Taken when the run is finished.
    log: Mutex<Option<RunLog>>,
    options: ApplyOptions,
    control: Control,
    watcher: Arc<dyn Watcher>,
    stop: StopRule,
    outcomes: Mutex<Vec<Option<Outcome>>>,
    /// The first thing that went wrong with the journal: from then on nothing is sent.
    broken: Mutex<Option<JournalError>>,
}

/// Carries out a plan whose intent is on disk. Ends when every step has an outcome; an error means that the journal
/// could not be written, and that nothing was sent from then on.
pub async fn apply(
    client: Client,
    granted: (RunLog, Permit),
    plan: Arc<Plan>,
    options: ApplyOptions,
    control: Control,
    watcher: Arc<dyn Watcher>,
) -> Result<Vec<Outcome>, JournalError> {
    resume(client, granted, (plan, Vec::new()), options, control, watcher).await
}

/// Goes on with a run of which something is known already, step by step. What was sent without an answer is read
/// before anything else; what has an outcome keeps it.
pub async fn resume(
    client: Client,
    (log, permit): (RunLog, Permit),
    (plan, prior): (Arc<Plan>, Vec<Prior>),
    options: ApplyOptions,
    control: Control,
    watcher: Arc<dyn Watcher>,
) -> Result<Vec<Outcome>, JournalError> {
    let run = Arc::new(Run {
        client,
        permit,
        outcomes: Mutex::new(vec![None; plan.steps.len()]),
        stop: StopRule::new(plan.steps.len()),
        plan,
        prior,
        log: Mutex::new(Some(log)),
        options,
        control,
        watcher,
        broken: Mutex::new(None),
    });
    // One writer per object: the steps of an object run one after the other in one task.
    let mut order: Vec<Target> = Vec::new();
    let mut steps: HashMap<Target, Vec<usize>> = HashMap::new();
    for (at, step) in run.plan.steps.iter().enumerate() {
        let list = steps.entry(step.target).or_insert_with(|| {
            order.push(step.target);
            Vec::new()
        });
        list.push(at);
    }
    let slots = Arc::new(Semaphore::new(options.parallel.max(1)));
    let mut tasks = tokio::task::JoinSet::new();
    for target in order {
        // The semaphore is never closed, so a slot always comes.
        let Ok(slot) = Arc::clone(&slots).acquire_owned().await else { break };
        let (run, list) = (Arc::clone(&run), steps.remove(&target).unwrap_or_default());
        tasks.spawn(async move { run.object(&list, slot).await });
    }
    while let Some(ended) = tasks.join_next().await {
        // A panic in a step is a bug; its outcome is unknown and recorded as such below.
        drop(ended);
    }
    run.finish()
}

impl Run {
    /// The steps of one object. Each rests on the one before it.
    async fn object(&self, steps: &[usize], slot: OwnedSemaphorePermit) {
        let mut slot = Some(slot);
        let mut before: Option<Outcome> = None;
        for &at in steps {
            let outcome = match &before {
                Some(Outcome::Done | Outcome::AlreadyTrue) | None => self.step(at, &mut slot).await,
                // It may yet come true: `runs resume` goes on from there.
                Some(Outcome::Accepted { .. } | Outcome::Unknown { .. } | Outcome::NotSent) => {
                    self.outcome(at, Outcome::NotSent)
                }
                Some(other) => {
                    let why = format!("the step before it, for the same object, is {}", other.word());
                    self.outcome(at, Outcome::Refused { why })
                }
            };
            before = Some(outcome);
        }
    }

    /// Nothing more is sent.
    fn halt(&self, why: &str) {
        if !self.control.cancel.is_cancelled() {
            tracing::warn!(%why, "run");
            self.watcher.stopped(why);
            self.control.cancel.cancel();
        }
    }

    /// An outcome that stands in the journal already.
    fn keep(&self, step: usize, outcome: Outcome) -> Outcome {
        self.watcher.outcome(step, &outcome);
        self.remember(step, &outcome);
        outcome
    }

    fn remember(&self, step: usize, outcome: &Outcome) {
        if let Some(slot) = self.outcomes.lock().unwrap_or_else(PoisonError::into_inner).get_mut(step) {
            *slot = Some(outcome.clone());
        }
    }

    /// Records an outcome: on disk first, then in memory, then on the screen.
    fn outcome(&self, step: usize, outcome: Outcome) -> Outcome {
        self.journal(|log| log.outcome(step, &outcome, clock::now()));
        self.watcher.outcome(step, &outcome);
        self.remember(step, &outcome);
        outcome
    }

    /// Writes to the journal. The first error ends the run: from then on nothing is sent.
    fn journal(&self, write: impl FnOnce(&mut RunLog) -> Result<(), JournalError>) -> bool {
        let mut log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        match log.as_mut().map_or(Ok(()), write) {
            Ok(()) => true,
            Err(error) => {
                self.broken.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
                self.control.cancel.cancel();
                false
            }
        }
    }

    fn finish(&self) -> Result<Vec<Outcome>, JournalError> {
        let outcomes: Vec<Option<Outcome>> =
            std::mem::take(&mut *self.outcomes.lock().unwrap_or_else(PoisonError::into_inner));
        let outcomes: Vec<Outcome> = outcomes
            .into_iter()
            .map(|o| o.unwrap_or_else(|| Outcome::Unknown { why: "the step ended without an outcome".to_owned() }))
            .collect();
        if let Some(error) = self.broken.lock().unwrap_or_else(PoisonError::into_inner).take() {
            return Err(error);
        }
        let log = self.log.lock().unwrap_or_else(PoisonError::into_inner).take();
        log.map_or(Ok(()), |log| log.finish(clock::now()))?;
        Ok(outcomes)
    }
}
