//! What a tenant is and what can be wrong with its licenses: ids, records, license arithmetic, findings and their
//! rules, remedies, plans and permits.
//!
//! No I/O, no clock (`now` comes with the data), no async. It names what it wants to ask: borrowed facts, a
//! [`facts::Tenant`] for rules and planner, a [`facts::FactSink`] for loaders.

pub mod access;
pub mod card;
pub mod catalog;
pub mod constraints;
pub mod facts;
pub mod finding;
pub mod ids;
pub mod kind;
pub mod learned;
pub mod license;
pub mod location;
pub mod members;
pub mod membership;
pub mod names;
pub mod parts;
pub mod plan;
pub mod refusal;
pub mod remedy;
pub mod rules;
pub mod text;
pub mod time;
