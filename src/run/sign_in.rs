//! From settings to a token source: which way to sign in, where, as what, and for what.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use crate::config::{Auth, Cloud, Extra, Settings};
use crate::graph::{
    self, Authority, AzureCli, BaseUrl, DEFAULT_CLIENT_ID, Login, OnPrompt, Profile, Prompt, SourceKind, StaticToken,
    Stored, TokenSource,
};
use crate::run::exit::Failure;

/// How a sign-in of a person goes.
pub(crate) struct Person {
    /// Told of the code or the page.
    pub(crate) prompt: OnPrompt,
    /// Whether to ask anew and keep the refresh token.
    pub(crate) keep: bool,
    /// Whether the command can only read, whatever the mode: then no permission to write is asked for.
    pub(crate) look: bool,
}

impl Default for Person {
    fn default() -> Person {
        Person { prompt: Arc::new(tell), keep: false, look: false }
    }
}

/// Writes a prompt to standard error: sign-in happens before any screen opens.
fn tell(prompt: Prompt) {
    // Whoever cannot read it cannot sign in, and the time runs out.
    let _ = writeln!(std::io::stderr(), "{}", words(&prompt));
}

/// A prompt as text.
pub fn words(prompt: &Prompt) -> String {
    match prompt {
        Prompt::Code { url, code, minutes } => format!(
            "To sign in, open {url} in a browser on any machine and enter the code {code} (good for {minutes} minutes).\n\
             Enter it only because you started tenantry yourself: whoever sends you such a code signs in as you."
        ),
        Prompt::Browser { url, port } => {
            let host = rustix::system::uname().nodename().to_string_lossy().into_owned();
            let host = crate::domain::text::Clean::owned(host);
            format!(
                "To sign in, open this page in a browser:\n\n{url}\n\nThe browser comes back to port {port} of its own \
                 machine. Over SSH, first lead that port here: run\n\n  ssh -L {port}:127.0.0.1:{port} {host}\n\non the \
                 machine with the browser."
            )
        }
    }
}

pub(crate) fn cloud(cloud: Cloud) -> graph::Cloud {
    match cloud {
        Cloud::Global => graph::Cloud::Global,
        Cloud::GccHigh => graph::Cloud::GccHigh,
        Cloud::Dod => graph::Cloud::Dod,
        Cloud::China => graph::Cloud::China,
    }
}

/// What the operator wants to do, in permissions.
pub(crate) fn profile(settings: &Settings) -> Profile {
    let audit = settings.with.iter().any(|extra| matches!(extra, Extra::SignIn | Extra::Audit));
    Profile { fix: settings.access.read_only().is_none(), audit }
}

/// The sign-in host: the one that was named, or that of the cloud.
fn authority(settings: &Settings) -> Result<Authority, Failure> {
    let chosen = cloud(settings.cloud);
    if let Some(url) = &settings.login_url {
        return Ok(Authority::parse(url).map_err(Failure::usage)?.in_cloud(chosen));
    }
    let own = Authority::of(chosen).in_cloud(chosen);
    // A host that another tool was told about is no reason to send secrets somewhere that nobody named here.
    match settings.authority_host.as_deref().map(Authority::parse) {
        Some(Ok(host)) if host.is(&own) => Ok(own),
        None => Ok(own),
        Some(Ok(host)) => Err(Failure::usage(format_args!(
            "AZURE_AUTHORITY_HOST names {host}, but --cloud {} signs in at {own}: choose the --cloud of that host, or \
             name it with --login-url",
            settings.cloud.as_str()
        ))),
        Some(Err(error)) => Err(Failure::usage(format_args!("AZURE_AUTHORITY_HOST: {error}"))),
    }
}

fn login(settings: &Settings, base: &BaseUrl) -> Result<Login, Failure> {
    let authority = authority(settings)?;
    let graph = match authority.kind() {
        SourceKind::Microsoft(cloud) => cloud.graph().to_owned(),
        // A host that was named gives tokens for the Graph that was named with it.
        _ => base.origin(),
    };
    let (tenant, client_id) = if settings.auth.is_program() {
        let tenant = needed(settings.tenant.as_deref(), "a tenant", "--tenant or AZURE_TENANT_ID")?;
        (tenant, needed(settings.client_id.as_deref(), "an application", "--client-id or AZURE_CLIENT_ID")?)
    } else {
        (
            settings.tenant.as_deref().unwrap_or("organizations"),
            settings.client_id.as_deref().unwrap_or(DEFAULT_CLIENT_ID),
        )
    };
    let plain = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || "-._".contains(c));
    if !plain(tenant) {
        return Err(Failure::usage(format_args!("`{tenant}` is no tenant: write its id or one of its domains")));
    }
    Ok(Login { authority, tenant: tenant.to_owned(), client_id: client_id.to_owned(), graph })
}

fn needed<'a>(value: Option<&'a str>, what: &str, from: &str) -> Result<&'a str, Failure> {
    value.ok_or_else(|| Failure::usage(format_args!("this way to sign in needs {what}: set {from}")))
}

/// Where a refresh token is kept.
pub(crate) fn stored(settings: &Settings) -> Option<Stored> {
    settings.state_dir.as_deref().map(Stored::in_dir)
}

/// The token source of the settings. Nothing is asked yet.
pub(crate) fn source(settings: &Settings, base: &BaseUrl, person: Person) -> Result<Arc<dyn TokenSource>, Failure> {
    let file = |path: &Option<std::path::PathBuf>, what: &str, from: &str| {
        let missing = || Failure::usage(format_args!("this way to sign in needs {what}: set {from}"));
        path.as_deref().map(Path::to_owned).ok_or_else(missing)
    };
    match settings.auth {
        Auth::AzureCli if settings.login_url.is_some() => Err(Failure::usage(
            "--login-url is not asked with --auth azure-cli: choose another way to sign in, or leave it out",
        )),
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
        Auth::DeviceCode | Auth::Browser => {
            let sign_in = if settings.auth == Auth::Browser { graph::browser } else { graph::device_code };
            let login = login(settings, base)?;
            let mut wanted = profile(settings);
            wanted.fix &= !person.look;
            let source = sign_in(&login, wanted, person.prompt, stored(settings), person.keep);
            Ok(Arc::new(source.map_err(Failure::denied)?))
        }
        Auth::ClientSecret => {
            let login = login(settings, base)?;
            let missing = || Failure::usage("this way to sign in needs a secret: set AZURE_CLIENT_SECRET");
            let secret = settings.client_secret.as_ref().ok_or_else(missing)?;
            Ok(Arc::new(graph::client_secret(&login, secret).map_err(Failure::denied)?))
        }
        Auth::ClientCertificate => {
            let login = login(settings, base)?;
            let from = "--client-certificate or AZURE_CLIENT_CERTIFICATE_PATH";
            let path = file(&settings.client_certificate, "a certificate file", from)?;
            Ok(Arc::new(graph::client_certificate(&login, &path).map_err(Failure::denied)?))
        }
        Auth::WorkloadIdentity => {
            let login = login(settings, base)?;
            let path = file(&settings.federated_token_file, "a token file", "AZURE_FEDERATED_TOKEN_FILE")?;
            Ok(Arc::new(graph::workload_identity(&login, path).map_err(Failure::denied)?))
        }
        Auth::ManagedIdentity => {
            let source = graph::managed_identity(cloud(settings.cloud), settings.client_id.as_deref());
            Ok(Arc::new(source.map_err(Failure::denied)?))
        }
    }
}
