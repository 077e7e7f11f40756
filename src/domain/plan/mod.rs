//! Plans: what would be written, to whom, with which effect, frozen before anybody is asked.
//!
//! A plan is made of a verb, objects and a snapshot. It says everything that the confirm dialog shows and everything
//! that is sent; its hash ties the two together. Objects that cannot be changed stand in it as refusals.

mod build;
mod change;
mod check;
mod gate;
mod outcome;
mod permit;
mod step;

pub use build::{Ask, BuildError, GroupLicenses, build, build_all};
pub use change::{Change, GraphRequest, LicenseAdd, Method, ODATA_ID};
pub use check::{Now, Readiness, Verified, readiness, verify};
pub use gate::{Answer, Confirmed, Gate, Mismatch};
pub use outcome::Outcome;
pub use permit::{NotPermitted, Permit};
pub use step::{Before, DirectLicense, HandOff, Prediction, Step, Target, Unplanned};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::facts::Organization;
use super::ids::{SkuId, TenantId};
use super::remedy::Verb;
use super::time::Timestamp;

/// The tenant that a plan is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanTenant {
    /// The tenant id.
    pub id: TenantId,
    /// Its name, raw.
    pub name: String,
    /// Its default domain, which large plans ask to be typed.
    pub default_domain: String,
    /// How many users it has.
    pub users: u64,
}

/// Seats that a plan takes (positive) or frees (negative).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeatsDelta {
    /// The product.
    pub sku: SkuId,
    /// Its name.
    pub name: String,
    /// Seats taken, or freed when negative.
    pub seats: i64,
    /// Seats free before the plan.
    pub free: i64,
}

/// A frozen plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// The format of this document.
    pub schema: String,
    /// For which tenant.
    pub tenant: PlanTenant,
    /// When the data that it rests on was read.
    pub as_of: Timestamp,
    /// What is done.
    pub verb: Verb,
    /// In one line: "Set usage location DE for 3 users".
    pub title: String,
    /// The writes, in order.
    pub steps: Vec<Step>,
    /// Objects that were asked for and cannot be changed, with the reason.
    pub refusals: Vec<Unplanned>,
    /// Seats taken and freed.
    pub seats: Vec<SeatsDelta>,
    /// What the operator should know before confirming.
    pub warnings: Vec<String>,
    /// The least permissions that carry it.
    pub scopes: Vec<String>,
    /// Whether a service, a license or a membership is lost, or a group is written.
    pub takes_away: bool,
    /// Direct user members of the groups that are written, without the users that are written themselves, once each.
    #[serde(default)]
    pub members: usize,
    /// What the owners of other systems have to do.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hand_offs: Vec<HandOff>,
}

/// The document version of plan files.
pub const SCHEMA: &str = "tenantry.plan/1";

/// SHA-256 over everything that a plan says.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct PlanHash([u8; 32]);

impl std::fmt::Display for PlanHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl std::fmt::Debug for PlanHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self}")
    }
}

impl PlanHash {
    /// The first digits, for people.
    pub fn short(&self) -> String {
        self.to_string().chars().take(12).collect()
    }
}

impl Plan {
    /// The hash of the whole plan.
    pub fn hash(&self) -> PlanHash {
        // Serialization of these types cannot fail: no maps with other than text keys, no foreign implementations.
        PlanHash(Sha256::digest(serde_json::to_vec(self).unwrap_or_default()).into())
    }

    /// How many people are affected: users written and direct user members of groups written, once each. Refusals do
    /// not count.
    pub fn people(&self) -> usize {
        let mut ids: Vec<_> = self.steps.iter().filter_map(|s| s.target.user()).collect();
        ids.sort_unstable();
        ids.dedup();
        ids.len() + self.members
    }

    /// How many of the steps can be undone afterwards.
    pub fn invertible(&self) -> usize {
        self.steps.iter().filter(|s| s.invertible).count()
    }

    /// What the operator has to do to confirm this plan.
    pub fn gate(&self) -> Gate {
        Gate::of(self)
    }
}

impl PlanTenant {
    /// The tenant of a plan. Without an organization there is none, and without one no permit.
    pub fn new(organization: &Organization, users: u64) -> PlanTenant {
        PlanTenant {
            id: organization.id,
            name: organization.display_name.clone(),
            default_domain: organization.default_domain.clone(),
            users,
        }
    }
}
