//! Tokens and who gives them. A token is opaque here, is never shown, and is valid for the origin of the base URL only.

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use async_trait::async_trait;
use secrecy::{ExposeSecret, SecretString};

use super::super::base::{BaseUrl, Cloud};

/// A bearer token. `Debug` and `Display` never show it.
#[derive(Clone)]
pub struct Token {
    secret: Arc<SecretString>,
    expires: Option<SystemTime>,
}

impl Token {
    /// A token, and when it expires where that is known.
    pub fn new(secret: SecretString, expires: Option<SystemTime>) -> Token {
        Token { secret: Arc::new(secret), expires }
    }

    /// When it expires, where that is known.
    pub fn expires(&self) -> Option<SystemTime> {
        self.expires
    }

    /// Whether two tokens are the same.
    pub fn is(&self, other: &Token) -> bool {
        self.expose() == other.expose()
    }

    pub(in super::super) fn expose(&self) -> &str {
        self.secret.expose_secret()
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(..)")
    }
}

/// Why there is no token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AuthError {
    /// None was handed over.
    #[error("there is no token: set TENANTRY_TOKEN, or choose another way to sign in with --auth")]
    NoToken,
    /// Something that no header can carry.
    #[error("the token holds characters that no token has; was it cut or quoted when it was copied?")]
    Malformed,
    /// The credential failed.
    #[error("{who} gave no token: {why}; {}", super::advice::about(.why))]
    Failed {
        /// Which credential.
        who: &'static str,
        /// In its words.
        why: String,
    },
    /// The credential took too long.
    #[error("{who} gave no token within {seconds} s; check the network, or hand over a token with --auth token")]
    TimedOut {
        /// Which credential.
        who: &'static str,
        /// How long it was waited for.
        seconds: u64,
    },
    /// Whoever was asked said no.
    #[error("the sign-in was declined; start again, or choose another way to sign in with --auth")]
    Declined,
    /// Nobody signed in before the code or the page ran out.
    #[error("nobody signed in before the time ran out; start again")]
    Expired,
    /// What was kept of an earlier sign-in is not accepted any more.
    #[error("the sign-in has ended ({why}); sign in again")]
    SignInAgain {
        /// In the words of the sign-in host.
        why: String,
    },
    /// Something that this way to sign in needs is not there or cannot be used.
    #[error("{0}")]
    Missing(String),
    /// Graph did not accept the token, and there is no other.
    #[error("the token that was handed over cannot be renewed: get a new one and set TENANTRY_TOKEN")]
    NotRenewable,
    /// The token would go to a host that it was not made for.
    #[error(
        "a token of {login} is not sent to {host}: use --auth token with a token made for it, or its own --login-url"
    )]
    ForeignHost {
        /// Who gives the token.
        login: String,
        /// Where it would go.
        host: String,
    },
}

/// Where a token comes from, as far as that decides where it may go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SourceKind {
    /// Somebody handed it over for this base URL.
    HandedOver,
    /// A Microsoft login host gave it, for the Graph host of this cloud.
    Microsoft(Cloud),
    /// A login host that was named together with the base URL (`--login-url`).
    OwnLogin,
}

/// Whether a token of this origin may be sent to this base URL.
pub fn allowed(source: &SourceKind, base: &BaseUrl) -> Result<(), AuthError> {
    match source {
        SourceKind::HandedOver | SourceKind::OwnLogin => Ok(()),
        SourceKind::Microsoft(cloud) if base.cloud() == Some(*cloud) => Ok(()),
        SourceKind::Microsoft(cloud) => {
            Err(AuthError::ForeignHost { login: cloud.login().to_owned(), host: base.host() })
        }
    }
}

/// Gives tokens, from its own cache where it can.
#[async_trait]
pub trait TokenSource: Send + Sync {
    /// A token that is valid for a while.
    async fn token(&self) -> Result<Token, AuthError>;

    /// Another token than the one that Graph has just not accepted; `claims` is the JSON of a claims challenge, if there
    /// was one (reference 9.4), which the next token request has to carry.
    async fn renew(&self, rejected: &Token, claims: Option<&str>) -> Result<Token, AuthError>;

    /// Where its tokens come from.
    fn kind(&self) -> SourceKind;
}

/// A token that was handed over.
#[derive(Debug, Clone)]
pub struct StaticToken(Token);

impl StaticToken {
    /// Takes a token over. White space around it is cut.
    pub fn new(token: &SecretString) -> Result<StaticToken, AuthError> {
        let text = token.expose_secret().trim();
        if text.is_empty() {
            return Err(AuthError::NoToken);
        }
        if !text.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(AuthError::Malformed);
        }
        Ok(StaticToken(Token::new(SecretString::from(text), None)))
    }
}

#[async_trait]
impl TokenSource for StaticToken {
    async fn token(&self) -> Result<Token, AuthError> {
        Ok(self.0.clone())
    }

    async fn renew(&self, _rejected: &Token, _claims: Option<&str>) -> Result<Token, AuthError> {
        Err(AuthError::NotRenewable)
    }

    fn kind(&self) -> SourceKind {
        SourceKind::HandedOver
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_of_microsoft_goes_to_its_own_cloud_only() {
        let global = SourceKind::Microsoft(Cloud::Global);
        assert_eq!(allowed(&global, &BaseUrl::of(Cloud::Global)), Ok(()));
        for foreign in [BaseUrl::of(Cloud::China), BaseUrl::parse("http://127.0.0.1:9").unwrap()] {
            assert!(matches!(allowed(&global, &foreign), Err(AuthError::ForeignHost { .. })));
            assert_eq!(allowed(&SourceKind::HandedOver, &foreign), Ok(()));
        }
        let nearly = BaseUrl::parse("https://graph.microsoft.com:444").unwrap();
        assert!(allowed(&global, &nearly).is_err());
    }

    #[test]
    fn a_token_shows_itself_to_nobody() {
        let token = StaticToken::new(&SecretString::from(" hush \n")).unwrap();
        assert!(!format!("{token:?}").contains("hush"));
        assert_eq!(token.0.expose(), "hush");
    }

    #[test]
    fn what_is_no_token_is_told_apart() {
        assert_eq!(StaticToken::new(&SecretString::from(" \n")).err(), Some(AuthError::NoToken));
        assert_eq!(StaticToken::new(&SecretString::from("a\nb")).err(), Some(AuthError::Malformed));
    }
}
