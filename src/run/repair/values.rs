//! The values of `--set` and of CSV columns, and what the names in them mean in this tenant.

use std::collections::BTreeMap;

use crate::domain::catalog::Catalog;
use crate::domain::facts::Tenant;
use crate::domain::ids::{GroupId, PlanId, SkuId, UserId};
use crate::domain::location::Location;
use crate::run::exit::Failure;
use crate::store::Snapshot;

/// What can be set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// The product.
    Sku,
    /// The product that comes in its place.
    ToSku,
    /// Service plans to switch on.
    Enable,
    /// Service plans to switch off.
    Disable,
    /// The group.
    Group,
    /// The usage location.
    Location,
}

impl Key {
    /// Every key.
    pub const ALL: [Key; 6] = [Key::Sku, Key::ToSku, Key::Enable, Key::Disable, Key::Group, Key::Location];

    /// The name on the command line and in CSV headers.
    pub fn name(self) -> &'static str {
        match self {
            Key::Sku => "sku",
            Key::ToSku => "to-sku",
            Key::Enable => "enable",
            Key::Disable => "disable",
            Key::Group => "group",
            Key::Location => "location",
        }
    }

    /// Reads a name.
    pub fn parse(text: &str) -> Option<Key> {
        Key::ALL.into_iter().find(|key| key.name().eq_ignore_ascii_case(text.trim()))
    }
}

/// Values by key, as they were typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Values(BTreeMap<Key, String>);

impl Values {
    /// Reads `--set KEY=VALUE`. A key that comes twice is a mistake.
    pub fn parse(given: &[String]) -> Result<Values, Failure> {
        let mut values = Values::default();
        for text in given {
            let keys = || Key::ALL.map(Key::name).join(", ");
            let (key, value) = text.split_once('=').ok_or_else(|| {
                Failure::usage(format_args!("--set {text}: write KEY=VALUE; the keys are {}", keys()))
            })?;
            let key = Key::parse(key).ok_or_else(|| {
                Failure::usage(format_args!("--set {text}: there is no key `{key}`; the keys are {}", keys()))
            })?;
            if value.trim().is_empty() {
                return Err(Failure::usage(format_args!("--set {text}: the value is empty")));
            }
            if values.0.insert(key, value.trim().to_owned()).is_some() {
                return Err(Failure::usage(format_args!("--set {} is given twice", key.name())));
            }
        }
        Ok(values)
    }

    /// Puts a value, unless it is empty: an empty cell is absent.
    pub fn put(&mut self, key: Key, value: &str) {
        if !value.trim().is_empty() {
            self.0.insert(key, value.trim().to_owned());
        }
    }

    /// These values where they are given, those of `other` where not.
    #[must_use]
    pub fn over(&self, other: &Values) -> Values {
        let mut all = other.0.clone();
        all.extend(self.0.iter().map(|(k, v)| (*k, v.clone())));
        Values(all)
    }

    /// A value that need not be there.
    pub fn get(&self, key: Key) -> Option<&str> {
        self.0.get(&key).map(String::as_str)
    }

    /// A value that must be there.
    pub fn need(&self, key: Key) -> Result<&str, Failure> {
        self.get(key).ok_or_else(|| Failure::usage(format_args!("say --set {}=…", key.name())))
    }

    /// Refuses what the verb has no use for: it would be ignored in silence.
    pub fn only(&self, allowed: &[Key], verb: &str) -> Result<(), Failure> {
        match self.0.keys().find(|key| !allowed.contains(key)) {
            Some(key) => Err(Failure::usage(format_args!("{verb} has no use for `{}`", key.name()))),
            None => Ok(()),
        }
    }
}

/// A usage location.
pub fn location(text: &str) -> Result<Location, Failure> {
    Location::parse(text).map_err(Failure::usage)
}

/// A product by id, part number or name.
pub fn sku(text: &str, snapshot: &Snapshot) -> Result<SkuId, Failure> {
    if let Ok(id) = SkuId::parse(text) {
        return Ok(id);
    }
    let named = |part: &str, name: &str| part.eq_ignore_ascii_case(text) || name.eq_ignore_ascii_case(text);
    let mut own: Vec<SkuId> =
        snapshot.skus().iter().filter(|s| named(&s.part_number, s.name())).map(|s| s.id).collect();
    if own.is_empty() {
        own = Catalog::embedded().skus().iter().filter(|s| named(s.part_number, s.name)).map(|s| s.id).collect();
    }
    match own.as_slice() {
        [one] => Ok(*one),
        [] => Err(Failure::usage(format_args!("there is no product `{text}`; `tenantry list skus` shows them"))),
        _ => Err(Failure::usage(format_args!("`{text}` names {} products; give the part number or the id", own.len()))),
    }
}

/// Service plans of a product by id, identifier or name, with `;` or `,` between them.
pub fn plans(text: Option<&str>, sku: SkuId, snapshot: &Snapshot) -> Result<Vec<PlanId>, Failure> {
    let words = text.unwrap_or_default().split([';', ',']).map(str::trim).filter(|word| !word.is_empty());
    words
        .map(|word| {
            if let Ok(id) = PlanId::parse(word) {
                return Ok(id);
            }
            let own = snapshot.sku(sku).map_or(&[][..], |s| &s.plans[..]);
            let named = |id: PlanId, own: &str| {
                let known = Catalog::embedded().plan(id);
                own.eq_ignore_ascii_case(word)
                    || known.is_some_and(|p| p.name.eq_ignore_ascii_case(word) || p.display.eq_ignore_ascii_case(word))
            };
            let hits: Vec<PlanId> = own.iter().filter(|p| named(p.id, &p.name)).map(|p| p.id).collect();
            match hits.as_slice() {
                [one] => Ok(*one),
                [] => Err(Failure::usage(format_args!(
                    "{} has no service plan `{word}`",
                    crate::domain::names::sku(sku, snapshot)
                ))),
                _ => Err(Failure::usage(format_args!("`{word}` names {} service plans; give the id", hits.len()))),
            }
        })
        .collect()
}

/// A licensed group by id or name.
pub fn group(text: &str, snapshot: &Snapshot) -> Result<GroupId, Failure> {
    if let Ok(id) = GroupId::parse(text) {
        return Ok(id);
    }
    let hits: Vec<GroupId> =
        snapshot.groups().iter().filter(|g| g.display_name.eq_ignore_ascii_case(text)).map(|g| g.id).collect();
    match hits.as_slice() {
        [one] => Ok(*one),
        [] => {
            Err(Failure::usage(format_args!("there is no licensed group `{text}`; `tenantry list groups` shows them")))
        }
        _ => Err(Failure::usage(format_args!("`{text}` names {} groups; give the id", hits.len()))),
    }
}

/// A user by id or principal name.
pub fn user(text: &str, snapshot: &Snapshot) -> Result<UserId, Failure> {
    if let Ok(id) = UserId::parse(text) {
        return Ok(id);
    }
    snapshot
        .user_by_upn(text)
        .map(|user| user.id())
        .ok_or_else(|| Failure::usage(format_args!("there is no user `{text}` in the tenant")))
}
