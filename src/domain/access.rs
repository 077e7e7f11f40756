//! Whether this process may write at all. Read-only is a ratchet: flag, environment, profile, a read-only token, an
//! opened snapshot, whichever says so wins, and there is no way back.

use std::fmt;

/// Who made the process read-only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReadOnly {
    /// `--read-only`.
    Flag,
    /// `TENANTRY_READ_ONLY`.
    Environment,
    /// The profile of the configuration file.
    Profile,
    /// The token carries read permissions only.
    Token,
    /// A saved snapshot is open: there is no tenant to write to.
    Snapshot,
}

impl fmt::Display for ReadOnly {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ReadOnly::Flag => "read-only audit (--read-only)",
            ReadOnly::Environment => "read-only audit (TENANTRY_READ_ONLY)",
            ReadOnly::Profile => "read-only audit (profile)",
            ReadOnly::Token => "read-only audit (the token has read permissions only)",
            ReadOnly::Snapshot => "read-only audit (a saved snapshot is open)",
        })
    }
}

/// The ratchet. Starts in fix mode; each [`Access::tighten`] is for good.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Access {
    because: Option<ReadOnly>,
}

/// The proof that writing is allowed. Nothing but [`Access::writing`] makes one, and a permit cannot be made without.
#[derive(Debug)]
pub struct Writing(());

impl Access {
    /// Fix mode, the default.
    pub fn fix() -> Access {
        Access::default()
    }

    /// Makes the process read-only. The first reason is the one that is shown.
    pub fn tighten(&mut self, because: ReadOnly) {
        self.because.get_or_insert(because);
    }

    /// Why the process is read-only, if it is.
    pub fn read_only(&self) -> Option<ReadOnly> {
        self.because
    }

    /// The proof that writing is allowed, or who forbade it.
    pub fn writing(&self) -> Result<Writing, ReadOnly> {
        self.because.map_or(Ok(Writing(())), Err)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ratchet_turns_one_way_and_keeps_its_first_reason() {
        let mut access = Access::fix();
        assert!(access.writing().is_ok());
        access.tighten(ReadOnly::Profile);
        access.tighten(ReadOnly::Flag);
        assert_eq!(access.writing().err(), Some(ReadOnly::Profile));
    }
}
