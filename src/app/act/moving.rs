//! Moving in whatever has the keys.

use crate::app::layout::{Content, is_wide};
use crate::app::list::Need;
use crate::app::state::State;
use crate::app::{List, Tab};
use crate::domain::kind::Kind;

/// A position moved, kept between 0 and `last`.
fn moved(at: usize, by: isize, last: usize) -> usize {
    at.saturating_add_signed(by).min(last)
}

/// Half pages.
pub(super) fn pages(state: &mut State, halves: isize) {
    let height = state.height(state.focus());
    let rows = if halves.abs() > 1 { height.saturating_sub(1) } else { height / 2 };
    by(state, rows.max(1) as isize * halves.signum());
}

pub(super) fn by(state: &mut State, by: isize) {
    match state.focus() {
        Content::Kinds => {
            let at = moved(kind_row(state), by, Kind::ALL.len());
            let kind = at.checked_sub(1).and_then(|i| Kind::ALL.get(i)).copied();
            set_kind(state, kind);
        }
        Content::List(list) => {
            let of = state.list_mut(list);
            of.touched = true;
            let at = moved(of.at, by, of.len().saturating_sub(1));
            of.put(at);
            narrow(state);
        }
        Content::Detail => {
            if let Some(opened) = &mut state.opened {
                opened.scroll = moved(opened.scroll, by, usize::MAX / 2);
            }
        }
        Content::Runs => {
            if let Some(run) = state.runs.last_mut() {
                run.at = moved(run.at, by, run.plan.steps.len().saturating_sub(1));
            }
        }
        Content::Requests => {
            let (first, len) = (state.requests_before, state.requests.len());
            let last = (first + len).saturating_sub(1);
            let at = moved(state.request_at.unwrap_or(last), by, last).max(first);
            state.request_at = (at < last).then_some(at);
        }
    }
}

/// The row of the kind under the cursor; row 0 is all of them.
pub(in crate::app) fn kind_row(state: &State) -> usize {
    state.kind.and_then(|k| Kind::ALL.iter().position(|a| *a == k)).map_or(0, |i| i + 1)
}

/// Puts the cursor on a kind. Its findings become the rows of the list beside.
pub(super) fn set_kind(state: &mut State, kind: Option<Kind>) {
    if state.kind != kind {
        state.kind = kind;
        let list = state.list_mut(List::Findings);
        list.want(Need::Now);
        // Rows of another kind are not shown under the new name while the answer is on its way.
        list.view = None;
        list.cursor = None;
        list.touched = false;
        list.range = None;
        list.at = 0;
        list.top = 0;
    }
}

/// On a wide screen the row of the focused pane narrows the other two to what belongs to it.
pub(super) fn narrow(state: &mut State) {
    if !is_wide(state) || state.zoom || !matches!(state.tab, Tab::Users | Tab::Groups | Tab::Skus) {
        return;
    }
    let Some(focused) = state.active() else { return };
    let link = state.list(focused).cursor.and_then(|item| item.link());
    for list in [List::Users, List::Groups, List::Skus] {
        let of = state.list_mut(list);
        if list != focused && of.link != link {
            of.link = link;
            of.want(Need::Now);
        }
    }
}
