//! A simulated tenant with a client on it, loaded as the program loads it.
#![allow(dead_code, reason = "each test file uses its part")]

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use secrecy::SecretString;
use tenantry::domain::facts::Tenant;
use tenantry::graph::{BaseUrl, Client, ClientOptions, LoadOptions, StaticToken, load};
use tenantry::run::live::Live;
use tenantry::sim::{Options, Server};
use tenantry::store::Snapshot;
use tokio_util::sync::CancellationToken;

pub const LOOPBACK: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

/// A server and a client that is bound to its tenant.
pub struct Simulated {
    pub server: Server,
    pub client: Client,
    pub live: Live,
}

impl Simulated {
    pub async fn start(options: Options) -> Simulated {
        let server = Server::start(options, LOOPBACK).await.unwrap();
        let base = BaseUrl::parse(&server.base_url()).unwrap();
        let token = StaticToken::new(&SecretString::from("any")).unwrap();
        let mut options = ClientOptions::new(base, Arc::new(token));
        // What a test waits for is the server, not the budget of a real tenant.
        options.write_rate = 100;
        let client = Client::new(options).unwrap();
        Simulated { server, client, live: Live::default() }
    }

    /// Loads everything and binds the client to the tenant.
    pub async fn load(&self) -> Arc<Snapshot> {
        load(&self.client, self.live.sink(), LoadOptions::default(), Arc::new(|_| ()), CancellationToken::new())
            .await
            .unwrap();
        let snapshot = self.live.snapshot();
        self.client.bind_tenant(snapshot.organization().unwrap().id).unwrap();
        snapshot
    }

    /// The tenant as it is now, loaded from the start.
    pub async fn fresh(&self) -> Arc<Snapshot> {
        let live = Live::default();
        load(&self.client, live.sink(), LoadOptions::default(), Arc::new(|_| ()), CancellationToken::new())
            .await
            .unwrap();
        live.snapshot()
    }
}
