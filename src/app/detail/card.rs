//! The cause card of a finding: what it is, what Graph says, which plans by which path, since when, what can be done.

use crate::app::doc::{Line, Tone, sign};
use crate::domain::finding::Finding;
use crate::domain::ids::GroupId;
use crate::domain::names;
use crate::store::Snapshot;

fn label(text: &str) -> Line {
    Line::of(Tone::Quiet, format!("  {text:<12}"))
}

pub(super) fn lines(finding: &Finding, snapshot: &Snapshot, ascii: bool) -> Vec<Line> {
    let found = finding.found;
    let tone = Tone::of(found.severity);
    let mut first = Line::of(tone, format!("{} {:<9}", sign(found.severity), found.kind.code()))
        .and(Tone::Strong, found.kind.title())
        .indented(2);
    first.anchor = Some(found);
    let mut lines = vec![first];
    if !finding.message.is_empty() {
        lines.push(Line::of(Tone::Plain, format!("  {}", finding.message)).indented(2));
    }
    if let Some(words) = &finding.graph {
        lines.push(label("Graph says").and(Tone::Plain, format!("state {}, error {}", words.state, words.error)));
    }
    if let Some(since) = finding.since {
        lines.push(label("Since").and(Tone::Plain, since.to_string()));
    }
    for (at, plan) in finding.plans.iter().enumerate() {
        let product = plan.sku_id.map(|s| names::sku(s, snapshot)).unwrap_or_default();
        let path = plan.path.as_deref().unwrap_or("");
        let path = GroupId::parse(path).map_or_else(|_| path.to_owned(), |g| names::group(g, snapshot));
        let text = format!("{} of {product}, {path}", plan.display_name);
        lines.push(label(if at == 0 { "Plans" } else { "" }).and(Tone::Plain, text).indented(14));
    }
    if let Some(evidence) = finding.details.get("evidence").and_then(|e| e.as_str()) {
        lines.push(label("Evidence").and(Tone::Plain, evidence));
    }
    if let Some(holders) = finding.details.get("holders").and_then(|h| h.as_array()) {
        for holder in holders.iter().filter_map(|h| h["upn"].as_str()) {
            lines.push(label("Also on").and(Tone::Plain, holder));
        }
    }
    for (at, remedy) in finding.remedies.iter().enumerate() {
        let line = label(if at == 0 { "What to do" } else { "" });
        lines.push(
            match &remedy.why_not {
                None => line.and(Tone::Good, if ascii { "* " } else { "• " }).and(Tone::Plain, remedy.summary.clone()),
                Some(why) => line
                    .and(Tone::Quiet, format!("- {}: ", remedy.summary))
                    .and(Tone::Warning, format!("not here, {why}")),
            }
            .indented(16),
        );
    }
    lines.push(Line::empty());
    lines
}
