//! The permission to send exactly the requests of one confirmed plan to one tenant.
//!
//! [`Permit::grant`] is called in one place, the journal, after the intent is on disk; `tests/architecture.rs` holds
//! that. It asks for the proof that the process may write and for the proof that somebody confirmed.

use std::collections::HashSet;

use super::{Confirmed, GraphRequest, PlanHash};
use crate::domain::access::Writing;
use crate::domain::ids::TenantId;

/// Allows the requests of one plan, in one tenant, and nothing else.
#[derive(Debug)]
pub struct Permit {
    plan: PlanHash,
    tenant: TenantId,
    requests: HashSet<[u8; 32]>,
}

/// A request that no confirmed plan contains.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("refused to send {0}: it is not part of the confirmed plan")]
pub struct NotPermitted(pub String);

impl Permit {
    /// Makes the permit of a confirmed plan whose intent stands on disk.
    pub fn grant(_may_write: &Writing, confirmed: &Confirmed) -> Permit {
        let plan = confirmed.plan();
        Permit {
            plan: plan.hash(),
            tenant: plan.tenant.id,
            requests: plan.steps.iter().map(|s| s.request.digest()).collect(),
        }
    }

    /// The plan it is for.
    pub fn plan(&self) -> PlanHash {
        self.plan
    }

    /// The tenant it is for.
    pub fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// Whether a request may be sent.
    pub fn allows(&self, request: &GraphRequest) -> Result<(), NotPermitted> {
        if self.requests.contains(&request.digest()) {
            return Ok(());
        }
        Err(NotPermitted(format!("{} {}", request.method.as_str(), request.path)))
    }
}
