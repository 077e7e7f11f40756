//! How fast requests may leave: the write budget of Graph (3,000 per 150 s for one application in one tenant), and the
//! pause that a throttled answer asks all requests of its kind to make.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// Writes a second that one application may make in one tenant (reference 8.2).
const WRITES_A_SECOND: f64 = 20.0;

/// How much unused budget may be spent at once. Graph counts over 150 s, so two seconds' worth is no burst to it.
const BURST: Duration = Duration::from_secs(2);

/// A pause shared by all reads.
#[derive(Debug, Default)]
pub(super) struct Pause(Mutex<Option<Instant>>);

impl Pause {
    pub(super) fn until(&self, at: Instant) {
        let mut until = lock(&self.0);
        *until = Some(until.map_or(at, |earlier| earlier.max(at)));
    }

    pub(super) async fn wait(&self) {
        loop {
            let until = *lock(&self.0);
            match until {
                Some(at) if at > Instant::now() => tokio::time::sleep_until(at).await,
                _ => return,
            }
        }
    }
}

/// The pace of writes: each takes the next slot, and slots are spaced by the rate.
#[derive(Debug)]
pub(super) struct WritePace(Mutex<Slots>);

#[derive(Debug)]
struct Slots {
    percent: u8,
    /// When the next write is due; may lie up to [`BURST`] in the past.
    next: Option<Instant>,
}

impl WritePace {
    pub(super) fn new(percent: u8) -> WritePace {
        WritePace(Mutex::new(Slots { percent: percent.clamp(1, 100), next: None }))
    }

    /// Changes the share of the budget, 1 to 100 percent; also in the middle of a run.
    pub(super) fn set_percent(&self, percent: u8) {
        lock(&self.0).percent = percent.clamp(1, 100);
    }

    /// No write leaves before `at`.
    pub(super) fn until(&self, at: Instant) {
        let mut slots = lock(&self.0);
        slots.next = Some(slots.next.map_or(at, |next| next.max(at)));
    }

    /// Waits for the next slot. Dropped while waiting, the slot is lost, which only makes the pace slower.
    pub(super) async fn take(&self) {
        let at = {
            let now = Instant::now();
            let mut slots = lock(&self.0);
            let between = Duration::from_secs_f64(100.0 / (WRITES_A_SECOND * f64::from(slots.percent)));
            // The first write of a run starts with an empty purse, and so does nobody's burst after a 429.
            let next = slots.next.unwrap_or(now).max(now.checked_sub(BURST).unwrap_or(now));
            slots.next = Some(next + between);
            next
        };
        tokio::time::sleep_until(at).await;
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Exponential backoff with jitter: between half and all of `base * 2^retry`, at most 30 s.
pub(super) fn backoff(base: Duration, retry: u32) -> Duration {
    let whole = base.saturating_mul(1 << retry.min(10)).min(Duration::from_secs(30));
    whole.mul_f64(0.5 + fastrand::f64() / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_hundred_writes_at_half_rate_take_ten_seconds() {
        let pace = WritePace::new(50);
        let start = Instant::now();
        for _ in 0..101 {
            pace.take().await;
        }
        let took = start.elapsed().as_secs_f64();
        assert!((9.9..10.2).contains(&took), "{took}");
    }

    #[tokio::test(start_paused = true)]
    async fn idle_time_is_not_saved_up_beyond_the_burst() {
        let pace = WritePace::new(100);
        pace.take().await;
        tokio::time::advance(Duration::from_secs(600)).await;
        let start = Instant::now();
        for _ in 0..61 {
            pace.take().await;
        }
        assert!(start.elapsed() >= Duration::from_millis(900), "{:?}", start.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn a_throttled_answer_holds_every_write() {
        let pace = WritePace::new(100);
        pace.take().await;
        let start = Instant::now();
        pace.until(start + Duration::from_secs(7));
        pace.take().await;
        assert_eq!(start.elapsed().as_secs(), 7);
    }

    #[test]
    fn backoff_grows_and_is_bounded() {
        for retry in 0..40 {
            let wait = backoff(Duration::from_millis(500), retry);
            assert!(wait <= Duration::from_secs(30) && wait >= Duration::from_millis(250), "{retry} {wait:?}");
        }
    }
}
