//! Membership rules of dynamic groups, read far enough to see which service plans they look at.
//!
//! The language is Entra's: comparisons of attributes joined by `-and`, `-or`, `-not` and parentheses, with or without
//! the hyphens, and `user.assignedPlans -any (…)` or `-all (…)` with a condition about one plan inside. What cannot be
//! read is said, with the place: nothing is guessed about a rule that was not understood.

use super::ids::PlanId;

/// What a rule reads of the plans of a user.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reads {
    /// One entry for each condition about plans.
    pub conditions: Vec<PlanCondition>,
}

/// One `user.assignedPlans -any (…)` or `-all (…)`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PlanCondition {
    /// The plans named by `servicePlanId`.
    pub plans: Vec<PlanId>,
    /// The words compared with `capabilityStatus`; none means any, deleted plans included.
    pub capability: Vec<String>,
    /// The names compared with `service`: which plans those are, the rule does not say.
    pub services: Vec<String>,
    /// Whether it stands under a `-not`: the rule looks for users without the plan.
    pub negated: bool,
}

impl Reads {
    /// Every plan that the rule names, once each.
    pub fn plans(&self) -> Vec<PlanId> {
        let mut plans: Vec<PlanId> = self.conditions.iter().flat_map(|c| c.plans.iter().copied()).collect();
        plans.sort_unstable();
        plans.dedup();
        plans
    }

    /// Whether the rule looks at plans at all.
    pub fn reads_plans(&self) -> bool {
        !self.conditions.is_empty()
    }
}

/// A rule that could not be read as a whole.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the rule could not be read from character {at} on: {why}")]
pub struct Unreadable {
    /// Characters before the place.
    pub at: usize,
    /// What was expected.
    pub why: &'static str,
    /// Plans that the text names nevertheless, if it mentions `assignedPlans`.
    pub plans: Vec<PlanId>,
}

#[derive(Debug, Clone, PartialEq)]
enum Token<'a> {
    Open,
    Close,
    ListOpen,
    ListClose,
    Comma,
    Text(&'a str),
    /// A word without quotes, its leading hyphen cut off.
    Word(&'a str),
}

/// Reads a rule.
pub fn read(rule: &str) -> Result<Reads, Unreadable> {
    let failed = |(byte, why): (usize, &'static str)| Unreadable {
        at: rule.get(..byte).map_or(0, |before| before.chars().count()),
        why,
        plans: if rule.to_ascii_lowercase().contains("assignedplan") {
            super::refusal::guids(rule).into_iter().map(PlanId::from_u128).collect()
        } else {
            Vec::new()
        },
    };
    let tokens = tokens(rule).map_err(failed)?;
    let mut reader = Reader { tokens: &tokens, at: 0, end: rule.len(), reads: Reads::default(), depth: 0 };
    reader.either(false).map_err(failed)?;
    match reader.tokens.get(reader.at) {
        None => Ok(reader.reads),
        Some((byte, _)) => Err(failed((*byte, "-and, -or or the end was expected"))),
    }
}

type Failed = (usize, &'static str);

fn tokens(rule: &str) -> Result<Vec<(usize, Token<'_>)>, Failed> {
    let mut tokens = Vec::new();
    let mut rest = rule;
    while let Some(first) = rest.chars().next() {
        let at = rule.len() - rest.len();
        let single = match first {
            '(' => Some(Token::Open),
            ')' => Some(Token::Close),
            '[' => Some(Token::ListOpen),
            ']' => Some(Token::ListClose),
            ',' => Some(Token::Comma),
            _ => None,
        };
        let (token, length) = if first.is_whitespace() {
            (None, first.len_utf8())
        } else if single.is_some() {
            (single, 1)
        } else if matches!(first, '"' | '\'') {
            // A backtick escapes the quote that follows it.
            let mut escaped = false;
            let end = rest[1..].find(|c| {
                let ends = c == first && !escaped;
                escaped = c == '`' && !escaped;
                ends
            });
            let end = end.ok_or((at, "the closing quote is missing"))?;
            (Some(Token::Text(&rest[1..=end])), end + 2)
        } else {
            let stops = |c: char| c.is_whitespace() || matches!(c, '(' | ')' | '[' | ']' | ',' | '"' | '\'');
            let end = rest.find(stops).unwrap_or(rest.len());
            (Some(Token::Word(rest[..end].trim_start_matches('-'))), end)
        };
        tokens.extend(token.map(|token| (at, token)));
        rest = &rest[length..];
    }
    Ok(tokens)
}

/// Groups inside groups beyond this are no rule: Entra takes 3,072 characters.
const DEEPEST: u32 = 64;

struct Reader<'t, 'a> {
    tokens: &'t [(usize, Token<'a>)],
    at: usize,
    end: usize,
    reads: Reads,
    depth: u32,
}

impl<'t, 'a> Reader<'t, 'a> {
    fn peek(&self) -> Option<&'t Token<'a>> {
        self.tokens.get(self.at).map(|(_, token)| token)
    }

    fn next(&mut self) -> Option<&'t Token<'a>> {
        let token = self.peek();
        self.at += usize::from(token.is_some());
        token
    }

    fn fail<T>(&self, why: &'static str) -> Result<T, Failed> {
        Err((self.tokens.get(self.at).map_or(self.end, |(byte, _)| *byte), why))
    }

    fn word(&self, word: &str) -> bool {
        matches!(self.peek(), Some(Token::Word(w)) if w.eq_ignore_ascii_case(word))
    }

    fn take(&mut self, token: &Token<'_>, why: &'static str) -> Result<(), Failed> {
        if self.peek() != Some(token) {
            return self.fail(why);
        }
        self.at += 1;
        Ok(())
    }

    fn either(&mut self, negated: bool) -> Result<(), Failed> {
        self.one(negated)?;
        while self.word("and") || self.word("or") {
            self.at += 1;
            self.one(negated)?;
        }
        Ok(())
    }

    fn one(&mut self, mut negated: bool) -> Result<(), Failed> {
        while self.word("not") {
            self.at += 1;
            negated = !negated;
        }
        if self.peek() != Some(&Token::Open) {
            return self.comparison(negated);
        }
        self.depth += 1;
        if self.depth > DEEPEST {
            return self.fail("the groups of conditions are too deep");
        }
        self.at += 1;
        self.either(negated)?;
        self.depth -= 1;
        self.take(&Token::Close, "a closing parenthesis was expected")
    }

    fn comparison(&mut self, negated: bool) -> Result<(), Failed> {
        let Some(Token::Word(property)) = self.peek() else { return self.fail("an attribute was expected") };
        if property.eq_ignore_ascii_case("direct") {
            // `Direct Reports for "…"`, which stands alone.
            self.at += 3;
            return match self.next() {
                Some(Token::Text(_)) => Ok(()),
                _ => self.fail("Direct Reports for an id was expected"),
            };
        }
        self.at += 1;
        let Some(Token::Word(operator)) = self.next() else { return self.fail("an operator was expected") };
        if operator.eq_ignore_ascii_case("any") || operator.eq_ignore_ascii_case("all") {
            self.take(&Token::Open, "an opening parenthesis was expected")?;
            let mut condition = PlanCondition { negated, ..PlanCondition::default() };
            let plans = property.eq_ignore_ascii_case("user.assignedPlans");
            self.about_one(&mut condition)?;
            if plans {
                condition.plans.sort_unstable();
                condition.plans.dedup();
                self.reads.conditions.push(condition);
            }
            return self.take(&Token::Close, "a closing parenthesis was expected");
        }
        self.values().map(|_| ())
    }

    /// The condition inside `-any (…)`: its own words, not those of the user.
    fn about_one(&mut self, condition: &mut PlanCondition) -> Result<(), Failed> {
        loop {
            while self.word("not") {
                self.at += 1;
            }
            if self.peek() == Some(&Token::Open) {
                self.depth += 1;
                if self.depth > DEEPEST {
                    return self.fail("the groups of conditions are too deep");
                }
                self.at += 1;
                self.about_one(condition)?;
                self.depth -= 1;
                self.take(&Token::Close, "a closing parenthesis was expected")?;
            } else {
                let Some(Token::Word(property)) = self.next() else { return self.fail("an attribute was expected") };
                let Some(Token::Word(_)) = self.next() else { return self.fail("an operator was expected") };
                let values = self.values()?;
                let name = property.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
                match name.as_str() {
                    "serviceplanid" => condition.plans.extend(values.iter().filter_map(|v| PlanId::parse(v).ok())),
                    "capabilitystatus" => condition.capability.extend(values.into_iter().map(str::to_owned)),
                    "service" => condition.services.extend(values.into_iter().map(str::to_owned)),
                    _ => {}
                }
            }
            if !(self.word("and") || self.word("or")) {
                return Ok(());
            }
            self.at += 1;
        }
    }

    /// One value, or a list of them.
    fn values(&mut self) -> Result<Vec<&'a str>, Failed> {
        match self.next() {
            Some(Token::Text(value) | Token::Word(value)) => Ok(vec![*value]),
            Some(Token::ListOpen) => {
                let mut values = Vec::new();
                loop {
                    match self.next() {
                        Some(Token::Text(value) | Token::Word(value)) => values.push(*value),
                        Some(Token::Comma) => {}
                        Some(Token::ListClose) => return Ok(values),
                        _ => return self.fail("the end of the list was expected"),
                    }
                }
            }
            _ => self.fail("a value was expected"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = "9aaf7827-d63c-4b61-89c3-182f06f82e5c";
    const B: &str = "efb87545-963c-4e0d-99df-69c6916d9eb0";

    fn plans(rule: &str) -> Vec<String> {
        read(rule).unwrap().plans().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn plans_are_found_in_every_shape_of_a_rule() {
        let any = |inner: &str| format!("user.assignedPlans -any ({inner})");
        let enabled = "assignedPlan.capabilityStatus -eq \"Enabled\"";
        for rule in [
            any(&format!("assignedPlan.servicePlanId -eq \"{A}\" -and {enabled}")),
            any(&format!("{enabled} -and assignedPlan.servicePlanId -eq '{}'", A.to_uppercase())),
            format!(
                "(user.department -eq \"Sales\") -and ({})",
                any(&format!("(assignedPlan.servicePlanId -eq \"{A}\") -and ({enabled})"))
            ),
            format!(
                "user.country -in [\"DE\", \"FR\"] or not ({})",
                any(&format!("assignedPlan.servicePlanId eq \"{A}\""))
            ),
            format!("USER.ASSIGNEDPLANS -ALL (assignedPlan.servicePlanId -in [\"{A}\"])"),
        ] {
            assert_eq!(plans(&rule), [A], "{rule}");
        }
        let two = format!(
            "{} -and {}",
            any(&format!("assignedPlan.servicePlanId -eq \"{B}\"")),
            any(&format!("assignedPlan.servicePlanId -eq \"{A}\""))
        );
        assert_eq!(plans(&two), [A, B]);
    }

    #[test]
    fn status_service_and_negation_are_kept() {
        let rule = format!(
            "-not (user.assignedPlans -any (assignedPlan.servicePlanId -eq \"{A}\" -and assignedPlan.capabilityStatus -eq \"Enabled\"))"
        );
        let condition = read(&rule).unwrap().conditions.remove(0);
        assert!(condition.negated);
        assert_eq!(condition.capability, ["Enabled"]);
        let by_service = "user.assignedPlans -any (assignedPlan.service -eq \"SCO\" -and assignedPlan.capabilityStatus -eq \"Enabled\")";
        let reads = read(by_service).unwrap();
        assert!(reads.reads_plans() && reads.plans().is_empty());
        assert_eq!(reads.conditions[0].services, ["SCO"]);
    }

    #[test]
    fn rules_about_other_things_read_no_plan() {
        for rule in [
            "(user.department -eq \"Sales\")",
            "user.proxyAddresses -any (_ -contains \"contoso\")",
            "Direct Reports for \"62e19b97-8b3d-4d4a-a106-4ce66896a863\"",
            "user.displayName -match \"^a`\"b\" -and user.mail -ne null",
            "user.memberof -any (group.objectId -in ['6fd2c87f-b296-42f0-b197-1e91e994b900'])",
            "device.deviceOSType -startsWith \"Windows\"",
        ] {
            assert_eq!(read(rule).map(|r| r.reads_plans()), Ok(false), "{rule}");
        }
    }

    #[test]
    fn what_cannot_be_read_says_where_and_names_its_plans() {
        let error = read(&format!("user.assignedPlans -any (assignedPlan.servicePlanId -eq \"{A}\"")).unwrap_err();
        assert_eq!(error.plans.iter().map(ToString::to_string).collect::<Vec<_>>(), [A]);
        for rule in [
            "",
            "(",
            "user.department",
            "user.department -eq",
            "user.a -eq \"x\" user.b",
            "user.a -in [",
            "\"",
            "Direct",
        ] {
            assert!(read(rule).is_err(), "{rule}");
        }
        assert_eq!(read("user.ä -eq \"x\" )").map_err(|e| e.at), Err(15));
        assert!(read(&"(".repeat(100_000)).is_err());
        assert!(read(&"-not ".repeat(50_000)).is_err());
    }
}
