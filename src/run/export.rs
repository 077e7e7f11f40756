//! Writes what a list of the explorer shows to a file: whole or not at all, readable by its owner only.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::audit_csv::{COLUMNS, cells, records};
use super::audit_entry::Entry;
use super::audit_output::{Whole, json};
use super::audit_table::markdown_rows;
use super::clock;
use super::exit::Failure;
use super::list::{self, Picked, write_picked};
use crate::app::{ExportAsk, Format, Rows};
use crate::store::{FoundAt, Snapshot};

/// Writes the rows to a new file in the working directory and says where it is.
pub fn export(ask: &ExportAsk) -> Result<PathBuf, Failure> {
    let (what, ending) = (
        match ask.rows {
            Rows::Users(..) => "users",
            Rows::Groups(_) => "groups",
            Rows::Skus(_) => "skus",
            Rows::Findings(_) => "findings",
        },
        match ask.format {
            Format::Csv => "csv",
            Format::Json => "json",
            Format::Markdown => "md",
        },
    );
    let stamp: String = clock::now().to_string().chars().filter(char::is_ascii_alphanumeric).collect();
    let path = free(&format!("tenantry-{what}-{stamp}"), ending);
    let mut file = Whole::create(&path)?;
    write(ask, &mut file.out).map_err(|error| file.failed(&error))?;
    file.publish()?;
    Ok(std::path::absolute(&path).unwrap_or(path))
}

/// A name that is not taken: two exports within a second are two files.
fn free(stem: &str, ending: &str) -> PathBuf {
    let first = PathBuf::from(format!("{stem}.{ending}"));
    let others = (2..1000).map(|n| PathBuf::from(format!("{stem}-{n}.{ending}")));
    std::iter::once(first.clone()).chain(others).find(|path| !Path::exists(path)).unwrap_or(first)
}

fn write(ask: &ExportAsk, out: &mut dyn Write) -> io::Result<()> {
    let format = match ask.format {
        Format::Csv => list::Format::Csv,
        Format::Json => list::Format::Json,
        Format::Markdown => list::Format::Markdown,
    };
    let picked = match &ask.rows {
        Rows::Users(rows, _) => Picked::Users(rows),
        Rows::Groups(ids) => Picked::Groups(ids),
        Rows::Skus(ids) => Picked::Skus(ids),
        Rows::Findings(list) => return findings(&ask.snapshot, list, ask.format, out),
    };
    write_picked(&ask.snapshot, picked, format, None, out)
}

fn findings(snapshot: &Snapshot, list: &[FoundAt], format: Format, out: &mut dyn Write) -> io::Result<()> {
    let entries = list.iter().filter_map(|&at| Entry::new(snapshot, at));
    match format {
        Format::Csv => records(out, &COLUMNS, entries.map(|entry| cells(&entry))),
        Format::Json => json(&entries.collect::<Vec<_>>(), out),
        Format::Markdown => markdown_rows(out, &COLUMNS, entries.map(|entry| cells(&entry))),
    }
}
