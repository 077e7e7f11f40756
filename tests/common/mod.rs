//! A small tenant by hand, for tests of rules, planner and store: facts go in as a loader would hand them over.
#![allow(dead_code, reason = "each test file uses its part")]

use std::sync::Arc;

use tenantry::domain::catalog::Catalog;
use tenantry::domain::facts::{
    AssignedLicense, AssignmentState, ErrorCode, FactSink, Group, GroupLicense, LicenseState, Members, Organization,
    Part, Path, Progress, Sku, SkuPlan, Sync, Units, UserFacts, UserType,
};
use tenantry::domain::ids::{GroupId, PlanId, SkuId, TenantId, UserId};
use tenantry::domain::time::Timestamp;
use tenantry::store::{Builder, Snapshot};

pub const NOW: Timestamp = Timestamp(1_780_000_000);

/// The id of a product by its part number.
pub fn sku(part_number: &str) -> SkuId {
    Catalog::embedded().sku_by_part_number(part_number).unwrap_or_else(|| panic!("no product {part_number}")).id
}

/// The id of a plan by its identifier.
pub fn plan(name: &str) -> PlanId {
    Catalog::embedded().plan_by_name(name).unwrap_or_else(|| panic!("no plan {name}")).id
}

pub fn user(number: u128) -> UserId {
    UserId::from_u128(0x1000 + number)
}

pub fn group(number: u128) -> GroupId {
    GroupId::from_u128(0x2000 + number)
}

/// A license state as a test writes it.
#[derive(Clone)]
pub struct State {
    pub sku: SkuId,
    pub path: Path,
    pub disabled: Vec<PlanId>,
    pub state: &'static str,
    pub error: &'static str,
}

pub fn direct(part_number: &str) -> State {
    State { sku: sku(part_number), path: Path::Direct, disabled: Vec::new(), state: "Active", error: "None" }
}

pub fn by_group(part_number: &str, number: u128) -> State {
    State { path: Path::Group(group(number)), ..direct(part_number) }
}

impl State {
    pub fn failing(self, error: &'static str) -> State {
        State { state: "Error", error, ..self }
    }

    pub fn in_state(self, state: &'static str, error: &'static str) -> State {
        State { state, error, ..self }
    }

    pub fn without(self, plans: &[&str]) -> State {
        State { disabled: plans.iter().map(|p| plan(p)).collect(), ..self }
    }
}

/// A user as a test writes it; a member in Germany, enabled, without licenses.
#[derive(Clone)]
pub struct Person {
    pub id: UserId,
    pub upn: String,
    pub name: String,
    pub location: Option<String>,
    pub department: Option<String>,
    pub country: Option<String>,
    pub enabled: Option<bool>,
    pub user_type: UserType,
    pub sync: Sync,
    pub states: Vec<State>,
    pub proxies: Vec<String>,
    /// `assignedLicenses`; taken from the states that grant when `None`.
    pub assigned: Option<Vec<SkuId>>,
}

pub fn person(number: u128) -> Person {
    Person {
        id: user(number),
        upn: format!("user{number:03}@contoso.com"),
        name: format!("User {number:03}"),
        location: Some("DE".into()),
        department: None,
        country: None,
        enabled: Some(true),
        user_type: UserType::Member,
        sync: Sync::Never,
        states: Vec::new(),
        proxies: Vec::new(),
        assigned: None,
    }
}

impl Person {
    pub fn named(mut self, name: &str) -> Person {
        self.name = name.into();
        self
    }

    pub fn located(mut self, location: Option<&str>) -> Person {
        self.location = location.map(str::to_owned);
        self
    }

    pub fn with(mut self, state: State) -> Person {
        self.states.push(state);
        self
    }
}

/// The tenant.
pub struct TestTenant {
    pub builder: Builder,
}

impl TestTenant {
    /// Contoso with nothing in it.
    pub fn new() -> TestTenant {
        let mut builder = Builder::new(NOW);
        builder.organization(Organization {
            id: TenantId::from_u128(0xc0),
            display_name: "Contoso".into(),
            default_domain: "contoso.com".into(),
            domains: vec!["contoso.com".into()],
            country: Some("DE".into()),
            default_usage_location: Some("DE".into()),
            synced: false,
        });
        TestTenant { builder }
    }

    /// Products by part number with enabled and consumed units.
    pub fn skus(mut self, skus: &[(&str, i64, i64)]) -> TestTenant {
        let skus = skus.iter().map(|(part, enabled, consumed)| {
            let known = Catalog::embedded().sku_by_part_number(part).unwrap();
            let plans = Catalog::embedded().plans_of(known).map(|p| SkuPlan {
                id: p.id,
                name: p.name.into(),
                for_users: p.name != "EXCHANGE_S_FOUNDATION",
                status: "Success".into(),
            });
            Sku {
                id: known.id,
                part_number: (*part).into(),
                for_users: true,
                capability: "Enabled".into(),
                consumed: *consumed,
                units: Units { enabled: *enabled, ..Units::default() },
                plans: plans.collect(),
                subscriptions: Vec::new(),
            }
        });
        self.builder.skus(skus.collect());
        self
    }

    /// A licensed group with its members.
    pub fn group(mut self, number: u128, name: &str, skus: &[&str], members: &[u128]) -> TestTenant {
        let licenses = skus.iter().map(|s| GroupLicense { sku: sku(s), disabled: Vec::new() }).collect();
        let mut users: Vec<UserId> = members.iter().map(|m| user(*m)).collect();
        users.sort_unstable();
        self.builder.group(Group {
            display_name: name.into(),
            security: true,
            licenses,
            members: Some(Members { users: users.into(), groups: Vec::new(), others: 0 }),
            ..Group::unknown(group(number))
        });
        self
    }

    pub fn person(mut self, person: Person) -> TestTenant {
        put(&mut self.builder, &person);
        self
    }

    /// Everything loaded.
    pub fn done(mut self) -> Arc<Snapshot> {
        for part in Part::ALL {
            self.builder.part(part, Progress::Complete);
        }
        self.builder.snapshot()
    }
}

/// Hands a user over to a sink.
pub fn put(sink: &mut impl FactSink, person: &Person) {
    with_facts(person, |facts| sink.user(facts));
}

/// Lends a user as facts.
pub fn with_facts<R>(person: &Person, look: impl FnOnce(&UserFacts<'_>) -> R) -> R {
    let states: Vec<LicenseState<'_>> = person
        .states
        .iter()
        .map(|s| LicenseState {
            sku: s.sku,
            path: s.path,
            disabled: &s.disabled,
            state: AssignmentState::parse(s.state),
            error: ErrorCode::parse(s.error),
            updated: Some(NOW),
        })
        .collect();
    let mut held: Vec<SkuId> = match &person.assigned {
        Some(assigned) => assigned.clone(),
        None => states.iter().filter(|s| s.state.grants()).map(|s| s.sku).collect(),
    };
    held.sort_unstable();
    held.dedup();
    let assigned: Vec<AssignedLicense<'_>> =
        held.iter().map(|sku| AssignedLicense { sku: *sku, disabled: &[] }).collect();
    let proxies: Vec<&str> = person.proxies.iter().map(String::as_str).collect();
    look(&UserFacts {
        id: person.id,
        upn: &person.upn,
        display_name: &person.name,
        mail: Some(&person.upn),
        usage_location: person.location.as_deref(),
        country: person.country.as_deref(),
        department: person.department.as_deref(),
        office: None,
        enabled: person.enabled,
        user_type: person.user_type,
        sync: person.sync,
        provisioning_error: false,
        assigned: &assigned,
        states: &states,
        proxies: &proxies,
    })
}
