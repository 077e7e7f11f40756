//! Wiring: what the command line asks for, done with all the rooms: the event loop, effects to tasks, loading, applying,
//! and the commands without a screen.

pub mod apply;
pub mod audit;
pub mod audit_csv;
pub mod audit_entry;
pub mod audit_output;
pub mod audit_table;
pub mod clock;
pub mod connect;
pub mod doctor;
pub mod exit;
pub mod explore;
pub mod export;
pub mod list;
pub mod live;
pub mod load;
pub mod login;
pub mod rooms;
pub mod sign_in;
pub mod simulate;
pub mod table;

use std::io::Write;

/// A loaded tenant, as commands hand it on.
pub type Loaded = std::sync::Arc<crate::store::Snapshot>;

/// Where a command writes: data to `out`, messages to `messages`.
pub struct Output<'a> {
    /// Standard output.
    pub out: &'a mut dyn Write,
    /// Standard error.
    pub messages: &'a mut dyn Write,
    /// Columns of the terminal that `out` is; `None` where it is not one.
    pub width: Option<usize>,
}
