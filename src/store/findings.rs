//! Where the findings of a snapshot are: 12 bytes each, in the chunk of their user.

use std::sync::Arc;

use crate::domain::kind::{Kind, KindSet, Severity};
use crate::domain::rules::Entries;

/// No user, no group, no product.
pub(super) const NONE: u32 = u32::MAX;
/// No product.
pub(super) const NO_SKU: u16 = u16::MAX;

/// One finding by numbers. For findings of users `row` counts inside the chunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FoundRow {
    pub(super) row: u32,
    pub(super) group: u32,
    pub(super) sku: u16,
    pub(super) kind: Kind,
    pub(super) severity: Severity,
}

/// The findings of one chunk of users.
#[derive(Debug, Default)]
pub(super) struct ChunkFindings {
    /// Kinds by row.
    pub(super) kinds: Vec<KindSet>,
    /// In the order of rows.
    pub(super) found: Vec<FoundRow>,
    /// Findings by kind.
    pub(super) counts: Vec<((Kind, Severity), u32)>,
    /// Failing direct members by group number: (group, kind) and how many.
    pub(super) errors_by_group: Vec<((u32, Kind), u32)>,
    /// What entries say about products of groups.
    pub(super) entries: Vec<(super::tally::Place, Entries)>,
}

/// Where a finding is inside one snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FoundAt {
    /// Chunk of its user; beyond the last chunk for groups and products.
    pub(super) chunk: u32,
    /// Position there.
    pub(super) at: u32,
}

/// Counts and places of all findings of a snapshot.
#[derive(Debug, Default)]
pub struct Findings {
    pub(super) chunks: Vec<Arc<ChunkFindings>>,
    /// Findings about groups and products.
    pub(super) shared: Vec<FoundRow>,
    pub(super) counts: Vec<u64>,
    pub(super) by_severity: [u64; 3],
    /// Kinds whose inputs are not there: pending, which is never "none".
    pub(super) pending: KindSet,
    /// Kinds whose inputs will not come.
    pub(super) unavailable: KindSet,
}

impl Findings {
    /// How many findings of a kind there are so far.
    pub fn count(&self, kind: Kind) -> u64 {
        self.counts.get(kind as usize).copied().unwrap_or(0)
    }

    /// How many findings there are so far.
    pub fn total(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// How many findings of a severity there are so far.
    pub fn of_severity(&self, severity: Severity) -> u64 {
        self.by_severity[severity as usize]
    }

    /// Whether a kind still waits for its inputs: more may come.
    pub fn is_pending(&self, kind: Kind) -> bool {
        self.pending.contains(kind)
    }

    /// The kinds that were looked for with everything they need.
    pub fn checked(&self) -> impl Iterator<Item = Kind> + '_ {
        Kind::ALL.iter().copied().filter(|k| !self.pending.contains(*k) && !self.unavailable.contains(*k))
    }

    /// Every finding, users first in the order of rows, then groups and products.
    pub fn all(&self) -> impl Iterator<Item = FoundAt> + '_ {
        let parts = self.chunks.iter().map(|c| c.found.len()).chain([self.shared.len()]);
        parts.enumerate().flat_map(|(chunk, len)| (0..len as u32).map(move |at| FoundAt { chunk: chunk as u32, at }))
    }

    pub(super) fn row(&self, at: FoundAt) -> Option<&FoundRow> {
        match self.chunks.get(at.chunk as usize) {
            Some(chunk) => chunk.found.get(at.at as usize),
            None => self.shared.get(at.at as usize),
        }
    }
}
