//! What a tenant is and what can be wrong with its licenses: ids, records, license arithmetic, findings and their
//! rules, remedies, plans and permits.
//!
//! No I/O, no clock (`now` comes with the data), no async. It names what it wants to ask: borrowed facts, a `Tenant`
//! for rules and planner, a `FactSink` for loaders.

pub mod catalog;
pub mod ids;
