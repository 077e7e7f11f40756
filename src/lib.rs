//! The rooms of tenantry: a terminal explorer of one Microsoft 365 / Entra ID tenant.
//!
//! `main -> cli -> run -> {term, ui, app, graph, journal, config, sim, query, store} -> domain`; `tests/architecture.rs`
//! holds the arrows.

// Outside tests a failure is a value with a home, and output goes where it was asked to go.
#![cfg_attr(
    not(test),
    warn(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, clippy::print_stderr)
)]

pub mod app;
pub mod cli;
pub mod config;
pub mod domain;
pub mod graph;
pub mod journal;
pub mod query;
pub mod run;
pub mod sim;
pub mod store;
pub mod term;
pub mod ui;
