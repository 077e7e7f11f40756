//! Quotas of one app in one tenant: resource units for ten seconds, writes for two and a half minutes.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::answer::Problem;
use crate::sim::options::Faults;

struct Window {
    since: Instant,
    spent: u32,
    limit: u32,
    length: Duration,
}

impl Window {
    fn new(limit: u32, seconds: u64) -> Window {
        Window { since: Instant::now(), spent: 0, limit, length: Duration::from_secs(seconds) }
    }

    /// Spends, or says how long to wait.
    fn take(&mut self, amount: u32) -> Result<(), Duration> {
        if self.since.elapsed() >= self.length {
            (self.since, self.spent) = (Instant::now(), 0);
        }
        if self.spent + amount > self.limit {
            return Err(self.length.saturating_sub(self.since.elapsed()));
        }
        self.spent += amount;
        Ok(())
    }
}

/// The quotas, if they are enforced.
pub struct Throttle(Option<Mutex<(Window, Window)>>, String);

impl Throttle {
    /// The quotas of a tenant of this size.
    pub fn new(faults: &Faults, users: u32, tenant: &str) -> Throttle {
        let by_size = match users {
            0..50 => 3_500,
            50..=500 => 5_000,
            _ => 8_000,
        };
        let units = Window::new(faults.unit_limit.unwrap_or(by_size), 10);
        let writes = Window::new(faults.write_limit.unwrap_or(3_000), 150);
        Throttle(faults.throttle.then(|| Mutex::new((units, writes))), tenant.to_owned())
    }

    /// Admits a request of this cost, or refuses it with the time to wait.
    pub fn admit(&self, (units, writes): (u32, u32)) -> Result<(), Problem> {
        let Some(windows) = &self.0 else { return Ok(()) };
        let (unit_window, write_window) = &mut *windows.lock().unwrap_or_else(PoisonError::into_inner);
        if writes > 0 {
            write_window.take(writes).map_err(|wait| self.refusal(wait, "Write", "WriteLimitExceeded"))?;
        }
        unit_window.take(units).map_err(|wait| self.refusal(wait, "ReadWrite", "ResourceUnitLimitExceeded"))
    }

    fn refusal(&self, wait: Duration, scope: &str, why: &str) -> Problem {
        let mut problem = Problem::new(429, "TooManyRequests", "Too many requests. Please retry after some time.");
        let app = "00000000-0000-0000-0000-000000000000";
        problem.headers = vec![
            ("Retry-After", format!("{:.3}", wait.as_secs_f64().max(0.001))),
            ("x-ms-throttle-scope", format!("Tenant_Application/{scope}/{app}/{}", self.1)),
            ("x-ms-throttle-information", why.to_owned()),
        ];
        problem
    }
}
