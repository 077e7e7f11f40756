//! From a verb to a plan, and from a confirmed plan to a run. The only place that asks for either.

use std::sync::Arc;

use crate::app::effect::{Deed, Effect, List, PlanAsk, Wanted};
use crate::app::key::Key;
use crate::app::layer::{Confirm, Layer, Planning, Target, Whom};
use crate::app::layout::Layout;
use crate::app::run::Run;
use crate::app::state::State;
use crate::domain::plan::{Confirmed, Plan};

/// Whether a plan may be asked for at all: writing is allowed, and no run is on.
pub(in crate::app) fn may_plan(state: &State) -> Result<(), String> {
    if let Err(because) = state.access().writing() {
        return Err(because.to_string());
    }
    if state.run().is_some() {
        return Err("a run is on: wait for it, or stop it in Runs (5)".to_owned());
    }
    Ok(())
}

pub(super) fn ask(state: &mut State, deed: Deed, target: Target, key: Key) {
    // Asked again here, behind every menu: no way leads to a plan in read-only mode.
    if let Err(why) = may_plan(state) {
        return state.warn(why);
    }
    let Some(snapshot) = state.snapshot.clone() else { return state.warn("nothing is loaded yet") };
    let wanted = match target.whom {
        Whom::AllOf(kind) => Wanted::AllOf(kind, deed),
        Whom::Users(users) => match deed.ask(users.to_vec()) {
            Some(ask) => Wanted::These(ask),
            None => return,
        },
    };
    let generation = state.next_generation();
    state.layers.push(Layer::Planning(Planning { generation, opened_by: key, marks_of: target.marks_of }));
    state.want(Effect::Plan(PlanAsk { generation, snapshot, wanted }));
}

/// Shows a plan for confirmation.
pub(in crate::app) fn show_plan(state: &mut State, plan: Arc<Plan>, opened_by: Key, marks_of: Option<List>) {
    let confirm = Confirm::new(plan, opened_by, marks_of, state.arrow());
    state.layers.push(Layer::Confirm(Box::new(confirm)));
}

pub(in crate::app) fn confirm_key(state: &mut State, key: Key, at_ms: u64) {
    use crate::app::layer::Reply;
    let layout = Layout::of(state);
    let Some(Layer::Confirm(confirm)) = state.layers.last_mut() else { return };
    let page = layout.map_or(1, |l| usize::from(l.confirm(confirm.len()).1.height)).max(1);
    let marks_of = confirm.marks_of;
    match confirm.key(key, at_ms, page) {
        Reply::Stay => {}
        Reply::Cancel => {
            state.layers.pop();
            state.tell("cancelled: nothing was written");
        }
        Reply::Confirmed(confirmed) => apply(state, confirmed, marks_of),
    }
}

fn apply(state: &mut State, confirmed: Confirmed, marks_of: Option<List>) {
    if let Err(why) = may_plan(state) {
        return state.warn(why);
    }
    state.layers.clear();
    // Marks did their work: they must not be taken for the next verb.
    if let Some(list) = marks_of {
        let list = state.list_mut(list);
        list.marks.clear();
        list.hidden = 0;
    }
    state.runs.push(Run::new(Arc::clone(confirmed.plan())));
    state.want(Effect::Apply(confirmed));
}
