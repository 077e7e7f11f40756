//! `$filter`: the part of OData that Graph's directory objects know.

use super::answer::Problem;

/// A value in a filter.
#[derive(Debug, Clone, PartialEq)]
pub enum Literal {
    /// Quoted text.
    Text(String),
    /// `true`, `false`.
    Bool(bool),
    /// `null`.
    Null,
    /// Anything unquoted: guid, number, moment.
    Raw(String),
}

impl Literal {
    /// The text of quoted or unquoted values.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Literal::Text(text) | Literal::Raw(text) => Some(text),
            _ => None,
        }
    }
}

/// A comparison operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "OData's words")]
pub enum Op {
    Eq,
    Ne,
    Ge,
    Gt,
    Le,
    Lt,
}

/// A filter.
#[derive(Debug, Clone, PartialEq)]
pub enum Filter {
    /// All of them.
    And(Vec<Filter>),
    /// Any of them.
    Or(Vec<Filter>),
    /// Not it.
    Not(Box<Filter>),
    /// `property op value`.
    Compare(String, Op, Literal),
    /// `startsWith(property, text)`.
    Starts(String, String),
    /// `endsWith(property, text)`.
    Ends(String, String),
    /// `property in (a, b)`.
    In(String, Vec<Literal>),
    /// `collection/any(x: x/field eq v and …)`; the empty list is `any()`, a field without name is the item itself.
    Any(String, Vec<(String, Op, Literal)>),
    /// `collection/$count op n`.
    Count(String, Op, i64),
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Word(String),
    Quoted(String),
    Open,
    Close,
    Comma,
    Colon,
}

fn syntax(text: &str) -> Problem {
    Problem::bad(format!("Invalid filter clause: Syntax error in '{text}'."))
}

fn tokens(text: &str) -> Result<Vec<Token>, Problem> {
    let mut out = Vec::new();
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            ' ' => {}
            '(' => out.push(Token::Open),
            ')' => out.push(Token::Close),
            ',' => out.push(Token::Comma),
            ':' => out.push(Token::Colon),
            '\'' => {
                let mut quoted = String::new();
                loop {
                    match rest.next() {
                        Some('\'') if rest.peek() == Some(&'\'') => quoted.push(rest.next().unwrap_or('\'')),
                        Some('\'') => break,
                        Some(other) => quoted.push(other),
                        None => return Err(syntax(text)),
                    }
                }
                out.push(Token::Quoted(quoted));
            }
            first => {
                let mut word = first.to_string();
                // a colon ends the name of a range variable, but moments hold some
                while let Some(&next) = rest.peek() {
                    if " (),'".contains(next) || (next == ':' && !word.contains('T')) {
                        break;
                    }
                    word.push(next);
                    rest.next();
                }
                out.push(Token::Word(word));
            }
        }
    }
    Ok(out)
}

struct Parser<'a> {
    text: &'a str,
    tokens: Vec<Token>,
    at: usize,
}

impl Parser<'_> {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn word_is(&self, word: &str) -> bool {
        matches!(self.peek(), Some(Token::Word(w)) if w.eq_ignore_ascii_case(word))
    }

    fn expect(&mut self, token: &Token) -> Result<(), Problem> {
        if self.peek() == Some(token) {
            self.at += 1;
            return Ok(());
        }
        Err(syntax(self.text))
    }

    fn word(&mut self) -> Result<String, Problem> {
        match self.peek() {
            Some(Token::Word(word)) => {
                let word = word.clone();
                self.at += 1;
                Ok(word)
            }
            _ => Err(syntax(self.text)),
        }
    }

    fn joined(&mut self, word: &str, part: fn(&mut Self) -> Result<Filter, Problem>) -> Result<Vec<Filter>, Problem> {
        let mut parts = vec![part(self)?];
        while self.word_is(word) {
            self.at += 1;
            parts.push(part(self)?);
        }
        Ok(parts)
    }

    fn or(&mut self) -> Result<Filter, Problem> {
        let mut parts = self.joined("or", Self::and)?;
        Ok(if parts.len() == 1 { parts.remove(0) } else { Filter::Or(parts) })
    }

    fn and(&mut self) -> Result<Filter, Problem> {
        let mut parts = self.joined("and", Self::part)?;
        Ok(if parts.len() == 1 { parts.remove(0) } else { Filter::And(parts) })
    }

    fn part(&mut self) -> Result<Filter, Problem> {
        if self.word_is("not") {
            self.at += 1;
            return Ok(Filter::Not(Box::new(self.part()?)));
        }
        if self.peek() == Some(&Token::Open) {
            self.at += 1;
            let inner = self.or()?;
            self.expect(&Token::Close)?;
            return Ok(inner);
        }
        let word = self.word()?;
        let function = word.to_ascii_lowercase();
        if self.peek() == Some(&Token::Open) {
            self.at += 1;
            if let Some(collection) = word.strip_suffix("/any") {
                return self.any(collection);
            }
            if function != "startswith" && function != "endswith" {
                return Err(syntax(self.text));
            }
            let property = self.word()?;
            self.expect(&Token::Comma)?;
            let Literal::Text(value) = self.literal()? else { return Err(syntax(self.text)) };
            self.expect(&Token::Close)?;
            let starts = function == "startswith";
            return Ok(if starts { Filter::Starts(property, value) } else { Filter::Ends(property, value) });
        }
        if self.word_is("in") {
            self.at += 1;
            self.expect(&Token::Open)?;
            let mut values = vec![self.literal()?];
            while self.peek() == Some(&Token::Comma) {
                self.at += 1;
                values.push(self.literal()?);
            }
            self.expect(&Token::Close)?;
            return Ok(Filter::In(word, values));
        }
        let op = self.op()?;
        let value = self.literal()?;
        match word.strip_suffix("/$count") {
            Some(collection) => {
                let number = value.as_text().and_then(|n| n.parse().ok()).ok_or_else(|| syntax(self.text))?;
                Ok(Filter::Count(collection.to_owned(), op, number))
            }
            None => Ok(Filter::Compare(word, op, value)),
        }
    }

    fn any(&mut self, collection: &str) -> Result<Filter, Problem> {
        let mut clauses = Vec::new();
        if self.peek() != Some(&Token::Close) {
            let variable = self.word()?;
            self.expect(&Token::Colon)?;
            loop {
                let path = self.word()?;
                let field = match path.strip_prefix(&variable) {
                    Some("") => String::new(),
                    Some(field) if field.starts_with('/') => field[1..].to_owned(),
                    _ => return Err(syntax(self.text)),
                };
                let op = self.op()?;
                clauses.push((field, op, self.literal()?));
                if !self.word_is("and") {
                    break;
                }
                self.at += 1;
            }
        }
        self.expect(&Token::Close)?;
        Ok(Filter::Any(collection.to_owned(), clauses))
    }

    fn op(&mut self) -> Result<Op, Problem> {
        match self.word()?.to_ascii_lowercase().as_str() {
            "eq" => Ok(Op::Eq),
            "ne" => Ok(Op::Ne),
            "ge" => Ok(Op::Ge),
            "gt" => Ok(Op::Gt),
            "le" => Ok(Op::Le),
            "lt" => Ok(Op::Lt),
            _ => Err(syntax(self.text)),
        }
    }

    fn literal(&mut self) -> Result<Literal, Problem> {
        let literal = match self.peek() {
            Some(Token::Quoted(text)) => Literal::Text(text.clone()),
            Some(Token::Word(word)) => match word.to_ascii_lowercase().as_str() {
                "true" => Literal::Bool(true),
                "false" => Literal::Bool(false),
                "null" => Literal::Null,
                _ => Literal::Raw(word.clone()),
            },
            _ => return Err(syntax(self.text)),
        };
        self.at += 1;
        Ok(literal)
    }
}

impl Filter {
    /// Reads a filter.
    pub fn parse(text: &str) -> Result<Filter, Problem> {
        let mut parser = Parser { text, tokens: tokens(text)?, at: 0 };
        let filter = parser.or()?;
        if parser.peek().is_some() { Err(syntax(text)) } else { Ok(filter) }
    }

    /// The clauses that all must hold.
    pub fn clauses(&self) -> &[Filter] {
        match self {
            Filter::And(parts) => parts,
            one => std::slice::from_ref(one),
        }
    }

    /// Every property that it reads, with the clause that reads it.
    pub fn visit<'a>(&'a self, see: &mut impl FnMut(&'a str, &'a Filter)) {
        match self {
            Filter::And(parts) | Filter::Or(parts) => parts.iter().for_each(|p| p.visit(see)),
            Filter::Not(inner) => {
                inner.visit(see);
                see("", self);
            }
            Filter::Compare(p, ..)
            | Filter::Starts(p, _)
            | Filter::Ends(p, _)
            | Filter::In(p, _)
            | Filter::Any(p, _)
            | Filter::Count(p, ..) => see(p, self),
        }
    }

    /// The operator that works only in an advanced query, if one is used.
    pub fn advanced(&self) -> Option<&'static str> {
        let mut found = None;
        self.visit(&mut |_, clause| {
            found = found.or(match clause {
                Filter::Not(_) => Some("not"),
                Filter::Ends(..) => Some("endsWith"),
                Filter::Count(..) => Some("$count"),
                Filter::Compare(_, Op::Ne, _) => Some("ne"),
                Filter::Compare(_, _, Literal::Null) => Some("eq null"),
                Filter::Any(_, clauses) if clauses.len() > 1 => Some("any"),
                _ => None,
            });
        });
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_filters_of_the_reference_are_read() {
        for text in [
            "assignedLicenses/any(l:l/skuId eq 6fd2c87f-b296-42f0-b197-1e91e994b900)",
            "assignedPlans/any(p:p/servicePlanId eq 6fd2c87f-b296-42f0-b197-1e91e994b900 and p/capabilityStatus eq 'Enabled')",
            "assignedLicenses/$count ne 0",
            "usageLocation eq null and accountEnabled eq true",
            "not(startsWith(userPrincipalName,'a')) or userType in ('Guest','Member')",
            "activityDateTime ge 2026-01-01T00:00:00Z and targetResources/any(t:t/id eq 'x')",
            "proxyAddresses/any(p:p eq 'smtp:a@b.c')",
            "assignedLicenses/any()",
        ] {
            assert!(Filter::parse(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn quotes_are_doubled_inside_quotes() {
        let filter = Filter::parse("displayName eq 'O''Brien'");
        assert_eq!(filter, Ok(Filter::Compare("displayName".into(), Op::Eq, Literal::Text("O'Brien".into()))));
    }

    #[test]
    fn nonsense_is_refused() {
        for text in
            ["", "userPrincipalName", "a eq", "a eq 'b", "a like 'b'", "(a eq 1", "a eq 1 b eq 2", "contains(a,'b')"]
        {
            assert!(Filter::parse(text).is_err(), "{text}");
        }
    }
}
