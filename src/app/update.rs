//! The one function that changes the state.

use super::act;
use super::effect::Effect;
use super::keys;
use super::layer::Layer;
use super::layout::Layout;
use super::list::Need;
use super::msg::{LoadEvent, Msg, PlanAnswer};
use super::settle::settle;
use super::state::{Load, State};
use crate::domain::facts::Tenant;
use crate::domain::text::Clean;

/// How many requests are kept for the requests tab.
const REQUESTS_KEPT: usize = 1000;

/// What the process exits with when the terminal hung up, and when it was asked to end.
const HUNG_UP: u8 = 129;
const TERMINATED: u8 = 143;

/// Takes one message. Never waits, locks or reads a clock.
pub fn update(state: &mut State, msg: Msg) -> Vec<Effect> {
    match msg {
        Msg::Key { key, at_ms, burst } => keys::key(state, key, at_ms, burst),
        Msg::Paste(text) => keys::paste(state, &text),
        Msg::Resize { cols, rows } => (state.init.cols, state.init.rows) = (cols, rows),
        Msg::Painted { at_ms } => {
            // Nothing that is drawn changes by having been drawn: no effects, no further frame.
            let seen = Layout::of(state).is_some();
            if let Some(Layer::Confirm(confirm)) = state.layers.last_mut().filter(|_| seen) {
                confirm.painted(at_ms);
            }
            return Vec::new();
        }
        Msg::Snapshot(snapshot) => {
            for list in &mut state.lists {
                list.want(Need::Refresh);
            }
            for (part, why) in snapshot.parts().notices() {
                let known = state.snapshot.as_ref().is_some_and(|s| s.parts().notices().any(|n| n == (part, why)));
                if !known {
                    state.warn(format!("{}: {why}", part.as_str()));
                }
            }
            state.snapshot = Some(snapshot);
        }
        Msg::Load(event) => load(state, event),
        Msg::View(answer) => {
            let list = state.list_mut(answer.list);
            // Later asks have later generations: an answer to any but the last one is of no use.
            if list.pending == Some(answer.generation) {
                list.pending = None;
                list.parked = Some(answer);
            }
        }
        Msg::Plan(answer) => planned(state, answer),
        Msg::Job(event) => act::job(state, event),
        Msg::Request(line) => {
            state.requests.push_back(line);
            if state.requests.len() > REQUESTS_KEPT {
                state.requests.pop_front();
                state.requests_before += 1;
            }
        }
        Msg::Notice { text, severity } => state.notices.tell(text, severity),
        Msg::ReadOnly(because) => {
            state.init.access.tighten(because);
            // A plan that was about to be confirmed cannot be any more.
            state.layers.retain(|l| !matches!(l, Layer::Confirm(_) | Layer::Planning(_)));
            state.warn(because.to_string());
        }
        Msg::Who(who) => state.init.who = who,
        Msg::HangUp => act::leave(state, HUNG_UP),
        Msg::Terminate => act::leave(state, TERMINATED),
        Msg::Resumed => state.want(Effect::Repaint),
    }
    settle(state);
    std::mem::take(&mut state.effects)
}

fn load(state: &mut State, event: LoadEvent) {
    match event {
        LoadEvent::Started => state.load = Load::Connecting,
        LoadEvent::Users { read, of } => state.load = Load::Users(read, of),
        LoadEvent::Finished => {
            state.load = Load::Complete;
            let told: Vec<String> = state.snapshot.iter().flat_map(|s| s.notices()).cloned().collect();
            for text in told {
                state.warn(text);
            }
        }
        LoadEvent::Failed(why) => {
            state.fail(format!("loading failed: {why}"));
            state.load = Load::Failed(Clean::owned(why));
        }
    }
}

fn planned(state: &mut State, answer: PlanAnswer) {
    // Only the plan that is being waited for, on top of everything: anything else is late.
    let Some(Layer::Planning(planning)) = state.layers.last() else { return };
    if planning.generation != answer.generation {
        return;
    }
    let (opened_by, marks_of) = (planning.opened_by, planning.marks_of);
    state.layers.pop();
    match answer.result {
        Ok(plan) => act::show_plan(state, plan, opened_by, marks_of),
        Err(why) => state.fail(format!("no plan: {why}")),
    }
}
