//! The directory audit: one record for each license change, by whom and with which words it failed.

use serde_json::{Value, json};

use super::clock;
use super::mix::{Subject, object_id};
use super::model::Model;
use uuid::Uuid;

/// Who did it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    /// Group-based licensing.
    Engine,
    /// The caller of the API.
    Caller,
}

/// What it was done to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A user, by position.
    User(u32),
    /// A group, by position.
    Group(u16),
}

/// One record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// When, in seconds.
    pub at: i64,
    /// `activityDisplayName`.
    pub activity: &'static str,
    /// Who did it.
    pub actor: Actor,
    /// What it was done to.
    pub target: Target,
    /// The words of a failure.
    pub failure: Option<String>,
    /// Changed properties: name, old, new.
    pub changes: Vec<(&'static str, String, String)>,
    /// `client-request-id` of the call, if it had one.
    pub correlation: Option<String>,
}

impl Record {
    /// A record of now.
    pub fn now(activity: &'static str, actor: Actor, target: Target) -> Record {
        Record { at: clock::now(), activity, actor, target, failure: None, changes: Vec::new(), correlation: None }
    }

    /// The id of the target.
    pub fn target_id(&self, model: &Model) -> String {
        match self.target {
            Target::User(index) => model.user_id(index).to_string(),
            Target::Group(at) => model.group_id(at).to_string(),
        }
    }

    /// The record as Graph writes it; `position` is its place in the log.
    pub fn json(&self, model: &Model, position: usize) -> Value {
        let id = Uuid::from_u128(object_id(model.seed, Subject::Audit, position as u32));
        let (app, user) = match self.actor {
            Actor::Engine => (
                json!({"appId": null, "displayName": "Microsoft Entra ID Group-Based Licensing",
                    "servicePrincipalId": null, "servicePrincipalName": null}),
                Value::Null,
            ),
            Actor::Caller => (
                Value::Null,
                json!({"id": Uuid::from_u128(object_id(model.seed, Subject::Audit, u32::MAX)).to_string(),
                    "displayName": null, "userPrincipalName": "admin@contoso.onmicrosoft.com", "ipAddress": "127.0.0.1"}),
            ),
        };
        let (kind, category, upn, name) = match self.target {
            Target::User(index) => {
                ("User", "UserManagement", Value::from(model.upn(index)), Value::from(model.people.name(index).display))
            }
            Target::Group(at) => {
                ("Group", "GroupManagement", Value::Null, Value::from(model.groups[usize::from(at)].name))
            }
        };
        let changes: Vec<Value> = self
            .changes
            .iter()
            .map(|(name, old, new)| json!({"displayName": name, "oldValue": old, "newValue": new}))
            .collect();
        let details = match &self.failure {
            Some(text) => vec![json!({"key": "Licensing Error Message", "value": text})],
            None => vec![],
        };
        json!({
            "id": format!("Directory_{id}"), "category": category, "activityDisplayName": self.activity,
            "activityDateTime": clock::text(self.at), "loggedByService": "Core Directory",
            "correlationId": self.correlation.clone().unwrap_or_else(|| id.to_string()),
            "operationType": "Update",
            "result": if self.failure.is_some() { "failure" } else { "success" },
            "resultReason": self.failure.clone().unwrap_or_default(),
            "initiatedBy": {"app": app, "user": user},
            "targetResources": [{"id": self.target_id(model), "type": kind, "displayName": name,
                "userPrincipalName": upn, "groupType": null, "modifiedProperties": changes}],
            "additionalDetails": details,
        })
    }
}
