//! What is wrong with a user beyond the license states: location, seats that may not be needed, doubled paths.

use crate::domain::facts::{ErrorCode, Group, Part, Path, Processing, Tenant, UserFacts, UserType};
use crate::domain::finding::Found;
use crate::domain::ids::{SkuId, UserId};
use crate::domain::kind::{Kind, Severity};
use crate::domain::location::Location;

pub(super) fn location<T: Tenant>(user: &UserFacts<'_>, tenant: &T, emit: &mut impl FnMut(Found)) {
    let mut found = |kind: Kind, severity| emit(Found { kind, severity, user: Some(user.id), group: None, sku: None });
    match user.usage_location.map(str::trim).filter(|l| !l.is_empty()) {
        Some(text) if Location::parse(text).is_ok() => {}
        Some(_) => found(Kind::UsageLocationInvalid, Kind::UsageLocationInvalid.severity()),
        None if user.user_type == UserType::Member || !user.states.is_empty() => {
            // A license is held, or due: by a state, or by a licensed group that has the user. Group licensing silently
            // uses the directory's location for them; a direct assignment fails.
            let due = user.is_licensed()
                || !user.states.is_empty()
                || tenant.groups().iter().any(|g| !g.licenses.is_empty() && g.has_member(user.id) == Some(true));
            found(Kind::UsageLocationMissing, if due { Severity::Warning } else { Severity::Info });
        }
        None => {}
    }
}

pub(super) fn seat_holders(user: &UserFacts<'_>, emit: &mut impl FnMut(Found)) {
    if !user.is_licensed() {
        return;
    }
    let holder = |kind: Kind| Found { kind, severity: kind.severity(), user: Some(user.id), group: None, sku: None };
    if user.enabled == Some(false) {
        emit(holder(Kind::DisabledAccountLicensed));
    }
    if user.user_type == UserType::Guest {
        emit(holder(Kind::GuestLicensed));
    }
}

/// Same product direct and by group, both in force. One finding per product, however many groups give it.
pub(super) fn duplicate_paths(user: &UserFacts<'_>, emit: &mut impl FnMut(Found)) {
    let in_force = || user.states.iter().filter(|s| s.state.grants());
    for direct in in_force().filter(|s| s.path == Path::Direct) {
        let by_group = in_force().filter(|s| s.sku == direct.sku).filter_map(|s| s.path.group()).min();
        if by_group.is_some() {
            emit(Found {
                kind: Kind::DuplicatePath,
                severity: Kind::DuplicatePath.severity(),
                user: Some(user.id),
                group: by_group,
                sku: Some(direct.sku),
            });
        }
    }
}

/// Products on the user, granted or due, that the tenant does not own any more: once each.
pub(super) fn not_owned<T: Tenant>(user: &UserFacts<'_>, tenant: &T, emit: &mut impl FnMut(Found)) {
    if !tenant.parts().has(Part::Skus) {
        return;
    }
    let on_user = || user.states.iter().map(|s| s.sku).chain(user.assigned.iter().map(|a| a.sku));
    for (at, sku) in on_user().enumerate() {
        if !on_user().take(at).any(|earlier| earlier == sku) && tenant.sku(sku).is_none() {
            emit(Found {
                kind: Kind::SkuNotOwned,
                severity: Kind::SkuNotOwned.severity(),
                user: Some(user.id),
                group: None,
                sku: Some(sku),
            });
        }
    }
}

/// Entries in force and without error from a group that no longer has the user or the license. While the group is
/// being processed they are on their way, not stale.
pub(super) fn stale<T: Tenant>(user: &UserFacts<'_>, tenant: &T, emit: &mut impl FnMut(Found)) {
    if !(tenant.parts().has(Part::Groups) && tenant.parts().has(Part::Members)) {
        return;
    }
    for state in user.states.iter().filter(|s| s.error == ErrorCode::None && s.state.grants()) {
        let Path::Group(id) = state.path else { continue };
        // A group that is not among the licensed ones has lost its licenses, or is gone.
        if tenant.group(id).is_none_or(|group| left(group, user.id, state.sku)) {
            emit(Found {
                kind: Kind::StaleInheritance,
                severity: Kind::StaleInheritance.severity(),
                user: Some(user.id),
                group: Some(id),
                sku: Some(state.sku),
            });
        }
    }
}

/// Whether a group, once processed, does not have the user or the license.
pub(super) fn left(group: &Group, user: UserId, sku: SkuId) -> bool {
    !matches!(group.processing, Processing::Queued | Processing::InProgress)
        && (!group.licenses.iter().any(|l| l.sku == sku) || group.has_member(user) == Some(false))
}

pub(super) fn provisioning(user: &UserFacts<'_>, emit: &mut impl FnMut(Found)) {
    if user.provisioning_error {
        let kind = Kind::ProvisioningError;
        emit(Found { kind, severity: kind.severity(), user: Some(user.id), group: None, sku: None });
    }
}
