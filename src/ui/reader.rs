//! Text to read: cause cards, messages.

use ratatui::buffer::Buffer;

use super::paint::{dialog, put_lines};
use super::theme::Theme;
use crate::app::{Layout, Reader, wrap};

/// Draws it.
pub(super) fn draw(reader: &Reader, buffer: &mut Buffer, layout: &Layout, theme: Theme) -> Option<(u16, u16)> {
    let (columns, _) = layout.reader();
    let lines = wrap(reader.lines.clone(), columns);
    let area = layout.dialog(columns as u16 + 4, (lines.len() as u16).saturating_add(2));
    let mut inside = dialog(buffer, area, &reader.title, theme);
    inside.x += 1;
    inside.width = inside.width.saturating_sub(2);
    let last = lines.len().saturating_sub(usize::from(inside.height));
    put_lines(buffer, inside, lines.iter().skip(reader.scroll.min(last)), theme);
    None
}
