//! `tenantry doctor`: what is set, where it was set, and whether anything may be written. Asks nobody; who is
//! signed in and what for is in `run`.

use crate::config::Settings;
use crate::domain::text::Clean;

/// The report.
pub(super) fn report(settings: &Settings) -> String {
    let mut text = format!("tenantry {}\n\n", env!("CARGO_PKG_VERSION"));
    for line in settings.report().lines() {
        text.push_str(Clean::new(line).as_str());
        text.push('\n');
    }
    let token = if settings.token.is_some() { "set" } else { "not set" };
    let state =
        settings.state_dir.as_ref().map_or_else(|| "none: no home directory".to_owned(), |p| p.display().to_string());
    let mode =
        settings.access.read_only().map_or_else(|| "fix: writes after a confirm dialog".to_owned(), |r| r.to_string());
    text.push_str(&format!(
        "\nTENANTRY_TOKEN     {token}\nstate              {}\nmode               {mode}\n",
        Clean::new(&state)
    ));
    text
}
