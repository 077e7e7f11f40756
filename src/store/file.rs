//! The form of a snapshot outside memory: a head that says what and which version it is, then blocks, each packed and
//! with a checksum. What was cut, changed or written by a newer program is refused before any of it is used. Findings
//! are not in it: they are found again, as of the time when the tenant was read.

use std::io::{self, Read, Write};
use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::chunk::{Chunk, ROWS};
use super::diagnose::{Diagnosis, diagnose};
use super::dict::{Dict, Dicts, Key};
use super::index::Index;
use super::snapshot::{Shared, Snapshot};
use crate::domain::facts::{Group, Organization, Parts, Sku, Subscription};
use crate::domain::ids::{GroupId, PlanId, SkuId};
use crate::domain::time::Timestamp;

/// The first bytes.
const MAGIC: [u8; 8] = *b"tenantry";

/// Counts up with every change of what is behind it; a test holds the bytes of a small tenant against it.
const VERSION: u32 = 1;

/// No block of a tenant is larger; one that says so is damaged.
const LARGEST: u32 = 1 << 30;

/// Why a file is no snapshot that can be used.
#[derive(Debug, thiserror::Error)]
pub enum BadSnapshot {
    /// It is something else.
    #[error("it is not a snapshot of tenantry")]
    Foreign,
    /// It was written by a newer program.
    #[error("it was written by a newer tenantry (version {0} of the form, this one reads up to {VERSION}): update")]
    Newer(u32),
    /// It is cut or changed.
    #[error("it is damaged ({0}): save it again, or use another copy")]
    Damaged(&'static str),
    /// It cannot be read or written.
    #[error("{0}")]
    Io(#[from] io::Error),
}

/// What a snapshot says about itself before it is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SnapshotInfo {
    /// When the newest data was read.
    pub now: Timestamp,
    /// The organization, if it was readable.
    pub organization: Option<Organization>,
    /// Users.
    pub users: u32,
    /// Licensed groups and those in error.
    pub groups: u32,
    /// Products.
    pub skus: u32,
    /// What is missing.
    pub parts: Parts,
    /// The version of the program that wrote it.
    pub program: String,
    /// How many blocks of users follow.
    chunks: u32,
}

#[derive(Serialize, Deserialize)]
struct Tables {
    locations: Vec<Arc<str>>,
    words: Vec<Arc<str>>,
    skus: Vec<Key<SkuId>>,
    groups: Vec<Key<GroupId>>,
    plan_sets: Vec<Arc<[PlanId]>>,
    unknown: Vec<Arc<str>>,
}

#[derive(Serialize, Deserialize)]
struct Few {
    skus: Vec<Sku>,
    subscriptions: Vec<Subscription>,
    groups: Vec<Group>,
    notices: Vec<String>,
    expected_users: Option<u64>,
}

/// Length packed, length unpacked, checksum of the packed bytes; then those.
fn put(out: &mut dyn Write, value: &impl Serialize) -> Result<(), BadSnapshot> {
    let plain = postcard::to_stdvec(value).map_err(|_| BadSnapshot::Damaged("a value has no form"))?;
    let packed = lz4_flex::block::compress(&plain);
    let length = |bytes: &[u8]| u32::try_from(bytes.len()).ok().filter(|length| *length <= LARGEST);
    let (Some(short), Some(long)) = (length(&packed), length(&plain)) else {
        return Err(BadSnapshot::Damaged("a part is too large to be saved"));
    };
    for number in [short, long, checksum(long, &packed)] {
        out.write_all(&number.to_le_bytes())?;
    }
    out.write_all(&packed)?;
    Ok(())
}

/// Covers the length too: a packed part can be unpacked into more room than it needs.
fn checksum(long: u32, packed: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new_with_initial(long);
    hasher.update(packed);
    hasher.finalize()
}

fn number(from: &mut dyn Read) -> Result<u32, BadSnapshot> {
    let mut bytes = [0; 4];
    exactly(from, &mut bytes)?;
    Ok(u32::from_le_bytes(bytes))
}

fn exactly(from: &mut dyn Read, bytes: &mut [u8]) -> Result<(), BadSnapshot> {
    from.read_exact(bytes).map_err(|error| match error.kind() {
        io::ErrorKind::UnexpectedEof => BadSnapshot::Damaged("it ends too early"),
        _ => BadSnapshot::Io(error),
    })
}

fn get<T: DeserializeOwned>(from: &mut dyn Read) -> Result<T, BadSnapshot> {
    let (short, long, sum) = (number(from)?, number(from)?, number(from)?);
    // LZ4 packs 255 bytes into one at best.
    if short > LARGEST || long > LARGEST || u64::from(long) > u64::from(short) * 256 + 64 {
        return Err(BadSnapshot::Damaged("a part claims an impossible size"));
    }
    // Grows as it comes: a length that lies costs nothing.
    let mut packed = Vec::new();
    from.take(u64::from(short)).read_to_end(&mut packed)?;
    if packed.len() != short as usize {
        return Err(BadSnapshot::Damaged("it ends too early"));
    }
    if checksum(long, &packed) != sum {
        return Err(BadSnapshot::Damaged("a checksum does not hold"));
    }
    let bad = BadSnapshot::Damaged("a part cannot be read");
    let Ok(plain) = lz4_flex::block::decompress(&packed, long as usize) else { return Err(bad) };
    postcard::from_bytes(&plain).map_err(|_| bad)
}

/// Reads head and first block.
fn head(from: &mut dyn Read) -> Result<SnapshotInfo, BadSnapshot> {
    let mut magic = [0; MAGIC.len()];
    if from.read_exact(&mut magic).is_err() || magic != MAGIC {
        return Err(BadSnapshot::Foreign);
    }
    match number(from)? {
        VERSION => get(from),
        newer if newer > VERSION => Err(BadSnapshot::Newer(newer)),
        _ => Err(BadSnapshot::Damaged("there never was such a version")),
    }
}

impl SnapshotInfo {
    /// Reads what a snapshot says about itself, and no more of it.
    pub fn read(from: &mut dyn Read) -> Result<SnapshotInfo, BadSnapshot> {
        head(from)
    }
}

impl Snapshot {
    /// Writes the snapshot.
    pub fn write(&self, out: &mut dyn Write) -> Result<(), BadSnapshot> {
        let (shared, dicts) = (&self.shared, &self.dicts);
        out.write_all(&MAGIC)?;
        out.write_all(&VERSION.to_le_bytes())?;
        let count = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
        put(
            out,
            &SnapshotInfo {
                now: self.now,
                organization: shared.organization.clone(),
                users: self.living,
                groups: count(shared.groups.len()),
                skus: count(shared.skus.len()),
                parts: self.parts.clone(),
                program: env!("CARGO_PKG_VERSION").to_owned(),
                chunks: count(self.chunks.len()),
            },
        )?;
        put(
            out,
            &Tables {
                locations: dicts.locations.values().to_vec(),
                words: dicts.words.values().to_vec(),
                skus: dicts.skus.values().to_vec(),
                groups: dicts.groups.values().to_vec(),
                plan_sets: dicts.plan_sets.values().to_vec(),
                unknown: dicts.unknown.values().to_vec(),
            },
        )?;
        put(
            out,
            &Few {
                skus: shared.skus.clone(),
                subscriptions: shared.subscriptions.clone(),
                groups: shared.groups.clone(),
                notices: shared.notices.clone(),
                expected_users: shared.expected_users,
            },
        )?;
        self.chunks.iter().try_for_each(|chunk| put(out, &**chunk))
    }

    /// Reads a snapshot whole. It is the first of its line.
    pub fn read(from: &mut dyn Read) -> Result<Arc<Snapshot>, BadSnapshot> {
        let info = head(from)?;
        let tables: Tables = get(from)?;
        let few: Few = get(from)?;
        let mut chunks: Vec<Arc<Chunk>> = Vec::new();
        for at in 1..=info.chunks {
            let chunk: Chunk = get(from)?;
            // Only the last one has room: rows are numbered by it.
            if !chunk.is_sound() || at < info.chunks && chunk.len() != ROWS {
                return Err(BadSnapshot::Damaged("its columns do not fit together"));
            }
            chunks.push(Arc::new(chunk));
        }
        if from.read(&mut [0])? > 0 {
            return Err(BadSnapshot::Damaged("something follows its end"));
        }
        let (index, living) = index(&chunks);
        let mut snapshot = Snapshot {
            generation: 1,
            now: info.now,
            parts: info.parts,
            chunks,
            living,
            index: Arc::new(index),
            dicts: Arc::new(tables.into()),
            shared: Arc::new(few.with(info.organization)),
            findings: Default::default(),
            orders: Default::default(),
        };
        snapshot.findings = diagnose(&snapshot, &mut Diagnosis::default());
        Ok(Arc::new(snapshot))
    }
}

fn index(chunks: &[Arc<Chunk>]) -> (Index, u32) {
    let id_at = |row: u32| chunks[row as usize / ROWS].raw_id(row as usize % ROWS);
    let (mut index, mut living) = (Index::default(), 0);
    for (number, chunk) in chunks.iter().enumerate() {
        for at in 0..chunk.len() {
            index.insert(chunk.raw_id(at), (number * ROWS + at) as u32, id_at);
            living += u32::from(!chunk.is_gone(at));
        }
    }
    (index, living)
}

impl From<Tables> for Dicts {
    fn from(tables: Tables) -> Dicts {
        Dicts {
            locations: Dict::of(tables.locations),
            words: Dict::of(tables.words),
            skus: Dict::of(tables.skus),
            groups: Dict::of(tables.groups),
            plan_sets: Dict::of(tables.plan_sets),
            unknown: Dict::of(tables.unknown),
        }
    }
}

impl Few {
    fn with(self, organization: Option<Organization>) -> Shared {
        Shared {
            organization,
            sku_at: self.skus.iter().enumerate().map(|(at, sku)| (sku.id, at)).collect(),
            group_at: self.groups.iter().enumerate().map(|(at, group)| (group.id, at)).collect(),
            skus: self.skus,
            subscriptions: self.subscriptions,
            groups: self.groups,
            notices: self.notices,
            expected_users: self.expected_users,
            // What was learned belongs to the machine that learned it, not to the file.
            learned: Default::default(),
        }
    }
}
