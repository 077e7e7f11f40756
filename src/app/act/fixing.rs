//! The fix menu: the remedies of one object's findings, the deeds for marked users by kind, and whole kinds.

use std::sync::Arc;

use super::targets::fix_deeds;
use crate::app::detail::findings_of;
use crate::app::effect::{Deed, List};
use crate::app::item::Item;
use crate::app::layer::{Choice, Chooser, Intent, Layer, Pick, Target, Whom};
use crate::app::state::State;
use crate::domain::finding::Finding;
use crate::domain::kind::{Kind, Subject};
use crate::domain::remedy::{Remedy, Verb};
use crate::domain::text::Clean;

/// How a whole kind, or the marked users with it, can be fixed: what it is called and what goes on.
fn deed_for(kind: Kind) -> Option<(&'static str, Deedlike)> {
    Some(match kind {
        Kind::UsageLocationMissing | Kind::UsageLocationInvalid => ("set the usage location", Deedlike::Locate),
        Kind::SeatsExhausted
        | Kind::PlansConflict
        | Kind::DependencyMissing
        | Kind::RemovalBlocked
        | Kind::LocationProhibited
        | Kind::ProxyAddressInUse
        | Kind::BlockedBySibling
        | Kind::AssignmentFailed
        | Kind::StaleInheritance => ("reprocess", Deedlike::Reprocess),
        Kind::DuplicatePath | Kind::OverlappingSkus => {
            ("remove the direct license that the finding names", Deedlike::RemoveFound)
        }
        Kind::DisabledAccountLicensed | Kind::GuestLicensed => ("remove a direct license", Deedlike::Remove),
        // Nothing that this program writes: the remedies of the finding say who can do what.
        _ => return None,
    })
}

#[derive(Clone, Copy)]
enum Deedlike {
    Locate,
    Reprocess,
    Remove,
    RemoveFound,
}

fn pick(deed: Deedlike, target: Target) -> Pick {
    match deed {
        Deedlike::Locate => Pick::Begin(Intent::Locate, target),
        Deedlike::Remove => Pick::Begin(Intent::Remove, target),
        Deedlike::Reprocess => Pick::Plan(Deed::Reprocess, target),
        Deedlike::RemoveFound => match target.whom {
            Whom::AllOf(_) => Pick::Plan(Deed::RemoveFound, target),
            Whom::Users(_) => Pick::Begin(Intent::Remove, target),
        },
    }
}

fn digit(at: usize) -> Option<char> {
    char::from_digit(at as u32 + 1, 10).filter(|_| at < 9)
}

fn open(state: &mut State, title: String, mut choices: Vec<Choice>, empty: &str) {
    if choices.is_empty() {
        return state.tell(empty);
    }
    for (at, choice) in choices.iter_mut().enumerate() {
        choice.key = digit(at);
    }
    state.layers.push(Layer::Chooser(Chooser::menu(title, choices)));
}

/// For one user by its remedies, for many by their kinds.
pub(super) fn menu(state: &mut State, target: Target) {
    let Some(snapshot) = state.snapshot.clone() else { return };
    let Whom::Users(users) = &target.whom else { return };
    if let (None, Some(item)) = (target.marks_of, state.subject()) {
        let findings = findings_of(item, &snapshot);
        let choices = choices(&findings, &target);
        return open(state, format!("Fix {}", target.label), choices, "nothing is wrong here that could be fixed");
    }
    let choices = fix_deeds(users, &snapshot)
        .into_iter()
        .filter_map(|(kind, users)| {
            let (title, deed) = deed_for(kind)?;
            let count = users.len();
            let label = format!("{title}: {count} with {}", kind.code());
            let target = Target {
                whom: Whom::Users(users.into()),
                marks_of: target.marks_of,
                label: Clean::owned(format!("{count} marked users with {}", kind.code())),
            };
            Some(Choice::new(label, pick(deed, target)).note(kind.title()))
        })
        .collect();
    open(state, format!("Fix {}", target.label), choices, "nothing is wrong with the marked users");
}

/// For a group or product: its remedies, which nothing here can write.
pub(super) fn menu_of_object(state: &mut State) {
    let (Some(item), Some(snapshot)) = (state.subject(), state.snapshot.clone()) else { return };
    let label = item.object().unwrap_or(item).label(&snapshot);
    let target = Target { whom: Whom::Users(Arc::default()), marks_of: None, label };
    let choices = choices(&findings_of(item, &snapshot), &target);
    open(state, format!("Fix {}", target.label), choices, "nothing is wrong here that could be fixed");
}

/// One choice for each different remedy.
fn choices(findings: &[Finding], target: &Target) -> Vec<Choice> {
    let mut seen: Vec<(Verb, &str)> = Vec::new();
    let mut choices = Vec::new();
    for finding in findings {
        for remedy in &finding.remedies {
            if seen.contains(&(remedy.verb, remedy.summary.as_str())) {
                continue;
            }
            seen.push((remedy.verb, &remedy.summary));
            choices.push(choice(finding, remedy, target));
        }
    }
    choices
}

fn choice(finding: &Finding, remedy: &Remedy, target: &Target) -> Choice {
    let to_user = finding.found.user.is_some();
    let pick = match remedy.verb {
        Verb::HandOff => Pick::Copy(Clean::owned(format!("{}: {}", finding.message, remedy.summary))),
        Verb::SetUsageLocation if to_user => Pick::Begin(Intent::Locate, target.clone()),
        Verb::Reprocess if to_user => Pick::Plan(Deed::Reprocess, target.clone()),
        Verb::AssignLicense if to_user => Pick::Begin(Intent::Assign, target.clone()),
        Verb::RemoveLicense if to_user => match finding.found.sku {
            Some(sku) => Pick::Plan(Deed::Remove(sku), target.clone()),
            None => Pick::Begin(Intent::Remove, target.clone()),
        },
        _ => Pick::Back,
    };
    let why_not = match (&remedy.why_not, &pick) {
        (Some(why), _) => Err(why.clone()),
        (None, _) if !remedy.possible => Err("not possible here".to_owned()),
        (None, Pick::Back) if !to_user => Err("choose its users in Users (2) and reprocess those".to_owned()),
        (None, Pick::Back) => Err(format!("{} cannot be planned here yet", remedy.verb)),
        (None, _) => Ok(()),
    };
    let label = match remedy.verb {
        Verb::HandOff => format!("copy for the owner: {}", remedy.summary),
        _ => remedy.summary.clone(),
    };
    Choice::new(label, pick).note(finding.found.kind.code()).only_if(why_not)
}

/// The kind that `F` is about: the one under the cursor, or that of the finding under it.
fn kind_here(state: &State) -> Option<Kind> {
    if state.kind_open {
        match state.list(List::Findings).cursor {
            Some(Item::Finding(found)) => Some(found.kind),
            _ => state.kind,
        }
    } else {
        state.kind
    }
}

/// Whether every user of the kind here can be planned for.
pub(in crate::app) fn kind_available(state: &State) -> Result<(), String> {
    let kind = kind_here(state).ok_or("put the cursor on one kind first")?;
    let snapshot = state.snapshot.as_ref().ok_or("nothing is loaded yet")?;
    if kind.subject() != Subject::User || deed_for(kind).is_none() {
        return Err(format!("{} is not fixed user by user", kind.code()));
    }
    if snapshot.findings().is_pending(kind) {
        return Err("still loading: not every user of this kind is known yet".to_owned());
    }
    if snapshot.findings().checked().all(|k| k != kind) {
        return Err("part of the tenant could not be read, so not every user of this kind is known".to_owned());
    }
    if snapshot.findings().count(kind) == 0 {
        return Err(format!("there is no finding {}", kind.code()));
    }
    Ok(())
}

pub(super) fn kind(state: &mut State) {
    let (Some(kind), Some(snapshot)) = (kind_here(state), state.snapshot.clone()) else { return };
    let Some((title, deed)) = deed_for(kind) else { return };
    let count = snapshot.findings().count(kind);
    let label = Clean::owned(format!("all {count} findings {}", kind.code()));
    let target = Target { whom: Whom::AllOf(kind), marks_of: None, label: label.clone() };
    let choices = vec![
        Choice::new("cancel", Pick::Back),
        Choice::new(format!("{title} of every user with {}", kind.code()), pick(deed, target)),
    ];
    open(state, format!("Fix {label}"), choices, "");
}
