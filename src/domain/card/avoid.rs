//! What must not be done about each kind of finding, and why: the repairs that make it worse.

use crate::domain::kind::Kind;

/// A repair to stay away from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Avoid {
    /// What.
    pub what: &'static str,
    /// Why.
    pub why: &'static str,
}

macro_rules! avoid {
    ($($what:literal: $why:literal),* $(,)?) => { &[$(Avoid { what: $what, why: $why }),*] };
}

/// What to stay away from, for a kind.
pub fn avoid(kind: Kind) -> &'static [Avoid] {
    match kind {
        Kind::SeatsExhausted | Kind::GroupSeatsShort => avoid![
            "reprocessing everybody for a few seats": "chance decides who gets them",
            "taking people out of the group": "the intent is lost, and with it who waits for a seat",
            "taking a seat without a look at the mailbox": "it may be on hold; the data go with the license",
        ],
        Kind::PlansConflict | Kind::GroupInternalConflict => avoid![
            "removing first and adding in a second call": "the user is without the service in between",
            "switching the plan off on both sides": "then nobody gives it",
            "changing a large group to help one user": "every member loses the plan",
        ],
        Kind::DependencyMissing | Kind::RemovalBlocked | Kind::GroupPrerequisiteMissing => avoid![
            "removing the base first": "the removal is refused or leaves the add-on broken",
            "believing the text about inheritance": "the real reason comes with reprocessing",
            "deleting the user's other licenses wholesale": "mailbox and files go with them",
        ],
        Kind::LocationProhibited => avoid![
            "writing a country that is not true": "taxes and data rules follow the usage location",
            "changing a whole site": "one plan in one country is barred, not the site",
        ],
        Kind::ProxyAddressInUse => avoid![
            "renaming the user to dodge it": "sign-in and mail change, the double address stays",
            "purging a deleted user without asking": "the mailbox cannot be brought back",
        ],
        Kind::UsageLocationMissing | Kind::UsageLocationInvalid => avoid![
            "setting one country for everybody": "services and taxes follow it silently",
            "assigning while the location is on its way": "the directory may still answer with the old value",
        ],
        Kind::StaleInheritance | Kind::DuplicatePath => avoid![
            "sending the inherited product in removeLicenses": "one inherited entry refuses the whole call",
            "assigning it directly for now": "it stays, and nobody knows why",
        ],
        Kind::BlockedBySibling | Kind::AssignmentFailed => avoid![
            "repairing this product alone": "a group gives all of its products or none: repair the one that fails",
        ],
        Kind::DynamicRuleCascade | Kind::DynamicRulePaused => avoid![
            "toggling rules": "every change moves people and their licenses",
            "changing plans upstream in working hours": "people drop out of the groups below at once",
        ],
        Kind::SkuForeignOwned => avoid![
            "asking for Global Administrator": "the 403 stays: the product is not the tenant's to change",
            "replacing the whole set of licenses": "one untouchable product refuses the call for all",
        ],
        _ => &[],
    }
}
