//! Building plans: (verb, users, snapshot) to steps and refusals.

use super::Plan;
use crate::domain::facts::Tenant;
use crate::domain::ids::{PlanId, SkuId, UserId};
use crate::domain::location::Location;

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ask {
    /// Set the usage location.
    SetUsageLocation {
        /// The value for each user; a user may have one of its own (suggestions differ).
        to: Vec<(UserId, Location)>,
    },
    /// Process group licenses again.
    Reprocess {
        /// Whom.
        users: Vec<UserId>,
    },
    /// Assign a product directly.
    AssignLicense {
        /// Whom.
        users: Vec<UserId>,
        /// The product.
        sku: SkuId,
        /// Plans to switch off.
        disabled: Vec<PlanId>,
    },
    /// Remove the direct assignment of a product.
    RemoveLicense {
        /// Whom.
        users: Vec<UserId>,
        /// The product.
        sku: SkuId,
    },
}

/// Why no plan can be made at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BuildError {
    /// There is no tenant to write to.
    #[error("the organization could not be read, so no plan can be made for it")]
    NoOrganization,
    /// The product is not one that the tenant can assign.
    #[error("{0}")]
    Product(String),
}

/// Builds the plan of one ask over one snapshot.
pub fn build<T: Tenant>(_ask: &Ask, _tenant: &T) -> Result<Plan, BuildError> {
    Err(BuildError::NoOrganization)
}
