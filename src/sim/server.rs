//! The running server.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicU32;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::clock;
use super::engine::Tenant;
use super::http::router::Desk;
use super::http::serve::{Front, router};
use super::http::throttle::Throttle;
use super::http::wire::{Gate, Leash};
use super::model::Model;
use super::options::{Options, Planted, RequestLine};
use super::planted;
use super::world::World;
use crate::domain::ids::TenantId;

/// A simulated tenant that is being served. Dropping it stops the server.
pub struct Server {
    front: Arc<Front>,
    model: Arc<Model>,
    addr: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<io::Result<()>>,
}

/// How long connections in use may take to end.
const LAST_ANSWERS: Duration = Duration::from_millis(500);

impl Server {
    /// Builds the tenant and serves it at `listen`; port 0 takes a free one.
    ///
    /// # Errors
    /// Fails where the address cannot be listened on.
    pub async fn start(options: Options, listen: SocketAddr) -> io::Result<Server> {
        let listener = TcpListener::bind(listen).await?;
        let addr = listener.local_addr()?;
        let model = Arc::new(Model::new(&options, clock::now()));
        let world = World::new(Arc::clone(&model), Duration::from_millis(options.faults.stale_reads_ms));
        let tenant = Tenant::start(world, options.engine_pace);
        let throttle = Throttle::new(&options.faults, options.users, &model.tenant_id().to_string());
        let front = Arc::new(Front {
            desk: Desk::new(tenant, format!("http://{addr}/v1.0"), options.faults),
            latency: options.latency,
            throttle,
            asked: AtomicU32::new(0),
            written: AtomicU32::new(0),
            read: AtomicU32::new(0),
        });
        let (stop, stopped) = oneshot::channel::<()>();
        let service = router(Arc::clone(&front)).into_make_service_with_connect_info::<Leash>();
        let task = tokio::spawn(async move {
            let until = async {
                // a dropped server sends nothing: both ends mean the same
                let _ = stopped.await;
            };
            axum::serve(Gate(listener), service).with_graceful_shutdown(until).await
        });
        Ok(Server { front, model, addr, stop: Some(stop), task })
    }

    /// What `--graph-url` takes: `http://127.0.0.1:PORT/v1.0`.
    pub fn base_url(&self) -> String {
        self.front.desk.base.clone()
    }

    /// Where the server listens.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// The id of the tenant.
    pub fn tenant_id(&self) -> TenantId {
        self.model.tenant_id()
    }

    /// What is wrong in the tenant at its start, by construction: each fault once. Takes time and memory in proportion
    /// to the number of users.
    pub fn planted(&self) -> Vec<Planted> {
        planted::planted(&self.model)
    }

    /// The requests so far, oldest first; the items of a batch stand for it.
    pub fn requests(&self) -> Vec<RequestLine> {
        self.front.desk.requests()
    }

    /// What differs from the start, without times: the same before a change and after its undoing.
    pub fn dump(&self) -> serde_json::Value {
        self.front.desk.tenant.read().dump()
    }

    /// Waits until group-based licensing has nothing left to do.
    pub async fn settle(&self) {
        self.front.desk.tenant.settle().await;
    }

    /// Ends the server; answers under way are finished if they take no longer than half a second.
    pub async fn stop(mut self) {
        drop(self.stop.take());
        if tokio::time::timeout(LAST_ANSWERS, &mut self.task).await.is_err() {
            self.task.abort();
        }
    }

    /// Serves until the task is cancelled.
    pub async fn serve_forever(self) {
        let Server { task, stop, .. } = self;
        // an accept loop does not end by itself while `stop` is kept
        let _ = task.await;
        drop(stop);
    }
}
