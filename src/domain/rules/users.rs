//! What is wrong with a user beyond the license states: location, seats that may not be needed, doubled paths.

use crate::domain::facts::{Path, Tenant, UserFacts, UserType};
use crate::domain::finding::Found;
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
