//! The products of the simulated tenant: which it owns, how many seats each has beyond those in use, who bought it.
//!
//! Ids and plans come from the catalog. A product that the catalog does not have is left out (a test holds that none
//! is); the tenant then simply does not own it.

use crate::domain::catalog::Catalog;
use crate::domain::ids::{PlanId, SkuId};

/// How the number of bought seats follows from the number in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seats {
    /// A few more than in use: at most four, or less than a tenth.
    Comfortable,
    /// Exactly as many as in use.
    None,
    /// Fewer than in use.
    Overused,
    /// A quarter and ten more than in use.
    Idle,
    /// A fixed number.
    Fixed(u32),
    /// As `Comfortable`, but all units have expired and are in their grace period.
    Grace,
    /// All units are suspended.
    Suspended(u32),
    /// The tenant no longer has the product.
    NotOwned,
}

/// Who bought a product.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Buyer {
    /// The organization itself.
    Organization,
    /// A user, by self-service.
    SelfService,
    /// A partner, whose tenant created the subscription.
    Partner,
}

/// A product.
#[derive(Debug)]
pub struct Product {
    /// `skuId`.
    pub id: SkuId,
    /// `skuPartNumber`.
    pub part_number: &'static str,
    /// Plans as (id, name).
    pub plans: Vec<(PlanId, &'static str)>,
    /// The number of seats.
    pub seats: Seats,
    /// Who bought it.
    pub buyer: Buyer,
    /// Whether it is for the whole company and cannot be assigned to users.
    pub company: bool,
    /// Days until `nextLifecycleDateTime`.
    pub lifecycle_days: i64,
}

/// Position of a product in the tenant's list.
pub type ProductAt = u16;

macro_rules! products {
    ($($name:ident = $at:literal, $part:literal, $seats:expr, $buyer:ident, $company:literal, $days:literal;)*) => {
        $(#[doc = concat!("Position of `", $part, "`.")] #[allow(dead_code, reason = "the list has no gaps")] pub const $name: ProductAt = $at;)*
        const TABLE: &[(&str, Seats, Buyer, bool, i64)] = &[$(($part, $seats, Buyer::$buyer, $company, $days),)*];
    };
}

products! {
    E3 = 0, "ENTERPRISEPACK", Seats::Comfortable, Organization, false, 300;
    E5 = 1, "ENTERPRISEPREMIUM", Seats::Comfortable, Organization, false, 300;
    E1 = 2, "STANDARDPACK", Seats::Comfortable, Organization, false, 210;
    M365_E3 = 3, "SPE_E3", Seats::Comfortable, Organization, false, 250;
    F3 = 4, "DESKLESSPACK", Seats::Comfortable, Organization, false, 210;
    EMS = 5, "EMS", Seats::Idle, Organization, false, 300;
    PROJECT = 6, "PROJECTPROFESSIONAL", Seats::None, Organization, false, 180;
    VISIO = 7, "VISIOCLIENT", Seats::Comfortable, Organization, false, 180;
    VISIO_WEB = 8, "VISIOONLINE_PLAN1", Seats::Overused, Organization, false, 180;
    ANALYTICS = 9, "WORKPLACE_ANALYTICS", Seats::Comfortable, Organization, false, 120;
    POWER_BI = 10, "POWER_BI_PRO", Seats::Comfortable, Partner, false, 150;
    FABRIC_FREE = 11, "POWER_BI_STANDARD", Seats::Fixed(1_000_000), SelfService, false, 3_000;
    FLOW_FREE = 12, "FLOW_FREE", Seats::Fixed(1_000_000), SelfService, false, 3_000;
    CALLING = 13, "MCOPSTN2", Seats::Comfortable, Organization, false, 12;
    WINDOWS = 14, "WIN10_PRO_ENT_SUB", Seats::Grace, Organization, false, 45;
    CONFERENCING = 15, "MCOMEETADV", Seats::Suspended(25), Organization, false, 60;
    STORAGE = 16, "SHAREPOINTSTORAGE", Seats::Fixed(20), Organization, true, 300;
    ENTRA_P1 = 17, "AAD_PREMIUM", Seats::Comfortable, Organization, false, 240;
    SHAREPOINT_P2 = 18, "SHAREPOINTENTERPRISE", Seats::Comfortable, Organization, false, 240;
    OLD_PROJECT = 19, "PROJECTPREMIUM", Seats::NotOwned, Organization, false, 0;
}

/// The products of Contoso, at the positions of the constants above.
pub fn contoso() -> Vec<Product> {
    let catalog = Catalog::embedded();
    TABLE
        .iter()
        .filter_map(|&(part, seats, buyer, company, lifecycle_days)| {
            let sku = catalog.sku_by_part_number(part)?;
            let plans = catalog.plans_of(sku).map(|p| (p.id, p.name)).collect();
            Some(Product { id: sku.id, part_number: sku.part_number, plans, seats, buyer, company, lifecycle_days })
        })
        .collect()
}

/// The products of a tenant where nothing is wrong: the same positions, ordinary seats and dates, one buyer.
pub fn clean() -> Vec<Product> {
    let mut products = contoso();
    for product in &mut products {
        product.seats = match product.seats {
            Seats::Fixed(n) if product.company => Seats::Fixed(n),
            Seats::NotOwned | Seats::Fixed(_) | Seats::Suspended(_) => Seats::NotOwned,
            _ => Seats::Comfortable,
        };
        product.buyer = Buyer::Organization;
        product.lifecycle_days = product.lifecycle_days.max(200);
    }
    products
}

/// Units by kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Units {
    pub enabled: i64,
    pub warning: i64,
    pub suspended: i64,
}

impl Product {
    /// Whether the tenant has the product.
    pub fn owned(&self) -> bool {
        self.seats != Seats::NotOwned
    }

    /// The bought seats where `used` are in use at the start.
    pub fn units(&self, used: i64) -> Units {
        let some = Units::default();
        let comfortable = used + (used * 9 / 100).max(4);
        match self.seats {
            Seats::Comfortable => Units { enabled: comfortable, ..some },
            Seats::None => Units { enabled: used, ..some },
            Seats::Overused => Units { enabled: used - (used / 10).max(1).min(used), ..some },
            Seats::Idle => Units { enabled: used + used / 4 + 10, ..some },
            Seats::Fixed(n) => Units { enabled: i64::from(n), ..some },
            Seats::Grace => Units { warning: comfortable, ..some },
            Seats::Suspended(n) => Units { suspended: i64::from(n), ..some },
            Seats::NotOwned => some,
        }
    }

    /// `capabilityStatus` and the status of the subscription.
    pub fn status(&self) -> &'static str {
        match self.seats {
            Seats::Grace => "Warning",
            Seats::Suspended(_) => "Suspended",
            _ => "Enabled",
        }
    }

    /// The plans that are on when these are off.
    pub fn enabled<'a>(&'a self, disabled: &'a [PlanId]) -> impl Iterator<Item = PlanId> + 'a {
        self.plans.iter().map(|&(id, _)| id).filter(move |id| !disabled.contains(id))
    }

    /// Whether the product gives a mailbox, which is where two objects can want one address.
    pub fn has_mailbox(&self, disabled: &[PlanId]) -> bool {
        self.plans.iter().any(|(id, name)| {
            matches!(*name, "EXCHANGE_S_ENTERPRISE" | "EXCHANGE_S_STANDARD" | "EXCHANGE_S_DESKLESS")
                && !disabled.contains(id)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_product_stands_at_its_position() {
        let products = contoso();
        assert_eq!(products.len(), TABLE.len(), "the catalog lacks one");
        for (product, row) in products.iter().zip(TABLE) {
            assert_eq!(product.part_number, row.0);
        }
    }
}
