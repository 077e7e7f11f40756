//! Text with meaning: what detail panes and dialogs say, as lines of parts that each have a tone. The screen decides
//! how a tone looks; here it is decided what is said, and where lines break.

use unicode_width::UnicodeWidthChar;

use crate::domain::finding::Found;
use crate::domain::kind::Severity;
use crate::domain::text::Clean;

/// What a part of a text means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tone {
    /// Ordinary.
    #[default]
    Plain,
    /// Of less weight: labels, ids.
    Quiet,
    /// A heading.
    Head,
    /// A name that matters.
    Strong,
    /// Bad.
    Error,
    /// Doubtful.
    Warning,
    /// Worth knowing.
    Info,
    /// Good, in force, done.
    Good,
    /// A key to press.
    Key,
    /// A gap that asks to be filled.
    Gap,
}

impl Tone {
    /// That of a severity.
    pub fn of(severity: Severity) -> Tone {
        match severity {
            Severity::Error => Tone::Error,
            Severity::Warning => Tone::Warning,
            Severity::Info => Tone::Info,
        }
    }
}

/// The sign of a severity. It carries the meaning; color only repeats it.
pub fn sign(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "!",
        Severity::Warning => "~",
        Severity::Info => "i",
    }
}

/// One part of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// What it means.
    pub tone: Tone,
    /// What it says.
    pub text: Clean<'static>,
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Line {
    /// Its parts.
    pub parts: Vec<Part>,
    /// How far the lines that it breaks into are indented.
    pub indent: usize,
    /// The finding whose card begins here.
    pub anchor: Option<Found>,
}

impl Line {
    /// A line of one part.
    pub fn of(tone: Tone, text: impl Into<String>) -> Line {
        Line::default().and(tone, text)
    }

    /// An empty line.
    pub fn empty() -> Line {
        Line::default()
    }

    /// The same line with one more part. The text is cleaned here, wherever it comes from.
    pub fn and(mut self, tone: Tone, text: impl Into<String>) -> Line {
        self.parts.push(Part { tone, text: Clean::owned(text.into()) });
        self
    }

    /// The same line, its continuation indented.
    pub fn indented(mut self, indent: usize) -> Line {
        self.indent = indent;
        self
    }

    /// The text alone.
    pub fn text(&self) -> String {
        self.parts.iter().map(|p| p.text.as_str()).collect()
    }
}

/// How many columns a text takes.
pub fn width(text: &str) -> usize {
    text.chars().map(|c| c.width().unwrap_or(0)).sum()
}

/// A text cut to a number of columns; what was cut shows as `…` (or `~` on ASCII screens).
pub fn fit(text: &str, columns: usize, ascii: bool) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut used = 0;
    for c in text.chars() {
        let wide = c.width().unwrap_or(0);
        if used + wide + 1 > columns {
            break;
        }
        out.push(c);
        used += wide;
    }
    if columns > 0 {
        out.push(if ascii { '~' } else { '…' });
    }
    out
}

/// A text cut or padded to exactly a number of columns.
pub fn cell(text: &str, columns: usize, ascii: bool) -> String {
    let mut out = fit(text, columns, ascii);
    let used = width(&out);
    out.extend(std::iter::repeat_n(' ', columns.saturating_sub(used)));
    out
}

/// Breaks lines at blanks so that none is wider than `columns`. A word that is wider alone is broken where it must.
pub fn wrap(lines: Vec<Line>, columns: usize) -> Vec<Line> {
    let columns = columns.max(8);
    let mut out = Vec::with_capacity(lines.len());
    for line in lines {
        if width(&line.text()) <= columns {
            out.push(line);
        } else {
            wrap_one(line, columns, &mut out);
        }
    }
    out
}

fn wrap_one(line: Line, columns: usize, out: &mut Vec<Line>) {
    let indent = line.indent.min(columns / 2);
    let mut anchor = line.anchor;
    let mut current = Line::default();
    let mut used = 0;
    let mut flush = |current: &mut Line, used: &mut usize| {
        let mut done = std::mem::take(current);
        // The blank at which it was broken would make it too wide.
        if let Some(last) = done.parts.last_mut() {
            last.text = Clean::owned(last.text.as_str().trim_end_matches(' ').to_owned());
        }
        done.anchor = anchor.take();
        out.push(done);
        if indent > 0 {
            current.parts.push(Part { tone: Tone::Plain, text: Clean::owned(" ".repeat(indent)) });
        }
        *used = indent;
    };
    for part in line.parts {
        let mut piece = String::new();
        for word in part.text.as_str().split_inclusive(' ') {
            let bare = width(word.trim_end_matches(' '));
            if used + width(&piece) + bare > columns && used + width(&piece) > indent {
                push(&mut current, part.tone, &mut piece);
                flush(&mut current, &mut used);
            }
            if bare > columns - indent {
                for c in word.chars() {
                    if used + width(&piece) + c.width().unwrap_or(0) > columns {
                        push(&mut current, part.tone, &mut piece);
                        flush(&mut current, &mut used);
                    }
                    piece.push(c);
                }
            } else {
                piece.push_str(word);
            }
        }
        used += width(&piece);
        push(&mut current, part.tone, &mut piece);
    }
    if !current.parts.is_empty() {
        flush(&mut current, &mut used);
    }
}

fn push(line: &mut Line, tone: Tone, piece: &mut String) {
    if !piece.is_empty() {
        line.parts.push(Part { tone, text: Clean::owned(std::mem::take(piece)) });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_is_wider_than_asked_and_no_word_is_lost() {
        let line =
            Line::of(Tone::Head, "one two ").and(Tone::Plain, "three 王小明王小明王小明 averyverylongwordindeed x");
        let wrapped = wrap(vec![line.indented(2)], 12);
        assert!(wrapped.iter().all(|l| width(&l.text()) <= 12), "{wrapped:?}");
        let words: String = wrapped.iter().map(|l| l.text().replace(' ', "")).collect();
        assert_eq!(words, "onetwothree王小明王小明王小明averyverylongwordindeedx");
    }

    #[test]
    fn cells_have_exactly_their_width() {
        assert_eq!(cell("王小明", 4, false), "王… ");
        assert_eq!(cell("abc", 5, false), "abc  ");
        assert_eq!(cell("abcdef", 4, true), "abc~");
        assert_eq!(cell("abc", 0, false), "");
    }
}
