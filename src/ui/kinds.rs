//! The kinds of findings with their counts. A kind whose inputs are not there yet shows `…`, which is never 0.

use ratatui::buffer::Buffer;

use super::bars::number;
use super::paint::{put, put_right, row_style};
use super::theme::Theme;
use crate::app::{Area, Pane, State, Tone, cell, sign};
use crate::domain::kind::{Kind, Severity};
use crate::store::Findings;

/// How many there are, in a word.
fn count(findings: Option<&Findings>, kind: Kind, ascii: bool) -> (Tone, String) {
    let dots = if ascii { "..." } else { "…" };
    let Some(findings) = findings else { return (Tone::Quiet, dots.to_owned()) };
    let n = findings.count(kind);
    let tone = if n > 0 { Tone::of(kind.severity()) } else { Tone::Quiet };
    if findings.is_pending(kind) {
        return (tone, if n > 0 { format!("{}{dots}", number(n)) } else { dots.to_owned() });
    }
    if findings.checked().all(|k| k != kind) {
        return (tone, if n > 0 { format!("{}?", number(n)) } else { "not checked".to_owned() });
    }
    if n == 0 { (Tone::Quiet, "none".to_owned()) } else { (tone, number(n)) }
}

pub(super) fn draw(state: &State, buffer: &mut Buffer, pane: &Pane, focused: bool, theme: Theme) {
    let inner = pane.inner();
    put(buffer, inner, inner.x, "  kind", theme.tone(Tone::Head), theme.ascii);
    put_right(buffer, inner, "count", theme.tone(Tone::Head), theme.ascii);
    let findings = state.snapshot.as_ref().map(|s| s.findings());
    let area = pane.rows();
    let rows = std::iter::once(None).chain(Kind::ALL.iter().copied().map(Some));
    for (line, kind) in rows.skip(state.kinds_top).take(usize::from(area.height)).enumerate() {
        let row = Area { height: 1, ..area.split_rows(line as u16).1 };
        let (tone, number_of) = match (kind, findings) {
            (Some(kind), findings) => count(findings, kind, theme.ascii),
            (None, Some(findings)) => (Tone::Strong, number(findings.total())),
            (None, None) => (Tone::Quiet, String::new()),
        };
        let here = kind == state.kind;
        let style = |tone| if here { theme.cursor(focused) } else { theme.tone(tone) };
        if here {
            row_style(buffer, row, theme.cursor(focused));
        }
        let (mark, code, title) = match kind {
            Some(kind) if number_of != "none" => (sign(kind.severity()), kind.code(), kind.title()),
            Some(kind) => (" ", kind.code(), kind.title()),
            None => (" ", "", "All findings"),
        };
        let x = put(buffer, row, row.x, &format!("{mark} {}", cell(code, 9, theme.ascii)), style(tone), theme.ascii);
        let count_at = put_right(buffer, row, &number_of, style(tone), theme.ascii);
        let rest = Area { width: count_at.saturating_sub(row.x + 1), ..row };
        put(buffer, rest, x, title, style(if tone == Tone::Quiet { Tone::Quiet } else { Tone::Plain }), theme.ascii);
    }
    // The severities below the kinds, when there is room.
    let used = (Kind::ALL.len() + 1).saturating_sub(state.kinds_top) as u16;
    if let Some(findings) = findings.filter(|_| area.height > used + 1) {
        let row = area.split_rows(used + 1).1;
        let parts = [Severity::Error, Severity::Warning, Severity::Info].map(|s| {
            let n = findings.of_severity(s);
            format!("{} {} {}{}", sign(s), number(n), s.as_str(), if n == 1 || s == Severity::Info { "" } else { "s" })
        });
        put(buffer, row, row.x, &parts.join("   "), theme.tone(Tone::Quiet), theme.ascii);
    }
}
