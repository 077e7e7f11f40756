//! Cutting the user list into ranges of the principal name, so that several streams read it at the same time.
//!
//! A chain of boundaries b1 … bn gives the ranges `le b1`, `ge b1 and le b2`, …, `ge bn`. Whatever total order the
//! server has, whether it counts upper case, dashes or accents as we do or not, each name is in at least one of them:
//! walk the chain until the first boundary that is not below the name; it is in the range that ends there, or in the
//! last one. So the ranges are complete for every first character, in every collation, even if our boundaries are not
//! sorted as the server sorts them; then some names merely come twice. Dropping a boundary keeps the chain complete.

/// First characters in ASCII order. Everything else falls between two of these.
const ALPHABET: &[u8] = b"-.0123456789_abcdefghijklmnopqrstuvwxyz";

/// How long a boundary may get: names of large tenants differ within this many characters.
const DEPTH: usize = 8;

/// How many counts may be asked for; each costs a request.
const MOST_PROBES: usize = 400;

/// One stream: names from `from` to `to`, both included; `None` is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Range {
    pub(super) from: Option<String>,
    pub(super) to: Option<String>,
    /// How many users it is thought to have.
    pub(super) users: u64,
}

impl Range {
    /// The filter; `None` for everything.
    pub(super) fn filter(&self) -> Option<String> {
        match (&self.from, &self.to) {
            (None, None) => None,
            (None, Some(to)) => Some(up_to(to)),
            (Some(from), None) => Some(format!("userPrincipalName ge '{from}'")),
            (Some(from), Some(to)) => Some(format!("userPrincipalName ge '{from}' and userPrincipalName le '{to}'")),
        }
    }
}

/// The filter of everything up to a boundary, which is what is counted.
pub(super) fn up_to(boundary: &str) -> String {
    format!("userPrincipalName le '{boundary}'")
}

/// Boundaries whose counts are known: how many names are up to and with each.
#[derive(Debug)]
pub(super) struct Cuts {
    total: u64,
    known: Vec<(String, u64)>,
}

impl Cuts {
    pub(super) fn new(total: u64) -> Cuts {
        Cuts { total, known: Vec::new() }
    }

    /// Records a count.
    pub(super) fn learn(&mut self, boundary: String, up_to: u64) {
        self.known.push((boundary, up_to.min(self.total)));
        // Sorted by what the server says; our own order only breaks ties.
        self.known.sort_by(|a, b| (a.1, &a.0).cmp(&(b.1, &b.0)));
    }

    /// Which boundaries to count next so that no range is above `most`; empty when that is so or cannot be reached.
    pub(super) fn probes(&self, most: u64) -> Vec<String> {
        if self.known.is_empty() {
            return ALPHABET.iter().map(|&c| char::from(c).to_string()).collect();
        }
        let starts = self.known.iter().map(|(boundary, count)| (boundary, *count));
        let ends = self.known.iter().skip(1).map(|(_, count)| *count).chain([self.total]);
        starts
            .zip(ends)
            .filter(|((boundary, start), end)| end.saturating_sub(*start) > most && boundary.len() < DEPTH)
            .flat_map(|((boundary, _), _)| ALPHABET.iter().map(move |&c| format!("{boundary}{}", char::from(c))))
            .filter(|probe| !self.known.iter().any(|(known, _)| known == probe))
            .take(MOST_PROBES.saturating_sub(self.known.len()))
            .collect()
    }

    /// The ranges: as few as hold about `most` users each, largest first.
    pub(super) fn ranges(&self, most: u64) -> Vec<Range> {
        let mut ranges = Vec::new();
        let (mut from, mut start): (Option<&String>, u64) = (None, 0);
        for (i, (boundary, count)) in self.known.iter().enumerate() {
            let next = self.known.get(i + 1).map_or(self.total, |(_, count)| *count);
            // Cut here if going on to the next boundary would make the range too large.
            if next.saturating_sub(start) > most && *count > start {
                ranges.push(Range { from: from.cloned(), to: Some(boundary.clone()), users: count - start });
                (from, start) = (Some(boundary), *count);
            }
        }
        ranges.push(Range { from: from.cloned(), to: None, users: self.total.saturating_sub(start) });
        ranges.sort_by_key(|range| std::cmp::Reverse(range.users));
        ranges
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cmp::Ordering;

    /// Cuts names the way the loader does, with a server that orders them by `order`.
    fn cut(names: &[String], most: u64, order: fn(&str, &str) -> Ordering) -> Vec<Range> {
        let mut cuts = Cuts::new(names.len() as u64);
        loop {
            let probes = cuts.probes(most);
            if probes.is_empty() {
                return cuts.ranges(most);
            }
            for probe in probes {
                let count = names.iter().filter(|name| order(name, &probe) != Ordering::Greater).count();
                cuts.learn(probe, count as u64);
            }
        }
    }

    fn holds(range: &Range, name: &str, order: fn(&str, &str) -> Ordering) -> bool {
        range.from.as_ref().is_none_or(|from| order(name, from) != Ordering::Less)
            && range.to.as_ref().is_none_or(|to| order(name, to) != Ordering::Greater)
    }

    fn names() -> Vec<String> {
        let mut names: Vec<String> = (0..3000).map(|i| format!("e{i:06}@contoso.com")).collect();
        names.extend((0..900).map(|i| format!("{}{i}@contoso.com", char::from(b'a' + (i % 26) as u8))));
        names.extend("'.-_!#^~$ÄéZ{|}Ω漢9".chars().map(|c| format!("{c}x@contoso.com")));
        names.push("@".to_owned());
        names
    }

    const ASCII: fn(&str, &str) -> Ordering = |a, b| a.to_lowercase().cmp(&b.to_lowercase());
    /// Punctuation is ignored, as some collations do.
    const WORDS: fn(&str, &str) -> Ordering = |a, b| {
        let bare = |s: &str| s.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect::<String>();
        bare(a).cmp(&bare(b))
    };
    /// Letters before digits, backwards: nothing that a server would do.
    const ODD: fn(&str, &str) -> Ordering = |a, b| b.to_lowercase().cmp(&a.to_lowercase());

    #[test]
    fn every_name_is_in_a_range_whatever_the_order_of_the_server() {
        let names = names();
        for order in [ASCII, WORDS, ODD] {
            let ranges = cut(&names, 200, order);
            for name in &names {
                assert!(ranges.iter().any(|range| holds(range, name, order)), "{name}");
            }
        }
    }

    #[test]
    fn employee_numbers_are_cut_as_well_as_letters() {
        let names = names();
        let ranges = cut(&names, 200, ASCII);
        assert!(ranges.len() < 60, "{}", ranges.len());
        for range in &ranges {
            let held = names.iter().filter(|name| holds(range, name, ASCII)).count() as u64;
            assert!(held <= 500 && held.abs_diff(range.users) <= 1, "{range:?} holds {held}");
        }
        assert!(ranges.is_sorted_by_key(|range| std::cmp::Reverse(range.users)));
    }

    #[test]
    fn a_server_that_ignores_the_filter_of_counts_ends_the_search() {
        let mut cuts = Cuts::new(50_000);
        let mut rounds = 0;
        loop {
            let probes = cuts.probes(1000);
            if probes.is_empty() {
                break;
            }
            probes.into_iter().for_each(|probe| cuts.learn(probe, 50_000));
            rounds += 1;
        }
        assert!(rounds <= 2);
        let ranges = cuts.ranges(1000);
        assert!(ranges.iter().any(|r| r.from.is_none()) && ranges.iter().any(|r| r.to.is_none()));
    }

    #[test]
    fn filters_are_what_graph_reads() {
        let range = |from: Option<&str>, to: Option<&str>| Range {
            from: from.map(str::to_owned),
            to: to.map(str::to_owned),
            users: 0,
        };
        assert_eq!(range(None, None).filter(), None);
        assert_eq!(range(None, Some("b")).filter().as_deref(), Some("userPrincipalName le 'b'"));
        assert_eq!(range(Some("z"), None).filter().as_deref(), Some("userPrincipalName ge 'z'"));
        assert_eq!(
            range(Some("a"), Some("b")).filter().as_deref(),
            Some("userPrincipalName ge 'a' and userPrincipalName le 'b'")
        );
    }
}
