//! What it takes to confirm a plan, and the proof that somebody did.

use std::sync::Arc;

use super::Plan;

/// From this many people on, the number is typed.
pub const TYPED_COUNT_FROM: usize = 20;

/// What the operator has to do. People affected decide, not steps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Gate {
    /// There is nothing to write.
    Nothing,
    /// The organization could not be read: there is no way to confirm.
    NoTenant,
    /// Up to 19 people: the key `y`.
    Key,
    /// 20 or more: the number is typed.
    Count(usize),
    /// Something is taken away from at least 20 people and more than a tenth of the tenant: its domain is typed.
    Domain(String),
}

/// What the operator did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Pressed `y`.
    Yes,
    /// Typed this and pressed Enter.
    Typed(String),
}

/// The answer does not confirm the plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Mismatch {
    /// Nothing to confirm.
    #[error("there is nothing to write")]
    Nothing,
    /// No tenant to confirm for.
    #[error("the organization could not be read, so nothing can be confirmed")]
    NoTenant,
    /// Something else is asked for.
    #[error("{0}")]
    Wanted(String),
}

/// A plan that somebody confirmed as it was shown. Made by [`Gate::confirm`] only.
#[derive(Debug, Clone)]
pub struct Confirmed {
    plan: Arc<Plan>,
}

impl Confirmed {
    /// The plan.
    pub fn plan(&self) -> &Arc<Plan> {
        &self.plan
    }
}

impl Gate {
    pub(super) fn of(plan: &Plan) -> Gate {
        let people = plan.people();
        if plan.steps.is_empty() {
            Gate::Nothing
        } else if plan.tenant.default_domain.is_empty() {
            Gate::NoTenant
        } else if people < TYPED_COUNT_FROM {
            Gate::Key
        } else if plan.takes_away && people as u64 * 10 > plan.tenant.users {
            Gate::Domain(plan.tenant.default_domain.clone())
        } else {
            Gate::Count(people)
        }
    }

    /// What to do, in words.
    pub fn prompt(&self) -> String {
        match self {
            Gate::Nothing => "Nothing can be written.".to_owned(),
            Gate::NoTenant => "The organization could not be read: nothing can be confirmed.".to_owned(),
            Gate::Key => "Press y to confirm.".to_owned(),
            Gate::Count(count) => format!("Type {count} and Enter to confirm."),
            Gate::Domain(domain) => format!("Type {domain} and Enter to confirm."),
        }
    }

    /// Confirms a plan, if the answer is what its gate asks for.
    pub fn confirm(plan: &Arc<Plan>, answer: &Answer) -> Result<Confirmed, Mismatch> {
        let gate = plan.gate();
        let matches = match (&gate, answer) {
            (Gate::Nothing, _) => return Err(Mismatch::Nothing),
            (Gate::NoTenant, _) => return Err(Mismatch::NoTenant),
            (Gate::Key, Answer::Yes) => true,
            (Gate::Count(count), Answer::Typed(text)) => text.trim() == count.to_string(),
            (Gate::Domain(domain), Answer::Typed(text)) => text.trim().eq_ignore_ascii_case(domain),
            _ => false,
        };
        if matches { Ok(Confirmed { plan: Arc::clone(plan) }) } else { Err(Mismatch::Wanted(gate.prompt())) }
    }
}
