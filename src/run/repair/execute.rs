//! What `apply`, `runs resume` and `runs undo` share: the right tenant, drift, the run itself, its report and its code.

use std::collections::HashSet;
use std::io::IsTerminal;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::{StreamExt, stream};

use super::confirm::ConfirmFlags;
use crate::config::Settings;
use crate::domain::ids::UserId;
use crate::domain::plan::{Outcome, Permit, Plan, Readiness, readiness};
use crate::domain::text::Clean;
use crate::graph::{Client, UserNow};
use crate::journal::{JournalError, RunLog};
use crate::run::apply::{ApplyOptions, Control, Prior, RunCounts, Watcher, gone, look, resume};
use crate::run::connect::{Connection, check_tenant, connect};
use crate::run::exit::{ExitCode, Failure};
use crate::run::load::interrupted;
use crate::run::{Output, table};

impl From<JournalError> for Failure {
    fn from(error: JournalError) -> Failure {
        match error {
            JournalError::ReadOnly(_) => Failure::denied(error),
            JournalError::NoSuchRun(_) => Failure::usage(error),
            JournalError::OtherPlan(_) => Failure::new(ExitCode::Refused, error),
            _ => Failure::local(error),
        }
    }
}

/// Signs in and makes sure that this is the tenant of the plan. Refused by read-only before anything is sent.
pub(super) async fn open(settings: &Settings, plan: &Plan) -> Result<Connection, Failure> {
    settings.access.writing().map_err(|why| Failure::denied(format_args!("nothing is written: {why}")))?;
    let connection = connect(settings, None).await?;
    connection.access.writing().map_err(|why| Failure::denied(format_args!("nothing is written: {why}")))?;
    let organization = connection.client.organization().await?;
    let organization = organization.ok_or_else(|| Failure::denied("the organization could not be read"))?;
    check_tenant(settings, &organization)?;
    if organization.id != plan.tenant.id || organization.default_domain != plan.tenant.default_domain {
        return Err(Failure::new(
            ExitCode::Refused,
            format_args!(
                "the plan is for {} ({}), this is {} ({}); nothing was written",
                plan.tenant.default_domain, plan.tenant.id, organization.default_domain, organization.id
            ),
        ));
    }
    connection.client.bind_tenant(organization.id)?;
    Ok(connection)
}

/// The steps whose object is not as the plan showed it. Only the first step of an object is looked at: the others rest
/// on it.
pub(super) async fn drifted(client: &Client, plan: &Plan) -> Result<Vec<(usize, String)>, Failure> {
    /// As many reads at once as a load makes.
    const PARALLEL: usize = 8;
    let mut seen = HashSet::new();
    let first = plan.steps.iter().enumerate().filter(|(_, step)| seen.insert(step.target)).collect::<Vec<_>>();
    let looks = stream::iter(first).map(|(at, step)| async move { (at, step, look(client, step).await) });
    let mut drifted = Vec::new();
    let mut looks = std::pin::pin!(looks.buffered(PARALLEL));
    while let Some((at, step, seen)) = looks.next().await {
        match seen? {
            Some(seen) => {
                if let Readiness::Drifted(why) = seen.now(|now| readiness(step, now)) {
                    drifted.push((at, why));
                }
            }
            None => drifted.push((at, gone(step.target).to_owned())),
        }
    }
    Ok(drifted)
}

/// Says what drifted, and stops there unless the operator said to leave those out.
pub(super) fn judge_drift(
    plan: &Plan,
    drifted: &[(usize, String)],
    flags: &ConfirmFlags,
    output: &mut Output<'_>,
) -> Result<(), Failure> {
    for (at, why) in drifted {
        let label = plan.steps.get(*at).map(|s| s.label()).unwrap_or_default();
        writeln!(output.messages, "{}: {}", Clean::new(label), Clean::new(why))?;
    }
    if drifted.is_empty() || flags.skip_drifted {
        return Ok(());
    }
    Err(Failure::new(
        ExitCode::Refused,
        format_args!(
            "{} of {} objects changed since the plan was made; nothing was written: plan again, or --skip-drifted",
            drifted.len(),
            plan.steps.len()
        ),
    ))
}

/// Counts what is over, for the progress line.
#[derive(Default)]
struct Progress {
    over: AtomicUsize,
    stopped: std::sync::Mutex<Option<String>>,
}

impl Watcher for Progress {
    fn outcome(&self, _: usize, outcome: &Outcome) {
        // An accepted step is told of once more when it is settled; the line may run behind by those.
        if !matches!(outcome, Outcome::Accepted { .. }) {
            self.over.fetch_add(1, Ordering::Relaxed);
        }
    }
    fn user(&self, _: &UserNow) {}
    fn gone(&self, _: UserId) {}
    fn stopped(&self, why: &str) {
        *self.stopped.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(why.to_owned());
    }
}

/// Carries out a plan whose intent is on disk, reports each step, and says how it ended. A signal stops what is not
/// sent yet; what is in flight is awaited and journaled.
pub(super) async fn carry(
    connection: Connection,
    (log, permit): (RunLog, Permit),
    (plan, prior): (Arc<Plan>, Vec<Prior>),
    flags: &ConfirmFlags,
    output: &mut Output<'_>,
) -> Result<ExitCode, Failure> {
    let id = log.id().to_string();
    // Listening before anything is sent, and with one ear: a signal between two listeners would be lost or would kill.
    let mut stop = std::pin::pin!(interrupted());
    let mut signal = futures_util::future::poll_immediate(stop.as_mut()).await;
    writeln!(output.messages, "run {id}: {}", Clean::new(&plan.title))?;
    let options = ApplyOptions { wait: flags.wait, ..ApplyOptions::default() };
    let (control, progress) = (Control::default(), Arc::new(Progress::default()));
    let watcher: Arc<dyn Watcher> = progress.clone();
    let run = resume(connection.client, (log, permit), (Arc::clone(&plan), prior), options, control.clone(), watcher);
    tokio::pin!(run);
    let watched = std::io::stderr().is_terminal();
    let mut tick = tokio::time::interval(Duration::from_millis(200));
    if signal.is_some() {
        control.cancel.cancel();
    }
    let end = loop {
        tokio::select! {
            end = &mut run => break end,
            _ = tick.tick(), if watched => {
                let over = progress.over.load(Ordering::Relaxed);
                // Progress that cannot be shown is no reason to stop.
                let _ = write!(output.messages, "\r{over} of {} steps ", plan.steps.len());
                let _ = output.messages.flush();
            }
            code = stop.as_mut(), if signal.is_none() => {
                signal = Some(code);
                control.cancel.cancel();
                let _ = writeln!(output.messages, "\nstopping: what is in flight ends first; `tenantry runs resume {id}` goes on");
            }
        }
    };
    if watched {
        let _ = write!(output.messages, "\r{:40}\r", "");
    }
    let outcomes = end?;
    if let Some(why) = progress.stopped.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take() {
        writeln!(output.messages, "{}", Clean::new(&why))?;
    }
    // The pipe may be closed; the code still says how the run ended.
    let reported = report(&plan, &outcomes, output);
    let _ = writeln!(output.messages, "{}", RunCounts::of(&outcomes));
    match reported {
        Err(error) if error.code() != ExitCode::Clean => return Err(error),
        _ => {}
    }
    Ok(signal.unwrap_or_else(|| code(&outcomes)))
}

/// A row for each step.
pub(super) fn report(plan: &Plan, outcomes: &[Outcome], output: &mut Output<'_>) -> Result<(), Failure> {
    let clean = |text: &str| Clean::new(text).to_string();
    let rows: Vec<Vec<String>> = plan
        .steps
        .iter()
        .zip(outcomes)
        .map(|(step, outcome)| {
            vec![
                outcome.word().to_owned(),
                clean(step.label()),
                clean(&step.predicted.summary),
                clean(&outcome.why().unwrap_or_default()),
            ]
        })
        .collect();
    table::write(output.out, &["OUTCOME", "OBJECT", "CHANGE", "WHY"], &rows, output.width, 2)?;
    output.out.flush()?;
    Ok(())
}

/// The exit code of outcomes: uncertain wins over refused.
pub(super) fn code<'a>(outcomes: impl IntoIterator<Item = &'a Outcome>) -> ExitCode {
    outcomes.into_iter().fold(ExitCode::Clean, |code, outcome| {
        code.and(match outcome {
            Outcome::Done | Outcome::AlreadyTrue => ExitCode::Clean,
            Outcome::Accepted { .. } | Outcome::Unknown { .. } => ExitCode::Uncertain,
            Outcome::StillFailing { .. } | Outcome::Refused { .. } | Outcome::Failed { .. } | Outcome::NotSent => {
                ExitCode::Refused
            }
        })
    })
}
