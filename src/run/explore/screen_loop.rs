//! The thread that changes the state: messages in, effects out, a frame when something changed.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use tokio::runtime::Runtime;

use super::session::Session;
use super::worker::Worker;
use super::{Event, Messages, init, keys, signals};
use crate::app::{Effect, JobEvent, Layer, Msg, State, update};
use crate::config::Settings;
use crate::domain::kind::Severity;
use crate::domain::plan::Plan;
use crate::journal::Journal;
use crate::run::connect::Connection;
use crate::run::exit::{ExitCode, Failure};
use crate::run::export;
use crate::term::{Screen, TermError, escape_wait, read_inputs, watch_hang_up};
use crate::ui;

/// Messages that are taken before a frame is drawn: enough to catch up, not enough to freeze.
const AT_ONCE: usize = 1_000;
/// How long a hung-up or terminated program waits for what is in flight.
const LAST_WRITES: Duration = Duration::from_secs(10);

/// Runs the explorer until it is left.
pub(super) fn run(
    settings: &Settings,
    runtime: &Runtime,
    connection: Connection,
    journal: Journal,
    demo: bool,
    (messages, events): (Messages, Receiver<Event>),
) -> Result<ExitCode, Failure> {
    let flushed = messages.clone();
    let screen = Screen::open(move || flushed.flushed())?;
    let start = Instant::now();
    let typed = messages.clone();
    read_inputs(escape_wait(), move |input| {
        typed.send(keys::message(input, millis(start)));
        true
    })
    .map_err(TermError::Io)?;
    let gone = messages.clone();
    watch_hang_up(move || gone.send(Msg::HangUp)).map_err(TermError::Io)?;
    signals::listen(runtime.handle(), &messages);
    let answers = messages.clone();
    let worker = Worker::start(move |msg| answers.send(msg)).map_err(TermError::Io)?;
    let state = State::new(init(settings, &connection, demo, screen.size()));
    let session = Session::new(runtime.handle().clone(), connection, journal, messages);
    let mut explorer =
        Explorer { screen, state, worker, session, start, in_flight: false, dirty: true, drawn: None, code: None };
    explorer.frame()?;
    explorer.session.load(true);
    explorer.turn(&events)
}

fn millis(start: Instant) -> u64 {
    u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX)
}

/// Everything that the screen's thread owns.
struct Explorer {
    screen: Screen,
    state: State,
    worker: Worker,
    session: Arc<Session>,
    start: Instant,
    /// A frame is on its way: the next one waits for it.
    in_flight: bool,
    dirty: bool,
    /// The plan that the last frame asked about.
    drawn: Option<Arc<Plan>>,
    /// The exit code, once the explorer is to be left.
    code: Option<u8>,
}

impl Explorer {
    fn turn(mut self, events: &Receiver<Event>) -> Result<ExitCode, Failure> {
        while self.code.is_none() {
            // Every sender is gone only when all threads are: then nothing will ever happen again.
            let Ok(event) = events.recv() else { break };
            self.take(event)?;
            for event in events.try_iter().take(AT_ONCE) {
                self.take(event)?;
            }
            self.frame()?;
        }
        let code = self.code.map_or(ExitCode::Clean, exit_code);
        self.wind_down(events, code);
        Ok(code)
    }

    fn take(&mut self, event: Event) -> Result<(), Failure> {
        match event {
            Event::Flushed => {
                self.in_flight = false;
                self.painted()
            }
            Event::Msg(msg) => {
                self.dirty = true;
                if let Msg::Resize { cols, rows } = msg {
                    self.screen.resize(cols, rows).map_err(TermError::Io)?;
                }
                self.update(msg)
            }
        }
    }

    fn update(&mut self, msg: Msg) -> Result<(), Failure> {
        for effect in update(&mut self.state, msg) {
            self.carry_out(effect)?;
        }
        Ok(())
    }

    fn notice(&mut self, text: String, severity: Severity) -> Result<(), Failure> {
        self.dirty = true;
        self.update(Msg::Notice { text, severity })
    }

    fn carry_out(&mut self, effect: Effect) -> Result<(), Failure> {
        match effect {
            Effect::View(ask) => self.worker.view(ask),
            Effect::Plan(ask) => self.worker.plan(ask),
            Effect::Apply(confirmed) => self.session.apply(confirmed),
            Effect::CancelRun => self.session.control(|control| control.cancel.cancel()),
            Effect::PauseRun => {
                self.session.control(|control| control.pause(true));
                self.update(Msg::Job(JobEvent::Paused))?;
            }
            Effect::ResumeRun => {
                self.session.control(|control| control.pause(false));
                self.update(Msg::Job(JobEvent::Resumed))?;
            }
            Effect::Reload => self.session.load(false),
            Effect::SetTitle(title) => self.screen.title(&title),
            Effect::Copy(text) => {
                let (text, severity) = match self.screen.copy(&text) {
                    Ok(()) => (
                        "sent to the clipboard of the terminal (whether it took it cannot be known)".to_owned(),
                        Severity::Info,
                    ),
                    Err(error) => (error.to_string(), Severity::Error),
                };
                self.notice(text, severity)?;
            }
            Effect::Export(ask) => {
                let (text, severity) = match export::export(&ask) {
                    Ok(path) => (format!("written to {}", path.display()), Severity::Info),
                    Err(error) => (error.to_string(), Severity::Error),
                };
                self.notice(text, severity)?;
            }
            Effect::Suspend => {
                let (cols, rows) = self.screen.suspend().map_err(TermError::Io)?;
                // What was on its way is lost or done; the next frame paints everything.
                self.in_flight = false;
                self.dirty = true;
                self.update(Msg::Resize { cols, rows })?;
                self.update(Msg::Resumed)?;
            }
            Effect::Repaint => {
                self.dirty = true;
                self.screen.repaint().map_err(TermError::Io)?;
            }
            Effect::Quit { code } => self.code = Some(code),
        }
        Ok(())
    }

    /// Draws if something changed and no frame is on its way.
    fn frame(&mut self) -> Result<(), Failure> {
        if self.dirty && !self.in_flight {
            self.dirty = false;
            self.drawn = asked(&self.state);
            let state = &self.state;
            self.in_flight = self.screen.paint(|frame| ui::draw(state, frame)).map_err(TermError::Io)?;
            if !self.in_flight {
                // The terminal shows this state already.
                self.painted()?;
            }
        }
        Ok(())
    }

    /// Tells the state that it can be seen: keys count in a confirm dialog only some time after that. A frame that left
    /// before the dialog opened says nothing about it.
    fn painted(&mut self) -> Result<(), Failure> {
        let seen = match (&self.drawn, asked(&self.state)) {
            (Some(drawn), Some(now)) => Arc::ptr_eq(drawn, &now),
            (None, None) => true,
            _ => false,
        };
        if seen { self.update(Msg::Painted { at_ms: millis(self.start) }) } else { Ok(()) }
    }

    /// Gives the terminal back at once and lets writes that are in flight end and be journaled.
    fn wind_down(self, events: &Receiver<Event>, code: ExitCode) {
        let Explorer { screen, session, .. } = self;
        drop(screen);
        session.control(|control| control.cancel.cancel());
        let limit = if code == ExitCode::Clean { Duration::from_secs(60) } else { LAST_WRITES };
        let deadline = Instant::now() + limit;
        while session.is_running() {
            // The end of a run is a message; nothing else matters any more.
            match events.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(_) => {}
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return,
            }
        }
    }
}

/// The plan that the state asks the operator about.
fn asked(state: &State) -> Option<Arc<Plan>> {
    match state.layers.last() {
        Some(Layer::Confirm(confirm)) => Some(Arc::clone(&confirm.plan)),
        _ => None,
    }
}

fn exit_code(code: u8) -> ExitCode {
    const CODES: [ExitCode; 6] = [
        ExitCode::Refused,
        ExitCode::Uncertain,
        ExitCode::Incomplete,
        ExitCode::Local,
        ExitCode::HangUp,
        ExitCode::Terminate,
    ];
    CODES.into_iter().find(|c| c.number() == code).unwrap_or(match code {
        0 => ExitCode::Clean,
        130 => ExitCode::Interrupt,
        _ => ExitCode::Local,
    })
}

impl From<TermError> for Failure {
    fn from(error: TermError) -> Failure {
        Failure::local(error)
    }
}
