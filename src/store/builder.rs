//! Takes facts as they come and publishes snapshots.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::chunk::{Chunk, ROWS};
use super::diagnose::{Diagnosis, diagnose};
use super::dict::{Dicts, Key};
use super::index::Index;
use super::snapshot::{Shared, Snapshot};
use crate::domain::constraints::Learned;
use crate::domain::facts::{
    FactSink, Group, Members, Organization, Part, Parts, Progress, Sku, Subscription, UserFacts,
};
use crate::domain::ids::{GroupId, UserId};
use crate::domain::text::Clean;
use crate::domain::time::Timestamp;

/// The sink of loaders and the source of snapshots.
#[derive(Debug)]
pub struct Builder {
    generation: u64,
    now: Timestamp,
    parts: Parts,
    /// Sealed chunks; only the last one has room.
    chunks: Vec<Arc<Chunk>>,
    open: Chunk,
    /// New facts of users in sealed chunks: a chunk of their own that is folded in at the next publication.
    changed: Chunk,
    /// Row to its place in `changed`; a user that changes twice is found at the later place.
    changed_at: HashMap<u32, usize>,
    gone: HashSet<u32>,
    living: u32,
    index: Arc<Index>,
    dicts: Arc<Dicts>,
    shared: Arc<Shared>,
    members_early: HashMap<GroupId, Members>,
    /// Whether every group and product has its number.
    numbered: bool,
    /// Whether anything came since the last publication.
    dirty: bool,
    diagnosis: Diagnosis,
}

fn id_in(chunks: &[Arc<Chunk>], open: &Chunk, row: u32) -> u128 {
    let (chunk, at) = (row as usize / ROWS, row as usize % ROWS);
    chunks.get(chunk).map_or_else(|| open.raw_id(at), |c| c.raw_id(at))
}

impl Builder {
    /// An empty tenant as of `now`.
    pub fn new(now: Timestamp) -> Builder {
        Builder {
            generation: 0,
            now,
            parts: Parts::default(),
            chunks: Vec::new(),
            open: Chunk::default(),
            changed: Chunk::default(),
            changed_at: HashMap::new(),
            gone: HashSet::new(),
            living: 0,
            index: Arc::default(),
            dicts: Arc::new(Dicts::new()),
            shared: Arc::default(),
            members_early: HashMap::new(),
            numbered: false,
            dirty: false,
            diagnosis: Diagnosis::default(),
        }
    }

    /// An empty tenant whose snapshots follow those of this one: for loading everything again.
    pub fn successor(&self, now: Timestamp) -> Builder {
        Builder { generation: self.generation, ..Builder::new(now) }
    }

    /// Makes the next snapshot newer than every one of `other`.
    pub fn follow(&mut self, other: &Builder) {
        self.generation = self.generation.max(other.generation);
        self.dirty = true;
    }

    /// Takes what was learned of the tenant from Graph's words; it stands in the place of what was learned before.
    pub fn learn(&mut self, learned: Learned) {
        self.dirty = true;
        self.diagnosis.learned_more();
        Arc::make_mut(&mut self.shared).learned = learned;
    }

    /// Sets the `now` of the rules: when the newest data was read.
    pub fn set_now(&mut self, now: Timestamp) {
        self.now = now;
    }

    /// How many users came so far.
    pub fn users(&self) -> u32 {
        self.living
    }

    /// Whether anything came since the last publication.
    pub fn is_dirty(&self) -> bool {
        self.dirty
    }

    /// Publishes what is there. Costs what came since the last time, plus 4,096 rows at most.
    pub fn snapshot(&mut self) -> Arc<Snapshot> {
        self.dirty = false;
        self.fold_changes();
        let mut chunks = self.chunks.clone();
        if self.open.len() > 0 {
            chunks.push(Arc::new(self.open.clone()));
        }
        // Groups and products get their numbers before findings name them.
        if !self.numbered {
            let dicts = Arc::make_mut(&mut self.dicts);
            for group in &self.shared.groups {
                dicts.groups.number(&Key(group.id));
            }
            for sku in &self.shared.skus {
                dicts.skus.number(&Key(sku.id));
            }
            self.numbered = true;
        }
        self.generation += 1;
        let mut snapshot = Snapshot {
            generation: self.generation,
            now: self.now,
            parts: self.parts.clone(),
            chunks,
            living: self.living,
            index: Arc::clone(&self.index),
            dicts: Arc::clone(&self.dicts),
            shared: Arc::clone(&self.shared),
            findings: Default::default(),
            orders: Default::default(),
        };
        snapshot.findings = diagnose(&snapshot, &mut self.diagnosis);
        Arc::new(snapshot)
    }

    /// Replaces the chunks in which users changed or went.
    fn fold_changes(&mut self) {
        let mut touched: Vec<usize> = self.changed_at.keys().chain(&self.gone).map(|r| *r as usize / ROWS).collect();
        touched.sort_unstable();
        touched.dedup();
        for number in touched {
            let rebuild = |old: &Chunk| {
                let mut new = Chunk::default();
                for at in 0..old.len() {
                    let row = (number * ROWS + at) as u32;
                    match self.changed_at.get(&row) {
                        Some(&changed) => new.copy(&self.changed, changed),
                        None => new.copy(old, at),
                    }
                    if self.gone.contains(&row) {
                        new.mark_gone(at);
                    }
                }
                new
            };
            match self.chunks.get(number) {
                Some(old) => {
                    let mut new = rebuild(old);
                    new.seal();
                    self.chunks[number] = Arc::new(new);
                    let rows = self.changed_at.keys().chain(&self.gone).filter(|r| **r as usize / ROWS == number);
                    self.diagnosis.rows_changed(number, rows.map(|r| r % ROWS as u32).collect());
                }
                None => self.open = rebuild(&self.open),
            }
        }
        self.changed = Chunk::default();
        self.changed_at.clear();
        self.gone.clear();
    }

    fn find(&self, id: UserId) -> Option<u32> {
        self.index.find(id.as_u128(), |row| id_in(&self.chunks, &self.open, row))
    }

    /// Whether the user in a row is there, with what came since the last publication.
    fn lives(&self, row: u32) -> bool {
        if self.gone.contains(&row) || self.changed_at.contains_key(&row) {
            return !self.gone.contains(&row);
        }
        let (chunk, at) = (row as usize / ROWS, row as usize % ROWS);
        !self.chunks.get(chunk).map_or_else(|| self.open.is_gone(at), |c| c.is_gone(at))
    }
}

impl FactSink for Builder {
    fn organization(&mut self, organization: Organization) {
        self.dirty = true;
        Arc::make_mut(&mut self.shared).organization = Some(organization);
    }

    fn skus(&mut self, skus: Vec<Sku>) {
        self.dirty = true;
        let shared = Arc::make_mut(&mut self.shared);
        shared.sku_at = skus.iter().enumerate().map(|(at, sku)| (sku.id, at)).collect();
        shared.skus = skus;
        self.numbered = false;
        self.diagnosis.products_changed();
    }

    fn subscriptions(&mut self, subscriptions: Vec<Subscription>) {
        self.dirty = true;
        Arc::make_mut(&mut self.shared).subscriptions = subscriptions;
    }

    fn expect_users(&mut self, count: u64) {
        self.dirty = true;
        Arc::make_mut(&mut self.shared).expected_users = Some(count);
    }

    fn user(&mut self, user: &UserFacts<'_>) {
        self.dirty = true;
        if let Some(row) = self.index.find(user.id.as_u128(), |row| id_in(&self.chunks, &self.open, row)) {
            self.living += u32::from(!self.lives(row));
            self.gone.remove(&row);
            self.changed_at.insert(row, self.changed.len());
            self.changed.push(user, Arc::make_mut(&mut self.dicts));
            return;
        }
        let row = (self.chunks.len() * ROWS + self.open.len()) as u32;
        self.open.push(user, Arc::make_mut(&mut self.dicts));
        self.living += 1;
        let (chunks, open) = (&self.chunks, &self.open);
        Arc::make_mut(&mut self.index).insert(user.id.as_u128(), row, |row| id_in(chunks, open, row));
        if self.open.len() == ROWS {
            let mut full = std::mem::take(&mut self.open);
            full.seal();
            self.chunks.push(Arc::new(full));
        }
    }

    fn user_gone(&mut self, id: UserId) {
        self.dirty = true;
        if let Some(row) = self.find(id).filter(|&row| self.lives(row))
            && self.gone.insert(row)
        {
            self.living -= 1;
        }
    }

    fn group(&mut self, mut group: Group) {
        self.dirty = true;
        let shared = Arc::make_mut(&mut self.shared);
        group.display_name = Clean::owned(group.display_name).as_str().to_owned();
        let early = self.members_early.remove(&group.id);
        match shared.group_at.get(&group.id) {
            Some(&at) => {
                group.members = group.members.or(early).or_else(|| shared.groups[at].members.take());
                group.in_error |= shared.groups[at].in_error;
                shared.groups[at] = group;
            }
            None => {
                group.members = group.members.or(early);
                shared.group_at.insert(group.id, shared.groups.len());
                shared.groups.push(group);
                self.numbered = false;
            }
        }
        self.diagnosis.groups_changed();
    }

    fn members(&mut self, group: GroupId, members: Members) {
        self.dirty = true;
        let shared = Arc::make_mut(&mut self.shared);
        match shared.group_at.get(&group) {
            Some(&at) => shared.groups[at].members = Some(members),
            None => {
                self.members_early.insert(group, members);
            }
        }
        self.diagnosis.groups_changed();
    }

    fn part(&mut self, part: Part, progress: Progress) {
        self.dirty = true;
        match part {
            Part::Groups | Part::Members => self.diagnosis.groups_changed(),
            Part::Skus => self.diagnosis.products_changed(),
            _ => {}
        }
        self.parts.set(part, progress);
    }

    fn notice(&mut self, text: String) {
        self.dirty = true;
        let notices = &mut Arc::make_mut(&mut self.shared).notices;
        if !notices.contains(&text) {
            notices.push(text);
        }
    }
}
