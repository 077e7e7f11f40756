//! The audit for spreadsheets: one line a finding. No cell starts a formula, whatever a name begins with.

use std::io::{self, Write};

use super::audit::AuditDocument;
use super::audit_entry::Entry;
use crate::domain::text::spreadsheet_cell;

/// The columns. Only ever added to, at the end.
pub(super) const COLUMNS: [&str; 20] = [
    "id",
    "kind",
    "severity",
    "user_id",
    "upn",
    "display_name",
    "group_id",
    "group",
    "sku_id",
    "part_number",
    "product",
    "path",
    "plans",
    "root",
    "graph_state",
    "graph_error",
    "since",
    "message",
    "remedies",
    "scopes",
];

/// Writes the lines.
pub fn csv(out: &mut dyn Write, document: &AuditDocument<'_>) -> io::Result<()> {
    records(out, &COLUMNS, document.entries().map(|entry| cells(&entry)))
}

/// Writes a header and lines, each cell safe to open in a spreadsheet.
pub(super) fn records(
    out: &mut dyn Write,
    columns: &[&str],
    rows: impl Iterator<Item = Vec<String>>,
) -> io::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(columns)?;
    for row in rows {
        writer.write_record(row.iter().map(|cell| shielded(cell)))?;
    }
    writer.flush()
}

/// A number below zero is a number, not a formula: overused seats must stay readable for scripts.
fn shielded(cell: &str) -> String {
    let number = cell.strip_prefix('-').is_some_and(|digits| digits.parse::<u32>().is_ok() && !digits.starts_with('+'));
    if number { cell.to_owned() } else { spreadsheet_cell(cell).to_string() }
}

pub(super) fn cells(entry: &Entry) -> Vec<String> {
    let text = |value: Option<&str>| value.unwrap_or_default().to_owned();
    let (user, group, sku) = (entry.user.as_ref(), entry.group.as_ref(), entry.sku.as_ref());
    let possible = || entry.remedies.iter().filter(|remedy| remedy.possible);
    let mut scopes: Vec<&str> = possible().flat_map(|remedy| remedy.scopes.iter().copied()).collect();
    scopes.sort_unstable();
    scopes.dedup();
    vec![
        entry.id.to_string(),
        entry.kind.name().to_owned(),
        entry.severity.as_str().to_owned(),
        user.map(|u| u.id.to_string()).unwrap_or_default(),
        text(user.map(|u| u.upn.as_str())),
        text(user.map(|u| u.display_name.as_str())),
        group.map(|g| g.id.to_string()).unwrap_or_default(),
        text(group.map(|g| g.display_name.as_str())),
        sku.map(|s| s.id.to_string()).unwrap_or_default(),
        text(sku.map(|s| s.part_number.as_str())),
        text(sku.map(|s| s.name.as_str())),
        text(entry.path),
        entry.plans.iter().map(|plan| plan.name.as_str()).collect::<Vec<_>>().join("; "),
        entry.root.map(|id| id.to_string()).unwrap_or_default(),
        text(entry.graph.as_ref().map(|words| words.state.as_str())),
        text(entry.graph.as_ref().map(|words| words.error.as_str())),
        entry.since.map(|since| since.to_string()).unwrap_or_default(),
        entry.message.clone(),
        possible().map(|remedy| remedy.verb.as_str()).collect::<Vec<_>>().join("; "),
        scopes.join("; "),
    ]
}
