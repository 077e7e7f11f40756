//! From keys to what they do: the layer on top takes them all; below the layers the action table decides.

use super::act;
use super::action::{Action, action_for};
use super::key::{Code, Key};
use super::layer::Layer;
use super::layout::{Content, Layout};
use super::list::Need;
use super::state::State;
use crate::query::Query;

pub(super) fn key(state: &mut State, key: Key, at_ms: u64, burst: bool) {
    if burst && !state.layers.last().is_some_and(Layer::types) {
        state.warn("a burst of keys was dropped: text is pasted into prompts only");
        return;
    }
    if Layout::of(state).is_none() {
        // Nothing can be seen, so nothing can be meant but to leave.
        if key == Key::char('q') || key == Key::ctrl('c') {
            act::run_action(state, Action::Quit, key);
        }
        return;
    }
    state.notices.seen();
    if key == Key::ctrl('c') {
        return interrupt(state, key);
    }
    match state.layers.last() {
        None => below(state, key),
        Some(Layer::Filter(_)) => filter(state, key),
        Some(Layer::Chooser(_)) => chooser(state, key),
        Some(Layer::Planning(_)) => {
            // Whatever is typed while a plan is built was not meant for it.
            if key.code == Code::Esc {
                state.layers.pop();
            }
        }
        Some(Layer::Confirm(_)) => act::confirm_key(state, key, at_ms),
        Some(Layer::Reader(_)) => reader(state, key),
    }
}

pub(super) fn paste(state: &mut State, text: &str) {
    state.notices.seen();
    match state.layers.last_mut() {
        Some(Layer::Filter(edit)) => {
            edit.input.insert(text);
            filter_changed(state);
        }
        Some(Layer::Chooser(chooser)) if chooser.input.is_some() => chooser.paste(text),
        Some(Layer::Confirm(confirm)) => confirm.paste(text),
        _ => state.warn("pasted text was dropped: text is pasted into prompts only"),
    }
}

/// Ctrl-C takes a layer off like Esc; below all layers it asks to leave.
fn interrupt(state: &mut State, key: Key) {
    match state.layers.last() {
        None => act::run_action(state, Action::Quit, key),
        Some(Layer::Filter(_)) => filter(state, Key::plain(Code::Esc)),
        Some(_) => {
            state.layers.pop();
        }
    }
}

fn below(state: &mut State, key: Key) {
    match action_for(key, state.context()) {
        Some(action) => act::run_action(state, action, key),
        None => elsewhere(state, key),
    }
}

/// A key that means nothing here and something elsewhere says so.
fn elsewhere(state: &mut State, key: Key) {
    let known = Action::table().iter().find(|s| s.keys.contains(&key));
    match (known, key.typed()) {
        (Some(spec), _) => state.tell(format!("`{key}` ({}) does nothing here", spec.title)),
        (None, Some(_)) => state.tell(format!("`{key}` does nothing here; ? shows what does")),
        (None, None) => {}
    }
}

fn filter(state: &mut State, key: Key) {
    let Some(Layer::Filter(edit)) = state.layers.last_mut() else { return };
    match key.code {
        Code::Enter => {
            state.layers.pop();
        }
        Code::Esc => {
            let (before, cursor, list) = (edit.before.clone(), edit.cursor, edit.list);
            state.layers.pop();
            set_filter(state, list, &before);
            state.list_mut(list).cursor = cursor;
        }
        Code::Down | Code::Up | Code::PageDown | Code::PageUp => {
            if let Some(action) = action_for(key, state.context()) {
                act::run_action(state, action, key);
            }
        }
        _ => {
            if edit.input.key(key) == Some(true) {
                filter_changed(state);
            }
        }
    }
}

fn filter_changed(state: &mut State) {
    if let Some(Layer::Filter(edit)) = state.layers.last() {
        let (list, text) = (edit.list, edit.input.text().to_owned());
        set_filter(state, list, &text);
    }
}

/// Sets the text of a filter. What cannot be read leaves the rows as they are and says where it cannot.
pub(super) fn set_filter(state: &mut State, list: crate::app::List, text: &str) {
    let list = state.list_mut(list);
    text.clone_into(&mut list.filter);
    match Query::parse(text) {
        Ok(query) => {
            list.error = None;
            if query != list.query {
                list.query = query;
                list.want(Need::Now);
            }
        }
        Err(error) => list.error = Some(error),
    }
}

fn chooser(state: &mut State, key: Key) {
    if key.code == Code::Esc {
        state.layers.pop();
        return;
    }
    let page = state.height(Content::Detail).max(5);
    let Some(Layer::Chooser(chooser)) = state.layers.last_mut() else { return };
    let Some(choice) = chooser.key(key, page) else { return };
    match choice.why_not {
        Some(why) => state.warn(why.as_str()),
        None => act::choose(state, choice.pick, key),
    }
}

fn reader(state: &mut State, key: Key) {
    let page = usize::from(state.size().1.saturating_sub(8)).max(1);
    let Some(Layer::Reader(reader)) = state.layers.last_mut() else { return };
    let down = |by: usize| reader.scroll.saturating_add(by);
    let scroll = match (key.code, key.ctrl) {
        (Code::Esc | Code::Enter, _) | (Code::Char('q' | 'x' | 'm'), false) => {
            state.layers.pop();
            return;
        }
        (Code::Down | Code::Char('j'), false) => down(1),
        (Code::PageDown, _) | (Code::Char('d'), true) => down(page),
        (Code::Up | Code::Char('k'), false) => reader.scroll.saturating_sub(1),
        (Code::PageUp, _) | (Code::Char('u'), true) => reader.scroll.saturating_sub(page),
        (Code::Home | Code::Char('g'), _) => 0,
        (Code::End | Code::Char('G'), _) => usize::MAX / 2,
        _ => return,
    };
    reader.scroll = scroll;
}
