//! What a verb asks before it plans: which usage location, which product.

use std::collections::BTreeMap;

use crate::app::effect::Deed;
use crate::app::layer::{Choice, Chooser, Form, Intent, Layer, Pick, Target, Whom};
use crate::app::state::State;
use crate::domain::facts::{Path, Sku, Tenant};
use crate::domain::ids::{SkuId, UserId};
use crate::domain::location;
use crate::domain::names;
use crate::store::Snapshot;

fn picker(state: &mut State, title: String, choices: Vec<Choice>) {
    state.layers.push(Layer::Chooser(Chooser::picker(Form::Picker, title, choices)));
}

/// Every usage location; what the organization or the user's own country suggests comes first.
pub(super) fn location_picker(state: &mut State, target: Target) {
    let default = state
        .snapshot
        .as_ref()
        .and_then(|s| s.organization())
        .and_then(|o| o.default_usage_location.clone().or_else(|| o.country.clone()));
    let own = match (&target.whom, &state.snapshot) {
        (Whom::Users(users), Some(snapshot)) if users.len() == 1 => {
            snapshot.user(users[0]).and_then(|u| u.country()).map(str::to_owned)
        }
        _ => None,
    };
    let mut choices: Vec<(u8, Choice)> = location::all()
        .map(|(code, name)| {
            let is = |hint: &Option<String>| {
                hint.as_deref().is_some_and(|h| h.eq_ignore_ascii_case(code.as_str()) || h.eq_ignore_ascii_case(name))
            };
            let (rank, note) = match (is(&own), is(&default)) {
                (true, _) => (0, "the user's country attribute"),
                (_, true) => (1, "the organization's"),
                _ => (2, ""),
            };
            let choice = Choice::new(format!("{code}  {name}"), Pick::Plan(Deed::Locate(code), target.clone()));
            (rank, choice.note(note))
        })
        .collect();
    choices.sort_by_key(|(rank, _)| *rank);
    let choices = choices.into_iter().map(|(_, choice)| choice).collect();
    picker(state, format!("Usage location for {}: type a code or a country", target.label), choices);
}

/// Assign or remove.
pub(super) fn menu(state: &mut State, target: Target) {
    let removable = match (&state.snapshot, &target.whom) {
        (Some(snapshot), Whom::Users(users)) => can_remove(users, snapshot),
        _ => Ok(()),
    };
    let choices = vec![
        Choice::new("assign a product", Pick::Begin(Intent::Assign, target.clone())).letter('a'),
        Choice::new("remove a direct license", Pick::Begin(Intent::Remove, target.clone()))
            .letter('r')
            .only_if(removable),
    ];
    state.layers.push(Layer::Chooser(Chooser::menu(format!("Licenses of {}", target.label), choices)));
}

/// Why a product cannot be assigned.
fn assignable(sku: &Sku) -> Result<(), String> {
    if !sku.for_users {
        Err("applies to the company, not to users".to_owned())
    } else if matches!(sku.capability.as_str(), "Suspended" | "Deleted" | "LockedOut") {
        Err(format!("the subscription is {}", sku.capability))
    } else if sku.free() <= 0 {
        Err("no seat is free".to_owned())
    } else {
        Ok(())
    }
}

/// The tenant's products with their free seats.
pub(super) fn assign_picker(state: &mut State, target: Target) {
    let Some(snapshot) = state.snapshot.clone() else { return };
    let mut choices: Vec<(bool, Choice)> = snapshot
        .skus()
        .iter()
        .map(|sku| {
            let can = assignable(sku);
            let choice = Choice::new(sku.name(), Pick::Plan(Deed::Assign(sku.id), target.clone()))
                .also(&sku.part_number)
                .note(format!("{} free of {}", sku.free().max(0), sku.usable()));
            (can.is_err(), choice.only_if(can))
        })
        .collect();
    choices.sort_by(|(a, x), (b, y)| (a, x.label.as_str()).cmp(&(b, y.label.as_str())));
    if choices.is_empty() {
        return state.warn("the tenant's products are not loaded");
    }
    let choices = choices.into_iter().map(|(_, choice)| choice).collect();
    picker(state, format!("Assign to {}", target.label), choices);
}

/// How many of these users have each product directly.
fn direct(users: &[UserId], snapshot: &Snapshot) -> BTreeMap<SkuId, usize> {
    let mut counts: BTreeMap<SkuId, usize> = BTreeMap::new();
    for user in users.iter().filter_map(|id| snapshot.user(*id)) {
        user.facts(|facts| {
            for state in facts.states.iter().filter(|s| s.path == Path::Direct) {
                *counts.entry(state.sku).or_default() += 1;
            }
        });
    }
    counts
}

/// Whether any of these users has a direct license; for one user the reason names the group it comes from.
pub(in crate::app) fn can_remove(users: &[UserId], snapshot: &Snapshot) -> Result<(), String> {
    // For many users the pickers count; asking here would look at each of them with every key.
    let [one] = users else { return Ok(()) };
    let Some(user) = snapshot.user(*one) else { return Err("the user is no longer there".to_owned()) };
    user.facts(|facts| {
        if facts.states.is_empty() {
            return Err("the user has no license".to_owned());
        }
        if facts.states.iter().any(|s| s.path == Path::Direct) {
            return Ok(());
        }
        let group = facts.states.iter().find_map(|s| s.path.group());
        Err(group.map_or_else(String::new, |g| format!("inherited from group {}", names::group(g, snapshot))))
    })
}

/// The products that these users have directly.
pub(super) fn remove_picker(state: &mut State, target: Target) {
    let Some(snapshot) = state.snapshot.clone() else { return };
    let counts = match &target.whom {
        Whom::Users(users) => direct(users, &snapshot),
        Whom::AllOf(_) => snapshot.skus().iter().filter(|s| s.for_users).map(|s| (s.id, 0)).collect(),
    };
    let mut choices: Vec<Choice> = counts
        .into_iter()
        .map(|(sku, count)| {
            let note = match count {
                0 => String::new(),
                1 => "1 user has it directly".to_owned(),
                n => format!("{n} users have it directly"),
            };
            Choice::new(names::sku(sku, &*snapshot), Pick::Plan(Deed::Remove(sku), target.clone())).note(note)
        })
        .collect();
    choices.sort_by(|a, b| a.label.as_str().cmp(b.label.as_str()));
    if choices.is_empty() {
        return state.warn("no license is assigned directly here: inherited ones go with their group");
    }
    picker(state, format!("Remove the direct license from {}", target.label), choices);
}
