//! The confirm dialog. Tenant and mode stand in it again: whoever confirms reads them here.

use ratatui::buffer::Buffer;

use super::bars::number;
use super::paint::{dialog, put, put_line, put_right};
use super::theme::Theme;
use crate::app::{Area, Confirm, Layout, Line, State, Tone, width};
use crate::domain::plan::Gate;

/// Draws it. Returns where the terminal's cursor stands.
pub(super) fn draw(
    state: &State,
    confirm: &Confirm,
    buffer: &mut Buffer,
    layout: &Layout,
    theme: Theme,
) -> Option<(u16, u16)> {
    let (area, scrolled, foot) = layout.confirm(confirm.len());
    let inside = dialog(buffer, area, "Confirm", theme);
    let plan = &confirm.plan;
    put_line(buffer, inside, &Line::of(Tone::Strong, plan.title.clone()), theme);
    let tenant = &plan.tenant;
    let mode = if state.is_demo() { "DEMO, simulated tenant" } else { "writes to this tenant" };
    let line = Line::of(Tone::Quiet, "in ")
        .and(Tone::Strong, tenant.name.clone())
        .and(Tone::Plain, format!(" ({}), {mode}", tenant.default_domain));
    put_line(buffer, inside.split_rows(1).1, &line, theme);
    let people = plan.people();
    let line =
        Line::of(Tone::Strong, format!("{} {}", number(people as u64), if people == 1 { "person" } else { "people" }))
            .and(
                Tone::Plain,
                format!(", {} change{}", number(plan.steps.len() as u64), if plan.steps.len() == 1 { "" } else { "s" }),
            )
            .and(Tone::Warning, refusals(plan.refusals.len()))
            .and(
                if plan.invertible() == plan.steps.len() { Tone::Plain } else { Tone::Warning },
                format!(", {} of {} can be undone", number(plan.invertible() as u64), number(plan.steps.len() as u64)),
            );
    put_line(buffer, inside.split_rows(2).1, &line, theme);
    for row in 0..scrolled.height {
        let at = confirm.scroll + usize::from(row);
        if at < confirm.len() {
            put_line(buffer, scrolled.split_rows(row).1, &confirm.line(at), theme);
        }
    }
    let below = confirm.len().saturating_sub(confirm.scroll + usize::from(scrolled.height));
    if below > 0 {
        put_right(buffer, foot, &format!("{below} more lines below "), theme.tone(Tone::Quiet), theme.ascii);
    }
    if let Some(note) = &confirm.note {
        put(buffer, foot, foot.x, &format!("{note} "), theme.tone(Tone::Warning), theme.ascii);
    }
    // On a small screen the note stands over the prompt: it says the same and more.
    let prompts = if foot.height > 2 { foot.split_rows(1).1 } else { foot };
    prompt(confirm, buffer, prompts, foot.height > 2 || confirm.note.is_none(), theme)
}

fn refusals(count: usize) -> String {
    match count {
        0 => String::new(),
        1 => ", 1 not possible".to_owned(),
        n => format!(", {n} not possible"),
    }
}

fn prompt(confirm: &Confirm, buffer: &mut Buffer, area: Area, ask: bool, theme: Theme) -> Option<(u16, u16)> {
    let plan = &confirm.plan;
    let mut cursor = None;
    let mut x = area.x;
    if ask {
        x = put(buffer, area, x, &confirm.gate.prompt(), theme.tone(Tone::Strong), theme.ascii);
    }
    if ask && confirm.types() {
        let x = put(buffer, area, x, " > ", theme.tone(Tone::Key), theme.ascii);
        put(buffer, area, x, confirm.input.text(), theme.tone(Tone::Plain), theme.ascii);
        let before: String = confirm.input.text().chars().take(confirm.input.cursor()).collect();
        cursor = Some((x + width(&before) as u16, area.y));
    }
    let buttons = area.split_rows(1).1;
    let x = put(buffer, buttons, buttons.x, "[ Cancel ]", theme.cursor(true), theme.ascii);
    let verb = match confirm.gate {
        Gate::Key => format!("   y  {}", plan.verb.button(plan.people())),
        Gate::Count(_) | Gate::Domain(_) => format!("   {}", plan.verb.button(plan.people())),
        Gate::Nothing | Gate::NoTenant => String::new(),
    };
    put(buffer, buttons, x, &verb, theme.tone(Tone::Plain), theme.ascii);
    cursor
}
