//! The simulated tenant: on its own for other programs, or behind the explorer.

use std::net::SocketAddr;
use std::time::Duration;

use crate::config::Settings;
use crate::run::Output;
use crate::run::exit::{ExitCode, Failure};
use crate::run::load::{interrupted, runtime};
use crate::run::rooms::{Misbehavior, Simulated};
use crate::sim::{Faults, Options, Server};

/// A free port of loopback.
pub(crate) const ANY_PORT: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 0);

/// What the simulated tenant is to be.
pub(crate) fn options(wanted: &Simulated, faults: &Misbehavior) -> Result<Options, Failure> {
    Ok(Options {
        users: wanted.users,
        seed: wanted.seed,
        scenario: wanted.scenario.parse().map_err(Failure::usage)?,
        latency: Duration::from_millis(wanted.latency_ms),
        faults: Faults {
            throttle: faults.throttle,
            unit_limit: faults.unit_limit,
            write_limit: faults.write_limit,
            error_503_every: faults.error_503_every,
            drop_before_every: faults.drop_before_every,
            drop_after_every: faults.drop_after_every,
            truncate_every: faults.truncate_every,
            expire_page_tokens: faults.expire_page_tokens,
            deny: faults.deny.clone(),
            stale_reads_ms: faults.stale_reads_ms,
        },
        ..Options::default()
    })
}

/// Serves until interrupted. The first line of the output is the URL that `--graph-url` takes.
pub fn simulate(
    _settings: &Settings,
    listen: SocketAddr,
    wanted: &Simulated,
    faults: &Misbehavior,
    output: &mut Output<'_>,
) -> Result<ExitCode, Failure> {
    if !listen.ip().is_loopback() {
        return Err(Failure::usage(format_args!(
            "the simulated tenant takes any token and has no encryption: listen on loopback, for example 127.0.0.1:{}",
            listen.port()
        )));
    }
    let options = options(wanted, faults)?;
    runtime()?.block_on(async {
        let server = Server::start(options, listen)
            .await
            .map_err(|error| Failure::local(format_args!("cannot listen on {listen}: {error}")))?;
        writeln!(output.out, "{}", server.base_url())?;
        output.out.flush()?;
        writeln!(
            output.messages,
            "Any non-empty token is good: TENANTRY_TOKEN=x tenantry audit --graph-url {}\nStop it with Ctrl-C.",
            server.base_url()
        )?;
        let code = interrupted().await;
        server.stop().await;
        // Ctrl-C is how one ends it: nothing was interrupted.
        Ok(if code == ExitCode::Interrupt { ExitCode::Clean } else { code })
    })
}
