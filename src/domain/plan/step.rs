//! One write: to whom, what stood there before, what should come of it.

use serde::{Deserialize, Serialize};

use super::{Change, GraphRequest};
use crate::domain::ids::{GroupId, PlanId, SkuId, UserId};

/// The object that a step writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Target {
    /// A user.
    User(UserId),
    /// A group.
    Group(GroupId),
}

impl Target {
    /// The user, if it is one.
    pub fn user(self) -> Option<UserId> {
        match self {
            Target::User(user) => Some(user),
            Target::Group(_) => None,
        }
    }

    /// The group, if it is one.
    pub fn group(self) -> Option<GroupId> {
        match self {
            Target::User(_) => None,
            Target::Group(group) => Some(group),
        }
    }

    /// The object id.
    pub fn id(self) -> String {
        match self {
            Target::User(user) => user.to_string(),
            Target::Group(group) => group.to_string(),
        }
    }

    /// Where Graph has it, below the version.
    pub fn path(self) -> String {
        match self {
            Target::User(user) => format!("/users/{user}"),
            Target::Group(group) => format!("/groups/{group}"),
        }
    }
}

impl From<UserId> for Target {
    fn from(user: UserId) -> Target {
        Target::User(user)
    }
}

impl From<GroupId> for Target {
    fn from(group: GroupId) -> Target {
        Target::Group(group)
    }
}

impl std::fmt::Display for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.id())
    }
}

/// The assignment of one product to the object itself, as it stood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DirectLicense {
    /// The product.
    pub sku: SkuId,
    /// Its disabled plans, sorted; `None` when the product was not assigned to the object itself.
    pub disabled: Option<Vec<PlanId>>,
}

/// The fields that a step depends on, as they stood when the plan was made. Drift is judged by these only.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Before {
    /// The usage location, where the step sets it. The outer option says whether the step depends on it.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub usage_location: Option<Option<String>>,
    /// The assignments of the products that the step touches: direct ones of a user, those of a group.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub direct: Vec<DirectLicense>,
    /// The failing group assignments that a reprocess is meant to cure: product and group.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failing: Vec<(SkuId, GroupId)>,
    /// Whether the user was a member of the group that the step concerns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<bool>,
    /// Whether the membership rule of the group was processed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule_on: Option<bool>,
}

/// A field that is there, though it may be null: serde alone would read both levels of the option as absent, and a plan
/// file would no longer hash to what it says.
fn present<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// What the arithmetic says will come of a step.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Prediction {
    /// In one line, for the dialog: "none -> DE", "gains 41 services".
    pub summary: String,
    /// Service plans that the user gains.
    pub gains: Vec<PlanId>,
    /// Service plans that the user loses.
    pub losses: Vec<PlanId>,
    /// What may go wrong by what is documented, but need not: "Exchange plans may conflict".
    pub risks: Vec<String>,
    /// Seats taken (positive) and freed (negative).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub seats: Vec<(SkuId, i64)>,
}

/// One write to one object.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// The object that is written.
    pub target: Target,
    /// The user's principal name when the plan was made, raw; empty for a group.
    pub upn: String,
    /// The object's display name when the plan was made, raw.
    pub name: String,
    /// What is changed.
    #[serde(flatten)]
    pub change: Change,
    /// Exactly what is sent.
    pub request: GraphRequest,
    /// What the step depends on.
    pub before: Before,
    /// What should come of it.
    pub predicted: Prediction,
    /// Whether it can be undone.
    pub invertible: bool,
}

impl Step {
    /// What people know the object by: the principal name of a user, the name of a group. Raw.
    pub fn label(&self) -> &str {
        if self.upn.is_empty() { &self.name } else { &self.upn }
    }
}

/// A line for the owner of another system: nothing is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandOff {
    /// Who can do it: `AD`, `Exchange`, `billing`, `partner`.
    pub owner: String,
    /// The object, as that owner knows it. Raw.
    pub object: String,
    /// Which attribute or thing.
    pub attribute: String,
    /// What it should be. Raw.
    pub value: String,
    /// Why.
    pub reason: String,
}

/// An object that was asked for and is not written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unplanned {
    /// The object.
    pub target: Target,
    /// Principal name of a user, display name of a group, raw.
    pub upn: String,
    /// Why not.
    pub why: String,
}
