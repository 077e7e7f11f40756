//! Marks. They are items, so no refresh, filter or sort can move a mark to another row.

use crate::app::layer::{Choice, Chooser, Layer, Pick};
use crate::app::state::State;
use crate::app::{Action, List};

fn list_here(state: &State) -> Option<List> {
    state.active()
}

/// Marks or unmarks the row under the cursor and moves down.
pub(super) fn toggle(state: &mut State) {
    let Some(list) = list_here(state) else { return };
    let of = state.list_mut(list);
    let Some(item) = of.cursor else { return };
    if !of.marks.remove(&item) {
        of.marks.insert(item);
    }
    of.touched = true;
    of.put(of.at + 1);
}

/// Begins a range; the second time marks it.
pub(super) fn range(state: &mut State) {
    let Some(list) = list_here(state) else { return };
    let of = state.list_mut(list);
    of.touched = true;
    if let (Some((first, last)), Some(view)) = (of.range_rows(), &of.view) {
        let items: Vec<_> = (first..=last).filter_map(|at| view.item(at)).collect();
        of.marks.extend(items);
        of.range = None;
    } else {
        of.range = of.cursor;
        state.tell("range: move to extend it, v marks it, Esc ends it");
    }
}

pub(super) fn menu(state: &mut State) {
    let Some(list) = list_here(state) else { return };
    let of = state.list(list);
    let choices = vec![
        Choice::new(format!("mark all {} in view", of.len()), Pick::Act(Action::MarkAll)).letter('a'),
        Choice::new("invert the marks in view", Pick::Act(Action::MarkInvert)).letter('i'),
        Choice::new(format!("unmark all {}", of.marks.len()), Pick::Act(Action::MarkNone)).letter('n'),
    ];
    state.layers.push(Layer::Chooser(Chooser::menu("Marks", choices)));
}

pub(super) fn all(state: &mut State) {
    let Some(list) = list_here(state) else { return };
    let of = state.list_mut(list);
    let Some(view) = &of.view else { return };
    let items: Vec<_> = (0..view.len()).filter_map(|at| view.item(at)).collect();
    of.marks.extend(items);
    of.count_hidden();
}

pub(super) fn invert(state: &mut State) {
    let Some(list) = list_here(state) else { return };
    let of = state.list_mut(list);
    let Some(view) = &of.view else { return };
    let items: Vec<_> = (0..view.len()).filter_map(|at| view.item(at)).collect();
    for item in items {
        if !of.marks.remove(&item) {
            of.marks.insert(item);
        }
    }
    of.count_hidden();
}

pub(super) fn none(state: &mut State) {
    let Some(list) = list_here(state) else { return };
    let of = state.list_mut(list);
    of.marks.clear();
    of.range = None;
    of.hidden = 0;
}
