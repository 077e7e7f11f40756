//! One write: what is sent, what stood there before, what should come of it, and what came of it.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::domain::ids::{GroupId, PlanId, SkuId, UserId};
use crate::domain::location::Location;
use crate::domain::refusal::GraphRefusal;
use crate::domain::time::Timestamp;

/// The HTTP methods that writes use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    /// POST.
    Post,
    /// PATCH.
    Patch,
    /// DELETE.
    Delete,
}

impl Method {
    /// As it stands in a request line.
    pub fn as_str(self) -> &'static str {
        match self {
            Method::Post => "POST",
            Method::Patch => "PATCH",
            Method::Delete => "DELETE",
        }
    }
}

/// Exactly what is sent, relative to the base URL of Graph.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GraphRequest {
    /// Method.
    pub method: Method,
    /// Path below the version, for example `/users/{id}/assignLicense`.
    pub path: String,
    /// The JSON body, if there is one.
    pub body: Option<Value>,
}

impl GraphRequest {
    /// What a permit knows a request by.
    pub fn digest(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(self.method.as_str());
        hash.update([0]);
        hash.update(&self.path);
        hash.update([0]);
        hash.update(self.body.as_ref().map(Value::to_string).unwrap_or_default());
        hash.finalize().into()
    }
}

/// A product to assign, with the plans that are to be off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LicenseAdd {
    /// The product.
    pub sku: SkuId,
    /// The full list of plans that are to be off.
    pub disabled: Vec<PlanId>,
}

/// What a step changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "change")]
pub enum Change {
    /// `PATCH /users/{id}` with `usageLocation`.
    SetUsageLocation {
        /// The new value.
        to: Location,
    },
    /// `POST /users/{id}/assignLicense`: adds and removes of one object in one call.
    AssignLicense {
        /// Products to assign directly.
        add: Vec<LicenseAdd>,
        /// Products whose direct assignment goes.
        remove: Vec<SkuId>,
    },
    /// `POST /users/{id}/reprocessLicenseAssignment`.
    Reprocess,
}

impl Change {
    /// The request that carries this change.
    pub fn request(&self, user: UserId) -> GraphRequest {
        match self {
            Change::SetUsageLocation { to } => GraphRequest {
                method: Method::Patch,
                path: format!("/users/{user}"),
                body: Some(json!({ "usageLocation": to.as_str() })),
            },
            Change::AssignLicense { add, remove } => {
                let add: Vec<Value> =
                    add.iter().map(|a| json!({ "skuId": a.sku, "disabledPlans": a.disabled })).collect();
                GraphRequest {
                    method: Method::Post,
                    path: format!("/users/{user}/assignLicense"),
                    // Both arrays are mandatory, even when empty.
                    body: Some(json!({ "addLicenses": add, "removeLicenses": remove })),
                }
            }
            Change::Reprocess => GraphRequest {
                method: Method::Post,
                path: format!("/users/{user}/reprocessLicenseAssignment"),
                body: Some(json!({})),
            },
        }
    }

    /// Whether sending it twice cannot change anything twice: all of these set a state, none adds to one.
    pub fn repeatable(&self) -> bool {
        match self {
            Change::SetUsageLocation { .. } | Change::AssignLicense { .. } | Change::Reprocess => true,
        }
    }
}

/// The direct assignment of one product, as it stood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DirectLicense {
    /// The product.
    pub sku: SkuId,
    /// Its disabled plans, sorted; `None` when the product was not assigned directly.
    pub disabled: Option<Vec<PlanId>>,
}

/// The fields that a step depends on, as they stood when the plan was made. Drift is judged by these only.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Before {
    /// The usage location, where the step sets it. The outer option says whether the step depends on it.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub usage_location: Option<Option<String>>,
    /// The direct assignments of the products that the step touches.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub direct: Vec<DirectLicense>,
    /// The failing group assignments that a reprocess is meant to cure: product and group.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failing: Vec<(SkuId, GroupId)>,
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
}

/// One write to one object.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// The user that is written.
    pub user: UserId,
    /// The user's principal name when the plan was made, raw.
    pub upn: String,
    /// The user's display name when the plan was made, raw.
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

/// An object that was asked for and is not written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unplanned {
    /// The user.
    pub user: UserId,
    /// Principal name, raw.
    pub upn: String,
    /// Why not.
    pub why: String,
}

/// What came of a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "outcome")]
pub enum Outcome {
    /// Written, and the effect was read back.
    Done,
    /// Nothing was sent: the object already is as it should be.
    AlreadyTrue,
    /// Graph took it; the effect has not been read yet.
    Accepted {
        /// When Graph took it.
        since: Timestamp,
    },
    /// Reprocessed, and the license still fails.
    StillFailing {
        /// Graph's words, or the error code that was read back.
        why: String,
    },
    /// Nothing was sent: the object changed since the plan was shown, or is gone.
    Refused {
        /// What changed.
        why: String,
    },
    /// Graph refused it.
    Failed {
        /// Graph's words.
        refusal: GraphRefusal,
    },
    /// It was sent and no answer came; the read that followed could not settle it.
    Unknown {
        /// What happened on the way.
        why: String,
    },
    /// The run was cancelled before it was sent.
    NotSent,
}

impl Outcome {
    /// The word in lists.
    pub fn word(&self) -> &'static str {
        match self {
            Outcome::Done => "done",
            Outcome::AlreadyTrue => "already true",
            Outcome::Accepted { .. } => "accepted",
            Outcome::StillFailing { .. } => "still failing",
            Outcome::Refused { .. } => "refused",
            Outcome::Failed { .. } => "failed",
            Outcome::Unknown { .. } => "unknown",
            Outcome::NotSent => "not sent",
        }
    }

    /// What there is to say beyond the word. May hold text from the tenant.
    pub fn why(&self) -> Option<String> {
        match self {
            Outcome::StillFailing { why } | Outcome::Refused { why } | Outcome::Unknown { why } => Some(why.clone()),
            Outcome::Failed { refusal } => Some(refusal.to_string()),
            _ => None,
        }
    }
}
