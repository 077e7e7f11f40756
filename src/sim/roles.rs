//! What user number `i` holds: every hundred users are one block, and each place in a block has a part to play.
//!
//! The faults of a scenario are parts like any other, so that their number grows with the tenant and what is wrong is
//! known by construction. Four places change their part from block to block, in threes.

use std::sync::Arc;

pub use super::entries::{Code, Entry, Holding, State};

use super::constraints::{EXCHANGE_PLAN_2, SHAREPOINT_PLAN_2};
use super::groups::{self as g, GroupAt};
use super::mix::{Subject, mix};
use super::products::{self as p, ProductAt};
use crate::domain::ids::PlanId;

/// A part in a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the table in `role_of_place` and `template` say what each one is")]
pub enum Role {
    E3,
    E5,
    E1,
    M365,
    DirectE3,
    Pmo,
    E1SharePoint,
    Calling,
    F3,
    Visio,
    PowerBi,
    Windows,
    Marketing,
    VisioWeb,
    FabricFree,
    FlowFree,
    Insights,
    Unlicensed,
    Guest,
    AddressHolder,
    Nested,
    NoSeat,
    Conflict,
    Dependency,
    RemovalBlocked,
    Prohibited,
    AddressTaken,
    OtherFailed,
    UnknownFailed,
    NoLocationLicensed,
    NoLocation,
    BadLocation,
    Duplicate,
    Overlap,
    Disabled,
    GuestLicensed,
    NotOwned,
    Stale,
    ServiceError,
    SyncError,
}

/// Every part once.
pub const ROLES: &[Role] = {
    use Role::*;
    &[
        E3,
        E5,
        E1,
        M365,
        DirectE3,
        Pmo,
        E1SharePoint,
        Calling,
        F3,
        Visio,
        PowerBi,
        Windows,
        Marketing,
        VisioWeb,
        FabricFree,
        FlowFree,
        Insights,
        Unlicensed,
        Guest,
        AddressHolder,
        Nested,
        NoSeat,
        Conflict,
        Dependency,
        RemovalBlocked,
        Prohibited,
        AddressTaken,
        OtherFailed,
        UnknownFailed,
        NoLocationLicensed,
        NoLocation,
        BadLocation,
        Duplicate,
        Overlap,
        Disabled,
        GuestLicensed,
        NotOwned,
        Stale,
        ServiceError,
        SyncError,
    ]
};

const BLOCK: u32 = 100;

/// How many places of a block each part has; what is left over is [`Role::E3`]. The seats of `products` are tuned to
/// these numbers: members who lack a license stay fewer than its free seats, except where that is the planted fault.
const PLACES: &[(Role, usize)] = &[
    (Role::E5, 8),
    (Role::E1, 5),
    (Role::M365, 4),
    (Role::DirectE3, 4),
    (Role::Pmo, 6),
    (Role::E1SharePoint, 2),
    (Role::Calling, 5),
    (Role::F3, 12),
    (Role::Visio, 4),
    (Role::PowerBi, 3),
    (Role::Windows, 3),
    (Role::Marketing, 3),
    (Role::VisioWeb, 2),
    (Role::FabricFree, 1),
    (Role::FlowFree, 1),
    (Role::Insights, 5),
    (Role::Unlicensed, 2),
    (Role::Guest, 2),
    (Role::AddressHolder, 1),
    (Role::Nested, 1),
    (Role::NoSeat, 1),
    (Role::Conflict, 1),
    (Role::AddressTaken, 1),
    (Role::NoLocationLicensed, 1),
    (Role::NoLocation, 1),
    (Role::Duplicate, 1),
    (Role::Overlap, 1),
    (Role::Disabled, 1),
    (Role::GuestLicensed, 1),
];

const CHANGING: &[[Role; 3]] = &[
    [Role::Dependency, Role::RemovalBlocked, Role::Prohibited],
    [Role::OtherFailed, Role::UnknownFailed, Role::BadLocation],
    [Role::NotOwned, Role::Stale, Role::ServiceError],
    [Role::SyncError, Role::E3, Role::E3],
];

/// Who plays what.
#[derive(Debug, Clone)]
pub struct Cast {
    seed: u64,
    count: u32,
    faults: bool,
    tables: [Vec<Role>; 3],
}

impl Cast {
    /// The parts of a tenant of `count` users; without `faults` every faulty part is played by plain staff.
    pub fn new(seed: u64, count: u32, faults: bool) -> Cast {
        let table = |phase: usize| {
            let mut roles: Vec<Role> = CHANGING.iter().map(|three| three[phase]).collect();
            for &(role, places) in PLACES {
                roles.extend(std::iter::repeat_n(role, places));
            }
            roles.resize(BLOCK as usize, Role::E3);
            roles.iter().map(|r| if faults || !r.is_spoiled() { *r } else { Role::E3 }).collect()
        };
        Cast { seed, count, faults, tables: [table(0), table(1), table(2)] }
    }

    /// The part of this user. The last, incomplete block is plain staff.
    pub fn role(&self, index: u32) -> Role {
        let block = index / BLOCK;
        if index >= self.count || (block + 1) * BLOCK > self.count {
            return Role::E3;
        }
        let turn = mix(self.seed, Subject::Rotation, u64::from(block)) % u64::from(BLOCK);
        let place = ((index % BLOCK) * 37 + turn as u32) % BLOCK;
        self.tables[(block % 3) as usize][place as usize]
    }

    /// How many users play this part: closed form.
    pub fn players(&self, role: Role) -> i64 {
        let blocks = self.count / BLOCK;
        let mut sum = 0;
        for (phase, table) in self.tables.iter().enumerate() {
            let of_phase = (blocks + 2 - phase as u32) / 3;
            sum += i64::from(of_phase) * table.iter().filter(|r| **r == role).count() as i64;
        }
        sum + if role == Role::E3 { i64::from(self.count % BLOCK) } else { 0 }
    }

    /// Whether faults are played at all.
    pub fn faulty(&self) -> bool {
        self.faults
    }
}

impl Role {
    fn is_spoiled(self) -> bool {
        ROLES.iter().position(|r| *r == self) >= ROLES.iter().position(|r| *r == Role::NoSeat)
            || matches!(self, Role::Nested | Role::FabricFree | Role::FlowFree | Role::Insights | Role::E1SharePoint)
    }

    /// Whether users of this part are guests.
    pub fn guest(self) -> bool {
        matches!(self, Role::Guest | Role::GuestLicensed)
    }

    /// Whether users of this part have a mailbox of their own.
    pub fn mailbox(self) -> bool {
        !matches!(self, Role::Guest | Role::GuestLicensed | Role::Unlicensed | Role::NoLocation | Role::BadLocation)
    }

    /// What users of this part hold at the start.
    pub fn template(self) -> Holding {
        let by = |group: GroupAt, products: &[ProductAt]| -> Vec<Entry> {
            products.iter().map(|&at| Entry::active(at, Some(group), &[], 0)).collect()
        };
        let direct = |at: ProductAt, off: &[PlanId]| vec![Entry::active(at, None, off, 0)];
        let fail = |group: GroupAt, at: ProductAt, code: Code| {
            vec![Entry { product: at, group: Some(group), disabled: Arc::new([]), state: State::Error, code, since: 0 }]
        };
        let staff = by(g::STAFF, &[p::E3, p::EMS]);
        let also = |group: GroupAt, more: Vec<Entry>| (vec![g::STAFF, group], [staff.clone(), more].concat());
        let plus = |more: Vec<Entry>| (vec![g::STAFF], [staff.clone(), more].concat());
        let (mut groups, entries) = match self {
            Role::E3
            | Role::NoLocationLicensed
            | Role::Disabled
            | Role::ServiceError
            | Role::SyncError
            | Role::AddressHolder => plus(vec![]),
            Role::E5 => (vec![g::ENGINEERING], by(g::ENGINEERING, &[p::E5])),
            Role::E1 => {
                let entries = [by(g::FRONTLINE, &[p::E1]), by(g::ENTRA, &[p::ENTRA_P1])].concat();
                (vec![g::FRONTLINE, g::ENTRA], entries)
            }
            Role::M365 => (vec![g::PILOT], by(g::PILOT, &[p::M365_E3])),
            Role::DirectE3 | Role::GuestLicensed => (vec![], direct(p::E3, &[])),
            Role::Pmo => also(g::PMO, by(g::PMO, &[p::PROJECT, p::VISIO])),
            Role::E1SharePoint => {
                let entries = [by(g::E1_SHAREPOINT, &[p::E1, p::SHAREPOINT_P2]), by(g::ENTRA, &[p::ENTRA_P1])].concat();
                (vec![g::E1_SHAREPOINT, g::ENTRA], entries)
            }
            Role::Calling => {
                let entries = [by(g::ENGINEERING, &[p::E5]), by(g::CALLING, &[p::CALLING])].concat();
                (vec![g::ENGINEERING, g::CALLING], entries)
            }
            Role::F3 => (vec![g::FIRSTLINE_F3], by(g::FIRSTLINE_F3, &[p::F3])),
            Role::Visio => also(g::VISIO, by(g::VISIO, &[p::VISIO])),
            Role::PowerBi => also(g::POWER_BI, by(g::POWER_BI, &[p::POWER_BI])),
            Role::Windows => also(g::WINDOWS, by(g::WINDOWS, &[p::WINDOWS])),
            Role::Marketing => also(g::MARKETING, by(g::MARKETING, &[p::VISIO])),
            Role::VisioWeb => plus(direct(p::VISIO_WEB, &[])),
            Role::FabricFree => plus(direct(p::FABRIC_FREE, &[])),
            Role::FlowFree => plus(direct(p::FLOW_FREE, &[])),
            Role::Insights => also(g::INSIGHTS, by(g::INSIGHTS, &[p::ANALYTICS])),
            Role::Unlicensed | Role::Guest | Role::NoLocation | Role::BadLocation => (vec![], vec![]),
            Role::Nested => also(g::STUDIO, vec![]),
            Role::NoSeat => {
                let failed = [fail(g::PMO, p::PROJECT, Code::Count), fail(g::PMO, p::VISIO, Code::Other)].concat();
                also(g::PMO, failed)
            }
            Role::Conflict => {
                let failed = fail(g::FIRSTLINE_F3, p::F3, Code::Exclusive);
                (vec![g::FIRSTLINE_F3], [direct(p::E3, &[]), failed].concat())
            }
            Role::Dependency => {
                let failed = fail(g::INSIGHTS, p::ANALYTICS, Code::Dependency);
                (vec![g::INSIGHTS], [direct(p::E3, &[EXCHANGE_PLAN_2]), failed].concat())
            }
            Role::RemovalBlocked => {
                let mut stuck = by(g::ENGINEERING, &[p::E5]);
                stuck.iter_mut().for_each(|e| (e.state, e.code) = (State::ActiveWithError, Code::Dependency));
                (vec![], [stuck, direct(p::PROJECT, &[SHAREPOINT_PLAN_2])].concat())
            }
            Role::Prohibited => {
                let failed = fail(g::CALLING, p::CALLING, Code::Location);
                (vec![g::ENGINEERING, g::CALLING], [by(g::ENGINEERING, &[p::E5]), failed].concat())
            }
            Role::AddressTaken => {
                let failed = [fail(g::STAFF, p::E3, Code::Uniqueness), fail(g::STAFF, p::EMS, Code::Other)].concat();
                (vec![g::STAFF], failed)
            }
            Role::OtherFailed => (vec![g::ENGINEERING], fail(g::ENGINEERING, p::E5, Code::Other)),
            Role::UnknownFailed => (vec![g::ENGINEERING], fail(g::ENGINEERING, p::E5, Code::Unknown)),
            Role::Duplicate => plus(direct(p::E3, &[])),
            Role::Overlap => (vec![g::PILOT], [by(g::PILOT, &[p::M365_E3]), direct(p::E3, &[])].concat()),
            Role::NotOwned => plus(direct(p::OLD_PROJECT, &[])),
            Role::Stale => plus(by(g::VISIO, &[p::VISIO])),
        };
        groups.sort_unstable();
        Holding { groups, entries }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_counted_in_closed_form() {
        for count in [0, 99, 100, 250, 300, 1_234] {
            let cast = Cast::new(3, count, true);
            for role in ROLES {
                let counted = (0..count).filter(|i| cast.role(*i) == *role).count() as i64;
                assert_eq!(cast.players(*role), counted, "{role:?} of {count}");
            }
        }
    }

    #[test]
    fn three_blocks_play_every_part_and_a_clean_cast_no_fault() {
        let cast = Cast::new(1, 300, true);
        for role in ROLES {
            assert!(cast.players(*role) > 0, "nobody plays {role:?}");
        }
        let clean = Cast::new(1, 300, false);
        assert!((0..300).all(|i| !clean.role(i).is_spoiled()));
    }
}
