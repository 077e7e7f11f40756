//! Menus, pickers, help and questions.

use ratatui::buffer::Buffer;

use super::paint::{dialog, put, put_right, row_style};
use super::theme::Theme;
use crate::app::{Area, Choice, Chooser, Form, Layout, Tone, width};

/// Draws it. Returns where the terminal's cursor stands.
pub(super) fn draw(chooser: &Chooser, buffer: &mut Buffer, layout: &Layout, theme: Theme) -> Option<(u16, u16)> {
    let columns = match chooser.form {
        Form::Menu => menu_width(chooser),
        Form::Picker => 76,
        Form::Help => 100,
    };
    let head = u16::from(chooser.input.is_some()) * 2;
    let wanted = match chooser.form {
        Form::Menu => chooser.choices.len() as u16 + 2,
        // As high as with everything shown, so that it does not jump while one types.
        Form::Picker | Form::Help => (chooser.choices.len() as u16).saturating_add(head + 2),
    };
    let area = layout.dialog(columns, wanted);
    let inside = dialog(buffer, area, chooser.title.as_str(), theme);
    let mut cursor = None;
    if let Some(input) = &chooser.input {
        let x = put(buffer, inside, inside.x, " ", theme.tone(Tone::Plain), theme.ascii);
        let x = put(buffer, inside, x, "> ", theme.tone(Tone::Key), theme.ascii);
        put(buffer, inside, x, input.text(), theme.tone(Tone::Plain), theme.ascii);
        let before: String = input.text().chars().take(input.cursor()).collect();
        cursor = Some((x + width(&before) as u16, inside.y));
    }
    let list = inside.split_rows(head).1;
    let height = usize::from(list.height);
    if chooser.shown.is_empty() {
        put(buffer, list, list.x, "   nothing matches", theme.tone(Tone::Quiet), theme.ascii);
    }
    // A window that holds the focus.
    let top = chooser.at.saturating_sub(height.saturating_sub(1));
    for (line, &index) in chooser.shown.iter().skip(top).take(height).enumerate() {
        let row = Area { height: 1, ..list.split_rows(line as u16).1 };
        one(&chooser.choices[index], buffer, row, top + line == chooser.at, theme);
    }
    cursor
}

fn menu_width(chooser: &Chooser) -> u16 {
    let wide = |c: &Choice| {
        let why = c.why_not.as_ref().map_or(0, |w| width(w.as_str()) + 4);
        width(c.label.as_str()) + width(c.note.as_str()).max(why) + 10
    };
    let widest = chooser.choices.iter().map(wide).max().unwrap_or(0).max(width(chooser.title.as_str()) + 6);
    widest.clamp(40, 110) as u16
}

fn one(choice: &Choice, buffer: &mut Buffer, row: Area, focused: bool, theme: Theme) {
    let off = choice.why_not.is_some();
    let style = match (focused, off) {
        (true, _) => theme.cursor(true),
        (false, true) => theme.off(),
        (false, false) => theme.tone(Tone::Plain),
    };
    if focused {
        row_style(buffer, row, style);
    }
    let key = choice.key.map_or_else(|| "   ".to_owned(), |k| format!(" {k} "));
    let key_style = if focused || off { style } else { theme.tone(Tone::Key) };
    let x = put(buffer, row, row.x, &key, key_style, theme.ascii);
    // The reason stands where the note would: both say why or how.
    let note = match &choice.why_not {
        Some(why) => format!(" not now: {why} "),
        None => format!(" {} ", choice.note),
    };
    let label = width(choice.label.as_str()) as u16;
    let room = (row.x + row.width).saturating_sub(x);
    let at_most = if label + 12 < room { room - label } else { room / 2 };
    let note = crate::app::fit(&note, usize::from(at_most), theme.ascii);
    let end = put_right(buffer, row, &note, style, theme.ascii);
    let rest = Area { width: end.saturating_sub(row.x), ..row };
    put(buffer, rest, x, choice.label.as_str(), style, theme.ascii);
}

/// A plan is being built.
pub(super) fn planning(buffer: &mut Buffer, layout: &Layout, theme: Theme) -> Option<(u16, u16)> {
    let inside = dialog(buffer, layout.dialog(44, 3), "Plan", theme);
    put(buffer, inside, inside.x, " making the plan; nothing is written", theme.tone(Tone::Plain), theme.ascii);
    None
}
