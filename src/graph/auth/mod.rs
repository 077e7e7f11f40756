//! Signing in: every way that people and programs have, each a credential of azure_identity's shape behind one cache.
//!
//! What is promised: a secret goes to the sign-in host that was named and nowhere else; nothing of it is in a message;
//! every way answers a claims challenge where its protocol can (reference 9.4); no sign-in waits without an end; none
//! falls through to another identity; whoever signs in with a browser or a code is asked once, before any screen.

mod advice;
mod app;
mod assertion;
mod authority;
mod azure_cli;
mod browser;
mod cached;
mod challenge;
mod delegated;
mod device;
mod login_http;
mod redirect;
mod scopes;
mod stored;
mod token;

pub use app::{client_certificate, client_secret, managed_identity, workload_identity};
pub use authority::{Authority, Login};
pub use azure_cli::AzureCli;
pub use browser::browser;
pub use cached::Cached;
pub use delegated::{DEFAULT_CLIENT_ID, OnPrompt, Prompt};
pub use device::device_code;
pub use scopes::{Profile, delegated as delegated_scopes};
pub use stored::{StoreError, Stored};
pub use token::{AuthError, SourceKind, StaticToken, Token, TokenSource, allowed};
