//! The one place of the whole program that makes a permit.

use super::run_log::RunLog;
use crate::domain::access::Writing;
use crate::domain::plan::{Confirmed, Permit};

/// The permit of a run. The log is asked for because it exists only after the plan is on disk.
pub(super) fn of(writing: &Writing, confirmed: &Confirmed, _on_disk: &RunLog) -> Permit {
    Permit::grant(writing, confirmed)
}
