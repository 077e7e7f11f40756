//! What can be done about a finding: verbs, the permissions they need, and whether they are possible here.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A way to change the tenant, or to have it changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verb {
    /// `PATCH` of the usage location.
    SetUsageLocation,
    /// Gives a license directly.
    AssignLicense,
    /// Takes a direct license away.
    RemoveLicense,
    /// Has Graph process the group licenses of a user again.
    Reprocess,
    /// Switches plans of a direct license on or off.
    ChangePlans,
    /// Replaces one direct license by another in one call.
    SwapLicense,
    /// Takes a user out of a group.
    LeaveGroup,
    /// Puts a user into a group.
    JoinGroup,
    /// Changes the licenses of a group.
    ChangeGroupLicenses,
    /// Stops the processing of a membership rule.
    PauseRule,
    /// Starts the processing of a membership rule.
    ResumeRule,
    /// Nothing is written: a line for the owner of another system.
    HandOff,
}

impl Verb {
    /// The verbs that a plan can be built for.
    pub const PLANNED: [Verb; 11] = [
        Verb::SetUsageLocation,
        Verb::Reprocess,
        Verb::AssignLicense,
        Verb::RemoveLicense,
        Verb::ChangePlans,
        Verb::SwapLicense,
        Verb::JoinGroup,
        Verb::LeaveGroup,
        Verb::ChangeGroupLicenses,
        Verb::PauseRule,
        Verb::ResumeRule,
    ];

    /// The name in documents and on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Verb::SetUsageLocation => "set-usage-location",
            Verb::AssignLicense => "assign-license",
            Verb::RemoveLicense => "remove-license",
            Verb::Reprocess => "reprocess",
            Verb::ChangePlans => "change-plans",
            Verb::SwapLicense => "swap-license",
            Verb::LeaveGroup => "leave-group",
            Verb::JoinGroup => "join-group",
            Verb::ChangeGroupLicenses => "change-group-licenses",
            Verb::PauseRule => "pause-rule",
            Verb::ResumeRule => "resume-rule",
            Verb::HandOff => "hand-off",
        }
    }

    /// The word on the confirming button: "Set 3 usage locations".
    pub fn button(self, count: usize) -> String {
        let s = if count == 1 { "" } else { "s" };
        match self {
            Verb::SetUsageLocation => format!("Set {count} usage location{s}"),
            Verb::AssignLicense => format!("Assign {count} license{s}"),
            Verb::RemoveLicense => format!("Remove {count} license{s}"),
            Verb::Reprocess => format!("Reprocess {count} user{s}"),
            _ => format!("{self} {count}"),
        }
    }

    /// The least permission that carries it (graph-permission names, both flows).
    pub const fn scopes(self) -> &'static [&'static str] {
        match self {
            Verb::SetUsageLocation | Verb::Reprocess => &["User.ReadWrite.All"],
            Verb::AssignLicense
            | Verb::RemoveLicense
            | Verb::ChangePlans
            | Verb::SwapLicense
            | Verb::ChangeGroupLicenses => &["LicenseAssignment.ReadWrite.All"],
            Verb::LeaveGroup | Verb::JoinGroup => &["GroupMember.ReadWrite.All"],
            Verb::PauseRule | Verb::ResumeRule => &["Group.ReadWrite.All"],
            Verb::HandOff => &[],
        }
    }
}

impl fmt::Display for Verb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// One thing that can be done about a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Remedy {
    /// How.
    pub verb: Verb,
    /// What it would do here, in one line.
    pub summary: String,
    /// Whether it can be done.
    pub possible: bool,
    /// Why not.
    pub why_not: Option<String>,
    /// The least permissions it needs.
    pub scopes: Vec<&'static str>,
}

impl Remedy {
    /// A remedy that can be done.
    pub fn new(verb: Verb, summary: impl Into<String>) -> Remedy {
        Remedy { verb, summary: summary.into(), possible: true, why_not: None, scopes: verb.scopes().to_vec() }
    }

    /// A remedy that cannot be done here, and why: it stays visible.
    pub fn not(verb: Verb, summary: impl Into<String>, why: impl Into<String>) -> Remedy {
        Remedy { possible: false, why_not: Some(why.into()), ..Remedy::new(verb, summary) }
    }
}
