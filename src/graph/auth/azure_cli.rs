//! Whoever `az login` signed in.

use std::ffi::OsStr;
use std::io;
use std::process::{Output, Stdio};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use azure_identity::{AzureCliCredential, AzureCliCredentialOptions, Executor};

use super::super::base::Cloud;
use super::cached::{Cached, one_line};
use super::token::AuthError;

/// `az` is a Python program: a second at best, several on a cold jump host.
const AZURE_CLI_LIMIT: Duration = Duration::from_secs(20);

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

    #[tokio::test]
    async fn commands_have_no_keyboard() {
        let output = Quiet.run(OsStr::new("/bin/sh"), &[OsStr::new("-c"), OsStr::new("cat; echo end")]).await.unwrap();
        assert_eq!(output.stdout, b"end\n");
    }
}
