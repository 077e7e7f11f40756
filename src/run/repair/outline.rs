//! A plan in a screenful of text, for those who decide on it.

use std::fmt::Write as _;

use crate::domain::plan::Plan;
use crate::domain::text::Clean;

/// What a plan says, for those who decide. Cleaned for the terminal.
pub fn outline(plan: &Plan) -> String {
    /// More rows than that are read in the file.
    const SHOWN: usize = 20;
    let mut text = String::new();
    let mut line = |words: &str| {
        // Writing into a String cannot fail.
        let _ = writeln!(text, "{}", Clean::new(words));
    };
    line(&format!("{} in {} ({})", plan.title, plan.tenant.name, plan.tenant.default_domain));
    let people = plan.people();
    line(&format!(
        "{} writes, {people} people affected, {} of {} can be undone",
        plan.steps.len(),
        plan.invertible(),
        plan.steps.len()
    ));
    for seats in &plan.seats {
        line(&format!("seats of {}: {:+} ({} free before)", seats.name, seats.seats, seats.free));
    }
    for warning in &plan.warnings {
        line(&format!("! {warning}"));
    }
    for step in plan.steps.iter().take(SHOWN) {
        line(&format!("  {}  {}", step.label(), step.predicted.summary));
        for risk in &step.predicted.risks {
            line(&format!("      may fail: {risk}"));
        }
    }
    for off in &plan.hand_offs {
        line(&format!("  {}: {} {} = {} ({})", off.owner, off.object, off.attribute, off.value, off.reason));
    }
    if plan.steps.len() > SHOWN {
        line(&format!("  … and {} more", plan.steps.len() - SHOWN));
    }
    for refused in plan.refusals.iter().take(SHOWN) {
        let name = if refused.upn.is_empty() { refused.target.to_string() } else { refused.upn.clone() };
        line(&format!("  not {name}: {}", refused.why));
    }
    if plan.refusals.len() > SHOWN {
        line(&format!("  … and {} more that cannot be changed", plan.refusals.len() - SHOWN));
    }
    text
}
