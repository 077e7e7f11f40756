//! The explorer: one thread that changes the state and draws, and everybody else who sends it messages.

mod keys;
mod screen_loop;
mod session;
mod signals;
mod worker;

use std::sync::Arc;
use std::sync::mpsc::Sender;

use crate::app::{Color, Msg, RequestLine, StateInit};
use crate::config::{Auth, Settings, Theme};
use crate::graph::{OnRequest, RequestEvent};
use crate::journal::Journal;
use crate::run::connect::{Connection, connect};
use crate::run::exit::{ExitCode, Failure};
use crate::run::load::runtime;
use crate::run::rooms::{Misbehavior, Simulated};
use crate::run::simulate;
use crate::sim::Server;

/// The one ordered channel into the thread that changes the state.
#[derive(Debug, Clone)]
pub(crate) struct Messages(Sender<Event>);

/// What the screen's thread is told.
#[derive(Debug)]
pub(crate) enum Event {
    /// For the state.
    Msg(Msg),
    /// A frame has left.
    Flushed,
}

impl Messages {
    /// Sends a message. Once the receiving end is gone the program is ending, and nobody wants it.
    pub(crate) fn send(&self, msg: Msg) {
        let _ = self.0.send(Event::Msg(msg));
    }

    fn flushed(&self) {
        let _ = self.0.send(Event::Flushed);
    }
}

/// The explorer on the tenant that the settings name. Signs in first, on the ordinary screen.
pub fn explore(settings: &Settings) -> Result<ExitCode, Failure> {
    let runtime = runtime()?;
    let (messages, events) = channel();
    let connection = runtime.block_on(connect(settings, Some(requests(&messages))))?;
    let journal = journal(settings)?;
    screen_loop::run(settings, &runtime, connection, journal, false, (messages, events))
}

/// The explorer on a simulated tenant. Nothing of it is kept: its journal goes with it.
pub fn demo(settings: &Settings, wanted: &Simulated) -> Result<ExitCode, Failure> {
    let runtime = runtime()?;
    let options = simulate::options(wanted, &Misbehavior::default())?;
    let (messages, events) = channel();
    let (server, connection) = runtime.block_on(async {
        let server = Server::start(options, simulate::ANY_PORT)
            .await
            .map_err(|error| Failure::local(format_args!("cannot start the simulated tenant: {error}")))?;
        let mut settings = settings.clone();
        settings.graph_url = Some(server.base_url());
        settings.auth = Auth::Token;
        settings.token = Some("simulated".into());
        settings.tenant = None;
        let connection = connect(&settings, Some(requests(&messages))).await?;
        Ok::<_, Failure>((server, connection))
    })?;
    let dir = tempfile::tempdir().map_err(|error| {
        Failure::local(format_args!("cannot make a directory for the journal of the demo: {error}"))
    })?;
    let journal = Journal::open(dir.path().join("journal")).map_err(Failure::local)?;
    let connection = Connection { who: "demo operator".to_owned(), ..connection };
    let end = screen_loop::run(settings, &runtime, connection, journal, true, (messages, events));
    runtime.block_on(server.stop());
    end
}

fn channel() -> (Messages, std::sync::mpsc::Receiver<Event>) {
    let (sender, events) = std::sync::mpsc::channel();
    (Messages(sender), events)
}

fn journal(settings: &Settings) -> Result<Journal, Failure> {
    let Some(state) = &settings.state_dir else {
        return Err(Failure::local("there is no place for the journal: set HOME or XDG_STATE_HOME"));
    };
    Journal::open(state.join("journal")).map_err(Failure::local)
}

fn requests(messages: &Messages) -> OnRequest {
    let messages = messages.clone();
    Arc::new(move |event: RequestEvent| {
        messages.send(Msg::Request(RequestLine {
            method: event.method.to_owned(),
            path: event.path,
            status: event.status,
            ms: u64::try_from(event.duration.as_millis()).unwrap_or(u64::MAX),
            retries: event.retries,
            request_id: event.request_id,
        }));
    })
}

/// What the state starts from.
fn init(settings: &Settings, connection: &Connection, demo: bool, size: (u16, u16)) -> StateInit {
    StateInit {
        tenant: settings.tenant.clone().or_else(|| settings.profile.clone()),
        access: connection.access.clone(),
        demo,
        ascii: settings.ascii || !utf8_locale(),
        color: if settings.no_color || settings.theme == Theme::Mono { Color::Mono } else { Color::Named },
        who: connection.who.clone(),
        host: connection.host.clone(),
        half_page: std::env::var_os("SSH_CONNECTION").is_some_and(|v| !v.is_empty()),
        cols: size.0,
        rows: size.1,
    }
}

/// Whether the locale says UTF-8; without any word of it, it is taken for granted, as terminals do.
fn utf8_locale() -> bool {
    let value = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().filter_map(std::env::var_os).find(|v| !v.is_empty());
    value.is_none_or(|value| {
        let value = value.to_string_lossy().to_ascii_lowercase();
        value.contains("utf-8") || value.contains("utf8")
    })
}
