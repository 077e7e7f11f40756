//! What a rule found ([`Found`], small and many) and what a person reads of it ([`Finding`], built on demand).

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::ids::{GroupId, PlanId, SkuId, UserId};
use super::kind::{Kind, Severity};
use super::remedy::Remedy;
use super::time::Timestamp;

/// One finding as its rule reports it: enough to count, list, mark and find it again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Found {
    /// What kind.
    pub kind: Kind,
    /// How bad in this case.
    pub severity: Severity,
    /// The user it is about.
    pub user: Option<UserId>,
    /// The group it is about, or the path of the license state it comes from.
    pub group: Option<GroupId>,
    /// The product it is about.
    pub sku: Option<SkuId>,
}

impl Found {
    /// The identity of the finding: the same problem has the same id in every load.
    pub fn id(&self) -> FindingId {
        let mut hash = Sha256::new();
        hash.update(self.kind.name());
        for id in [self.user.map(UserId::as_u128), self.group.map(GroupId::as_u128), self.sku.map(SkuId::as_u128)] {
            // The presence byte keeps (user, none) apart from (none, user).
            hash.update([u8::from(id.is_some())]);
            hash.update(id.unwrap_or_default().to_be_bytes());
        }
        let digest = hash.finalize();
        let mut short = [0; 10];
        short.copy_from_slice(&digest[..10]);
        FindingId(short)
    }
}

/// A hash of kind, user, group and SKU ids; written as 20 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FindingId([u8; 10]);

impl std::fmt::Display for FindingId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl std::fmt::Debug for FindingId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self}")
    }
}

impl Serialize for FindingId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Where the knowledge of a conflict or dependency comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Evidence {
    /// Graph's own words.
    GraphText,
    /// Learned in this tenant before.
    Learned,
    /// A documented set or prerequisite: may be, not does.
    Documented,
    /// Nothing names it.
    None,
}

/// A service plan with the product and path that bring it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlanRef {
    /// `servicePlanId`.
    pub id: PlanId,
    /// Identifier, for example `EXCHANGE_S_ENTERPRISE`; the id where it has none.
    pub name: String,
    /// What people call it.
    pub display_name: String,
    /// The product that brings it.
    pub sku_id: Option<SkuId>,
    /// `direct`, or the group that brings it.
    pub path: Option<String>,
}

/// What Graph says, raw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GraphWords {
    /// `state`.
    pub state: String,
    /// `error`.
    pub error: String,
}

/// A finding with everything that is known about it.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// Kind, severity and what it is about.
    pub found: Found,
    /// `direct` or `group`, for findings about one assignment.
    pub path: Option<&'static str>,
    /// The plans involved, where known.
    pub plans: Vec<PlanRef>,
    /// The finding that this one goes away with.
    pub root: Option<FindingId>,
    /// Graph's words.
    pub graph: Option<GraphWords>,
    /// Since when.
    pub since: Option<Timestamp>,
    /// One sentence for people. May hold names from the tenant: clean it before showing.
    pub message: String,
    /// What there is to say beyond the message, by kind.
    pub details: serde_json::Map<String, serde_json::Value>,
    /// What can be done, least harm first.
    pub remedies: Vec<Remedy>,
}
