//! One of several: menus with letters, pickers that filter as one types, questions, help and palette.

use std::sync::Arc;

use crate::app::action::Action;
use crate::app::effect::{Deed, Format, List};
use crate::app::input::Input;
use crate::app::key::{Code, Key};
use crate::domain::ids::UserId;
use crate::domain::kind::Kind;
use crate::domain::text::Clean;
use crate::store::{UserOrder, fold};

/// Whom a verb is for: frozen ids, so that nothing that moves below can change it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whom {
    /// These users.
    Users(Arc<[UserId]>),
    /// Every user with a finding of this kind.
    AllOf(Kind),
}

/// Whom a verb is for, and where that came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Whom.
    pub whom: Whom,
    /// The list whose marks these are.
    pub marks_of: Option<List>,
    /// In words: "Zoë Müller", "37 marked users".
    pub label: Clean<'static>,
}

/// What a verb still has to ask before a plan can be built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Intent {
    /// Which remedy.
    Fix,
    /// Which usage location.
    Locate,
    /// Assign or remove.
    Licenses,
    /// Which product to assign.
    Assign,
    /// Which product to remove.
    Remove,
    /// Nothing: reprocess.
    Reprocess,
}

/// What choosing does.
#[derive(Debug, Clone)]
pub enum Pick {
    /// Nothing: back.
    Back,
    /// Runs an action.
    Act(Action),
    /// Goes on with a verb.
    Begin(Intent, Target),
    /// Has a plan built.
    Plan(Deed, Target),
    /// Copies a text.
    Copy(Clean<'static>),
    /// Sorts.
    Order(UserOrder),
    /// Exports.
    Export(Format),
    /// Opens a kind of findings.
    Kind(Kind),
    /// Stops the run; and then leaves, if so.
    StopRun {
        /// Leave when it has ended.
        quit: bool,
    },
}

/// One of the choices.
#[derive(Debug, Clone)]
pub struct Choice {
    /// The letter that chooses it, in menus.
    pub key: Option<char>,
    /// What it is.
    pub label: Clean<'static>,
    /// What else there is to say: the key of an action, free seats.
    pub note: Clean<'static>,
    /// Why it cannot be chosen; it stays visible.
    pub why_not: Option<Clean<'static>>,
    /// What it does.
    pub pick: Pick,
    /// What typing searches, folded.
    words: String,
}

impl Choice {
    /// A choice.
    pub fn new(label: impl Into<String>, pick: Pick) -> Choice {
        let label = Clean::owned(label.into());
        Choice { key: None, words: fold(label.as_str()), label, note: Clean::default(), why_not: None, pick }
    }

    /// With a letter.
    pub fn letter(mut self, key: char) -> Choice {
        self.key = Some(key);
        self
    }

    /// With a note.
    pub fn note(mut self, note: impl Into<String>) -> Choice {
        self.note = Clean::owned(note.into());
        self
    }

    /// With words that are searched and not shown.
    pub fn also(mut self, words: &str) -> Choice {
        self.words.push(' ');
        self.words.push_str(&fold(words));
        self
    }

    /// Not to be chosen, and why.
    pub fn only_if(mut self, available: Result<(), String>) -> Choice {
        self.why_not = available.err().map(Clean::owned);
        self
    }
}

/// How it looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A few choices with letters.
    Menu,
    /// Many choices and a line to type into.
    Picker,
    /// The help overlay: a picker over what can be done here.
    Help,
}

/// The layer.
#[derive(Debug)]
pub struct Chooser {
    /// How it looks.
    pub form: Form,
    /// What is to be chosen.
    pub title: Clean<'static>,
    /// The line to type into.
    pub input: Option<Input>,
    /// All choices.
    pub choices: Vec<Choice>,
    /// Those that match what is typed, best first.
    pub shown: Vec<usize>,
    /// Position among the shown ones.
    pub at: usize,
}

impl Chooser {
    /// A menu with letters. The first choice has the focus.
    pub fn menu(title: impl Into<String>, choices: Vec<Choice>) -> Chooser {
        let shown = (0..choices.len()).collect();
        Chooser { form: Form::Menu, title: Clean::owned(title.into()), input: None, choices, shown, at: 0 }
    }

    /// A picker with a line to type into.
    pub fn picker(form: Form, title: impl Into<String>, choices: Vec<Choice>) -> Chooser {
        Chooser { form, input: Some(Input::default()), ..Chooser::menu(title, choices) }
    }

    /// The choice with the focus.
    pub fn focused(&self) -> Option<&Choice> {
        self.shown.get(self.at).and_then(|&i| self.choices.get(i))
    }

    /// Takes a pasted text.
    pub fn paste(&mut self, text: &str) {
        if let Some(input) = &mut self.input {
            input.insert(text);
            self.search();
        }
    }

    /// Takes a key. `Some` when a choice was made with it.
    pub fn key(&mut self, key: Key, page: usize) -> Option<Choice> {
        let last = self.shown.len().saturating_sub(1);
        match (key.code, key.ctrl) {
            (Code::Enter, _) => return self.focused().cloned(),
            (Code::Down, _) | (Code::Tab, _) => self.at = (self.at + 1).min(last),
            (Code::Up, _) | (Code::BackTab, _) => self.at = self.at.saturating_sub(1),
            (Code::PageDown, _) => self.at = (self.at + page).min(last),
            (Code::PageUp, _) => self.at = self.at.saturating_sub(page),
            _ => {
                if let Some(input) = &mut self.input {
                    if input.key(key) == Some(true) {
                        self.search();
                    }
                } else if let Some(c) = key.typed() {
                    if let Some(choice) = self.choices.iter().find(|choice| choice.key == Some(c)) {
                        return Some(choice.clone());
                    }
                    match c {
                        'j' => self.at = (self.at + 1).min(last),
                        'k' => self.at = self.at.saturating_sub(1),
                        _ => {}
                    }
                }
            }
        }
        None
    }

    /// Every word must be in it; those that begin with the first word come first.
    fn search(&mut self) {
        let Some(input) = &self.input else { return };
        let typed = fold(input.text());
        let words: Vec<&str> = typed.split_whitespace().collect();
        let mut shown: Vec<usize> =
            (0..self.choices.len()).filter(|&i| words.iter().all(|w| self.choices[i].words.contains(w))).collect();
        if let Some(first) = words.first() {
            let starts = |i: usize| self.choices[i].words.split(' ').any(|w| w == *first);
            shown.sort_by_key(|&i| (!starts(i), !self.choices[i].words.starts_with(first)));
        }
        self.shown = shown;
        self.at = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exact_code_comes_before_names_that_contain_it() {
        let names = ["DE  Germany", "SE  Sweden", "BD  Bangladesh", "LA  Lao"];
        let choices = names.iter().map(|n| Choice::new(*n, Pick::Back)).collect();
        let mut chooser = Chooser::picker(Form::Picker, "where", choices);
        for c in "de".chars() {
            chooser.key(Key::char(c), 10);
        }
        assert_eq!(chooser.focused().map(|c| c.label.as_str()), Some("DE  Germany"));
        assert_eq!(chooser.shown.len(), 3);
    }
}
