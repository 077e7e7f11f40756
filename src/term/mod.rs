//! The one owner of the terminal: modes and their restoration, input, frames, clipboard and title.
//!
//! Nothing here ever asks the terminal a question: over a slow line an answer comes late or as keys. Nothing but clean
//! text is handed to it.

mod clipboard;
mod guard;
mod hangup;
mod input;
mod painter;
mod rejoin;
mod screen;
mod writer;

pub use clipboard::{TooLong, Wrap};
pub use hangup::watch_hang_up;
pub use input::{Code, Input, escape_wait, read_inputs};
pub use screen::{Screen, TermError};
