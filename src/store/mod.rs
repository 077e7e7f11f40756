//! The tenant in memory: immutable columnar snapshots of a million users, with their findings.
//!
//! A [`Builder`] takes facts as they come (it is the loaders' `FactSink`) and publishes [`Snapshot`]s at any time; a
//! snapshot shares its columns with the ones before and after it, so publishing costs what changed. A [`Snapshot`] is
//! the `Tenant` that rules, planner, filter and screen read; nobody waits for a lock to read it.

mod builder;
mod chunk;
mod codes;
mod diagnose;
mod dict;
mod file;
mod findings;
mod fold;
mod index;
mod order;
mod snapshot;
mod tally;
mod text;

pub use builder::Builder;
pub use file::{BadSnapshot, SnapshotInfo};
pub use findings::{Findings, FoundAt};
pub use fold::fold;
pub use order::UserOrder;
pub use snapshot::{Snapshot, UserRow};
