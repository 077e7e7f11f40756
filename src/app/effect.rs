//! What `update` wants done by somebody else. It never waits for it: answers come back as messages, with the
//! generation of their ask, and late ones are dropped.

use std::sync::Arc;

use super::msg::Rows;
use crate::domain::ids::{SkuId, UserId};
use crate::domain::kind::Kind;
use crate::domain::location::Location;
use crate::domain::plan::{Ask, Confirmed};
use crate::domain::text::Clean;
use crate::query::{Link, Query};
use crate::store::{Snapshot, UserOrder};

/// To be done.
#[derive(Debug)]
pub enum Effect {
    /// Filter and order a list ([`super::answer_view`] on a worker's thread). A newer ask for the same list makes this
    /// one obsolete.
    View(ViewAsk),
    /// Build a plan ([`super::answer_plan`] on a worker's thread). Never emitted in read-only mode.
    Plan(PlanAsk),
    /// Carry out a confirmed plan. Never emitted in read-only mode.
    Apply(Confirmed),
    /// Send nothing more of the run; what is in flight is waited for and journaled.
    CancelRun,
    /// Send nothing more until resumed.
    PauseRun,
    /// Go on with the run.
    ResumeRun,
    /// Load the tenant again.
    Reload,
    /// To the clipboard of the terminal.
    Copy(Clean<'static>),
    /// The title of the terminal.
    SetTitle(Clean<'static>),
    /// Write a list to a file.
    Export(ExportAsk),
    /// Give the terminal back and stop the process until it is continued.
    Suspend,
    /// Everything on the screen must be painted again, whatever the terminal shows now.
    Repaint,
    /// Leave with this exit code. While a run is on, it comes only after the run has ended.
    Quit {
        /// Exit code.
        code: u8,
    },
}

/// A list that is filtered and ordered by a worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum List {
    /// Findings.
    Findings,
    /// Users.
    Users,
    /// Groups.
    Groups,
    /// Products.
    Skus,
}

impl List {
    /// All of them, in the order of the tabs.
    pub const ALL: [List; 4] = [List::Findings, List::Users, List::Groups, List::Skus];
}

/// Which rows, in which order.
#[derive(Debug, Clone)]
pub struct ViewAsk {
    /// Counts up with every ask of any list.
    pub generation: u64,
    /// Of which list.
    pub list: List,
    /// Over which snapshot.
    pub snapshot: Arc<Snapshot>,
    /// The filter.
    pub query: Query,
    /// Only what belongs to this object.
    pub link: Option<Link>,
    /// The order of users, and of findings through their users.
    pub order: UserOrder,
    /// From the end.
    pub reversed: bool,
    /// Only findings of this kind.
    pub kind: Option<Kind>,
}

/// A plan to build.
#[derive(Debug, Clone)]
pub struct PlanAsk {
    /// Counts up with every ask.
    pub generation: u64,
    /// Over which snapshot.
    pub snapshot: Arc<Snapshot>,
    /// What for.
    pub wanted: Wanted,
}

/// What a plan is wanted for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// These objects, by id.
    These(Ask),
    /// Every user with a finding of this kind. Only when everything that the kind's rule reads is loaded.
    AllOf(Kind, Deed),
}

/// What is to be done to a set of users.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// Set the usage location.
    Locate(Location),
    /// Process group licenses again.
    Reprocess,
    /// Assign a product directly.
    Assign(SkuId),
    /// Remove the direct assignment of a product.
    Remove(SkuId),
    /// Remove the direct assignment of the product that each finding is about.
    RemoveFound,
}

impl Deed {
    /// The ask for these users. `None` for a deed that needs the findings.
    pub fn ask(self, users: Vec<UserId>) -> Option<Ask> {
        Some(match self {
            Deed::Locate(to) => Ask::SetUsageLocation { to: users.into_iter().map(|user| (user, to)).collect() },
            Deed::Reprocess => Ask::Reprocess { users },
            Deed::Assign(sku) => Ask::AssignLicense { users, sku, disabled: Vec::new() },
            Deed::Remove(sku) => Ask::RemoveLicense { users, sku },
            Deed::RemoveFound => return None,
        })
    }
}

/// The form of an exported file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Comma separated, formulas shielded.
    Csv,
    /// JSON.
    Json,
    /// A table for documents.
    Markdown,
}

/// What to write to a file.
#[derive(Debug, Clone)]
pub struct ExportAsk {
    /// The rows of the list as it is shown.
    pub rows: Rows,
    /// The snapshot that they belong to.
    pub snapshot: Arc<Snapshot>,
    /// The form.
    pub format: Format,
}
