//! The detail of a group: what it gives, how far Graph is with it, whose licenses fail, what stands in its way.

use super::{cards, field, head, label_of};
use crate::app::doc::{Line, Tone, sign};
use crate::app::item::Item;
use crate::domain::facts::{Group, Sync, Tenant};
use crate::domain::ids::GroupId;
use crate::domain::names;
use crate::store::Snapshot;

pub(super) fn lines(id: GroupId, snapshot: &Snapshot, ascii: bool) -> Vec<Line> {
    let Some(group) = snapshot.group(id) else {
        return vec![
            Line::of(Tone::Warning, "This group is not among the licensed groups."),
            field("Id", id.to_string()),
        ];
    };
    let mut lines = identity(group);
    let found = cards(Item::Group(id), snapshot, ascii);
    if found.len() > 1 {
        head(&mut lines, "Findings");
        lines.extend(found);
        lines.pop();
    }
    head(&mut lines, "Licenses");
    if group.licenses.is_empty() {
        lines.push(Line::of(Tone::Quiet, "none"));
    }
    for license in &group.licenses {
        let free = snapshot.sku(license.sku).map(|s| format!("  {} free", s.free())).unwrap_or_default();
        let off = match license.disabled.len() {
            0 => String::new(),
            1 => ", 1 plan off".to_owned(),
            n => format!(", {n} plans off"),
        };
        lines.push(
            Line::of(Tone::Plain, names::sku(license.sku, snapshot))
                .and(Tone::Quiet, format!("{off}{free}"))
                .indented(2),
        );
    }
    members(&mut lines, group, snapshot);
    lines
}

fn identity(group: &Group) -> Vec<Line> {
    let mut lines = vec![Line::of(Tone::Strong, group.label()), field("Id", group.id.to_string())];
    let kind = match (group.unified, group.security, group.mail) {
        (true, ..) => "Microsoft 365 group",
        (_, true, true) => "mail-enabled security group",
        (_, true, false) => "security group",
        _ => "distribution group or unknown",
    };
    let membership = if group.dynamic { "dynamic membership" } else { "assigned membership" };
    lines.push(field("Type", format!("{kind}, {membership}")));
    lines.push(field(
        "Source",
        match group.sync {
            Sync::Never => "cloud",
            Sync::Formerly => "cloud; was synced from on-premises once",
            Sync::Now => "synced from on-premises: its members are changed there",
        },
    ));
    lines.push(field("Processing", group.processing.as_str()));
    if let Some(rule) = &group.rule {
        lines.push(field("Rule", rule.clone()));
        if group.rule_paused {
            lines.push(label_of("").and(Tone::Warning, "the processing of the rule is paused"));
        }
    }
    lines
}

fn members(lines: &mut Vec<Line>, group: &Group, snapshot: &Snapshot) {
    head(lines, "Direct members");
    let Some(members) = &group.members else {
        lines.push(Line::of(Tone::Quiet, "not loaded yet"));
        return;
    };
    lines.push(field("Users", members.users.len().to_string()));
    if members.others > 0 {
        lines.push(field("Other objects", format!("{}; they get no license", members.others)));
    }
    for (kind, count) in snapshot.errors_in_group(group.id) {
        lines.push(
            Line::of(Tone::of(kind.severity()), format!("{} {:<9}", sign(kind.severity()), kind.code()))
                .and(Tone::Strong, format!("{count:>6}  "))
                .and(Tone::Plain, kind.title()),
        );
    }
    if !members.groups.is_empty() {
        head(lines, "Groups inside: their users get nothing");
        lines.extend(members.groups.iter().map(|g| Line::of(Tone::Warning, names::group(*g, snapshot))));
    }
}
