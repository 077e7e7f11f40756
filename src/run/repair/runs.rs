//! `tenantry runs`: what was written, by whom, with which outcome; going on with a run, and taking one back.

use std::sync::Arc;

use super::apply;
use super::confirm::{ConfirmFlags, check, confirm};
use super::execute::{carry, code, open, report};
use super::journal;
use crate::config::Settings;
use crate::domain::plan::{Outcome, undo};
use crate::domain::text::Clean;
use crate::journal::{Journal, RunEntry, RunRecord, RunSummary};
use crate::run::apply::Prior;
use crate::run::audit_csv::records;
use crate::run::audit_output::json;
use crate::run::exit::{ExitCode, Failure};
use crate::run::load::runtime;
use crate::run::{Output, clock, table};

/// What `runs` was asked for.
#[derive(Debug, Clone)]
pub enum RunsRequest {
    /// All runs, the latest first.
    List,
    /// Each step of a run.
    Show(String, Format),
    /// Go on with a run.
    Resume(String, ConfirmFlags),
    /// Take a run back.
    Undo(String, ConfirmFlags),
    /// Whether runs are as they were written: one, or all.
    Verify(Option<String>),
}

/// The form in which a run is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For eyes.
    Table,
    /// One object.
    Json,
    /// For spreadsheets.
    Csv,
    /// For tickets.
    Markdown,
}

/// Does what was asked for.
pub fn runs(settings: &Settings, request: &RunsRequest, output: &mut Output<'_>) -> Result<ExitCode, Failure> {
    let journal = journal(settings)?;
    match request {
        RunsRequest::List => list(&journal, output),
        RunsRequest::Show(id, format) => show(&journal, id, *format, output),
        RunsRequest::Verify(id) => verify(&journal, id.as_deref(), output),
        RunsRequest::Resume(id, flags) => go_on(settings, &journal, id, flags, output),
        RunsRequest::Undo(id, flags) => {
            let record = journal.read(journal.named(id)?.as_str())?;
            let plan = Arc::new(undo(&record.plan, &record.outcomes(), clock::now()));
            for refused in &plan.refusals {
                writeln!(output.messages, "not {}: {}", Clean::new(&refused.upn), Clean::new(&refused.why))?;
            }
            if plan.steps.is_empty() {
                return Err(Failure::new(ExitCode::Refused, "nothing of this run can be undone"));
            }
            apply::run(settings, &plan, flags, output)
        }
    }
}

fn state(run: &RunSummary) -> &'static str {
    match (run.damage.is_some(), run.running, run.finished.is_some()) {
        (true, ..) => "damaged",
        (_, true, _) => "running",
        (_, _, true) => "finished",
        _ => "interrupted",
    }
}

fn list(journal: &Journal, output: &mut Output<'_>) -> Result<ExitCode, Failure> {
    let runs = journal.list()?;
    let rows: Vec<Vec<String>> = runs
        .iter()
        .map(|run| {
            let mut counts: Vec<String> = run.counts.iter().map(|(word, n)| format!("{n} {word}")).collect();
            if run.in_flight > 0 {
                counts.push(format!("{} in flight", run.in_flight));
            }
            let title = run.damage.as_deref().unwrap_or(&run.title);
            vec![
                run.id.to_string(),
                state(run).to_owned(),
                Clean::new(&run.tenant_name).to_string(),
                run.steps.to_string(),
                counts.join(", "),
                Clean::new(title).to_string(),
            ]
        })
        .collect();
    table::write(output.out, &["RUN", "STATE", "TENANT", "STEPS", "OUTCOMES", "WHAT"], &rows, output.width, 2)?;
    output.out.flush()?;
    Ok(ExitCode::Clean)
}

fn show(journal: &Journal, id: &str, format: Format, output: &mut Output<'_>) -> Result<ExitCode, Failure> {
    let record = journal.read(journal.named(id)?.as_str())?;
    let outcomes: Vec<Outcome> = priors(&record).into_iter().map(shown).collect();
    if format == Format::Json {
        json(&run_document(&record, &outcomes), output.out)?;
        return Ok(ExitCode::Clean);
    }
    if format == Format::Csv {
        records(output.out, &["outcome", "object", "id", "change", "why"], rows(&record, &outcomes))?;
        return Ok(ExitCode::Clean);
    }
    let ended = record.finished().map_or_else(|| "not finished".to_owned(), |at| format!("finished {at}"));
    let who = if record.who.is_empty() { "somebody" } else { &record.who };
    writeln!(
        output.out,
        "{}\n{} in {}, by {}, {ended}\n",
        record.id,
        Clean::new(&record.plan.title),
        Clean::new(&record.plan.tenant.default_domain),
        Clean::new(who)
    )?;
    if format == Format::Markdown {
        writeln!(output.out, "| Outcome | Object | Id | Change | Why |\n|---|---|---|---|---|")?;
        for row in rows(&record, &outcomes) {
            let cells: Vec<String> = row.iter().map(|cell| Clean::new(cell).as_str().replace('|', "\\|")).collect();
            writeln!(output.out, "| {} |", cells.join(" | "))?;
        }
        return Ok(ExitCode::Clean);
    }
    report(&record.plan, &outcomes, output)?;
    for (at, step) in record.plan.steps.iter().enumerate() {
        if let Some((before, after)) = record.addresses_changed(at) {
            let (before, after) = (before.join(", "), after.join(", "));
            writeln!(
                output.out,
                "addresses of {} changed: {} -> {}",
                Clean::new(step.label()),
                Clean::new(&before),
                Clean::new(&after)
            )?;
        }
    }
    Ok(ExitCode::Clean)
}

/// The cells of each step.
fn rows<'a>(record: &'a RunRecord, outcomes: &'a [Outcome]) -> impl Iterator<Item = Vec<String>> + 'a {
    record.plan.steps.iter().zip(outcomes).map(|(step, outcome)| {
        vec![
            outcome.word().to_owned(),
            step.label().to_owned(),
            step.target.to_string(),
            step.predicted.summary.clone(),
            outcome.why().unwrap_or_default(),
        ]
    })
}

/// A run as one object. Cleaned like everything that may reach a terminal.
fn run_document(record: &RunRecord, outcomes: &[Outcome]) -> serde_json::Value {
    let clean = |text: &str| Clean::new(text).to_string();
    let steps: Vec<serde_json::Value> = rows(record, outcomes)
        .map(|row| {
            let mut cells = row.iter().map(|cell| clean(cell));
            let mut next = || cells.next().unwrap_or_default();
            serde_json::json!({"outcome": next(), "object": next(), "id": next(), "change": next(), "why": next()})
        })
        .collect();
    serde_json::json!({
        "schema": "tenantry.run-report/1",
        "run": record.id.as_str(),
        "title": clean(&record.plan.title),
        "tenant": record.plan.tenant.id,
        "who": clean(&record.who),
        "started": record.started.to_string(),
        "finished": record.finished().map(|at| at.to_string()),
        "steps": steps,
    })
}

/// What a list says of a step whose outcome is not in the journal.
fn shown(prior: Prior) -> Outcome {
    match prior {
        Prior::Fresh => Outcome::NotSent,
        Prior::Sent { at } => Outcome::Unknown { why: format!("sent at {at}, no outcome yet: `tenantry runs resume`") },
        Prior::Accepted { sent } => Outcome::Accepted { since: sent },
        Prior::Settled(outcome) => outcome,
    }
}

fn verify(journal: &Journal, id: Option<&str>, output: &mut Output<'_>) -> Result<ExitCode, Failure> {
    let ids = match id {
        Some(id) => vec![journal.named(id)?.to_string()],
        None => journal.list()?.into_iter().map(|run| run.id.to_string()).collect(),
    };
    let mut end = ExitCode::Clean;
    for id in ids {
        match journal.verify(&id) {
            Ok(()) => writeln!(output.out, "{id}  intact")?,
            Err(error) => {
                writeln!(output.out, "{id}  {error}")?;
                end = end.and(ExitCode::Local);
            }
        }
    }
    Ok(end)
}

/// What is known of each step of a run.
pub fn priors(record: &RunRecord) -> Vec<Prior> {
    let steps = record.plan.steps.len();
    let (mut priors, mut sent) = (vec![Prior::Fresh; steps], vec![None; steps]);
    for entry in &record.entries {
        let (step, prior) = match entry {
            RunEntry::Sending { step, at } => {
                if let Some(slot) = sent.get_mut(*step) {
                    *slot = Some(*at);
                }
                (*step, Prior::Sent { at: *at })
            }
            RunEntry::Outcome { step, at, result } => {
                let sent = sent.get(*step).copied().flatten().unwrap_or(*at);
                let prior = match result {
                    Outcome::NotSent => Prior::Fresh,
                    Outcome::Unknown { .. } => Prior::Sent { at: sent },
                    Outcome::Accepted { .. } => Prior::Accepted { sent },
                    other => Prior::Settled(other.clone()),
                };
                (*step, prior)
            }
            RunEntry::Addresses { .. } | RunEntry::Finished { .. } | RunEntry::Resumed { .. } => continue,
        };
        if let Some(slot) = priors.get_mut(step) {
            *slot = prior;
        }
    }
    priors
}

fn go_on(
    settings: &Settings,
    journal: &Journal,
    id: &str,
    flags: &ConfirmFlags,
    output: &mut Output<'_>,
) -> Result<ExitCode, Failure> {
    let id = journal.named(id)?;
    let record = journal.read(id.as_str())?;
    let known = priors(&record);
    let settled = known.iter().filter_map(|p| if let Prior::Settled(outcome) = p { Some(outcome) } else { None });
    let plan = Arc::new(record.plan.clone());
    check(&plan, flags)?;
    if known.iter().all(|p| matches!(p, Prior::Settled(_))) && record.finished().is_some() {
        writeln!(output.messages, "run {id} is over: every step has its outcome")?;
        return Ok(code(settled));
    }
    writeln!(output.messages, "{} of {} steps have their outcome", settled.count(), known.len())?;
    runtime()?.block_on(async {
        let connection = open(settings, &plan).await?;
        if flags.dry_run {
            return Ok(ExitCode::Clean);
        }
        let confirmed = confirm(&plan, flags, output)?;
        let (log, permit, record) =
            journal.resume(&connection.access, &id, &confirmed, clock::now(), &connection.who)?;
        carry(connection, (log, permit), (Arc::clone(&plan), priors(&record)), flags, output).await
    })
}
