//! Keys, pastes and sizes from the terminal, read by a thread of its own.

use std::io;
use std::thread;
use std::time::Duration;

use crossterm::event::{self, Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use super::rejoin::{rejoin, unfinished};

/// What was pressed, without modifiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are those on the keyboard")]
pub enum Code {
    Char(char),
    Enter,
    Esc,
    Tab,
    BackTab,
    Backspace,
    Delete,
    Up,
    Down,
    Left,
    Right,
    Home,
    End,
    PageUp,
    PageDown,
}

/// What came from the terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// A key.
    Key {
        /// Which.
        code: Code,
        /// With Ctrl; a character is in lower case then.
        ctrl: bool,
        /// It came in one read with many other, different printable keys.
        burst: bool,
    },
    /// Pasted text, raw.
    Paste(String),
    /// The size of the terminal.
    Resize {
        /// Columns.
        columns: u16,
        /// Rows.
        rows: u16,
    },
}

/// This many different printable keys in one read are no typing.
const BURST: usize = 6;

/// How long a lone escape is held, because the rest of an arrow key may be on its way.
pub fn escape_wait() -> Duration {
    let remote = std::env::var_os("SSH_CONNECTION").is_some_and(|v| !v.is_empty());
    Duration::from_millis(if remote { 100 } else { 25 })
}

/// Reads until `take` says that nobody listens any more, or the terminal is gone.
pub fn read_inputs(
    escape_wait: Duration,
    mut take: impl FnMut(Input) -> bool + Send + 'static,
) -> io::Result<thread::JoinHandle<()>> {
    thread::Builder::new().name("input".to_owned()).spawn(move || {
        while let Ok(batch) = read_batch(escape_wait) {
            for input in inputs(batch) {
                if !take(input) {
                    return;
                }
            }
        }
    })
}

/// Everything that is there, and the rest of an escape sequence that is not there yet.
fn read_batch(escape_wait: Duration) -> io::Result<Vec<Event>> {
    let mut batch = vec![event::read()?];
    loop {
        while batch.len() < 10_000 && event::poll(Duration::ZERO)? {
            batch.push(event::read()?);
        }
        if !unfinished(&batch) || !event::poll(escape_wait)? {
            return Ok(batch);
        }
    }
}

fn inputs(batch: Vec<Event>) -> Vec<Input> {
    let batch = rejoin(batch);
    let mut printable: Vec<char> = batch
        .iter()
        .filter_map(|event| match event {
            Event::Key(KeyEvent { code: KeyCode::Char(c), modifiers, .. })
                if !modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT) =>
            {
                Some(*c)
            }
            _ => None,
        })
        .collect();
    printable.sort_unstable();
    printable.dedup();
    // A held key that arrives late in one lump is one key many times: that still counts.
    let burst = printable.len() >= BURST;
    batch.into_iter().filter_map(|event| input(event, burst)).collect()
}

fn input(event: Event, burst: bool) -> Option<Input> {
    match event {
        Event::Key(key) if key.kind != KeyEventKind::Release => {
            let (code, ctrl) = key_of(key)?;
            Some(Input::Key { code, ctrl, burst })
        }
        Event::Paste(text) => Some(Input::Paste(text)),
        Event::Resize(columns, rows) => Some(Input::Resize { columns, rows }),
        _ => None,
    }
}

fn key_of(key: KeyEvent) -> Option<(Code, bool)> {
    // Escape and a letter that arrive together read as Alt: dropped rather than guessed.
    if key.modifiers.intersects(KeyModifiers::ALT | KeyModifiers::META | KeyModifiers::SUPER) {
        return None;
    }
    let ctrl = key.modifiers.contains(KeyModifiers::CONTROL);
    let code = match key.code {
        // Some terminals send Ctrl-H for Backspace.
        KeyCode::Char('h') if ctrl => return Some((Code::Backspace, false)),
        KeyCode::Char(c) if ctrl => Code::Char(c.to_ascii_lowercase()),
        KeyCode::Char(c) => Code::Char(c),
        KeyCode::Enter => Code::Enter,
        KeyCode::Esc => Code::Esc,
        KeyCode::Tab => Code::Tab,
        KeyCode::BackTab => Code::BackTab,
        KeyCode::Backspace => Code::Backspace,
        KeyCode::Delete => Code::Delete,
        KeyCode::Up => Code::Up,
        KeyCode::Down => Code::Down,
        KeyCode::Left => Code::Left,
        KeyCode::Right => Code::Right,
        KeyCode::Home => Code::Home,
        KeyCode::End => Code::End,
        KeyCode::PageUp => Code::PageUp,
        KeyCode::PageDown => Code::PageDown,
        _ => return None,
    };
    Some((code, ctrl))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(text: &str) -> Vec<Event> {
        text.chars().map(|c| Event::Key(KeyEvent::new(KeyCode::Char(c), KeyModifiers::NONE))).collect()
    }

    fn bursts(text: &str) -> bool {
        inputs(typed(text)).iter().all(|i| matches!(i, Input::Key { burst: true, .. }))
    }

    #[test]
    fn a_pasted_word_is_a_burst_and_a_held_key_is_not() {
        assert!(bursts("delete all"));
        assert!(!bursts("jjjjjjjjjjjjjjjjjjjj"));
        assert!(!bursts("jkjku"));
    }

    #[test]
    fn chords_with_alt_are_dropped_and_ctrl_is_kept() {
        let key = |c, modifiers| input(Event::Key(KeyEvent::new(KeyCode::Char(c), modifiers)), false);
        assert_eq!(key('a', KeyModifiers::ALT), None);
        assert_eq!(
            key('D', KeyModifiers::CONTROL),
            Some(Input::Key { code: Code::Char('d'), ctrl: true, burst: false })
        );
        assert_eq!(
            key('G', KeyModifiers::SHIFT),
            Some(Input::Key { code: Code::Char('G'), ctrl: false, burst: false })
        );
    }
}
