//! What the actions do, one file per verb.

mod choose;
mod copying;
mod finding;
mod fixing;
mod licensing;
mod marking;
mod moving;
mod opening;
mod planning;
mod running;
mod sorting;
mod targets;

pub(super) use choose::choose;
pub(super) use fixing::kind_available;
pub(super) use licensing::can_remove;
pub(super) use moving::kind_row;
pub(super) use planning::{confirm_key, may_plan, show_plan};
pub(super) use running::{job, leave};
pub(super) use targets::{target, users_here};

use super::action::Action;
use super::effect::{Effect, List};
use super::input::Input;
use super::key::Key;
use super::layer::{FilterEdit, Intent, Layer, Reader};
use super::state::{State, Tab};

/// Runs an action, or says why it cannot run.
pub(super) fn run_action(state: &mut State, action: Action, key: Key) {
    if let Err(why) = (action.spec().available)(state) {
        return state.warn(format!("{}: {why}", action.spec().title));
    }
    match action {
        Action::Down => moving::by(state, 1),
        Action::Up => moving::by(state, -1),
        Action::PageDown => moving::pages(state, 2),
        Action::PageUp => moving::pages(state, -2),
        Action::HalfDown => moving::pages(state, 1),
        Action::HalfUp => moving::pages(state, -1),
        Action::First => moving::by(state, isize::MIN),
        Action::Last => moving::by(state, isize::MAX),
        Action::NextPane => opening::pane(state, 1),
        Action::PreviousPane => opening::pane(state, -1),
        Action::ShowFindings => opening::tab(state, Tab::Findings),
        Action::ShowUsers => opening::tab(state, Tab::Users),
        Action::ShowGroups => opening::tab(state, Tab::Groups),
        Action::ShowSkus => opening::tab(state, Tab::Skus),
        Action::ShowRuns => opening::tab(state, Tab::Runs),
        Action::ShowRequests => opening::tab(state, Tab::Requests),
        Action::Open => opening::open(state),
        Action::Back => opening::back(state),
        Action::HistoryBack => opening::history(state, true),
        Action::HistoryForward => opening::history(state, false),
        Action::NextFinding => finding::step(state, 1),
        Action::PreviousFinding => finding::step(state, -1),
        Action::Filter => filter(state),
        Action::Sort => sorting::menu(state),
        Action::Mark => marking::toggle(state),
        Action::Range => marking::range(state),
        Action::MarkMenu => marking::menu(state),
        Action::MarkAll => marking::all(state),
        Action::MarkInvert => marking::invert(state),
        Action::MarkNone => marking::none(state),
        Action::Fix => targets::begin(state, Intent::Fix, key),
        Action::FixKind => fixing::kind(state),
        Action::Locate => targets::begin(state, Intent::Locate, key),
        Action::Licenses => targets::begin(state, Intent::Licenses, key),
        Action::Assign => targets::begin(state, Intent::Assign, key),
        Action::Remove => targets::begin(state, Intent::Remove, key),
        Action::Reprocess => targets::begin(state, Intent::Reprocess, key),
        Action::Explain => finding::explain(state),
        Action::Copy => copying::menu(state),
        Action::Export => copying::export_menu(state),
        Action::StopRun => running::ask_stop(state),
        Action::PauseRun => running::pause(state),
        Action::Messages => messages(state),
        Action::Reload => {
            state.tell("loading the tenant again");
            state.want(Effect::Reload);
        }
        Action::Palette => choose::palette(state),
        Action::Help => choose::help(state),
        Action::Repaint => state.want(Effect::Repaint),
        Action::Suspend => state.want(Effect::Suspend),
        Action::Quit => running::quit(state),
    }
}

fn filter(state: &mut State) {
    let list = state.active().unwrap_or(List::Findings);
    let of = state.list(list);
    let (before, cursor) = (of.filter.clone(), of.cursor);
    state.layers.push(Layer::Filter(FilterEdit { list, input: Input::new(&before), before, cursor }));
}

fn messages(state: &mut State) {
    use super::doc::{Line, Tone, sign};
    let mut lines: Vec<Line> = state
        .notices
        .history()
        .map(|notice| {
            let times = if notice.times > 1 { format!(" ({} times)", notice.times) } else { String::new() };
            Line::of(Tone::of(notice.severity), format!("{} ", sign(notice.severity)))
                .and(Tone::Plain, notice.text.as_str())
                .and(Tone::Quiet, times)
                .indented(2)
        })
        .collect();
    if lines.is_empty() {
        lines.push(Line::of(Tone::Quiet, "Nothing was told yet."));
    }
    state.layers.push(Layer::Reader(Reader { title: "Messages, newest first".to_owned(), lines, scroll: 0 }));
}
