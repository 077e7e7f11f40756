//! Draws the state, and decides nothing. Only what is on the screen is made into text, so a frame costs the same for a
//! hundred users and for a million.

mod bars;
mod chooser;
mod confirm;
mod kinds;
mod lists;
mod paint;
mod reader;
mod rows;
mod runs;
mod status;
mod theme;

use ratatui::Frame;

use crate::app::{Content, Layer, Layout, Pane, State};
use paint::{frame as border, put, put_lines};
use theme::Theme;

/// Draws one frame.
pub fn draw(state: &State, frame: &mut Frame<'_>) {
    let theme = Theme::of(state);
    let screen = frame.area();
    // A resize may be on its way: draw for the smaller of what is known and what is there, never beyond.
    let Some(layout) = Layout::of(state).filter(|_| (screen.width, screen.height) >= state.size()) else {
        return too_small(frame, theme);
    };
    let buffer = frame.buffer_mut();
    bars::header(state, buffer, layout.header, theme);
    bars::tabs(state, buffer, layout.tabs, theme);
    for pane in &layout.panes {
        self::pane(state, buffer, pane, theme);
    }
    let mut cursor = status::status(state, buffer, layout.status, theme);
    bars::footer(state, buffer, layout.footer, theme);
    // Only the layer on top: what lies below it is not what the keys are for.
    if let Some(layer) = state.layers.last() {
        cursor = match layer {
            Layer::Filter(_) => cursor,
            Layer::Chooser(layer) => chooser::draw(layer, buffer, &layout, theme),
            Layer::Planning(_) => chooser::planning(buffer, &layout, theme),
            Layer::Confirm(layer) => confirm::draw(state, layer, buffer, &layout, theme),
            Layer::Reader(layer) => reader::draw(layer, buffer, &layout, theme),
        };
    }
    if let Some((x, y)) = cursor.filter(|&(x, y)| x < screen.width && y < screen.height) {
        frame.set_cursor_position((x, y));
    }
}

fn too_small(frame: &mut Frame<'_>, theme: Theme) {
    let area = frame.area();
    let area = crate::app::Area::new(area.x, area.y, area.width, area.height);
    put(frame.buffer_mut(), area, area.x, "tenantry needs 40x10; q quits", theme.tone(Default::default()), true);
}

fn pane(state: &State, buffer: &mut ratatui::buffer::Buffer, pane: &Pane, theme: Theme) {
    let focused = state.focus() == pane.content;
    if pane.border {
        border(buffer, pane.area, &title(state, pane.content), focused, theme);
    }
    match pane.content {
        Content::Kinds => kinds::draw(state, buffer, pane, focused, theme),
        Content::List(list) => lists::draw(state, list, buffer, pane, focused, theme),
        Content::Detail => detail(state, buffer, pane, theme),
        Content::Runs => runs::runs(state, buffer, pane, theme),
        Content::Requests => runs::requests(state, buffer, pane, theme),
    }
}

fn title(state: &State, content: Content) -> String {
    match content {
        Content::Kinds => "Findings".to_owned(),
        Content::List(list) => lists::title(state, list),
        Content::Detail => match (&state.detail, &state.snapshot) {
            (Some(detail), Some(snapshot)) => {
                detail.item.object().unwrap_or(detail.item).label(snapshot).as_str().to_owned()
            }
            _ => "Detail".to_owned(),
        },
        Content::Runs | Content::Requests => String::new(),
    }
}

fn detail(state: &State, buffer: &mut ratatui::buffer::Buffer, pane: &Pane, theme: Theme) {
    let Some(detail) = &state.detail else { return };
    let scroll = state.opened.map_or(0, |o| o.scroll);
    put_lines(buffer, pane.inner(), detail.lines.iter().skip(scroll), theme);
}
