//! The tenant as the scenario defines it, before anybody wrote to it. Nothing here changes.

use super::groups::{self, GroupAt, GroupPlan, Origin, Rule};
use super::mix::{Subject, mix, object_id, position_of};
use super::names::DEPARTMENTS;
use super::options::{Options, Scenario};
use super::people::People;
use super::products::{self, Product, ProductAt, Units};
use super::roles::{Cast, Holding, ROLES, Role};
use crate::domain::ids::{GroupId, SkuId, TenantId, UserId};

/// Seconds of a day.
pub const DAY: i64 = 86_400;

/// The default domain.
pub const DOMAIN: &str = "contoso.com";
/// The initial domain.
pub const INITIAL_DOMAIN: &str = "contoso.onmicrosoft.com";

/// The tenant at its start.
pub struct Model {
    /// The seed.
    pub seed: u64,
    /// The number of users.
    pub count: u32,
    /// Start of the simulation, in seconds.
    pub now: i64,
    /// Names.
    pub people: People,
    /// Parts.
    pub cast: Cast,
    /// Products by position.
    pub products: Vec<Product>,
    /// Bought units by product.
    pub units: Vec<Units>,
    /// Seats in use by product.
    pub used: Vec<i64>,
    /// Groups by position.
    pub groups: Vec<GroupPlan>,
    templates: Vec<(Role, Holding)>,
}

impl Model {
    /// Builds the tenant of these options; `now` in seconds since 1970.
    pub fn new(options: &Options, now: i64) -> Model {
        let (seed, count) = (options.seed, options.users);
        let cast = Cast::new(seed, count, options.scenario == Scenario::Contoso);
        let (products, groups) = match options.scenario {
            Scenario::Contoso => (products::contoso(), groups::contoso()),
            Scenario::Clean => (products::clean(), groups::clean()),
        };
        let templates: Vec<(Role, Holding)> = ROLES.iter().map(|r| (*r, r.template())).collect();
        let mut used = vec![0; products.len()];
        for (role, holding) in &templates {
            let players = cast.players(*role);
            for at in held_products(holding) {
                used[usize::from(at)] += players;
            }
        }
        let units = products.iter().zip(&used).map(|(p, used)| p.units(*used)).collect();
        Model { seed, count, now, people: People::new(seed, count), cast, products, units, used, groups, templates }
    }

    /// The id of the tenant.
    pub fn tenant_id(&self) -> TenantId {
        TenantId::from_u128(object_id(self.seed, Subject::Tenant, 0))
    }

    /// The id of a user.
    pub fn user_id(&self, index: u32) -> UserId {
        UserId::from_u128(object_id(self.seed, Subject::User, index))
    }

    /// The position of a user.
    pub fn user_at(&self, id: UserId) -> Option<u32> {
        position_of(self.seed, Subject::User, id.as_u128()).filter(|i| *i < self.count)
    }

    /// The id of a group.
    pub fn group_id(&self, at: GroupAt) -> GroupId {
        GroupId::from_u128(object_id(self.seed, Subject::Group, u32::from(at)))
    }

    /// The position of a group.
    pub fn group_at(&self, id: GroupId) -> Option<GroupAt> {
        let at = position_of(self.seed, Subject::Group, id.as_u128())?;
        GroupAt::try_from(at).ok().filter(|at| usize::from(*at) < self.groups.len())
    }

    /// The position of a product.
    pub fn product_at(&self, id: SkuId) -> Option<ProductAt> {
        self.products.iter().position(|p| p.id == id).and_then(|at| ProductAt::try_from(at).ok())
    }

    /// A product.
    pub fn product(&self, at: ProductAt) -> &Product {
        &self.products[usize::from(at)]
    }

    /// What a user holds at the start.
    pub fn holding(&self, index: u32) -> &Holding {
        let role = self.cast.role(index);
        &self.templates[role as usize].1
    }

    /// What each part holds.
    pub fn templates(&self) -> &[(Role, Holding)] {
        &self.templates
    }

    /// The user principal name, as written.
    pub fn upn(&self, index: u32) -> String {
        let local = self.people.local(index);
        if self.cast.role(index).guest() {
            format!("{local}_fabrikam.com#EXT#@{INITIAL_DOMAIN}")
        } else {
            format!("{local}@{DOMAIN}")
        }
    }

    /// The usage location at the start.
    pub fn location(&self, index: u32) -> Option<&'static str> {
        match self.cast.role(index) {
            Role::NoLocation | Role::NoLocationLicensed | Role::Guest => None,
            Role::BadLocation => Some("UK"),
            Role::Prohibited => Some("IN"),
            Role::Calling => {
                Some(["DE", "FR", "US", "GB"][(mix(self.seed, Subject::Phone, index.into()) % 4) as usize])
            }
            _ => Some(self.people.country(index).code),
        }
    }

    /// The department at the start. The departments that rules read belong to one part each.
    pub fn department(&self, index: u32) -> (&'static str, &'static str) {
        let stir = mix(self.seed, Subject::Department, index.into());
        let pick = |titles: &[&'static str]| titles[(stir >> 16) as usize % titles.len()];
        let holding = self.holding(index);
        for (at, group) in self.groups.iter().enumerate() {
            if let Origin::Dynamic { rule: Rule::Department(name), .. } = group.origin
                && holding.groups.contains(&(at as GroupAt))
            {
                return (name, pick(&["Specialist", "Senior Specialist", "Lead"]));
            }
        }
        let (name, titles) = DEPARTMENTS[stir as usize % DEPARTMENTS.len()];
        (name, pick(titles))
    }

    /// Whether the user is synchronized from Active Directory.
    pub fn synced(&self, index: u32) -> bool {
        match self.cast.role(index) {
            Role::E1 | Role::SyncError => true,
            Role::Guest | Role::GuestLicensed | Role::NoLocation | Role::BadLocation => false,
            _ => mix(self.seed, Subject::Synced, index.into()) % 10 < 3,
        }
    }

    /// The index range of users whose lower-case principal name satisfies `below` up to some position: a binary search.
    pub fn first_not(&self, below: impl Fn(&str) -> bool) -> u32 {
        let (mut low, mut high) = (0, self.count);
        while low < high {
            let middle = low + (high - low) / 2;
            if below(&self.upn(middle).to_lowercase()) { low = middle + 1 } else { high = middle }
        }
        low
    }

    /// The user with this principal name, in any casing.
    pub fn user_by_upn(&self, upn: &str) -> Option<u32> {
        let wanted = upn.to_lowercase();
        let at = self.first_not(|u| u < wanted.as_str());
        (at < self.count && self.upn(at).to_lowercase() == wanted).then_some(at)
    }
}

/// The products that this holding has a seat of, once each.
pub fn held_products(holding: &Holding) -> Vec<ProductAt> {
    let mut held: Vec<ProductAt> = holding.entries.iter().filter(|e| e.held()).map(|e| e.product).collect();
    held.sort_unstable();
    held.dedup();
    held
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_are_found_by_name_in_any_casing_and_by_id() {
        let model = Model::new(&Options::default(), 1_700_000_000);
        for i in [0, 17, 299] {
            assert_eq!(model.user_by_upn(&model.upn(i).to_uppercase()), Some(i));
            assert_eq!(model.user_at(model.user_id(i)), Some(i));
        }
        assert_eq!(model.user_by_upn("nobody@contoso.com"), None);
    }

    #[test]
    fn members_of_a_dynamic_group_are_whom_its_rule_names() {
        for scenario in Scenario::ALL {
            let model = Model::new(&Options { scenario: *scenario, ..Options::default() }, 0);
            for (at, group) in model.groups.iter().enumerate() {
                let Origin::Dynamic { rule, .. } = group.origin else { continue };
                for i in 0..model.count {
                    let holding = model.holding(i);
                    let named = match rule {
                        Rule::Department(name) => model.department(i).0 == name,
                        Rule::HasPlan(plan) => holding
                            .entries
                            .iter()
                            .any(|e| e.held() && model.product(e.product).enabled(&e.disabled).any(|p| p == plan)),
                    };
                    assert_eq!(holding.groups.contains(&(at as GroupAt)), named, "{} {}", group.name, model.upn(i));
                }
            }
        }
    }
}
