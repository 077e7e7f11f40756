//! One step: read again, compare, journal, send, read back, journal.

use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Duration, Instant};

use super::Run;
use crate::domain::facts::UserFacts;
use crate::domain::plan::{Change, Outcome, Readiness, Step, Verified, readiness, verify};
use crate::domain::refusal::Cause;
use crate::domain::time::Timestamp;
use crate::graph::{UserNow, WriteAnswer};
use crate::run::clock;

/// How often a write whose answer was lost is sent again, where a repeat cannot change anything twice.
const REPEATS: usize = 2;
/// The longest pause between two reads after a write.
const SLOWEST_POLL: Duration = Duration::from_secs(20);

/// What the write came to.
enum Sent {
    /// It ended here.
    Ended(Outcome),
    /// Graph took it, or seems to have: read until the effect shows.
    Taken,
}

impl Run {
    /// Runs one step to its outcome. The slot is given back once nothing more will be sent, so that waiting for effects
    /// holds nobody up.
    pub(super) async fn step(&self, at: usize, slot: &mut Option<OwnedSemaphorePermit>) {
        let Some(step) = self.plan.steps.get(at) else { return };
        self.control.go().await;
        if let Some(why) = self.stop.tripped() {
            tracing::warn!(%why, "run");
            self.control.cancel.cancel();
        }
        if self.control.cancel.is_cancelled() {
            return self.outcome(at, Outcome::NotSent);
        }
        let marks = match self.ready(step).await {
            Ok(marks) => marks,
            Err(outcome) => return self.outcome(at, outcome),
        };
        match self.send(at, step).await {
            Sent::Ended(outcome) => {
                self.stop.count(&outcome);
                self.outcome(at, outcome);
            }
            Sent::Taken => {
                self.stop.count(&Outcome::Done);
                slot.take();
                let outcome = self.read_back(at, step, &marks).await;
                self.outcome(at, outcome);
            }
        }
    }

    /// Reads the object again and compares what the step depends on. Ends the step unless it is to be sent; hands over
    /// when each failing assignment was last touched, by which a reprocess is judged.
    async fn ready(&self, step: &Step) -> Result<Vec<Option<Timestamp>>, Outcome> {
        match self.client.read_user(step.user).await {
            Ok(Some(user)) => {
                self.watcher.user(&user);
                match user.facts(|facts| readiness(step, facts)) {
                    Readiness::Send => Ok(user.facts(|facts| touched(step, facts))),
                    Readiness::AlreadyTrue => Err(Outcome::AlreadyTrue),
                    Readiness::Drifted(why) => Err(Outcome::Refused { why }),
                }
            }
            Ok(None) => {
                self.watcher.gone(step.user);
                Err(Outcome::Refused { why: "the user is no longer there".to_owned() })
            }
            Err(error) => {
                Err(Outcome::Refused { why: format!("could not be read again, so nothing was sent: {error}") })
            }
        }
    }

    async fn send(&self, at: usize, step: &Step) -> Sent {
        let mut repeats = 0;
        loop {
            // On disk before it is sent; if the disk says no, nothing is sent.
            if !self.journal(|log| log.sending(at, clock::now())) {
                return Sent::Ended(Outcome::NotSent);
            }
            match self.client.write(&self.permit, &step.request, &self.control.cancel).await {
                WriteAnswer::Taken { .. } => return Sent::Taken,
                WriteAnswer::Refused(refusal) => {
                    return match (&step.change, &refusal.cause) {
                        // Reprocessing answers a cause that is still there with its text: the diagnosis, not a failure.
                        (Change::Reprocess, cause) if refusal.status == 400 && *cause != Cause::OnPremises => {
                            Sent::Ended(Outcome::StillFailing { why: refusal.to_string() })
                        }
                        // A license that is not there any more needs no removal; the read says whether that is so.
                        (Change::AssignLicense { .. }, Cause::NotHeld) => Sent::Taken,
                        _ => Sent::Ended(Outcome::Failed { refusal }),
                    };
                }
                WriteAnswer::NotSent { .. } if self.control.cancel.is_cancelled() => {
                    return Sent::Ended(Outcome::NotSent);
                }
                WriteAnswer::NotSent { why } => {
                    return Sent::Ended(Outcome::Refused { why: format!("not sent: {why}") });
                }
                WriteAnswer::Lost { why } => match self.after_loss(step, &why).await {
                    None if step.change.repeatable() && repeats < REPEATS => repeats += 1,
                    None => return Sent::Ended(Outcome::Unknown { why }),
                    Some(sent) => return sent,
                },
            }
        }
    }

    /// The answer was lost: what does the object say? `None` when it stands as before, so the write may not have arrived.
    async fn after_loss(&self, step: &Step, why: &str) -> Option<Sent> {
        let unknown = |why: String| Some(Sent::Ended(Outcome::Unknown { why }));
        match self.client.read_user(step.user).await {
            Ok(Some(user)) => {
                self.watcher.user(&user);
                match user.facts(|facts| readiness(step, facts)) {
                    Readiness::AlreadyTrue => Some(Sent::Ended(Outcome::Done)),
                    Readiness::Send => None,
                    Readiness::Drifted(drift) => unknown(format!("{why}; afterwards {drift}")),
                }
            }
            Ok(None) => unknown(format!("{why}; afterwards the user is no longer there")),
            Err(error) => unknown(format!("{why}; and the user cannot be read: {error}")),
        }
    }

    /// Reads until the effect shows, the time is up, or the run is cancelled: then it stays accepted.
    async fn read_back(&self, at: usize, step: &Step, marks: &[Option<Timestamp>]) -> Outcome {
        let since = clock::now();
        let deadline = Instant::now() + self.options.wait;
        let mut pause = self.options.first_poll;
        let mut first = true;
        loop {
            // An unreadable user is no outcome: the next read may work, and the deadline ends it.
            if let Ok(Some(user)) = self.client.read_user(step.user).await {
                self.watcher.user(&user);
                if let Some(outcome) = judge(step, &user, marks) {
                    return outcome;
                }
            }
            if std::mem::take(&mut first) {
                self.watcher.outcome(at, &Outcome::Accepted { since });
            }
            let next = Instant::now() + pause;
            if next >= deadline {
                return Outcome::Accepted { since };
            }
            tokio::select! {
                () = tokio::time::sleep_until(next) => pause = (pause * 2).min(SLOWEST_POLL),
                () = self.control.cancel.cancelled() => return Outcome::Accepted { since },
            }
        }
    }
}

/// When each assignment that failed before was last touched.
fn touched(step: &Step, user: &UserFacts<'_>) -> Vec<Option<Timestamp>> {
    let failing = step.before.failing.iter();
    failing
        .map(|(sku, group)| {
            let state = user.states.iter().find(|s| s.sku == *sku && s.path.group() == Some(*group));
            state.and_then(|s| s.updated)
        })
        .collect()
}

/// The outcome that a read shows, if it shows one yet.
fn judge(step: &Step, user: &UserNow, marks: &[Option<Timestamp>]) -> Option<Outcome> {
    user.facts(|facts| match verify(step, facts) {
        Verified::Done => Some(Outcome::Done),
        Verified::NotYet => None,
        // The same error with the same time may be the state from before: only a newer entry is the answer.
        Verified::StillFailing(why) => (touched(step, facts) != marks).then_some(Outcome::StillFailing { why }),
    })
}
