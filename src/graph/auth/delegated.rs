//! Sign-in of a person: asked once, then renewed quietly with the refresh token, in the middle of a bulk run too.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use async_trait::async_trait;
use azure_core::credentials::{AccessToken, TokenCredential, TokenRequestOptions};
use azure_core::error::ErrorKind;
use azure_core::time::OffsetDateTime;
use oauth2::basic::{BasicClient, BasicTokenResponse};
use oauth2::{
    AuthType, AuthUrl, ClientId, DeviceAuthorizationUrl, EndpointNotSet, EndpointSet, ErrorResponseType, RefreshToken,
    RequestTokenError, Scope, StandardErrorResponse, TokenResponse, TokenUrl,
};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Mutex;

use super::authority::Login;
use super::cached::{Cached, one_line};
use super::challenge::Challenge;
use super::login_http::{Fault, LoginHttp};
use super::stored::Stored;
use super::token::AuthError;

/// Microsoft Graph Command Line Tools: it takes any delegated permission of Graph by consent. Tenants may have turned it
/// off or require assignment; then an own registration is named with `--client-id` (reference 9.5).
pub const DEFAULT_CLIENT_ID: &str = "14d82eec-204b-4c2f-b7e8-296a70dab67e";

/// Longer than any sign-in host waits for a person; each way has its own, shorter end.
const LIMIT: Duration = Duration::from_secs(20 * 60);

/// What a person has to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Prompt {
    /// A code to type into a page, on any machine.
    Code {
        /// The page.
        url: String,
        /// The code.
        code: String,
        /// How long it lasts.
        minutes: u64,
    },
    /// A page to open, whose end comes back to a port of this machine.
    Browser {
        /// The page.
        url: String,
        /// The port.
        port: u16,
    },
}

/// Tells a person. Called before anything is waited for; must not block.
pub type OnPrompt = Arc<dyn Fn(Prompt) + Send + Sync>;

/// The OAuth crate's client with the endpoints that both ways use.
pub(super) type Endpoints = BasicClient<EndpointSet, EndpointSet, EndpointNotSet, EndpointNotSet, EndpointSet>;

/// How a person is asked.
#[async_trait]
pub(super) trait Ask: Send + Sync {
    /// Asks, and waits for the tokens.
    async fn ask(&self, person: &Person) -> Result<BasicTokenResponse, AuthError>;
}

/// A person's sign-in.
pub(super) struct Person {
    pub(super) login: Login,
    pub(super) scopes: Vec<Scope>,
    pub(super) http: LoginHttp,
    pub(super) challenge: Challenge,
    pub(super) prompt: OnPrompt,
    ask: Box<dyn Ask>,
    who: &'static str,
    stored: Option<Stored>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    refresh: Option<SecretString>,
    /// Whether a token was given: from then on a screen may be open, and nobody is asked.
    given: bool,
    /// Whether the refresh token is kept in the file.
    kept: bool,
}

impl fmt::Debug for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Person").field("who", &self.who).finish_non_exhaustive()
    }
}

impl Person {
    /// A sign-in that asks for `scopes`. A refresh token that was kept is used, unless `keep` says that a new one is to
    /// be kept.
    pub(super) fn cached(
        login: &Login,
        scopes: Vec<String>,
        prompt: OnPrompt,
        stored: Option<Stored>,
        keep: bool,
        (who, ask): (&'static str, Box<dyn Ask>),
    ) -> Result<Cached, AuthError> {
        let challenge = Challenge::default();
        let http = LoginHttp::new(&login.authority, challenge.clone())?;
        let kept = match &stored {
            Some(stored) if !keep => stored.read(login).map_err(|error| AuthError::Missing(error.to_string()))?,
            _ => None,
        };
        let state = State { kept: keep || kept.is_some(), refresh: kept, given: false };
        let scopes = scopes.into_iter().map(Scope::new).collect();
        let person = Person {
            login: login.clone(),
            scopes,
            http,
            challenge: challenge.clone(),
            prompt,
            ask,
            who,
            stored,
            state: Mutex::new(state),
        };
        // The same one each time: it holds the refresh token, and caches nothing.
        let person: Arc<dyn TokenCredential> = Arc::new(person);
        Ok(Cached::of(who, login, LIMIT, challenge, Box::new(move || Ok(Arc::clone(&person)))))
    }

    /// The client of the OAuth crate.
    pub(super) fn endpoints(&self) -> Result<Endpoints, AuthError> {
        let bad = |error: oauth2::url::ParseError| AuthError::Failed { who: self.who, why: error.to_string() };
        let device = DeviceAuthorizationUrl::new(self.login.endpoint("devicecode")).map_err(bad)?;
        Ok(BasicClient::new(ClientId::new(self.login.client_id.clone()))
            .set_auth_type(AuthType::RequestBody)
            .set_auth_uri(AuthUrl::new(self.login.endpoint("authorize")).map_err(bad)?)
            .set_token_uri(TokenUrl::new(self.login.endpoint("token")).map_err(bad)?)
            .set_device_authorization_url(device))
    }

    /// What an error of the sign-in host means while a person signs in.
    pub(super) fn failed<T>(&self, error: RequestTokenError<Fault, StandardErrorResponse<T>>) -> AuthError
    where
        T: ErrorResponseType + AsRef<str> + fmt::Display + 'static,
    {
        let why = match error {
            RequestTokenError::ServerResponse(said) => match said.error().as_ref() {
                "authorization_declined" | "access_denied" => return AuthError::Declined,
                "expired_token" | "code_expired" => return AuthError::Expired,
                code => said.error_description().cloned().unwrap_or_else(|| code.to_owned()),
            },
            RequestTokenError::Request(fault) => format!("cannot reach {}: {fault}", self.login.authority),
            // Neither the body nor the parser's words: a captive proxy's page says nothing to anybody.
            RequestTokenError::Parse(..) => format!("{} does not answer like a sign-in host", self.login.authority),
            RequestTokenError::Other(why) => why,
        };
        AuthError::Failed { who: self.who, why: one_line(&why) }
    }

    async fn refresh(&self, token: &SecretString) -> Result<BasicTokenResponse, AuthError> {
        let token = RefreshToken::new(token.expose_secret().to_owned());
        let endpoints = self.endpoints()?;
        let request = endpoints.exchange_refresh_token(&token).add_scopes(self.scopes.iter().cloned());
        let answer = request.add_extra_param("claims", self.challenge.claims()).request_async(&self.http).await;
        answer.map_err(|error| {
            if let RequestTokenError::ServerResponse(said) = &error {
                let code = said.error().as_ref();
                if ["invalid_grant", "interaction_required", "login_required", "consent_required"].contains(&code) {
                    let why = said.error_description().map_or(code, String::as_str);
                    return AuthError::SignInAgain { why: one_line(why) };
                }
            }
            self.failed(error)
        })
    }

    async fn tokens(&self, state: &mut State) -> Result<BasicTokenResponse, AuthError> {
        if let Some(refresh) = &state.refresh {
            match self.refresh(refresh).await {
                Err(AuthError::SignInAgain { .. }) if !state.given => state.refresh = None,
                end => return end,
            }
        }
        if state.given {
            return Err(AuthError::SignInAgain { why: "the sign-in host gave no refresh token".to_owned() });
        }
        self.ask.ask(self).await
    }

    async fn token(&self) -> Result<AccessToken, AuthError> {
        let mut state = self.state.lock().await;
        let tokens = self.tokens(&mut state).await?;
        state.given = true;
        if let Some(refresh) = tokens.refresh_token() {
            let refresh = SecretString::from(refresh.secret().as_str());
            if let Some(stored) = self.stored.as_ref().filter(|_| state.kept) {
                stored.write(&self.login, &refresh).map_err(|error| AuthError::Missing(error.to_string()))?;
            }
            state.refresh = Some(refresh);
        }
        let life = tokens.expires_in().unwrap_or(Duration::from_secs(3600));
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let end = i64::try_from(now.saturating_add(life).as_secs()).unwrap_or(i64::MAX);
        let end = OffsetDateTime::from_unix_timestamp(end).unwrap_or(OffsetDateTime::UNIX_EPOCH);
        Ok(AccessToken::new(tokens.access_token().secret().clone(), end))
    }
}

#[async_trait]
impl TokenCredential for Person {
    async fn get_token(
        &self,
        _scopes: &[&str],
        _options: Option<TokenRequestOptions<'_>>,
    ) -> azure_core::Result<AccessToken> {
        // The scopes of a person's sign-in are its own: `/.default` would ask for whatever was ever consented to.
        self.token().await.map_err(|error| azure_core::Error::new(ErrorKind::Credential, error))
    }
}
