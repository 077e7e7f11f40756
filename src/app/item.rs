//! What a row stands for. Rows move, items do not.

use crate::domain::facts::Tenant;
use crate::domain::finding::Found;
use crate::domain::ids::{GroupId, SkuId, UserId};
use crate::domain::names;
use crate::domain::text::Clean;
use crate::query::Link;
use crate::store::Snapshot;

/// The identity of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Item {
    /// A user.
    User(UserId),
    /// A group.
    Group(GroupId),
    /// A product.
    Sku(SkuId),
    /// A finding.
    Finding(Found),
}

impl Item {
    /// The user that it is, or is about.
    pub fn user(self) -> Option<UserId> {
        match self {
            Item::User(id) => Some(id),
            Item::Finding(found) => found.user,
            _ => None,
        }
    }

    /// The object whose detail is shown for it: a finding leads to its user, group or product.
    pub fn object(self) -> Option<Item> {
        match self {
            Item::Finding(Found { user: Some(id), .. }) => Some(Item::User(id)),
            Item::Finding(Found { group: Some(id), .. }) => Some(Item::Group(id)),
            Item::Finding(Found { sku: Some(id), .. }) => Some(Item::Sku(id)),
            Item::Finding(_) => None,
            object => Some(object),
        }
    }

    /// What narrows other lists to what belongs to it.
    pub fn link(self) -> Option<Link> {
        match self.object()? {
            Item::User(id) => Some(Link::User(id)),
            Item::Group(id) => Some(Link::Group(id)),
            Item::Sku(id) => Some(Link::Sku(id)),
            Item::Finding(_) => None,
        }
    }

    /// Whether two items are the same thing: a finding whose severity changed is still the same finding.
    pub fn same(self, other: Item) -> bool {
        match (self, other) {
            (Item::Finding(a), Item::Finding(b)) => {
                (a.kind, a.user, a.group, a.sku) == (b.kind, b.user, b.group, b.sku)
            }
            (a, b) => a == b,
        }
    }

    /// The object id as text.
    pub fn id(self) -> String {
        match self {
            Item::User(id) => id.to_string(),
            Item::Group(id) => id.to_string(),
            Item::Sku(id) => id.to_string(),
            Item::Finding(found) => found.id().to_string(),
        }
    }

    /// What people call it; the id where it is not in the snapshot.
    pub fn label(self, snapshot: &Snapshot) -> Clean<'static> {
        Clean::owned(match self {
            Item::User(id) => snapshot.user(id).map_or_else(|| id.to_string(), |u| u.name().to_owned()),
            Item::Group(id) => names::group(id, snapshot),
            Item::Sku(id) => names::sku(id, snapshot),
            Item::Finding(found) => found.kind.title().to_owned(),
        })
    }

    /// Whether the snapshot still has it.
    pub fn exists(self, snapshot: &Snapshot) -> bool {
        match self {
            Item::User(id) => snapshot.row_of(id).is_some(),
            Item::Group(id) => snapshot.group(id).is_some(),
            Item::Sku(id) => snapshot.sku(id).is_some(),
            Item::Finding(found) => snapshot.find(&found).is_some(),
        }
    }
}
