//! When a run stops by itself: at least 3 failures that are more than 2 % of the wave, or 403 for every write so far.
//! Refusals do not count: they were foreseen and nothing was sent.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::domain::plan::Outcome;
use crate::domain::refusal::Cause;

/// Counts of one wave.
#[derive(Debug)]
pub(super) struct StopRule {
    wave: AtomicUsize,
    sent: AtomicUsize,
    failed: AtomicUsize,
    forbidden: AtomicUsize,
}

impl StopRule {
    pub(super) fn new(wave: usize) -> StopRule {
        let wave = AtomicUsize::new(wave);
        StopRule { wave, sent: AtomicUsize::new(0), failed: AtomicUsize::new(0), forbidden: AtomicUsize::new(0) }
    }

    /// The next wave: its failures are counted from zero. What was forbidden so far stays.
    pub(super) fn begin(&self, wave: usize) {
        self.wave.store(wave, Ordering::Relaxed);
        self.failed.store(0, Ordering::Relaxed);
    }

    /// Counts the outcome of a step that was sent.
    pub(super) fn count(&self, outcome: &Outcome) {
        self.sent.fetch_add(1, Ordering::Relaxed);
        if let Outcome::Failed { refusal } = outcome {
            self.failed.fetch_add(1, Ordering::Relaxed);
            if refusal.cause == Cause::Forbidden {
                self.forbidden.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    /// Why nothing more should be sent.
    pub(super) fn tripped(&self) -> Option<String> {
        let load = |n: &AtomicUsize| n.load(Ordering::Relaxed);
        let (sent, failed, forbidden) = (load(&self.sent), load(&self.failed), load(&self.forbidden));
        if sent > 0 && forbidden == sent {
            return Some("stopped: every write so far was forbidden (403)".to_owned());
        }
        let wave = load(&self.wave);
        if failed >= 3 && failed * 50 > wave {
            return Some(format!("stopped: {failed} of the {wave} objects of this wave failed"));
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::refusal::GraphRefusal;

    fn failed(status: u16) -> Outcome {
        Outcome::Failed { refusal: GraphRefusal::new(status, "", "", None) }
    }

    #[test]
    fn three_failures_of_a_hundred_stop_and_of_two_hundred_do_not() {
        for (wave, failures, stops) in [(100, 3, true), (150, 3, false), (149, 3, true), (3, 2, false), (10, 3, true)] {
            let rule = StopRule::new(wave);
            rule.count(&Outcome::Done);
            (0..failures).for_each(|_| rule.count(&failed(400)));
            assert_eq!(rule.tripped().is_some(), stops, "{wave} {failures}");
        }
    }

    #[test]
    fn a_wave_counts_its_own_failures() {
        let rule = StopRule::new(100);
        rule.count(&Outcome::Done);
        (0..3).for_each(|_| rule.count(&failed(400)));
        assert!(rule.tripped().is_some());
        rule.begin(1000);
        assert!(rule.tripped().is_none());
        (0..20).for_each(|_| rule.count(&failed(400)));
        assert!(rule.tripped().is_none());
        rule.count(&failed(400));
        assert!(rule.tripped().is_some());
    }

    #[test]
    fn forbidden_for_every_write_so_far_stops_and_one_success_lifts_it() {
        let rule = StopRule::new(1000);
        assert!(rule.tripped().is_none());
        rule.count(&failed(403));
        assert!(rule.tripped().is_some());
        rule.count(&Outcome::Done);
        assert!(rule.tripped().is_none());
    }
}
