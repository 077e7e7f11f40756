//! What is known about plans that exclude, need or contain each other.
//!
//! The documented sets and prerequisites are incomplete by Microsoft's own word: they say *may*. What this tenant's
//! Graph said in its own words is learned and says *does*.

use std::collections::HashMap;
use std::sync::OnceLock;

use super::ids::PlanId;

pub use super::learned::Learned;

const SETS: &str = include_str!("../../assets/exclusive-sets.tsv");
const PREREQUISITES: &str = include_str!("../../assets/prerequisites.tsv");
const LADDERS: &str = include_str!("../../assets/ladders.tsv");

/// The tables that were built into the program.
#[derive(Debug, Default)]
pub struct Documented {
    /// Set numbers by plan.
    sets: HashMap<PlanId, Vec<u16>>,
    set_names: Vec<&'static str>,
    needs: HashMap<PlanId, Vec<PlanId>>,
    /// Ladder and step by plan.
    steps: HashMap<PlanId, (u16, u16)>,
}

fn lines(table: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    table.lines().filter(|l| !l.starts_with('#') && !l.is_empty()).map(|l| l.split('\t').collect())
}

impl Documented {
    /// The embedded tables, read when first asked for.
    pub fn embedded() -> &'static Documented {
        static TABLES: OnceLock<Documented> = OnceLock::new();
        TABLES.get_or_init(Documented::read)
    }

    fn read() -> Documented {
        let mut tables = Documented::default();
        for line in lines(SETS) {
            let [set, _, id] = line[..] else { continue };
            let Ok(id) = PlanId::parse(id) else { continue };
            let number = tables.set_names.iter().position(|s| *s == set).unwrap_or_else(|| {
                tables.set_names.push(set);
                tables.set_names.len() - 1
            });
            tables.sets.entry(id).or_default().push(number as u16);
        }
        for line in lines(PREREQUISITES) {
            let [_, dependent, _, needed, _] = line[..] else { continue };
            if let (Ok(dependent), Ok(needed)) = (PlanId::parse(dependent), PlanId::parse(needed)) {
                tables.needs.entry(dependent).or_default().push(needed);
            }
        }
        let (mut ladder, mut step, mut last) = (0, 0, "");
        for line in lines(LADDERS) {
            let [name, _, id] = line[..] else { continue };
            if name != last {
                (ladder, step, last) = (ladder + 1, 0, name);
            }
            if let Ok(id) = PlanId::parse(id) {
                tables.steps.insert(id, (ladder, step));
                step += 1;
            }
        }
        tables
    }

    /// The documented set that names both plans, if one does: they *may* exclude each other.
    pub fn exclusive(&self, a: PlanId, b: PlanId) -> Option<&'static str> {
        if a == b {
            return None;
        }
        let (a, b) = (self.sets.get(&a)?, self.sets.get(&b)?);
        a.iter().find(|set| b.contains(set)).map(|&set| self.set_names[usize::from(set)])
    }

    /// Whether any documented set names a plan.
    pub fn in_a_set(&self, plan: PlanId) -> bool {
        self.sets.contains_key(&plan)
    }

    /// The plans of which a plan needs one, if any are documented.
    pub fn needs(&self, plan: PlanId) -> Option<&[PlanId]> {
        self.needs.get(&plan).map(Vec::as_slice)
    }

    /// The plans that are documented to need this one.
    pub fn needed_by(&self, plan: PlanId) -> impl Iterator<Item = PlanId> + '_ {
        self.needs.iter().filter(move |(_, needs)| needs.contains(&plan)).map(|(dependent, _)| *dependent)
    }

    /// Whether `higher` is a later step of the ladder that `lower` stands on.
    pub fn above(&self, higher: PlanId, lower: PlanId) -> bool {
        match (self.steps.get(&higher), self.steps.get(&lower)) {
            (Some((a, high)), Some((b, low))) => a == b && high > low,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::catalog::Catalog;

    fn plan(name: &str) -> PlanId {
        Catalog::embedded().plan_by_name(name).unwrap().id
    }

    #[test]
    fn every_line_of_the_tables_is_read_and_its_name_fits_the_catalog() {
        let tables = Documented::embedded();
        for (table, name_at, id_at) in [(SETS, 1, 2), (LADDERS, 1, 2), (PREREQUISITES, 0, 1), (PREREQUISITES, 2, 3)] {
            for line in lines(table) {
                let id = PlanId::parse(line[id_at]).unwrap();
                // The older plans of the sets are no longer sold and stand in no table of products.
                if let Some(known) = Catalog::embedded().plan(id) {
                    assert_eq!(known.name, line[name_at]);
                }
            }
        }
        assert_eq!(tables.sets.values().map(Vec::len).sum::<usize>(), lines(SETS).count());
        assert_eq!(tables.steps.len(), lines(LADDERS).count());
        assert_eq!(tables.needs.values().map(Vec::len).sum::<usize>(), lines(PREREQUISITES).count());
    }

    #[test]
    fn exchange_plans_may_exclude_each_other_and_entra_plans_never_do() {
        let tables = Documented::embedded();
        assert_eq!(
            tables.exclusive(plan("EXCHANGE_S_STANDARD"), plan("EXCHANGE_S_ENTERPRISE")),
            Some("Exchange Online")
        );
        assert_eq!(tables.exclusive(plan("AAD_PREMIUM"), plan("AAD_PREMIUM_P2")), None);
        assert_eq!(tables.exclusive(plan("YAMMER_EDU"), plan("YAMMER_EDU")), None);
    }

    #[test]
    fn a_ladder_goes_up_only() {
        let tables = Documented::embedded();
        assert!(tables.above(plan("EXCHANGE_S_ENTERPRISE"), plan("EXCHANGE_S_STANDARD")));
        assert!(!tables.above(plan("EXCHANGE_S_STANDARD"), plan("EXCHANGE_S_ENTERPRISE")));
        assert!(!tables.above(plan("SHAREPOINTENTERPRISE"), plan("EXCHANGE_S_STANDARD")));
    }
}
