//! Building plans: (verb, users, snapshot) to steps and refusals. One verb a file.
//!
//! A plan touches only what was asked for: one `assignLicense` per user, adds, removes and disabled plans together; no
//! other product of the user stands in it. Whoever cannot be changed is refused here, with the reason, instead of being
//! sent for Graph to refuse.

mod assign;
mod location;
mod remove;
mod reprocess;

use std::collections::BTreeMap;

use super::{Plan, PlanTenant, SCHEMA, SeatsDelta, Step, Unplanned};
use crate::domain::facts::{Group, Path, Tenant, UserFacts};
use crate::domain::ids::{PlanId, SkuId, UserId};
use crate::domain::location::Location;
use crate::domain::names;
use crate::domain::remedy::Verb;

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

impl Ask {
    /// The verb.
    pub fn verb(&self) -> Verb {
        match self {
            Ask::SetUsageLocation { .. } => Verb::SetUsageLocation,
            Ask::Reprocess { .. } => Verb::Reprocess,
            Ask::AssignLicense { .. } => Verb::AssignLicense,
            Ask::RemoveLicense { .. } => Verb::RemoveLicense,
        }
    }
}

/// Why no plan can be made at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BuildError {
    /// There is no tenant to write to.
    #[error("the organization could not be read, so no plan can be made for it")]
    NoOrganization,
    /// The products are not loaded yet.
    #[error("the products of the tenant are not loaded yet; wait for them or reload")]
    NoProducts,
    /// The product is not one that the tenant can assign.
    #[error("{0}")]
    Product(String),
}

/// Builds the plan of one ask over one snapshot. Users come out in the order they were asked for, once each.
pub fn build<T: Tenant>(ask: &Ask, tenant: &T) -> Result<Plan, BuildError> {
    let organization = tenant.organization().ok_or(BuildError::NoOrganization)?;
    let mut draft = Draft::default();
    match ask {
        Ask::SetUsageLocation { to } => location::draft(&mut draft, to, tenant),
        Ask::Reprocess { users } => reprocess::draft(&mut draft, users, tenant),
        Ask::AssignLicense { users, sku, disabled } => assign::draft(&mut draft, users, *sku, disabled, tenant)?,
        Ask::RemoveLicense { users, sku } => remove::draft(&mut draft, users, *sku, tenant),
    }
    let verb = ask.verb();
    let mut scopes: Vec<String> = Vec::new();
    if !draft.steps.is_empty() {
        scopes.extend(verb.scopes().iter().map(|s| (*s).to_owned()));
    }
    let seats = draft.seats.iter().filter(|(_, seats)| **seats != 0).map(|(&sku, &seats)| SeatsDelta {
        sku,
        name: names::sku(sku, tenant),
        seats,
        free: tenant.sku(sku).map_or(0, |s| s.free()),
    });
    Ok(Plan {
        schema: SCHEMA.to_owned(),
        tenant: PlanTenant::new(organization, u64::from(tenant.user_count())),
        as_of: tenant.now(),
        verb,
        title: draft.title,
        seats: seats.collect(),
        steps: draft.steps,
        refusals: draft.refusals,
        warnings: draft.warnings,
        scopes,
        takes_away: draft.takes_away,
        members: 0,
        hand_offs: Vec::new(),
    })
}

/// A plan in the making.
#[derive(Debug, Default)]
struct Draft {
    title: String,
    steps: Vec<Step>,
    refusals: Vec<Unplanned>,
    seats: BTreeMap<SkuId, i64>,
    warnings: Vec<String>,
    takes_away: bool,
}

impl Draft {
    /// Goes through users once each and keeps what `plan` makes of them.
    fn each<T: Tenant>(
        &mut self,
        users: impl IntoIterator<Item = UserId>,
        tenant: &T,
        mut plan: impl FnMut(&mut Draft, &UserFacts<'_>) -> Result<Step, String>,
    ) {
        let mut seen = std::collections::HashSet::new();
        for user in users.into_iter().filter(|u| seen.insert(*u)) {
            let refused = |upn: String, why: String| Unplanned { target: user.into(), upn, why };
            match tenant.row_of(user) {
                Some(row) => tenant.with_user(row, |facts| match plan(self, facts) {
                    Ok(step) => self.steps.push(step),
                    Err(why) => self.refusals.push(refused(facts.upn.to_owned(), why)),
                }),
                None => self.refusals.push(refused(String::new(), "the user is no longer there".to_owned())),
            }
        }
    }

    fn warn(&mut self, warning: impl Into<String>) {
        let warning = warning.into();
        if !self.warnings.contains(&warning) {
            self.warnings.push(warning);
        }
    }
}

/// "3 users", "1 user".
fn users(count: usize) -> String {
    if count == 1 { "1 user".to_owned() } else { format!("{count} users") }
}

/// The disabled plans of a direct assignment, sorted; `None` when there is none. A product that is assigned without any
/// license state (a known gap of Graph) counts as direct: nothing says that a group gives it.
pub(super) fn direct(user: &UserFacts<'_>, sku: SkuId) -> Option<Vec<PlanId>> {
    let sorted = |plans: &[PlanId]| {
        let mut plans = plans.to_vec();
        plans.sort_unstable();
        plans
    };
    if let Some(state) = user.states.iter().find(|s| s.sku == sku && s.path == Path::Direct) {
        return Some(sorted(state.disabled));
    }
    if user.states.iter().any(|s| s.sku == sku) {
        return None;
    }
    user.assigned.iter().find(|a| a.sku == sku).map(|a| sorted(a.disabled))
}

/// The disabled plans of a group's own license, sorted; `None` when it has none of this product.
pub(super) fn group_license(group: &Group, sku: SkuId) -> Option<Vec<PlanId>> {
    group.licenses.iter().find(|l| l.sku == sku).map(|l| {
        let mut plans = l.disabled.clone();
        plans.sort_unstable();
        plans
    })
}
