//! The client: one base URL, one token source, one pool of connections. Cheap to clone.

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use super::auth::{TokenSource, allowed};
use super::base::BaseUrl;
use super::error::GraphError;
use super::pace::{Pause, WritePace};
use crate::domain::ids::TenantId;

/// One request that was made, for the request list. It names nobody: ids are replaced by `{id}`, filters are left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestEvent {
    /// GET, POST, PATCH or DELETE.
    pub method: &'static str,
    /// Path below the version.
    pub path: String,
    /// HTTP status; `None` when no answer came.
    pub status: Option<u16>,
    /// From sending to the last byte, or to the failure.
    pub duration: Duration,
    /// How often it had been tried before.
    pub retries: u32,
    /// `request-id` of the answer.
    pub request_id: Option<String>,
    /// `client-request-id` that was sent.
    pub client_request_id: String,
}

/// Is told of each request when it has ended. Called from network tasks: must not block.
pub type OnRequest = Arc<dyn Fn(RequestEvent) + Send + Sync>;

/// What a client is made of.
#[derive(Clone)]
pub struct ClientOptions {
    /// Where Graph is.
    pub base: BaseUrl,
    /// Who gives tokens.
    pub token: Arc<dyn TokenSource>,
    /// What the client calls itself.
    pub user_agent: String,
    /// Limit for a connection to stand.
    pub connect_timeout: Duration,
    /// Limit for silence on a connection.
    pub read_timeout: Duration,
    /// The first waiting time between two tries, when Graph names none.
    pub backoff: Duration,
    /// How often a request is tried before it counts as failed.
    pub tries: u32,
    /// The largest answer, in bytes.
    pub body_limit: usize,
    /// The share of the write budget to use, in percent.
    pub write_rate: u8,
    /// Told of each request.
    pub on_request: Option<OnRequest>,
}

impl ClientOptions {
    /// The defaults.
    pub fn new(base: BaseUrl, token: Arc<dyn TokenSource>) -> ClientOptions {
        ClientOptions {
            base,
            token,
            user_agent: concat!("tenantry/", env!("CARGO_PKG_VERSION")).to_owned(),
            connect_timeout: Duration::from_secs(10),
            read_timeout: Duration::from_secs(30),
            backoff: Duration::from_millis(500),
            tries: 7,
            body_limit: 64 << 20,
            write_rate: 80,
            on_request: None,
        }
    }
}

/// A client of one Graph endpoint.
#[derive(Clone)]
pub struct Client(pub(super) Arc<Inner>);

pub(super) struct Inner {
    pub(super) options: ClientOptions,
    pub(super) http: reqwest::Client,
    pub(super) reads: Pause,
    pub(super) writes: WritePace,
    pub(super) tenant: OnceLock<TenantId>,
}

impl Client {
    /// Builds a client, if the token may go to the base URL. Reads the CA files of the system for https: about 20 ms
    /// that do not belong before the first frame.
    pub fn new(options: ClientOptions) -> Result<Client, GraphError> {
        allowed(&options.token.kind(), &options.base)?;
        let mut builder = reqwest::Client::builder()
            .user_agent(&options.user_agent)
            .connect_timeout(options.connect_timeout)
            .read_timeout(options.read_timeout)
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .gzip(true);
        if options.base.is_loopback() {
            // HTTP_PROXY is applied to 127.0.0.1 too; and a server without TLS needs no CA files.
            builder = builder.no_proxy();
            if options.base.to_string().starts_with("http://") {
                builder = builder.tls_certs_only([]);
            }
        }
        let http = builder.build().map_err(|error| GraphError::Setup(error.without_url().to_string()))?;
        let writes = WritePace::new(options.write_rate);
        let (reads, tenant) = (Pause::default(), OnceLock::new());
        Ok(Client(Arc::new(Inner { options, http, reads, writes, tenant })))
    }

    /// The base URL.
    pub fn base(&self) -> &BaseUrl {
        &self.0.options.base
    }

    /// The token source.
    pub fn token_source(&self) -> &Arc<dyn TokenSource> {
        &self.0.options.token
    }

    /// Tells the client which tenant it talks to, once; without that, and for any other tenant, it writes nothing.
    pub fn bind_tenant(&self, tenant: TenantId) -> Result<(), GraphError> {
        let bound = *self.0.tenant.get_or_init(|| tenant);
        if bound == tenant { Ok(()) } else { Err(GraphError::OtherTenant(bound)) }
    }

    /// The tenant that the client was told.
    pub fn tenant(&self) -> Option<TenantId> {
        self.0.tenant.get().copied()
    }

    /// Changes the share of the write budget, 1 to 100 percent, also during a run.
    pub fn set_write_rate(&self, percent: u8) {
        self.0.writes.set_percent(percent);
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("base", self.base()).finish_non_exhaustive()
    }
}
