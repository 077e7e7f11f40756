//! What follows from every message: lists that must be asked for, positions that must stay on the screen, the detail of
//! what is under the cursor.

use std::sync::Arc;

use super::detail::Detail;
use super::doc::wrap;
use super::effect::{Effect, List, ViewAsk};
use super::item::Item;
use super::layer::Layer;
use super::layout::{Content, Layout, is_wide};
use super::list::Need;
use super::state::{State, Tab};
use crate::domain::text::Clean;

pub(super) fn settle(state: &mut State) {
    take_answers(state);
    ask(state);
    scroll(state);
    detail(state);
    title(state);
    quit(state);
}

/// Answers are taken when no dialog is open: what stands behind one does not move.
fn take_answers(state: &mut State) {
    if state.layers.iter().any(Layer::freezes) {
        return;
    }
    for list in List::ALL {
        if let Some(answer) = state.list_mut(list).parked.take() {
            state.list_mut(list).apply(answer);
        }
    }
}

fn ask(state: &mut State) {
    let Some(snapshot) = state.snapshot.clone() else { return };
    state.list_mut(List::Findings).kind = state.kind;
    for list in List::ALL {
        if !state.shows(list) {
            continue;
        }
        let of = state.list(list);
        let due = match of.need {
            Need::Nothing => false,
            Need::Refresh => of.pending.is_none(),
            Need::Now => true,
        };
        if !due {
            continue;
        }
        let generation = state.next_generation();
        let of = state.list_mut(list);
        of.need = Need::Nothing;
        of.pending = Some(generation);
        // An answer that was parked belongs to an older ask.
        of.parked = None;
        let ask = ViewAsk {
            generation,
            list,
            snapshot: Arc::clone(&snapshot),
            query: of.query.clone(),
            link: of.link,
            order: of.order,
            reversed: of.reversed,
            kind: of.kind,
        };
        state.want(Effect::View(ask));
    }
}

fn scroll(state: &mut State) {
    let half_page = state.init.half_page;
    for list in List::ALL {
        let height = state.height(Content::List(list));
        state.list_mut(list).scroll(height, half_page);
    }
    let height = state.height(Content::Kinds);
    let at = super::act::kind_row(state);
    state.kinds_top = state.kinds_top.min(at).max((at + 1).saturating_sub(height));
    let height = state.height(Content::Runs).saturating_sub(1).max(1);
    if let Some(run) = state.runs.last_mut() {
        run.top = run.top.min(run.at).max((run.at + 1).saturating_sub(height));
    }
    let Some(layout) = Layout::of(state) else { return };
    match state.layers.last_mut() {
        Some(Layer::Confirm(confirm)) => {
            confirm.break_lines(layout.confirm_columns());
            let (_, area, _) = layout.confirm(confirm.len());
            confirm.fit(usize::from(area.height));
        }
        Some(Layer::Reader(reader)) => {
            let (columns, rows) = layout.reader();
            let lines = wrap(reader.lines.clone(), columns).len();
            reader.scroll = reader.scroll.min(lines.saturating_sub(rows));
        }
        _ => {}
    }
}

/// The object whose detail is on the screen.
fn shown(state: &State) -> Option<Item> {
    match state.tab {
        Tab::Runs | Tab::Requests => None,
        _ if state.opened.is_some() => state.opened.map(|o| o.item),
        Tab::Findings if is_wide(state) => state.list(List::Findings).cursor,
        _ if is_wide(state) => state.subject(),
        _ => None,
    }
}

pub(super) fn detail(state: &mut State) {
    let width = Layout::of(state).and_then(|l| l.pane(Content::Detail).map(|p| usize::from(p.inner().width)));
    let (Some(item), Some(width), Some(snapshot)) = (shown(state), width, state.snapshot.clone()) else {
        state.detail = None;
        return;
    };
    let ascii = state.ascii();
    let fresh = state.detail.as_ref().is_some_and(|d| d.is(item, &snapshot, width));
    if !fresh {
        state.detail = Some(Detail::of(item, &snapshot, width, ascii));
    }
    let height = state.height(Content::Detail);
    if let (Some(opened), Some(detail)) = (&mut state.opened, &state.detail) {
        opened.scroll = opened.scroll.min(detail.lines.len().saturating_sub(height));
    }
}

fn title(state: &mut State) {
    let mode = match (state.is_demo(), state.access().read_only().is_some()) {
        (true, true) => " · DEMO AUDIT",
        (true, false) => " · DEMO",
        (false, true) => " · AUDIT",
        (false, false) => "",
    };
    let tenant = state.tenant();
    let text =
        if tenant.as_str().is_empty() { format!("tenantry{mode}") } else { format!("tenantry · {tenant}{mode}") };
    if text != state.title {
        state.title.clone_from(&text);
        state.want(Effect::SetTitle(Clean::owned(text)));
    }
}

/// Leaving waits for the run that is on.
fn quit(state: &mut State) {
    if state.run().is_none()
        && let Some(code) = state.quitting.take()
    {
        state.want(Effect::Quit { code });
    }
}
