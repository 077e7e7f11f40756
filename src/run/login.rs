//! `tenantry login` and `tenantry logout`: a person's sign-in that is kept, because it was asked for.

use super::Output;
use super::connect::connect_as;
use super::exit::{ExitCode, Failure};
use super::sign_in::{Person, stored};
use crate::config::{Auth, Settings};
use crate::domain::text::Clean;
use crate::graph::Stored;

fn place(settings: &Settings) -> Result<Stored, Failure> {
    stored(settings).ok_or_else(|| Failure::local("there is no home directory to keep a sign-in in"))
}

/// Signs in anew and keeps the refresh token.
pub fn login(settings: &Settings, output: &mut Output<'_>) -> Result<ExitCode, Failure> {
    if !matches!(settings.auth, Auth::DeviceCode | Auth::Browser) {
        return Err(Failure::usage(format_args!(
            "login keeps the sign-in of a person: use it with --auth device-code or browser, not {}",
            settings.auth.as_str()
        )));
    }
    let place = place(settings)?;
    let person = Person { keep: true, ..Person::default() };
    let connection = super::load::runtime()?.block_on(connect_as(settings, None, person))?;
    let who = if connection.who.is_empty() { "somebody" } else { &connection.who };
    writeln!(
        output.messages,
        "Signed in as {}. Kept in {} until `tenantry logout`.",
        Clean::new(who),
        place.path().display()
    )?;
    Ok(ExitCode::Clean)
}

/// Forgets it. The session itself is ended at the sign-in host, by the user or an administrator.
pub fn logout(settings: &Settings, output: &mut Output<'_>) -> Result<ExitCode, Failure> {
    let place = place(settings)?;
    let gone = place.forget().map_err(Failure::local)?;
    let what = if gone { "Forgot the sign-in that was kept." } else { "No sign-in was kept." };
    writeln!(output.messages, "{what}")?;
    Ok(ExitCode::Clean)
}
