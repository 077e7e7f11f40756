//! The arguments of `plan`, `apply` and `runs`, as clap reads them. The doc comments are the help texts.

use std::path::PathBuf;
use std::time::Duration;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Subcommand, ValueEnum};

use crate::domain::kind::Kind;
use crate::domain::remedy::Verb;
use crate::run::repair::apply::ApplyRequest;
use crate::run::repair::confirm::ConfirmFlags;
use crate::run::repair::plan::PlanRequest;
use crate::run::repair::runs::{Format, RunsRequest};

/// What to plan.
#[derive(Debug, Clone, Args)]
pub(super) struct PlanArgs {
    /// Repair every finding of this kind (may be repeated)
    #[arg(long, value_name = "KIND", value_parser = super::args::kind)]
    kind: Vec<Kind>,
    /// How; needed unless the kind has one remedy only
    #[arg(long, value_name = "VERB", value_parser = verb())]
    verb: Option<Verb>,
    /// These users: a filter, or @FILE with one id or UPN a line or CSV with the headers user and --set keys
    #[arg(long, value_name = "QUERY|@FILE")]
    users: Option<String>,
    /// These groups: a filter, or @FILE
    #[arg(long, value_name = "QUERY|@FILE", conflicts_with = "users")]
    groups: Option<String>,
    /// sku, to-sku, enable, disable, group or location (may be repeated)
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// Where the plan is written, whole or not at all
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
}

fn verb() -> impl TypedValueParser<Value = Verb> {
    let find = |word: &str| Verb::PLANNED.into_iter().find(|verb| verb.as_str() == word);
    PossibleValuesParser::new(Verb::PLANNED.map(Verb::as_str))
        .try_map(move |word| find(&word).ok_or_else(|| format!("`{word}` is no verb")))
}

impl PlanArgs {
    /// The request.
    pub(super) fn request(&self) -> PlanRequest {
        PlanRequest {
            kinds: self.kind.clone(),
            verb: self.verb,
            users: self.users.clone(),
            groups: self.groups.clone(),
            set: self.set.clone(),
            file: self.output.clone(),
        }
    }
}

/// How a plan is confirmed.
#[derive(Debug, Clone, Args)]
struct ConfirmArgs {
    /// Confirm: this many people are affected
    #[arg(long, value_name = "N")]
    yes_count: Option<usize>,
    /// Confirm: this is the default domain of the tenant
    #[arg(long, value_name = "DOMAIN")]
    yes_tenant: Option<String>,
    /// Leave out objects that changed since the plan was made, instead of writing nothing
    #[arg(long)]
    skip_drifted: bool,
    /// How long to wait for effects, for example 90s or 10m
    #[arg(long, value_name = "DURATION", default_value = "10m", value_parser = duration)]
    wait: Duration,
    /// Check everything, print the requests, send nothing
    #[arg(long)]
    dry_run: bool,
}

impl ConfirmArgs {
    fn flags(&self) -> ConfirmFlags {
        ConfirmFlags {
            yes_count: self.yes_count,
            yes_tenant: self.yes_tenant.clone(),
            skip_drifted: self.skip_drifted,
            wait: self.wait,
            dry_run: self.dry_run,
        }
    }
}

/// Seconds, minutes or hours; a bare number is seconds.
fn duration(text: &str) -> Result<Duration, String> {
    let text = text.trim();
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = match text.get(digits.len()..).unwrap_or_default() {
        "" | "s" => 1,
        "m" => 60,
        "h" => 3600,
        _ => return Err("write a duration like 90s, 10m or 1h".to_owned()),
    };
    let number: u64 = digits.parse().map_err(|_| "write a duration like 90s, 10m or 1h".to_owned())?;
    Ok(Duration::from_secs(number.saturating_mul(unit)))
}

/// What to carry out.
#[derive(Debug, Clone, Args)]
pub(super) struct ApplyArgs {
    /// The plan file
    plan: PathBuf,
    #[command(flatten)]
    confirm: ConfirmArgs,
}

impl ApplyArgs {
    /// The request.
    pub(super) fn request(&self) -> ApplyRequest {
        ApplyRequest { file: self.plan.clone(), flags: self.confirm.flags() }
    }
}

/// What to do with runs.
#[derive(Debug, Clone, Args)]
pub(super) struct RunsArgs {
    #[command(subcommand)]
    what: Option<RunsCommand>,
}

#[derive(Debug, Clone, Subcommand)]
enum RunsCommand {
    /// All runs, the latest first
    List,
    /// Each step of a run with its outcome
    Show {
        /// The run, or the beginning of its name
        id: String,
        /// Form of the report
        #[arg(long, value_enum, default_value_t = ShowFormat::Table)]
        format: ShowFormat,
    },
    /// Go on with a run after a crash, or settle what was only accepted
    Resume {
        /// The run
        id: String,
        #[command(flatten)]
        confirm: ConfirmArgs,
    },
    /// Put back what a run changed, as far as it can be
    Undo {
        /// The run
        id: String,
        #[command(flatten)]
        confirm: ConfirmArgs,
    },
    /// Check that no byte of a run was changed; all runs without a name
    Verify {
        /// The run
        id: Option<String>,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum ShowFormat {
    Table,
    Json,
    Csv,
    Markdown,
}

impl From<ShowFormat> for Format {
    fn from(format: ShowFormat) -> Format {
        match format {
            ShowFormat::Table => Format::Table,
            ShowFormat::Json => Format::Json,
            ShowFormat::Csv => Format::Csv,
            ShowFormat::Markdown => Format::Markdown,
        }
    }
}

impl RunsArgs {
    /// The request.
    pub(super) fn request(&self) -> RunsRequest {
        match &self.what {
            None | Some(RunsCommand::List) => RunsRequest::List,
            Some(RunsCommand::Show { id, format }) => RunsRequest::Show(id.clone(), (*format).into()),
            Some(RunsCommand::Resume { id, confirm }) => RunsRequest::Resume(id.clone(), confirm.flags()),
            Some(RunsCommand::Undo { id, confirm }) => RunsRequest::Undo(id.clone(), confirm.flags()),
            Some(RunsCommand::Verify { id }) => RunsRequest::Verify(id.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_seconds_minutes_or_hours() {
        for (text, seconds) in [("90", 90), ("90s", 90), ("10m", 600), ("1h", 3600), ("0", 0)] {
            assert_eq!(duration(text), Ok(Duration::from_secs(seconds)));
        }
        assert!(["", "m", "1d", "-1", "1.5m"].iter().all(|text| duration(text).is_err()));
    }
}
