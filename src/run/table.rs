//! Plain text in columns: widths as a terminal counts them, cut or wrapped where there is a width, whole where the
//! output is a pipe. Nothing but ASCII is added to what the tenant holds.

use std::io::{self, Write};

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use crate::domain::text::Clean;

/// What stands for the part that was cut off.
const CUT: &str = "..";

/// The text, cut to a width, with two dots where something is missing.
pub fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let room = width.saturating_sub(CUT.len());
    let mut out = String::new();
    for cluster in text.graphemes(true) {
        if out.width() + cluster.width() > room {
            break;
        }
        out.push_str(cluster);
    }
    out.push_str(&CUT[..width.min(CUT.len())]);
    out
}

/// The text filled up to a width with blanks.
pub fn pad(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(text.width())))
}

/// The text in lines of at most `width`, broken at blanks; a longer word is broken where the line ends.
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let mut line = lines.pop().unwrap_or_default();
        if !line.is_empty() && line.width() + 1 + word.width() > width {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        for cluster in word.graphemes(true) {
            if !line.is_empty() && line.width() + cluster.width() > width.max(1) {
                lines.push(std::mem::take(&mut line));
            }
            line.push_str(cluster);
        }
        lines.push(line);
    }
    lines
}

/// Writes a table with a header line. With a width, the widest columns give way until a line fits; `keep` columns at
/// the left (names and ids, what people copy) give way last.
pub fn write(
    out: &mut dyn Write,
    header: &[&str],
    rows: &[Vec<String>],
    width: Option<usize>,
    keep: usize,
) -> io::Result<()> {
    let clean: Vec<Vec<String>> =
        rows.iter().map(|row| row.iter().map(|cell| Clean::new(cell).to_string()).collect()).collect();
    let mut widths: Vec<usize> = header.iter().map(|name| name.width()).collect();
    for row in &clean {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.width());
        }
    }
    if let Some(width) = width {
        fit(&mut widths, width, keep);
    }
    line(out, header.iter().copied(), &widths)?;
    for row in &clean {
        line(out, row.iter().map(String::as_str), &widths)?;
    }
    Ok(())
}

/// Narrows columns, the widest first, until they fit with two blanks between them; none gets narrower than 4.
fn fit(widths: &mut [usize], width: usize, keep: usize) {
    const LEAST: usize = 4;
    for range in [keep.min(widths.len())..widths.len(), 0..widths.len()] {
        loop {
            let over = (widths.iter().sum::<usize>() + 2 * widths.len().saturating_sub(1)).saturating_sub(width);
            let widest = range.clone().filter(|&at| widths[at] > LEAST).max_by_key(|&at| (widths[at], at));
            match widest {
                Some(at) if over > 0 => widths[at] -= 1,
                _ => break,
            }
        }
    }
}

fn line<'a>(out: &mut dyn Write, cells: impl Iterator<Item = &'a str>, widths: &[usize]) -> io::Result<()> {
    let cells: Vec<String> = cells.zip(widths).map(|(cell, &width)| pad(&cut(cell, width), width)).collect();
    writeln!(out, "{}", cells.join("  ").trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_are_those_of_the_terminal() {
        assert_eq!(cut("王小明さん", 7), "王小..");
        assert_eq!(cut("anna", 4), "anna");
        assert_eq!(cut("anna", 3), "a..");
        assert_eq!(pad("王", 4), "王  ");
    }

    #[test]
    fn lines_break_at_blanks_and_long_words_where_the_line_ends() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("abcdefgh ij", 5), ["abcde", "fgh", "ij"].map(str::to_owned));
        assert_eq!(wrap("", 5), [""]);
    }

    #[test]
    fn a_table_fits_its_width_and_shows_nothing_that_acts() {
        let rows = vec![vec!["anna@contoso.com".to_owned(), "a long \u{1b}[31mname of a department".to_owned()]];
        let mut out = Vec::new();
        write(&mut out, &["UPN", "DEPARTMENT"], &rows, Some(30), 1).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert_eq!(text, "UPN               DEPARTMENT\nanna@contoso.com  a long ·[3..\n");
        let mut out = Vec::new();
        write(&mut out, &["UPN", "DEPARTMENT"], &rows, None, 1).unwrap();
        assert!(String::from_utf8(out).unwrap().contains("a long ·[31mname of a department"));
    }
}
