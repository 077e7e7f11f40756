//! Names of SKUs and service plans by id, from Microsoft's public table, embedded in the program.
//!
//! For names only: what a SKU of this tenant contains stands in its own `subscribedSkus` entry. Part numbers and plan
//! names repeat in the table, so everything is looked up by id; an id that is not here is shown as it is.

use std::collections::HashMap;
use std::sync::OnceLock;

use super::ids::{PlanId, SkuId};

/// A service plan as the table names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlanName {
    /// `servicePlanId`.
    pub id: PlanId,
    /// The identifier, for example `EXCHANGE_S_ENTERPRISE`.
    pub name: &'static str,
    /// What people call it, for example `Exchange Online (Plan 2)`.
    pub display: &'static str,
}

/// A product as the table names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SkuName {
    /// `skuId`.
    pub id: SkuId,
    /// The part number, for example `ENTERPRISEPACK`.
    pub part_number: &'static str,
    /// What people call it, for example `Office 365 E3`.
    pub name: &'static str,
    /// The plans that the table lists for it, as positions in [`Catalog::plans`].
    plans: Vec<u16>,
}

/// The table. There is one, [`Catalog::embedded`].
#[derive(Debug)]
pub struct Catalog {
    plans: Vec<PlanName>,
    skus: Vec<SkuName>,
    plan_at: HashMap<PlanId, u16>,
    sku_at: HashMap<SkuId, u16>,
}

const TABLE: &str = include_str!("../../assets/catalog.tsv");

impl Catalog {
    /// The table that was built into the program, read once (about a millisecond) when first asked for.
    pub fn embedded() -> &'static Catalog {
        static CATALOG: OnceLock<Catalog> = OnceLock::new();
        CATALOG.get_or_init(|| Catalog::read(TABLE))
    }

    /// Reads the asset's form. A line that it cannot read is left out: names are a courtesy, never a reason to stop;
    /// a test holds that every line of the embedded table is read.
    fn read(table: &'static str) -> Catalog {
        let mut catalog =
            Catalog { plans: Vec::new(), skus: Vec::new(), plan_at: HashMap::new(), sku_at: HashMap::new() };
        for line in table.lines().filter(|l| !l.starts_with('#')) {
            let mut cells = line.split('\t');
            match (cells.next(), cells.next(), cells.next(), cells.next(), cells.next()) {
                (Some("plan"), Some(id), Some(name), Some(display), None) => {
                    if let Ok(id) = PlanId::parse(id) {
                        catalog.plan_at.insert(id, catalog.plans.len() as u16);
                        catalog.plans.push(PlanName { id, name, display });
                    }
                }
                (Some("sku"), Some(id), Some(part_number), Some(name), Some(plans)) => {
                    if let Ok(id) = SkuId::parse(id) {
                        let plans = plans.split(',').filter_map(|p| p.parse().ok()).collect();
                        catalog.sku_at.insert(id, catalog.skus.len() as u16);
                        catalog.skus.push(SkuName { id, part_number, name, plans });
                    }
                }
                _ => {}
            }
        }
        catalog
    }

    /// The plan with this id, if the table has it.
    pub fn plan(&self, id: PlanId) -> Option<&PlanName> {
        self.plan_at.get(&id).map(|&at| &self.plans[usize::from(at)])
    }

    /// The product with this id, if the table has it.
    pub fn sku(&self, id: SkuId) -> Option<&SkuName> {
        self.sku_at.get(&id).map(|&at| &self.skus[usize::from(at)])
    }

    /// The first product with this part number, in any casing. Part numbers are not unique: for what a person types
    /// only.
    pub fn sku_by_part_number(&self, part_number: &str) -> Option<&SkuName> {
        self.skus.iter().find(|s| s.part_number.eq_ignore_ascii_case(part_number))
    }

    /// The first plan with this identifier, in any casing. For what a person types only.
    pub fn plan_by_name(&self, name: &str) -> Option<&PlanName> {
        self.plans.iter().find(|p| p.name.eq_ignore_ascii_case(name))
    }

    /// The plans that the table lists for a product.
    pub fn plans_of<'a>(&'a self, sku: &'a SkuName) -> impl Iterator<Item = &'a PlanName> + 'a {
        sku.plans.iter().filter_map(|&at| self.plans.get(usize::from(at)))
    }

    /// Every product of the table.
    pub fn skus(&self) -> &[SkuName] {
        &self.skus
    }

    /// Every plan of the table.
    pub fn plans(&self) -> &[PlanName] {
        &self.plans
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_embedded_table_is_read() {
        let lines = TABLE.lines().filter(|l| !l.starts_with('#')).count();
        let catalog = Catalog::embedded();
        assert_eq!(catalog.plans().len() + catalog.skus().len(), lines);
        assert_eq!(catalog.plan_at.len() + catalog.sku_at.len(), lines, "an id stands twice");
        assert!(catalog.skus().iter().all(|s| catalog.plans_of(s).count() == s.plans.len()));
    }

    #[test]
    fn e3_has_its_name_and_exchange_plan_2() {
        let catalog = Catalog::embedded();
        let e3 = catalog.sku_by_part_number("enterprisepack").map(|s| (s.name, s.id));
        assert_eq!(e3.map(|(name, _)| name), Some("Office 365 E3"));
        let plans: Vec<_> = e3
            .and_then(|(_, id)| catalog.sku(id))
            .map(|s| catalog.plans_of(s).map(|p| p.name).collect())
            .unwrap_or_default();
        assert!(plans.contains(&"EXCHANGE_S_ENTERPRISE"), "{plans:?}");
    }

    #[test]
    fn an_unknown_id_has_no_name() {
        assert_eq!(Catalog::embedded().sku(SkuId::from_u128(1)), None);
    }
}
