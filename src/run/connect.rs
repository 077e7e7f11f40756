//! From settings to a client: which Graph, whose token, and whether it may be used there.

use std::sync::Arc;

use crate::config::{Auth, Cloud, Settings};
use crate::domain::access::{Access, ReadOnly};
use crate::domain::ids::TenantId;
use crate::graph::{
    self, AzureCli, BaseUrl, Claims, Client, ClientOptions, GraphError, OnRequest, StaticToken, TokenSource,
};
use crate::run::exit::Failure;

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
}

fn cloud(cloud: Cloud) -> graph::Cloud {
    match cloud {
        Cloud::Global => graph::Cloud::Global,
        Cloud::GccHigh => graph::Cloud::GccHigh,
        Cloud::Dod => graph::Cloud::Dod,
        Cloud::China => graph::Cloud::China,
    }
}

/// Where Graph is: the URL that was given, or that of the cloud.
pub fn base_url(settings: &Settings) -> Result<BaseUrl, Failure> {
    match &settings.graph_url {
        Some(url) => BaseUrl::parse(url).map_err(Failure::usage),
        None => Ok(BaseUrl::of(cloud(settings.cloud))),
    }
}

fn source(settings: &Settings) -> Result<Arc<dyn TokenSource>, Failure> {
    match settings.auth {
        Auth::Token => {
            let token = settings.token.as_ref().ok_or_else(|| {
                Failure::denied(
                    "there is no token: set TENANTRY_TOKEN, or sign in with `az login` and use --auth azure-cli",
                )
            })?;
            Ok(Arc::new(StaticToken::new(token).map_err(Failure::denied)?))
        }
        Auth::AzureCli => {
            let source = AzureCli::source(cloud(settings.cloud), settings.tenant.as_deref());
            Ok(Arc::new(source.map_err(Failure::denied)?))
        }
        other => {
            Err(Failure::usage(format_args!("--auth {}: not available yet; use token or azure-cli", other.as_str())))
        }
    }
}

/// Signs in and builds the client. Asks for a token, which may take some seconds with Azure CLI; nothing is sent to
/// Graph yet.
pub async fn connect(settings: &Settings, on_request: Option<OnRequest>) -> Result<Connection, Failure> {
    let base = base_url(settings)?;
    let source = source(settings)?;
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
    let who = claims.and_then(|c| c.name).unwrap_or_default();
    Ok(Connection { client, access, who, host })
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
