//! Repair without a screen: `plan`, `apply` and `runs`. The rules are those of the confirm dialog: what is written was
//! seen named, counted and confirmed, in a file or on the terminal.

pub mod apply;
pub mod confirm;
pub mod execute;
pub mod outline;
pub mod plan;
pub mod runs;
mod values;

use crate::config::Settings;
use crate::journal::Journal;
use crate::run::exit::Failure;

pub use values::{Key, Values};

/// The journal of this installation.
pub(crate) fn journal(settings: &Settings) -> Result<Journal, Failure> {
    let Some(state) = &settings.state_dir else {
        return Err(Failure::local("there is no place for the journal: set HOME or XDG_STATE_HOME"));
    };
    Journal::open(state.join("journal")).map_err(Failure::local)
}
