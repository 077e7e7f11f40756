//! The configuration file: TOML, options at the top and in `[profile.NAME]` tables, under the names of the command
//! line. A key that is not known is an error, because a mistyped `read-only` that is skipped would be a write.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use etcetera::BaseStrategy;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::hint;
use super::key::{Key, Shape};
use super::layer::{Layer, Origin};

/// What is wrong with the settings, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read the configuration file {}: {why}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        why: String,
        /// Whether it was asked for by name.
        named: bool,
    },
    /// The file is wrong in one place.
    #[error("{}, line {line}: {message}", path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong and what to write.
        message: String,
    },
    /// A value of the command line or the environment is wrong.
    #[error("{origin}: {message}")]
    Value {
        /// The option or variable.
        origin: String,
        /// What is wrong.
        message: String,
    },
    /// There is no such profile.
    #[error("there is no profile `{name}`{hint}{there}")]
    NoProfile {
        /// What was asked for.
        name: String,
        /// The nearest one.
        hint: String,
        /// What there is.
        there: String,
    },
}

/// A file that was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ConfigFile {
    /// Where it is; `None` when there is none.
    pub path: Option<PathBuf>,
    /// The options at its top.
    pub top: Layer,
    /// The profiles.
    pub profiles: BTreeMap<String, Layer>,
}

/// `$XDG_CONFIG_HOME/tenantry/config.toml`, or `~/.config/tenantry/config.toml`. `None` without a home directory.
pub fn default_file() -> Option<PathBuf> {
    let base = etcetera::base_strategy::Xdg::new().ok()?;
    let path = base.config_dir().join("tenantry").join("config.toml");
    // A relative directory would be the working directory by another name.
    path.is_absolute().then_some(path)
}

/// `$XDG_STATE_HOME/tenantry`, or `~/.local/state/tenantry`: where the journal is.
pub(super) fn default_state() -> Option<PathBuf> {
    let base = etcetera::base_strategy::Xdg::new().ok()?;
    base.state_dir().map(|dir| dir.join("tenantry")).filter(|dir| dir.is_absolute())
}

impl ConfigFile {
    /// Reads a file that was asked for: it must be there.
    pub fn named(path: &Path) -> Result<ConfigFile, ConfigError> {
        let text = std::fs::read_to_string(path).map_err(|e| ConfigError::Unreadable {
            path: path.to_owned(),
            why: e.to_string(),
            named: true,
        })?;
        ConfigFile::parse(&text, path)
    }

    /// Reads the file at its usual place, if there is one.
    pub fn usual(path: Option<&Path>) -> Result<ConfigFile, ConfigError> {
        let Some(path) = path else { return Ok(ConfigFile::default()) };
        match std::fs::read_to_string(path) {
            Ok(text) => ConfigFile::parse(&text, path),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(ConfigFile::default()),
            Err(e) => Err(ConfigError::Unreadable { path: path.to_owned(), why: e.to_string(), named: false }),
        }
    }

    /// Reads the text of a file; `path` is for messages.
    pub fn parse(text: &str, path: &Path) -> Result<ConfigFile, ConfigError> {
        let reader = Reader { text, path };
        let table = DeTable::parse(text).map_err(|e| {
            let at = e.span().map_or(0, |span| span.start);
            // One line, as every message is.
            reader.error(at, e.message().lines().next().unwrap_or("not TOML").to_owned())
        })?;
        let mut file = ConfigFile { path: Some(path.to_owned()), ..ConfigFile::default() };
        for (key, value) in table.get_ref() {
            let at = key.span().start;
            match (key.get_ref().as_ref(), value.get_ref()) {
                ("profile", DeValue::Table(profiles)) => {
                    for (name, table) in profiles {
                        let layer = reader.profile(name.get_ref(), name.span().start, table)?;
                        file.profiles.insert(name.get_ref().to_string(), layer);
                    }
                }
                (name, value) => {
                    let key = reader.key(name, at)?;
                    let origin = Origin::File { line: reader.line(at) };
                    file.top.set(key, reader.value(key, value, at)?, origin);
                }
            }
        }
        Ok(file)
    }

    /// The layer of a profile, by name.
    pub fn profile(&self, name: &str) -> Result<&Layer, ConfigError> {
        self.profiles.get(name).ok_or_else(|| {
            let names: Vec<&str> = self.profiles.keys().map(String::as_str).collect();
            let there = match (&self.path, names.is_empty()) {
                (None, _) => ": there is no configuration file".to_owned(),
                (Some(path), true) => format!(" ({} has none)", path.display()),
                (Some(path), false) => format!(" (in {}: {})", path.display(), names.join(", ")),
            };
            ConfigError::NoProfile { name: name.to_owned(), hint: hint(name, names.iter().copied()), there }
        })
    }
}

struct Reader<'a> {
    text: &'a str,
    path: &'a Path,
}

impl Reader<'_> {
    fn line(&self, at: usize) -> usize {
        self.text.as_bytes().iter().take(at).filter(|&&b| b == b'\n').count() + 1
    }

    fn error(&self, at: usize, message: String) -> ConfigError {
        ConfigError::Line { path: self.path.to_owned(), line: self.line(at), message }
    }

    fn key(&self, name: &str, at: usize) -> Result<Key, ConfigError> {
        let known = || Key::ALL.iter().copied().filter(|k| k.in_file());
        known().find(|k| k.name() == name).ok_or_else(|| {
            // The names of secrets are what people try first; the answer is not a suggestion but the way.
            if ["token", "client-secret", "password", "secret"].contains(&name) {
                return self
                    .error(at, format!("secrets do not stand in this file: `{name}` comes from the environment"));
            }
            if Key::ALL.iter().any(|k| k.name() == name) {
                return self.error(at, format!("`{name}` cannot be set here: use --{name} or the environment"));
            }
            let hint = hint(name, known().map(Key::name).chain(["profile"]));
            self.error(at, format!("there is no option `{name}`{hint}"))
        })
    }

    fn profile(&self, name: &str, at: usize, table: &Spanned<DeValue<'_>>) -> Result<Layer, ConfigError> {
        let DeValue::Table(table) = table.get_ref() else {
            return Err(self.error(at, format!("`profile.{name}` is a table: write [profile.{name}]")));
        };
        let mut layer = Layer::default();
        for (key, value) in table {
            let at = key.span().start;
            let key = self.key(key.get_ref(), at)?;
            let origin = Origin::Profile { name: name.to_owned(), line: self.line(at) };
            layer.set(key, self.value(key, value.get_ref(), at)?, origin);
        }
        Ok(layer)
    }

    /// A value as text. The types are held: `read-only = "ture"` must not be taken for anything.
    fn value(&self, key: Key, value: &DeValue<'_>, at: usize) -> Result<String, ConfigError> {
        let wants = match (key.shape(), value) {
            (Shape::Text | Shape::List, DeValue::String(text)) => return Ok(text.to_string()),
            (Shape::Switch, DeValue::Boolean(on)) => return Ok(on.to_string()),
            (Shape::Number, DeValue::Integer(number)) if number.radix() == 10 => return Ok(number.as_str().to_owned()),
            (Shape::List, DeValue::Array(items)) => {
                let words: Option<Vec<&str>> = items
                    .iter()
                    .map(|item| match item.get_ref() {
                        DeValue::String(word) => Some(word.as_ref()),
                        _ => None,
                    })
                    .collect();
                match words {
                    Some(words) => return Ok(words.join(",")),
                    None => "a list of texts",
                }
            }
            (Shape::Text, _) => "a text in quotation marks",
            (Shape::Switch, _) => "true or false, without quotation marks",
            (Shape::Number, _) => "a number",
            (Shape::List, _) => "a list of texts",
        };
        Err(self.error(at, format!("`{}` takes {wants}", key.name())))
    }
}
