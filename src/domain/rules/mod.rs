//! The rules: plain functions from facts to findings, one file per subject.
//!
//! What each reads is declared by its kinds ([`crate::domain::kind::Kind::inputs`]). Rules never write and never ask
//! Graph; what they report is small, and [`describe`] builds the rest when a person looks.

mod describe;
mod groups;
mod overlap;
mod remedies;
mod skus;
mod states;
mod users;

pub use describe::describe;
pub use groups::{Entries, Tally, gives, groups_in_use, groups_set_up};
pub use overlap::{Evidence as OverlapEvidence, Overlap, Overlaps};
pub use skus::{EXPIRING_DAYS, IDLE_SEATS, Ownership, expires, is_free, ownership, skus};
pub use states::{root_of, state_kind};

use super::facts::{Tenant, UserFacts};
use super::finding::Found;

/// Everything that is wrong with one user.
pub fn user<T: Tenant>(user: &UserFacts<'_>, tenant: &T, overlaps: &mut Overlaps<'_>, emit: &mut impl FnMut(Found)) {
    states::states(user, emit);
    users::location(user, tenant, emit);
    users::seat_holders(user, emit);
    users::duplicate_paths(user, emit);
    users::not_owned(user, tenant, emit);
    users::stale(user, tenant, emit);
    users::provisioning(user, emit);
    overlaps.find(user, emit);
}
