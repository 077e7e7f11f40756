//! The log: a file when one was asked for, never the terminal, which belongs to the explorer.

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::Mutex;

use crate::run::exit::Failure;

/// Starts the log. `TENANTRY_LOG` filters it as `tracing` filters are written; `info` without.
pub(super) fn start(path: Option<&Path>) -> Result<(), Failure> {
    let Some(path) = path else { return Ok(()) };
    let fail =
        |why: &dyn std::fmt::Display| Failure::local(format_args!("cannot write the log {}: {why}", path.display()));
    // It names objects of the tenant: only its owner may read it.
    let file = OpenOptions::new().create(true).append(true).mode(0o600).open(path).map_err(|e| fail(&e))?;
    let filter = tracing_subscriber::EnvFilter::builder()
        .with_default_directive(tracing_subscriber::filter::LevelFilter::INFO.into())
        .with_env_var("TENANTRY_LOG")
        .from_env_lossy();
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false).with_writer(Mutex::new(file)).finish();
    // A second start in one process (tests) keeps the first log.
    let _ = tracing::subscriber::set_global_default(log);
    Ok(())
}
