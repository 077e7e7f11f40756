//! Group-based licensing: works in the background, one job after the other, in the order in which writes caused them.

use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};
use std::time::Duration;

use tokio::sync::{mpsc, watch};

use super::audit::{Actor, Record, Target};
use super::groups::{GroupAt, Processing};
use super::world::World;

/// Something that the engine has to bring in line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Job {
    /// All members of a group, after its licenses changed.
    Group(GroupAt),
    /// One user and one group, after membership changed.
    Member {
        /// Position of the user.
        index: u32,
        /// Position of the group.
        group: GroupAt,
    },
}

/// How many users are processed between two rests.
const CHUNK: usize = 64;

/// The world, and the way to the engine.
pub struct Tenant {
    world: RwLock<World>,
    queue: mpsc::UnboundedSender<Job>,
    pending: watch::Sender<usize>,
}

impl Tenant {
    /// Puts a world to work. Ends the engine when the last handle is gone.
    pub fn start(world: World, pace: Duration) -> Arc<Tenant> {
        let (queue, jobs) = mpsc::unbounded_channel();
        let tenant = Arc::new(Tenant { world: RwLock::new(world), queue, pending: watch::Sender::new(0) });
        tokio::spawn(run(Arc::downgrade(&tenant), jobs, pace));
        tenant
    }

    /// The world for reading. A panic of another reader leaves it whole, so a poisoned lock is passed over.
    pub fn read(&self) -> RwLockReadGuard<'_, World> {
        self.world.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the world and hands the work that follows from it to the engine.
    pub fn write<R>(&self, how: impl FnOnce(&mut World) -> R) -> R {
        let mut world = self.world.write().unwrap_or_else(PoisonError::into_inner);
        let result = how(&mut world);
        for job in std::mem::take(&mut world.jobs) {
            self.pending.send_modify(|n| *n += 1);
            if self.queue.send(job).is_err() {
                self.pending.send_modify(|n| *n -= 1);
            }
        }
        result
    }

    /// Waits until the engine has nothing left to do.
    pub async fn settle(&self) {
        // the sender lives in self: waiting cannot fail
        let _ = self.pending.subscribe().wait_for(|n| *n == 0).await;
    }
}

async fn run(tenant: std::sync::Weak<Tenant>, mut jobs: mpsc::UnboundedReceiver<Job>, pace: Duration) {
    while let Some(job) = jobs.recv().await {
        let Some(tenant) = tenant.upgrade() else { return };
        match job {
            Job::Member { index, group } => {
                tokio::time::sleep(pace).await;
                // a refusal is in the license states
                let _ = tenant.write(|world| world.apply_group(index, group));
            }
            Job::Group(group) => process(&tenant, group, pace).await,
        }
        tenant.pending.send_modify(|n| *n -= 1);
    }
}

async fn process(tenant: &Tenant, group: GroupAt, pace: Duration) {
    tokio::time::sleep(pace).await;
    let concerned: Vec<u32> = tenant.write(|world| {
        if let Some(now) = world.groups.get_mut(usize::from(group)) {
            now.processing = Processing::InProgress;
        }
        let start = Record::now("Start applying group based license to users", Actor::Engine, Target::Group(group));
        world.audit.push(start);
        let concerns = |index: &u32| {
            let holding = world.fresh(*index).holding;
            holding.groups.contains(&group) || holding.entries.iter().any(|e| e.group == Some(group))
        };
        (0..world.model.count).filter(concerns).collect()
    });
    let (mut done, mut failed) = (0, 0);
    for chunk in concerned.chunks(CHUNK) {
        tokio::time::sleep(pace).await;
        tenant.write(|world| {
            for &index in chunk {
                match world.apply_group(index, group) {
                    Ok(()) => done += 1,
                    Err(_) => failed += 1,
                }
            }
        });
    }
    tenant.write(|world| {
        if let Some(now) = world.groups.get_mut(usize::from(group)) {
            now.processing = Processing::Complete;
        }
        let mut finish =
            Record::now("Finish applying group based license to users", Actor::Engine, Target::Group(group));
        let result = format!(
            "[Users successfully assigned licenses: {done}, Users for whom license assignment failed: {failed}.]"
        );
        finish.changes.push(("Result", String::new(), result));
        world.audit.push(finish);
    });
}
