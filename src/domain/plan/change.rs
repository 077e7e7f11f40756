//! What a step changes, and the one request that carries it.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::Target;
use crate::domain::ids::{GroupId, PlanId, SkuId};
use crate::domain::location::Location;

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

/// The member of a body whose value is an address of Graph: written relative, like the path.
pub const ODATA_ID: &str = "@odata.id";

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
    /// `POST /users/{id}/assignLicense` or `/groups/{id}/assignLicense`: adds and removes of one object in one call.
    AssignLicense {
        /// Products to assign.
        add: Vec<LicenseAdd>,
        /// Products whose assignment goes.
        remove: Vec<SkuId>,
    },
    /// `POST /users/{id}/reprocessLicenseAssignment`.
    Reprocess,
    /// `POST /groups/{group}/members/$ref`.
    JoinGroup {
        /// The group.
        group: GroupId,
    },
    /// `DELETE /groups/{group}/members/{id}/$ref`.
    LeaveGroup {
        /// The group.
        group: GroupId,
    },
    /// `PATCH /groups/{id}` with `membershipRuleProcessingState`.
    ProcessRule {
        /// Whether the rule is processed.
        on: bool,
    },
}

impl Change {
    /// The request that carries this change.
    pub fn request(&self, target: impl Into<Target>) -> GraphRequest {
        let target = target.into();
        let at = target.path();
        let request = |method, path, body| GraphRequest { method, path, body };
        match self {
            Change::SetUsageLocation { to } => {
                request(Method::Patch, at, Some(json!({ "usageLocation": to.as_str() })))
            }
            Change::AssignLicense { add, remove } => {
                let add: Vec<Value> =
                    add.iter().map(|a| json!({ "skuId": a.sku, "disabledPlans": a.disabled })).collect();
                // Both arrays are mandatory, even when empty.
                let body = json!({ "addLicenses": add, "removeLicenses": remove });
                request(Method::Post, format!("{at}/assignLicense"), Some(body))
            }
            Change::Reprocess => request(Method::Post, format!("{at}/reprocessLicenseAssignment"), Some(json!({}))),
            Change::JoinGroup { group } => {
                // Relative like the path: the client puts the base URL before both.
                let body = json!({ ODATA_ID: format!("/directoryObjects/{}", target.id()) });
                request(Method::Post, format!("/groups/{group}/members/$ref"), Some(body))
            }
            // Without `/$ref` the request would mean the member itself, which may then be deleted (reference 3.2).
            Change::LeaveGroup { group } => {
                request(Method::Delete, format!("/groups/{group}/members/{}/$ref", target.id()), None)
            }
            Change::ProcessRule { on } => {
                let word = if *on { "On" } else { "Paused" };
                request(Method::Patch, at, Some(json!({ "membershipRuleProcessingState": word })))
            }
        }
    }

    /// Whether sending it twice cannot change anything twice: all of these set a state, none adds to one.
    pub fn repeatable(&self) -> bool {
        match self {
            Change::SetUsageLocation { .. }
            | Change::AssignLicense { .. }
            | Change::Reprocess
            | Change::JoinGroup { .. }
            | Change::LeaveGroup { .. }
            | Change::ProcessRule { .. } => true,
        }
    }

    /// The group whose membership it changes.
    pub fn membership(&self) -> Option<GroupId> {
        match self {
            Change::JoinGroup { group } | Change::LeaveGroup { group } => Some(*group),
            _ => None,
        }
    }
}
