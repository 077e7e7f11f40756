//! The audit for eyes: grouped by severity and kind, as text for a terminal or a pipe, and as Markdown for a ticket.

use std::io::{self, Write};

use unicode_width::UnicodeWidthStr;

use super::audit::{AuditDocument, Section};
use super::audit_entry::clean;
use super::table::{cut, pad, wrap};
use crate::domain::facts::Tenant;
use crate::domain::kind::Kind;

/// Objects wider than this do not push the messages of all others to the right.
const WIDEST_OBJECT: usize = 40;
/// Messages get at least this many columns.
const NARROWEST_MESSAGE: usize = 20;

/// Writes the text. With a width, messages wrap; without one, each finding is one line, for `grep`.
pub fn text(out: &mut dyn Write, document: &AuditDocument<'_>, width: Option<usize>) -> io::Result<()> {
    writeln!(out, "{}", headline(document))?;
    for notice in document.notices() {
        writeln!(out, "note: {notice}")?;
    }
    for section in document.sections() {
        let (severity, kind) = (section.severity.as_str().to_uppercase(), section.kind);
        writeln!(out, "\n{severity}  {kind}  {} ({})", kind.title(), section.count())?;
        write_section(out, section, width)?;
    }
    writeln!(out, "\n{}", summary(document))
}

fn write_section(out: &mut dyn Write, section: Section<'_>, width: Option<usize>) -> io::Result<()> {
    let widest = section.objects().map(|object| object.width()).max().unwrap_or(0);
    let mut rows = section.objects().zip(section.entries());
    let Some(width) = width else {
        let column = widest.min(WIDEST_OBJECT);
        return rows.try_for_each(|(object, e)| writeln!(out, "  {}  {}", pad(&object, column), e.message));
    };
    let column = widest.min(WIDEST_OBJECT).min(width.saturating_sub(NARROWEST_MESSAGE + 4).max(8));
    let room = width.saturating_sub(column + 4).max(8);
    for (object, entry) in rows {
        let mut object = pad(&cut(&object, column), column);
        for line in wrap(&entry.message, room) {
            writeln!(out, "  {object}  {line}")?;
            object = " ".repeat(column);
        }
    }
    Ok(())
}

/// Writes Markdown.
pub fn markdown(out: &mut dyn Write, document: &AuditDocument<'_>) -> io::Result<()> {
    writeln!(out, "# License audit\n\n{}", escape(&headline(document)))?;
    if !document.notices().is_empty() {
        writeln!(out)?;
    }
    for notice in document.notices() {
        writeln!(out, "- {}", escape(notice))?;
    }
    for section in document.sections() {
        let (severity, kind) = (section.severity.as_str(), section.kind);
        writeln!(out, "\n## {} ({severity}, {})\n", kind.title(), section.count())?;
        writeln!(out, "`{kind}`\n\n| Object | Name | Product | Path | Message |\n|---|---|---|---|---|")?;
        for (object, entry) in section.objects().zip(section.entries()) {
            let name = entry.user.as_ref().map(|user| user.display_name.as_str()).unwrap_or_default();
            let sku = entry.sku.as_ref().map(|sku| sku.name.as_str()).unwrap_or_default();
            let group = entry.group.as_ref().filter(|_| entry.path == Some("group"));
            let path = group.map_or(entry.path.unwrap_or_default(), |group| group.display_name.as_str());
            let cells = [&object, name, sku, path, &entry.message].map(escape);
            writeln!(out, "| {} |", cells.join(" | "))?;
        }
    }
    writeln!(out, "\n{}", escape(&summary(document)))
}

/// Writes a table for documents.
pub(super) fn markdown_rows(
    out: &mut dyn Write,
    columns: &[&str],
    rows: impl Iterator<Item = Vec<String>>,
) -> io::Result<()> {
    writeln!(out, "| {} |\n|{}", columns.join(" | "), "---|".repeat(columns.len()))?;
    for row in rows {
        writeln!(out, "| {} |", row.iter().map(|cell| escape(cell)).collect::<Vec<_>>().join(" | "))?;
    }
    Ok(())
}

/// Nothing in a name is markup: it neither ends a cell nor loads a picture.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '|' | '\\' | '`' | '*' | '_' | '[' | ']' | '!' | '#' | '~' => out.extend(['\\', c]),
            c => out.push(c),
        }
    }
    out
}

fn headline(document: &AuditDocument<'_>) -> String {
    let snapshot = document.snapshot();
    let tenant = snapshot
        .organization()
        .map_or_else(|| "Tenant unknown".to_owned(), |o| clean(format!("{} ({})", o.display_name, o.default_domain)));
    let counts = [
        (u64::from(snapshot.living_users()), "user"),
        (snapshot.groups().len() as u64, "group"),
        (snapshot.skus().len() as u64, "product"),
    ];
    let counts = counts.map(|(n, what)| plural(n, what)).join(", ");
    let incomplete = if document.is_complete() { "" } else { " - INCOMPLETE: there may be more than is listed here" };
    format!("{tenant}: {counts}{incomplete}")
}

fn summary(document: &AuditDocument<'_>) -> String {
    let unchecked = Kind::ALL.iter().filter(|k| document.snapshot().findings().checked().all(|c| c != **k));
    let unchecked: Vec<&str> = unchecked.map(|k| k.name()).collect();
    let total: u64 = document.counts().iter().map(|(_, n)| n).sum();
    let mut text = if total == 0 { "No findings.".to_owned() } else { format!("{}.", plural(total, "finding")) };
    if !unchecked.is_empty() {
        text.push_str(&format!(" Not checked, because its data is missing: {}.", unchecked.join(", ")));
    }
    text
}

fn plural(n: u64, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn a_name_is_no_markup() {
        assert_eq!(escape("a|b ![x](y) <img>"), r"a\|b \!\[x\](y) &lt;img&gt;");
    }
}
