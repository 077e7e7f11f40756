//! Exit codes, and the one error type that `main` sees: each error is one line and one code.

use std::fmt;
use std::io;

use crate::config::ConfigError;
use crate::domain::text::Clean;

/// How the program ends. The numbers are a contract with scripts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum ExitCode {
    /// Done, nothing to report.
    Clean = 0,
    /// Findings at or above `--fail-on`.
    Findings = 1,
    /// Bad usage or input.
    Usage = 2,
    /// Authentication, permission, or refused by read-only.
    Denied = 3,
    /// Some writes were refused or failed.
    Refused = 4,
    /// Some outcomes are unknown or still accepted.
    Uncertain = 5,
    /// Graph is unreachable or the load is incomplete.
    Incomplete = 6,
    /// A file, the journal or the terminal failed.
    Local = 7,
    /// The terminal hung up.
    HangUp = 129,
    /// Interrupted.
    Interrupt = 130,
    /// Told to end.
    Terminate = 143,
}

impl ExitCode {
    /// Which code wins where several hold, first one first. A signal is how the program ended, whatever held before.
    const ORDER: [ExitCode; 11] = [
        ExitCode::HangUp,
        ExitCode::Terminate,
        ExitCode::Interrupt,
        ExitCode::Usage,
        ExitCode::Denied,
        ExitCode::Local,
        ExitCode::Incomplete,
        ExitCode::Uncertain,
        ExitCode::Refused,
        ExitCode::Findings,
        ExitCode::Clean,
    ];

    /// The code of two that both hold.
    #[must_use]
    pub fn and(self, other: ExitCode) -> ExitCode {
        let wins = ExitCode::ORDER.into_iter().find(|code| *code == self || *code == other);
        wins.unwrap_or(self)
    }

    /// The number that the process ends with.
    pub fn number(self) -> u8 {
        self as u8
    }
}

impl From<ExitCode> for std::process::ExitCode {
    fn from(code: ExitCode) -> std::process::ExitCode {
        std::process::ExitCode::from(code.number())
    }
}

/// Why a command did not end well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    code: ExitCode,
    message: String,
}

impl Failure {
    /// A failure with its code. Words from elsewhere may stand in the message: it is cleaned, line by line.
    pub fn new(code: ExitCode, message: impl fmt::Display) -> Failure {
        let lines = message.to_string().lines().map(|line| Clean::new(line).to_string()).collect::<Vec<_>>();
        Failure { code, message: lines.join("\n") }
    }

    /// Bad usage or input (2).
    pub fn usage(message: impl fmt::Display) -> Failure {
        Failure::new(ExitCode::Usage, message)
    }

    /// Authentication, permission, read-only (3).
    pub fn denied(message: impl fmt::Display) -> Failure {
        Failure::new(ExitCode::Denied, message)
    }

    /// Graph unreachable or the load incomplete (6).
    pub fn unreachable(message: impl fmt::Display) -> Failure {
        Failure::new(ExitCode::Incomplete, message)
    }

    /// A file, the journal or the terminal (7).
    pub fn local(message: impl fmt::Display) -> Failure {
        Failure::new(ExitCode::Local, message)
    }

    /// The reader of the output went away (`| head`): success, and nothing to say.
    pub fn closed() -> Failure {
        Failure { code: ExitCode::Clean, message: String::new() }
    }

    /// What to end with.
    pub fn code(&self) -> ExitCode {
        self.code
    }

    /// What to say; empty where there is nothing to say. One line, except that a filter is shown with its column
    /// underlined.
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}

/// Writing to standard output or to a file that was opened.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Failure {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Failure::closed();
        }
        Failure::local(format_args!("cannot write the output: {error}"))
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Failure {
        match error {
            // The usual file exists and cannot be read: nothing that was typed is wrong.
            ConfigError::Unreadable { named: false, .. } => Failure::local(error),
            _ => Failure::usage(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_order_decides_where_several_hold() {
        use ExitCode as E;
        let documented =
            [E::Usage, E::Denied, E::Local, E::Incomplete, E::Uncertain, E::Refused, E::Findings, E::Clean];
        assert_eq!(documented.map(E::number), [2, 3, 7, 6, 5, 4, 1, 0]);
        for (at, first) in documented.into_iter().enumerate() {
            for second in documented.into_iter().skip(at) {
                assert_eq!(first.and(second), first);
                assert_eq!(second.and(first), first);
            }
            assert_eq!(first.and(E::HangUp), E::HangUp);
        }
    }

    #[test]
    fn a_closed_pipe_is_success_and_a_full_disk_is_not() {
        let closed = Failure::from(io::Error::from(io::ErrorKind::BrokenPipe));
        assert_eq!((closed.code(), closed.message()), (ExitCode::Clean, ""));
        assert_eq!(Failure::from(io::Error::from(io::ErrorKind::StorageFull)).code(), ExitCode::Local);
    }

    #[test]
    fn a_message_cannot_act_on_the_terminal() {
        assert_eq!(Failure::usage("no \u{1b}[31m\u{7}").message(), "no ·[31m·");
    }
}
