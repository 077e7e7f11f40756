//! What the explorer does outside its screen thread: loading, carrying out plans, settling what they changed.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;

use super::Messages;
use crate::app::{JobEvent, LoadEvent, Msg};
use crate::config::Settings;
use crate::domain::access::Access;
use crate::domain::facts::{FactSink, Part, Progress, Tenant};
use crate::domain::ids::UserId;
use crate::domain::kind::Severity;
use crate::domain::plan::{Confirmed, Outcome};
use crate::graph::{self, Client, GraphError, LoadOptions, LoadProgress, UserNow};
use crate::journal::Journal;
use crate::run::apply::{ApplyOptions, Control, RunCounts, Watcher, apply};
use crate::run::clock;
use crate::run::connect::{Connection, check_tenant};
use crate::run::live::Live;
use crate::store::Snapshot;

/// One tenant and everything that is done to it.
pub(super) struct Session {
    settings: Settings,
    pub(super) runtime: Handle,
    pub(super) client: Client,
    pub(super) journal: Journal,
    pub(super) access: Access,
    pub(super) who: String,
    pub(super) live: Live,
    pub(super) messages: Messages,
    load: Mutex<CancellationToken>,
    run: Mutex<Option<Control>>,
    /// While a reload is under way: users that a run read meanwhile, which may be newer than what the reload reads.
    meanwhile: Arc<Mutex<Option<Vec<UserNow>>>>,
}

impl Session {
    pub(super) fn new(
        settings: &Settings,
        runtime: Handle,
        connection: Connection,
        journal: Journal,
        messages: Messages,
    ) -> Arc<Session> {
        let Connection { client, access, who, .. } = connection;
        Arc::new(Session {
            settings: settings.clone(),
            runtime,
            client,
            journal,
            access,
            who,
            live: Live::default(),
            messages,
            load: Mutex::new(CancellationToken::new()),
            run: Mutex::new(None),
            meanwhile: Arc::default(),
        })
    }

    /// Loads the tenant; a load that is under way is given up. The first time the rows are shown as they come; later
    /// the old ones stay until all of the new ones are there.
    pub(super) fn load(self: &Arc<Self>, first: bool) {
        let cancel = CancellationToken::new();
        let before = std::mem::replace(&mut *self.load.lock().unwrap_or_else(PoisonError::into_inner), cancel.clone());
        before.cancel();
        let session = Arc::clone(self);
        self.runtime.spawn(async move {
            session.messages.send(Msg::Load(LoadEvent::Started));
            let end = if first { session.stream(&cancel).await } else { session.replace(&cancel).await };
            if cancel.is_cancelled() {
                return;
            }
            session.publish().await;
            match end {
                Ok(()) => session.messages.send(Msg::Load(LoadEvent::Finished)),
                // Without the tenant's name there is nothing to show and nothing may be written.
                Err(error) if first && session.live.snapshot().organization().is_none() => {
                    session.messages.failed(error.into());
                }
                Err(error) => session.messages.send(Msg::Load(LoadEvent::Failed(error.to_string()))),
            }
        });
    }

    /// Loads into the tenant that is shown.
    async fn stream(&self, cancel: &CancellationToken) -> Result<(), GraphError> {
        let publisher = self.publishing();
        let end = self.read_all(&self.live, cancel).await;
        publisher.end().await;
        end
    }

    /// Loads beside the tenant that is shown and puts it in its place, unless nothing came.
    async fn replace(&self, cancel: &CancellationToken) -> Result<(), GraphError> {
        let meanwhile = || self.meanwhile.lock().unwrap_or_else(PoisonError::into_inner);
        *meanwhile() = Some(Vec::new());
        let next = self.live.successor();
        let end = self.read_all(&next, cancel).await;
        let newer = meanwhile().take().unwrap_or_default();
        if end.is_ok() && !cancel.is_cancelled() {
            for user in newer {
                user.facts(|facts| next.lock().user(facts));
            }
            self.live.take(&next);
        }
        end
    }

    async fn read_all(&self, into: &Live, cancel: &CancellationToken) -> Result<(), GraphError> {
        let messages = self.messages.clone();
        let on_progress = Arc::new(move |p: LoadProgress| {
            messages.send(Msg::Load(LoadEvent::Users { read: p.users, of: p.expected }));
        });
        graph::load(&self.client, into.sink(), LoadOptions::default(), on_progress, cancel.clone()).await
    }

    fn publishing(&self) -> Publishing {
        let until = CancellationToken::new();
        let task = tokio::spawn(self.live.clone().publish(self.snapshots(), until.clone()));
        Publishing { task, until }
    }

    /// Shows a snapshot. As soon as the tenant is known, it is compared with the one that was asked for, and writes go
    /// to this one only.
    fn snapshots(&self) -> impl Fn(Arc<Snapshot>) + Send + Sync + 'static {
        let (messages, client, settings) = (self.messages.clone(), self.client.clone(), self.settings.clone());
        move |snapshot| {
            if let Some(organization) = snapshot.organization() {
                if let Err(failure) = check_tenant(&settings, organization) {
                    return messages.failed(failure);
                }
                if let Err(error) = client.bind_tenant(organization.id) {
                    messages.send(Msg::Notice { text: error.to_string(), severity: Severity::Error });
                }
            }
            messages.send(Msg::Snapshot(snapshot));
        }
    }

    async fn publish(&self) {
        let (live, send) = (self.live.clone(), self.snapshots());
        // A panic in there is a bug; the next publication tries again.
        let _ = tokio::task::spawn_blocking(move || send(live.snapshot())).await;
    }

    /// Carries out a confirmed plan. One run at a time: the screen does not offer a second.
    pub(super) fn apply(self: &Arc<Self>, confirmed: Confirmed) {
        let control = Control::default();
        *self.run.lock().unwrap_or_else(PoisonError::into_inner) = Some(control.clone());
        let session = Arc::clone(self);
        self.runtime.spawn(async move {
            let end = session.run(confirmed, control).await;
            *session.run.lock().unwrap_or_else(PoisonError::into_inner) = None;
            session.messages.send(Msg::Job(end));
        });
    }

    async fn run(self: &Arc<Self>, confirmed: Confirmed, control: Control) -> JobEvent {
        let plan = Arc::clone(confirmed.plan());
        let begun = match self.journal.begin(&self.access, &confirmed, clock::now(), &self.who) {
            Ok(begun) => begun,
            Err(error) => return JobEvent::Failed(error.to_string()),
        };
        let run = begun.0.id().to_string();
        self.messages.send(Msg::Job(JobEvent::Started { run, total: plan.steps.len() }));
        let publisher = self.publishing();
        let watcher = Arc::new(Reporter {
            live: self.live.clone(),
            messages: self.messages.clone(),
            meanwhile: Arc::clone(&self.meanwhile),
        });
        let end = apply(self.client.clone(), begun, Arc::clone(&plan), ApplyOptions::default(), control, watcher).await;
        self.settle(&plan.seats).await;
        publisher.end().await;
        self.publish().await;
        match end {
            Ok(outcomes) => JobEvent::Finished { summary: RunCounts::of(&outcomes).to_string() },
            Err(error) => JobEvent::Failed(error.to_string()),
        }
    }

    /// Reads again what a run changed beside its users: the seats of products.
    async fn settle(&self, seats: &[crate::domain::plan::SeatsDelta]) {
        if seats.is_empty() {
            return;
        }
        match self.client.subscribed_skus().await {
            Ok(skus) => {
                let mut builder = self.live.lock();
                builder.skus(skus);
                builder.part(Part::Skus, Progress::Complete);
            }
            Err(error) => self.messages.send(Msg::Notice {
                text: format!("the seats could not be read again: {error}"),
                severity: Severity::Warning,
            }),
        }
    }

    /// Acts on the run that is under way, if there is one.
    pub(super) fn control(&self, act: impl FnOnce(&Control)) {
        if let Some(control) = &*self.run.lock().unwrap_or_else(PoisonError::into_inner) {
            act(control);
        }
    }

    /// Whether a run is under way.
    pub(super) fn is_running(&self) -> bool {
        self.run.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }
}

/// Snapshots at intervals, as long as something is going on.
struct Publishing {
    task: tokio::task::JoinHandle<()>,
    until: CancellationToken,
}

impl Publishing {
    async fn end(self) {
        self.until.cancel();
        // A panic in there is a bug, and whoever ends it publishes once more.
        let _ = self.task.await;
    }
}

/// Reports a run to the screen and feeds what it read into the snapshots.
struct Reporter {
    live: Live,
    messages: Messages,
    meanwhile: Arc<Mutex<Option<Vec<UserNow>>>>,
}

impl Watcher for Reporter {
    fn outcome(&self, step: usize, outcome: &Outcome) {
        self.messages.send(Msg::Job(JobEvent::Row { step, outcome: outcome.clone() }));
    }

    fn user(&self, user: &UserNow) {
        user.facts(|facts| self.live.lock().user(facts));
        if let Some(meanwhile) = &mut *self.meanwhile.lock().unwrap_or_else(PoisonError::into_inner) {
            meanwhile.push(user.clone());
        }
    }

    fn gone(&self, user: UserId) {
        self.live.lock().user_gone(user);
    }

    fn stopped(&self, why: &str) {
        // The summary counts what was not sent; only this says why.
        self.messages.send(Msg::Notice { text: format!("the run {why}"), severity: Severity::Error });
    }
}
