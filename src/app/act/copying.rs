//! To the clipboard of the terminal, and to files.

use crate::app::effect::{Effect, ExportAsk, Format};
use crate::app::item::Item;
use crate::app::layer::{Choice, Chooser, Layer, Pick};
use crate::app::layout::Content;
use crate::app::state::State;
use crate::domain::facts::Tenant;
use crate::domain::text::{Clean, spreadsheet_cell};
use crate::store::Snapshot;

pub(super) fn menu(state: &mut State) {
    let choices = match (state.focus(), state.subject(), &state.snapshot) {
        (Content::Requests, ..) => request(state),
        (Content::Runs, ..) => step(state),
        (_, Some(item), Some(snapshot)) => of_item(item, snapshot),
        _ => Vec::new(),
    };
    if choices.is_empty() {
        return state.tell("there is nothing to copy here");
    }
    state.layers.push(Layer::Chooser(Chooser::menu("Copy", choices)));
}

fn choice(letter: char, what: &str, text: impl Into<String>) -> Choice {
    let text = Clean::owned(text.into());
    Choice::new(format!("{what}: {text}"), Pick::Copy(text.clone())).letter(letter)
}

/// Cells with tabs between, safe in a spreadsheet.
fn cells(cells: &[&str]) -> String {
    cells.iter().map(|c| spreadsheet_cell(c).to_string()).collect::<Vec<_>>().join("  ")
}

fn of_item(item: Item, snapshot: &Snapshot) -> Vec<Choice> {
    let mut choices = Vec::new();
    let object = item.object().unwrap_or(item);
    choices.push(choice('i', "id", object.id()));
    match object {
        Item::User(id) => {
            if let Some(user) = snapshot.user(id) {
                choices.push(choice('u', "principal name", user.upn()));
                choices.push(choice('n', "name", user.name()));
                let codes: Vec<&str> = user.kinds().iter().map(|k| k.code()).collect();
                let location = user.usage_location().unwrap_or("");
                let row = cells(&[&id.to_string(), user.upn(), user.name(), location, &codes.join(" ")]);
                choices.push(choice('r', "row", row));
            }
        }
        Item::Group(id) => {
            choices.extend(snapshot.group(id).map(|g| choice('n', "name", g.label())));
        }
        Item::Sku(id) => {
            choices.extend(snapshot.sku(id).map(|s| choice('n', "name", s.name())));
            choices.extend(snapshot.sku(id).map(|s| choice('p', "part number", s.part_number.clone())));
        }
        Item::Finding(_) => {}
    }
    if let Item::Finding(found) = item {
        choices.push(choice('f', "finding id", found.id().to_string()));
        if let Some(finding) = snapshot.find(&found).and_then(|at| snapshot.describe(at)) {
            choices.push(choice('c', "cause", finding.message));
        }
    }
    choices
}

fn request(state: &State) -> Vec<Choice> {
    let at = state.request_at.map_or(state.requests.len().wrapping_sub(1), |at| at.wrapping_sub(state.requests_before));
    let Some(line) = state.requests.get(at) else { return Vec::new() };
    let mut choices = vec![choice('p', "request", format!("{} {}", line.method, line.path))];
    if let Some(id) = &line.request_id {
        choices.insert(0, choice('i', "request id", id.clone()));
    }
    choices
}

fn step(state: &State) -> Vec<Choice> {
    let Some(run) = state.runs.last() else { return Vec::new() };
    let Some(step) = run.plan.steps.get(run.at) else { return Vec::new() };
    let mut choices = vec![choice('i', "id", step.target.to_string()), choice('u', "name", step.label().to_owned())];
    if let Some(why) = run.outcomes.get(run.at).and_then(|o| o.as_ref()).and_then(|o| o.why()) {
        choices.push(choice('c', "cause", why));
    }
    choices
}

/// Only what was sent can be said: no terminal tells whether it took it.
pub(super) fn copy(state: &mut State, text: Clean<'static>) {
    state.tell("sent to the clipboard of your terminal");
    state.want(Effect::Copy(text));
}

pub(super) fn export_menu(state: &mut State) {
    let rows = state.active().map_or(0, |l| state.list(l).len());
    let choices = vec![
        Choice::new("CSV", Pick::Export(Format::Csv)).letter('c'),
        Choice::new("JSON", Pick::Export(Format::Json)).letter('j'),
        Choice::new("Markdown", Pick::Export(Format::Markdown)).letter('m'),
    ];
    state.layers.push(Layer::Chooser(Chooser::menu(format!("Export {rows} rows as"), choices)));
}

pub(super) fn export(state: &mut State, format: Format) {
    let Some(view) = state.active().and_then(|l| state.list(l).view.clone()) else { return };
    state.want(Effect::Export(ExportAsk { rows: view.rows, snapshot: view.snapshot, format }));
}
