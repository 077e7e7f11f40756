//! One entry of the audit document, built from its place in a snapshot when it is written.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::domain::catalog::Catalog;
use crate::domain::facts::Tenant;
use crate::domain::finding::{FindingId, Found, GraphWords, PlanRef};
use crate::domain::ids::{GroupId, SkuId, UserId};
use crate::domain::kind::{Kind, Severity};
use crate::domain::names;
use crate::domain::remedy::Remedy;
use crate::domain::text::Clean;
use crate::domain::time::Timestamp;
use crate::store::{FoundAt, Snapshot};

/// What people call the object of a finding: UPN, group or product.
pub fn object(found: &Found, snapshot: &Snapshot) -> String {
    match (found.user, found.group, found.sku) {
        (Some(user), ..) => user_ref(user, snapshot).upn,
        (None, Some(group), _) => clean(names::group(group, snapshot)),
        (None, None, Some(sku)) => clean(names::sku(sku, snapshot)),
        (None, None, None) => String::new(),
    }
}

/// The user of an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UserRef {
    /// Object id.
    pub id: UserId,
    /// `userPrincipalName`.
    pub upn: String,
    /// `displayName`.
    pub display_name: String,
}

/// The group of an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GroupRef {
    /// Object id.
    pub id: GroupId,
    /// `displayName`; empty where nobody returned the group.
    pub display_name: String,
}

/// The product of an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SkuRef {
    /// `skuId`.
    pub id: SkuId,
    /// `skuPartNumber`; empty where neither the tenant nor the public table has it.
    pub part_number: String,
    /// What people call it.
    pub name: String,
}

/// One finding of the document. The fields are the contract, in its order.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Entry {
    /// The same problem has the same id in every audit.
    pub id: FindingId,
    /// What kind.
    pub kind: Kind,
    /// How bad.
    pub severity: Severity,
    /// The user it is about.
    pub user: Option<UserRef>,
    /// The group it is about or comes by.
    pub group: Option<GroupRef>,
    /// The product it is about.
    pub sku: Option<SkuRef>,
    /// `direct` or `group`.
    pub path: Option<&'static str>,
    /// The plans involved.
    pub plans: Vec<PlanRef>,
    /// The finding that this one goes away with.
    pub root: Option<FindingId>,
    /// Graph's words.
    pub graph: Option<GraphWords>,
    /// Since when.
    pub since: Option<Timestamp>,
    /// One sentence.
    pub message: String,
    /// More, by kind.
    pub details: Map<String, Value>,
    /// What can be done.
    pub remedies: Vec<Remedy>,
}

impl Entry {
    /// Builds the entry of a finding, every text of it cleaned.
    pub fn new(snapshot: &Snapshot, at: FoundAt) -> Option<Entry> {
        let finding = snapshot.describe(at)?;
        let found = finding.found;
        let plans = finding.plans.into_iter().map(|plan| PlanRef {
            name: clean(plan.name),
            display_name: clean(plan.display_name),
            path: plan.path.map(clean),
            ..plan
        });
        let remedies = finding.remedies.into_iter().map(|remedy| Remedy {
            summary: clean(remedy.summary),
            why_not: remedy.why_not.map(clean),
            ..remedy
        });
        Some(Entry {
            id: found.id(),
            kind: found.kind,
            severity: found.severity,
            user: found.user.map(|id| user_ref(id, snapshot)),
            group: found.group.map(|id| GroupRef {
                id,
                display_name: clean(snapshot.group(id).map(|group| group.display_name.clone()).unwrap_or_default()),
            }),
            sku: found.sku.map(|id| SkuRef {
                id,
                part_number: part_number(id, snapshot),
                name: clean(names::sku(id, snapshot)),
            }),
            path: finding.path,
            plans: plans.collect(),
            root: finding.root,
            graph: finding.graph.map(|words| GraphWords { state: clean(words.state), error: clean(words.error) }),
            since: finding.since,
            message: clean(finding.message),
            details: finding.details.into_iter().map(|(key, value)| (key, clean_value(value))).collect(),
            remedies: remedies.collect(),
        })
    }
}

fn user_ref(id: UserId, snapshot: &Snapshot) -> UserRef {
    // A snapshot cleans names when it takes them in.
    let (upn, name) = snapshot.user(id).map(|user| (user.upn(), user.name())).unwrap_or_default();
    UserRef { id, upn: upn.to_owned(), display_name: name.to_owned() }
}

/// The part number: the tenant's own, else the public table's; empty where neither has the product.
pub(super) fn part_number(id: SkuId, snapshot: &Snapshot) -> String {
    let own = snapshot.sku(id).map(|sku| sku.part_number.as_str()).filter(|part| !part.is_empty());
    let known = own.or_else(|| Catalog::embedded().sku(id).map(|sku| sku.part_number));
    clean(known.unwrap_or_default().to_owned())
}

pub(super) fn clean(text: String) -> String {
    Clean::owned(text).to_string()
}

fn clean_value(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(clean(text)),
        Value::Array(items) => Value::Array(items.into_iter().map(clean_value).collect()),
        Value::Object(fields) => Value::Object(fields.into_iter().map(|(k, v)| (clean(k), clean_value(v))).collect()),
        other => other,
    }
}
