//! Loads a tenant as a whole, for the commands without a screen.

use std::io::{IsTerminal, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::config::Settings;
use crate::domain::facts::Tenant;
use crate::graph::{self, GraphError, LoadOptions, LoadProgress};
use crate::run::Loaded;
use crate::run::connect::{check_tenant, connect_as};
use crate::run::exit::{ExitCode, Failure};
use crate::run::live::Live;
use crate::run::sign_in::Person;

/// Loads the tenant that the settings name. Progress goes to `messages` when somebody watches.
pub fn load(settings: &Settings, messages: &mut dyn Write) -> Result<Loaded, Failure> {
    runtime()?.block_on(load_tenant(settings, messages))
}

/// The threads that talk to the network.
pub(crate) fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::local(format_args!("cannot start the network threads: {error}")))
}

async fn load_tenant(settings: &Settings, messages: &mut dyn Write) -> Result<Loaded, Failure> {
    let look = Person { look: true, ..Person::default() };
    let connection = connect_as(settings, None, look).await?;
    let live = Live::default();
    let seen = Arc::new((AtomicU64::new(0), AtomicU64::new(0)));
    let count = Arc::clone(&seen);
    let on_progress = Arc::new(move |progress: LoadProgress| {
        count.0.store(progress.users, Ordering::Relaxed);
        count.1.store(progress.expected.unwrap_or(0), Ordering::Relaxed);
    });
    let cancel = CancellationToken::new();
    let loading = graph::load(&connection.client, live.sink(), LoadOptions::default(), on_progress, cancel.clone());
    tokio::pin!(loading);
    // A bar only where somebody watches: a log file wants lines, not repaints.
    let watched = std::io::stderr().is_terminal();
    let mut tick = tokio::time::interval(Duration::from_millis(200));
    let end = loop {
        tokio::select! {
            end = &mut loading => break end,
            _ = tick.tick(), if watched => bar(messages, &seen),
            signal = interrupted() => {
                cancel.cancel();
                clear(messages, watched);
                return Err(Failure::new(signal, "stopped while loading; nothing was written"));
            }
        }
    };
    clear(messages, watched);
    let snapshot = live.snapshot();
    if let Some(organization) = snapshot.organization() {
        check_tenant(settings, organization)?;
    }
    match end {
        // Parts are missing: the document says which, and that it is not complete.
        Ok(()) => Ok(snapshot),
        Err(error @ GraphError::Refused { .. }) if !error.is_permission() && snapshot.living_users() > 0 => {
            Ok(snapshot)
        }
        Err(error) => Err(error.into()),
    }
}

fn bar(messages: &mut dyn Write, seen: &(AtomicU64, AtomicU64)) {
    let (read, of) = (seen.0.load(Ordering::Relaxed), seen.1.load(Ordering::Relaxed));
    let of = if of > 0 { format!(" of {of}") } else { String::new() };
    // Progress that cannot be shown is no reason to stop.
    let _ = write!(messages, "\rloading: {read}{of} users ");
    let _ = messages.flush();
}

fn clear(messages: &mut dyn Write, watched: bool) {
    if watched {
        let _ = write!(messages, "\r{:60}\r", "");
        let _ = messages.flush();
    }
}

/// Waits for a signal that ends the program.
pub(crate) async fn interrupted() -> ExitCode {
    use tokio::signal::unix::{SignalKind, signal};
    let wait = |kind: SignalKind| async move {
        match signal(kind) {
            Ok(mut stream) => {
                stream.recv().await;
            }
            // Without a handler the signal's own effect stays.
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        () = wait(SignalKind::hangup()) => ExitCode::HangUp,
        () = wait(SignalKind::interrupt()) => ExitCode::Interrupt,
        () = wait(SignalKind::terminate()) => ExitCode::Terminate,
    }
}
