//! One list: its filter, its rows, its cursor and its marks. Cursor and marks are items; the row number beside the
//! cursor is only valid together with the view that it was found in.

use std::collections::HashSet;
use std::sync::Arc;

use super::effect::List;
use super::item::Item;
use super::msg::{Rows, ViewAnswer};
use crate::domain::facts::{Row, Tenant};
use crate::domain::kind::Kind;
use crate::query::{Link, Query, QueryError};
use crate::store::{Snapshot, UserOrder};

/// Rows together with the one snapshot that they mean something in.
#[derive(Debug, Clone)]
pub struct View {
    /// The snapshot.
    pub snapshot: Arc<Snapshot>,
    /// The rows.
    pub rows: Rows,
}

impl View {
    /// How many rows there are.
    pub fn len(&self) -> usize {
        match &self.rows {
            Rows::Users(rows, _) => rows.len(),
            Rows::Groups(ids) => ids.len(),
            Rows::Skus(ids) => ids.len(),
            Rows::Findings(found) => found.len(),
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What stands in a row.
    pub fn item(&self, at: usize) -> Option<Item> {
        match &self.rows {
            Rows::Users(rows, _) => rows.get(at).map(|&row| Item::User(self.snapshot.user_at(Row(row)).id())),
            Rows::Groups(ids) => ids.get(at).map(|&id| Item::Group(id)),
            Rows::Skus(ids) => ids.get(at).map(|&id| Item::Sku(id)),
            Rows::Findings(found) => found.get(at).and_then(|&at| self.snapshot.found(at)).map(Item::Finding),
        }
    }

    /// Whether an item is among the rows. For users without a search.
    pub fn has(&self, item: Item) -> bool {
        match (&self.rows, item) {
            (Rows::Users(_, bits), Item::User(id)) => self.snapshot.row_of(id).is_some_and(|row| bits.has(row.0)),
            _ => self.position(item).is_some(),
        }
    }

    /// Where an item is. One pass over numbers: below a millisecond for a million users.
    pub fn position(&self, item: Item) -> Option<usize> {
        match (&self.rows, item) {
            (Rows::Users(rows, bits), Item::User(id)) => {
                let row = self.snapshot.row_of(id)?.0;
                bits.has(row).then(|| rows.iter().position(|&r| r == row))?
            }
            (Rows::Groups(ids), Item::Group(id)) => ids.iter().position(|&i| i == id),
            (Rows::Skus(ids), Item::Sku(id)) => ids.iter().position(|&i| i == id),
            (Rows::Findings(list), Item::Finding(found)) => {
                let at = self.snapshot.find(&found)?;
                list.iter().position(|&a| a == at)
            }
            _ => None,
        }
    }
}

/// Whether a list needs to be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Need {
    /// The rows are those of the newest snapshot.
    Nothing,
    /// There is a newer snapshot: ask when the pending answer is in.
    Refresh,
    /// Filter, link or order changed: ask at once; a pending answer is of no use.
    Now,
}

/// The state of one list.
#[derive(Debug)]
pub struct ListState {
    /// Which list.
    pub list: List,
    /// The text of the filter as it is typed.
    pub filter: String,
    /// The last filter text that could be read.
    pub query: Query,
    /// Why the text cannot be read.
    pub error: Option<QueryError>,
    /// Narrowed to what belongs to this object.
    pub link: Option<Link>,
    /// The order.
    pub order: UserOrder,
    /// From the end.
    pub reversed: bool,
    /// Only findings of this kind.
    pub kind: Option<Kind>,
    /// The rows, once they are there.
    pub view: Option<View>,
    /// The item under the cursor.
    pub cursor: Option<Item>,
    /// Its row in the view.
    pub at: usize,
    /// The first row on the screen.
    pub top: usize,
    /// Marked items, in view or not.
    pub marks: HashSet<Item>,
    /// How many of the marks are not in view.
    pub hidden: usize,
    /// Where a range began.
    pub range: Option<Item>,
    /// The item that was under the cursor before nothing was in view: a filter that matches nothing loses no place.
    pub(super) last: Option<Item>,
    /// Whether somebody moved in it: until then the cursor stays at the first row while data comes in.
    pub(super) touched: bool,
    pub(super) need: Need,
    pub(super) pending: Option<u64>,
    /// An answer that came while a dialog was open.
    pub(super) parked: Option<ViewAnswer>,
}

/// How far to look for a neighbor when the item under the cursor is gone.
const NEIGHBORS: usize = 64;

impl ListState {
    pub(super) fn new(list: List) -> ListState {
        ListState {
            list,
            filter: String::new(),
            query: Query::default(),
            error: None,
            link: None,
            order: UserOrder::default(),
            reversed: false,
            kind: None,
            view: None,
            cursor: None,
            at: 0,
            top: 0,
            marks: HashSet::new(),
            hidden: 0,
            range: None,
            last: None,
            touched: false,
            need: Need::Now,
            pending: None,
            parked: None,
        }
    }

    /// How many rows are in view.
    pub fn len(&self) -> usize {
        self.view.as_ref().map_or(0, View::len)
    }

    /// Whether no row is in view.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The object that the rows are narrowed to.
    pub fn linked(&self) -> Option<Item> {
        self.link.map(|link| match link {
            Link::User(id) => Item::User(id),
            Link::Group(id) => Item::Group(id),
            Link::Sku(id) => Item::Sku(id),
        })
    }

    /// Whether an answer is awaited that will change the rows.
    pub fn is_pending(&self) -> bool {
        self.pending.is_some()
    }

    /// The rows of the range that is being drawn, first and last.
    pub fn range_rows(&self) -> Option<(usize, usize)> {
        let anchor = self.view.as_ref()?.position(self.range?)?;
        Some((anchor.min(self.at), anchor.max(self.at)))
    }

    pub(super) fn want(&mut self, need: Need) {
        self.need = self.need.max(need);
    }

    /// Puts the cursor on a row, as near as there is one.
    pub(super) fn put(&mut self, at: usize) {
        let last = self.len().saturating_sub(1);
        self.at = at.min(last);
        self.last = self.cursor.or(self.last);
        self.cursor = self.view.as_ref().and_then(|v| v.item(self.at));
    }

    /// Puts the cursor on an item, if it is in view.
    pub(super) fn put_on(&mut self, item: Item) -> bool {
        match self.view.as_ref().and_then(|v| v.position(item)) {
            Some(at) => {
                self.touched = true;
                self.put(at);
                true
            }
            None => false,
        }
    }

    /// Takes new rows. The cursor stays on its item; if that is gone, it goes to the nearest neighbor that is left.
    pub(super) fn apply(&mut self, answer: ViewAnswer) {
        let view = View { snapshot: answer.snapshot, rows: answer.rows };
        let offset = self.at.saturating_sub(self.top);
        let at = match self.cursor.or(self.last) {
            Some(item) if self.touched => view.position(item).or_else(|| self.neighbor_in(&view)).unwrap_or(self.at),
            _ => 0,
        };
        self.view = Some(view);
        self.put(at);
        // The row under the cursor keeps its place on the screen; what was inserted above scrolls out.
        self.top = self.at.saturating_sub(offset);
        self.count_hidden();
    }

    fn neighbor_in(&self, new: &View) -> Option<usize> {
        let old = self.view.as_ref()?;
        // Findings are searched for one by one, so not as far.
        let far = if matches!(old.rows, Rows::Findings(_)) { 8 } else { NEIGHBORS };
        (1..=far)
            .flat_map(|d| [self.at.checked_add(d), self.at.checked_sub(d)])
            .flatten()
            .filter_map(|at| old.item(at))
            .find_map(|item| new.has(item).then(|| new.position(item)).flatten())
    }

    pub(super) fn count_hidden(&mut self) {
        let Some(view) = &self.view else { return };
        self.hidden = self.marks.iter().filter(|item| !view.has(**item)).count();
    }

    /// Scrolls so that the cursor is in a window of `height` rows. At an edge either by one row or by half a window.
    pub(super) fn scroll(&mut self, height: usize, half_page: bool) {
        let height = height.max(1);
        let step = if half_page { height / 2 } else { 0 };
        if self.at < self.top {
            self.top = self.at.saturating_sub(step);
        } else if self.at >= self.top + height {
            self.top = self.at + 1 + step - height;
        }
        self.top = self.top.min(self.len().saturating_sub(height));
    }
}
