//! A user as it stands now: what a re-read before and after a write is compared with.

use super::wire::{Scratch, WireUser};
use crate::domain::facts::UserFacts;
use crate::domain::ids::UserId;

/// A user that was read on its own.
#[derive(Debug, Clone)]
pub struct UserNow {
    id: UserId,
    user: WireUser<'static>,
}

impl UserNow {
    /// Reads the answer to a question for one user. Without an id it is no user.
    pub(super) fn read(text: &str) -> Result<UserNow, serde_json::Error> {
        let user: WireUser<'_> = serde_json::from_str(text)?;
        let id = user.id().ok_or_else(|| serde::de::Error::custom("no `id` of a user"))?;
        Ok(UserNow { id, user: user.into_static() })
    }

    /// The object id.
    pub fn id(&self) -> UserId {
        self.id
    }

    /// Lends the user as facts.
    pub fn facts<R>(&self, look: impl FnOnce(&UserFacts<'_>) -> R) -> R {
        match self.user.with(&mut Scratch::default(), look) {
            Some((result, _)) => result,
            // `read` made sure of the id, which is all that `with` asks for.
            None => unreachable!("a user that was read has an id"),
        }
    }
}
