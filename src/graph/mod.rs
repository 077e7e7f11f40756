//! Microsoft Graph: sign-in, transport, paging, the loading of a tenant, and writes behind a permit.
//!
//! What this room promises: the token goes to the origin of the base URL and nowhere else; nothing but a GET leaves it
//! without a [`Permit`](crate::domain::plan::Permit), and only from `write.rs`; no documented fault of Graph loses data
//! quietly: it is retried, or it is an error, or it is a notice. Source of every fact: the Graph licensing reference.

mod answer;
mod auth;
mod base;
mod claims;
mod client;
mod error;
mod lists;
mod load;
mod pace;
mod pages;
mod read;
mod transport;
mod user_now;
mod wire;
mod write;

pub use auth::{
    AuthError, Authority, AzureCli, Cached, DEFAULT_CLIENT_ID, Login, OnPrompt, Profile, Prompt, SourceKind,
    StaticToken, StoreError, Stored, Token, TokenSource, allowed, browser, client_certificate, client_secret,
    delegated_scopes, device_code, managed_identity, workload_identity,
};
pub use base::{BadUrl, BaseUrl, Cloud};
pub use claims::{Claims, claims};
pub use client::{Client, ClientOptions, OnRequest, RequestEvent};
pub use error::{GraphError, permission_for};
pub use load::{LoadOptions, LoadProgress, OnProgress, SharedSink, load};
pub use user_now::UserNow;
pub use write::WriteAnswer;
