//! Equal causes counted as one decision.

use std::collections::HashMap;

use crate::domain::facts::Tenant;
use crate::domain::finding::{Finding, Found};
use crate::domain::ids::{GroupId, PlanId, SkuId, UserId};
use crate::domain::kind::Kind;
use crate::domain::rules;

/// What makes two causes the same: kind, product, path and the plans involved.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Sameness {
    /// The kind.
    pub kind: Kind,
    /// The product.
    pub sku: Option<SkuId>,
    /// The group it comes by.
    pub group: Option<GroupId>,
    /// The plans involved, in the order of ids.
    pub plans: Vec<PlanId>,
}

impl Sameness {
    /// Of a finding.
    pub fn of(finding: &Finding) -> Sameness {
        let mut plans: Vec<PlanId> = finding.plans.iter().map(|p| p.id).collect();
        plans.sort_unstable();
        plans.dedup();
        Sameness { kind: finding.found.kind, sku: finding.found.sku, group: finding.found.group, plans }
    }
}

/// Findings with the same cause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cluster {
    /// The cause.
    pub cause: Sameness,
    /// Who has it, in the order of the findings.
    pub users: Vec<UserId>,
    /// Whether it goes away with another finding: triage begins with the others.
    pub follows: bool,
}

/// The findings of users by cause: roots before what follows from them, then the most users first.
pub fn clusters<T: Tenant>(tenant: &T, all: impl Iterator<Item = Found>) -> Vec<Cluster> {
    let mut at: HashMap<Sameness, usize> = HashMap::new();
    let mut clusters: Vec<Cluster> = Vec::new();
    for (user, found) in all.filter_map(|found| Some((found.user?, found))) {
        let cause = if told_by_plans(found.kind) {
            Sameness::of(&rules::describe(&found, tenant))
        } else {
            Sameness { kind: found.kind, sku: found.sku, group: found.group, plans: Vec::new() }
        };
        let place = *at.entry(cause).or_insert_with_key(|cause| {
            let follows = found.kind == Kind::BlockedBySibling;
            clusters.push(Cluster { cause: cause.clone(), users: Vec::new(), follows });
            clusters.len() - 1
        });
        clusters[place].users.push(user);
    }
    clusters.sort_by(|a, b| {
        let rank =
            |c: &Cluster| (c.follows, std::cmp::Reverse(c.cause.kind.severity()), std::cmp::Reverse(c.users.len()));
        rank(a).cmp(&rank(b)).then_with(|| a.cause.cmp(&b.cause))
    });
    clusters
}

/// Kinds whose cause is a set of plans; of the others kind, product and path say it all.
fn told_by_plans(kind: Kind) -> bool {
    matches!(kind, Kind::PlansConflict | Kind::DependencyMissing | Kind::RemovalBlocked)
}

/// The other users with the same cause.
pub fn same_cause<T: Tenant>(finding: &Finding, tenant: &T, all: impl Iterator<Item = Found>) -> Vec<UserId> {
    let found = finding.found;
    let alike = |f: &Found| (f.kind, f.sku, f.group) == (found.kind, found.sku, found.group) && f.user != found.user;
    let cause = Sameness::of(finding);
    all.filter(alike)
        .filter(|f| !told_by_plans(f.kind) || Sameness::of(&rules::describe(f, tenant)) == cause)
        .filter_map(|f| f.user)
        .collect()
}
