//! Orders of all users by a text column, made once per snapshot when first asked for, never on the screen's thread.

use super::fold::fold;
use super::snapshot::Snapshot;
use crate::domain::facts::Row;

/// What the users can be ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum UserOrder {
    /// Display name, then UPN.
    #[default]
    Name,
    /// User principal name.
    Upn,
    /// Usage location, missing ones first, then name.
    Location,
    /// Department, then name.
    Department,
    /// Worst finding first, then name.
    Severity,
}

impl UserOrder {
    /// Every order.
    pub const ALL: [UserOrder; 5] =
        [UserOrder::Name, UserOrder::Upn, UserOrder::Location, UserOrder::Department, UserOrder::Severity];

    /// What people read.
    pub fn as_str(self) -> &'static str {
        match self {
            UserOrder::Name => "name",
            UserOrder::Upn => "user principal name",
            UserOrder::Location => "usage location",
            UserOrder::Department => "department",
            UserOrder::Severity => "severity",
        }
    }
}

/// All living rows in an order.
pub(super) fn order(snapshot: &Snapshot, by: UserOrder) -> Vec<u32> {
    let mut rows: Vec<u32> = snapshot.rows().map(|r| r.0).collect();
    match by {
        UserOrder::Name => rows.sort_by_cached_key(|&r| snapshot.folded(Row(r)).to_owned()),
        UserOrder::Upn => rows.sort_by_cached_key(|&r| fold(snapshot.user_at(Row(r)).upn())),
        // The other orders are stable sorts over the order of names by a small key.
        UserOrder::Location => {
            rows = snapshot.ordered(UserOrder::Name).to_vec();
            rows.sort_by_cached_key(|&r| snapshot.user_at(Row(r)).usage_location().map(str::to_owned));
        }
        UserOrder::Department => {
            rows = snapshot.ordered(UserOrder::Name).to_vec();
            rows.sort_by_cached_key(|&r| fold(snapshot.user_at(Row(r)).department().unwrap_or_default()));
        }
        UserOrder::Severity => {
            rows = snapshot.ordered(UserOrder::Name).to_vec();
            rows.sort_by_key(|&r| {
                let user = snapshot.user_at(Row(r));
                // Worst first; among equals the kinds in the order of triage.
                (std::cmp::Reverse(user.severity()), user.kinds().0.trailing_zeros())
            });
        }
    }
    rows
}
