//! One step: read again, compare, journal, send, read back, journal.

use tokio::sync::OwnedSemaphorePermit;

use super::look::{Seen, gone, look};
use super::{Prior, Run};
use crate::domain::plan::{Change, Outcome, Readiness, Step, readiness};
use crate::domain::refusal::{Cause, GraphRefusal};
use crate::domain::time::Timestamp;
use crate::graph::WriteAnswer;
use crate::run::apply::settle::{Since, touched};
use crate::run::clock;

/// How often a write whose answer was lost is sent again, where a repeat cannot change anything twice.
const REPEATS: usize = 2;

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
    pub(super) async fn step(&self, at: usize, slot: &mut Option<OwnedSemaphorePermit>) -> Outcome {
        let Some(step) = self.plan.steps.get(at) else { return Outcome::NotSent };
        let prior = self.prior.get(at).unwrap_or(&Prior::Fresh);
        match prior {
            Prior::Settled(outcome) => return self.keep(at, outcome.clone()),
            Prior::Accepted { sent } => {
                slot.take();
                let outcome = self.read_back(at, step, &Since::Sent(*sent)).await;
                return self.outcome(at, outcome);
            }
            Prior::Fresh | Prior::Sent { .. } => {}
        }
        self.control.go().await;
        if let Some(why) = self.stop.tripped() {
            self.halt(&why);
        }
        if self.control.cancel.is_cancelled() {
            // What was sent before the program ended stays what it was: nothing is known of it.
            return match prior {
                Prior::Sent { .. } => self.outcome(at, Outcome::Unknown { why: "not read again yet".to_owned() }),
                _ => self.outcome(at, Outcome::NotSent),
            };
        }
        if let Prior::Sent { at: sent } = prior {
            match self.after_loss(step, &format!("the program ended after it was sent at {sent}")).await {
                Some(Sent::Ended(outcome)) => return self.outcome(at, outcome),
                Some(Sent::Taken) => {}
                None if !step.change.repeatable() => {
                    let why = "the program ended after it was sent, and it cannot be repeated".to_owned();
                    return self.outcome(at, Outcome::Unknown { why });
                }
                None => {}
            }
        }
        let marks = match self.ready(step).await {
            Ok(marks) => marks,
            // It was sent once, so "refused" would say too little: what stands there now may be its doing.
            Err(Outcome::Refused { why }) if matches!(prior, Prior::Sent { .. }) => {
                return self.outcome(at, Outcome::Unknown { why });
            }
            Err(outcome) => return self.outcome(at, outcome),
        };
        match self.send(at, step).await {
            Sent::Ended(outcome) => {
                self.stop.count(&outcome);
                self.outcome(at, outcome)
            }
            Sent::Taken => {
                self.stop.count(&Outcome::Done);
                slot.take();
                let outcome = self.read_back(at, step, &Since::Marks(marks)).await;
                self.outcome(at, outcome)
            }
        }
    }

    /// Reads the object of a step and tells the watcher.
    pub(super) async fn see(&self, step: &Step) -> Result<Option<Seen>, crate::graph::GraphError> {
        let seen = look(&self.client, step).await?;
        match &seen {
            Some(Seen::User(user)) => self.watcher.user(user),
            Some(Seen::Group(group)) => self.watcher.group(group),
            Some(Seen::Member(_)) => {}
            None => {
                if let Some(user) = step.target.user() {
                    self.watcher.gone(user);
                }
            }
        }
        Ok(seen)
    }

    /// Reads the object again and compares what the step depends on. Ends the step unless it is to be sent; hands over
    /// when each failing assignment was last touched, by which a reprocess is judged.
    async fn ready(&self, step: &Step) -> Result<Vec<Option<Timestamp>>, Outcome> {
        match self.see(step).await {
            Ok(Some(seen)) => match seen.now(|now| readiness(step, now)) {
                Readiness::Send => Ok(touched(step, &seen)),
                Readiness::AlreadyTrue => Err(Outcome::AlreadyTrue),
                Readiness::Drifted(why) => Err(Outcome::Refused { why }),
            },
            Ok(None) => Err(Outcome::Refused { why: gone(step.target).to_owned() }),
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
                WriteAnswer::Refused(refusal) => return self.refused(step, refusal, repeats).await,
                WriteAnswer::NotSent { why } if repeats > 0 => return Sent::Ended(Outcome::Unknown { why }),
                WriteAnswer::NotSent { .. } if self.control.cancel.is_cancelled() => {
                    return Sent::Ended(Outcome::NotSent);
                }
                WriteAnswer::NotSent { why } => {
                    return Sent::Ended(Outcome::Refused { why: format!("not sent: {why}") });
                }
                WriteAnswer::Lost { why } => match self.after_loss(step, &why).await {
                    None if step.change.repeatable() && repeats < REPEATS && !self.control.cancel.is_cancelled() => {
                        repeats += 1;
                    }
                    None => return Sent::Ended(Outcome::Unknown { why }),
                    Some(sent) => return sent,
                },
            }
        }
    }

    /// What a refusal means for the step.
    async fn refused(&self, step: &Step, refusal: GraphRefusal, repeats: usize) -> Sent {
        let so_already = match (&step.change, &refusal.cause) {
            // Reprocessing answers a cause that is still there with its text: the diagnosis, not a failure.
            (Change::Reprocess, cause) if refusal.status == 400 && *cause != Cause::OnPremises => {
                return Sent::Ended(Outcome::StillFailing { why: refusal.to_string() });
            }
            (Change::AssignLicense { .. }, Cause::NotHeld)
            | (Change::JoinGroup { .. }, Cause::MemberAlready)
            | (Change::LeaveGroup { .. }, Cause::NotFound) => true,
            _ => false,
        };
        match so_already {
            // The first try arrived after all.
            true if repeats > 0 => Sent::Taken,
            // Somebody else was faster, or the rest of the call was refused with it: the object says which.
            true => match self.see(step).await {
                Ok(Some(seen)) if seen.now(|now| readiness(step, now)) == Readiness::AlreadyTrue => {
                    Sent::Ended(Outcome::AlreadyTrue)
                }
                _ => Sent::Ended(Outcome::Failed { refusal }),
            },
            false => Sent::Ended(Outcome::Failed { refusal }),
        }
    }

    /// The answer was lost: what does the object say? `None` when it stands as before, so the write may not have arrived.
    async fn after_loss(&self, step: &Step, why: &str) -> Option<Sent> {
        let unknown = |why: String| Some(Sent::Ended(Outcome::Unknown { why }));
        match self.see(step).await {
            Ok(Some(seen)) => match seen.now(|now| readiness(step, now)) {
                Readiness::AlreadyTrue => Some(Sent::Ended(Outcome::Done)),
                Readiness::Send => None,
                Readiness::Drifted(drift) => unknown(format!("{why}; afterwards {drift}")),
            },
            Ok(None) => unknown(format!("{why}; afterwards {}", gone(step.target))),
            Err(error) => unknown(format!("{why}; and the object cannot be read: {error}")),
        }
    }
}
