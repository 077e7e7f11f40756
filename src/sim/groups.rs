//! The groups of the simulated tenant: what they license, who belongs to them, by which rule.

use super::constraints::EXCHANGE_PLAN_1;
use super::products::{self as p, ProductAt};
use crate::domain::ids::PlanId;

/// Position of a group in the tenant's list.
pub type GroupAt = u16;

/// What decides membership.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// Everybody of a department.
    Department(&'static str),
    /// Everybody for whom a plan is on.
    HasPlan(PlanId),
}

impl Rule {
    /// The text of `membershipRule`.
    pub fn text(&self) -> String {
        match self {
            Rule::Department(name) => format!("(user.department -eq \"{name}\")"),
            Rule::HasPlan(plan) => format!(
                "user.assignedPlans -any (assignedPlan.servicePlanId -eq \"{plan}\" -and assignedPlan.capabilityStatus -eq \"Enabled\")"
            ),
        }
    }
}

/// How a group came to be and who may change its members.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Members are set in the cloud.
    Cloud,
    /// Members are set on-premises.
    Synced,
    /// Members follow a rule, which may be paused.
    Dynamic { rule: Rule, paused: bool },
    /// A Microsoft 365 group.
    Unified,
}

/// `licenseProcessingState`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Processing {
    Queued,
    InProgress,
    Complete,
}

impl Processing {
    /// As Graph writes it.
    pub fn text(self) -> &'static str {
        match self {
            Processing::Queued => "QueuedForProcessing",
            Processing::InProgress => "ProcessingInProgress",
            Processing::Complete => "ProcessingComplete",
        }
    }
}

/// A group as the scenario defines it.
#[derive(Debug, Clone)]
pub struct GroupPlan {
    /// `displayName`.
    pub name: &'static str,
    /// `description`.
    pub description: &'static str,
    /// What it licenses.
    pub products: Vec<ProductAt>,
    /// Who decides on members.
    pub origin: Origin,
    /// Groups inside this one.
    pub nested: Vec<GroupAt>,
    /// Its processing state at the start.
    pub processing: Processing,
}

macro_rules! positions {
    ($($name:ident = $at:literal),* $(,)?) => { $(#[doc = "Position of this group."] #[allow(dead_code, reason = "the list has no gaps")] pub const $name: GroupAt = $at;)* };
}

positions! {
    STAFF = 0, ENGINEERING = 1, FRONTLINE = 2, PMO = 3, PILOT = 4, E1_SHAREPOINT = 5, INSIGHTS = 6, CALLING = 7,
    FIRSTLINE_F3 = 8, VISIO = 9, POWER_BI = 10, WINDOWS = 11, ENTRA = 12, MARKETING = 13, STUDIO = 14, BOARD = 15,
}

fn group(name: &'static str, description: &'static str, products: &[ProductAt], origin: Origin) -> GroupPlan {
    GroupPlan {
        name,
        description,
        products: products.to_vec(),
        origin,
        nested: Vec::new(),
        processing: Processing::Complete,
    }
}

fn dynamic(rule: Rule, paused: bool) -> Origin {
    Origin::Dynamic { rule, paused }
}

/// The groups of Contoso, at the positions of the constants above.
pub fn contoso() -> Vec<GroupPlan> {
    let mut groups = vec![
        group("LIC-Staff-E3", "Office 365 E3 and EMS for office staff", &[p::E3, p::EMS], Origin::Cloud),
        group("LIC-Engineering-E5", "Office 365 E5", &[p::E5], dynamic(Rule::Department("Engineering"), false)),
        group("LIC-Frontline-E1", "Office 365 E1, managed in Active Directory", &[p::E1], Origin::Synced),
        group("LIC-PMO-Project-Visio", "Project and Visio for the PMO", &[p::PROJECT, p::VISIO], Origin::Cloud),
        group("LIC-Pilot-M365-E3", "Pilot of Microsoft 365 E3", &[p::M365_E3], Origin::Cloud),
        group("LIC-E1-SharePoint-P2", "E1 with more SharePoint", &[p::E1, p::SHAREPOINT_P2], Origin::Cloud),
        group("LIC-Workplace-Analytics", "Workplace Analytics add-on", &[p::ANALYTICS], Origin::Cloud),
        group("LIC-Calling-International", "Calling plans", &[p::CALLING], Origin::Cloud),
        group("LIC-Shop-Floor-F3", "Office 365 F3", &[p::F3], Origin::Cloud),
        group("LIC-Visio", "Visio Plan 2", &[p::VISIO], Origin::Cloud),
        group("LIC-Finance-PowerBI", "Power BI Pro", &[p::POWER_BI], Origin::Cloud),
        group("LIC-Windows-E3", "Windows Enterprise", &[p::WINDOWS], Origin::Cloud),
        group(
            "LIC-Entra-P1",
            "Entra ID P1 for plain mailboxes",
            &[p::ENTRA_P1],
            dynamic(Rule::HasPlan(EXCHANGE_PLAN_1), false),
        ),
        group("LIC-Marketing-Visio", "Visio Plan 2", &[p::VISIO], dynamic(Rule::Department("Marketing"), true)),
        group("Design Studio", "Designers in all countries", &[], Origin::Unified),
        group("Works Council", "No licenses here", &[], Origin::Cloud),
    ];
    groups[usize::from(WINDOWS)].nested.push(STUDIO);
    groups[usize::from(POWER_BI)].processing = Processing::Queued;
    groups
}

/// The same groups with nothing wrong in them.
pub fn clean() -> Vec<GroupPlan> {
    let mut groups = contoso();
    for group in &mut groups {
        group.nested.clear();
        group.processing = Processing::Complete;
        if let Origin::Dynamic { paused, .. } = &mut group.origin {
            *paused = false;
        }
    }
    groups[usize::from(E1_SHAREPOINT)].products = vec![p::E1];
    groups[usize::from(INSIGHTS)].products.clear();
    groups[usize::from(ENTRA)].origin = Origin::Cloud;
    groups
}
