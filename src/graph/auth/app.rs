//! Sign-in of programs: a secret, a certificate, the identity of the machine, a federated one. None has a refresh token;
//! each asks again (reference 9.3).

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use azure_core::credentials::{Secret, TokenCredential};
use azure_core::http::{ClientOptions, RetryOptions, Transport};
use azure_identity::{
    ClientAssertionCredential, ClientAssertionCredentialOptions, ClientSecretCredential, ClientSecretCredentialOptions,
    ManagedIdentityCredential, ManagedIdentityCredentialOptions, UserAssignedId, WorkloadIdentityCredential,
    WorkloadIdentityCredentialOptions,
};
use secrecy::{ExposeSecret, SecretString};

use super::super::base::Cloud;
use super::assertion::Certificate;
use super::authority::{Authority, Login};
use super::cached::{Cached, one_line};
use super::challenge::Challenge;
use super::login_http::{LoginHttp, plain_client};
use super::token::AuthError;

/// One request to a sign-in host, or to the machine's own metadata service, which repeats itself for over a minute
/// where there is none.
const LIMIT: Duration = Duration::from_secs(20);

/// What the operator reads when a program's identity fails.
const SECRET: &str = "the client secret";
const CERTIFICATE: &str = "the client certificate";
const MACHINE: &str = "the managed identity";
const WORKLOAD: &str = "the workload identity";

fn failed(who: &'static str) -> impl Fn(azure_core::Error) -> AuthError {
    move |error| AuthError::Failed { who, why: one_line(&error.to_string()) }
}

/// An application with a secret.
pub fn client_secret(login: &Login, secret: &SecretString) -> Result<Cached, AuthError> {
    let challenge = Challenge::default();
    let http = LoginHttp::new(&login.authority, challenge.clone())?;
    let (tenant, client, secret) = (login.tenant.clone(), login.client_id.clone(), secret.clone());
    let make = move || {
        let options = ClientSecretCredentialOptions { client_options: http.client_options() };
        let secret = Secret::new(secret.expose_secret().to_owned());
        let made = ClientSecretCredential::new(&tenant, client.clone(), secret, Some(options));
        made.map(|credential| credential as Arc<dyn TokenCredential>).map_err(failed(SECRET))
    };
    make()?;
    Ok(Cached::of(SECRET, login, LIMIT, challenge, Box::new(make)))
}

/// An application with a certificate: a PEM file with the certificate and its RSA key.
pub fn client_certificate(login: &Login, file: &Path) -> Result<Cached, AuthError> {
    let certificate = Arc::new(Certificate::read(file)?);
    let challenge = Challenge::default();
    let http = LoginHttp::new(&login.authority, challenge.clone())?;
    let (tenant, client, audience) = (login.tenant.clone(), login.client_id.clone(), login.endpoint("token"));
    let make = move || {
        let options = ClientAssertionCredentialOptions { client_options: http.client_options() };
        let assertion = certificate.assertion(&client, &audience);
        let made = ClientAssertionCredential::new(tenant.clone(), client.clone(), assertion, Some(options));
        made.map(|credential| credential as Arc<dyn TokenCredential>).map_err(failed(CERTIFICATE))
    };
    make()?;
    Ok(Cached::of(CERTIFICATE, login, LIMIT, challenge, Box::new(make)))
}

/// A federated identity, as Kubernetes hands it over in a file.
pub fn workload_identity(login: &Login, token_file: PathBuf) -> Result<Cached, AuthError> {
    let challenge = Challenge::default();
    let http = LoginHttp::new(&login.authority, challenge.clone())?;
    let (tenant, client) = (login.tenant.clone(), login.client_id.clone());
    let make = move || {
        let options = WorkloadIdentityCredentialOptions {
            credential_options: ClientAssertionCredentialOptions { client_options: http.client_options() },
            client_id: Some(client.clone()),
            tenant_id: Some(tenant.clone()),
            token_file_path: Some(token_file.clone()),
        };
        let made = WorkloadIdentityCredential::new(Some(options));
        made.map(|credential| credential as Arc<dyn TokenCredential>).map_err(failed(WORKLOAD))
    };
    make()?;
    Ok(Cached::of(WORKLOAD, login, LIMIT, challenge, Box::new(make)))
}

/// The identity of the Azure machine that this runs on; `client_id` names a user-assigned one.
pub fn managed_identity(cloud: Cloud, client_id: Option<&str>) -> Result<Cached, AuthError> {
    // The metadata service is at a link-local address that no proxy knows.
    let http = plain_client(true)?;
    let id = client_id.map(|id| UserAssignedId::ClientId(id.to_owned()));
    let make = move || {
        let client_options = ClientOptions {
            transport: Some(Transport::new(Arc::new(http.clone()))),
            retry: RetryOptions::none(),
            ..ClientOptions::default()
        };
        let options = ManagedIdentityCredentialOptions { user_assigned_id: id.clone(), client_options };
        let made = ManagedIdentityCredential::new(Some(options));
        made.map(|credential| credential as Arc<dyn TokenCredential>).map_err(failed(MACHINE))
    };
    make()?;
    let login = Login {
        authority: Authority::of(cloud).in_cloud(cloud),
        tenant: String::new(),
        client_id: String::new(),
        graph: cloud.graph().to_owned(),
    };
    Ok(Cached::of(MACHINE, &login, LIMIT, Challenge::default(), Box::new(make)))
}
