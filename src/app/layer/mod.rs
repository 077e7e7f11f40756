//! Layers over the lists: each takes all keys while it is on top, and `Esc` takes exactly one off.

mod chooser;
mod confirm;

pub use chooser::{Choice, Chooser, Form, Intent, Pick, Target, Whom};
pub(super) use confirm::Reply;
pub use confirm::{Confirm, SETTLE_MS};

use super::doc::Line;
use super::effect::List;
use super::input::Input;
use super::item::Item;
use super::key::Key;

/// One layer.
#[derive(Debug)]
pub enum Layer {
    /// A filter is being typed.
    Filter(FilterEdit),
    /// Something is to be chosen: menus, pickers, questions, help, palette.
    Chooser(Chooser),
    /// A plan is being built.
    Planning(Planning),
    /// A plan is to be confirmed.
    Confirm(Box<Confirm>),
    /// Something to read.
    Reader(Reader),
}

/// The filter of a list while it is typed.
#[derive(Debug)]
pub struct FilterEdit {
    /// Of which list.
    pub list: List,
    /// What is typed.
    pub input: Input,
    /// What it was before, for `Esc`.
    pub before: String,
    /// Where the cursor was before.
    pub cursor: Option<Item>,
}

/// A plan that is awaited.
#[derive(Debug)]
pub struct Planning {
    /// Of the ask.
    pub generation: u64,
    /// The key that asked for it.
    pub opened_by: Key,
    /// The list whose marks it is for, if it is for marks.
    pub marks_of: Option<List>,
}

/// Text that scrolls.
#[derive(Debug)]
pub struct Reader {
    /// What it is.
    pub title: String,
    /// Unbroken lines.
    pub lines: Vec<Line>,
    /// First line on the screen.
    pub scroll: usize,
}

impl Layer {
    /// Whether keys type text here.
    pub fn types(&self) -> bool {
        match self {
            Layer::Filter(_) => true,
            Layer::Chooser(chooser) => chooser.input.is_some(),
            Layer::Confirm(confirm) => confirm.types(),
            Layer::Planning(_) | Layer::Reader(_) => false,
        }
    }

    /// Whether the lists below must not move. A filter is there to move them.
    pub fn freezes(&self) -> bool {
        !matches!(self, Layer::Filter(_))
    }
}
