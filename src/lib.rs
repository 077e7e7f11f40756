//! The rooms of tenantry: a terminal explorer of one Microsoft 365 / Entra ID tenant.
//!
//! `main -> cli -> run -> {term, ui, app, graph, journal, config, sim, query, store} -> domain`; `tests/architecture.rs`
//! holds the arrows.

pub mod app;
pub mod domain;
pub mod query;
pub mod store;
pub mod term;
pub mod ui;
