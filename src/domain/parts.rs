//! The parts that a tenant is loaded in, and how far each one is.

use serde::{Deserialize, Serialize};

/// The parts that a tenant is loaded in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Part {
    /// `organization`.
    Organization,
    /// `subscribedSkus`.
    Skus,
    /// `directory/subscriptions`.
    Subscriptions,
    /// `users`.
    Users,
    /// The licensed groups.
    Groups,
    /// The direct members of the licensed groups.
    Members,
}

impl Part {
    /// Every part, in the order of loading.
    pub const ALL: [Part; 6] =
        [Part::Organization, Part::Skus, Part::Subscriptions, Part::Users, Part::Groups, Part::Members];

    /// What people read.
    pub fn as_str(self) -> &'static str {
        match self {
            Part::Organization => "organization",
            Part::Skus => "products",
            Part::Subscriptions => "subscriptions",
            Part::Users => "users",
            Part::Groups => "licensed groups",
            Part::Members => "group members",
        }
    }
}

/// How far a part is.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Progress {
    /// Still coming, or not begun. A rule that reads it is pending, which is never "none".
    #[default]
    Pending,
    /// All of it is there.
    Complete,
    /// It will not come, or not all of it, and why.
    Missing(String),
}

/// How far each part is.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Parts([Progress; 6]);

impl Parts {
    /// Every part complete.
    pub fn complete() -> Parts {
        Parts(std::array::from_fn(|_| Progress::Complete))
    }

    /// How far one part is.
    pub fn of(&self, part: Part) -> &Progress {
        &self.0[part as usize]
    }

    /// Sets how far one part is.
    pub fn set(&mut self, part: Part, progress: Progress) {
        self.0[part as usize] = progress;
    }

    /// Whether a part is there as a whole.
    pub fn has(&self, part: Part) -> bool {
        *self.of(part) == Progress::Complete
    }

    /// What is missing and why, for the notices of the screen and the audit.
    pub fn notices(&self) -> impl Iterator<Item = (Part, &str)> {
        Part::ALL.into_iter().filter_map(|part| match self.of(part) {
            Progress::Missing(why) => Some((part, why.as_str())),
            _ => None,
        })
    }

    /// Whether nothing is still coming.
    pub fn settled(&self) -> bool {
        self.0.iter().all(|p| *p != Progress::Pending)
    }
}
