//! What the program is doing: `update(&mut State, Msg) -> Vec<Effect>` and nothing else changes it.
//!
//! Pure: no clock, no input or output, no drawing, no waiting. Position is identity: cursor and marks are object ids; a
//! row number lives together with the view that it was found in. What costs more than a look is an [`Effect`] that a
//! worker answers.

mod act;
mod action;
mod detail;
mod doc;
mod effect;
mod init;
mod input;
mod item;
mod key;
mod keys;
mod layer;
mod layout;
mod list;
mod msg;
mod notice;
mod run;
mod settle;
mod state;
mod update;
mod work;

pub use action::{Action, Context, Danger, Group, Spec, action_for, hints, keys_markdown};
pub use detail::Detail;
pub use doc::{Line, Part, Tone, cell, fit, sign, width, wrap};
pub use effect::{Deed, Effect, ExportAsk, Format, List, PlanAsk, ViewAsk, Wanted};
pub use init::{Color, StateInit};
pub use input::Input;
pub use item::Item;
pub use key::{Code, Key};
pub use layer::{
    Choice, Chooser, Confirm, FilterEdit, Form, Intent, Layer, Pick, Planning, Reader, SETTLE_MS, Target, Whom,
};
pub use layout::{Area, Content, Layout, Pane, SMALLEST, WIDE, is_wide};
pub use list::{ListState, View};
pub use msg::{Bits, JobEvent, LoadEvent, Msg, PlanAnswer, RequestLine, Rows, ViewAnswer};
pub use notice::{Notice, Notices};
pub use run::{Phase, Run, Tally};
pub use state::{Load, Opened, State, Tab};
pub use update::update;
pub use work::{answer_plan, answer_view};

pub use crate::query::{Link, QueryError};
