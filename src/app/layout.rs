//! Which pane stands where. Plain arithmetic, so that paging and drawing agree on what a page is.

use super::effect::List;
use super::state::{State, Tab};

/// From this many columns on, panes stand side by side.
pub const WIDE: u16 = 120;
/// Below this nothing but one message is drawn.
pub const SMALLEST: (u16, u16) = (40, 10);

/// A rectangle of cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Area {
    /// Column from 0.
    pub x: u16,
    /// Row from 0.
    pub y: u16,
    /// Columns.
    pub width: u16,
    /// Rows.
    pub height: u16,
}

impl Area {
    /// A rectangle.
    pub fn new(x: u16, y: u16, width: u16, height: u16) -> Area {
        Area { x, y, width, height }
    }

    /// Without a border of one cell.
    pub fn inside(self) -> Area {
        Area::new(self.x + 1, self.y + 1, self.width.saturating_sub(2), self.height.saturating_sub(2))
    }

    /// The upper part with `rows` rows, and the rest.
    pub fn split_rows(self, rows: u16) -> (Area, Area) {
        let rows = rows.min(self.height);
        (Area { height: rows, ..self }, Area { y: self.y + rows, height: self.height - rows, ..self })
    }

    /// The left part with `columns` columns, and the rest.
    pub fn split_columns(self, columns: u16) -> (Area, Area) {
        let columns = columns.min(self.width);
        (Area { width: columns, ..self }, Area { x: self.x + columns, width: self.width - columns, ..self })
    }
}

/// What a pane shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// The kinds of findings.
    Kinds,
    /// A list.
    List(List),
    /// The detail of one object.
    Detail,
    /// The steps of a run.
    Runs,
    /// Requests to Graph.
    Requests,
}

/// A pane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pane {
    /// What it shows.
    pub content: Content,
    /// Where, border included.
    pub area: Area,
    /// Whether it has a border with a title.
    pub border: bool,
}

impl Pane {
    /// Inside of the border.
    pub fn inner(&self) -> Area {
        if self.border { self.area.inside() } else { self.area }
    }

    /// The rows below the column heads; for detail all of it.
    pub fn rows(&self) -> Area {
        if self.content == Content::Detail { self.inner() } else { self.inner().split_rows(1).1 }
    }
}

/// The screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    /// One row: tool, tenant, who, mode, load.
    pub header: Area,
    /// One row: tabs.
    pub tabs: Area,
    /// What is between.
    pub body: Area,
    /// One row: notice, run, filter or position.
    pub status: Area,
    /// One row: what can be done here.
    pub footer: Area,
    /// The panes of the body.
    pub panes: Vec<Pane>,
}

impl Layout {
    /// The layout of a state; `None` when the screen is too small for any.
    pub fn of(state: &State) -> Option<Layout> {
        let (cols, rows) = state.size();
        if cols < SMALLEST.0 || rows < SMALLEST.1 {
            return None;
        }
        let line = |y| Area::new(0, y, cols, 1);
        let body = Area::new(0, 2, cols, rows - 4);
        Some(Layout {
            header: line(0),
            tabs: line(1),
            body,
            status: line(rows - 2),
            footer: line(rows - 1),
            panes: panes(state, body),
        })
    }

    /// The pane with some content.
    pub fn pane(&self, content: Content) -> Option<&Pane> {
        self.panes.iter().find(|p| p.content == content)
    }

    /// Where a dialog stands: in the middle of the body.
    pub fn dialog(&self, columns: u16, rows: u16) -> Area {
        let (columns, rows) = (columns.min(self.body.width), rows.min(self.body.height));
        Area::new(
            self.body.x + (self.body.width - columns) / 2,
            self.body.y + (self.body.height - rows) / 2,
            columns,
            rows,
        )
    }

    /// Columns and rows that text to read has at most, inside its frame.
    pub fn reader(&self) -> (usize, usize) {
        (usize::from(self.body.width.min(104).saturating_sub(4)), usize::from(self.body.height.saturating_sub(2)))
    }

    /// Where the confirm dialog of a plan of `lines` lines stands: the whole, the part that scrolls, and the foot.
    pub fn confirm(&self, lines: usize) -> (Area, Area, Area) {
        let wanted = u16::try_from(lines).unwrap_or(u16::MAX).saturating_add(2 + 4 + 3);
        let area = self.dialog(110, wanted);
        // What is small gives its blank lines to the names.
        let (head, foot) = if area.height >= 14 { (4, 3) } else { (3, 2) };
        let rest = area.inside().split_rows(head).1;
        let (scrolled, foot) = rest.split_rows(rest.height.saturating_sub(foot));
        (area, scrolled, foot)
    }

    /// Columns inside of the confirm dialog.
    pub fn confirm_columns(&self) -> usize {
        usize::from(self.body.width.min(110).saturating_sub(2))
    }
}

/// Whether panes stand side by side.
pub fn is_wide(state: &State) -> bool {
    state.size().0 >= WIDE
}

fn panes(state: &State, body: Area) -> Vec<Pane> {
    let one = |content| vec![Pane { content, area: body, border: false }];
    let wide = is_wide(state);
    match state.tab {
        Tab::Runs => one(Content::Runs),
        Tab::Requests => one(Content::Requests),
        _ if !wide && state.opened.is_some() => one(Content::Detail),
        Tab::Findings if !wide => one(if state.kind_open { Content::List(List::Findings) } else { Content::Kinds }),
        Tab::Users if !wide => one(Content::List(List::Users)),
        Tab::Groups if !wide => one(Content::List(List::Groups)),
        Tab::Skus if !wide => one(Content::List(List::Skus)),
        Tab::Findings => {
            let (left, right) = body.split_columns((body.width * 5 / 12).min(60));
            let (upper, lower) = right.split_rows(right.height / 2);
            vec![
                Pane { content: Content::Kinds, area: left, border: true },
                Pane { content: Content::List(List::Findings), area: upper, border: true },
                Pane { content: Content::Detail, area: lower, border: true },
            ]
        }
        Tab::Users | Tab::Groups | Tab::Skus => {
            let (upper, lower) = body.split_rows(body.height / 2);
            let detail = Pane { content: Content::Detail, area: lower, border: true };
            if state.zoom {
                let content = Content::List(state.tab.list().unwrap_or(List::Users));
                return vec![Pane { content, area: upper, border: true }, detail];
            }
            let (users, rest) = upper.split_columns(body.width * 9 / 20);
            let (groups, skus) = rest.split_columns(rest.width * 13 / 25);
            let pane = |list, area| Pane { content: Content::List(list), area, border: true };
            vec![pane(List::Users, users), pane(List::Groups, groups), pane(List::Skus, skus), detail]
        }
    }
}
