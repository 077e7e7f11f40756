//! From a request to the answer: permissions, then the route.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::answer::{Answer, Problem};
use super::ask::Ask;
use super::{directory, groups, tenant, users, writes};
use crate::sim::engine::Tenant;
use crate::sim::options::{Faults, RequestLine};

/// How many requests are remembered.
const REMEMBERED: usize = 200_000;

type Orders = HashMap<(bool, bool), (u64, Arc<Vec<u32>>)>;

/// What every request needs.
pub struct Desk {
    /// The tenant.
    pub tenant: Arc<Tenant>,
    /// `http://127.0.0.1:PORT/v1.0`
    pub base: String,
    /// How the server misbehaves.
    pub faults: Faults,
    log: Mutex<VecDeque<RequestLine>>,
    counts: Mutex<HashMap<String, (u64, usize)>>,
    orders: Mutex<Orders>,
    expired: Mutex<HashSet<u64>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Desk {
    /// A desk for a server at this base URL.
    pub fn new(tenant: Arc<Tenant>, base: String, faults: Faults) -> Desk {
        Desk {
            tenant,
            base,
            faults,
            log: Mutex::default(),
            counts: Mutex::default(),
            orders: Mutex::default(),
            expired: Mutex::default(),
        }
    }

    /// `@odata.context` for this set.
    pub fn context(&self, set: &str, ask: &Ask) -> String {
        match ask.option("$select") {
            Some(select) => format!("{}/$metadata#{set}({select})", self.base),
            None => format!("{}/$metadata#{set}", self.base),
        }
    }

    /// Remembers a request.
    pub fn note(&self, method: &str, path: &str, status: u16) {
        let mut log = lock(&self.log);
        if log.len() == REMEMBERED {
            log.pop_front();
        }
        log.push_back(RequestLine { method: method.to_owned(), path: path.to_owned(), status });
    }

    /// The remembered requests, oldest first.
    pub fn requests(&self) -> Vec<RequestLine> {
        lock(&self.log).iter().cloned().collect()
    }

    /// A count that holds as long as nothing changes.
    pub fn cached_count(&self, filter: &str, version: u64, count: impl FnOnce() -> usize) -> usize {
        if let Some((then, known)) = lock(&self.counts).get(filter)
            && *then == version
        {
            return *known;
        }
        let counted = count();
        lock(&self.counts).insert(filter.to_owned(), (version, counted));
        counted
    }

    /// An order of users that holds as long as nothing changes.
    pub fn cached_order(&self, key: (bool, bool), version: u64, sort: impl FnOnce() -> Vec<u32>) -> Arc<Vec<u32>> {
        if let Some((then, known)) = lock(&self.orders).get(&key)
            && *then == version
        {
            return Arc::clone(known);
        }
        let sorted = Arc::new(sort());
        lock(&self.orders).insert(key, (version, Arc::clone(&sorted)));
        sorted
    }

    /// Whether a page token of this list is to have expired: the first one of each list is.
    pub fn expires(&self, list: u64) -> bool {
        self.faults.expire_page_tokens && lock(&self.expired).insert(list)
    }
}

/// Resource units and writes of a request, by the published table.
pub fn cost(ask: &Ask) -> (u32, u32) {
    if ask.method != "GET" {
        return match ask.segments.last().map(String::as_str) {
            Some("getByIds") => (3, 0),
            _ => (1, 1),
        };
    }
    let words: Vec<&str> = ask.segments.iter().map(String::as_str).collect();
    let base: i32 = match words.as_slice() {
        ["users"] | ["users", _, "licenseDetails" | "memberOf" | "transitiveMemberOf"] => 2,
        ["groups", _, "members", ..] | ["subscribedSkus"] => 3,
        ["groups", _, "transitiveMembers", ..] => 5,
        _ => 1,
    };
    let small = ask.option("$top").and_then(|t| t.parse::<u32>().ok()).is_some_and(|t| t < 20);
    let units = base - i32::from(ask.option("$select").is_some()) - i32::from(small);
    (units.max(1) as u32, 0)
}

/// The least permission of a call.
fn permission(ask: &Ask) -> Option<&'static str> {
    let words: Vec<&str> = ask.segments.iter().map(String::as_str).collect();
    Some(match (ask.method.as_str(), words.as_slice()) {
        ("GET", ["users", _, "licenseDetails"] | ["subscribedSkus"]) => "LicenseAssignment.Read.All",
        ("GET", ["organization" | "directory", ..]) => "Organization.Read.All",
        ("GET", ["users", ..]) => "User.Read.All",
        ("GET", ["groups", ..]) => "GroupMember.Read.All",
        ("GET", ["auditLogs", ..]) => "AuditLog.Read.All",
        ("POST", [.., "assignLicense" | "microsoft.graph.assignLicense"]) => "LicenseAssignment.ReadWrite.All",
        ("POST" | "PATCH", ["users", ..]) => "User.ReadWrite.All",
        ("DELETE", ["groups", _]) => "Group.ReadWrite.All",
        (_, ["groups", ..]) => "GroupMember.ReadWrite.All",
        ("POST", ["directoryObjects", ..]) => "User.Read.All",
        _ => return None,
    })
}

/// Answers a request that is no batch.
pub fn dispatch(desk: &Desk, ask: &Ask) -> Result<Answer, Problem> {
    if let Some(needed) = permission(ask)
        && desk.faults.deny.iter().any(|d| d.eq_ignore_ascii_case(needed))
    {
        return Err(if needed == "AuditLog.Read.All" {
            Problem::new(
                403,
                "Authentication_MSGraphPermissionMissing",
                "Calling principal does not have required MSGraph permissions AuditLog.Read.All",
            )
        } else {
            Problem::denied()
        });
    }
    let sign_in = ask.select().is_some_and(|s| s.contains(&"signInActivity"));
    if sign_in && desk.faults.deny.iter().any(|d| d == "AuditLog.Read.All") {
        return Err(Problem::denied());
    }
    if ask.method == "GET" { read(desk, ask) } else { writes::route(desk, ask) }
}

fn read(desk: &Desk, ask: &Ask) -> Result<Answer, Problem> {
    let world = &*desk.tenant.read();
    let words: Vec<&str> = ask.segments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["organization"] => tenant::organization(world, ask, desk),
        ["subscribedSkus"] => tenant::subscribed_skus(world, ask, desk),
        ["directory", "subscriptions"] => tenant::subscriptions(world, ask, desk),
        ["users"] => users::list(world, ask, desk),
        ["users", "$count"] => users::total(world, ask, desk),
        ["users", "delta"] => directory::delta(world, ask, desk),
        ["users", key] => users::one(world, ask, desk, users::find(world, key)?),
        ["users", key, "licenseDetails"] => users::license_details(world, ask, desk, users::find(world, key)?),
        ["users", key, "memberOf"] => groups::member_of(world, ask, desk, users::find(world, key)?, false),
        ["users", key, "transitiveMemberOf"] => groups::member_of(world, ask, desk, users::find(world, key)?, true),
        ["groups"] => groups::list(world, ask, desk),
        ["groups", key] => groups::one(world, ask, desk, groups::find(world, key)?),
        ["groups", key, how @ ("members" | "transitiveMembers")]
        | ["groups", key, how @ ("members" | "transitiveMembers"), "microsoft.graph.user" | "microsoft.graph.group"] => {
            groups::members(world, ask, desk, groups::find(world, key)?, *how == "transitiveMembers")
        }
        ["groups", key, "membersWithLicenseErrors"] => {
            groups::members_with_errors(world, ask, desk, groups::find(world, key)?)
        }
        ["auditLogs", "directoryAudits"] => directory::audits(world, ask, desk),
        other => Err(Problem::no_route(other.last().unwrap_or(&""))),
    }
}
