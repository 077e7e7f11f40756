//! Credentials of azure_identity's shape, with the cache, the time limit and the answer to challenges that they lack.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use azure_core::credentials::TokenCredential;
use secrecy::SecretString;
use tokio::sync::Mutex;

use super::super::base::Cloud;
use super::authority::Login;
use super::challenge::Challenge;
use super::token::{AuthError, SourceKind, Token, TokenSource};
use crate::domain::text::Clean;

/// Tokens are replaced this long before they expire: a bulk run must not meet the end of one.
const AHEAD: Duration = Duration::from_secs(300);

/// Any credential of azure_identity behind an own cache and time limit. The credentials themselves either do not cache
/// at all (`az`), or fail while the old token would still do, or retry for over a minute.
pub struct Cached {
    make: Make,
    who: &'static str,
    kind: SourceKind,
    scope: String,
    limit: Duration,
    challenge: Challenge,
    held: Mutex<Held>,
}

/// Makes the credential. Those of azure_identity cache by themselves and would give a token that Graph refuses again
/// and again: a new one is the only way round that.
type Make = Box<dyn Fn() -> Result<Arc<dyn TokenCredential>, AuthError> + Send + Sync>;

#[derive(Default)]
struct Held {
    credential: Option<Arc<dyn TokenCredential>>,
    token: Option<Token>,
}

impl Cached {
    /// Wraps a credential that asks the login host of `cloud`.
    pub fn new(credential: Arc<dyn TokenCredential>, who: &'static str, cloud: Cloud, limit: Duration) -> Cached {
        Cached {
            make: Box::new(move || Ok(Arc::clone(&credential))),
            who,
            kind: SourceKind::Microsoft(cloud),
            scope: cloud.scope(),
            limit,
            challenge: Challenge::default(),
            held: Mutex::default(),
        }
    }

    /// Wraps what `make` makes, for a sign-in whose token requests carry the claims of `challenge`.
    pub(super) fn of(who: &'static str, login: &Login, limit: Duration, challenge: Challenge, make: Make) -> Cached {
        let (kind, scope) = (login.authority.kind(), login.default_scope());
        Cached { make, who, kind, scope, limit, challenge, held: Mutex::default() }
    }

    async fn ask(&self, held: &mut Held) -> Result<Token, AuthError> {
        let credential = match &held.credential {
            Some(credential) => Arc::clone(credential),
            None => Arc::clone(held.credential.insert((self.make)()?)),
        };
        let answer = tokio::time::timeout(self.limit, credential.get_token(&[self.scope.as_str()], None)).await;
        let token = answer
            .map_err(|_| AuthError::TimedOut { who: self.who, seconds: self.limit.as_secs() })?
            .map_err(|error| self.failed(&error))?;
        let left = Duration::from_secs(u64::try_from(token.expires_on.unix_timestamp()).unwrap_or(0));
        Ok(Token::new(SecretString::from(token.token.secret()), Some(SystemTime::UNIX_EPOCH + left)))
    }

    /// The error of a credential: our own ones hand over theirs as it is.
    fn failed(&self, error: &azure_core::Error) -> AuthError {
        match error.downcast_ref::<AuthError>() {
            Some(own) => own.clone(),
            None => AuthError::Failed { who: self.who, why: one_line(&error.to_string()) },
        }
    }
}

/// Credentials answer in many lines and in the colors of their own terminal output.
pub(super) fn one_line(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    Clean::owned(line.chars().take(400).collect()).to_string()
}

/// Whether a token is valid for at least this much longer.
fn lasts(token: &Token, longer: Duration) -> bool {
    token.expires().is_none_or(|end| end.duration_since(SystemTime::now()).is_ok_and(|left| left > longer))
}

#[async_trait]
impl TokenSource for Cached {
    async fn token(&self) -> Result<Token, AuthError> {
        // The lock is held while asking: sixteen streams that start together start one `az`, not sixteen.
        let mut held = self.held.lock().await;
        if let Some(token) = held.token.as_ref().filter(|token| lasts(token, AHEAD)) {
            return Ok(token.clone());
        }
        match self.ask(&mut held).await {
            Ok(token) => Ok(held.token.insert(token).clone()),
            Err(error) => held.token.as_ref().filter(|token| lasts(token, Duration::ZERO)).cloned().ok_or(error),
        }
    }

    async fn renew(&self, rejected: &Token, claims: Option<&str>) -> Result<Token, AuthError> {
        let mut held = self.held.lock().await;
        // Another stream may have renewed it while this one waited.
        if let Some(token) = held.token.as_ref().filter(|token| !token.is(rejected)) {
            return Ok(token.clone());
        }
        if let Some(claims) = claims {
            self.challenge.set(claims);
        }
        *held = Held::default();
        let token = self.ask(&mut held).await?;
        Ok(held.token.insert(token).clone())
    }

    fn kind(&self) -> SourceKind {
        self.kind.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use azure_core::credentials::{AccessToken, TokenRequestOptions};
    use azure_core::time::OffsetDateTime;
    use std::sync::atomic::{AtomicU32, Ordering};

    /// Gives a new token each time, valid for `seconds`; fails from the call `fails_from` on; never answers at 0.
    #[derive(Debug)]
    struct Fake {
        calls: AtomicU32,
        seconds: i64,
        fails_from: u32,
    }

    #[async_trait]
    impl TokenCredential for Fake {
        async fn get_token(
            &self,
            scopes: &[&str],
            _: Option<TokenRequestOptions<'_>>,
        ) -> azure_core::Result<AccessToken> {
            assert_eq!(scopes, ["https://graph.microsoft.com/.default"]);
            let call = self.calls.fetch_add(1, Ordering::SeqCst) + 1;
            if self.fails_from == 0 {
                std::future::pending::<()>().await;
            }
            if call >= self.fails_from {
                return Err(azure_core::Error::with_message(azure_core::error::ErrorKind::Credential, "no\n  luck"));
            }
            let end = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs() as i64 + self.seconds;
            Ok(AccessToken::new(format!("t{call}"), OffsetDateTime::from_unix_timestamp(end).unwrap()))
        }
    }

    fn cached(seconds: i64, fails_from: u32) -> Cached {
        let fake = Fake { calls: AtomicU32::new(0), seconds, fails_from };
        Cached::new(Arc::new(fake), "Fake", Cloud::Global, Duration::from_secs(5))
    }

    #[tokio::test]
    async fn a_long_token_is_asked_for_once_and_renewed_once() {
        let source = cached(3600, 99);
        let first = source.token().await.unwrap();
        assert!(source.token().await.unwrap().is(&first));
        let second = source.renew(&first, None).await.unwrap();
        assert_eq!(second.expose(), "t2");
        assert_eq!(source.renew(&first, None).await.unwrap().expose(), "t2", "somebody else renewed it already");
    }

    #[tokio::test]
    async fn a_token_near_its_end_is_replaced_and_kept_where_that_fails() {
        let source = cached(200, 3);
        assert_eq!(source.token().await.unwrap().expose(), "t1");
        assert_eq!(source.token().await.unwrap().expose(), "t2");
        assert_eq!(source.token().await.unwrap().expose(), "t2", "the old one still lasts 200 s");
        let gone = cached(-1, 2);
        gone.token().await.unwrap();
        assert_eq!(gone.token().await.err(), Some(AuthError::Failed { who: "Fake", why: "no luck".to_owned() }));
    }

    #[tokio::test(start_paused = true)]
    async fn a_credential_that_never_answers_is_given_up() {
        assert_eq!(cached(1, 0).token().await.err(), Some(AuthError::TimedOut { who: "Fake", seconds: 5 }));
    }
}
