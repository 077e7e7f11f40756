//! Runs the rules over what changed and gathers what they found.
//!
//! Row rules run once per chunk; a chunk is looked at again only when it was replaced or when what its rules read
//! beside the row (products, groups) changed.

use std::sync::Arc;

use super::chunk::Chunk;
use super::dict::{Dicts, Key};
use super::findings::{ChunkFindings, Findings, FoundRow, NO_SKU, NONE};
use super::snapshot::Snapshot;
use crate::domain::facts::{Part, Progress, Tenant};
use crate::domain::finding::Found;
use crate::domain::kind::{Inputs, Kind, KindSet};
use crate::domain::rules::{self, Overlaps};

/// What is kept from one publication to the next.
#[derive(Debug, Default)]
pub(super) struct Diagnosis {
    done: Vec<(Arc<Chunk>, Arc<ChunkFindings>, u64)>,
    /// Counts up when products or groups change.
    inputs: u64,
}

impl Diagnosis {
    pub(super) fn products_changed(&mut self) {
        self.inputs += 1;
    }

    pub(super) fn groups_changed(&mut self) {
        self.inputs += 1;
    }
}

/// The parts that a kind's rule reads.
fn parts_of(inputs: Inputs) -> &'static [Part] {
    match inputs {
        Inputs::Row => &[Part::Users],
        Inputs::Skus => &[Part::Skus],
        Inputs::Groups => &[Part::Groups],
        Inputs::Users => &[Part::Users],
        Inputs::UsersAndGroups => &[Part::Users, Part::Groups, Part::Members],
    }
}

pub(super) fn diagnose(snapshot: &Snapshot, before: &mut Diagnosis) -> Findings {
    let mut overlaps = Overlaps::new(snapshot.skus());
    let mut chunks = Vec::with_capacity(snapshot.chunks.len());
    for (number, chunk) in snapshot.chunks.iter().enumerate() {
        let kept = before
            .done
            .get(number)
            .filter(|(old, _, inputs)| Arc::ptr_eq(old, chunk) && *inputs == before.inputs)
            .map(|(_, found, _)| Arc::clone(found));
        chunks.push(kept.unwrap_or_else(|| Arc::new(look_at(chunk, snapshot, &mut overlaps))));
    }
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
    let in_error = |group| {
        let Some(number) = snapshot.dicts.groups.find(&Key(group)) else { return false };
        findings.chunks.iter().any(|c| c.errors_by_group.iter().any(|(g, ..)| *g == number))
    };
    let mut shared = Vec::new();
    rules::groups(snapshot, in_error, &mut |found| shared.push(row_of(&found, NONE, &snapshot.dicts)));
    rules::skus(snapshot, &mut |found| shared.push(row_of(&found, NONE, &snapshot.dicts)));
    findings.shared = shared;
    let of_users = findings.chunks.iter().flat_map(|c| &c.counts).copied();
    for (kind, severity, count) in of_users.chain(findings.shared.iter().map(|f| (f.kind, f.severity, 1))) {
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

/// The findings of one chunk.
fn look_at(chunk: &Chunk, snapshot: &Snapshot, overlaps: &mut Overlaps<'_>) -> ChunkFindings {
    let mut findings = ChunkFindings { kinds: vec![KindSet::default(); chunk.len()], ..ChunkFindings::default() };
    for row in (0..chunk.len()).filter(|&row| !chunk.is_gone(row)) {
        let first = findings.found.len();
        chunk.with(row, &snapshot.dicts, |user| {
            let mut emit = |found: Found| findings.found.push(row_of(&found, row as u32, &snapshot.dicts));
            rules::user(user, snapshot, overlaps, &mut emit);
            // A group counts its direct members only: a leaver whose removal is stuck is not one.
            for state in user.states.iter().filter(|s| s.failed()) {
                let Some(id) = state.path.group() else { continue };
                if snapshot.group(id).is_some_and(|g| g.has_member(user.id) == Some(false)) {
                    continue;
                }
                let Some(number) = snapshot.dicts.groups.find(&Key(id)) else { continue };
                let kind = rules::state_kind(state, user.states);
                match findings.errors_by_group.iter_mut().find(|(g, k, _)| (*g, *k) == (number, kind)) {
                    Some((.., count)) => *count += 1,
                    None => findings.errors_by_group.push((number, kind, 1)),
                }
            }
        });
        for found in &findings.found[first..] {
            findings.kinds[row].insert(found.kind);
        }
    }
    for found in &findings.found {
        let (kind, severity) = (found.kind, found.severity);
        match findings.counts.iter_mut().find(|(k, s, _)| (*k, *s) == (kind, severity)) {
            Some((.., count)) => *count += 1,
            None => findings.counts.push((kind, severity, 1)),
        }
    }
    findings.found.shrink_to_fit();
    findings
}
