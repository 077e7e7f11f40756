//! The names of the options: one table for command line, environment and file.

/// What a value of the file must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Text,
    Switch,
    Number,
    /// A list of words, or one text with commas.
    List,
}

macro_rules! keys {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, $env:literal, $shape:ident;)*) => {
        /// A common option.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Key { $($(#[$doc])* $variant,)* }

        impl Key {
            /// Every option, in the order of `doctor`.
            pub const ALL: &'static [Key] = &[$(Key::$variant,)*];

            /// The name of the option and of the key in the file.
            pub const fn name(self) -> &'static str { match self { $(Key::$variant => $name,)* } }

            /// The name in the environment.
            pub const fn variable(self) -> &'static str { match self { $(Key::$variant => $env,)* } }

            pub(super) const fn shape(self) -> Shape { match self { $(Key::$variant => Shape::$shape,)* } }
        }
    };
}

keys! {
    /// The profile of the file.
    Profile = "profile", "TENANTRY_PROFILE", Text;
    /// The file.
    Config = "config", "TENANTRY_CONFIG", Text;
    /// The tenant, by id or domain.
    Tenant = "tenant", "TENANTRY_TENANT", Text;
    /// The cloud.
    Cloud = "cloud", "TENANTRY_CLOUD", Text;
    /// The base URL of Graph.
    GraphUrl = "graph-url", "TENANTRY_GRAPH_URL", Text;
    /// The sign-in host.
    LoginUrl = "login-url", "TENANTRY_LOGIN_URL", Text;
    /// How to sign in.
    Auth = "auth", "TENANTRY_AUTH", Text;
    /// The application.
    ClientId = "client-id", "TENANTRY_CLIENT_ID", Text;
    /// The application's certificate.
    ClientCertificate = "client-certificate", "TENANTRY_CLIENT_CERTIFICATE", Text;
    /// Nothing may be written.
    ReadOnly = "read-only", "TENANTRY_READ_ONLY", Switch;
    /// What is loaded only when asked for.
    With = "with", "TENANTRY_WITH", List;
    /// The share of the allowed write rate that is used.
    WriteRate = "write-rate", "TENANTRY_WRITE_RATE", Number;
    /// Where the log goes.
    LogFile = "log-file", "TENANTRY_LOG_FILE", Text;
    /// Nothing but ASCII is drawn.
    Ascii = "ascii", "TENANTRY_ASCII", Switch;
    /// No colors.
    NoColor = "no-color", "TENANTRY_NO_COLOR", Switch;
    /// The colors.
    Theme = "theme", "TENANTRY_THEME", Text;
}

impl Key {
    /// Whether the key may stand in the file. A file cannot choose itself, and `profile` is the table of profiles there.
    pub(super) const fn in_file(self) -> bool {
        !matches!(self, Key::Profile | Key::Config)
    }
}

#[cfg(test)]
mod tests {
    use super::Key;

    #[test]
    fn the_three_names_of_an_option_agree() {
        for key in Key::ALL {
            let variable = format!("TENANTRY_{}", key.name().replace('-', "_").to_uppercase());
            assert_eq!(key.variable(), variable);
        }
    }
}
