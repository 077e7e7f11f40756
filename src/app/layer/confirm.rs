//! The confirm dialog: a frozen plan, and the one way to confirm it. What is shown here is what is sent.
//!
//! Cancel has the focus. Keys that came before the dialog could be read do not count, nor does the key that opened it;
//! Enter submits nothing but a typed phrase that matches.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::app::doc::{Line, Tone, wrap};
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
            plan,
            input: Input::default(),
            scroll: 0,
            note: None,
            marks_of,
            opened_by,
            painted_ms: None,
            wrapped: (0, Vec::new()),
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
        match Gate::confirm(&self.plan, answer) {
            Ok(confirmed) => Reply::Confirmed(confirmed),
            Err(mismatch) => {
                self.note = Some(mismatch.to_string());
                Reply::Stay
            }
        }
    }

    /// Breaks the lines for a width and keeps the scroll position inside.
    pub(in crate::app) fn fit(&mut self, columns: usize, rows: usize) {
        if self.wrapped.0 != columns {
            self.wrapped = (columns, wrap(self.head.clone(), columns));
        }
        self.scroll = self.scroll.min(self.len().saturating_sub(rows));
    }

    /// How many lines there are: what the plan says as a whole, then two for each step and each refusal.
    pub fn len(&self) -> usize {
        self.wrapped.1.len() + 2 * (self.plan.steps.len() + self.plan.refusals.len())
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
            return step_line(number, step, second);
        }
        match self.plan.refusals.get(number - self.plan.steps.len()) {
            Some(refused) if second => {
                Line::of(Tone::Quiet, format!("      {}  ", refused.target)).and(Tone::Warning, refused.why.clone())
            }
            Some(refused) => Line::of(Tone::Warning, "  not ").and(Tone::Strong, refused.upn.clone()),
            None => Line::empty(),
        }
    }
}

fn step_line(number: usize, step: &Step, second: bool) -> Line {
    if second {
        let undo = if step.invertible { "" } else { "  (cannot be undone)" };
        return Line::of(Tone::Quiet, format!("      {}  ", step.target))
            .and(Tone::Good, change(step))
            .and(Tone::Warning, undo);
    }
    Line::of(Tone::Quiet, format!("{:>5} ", number + 1))
        .and(Tone::Strong, step.name.clone())
        .and(Tone::Quiet, format!("  {}", step.upn))
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
    if !plan.scopes.is_empty() {
        lines.push(Line::of(Tone::Quiet, "Needs     ").and(Tone::Plain, plan.scopes.join(", ")).indented(10));
    }
    let (undo, steps) = (plan.invertible(), plan.steps.len());
    let tone = if undo == steps { Tone::Plain } else { Tone::Warning };
    lines.push(Line::of(Tone::Quiet, "Undo      ").and(tone, format!("{undo} of {steps} can be undone")).indented(10));
    lines.push(Line::of(Tone::Quiet, "Plan      ").and(Tone::Quiet, format!("hash {}", plan.hash().short())));
    lines.push(Line::empty());
    lines
}
