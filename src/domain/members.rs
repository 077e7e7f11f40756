//! The direct members of a group, asked for once per user and group: a million times in a large tenant.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::ids::{GroupId, UserId};

/// The direct members of a group. Only users get licenses; nested groups and other objects are kept apart.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Members {
    /// Users, sorted by id.
    pub users: Arc<[UserId]>,
    /// Groups inside the group: their users get nothing.
    pub groups: Vec<GroupId>,
    /// Devices, contacts, service principals and what else there is.
    pub others: u32,
}

impl Members {
    /// Whether a user is among them.
    ///
    /// Object ids are random, so where an id stands in a sorted list can be reckoned: the search begins with a window
    /// around that place and takes the whole list where ids turn out not to be spread evenly.
    pub fn has(&self, user: UserId) -> bool {
        /// Below this a plain search is as fast.
        const LONG: usize = 512;
        let users = &self.users[..];
        let window = match (users.first(), users.last()) {
            (Some(first), Some(last)) if users.len() >= LONG => {
                if user < *first || user > *last {
                    return false;
                }
                let spread = ((last.as_u128() - first.as_u128()) >> 32).max(1);
                let share = ((user.as_u128() - first.as_u128()) >> 32) as f64 / spread as f64;
                let place = (share * users.len() as f64) as usize;
                // Three standard deviations of the place of the middle one among random ids.
                let reach = (users.len() as f64).sqrt() as usize * 3 / 2;
                place.saturating_sub(reach)..(place + reach).min(users.len())
            }
            _ => 0..users.len(),
        };
        match users.get(window) {
            Some(near) if near.first().is_some_and(|f| *f <= user) && near.last().is_some_and(|l| *l >= user) => {
                near.binary_search(&user).is_ok()
            }
            _ => users.binary_search(&user).is_ok(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_found_however_their_ids_are_spread() {
        let random = |n: u128| n.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
        let even: fn(u128) -> u128 = |n| n * 3 + 7;
        let crowded: fn(u128) -> u128 = |n| if n == 0 { u128::MAX } else { n };
        for ids in [random as fn(u128) -> u128, even, crowded] {
            for count in [0u128, 1, 2, 600, 5_000] {
                let mut users: Vec<UserId> = (0..count).map(|n| UserId::from_u128(ids(n))).collect();
                users.sort_unstable();
                let members = Members { users: users.clone().into(), ..Members::default() };
                for n in 0..count + 50 {
                    for id in [ids(n), ids(n).wrapping_add(1), n] {
                        let user = UserId::from_u128(id);
                        assert_eq!(members.has(user), users.contains(&user));
                    }
                    if count > 700 && n > 40 {
                        break;
                    }
                }
            }
        }
    }
}
