//! What the explorer does outside its screen thread: loading, carrying out plans, settling what they changed.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;

use super::Messages;
use crate::app::{JobEvent, LoadEvent, Msg};
use crate::domain::access::Access;
use crate::domain::facts::{FactSink, Part, Progress};
use crate::domain::ids::UserId;
use crate::domain::kind::Severity;
use crate::domain::plan::{Confirmed, Outcome};
use crate::graph::{self, Client, GraphError, LoadOptions, LoadProgress, UserNow};
use crate::journal::Journal;
use crate::run::apply::{ApplyOptions, Control, RunCounts, Watcher, apply};
use crate::run::clock;
use crate::run::connect::Connection;
use crate::run::live::Live;

/// One tenant and everything that is done to it.
pub(super) struct Session {
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
    pub(super) fn new(runtime: Handle, connection: Connection, journal: Journal, messages: Messages) -> Arc<Session> {
        let Connection { client, access, who, .. } = connection;
        Arc::new(Session {
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
            session.bind();
            session.publish().await;
            session.messages.send(Msg::Load(match end {
                Ok(()) => LoadEvent::Finished,
                Err(error) => LoadEvent::Failed(error.to_string()),
            }));
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

    /// From now on writes go to this tenant only.
    fn bind(&self) {
        let snapshot = self.live.snapshot();
        if let Some(organization) = crate::domain::facts::Tenant::organization(&*snapshot)
            && let Err(error) = self.client.bind_tenant(organization.id)
        {
            self.messages.send(Msg::Notice { text: error.to_string(), severity: Severity::Error });
        }
    }

    fn snapshots(&self) -> impl Fn(Arc<crate::store::Snapshot>) + Send + Sync + 'static {
        let messages = self.messages.clone();
        move |snapshot| messages.send(Msg::Snapshot(snapshot))
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
}
