//! The row above the footer: the filter while it is typed, what was told, or where one is; a run always shows.

use ratatui::buffer::Buffer;

use super::bars::number;
use super::paint::{put, put_right};
use super::theme::Theme;
use crate::app::{Area, FilterEdit, Layer, ListState, Phase, State, Tab, Tone, sign, width};
use crate::store::UserOrder;

/// Draws it. Returns where the terminal's cursor stands, if text is typed in it.
pub(super) fn status(state: &State, buffer: &mut Buffer, area: Area, theme: Theme) -> Option<(u16, u16)> {
    let mut area = area;
    if let Some(run) = state.run() {
        let word = match run.phase {
            Phase::Paused => "paused: ",
            Phase::Stopping => "stopping: ",
            _ => "run: ",
        };
        let start =
            put_right(buffer, area, &format!(" {word}{}", run.progress()), theme.tone(Tone::Strong), theme.ascii);
        area.width = start.saturating_sub(area.x);
    }
    if let Some(Layer::Filter(edit)) = state.layers.last() {
        return Some(filter(edit, state.list(edit.list), buffer, area, theme));
    }
    if let Some(notice) = state.notices.current() {
        let style = theme.tone(Tone::of(notice.severity));
        let x = put(buffer, area, area.x, &format!("{} ", sign(notice.severity)), style, theme.ascii);
        put(buffer, area, x, notice.text.as_str(), style, theme.ascii);
        return None;
    }
    if let Some(list) = state.active() {
        put(buffer, area, area.x, &position(state.list(list)), theme.tone(Tone::Quiet), theme.ascii);
    } else if let Some(snapshot) = state.snapshot.as_ref().filter(|_| state.tab == Tab::Findings) {
        let text = format!("{} findings", number(snapshot.findings().total()));
        put(buffer, area, area.x, &text, theme.tone(Tone::Quiet), theme.ascii);
    }
    None
}

/// `12 of 300, sorted by name, filter loc:none, 3 marked (1 hidden)`.
fn position(list: &ListState) -> String {
    if list.view.is_none() {
        return "looking".to_owned();
    }
    let at = if list.is_empty() { 0 } else { list.at + 1 };
    let mut text = format!("{} of {}", number(at as u64), number(list.len() as u64));
    if list.order != UserOrder::Name || list.reversed {
        let turned = if list.reversed { " reversed" } else { "" };
        text.push_str(&format!(", by {}{turned}", list.order.as_str()));
    }
    if !list.filter.is_empty() {
        text.push_str(&format!(", filter {}", list.filter));
    }
    if !list.marks.is_empty() {
        text.push_str(&format!(", {} marked", number(list.marks.len() as u64)));
        if list.hidden > 0 {
            text.push_str(&format!(" ({} hidden)", number(list.hidden as u64)));
        }
    }
    if let Some((first, last)) = list.range_rows() {
        text.push_str(&format!(", range of {}", last - first + 1));
    }
    text
}

fn filter(edit: &FilterEdit, list: &ListState, buffer: &mut Buffer, area: Area, theme: Theme) -> (u16, u16) {
    let x = put(buffer, area, area.x, "/", theme.tone(Tone::Key), theme.ascii);
    let text = edit.input.text();
    let before: String = text.chars().take(edit.input.cursor()).collect();
    let cursor = (x + width(&before) as u16, area.y);
    let after = match &list.error {
        Some(error) => mistaken(text, (error.column, error.length), buffer, area, x, theme),
        None => put(buffer, area, x, text, theme.tone(Tone::Plain), theme.ascii),
    };
    let rest = Area { x: after + 2, width: (area.x + area.width).saturating_sub(after + 2), ..area };
    match &list.error {
        Some(error) => put(buffer, rest, rest.x, &error.message, theme.tone(Tone::Error), theme.ascii),
        None => {
            let count = if list.is_pending() { "looking".to_owned() } else { number(list.len() as u64) };
            put_right(buffer, rest, &count, theme.tone(Tone::Quiet), theme.ascii)
        }
    };
    cursor
}

/// The text with the part underlined that cannot be read.
fn mistaken(
    text: &str,
    (column, length): (usize, usize),
    buffer: &mut Buffer,
    area: Area,
    x: u16,
    theme: Theme,
) -> u16 {
    let part = |from: usize, count: usize| text.chars().skip(from).take(count).collect::<String>();
    let plain = theme.tone(Tone::Plain);
    let x = put(buffer, area, x, &part(0, column), plain, theme.ascii);
    let x = put(buffer, area, x, &part(column, length), theme.mistake(), theme.ascii);
    put(buffer, area, x, &part(column + length, usize::MAX), plain, theme.ascii)
}
