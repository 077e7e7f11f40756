//! `tenantry apply`: a reviewed plan file, checked in every respect before the first write.

use std::path::PathBuf;
use std::sync::Arc;

use super::confirm::{ConfirmFlags, check, confirm};
use super::execute::{carry, drifted, judge_drift, open};
use super::journal;
use crate::config::Settings;
use crate::domain::plan::Plan;
use crate::run::exit::{ExitCode, Failure};
use crate::run::load::runtime;
use crate::run::{Output, clock};

/// What `apply` was asked for.
#[derive(Debug, Clone)]
pub struct ApplyRequest {
    /// The plan file.
    pub file: PathBuf,
    /// How it is confirmed.
    pub flags: ConfirmFlags,
}

/// Reads the plan, checks everything, asks, carries it out.
pub fn apply(settings: &Settings, request: &ApplyRequest, output: &mut Output<'_>) -> Result<ExitCode, Failure> {
    let path = request.file.display();
    let text = std::fs::read_to_string(&request.file)
        .map_err(|error| Failure::usage(format_args!("cannot read {path}: {error}")))?;
    let plan = Plan::from_document(&text)
        .map_err(|why| Failure::new(ExitCode::Refused, format_args!("{path}: {why}; nothing was written")))?;
    run(settings, &Arc::new(plan), &request.flags, output)
}

/// Carries out a plan: everything is checked first, then it is confirmed, then journaled, then written.
pub(super) fn run(
    settings: &Settings,
    plan: &Arc<Plan>,
    flags: &ConfirmFlags,
    output: &mut Output<'_>,
) -> Result<ExitCode, Failure> {
    check(plan, flags)?;
    if plan.steps.is_empty() {
        return Err(Failure::new(ExitCode::Refused, "the plan writes nothing: every object is refused, see the file"));
    }
    runtime()?.block_on(async {
        let connection = open(settings, plan).await?;
        let drifted = drifted(&connection.client, plan).await?;
        judge_drift(plan, &drifted, flags, output)?;
        if flags.dry_run {
            for step in &plan.steps {
                writeln!(output.out, "{}", step.graph_line())?;
            }
            writeln!(
                output.messages,
                "{} requests would be sent; nothing was written",
                plan.steps.len() - drifted.len()
            )?;
            return Ok(ExitCode::Clean);
        }
        let journal = journal(settings)?;
        let confirmed = confirm(plan, flags, output)?;
        let begun = journal.begin(&connection.access, &confirmed, clock::now(), &connection.who)?;
        carry(connection, begun, (Arc::clone(plan), Vec::new()), flags, output).await
    })
}
