//! The kinds of findings: their names in documents, severities and inline codes, in one table.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

/// How bad a finding is. Ordered: an error is greater than a warning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Will hurt, or hurts quietly.
    Warning,
    /// Somebody lacks what they should have, or has what cannot be taken away.
    Error,
}

impl Severity {
    /// The word in documents.
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Info => "info",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

/// What a finding is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// A user.
    User,
    /// A group.
    Group,
    /// A product.
    Sku,
}

/// What a rule reads. A rule runs when all of it is there; until then it is pending.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Inputs {
    /// The user's own row.
    Row,
    /// The user's row and the tenant's products.
    Skus,
    /// Licensed groups.
    Groups,
    /// Licensed groups and their members.
    Members,
    /// Licensed groups and the tenant's products.
    GroupsAndSkus,
    /// The tenant's products and what was bought of them.
    Purchases,
    /// All users.
    Users,
    /// All users, the licensed groups and their members.
    UsersAndGroups,
    /// All users, the licensed groups and their members, and the products.
    Everything,
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, $severity:ident, $subject:ident, $inputs:ident, $code:literal, $title:literal;)*) => {
        /// A kind of finding. The order is the order of triage.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum Kind { $($(#[$doc])* $variant,)* }

        impl Kind {
            /// Every kind, in the order of triage.
            pub const ALL: &'static [Kind] = &[$(Kind::$variant,)*];

            /// The name in documents and filters.
            pub const fn name(self) -> &'static str { match self { $(Kind::$variant => $name,)* } }

            /// The severity. Where it depends on the case (`usage-location-missing`), this is the higher one.
            pub const fn severity(self) -> Severity { match self { $(Kind::$variant => Severity::$severity,)* } }

            /// What it is about.
            pub const fn subject(self) -> Subject { match self { $(Kind::$variant => Subject::$subject,)* } }

            /// What its rule reads.
            pub const fn inputs(self) -> Inputs { match self { $(Kind::$variant => Inputs::$inputs,)* } }

            /// The short code shown inline, at most eight letters.
            pub const fn code(self) -> &'static str { match self { $(Kind::$variant => $code,)* } }

            /// What people read.
            pub const fn title(self) -> &'static str { match self { $(Kind::$variant => $title,)* } }
        }
    };
}

kinds! {
    /// CountViolation.
    SeatsExhausted = "seats-exhausted", Error, User, Row, "SEATS", "No free seat";
    /// MutuallyExclusiveViolation.
    PlansConflict = "plans-conflict", Error, User, Row, "CONFLICT", "Service plans conflict";
    /// DependencyViolation, not ActiveWithError.
    DependencyMissing = "dependency-missing", Error, User, Row, "DEPEND", "A needed service plan is missing";
    /// DependencyViolation with ActiveWithError.
    RemovalBlocked = "removal-blocked", Error, User, Row, "STUCK", "Removal stuck behind a dependency";
    /// ProhibitedInUsageLocationViolation.
    LocationProhibited = "location-prohibited", Error, User, Row, "BARRED", "Not offered in the usage location";
    /// UniquenessViolation.
    ProxyAddressInUse = "proxy-address-in-use", Error, User, Row, "PROXY", "Proxy address already in use";
    /// Other, where another SKU of the same group fails.
    BlockedBySibling = "blocked-by-sibling", Error, User, Row, "BLOCKED", "Blocked by another product of the group";
    /// Other without such a sibling, or a code not known here.
    AssignmentFailed = "assignment-failed", Error, User, Row, "FAILED", "Assignment failed";
    /// Not an ISO 3166-1 alpha-2 code.
    UsageLocationInvalid = "usage-location-invalid", Error, User, Row, "BAD-LOC", "Usage location is not a country code";
    /// No usage location.
    UsageLocationMissing = "usage-location-missing", Warning, User, Row, "NO-LOC", "No usage location";
    /// An assigned product that the tenant does not own.
    SkuNotOwned = "sku-not-owned", Warning, User, Skus, "NO-SKU", "Assigned product is not owned any more";
    /// An entry without error from a group that no longer has the user or the license.
    StaleInheritance = "stale-inheritance", Warning, User, UsersAndGroups, "STALE", "Inherited from a group that no longer gives it";
    /// An unresolved service or on-premises provisioning error.
    ProvisioningError = "provisioning-error", Warning, User, Row, "SERVICE", "Unresolved provisioning error";
    /// An account that cannot sign in holds a license.
    DisabledAccountLicensed = "disabled-account-licensed", Warning, User, Row, "OFF", "Disabled account holds a license";
    /// A guest holds a license.
    GuestLicensed = "guest-licensed", Info, User, Row, "GUEST", "Guest holds a license";
    /// Same SKU direct and by group.
    DuplicatePath = "duplicate-path", Info, User, Row, "INHERIT", "Same license direct and by group";
    /// Each enabled plan of one held SKU is given by another held SKU.
    OverlappingSkus = "overlapping-skus", Info, User, Skus, "OVERLAP", "A held product is covered by another";
    /// A licensed group with direct members in error.
    GroupInError = "group-in-error", Error, Group, UsersAndGroups, "ERRORS", "Group has members in error";
    /// Members who lack a license of the group outnumber its free seats.
    GroupSeatsShort = "group-seats-short", Warning, Group, Everything, "SHORT", "Group needs more seats than are free";
    /// The group's own products exclude each other.
    GroupInternalConflict = "group-internal-conflict", Warning, Group, GroupsAndSkus, "CLASH", "Products of the group conflict";
    /// The group gives a plan whose prerequisite it does not give.
    GroupPrerequisiteMissing = "group-prerequisite-missing", Warning, Group, GroupsAndSkus, "PREREQ", "Group lacks a prerequisite";
    /// A licensed group contains groups.
    GroupNestedMembers = "group-nested-members", Warning, Group, Members, "NESTED", "Nested groups get no license";
    /// A rule reads plans that a licensed group gives.
    DynamicRuleCascade = "dynamic-rule-cascade", Warning, Group, GroupsAndSkus, "CASCADE", "Rule reads licenses of another group";
    /// Processing of the rule is paused.
    DynamicRulePaused = "dynamic-rule-paused", Warning, Group, Groups, "PAUSED", "Rule of a licensed group is paused";
    /// Queued or in progress.
    GroupProcessing = "group-processing", Info, Group, Groups, "RUNNING", "Group licensing is being processed";
    /// More seats consumed than usable.
    SkuOverused = "sku-overused", Error, Sku, Skus, "OVERUSED", "More seats used than bought";
    /// Cancelled: nothing of it can be assigned.
    SkuSuspended = "sku-suspended", Error, Sku, Skus, "SUSPEND", "Product is suspended";
    /// Expired, still usable for a while.
    SkuInGrace = "sku-in-grace", Warning, Sku, Skus, "GRACE", "Product is in its grace period";
    /// Expires within 30 days if it is not renewed.
    SkuExpiring = "sku-expiring", Warning, Sku, Purchases, "EXPIRES", "Product expires soon";
    /// Seats that nobody uses.
    SkuIdleSeats = "sku-idle-seats", Info, Sku, Skus, "IDLE", "Idle seats";
    /// Created by a partner, or probably bought by a user.
    SkuForeignOwned = "sku-foreign-owned", Info, Sku, Purchases, "FOREIGN", "Product is probably not the administrators' to change";
}

impl Kind {
    /// The bit of this kind in a set of kinds.
    pub const fn bit(self) -> u32 {
        1 << self as u32
    }

    /// Whether this kind is decided by the error code of one license state.
    pub const fn is_state(self) -> bool {
        (self as u8) <= Kind::AssignmentFailed as u8
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl Serialize for Kind {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// A word that is no kind of finding.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no finding kind `{word}`{}", did_you_mean.map(|k| format!("; did you mean `{k}`?")).unwrap_or_default())]
pub struct UnknownKind {
    /// What was written.
    pub word: String,
    /// The nearest kind, if one is near.
    pub did_you_mean: Option<Kind>,
}

impl FromStr for Kind {
    type Err = UnknownKind;
    fn from_str(word: &str) -> Result<Self, UnknownKind> {
        Kind::ALL.iter().find(|k| k.name().eq_ignore_ascii_case(word)).copied().ok_or_else(|| {
            let near = Kind::ALL.iter().copied().min_by_key(|k| strsim::levenshtein(k.name(), word));
            UnknownKind {
                word: word.to_owned(),
                did_you_mean: near.filter(|k| strsim::levenshtein(k.name(), word) <= 5),
            }
        })
    }
}

/// A set of kinds, one bit each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct KindSet(pub u32);

impl KindSet {
    /// Adds a kind.
    pub fn insert(&mut self, kind: Kind) {
        self.0 |= kind.bit();
    }

    /// Whether a kind is in it.
    pub fn contains(self, kind: Kind) -> bool {
        self.0 & kind.bit() != 0
    }

    /// Whether nothing is in it.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The kinds in it, in the order of triage.
    pub fn iter(self) -> impl Iterator<Item = Kind> {
        Kind::ALL.iter().copied().filter(move |k| self.contains(*k))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_codes_and_bits_are_distinct_and_codes_are_short() {
        for (i, a) in Kind::ALL.iter().enumerate() {
            assert!(a.code().len() <= 8, "{a}");
            assert_eq!(a.name().parse(), Ok(*a));
            for b in &Kind::ALL[..i] {
                assert!(a.name() != b.name() && a.code() != b.code() && a.bit() != b.bit(), "{a} {b}");
            }
        }
    }

    #[test]
    fn a_mistyped_kind_is_answered_with_the_nearest() {
        let error = "usage-location-mising".parse::<Kind>().err();
        assert_eq!(error.and_then(|e| e.did_you_mean), Some(Kind::UsageLocationMissing));
        assert_eq!("zzzzzzzzzzzzzzzzzzzzzzz".parse::<Kind>().err().and_then(|e| e.did_you_mean), None);
    }
}
