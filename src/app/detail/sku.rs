//! The detail of a product: its seats, its purchases, its plans, the groups that give it.

use super::{cards, field, head, label_of};
use crate::app::doc::{Line, Tone};
use crate::app::item::Item;
use crate::domain::facts::{Sku, Tenant};
use crate::domain::ids::SkuId;
use crate::domain::names;
use crate::store::Snapshot;

pub(super) fn lines(id: SkuId, snapshot: &Snapshot, ascii: bool) -> Vec<Line> {
    let Some(sku) = snapshot.sku(id) else {
        return vec![
            Line::of(Tone::Strong, names::sku(id, snapshot)),
            Line::of(Tone::Warning, "The tenant does not own this product."),
            field("Id", id.to_string()),
        ];
    };
    let mut lines = vec![
        Line::of(Tone::Strong, sku.name()),
        field("Part number", sku.part_number.clone()),
        field("Id", id.to_string()),
        field("Applies to", if sku.for_users { "users" } else { "the company: cannot be assigned" }),
        field("Status", sku.capability.clone()),
    ];
    let found = cards(Item::Sku(id), snapshot, ascii);
    if found.len() > 1 {
        head(&mut lines, "Findings");
        lines.extend(found);
        lines.pop();
    }
    seats(&mut lines, sku);
    let groups: Vec<_> = snapshot.groups().iter().filter(|g| g.licenses.iter().any(|l| l.sku == id)).collect();
    if !groups.is_empty() {
        head(&mut lines, "Given by groups");
        for group in groups {
            let members = group.members.as_ref().map(|m| format!("  {} direct users", m.users.len()));
            let members = members.unwrap_or_else(|| "  members not loaded yet".to_owned());
            lines.push(Line::of(Tone::Plain, group.label()).and(Tone::Quiet, members));
        }
    }
    purchases(&mut lines, sku, snapshot);
    head(&mut lines, "Service plans");
    for plan in &sku.plans {
        let (name, display) = names::plan(plan.id, snapshot);
        let company = if plan.for_users { "" } else { "  (company-wide)" };
        lines.push(Line::of(Tone::Plain, display).and(Tone::Quiet, format!("  {name}{company}")).indented(2));
    }
    lines
}

fn seats(lines: &mut Vec<Line>, sku: &Sku) {
    head(lines, "Seats");
    lines.push(field("Bought", sku.units.enabled.to_string()));
    lines.push(field("Used", sku.consumed.to_string()));
    let free = sku.free();
    let tone = if free < 0 {
        Tone::Error
    } else if free == 0 {
        Tone::Warning
    } else {
        Tone::Good
    };
    lines.push(label_of("Free").and(tone, free.to_string()));
    for (label, count) in
        [("In grace", sku.units.warning), ("Suspended", sku.units.suspended), ("Locked out", sku.units.locked_out)]
    {
        if count != 0 {
            lines.push(label_of(label).and(Tone::Warning, count.to_string()));
        }
    }
}

fn purchases(lines: &mut Vec<Line>, sku: &Sku, snapshot: &Snapshot) {
    let bought: Vec<_> = snapshot.subscriptions().iter().filter(|s| s.sku == sku.id).collect();
    if bought.is_empty() {
        return;
    }
    head(lines, "Subscriptions");
    for subscription in bought {
        let trial = if subscription.trial { ", trial" } else { "" };
        let next = subscription.next_lifecycle.map(|t| format!(", next change {t}")).unwrap_or_default();
        lines.push(
            Line::of(Tone::Plain, format!("{} seats, {}{trial}{next}", subscription.total, subscription.status))
                .indented(2),
        );
    }
}
