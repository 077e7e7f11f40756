//! Adds up what license states say about groups: which members have a product by a group, and which could not get it.

use std::sync::Arc;

use hashbrown::HashMap;

use super::chunk::{Chunk, DIRECT, StateRow, span};
use super::dict::{Dicts, Key};
use super::findings::{ChunkFindings, FoundRow};
use super::snapshot::Snapshot;
use crate::domain::facts::Tenant;
use crate::domain::ids::{GroupId, SkuId};
use crate::domain::kind::Kind;
use crate::domain::rules::{Entries, Tally};

/// Group and product by their numbers.
pub(super) type Place = (u32, u16);

impl StateRow {
    /// Whether the license is on the user by this path: `Active` or `ActiveWithError`.
    fn grants(&self) -> bool {
        self.state <= 1
    }
}

/// The entries of one chunk, of direct members only.
pub(super) fn entries(chunk: &Chunk, found: &[FoundRow], snapshot: &Snapshot) -> Vec<(Place, Entries)> {
    let mut sums: HashMap<Place, Entries> = HashMap::new();
    for row in (0..chunk.len()).filter(|&row| !chunk.is_gone(row)) {
        let states = &chunk.states[span(&chunk.state_ends, row)];
        for state in states.iter().filter(|s| s.group != DIRECT) {
            // Entries without error of people who left are subtracted below: the rule has found them already.
            let leaver = || {
                let group = snapshot.dicts.groups.get(state.group).and_then(|key| snapshot.group(key.0));
                group.is_some_and(|g| g.has_member(chunk.id(row)) == Some(false))
            };
            if state.error != 0 && leaver() {
                continue;
            }
            let sum = sums.entry((state.group, state.sku)).or_default();
            if state.grants() {
                sum.granted += 1;
            } else if states.iter().any(|s| s.sku == state.sku && s.grants())
                || chunk.assigned[span(&chunk.assigned_ends, row)].iter().any(|a| a.sku == state.sku)
            {
                sum.elsewhere += 1;
            } else {
                sum.lacking += 1;
            }
        }
    }
    for stale in found.iter().filter(|f| f.kind == Kind::StaleInheritance) {
        if let Some(sum) = sums.get_mut(&(stale.group, stale.sku)) {
            sum.granted = sum.granted.saturating_sub(1);
        }
    }
    sums.into_iter().collect()
}

/// The sums over all chunks.
pub(super) struct Sums<'a> {
    chunks: &'a [Arc<ChunkFindings>],
    dicts: &'a Dicts,
    entries: HashMap<Place, Entries>,
}

impl<'a> Sums<'a> {
    pub(super) fn new(chunks: &'a [Arc<ChunkFindings>], dicts: &'a Dicts) -> Sums<'a> {
        let mut entries: HashMap<Place, Entries> = HashMap::new();
        for (place, part) in chunks.iter().flat_map(|c| &c.entries) {
            let sum = entries.entry(*place).or_default();
            sum.granted += part.granted;
            sum.lacking += part.lacking;
            sum.elsewhere += part.elsewhere;
        }
        Sums { chunks, dicts, entries }
    }
}

impl Tally for Sums<'_> {
    fn in_error(&self, group: GroupId) -> bool {
        let Some(number) = self.dicts.groups.find(&Key(group)) else { return false };
        self.chunks.iter().any(|c| c.errors_by_group.iter().any(|((g, _), _)| *g == number))
    }

    fn entries(&self, group: GroupId, sku: SkuId) -> Entries {
        let place = self.dicts.groups.find(&Key(group)).zip(self.dicts.skus.find(&Key(sku)));
        let place = place.and_then(|(group, sku)| Some((group, u16::try_from(sku).ok()?)));
        place.and_then(|place| self.entries.get(&place)).copied().unwrap_or_default()
    }
}
