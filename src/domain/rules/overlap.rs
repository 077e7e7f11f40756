//! A held product is covered when another held product gives each of its enabled plans, as itself or as a higher step
//! of its ladder.

use std::collections::HashMap;

use crate::domain::constraints::Documented;
use crate::domain::facts::{Sku, UserFacts};
use crate::domain::finding::Found;
use crate::domain::ids::{PlanId, SkuId};
use crate::domain::kind::Kind;
use crate::domain::license::enabled;

/// How a product is covered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Evidence {
    /// By the very same plans.
    SamePlans,
    /// By at least one higher step of a ladder.
    Ladder,
}

/// One product covered by another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Overlap {
    /// The product that gives nothing of its own.
    pub covered: SkuId,
    /// The product that gives it all.
    pub by: SkuId,
    /// How.
    pub evidence: Evidence,
}

type Holding = Vec<(SkuId, Vec<PlanId>)>;

/// The rule with its memory: few distinct holdings occur in a tenant, each is worked out once.
#[derive(Debug)]
pub struct Overlaps<'a> {
    skus: HashMap<SkuId, &'a Sku>,
    known: HashMap<Holding, Vec<Overlap>>,
}

impl<'a> Overlaps<'a> {
    /// The rule over a tenant's products.
    pub fn new(skus: &'a [Sku]) -> Overlaps<'a> {
        Overlaps { skus: skus.iter().map(|s| (s.id, s)).collect(), known: HashMap::new() }
    }

    pub(super) fn find(&mut self, user: &UserFacts<'_>, emit: &mut impl FnMut(Found)) {
        for overlap in self.of(user) {
            emit(Found {
                kind: Kind::OverlappingSkus,
                severity: Kind::OverlappingSkus.severity(),
                user: Some(user.id),
                group: None,
                sku: Some(overlap.covered),
            });
        }
    }

    /// The overlaps of one user, one for each covered product.
    pub fn of(&mut self, user: &UserFacts<'_>) -> Vec<Overlap> {
        let mut states = user.states.iter().filter(|s| s.state.grants());
        // The common user holds one product, or several paths of it.
        let Some(first) = states.next() else { return Vec::new() };
        if states.all(|s| s.sku == first.sku) {
            return Vec::new();
        }
        let holding = holding(user);
        if let Some(known) = self.known.get(&holding) {
            return known.clone();
        }
        let overlaps = self.work_out(&holding);
        self.known.insert(holding, overlaps.clone());
        overlaps
    }

    fn work_out(&self, holding: &Holding) -> Vec<Overlap> {
        let given: Vec<(SkuId, Vec<PlanId>)> = holding
            .iter()
            .filter_map(|(sku, off)| Some((*sku, enabled(self.skus.get(sku)?, off).collect())))
            .filter(|(_, plans): &(SkuId, Vec<PlanId>)| !plans.is_empty())
            .collect();
        let mut overlaps: Vec<Overlap> = Vec::new();
        for (covered, plans) in &given {
            let by = given.iter().filter(|(other, _)| other != covered).find_map(|(other, others)| {
                // Two products that give the same cover each other: only the later one is called covered.
                if covers(plans, others).is_some() && other > covered {
                    return None;
                }
                covers(others, plans).map(|evidence| Overlap { covered: *covered, by: *other, evidence })
            });
            overlaps.extend(by);
        }
        overlaps
    }
}

/// Products in force with the plans that every path of them switches off, in the order of ids.
fn holding(user: &UserFacts<'_>) -> Holding {
    let mut holding: Holding = Vec::new();
    for state in user.states.iter().filter(|s| s.state.grants()) {
        match holding.iter_mut().find(|(sku, _)| *sku == state.sku) {
            Some((_, off)) => off.retain(|p| state.disabled.contains(p)),
            None => holding.push((state.sku, state.disabled.to_vec())),
        }
    }
    holding.sort_unstable();
    holding
}

/// Whether `wide` gives everything that `narrow` gives.
fn covers(wide: &[PlanId], narrow: &[PlanId]) -> Option<Evidence> {
    let tables = Documented::embedded();
    let mut evidence = Evidence::SamePlans;
    for plan in narrow {
        if wide.contains(plan) {
            continue;
        }
        if !wide.iter().any(|higher| tables.above(*higher, *plan)) {
            return None;
        }
        evidence = Evidence::Ladder;
    }
    Some(evidence)
}
