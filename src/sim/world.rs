//! The tenant as it is now: what was written lies over the model, so that untouched users cost nothing.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::audit::Record;
use super::engine::Job;
use super::groups::{GroupAt, Origin, Processing};
use super::model::{Model, held_products};
use super::products::ProductAt;
use super::roles::{Entry, Holding, Role, State};
use crate::domain::ids::PlanId;

/// A user to whom something was written.
#[derive(Debug, Clone, PartialEq)]
pub struct Person {
    /// `usageLocation`.
    pub location: Option<String>,
    /// `accountEnabled`.
    pub enabled: bool,
    /// Other properties that were written.
    pub properties: BTreeMap<String, Value>,
    /// Groups and license states.
    pub holding: Holding,
}

/// A user as one reads it.
#[derive(Clone, Copy)]
pub struct View<'a> {
    /// Position.
    pub index: u32,
    /// `usageLocation`.
    pub location: Option<&'a str>,
    /// `accountEnabled`.
    pub enabled: bool,
    /// Other properties that were written.
    pub properties: Option<&'a BTreeMap<String, Value>>,
    /// Groups and license states.
    pub holding: &'a Holding,
}

struct Touched {
    now: Person,
    before: Option<(Instant, Person)>,
}

/// A group as it is now.
#[derive(Debug, Clone)]
pub struct GroupNow {
    /// Products with the plans that are off.
    pub licenses: Vec<(ProductAt, Arc<[PlanId]>)>,
    /// `licenseProcessingState`.
    pub processing: Processing,
    /// Groups inside it.
    pub nested: Vec<GroupAt>,
    /// Direct members with a failing license of this group.
    pub in_error: i64,
    /// Other properties that were written.
    pub properties: BTreeMap<String, Value>,
    /// Whether it was deleted.
    pub deleted: bool,
}

/// Everything that changes.
pub struct World {
    /// What it began as.
    pub model: Arc<Model>,
    /// Seats in use by product.
    pub used: Vec<i64>,
    /// Groups by position.
    pub groups: Vec<GroupNow>,
    /// The directory audit, oldest first.
    pub audit: Vec<Record>,
    /// Grows with each change.
    pub version: u64,
    /// Work that writes left for the licensing engine.
    pub jobs: Vec<Job>,
    touched: HashMap<u32, Touched>,
    order: Vec<u32>,
    stale: Duration,
}

fn in_error(holding: &Holding, group: GroupAt) -> bool {
    holding.groups.contains(&group)
        && holding.entries.iter().any(|e| e.group == Some(group) && e.state != State::Active)
}

impl World {
    /// The world at its start.
    pub fn new(model: Arc<Model>, stale: Duration) -> World {
        let groups = model.groups.iter().enumerate().map(|(at, plan)| {
            let failing = model.templates().iter().filter(|(_, holding)| in_error(holding, at as GroupAt));
            GroupNow {
                licenses: plan.products.iter().map(|p| (*p, Arc::from([]))).collect(),
                processing: plan.processing,
                nested: plan.nested.clone(),
                in_error: failing.map(|(role, _)| model.cast.players(*role)).sum(),
                properties: BTreeMap::new(),
                deleted: false,
            }
        });
        let groups = groups.collect();
        let used = model.used.clone();
        World {
            model,
            used,
            groups,
            audit: Vec::new(),
            version: 0,
            jobs: Vec::new(),
            touched: HashMap::new(),
            order: Vec::new(),
            stale,
        }
    }

    /// The user as reads show it, which may be a little late.
    pub fn view(&self, index: u32) -> View<'_> {
        match self.touched.get(&index) {
            None => self.untouched(index),
            Some(touched) => match &touched.before {
                Some((changed, before)) if changed.elapsed() < self.stale => person_view(index, before),
                _ => person_view(index, &touched.now),
            },
        }
    }

    /// The user as it is, which is what writes are judged by.
    pub fn fresh(&self, index: u32) -> View<'_> {
        match self.touched.get(&index) {
            None => self.untouched(index),
            Some(touched) => person_view(index, &touched.now),
        }
    }

    fn untouched(&self, index: u32) -> View<'_> {
        View {
            index,
            location: self.model.location(index),
            enabled: self.model.cast.role(index) != Role::Disabled,
            properties: None,
            holding: self.model.holding(index),
        }
    }

    fn person(&self, index: u32) -> Person {
        let view = self.fresh(index);
        Person {
            location: view.location.map(str::to_owned),
            enabled: view.enabled,
            properties: view.properties.cloned().unwrap_or_default(),
            holding: view.holding.clone(),
        }
    }

    /// Changes a user and keeps seats and error counts right.
    pub fn change(&mut self, index: u32, how: impl FnOnce(&mut Person)) {
        let before = self.person(index);
        let mut now = before.clone();
        how(&mut now);
        now.holding.groups.sort_unstable();
        for (holding, step) in [(&before.holding, -1), (&now.holding, 1)] {
            for at in held_products(holding) {
                self.used[usize::from(at)] += step;
            }
            for (at, group) in self.groups.iter_mut().enumerate() {
                group.in_error += step * i64::from(in_error(holding, at as GroupAt));
            }
        }
        self.version += 1;
        let keep = (!self.stale.is_zero()).then(|| (Instant::now(), before));
        if self.touched.insert(index, Touched { now, before: keep }).is_none() {
            self.order.push(index);
        }
    }

    /// Users that were written to, in the order of the first write.
    pub fn written(&self) -> &[u32] {
        &self.order
    }

    /// Whether a user is a failing direct member of this group.
    pub fn fails(&self, group: GroupAt, index: u32) -> bool {
        in_error(self.view(index).holding, group)
    }

    /// Seats that are free: active and grace units count.
    pub fn free(&self, at: ProductAt) -> i64 {
        let units = self.model.units[usize::from(at)];
        units.enabled + units.warning - self.used[usize::from(at)]
    }

    /// The plans that are on for a user, over all paths.
    pub fn plans_of<'a>(&'a self, entries: impl Iterator<Item = &'a Entry> + 'a) -> Vec<PlanId> {
        let mut plans: Vec<PlanId> =
            entries.filter(|e| e.held()).flat_map(|e| self.model.product(e.product).enabled(&e.disabled)).collect();
        plans.sort_unstable();
        plans.dedup();
        plans
    }

    /// The group, if it exists.
    pub fn group(&self, at: GroupAt) -> Option<&GroupNow> {
        self.groups.get(usize::from(at)).filter(|g| !g.deleted)
    }

    /// Positions of existing groups.
    pub fn group_positions(&self) -> impl Iterator<Item = GroupAt> + '_ {
        (0..self.groups.len()).map(|at| at as GroupAt).filter(|at| self.group(*at).is_some())
    }

    /// How membership of a group comes about.
    pub fn origin(&self, at: GroupAt) -> Origin {
        self.model.groups[usize::from(at)].origin
    }

    /// What differs from the start, without times: equal before a change and after its undoing.
    pub fn dump(&self) -> Value {
        let mut users = BTreeMap::new();
        for &index in &self.order {
            let now = self.fresh(index);
            let then = self.untouched(index);
            let state = |view: &View<'_>| self.canonical(view);
            if state(&now) != state(&then) {
                users.insert(self.model.upn(index), state(&now));
            }
        }
        let groups: BTreeMap<String, Value> = self
            .groups
            .iter()
            .enumerate()
            .map(|(at, g)| {
                let licenses: Vec<Value> = g.licenses.iter().map(|(p, off)| self.license(*p, off)).collect();
                let value = json!({"licenses": licenses, "deleted": g.deleted, "properties": g.properties,
                    "nested": g.nested, "membersInError": g.in_error});
                (self.model.groups[at].name.to_owned(), value)
            })
            .collect();
        let used: BTreeMap<&str, i64> =
            self.model.products.iter().zip(&self.used).map(|(p, used)| (p.part_number, *used)).collect();
        json!({"users": users, "groups": groups, "consumedUnits": used})
    }

    fn license(&self, at: ProductAt, disabled: &[PlanId]) -> Value {
        let mut off: Vec<String> = disabled.iter().map(ToString::to_string).collect();
        off.sort();
        json!({"sku": self.model.product(at).part_number, "disabledPlans": off})
    }

    fn canonical(&self, view: &View<'_>) -> Value {
        let mut entries = view.holding.entries.clone();
        entries.sort();
        let states: Vec<Value> = entries
            .iter()
            .map(|e| {
                let path = e.group.map(|g| self.model.groups[usize::from(g)].name);
                json!({"license": self.license(e.product, &e.disabled), "path": path,
                    "state": e.state.text(), "error": e.code.text()})
            })
            .collect();
        let groups: Vec<&str> = view.holding.groups.iter().map(|g| self.model.groups[usize::from(*g)].name).collect();
        json!({"usageLocation": view.location, "accountEnabled": view.enabled, "groups": groups, "states": states,
            "properties": view.properties.cloned().unwrap_or_default()})
    }
}

fn person_view(index: u32, person: &Person) -> View<'_> {
    View {
        index,
        location: person.location.as_deref(),
        enabled: person.enabled,
        properties: Some(&person.properties),
        holding: &person.holding,
    }
}
