//! The words that options take.

use super::hint;

/// Reads one of a few words, in any casing; the error lists them.
fn one_of<T: Copy>(all: &[(&'static str, T)], what: &str, text: &str) -> Result<T, String> {
    let found = all.iter().find(|(name, _)| name.eq_ignore_ascii_case(text.trim()));
    found.map(|&(_, value)| value).ok_or_else(|| {
        let names: Vec<&str> = all.iter().map(|&(name, _)| name).collect();
        let hint = hint(text.trim(), names.iter().copied());
        format!("there is no {what} `{text}`{hint} (one of {})", names.join(", "))
    })
}

macro_rules! words {
    ($(#[$doc:meta])* $type:ident, $what:literal, { $($(#[$variant_doc:meta])* $variant:ident = $name:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $type { $($(#[$variant_doc])* $variant,)* }

        impl $type {
            /// Every word with its value.
            const TABLE: &'static [(&'static str, $type)] = &[$(($name, $type::$variant),)*];

            /// The words, for help and completion.
            pub const NAMES: &'static [&'static str] = &[$($name,)*];

            /// The word on the command line and in the file.
            pub const fn as_str(self) -> &'static str { match self { $($type::$variant => $name,)* } }

            /// Reads a word in any casing; the error names what there is.
            pub fn parse(text: &str) -> Result<$type, String> { one_of($type::TABLE, $what, text) }
        }
    };
}

words!(
    /// A cloud of Microsoft.
    Cloud, "cloud", {
        /// The public cloud and GCC.
        Global = "global",
        /// US Government L4.
        GccHigh = "gcc-high",
        /// US Government L5.
        Dod = "dod",
        /// 21Vianet.
        China = "china",
    }
);

words!(
    /// How to sign in.
    Auth, "way to sign in", {
        /// The token in `TENANTRY_TOKEN`.
        Token = "token",
        /// The identity that Azure CLI is signed in with.
        AzureCli = "azure-cli",
        /// A code typed into a browser elsewhere.
        DeviceCode = "device-code",
        /// A browser on this machine.
        Browser = "browser",
        /// An application with a secret.
        ClientSecret = "client-secret",
        /// An application with a certificate.
        ClientCertificate = "client-certificate",
        /// The identity of an Azure machine.
        ManagedIdentity = "managed-identity",
        /// A federated identity.
        WorkloadIdentity = "workload-identity",
    }
);

impl Auth {
    /// Whether a program signs in, not a person: then `AZURE_*` says who.
    pub const fn is_program(self) -> bool {
        matches!(self, Auth::ClientSecret | Auth::ClientCertificate | Auth::ManagedIdentity | Auth::WorkloadIdentity)
    }
}

words!(
    /// What is loaded only when asked for.
    Extra, "part", {
        /// The last sign-in of each user.
        SignIn = "sign-in",
        /// Records of the directory audit.
        Audit = "audit",
    }
);

impl Extra {
    /// Whether this version can load it. An option that does nothing would be taken for an answer.
    pub const fn is_available(self) -> bool {
        match self {
            Extra::SignIn | Extra::Audit => false,
        }
    }

    /// Reads a list with commas.
    pub fn parse_list(text: &str) -> Result<Vec<Extra>, String> {
        text.split(',').map(str::trim).filter(|word| !word.is_empty()).map(Extra::parse).collect()
    }
}

words!(
    /// The colors.
    Theme, "theme", {
        /// For dark terminals.
        Dark = "dark",
        /// For light terminals.
        Light = "light",
        /// Without colors.
        Mono = "mono",
    }
);

/// A switch as the environment and the file write it.
pub(super) fn switch(text: &str) -> Result<bool, String> {
    match text.trim().to_ascii_lowercase().as_str() {
        "1" | "true" | "yes" | "on" => Ok(true),
        "0" | "false" | "no" | "off" => Ok(false),
        _ => Err(format!("`{text}` is neither true nor false")),
    }
}

/// A share of the allowed write rate, 1 to 100.
pub(super) fn percent(text: &str) -> Result<u8, String> {
    let number = text.trim().trim_end_matches('%').parse::<u8>().ok();
    number.filter(|n| (1..=100).contains(n)).ok_or_else(|| format!("`{text}` is not a percentage from 1 to 100"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_in_any_casing_and_mistyped_ones_are_answered() {
        assert_eq!(Cloud::parse(" GCC-High "), Ok(Cloud::GccHigh));
        assert_eq!(Auth::parse("azure-cli"), Ok(Auth::AzureCli));
        let error = Cloud::parse("gcc-hihg").unwrap_err();
        assert!(error.contains("did you mean `gcc-high`?"), "{error}");
        let error = Cloud::parse("moon").unwrap_err();
        assert!(!error.contains("did you mean") && error.contains("global, gcc-high, dod, china"), "{error}");
    }

    #[test]
    fn lists_switches_and_percentages() {
        assert_eq!(Extra::parse_list("sign-in, audit,"), Ok(vec![Extra::SignIn, Extra::Audit]));
        assert!(Extra::parse_list("sign-inn").is_err());
        for (text, value) in [("1", Ok(true)), ("On", Ok(true)), ("no", Ok(false)), ("maybe", Err(()))] {
            assert_eq!(switch(text).map_err(|_| ()), value, "{text}");
        }
        for (text, value) in [("80", Some(80)), ("100%", Some(100)), ("0", None), ("101", None), ("x", None)] {
            assert_eq!(percent(text).ok(), value, "{text}");
        }
    }
}
