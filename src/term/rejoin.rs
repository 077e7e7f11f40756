//! Escape sequences that a slow line tore apart. The library reads a lone ESC as the Escape key at once; the `[A` that
//! follows would become two keys of their own.

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};

fn char_of(event: &Event) -> Option<char> {
    match event {
        Event::Key(KeyEvent { code: KeyCode::Char(c), modifiers, .. })
            if !modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT) =>
        {
            Some(*c)
        }
        _ => None,
    }
}

fn is_escape(event: &Event) -> bool {
    matches!(event, Event::Key(KeyEvent { code: KeyCode::Esc, .. }))
}

/// How the events after an Escape read as a sequence.
enum Tail {
    /// They are none.
    None,
    /// They may become one.
    Unfinished,
    /// They are one of this many events, for this key, if it is a known one.
    Complete(usize, Option<KeyCode>),
}

fn tail(events: &[Event]) -> Tail {
    match events.first().map(char_of) {
        None => Tail::Unfinished,
        Some(Some('O')) => match events.get(1).map(char_of) {
            None => Tail::Unfinished,
            Some(Some(last)) => key(last, "").map_or(Tail::None, |key| Tail::Complete(2, Some(key))),
            Some(None) => Tail::None,
        },
        Some(Some('[')) => {
            let mut parameters = String::new();
            for (at, event) in events.iter().enumerate().skip(1) {
                match char_of(event) {
                    Some(c @ ('0'..='9' | ';')) if parameters.len() < 12 => parameters.push(c),
                    Some(last @ ('A'..='Z' | 'a'..='z' | '~')) => {
                        return Tail::Complete(at + 1, key(last, &parameters));
                    }
                    _ => return Tail::None,
                }
            }
            Tail::Unfinished
        }
        Some(_) => Tail::None,
    }
}

fn key(last: char, parameters: &str) -> Option<KeyCode> {
    Some(match (last, parameters) {
        ('A', _) => KeyCode::Up,
        ('B', _) => KeyCode::Down,
        ('C', _) => KeyCode::Right,
        ('D', _) => KeyCode::Left,
        ('H', _) => KeyCode::Home,
        ('F', _) => KeyCode::End,
        ('Z', _) => KeyCode::BackTab,
        ('~', "1" | "7") => KeyCode::Home,
        ('~', "4" | "8") => KeyCode::End,
        ('~', "3") => KeyCode::Delete,
        ('~', "5") => KeyCode::PageUp,
        ('~', "6") => KeyCode::PageDown,
        _ => return None,
    })
}

/// Whether the last Escape of a batch may be the beginning of something.
pub(super) fn unfinished(batch: &[Event]) -> bool {
    batch
        .iter()
        .rposition(is_escape)
        .is_some_and(|at| batch.len() - at < 16 && matches!(tail(&batch[at + 1..]), Tail::Unfinished))
}

/// The same events with torn sequences put together. What is a sequence of no known key is dropped as a whole: its
/// letters were never typed.
pub(super) fn rejoin(batch: Vec<Event>) -> Vec<Event> {
    let mut out = Vec::with_capacity(batch.len());
    let mut at = 0;
    while at < batch.len() {
        if is_escape(&batch[at])
            && let Tail::Complete(len, key) = tail(&batch[at + 1..])
        {
            out.extend(key.map(|code| Event::Key(KeyEvent::new(code, KeyModifiers::NONE))));
            at += 1 + len;
            continue;
        }
        out.push(batch[at].clone());
        at += 1;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn events(text: &str) -> Vec<Event> {
        let code = |c| if c == '\x1b' { KeyCode::Esc } else { KeyCode::Char(c) };
        text.chars().map(|c| Event::Key(KeyEvent::new(code(c), KeyModifiers::NONE))).collect()
    }

    fn codes(text: &str) -> Vec<KeyCode> {
        rejoin(events(text))
            .into_iter()
            .filter_map(|e| match e {
                Event::Key(key) => Some(key.code),
                _ => None,
            })
            .collect()
    }

    #[test]
    fn torn_arrows_are_put_together() {
        assert_eq!(codes("\x1b[A"), [KeyCode::Up]);
        assert_eq!(codes("\x1bOB\x1b[6~"), [KeyCode::Down, KeyCode::PageDown]);
        assert_eq!(codes("\x1b[1;5C"), [KeyCode::Right]);
        assert_eq!(codes("x\x1b[200~y"), [KeyCode::Char('x'), KeyCode::Char('y')]);
    }

    #[test]
    fn an_escape_alone_stays_one() {
        assert_eq!(codes("\x1b"), [KeyCode::Esc]);
        assert_eq!(codes("\x1bj"), [KeyCode::Esc, KeyCode::Char('j')]);
        assert!(unfinished(&events("\x1b")) && unfinished(&events("\x1b[1;")) && unfinished(&events("j\x1bO")));
        assert!(!unfinished(&events("\x1bj")) && !unfinished(&events("j")) && !unfinished(&events("\x1b[A")));
    }
}
