//! One line of text being typed. The cursor counts characters.

use super::key::{Code, Key};

/// A line editor.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Input {
    text: String,
    cursor: usize,
}

/// Longer lines are cut: nobody types them, and a paste may hold megabytes.
const LONGEST: usize = 1000;

impl Input {
    /// A line with the cursor at its end.
    pub fn new(text: &str) -> Input {
        let text: String = text.chars().take(LONGEST).collect();
        Input { cursor: text.chars().count(), text }
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Where the cursor is, in characters from 0.
    pub fn cursor(&self) -> usize {
        self.cursor
    }

    fn byte(&self, at: usize) -> usize {
        self.text.char_indices().nth(at).map_or(self.text.len(), |(byte, _)| byte)
    }

    fn len(&self) -> usize {
        self.text.chars().count()
    }

    /// Inserts a text at the cursor. Line ends and other control characters become blanks: a pasted line can never be
    /// an Enter.
    pub fn insert(&mut self, text: &str) {
        for c in text.chars() {
            if self.len() >= LONGEST {
                return;
            }
            let at = self.byte(self.cursor);
            self.text.insert(at, if c.is_control() { ' ' } else { c });
            self.cursor += 1;
        }
    }

    /// Takes a key if it edits. Says whether the text changed; `None` when the key is none of its own.
    pub fn key(&mut self, key: Key) -> Option<bool> {
        let before = self.text.len();
        match (key.code, key.ctrl) {
            (Code::Char(c), false) => {
                self.insert(c.encode_utf8(&mut [0; 4]));
                return Some(true);
            }
            (Code::Backspace, _) => {
                if self.cursor > 0 {
                    self.cursor -= 1;
                    self.remove(self.cursor, self.cursor + 1);
                }
            }
            (Code::Delete, _) => self.remove(self.cursor, self.cursor + 1),
            (Code::Char('u'), true) => {
                self.remove(0, self.cursor);
                self.cursor = 0;
            }
            (Code::Char('w'), true) => {
                let start = self.text[..self.byte(self.cursor)].trim_end().rfind(' ').map_or(0, |byte| byte + 1);
                let start = self.text[..start].chars().count();
                self.remove(start, self.cursor);
                self.cursor = start;
            }
            (Code::Left, _) => self.cursor = self.cursor.saturating_sub(1),
            (Code::Right, _) => self.cursor = (self.cursor + 1).min(self.len()),
            (Code::Home, _) => self.cursor = 0,
            (Code::End, _) => self.cursor = self.len(),
            _ => return None,
        }
        Some(self.text.len() != before)
    }

    fn remove(&mut self, from: usize, to: usize) {
        let (from, to) = (self.byte(from), self.byte(to));
        self.text.replace_range(from..to, "");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_by_characters_not_bytes() {
        let mut input = Input::new("zoë müller");
        for _ in 0..6 {
            input.key(Key::plain(Code::Left));
        }
        assert_eq!(input.key(Key::plain(Code::Backspace)), Some(true));
        assert_eq!((input.text(), input.cursor()), ("zoëmüller", 3));
        input.key(Key::plain(Code::End));
        input.insert(" a\nb");
        assert_eq!(input.text(), "zoëmüller a b");
        input.key(Key::ctrl('w'));
        assert_eq!(input.text(), "zoëmüller a ");
        input.key(Key::ctrl('u'));
        assert_eq!((input.text(), input.cursor()), ("", 0));
        assert_eq!(input.key(Key::plain(Code::Enter)), None);
    }
}
