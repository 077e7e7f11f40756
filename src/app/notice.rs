//! What the program tells: one line at a time, and the history of all of them.

use std::collections::VecDeque;

use crate::domain::kind::Severity;
use crate::domain::text::Clean;

/// Something told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// What.
    pub text: Clean<'static>,
    /// How bad.
    pub severity: Severity,
    /// How often in a row.
    pub times: u32,
}

/// All of it.
#[derive(Debug, Default)]
pub struct Notices {
    current: Option<Notice>,
    history: VecDeque<Notice>,
}

const KEPT: usize = 200;

impl Notices {
    /// Tells something. What is less bad does not push an error away: that stays until a key.
    pub fn tell(&mut self, text: impl Into<String>, severity: Severity) {
        let text = Clean::owned(text.into());
        let notice = Notice { text, severity, times: 1 };
        match self.history.back_mut() {
            Some(last) if last.text == notice.text => last.times += 1,
            _ => self.history.push_back(notice.clone()),
        }
        if self.history.len() > KEPT {
            self.history.pop_front();
        }
        if self.current.as_ref().is_none_or(|c| severity >= c.severity || c.severity != Severity::Error) {
            self.current = Some(notice);
        }
    }

    /// A key was pressed: what was told has been seen.
    pub(super) fn seen(&mut self) {
        self.current = None;
    }

    /// The one to show.
    pub fn current(&self) -> Option<&Notice> {
        self.current.as_ref()
    }

    /// All of them, newest first.
    pub fn history(&self) -> impl Iterator<Item = &Notice> {
        self.history.iter().rev()
    }
}
