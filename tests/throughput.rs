//! How near bulk writes come to the allowed rate. Half a minute of waiting: `cargo test --test throughput -- --ignored
//! --nocapture`.

mod common;
#[path = "common/runs.rs"]
mod runs;
#[path = "common/simulated.rs"]
mod simulated;

use std::sync::Arc;
use std::time::{Duration, Instant};

use runs::{Stage, Told};
use tenantry::domain::location::Location;
use tenantry::domain::plan::{Ask, build};
use tenantry::run::apply::{ApplyOptions, Control};
use tenantry::sim::{Faults, Options, Scenario};

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a measurement"]
async fn bulk_writes_reach_their_rate_without_being_throttled() {
    let faults = Faults { throttle: true, ..Faults::default() };
    let options = Options {
        users: 600,
        scenario: Scenario::Clean,
        latency: Duration::from_millis(150),
        faults,
        ..Options::default()
    };
    let stage = Stage::new(options).await;
    stage.sim.client.set_write_rate(95);
    let to = stage.snapshot.rows().map(|row| (stage.snapshot.user_at(row).id(), Location::parse("FI").unwrap()));
    let plan = Arc::new(build(&Ask::SetUsageLocation { to: to.collect() }, &*stage.snapshot).unwrap());
    let started = Instant::now();
    let ran = stage.run_with(&plan, ApplyOptions::default(), Control::default(), Told::new()).await;
    let took = started.elapsed().as_secs_f64();
    let throttled = stage.sim.server.requests().iter().filter(|r| r.status == 429).count();
    let rate = plan.steps.len() as f64 / took;
    eprintln!("{} in {took:.1} s: {rate:.2} writes a second of 20 allowed, {throttled} throttled", ran.counts());
    assert_eq!(throttled, 0);
    // 95 % of 20 a second, less what beginning and ending take.
    assert!(rate > 18.0, "{rate}");
}
