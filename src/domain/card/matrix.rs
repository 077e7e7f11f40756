//! The path matrix of a user: which product and plan comes by which path, and what is in effect.

use std::collections::BTreeSet;

use crate::domain::facts::{AssignmentState, LicenseState, Path, Tenant, UserFacts};
use crate::domain::ids::{PlanId, SkuId};
use crate::domain::license;

/// One place of the matrix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cell {
    /// This path does not bring it.
    Absent,
    /// On.
    On,
    /// The path brings the product and switches the plan off.
    Off,
    /// The path should bring it and fails.
    Failed,
    /// On, but the last change of the path failed.
    Stuck,
    /// Graph says the license is not in force.
    Disabled,
}

impl Cell {
    /// The word in a table.
    pub fn as_str(self) -> &'static str {
        match self {
            Cell::Absent => "-",
            Cell::On => "on",
            Cell::Off => "off",
            Cell::Failed => "ERROR",
            Cell::Stuck => "stuck",
            Cell::Disabled => "disabled",
        }
    }
}

/// A product, or one of its plans.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatrixRow {
    /// The product.
    pub sku: SkuId,
    /// The plan; `None` in the row of the product.
    pub plan: Option<PlanId>,
    /// One cell for each path, in the order of the columns.
    pub cells: Vec<Cell>,
    /// What the user has of it: the union over all paths.
    pub effective: bool,
}

/// The matrix.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Matrix {
    /// The columns: direct first, then groups.
    pub paths: Vec<Path>,
    /// The rows: each product followed by its plans. Of a product that the tenant does not own there is only its row.
    pub rows: Vec<MatrixRow>,
}

fn of_state(state: &LicenseState<'_>) -> Cell {
    match state.state {
        AssignmentState::Active => Cell::On,
        AssignmentState::ActiveWithError => Cell::Stuck,
        AssignmentState::Disabled => Cell::Disabled,
        AssignmentState::Error | AssignmentState::Unrecognized(_) => Cell::Failed,
    }
}

/// The matrix of a user.
pub fn matrix<T: Tenant>(user: &UserFacts<'_>, tenant: &T) -> Matrix {
    let paths: BTreeSet<Path> = user.states.iter().map(|s| s.path).collect();
    let mut skus: Vec<SkuId> = Vec::new();
    for sku in user.states.iter().map(|s| s.sku).chain(user.assigned.iter().map(|a| a.sku)) {
        if !skus.contains(&sku) {
            skus.push(sku);
        }
    }
    let mut matrix = Matrix { paths: paths.into_iter().collect(), rows: Vec::new() };
    for sku in skus {
        let state = |path: &Path| user.states.iter().find(|s| s.sku == sku && s.path == *path);
        let held = user.states.iter().any(|s| s.sku == sku && s.state.grants());
        let assigned = user.assigned.iter().find(|a| a.sku == sku);
        matrix.rows.push(MatrixRow {
            sku,
            plan: None,
            cells: matrix.paths.iter().map(|p| state(p).map_or(Cell::Absent, of_state)).collect(),
            effective: held || assigned.is_some(),
        });
        let Some(owned) = tenant.sku(sku) else { continue };
        for plan in license::personal_plans(owned) {
            let cell = |path: &Path| match state(path) {
                None => Cell::Absent,
                Some(state) if state.disabled.contains(&plan.id) => Cell::Off,
                Some(state) => of_state(state),
            };
            let by_state = |s: &LicenseState<'_>| s.sku == sku && s.state.grants() && !s.disabled.contains(&plan.id);
            // A state list that omits an assigned license is a known gap of Graph.
            let by_gap = !held && assigned.is_some_and(|a| !a.disabled.contains(&plan.id));
            matrix.rows.push(MatrixRow {
                sku,
                plan: Some(plan.id),
                cells: matrix.paths.iter().map(cell).collect(),
                effective: user.states.iter().any(by_state) || by_gap,
            });
        }
    }
    matrix
}

impl Matrix {
    /// The rows that tell something: products, and plans that not every path treats like its product.
    pub fn telling(&self) -> impl Iterator<Item = &MatrixRow> {
        self.rows.iter().filter(|row| row.plan.is_none() || row.cells.contains(&Cell::Off))
    }
}
