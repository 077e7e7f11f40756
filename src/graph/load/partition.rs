//! Cutting the user list into ranges of the principal name, so that several streams read it at the same time.
//!
//! A chain of boundaries b1 … bn gives the ranges `le b1`, `ge b1 and le b2`, …, `ge bn`. Whatever total order the
//! server has, whether it counts upper case, dashes or accents as we do or not, each name is in at least one of them:
//! walk the chain until the first boundary that is not below the name; it is in the range that ends there, or in the
//! last one. So the ranges are complete for every first character, in every collation, even if our boundaries are not
//! sorted as the server sorts them; then some names merely come twice. Dropping a boundary keeps the chain complete.

//!
//! So sizes need not be right for the result to be complete: a wrong size only makes one stream longer than another.
//! That is why a few counts are enough, and what they do not settle is guessed.

/// Characters of names in ASCII order. Everything else falls between two of these.
const ALPHABET: &str = "-.0123456789_abcdefghijklmnopqrstuvwxyz";

/// Where to count first, besides what the sample suggests.
const COARSE: [&str; 13] = ["0", "3", "6", "a", "c", "e", "h", "j", "l", "n", "p", "s", "u"];

/// How long a boundary may get, unless it is a name that was seen.
const DEPTH: usize = 12;

/// How many counts a round may ask for. Each costs a request, and all of a round travel together.
const ROUND: u64 = 24;

/// Into how many parts the sample is cut to see whether it is a fair one.
const OCTILES: usize = 8;

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
            (Some(from), None) => Some(from_on(from)),
            (Some(from), Some(to)) => Some(format!("{} and {}", from_on(from), up_to(to))),
        }
    }
}

/// The filter of everything up to a boundary, which is what is counted.
pub(super) fn up_to(boundary: &str) -> String {
    format!("userPrincipalName le '{}'", boundary.replace('\'', "''"))
}

fn from_on(boundary: &str) -> String {
    format!("userPrincipalName ge '{}'", boundary.replace('\'', "''"))
}

/// Boundaries and how many names are up to and with each, counted or guessed.
#[derive(Debug)]
pub(super) struct Cuts {
    total: u64,
    /// Some names of the directory, in lower case and our order.
    sample: Vec<String>,
    known: Vec<(String, u64)>,
}

impl Cuts {
    /// Begins with the names of a page that was read already.
    pub(super) fn new(total: u64, sample: impl IntoIterator<Item = String>) -> Cuts {
        let mut sample: Vec<String> = sample.into_iter().map(|name| name.to_lowercase()).collect();
        sample.sort_unstable();
        sample.dedup();
        Cuts { total, sample, known: Vec::new() }
    }

    /// Records a count.
    pub(super) fn learn(&mut self, boundary: String, up_to: u64) {
        self.known.push((boundary, up_to.min(self.total)));
        // Sorted by what the server says; our own order only breaks ties.
        self.known.sort_by(|a, b| (a.1, &a.0).cmp(&(b.1, &b.0)));
    }

    /// The first boundaries to count: a coarse grid; parts of the sample; and, because a server may list in the order
    /// of names, the prefixes that its first names share (employee numbers share long ones).
    pub(super) fn first_probes(&self) -> Vec<String> {
        let mut probes: Vec<String> = COARSE.iter().map(|&c| c.to_owned()).collect();
        probes.extend(self.quantiles(OCTILES).map(|(_, name)| name.to_owned()));
        if let (Some(first), Some(last)) = (self.sample.first(), self.sample.last()) {
            let shared = first.bytes().zip(last.bytes()).take_while(|(a, b)| a == b && a.is_ascii()).count();
            for depth in 1..=shared.min(DEPTH) {
                let (prefix, last) = first.split_at(depth - 1);
                let next = last.chars().next().and_then(|c| ALPHABET.chars().find(|&a| a > c));
                probes.extend(next.map(|next| format!("{prefix}{next}")));
                probes.extend(first.get(..depth).map(str::to_owned));
            }
        }
        probes.sort_unstable();
        probes.dedup();
        probes
    }

    /// If the sample turns out to be a fair one, cuts by the sample alone. That is so where a server lists in no order
    /// of names.
    pub(super) fn trust_sample(&mut self, most: u64) -> bool {
        let fair = self.sample.len() >= 100
            && self.quantiles(OCTILES).all(|(part, name)| {
                let count = self.known.iter().find(|(known, _)| known == name).map_or(0, |(_, count)| *count);
                count.abs_diff(self.total * part as u64 / OCTILES as u64) <= self.total / 16
            });
        if fair {
            let parts = usize::try_from(self.total.div_ceil(most.max(1))).unwrap_or(1).min(self.sample.len());
            let cut = |(part, name): (usize, &str)| (name.to_owned(), self.total * part as u64 / parts as u64);
            self.known = self.quantiles(parts).map(cut).collect();
        }
        fair
    }

    fn quantiles(&self, parts: usize) -> impl Iterator<Item = (usize, &str)> {
        (1..parts).filter_map(move |part| Some((part, self.sample.get(part * self.sample.len() / parts)?.as_str())))
    }

    /// Which boundaries to count next, so that ranges far above `most` become smaller: more where more people are.
    pub(super) fn next_probes(&self, most: u64) -> Vec<String> {
        let heavy: Vec<(Vec<String>, u64)> = self.heavy(most * 2).map(|(_, users, inside)| (inside, users)).collect();
        let all: u64 = heavy.iter().map(|(_, users)| users).sum();
        heavy.iter().flat_map(|(inside, users)| spread(inside, (ROUND * users).div_ceil(all.max(1)))).collect()
    }

    /// Cuts what is still too large where it is likely to help, as if names were spread evenly.
    pub(super) fn guess(&mut self, most: u64) {
        let mut guesses = Vec::new();
        for (start, users, inside) in self.heavy(most) {
            let cuts = spread(&inside, users.div_ceil(most.max(1)));
            let parts = cuts.len() as u64 + 1;
            guesses.extend(cuts.into_iter().zip(1..).map(|(cut, part)| (cut, start + users * part / parts)));
        }
        guesses.into_iter().for_each(|(cut, count)| self.learn(cut, count));
    }

    /// The gaps between boundaries that hold more than `most`: the count before them, what they hold, and boundaries
    /// that lie inside.
    fn heavy(&self, most: u64) -> impl Iterator<Item = (u64, u64, Vec<String>)> {
        self.known.iter().enumerate().filter_map(move |(i, (from, start))| {
            let next = self.known.get(i + 1);
            let users = next.map_or(self.total, |(_, count)| *count).saturating_sub(*start);
            let inside = || between(from, next.map(|(to, _)| to.as_str()));
            (users > most).then(|| (*start, users, inside())).filter(|(_, _, inside)| !inside.is_empty())
        })
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

/// Boundaries between two others, at the first depth where there are any: letters where a letter stands, digits where a
/// digit does.
fn between(from: &str, to: Option<&str>) -> Vec<String> {
    if !from.is_ascii() {
        return Vec::new();
    }
    let shared = to.map_or(0, |to| from.bytes().zip(to.bytes()).take_while(|(a, b)| a == b).count());
    for depth in shared..=from.len().min(DEPTH) {
        let (base, rest) = from.split_at(depth);
        let stands = rest.chars().next();
        let digits = stands.or(base.chars().last()).is_some_and(|c| c.is_ascii_digit());
        let inside: Vec<String> = ALPHABET
            .chars()
            .filter(|&c| stands.is_none_or(|stands| c > stands) && (!digits || c.is_ascii_digit()))
            .map(|c| format!("{base}{c}"))
            .filter(|cut| to.is_none_or(|to| cut.as_str() < to))
            .collect();
        if !inside.is_empty() {
            return inside;
        }
    }
    Vec::new()
}

/// Up to `count` of these, evenly chosen, in their order.
fn spread(all: &[String], count: u64) -> Vec<String> {
    let count = usize::try_from(count).unwrap_or(all.len()).clamp(1, all.len().max(1));
    (0..count).filter_map(|i| all.get(i * all.len() / count).cloned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cmp::Ordering;

    /// Cuts names the way the loader does, with a server that orders them by `order` and lists `first` first.
    fn cut(names: &[String], first: &[String], most: u64, order: fn(&str, &str) -> Ordering) -> (Vec<Range>, usize) {
        let mut cuts = Cuts::new(names.len() as u64, first.iter().cloned());
        let count = |probe: &str| names.iter().filter(|name| order(name, probe) != Ordering::Greater).count() as u64;
        let mut asked = 0;
        let mut ask = |cuts: &mut Cuts, probes: Vec<String>| {
            asked += probes.len();
            probes.into_iter().for_each(|probe| {
                let users = count(&probe);
                cuts.learn(probe, users);
            });
        };
        let first = cuts.first_probes();
        ask(&mut cuts, first);
        if !cuts.trust_sample(most) {
            for _ in 0..4 {
                let next = cuts.next_probes(most);
                ask(&mut cuts, next);
            }
            cuts.guess(most);
        }
        (cuts.ranges(most), asked)
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

    /// The names in the order of the server, and in no order.
    fn lists(names: &[String], order: fn(&str, &str) -> Ordering) -> [Vec<String>; 2] {
        let mut sorted = names.to_vec();
        sorted.sort_by(|a, b| order(a, b));
        let mut shuffled = names.to_vec();
        fastrand::Rng::with_seed(7).shuffle(&mut shuffled);
        [sorted, shuffled]
    }

    #[test]
    fn every_name_is_in_a_range_whatever_the_order_of_the_server() {
        let names = names();
        for order in [ASCII, WORDS, ODD] {
            for list in lists(&names, order) {
                let (ranges, _) = cut(&names, &list[..300], 200, order);
                for name in &names {
                    assert!(ranges.iter().any(|range| holds(range, name, order)), "{name}");
                }
            }
        }
    }

    #[test]
    fn a_few_counts_make_ranges_of_similar_size() {
        let names = names();
        for list in lists(&names, ASCII) {
            let (ranges, asked) = cut(&names, &list[..300], 200, ASCII);
            assert!(asked < 130, "{asked}");
            assert!((10..60).contains(&ranges.len()), "{}", ranges.len());
            let largest =
                ranges.iter().map(|range| names.iter().filter(|name| holds(range, name, ASCII)).count()).max();
            assert!(largest < Some(450), "{largest:?} of {}", names.len());
            assert!(ranges.is_sorted_by_key(|range| std::cmp::Reverse(range.users)));
        }
    }

    #[test]
    fn a_server_that_ignores_the_filter_of_counts_still_gets_a_whole_chain() {
        let mut cuts = Cuts::new(50_000, Vec::new());
        for probe in cuts.first_probes() {
            cuts.learn(probe, 50_000);
        }
        assert!(!cuts.trust_sample(1000));
        assert_eq!(cuts.next_probes(1000), [] as [&str; 0]);
        cuts.guess(1000);
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
        assert_eq!(range(None, Some("o'b")).filter().as_deref(), Some("userPrincipalName le 'o''b'"));
        assert_eq!(range(None, Some("b")).filter().as_deref(), Some("userPrincipalName le 'b'"));
        assert_eq!(range(Some("z"), None).filter().as_deref(), Some("userPrincipalName ge 'z'"));
        assert_eq!(
            range(Some("a"), Some("b")).filter().as_deref(),
            Some("userPrincipalName ge 'a' and userPrincipalName le 'b'")
        );
    }
}
