//! What the program is doing: `update(&mut State, Msg) -> Vec<Effect>` and nothing else changes it.
//!
//! Pure: no clock, no input or output, no drawing, no waiting. Position is identity: cursor, marks and scroll position
//! are object ids; a row number lives inside one frame. What costs more than a look is an [`Effect`] that a worker
//! answers.

mod effect;
mod init;
mod key;
mod msg;
mod work;

pub use effect::{Deed, Effect, ExportAsk, Format, List, PlanAsk, ViewAsk, Wanted};
pub use init::{Color, StateInit};
pub use key::{Code, Key};
pub use msg::{Bits, JobEvent, LoadEvent, Msg, PlanAnswer, RequestLine, Rows, ViewAnswer};
pub use work::{answer_plan, answer_view};
