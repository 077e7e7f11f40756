//! Going to places: tabs, panes, details, back, and the history of places.

use super::moving;
use crate::app::item::Item;
use crate::app::keys::set_filter;
use crate::app::layout::{Content, is_wide};
use crate::app::list::Need;
use crate::app::state::{Opened, Place, State};
use crate::app::{List, Tab};
use crate::domain::plan::Target;

/// How many places the history keeps.
const PLACES: usize = 100;

fn here(state: &State) -> Place {
    let list = state.tab.list().map(|l| state.list(l));
    Place {
        tab: state.tab,
        kind: state.kind,
        kind_open: state.kind_open,
        opened: state.opened,
        cursor: list.and_then(|l| l.cursor),
        filter: list.map(|l| l.filter.clone()).unwrap_or_default(),
    }
}

/// Keeps the place that is about to be left.
fn remember(state: &mut State) {
    let place = here(state);
    if state.past.last() != Some(&place) {
        state.past.push(place);
        if state.past.len() > PLACES {
            state.past.remove(0);
        }
    }
    state.future.clear();
}

pub(super) fn history(state: &mut State, back: bool) {
    let now = here(state);
    let place = if back { state.past.pop() } else { state.future.pop() };
    let Some(place) = place else { return };
    if back {
        state.future.push(now)
    } else {
        state.past.push(now)
    }
    state.tab = place.tab;
    moving::set_kind(state, place.kind);
    state.kind_open = place.kind_open;
    state.opened = place.opened;
    if let Some(list) = place.tab.list() {
        set_filter(state, list, &place.filter);
        let of = state.list_mut(list);
        of.touched = true;
        if place.cursor.is_none_or(|item| !of.put_on(item)) {
            of.cursor = place.cursor;
            of.want(Need::Refresh);
        }
    }
}

pub(super) fn tab(state: &mut State, tab: Tab) {
    if state.tab == tab {
        if tab == Tab::Findings {
            state.kind_open = false;
            state.opened = None;
        } else if is_wide(state) && tab.list().is_some() {
            state.zoom = !state.zoom;
        } else {
            state.opened = None;
        }
        return;
    }
    remember(state);
    state.tab = tab;
    state.opened = None;
}

/// The pane after or before this one.
pub(super) fn pane(state: &mut State, by: isize) {
    const LISTS: [Tab; 3] = [Tab::Users, Tab::Groups, Tab::Skus];
    if state.opened.take().is_some() && is_wide(state) {
        return;
    }
    match state.tab {
        Tab::Findings if is_wide(state) => state.kind_open = !state.kind_open,
        Tab::Findings | Tab::Runs | Tab::Requests => {
            let at = Tab::ALL.iter().position(|t| *t == state.tab).unwrap_or(0);
            let next = at as isize + by;
            tab(state, Tab::ALL[next.rem_euclid(Tab::ALL.len() as isize) as usize]);
        }
        _ => {
            let at = LISTS.iter().position(|t| *t == state.tab).unwrap_or(0);
            let next = LISTS[(at as isize + by).rem_euclid(LISTS.len() as isize) as usize];
            remember(state);
            state.tab = next;
        }
    }
}

pub(super) fn open(state: &mut State) {
    match state.focus() {
        Content::Kinds => {
            remember(state);
            state.kind_open = true;
        }
        Content::List(list) => {
            let Some(item) = state.list(list).cursor else { return };
            remember(state);
            show(state, item);
        }
        Content::Runs => {
            let step = state.runs.last().and_then(|r| r.plan.steps.get(r.at)).map(|s| s.target);
            if let Some(target) = step {
                let (item, tab, list) = match target {
                    Target::User(user) => (Item::User(user), Tab::Users, List::Users),
                    Target::Group(group) => (Item::Group(group), Tab::Groups, List::Groups),
                };
                remember(state);
                state.tab = tab;
                state.list_mut(list).put_on(item);
                show(state, item);
            }
        }
        Content::Detail | Content::Requests => {}
    }
}

/// Opens the detail of an object; of a finding, the detail of its object at the card of the finding.
fn show(state: &mut State, item: Item) {
    let list = state.active();
    if let Some(list) = list {
        state.list_mut(list).touched = true;
    }
    moving::narrow(state);
    state.opened = Some(Opened { item, scroll: 0 });
    crate::app::settle::detail(state);
    if let (Item::Finding(_), Some(opened), Some(detail)) = (item, &mut state.opened, &state.detail) {
        opened.scroll = detail.card_of(item).unwrap_or(0);
    }
}

/// One layer back. Below everything it does nothing.
pub(super) fn back(state: &mut State) {
    if state.opened.take().is_some() {
        return;
    }
    let Some(list) = state.active() else { return };
    if state.list_mut(list).range.take().is_some() {
        return;
    }
    let linked = matches!(state.tab, Tab::Users | Tab::Groups | Tab::Skus)
        && [List::Users, List::Groups, List::Skus].into_iter().any(|l| state.list(l).link.is_some());
    if linked {
        for list in [List::Users, List::Groups, List::Skus] {
            let of = state.list_mut(list);
            if of.link.take().is_some() {
                of.want(Need::Now);
            }
        }
        return;
    }
    if !state.list(list).filter.is_empty() {
        return set_filter(state, list, "");
    }
    if state.tab == Tab::Findings {
        state.kind_open = false;
    }
}
