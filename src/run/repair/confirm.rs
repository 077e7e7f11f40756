//! Confirming without a dialog: by flags that say what the plan says, or by answering on the terminal.

use std::io::IsTerminal;
use std::sync::Arc;
use std::time::Duration;

use super::outline::outline;
use crate::domain::plan::{Answer, Confirmed, Gate, Plan};
use crate::run::Output;
use crate::run::exit::{ExitCode, Failure};

/// The flags of `apply`, `runs resume` and `runs undo`.
#[derive(Debug, Clone)]
pub struct ConfirmFlags {
    /// How many people the operator expects to be affected.
    pub yes_count: Option<usize>,
    /// The default domain that the operator expects.
    pub yes_tenant: Option<String>,
    /// Objects that changed since the plan was made are left out instead of stopping everything.
    pub skip_drifted: bool,
    /// How long the effect of a write that was taken is waited for.
    pub wait: Duration,
    /// Check everything and send nothing.
    pub dry_run: bool,
}

/// Whether the flags fit the plan. What they say must be true even where the gate does not ask for it.
pub fn check(plan: &Plan, flags: &ConfirmFlags) -> Result<(), Failure> {
    let refused = |why: String| Err(Failure::new(ExitCode::Refused, format_args!("{why}; nothing was written")));
    let people = plan.people();
    if let Some(count) = flags.yes_count.filter(|count| *count != people) {
        return refused(format!("the plan affects {people} people, not {count}"));
    }
    let own = &plan.tenant.default_domain;
    match &flags.yes_tenant {
        Some(domain) if !domain.trim().eq_ignore_ascii_case(own) => {
            refused(format!("the plan is for {own}, not for {domain}"))
        }
        _ => Ok(()),
    }
}

/// The proof that somebody confirmed: by the flags, or on the terminal.
pub fn confirm(plan: &Arc<Plan>, flags: &ConfirmFlags, output: &mut Output<'_>) -> Result<Confirmed, Failure> {
    check(plan, flags)?;
    let gate = plan.gate();
    let (answer, wanted) = match &gate {
        Gate::Key => (flags.yes_count.map(|_| Answer::Yes), format!("--yes-count {}", plan.people())),
        Gate::Count(count) => {
            (flags.yes_count.map(|_| Answer::Typed(count.to_string())), format!("--yes-count {count}"))
        }
        Gate::Domain(domain) => {
            (flags.yes_tenant.as_ref().map(|_| Answer::Typed(domain.clone())), format!("--yes-tenant {domain}"))
        }
        Gate::Nothing | Gate::NoTenant => (None, String::new()),
    };
    let answer = match (answer, &gate) {
        (Some(answer), _) => answer,
        (None, Gate::Nothing | Gate::NoTenant) => Answer::Yes,
        (None, _) => ask(plan, &gate, &wanted, output)?,
    };
    Gate::confirm(plan, &answer)
        .map_err(|why| Failure::new(ExitCode::Refused, format_args!("{why} Nothing was written.")))
}

fn ask(plan: &Plan, gate: &Gate, wanted: &str, output: &mut Output<'_>) -> Result<Answer, Failure> {
    let stdin = std::io::stdin();
    if !stdin.is_terminal() || !std::io::stderr().is_terminal() {
        return Err(Failure::usage(format_args!(
            "nobody can be asked here: review the plan and confirm it with {wanted}"
        )));
    }
    write!(output.messages, "{}", outline(plan))?;
    let prompt = match gate {
        Gate::Key => "Type y and Enter to confirm.".to_owned(),
        other => other.prompt(),
    };
    // What was typed before the question stood there is no answer to it.
    let _ = rustix::termios::tcflush(&stdin, rustix::termios::QueueSelector::IFlush);
    write!(output.messages, "{} ", crate::domain::text::Clean::new(&prompt))?;
    output.messages.flush()?;
    let mut line = String::new();
    stdin.read_line(&mut line).map_err(|error| Failure::local(format_args!("cannot read the answer: {error}")))?;
    let line = line.trim();
    Ok(match gate {
        Gate::Key if line.eq_ignore_ascii_case("y") => Answer::Yes,
        _ => Answer::Typed(line.to_owned()),
    })
}
