//! Reads the object of a step as it stands now.

use crate::domain::facts::Group;
use crate::domain::plan::{Now, Step, Target};
use crate::graph::{Client, GraphError, UserNow};

/// What was read for a step.
#[derive(Debug, Clone)]
pub enum Seen {
    /// The user that is written.
    User(Box<UserNow>),
    /// The group that is written.
    Group(Box<Group>),
    /// Whether the user is a member of the group that the step concerns.
    Member(bool),
}

impl Seen {
    /// Lends what was read for comparing.
    pub fn now<R>(&self, look: impl FnOnce(Now<'_>) -> R) -> R {
        match self {
            Seen::User(user) => user.facts(|facts| look(Now::User(facts))),
            Seen::Group(group) => look(Now::Group(group)),
            Seen::Member(is) => look(Now::Member(*is)),
        }
    }
}

/// Reads what a step depends on. `None` when the object is no longer there.
pub async fn look(client: &Client, step: &Step) -> Result<Option<Seen>, GraphError> {
    match (step.target, step.change.membership()) {
        (Target::User(user), Some(group)) => Ok(client.is_member(user, group).await?.map(Seen::Member)),
        (Target::User(user), None) => Ok(client.read_user(user).await?.map(|u| Seen::User(Box::new(u)))),
        (Target::Group(group), _) => Ok(client.read_group(group).await?.map(|g| Seen::Group(Box::new(g)))),
    }
}

/// "the user is no longer there".
pub fn gone(target: Target) -> &'static str {
    match target {
        Target::User(_) => "the user is no longer there",
        Target::Group(_) => "the group is no longer there",
    }
}
