//! Who user number `i` is: a function of (seed, number of users, i), in the order of user principal names.
//!
//! Given names are spread over the tenant in alphabetical order, family names over each given name, so that the order
//! of positions **is** the case-insensitive order of user principal names: ranges and prefixes become two binary
//! searches. Inside one (given, family) pair people are numbered; the last of them has no number, because every
//! character that can follow a name without number sorts after the digits.

use super::mix::{Subject, mix};
use super::names::{COUNTRIES, CULTURES, Country, Culture};

/// The name of one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// As written.
    pub given: &'static str,
    /// As written.
    pub family: &'static str,
    /// What the directory shows.
    pub display: String,
    /// The part of addresses before the domain, unique in the tenant.
    pub local: String,
}

struct Given {
    ascii: &'static str,
    written: &'static str,
    culture: &'static Culture,
}

/// Everybody, without storing anybody.
pub struct People {
    seed: u64,
    count: u64,
    given: Vec<Given>,
    family: Vec<Vec<(&'static str, &'static str)>>,
}

struct Place<'a> {
    given: &'a Given,
    family: (&'static str, &'static str),
    ordinal: u64,
    sharing: u64,
}

fn culture_index(culture: &Culture) -> usize {
    CULTURES.iter().position(|c| std::ptr::eq(c, culture)).unwrap_or(0)
}

impl People {
    /// The people of a tenant of this size.
    pub fn new(seed: u64, count: u32) -> People {
        let mut given: Vec<Given> = Vec::new();
        for culture in CULTURES {
            given.extend(culture.given.iter().map(|&(ascii, written)| Given { ascii, written, culture }));
        }
        given.sort_by_key(|g| g.ascii);
        given.dedup_by_key(|g| g.ascii);
        let family = CULTURES
            .iter()
            .map(|c| {
                let mut names = c.family.to_vec();
                names.sort_unstable();
                names
            })
            .collect();
        People { seed, count: u64::from(count), given, family }
    }

    fn place(&self, index: u32) -> Place<'_> {
        let (i, names) = (u64::from(index), self.given.len() as u64);
        let at = i * names / self.count.max(1);
        let start = (at * self.count).div_ceil(names);
        let len = ((at + 1) * self.count).div_ceil(names) - start;
        let given = &self.given[(at as usize).min(self.given.len() - 1)];
        let families = &self.family[culture_index(given.culture)];
        let (k, choices) = (i - start, families.len() as u64);
        if len <= choices {
            let shift = mix(self.seed, Subject::Surname, at) % choices;
            let family = families[((k * choices + shift) / len) as usize];
            return Place { given, family, ordinal: 0, sharing: 1 };
        }
        let which = k * choices / len;
        let first = (which * len).div_ceil(choices);
        let sharing = ((which + 1) * len).div_ceil(choices) - first;
        Place { given, family: families[which as usize], ordinal: k - first, sharing }
    }

    /// The name of the person at this position.
    pub fn name(&self, index: u32) -> Name {
        let place = self.place(index);
        let (given, family) = (place.given.written, place.family.1);
        let display = match (place.given.culture.family_first, given.is_ascii()) {
            (true, _) => format!("{family} {given}"),
            (false, _) => format!("{given} {family}"),
        };
        Name { given, family, display, local: local(&place) }
    }

    /// The part of this person's addresses before the domain.
    pub fn local(&self, index: u32) -> String {
        local(&self.place(index))
    }

    /// Where this person works.
    pub fn country(&self, index: u32) -> &'static Country {
        let stir = mix(self.seed, Subject::Country, u64::from(index));
        match stir % 10 {
            0..7 => &COUNTRIES[self.place(index).given.culture.home],
            _ => &COUNTRIES[(stir >> 8) as usize % 4],
        }
    }
}

fn local(place: &Place<'_>) -> String {
    let (given, family) = (place.given.ascii, place.family.0);
    if place.ordinal + 1 >= place.sharing {
        return format!("{given}.{family}");
    }
    let width = place.sharing.ilog10() as usize + 1;
    format!("{given}.{family}{:0width$}", place.ordinal + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_are_in_the_order_of_principal_names_at_any_size() {
        for count in [1, 7, 300, 4_321, 60_000] {
            let people = People::new(1, count);
            let mut before = String::new();
            for i in 0..count {
                // a guest and a member differ right after the local part
                let tail = if i % 3 == 0 { "_fabrikam.com#ext#@contoso.onmicrosoft.com" } else { "@contoso.com" };
                let upn = format!("{}{tail}", people.local(i));
                assert!(upn > before, "{count} users: {upn} after {before}");
                before = upn;
            }
        }
    }

    #[test]
    fn names_carry_their_scripts_and_the_address_does_not() {
        let people = People::new(1, 20_000);
        let names: Vec<Name> = (0..20_000).map(|i| people.name(i)).collect();
        assert!(names.iter().any(|n| n.display == "田中 美咲"));
        assert!(names.iter().any(|n| n.display == "François Lefèvre"));
        assert!(
            names.iter().all(|n| n.local.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'.'))
        );
    }
}
