//! The tenant that is being loaded and changed: one builder that everybody feeds, and snapshots for everybody who reads.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use crate::graph::SharedSink;
use crate::run::clock;
use crate::store::{Builder, Snapshot};

/// While anything comes, a snapshot is published this often.
const PUBLISH_EVERY: Duration = Duration::from_millis(250);

/// The builder, shared. It is locked for a page of users or a publication, never while anybody waits for the network.
#[derive(Debug, Clone)]
pub struct Live(Arc<Mutex<Builder>>);

impl Default for Live {
    fn default() -> Self {
        Live(Arc::new(Mutex::new(Builder::new(clock::now()))))
    }
}

impl Live {
    /// Where loaders put facts.
    pub fn sink(&self) -> SharedSink {
        let builder: SharedSink = self.0.clone();
        builder
    }

    /// The builder.
    pub fn lock(&self) -> MutexGuard<'_, Builder> {
        // A panic while it was locked is a bug that is reported elsewhere; the facts themselves are still whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An empty tenant beside this one, for loading everything again.
    pub fn successor(&self) -> Live {
        Live(Arc::new(Mutex::new(self.lock().successor(clock::now()))))
    }

    /// Puts what another one loaded in the place of this one.
    pub fn take(&self, other: &Live) {
        let empty = Builder::new(clock::now());
        let mut loaded = std::mem::replace(&mut *other.lock(), empty);
        let mut mine = self.lock();
        loaded.follow(&mine);
        *mine = loaded;
    }

    /// What is there now.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        let mut builder = self.lock();
        builder.set_now(clock::now());
        builder.snapshot()
    }

    /// Publishes at intervals while things come, until cancelled. Publishing costs CPU, so it runs where blocking is
    /// allowed.
    pub async fn publish(self, publish: impl Fn(Arc<Snapshot>) + Send + Sync + 'static, until: CancellationToken) {
        let publish = Arc::new(publish);
        let mut tick = tokio::time::interval(PUBLISH_EVERY);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = tick.tick() => {}
                () = until.cancelled() => return,
            }
            if !self.lock().is_dirty() {
                continue;
            }
            let (live, publish) = (self.clone(), Arc::clone(&publish));
            // A panic in there is a bug; the next publication tries again.
            let _ = tokio::task::spawn_blocking(move || publish(live.snapshot())).await;
        }
    }
}
