//! To the clipboard by OSC 52, which works over SSH. tmux and screen pass it on only when it is wrapped for them.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::domain::text::Clean;

/// Terminals cut or drop longer sequences (figure of hterm's limit, which k9s and others keep).
const LONGEST: usize = 74_994;

/// The text is too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too long for the clipboard of a terminal ({0} bytes encoded, at most {LONGEST}): export it to a file")]
pub struct TooLong(pub usize);

/// What stands between us and the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrap {
    /// Nothing.
    None,
    /// tmux.
    Tmux,
    /// GNU screen.
    Screen,
}

impl Wrap {
    /// By `TMUX`, `STY` and `TERM`.
    pub fn from_environment() -> Wrap {
        let set = |name| std::env::var_os(name).is_some_and(|v| !v.is_empty());
        if set("TMUX") {
            Wrap::Tmux
        } else if set("STY") || std::env::var("TERM").is_ok_and(|t| t.starts_with("screen")) {
            Wrap::Screen
        } else {
            Wrap::None
        }
    }
}

/// The bytes that carry a text.
pub(super) fn sequence(text: &Clean<'_>, wrap: Wrap) -> Result<Vec<u8>, TooLong> {
    let encoded = STANDARD.encode(text.as_str());
    if encoded.len() > LONGEST {
        return Err(TooLong(encoded.len()));
    }
    let plain = format!("\x1b]52;c;{encoded}\x07");
    Ok(match wrap {
        Wrap::None => plain.into_bytes(),
        Wrap::Tmux => format!("\x1bPtmux;{}\x1b\\", plain.replace('\x1b', "\x1b\x1b")).into_bytes(),
        // screen drops device strings longer than 768 bytes: many short ones.
        Wrap::Screen => plain.as_bytes().chunks(76).flat_map(|part| [b"\x1bP", part, b"\x1b\\"].concat()).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrapped_for_what_stands_between() {
        let text = Clean::new("Zoë");
        assert_eq!(sequence(&text, Wrap::None), Ok(b"\x1b]52;c;Wm/Dqw==\x07".to_vec()));
        assert_eq!(sequence(&text, Wrap::Tmux), Ok(b"\x1bPtmux;\x1b\x1b]52;c;Wm/Dqw==\x07\x1b\\".to_vec()));
        let long = "x".repeat(500);
        let wrapped = sequence(&Clean::new(&long), Wrap::Screen).unwrap();
        assert_eq!(wrapped.windows(2).filter(|w| w == b"\x1bP").count(), 9);
    }

    #[test]
    fn what_is_too_long_is_refused_not_cut() {
        let long = "x".repeat(60_000);
        assert_eq!(sequence(&Clean::new(&long), Wrap::None), Err(TooLong(80_000)));
    }
}
