//! The filter language: one line of words and fields, evaluated over a snapshot.
//!
//! Words are substrings of name, UPN or id, without regard to case and accents, all of which must match. `-` negates,
//! quotes keep blanks, fields narrow: `dept:`, `office:`, `country:`, `loc:` (`loc:none`), `sku:`, `group:`, `kind:`,
//! `severity:`, `enabled:`, `synced:`, `guest:`, and for products `seats<5`. An error names its column.

mod eval;
mod parse;

pub use eval::{Link, findings, groups, skus, users};
pub use parse::{Field, Query, QueryError};
