//! Device code: a short code that is typed into a page on any machine (reference 9.2). Made for people over SSH; many
//! tenants block it, because whoever is sent such a code by somebody else signs that somebody in.

use std::time::Duration;

use async_trait::async_trait;
use oauth2::StandardDeviceAuthorizationResponse;
use oauth2::basic::BasicTokenResponse;

use super::authority::Login;
use super::cached::Cached;
use super::delegated::{Ask, OnPrompt, Person, Prompt};
use super::scopes::{Profile, delegated};
use super::stored::Stored;
use super::token::AuthError;
use crate::domain::text::Clean;

/// A connection that fails while a person types is tried again at most this much later.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// Signs a person in by a code. `keep` keeps the refresh token in `stored`.
pub fn device_code(
    login: &Login,
    profile: Profile,
    prompt: OnPrompt,
    stored: Option<Stored>,
    keep: bool,
) -> Result<Cached, AuthError> {
    let scopes = delegated(profile, &login.graph);
    Person::cached(login, scopes, prompt, stored, keep, ("the device code sign-in", Box::new(ByCode)))
}

struct ByCode;

#[async_trait]
impl Ask for ByCode {
    async fn ask(&self, person: &Person) -> Result<BasicTokenResponse, AuthError> {
        let endpoints = person.endpoints()?;
        let request = endpoints.exchange_device_code().add_scopes(person.scopes.iter().cloned());
        let details: StandardDeviceAuthorizationResponse =
            request.request_async(&person.http).await.map_err(|error| person.failed(error))?;
        let clean = |text: &str| Clean::new(text).to_string();
        (person.prompt)(Prompt::Code {
            url: clean(details.verification_uri().as_str()),
            code: clean(details.user_code().secret()),
            minutes: details.expires_in().as_secs().div_ceil(60),
        });
        // Waits as the host says, 5 s longer each time it asks to slow down, until the code runs out.
        let poll = endpoints.exchange_device_access_token(&details).set_max_backoff_interval(LONGEST_PAUSE);
        let poll = poll.add_extra_param("claims", person.challenge.claims());
        poll.request_async(&person.http, tokio::time::sleep, None).await.map_err(|error| person.failed(error))
    }
}
