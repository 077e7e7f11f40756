//! Builds what a person reads of a finding: the sentence, the plans with their paths, the evidence, the remedies.

mod shared;
mod states;
mod users;

use serde_json::{Map, Value, json};

use super::remedies;
use crate::domain::facts::{Path, Tenant};
use crate::domain::finding::{Evidence, Finding, Found};
use crate::domain::learned::Said;
use crate::domain::names;

/// Everything there is to say about a finding.
pub fn describe<T: Tenant>(found: &Found, tenant: &T) -> Finding {
    let mut finding = Finding {
        found: *found,
        path: None,
        plans: Vec::new(),
        root: None,
        graph: None,
        since: None,
        message: String::new(),
        details: Map::new(),
        remedies: Vec::new(),
    };
    match (found.user, found.group, found.sku) {
        (Some(user), ..) => match tenant.row_of(user) {
            Some(row) if found.kind.is_state() => tenant.with_user(row, |facts| {
                let path = found.group.map_or(Path::Direct, Path::Group);
                let state = facts.states.iter().find(|s| Some(s.sku) == found.sku && s.path == path);
                if let Some(state) = state {
                    states::describe(&mut finding, state, row, facts, tenant);
                }
            }),
            Some(row) => tenant.with_user(row, |facts| users::describe(&mut finding, facts, tenant)),
            None => finding.message = "The user is no longer there.".to_owned(),
        },
        (None, Some(group), _) => shared::group(&mut finding, group, tenant),
        (None, None, Some(sku)) => shared::sku(&mut finding, sku, tenant),
        (None, None, None) => {}
    }
    remedies::add(&mut finding, tenant);
    finding
}

fn evidence(finding: &mut Finding, evidence: Evidence) {
    finding.details.insert("evidence".into(), serde_json::to_value(evidence).unwrap_or(Value::Null));
}

/// Keeps the words that something was learned from: readable, with where and when.
fn said<T: Tenant>(finding: &mut Finding, said: &Said, tenant: &T) {
    finding.details.insert(
        "learned".into(),
        json!({ "source": said.source, "at": said.at, "text": names::readable(&said.text, tenant) }),
    );
}
