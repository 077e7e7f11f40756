//! The thread that filters, sorts and plans for the screen. The newest ask of a list makes older ones obsolete, even
//! one that is being answered.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};

use crate::app::{self, List, Msg, PlanAsk, ViewAsk};

/// What it is asked.
#[derive(Debug)]
enum Ask {
    View(ViewAsk),
    Plan(PlanAsk),
}

/// The asking end.
#[derive(Debug)]
pub(super) struct Worker {
    asks: Sender<Ask>,
    newest: Arc<[AtomicU64; List::ALL.len()]>,
}

impl Worker {
    /// Starts the thread; it ends when the asking end is dropped.
    pub(super) fn start(answers: impl Fn(Msg) + Send + 'static) -> std::io::Result<Worker> {
        let (asks, inbox) = channel();
        let newest: Arc<[AtomicU64; List::ALL.len()]> = Arc::default();
        let seen = Arc::clone(&newest);
        std::thread::Builder::new().name("worker".to_owned()).spawn(move || work(&inbox, &seen, answers))?;
        Ok(Worker { asks, newest })
    }

    /// Asks for a list.
    pub(super) fn view(&self, ask: ViewAsk) {
        self.newest[ask.list as usize].store(ask.generation, Ordering::Relaxed);
        // The thread lives as long as this end: a failed send means that the program is ending.
        let _ = self.asks.send(Ask::View(ask));
    }

    /// Asks for a plan.
    pub(super) fn plan(&self, ask: PlanAsk) {
        let _ = self.asks.send(Ask::Plan(ask));
    }
}

fn work(inbox: &Receiver<Ask>, newest: &[AtomicU64; List::ALL.len()], answers: impl Fn(Msg)) {
    while let Ok(ask) = inbox.recv() {
        match ask {
            Ask::View(ask) => {
                let obsolete = || newest[ask.list as usize].load(Ordering::Relaxed) != ask.generation;
                if obsolete() {
                    continue;
                }
                if let Some(answer) = app::answer_view(&ask, &obsolete) {
                    answers(Msg::View(answer));
                }
            }
            Ask::Plan(ask) => answers(Msg::Plan(app::answer_plan(&ask))),
        }
    }
}
