//! Runs of this session as the screen knows them: the confirmed plan and what came of each step.

use std::sync::Arc;

use super::msg::JobEvent;
use crate::domain::plan::{Outcome, Plan};

/// How far a run is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Phase {
    /// Confirmed; nothing was sent yet.
    Starting,
    /// Writing.
    Running,
    /// Nothing is sent until it is resumed.
    Paused,
    /// Nothing more is sent; what is in flight is waited for.
    Stopping,
    /// Every step has an outcome.
    Finished(String),
    /// It could not go on.
    Failed(String),
}

/// How many steps came to what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Done, or already true.
    pub done: usize,
    /// Taken by Graph, effect not read yet.
    pub accepted: usize,
    /// Failed, still failing, or refused.
    pub failed: usize,
    /// Sent, and nobody knows.
    pub unknown: usize,
    /// Not sent.
    pub not_sent: usize,
}

impl Tally {
    /// Steps that have an outcome.
    pub fn settled(self) -> usize {
        self.done + self.accepted + self.failed + self.unknown + self.not_sent
    }
}

/// One run.
#[derive(Debug)]
pub struct Run {
    /// Its name in the journal; empty until it has one.
    pub name: String,
    /// What was confirmed.
    pub plan: Arc<Plan>,
    /// What came of each step.
    pub outcomes: Vec<Option<Outcome>>,
    /// How far it is.
    pub phase: Phase,
    /// The counts over the outcomes.
    pub tally: Tally,
    /// The step under the cursor.
    pub at: usize,
    /// The first step on the screen.
    pub top: usize,
}

impl Run {
    pub(super) fn new(plan: Arc<Plan>) -> Run {
        Run {
            name: String::new(),
            outcomes: vec![None; plan.steps.len()],
            plan,
            phase: Phase::Starting,
            tally: Tally::default(),
            at: 0,
            top: 0,
        }
    }

    /// Whether something may still be sent or answered.
    pub fn is_on(&self) -> bool {
        !matches!(self.phase, Phase::Finished(_) | Phase::Failed(_))
    }

    pub(super) fn event(&mut self, event: JobEvent) {
        match event {
            JobEvent::Started { run, .. } => {
                self.name = run;
                if self.phase == Phase::Starting {
                    self.phase = Phase::Running;
                }
            }
            JobEvent::Row { step, outcome } => {
                if let Some(slot) = self.outcomes.get_mut(step) {
                    let old = slot.replace(outcome);
                    if let Some(old) = old {
                        *count(&mut self.tally, &old) -= 1;
                    }
                    if let Some(new) = slot.as_ref() {
                        *count(&mut self.tally, new) += 1;
                    }
                }
            }
            JobEvent::Paused => self.phase = Phase::Paused,
            JobEvent::Resumed => self.phase = Phase::Running,
            JobEvent::Finished { summary } => self.phase = Phase::Finished(summary),
            JobEvent::Failed(why) => self.phase = Phase::Failed(why),
        }
    }

    /// In one line: "31 of 40 done, 2 failed".
    pub fn progress(&self) -> String {
        let Tally { done, accepted, failed, unknown, not_sent } = self.tally;
        let mut line = format!("{done} of {} done", self.plan.steps.len());
        for (count, word) in [(accepted, "accepted"), (failed, "failed"), (unknown, "unknown"), (not_sent, "not sent")]
        {
            if count > 0 {
                line.push_str(&format!(", {count} {word}"));
            }
        }
        line
    }
}

fn count<'a>(tally: &'a mut Tally, outcome: &Outcome) -> &'a mut usize {
    match outcome {
        Outcome::Done | Outcome::AlreadyTrue => &mut tally.done,
        Outcome::Accepted { .. } => &mut tally.accepted,
        Outcome::StillFailing { .. } | Outcome::Refused { .. } | Outcome::Failed { .. } => &mut tally.failed,
        Outcome::Unknown { .. } => &mut tally.unknown,
        Outcome::NotSent => &mut tally.not_sent,
    }
}
