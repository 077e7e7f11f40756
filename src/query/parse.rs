//! From a line to terms.

use crate::domain::kind::{Kind, Severity};
use crate::store::fold;

/// What a term compares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Field {
    /// A word: name, UPN or id.
    Word(String),
    /// Department.
    Department(String),
    /// Office.
    Office(String),
    /// Country.
    Country(String),
    /// Usage location; `None` is a missing one.
    Location(Option<String>),
    /// A product by part number, name or id.
    Sku(String),
    /// A group by name or id.
    Group(String),
    /// A kind of finding.
    Kind(Kind),
    /// A severity of a finding.
    Severity(Severity),
    /// `accountEnabled`.
    Enabled(bool),
    /// Synced from on-premises.
    Synced(bool),
    /// A guest.
    Guest(bool),
    /// Free seats of a product: fewer (`Less`), more, or as many as the number.
    Seats(std::cmp::Ordering, i64),
}

/// One term, wanted or unwanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Term {
    pub(super) field: Field,
    pub(super) negated: bool,
}

/// A parsed line.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Query {
    pub(super) terms: Vec<Term>,
}

/// The line cannot be read; `column` counts characters from 0.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("filter, column {}: {message}", column + 1)]
pub struct QueryError {
    /// Where the term begins that cannot be read.
    pub column: usize,
    /// How many characters it has.
    pub length: usize,
    /// What to write instead.
    pub message: String,
}

/// The fields with what they take, for help and completion.
pub(super) const FIELDS: &[&str] =
    &["dept", "office", "country", "loc", "sku", "group", "kind", "severity", "enabled", "synced", "guest", "seats"];

impl Query {
    /// Reads a line. An empty one matches everything.
    pub fn parse(line: &str) -> Result<Query, QueryError> {
        let mut terms = Vec::new();
        for word in split(line)? {
            let (negated, body) = match word.text.strip_prefix('-') {
                Some(rest) if !rest.is_empty() && !word.quoted => (true, rest),
                _ => (false, word.text.as_str()),
            };
            let field = if word.quoted { Ok(Field::Word(fold(body))) } else { field(body) };
            let field = field.map_err(|message| QueryError { column: word.column, length: word.length, message })?;
            terms.push(Term { field, negated });
        }
        Ok(Query { terms })
    }

    /// Whether it matches everything.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }
}

struct Word {
    text: String,
    column: usize,
    length: usize,
    /// Begins with a quote: a word, whatever it holds.
    quoted: bool,
}

/// Splits at blanks that are not quoted. Quotes may stand inside a term: `dept:"Human Resources"`.
fn split(line: &str) -> Result<Vec<Word>, QueryError> {
    let mut words: Vec<Word> = Vec::new();
    let mut open: Option<usize> = None;
    let mut current: Option<Word> = None;
    for (column, c) in line.chars().enumerate() {
        if c == '"' {
            if open.take().is_none() {
                open = Some(column);
                current.get_or_insert(Word { text: String::new(), column, length: 0, quoted: true });
            }
        } else if c.is_whitespace() && open.is_none() {
            words.extend(current.take());
            continue;
        } else {
            current.get_or_insert(Word { text: String::new(), column, length: 0, quoted: false }).text.push(c);
        }
        if let Some(word) = &mut current {
            word.length = column + 1 - word.column;
        }
    }
    if let Some(column) = open {
        let message = "the quotation mark is not closed".to_owned();
        return Err(QueryError { column, length: line.chars().count() - column, message });
    }
    words.extend(current);
    // `""` matches everything and says nothing.
    words.retain(|w| !w.text.is_empty());
    Ok(words)
}

fn field(body: &str) -> Result<Field, String> {
    if let Some(rest) = body.to_ascii_lowercase().strip_prefix("seats")
        && let Some(op @ ('<' | '>' | '=' | ':')) = rest.chars().next()
    {
        let number = rest[1..].parse().map_err(|_| format!("`seats{op}` takes a number, for example seats<5"))?;
        let ordering = match op {
            '<' => std::cmp::Ordering::Less,
            '>' => std::cmp::Ordering::Greater,
            _ => std::cmp::Ordering::Equal,
        };
        return Ok(Field::Seats(ordering, number));
    }
    let Some((name, value)) = body.split_once(':') else { return Ok(Field::Word(fold(body))) };
    if value.is_empty() {
        return Err(format!("`{name}:` needs a value"));
    }
    let folded = || fold(value);
    match name.to_ascii_lowercase().as_str() {
        "dept" | "department" => Ok(Field::Department(folded())),
        "office" => Ok(Field::Office(folded())),
        "country" => Ok(Field::Country(folded())),
        "loc" | "location" => Ok(Field::Location((!value.eq_ignore_ascii_case("none")).then(folded))),
        "sku" => Ok(Field::Sku(folded())),
        "group" => Ok(Field::Group(folded())),
        "kind" => value.parse().map(Field::Kind).map_err(|e: crate::domain::kind::UnknownKind| e.to_string()),
        "severity" => match value.to_ascii_lowercase().as_str() {
            "error" => Ok(Field::Severity(Severity::Error)),
            "warning" => Ok(Field::Severity(Severity::Warning)),
            "info" => Ok(Field::Severity(Severity::Info)),
            _ => Err("`severity:` takes error, warning or info".to_owned()),
        },
        "enabled" => yes_no(name, value).map(Field::Enabled),
        "synced" => yes_no(name, value).map(Field::Synced),
        "guest" => yes_no(name, value).map(Field::Guest),
        _ => {
            let near = FIELDS.iter().min_by_key(|f| strsim::levenshtein(f, name));
            let near = near.filter(|f| strsim::levenshtein(f, name) <= 2);
            Err(match near {
                Some(near) => format!("there is no field `{name}:`; did you mean `{near}:`?"),
                None => format!("there is no field `{name}:`; fields are {}", FIELDS.join(", ")),
            })
        }
    }
}

fn yes_no(name: &str, value: &str) -> Result<bool, String> {
    match value.to_ascii_lowercase().as_str() {
        "yes" | "true" | "y" | "1" => Ok(true),
        "no" | "false" | "n" | "0" => Ok(false),
        _ => Err(format!("`{name}:` takes yes or no")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(line: &str) -> Vec<(Field, bool)> {
        Query::parse(line).unwrap().terms.into_iter().map(|t| (t.field, t.negated)).collect()
    }

    #[test]
    fn words_fields_quotes_and_negation() {
        assert_eq!(
            terms("Zoë -dept:\"Human Resources\" loc:none \"a b\" -guest:yes seats<5"),
            [
                (Field::Word("zoe".into()), false),
                (Field::Department("human resources".into()), true),
                (Field::Location(None), false),
                (Field::Word("a b".into()), false),
                (Field::Guest(true), true),
                (Field::Seats(std::cmp::Ordering::Less, 5), false),
            ]
        );
        assert!(Query::parse("  \"\" ").unwrap().is_empty());
        assert_eq!(terms("-"), [(Field::Word("-".into()), false)]);
    }

    #[test]
    fn errors_name_their_column_and_the_way_out() {
        for (line, column, length, part) in [
            ("anna dpt:x", 5, 5, "did you mean `dept:`"),
            ("a enabled:maybe", 2, 13, "yes or no"),
            ("ä \"b c", 2, 4, "not closed"),
            ("sku:", 0, 4, "needs a value"),
            ("kind:seats-exhaustd", 0, 19, "seats-exhausted"),
            ("seats<x", 0, 7, "number"),
        ] {
            let error = Query::parse(line).unwrap_err();
            assert_eq!((error.column, error.length), (column, length), "{line}");
            assert!(error.message.contains(part), "{}", error.message);
        }
    }
}
