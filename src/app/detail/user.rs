//! The detail of a user: who it is, what is wrong, which license comes by which path, which groups.

use super::{cards, field, head, label_of};
use crate::app::doc::{Line, Tone, cell};
use crate::app::item::Item;
use crate::domain::facts::{LicenseState, Path, Sync, Tenant, UserFacts, UserType};
use crate::domain::ids::{GroupId, SkuId, UserId};
use crate::domain::license::personal_plans;
use crate::domain::location::Location;
use crate::domain::names;
use crate::store::Snapshot;

pub(super) fn lines(id: UserId, snapshot: &Snapshot, ascii: bool) -> Vec<Line> {
    let Some(user) = snapshot.user(id) else {
        return vec![Line::of(Tone::Warning, "This user is no longer there."), field("Id", id.to_string())];
    };
    user.facts(|facts| {
        let mut lines = identity(facts);
        if !user.kinds().is_empty() {
            head(&mut lines, "Findings");
            lines.extend(cards(Item::User(id), snapshot, ascii));
            lines.pop();
        }
        matrix(&mut lines, facts, snapshot, ascii);
        groups(&mut lines, facts, snapshot);
        lines
    })
}

fn identity(user: &UserFacts<'_>) -> Vec<Line> {
    let mut lines = vec![
        Line::of(Tone::Strong, user.display_name),
        field("Principal name", user.upn),
        field("Id", user.id.to_string()),
    ];
    lines.push(match user.usage_location {
        None => label_of("Usage location").and(Tone::Gap, "[__]").and(Tone::Warning, " missing: u sets it"),
        Some(text) => match Location::parse(text) {
            Ok(code) => field("Usage location", format!("{code} {}", code.name())),
            Err(_) => label_of("Usage location").and(Tone::Error, text).and(Tone::Plain, " is not a country code"),
        },
    });
    let account = match user.enabled {
        Some(true) => "enabled",
        Some(false) => "disabled",
        None => "not said",
    };
    let kind = if user.user_type == UserType::Guest { "guest" } else { "member" };
    lines.push(field("Account", format!("{account}, {kind}")));
    lines.push(field(
        "Source",
        match user.sync {
            Sync::Never => "cloud",
            Sync::Formerly => "cloud; was synced from on-premises once",
            Sync::Now => "synced from on-premises: its attributes are changed there",
        },
    ));
    for (label, value) in
        [("Mail", user.mail), ("Department", user.department), ("Office", user.office), ("Country", user.country)]
    {
        lines.extend(value.map(|v| field(label, v)));
    }
    if user.provisioning_error {
        lines.push(label_of("Provisioning").and(Tone::Warning, "an unresolved provisioning error stands on the user"));
    }
    lines
}

/// One cell of the matrix: a path of a product.
fn state_cell(state: &LicenseState<'_>) -> (Tone, String) {
    match (state.failed(), state.state.grants()) {
        (true, true) => (Tone::Error, "on, error".to_owned()),
        (true, false) => (Tone::Error, "error".to_owned()),
        (false, true) if state.disabled.is_empty() => (Tone::Good, "on".to_owned()),
        (false, true) => (Tone::Good, format!("on -{}", state.disabled.len())),
        (false, false) => (Tone::Quiet, state.state.as_str().to_lowercase()),
    }
}

/// A letter for each group, so that columns stay narrow.
fn letter(at: usize) -> String {
    char::from_u32('A' as u32 + at as u32).filter(|_| at < 26).map_or_else(|| format!("#{}", at + 1), String::from)
}

fn matrix(lines: &mut Vec<Line>, user: &UserFacts<'_>, snapshot: &Snapshot, ascii: bool) {
    head(lines, "Licenses");
    let mut skus: Vec<SkuId> = user.states.iter().map(|s| s.sku).chain(user.assigned.iter().map(|a| a.sku)).collect();
    skus.sort_unstable();
    skus.dedup();
    if skus.is_empty() {
        lines.push(Line::of(Tone::Quiet, "none"));
        return;
    }
    let mut by_name: Vec<(String, SkuId)> = skus.into_iter().map(|s| (names::sku(s, snapshot), s)).collect();
    by_name.sort();
    let mut groups: Vec<GroupId> = user.states.iter().filter_map(|s| s.path.group()).collect();
    groups.sort_unstable();
    groups.dedup();
    let mut top = Line::of(Tone::Quiet, cell("product", 30, ascii)).and(Tone::Quiet, " direct   ");
    for at in 0..groups.len() {
        top = top.and(Tone::Quiet, cell(&letter(at), 10, ascii));
    }
    lines.push(top.and(Tone::Quiet, "in effect"));
    for (name, sku) in by_name {
        let mut line = Line::of(Tone::Strong, cell(&name, 30, ascii)).and(Tone::Plain, " ");
        let of_sku = || user.states.iter().filter(move |s| s.sku == sku);
        let paths = std::iter::once((Path::Direct, 9)).chain(groups.iter().map(|&g| (Path::Group(g), 10)));
        for (path, width) in paths {
            let (tone, text) = of_sku().find(|s| s.path == path).map_or((Tone::Quiet, ".".to_owned()), state_cell);
            line = line.and(tone, cell(&text, width, ascii));
        }
        lines.push(line.and(Tone::Plain, effective(user, sku, snapshot)).indented(31));
        let off = off_plans(user, sku, snapshot);
        if !off.is_empty() {
            lines.push(Line::of(Tone::Quiet, format!("  off: {}", off.join(", "))).indented(7));
        }
    }
    for (at, group) in groups.iter().enumerate() {
        lines.push(
            Line::of(Tone::Quiet, format!("{:>3} = ", letter(at))).and(Tone::Plain, names::group(*group, snapshot)),
        );
    }
}

/// How many of the product's plans are on, over all paths in force.
fn effective(user: &UserFacts<'_>, sku: SkuId, snapshot: &Snapshot) -> String {
    let in_force: Vec<_> = user.states.iter().filter(|s| s.sku == sku && s.state.grants()).collect();
    if in_force.is_empty() {
        return if user.assigned.iter().any(|a| a.sku == sku) { "on".to_owned() } else { "no".to_owned() };
    }
    let Some(own) = snapshot.sku(sku) else { return "on; not a product of this tenant".to_owned() };
    let all = personal_plans(own).count();
    // A plan is off only where every path switches it off.
    let on = personal_plans(own).filter(|p| in_force.iter().any(|s| !s.disabled.contains(&p.id))).count();
    format!("{on} of {all} plans")
}

/// Plans that every path in force switches off, by name; a few of them.
fn off_plans(user: &UserFacts<'_>, sku: SkuId, snapshot: &Snapshot) -> Vec<String> {
    const SHOWN: usize = 6;
    let in_force: Vec<_> = user.states.iter().filter(|s| s.sku == sku && s.state.grants()).collect();
    let (Some((first, rest)), Some(own)) = (in_force.split_first(), snapshot.sku(sku)) else { return Vec::new() };
    let off = personal_plans(own)
        .filter(|p| first.disabled.contains(&p.id) && rest.iter().all(|s| s.disabled.contains(&p.id)));
    let mut named: Vec<String> = off.map(|p| names::plan(p.id, snapshot).1).collect();
    if named.len() > SHOWN {
        let more = named.len() - SHOWN;
        named.truncate(SHOWN);
        named.push(format!("{more} more"));
    }
    named
}

fn groups(lines: &mut Vec<Line>, user: &UserFacts<'_>, snapshot: &Snapshot) {
    let member: Vec<_> = snapshot.groups().iter().filter(|g| g.has_member(user.id) == Some(true)).collect();
    if member.is_empty() {
        return;
    }
    head(lines, "Licensed groups it is a direct member of");
    for group in member {
        let gives: Vec<String> = group.licenses.iter().map(|l| names::sku(l.sku, snapshot)).collect();
        lines.push(
            Line::of(Tone::Plain, group.label()).and(Tone::Quiet, format!("  gives {}", gives.join(", "))).indented(2),
        );
    }
}
