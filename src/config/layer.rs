//! One layer of settings: texts by key, each with where it was set.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use super::key::Key;

/// Where a value was set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// The command line.
    Flag,
    /// An environment variable, by name.
    Environment(&'static str),
    /// A profile of the file.
    Profile {
        /// Its name.
        name: String,
        /// The line, from 1.
        line: usize,
    },
    /// The top of the file.
    File {
        /// The line, from 1.
        line: usize,
    },
    /// Nowhere.
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::Flag => f.write_str("command line"),
            Origin::Environment(name) => f.write_str(name),
            Origin::Profile { name, line } => write!(f, "profile {name}, line {line}"),
            Origin::File { line } => write!(f, "configuration file, line {line}"),
            Origin::Default => f.write_str("default"),
        }
    }
}

/// A value as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// The text.
    pub text: String,
    /// Where.
    pub origin: Origin,
}

/// One layer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Layer(BTreeMap<Key, Given>);

impl Layer {
    /// Sets a value.
    pub fn set(&mut self, key: Key, text: impl Into<String>, origin: Origin) {
        self.0.insert(key, Given { text: text.into(), origin });
    }

    /// Sets a value of the command line, if there is one.
    pub fn flag(&mut self, key: Key, text: Option<impl Into<String>>) {
        if let Some(text) = text {
            self.set(key, text, Origin::Flag);
        }
    }

    /// The value.
    pub fn get(&self, key: Key) -> Option<&Given> {
        self.0.get(&key)
    }
}

/// The variables of azure_identity, for programs that sign in.
#[derive(Debug, Clone, Default)]
pub struct Azure {
    /// `AZURE_TENANT_ID`, `AZURE_CLIENT_ID`, `AZURE_CLIENT_CERTIFICATE_PATH`.
    pub layer: Layer,
    /// `AZURE_CLIENT_SECRET`.
    pub client_secret: Option<secrecy::SecretString>,
    /// `AZURE_FEDERATED_TOKEN_FILE`.
    pub federated_token_file: Option<PathBuf>,
    /// `AZURE_AUTHORITY_HOST`.
    pub authority_host: Option<String>,
}

impl Azure {
    fn read(set: &dyn Fn(&str) -> Option<String>) -> Azure {
        let mut layer = Layer::default();
        for (key, name) in [
            (Key::Tenant, "AZURE_TENANT_ID"),
            (Key::ClientId, "AZURE_CLIENT_ID"),
            (Key::ClientCertificate, "AZURE_CLIENT_CERTIFICATE_PATH"),
        ] {
            if let Some(text) = set(name) {
                layer.set(key, text, Origin::Environment(name));
            }
        }
        Azure {
            layer,
            client_secret: set("AZURE_CLIENT_SECRET").map(secrecy::SecretString::from),
            federated_token_file: set("AZURE_FEDERATED_TOKEN_FILE").map(PathBuf::from),
            authority_host: set("AZURE_AUTHORITY_HOST"),
        }
    }
}

/// What is read from the environment. An empty variable counts as absent, as a shell script that clears one means it.
#[derive(Debug, Clone, Default)]
pub struct Environment {
    /// The `TENANTRY_*` options.
    pub layer: Layer,
    /// `TENANTRY_TOKEN`.
    pub token: Option<secrecy::SecretString>,
    /// What other tools of Azure read too.
    pub azure: Azure,
    /// `NO_COLOR`, whatever it holds (no-color.org).
    pub no_color: bool,
}

impl Environment {
    /// Reads the variables through `lookup`.
    pub fn read(lookup: &dyn Fn(&str) -> Option<String>) -> Environment {
        let set = |name: &str| lookup(name).filter(|value| !value.trim().is_empty());
        let mut layer = Layer::default();
        for &key in Key::ALL {
            if let Some(text) = set(key.variable()) {
                layer.set(key, text, Origin::Environment(key.variable()));
            }
        }
        let token = set("TENANTRY_TOKEN").map(secrecy::SecretString::from);
        let azure = Azure::read(&set);
        Environment { layer, token, azure, no_color: set("NO_COLOR").is_some() }
    }
}
