//! What clap has to say about the arguments, in one line.

use crate::run::exit::Failure;

/// The failure of arguments that cannot be read.
pub(super) fn of(error: &clap::Error) -> Failure {
    Failure::usage(one_line(&error.render().to_string()))
}

/// clap writes a paragraph: the error, tips, the usage, a pointer to the help. A script's log wants one line that says
/// what to do; the usage is one `--help` away.
fn one_line(paragraph: &str) -> String {
    let useful = paragraph.lines().map(str::trim).take_while(|line| !line.starts_with("Usage:"));
    let useful = useful.filter(|line| !line.is_empty() && !line.starts_with("For more information"));
    let mut text = String::new();
    for line in useful {
        let line = line.strip_prefix("error: ").unwrap_or(line);
        if !text.is_empty() {
            text.push_str(if text.ends_with(':') || line.starts_with('[') { " " } else { "; " });
        }
        text.push_str(line.strip_prefix("tip: ").unwrap_or(line));
    }
    format!("{text} (see `tenantry --help`)")
}

#[cfg(test)]
mod tests {
    use super::one_line;

    #[test]
    fn a_paragraph_becomes_a_line() {
        let paragraph = "error: unexpected argument '--temant' found\n\n  tip: a similar argument exists: '--tenant'\n\nUsage: tenantry [OPTIONS]\n\nFor more information, try '--help'.\n";
        assert_eq!(
            one_line(paragraph),
            "unexpected argument '--temant' found; a similar argument exists: '--tenant' (see `tenantry --help`)"
        );
    }
}
