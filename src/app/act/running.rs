//! Runs: their events, stopping them, and leaving, which waits for them.

use crate::app::effect::Effect;
use crate::app::layer::{Choice, Chooser, Layer, Pick};
use crate::app::msg::JobEvent;
use crate::app::run::Phase;
use crate::app::state::State;

/// Something happened in the run that is on.
pub(in crate::app) fn job(state: &mut State, event: JobEvent) {
    let Some(run) = state.runs.last_mut() else { return };
    run.event(event);
    match run.phase.clone() {
        Phase::Finished(summary) if run.tally.failed + run.tally.unknown > 0 => {
            state.warn(format!("{summary} (5 shows each row)"));
        }
        Phase::Finished(summary) => state.tell(summary),
        Phase::Failed(why) => state.fail(format!("the run ended: {why}")),
        _ => {}
    }
}

fn questions(quit: bool) -> Vec<Choice> {
    let mut choices = vec![Choice::new("keep on", Pick::Back).letter('k')];
    if quit {
        choices.push(Choice::new("stop after what is in flight, and stay", Pick::StopRun { quit: false }).letter('s'));
        choices
            .push(Choice::new("cancel the rest and leave when it has ended", Pick::StopRun { quit: true }).letter('c'));
    } else {
        choices.push(Choice::new("stop after what is in flight", Pick::StopRun { quit: false }).letter('s'));
    }
    choices
}

pub(super) fn ask_stop(state: &mut State) {
    state.layers.push(Layer::Chooser(Chooser::menu("A run is on", questions(false))));
}

pub(super) fn quit(state: &mut State) {
    if state.run().is_some() {
        state.layers.push(Layer::Chooser(Chooser::menu("A run is on", questions(true))));
    } else {
        state.quitting = Some(0);
    }
}

pub(super) fn stop(state: &mut State, quit: bool) {
    let Some(run) = state.runs.last_mut().filter(|r| r.is_on()) else {
        if quit {
            state.quitting = Some(0);
        }
        return;
    };
    run.phase = Phase::Stopping;
    if quit {
        state.quitting = Some(0);
    }
    state.want(Effect::CancelRun);
}

pub(super) fn pause(state: &mut State) {
    let effect = match state.run().map(|r| &r.phase) {
        Some(Phase::Running) => Effect::PauseRun,
        Some(Phase::Paused) => Effect::ResumeRun,
        _ => return,
    };
    state.want(effect);
}

/// The terminal is gone, or the process was asked to end: nobody can be asked any more.
pub(in crate::app) fn leave(state: &mut State, code: u8) {
    state.layers.clear();
    state.quitting = Some(code);
    if let Some(run) = state.runs.last_mut().filter(|r| r.is_on()) {
        run.phase = Phase::Stopping;
        state.want(Effect::CancelRun);
    }
}
