//! Credentials of azure_identity, with the cache, the time limit and the closed keyboard that they lack.

use std::ffi::OsStr;
use std::io;
use std::process::{Output, Stdio};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use azure_core::credentials::TokenCredential;
use azure_identity::{AzureCliCredential, AzureCliCredentialOptions, Executor};
use secrecy::SecretString;
use tokio::sync::Mutex;

use super::auth::{AuthError, SourceKind, Token, TokenSource};
use super::base::Cloud;
use crate::domain::text::Clean;

/// Tokens are replaced this long before they expire: a bulk run must not meet the end of one.
const AHEAD: Duration = Duration::from_secs(300);

/// `az` is a Python program: a second at best, several on a cold jump host.
const AZURE_CLI_LIMIT: Duration = Duration::from_secs(20);

/// Any credential of azure_identity behind an own cache and time limit. The credentials themselves either do not cache
/// at all (`az`), or fail while the old token would still do, or retry for over a minute.
pub struct Cached {
    credential: Arc<dyn TokenCredential>,
    who: &'static str,
    cloud: Cloud,
    limit: Duration,
    held: Mutex<Option<Token>>,
}

impl Cached {
    /// Wraps a credential that asks the login host of `cloud`.
    pub fn new(credential: Arc<dyn TokenCredential>, who: &'static str, cloud: Cloud, limit: Duration) -> Cached {
        Cached { credential, who, cloud, limit, held: Mutex::new(None) }
    }

    async fn ask(&self) -> Result<Token, AuthError> {
        let scope = self.cloud.scope();
        let answer = tokio::time::timeout(self.limit, self.credential.get_token(&[scope.as_str()], None)).await;
        let token = answer
            .map_err(|_| AuthError::TimedOut { who: self.who, seconds: self.limit.as_secs() })?
            .map_err(|error| AuthError::Failed { who: self.who, why: one_line(&error.to_string()) })?;
        let left = Duration::from_secs(u64::try_from(token.expires_on.unix_timestamp()).unwrap_or(0));
        Ok(Token::new(SecretString::from(token.token.secret()), Some(SystemTime::UNIX_EPOCH + left)))
    }
}

/// Credentials answer in many lines and in the colors of their own terminal output.
fn one_line(text: &str) -> String {
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
        if let Some(token) = held.as_ref().filter(|token| lasts(token, AHEAD)) {
            return Ok(token.clone());
        }
        match self.ask().await {
            Ok(token) => Ok(held.insert(token).clone()),
            Err(error) => held.as_ref().filter(|token| lasts(token, Duration::ZERO)).cloned().ok_or(error),
        }
    }

    // azure_identity takes no claims: a challenge is answered by a new token only.
    async fn renew(&self, rejected: &Token, _claims: Option<&str>) -> Result<Token, AuthError> {
        let mut held = self.held.lock().await;
        // Another stream may have renewed it while this one waited.
        if let Some(token) = held.as_ref().filter(|token| !token.is(rejected)) {
            return Ok(token.clone());
        }
        *held = None;
        Ok(held.insert(self.ask().await?).clone())
    }

    fn kind(&self) -> SourceKind {
        SourceKind::Microsoft(self.cloud)
    }
}

/// Sign-in of the Azure CLI.
pub struct AzureCli;

impl AzureCli {
    /// Tokens of whoever `az login` signed in, for one tenant if it is named. `az` follows its own cloud setting.
    pub fn source(cloud: Cloud, tenant: Option<&str>) -> Result<Cached, AuthError> {
        let options = AzureCliCredentialOptions {
            tenant_id: tenant.map(str::to_owned),
            executor: Some(Arc::new(Quiet)),
            ..Default::default()
        };
        let credential = AzureCliCredential::new(Some(options))
            .map_err(|error| AuthError::Failed { who: "Azure CLI", why: one_line(&error.to_string()) })?;
        Ok(Cached::new(credential, "Azure CLI", cloud, AZURE_CLI_LIMIT))
    }
}

/// Runs commands without a keyboard. With an inherited stdin, `az` would read the keys meant for the explorer.
#[derive(Debug)]
struct Quiet;

#[async_trait]
impl Executor for Quiet {
    async fn run(&self, program: &OsStr, args: &[&OsStr]) -> io::Result<Output> {
        tokio::process::Command::new(program)
            .args(args)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .output()
            .await
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

    #[tokio::test]
    async fn commands_have_no_keyboard() {
        let output = Quiet.run(OsStr::new("/bin/sh"), &[OsStr::new("-c"), OsStr::new("cat; echo end")]).await.unwrap();
        assert_eq!(output.stdout, b"end\n");
    }
}
