//! The columns of up to 4,096 users. A sealed chunk never changes; a changed user means a new chunk.

use super::codes::{error_code, plan_set, plans, sku, sku_number, state_code, unknown};
use super::dict::{Dicts, Key};
use super::fold::fold_into;
use super::text::TextColumn;
use crate::domain::facts::{
    AssignedLicense, AssignmentState, ErrorCode, LicenseState, Path, Sync, UserFacts, UserType,
};
use crate::domain::ids::{SkuId, UserId};
use crate::domain::text::Clean;
use crate::domain::time::Timestamp;

/// Users in a chunk. A changed user costs a new chunk and a new look at its rows: under a millisecond at this size,
/// while a million users are still no more than 245 chunks.
pub(super) const ROWS: usize = 4_096;

/// No group: a direct assignment.
pub(super) const DIRECT: u32 = u32::MAX;
/// No time.
const NEVER: u32 = u32::MAX;

/// One license state, 16 bytes.
#[derive(Debug, Clone, Copy, serde::Serialize, serde::Deserialize)]
pub(super) struct StateRow {
    pub(super) group: u32,
    disabled: u32,
    /// Seconds since 2000; `NEVER` for none.
    updated: u32,
    pub(super) sku: u16,
    pub(super) state: u8,
    pub(super) error: u8,
}

/// One assigned license, 8 bytes.
#[derive(Debug, Clone, Copy, serde::Serialize, serde::Deserialize)]
pub(super) struct AssignedRow {
    disabled: u32,
    pub(super) sku: u16,
}

mod flag {
    pub(super) const ENABLED_KNOWN: u8 = 1;
    pub(super) const ENABLED: u8 = 2;
    pub(super) const GUEST: u8 = 4;
    pub(super) const SYNCED: u8 = 8;
    pub(super) const WAS_SYNCED: u8 = 16;
    pub(super) const PROVISIONING_ERROR: u8 = 32;
    pub(super) const MAIL_IS_UPN: u8 = 64;
    pub(super) const GONE: u8 = 128;
}

/// The columns.
#[derive(Debug, Clone, Default, serde::Serialize, serde::Deserialize)]
pub(super) struct Chunk {
    ids: Vec<u128>,
    upns: TextColumn,
    names: TextColumn,
    /// Empty where there is none or where it is the UPN.
    mails: TextColumn,
    locations: Vec<u32>,
    countries: Vec<u32>,
    departments: Vec<u32>,
    offices: Vec<u32>,
    flags: Vec<u8>,
    pub(super) state_ends: Vec<u32>,
    pub(super) states: Vec<StateRow>,
    pub(super) assigned_ends: Vec<u32>,
    pub(super) assigned: Vec<AssignedRow>,
    proxy_ends: Vec<u32>,
    /// Hashes of the proxy addresses, see [`address_hash`].
    proxies: Vec<u64>,
    /// Folded name and UPN, what words search in.
    folded: TextColumn,
}

const EPOCH_2000: i64 = 946_684_800;

/// The hash of a proxy address: case does not count, nor does the casing of its `SMTP:` prefix, which only says which
/// address is the primary one.
pub(super) fn address_hash(address: &str) -> u64 {
    use std::hash::{Hash, Hasher};
    // One fixed hasher: hashes of one load are compared with each other only.
    let mut hasher = std::collections::hash_map::DefaultHasher::new();
    address.trim().to_lowercase().hash(&mut hasher);
    hasher.finish()
}

pub(super) fn span(ends: &[u32], row: usize) -> std::ops::Range<usize> {
    let start = if row == 0 { 0 } else { ends[row - 1] as usize };
    start..ends[row] as usize
}

impl Chunk {
    pub(super) fn len(&self) -> usize {
        self.ids.len()
    }

    /// Appends a user.
    pub(super) fn push(&mut self, user: &UserFacts<'_>, dicts: &mut Dicts) {
        self.ids.push(user.id.as_u128());
        let upn = Clean::new(user.upn);
        let name = Clean::new(user.display_name);
        self.upns.push(upn.as_str());
        self.names.push(name.as_str());
        let mail = user.mail.unwrap_or_default();
        let mail_is_upn = !mail.is_empty() && mail == user.upn;
        let mail = Clean::new(if mail_is_upn { "" } else { mail });
        self.mails.push(mail.as_str());
        self.locations.push(dicts.locations.number(Clean::new(user.usage_location.unwrap_or_default()).as_str()));
        for (column, text) in [
            (&mut self.countries, user.country),
            (&mut self.departments, user.department),
            (&mut self.offices, user.office),
        ] {
            column.push(dicts.words.number(Clean::new(text.unwrap_or_default()).as_str()));
        }
        self.flags.push(flags(user, mail_is_upn));
        for state in user.states {
            self.states.push(StateRow {
                sku: sku_number(state.sku, dicts),
                group: state.path.group().map_or(DIRECT, |g| dicts.groups.number(&Key(g))),
                disabled: plan_set(state.disabled, dicts),
                state: state_code(state.state, dicts),
                error: error_code(state.error, dicts),
                updated: state.updated.map_or(NEVER, |t| u32::try_from(t.0 - EPOCH_2000).unwrap_or(NEVER)),
            });
        }
        for license in user.assigned {
            let row = AssignedRow { sku: sku_number(license.sku, dicts), disabled: plan_set(license.disabled, dicts) };
            self.assigned.push(row);
        }
        self.proxies.extend(user.proxies.iter().map(|proxy| address_hash(proxy)));
        self.end_row();
        let mut folded = String::with_capacity(upn.as_str().len() + name.as_str().len() + 2);
        fold_into(name.as_str(), &mut folded);
        folded.push('\n');
        fold_into(upn.as_str(), &mut folded);
        folded.push('\n');
        self.folded.push(&folded);
    }

    fn end_row(&mut self) {
        self.state_ends.push(self.states.len() as u32);
        self.assigned_ends.push(self.assigned.len() as u32);
        self.proxy_ends.push(self.proxies.len() as u32);
    }

    /// Copies a row of another chunk that was built with the same dictionaries: numbers stay what they are.
    pub(super) fn copy(&mut self, from: &Chunk, row: usize) {
        self.ids.push(from.ids[row]);
        for (to, from) in [
            (&mut self.upns, &from.upns),
            (&mut self.names, &from.names),
            (&mut self.mails, &from.mails),
            (&mut self.folded, &from.folded),
        ] {
            to.push(from.get(row));
        }
        for (to, from) in [
            (&mut self.locations, &from.locations),
            (&mut self.countries, &from.countries),
            (&mut self.departments, &from.departments),
            (&mut self.offices, &from.offices),
        ] {
            to.push(from[row]);
        }
        self.flags.push(from.flags[row]);
        self.states.extend_from_slice(&from.states[span(&from.state_ends, row)]);
        self.assigned.extend_from_slice(&from.assigned[span(&from.assigned_ends, row)]);
        self.proxies.extend_from_slice(&from.proxies[span(&from.proxy_ends, row)]);
        self.end_row();
    }

    /// Whether every column has as many rows as there are ids. Files may be damaged; numbers beyond the dictionaries
    /// are read as absent anyway.
    pub(super) fn is_sound(&self) -> bool {
        let rows = self.ids.len();
        let counts = [&self.locations, &self.countries, &self.departments, &self.offices];
        let spans = |ends: &[u32], all: usize| {
            ends.len() == rows && ends.is_sorted() && ends.last().copied().unwrap_or(0) as usize == all
        };
        rows <= ROWS
            && [&self.upns, &self.names, &self.mails, &self.folded].iter().all(|column| column.is_sound(rows))
            && counts.iter().all(|column| column.len() == rows)
            && self.flags.len() == rows
            && spans(&self.state_ends, self.states.len())
            && spans(&self.assigned_ends, self.assigned.len())
            && spans(&self.proxy_ends, self.proxies.len())
    }

    pub(super) fn mark_gone(&mut self, row: usize) {
        self.flags[row] |= flag::GONE;
    }

    pub(super) fn is_gone(&self, row: usize) -> bool {
        self.flags[row] & flag::GONE != 0
    }

    /// Gives spare capacity back.
    pub(super) fn seal(&mut self) {
        self.ids.shrink_to_fit();
        for column in [&mut self.upns, &mut self.names, &mut self.mails, &mut self.folded] {
            column.shrink();
        }
        self.states.shrink_to_fit();
        self.assigned.shrink_to_fit();
        self.proxies.shrink_to_fit();
    }

    pub(super) fn id(&self, row: usize) -> UserId {
        UserId::from_u128(self.ids[row])
    }

    pub(super) fn raw_id(&self, row: usize) -> u128 {
        self.ids[row]
    }

    pub(super) fn upn(&self, row: usize) -> &str {
        self.upns.get(row)
    }

    pub(super) fn name(&self, row: usize) -> &str {
        self.names.get(row)
    }

    pub(super) fn mail(&self, row: usize) -> Option<&str> {
        let mail = if self.flags[row] & flag::MAIL_IS_UPN != 0 { self.upns.get(row) } else { self.mails.get(row) };
        (!mail.is_empty()).then_some(mail)
    }

    pub(super) fn location_number(&self, row: usize) -> u32 {
        self.locations[row]
    }

    pub(super) fn department_number(&self, row: usize) -> u32 {
        self.departments[row]
    }

    pub(super) fn office_number(&self, row: usize) -> u32 {
        self.offices[row]
    }

    pub(super) fn country_number(&self, row: usize) -> u32 {
        self.countries[row]
    }

    pub(super) fn enabled(&self, row: usize) -> Option<bool> {
        let flags = self.flags[row];
        (flags & flag::ENABLED_KNOWN != 0).then_some(flags & flag::ENABLED != 0)
    }

    pub(super) fn user_type(&self, row: usize) -> UserType {
        if self.flags[row] & flag::GUEST != 0 { UserType::Guest } else { UserType::Member }
    }

    pub(super) fn sync(&self, row: usize) -> Sync {
        let flags = self.flags[row];
        if flags & flag::SYNCED != 0 {
            Sync::Now
        } else if flags & flag::WAS_SYNCED != 0 {
            Sync::Formerly
        } else {
            Sync::Never
        }
    }

    pub(super) fn folded(&self) -> &TextColumn {
        &self.folded
    }

    /// Numbers of the products on a user, by states and by assigned licenses, repeats included.
    pub(super) fn sku_numbers(&self, row: usize) -> impl Iterator<Item = u32> + '_ {
        let states = self.states[span(&self.state_ends, row)].iter().map(|s| u32::from(s.sku));
        states.chain(self.assigned[span(&self.assigned_ends, row)].iter().map(|a| u32::from(a.sku)))
    }

    /// Numbers of the groups that a user's license states name, repeats included.
    pub(super) fn group_numbers(&self, row: usize) -> impl Iterator<Item = u32> + '_ {
        self.states[span(&self.state_ends, row)].iter().map(|s| s.group).filter(|&g| g != DIRECT)
    }

    pub(super) fn proxy_hashes(&self, row: usize) -> &[u64] {
        &self.proxies[span(&self.proxy_ends, row)]
    }

    /// The rows that hold one of the addresses.
    pub(super) fn rows_with_address<'a>(&'a self, hashes: &'a [u64]) -> impl Iterator<Item = usize> + 'a {
        let hits = self.proxies.iter().enumerate().filter(|(_, hash)| hashes.contains(hash));
        hits.map(|(at, _)| self.proxy_ends.partition_point(|&end| end as usize <= at))
    }

    /// Lends the facts of a row. Up to six states and licenses need no allocation.
    pub(super) fn with<R>(&self, row: usize, dicts: &Dicts, look: impl FnOnce(&UserFacts<'_>) -> R) -> R {
        const NO_STATE: LicenseState<'static> = LicenseState {
            sku: SkuId::from_u128(0),
            path: Path::Direct,
            disabled: &[],
            state: AssignmentState::Active,
            error: ErrorCode::None,
            updated: None,
        };
        const NO_LICENSE: AssignedLicense<'static> = AssignedLicense { sku: SkuId::from_u128(0), disabled: &[] };
        let (mut few_states, mut few_licenses) = ([NO_STATE; 6], [NO_LICENSE; 6]);
        let (mut many_states, mut many_licenses) = (Vec::new(), Vec::new());

        let rows = &self.states[span(&self.state_ends, row)];
        let states: &mut [LicenseState<'_>] = match few_states.get_mut(..rows.len()) {
            Some(few) => few,
            None => {
                many_states.resize(rows.len(), NO_STATE);
                &mut many_states
            }
        };
        states.iter_mut().zip(rows).for_each(|(state, row)| *state = row.read(dicts));
        let rows = &self.assigned[span(&self.assigned_ends, row)];
        let licenses: &mut [AssignedLicense<'_>] = match few_licenses.get_mut(..rows.len()) {
            Some(few) => few,
            None => {
                many_licenses.resize(rows.len(), NO_LICENSE);
                &mut many_licenses
            }
        };
        for (license, row) in licenses.iter_mut().zip(rows) {
            *license = AssignedLicense { sku: sku(row.sku, dicts), disabled: plans(row.disabled, dicts) };
        }
        let word = |number: u32| dicts.words.get(number).map(|w| &**w).filter(|w| !w.is_empty());
        let location = dicts.locations.get(self.location_number(row)).map(|l| &**l).filter(|l| !l.is_empty());
        look(&UserFacts {
            id: self.id(row),
            upn: self.upn(row),
            display_name: self.name(row),
            mail: self.mail(row),
            usage_location: location,
            country: word(self.countries[row]),
            department: word(self.departments[row]),
            office: word(self.offices[row]),
            enabled: self.enabled(row),
            user_type: self.user_type(row),
            sync: self.sync(row),
            provisioning_error: self.flags[row] & flag::PROVISIONING_ERROR != 0,
            assigned: licenses,
            states,
            proxies: &[],
        })
    }
}

impl StateRow {
    fn read<'a>(&self, dicts: &'a Dicts) -> LicenseState<'a> {
        LicenseState {
            sku: sku(self.sku, dicts),
            path: match self.group {
                DIRECT => Path::Direct,
                number => dicts.groups.get(number).map_or(Path::Direct, |g| Path::Group(g.0)),
            },
            disabled: plans(self.disabled, dicts),
            state: match self.state {
                0 => AssignmentState::Active,
                1 => AssignmentState::ActiveWithError,
                2 => AssignmentState::Disabled,
                3 => AssignmentState::Error,
                code => AssignmentState::Unrecognized(unknown(code, dicts)),
            },
            error: match self.error {
                0 => ErrorCode::None,
                1 => ErrorCode::CountViolation,
                2 => ErrorCode::MutuallyExclusiveViolation,
                3 => ErrorCode::DependencyViolation,
                4 => ErrorCode::ProhibitedInUsageLocationViolation,
                5 => ErrorCode::UniquenessViolation,
                6 => ErrorCode::Other,
                code => ErrorCode::Unrecognized(unknown(code, dicts)),
            },
            updated: (self.updated != NEVER).then(|| Timestamp(i64::from(self.updated) + EPOCH_2000)),
        }
    }
}

fn flags(user: &UserFacts<'_>, mail_is_upn: bool) -> u8 {
    let mut flags = 0;
    let mut set = |on: bool, bit: u8| flags |= if on { bit } else { 0 };
    set(user.enabled.is_some(), flag::ENABLED_KNOWN);
    set(user.enabled == Some(true), flag::ENABLED);
    set(user.user_type == UserType::Guest, flag::GUEST);
    set(user.sync == Sync::Now, flag::SYNCED);
    set(user.sync == Sync::Formerly, flag::WAS_SYNCED);
    set(user.provisioning_error, flag::PROVISIONING_ERROR);
    set(mail_is_upn, flag::MAIL_IS_UPN);
    flags
}
