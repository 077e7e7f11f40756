//! Text that may be shown. Names, addresses and messages come from a directory that others write to; none of it may
//! act on the terminal, the clipboard, the title or a spreadsheet of the person who reads it.
//!
//! [`Clean`] is the one type that `ui`, `term` and the exporters draw: making one replaces every character that a
//! terminal or a text layout engine would obey instead of show.

use std::borrow::Cow;
use std::fmt;

/// Text in which nothing is left that a terminal obeys. What was replaced shows as `·`, so that it is seen.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Clean<'a>(Cow<'a, str>);

/// What stands in the place of a character that was taken out.
pub const REPLACEMENT: char = '·';

/// Whether a character acts instead of showing: control characters (C0, DEL, C1), line and paragraph separators,
/// bidirectional overrides, isolates and marks, invisible operators and tags. The joiners U+200C and U+200D stay: Indic
/// and Persian words and many emoji need them.
fn acts(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{061C}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
            | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}

impl<'a> Clean<'a> {
    /// Cleans a text. Borrows when there is nothing to replace, which is nearly always.
    pub fn new(text: &'a str) -> Clean<'a> {
        // Bytes from 0x20 to 0x7E never act: one pass over bytes settles the common name without decoding.
        if text.bytes().all(|b| (0x20..0x7f).contains(&b)) || !text.chars().any(acts) {
            return Clean(Cow::Borrowed(text));
        }
        Clean(Cow::Owned(text.chars().map(|c| if acts(c) { REPLACEMENT } else { c }).collect()))
    }

    /// Cleans a text that is handed over.
    pub fn owned(text: String) -> Clean<'static> {
        match Clean::new(&text).0 {
            Cow::Borrowed(_) => Clean(Cow::Owned(text)),
            Cow::Owned(clean) => Clean(Cow::Owned(clean)),
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The same text, independent of what it was made from.
    pub fn into_owned(self) -> Clean<'static> {
        Clean(Cow::Owned(self.0.into_owned()))
    }
}

impl fmt::Display for Clean<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Clean<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// A spreadsheet cell that no spreadsheet takes for a formula: a leading `=`, `+`, `-`, `@`, tab or carriage return is
/// shielded by an apostrophe, as OWASP advises for CSV.
pub fn spreadsheet_cell(text: &str) -> Clean<'_> {
    let clean = Clean::new(text);
    // A text that began with a tab or a return begins with the replacement now; what stood behind it cannot start a
    // formula any more.
    if clean.as_str().starts_with(['=', '+', '-', '@']) {
        return Clean(Cow::Owned(format!("'{}", clean.as_str())));
    }
    clean
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_a_terminal_obeys_is_left() {
        let attack = "a\u{1b}]0;owned\u{7}b\u{9b}31mc\u{202e}d\r\ne\u{2066}f\u{feff}";
        let clean = Clean::new(attack);
        assert_eq!(clean.as_str(), "a·]0;owned·b·31mc·d··e·f·");
        assert_eq!(Clean::owned(attack.to_owned()), clean);
    }

    #[test]
    fn ordinary_names_of_the_world_stay_as_they_are() {
        for name in ["Zoë Müller-Łuczak", "王小明", "محمد", "👩\u{200d}💻", "नमस्ते", "می\u{200c}خواهم"]
        {
            assert_eq!(Clean::new(name).as_str(), name);
        }
    }

    #[test]
    fn no_cell_starts_a_formula() {
        for (cell, safe) in [
            ("=1+1", "'=1+1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("-2", "'-2"),
            ("+49 30", "'+49 30"),
            ("\t=1", "·=1"),
            ("a=1", "a=1"),
        ] {
            assert_eq!(spreadsheet_cell(cell).as_str(), safe);
        }
    }
}
