//! The arguments, as clap reads them. The doc comments are the help texts.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::config::{Auth, Cloud, Extra, Key, Layer, Theme};
use crate::domain::kind::Kind;
use crate::run::audit::FailOn;
use crate::run::audit_output::{self, AuditRequest};
use crate::run::list::{self, ListRequest, Objects};
use crate::run::rooms::{Misbehavior, Simulated};

/// Explores a Microsoft 365 / Entra ID tenant in the terminal, finds every licensing problem and repairs it.
#[derive(Debug, Parser)]
#[command(
    name = "tenantry",
    version,
    max_term_width = 100,
    subcommand_precedence_over_arg = true,
    disable_help_subcommand = true,
    after_help = "Without a command: the explorer on the tenant. Every common option is also an environment variable \
                  (--graph-url: TENANTRY_GRAPH_URL) and a key of the configuration file. A token comes from \
                  TENANTRY_TOKEN, never from an option. Exit codes: 0 clean, 1 findings, 2 usage, 3 sign-in, \
                  permission or read-only, 4 writes refused, 5 outcomes unknown, 6 Graph unreachable or load \
                  incomplete, 7 local failure."
)]
pub(super) struct Arguments {
    #[command(flatten)]
    pub(super) common: Common,
    #[command(subcommand)]
    pub(super) command: Option<Command>,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// The explorer on a simulated tenant: no account, no network
    Demo(DemoArgs),
    /// Only the simulated tenant, as a server for --graph-url
    Simulate(SimulateArgs),
    /// Find every licensing problem and write a report
    Audit(AuditArgs),
    /// List users, groups or products
    List(ListArgs),
    /// Sign in with a browser or a code and keep the sign-in, so that the next commands do not ask
    ///
    /// Without this command nothing is kept. There is no keyring over SSH: the only place is a file of mode 0600 in
    /// the state directory, which holds the refresh token and nothing else. Whoever can read the file can sign in as
    /// you until `tenantry logout`, or until the tenant ends the session.
    Login(LoginArgs),
    /// Forget the sign-in that `login` kept
    Logout,
    /// Show the merged configuration, who is signed in, and what may be done
    Doctor(DoctorArgs),
    /// Print the keys of the explorer
    Keys,
    /// Print completions for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    Man,
}

/// How to keep a sign-in.
#[derive(Debug, Clone, Copy, Args)]
pub(super) struct LoginArgs {
    /// Where to keep it
    #[arg(long, value_enum, value_name = "WHERE")]
    store: Store,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Store {
    File,
}

/// What to look at.
#[derive(Debug, Clone, Copy, Args)]
pub(super) struct DoctorArgs {
    /// Only the configuration: sign in nowhere, ask nobody
    #[arg(long)]
    pub(super) offline: bool,
}

/// The common options.
#[derive(Debug, Args)]
#[command(next_help_heading = "Common options")]
pub(super) struct Common {
    /// Profile of the configuration file
    #[arg(long, global = true, value_name = "NAME")]
    profile: Option<String>,
    /// Configuration file [default: ~/.config/tenantry/config.toml]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<String>,
    /// Tenant, by id or domain
    #[arg(long, global = true, value_name = "TENANT")]
    tenant: Option<String>,
    /// Cloud of Microsoft [default: global]
    #[arg(long, global = true, value_name = "CLOUD", value_parser = PossibleValuesParser::new(Cloud::NAMES))]
    cloud: Option<String>,
    /// Base URL of Graph, for example http://127.0.0.1:8080/v1.0
    #[arg(long, global = true, value_name = "URL")]
    graph_url: Option<String>,
    /// Sign-in host
    #[arg(long, global = true, value_name = "URL")]
    login_url: Option<String>,
    /// How to sign in [default: token if TENANTRY_TOKEN is set, else azure-cli]
    #[arg(long, global = true, value_name = "HOW", value_parser = PossibleValuesParser::new(Auth::NAMES))]
    auth: Option<String>,
    /// Application id to sign in with
    #[arg(long, global = true, value_name = "ID")]
    client_id: Option<String>,
    /// PEM file with the application's certificate and its key, for client-certificate
    #[arg(long, global = true, value_name = "FILE")]
    client_certificate: Option<String>,
    /// Audit mode: nothing can be written, by no key and no command
    #[arg(long, global = true)]
    read_only: bool,
    /// Also load these, with commas: sign-in, audit
    #[arg(long, global = true, value_name = "PARTS", value_parser = extras)]
    with: Option<String>,
    /// Share of the allowed write rate to use, in percent [default: 80]
    #[arg(long, global = true, value_name = "PERCENT")]
    write_rate: Option<String>,
    /// Write a log to this file
    #[arg(long, global = true, value_name = "FILE")]
    log_file: Option<String>,
    /// Draw with ASCII only
    #[arg(long, global = true)]
    ascii: bool,
    /// No colors (also: NO_COLOR)
    #[arg(long, global = true)]
    no_color: bool,
    /// Colors [default: dark]
    #[arg(long, global = true, value_name = "THEME", value_parser = PossibleValuesParser::new(Theme::NAMES))]
    theme: Option<String>,
}

fn extras(text: &str) -> Result<String, String> {
    Extra::parse_list(text).map(|_| text.to_owned())
}

impl Common {
    /// The options that were given, as a layer of the configuration.
    pub(super) fn layer(&self) -> Layer {
        let mut layer = Layer::default();
        for (key, text) in [
            (Key::Profile, &self.profile),
            (Key::Config, &self.config),
            (Key::Tenant, &self.tenant),
            (Key::Cloud, &self.cloud),
            (Key::GraphUrl, &self.graph_url),
            (Key::LoginUrl, &self.login_url),
            (Key::Auth, &self.auth),
            (Key::ClientId, &self.client_id),
            (Key::ClientCertificate, &self.client_certificate),
            (Key::With, &self.with),
            (Key::WriteRate, &self.write_rate),
            (Key::LogFile, &self.log_file),
            (Key::Theme, &self.theme),
        ] {
            layer.flag(key, text.clone());
        }
        for (key, on) in [(Key::ReadOnly, self.read_only), (Key::Ascii, self.ascii), (Key::NoColor, self.no_color)] {
            layer.flag(key, on.then_some("true"));
        }
        layer
    }
}

/// The simulated tenant.
#[derive(Debug, Clone, Args)]
pub(super) struct DemoArgs {
    /// How many users
    #[arg(long, value_name = "N", default_value_t = 300, value_parser = clap::value_parser!(u32).range(1..))]
    users: u32,
    /// The same seed gives the same tenant
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// What is in it: contoso, clean
    #[arg(long, value_name = "NAME", default_value = "contoso")]
    scenario: String,
    /// Milliseconds added to each request
    #[arg(long, value_name = "MS", default_value_t = 0)]
    latency: u64,
}

/// The server alone.
#[derive(Debug, Clone, Args)]
pub(super) struct SimulateArgs {
    /// Address; port 0 takes a free one
    #[arg(long, value_name = "ADDR:PORT", default_value = "127.0.0.1:0")]
    pub(super) listen: SocketAddr,
    /// The tenant.
    #[command(flatten)]
    tenant: DemoArgs,
    /// How it misbehaves.
    #[command(flatten)]
    faults: FaultArgs,
}

/// How the server misbehaves.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Faults")]
pub(super) struct FaultArgs {
    /// Throttle as Graph does: resource units and writes
    #[arg(long)]
    throttle: bool,
    /// With --throttle: resource units per 10 seconds
    #[arg(long, value_name = "UNITS", requires = "throttle")]
    unit_limit: Option<u32>,
    /// With --throttle: writes per 150 seconds
    #[arg(long, value_name = "WRITES", requires = "throttle")]
    write_limit: Option<u32>,
    /// Answer every n-th request with 503
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    error_503_every: Option<u32>,
    /// Drop the connection before every n-th write is applied
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    drop_before_every: Option<u32>,
    /// Drop the connection after every n-th write was applied
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    drop_after_every: Option<u32>,
    /// Cut every n-th answer to a read short
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    truncate_every: Option<u32>,
    /// Let the first page token of each list expire
    #[arg(long)]
    expire_page_tokens: bool,
    /// Permission that the token lacks, for example User.Read.All (may be repeated)
    #[arg(long, value_name = "PERMISSION")]
    deny: Vec<String>,
    /// Show users as they were this many milliseconds after a change
    #[arg(long, value_name = "MS", default_value_t = 0)]
    stale_reads_ms: u64,
}

impl DemoArgs {
    /// The tenant that is wanted.
    pub(super) fn request(&self) -> Simulated {
        Simulated { users: self.users, seed: self.seed, scenario: self.scenario.clone(), latency_ms: self.latency }
    }
}

impl SimulateArgs {
    /// The tenant that is wanted, and how it misbehaves.
    pub(super) fn request(&self) -> (Simulated, Misbehavior) {
        let faults = self.faults.clone();
        let misbehavior = Misbehavior {
            throttle: faults.throttle,
            unit_limit: faults.unit_limit,
            write_limit: faults.write_limit,
            error_503_every: faults.error_503_every,
            drop_before_every: faults.drop_before_every,
            drop_after_every: faults.drop_after_every,
            truncate_every: faults.truncate_every,
            expire_page_tokens: faults.expire_page_tokens,
            deny: faults.deny,
            stale_reads_ms: faults.stale_reads_ms,
        };
        (self.tenant.request(), misbehavior)
    }
}

/// What to audit and how to write it.
#[derive(Debug, Clone, Args)]
pub(super) struct AuditArgs {
    /// Form of the report
    #[arg(long, value_enum, default_value_t = AuditFormat::Table)]
    format: AuditFormat,
    /// Write to a file that only you can read, whole or not at all
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Only this kind of finding (may be repeated)
    #[arg(long, value_name = "KIND", value_parser = kind)]
    kind: Vec<Kind>,
    /// Only findings that match, for example 'dept:sales -guest:yes'
    #[arg(long, value_name = "QUERY", default_value = "", hide_default_value = true)]
    filter: String,
    /// Exit with 1 if there is a finding of this severity or worse
    #[arg(long, value_name = "SEVERITY", default_value = "error", value_parser = fail_on())]
    fail_on: FailOn,
}

/// A mistyped kind is answered with the nearest one.
fn kind(text: &str) -> Result<Kind, crate::domain::kind::UnknownKind> {
    text.parse()
}

fn fail_on() -> impl TypedValueParser<Value = FailOn> {
    PossibleValuesParser::new(FailOn::NAMES)
        .try_map(|word| FailOn::parse(&word).ok_or_else(|| format!("`{word}` is no severity")))
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum AuditFormat {
    Table,
    Json,
    Csv,
    Markdown,
}

impl AuditArgs {
    /// The request.
    pub(super) fn request(&self) -> AuditRequest {
        let format = match self.format {
            AuditFormat::Table => audit_output::Format::Table,
            AuditFormat::Json => audit_output::Format::Json,
            AuditFormat::Csv => audit_output::Format::Csv,
            AuditFormat::Markdown => audit_output::Format::Markdown,
        };
        let (file, kinds, filter) = (self.output.clone(), self.kind.clone(), self.filter.clone());
        AuditRequest { format, file, kinds, filter, fail_on: self.fail_on }
    }
}

/// What to list.
#[derive(Debug, Clone, Args)]
pub(super) struct ListArgs {
    /// What
    #[arg(value_enum)]
    objects: ListObjects,
    /// Only those that match, for example 'loc:none sku:e5'
    #[arg(long, value_name = "QUERY", default_value = "", hide_default_value = true)]
    filter: String,
    /// Form of the list
    #[arg(long, value_enum, default_value_t = ListFormat::Table)]
    format: ListFormat,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum ListObjects {
    Users,
    Groups,
    Skus,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum ListFormat {
    Table,
    Json,
    Csv,
}

impl ListArgs {
    /// The request.
    pub(super) fn request(&self) -> ListRequest {
        let objects = match self.objects {
            ListObjects::Users => Objects::Users,
            ListObjects::Groups => Objects::Groups,
            ListObjects::Skus => Objects::Skus,
        };
        let format = match self.format {
            ListFormat::Table => list::Format::Table,
            ListFormat::Json => list::Format::Json,
            ListFormat::Csv => list::Format::Csv,
        };
        ListRequest { objects, filter: self.filter.clone(), format }
    }
}
