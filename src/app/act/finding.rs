//! From finding to finding, and their cause cards.

use super::moving;
use crate::app::detail::cards;
use crate::app::item::Item;
use crate::app::layer::{Layer, Reader};
use crate::app::state::{Opened, State};
use crate::app::{List, Tab};
use crate::domain::facts::Tenant;
use crate::store::Snapshot;

/// Whether something is wrong with what an item stands for.
fn has_finding(item: Item, snapshot: &Snapshot) -> bool {
    match item {
        Item::Finding(_) => true,
        Item::User(id) => snapshot.row_of(id).is_some_and(|row| !snapshot.user_at(row).kinds().is_empty()),
        Item::Group(id) => !snapshot.findings_of_shared(|f| f.group == Some(id)).is_empty(),
        Item::Sku(id) => !snapshot.findings_of_shared(|f| f.group.is_none() && f.sku == Some(id)).is_empty(),
    }
}

/// To the next row, up or down, that has a finding; an open detail goes along.
pub(super) fn step(state: &mut State, by: isize) {
    let list = state.active().unwrap_or(List::Findings);
    let of = state.list_mut(list);
    let Some(view) = of.view.clone() else { return };
    let next = std::iter::successors(of.at.checked_add_signed(by), |at| at.checked_add_signed(by))
        .take_while(|&at| at < view.len())
        .find(|&at| view.item(at).is_some_and(|item| has_finding(item, &view.snapshot)));
    let Some(at) = next else {
        return state.tell(if by > 0 { "no further finding below" } else { "no further finding above" });
    };
    of.touched = true;
    of.put(at);
    let item = of.cursor;
    moving::narrow(state);
    if let (Some(_), Some(item)) = (state.opened, item) {
        state.opened = Some(Opened { item, scroll: 0 });
    }
}

/// The cause cards of the object that is opened or under the cursor; of a finding, its card first.
pub(super) fn explain(state: &mut State) {
    let (Some(item), Some(snapshot)) = (state.subject(), state.snapshot.clone()) else { return };
    let label = item.object().unwrap_or(item).label(&snapshot);
    let lines = cards(item, &snapshot, state.ascii());
    let title = match state.tab {
        Tab::Findings => format!("Why: {label}"),
        _ => format!("Findings of {label}"),
    };
    state.layers.push(Layer::Reader(Reader { title, lines, scroll: 0 }));
}
