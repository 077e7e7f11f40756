//! The confirm dialog: a frozen plan, and the one way to confirm it. What is shown here is what is sent.
//!
//! Cancel has the focus. Keys that came before the dialog could be read do not count, nor does the key that opened it;
//! Enter submits nothing but a typed phrase that matches.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::app::doc::{Line, Tone, width, wrap};
use crate::app::effect::List;
use crate::app::input::Input;
use crate::app::key::{Code, Key};
use crate::domain::plan::{Answer, Change, Confirmed, Gate, Plan, Step};

/// How long after the dialog was flushed to the terminal its keys begin to count, in milliseconds.
pub const SETTLE_MS: u64 = 400;

/// The dialog.
#[derive(Debug)]
pub struct Confirm {
    /// The plan. Never changed, never replaced.
    pub plan: Arc<Plan>,
    /// What confirms it.
    pub gate: Gate,
    /// The phrase, as far as it is typed.
    pub input: Input,
    /// First line on the screen.
    pub scroll: usize,
    /// What to say about the last key.
    pub note: Option<String>,
    /// The list whose marks it is for.
    pub marks_of: Option<List>,
    opened_by: Key,
    painted_ms: Option<u64>,
    head: Vec<Line>,
    wrapped: (usize, Vec<Line>),
    tail: Vec<Line>,
    /// Lines of the plan on the screen.
    rows: usize,
}

/// What a key came to.
#[derive(Debug)]
pub(in crate::app) enum Reply {
    /// The dialog stays.
    Stay,
    /// Cancelled.
    Cancel,
    /// Confirmed.
    Confirmed(Confirmed),
}

impl Confirm {
    /// The dialog for a plan.
    pub fn new(plan: Arc<Plan>, opened_by: Key, marks_of: Option<List>, arrow: &'static str) -> Confirm {
        Confirm {
            gate: plan.gate(),
            head: head(&plan, arrow),
            input: Input::default(),
            scroll: 0,
            note: None,
            marks_of,
            opened_by,
            painted_ms: None,
            tail: tail(&plan),
            plan,
            wrapped: (0, Vec::new()),
            rows: 0,
        }
    }

    /// Whether a phrase is typed here.
    pub fn types(&self) -> bool {
        matches!(self.gate, Gate::Count(_) | Gate::Domain(_))
    }

    /// What is shown was flushed to the terminal.
    pub(in crate::app) fn painted(&mut self, at_ms: u64) {
        self.painted_ms.get_or_insert(at_ms);
    }

    /// Whether keys count by now.
    fn settled(&self, at_ms: u64) -> bool {
        self.painted_ms.is_some_and(|painted| at_ms >= painted.saturating_add(SETTLE_MS))
    }

    pub(in crate::app) fn paste(&mut self, _text: &str) {
        // A phrase is typed by hand, so that it is read.
        self.note = Some("pasting does not confirm: type it".to_owned());
    }

    pub(in crate::app) fn key(&mut self, key: Key, at_ms: u64, page: usize) -> Reply {
        // Going back is always safe.
        if key.code == Code::Esc {
            return Reply::Cancel;
        }
        if !self.settled(at_ms) {
            return Reply::Stay;
        }
        self.note = None;
        match (key.code, key.ctrl) {
            (Code::Down, _) => self.scroll += 1,
            (Code::Up, _) => self.scroll = self.scroll.saturating_sub(1),
            (Code::PageDown, _) | (Code::Char('d'), true) => self.scroll += page,
            (Code::PageUp, _) => self.scroll = self.scroll.saturating_sub(page),
            (Code::Home, _) if !self.types() => self.scroll = 0,
            (Code::End, _) if !self.types() => self.scroll = usize::MAX / 2,
            _ if self.types() => return self.typed(key),
            (Code::Enter, _) => return Reply::Cancel,
            (Code::Char('j'), false) => self.scroll += 1,
            (Code::Char('k'), false) => self.scroll = self.scroll.saturating_sub(1),
            (Code::Char('y'), false) if key == self.opened_by => {
                self.note = Some("the key that opened this does not confirm it".to_owned());
            }
            (Code::Char('y'), false) => return self.answer(&Answer::Yes),
            (Code::Char(_), false) => self.note = Some(format!("{} Esc cancels.", self.gate.prompt())),
            _ => {}
        }
        Reply::Stay
    }

    fn typed(&mut self, key: Key) -> Reply {
        if key.code != Code::Enter {
            self.input.key(key);
            return Reply::Stay;
        }
        if self.input.text().trim().is_empty() {
            return Reply::Cancel;
        }
        self.answer(&Answer::Typed(self.input.text().to_owned()))
    }

    fn answer(&mut self, answer: &Answer) -> Reply {
        // Nobody confirms what cannot be seen.
        if self.rows < 2 {
            self.note = Some("make the terminal higher to see what is changed".to_owned());
            return Reply::Stay;
        }
        match Gate::confirm(&self.plan, answer) {
            Ok(confirmed) => Reply::Confirmed(confirmed),
            Err(mismatch) => {
                self.note = Some(mismatch.to_string());
                Reply::Stay
            }
        }
    }

    /// Breaks the lines for a width.
    pub(in crate::app) fn break_lines(&mut self, columns: usize) {
        if self.wrapped.0 != columns {
            self.wrapped = (columns, wrap(self.head.clone(), columns));
        }
    }

    /// So many lines are on the screen; the scroll position is kept inside.
    pub(in crate::app) fn fit(&mut self, rows: usize) {
        self.rows = rows;
        self.scroll = self.scroll.min(self.len().saturating_sub(rows));
    }

    /// How many lines there are: what to know first, then two for each step and each refusal, then the rest.
    pub fn len(&self) -> usize {
        self.wrapped.1.len() + 2 * (self.plan.steps.len() + self.plan.refusals.len()) + self.tail.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// One line. Made when it is drawn: a plan may have ten thousand steps.
    pub fn line(&self, at: usize) -> Line {
        if let Some(line) = self.wrapped.1.get(at) {
            return line.clone();
        }
        let at = at - self.wrapped.1.len();
        let (number, second) = (at / 2, at % 2 == 1);
        if let Some(step) = self.plan.steps.get(number) {
            // Where none or all can be undone, the head of the dialog says it.
            let mixed = (1..self.plan.steps.len()).contains(&self.plan.invertible());
            return step_line(number, step, second, mixed && !step.invertible, self.wrapped.0);
        }
        match self.plan.refusals.get(number - self.plan.steps.len()) {
            Some(refused) => {
                let first = Line::of(Tone::Warning, "  not ").and(Tone::Strong, refused.upn.clone());
                let why = Line::default().and(Tone::Warning, refused.why.clone());
                two(first, &refused.target.to_string(), why, second, self.wrapped.0)
            }
            None => {
                let before = 2 * (self.plan.steps.len() + self.plan.refusals.len());
                self.tail.get(at - before).cloned().unwrap_or_default()
            }
        }
    }
}

fn step_line(number: usize, step: &Step, second: bool, for_good: bool, columns: usize) -> Line {
    let first = Line::of(Tone::Quiet, format!("{:>5} ", number + 1))
        .and(Tone::Strong, step.name.clone())
        .and(Tone::Warning, if for_good { " (cannot be undone)" } else { "" })
        .and(Tone::Quiet, format!("  {}", step.upn));
    two(first, &step.target.to_string(), Line::of(Tone::Good, change(step)), second, columns)
}

/// The two lines of an entry. The id stands where it is not cut: behind the name, else before what happens.
fn two(first: Line, id: &str, what: Line, second: bool, columns: usize) -> Line {
    let fits = width(&first.text()) + 2 + id.len() <= columns;
    match (second, fits) {
        (false, true) => first.and(Tone::Quiet, format!("  {id}")),
        (false, false) => first,
        (true, _) => {
            let before = if fits { String::new() } else { format!("{id}  ") };
            let mut line = Line::of(Tone::Quiet, format!("      {before}"));
            line.parts.extend(what.parts);
            line
        }
    }
}

/// Before and after, in one line.
fn change(step: &Step) -> String {
    match &step.change {
        Change::SetUsageLocation { to } => {
            let before = step.before.usage_location.as_ref().and_then(|b| b.as_deref()).unwrap_or("none");
            format!("usage location {before} -> {to}")
        }
        _ if step.predicted.summary.is_empty() => format!("{} {}", step.request.method.as_str(), step.request.path),
        _ => step.predicted.summary.clone(),
    }
}

fn head(plan: &Plan, arrow: &str) -> Vec<Line> {
    let mut lines = Vec::new();
    for seats in &plan.seats {
        let what = match seats.seats {
            n if n > 0 => format!("takes {n} of {} free seats", seats.free),
            0 => "takes and frees no seat".to_owned(),
            n => format!("frees {} seats; {} are free now", -n, seats.free),
        };
        let short = seats.seats > seats.free;
        let tone = if short { Tone::Error } else { Tone::Plain };
        lines.push(
            Line::of(Tone::Quiet, "Seats     ")
                .and(Tone::Strong, seats.name.clone())
                .and(tone, format!(": {what}, {arrow} {} after", seats.free - seats.seats))
                .indented(10),
        );
    }
    for warning in &plan.warnings {
        lines.push(Line::of(Tone::Warning, "Warning   ").and(Tone::Plain, warning.clone()).indented(10));
    }
    let mut risks: BTreeMap<&str, usize> = BTreeMap::new();
    for risk in plan.steps.iter().flat_map(|s| &s.predicted.risks) {
        *risks.entry(risk).or_default() += 1;
    }
    for (risk, count) in risks {
        lines.push(Line::of(Tone::Warning, "May fail  ").and(Tone::Plain, format!("{risk} ({count})")).indented(10));
    }
    if !lines.is_empty() {
        lines.push(Line::empty());
    }
    lines
}

/// What matters after the names.
fn tail(plan: &Plan) -> Vec<Line> {
    let mut lines = vec![Line::empty()];
    if !plan.scopes.is_empty() {
        lines.push(Line::of(Tone::Quiet, "Needs     ").and(Tone::Plain, plan.scopes.join(", ")));
    }
    lines.push(Line::of(Tone::Quiet, "Plan      ").and(Tone::Quiet, plan.hash().short()));
    lines
}
