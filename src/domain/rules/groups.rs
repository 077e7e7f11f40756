//! What is wrong with licensed groups.

use crate::domain::facts::{Processing, Tenant};
use crate::domain::finding::Found;
use crate::domain::ids::GroupId;
use crate::domain::kind::Kind;

/// Findings about groups. `in_error` says whether license states show direct members of a group in error.
pub fn groups<T: Tenant>(tenant: &T, in_error: impl Fn(GroupId) -> bool, emit: &mut impl FnMut(Found)) {
    for group in tenant.groups() {
        let mut found = |kind: Kind| {
            emit(Found { kind, severity: kind.severity(), user: None, group: Some(group.id), sku: None });
        };
        // Graph's own list (`hasMembersWithLicenseErrors`) counts too: it knows before the users are loaded.
        if in_error(group.id) || group.in_error {
            found(Kind::GroupInError);
        }
        if matches!(group.processing, Processing::Queued | Processing::InProgress) {
            found(Kind::GroupProcessing);
        }
    }
}
