//! The command line: arguments in, one line on standard error and an exit code out.
//!
//! Everything that can be wrong with what was typed is found here, before anything is loaded. What the commands do is
//! in `run`, behind [`Rooms`].

mod args;
mod doctor;
mod log;
mod problem;

use std::ffi::OsString;

use clap::{CommandFactory, FromArgMatches};

use crate::config::{self, Environment, Key, Settings};
use crate::run::Output;
use crate::run::audit_output::audit;
use crate::run::exit::{ExitCode, Failure};
use crate::run::list::list;
use crate::run::rooms::Rooms;
use args::{Arguments, Command};

/// Does what the arguments ask for. Errors are written to the messages and mapped to an exit code here.
pub fn main(
    arguments: impl IntoIterator<Item = OsString>,
    variables: &dyn Fn(&str) -> Option<String>,
    rooms: &Rooms,
    output: &mut Output<'_>,
) -> ExitCode {
    match dispatch(arguments, variables, rooms, output) {
        Ok(code) => code,
        Err(failure) => {
            if !failure.message().is_empty() {
                // Nothing is left to do when even the message cannot be written.
                let _ = writeln!(output.messages, "tenantry: {}", failure.message());
            }
            failure.code()
        }
    }
}

fn dispatch(
    arguments: impl IntoIterator<Item = OsString>,
    variables: &dyn Fn(&str) -> Option<String>,
    rooms: &Rooms,
    output: &mut Output<'_>,
) -> Result<ExitCode, Failure> {
    let parsed = Arguments::command().try_get_matches_from(arguments).and_then(|m| Arguments::from_arg_matches(&m));
    let arguments = match parsed {
        Ok(arguments) => arguments,
        Err(error) if !error.use_stderr() => {
            // --help and --version.
            write!(output.out, "{}", error.render())?;
            return Ok(ExitCode::Clean);
        }
        Err(error) => return Err(problem::of(&error)),
    };
    // What needs no settings works with broken ones too.
    match &arguments.command {
        Some(Command::Keys) => return print(output, &(rooms.keys)()),
        Some(Command::Completions { shell }) => {
            let mut script = Vec::new();
            clap_complete::generate(*shell, &mut Arguments::command(), "tenantry", &mut script);
            output.out.write_all(&script)?;
            return Ok(ExitCode::Clean);
        }
        Some(Command::Man) => {
            clap_mangen::Man::new(Arguments::command()).render(&mut output.out)?;
            return Ok(ExitCode::Clean);
        }
        _ => {}
    }
    let settings = config::resolve(&arguments.common.layer(), &Environment::read(variables))?;
    log::start(settings.log_file.as_deref())?;
    match &arguments.command {
        None => {
            available(&settings)?;
            (rooms.explore)(&settings)
        }
        Some(Command::Demo(demo)) => (rooms.demo)(&settings, &demo.request()),
        Some(Command::Simulate(simulate)) => {
            let (tenant, faults) = simulate.request();
            (rooms.simulate)(&settings, simulate.listen, &tenant, &faults, output)
        }
        Some(Command::Audit(args)) => {
            available(&settings)?;
            audit(&args.request(), &|messages| (rooms.load)(&settings, messages), output)
        }
        Some(Command::List(args)) => {
            available(&settings)?;
            list(&args.request(), &|messages| (rooms.load)(&settings, messages), output)
        }
        Some(Command::Login(_)) => (rooms.login)(&settings, output),
        Some(Command::Logout) => (rooms.logout)(&settings, output),
        Some(Command::Doctor(args)) => {
            print(output, &doctor::report(&settings))?;
            if args.offline { Ok(ExitCode::Clean) } else { (rooms.doctor)(&settings, output) }
        }
        Some(Command::Keys | Command::Completions { .. } | Command::Man) => Ok(ExitCode::Clean),
    }
}

fn print(output: &mut Output<'_>, text: &str) -> Result<ExitCode, Failure> {
    output.out.write_all(text.as_bytes())?;
    Ok(ExitCode::Clean)
}

/// What the contract names and this version cannot do yet, for commands that go to a tenant.
fn available(settings: &Settings) -> Result<(), Failure> {
    match settings.with.iter().find(|extra| !extra.is_available()) {
        Some(extra) => {
            Err(Failure::usage(format_args!("--{} {} is not available yet", Key::With.name(), extra.as_str())))
        }
        None => Ok(()),
    }
}
