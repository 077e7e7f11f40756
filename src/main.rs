//! The program: hooks, the command line, the exit code. Everything else is in the library.

use std::io::IsTerminal;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use tenantry::cli;
use tenantry::run::rooms::Rooms;
use tenantry::run::{Output, exit};

fn main() -> ExitCode {
    // For bugs only: what can go wrong in use is a `Failure` with one line and a code. Should the hook not install, the
    // standard one reports panics.
    let _ = color_eyre::install();
    // Neither stream is locked: a panic in another thread must be able to report itself.
    let (mut out, mut messages) = (std::io::stdout(), std::io::stderr());
    let width = if out.is_terminal() { columns(&out) } else { None };
    let mut output = Output { out: &mut out, messages: &mut messages, width };
    let variables = |name: &str| std::env::var_os(name).map(|value| value.to_string_lossy().into_owned());
    let run = || cli::main(std::env::args_os(), &variables, &Rooms::wired(), &mut output);
    catch_unwind(AssertUnwindSafe(run)).unwrap_or(exit::ExitCode::Local).into()
}

fn columns(terminal: &std::io::Stdout) -> Option<usize> {
    let size = rustix::termios::tcgetwinsize(terminal).ok()?;
    // A terminal that does not know its size says 0.
    (size.ws_col > 0).then_some(usize::from(size.ws_col))
}
