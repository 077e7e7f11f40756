//! License states: what a user has or was meant to have, by which path, and what became of it.

use std::sync::Arc;

use super::groups::GroupAt;
use super::products::ProductAt;
use crate::domain::ids::PlanId;

/// `state` of a license assignment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "Graph's words")]
pub enum State {
    Active,
    ActiveWithError,
    Error,
}

/// `error` of a license assignment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "Graph's words")]
pub enum Code {
    None,
    Count,
    Exclusive,
    Dependency,
    Location,
    Uniqueness,
    Other,
    Unknown,
}

impl State {
    /// As Graph writes it.
    pub fn text(self) -> &'static str {
        match self {
            State::Active => "Active",
            State::ActiveWithError => "ActiveWithError",
            State::Error => "Error",
        }
    }
}

impl Code {
    /// As Graph writes it.
    pub fn text(self) -> &'static str {
        match self {
            Code::None => "None",
            Code::Count => "CountViolation",
            Code::Exclusive => "MutuallyExclusiveViolation",
            Code::Dependency => "DependencyViolation",
            Code::Location => "ProhibitedInUsageLocationViolation",
            Code::Uniqueness => "UniquenessViolation",
            Code::Other => "Other",
            Code::Unknown => "Unknown",
        }
    }
}

/// One license state: a product by one path.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// The product.
    pub product: ProductAt,
    /// The granting group; `None` is direct.
    pub group: Option<GroupAt>,
    /// Plans that are off on this path.
    pub disabled: Arc<[PlanId]>,
    /// `state`.
    pub state: State,
    /// `error`.
    pub code: Code,
    /// When it last changed, in seconds; 0 is some time before the start.
    pub since: i64,
}

impl Entry {
    /// Whether the license is on the user by this path.
    pub fn held(&self) -> bool {
        self.state != State::Error
    }

    /// An active entry.
    pub fn active(product: ProductAt, group: Option<GroupAt>, disabled: &[PlanId], since: i64) -> Entry {
        Entry { product, group, disabled: disabled.into(), state: State::Active, code: Code::None, since }
    }
}

/// What a part holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Holding {
    /// Groups, ascending.
    pub groups: Vec<GroupAt>,
    /// License states.
    pub entries: Vec<Entry>,
}
