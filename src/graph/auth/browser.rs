//! Sign-in in a browser with PKCE: the page's end comes back to a port of this machine. Over SSH the browser is
//! elsewhere, so whoever reads the prompt also needs the line that leads the port there.

use std::time::Duration;

use async_trait::async_trait;
use oauth2::basic::BasicTokenResponse;
use oauth2::{AuthorizationCode, CsrfToken, PkceCodeChallenge, RedirectUrl};

use super::authority::Login;
use super::cached::Cached;
use super::delegated::{Ask, OnPrompt, Person, Prompt};
use super::redirect::Redirect;
use super::scopes::{Profile, delegated};
use super::stored::Stored;
use super::token::AuthError;

/// How long a person may take.
const PATIENCE: Duration = Duration::from_secs(600);

/// Signs a person in by a browser. `keep` keeps the refresh token in `stored`.
pub fn browser(
    login: &Login,
    profile: Profile,
    prompt: OnPrompt,
    stored: Option<Stored>,
    keep: bool,
) -> Result<Cached, AuthError> {
    let scopes = delegated(profile, &login.graph);
    Person::cached(login, scopes, prompt, stored, keep, ("the browser sign-in", Box::new(ByBrowser)))
}

struct ByBrowser;

#[async_trait]
impl Ask for ByBrowser {
    async fn ask(&self, person: &Person) -> Result<BasicTokenResponse, AuthError> {
        let redirect = Redirect::open().await?;
        // Entra lets any port follow `localhost`; 127.0.0.1 would have to be registered with its port.
        let back = RedirectUrl::new(format!("http://localhost:{}", redirect.port()))
            .map_err(|error| AuthError::Missing(error.to_string()))?;
        let endpoints = person.endpoints()?.set_redirect_uri(back);
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let (url, state) = endpoints
            .authorize_url(CsrfToken::new_random)
            .add_scopes(person.scopes.iter().cloned())
            .set_pkce_challenge(challenge)
            .add_extra_param("claims", person.challenge.claims())
            .add_extra_param("prompt", "select_account")
            .url();
        (person.prompt)(Prompt::Browser { url: url.to_string(), port: redirect.port() });
        let code = tokio::time::timeout(PATIENCE, redirect.code(state.secret())).await;
        let code = AuthorizationCode::new(code.map_err(|_| AuthError::Expired)??);
        let request = endpoints.exchange_code(code).set_pkce_verifier(verifier);
        let request = request.add_extra_param("claims", person.challenge.claims());
        request.request_async(&person.http).await.map_err(|error| person.failed(error))
    }
}
