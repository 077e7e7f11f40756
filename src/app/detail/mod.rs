//! The detail of one object, built when it is looked at.

mod card;
mod group;
mod sku;
mod user;

use std::sync::Arc;

use super::doc::{Line, Tone, wrap};
use super::item::Item;
use crate::domain::finding::Finding;
use crate::store::Snapshot;

/// The detail of one object of one snapshot, broken into lines for one width.
#[derive(Debug)]
pub struct Detail {
    /// Whose.
    pub item: Item,
    /// Its lines.
    pub lines: Vec<Line>,
    snapshot: Arc<Snapshot>,
    width: usize,
}

impl Detail {
    pub(super) fn of(item: Item, snapshot: &Arc<Snapshot>, width: usize, ascii: bool) -> Detail {
        let lines = match item.object() {
            Some(Item::User(id)) => user::lines(id, snapshot, ascii),
            Some(Item::Group(id)) => group::lines(id, snapshot, ascii),
            Some(Item::Sku(id)) => sku::lines(id, snapshot, ascii),
            Some(Item::Finding(_)) | None => cards(item, snapshot, ascii),
        };
        Detail { item, lines: wrap(lines, width), snapshot: Arc::clone(snapshot), width }
    }

    pub(super) fn is(&self, item: Item, snapshot: &Arc<Snapshot>, width: usize) -> bool {
        self.item == item && self.width == width && Arc::ptr_eq(&self.snapshot, snapshot)
    }

    /// Where the card of a finding begins.
    pub(super) fn card_of(&self, item: Item) -> Option<usize> {
        self.lines.iter().position(|l| l.anchor.is_some_and(|found| Item::Finding(found).same(item)))
    }
}

/// The findings about an object, in the order of triage; of a finding, itself first.
pub(super) fn findings_of(item: Item, snapshot: &Snapshot) -> Vec<Finding> {
    let places = match item.object() {
        Some(Item::User(id)) => snapshot.user(id).map(|u| snapshot.findings_of_user(u.row())).unwrap_or_default(),
        Some(Item::Group(id)) => snapshot.findings_of_shared(|f| f.group == Some(id)),
        Some(Item::Sku(id)) => snapshot.findings_of_shared(|f| f.group.is_none() && f.sku == Some(id)),
        Some(Item::Finding(_)) | None => Vec::new(),
    };
    let mut findings: Vec<Finding> = places.into_iter().filter_map(|at| snapshot.describe(at)).collect();
    findings.sort_by_key(|f| (!Item::Finding(f.found).same(item), std::cmp::Reverse(f.found.severity), f.found.kind));
    findings
}

/// The cause cards of an object.
pub(super) fn cards(item: Item, snapshot: &Snapshot, ascii: bool) -> Vec<Line> {
    let findings = findings_of(item, snapshot);
    if findings.is_empty() {
        return vec![Line::of(Tone::Good, "Nothing is wrong here.")];
    }
    findings.iter().flat_map(|f| card::lines(f, snapshot, ascii)).collect()
}

/// A heading with an empty line before it.
fn head(lines: &mut Vec<Line>, title: &str) {
    lines.push(Line::empty());
    lines.push(Line::of(Tone::Head, title));
}

/// A label and a value.
fn field(label: &str, value: impl Into<String>) -> Line {
    label_of(label).and(Tone::Plain, value).indented(LABEL)
}

fn label_of(label: &str) -> Line {
    Line::of(Tone::Quiet, format!("{label:<LABEL$}"))
}

/// Columns of a label.
const LABEL: usize = 16;
