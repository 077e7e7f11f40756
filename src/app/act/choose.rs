//! Help and palette, and what a choice does.

use super::{copying, moving, planning, run_action, running, sorting, targets};
use crate::app::Tab;
use crate::app::action::{Action, Danger, Group, Spec};
use crate::app::key::Key;
use crate::app::layer::{Choice, Chooser, Form, Layer, Pick};
use crate::app::state::State;
use crate::domain::kind::Kind;
use crate::domain::text::Clean;

/// Does what was chosen. A verb leaves its menus below, so that `Esc` goes back to them; everything else closes its
/// own.
pub(in crate::app) fn choose(state: &mut State, pick: Pick, key: Key) {
    match pick {
        Pick::Begin(intent, target) => return targets::go_on(state, intent, target, key),
        Pick::Plan(deed, target) => return planning::ask(state, deed, target, key),
        _ => {
            state.layers.pop();
        }
    }
    match pick {
        Pick::Back | Pick::Begin(..) | Pick::Plan(..) => {}
        Pick::Act(action) => run_action(state, action, key),
        Pick::Copy(text) => copying::copy(state, text),
        Pick::Order(order) => sorting::by(state, order),
        Pick::Export(format) => copying::export(state, format),
        Pick::Kind(kind) => {
            super::opening::tab(state, Tab::Findings);
            moving::set_kind(state, Some(kind));
            state.opened = None;
            state.kind_open = true;
        }
        Pick::StopRun { quit } => running::stop(state, quit),
    }
}

fn choice(state: &State, spec: &Spec) -> Choice {
    let keys: Vec<String> = spec.keys.iter().map(|k| k.to_string()).collect();
    let plan = if spec.danger == Danger::Plans { " (plan)" } else { "" };
    Choice::new(format!("{}{plan}", spec.title), Pick::Act(spec.action))
        .note(keys.join(" "))
        .also(spec.help)
        .also(spec.id)
        .only_if((spec.available)(state))
}

/// What can be done here, by group; typing searches, Enter runs.
pub(super) fn help(state: &mut State) {
    let context = state.context().bit();
    let mut choices = Vec::new();
    for group in Group::ALL {
        let rows = Action::table().iter().filter(|s| s.group == group);
        // What has no key is for the palette.
        for spec in rows.filter(|s| s.contexts & context != 0 && !s.keys.is_empty()) {
            let mut choice = choice(state, spec);
            choice.label = Clean::owned(format!("{:<12}{}", choice.note.as_str(), spec.help));
            choice.note = Clean::default();
            choices.push(choice);
        }
    }
    let title = "What can be done here: type to search, Enter runs, Esc closes";
    state.layers.push(Layer::Chooser(Chooser::picker(Form::Help, title, choices)));
}

/// Everything by name, wherever one is, and the kinds of findings as places.
pub(super) fn palette(state: &mut State) {
    let mut choices: Vec<Choice> = Action::table()
        .iter()
        .filter(|s| !matches!(s.action, Action::Palette | Action::Back | Action::Down | Action::Up))
        .map(|spec| choice(state, spec))
        .collect();
    let places = Kind::ALL.iter().map(|&kind| {
        Choice::new(format!("findings: {}", kind.title()), Pick::Kind(kind)).note(kind.code()).also(kind.name())
    });
    choices.extend(places);
    state.layers.push(Layer::Chooser(Chooser::picker(Form::Picker, ":", choices)));
}
