//! Carries out plans on a simulated tenant, with a journal of their own.
#![allow(dead_code, reason = "each test file uses its part")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tenantry::domain::access::Access;
use tenantry::domain::ids::UserId;
use tenantry::domain::kind::Kind;
use tenantry::domain::plan::{Answer, Confirmed, Gate, Outcome, Plan};
use tenantry::graph::UserNow;
use tenantry::journal::{Journal, JournalError, RunEntry, RunRecord};
use tenantry::run::apply::{ApplyOptions, Control, RunCounts, Watcher, apply};
use tenantry::run::clock;
use tenantry::sim::{Faults, Options};
use tenantry::store::Snapshot;

use crate::simulated::Simulated;

/// A simulated tenant and a journal.
pub struct Stage {
    pub sim: Simulated,
    pub snapshot: Arc<Snapshot>,
    pub journal: Journal,
    _home: tempfile::TempDir,
}

type Act = Box<dyn Fn(usize, &Outcome) + Send + Sync>;

/// Is told of outcomes, and may act on them.
pub struct Told {
    pub outcomes: Mutex<Vec<(usize, Outcome)>>,
    pub stopped: Mutex<Option<String>>,
    act: Act,
}

impl Told {
    pub fn new() -> Arc<Told> {
        Told::acting(|_, _| ())
    }

    pub fn acting(act: impl Fn(usize, &Outcome) + Send + Sync + 'static) -> Arc<Told> {
        Arc::new(Told { outcomes: Mutex::default(), stopped: Mutex::default(), act: Box::new(act) })
    }

    /// The words that were told of one step, in their order.
    pub fn of(&self, step: usize) -> Vec<&'static str> {
        self.outcomes.lock().unwrap().iter().filter(|(s, _)| *s == step).map(|(_, o)| o.word()).collect()
    }
}

impl Watcher for Told {
    fn outcome(&self, step: usize, outcome: &Outcome) {
        self.outcomes.lock().unwrap().push((step, outcome.clone()));
        (self.act)(step, outcome);
    }
    fn user(&self, _: &UserNow) {}
    fn gone(&self, _: UserId) {}
    fn stopped(&self, why: &str) {
        *self.stopped.lock().unwrap() = Some(why.to_owned());
    }
}

/// The answer that the gate of a plan asks for.
pub fn confirmed(plan: &Arc<Plan>) -> Confirmed {
    let answer = match plan.gate() {
        Gate::Count(count) => Answer::Typed(count.to_string()),
        Gate::Domain(domain) => Answer::Typed(domain),
        _ => Answer::Yes,
    };
    Gate::confirm(plan, &answer).unwrap()
}

/// What a run came to.
pub struct Ran {
    pub outcomes: Vec<Outcome>,
    pub told: Arc<Told>,
    pub record: RunRecord,
}

impl Ran {
    pub fn counts(&self) -> String {
        RunCounts::of(&self.outcomes).to_string()
    }
}

impl Stage {
    pub async fn new(options: Options) -> Stage {
        let sim = Simulated::start(options).await;
        let snapshot = sim.load().await;
        let home = tempfile::tempdir().unwrap();
        let journal = Journal::open(home.path().join("runs")).unwrap();
        Stage { sim, snapshot, journal, _home: home }
    }

    pub async fn with(faults: Faults) -> Stage {
        Stage::new(Options { faults, ..Options::default() }).await
    }

    /// The users with a finding of a kind.
    pub fn found(&self, kind: Kind) -> Vec<UserId> {
        let all = self.snapshot.findings().all().filter_map(|at| self.snapshot.found(at));
        let mut users: Vec<UserId> = all.filter(|f| f.kind == kind).filter_map(|f| f.user).collect();
        users.dedup();
        users
    }

    pub async fn run(&self, plan: &Arc<Plan>) -> Ran {
        self.run_with(plan, quick(), Control::default(), Told::new()).await
    }

    pub async fn run_with(&self, plan: &Arc<Plan>, options: ApplyOptions, control: Control, told: Arc<Told>) -> Ran {
        let begun = self.journal.begin(&Access::fix(), &confirmed(plan), clock::now(), "anna").unwrap();
        let id = begun.0.id().to_string();
        let watcher = Arc::clone(&told);
        let end = apply(self.sim.client.clone(), begun, Arc::clone(plan), options, control, watcher).await;
        self.journal.verify(&id).unwrap();
        let record = self.journal.read(&id).unwrap();
        let outcomes = end.unwrap();
        assert_eq!(record.outcomes(), outcomes.iter().map(Some).collect::<Vec<_>>(), "the journal says the same");
        in_order(&record);
        Ran { outcomes, told, record }
    }

    /// How many requests changed something, and were answered.
    pub fn writes(&self) -> usize {
        self.sim.server.requests().iter().filter(|r| r.method != "GET" && r.status / 100 == 2).count()
    }
}

/// Effects come in milliseconds here; a minute is for a slow machine.
pub fn quick() -> ApplyOptions {
    ApplyOptions { wait: Duration::from_secs(60), first_poll: Duration::from_millis(5), ..ApplyOptions::default() }
}

/// Whatever was sent is in the journal before its outcome.
fn in_order(record: &RunRecord) {
    let mut sent = vec![false; record.plan.steps.len()];
    for entry in &record.entries {
        match entry {
            RunEntry::Sending { step, .. } => sent[*step] = true,
            RunEntry::Outcome { step, result, .. } => {
                let nothing = matches!(result, Outcome::AlreadyTrue | Outcome::Refused { .. } | Outcome::NotSent);
                assert!(nothing || sent[*step], "{step} {result:?}");
            }
            _ => {}
        }
    }
}

/// A journal error by its name, for messages of tests.
pub fn name(error: &JournalError) -> String {
    format!("{error:?}").chars().take_while(|c| c.is_alphanumeric()).collect()
}
