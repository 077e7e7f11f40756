//! Runs the rules over what changed and gathers what they found.
//!
//! Row rules run once per chunk; a chunk is looked at again only when it was replaced or when what its rules read
//! beside the row (products, groups) changed.

use std::collections::HashMap;
use std::sync::Arc;

use super::chunk::Chunk;
use super::dict::{Dicts, Key};
use super::findings::{ChunkFindings, Findings, FoundRow, NO_SKU, NONE};
use super::snapshot::Snapshot;
use super::tally::{self, Sums};
use crate::domain::facts::{Part, Progress, Tenant};
use crate::domain::finding::Found;
use crate::domain::kind::{Inputs, Kind, KindSet};
use crate::domain::rules::{self, Overlaps};

/// What is kept from one publication to the next.
#[derive(Debug, Default)]
pub(super) struct Diagnosis {
    done: Vec<(Arc<Chunk>, Arc<ChunkFindings>, u64)>,
    /// Counts up when products or groups change, or what is learned.
    inputs: u64,
    /// Findings about how groups are set up, for these inputs.
    set_up: Option<(u64, Vec<FoundRow>)>,
    /// Chunks that were replaced since the last publication, with the rows that differ.
    patched: HashMap<usize, Vec<u32>>,
}

impl Diagnosis {
    pub(super) fn products_changed(&mut self) {
        self.inputs += 1;
    }

    pub(super) fn groups_changed(&mut self) {
        self.inputs += 1;
    }

    pub(super) fn learned_more(&mut self) {
        self.set_up = None;
    }

    /// A sealed chunk was replaced by one that differs in these rows only.
    pub(super) fn rows_changed(&mut self, chunk: usize, rows: Vec<u32>) {
        self.patched.insert(chunk, rows);
    }
}

/// The parts that a kind's rule reads.
fn parts_of(inputs: Inputs) -> &'static [Part] {
    match inputs {
        Inputs::Row => &[Part::Users],
        Inputs::Skus => &[Part::Skus],
        Inputs::Groups => &[Part::Groups],
        Inputs::Users => &[Part::Users],
        Inputs::Members => &[Part::Groups, Part::Members],
        Inputs::GroupsAndSkus => &[Part::Groups, Part::Skus],
        Inputs::Purchases => &[Part::Skus, Part::Subscriptions],
        Inputs::UsersAndGroups => &[Part::Users, Part::Groups, Part::Members],
        Inputs::Everything => &[Part::Users, Part::Groups, Part::Members, Part::Skus],
    }
}

pub(super) fn diagnose(snapshot: &Snapshot, before: &mut Diagnosis) -> Findings {
    let mut overlaps = Overlaps::new(snapshot.skus());
    let mut chunks = Vec::with_capacity(snapshot.chunks.len());
    for (number, chunk) in snapshot.chunks.iter().enumerate() {
        let kept = before.done.get(number).filter(|(.., inputs)| *inputs == before.inputs);
        chunks.push(match kept {
            Some((old, found, _)) if Arc::ptr_eq(old, chunk) => Arc::clone(found),
            // Findings of other rows stay what they are: only the changed ones are looked at.
            Some((_, found, _)) if before.patched.contains_key(&number) => {
                let rows = before.patched.get(&number).map_or(&[][..], Vec::as_slice);
                Arc::new(look_again(chunk, rows, found, snapshot, &mut overlaps))
            }
            _ => {
                let rows = 0..chunk.len() as u32;
                Arc::new(close(look_at(chunk, rows, snapshot, &mut overlaps), chunk, snapshot))
            }
        });
    }
    before.patched.clear();
    let same =
        |(chunk, found): (&Arc<Chunk>, &Arc<ChunkFindings>)| (Arc::clone(chunk), Arc::clone(found), before.inputs);
    before.done = snapshot.chunks.iter().zip(&chunks).map(same).collect();

    let mut findings = Findings { chunks, counts: vec![0; Kind::ALL.len()], ..Findings::default() };
    for &kind in Kind::ALL {
        let mut parts = parts_of(kind.inputs()).to_vec();
        if kind.subject() == crate::domain::kind::Subject::User && !parts.contains(&Part::Users) {
            parts.push(Part::Users);
        }
        if parts.iter().any(|&p| *snapshot.parts().of(p) == Progress::Pending) {
            findings.pending.insert(kind);
        } else if parts.iter().any(|&p| !snapshot.parts().has(p)) {
            findings.unavailable.insert(kind);
        }
    }
    let mut shared = Vec::new();
    let tally = Sums::new(&findings.chunks, &snapshot.dicts);
    rules::groups_in_use(snapshot, &tally, &mut |found| shared.push(row_of(&found, NONE, &snapshot.dicts)));
    let set_up = before.set_up.take().filter(|(inputs, _)| *inputs == before.inputs).map(|(_, rows)| rows);
    let set_up = set_up.unwrap_or_else(|| {
        let mut rows = Vec::new();
        rules::groups_set_up(snapshot, &mut |found| rows.push(row_of(&found, NONE, &snapshot.dicts)));
        rows
    });
    shared.extend_from_slice(&set_up);
    before.set_up = Some((before.inputs, set_up));
    rules::skus(snapshot, &mut |found| shared.push(row_of(&found, NONE, &snapshot.dicts)));
    findings.shared = shared;
    let of_users = findings.chunks.iter().flat_map(|c| &c.counts).copied();
    for ((kind, severity), count) in of_users.chain(findings.shared.iter().map(|f| ((f.kind, f.severity), 1))) {
        findings.counts[kind as usize] += u64::from(count);
        findings.by_severity[severity as usize] += u64::from(count);
    }
    findings
}

fn row_of(found: &Found, row: u32, dicts: &Dicts) -> FoundRow {
    FoundRow {
        row,
        group: found.group.and_then(|g| dicts.groups.find(&Key(g))).unwrap_or(NONE),
        sku: found.sku.and_then(|s| dicts.skus.find(&Key(s))).map_or(NO_SKU, |n| n as u16),
        kind: found.kind,
        severity: found.severity,
    }
}

/// What the rules find in some rows of a chunk, in the order of the rows.
fn look_at(
    chunk: &Chunk,
    rows: impl Iterator<Item = u32>,
    snapshot: &Snapshot,
    overlaps: &mut Overlaps<'_>,
) -> Vec<FoundRow> {
    let mut rows_found = Vec::new();
    for row in rows.filter(|&row| !chunk.is_gone(row as usize)) {
        chunk.with(row as usize, &snapshot.dicts, |user| {
            let mut emit = |found: Found| rows_found.push(row_of(&found, row, &snapshot.dicts));
            rules::user(user, snapshot, overlaps, &mut emit);
        });
    }
    rows_found
}

/// The findings of a chunk in which only `changed` rows differ from the one that `before` is about.
fn look_again(
    chunk: &Chunk,
    changed: &[u32],
    before: &ChunkFindings,
    snapshot: &Snapshot,
    overlaps: &mut Overlaps<'_>,
) -> ChunkFindings {
    let mut found: Vec<FoundRow> = before.found.iter().filter(|f| !changed.contains(&f.row)).copied().collect();
    found.extend(look_at(chunk, changed.iter().copied(), snapshot, overlaps));
    found.sort_by_key(|f| f.row);
    close(found, chunk, snapshot)
}

/// Adds up what is asked for often.
fn close(mut found: Vec<FoundRow>, chunk: &Chunk, snapshot: &Snapshot) -> ChunkFindings {
    found.shrink_to_fit();
    let mut findings = ChunkFindings { kinds: vec![KindSet::default(); chunk.len()], ..ChunkFindings::default() };
    for row in &found {
        if let Some(kinds) = findings.kinds.get_mut(row.row as usize) {
            kinds.insert(row.kind);
        }
        count(&mut findings.counts, (row.kind, row.severity));
        let group = snapshot.dicts.groups.get(row.group).filter(|_| row.kind.is_state());
        // A group counts its direct members only: a leaver whose removal is stuck is not one.
        let user = chunk.id(row.row as usize);
        let left = |id| snapshot.group(id).is_some_and(|g| g.has_member(user) == Some(false));
        if group.is_some_and(|key| !left(key.0)) {
            count(&mut findings.errors_by_group, (row.group, row.kind));
        }
    }
    findings.entries = tally::entries(chunk, &found, snapshot);
    findings.found = found;
    findings
}

/// Counts one more of a few distinct things.
fn count<K: PartialEq>(counts: &mut Vec<(K, u32)>, key: K) {
    match counts.iter_mut().find(|(k, _)| *k == key) {
        Some((_, count)) => *count += 1,
        None => counts.push((key, 1)),
    }
}
