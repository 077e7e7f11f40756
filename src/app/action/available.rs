//! When an action can run, and why not. A reason is part of a sentence: "reprocess: no group license is on this user".

use super::Available;
use crate::app::act::{kind_available, may_plan, target, users_here};
use crate::app::item::Item;
use crate::app::layer::Whom;
use crate::app::layout::Content;
use crate::app::state::{Load, State};
use crate::app::{List, Tab};
use crate::domain::ids::UserId;
use crate::store::Snapshot;

pub(super) fn always(_: &State) -> Available {
    Ok(())
}

fn need(is: bool, why: &str) -> Available {
    if is { Ok(()) } else { Err(why.to_owned()) }
}

pub(super) fn something(state: &State) -> Available {
    let is = match state.focus() {
        Content::Kinds => true,
        Content::Runs => state.runs.last().is_some_and(|r| !r.plan.steps.is_empty()),
        Content::Requests => !state.requests.is_empty(),
        Content::List(_) | Content::Detail => state.subject().is_some(),
    };
    need(is, "there is nothing under the cursor")
}

pub(super) fn rows(state: &State) -> Available {
    need(state.active().is_some_and(|l| !state.list(l).is_empty()), "there are no rows here")
}

pub(super) fn marks(state: &State) -> Available {
    need(matches!(state.active(), Some(List::Users | List::Findings)), "only users and findings can be marked")?;
    rows(state)
}

pub(super) fn sort(state: &State) -> Available {
    need(state.tab == Tab::Users, "only the users can be sorted; findings are in the order of triage")
}

pub(super) fn history_back(state: &State) -> Available {
    need(!state.past.is_empty(), "this is the first place")
}

pub(super) fn history_forward(state: &State) -> Available {
    need(!state.future.is_empty(), "this is the last place")
}

fn loaded(state: &State) -> Result<&Snapshot, String> {
    state.snapshot.as_deref().ok_or_else(|| "nothing is loaded yet".to_owned())
}

/// A plan for the users here.
pub(super) fn write(state: &State) -> Available {
    may_plan(state)?;
    loaded(state)?;
    users_here(state)
}

/// The one user that a verb would be for; `None` for marks.
fn one(state: &State) -> Option<UserId> {
    if state.opened.is_none() && state.active().is_some_and(|l| !state.list(l).marks.is_empty()) {
        return None;
    }
    match target(state)?.whom {
        Whom::Users(users) => users.first().copied(),
        Whom::AllOf(_) => None,
    }
}

pub(super) fn remove(state: &State) -> Available {
    write(state)?;
    match one(state) {
        Some(user) => crate::app::act::can_remove(&[user], loaded(state)?),
        None => Ok(()),
    }
}

pub(super) fn reprocess(state: &State) -> Available {
    write(state)?;
    let Some(user) = one(state).and_then(|id| state.snapshot.as_ref()?.user(id)) else { return Ok(()) };
    need(!user.license_groups().is_empty(), "no group license is on this user, and only those are reprocessed")
}

pub(super) fn fix(state: &State) -> Available {
    may_plan(state)?;
    loaded(state)?;
    if users_here(state).is_ok() {
        return Ok(());
    }
    need(state.subject().is_some(), "there is nothing under the cursor")
}

pub(super) fn fix_kind(state: &State) -> Available {
    may_plan(state)?;
    need(state.tab == Tab::Findings, "choose a kind in Findings (1) first")?;
    kind_available(state)
}

pub(super) fn explain(state: &State) -> Available {
    let snapshot = loaded(state)?;
    let Some(item) = state.subject() else { return Err("there is nothing under the cursor".to_owned()) };
    let is = match item {
        Item::Finding(_) => true,
        Item::User(id) => snapshot.user(id).is_some_and(|u| !u.kinds().is_empty()),
        Item::Group(id) => !snapshot.findings_of_shared(|f| f.group == Some(id)).is_empty(),
        Item::Sku(id) => !snapshot.findings_of_shared(|f| f.group.is_none() && f.sku == Some(id)).is_empty(),
    };
    need(is, "nothing is wrong here")
}

pub(super) fn stop_run(state: &State) -> Available {
    need(state.run().is_some(), "no run is on")
}

pub(super) fn suspend(state: &State) -> Available {
    need(state.run().is_none(), "a run is on")
}

pub(super) fn reload(state: &State) -> Available {
    match state.load {
        Load::Complete | Load::Failed(_) => need(state.run().is_none(), "a run is on"),
        Load::Connecting | Load::Users(..) => Err("the tenant is being loaded".to_owned()),
    }
}
