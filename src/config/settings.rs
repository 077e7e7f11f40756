//! Layers become settings: flag over environment over profile over the top of the file, and the ratchet.

use std::fmt::Write as _;
use std::path::PathBuf;

use secrecy::SecretString;

use super::file::{ConfigError, ConfigFile, default_file, default_state};
use super::key::Key;
use super::layer::{Azure, Environment, Given, Layer, Origin};
use super::value::{self, Auth, Cloud, Extra, Theme};
use crate::domain::access::{Access, ReadOnly};

/// What the operator set, merged.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The profile in use.
    pub profile: Option<String>,
    /// The file that was read.
    pub config_file: Option<PathBuf>,
    /// The tenant, by id or domain.
    pub tenant: Option<String>,
    /// The cloud.
    pub cloud: Cloud,
    /// The base URL of Graph as it was written; the cloud's where there is none.
    pub graph_url: Option<String>,
    /// The sign-in host as it was written.
    pub login_url: Option<String>,
    /// How to sign in.
    pub auth: Auth,
    /// The application.
    pub client_id: Option<String>,
    /// The application's certificate with its key.
    pub client_certificate: Option<PathBuf>,
    /// `AZURE_CLIENT_SECRET`. Its `Debug` shows nothing.
    pub client_secret: Option<SecretString>,
    /// `AZURE_FEDERATED_TOKEN_FILE`.
    pub federated_token_file: Option<PathBuf>,
    /// `AZURE_AUTHORITY_HOST`, for programs that sign in.
    pub authority_host: Option<String>,
    /// `TENANTRY_TOKEN`. Its `Debug` shows nothing.
    pub token: Option<SecretString>,
    /// Whether anything may be written.
    pub access: Access,
    /// What is loaded only when asked for.
    pub with: Vec<Extra>,
    /// Percent of the allowed write rate.
    pub write_rate: u8,
    /// Where the log goes.
    pub log_file: Option<PathBuf>,
    /// Nothing but ASCII is drawn.
    pub ascii: bool,
    /// No colors.
    pub no_color: bool,
    /// The colors.
    pub theme: Theme,
    /// Where journal and token cache are; `None` without a home directory.
    pub state_dir: Option<PathBuf>,
    /// What each option is and where it was set.
    given: Vec<(Key, String, Origin)>,
}

impl Settings {
    /// Every option with its value and where it was set, aligned, one a line. Holds no secret.
    pub fn report(&self) -> String {
        let mut out = String::new();
        for (key, value, origin) in &self.given {
            // Writing into a String cannot fail.
            let _ = writeln!(out, "{:<18} {value:<32} {origin}", key.name());
        }
        out
    }
}

/// Merges the layers. `flags` and `environment` are read already; the file is chosen and read here.
pub fn resolve(flags: &Layer, environment: &Environment) -> Result<Settings, ConfigError> {
    let named = flags.get(Key::Config).or_else(|| environment.layer.get(Key::Config));
    let file = match named {
        Some(given) => ConfigFile::named(&PathBuf::from(&given.text))?,
        None => ConfigFile::usual(default_file().as_deref())?,
    };
    merge(flags, environment, &file)
}

/// Where values are looked for, first layer first.
struct Layers<'a> {
    order: Vec<&'a Layer>,
    file: &'a ConfigFile,
}

impl<'a> Layers<'a> {
    fn get(&self, key: Key) -> Option<&'a Given> {
        self.order.iter().find_map(|layer| layer.get(key))
    }

    fn text(&self, key: Key) -> Option<String> {
        self.get(key).map(|given| given.text.clone())
    }

    /// Reads the value that wins.
    fn read<T>(&self, key: Key, default: T, read: impl FnOnce(&str) -> Result<T, String>) -> Result<T, ConfigError> {
        let Some(given) = self.get(key) else { return Ok(default) };
        read(&given.text).map_err(|message| self.wrong(key, given, message))
    }

    fn wrong(&self, key: Key, given: &Given, message: String) -> ConfigError {
        let path = || self.file.path.clone().unwrap_or_default();
        match &given.origin {
            Origin::Profile { line, .. } | Origin::File { line } => {
                ConfigError::Line { path: path(), line: *line, message: format!("{}: {message}", key.name()) }
            }
            Origin::Environment(name) => ConfigError::Value { origin: (*name).to_owned(), message },
            Origin::Flag | Origin::Default => ConfigError::Value { origin: format!("--{}", key.name()), message },
        }
    }
}

/// Merges layers that were read already.
fn merge(flags: &Layer, environment: &Environment, file: &ConfigFile) -> Result<Settings, ConfigError> {
    let profile = flags.get(Key::Profile).or(environment.layer.get(Key::Profile));
    let profile = profile.map(|given| given.text.clone());
    let mut order = vec![flags, &environment.layer];
    if let Some(name) = &profile {
        order.push(file.profile(name)?);
    }
    order.push(&file.top);
    let layers = Layers { order, file };

    let mut access = Access::fix();
    for layer in &layers.order {
        let Some(given) = layer.get(Key::ReadOnly) else { continue };
        if value::switch(&given.text).map_err(|message| layers.wrong(Key::ReadOnly, given, message))? {
            access.tighten(match given.origin {
                Origin::Flag | Origin::Default => ReadOnly::Flag,
                Origin::Environment(_) => ReadOnly::Environment,
                Origin::Profile { .. } | Origin::File { .. } => ReadOnly::Profile,
            });
        }
    }

    // A token in the environment is a choice of this moment; a profile's way to sign in is a habit.
    let chosen = layers.get(Key::Auth);
    let habit = chosen.is_none_or(|given| matches!(given.origin, Origin::Profile { .. } | Origin::File { .. }));
    let by_token = habit && environment.token.is_some();
    let auth = if by_token { Auth::Token } else { layers.read(Key::Auth, Auth::AzureCli, Auth::parse)? };

    // Other tools' variables come last, and only for programs: a person who signs in is not the application that some
    // script in this shell is.
    let nobody = Azure::default();
    let azure = if auth.is_program() { &environment.azure } else { &nobody };
    let mut layers = layers;
    layers.order.push(&azure.layer);

    let mut settings = Settings {
        profile,
        config_file: file.path.clone(),
        tenant: layers.text(Key::Tenant),
        cloud: layers.read(Key::Cloud, Cloud::Global, Cloud::parse)?,
        graph_url: layers.text(Key::GraphUrl),
        login_url: layers.text(Key::LoginUrl),
        auth,
        client_id: layers.text(Key::ClientId),
        client_certificate: layers.text(Key::ClientCertificate).map(PathBuf::from),
        client_secret: azure.client_secret.clone(),
        federated_token_file: azure.federated_token_file.clone(),
        authority_host: azure.authority_host.clone(),
        token: environment.token.clone(),
        access,
        with: layers.read(Key::With, Vec::new(), Extra::parse_list)?,
        write_rate: layers.read(Key::WriteRate, 80, value::percent)?,
        log_file: layers.text(Key::LogFile).map(PathBuf::from),
        ascii: layers.read(Key::Ascii, false, value::switch)?,
        no_color: layers.read(Key::NoColor, false, value::switch)? || environment.no_color,
        theme: layers.read(Key::Theme, Theme::Dark, Theme::parse)?,
        state_dir: default_state(),
        given: Vec::new(),
    };
    settings.given = Key::ALL.iter().map(|&key| (key, shown(key, &settings), origin(key, &layers, by_token))).collect();
    Ok(settings)
}

fn origin(key: Key, layers: &Layers<'_>, by_token: bool) -> Origin {
    if key == Key::Auth && by_token {
        return Origin::Environment("TENANTRY_TOKEN");
    }
    // The layer that turned the ratchet, not the one that tried to turn it back.
    let on = |layer: &&&Layer| layer.get(key).is_some_and(|given| value::switch(&given.text) == Ok(true));
    let given = match key {
        Key::ReadOnly => layers.order.iter().find(on).and_then(|layer| layer.get(key)),
        _ => layers.get(key),
    };
    given.map_or(Origin::Default, |given| given.origin.clone())
}

fn shown(key: Key, settings: &Settings) -> String {
    let text = |value: &Option<String>| value.clone().unwrap_or_else(|| "-".to_owned());
    let path = |value: &Option<PathBuf>| value.as_ref().map_or_else(|| "-".to_owned(), |p| p.display().to_string());
    match key {
        Key::Profile => text(&settings.profile),
        Key::Config => path(&settings.config_file),
        Key::Tenant => text(&settings.tenant),
        Key::Cloud => settings.cloud.as_str().to_owned(),
        Key::GraphUrl => text(&settings.graph_url),
        Key::LoginUrl => text(&settings.login_url),
        Key::Auth => settings.auth.as_str().to_owned(),
        Key::ClientId => text(&settings.client_id),
        Key::ClientCertificate => path(&settings.client_certificate),
        Key::ReadOnly => settings.access.read_only().is_some().to_string(),
        Key::With if settings.with.is_empty() => "-".to_owned(),
        Key::With => settings.with.iter().map(|e| e.as_str()).collect::<Vec<_>>().join(","),
        Key::WriteRate => format!("{} %", settings.write_rate),
        Key::LogFile => path(&settings.log_file),
        Key::Ascii => settings.ascii.to_string(),
        Key::NoColor => settings.no_color.to_string(),
        Key::Theme => settings.theme.as_str().to_owned(),
    }
}

#[cfg(test)]
#[path = "settings_tests.rs"]
mod tests;
