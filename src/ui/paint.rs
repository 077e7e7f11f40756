//! The only ways in which text gets on the screen. Everything is cleaned here once more, wherever it comes from.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::widgets::{Block, Clear, Widget};

use super::theme::Theme;
use crate::app::{Area, Line, Tone, fit, width};
use crate::domain::text::Clean;

pub(super) fn rect(area: Area) -> Rect {
    Rect::new(area.x, area.y, area.width, area.height)
}

/// Puts a text at a column of the first row of an area, cut to what is left of it. Returns the column after it.
pub(super) fn put(buffer: &mut Buffer, area: Area, x: u16, text: &str, style: Style, ascii: bool) -> u16 {
    let left = usize::from((area.x + area.width).saturating_sub(x));
    if left == 0 || area.height == 0 || area.y >= buffer.area.bottom() || x >= buffer.area.right() {
        return x;
    }
    let clean = Clean::new(text);
    let fitted = fit(clean.as_str(), left, ascii);
    buffer.set_stringn(x, area.y, &fitted, left, style).0
}

/// Puts a text at the right end of the first row of an area. Returns the column where it begins.
pub(super) fn put_right(buffer: &mut Buffer, area: Area, text: &str, style: Style, ascii: bool) -> u16 {
    let clean = Clean::new(text);
    let wide = width(clean.as_str()).min(usize::from(area.width)) as u16;
    let x = area.x + area.width - wide;
    put(buffer, area, x, clean.as_str(), style, ascii);
    x
}

/// Puts a line of parts on the first row of an area.
pub(super) fn put_line(buffer: &mut Buffer, area: Area, line: &Line, theme: Theme) {
    let mut x = area.x;
    for part in &line.parts {
        x = put(buffer, area, x, part.text.as_str(), theme.tone(part.tone), theme.ascii);
    }
}

/// Puts lines from the first one that is scrolled to.
pub(super) fn put_lines<'a>(buffer: &mut Buffer, area: Area, lines: impl Iterator<Item = &'a Line>, theme: Theme) {
    for (row, line) in lines.take(usize::from(area.height)).enumerate() {
        put_line(buffer, area.split_rows(row as u16).1, line, theme);
    }
}

/// Gives a whole row one style.
pub(super) fn row_style(buffer: &mut Buffer, area: Area, style: Style) {
    buffer.set_style(rect(Area { height: area.height.min(1), ..area }).intersection(buffer.area), style);
}

/// A border with a title.
pub(super) fn frame(buffer: &mut Buffer, area: Area, title: &str, focused: bool, theme: Theme) {
    let area_of = rect(area).intersection(buffer.area);
    let clean = Clean::new(title);
    let title = fit(clean.as_str(), usize::from(area.width.saturating_sub(4)), theme.ascii);
    let title = if title.is_empty() { title } else { format!(" {title} ") };
    Block::bordered()
        .border_set(theme.border())
        .border_style(theme.frame(focused))
        .title(ratatui::text::Span::styled(title, theme.tone(if focused { Tone::Strong } else { Tone::Plain })))
        .render(area_of, buffer);
}

/// The frame of a dialog, over whatever is there. Returns its inside.
pub(super) fn dialog(buffer: &mut Buffer, area: Area, title: &str, theme: Theme) -> Area {
    Clear.render(rect(area).intersection(buffer.area), buffer);
    frame(buffer, area, title, true, theme);
    area.inside()
}
