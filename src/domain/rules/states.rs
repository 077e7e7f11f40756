//! One failing license state gives one finding: its error code decides.

use crate::domain::facts::{AssignmentState, ErrorCode, LicenseState, Path, UserFacts};
use crate::domain::finding::Found;
use crate::domain::kind::Kind;

/// The kind of a failing state, judged among the states of its user.
pub fn state_kind(state: &LicenseState<'_>, all: &[LicenseState<'_>]) -> Kind {
    match state.error {
        ErrorCode::CountViolation => Kind::SeatsExhausted,
        ErrorCode::MutuallyExclusiveViolation => Kind::PlansConflict,
        ErrorCode::DependencyViolation if state.state == AssignmentState::ActiveWithError => Kind::RemovalBlocked,
        ErrorCode::DependencyViolation => Kind::DependencyMissing,
        ErrorCode::ProhibitedInUsageLocationViolation => Kind::LocationProhibited,
        ErrorCode::UniquenessViolation => Kind::ProxyAddressInUse,
        ErrorCode::Other if root_of(state, all).is_some() => Kind::BlockedBySibling,
        ErrorCode::Other | ErrorCode::None | ErrorCode::Unrecognized(_) => Kind::AssignmentFailed,
    }
}

/// The state that an `Other` goes back to: another product of the same group that fails for a reason of its own. A
/// group is all-or-none per member, so the specific code among its products is the cause.
pub fn root_of<'a>(state: &LicenseState<'_>, all: &'a [LicenseState<'a>]) -> Option<&'a LicenseState<'a>> {
    if state.error != ErrorCode::Other || state.path == Path::Direct {
        return None;
    }
    all.iter()
        .find(|s| s.path == state.path && s.sku != state.sku && !matches!(s.error, ErrorCode::Other | ErrorCode::None))
}

pub(super) fn states(user: &UserFacts<'_>, emit: &mut impl FnMut(Found)) {
    for state in user.states.iter().filter(|s| s.failed()) {
        let kind = state_kind(state, user.states);
        emit(Found {
            kind,
            severity: kind.severity(),
            user: Some(user.id),
            group: state.path.group(),
            sku: Some(state.sku),
        });
    }
}
