//! Usage locations: ISO 3166-1 alpha-2 codes in upper case, and `XK`.
//!
//! Which codes Entra refuses is undocumented; Graph has the last word. A code that is not in the table is refused here
//! before it is sent, because the refusal of Graph would come one user at a time.

use std::fmt;
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

/// A valid usage location.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Location([u8; 2]);

/// A text that is no usage location.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a usage location: write the two letters of ISO 3166-1, for example DE, FR or GB{hint}", hint = hint(.0))]
pub struct BadLocation(pub String);

/// The one mistake that everybody makes.
fn hint(text: &str) -> &'static str {
    if text.eq_ignore_ascii_case("UK") { " (the United Kingdom is GB)" } else { "" }
}

const TABLE: &str = include_str!("../../assets/countries.tsv");

/// Every code with its short English name, by code.
pub fn all() -> impl Iterator<Item = (Location, &'static str)> {
    TABLE.lines().filter(|l| !l.starts_with('#')).filter_map(|line| {
        let (code, name) = line.split_once('\t')?;
        Some((Location(code.as_bytes().try_into().ok()?), name))
    })
}

impl Location {
    /// Reads a code that a person typed or Graph answered, in any casing.
    pub fn parse(text: &str) -> Result<Location, BadLocation> {
        let bad = || BadLocation(text.trim().chars().take(40).collect());
        let bytes: [u8; 2] = text.trim().as_bytes().try_into().map_err(|_| bad())?;
        let code = Location(bytes.map(|b| b.to_ascii_uppercase()));
        let slot = code.slot().ok_or_else(bad)?;
        // Asked once per user of the tenant: the table is folded to one flag a code.
        static KNOWN: OnceLock<[bool; 26 * 26]> = OnceLock::new();
        let known = KNOWN.get_or_init(|| {
            let mut known = [false; 26 * 26];
            all().filter_map(|(code, _)| code.slot()).for_each(|slot| known[slot] = true);
            known
        });
        known[slot].then_some(code).ok_or_else(bad)
    }

    fn slot(self) -> Option<usize> {
        let [a, b] = self.0;
        (a.is_ascii_uppercase() && b.is_ascii_uppercase()).then(|| usize::from(a - b'A') * 26 + usize::from(b - b'A'))
    }

    /// The two letters.
    pub fn as_str(&self) -> &str {
        // Only letters of the table get in, so this is always text.
        std::str::from_utf8(&self.0).unwrap_or("??")
    }

    /// The short English name of the country.
    pub fn name(self) -> &'static str {
        all().find(|(code, _)| *code == self).map_or("", |(_, name)| name)
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Location {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Location {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Location::parse(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_iso_and_xk() {
        assert_eq!(all().count(), 250);
        assert_eq!(Location::parse("de").map(Location::name), Ok("Germany"));
        assert_eq!(Location::parse("XK").map(Location::name), Ok("Kosovo"));
    }

    #[test]
    fn what_is_no_code_is_refused_with_advice() {
        for text in ["UK", "", "Germany", "ZZ", "D", "ÄÖ"] {
            assert!(Location::parse(text).is_err(), "{text}");
        }
        let message = Location::parse("uk").map_err(|e| e.to_string());
        assert!(message.is_err_and(|m| m.contains("is GB")));
    }
}
