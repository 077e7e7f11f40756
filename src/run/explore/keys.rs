//! From what the terminal says to what the program knows.

use crate::app::{self, Msg};
use crate::term::{self, Input};

/// The message of an input.
pub(super) fn message(input: Input, at_ms: u64) -> Msg {
    match input {
        Input::Key { code, ctrl, burst } => Msg::Key { key: app::Key { code: code_of(code), ctrl }, at_ms, burst },
        Input::Paste(text) => Msg::Paste(text),
        Input::Resize { columns, rows } => Msg::Resize { cols: columns, rows },
    }
}

fn code_of(code: term::Code) -> app::Code {
    match code {
        term::Code::Char(c) => app::Code::Char(c),
        term::Code::Enter => app::Code::Enter,
        term::Code::Esc => app::Code::Esc,
        term::Code::Tab => app::Code::Tab,
        term::Code::BackTab => app::Code::BackTab,
        term::Code::Backspace => app::Code::Backspace,
        term::Code::Delete => app::Code::Delete,
        term::Code::Up => app::Code::Up,
        term::Code::Down => app::Code::Down,
        term::Code::Left => app::Code::Left,
        term::Code::Right => app::Code::Right,
        term::Code::Home => app::Code::Home,
        term::Code::End => app::Code::End,
        term::Code::PageUp => app::Code::PageUp,
        term::Code::PageDown => app::Code::PageDown,
    }
}
