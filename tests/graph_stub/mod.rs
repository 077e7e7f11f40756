//! A server that answers as a test tells it to, also in ways that no HTTP library would: it hangs up, cuts bodies,
//! redirects. And a sink and a plan to go with it.
#![allow(dead_code, reason = "each test file uses its part")]

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use secrecy::SecretString;
use serde_json::Value;
use tenantry::domain::facts::{
    FactSink, Group, Members, Organization, Part, Parts, Progress, Sku, Subscription, UserFacts,
};
use tenantry::domain::ids::{GroupId, UserId};
use tenantry::graph::{BaseUrl, Client, ClientOptions, LoadOptions, StaticToken};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A request that arrived.
#[derive(Debug, Clone)]
pub struct Ask {
    pub method: String,
    pub path: String,
    pub query: HashMap<String, String>,
    pub headers: HashMap<String, String>,
    pub body: String,
}

impl Ask {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    pub fn q(&self, name: &str) -> Option<&str> {
        self.query.get(name).map(String::as_str)
    }
}

/// What the server does.
#[derive(Debug, Clone)]
pub enum Reply {
    Full {
        status: u16,
        headers: Vec<(&'static str, String)>,
        body: String,
    },
    /// A body that is announced longer than it is.
    Cut {
        status: u16,
        body: String,
    },
    /// Hangs up without a word.
    HangUp,
    /// Never answers.
    Silence,
}

pub fn json(value: Value) -> Reply {
    Reply::Full { status: 200, headers: vec![("content-type", "application/json".to_owned())], body: value.to_string() }
}

pub fn status(status: u16) -> Reply {
    Reply::Full { status, headers: vec![], body: String::new() }
}

pub fn text(body: &str) -> Reply {
    Reply::Full { status: 200, headers: vec![("content-type", "text/plain".to_owned())], body: body.to_owned() }
}

pub fn refusal(status: u16, code: &str, message: &str) -> Reply {
    Reply::Full {
        status,
        headers: vec![("request-id", "req-7".to_owned())],
        body: serde_json::json!({"error": {"code": code, "message": message}}).to_string(),
    }
}

impl Reply {
    pub fn with(mut self, name: &'static str, value: &str) -> Reply {
        if let Reply::Full { headers, .. } = &mut self {
            headers.push((name, value.to_owned()));
        }
        self
    }
}

/// A running server and what it was asked.
pub struct Stub {
    pub origin: String,
    pub asked: Arc<Mutex<Vec<Ask>>>,
}

impl Stub {
    /// Starts a server; `answer` also gets the origin, for links, and how many requests came before.
    pub async fn start(answer: impl Fn(&Ask, &str, usize) -> Reply + Send + Sync + 'static) -> Stub {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let asked: Arc<Mutex<Vec<Ask>>> = Arc::default();
        let (log, home, answer) = (Arc::clone(&asked), origin.clone(), Arc::new(answer));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (log, home, answer) = (Arc::clone(&log), home.clone(), Arc::clone(&answer));
                tokio::spawn(async move {
                    serve(stream, |ask| {
                        let before = {
                            let mut log = log.lock().unwrap();
                            log.push(ask.clone());
                            log.len() - 1
                        };
                        answer(ask, &home, before)
                    })
                    .await;
                });
            }
        });
        Stub { origin, asked }
    }

    pub fn asked(&self) -> Vec<Ask> {
        self.asked.lock().unwrap().clone()
    }

    pub fn options(&self) -> ClientOptions {
        let token = StaticToken::new(&SecretString::from("s3cret")).unwrap();
        let base = BaseUrl::parse(&format!("{}/v1.0", self.origin)).unwrap();
        let mut options = ClientOptions::new(base, Arc::new(token));
        options.backoff = Duration::from_millis(2);
        options.write_rate = 100;
        options
    }

    pub fn client(&self) -> Client {
        Client::new(self.options()).unwrap()
    }
}

async fn serve(mut stream: TcpStream, mut answer: impl FnMut(&Ask) -> Reply) {
    let mut buffer = Vec::new();
    loop {
        let Some(ask) = read(&mut stream, &mut buffer).await else { return };
        let (status, headers, body, extra) = match answer(&ask) {
            Reply::HangUp => return,
            Reply::Silence => return std::future::pending().await,
            Reply::Cut { status, body } => (status, vec![], body, 100),
            Reply::Full { status, headers, body } => (status, headers, body, 0),
        };
        let mut out = format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\n", body.len() + extra);
        if status == 204 {
            out = "HTTP/1.1 204 X\r\n".to_owned();
        }
        for (name, value) in headers {
            out.push_str(&format!("{name}: {value}\r\n"));
        }
        out.push_str("\r\n");
        out.push_str(&body);
        if stream.write_all(out.as_bytes()).await.is_err() || extra > 0 {
            return;
        }
    }
}

async fn read(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<Ask> {
    loop {
        if let Some((ask, used)) = parse(buffer) {
            buffer.drain(..used);
            return Some(ask);
        }
        let mut chunk = [0; 4096];
        let n = stream.read(&mut chunk).await.ok()?;
        if n == 0 {
            return None;
        }
        buffer.extend_from_slice(&chunk[..n]);
    }
}

fn parse(buffer: &[u8]) -> Option<(Ask, usize)> {
    let end = buffer.windows(4).position(|w| w == b"\r\n\r\n")? + 4;
    let head = std::str::from_utf8(&buffer[..end]).unwrap();
    let mut lines = head.lines();
    let mut first = lines.next()?.split(' ');
    let (method, target) = (first.next()?.to_owned(), first.next()?.to_owned());
    let headers: HashMap<String, String> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let length: usize = headers.get("content-length").map_or(0, |n| n.parse().unwrap());
    let body = String::from_utf8(buffer.get(end..end + length)?.to_vec()).unwrap();
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let query = query.split('&').filter_map(|pair| pair.split_once('=')).map(|(n, v)| (decode(n), decode(v))).collect();
    Some((Ask { method, path: path.to_owned(), query, headers, body }, end + length))
}

fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let (mut out, mut i) = (Vec::new(), 0);
    while i < bytes.len() {
        if bytes[i] == b'%' {
            out.push(u8::from_str_radix(&text[i + 1..i + 3], 16).unwrap());
            i += 3;
        } else {
            out.push(bytes[i]);
            i += 1;
        }
    }
    String::from_utf8(out).unwrap()
}

/// Everything that came, as it came.
#[derive(Default)]
pub struct Kept {
    pub organization: Option<Organization>,
    pub skus: Vec<Sku>,
    pub subscriptions: Vec<Subscription>,
    pub expected: Option<u64>,
    pub users: HashMap<UserId, (String, usize)>,
    pub handed: usize,
    pub groups: Vec<Group>,
    pub members: HashMap<GroupId, Members>,
    pub parts: Parts,
    pub notices: Vec<String>,
}

impl FactSink for Kept {
    fn organization(&mut self, organization: Organization) {
        self.organization = Some(organization);
    }
    fn skus(&mut self, skus: Vec<Sku>) {
        self.skus = skus;
    }
    fn subscriptions(&mut self, subscriptions: Vec<Subscription>) {
        self.subscriptions = subscriptions;
    }
    fn expect_users(&mut self, count: u64) {
        self.expected = Some(count);
    }
    fn user(&mut self, user: &UserFacts<'_>) {
        self.handed += 1;
        self.users.insert(user.id, (user.upn.to_owned(), user.states.len()));
    }
    fn user_gone(&mut self, id: UserId) {
        self.users.remove(&id);
    }
    fn group(&mut self, group: Group) {
        self.groups.push(group);
    }
    fn members(&mut self, group: GroupId, members: Members) {
        self.members.insert(group, members);
    }
    fn part(&mut self, part: Part, progress: Progress) {
        self.parts.set(part, progress);
    }
    fn notice(&mut self, text: String) {
        self.notices.push(text);
    }
}

/// Loads with these options; also returns what was kept.
pub async fn load(client: &Client, options: LoadOptions) -> (Result<(), tenantry::graph::GraphError>, Kept) {
    let sink = Arc::new(Mutex::new(Kept::default()));
    let end = tenantry::graph::load(client, sink.clone(), options, Arc::new(|_| ()), Default::default()).await;
    let kept = std::mem::take(&mut *sink.lock().unwrap());
    (end, kept)
}

pub const TENANT: &str = "11111111-0000-0000-0000-000000000001";

pub fn id(number: usize) -> String {
    format!("22222222-0000-0000-0000-{number:012}")
}

/// A tenant without anything but its organization, for everything that a test does not answer itself.
pub fn bare(ask: &Ask) -> Reply {
    match ask.path.as_str() {
        "/v1.0/organization" => json(serde_json::json!({"value": [{"id": TENANT, "displayName": "Contoso",
            "verifiedDomains": [{"name": "contoso.com", "isDefault": true}]}]})),
        "/v1.0/users/$count" => text("0"),
        _ => json(serde_json::json!({"value": []})),
    }
}
