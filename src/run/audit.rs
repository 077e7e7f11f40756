//! The audit document: every finding of a snapshot, in one fixed order, under field names that are a contract
//! (`tenantry.audit/1`; fields are only ever added).
//!
//! The document keeps places of findings and builds each entry when it is written: a tenant with a million findings is
//! written without a million texts in memory. Every text of the tenant is cleaned on the way, whatever the format.

use std::cmp::Reverse;

use serde::ser::{SerializeMap, SerializeStruct};
use serde::{Serialize, Serializer};

use super::audit_entry::{Entry, clean, object};
use super::exit::ExitCode;
use crate::domain::facts::{Part, Progress, Tenant};
use crate::domain::finding::Found;
use crate::domain::ids::{GroupId, SkuId, TenantId, UserId};
use crate::domain::kind::{Kind, Severity};
use crate::domain::names;
use crate::domain::time::Timestamp;
use crate::query::{self, Query};
use crate::store::{FoundAt, Snapshot, fold};

/// The name and version of the document.
pub const SCHEMA: &str = "tenantry.audit/1";

/// The parts without which an audit is not complete.
const NEEDED: [Part; 4] = [Part::Users, Part::Skus, Part::Groups, Part::Members];

/// What to put into the document.
#[derive(Debug, Clone, Default)]
pub struct AuditOptions {
    /// The kinds that are wanted; none means all.
    pub kinds: Vec<Kind>,
    /// The findings that are wanted.
    pub query: Query,
    /// When the document is made.
    pub generated: Timestamp,
}

/// The document, ready to be written.
#[derive(Debug)]
pub struct AuditDocument<'a> {
    snapshot: &'a Snapshot,
    generated: Timestamp,
    complete: bool,
    notices: Vec<String>,
    checked: Vec<Kind>,
    counts: Vec<(Kind, u64)>,
    worst: Option<Severity>,
    order: Vec<FoundAt>,
}

/// Makes the document of a snapshot.
pub fn audit_document(snapshot: &Snapshot, options: AuditOptions) -> AuditDocument<'_> {
    let wanted = |kind: Kind| options.kinds.is_empty() || options.kinds.contains(&kind);
    // Nobody cancels an audit, so there is always an answer.
    let found = query::findings(snapshot, &options.query, None, &|| false).unwrap_or_default();
    let mut order: Vec<FoundAt> =
        found.iter().copied().filter(|&at| snapshot.found_head(at).is_some_and(|(kind, ..)| wanted(kind))).collect();
    order.sort_by_cached_key(|&at| snapshot.found(at).map(|found| place(&found, snapshot)));

    let mut numbers = vec![0; Kind::ALL.len()];
    let mut worst = None;
    for (kind, severity, _) in order.iter().filter_map(|&at| snapshot.found_head(at)) {
        numbers[kind as usize] += 1;
        worst = worst.max(Some(severity));
    }
    let checked: Vec<Kind> = snapshot.findings().checked().filter(|k| wanted(*k)).collect();
    // A kind whose inputs are missing may still have findings among what came: they are counted, and not called all.
    let counts = Kind::ALL.iter().map(|&kind| (kind, numbers[kind as usize]));
    let counts = counts.filter(|(kind, n)| *n > 0 || checked.contains(kind)).collect();
    AuditDocument {
        snapshot,
        generated: options.generated,
        complete: NEEDED.iter().all(|&part| snapshot.parts().has(part)),
        notices: notices(snapshot),
        checked,
        counts,
        worst,
        order,
    }
}

/// What sorts a finding: severity, kind, name, product, and ids where names repeat.
type Place = (Reverse<Severity>, Kind, String, Option<UserId>, String, Option<SkuId>, Option<GroupId>);

fn place(found: &Found, snapshot: &Snapshot) -> Place {
    let sku = found.sku.map(|id| fold(&names::sku(id, snapshot))).unwrap_or_default();
    (Reverse(found.severity), found.kind, fold(&object(found, snapshot)), found.user, sku, found.sku, found.group)
}

fn notices(snapshot: &Snapshot) -> Vec<String> {
    let pending = NEEDED.iter().filter(|&&part| *snapshot.parts().of(part) == Progress::Pending);
    let pending = pending.map(|part| format!("{}: not loaded to the end", part.as_str()));
    let missing = snapshot.parts().notices().map(|(part, why)| format!("{}: {why}", part.as_str()));
    missing.chain(pending).chain(snapshot.notices().iter().cloned()).map(clean).collect()
}

/// What is missing for a complete audit, in words.
pub(super) fn missing(snapshot: &Snapshot) -> Vec<String> {
    let missing = NEEDED.iter().filter(|&&part| !snapshot.parts().has(part));
    missing
        .map(|&part| match snapshot.parts().of(part) {
            Progress::Missing(why) => clean(format!("{}: {why}", part.as_str())),
            _ => format!("{}: not loaded to the end", part.as_str()),
        })
        .collect()
}

impl AuditDocument<'_> {
    /// Whether users, products, licensed groups and their members are all there.
    pub fn is_complete(&self) -> bool {
        self.complete
    }

    /// What is missing or odd.
    pub fn notices(&self) -> &[String] {
        &self.notices
    }

    /// The kinds that were looked for with everything they need.
    pub fn checked(&self) -> &[Kind] {
        &self.checked
    }

    /// How many findings are listed, by kind.
    pub fn counts(&self) -> &[(Kind, u64)] {
        &self.counts
    }

    /// The worst severity that is listed.
    pub fn worst(&self) -> Option<Severity> {
        self.worst
    }

    /// What to exit with.
    pub fn exit_code(&self, fail_on: FailOn) -> ExitCode {
        let findings = if fail_on.reached(self.worst) { ExitCode::Findings } else { ExitCode::Clean };
        if self.complete { findings } else { findings.and(ExitCode::Incomplete) }
    }

    /// The snapshot that it is about.
    pub fn snapshot(&self) -> &Snapshot {
        self.snapshot
    }

    /// Every entry, in the order of the document, each built when it is asked for.
    pub fn entries(&self) -> impl Iterator<Item = Entry> + '_ {
        self.order.iter().filter_map(|&at| Entry::new(self.snapshot, at))
    }

    /// The document cut into runs of one severity and kind, in its order.
    pub fn sections(&self) -> impl Iterator<Item = Section<'_>> {
        let head = |at: &FoundAt| self.snapshot.found_head(*at).map(|(kind, severity, _)| (kind, severity));
        self.order.chunk_by(move |a, b| head(a) == head(b)).filter_map(move |places| {
            let (kind, severity) = head(places.first()?)?;
            Some(Section { snapshot: self.snapshot, kind, severity, places })
        })
    }
}

/// The findings of one severity and kind.
#[derive(Debug, Clone, Copy)]
pub struct Section<'a> {
    snapshot: &'a Snapshot,
    /// The kind.
    pub kind: Kind,
    /// The severity.
    pub severity: Severity,
    places: &'a [FoundAt],
}

impl<'a> Section<'a> {
    /// How many there are.
    pub fn count(&self) -> usize {
        self.places.len()
    }

    /// What people call the object of each: UPN, group or product. Costs much less than the entries.
    pub fn objects(&self) -> impl Iterator<Item = String> + use<'a> {
        let snapshot = self.snapshot;
        self.places.iter().filter_map(move |&at| snapshot.found(at)).map(move |found| object(&found, snapshot))
    }

    /// The entries, each built when it is asked for.
    pub fn entries(&self) -> impl Iterator<Item = Entry> + use<'a> {
        let snapshot = self.snapshot;
        self.places.iter().filter_map(move |&at| Entry::new(snapshot, at))
    }
}

/// From which severity on an audit exits with 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FailOn(pub Option<Severity>);

impl FailOn {
    /// The words of the option.
    pub const NAMES: [&'static str; 4] = ["error", "warning", "info", "never"];

    /// Reads one of the words.
    pub fn parse(word: &str) -> Option<FailOn> {
        let severities = [Severity::Error, Severity::Warning, Severity::Info].map(Some).into_iter().chain([None]);
        FailOn::NAMES.into_iter().zip(severities).find(|(name, _)| *name == word).map(|(_, severity)| FailOn(severity))
    }

    /// Whether what was found reaches it.
    pub fn reached(self, worst: Option<Severity>) -> bool {
        self.0.is_some_and(|threshold| worst >= Some(threshold))
    }
}

#[derive(Serialize)]
struct TenantRef {
    id: Option<TenantId>,
    name: Option<String>,
    default_domain: Option<String>,
}

#[derive(Serialize)]
struct Counts<'a> {
    users: u32,
    groups: usize,
    skus: usize,
    findings: ByKind<'a>,
}

struct ByKind<'a>(&'a [(Kind, u64)]);

impl Serialize for ByKind<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (kind, count) in self.0 {
            map.serialize_entry(kind, count)?;
        }
        map.end()
    }
}

struct Entries<'a>(&'a AuditDocument<'a>);

impl Serialize for Entries<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.entries())
    }
}

impl Serialize for AuditDocument<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let organization = self.snapshot.organization();
        let tenant = TenantRef {
            id: organization.map(|o| o.id),
            name: organization.map(|o| clean(o.display_name.clone())),
            default_domain: organization.map(|o| clean(o.default_domain.clone())),
        };
        let counts = Counts {
            users: self.snapshot.living_users(),
            groups: self.snapshot.groups().len(),
            skus: self.snapshot.skus().len(),
            findings: ByKind(&self.counts),
        };
        let mut document = serializer.serialize_struct("AuditDocument", 8)?;
        document.serialize_field("schema", SCHEMA)?;
        document.serialize_field("generated", &self.generated)?;
        document.serialize_field("complete", &self.complete)?;
        document.serialize_field("notices", &self.notices)?;
        document.serialize_field("checked", &self.checked)?;
        document.serialize_field("tenant", &tenant)?;
        document.serialize_field("counts", &counts)?;
        document.serialize_field("findings", &Entries(self))?;
        document.end()
    }
}
