//! The rules of licensing: what a license needs, what excludes it, and what happens to a user whose group or whose own
//! licenses change. Written from the documentation; it shares nothing with the arithmetic of the program under test.

use std::sync::Arc;

use super::audit::{Actor, Record, Target};
use super::clock;
use super::constraints::{barred, excluded_by, lacking};
use super::engine::Job;
use super::groups::{GroupAt, Origin, Rule};
use super::products::ProductAt;
use super::roles::{Code, Entry, Role, State};
use super::world::World;
use crate::domain::ids::{PlanId, SkuId};

/// Why a license cannot be given or taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// No seat is free.
    NoSeat(SkuId),
    /// Two plans exclude each other.
    Exclusive(PlanId, PlanId),
    /// A plan needs one of others.
    Depends(PlanId, &'static [PlanId]),
    /// A plan is not offered where the user is.
    Location(PlanId),
    /// Another object has one of the user's addresses.
    Address,
}

impl Refusal {
    /// The word in the license state.
    pub fn code(&self) -> Code {
        match self {
            Refusal::NoSeat(_) => Code::Count,
            Refusal::Exclusive(..) => Code::Exclusive,
            Refusal::Depends(..) => Code::Dependency,
            Refusal::Location(_) => Code::Location,
            Refusal::Address => Code::Uniqueness,
        }
    }

    /// The words of the answer. Those about a location are not documented anywhere.
    pub fn text(&self) -> String {
        match self {
            Refusal::NoSeat(sku) => format!("Subscription with SKU {sku} does not have any available licenses."),
            Refusal::Exclusive(a, b) => {
                format!("License assignment failed because service plans {a}, {b} are mutually exclusive.")
            }
            Refusal::Depends(plan, bases) => {
                let bases: Vec<String> = bases.iter().map(ToString::to_string).collect();
                let bases = bases.join(", ");
                format!("License assignment failed because service plan {plan} depends on the service plan(s) {bases}")
            }
            Refusal::Location(plan) => format!(
                "License assignment failed because service plan {plan} is not allowed in the usage location of the user."
            ),
            Refusal::Address => {
                "Another object with the same value for property proxyAddresses already exists.".to_owned()
            }
        }
    }
}

/// A license that is wanted: product and the plans that stay off.
pub type Wanted = (ProductAt, Arc<[PlanId]>);

/// What stands against each wanted license beside the entries that stay.
pub fn judge(world: &World, index: u32, staying: &[Entry], wanted: &[Wanted]) -> Vec<Option<Refusal>> {
    let view = world.fresh(index);
    let model = &world.model;
    let location = view.location.map_or_else(|| world.directory_location().to_owned(), str::to_owned);
    let held: Vec<&Entry> = staying.iter().filter(|e| e.held()).collect();
    let mut present = world.plans_of(held.iter().copied());
    for (at, off) in wanted {
        present.extend(model.product(*at).enabled(off));
    }
    let plans_of_others = |at: ProductAt| {
        let mut plans = world.plans_of(held.iter().copied().filter(|e| e.product != at));
        for (other, off) in wanted.iter().filter(|(other, _)| *other != at) {
            plans.extend(model.product(*other).enabled(off));
        }
        plans
    };
    let has_seat = |at: ProductAt| view.holding.entries.iter().any(|e| e.product == at && e.held());
    let address_taken = model.cast.role(index) == Role::AddressTaken;
    wanted
        .iter()
        .map(|(at, off)| {
            let product = model.product(*at);
            if let Some(plan) = product.enabled(off).find(|p| barred(*p, &location)) {
                return Some(Refusal::Location(plan));
            }
            if !has_seat(*at) && world.free(*at) <= 0 {
                return Some(Refusal::NoSeat(product.id));
            }
            let others = plans_of_others(*at);
            if let Some((a, b)) = product.enabled(off).find_map(|p| excluded_by(p, &others).map(|other| (p, other))) {
                return Some(Refusal::Exclusive(a, b));
            }
            if let Some(refusal) = unmet(product.enabled(off), &present) {
                return Some(refusal);
            }
            (address_taken && product.has_mailbox(off)).then_some(Refusal::Address)
        })
        .collect()
}

/// The first plan whose prerequisite is absent.
pub fn unmet(plans: impl Iterator<Item = PlanId>, present: &[PlanId]) -> Option<Refusal> {
    let mut plans = plans;
    plans.find_map(|p| lacking(p, present).map(|bases| Refusal::Depends(p, bases)))
}

/// What `after` would lack that `before` had: the reason why a removal is refused.
pub fn broken(world: &World, before: &[Entry], after: &[Entry]) -> Option<Refusal> {
    let (had, has) = (world.plans_of(before.iter()), world.plans_of(after.iter()));
    let sound = |p: &PlanId| lacking(*p, &had).is_none();
    unmet(has.iter().copied().filter(sound), &has)
}

impl World {
    /// The location that group licensing takes for users without one.
    pub fn directory_location(&self) -> &'static str {
        "US"
    }

    /// Brings what a user has from a group in line with the group. All of a group's licenses are given or none.
    pub fn apply_group(&mut self, index: u32, group: GroupAt) -> Result<(), Vec<Refusal>> {
        let view = self.fresh(index);
        let member = view.holding.groups.contains(&group);
        let wanted = match self.group(group) {
            Some(now) if member => now.licenses.clone(),
            _ => Vec::new(),
        };
        let all = view.holding.entries.clone();
        let (mine, others): (Vec<Entry>, Vec<Entry>) = all.iter().cloned().partition(|e| e.group == Some(group));
        if is_granted(&mine, &wanted) {
            return Ok(());
        }
        let verdicts = judge(self, index, &others, &wanted);
        let mut refusals: Vec<Refusal> = verdicts.iter().flatten().cloned().collect();
        let granted: Vec<Entry> =
            wanted.iter().map(|(at, off)| Entry::active(*at, Some(group), off, clock::now())).collect();
        let mut dropped = None;
        if refusals.is_empty() {
            let after = [others.clone(), granted.clone()].concat();
            dropped = broken(self, &all, &after);
            refusals.extend(dropped.clone());
        }
        let next =
            if refusals.is_empty() { granted } else { failed(&mine, &wanted, &verdicts, group, dropped.as_ref()) };
        let failure = refusals.first().map(Refusal::text);
        let entries = [others, next].concat();
        let mut record = Record::now("Change user license", Actor::Engine, Target::User(index));
        record.changes.push(("AssignedLicense", self.license_names(&all), self.license_names(&entries)));
        record.failure = failure;
        self.audit.push(record);
        self.change(index, |person| person.holding.entries = entries);
        self.refresh_rules(index);
        if refusals.is_empty() { Ok(()) } else { Err(refusals) }
    }

    /// Processes all group licenses of a user again, as far as each can go.
    pub fn reprocess(&mut self, index: u32) -> Result<(), Vec<Refusal>> {
        let view = self.fresh(index);
        let mut groups = view.holding.groups.clone();
        groups.extend(view.holding.entries.iter().filter_map(|e| e.group));
        groups.sort_unstable();
        groups.dedup();
        let failures: Vec<Refusal> =
            groups.into_iter().filter_map(|g| self.apply_group(index, g).err()).flatten().collect();
        if failures.is_empty() { Ok(()) } else { Err(failures) }
    }

    /// Puts the user in or out of the groups whose rules read what has just changed.
    pub fn refresh_rules(&mut self, index: u32) {
        for at in 0..self.groups.len() as GroupAt {
            let Origin::Dynamic { rule, paused: false } = self.origin(at) else { continue };
            if self.group(at).is_none() {
                continue;
            }
            let view = self.fresh(index);
            let named = match rule {
                Rule::Department(name) => self.department_of(index) == Some(name),
                Rule::HasPlan(plan) => self.plans_of(view.holding.entries.iter()).contains(&plan),
            };
            if named != view.holding.groups.contains(&at) {
                self.set_member(index, at, named);
            }
        }
    }

    /// The department as it is now.
    pub fn department_of(&self, index: u32) -> Option<&str> {
        match self.fresh(index).properties.and_then(|p| p.get("department")) {
            Some(written) => written.as_str(),
            None => Some(self.model.department(index).0),
        }
    }

    /// Makes the user a member or not, and leaves the licenses to the engine.
    pub fn set_member(&mut self, index: u32, group: GroupAt, member: bool) {
        self.change(index, |person| {
            person.holding.groups.retain(|g| *g != group);
            if member {
                person.holding.groups.push(group);
            }
        });
        self.jobs.push(Job::Member { index, group });
    }

    /// Products of these entries by part number, as the audit shows them.
    pub fn license_names(&self, entries: &[Entry]) -> String {
        let mut names: Vec<&str> =
            entries.iter().filter(|e| e.held()).map(|e| self.model.product(e.product).part_number).collect();
        names.sort_unstable();
        names.dedup();
        format!("[{}]", names.join(", "))
    }
}

fn is_granted(mine: &[Entry], wanted: &[Wanted]) -> bool {
    mine.len() == wanted.len()
        && wanted.iter().all(|(at, off)| {
            mine.iter().any(|e| e.product == *at && e.state == State::Active && same_plans(&e.disabled, off))
        })
}

fn same_plans(a: &[PlanId], b: &[PlanId]) -> bool {
    a.len() == b.len() && a.iter().all(|p| b.contains(p))
}

/// What a user has from a group after its licenses could not be given or taken: what was held stays with an error,
/// what was not is kept as an intent; those that failed themselves carry their reason, the others `Other`.
fn failed(
    mine: &[Entry],
    wanted: &[Wanted],
    verdicts: &[Option<Refusal>],
    group: GroupAt,
    dropped: Option<&Refusal>,
) -> Vec<Entry> {
    let since = clock::now();
    let collateral = dropped.map_or(Code::Other, Refusal::code);
    let was_held = |at: ProductAt| mine.iter().find(|e| e.product == at && e.held());
    let mut next: Vec<Entry> = wanted
        .iter()
        .zip(verdicts)
        .map(|((at, off), verdict)| {
            let code = verdict.as_ref().map_or(collateral, Refusal::code);
            let (state, disabled) = match was_held(*at) {
                Some(entry) => (State::ActiveWithError, Arc::clone(&entry.disabled)),
                None => (State::Error, Arc::clone(off)),
            };
            Entry { product: *at, group: Some(group), disabled, state, code, since }
        })
        .collect();
    for entry in mine.iter().filter(|e| e.held() && !wanted.iter().any(|(at, _)| *at == e.product)) {
        next.push(Entry { state: State::ActiveWithError, code: collateral, since, ..entry.clone() });
    }
    next
}
