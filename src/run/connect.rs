//! From settings to a client: which Graph, whose token, and whether it may be used there.

use crate::config::Settings;
use crate::domain::access::{Access, ReadOnly};
use crate::domain::ids::TenantId;
use crate::graph::{self, BaseUrl, Claims, Client, ClientOptions, GraphError, OnPrompt, OnRequest};
use crate::run::exit::Failure;
use crate::run::sign_in::{Person, cloud, source};

/// A client with what is known about who uses it.
#[derive(Clone)]
pub struct Connection {
    /// The client. No request was sent to Graph yet.
    pub client: Client,
    /// The ratchet, turned by a token that can only read.
    pub access: Access,
    /// Who is signed in, raw; empty where the token does not say.
    pub who: String,
    /// Host of the base URL.
    pub host: String,
    /// What the token says; `None` where it cannot be read.
    pub claims: Option<Claims>,
}

/// Where Graph is: the URL that was given, or that of the cloud.
pub fn base_url(settings: &Settings) -> Result<BaseUrl, Failure> {
    match &settings.graph_url {
        Some(url) => BaseUrl::parse(url).map_err(Failure::usage),
        None => Ok(BaseUrl::of(cloud(settings.cloud))),
    }
}

/// Signs in and builds the client. Asks for a token, which may take some seconds with Azure CLI, and as long as a person
/// takes with a browser or a code, which is told on standard error; nothing is sent to Graph yet.
pub async fn connect(settings: &Settings, on_request: Option<OnRequest>) -> Result<Connection, Failure> {
    connect_as(settings, on_request, Person::default()).await
}

/// [`connect`] with own words for a person who signs in.
pub async fn connect_telling(
    settings: &Settings,
    on_request: Option<OnRequest>,
    prompt: OnPrompt,
) -> Result<Connection, Failure> {
    connect_as(settings, on_request, Person { prompt, ..Person::default() }).await
}

pub(crate) async fn connect_as(
    settings: &Settings,
    on_request: Option<OnRequest>,
    person: Person,
) -> Result<Connection, Failure> {
    let base = base_url(settings)?;
    let source = source(settings, &base, person)?;
    graph::allowed(&source.kind(), &base).map_err(Failure::denied)?;
    let token = source.token().await.map_err(Failure::denied)?;
    let claims = graph::claims(&token);
    let mut access = settings.access.clone();
    if let Some(claims) = &claims {
        same_tenant(claims, settings)?;
        if claims.read_only() == Some(true) {
            access.tighten(ReadOnly::Token);
        }
    }
    let host = base.host();
    let mut options = ClientOptions::new(base, source);
    options.write_rate = settings.write_rate;
    options.on_request = on_request;
    let client = Client::new(options).map_err(Failure::from)?;
    let who = claims.as_ref().and_then(|c| c.name.clone()).unwrap_or_default();
    Ok(Connection { client, access, who, host, claims })
}

/// A token for another tenant than the one that was asked for is refused before anything is sent. A tenant that was
/// named by a domain is compared with the organization, once that is read.
fn same_tenant(claims: &Claims, settings: &Settings) -> Result<(), Failure> {
    let wanted = settings.tenant.as_deref().and_then(|t| TenantId::parse(t).ok());
    match (wanted, claims.tenant) {
        (Some(wanted), Some(found)) if wanted != found => Err(Failure::denied(format_args!(
            "the token is for tenant {found}, not for {wanted}: sign in to that tenant, or change --tenant"
        ))),
        _ => Ok(()),
    }
}

/// The tenant that was read is the one that was asked for.
pub fn check_tenant(settings: &Settings, organization: &crate::domain::facts::Organization) -> Result<(), Failure> {
    let Some(wanted) = settings.tenant.as_deref() else { return Ok(()) };
    let matches = match TenantId::parse(wanted) {
        Ok(id) => id == organization.id,
        Err(_) => organization.domains.iter().any(|d| d.eq_ignore_ascii_case(wanted)),
    };
    if matches {
        return Ok(());
    }
    Err(Failure::denied(format_args!(
        "Graph answered for tenant {} ({}), not for {wanted}: sign in to that tenant, or change --tenant",
        organization.default_domain, organization.id
    )))
}

impl From<GraphError> for Failure {
    fn from(error: GraphError) -> Failure {
        if error.is_permission() { Failure::denied(error) } else { Failure::unreachable(error) }
    }
}
