//! Loading a tenant into a [`FactSink`]: the parts side by side, each as complete as Graph and the token allow, and
//! honest about what is missing. A part that is forbidden becomes [`Progress::Missing`] with the permission to ask for;
//! only users that cannot be read end the load.

mod groups;
mod partition;
mod tenant;
mod users;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio_util::sync::CancellationToken;

use super::client::Client;
use super::error::{GraphError, permission_for};
use crate::domain::facts::{FactSink, Part, Parts, Progress};

/// Where facts go. Locked per page, never while waiting for the network.
pub type SharedSink = Arc<Mutex<dyn FactSink + Send>>;

/// How far a load is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LoadProgress {
    /// Distinct users read.
    pub users: u64,
    /// Users that there are, where Graph said so.
    pub expected: Option<u64>,
    /// Pages of users read.
    pub pages: u64,
}

/// Is told after each page of users. Called from network tasks: must not block.
pub type OnProgress = Arc<dyn Fn(LoadProgress) + Send + Sync>;

/// How to load.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LoadOptions {
    /// User streams at the same time. Sixteen is what the sample of a Graph program manager uses (reference 1.5).
    pub streams: usize,
    /// Groups whose members are read at the same time.
    pub member_streams: usize,
    /// Up to this many users a single stream is as fast as several.
    pub single_up_to: u64,
    /// Entries a page, at most 999.
    pub page: u16,
}

impl Default for LoadOptions {
    fn default() -> LoadOptions {
        LoadOptions { streams: 16, member_streams: 8, single_up_to: 2000, page: 999 }
    }
}

/// What all parts of a load share.
#[derive(Clone)]
struct Loading(Arc<Shared>);

struct Shared {
    client: Client,
    sink: SharedSink,
    options: LoadOptions,
    on_progress: OnProgress,
    parts: Mutex<Parts>,
    odd_entries: Mutex<BTreeMap<Part, u64>>,
    odd_ids: AtomicU64,
}

/// Loads the whole tenant. Ends early when cancelled: what was read stays in the sink, and every part that did not
/// finish is marked as missing.
pub async fn load(
    client: &Client,
    sink: SharedSink,
    options: LoadOptions,
    on_progress: OnProgress,
    cancel: CancellationToken,
) -> Result<(), GraphError> {
    let loading = Loading(Arc::new(Shared {
        client: client.clone(),
        sink,
        options,
        on_progress,
        parts: Mutex::new(Parts::default()),
        odd_entries: Mutex::default(),
        odd_ids: AtomicU64::new(0),
    }));
    let end = tokio::select! {
        biased;
        () = cancel.cancelled() => Err(GraphError::Cancelled),
        end = parts(&loading) => end,
    };
    loading.close(end.as_ref().err());
    end
}

async fn parts(loading: &Loading) -> Result<(), GraphError> {
    // Users go on while another part fails; the other parts go on while users are merely forbidden.
    let users = async {
        match users::load(loading).await {
            Ok(()) => {
                loading.done(Part::Users);
                Ok(None)
            }
            Err(error) => {
                loading.missing(Part::Users, &error);
                if error.is_final() { Err(error) } else { Ok(Some(error)) }
            }
        }
    };
    let others = async {
        tokio::join!(
            tenant::organization(loading),
            tenant::skus(loading),
            tenant::subscriptions(loading),
            groups::load(loading)
        );
        Ok(())
    };
    let (users, ()) = tokio::try_join!(users, others)?;
    users.map_or(Ok(()), Err)
}

impl Loading {
    fn client(&self) -> &Client {
        &self.0.client
    }

    fn options(&self) -> LoadOptions {
        self.0.options
    }

    fn sink(&self) -> MutexGuard<'_, dyn FactSink + Send + 'static> {
        self.0.sink.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn settle(&self, part: Part, progress: Progress) {
        self.0.parts.lock().unwrap_or_else(PoisonError::into_inner).set(part, progress.clone());
        self.sink().part(part, progress);
    }

    /// A part was read to its end. It is complete only if nothing of it was left out: an audit that calls a list whole
    /// of which it could not read an entry has lied.
    fn done(&self, part: Part) {
        let odd = self.0.odd_entries.lock().unwrap_or_else(PoisonError::into_inner).get(&part).copied();
        self.settle(
            part,
            match odd {
                None => Progress::Complete,
                Some(1) => {
                    Progress::Missing("1 entry of Graph's answers could not be read and was left out".to_owned())
                }
                Some(odd) => {
                    Progress::Missing(format!("{odd} entries of Graph's answers could not be read and were left out"))
                }
            },
        );
    }

    fn missing(&self, part: Part, error: &GraphError) {
        self.settle(part, Progress::Missing(reason(part, error)));
    }

    /// Counts entries that were left out, and ids inside entries that were.
    fn odd(&self, part: Part, entries: u32, ids: u32) {
        if entries > 0 {
            let mut odd = self.0.odd_entries.lock().unwrap_or_else(PoisonError::into_inner);
            *odd.entry(part).or_default() += u64::from(entries);
        }
        self.0.odd_ids.fetch_add(u64::from(ids), Ordering::Relaxed);
    }

    fn notice(&self, text: String) {
        self.sink().notice(text);
    }

    /// Says what was odd, and settles what is still open after an early end.
    fn close(&self, end: Option<&GraphError>) {
        let open: Vec<Part> = {
            let parts = self.0.parts.lock().unwrap_or_else(PoisonError::into_inner);
            Part::ALL.into_iter().filter(|&part| *parts.of(part) == Progress::Pending).collect()
        };
        for part in open {
            let why = end.map_or_else(|| "not loaded".to_owned(), |error| format!("not loaded: {error}"));
            self.settle(part, Progress::Missing(why));
        }
        let ids = self.0.odd_ids.load(Ordering::Relaxed);
        if ids > 0 {
            self.notice(format!("{ids} license entries or plan ids inside users could not be read and were left out"));
        }
    }
}

/// Why a part is missing, in words that say what to ask for.
fn reason(part: Part, error: &GraphError) -> String {
    match error.refusal() {
        Some(refusal) if refusal.status == 403 => {
            let permission = permission_for(part);
            let detail = crate::domain::text::Clean::owned(refusal.to_string());
            format!("not permitted: ask for consent to {permission} (Graph said: {detail})")
        }
        _ => error.to_string(),
    }
}
