//! The one clock that the rest of the program is told the time by.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::domain::time::Timestamp;

/// Now, in whole seconds.
pub fn now() -> Timestamp {
    // A clock before 1970 is broken; 0 is as good as anything then.
    Timestamp(SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_secs() as i64))
}
