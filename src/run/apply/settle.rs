//! After a write was taken: read until the effect shows, the time is up, or the run is cancelled.

use tokio::time::{Duration, Instant};

use super::Run;
use super::look::Seen;
use crate::domain::plan::{Outcome, Step, Verified, verify};
use crate::domain::time::Timestamp;
use crate::run::clock;

/// The longest pause between two reads after a write.
const SLOWEST_POLL: Duration = Duration::from_secs(20);

/// By what a reprocess is known to be over: the failing assignments carry a time, and only a newer one is the answer.
pub(super) enum Since {
    /// The times that they had before it was sent.
    Marks(Vec<Option<Timestamp>>),
    /// It was sent at this time, by an earlier life of this run.
    Sent(Timestamp),
}

impl Run {
    /// Reads until the effect shows. What does not show in time stays accepted.
    pub(super) async fn read_back(&self, at: usize, step: &Step, before: &Since) -> Outcome {
        let since = match before {
            Since::Marks(_) => clock::now(),
            Since::Sent(sent) => *sent,
        };
        let deadline = Instant::now() + self.options.wait;
        let mut pause = self.options.first_poll;
        let mut first = true;
        loop {
            // An object that cannot be read is no outcome: the next read may work, and the deadline ends it.
            if let Ok(Some(seen)) = self.see(step).await
                && let Some(outcome) = judge(step, &seen, before)
            {
                return outcome;
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
pub(super) fn touched(step: &Step, seen: &Seen) -> Vec<Option<Timestamp>> {
    let Seen::User(user) = seen else { return Vec::new() };
    let failing = step.before.failing.iter();
    user.facts(|facts| {
        failing
            .map(|(sku, group)| {
                let state = facts.states.iter().find(|s| s.sku == *sku && s.path.group() == Some(*group));
                state.and_then(|s| s.updated)
            })
            .collect()
    })
}

/// The outcome that a read shows, if it shows one yet.
fn judge(step: &Step, seen: &Seen, before: &Since) -> Option<Outcome> {
    match seen.now(|now| verify(step, now)) {
        Verified::Done => Some(Outcome::Done),
        Verified::NotYet => None,
        // The same error with the same time may be the state from before: only a newer entry is the answer.
        Verified::StillFailing(why) => {
            let now = touched(step, seen);
            let newer = match before {
                Since::Marks(marks) => now != *marks,
                Since::Sent(sent) => now.iter().flatten().any(|updated| updated >= sent),
            };
            newer.then_some(Outcome::StillFailing { why })
        }
    }
}
