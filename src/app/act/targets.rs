//! Whom a verb is for: the object that is opened, else the marks, else the row under the cursor. Ids, frozen at once.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{fixing, licensing, planning};
use crate::app::action::Context;
use crate::app::effect::{Deed, List};
use crate::app::item::Item;
use crate::app::key::Key;
use crate::app::layer::{Choice, Chooser, Intent, Layer, Pick, Target, Whom};
use crate::app::state::State;
use crate::domain::facts::Tenant;
use crate::domain::ids::UserId;
use crate::domain::kind::Kind;
use crate::domain::text::Clean;
use crate::store::Snapshot;

/// The list whose marks count here, if it has any. An opened detail is about the one object that is seen.
fn marked(state: &State) -> Option<List> {
    let list = state.active().filter(|_| state.opened.is_none())?;
    (!state.list(list).marks.is_empty()).then_some(list)
}

/// Whether there is anybody for a verb, or why not.
pub(in crate::app) fn users_here(state: &State) -> Result<(), String> {
    if marked(state).is_some() {
        return Ok(());
    }
    match state.subject() {
        Some(item) if item.user().is_some() => Ok(()),
        Some(Item::Finding(_)) => Err("this finding is not about a user".to_owned()),
        Some(_) => Err("this works on users: choose one in Users (2)".to_owned()),
        None if state.context() == Context::Kinds => {
            Err("open the kind first (Enter), or press F for all of it".to_owned())
        }
        None => Err("there is nothing under the cursor".to_owned()),
    }
}

/// The users of some items, once each, in the order of the items' ids.
fn users_of(items: impl Iterator<Item = Item>) -> Arc<[UserId]> {
    let mut users: Vec<UserId> = items.filter_map(Item::user).collect();
    users.sort_unstable();
    users.dedup();
    users.into()
}

fn of_marks(list: List, users: Arc<[UserId]>) -> Target {
    let label = match users.len() {
        1 => "1 marked user".to_owned(),
        n => format!("{n} marked users"),
    };
    Target { whom: Whom::Users(users), marks_of: Some(list), label: Clean::owned(label) }
}

/// The one user of the subject, by name. Only without marks.
pub(in crate::app) fn target(state: &State) -> Option<Target> {
    if let Some(list) = marked(state) {
        return Some(of_marks(list, users_of(state.list(list).marks.iter().copied())));
    }
    let user = state.subject()?.user()?;
    let label = state.snapshot.as_ref().map(|s| Item::User(user).label(s)).unwrap_or_default();
    Some(Target { whom: Whom::Users(Arc::new([user])), marks_of: None, label })
}

/// Begins a verb. Marks that the filter hides are never taken along unseen.
pub(super) fn begin(state: &mut State, intent: Intent, key: Key) {
    let Some(all) = target(state) else {
        // Remedies of groups and products: nothing of them is written by a user plan, but they are shown.
        if intent == Intent::Fix {
            fixing::menu_of_object(state);
        }
        return;
    };
    let Some(list) = all.marks_of else { return go_on(state, intent, all, key) };
    let of = state.list_mut(list);
    of.count_hidden();
    let (hidden, total) = (of.hidden, of.marks.len());
    if hidden == 0 {
        return go_on(state, intent, all, key);
    }
    let visible = match &of.view {
        Some(view) => users_of(of.marks.iter().copied().filter(|item| view.has(*item))),
        None => Arc::default(),
    };
    let some = if visible.is_empty() { Err("no marked row is in view".to_owned()) } else { Ok(()) };
    let choices = vec![
        Choice::new("cancel", Pick::Back).letter('c'),
        Choice::new(format!("visible only ({})", total - hidden), Pick::Begin(intent, of_marks(list, visible)))
            .letter('v')
            .only_if(some),
        Choice::new(format!("all {total}"), Pick::Begin(intent, all)).letter('a'),
    ];
    let title = format!("{total} marked, {hidden} hidden by the filter");
    state.layers.push(Layer::Chooser(Chooser::menu(title, choices)));
}

/// Goes on with a verb once it is clear for whom.
pub(super) fn go_on(state: &mut State, intent: Intent, target: Target, key: Key) {
    match intent {
        Intent::Fix => fixing::menu(state, target),
        Intent::Locate => licensing::location_picker(state, target),
        Intent::Licenses => licensing::menu(state, target),
        Intent::Assign => licensing::assign_picker(state, target),
        Intent::Remove => licensing::remove_picker(state, target),
        Intent::Reprocess => planning::ask(state, Deed::Reprocess, target, key),
    }
}

/// What can be done about the kinds of findings that some users have, with whom each deed is for.
pub(in crate::app) fn fix_deeds(users: &[UserId], snapshot: &Snapshot) -> BTreeMap<Kind, Vec<UserId>> {
    let mut by_kind: BTreeMap<Kind, Vec<UserId>> = BTreeMap::new();
    for &id in users {
        let Some(row) = snapshot.row_of(id) else { continue };
        for kind in snapshot.user_at(row).kinds().iter() {
            by_kind.entry(kind).or_default().push(id);
        }
    }
    by_kind
}
