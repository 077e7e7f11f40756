//! Building plans: (verb, users, snapshot) to steps and refusals. One verb a file.
//!
//! A plan touches only what was asked for: one `assignLicense` per user, adds, removes and disabled plans together; no
//! other product of the user stands in it. Whoever cannot be changed is refused here, with the reason, instead of being
//! sent for Graph to refuse.

mod assign;
mod change;
mod groups;
mod licenses;
mod location;
mod membership;
mod remove;
mod reprocess;

use std::collections::{BTreeMap, HashSet};

use super::{Plan, PlanTenant, SCHEMA, SeatsDelta, Step, Target, Unplanned};
use crate::domain::facts::{Group, Path, Tenant, UserFacts};
use crate::domain::ids::{GroupId, PlanId, SkuId, UserId};
use crate::domain::location::Location;
use crate::domain::names;
use crate::domain::remedy::Verb;

pub use groups::GroupLicenses;

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
    /// Switch plans of a direct license on and off.
    ChangePlans {
        /// Whom.
        users: Vec<UserId>,
        /// The product.
        sku: SkuId,
        /// Plans to switch on.
        enable: Vec<PlanId>,
        /// Plans to switch off.
        disable: Vec<PlanId>,
    },
    /// Replace a direct license by another in one call.
    SwapLicense {
        /// Whom.
        users: Vec<UserId>,
        /// The product that goes.
        from: SkuId,
        /// The product that comes.
        to: SkuId,
        /// Plans to switch off beside those that are off already.
        disabled: Vec<PlanId>,
    },
    /// Make users members of a group.
    JoinGroup {
        /// Whom.
        users: Vec<UserId>,
        /// The group.
        group: GroupId,
    },
    /// Take users out of a group.
    LeaveGroup {
        /// Whom.
        users: Vec<UserId>,
        /// The group.
        group: GroupId,
    },
    /// Change the licenses of groups.
    ChangeGroupLicenses {
        /// Which groups.
        groups: Vec<GroupId>,
        /// What is to become of them.
        licenses: GroupLicenses,
    },
    /// Stop or start the processing of membership rules.
    ProcessRule {
        /// Which groups.
        groups: Vec<GroupId>,
        /// Whether the rule is to be processed.
        on: bool,
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
            Ask::ChangePlans { .. } => Verb::ChangePlans,
            Ask::SwapLicense { .. } => Verb::SwapLicense,
            Ask::JoinGroup { .. } => Verb::JoinGroup,
            Ask::LeaveGroup { .. } => Verb::LeaveGroup,
            Ask::ChangeGroupLicenses { .. } => Verb::ChangeGroupLicenses,
            Ask::ProcessRule { on: true, .. } => Verb::ResumeRule,
            Ask::ProcessRule { on: false, .. } => Verb::PauseRule,
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
    /// The group cannot be changed in this way.
    #[error("{0}")]
    Group(String),
    /// There is nothing asked for, or asks that do not belong into one plan.
    #[error("{0}")]
    Asks(&'static str),
}

/// Builds the plan of one ask over one snapshot. Users come out in the order they were asked for, once each.
pub fn build<T: Tenant>(ask: &Ask, tenant: &T) -> Result<Plan, BuildError> {
    build_all(std::slice::from_ref(ask), tenant)
}

/// Builds one plan of several asks of one verb, for users with values of their own. They share the free seats.
pub fn build_all<T: Tenant>(asks: &[Ask], tenant: &T) -> Result<Plan, BuildError> {
    let organization = tenant.organization().ok_or(BuildError::NoOrganization)?;
    let verb = asks.first().ok_or(BuildError::Asks("nothing was asked for"))?.verb();
    if asks.iter().any(|ask| ask.verb() != verb) {
        return Err(BuildError::Asks("one plan has one verb"));
    }
    let mut draft = Draft::default();
    for ask in asks {
        let d = &mut draft;
        match ask {
            Ask::SetUsageLocation { to } => location::draft(d, to, tenant),
            Ask::Reprocess { users } => reprocess::draft(d, users, tenant),
            Ask::AssignLicense { users, sku, disabled } => assign::draft(d, users, *sku, disabled, tenant)?,
            Ask::RemoveLicense { users, sku } => remove::draft(d, users, *sku, tenant),
            Ask::ChangePlans { users, sku, enable, disable } => {
                change::plans(d, users, *sku, (enable, disable), tenant)?;
            }
            Ask::SwapLicense { users, from, to, disabled } => change::swap(d, users, (*from, *to), disabled, tenant)?,
            Ask::JoinGroup { users, group } => membership::draft(d, users, *group, true, tenant)?,
            Ask::LeaveGroup { users, group } => membership::draft(d, users, *group, false, tenant)?,
            Ask::ChangeGroupLicenses { groups, licenses } => groups::licenses(d, groups, licenses, tenant)?,
            Ask::ProcessRule { groups, on } => groups::rule(d, groups, *on, tenant)?,
        }
    }
    if !matches!(verb, Verb::SetUsageLocation | Verb::Reprocess | Verb::PauseRule | Verb::ResumeRule) {
        licenses::warn(&mut draft);
    }
    if asks.len() > 1 {
        draft.title = format!("{verb} with {} different values for {}", asks.len(), users(draft.steps.len()));
    }
    let scopes = if draft.steps.is_empty() { &[] } else { verb.scopes() };
    let seats = draft.seats.iter().filter(|(_, seats)| **seats != 0).map(|(&sku, &seats)| SeatsDelta {
        sku,
        name: names::sku(sku, tenant),
        seats,
        free: tenant.sku(sku).map_or(0, |s| s.free()),
    });
    let written: HashSet<UserId> = draft.steps.iter().filter_map(|s| s.target.user()).collect();
    Ok(Plan {
        schema: SCHEMA.to_owned(),
        tenant: PlanTenant::new(organization, u64::from(tenant.user_count())),
        as_of: tenant.now(),
        verb,
        title: draft.title,
        seats: seats.collect(),
        members: draft.members.difference(&written).count(),
        steps: draft.steps,
        refusals: draft.refusals,
        warnings: draft.warnings,
        scopes: scopes.iter().map(|s| (*s).to_owned()).collect(),
        takes_away: draft.takes_away,
        hand_offs: Vec::new(),
    })
}

/// A plan in the making.
#[derive(Debug, Default)]
struct Draft {
    title: String,
    steps: Vec<Step>,
    refusals: Vec<Unplanned>,
    /// Seats that the steps so far take or free.
    seats: BTreeMap<SkuId, i64>,
    warnings: Vec<String>,
    takes_away: bool,
    /// How many lose their last Exchange plan.
    mailboxes: usize,
    /// Direct user members of the groups that are written.
    members: HashSet<UserId>,
    seen: HashSet<Target>,
}

impl Draft {
    /// Goes through users once each and keeps what `plan` makes of them.
    fn each<T: Tenant>(
        &mut self,
        users: impl IntoIterator<Item = UserId>,
        tenant: &T,
        mut plan: impl FnMut(&mut Draft, &UserFacts<'_>) -> Result<Step, String>,
    ) {
        for user in users {
            if !self.seen.insert(user.into()) {
                continue;
            }
            match tenant.row_of(user) {
                Some(row) => tenant.with_user(row, |facts| {
                    let planned = plan(self, facts);
                    self.keep(user.into(), facts.upn, planned);
                }),
                None => self.keep(user.into(), "", Err("the user is no longer there".to_owned())),
            }
        }
    }

    /// Goes through groups once each and keeps what `plan` makes of them.
    fn each_group<T: Tenant>(
        &mut self,
        groups: &[GroupId],
        tenant: &T,
        mut plan: impl FnMut(&mut Draft, &Group) -> Result<Step, String>,
    ) {
        for &id in groups {
            if !self.seen.insert(id.into()) {
                continue;
            }
            match tenant.group(id) {
                Some(group) => {
                    let planned = plan(self, group);
                    self.keep(id.into(), &group.label(), planned);
                }
                None => self.keep(id.into(), "", Err("the group is not among the licensed ones".to_owned())),
            }
        }
    }

    fn keep(&mut self, target: Target, label: &str, planned: Result<Step, String>) {
        match planned {
            Ok(step) => {
                for (sku, seats) in &step.predicted.seats {
                    *self.seats.entry(*sku).or_default() += seats;
                }
                self.steps.push(step);
            }
            Err(why) => self.refusals.push(Unplanned { target, upn: label.to_owned(), why }),
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

/// "3 groups", "1 group".
fn groups_of(count: usize) -> String {
    if count == 1 { "1 group".to_owned() } else { format!("{count} groups") }
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
