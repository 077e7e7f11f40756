//! The cause card: everything that is known about what is wrong with one object, as data. Text and screen only lay it
//! out.

mod avoid;
mod cluster;
mod compare;
mod effect;
mod matrix;

pub use avoid::{Avoid, avoid};
pub use cluster::{Cluster, Sameness, clusters, same_cause};
pub use compare::{Difference, compare};
pub use effect::{Effect, effect};
pub use matrix::{Cell, Matrix, MatrixRow, matrix};

use super::facts::{Path, Row, Tenant, UserFacts};
use super::finding::{Finding, Found};
use super::ids::UserId;
use super::remedy::Remedy;
use super::rules;

/// One finding with what belongs to it.
#[derive(Debug, Clone)]
pub struct Card {
    /// The finding, in full.
    pub finding: Finding,
    /// Its remedies with what each would do to the user, least harm first.
    pub remedies: Vec<(Remedy, Option<Effect>)>,
    /// What must not be done, and why.
    pub avoid: &'static [Avoid],
    /// Other users with the same cause: one decision for all of them.
    pub same: Vec<UserId>,
}

/// The card of one finding. `all` are the findings of the tenant, among which the same cause is looked for.
pub fn card<T: Tenant>(found: &Found, tenant: &T, all: impl Iterator<Item = Found>) -> Card {
    let finding = rules::describe(found, tenant);
    let row = found.user.and_then(|user| tenant.row_of(user));
    let path = found.group.map_or(Path::Direct, Path::Group);
    let remedies = finding
        .remedies
        .iter()
        .map(|remedy| {
            let of_row = |row: Row, look: &dyn Fn(&UserFacts<'_>) -> Option<Effect>| tenant.with_user(row, |u| look(u));
            let effect = row.and_then(|row| of_row(row, &|user| effect(remedy.verb, found.sku?, path, user, tenant)));
            (remedy.clone(), effect)
        })
        .collect();
    Card { remedies, avoid: avoid(found.kind), same: same_cause(&finding, tenant, all), finding }
}
