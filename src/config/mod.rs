//! What the operator set, and where: one configuration file with profiles, the environment, the command line.
//!
//! Three layers become plain [`Settings`]; each value remembers where it came from, so that `doctor` and error messages
//! can say it. The file is never looked for in the working directory: a folder that somebody else filled must not
//! decide which tenant is written to or where a token goes. Read-only is a ratchet: any layer turns it on, none off.

mod file;
mod key;
mod layer;
mod settings;
mod value;

pub use file::{ConfigError, ConfigFile, default_file};
pub use key::Key;
pub use layer::{Azure, Environment, Given, Layer, Origin};
pub use settings::{Settings, resolve};
pub use value::{Auth, Cloud, Extra, Theme};

/// The known word that is nearest to a mistyped one, if one is near enough to be meant.
fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let near = known.into_iter().map(|k| (strsim::levenshtein(k, &word.to_ascii_lowercase()), k)).min()?;
    (near.0 <= 2.max(word.chars().count() / 3)).then_some(near.1)
}

/// `; did you mean …?`, or nothing.
fn hint<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    nearest(word, known).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default()
}
