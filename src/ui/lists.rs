//! Users, groups, products and findings as tables: heads, the rows of the window, cursor and marks.

use ratatui::buffer::Buffer;

use super::bars::number;
use super::paint::{put, row_style};
use super::rows::{self, Cell, Column};
use super::theme::Theme;
use crate::app::{Area, List, ListState, Load, Pane, State, Tone, cell};

/// The title of a pane: `Users 41 of group Sales E3`.
pub(super) fn title(state: &State, list: List) -> String {
    let of = state.list(list);
    let name = match list {
        List::Findings => return state.kind.map_or("All findings", |k| k.title()).to_owned(),
        List::Users => "Users",
        List::Groups => "Groups",
        List::Skus => "SKUs",
    };
    let count = of.view.as_ref().map(|v| format!(" {}", number(v.len() as u64))).unwrap_or_default();
    let linked = of.linked().zip(state.snapshot.as_ref());
    let linked = linked.map(|(item, snapshot)| format!(" of {}", item.label(snapshot)));
    format!("{name}{count}{}", linked.unwrap_or_default())
}

pub(super) fn draw(state: &State, list: List, buffer: &mut Buffer, pane: &Pane, focused: bool, theme: Theme) {
    let of = state.list(list);
    let inner = pane.inner();
    let columns = rows::columns(list, inner.width, state.kind.is_none());
    heads(buffer, inner, &columns, theme);
    let area = pane.rows();
    if of.is_empty() {
        let text = empty(state, of);
        put(buffer, area, area.x, &format!("   {text}"), theme.tone(Tone::Quiet), theme.ascii);
        return;
    }
    let Some(view) = &of.view else { return };
    let range = of.range_rows();
    for line in 0..area.height {
        let at = of.top + usize::from(line);
        let Some(item) = view.item(at) else { break };
        let row = Area { height: 1, ..area.split_rows(line).1 };
        let here = at == of.at;
        let cursor = theme.cursor(focused);
        if here {
            row_style(buffer, row, cursor);
        }
        let style = |tone: Tone| if here { cursor } else { theme.tone(tone) };
        let in_range = range.is_some_and(|(first, last)| (first..=last).contains(&at));
        let mark = if of.marks.contains(&item) {
            "*"
        } else if in_range {
            "+"
        } else {
            " "
        };
        let mut x = put(buffer, row, row.x, mark, style(Tone::Strong), theme.ascii);
        let (tone, sign) = rows::sign_of(item, &view.snapshot);
        x = put(buffer, row, x, &format!("{sign} "), style(tone), theme.ascii);
        for (column, Cell { tone, text }) in columns.iter().zip(rows::cells(item, view, &columns)) {
            let fitted = fitted(&text, column, theme.ascii);
            x = put(buffer, row, x, &fitted, style(tone), theme.ascii);
        }
    }
}

fn fitted(text: &str, column: &Column, ascii: bool) -> String {
    let clean = crate::domain::text::Clean::new(text);
    let wide = usize::from(column.width).saturating_sub(1);
    if column.right {
        let pad = wide.saturating_sub(crate::app::width(clean.as_str()));
        return cell(&format!("{}{clean} ", " ".repeat(pad)), usize::from(column.width), ascii);
    }
    format!("{} ", cell(clean.as_str(), wide, ascii))
}

fn heads(buffer: &mut Buffer, area: Area, columns: &[Column], theme: Theme) {
    let mut x = area.x + 3;
    for column in columns {
        let text = fitted(column.what.title(), column, theme.ascii);
        let trimmed = text.trim_end();
        let start = if column.right { (text.len() - text.trim_start().len()) as u16 } else { 0 };
        put(buffer, area, x + start, trimmed.trim_start(), theme.tone(Tone::Head), theme.ascii);
        x += column.width;
    }
}

fn empty(state: &State, list: &ListState) -> &'static str {
    match (&list.view, &state.load) {
        (None, Load::Failed(_)) if state.snapshot.is_none() => "nothing could be loaded; m shows why, r tries again",
        (None, _) => "looking",
        (Some(_), _) if !list.filter.is_empty() => "nothing matches the filter; Esc clears it",
        (Some(_), Load::Complete) => "none",
        (Some(_), _) => "none so far; still loading",
    }
}
