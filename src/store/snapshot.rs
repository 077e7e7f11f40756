//! One immutable state of the tenant: what every frame, filter, rule and plan reads.

use std::sync::{Arc, OnceLock};

use hashbrown::HashMap;

use super::chunk::{Chunk, ROWS};
use super::dict::{Dicts, Key};
use super::findings::{Findings, FoundAt, NO_SKU, NONE};
use super::index::Index;
use super::order::{UserOrder, order};
use crate::domain::constraints::Learned;
use crate::domain::facts::{Group, Organization, Parts, Row, Sku, Subscription, Sync, Tenant, UserFacts, UserType};
use crate::domain::finding::{Finding, FindingId, Found};
use crate::domain::ids::{GroupId, SkuId, UserId};
use crate::domain::kind::{Kind, KindSet, Severity};
use crate::domain::rules;
use crate::domain::time::Timestamp;

/// Things that are few, shared between snapshots until they change.
#[derive(Debug, Clone, Default)]
pub(super) struct Shared {
    pub(super) organization: Option<Organization>,
    pub(super) skus: Vec<Sku>,
    pub(super) sku_at: HashMap<SkuId, usize>,
    pub(super) subscriptions: Vec<Subscription>,
    pub(super) groups: Vec<Group>,
    pub(super) group_at: HashMap<GroupId, usize>,
    pub(super) learned: Learned,
    pub(super) notices: Vec<String>,
    pub(super) expected_users: Option<u64>,
}

/// The state.
#[derive(Debug)]
pub struct Snapshot {
    pub(super) generation: u64,
    pub(super) now: Timestamp,
    pub(super) parts: Parts,
    pub(super) chunks: Vec<Arc<Chunk>>,
    pub(super) living: u32,
    pub(super) index: Arc<Index>,
    pub(super) dicts: Arc<Dicts>,
    pub(super) shared: Arc<Shared>,
    pub(super) findings: Findings,
    /// Orders, each made when first asked for.
    pub(super) orders: [OnceLock<Arc<[u32]>>; 5],
}

/// One user of a snapshot, for lists: each field is read when asked for.
#[derive(Debug, Clone, Copy)]
pub struct UserRow<'a> {
    snapshot: &'a Snapshot,
    chunk: &'a Chunk,
    row: usize,
    place: Row,
}

impl Snapshot {
    /// Counts up with every snapshot that a builder publishes.
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// How many users there are, without those that are gone.
    pub fn living_users(&self) -> u32 {
        self.living
    }

    /// How many users the tenant said it has.
    pub fn expected_users(&self) -> Option<u64> {
        self.shared.expected_users
    }

    /// What loaders found odd.
    pub fn notices(&self) -> &[String] {
        &self.shared.notices
    }

    /// The findings.
    pub fn findings(&self) -> &Findings {
        &self.findings
    }

    /// All rows with a living user.
    pub fn rows(&self) -> impl Iterator<Item = Row> + '_ {
        self.chunks.iter().enumerate().flat_map(|(c, chunk)| {
            (0..chunk.len()).filter(|&r| !chunk.is_gone(r)).map(move |r| Row((c * ROWS + r) as u32))
        })
    }

    /// All rows in an order. Takes up to a second for a million users the first time: not for the screen's thread.
    pub fn ordered(&self, by: UserOrder) -> Arc<[u32]> {
        Arc::clone(self.orders[by as usize].get_or_init(|| order(self, by).into()))
    }

    pub(super) fn place(&self, row: Row) -> (&Chunk, usize) {
        (&self.chunks[row.0 as usize / ROWS], row.0 as usize % ROWS)
    }

    /// The user in a row of this snapshot.
    pub fn user_at(&self, row: Row) -> UserRow<'_> {
        let (chunk, at) = self.place(row);
        UserRow { snapshot: self, chunk, row: at, place: row }
    }

    /// A user by id.
    pub fn user(&self, id: UserId) -> Option<UserRow<'_>> {
        self.row_of(id).map(|row| self.user_at(row))
    }

    /// Folded name and UPN of a user, each ended by a line feed: what words are searched in.
    pub fn folded(&self, row: Row) -> &str {
        let (chunk, at) = self.place(row);
        chunk.folded().get(at)
    }

    /// Calls back with every living row whose folded name or UPN contains `needle`, in ascending order. Sweeps whole
    /// columns: 3-14 ms for a million users.
    pub fn rows_with_word(&self, needle: &str, mut hit: impl FnMut(Row)) {
        let finder = memchr::memmem::Finder::new(needle.as_bytes());
        for (c, chunk) in self.chunks.iter().enumerate() {
            let (column, mut from, mut row) = (chunk.folded(), 0, 0);
            while let Some(at) = finder.find(&column.arena()[from..]) {
                row = column.row_at(from + at, row);
                // A needle has no line feed and every text ends with one, so a hit never spans two rows.
                if !chunk.is_gone(row) {
                    hit(Row((c * ROWS + row) as u32));
                }
                from = column.end(row);
                row += 1;
            }
        }
    }

    /// The user by UPN in any casing. Reads all users: for what a person typed.
    pub fn user_by_upn(&self, upn: &str) -> Option<UserRow<'_>> {
        self.rows().map(|row| self.user_at(row)).find(|u| u.upn().eq_ignore_ascii_case(upn.trim()))
    }

    /// What a finding is, by ids.
    pub fn found(&self, at: FoundAt) -> Option<Found> {
        let row = self.findings.row(at)?;
        let user = (row.row != NONE).then(|| self.chunks[at.chunk as usize].id(row.row as usize));
        Some(Found {
            kind: row.kind,
            severity: row.severity,
            user,
            group: (row.group != NONE).then(|| self.dicts.groups.get(row.group)).flatten().map(|k| k.0),
            sku: (row.sku != NO_SKU).then(|| self.dicts.skus.get(u32::from(row.sku))).flatten().map(|k| k.0),
        })
    }

    /// Kind, severity and user row of a finding, without looking anything up.
    pub fn found_head(&self, at: FoundAt) -> Option<(Kind, Severity, Option<Row>)> {
        let row = self.findings.row(at)?;
        let user = (row.row != NONE).then(|| Row(at.chunk * ROWS as u32 + row.row));
        Some((row.kind, row.severity, user))
    }

    /// The findings about one user, in the order of triage.
    pub fn findings_of_user(&self, row: Row) -> Vec<FoundAt> {
        let (chunk, at) = (row.0 as usize / ROWS, row.0 % ROWS as u32);
        let Some(part) = self.findings.chunks.get(chunk) else { return Vec::new() };
        let start = part.found.partition_point(|f| f.row < at);
        let mut list: Vec<_> = (start..part.found.len())
            .take_while(|&i| part.found[i].row == at)
            .map(|i| (part.found[i].kind, FoundAt { chunk: chunk as u32, at: i as u32 }))
            .collect();
        list.sort_by_key(|(kind, _)| *kind);
        list.into_iter().map(|(_, at)| at).collect()
    }

    /// The findings about one group or product.
    pub fn findings_of_shared(&self, is: impl Fn(&Found) -> bool) -> Vec<FoundAt> {
        let chunk = self.findings.chunks.len() as u32;
        (0..self.findings.shared.len() as u32)
            .map(|at| FoundAt { chunk, at })
            .filter(|&at| self.found(at).is_some_and(|f| f.user.is_none() && is(&f)))
            .collect()
    }

    /// Where a finding of another snapshot is in this one.
    pub fn find(&self, found: &Found) -> Option<FoundAt> {
        let candidates = match found.user {
            Some(user) => self.findings_of_user(self.row_of(user)?),
            None => self.findings_of_shared(|_| true),
        };
        candidates.into_iter().find(|&at| {
            self.found(at)
                .is_some_and(|f| (f.kind, f.user, f.group, f.sku) == (found.kind, found.user, found.group, found.sku))
        })
    }

    /// A finding with everything there is to say about it.
    pub fn describe(&self, at: FoundAt) -> Option<Finding> {
        self.found(at).map(|found| rules::describe(&found, self))
    }

    /// The finding with this id among those of a user, or of groups and products.
    pub fn find_id(&self, id: FindingId, user: Option<UserId>) -> Option<FoundAt> {
        let candidates = match user {
            Some(user) => self.findings_of_user(self.row_of(user)?),
            None => self.findings_of_shared(|_| true),
        };
        candidates.into_iter().find(|&at| self.found(at).is_some_and(|f| f.id() == id))
    }

    /// Failing direct members of a group by kind, in the order of triage.
    pub fn errors_in_group(&self, group: GroupId) -> Vec<(Kind, u32)> {
        let Some(number) = self.dicts.groups.find(&Key(group)) else { return Vec::new() };
        let mut counts = [0u32; Kind::ALL.len()];
        for chunk in &self.findings.chunks {
            for &((_, kind), count) in chunk.errors_by_group.iter().filter(|((g, _), _)| *g == number) {
                counts[kind as usize] += count;
            }
        }
        Kind::ALL.iter().map(|&k| (k, counts[k as usize])).filter(|(_, n)| *n > 0).collect()
    }

    /// The number that rows know a product by, if any user has it.
    pub fn sku_number(&self, sku: SkuId) -> Option<u32> {
        self.dicts.skus.find(&Key(sku))
    }

    /// The number that rows know a group by, if any license state names it.
    pub fn group_number(&self, group: GroupId) -> Option<u32> {
        self.dicts.groups.find(&Key(group))
    }

    /// Which of the distinct departments, countries and offices satisfy a condition, by their numbers
    /// ([`UserRow::department_number`] and so on): asked once per distinct text instead of once per user.
    pub fn words_that(&self, holds: impl Fn(&str) -> bool) -> Vec<bool> {
        self.dicts.words.values().iter().map(|w| holds(w)).collect()
    }

    /// The same for usage locations.
    pub fn locations_that(&self, holds: impl Fn(&str) -> bool) -> Vec<bool> {
        self.dicts.locations.values().iter().map(|l| holds(l)).collect()
    }

    /// How many rows there are, those of users that are gone included: one more than the highest row number.
    pub fn row_count(&self) -> usize {
        self.chunks.iter().map(|c| c.len()).sum()
    }

    /// Every distinct department, country and office of the tenant, unordered and mixed: for completion.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.dicts.words.values().iter().map(|w| &**w).filter(|w| !w.is_empty())
    }
}

impl<'a> UserRow<'a> {
    /// Where it is in the snapshot.
    pub fn row(&self) -> Row {
        self.place
    }

    /// Object id.
    pub fn id(&self) -> UserId {
        self.chunk.id(self.row)
    }

    /// `userPrincipalName`, cleaned.
    pub fn upn(&self) -> &'a str {
        self.chunk.upn(self.row)
    }

    /// `displayName`, cleaned.
    pub fn name(&self) -> &'a str {
        self.chunk.name(self.row)
    }

    /// `mail`, cleaned.
    pub fn mail(&self) -> Option<&'a str> {
        self.chunk.mail(self.row)
    }

    /// `usageLocation`, valid or not.
    pub fn usage_location(&self) -> Option<&'a str> {
        let text = self.snapshot.dicts.locations.get(self.chunk.location_number(self.row))?;
        (!text.is_empty()).then_some(&**text)
    }

    fn word(&self, number: u32) -> Option<&'a str> {
        self.snapshot.dicts.words.get(number).map(|w| &**w).filter(|w| !w.is_empty())
    }

    /// `department`.
    pub fn department(&self) -> Option<&'a str> {
        self.word(self.chunk.department_number(self.row))
    }

    /// `officeLocation`.
    pub fn office(&self) -> Option<&'a str> {
        self.word(self.chunk.office_number(self.row))
    }

    /// `country`.
    pub fn country(&self) -> Option<&'a str> {
        self.word(self.chunk.country_number(self.row))
    }

    /// Number of the department, see [`Snapshot::words_that`].
    pub fn department_number(&self) -> u32 {
        self.chunk.department_number(self.row)
    }

    /// Number of the office.
    pub fn office_number(&self) -> u32 {
        self.chunk.office_number(self.row)
    }

    /// Number of the country.
    pub fn country_number(&self) -> u32 {
        self.chunk.country_number(self.row)
    }

    /// Number of the usage location, see [`Snapshot::locations_that`].
    pub fn location_number(&self) -> u32 {
        self.chunk.location_number(self.row)
    }

    /// `accountEnabled`.
    pub fn enabled(&self) -> Option<bool> {
        self.chunk.enabled(self.row)
    }

    /// `userType`.
    pub fn user_type(&self) -> UserType {
        self.chunk.user_type(self.row)
    }

    /// `onPremisesSyncEnabled`.
    pub fn sync(&self) -> Sync {
        self.chunk.sync(self.row)
    }

    /// Kinds of the user's findings.
    pub fn kinds(&self) -> KindSet {
        let (chunk, at) = (self.place.0 as usize / ROWS, self.row);
        self.snapshot.findings.chunks.get(chunk).and_then(|c| c.kinds.get(at)).copied().unwrap_or_default()
    }

    /// The worst severity among the user's findings.
    pub fn severity(&self) -> Option<Severity> {
        let kinds = self.kinds();
        if kinds.is_empty() {
            return None;
        }
        let list = self.snapshot.findings_of_user(self.place);
        list.into_iter().filter_map(|at| self.snapshot.findings.row(at)).map(|f| f.severity).max()
    }

    /// The user's products, without repeats, by the numbers of [`Snapshot::sku_number`].
    pub fn sku_numbers(&self) -> Vec<u32> {
        let mut numbers: Vec<u32> = self.chunk.sku_numbers(self.row).collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers
    }

    /// Whether a product is on the user, by the number of [`Snapshot::sku_number`].
    pub fn has_sku_number(&self, number: u32) -> bool {
        self.chunk.sku_numbers(self.row).any(|n| n == number)
    }

    /// Whether a license state of the user names a group, by the number of [`Snapshot::group_number`].
    pub fn names_group_number(&self, number: u32) -> bool {
        self.chunk.group_numbers(self.row).any(|n| n == number)
    }

    /// The products of the user, without repeats.
    pub fn skus(&self) -> Vec<SkuId> {
        self.sku_numbers().into_iter().filter_map(|n| self.snapshot.dicts.skus.get(n)).map(|k| k.0).collect()
    }

    /// The groups that the user's license states name, without repeats.
    pub fn license_groups(&self) -> Vec<GroupId> {
        let mut numbers: Vec<u32> = self.chunk.group_numbers(self.row).collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers.into_iter().filter_map(|n| self.snapshot.dicts.groups.get(n)).map(|k| k.0).collect()
    }

    /// Lends all facts.
    pub fn facts<R>(&self, look: impl FnOnce(&UserFacts<'_>) -> R) -> R {
        self.chunk.with(self.row, &self.snapshot.dicts, look)
    }
}

impl Tenant for Snapshot {
    fn now(&self) -> Timestamp {
        self.now
    }

    fn organization(&self) -> Option<&Organization> {
        self.shared.organization.as_ref()
    }

    fn parts(&self) -> &Parts {
        &self.parts
    }

    fn user_count(&self) -> u32 {
        self.living
    }

    fn each_row(&self, look: &mut dyn FnMut(Row)) {
        self.rows().for_each(look);
    }

    fn row_of(&self, user: UserId) -> Option<Row> {
        let id = user.as_u128();
        let row = self.index.find(id, |row| {
            let (chunk, at) = self.place(Row(row));
            chunk.raw_id(at)
        })?;
        let (chunk, at) = self.place(Row(row));
        (!chunk.is_gone(at)).then_some(Row(row))
    }

    fn with_user<R>(&self, row: Row, look: impl FnOnce(&UserFacts<'_>) -> R) -> R {
        let (chunk, at) = self.place(row);
        chunk.with(at, &self.dicts, look)
    }

    fn skus(&self) -> &[Sku] {
        &self.shared.skus
    }

    fn sku(&self, id: SkuId) -> Option<&Sku> {
        self.shared.sku_at.get(&id).map(|&at| &self.shared.skus[at])
    }

    fn groups(&self) -> &[Group] {
        &self.shared.groups
    }

    fn group(&self, id: GroupId) -> Option<&Group> {
        self.shared.group_at.get(&id).map(|&at| &self.shared.groups[at])
    }

    fn subscriptions(&self) -> &[Subscription] {
        &self.shared.subscriptions
    }

    fn learned(&self) -> &Learned {
        &self.shared.learned
    }

    fn address_holders(&self, row: Row) -> Vec<Row> {
        let (chunk, at) = self.place(row);
        let hashes = chunk.proxy_hashes(at);
        if hashes.is_empty() {
            return Vec::new();
        }
        let mut holders: Vec<Row> = Vec::new();
        for (c, other) in self.chunks.iter().enumerate() {
            let rows = other.rows_with_address(hashes).filter(|&r| !other.is_gone(r));
            holders.extend(rows.map(|r| Row((c * ROWS + r) as u32)).filter(|&r| r != row));
        }
        holders.sort_unstable();
        holders.dedup();
        holders
    }
}
