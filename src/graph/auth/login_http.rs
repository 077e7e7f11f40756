//! The connection to the sign-in host: it reaches that host and no other, follows nothing, and says on each token
//! request which claims are understood.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use azure_core::error::ErrorKind;
use azure_core::http::request::Body;
use azure_core::http::{AsyncRawResponse, ClientOptions, HttpClient, Request, RetryOptions, Transport};
use azure_core::{Error, Result};
use futures_util::future::BoxFuture;
use reqwest::Url;

use super::super::base::encode;
use super::authority::Authority;
use super::challenge::Challenge;
use super::token::AuthError;

/// A sign-in host that is silent for longer is not there.
const SILENCE: Duration = Duration::from_secs(15);

/// The largest answer of a sign-in host.
const LARGEST: usize = 1 << 20;

/// A client of one sign-in host.
#[derive(Clone)]
pub(super) struct LoginHttp {
    http: reqwest::Client,
    home: Url,
    challenge: Challenge,
}

impl fmt::Debug for LoginHttp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LoginHttp").field("home", &self.home.as_str()).finish_non_exhaustive()
    }
}

/// A client without redirects and without patience.
pub(super) fn plain_client(own_machine: bool) -> std::result::Result<reqwest::Client, AuthError> {
    let mut builder = reqwest::Client::builder()
        .user_agent(concat!("tenantry/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(Duration::from_secs(10))
        .timeout(SILENCE)
        .redirect(reqwest::redirect::Policy::none())
        .referer(false);
    if own_machine {
        // HTTP_PROXY is applied to 127.0.0.1 too.
        builder = builder.no_proxy();
    }
    builder.build().map_err(|error| AuthError::Failed { who: "the HTTP client", why: error.without_url().to_string() })
}

impl LoginHttp {
    pub(super) fn new(authority: &Authority, challenge: Challenge) -> std::result::Result<LoginHttp, AuthError> {
        let http = plain_client(authority.is_loopback())?;
        Ok(LoginHttp { http, home: authority.url().clone(), challenge })
    }

    /// The options of a credential of azure_identity that may ask this host only.
    pub(super) fn client_options(&self) -> ClientOptions {
        // The host of the authority, with https whatever it is: the credentials refuse http even to this machine.
        let port = self.home.port().map(|port| format!(":{port}")).unwrap_or_default();
        let host = self.home.host_str().unwrap_or_default();
        let mut cloud = azure_core::cloud::CustomConfiguration::default();
        cloud.authority_host = format!("https://{host}{port}");
        ClientOptions {
            transport: Some(Transport::new(std::sync::Arc::new(self.clone()))),
            // Their own nine tries take over a minute; whoever waits wants to know.
            retry: RetryOptions::none(),
            cloud: Some(std::sync::Arc::new(cloud.into())),
            ..ClientOptions::default()
        }
    }

    async fn send(&self, request: oauth2::HttpRequest) -> std::result::Result<oauth2::HttpResponse, Fault> {
        let request = reqwest::Request::try_from(request).map_err(|error| Fault(error.without_url().to_string()))?;
        if request.url().origin() != self.home.origin() {
            return Err(Fault("it would ask another host".to_owned()));
        }
        let mut answer = self.http.execute(request).await.map_err(|error| Fault::of(&error))?;
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(|error| Fault::of(&error))? {
            if body.len() + chunk.len() > LARGEST {
                return Err(Fault("its answer is too large".to_owned()));
            }
            body.extend_from_slice(&chunk);
        }
        let mut response = oauth2::HttpResponse::new(body);
        *response.status_mut() = answer.status();
        *response.headers_mut() = answer.headers().clone();
        Ok(response)
    }
}

/// Why the sign-in host did not answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(super) struct Fault(pub(super) String);

impl Fault {
    fn of(error: &reqwest::Error) -> Fault {
        Fault(super::super::transport::words(error))
    }
}

/// Requests of the OAuth crate.
impl<'c> oauth2::AsyncHttpClient<'c> for LoginHttp {
    type Error = Fault;
    type Future = BoxFuture<'c, std::result::Result<oauth2::HttpResponse, Fault>>;

    fn call(&'c self, request: oauth2::HttpRequest) -> Self::Future {
        Box::pin(self.send(request))
    }
}

#[async_trait]
impl HttpClient for LoginHttp {
    async fn execute_request(&self, request: &Request) -> Result<AsyncRawResponse> {
        let mut request = request.clone();
        let (asked, home) = (request.url(), &self.home);
        if asked.host_str() != home.host_str() || asked.port() != home.port() {
            return Err(Error::with_message(ErrorKind::Credential, "it would ask another host than the sign-in host"));
        }
        let scheme = home.scheme().to_owned();
        // Fails only between special and other schemes, and both are special.
        let _ = request.url_mut().set_scheme(&scheme);
        // The credentials take no claims; their requests are forms, to which one more field is added.
        if let Body::Bytes(form) = request.body().clone()
            && !form.is_empty()
        {
            let mut form = form.to_vec();
            form.extend_from_slice(format!("&claims={}", encode(&self.challenge.claims())).as_bytes());
            request.set_body(form);
        }
        self.http.execute_request(&request).await
    }
}
