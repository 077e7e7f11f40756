//! What a tenant consists of, as facts: what loaders hand over, what rules and the planner ask for.
//!
//! Users are borrowed views ([`UserFacts`]): a tenant has a million of them and they live in columns. Groups, SKUs and
//! subscriptions are few and owned. What Graph leaves open is optional, and words that it may add are kept as they came.

use serde::{Deserialize, Serialize};

use super::ids::{GroupId, PlanId, SkuId, TenantId, UserId};
use super::learned::Learned;
pub use super::members::Members;
pub use super::parts::{Part, Parts, Progress};
use super::time::Timestamp;

/// `userType`. Graph may leave it null.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum UserType {
    /// A member of the organization; also what a null means to every portal.
    #[default]
    Member,
    /// A guest.
    Guest,
}

/// `onPremisesSyncEnabled`: true is synced now, false was synced once, null never was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum Sync {
    /// Mastered in the cloud.
    #[default]
    Never,
    /// Was synced once; mastered in the cloud now.
    Formerly,
    /// Mastered on-premises.
    Now,
}

/// How a license reaches a user: `assignedByGroup` null is direct.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Path {
    /// Assigned to the user.
    Direct,
    /// Inherited from a group.
    Group(GroupId),
}

impl Path {
    /// The granting group.
    pub fn group(self) -> Option<GroupId> {
        match self {
            Path::Direct => None,
            Path::Group(group) => Some(group),
        }
    }
}

/// `licenseAssignmentState.state`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AssignmentState<'a> {
    /// Granted.
    Active,
    /// On the user, but the last change failed.
    ActiveWithError,
    /// Not in force.
    Disabled,
    /// Not granted.
    Error,
    /// A word that this program does not know, or none.
    Unrecognized(&'a str),
}

impl<'a> AssignmentState<'a> {
    /// Reads the word in any casing.
    pub fn parse(word: &'a str) -> Self {
        const KNOWN: [(&str, AssignmentState<'static>); 4] = [
            ("Active", AssignmentState::Active),
            ("ActiveWithError", AssignmentState::ActiveWithError),
            ("Disabled", AssignmentState::Disabled),
            ("Error", AssignmentState::Error),
        ];
        KNOWN
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(word))
            .map_or(AssignmentState::Unrecognized(word), |&(_, state)| state)
    }

    /// The word as Graph writes it.
    pub fn as_str(self) -> &'a str {
        match self {
            AssignmentState::Active => "Active",
            AssignmentState::ActiveWithError => "ActiveWithError",
            AssignmentState::Disabled => "Disabled",
            AssignmentState::Error => "Error",
            AssignmentState::Unrecognized(word) => word,
        }
    }

    /// Whether the license is on the user now.
    pub fn grants(self) -> bool {
        matches!(self, AssignmentState::Active | AssignmentState::ActiveWithError)
    }
}

/// `licenseAssignmentState.error`. Absent, null, empty and `None` all mean no error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorCode<'a> {
    /// No error.
    None,
    /// No free seat.
    CountViolation,
    /// A plan conflicts with a plan of another product.
    MutuallyExclusiveViolation,
    /// A needed plan is missing, or is being removed while another needs it.
    DependencyViolation,
    /// A service is not offered in the usage location.
    ProhibitedInUsageLocationViolation,
    /// A proxy address is taken by another object.
    UniquenessViolation,
    /// Usually collateral of another SKU of the same group.
    Other,
    /// A code that this program does not know: shown as it came.
    Unrecognized(&'a str),
}

impl<'a> ErrorCode<'a> {
    /// Reads the code in any casing.
    pub fn parse(code: &'a str) -> Self {
        const KNOWN: [(&str, ErrorCode<'static>); 8] = [
            ("", ErrorCode::None),
            ("None", ErrorCode::None),
            ("CountViolation", ErrorCode::CountViolation),
            ("MutuallyExclusiveViolation", ErrorCode::MutuallyExclusiveViolation),
            ("DependencyViolation", ErrorCode::DependencyViolation),
            ("ProhibitedInUsageLocationViolation", ErrorCode::ProhibitedInUsageLocationViolation),
            ("UniquenessViolation", ErrorCode::UniquenessViolation),
            ("Other", ErrorCode::Other),
        ];
        KNOWN
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(code.trim()))
            .map_or(ErrorCode::Unrecognized(code), |&(_, error)| error)
    }

    /// The code as Graph writes it.
    pub fn as_str(self) -> &'a str {
        match self {
            ErrorCode::None => "None",
            ErrorCode::CountViolation => "CountViolation",
            ErrorCode::MutuallyExclusiveViolation => "MutuallyExclusiveViolation",
            ErrorCode::DependencyViolation => "DependencyViolation",
            ErrorCode::ProhibitedInUsageLocationViolation => "ProhibitedInUsageLocationViolation",
            ErrorCode::UniquenessViolation => "UniquenessViolation",
            ErrorCode::Other => "Other",
            ErrorCode::Unrecognized(code) => code,
        }
    }
}

/// One entry of `licenseAssignmentStates`: one per SKU and path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LicenseState<'a> {
    /// The product.
    pub sku: SkuId,
    /// Where it comes from.
    pub path: Path,
    /// Plans that this path switches off.
    pub disabled: &'a [PlanId],
    /// What became of it.
    pub state: AssignmentState<'a>,
    /// Why not.
    pub error: ErrorCode<'a>,
    /// `lastUpdatedDateTime`.
    pub updated: Option<Timestamp>,
}

impl LicenseState<'_> {
    /// Whether this entry reports a failure: a code other than "no error", or a state that says so on its own.
    pub fn failed(&self) -> bool {
        self.error != ErrorCode::None || matches!(self.state, AssignmentState::Error | AssignmentState::ActiveWithError)
    }
}

/// One entry of `assignedLicenses`: direct and inherited merged, without origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AssignedLicense<'a> {
    /// The product.
    pub sku: SkuId,
    /// Plans that are off for the user.
    pub disabled: &'a [PlanId],
}

/// A user, borrowed from a page of Graph or from the columns of a snapshot.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct UserFacts<'a> {
    /// Object id.
    pub id: UserId,
    /// `userPrincipalName`.
    pub upn: &'a str,
    /// `displayName`.
    pub display_name: &'a str,
    /// `mail`.
    pub mail: Option<&'a str>,
    /// `usageLocation` as it stands, valid or not; empty counts as absent.
    pub usage_location: Option<&'a str>,
    /// `country`: free text, a hint only.
    pub country: Option<&'a str>,
    /// `department`.
    pub department: Option<&'a str>,
    /// `officeLocation`.
    pub office: Option<&'a str>,
    /// `accountEnabled`; unknown when Graph did not say.
    pub enabled: Option<bool>,
    /// `userType`.
    pub user_type: UserType,
    /// `onPremisesSyncEnabled`.
    pub sync: Sync,
    /// Whether an unresolved service or on-premises provisioning error stands on the user.
    pub provisioning_error: bool,
    /// `assignedLicenses`.
    pub assigned: &'a [AssignedLicense<'a>],
    /// `licenseAssignmentStates`.
    pub states: &'a [LicenseState<'a>],
    /// `proxyAddresses`. Handed to a sink; a view from a snapshot has none, because a snapshot keeps hashes only (see
    /// [`Tenant::address_holders`]).
    pub proxies: &'a [&'a str],
}

impl UserFacts<'_> {
    /// Whether any license is on the user.
    pub fn is_licensed(&self) -> bool {
        !self.assigned.is_empty() || self.states.iter().any(|s| s.state.grants())
    }
}

/// A product with its plans switched off, as a group or an assignment carries it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupLicense {
    /// The product.
    pub sku: SkuId,
    /// Plans that the group switches off.
    pub disabled: Vec<PlanId>,
}

/// `licenseProcessingState.state`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Processing {
    /// Not said.
    #[default]
    Unknown,
    /// `QueuedForProcessing`.
    Queued,
    /// `ProcessingInProgress`.
    InProgress,
    /// `ProcessingComplete`. Does not mean error-free.
    Complete,
    /// `ProcessingFailed`, which a sample of Microsoft tests although the metadata does not list it.
    Failed,
}

impl Processing {
    /// Reads the word in any casing.
    pub fn parse(word: &str) -> Processing {
        match word.to_ascii_lowercase().as_str() {
            "queuedforprocessing" => Processing::Queued,
            "processinginprogress" => Processing::InProgress,
            "processingcomplete" => Processing::Complete,
            "processingfailed" => Processing::Failed,
            _ => Processing::Unknown,
        }
    }

    /// What people read.
    pub fn as_str(self) -> &'static str {
        match self {
            Processing::Unknown => "not said",
            Processing::Queued => "queued",
            Processing::InProgress => "in progress",
            Processing::Complete => "complete",
            Processing::Failed => "failed",
        }
    }
}

/// A group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// Object id.
    pub id: GroupId,
    /// `displayName`.
    pub display_name: String,
    /// `assignedLicenses`.
    pub licenses: Vec<GroupLicense>,
    /// `licenseProcessingState`.
    pub processing: Processing,
    /// `groupTypes` has `DynamicMembership`.
    pub dynamic: bool,
    /// `groupTypes` has `Unified`.
    pub unified: bool,
    /// `securityEnabled`.
    pub security: bool,
    /// `mailEnabled`.
    pub mail: bool,
    /// `isAssignableToRole`.
    pub role_assignable: bool,
    /// `onPremisesSyncEnabled`.
    pub sync: Sync,
    /// `membershipRule`.
    pub rule: Option<String>,
    /// `membershipRuleProcessingState` is `Paused`.
    pub rule_paused: bool,
    /// Whether Graph lists it under `hasMembersWithLicenseErrors`.
    pub in_error: bool,
    /// Its direct members, once they are loaded.
    pub members: Option<Members>,
}

impl Group {
    /// A group of which nothing but the id is known, for example one that a license state names but nobody returned.
    pub fn unknown(id: GroupId) -> Group {
        Group {
            id,
            display_name: String::new(),
            licenses: Vec::new(),
            processing: Processing::Unknown,
            dynamic: false,
            unified: false,
            security: false,
            mail: false,
            role_assignable: false,
            sync: Sync::Never,
            rule: None,
            rule_paused: false,
            in_error: false,
            members: None,
        }
    }

    /// Whether a user is a direct member; `None` while the members are not loaded.
    pub fn has_member(&self, user: UserId) -> Option<bool> {
        self.members.as_ref().map(|m| m.has(user))
    }

    /// The name, or the id where there is no name.
    pub fn label(&self) -> String {
        if self.display_name.is_empty() { self.id.to_string() } else { self.display_name.clone() }
    }
}

/// A service plan as the tenant's own SKU lists it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SkuPlan {
    /// `servicePlanId`.
    pub id: PlanId,
    /// `servicePlanName`.
    pub name: String,
    /// `appliesTo` is `User`: only those can be switched off for a person.
    pub for_users: bool,
    /// `provisioningStatus`, as it came.
    pub status: String,
}

/// `prepaidUnits`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Units {
    /// Paid and active.
    pub enabled: i64,
    /// Expired, in grace: still usable.
    pub warning: i64,
    /// Cancelled, not assignable, recoverable.
    pub suspended: i64,
    /// Cancelled by the customer.
    pub locked_out: i64,
}

/// A product that the tenant has, from `subscribedSkus`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sku {
    /// `skuId`.
    pub id: SkuId,
    /// `skuPartNumber`.
    pub part_number: String,
    /// `appliesTo` is `User`: only those are assignable.
    pub for_users: bool,
    /// `capabilityStatus`, as it came.
    pub capability: String,
    /// `consumedUnits`.
    pub consumed: i64,
    /// `prepaidUnits`.
    pub units: Units,
    /// `servicePlans`.
    pub plans: Vec<SkuPlan>,
    /// `subscriptionIds`, which join to [`Subscription::id`].
    pub subscriptions: Vec<String>,
}

impl Sku {
    /// Seats that can hold a license: enabled and grace units. Saturates: free products carry enormous numbers.
    pub fn usable(&self) -> i64 {
        self.units.enabled.saturating_add(self.units.warning)
    }

    /// Seats left; negative when more are consumed than are usable.
    pub fn free(&self) -> i64 {
        self.usable().saturating_sub(self.consumed)
    }

    /// The product name of the public table, or the part number.
    pub fn name(&self) -> &str {
        super::catalog::Catalog::embedded().sku(self.id).map_or(self.part_number.as_str(), |s| s.name)
    }
}

/// A purchase, from `directory/subscriptions`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscription {
    /// `id`.
    pub id: String,
    /// `skuId`.
    pub sku: SkuId,
    /// `status`, as it came.
    pub status: String,
    /// `isTrial`.
    pub trial: bool,
    /// `totalLicenses`.
    pub total: i64,
    /// `nextLifecycleDateTime`: when it moves on if not renewed.
    pub next_lifecycle: Option<Timestamp>,
    /// `ownerType`.
    pub owner_type: Option<String>,
    /// `ownerTenantId`: the partner tenant that created it.
    pub owner_tenant: Option<String>,
}

/// The organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Organization {
    /// The tenant id.
    pub id: TenantId,
    /// `displayName`.
    pub display_name: String,
    /// The verified domain marked default; what an operator types to confirm a large change.
    pub default_domain: String,
    /// Every verified domain, by which an operator may name the tenant.
    pub domains: Vec<String>,
    /// `countryLetterCode`.
    pub country: Option<String>,
    /// `defaultUsageLocation`.
    pub default_usage_location: Option<String>,
    /// Whether the directory is synced from on-premises.
    pub synced: bool,
}

/// Where loaders put what they read. Pages may come in any order, and the same user more than once: the last one wins.
pub trait FactSink {
    /// The organization was read.
    fn organization(&mut self, organization: Organization);
    /// All SKUs were read.
    fn skus(&mut self, skus: Vec<Sku>);
    /// All subscriptions were read.
    fn subscriptions(&mut self, subscriptions: Vec<Subscription>);
    /// How many users there will be, for the progress display.
    fn expect_users(&mut self, count: u64);
    /// A user was read.
    fn user(&mut self, user: &UserFacts<'_>);
    /// A user is gone.
    fn user_gone(&mut self, id: UserId);
    /// A group was read; members that were handed over before are kept.
    fn group(&mut self, group: Group);
    /// The direct members of a group were read.
    fn members(&mut self, group: GroupId, members: Members);
    /// A part is there as a whole, or will not come.
    fn part(&mut self, part: Part, progress: Progress);
    /// Something was odd and is shown: an entry that could not be read, a count that does not match.
    fn notice(&mut self, text: String);
}

/// The number of a user inside one snapshot. It means nothing in another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Row(pub u32);

/// What rules and the planner may ask of a tenant.
pub trait Tenant {
    /// When the data was read: the `now` of every rule.
    fn now(&self) -> Timestamp;
    /// The organization, if it could be read.
    fn organization(&self) -> Option<&Organization>;
    /// How far each part is.
    fn parts(&self) -> &Parts;
    /// How many users there are.
    fn user_count(&self) -> u32;
    /// Calls with the row of every user that is there. Rows of users that are gone are left out, so that rows are not
    /// numbered through.
    fn each_row(&self, look: &mut dyn FnMut(Row));
    /// Where a user is.
    fn row_of(&self, user: UserId) -> Option<Row>;
    /// Lends the facts of one user.
    fn with_user<R>(&self, row: Row, look: impl FnOnce(&UserFacts<'_>) -> R) -> R;
    /// The tenant's products.
    fn skus(&self) -> &[Sku];
    /// The product with this id, if the tenant owns it.
    fn sku(&self, id: SkuId) -> Option<&Sku>;
    /// The groups: the licensed ones, and those that license states name.
    fn groups(&self) -> &[Group];
    /// The group with this id.
    fn group(&self, id: GroupId) -> Option<&Group>;
    /// The purchases.
    fn subscriptions(&self) -> &[Subscription];
    /// What this tenant's Graph said in its own words about plans and products.
    fn learned(&self) -> &Learned {
        Learned::nothing()
    }
    /// The rows of all users that hold one of the proxy addresses of the user in `row`, other than that user.
    fn address_holders(&self, row: Row) -> Vec<Row>;
}
