//! Modes of the terminal: taken at once, given back on every way out, also by a panic of the thread that draws.

use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, Once};
use std::thread::{self, ThreadId};

use crossterm::cursor::{Hide, Show};
use crossterm::event::{DisableBracketedPaste, EnableBracketedPaste};
use crossterm::execute;
use crossterm::terminal::{EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode};

/// Whether the modes are taken.
static TAKEN: AtomicBool = AtomicBool::new(false);
/// The thread that draws.
static OWNER: Mutex<Option<ThreadId>> = Mutex::new(None);

/// Pushes and pops the window title on the terminal's own stack.
const PUSH_TITLE: &[u8] = b"\x1b[22;2t";
const POP_TITLE: &[u8] = b"\x1b[23;2t";
/// Ends a synchronized update that may be open, and all attributes.
const CALM: &[u8] = b"\x1b[?2026l\x1b[0m";

/// Takes the modes: raw, the other screen, bracketed paste, no cursor.
pub(super) fn take() -> io::Result<()> {
    install_hook();
    if let Ok(mut owner) = OWNER.lock() {
        *owner = Some(thread::current().id());
    }
    enable_raw_mode()?;
    TAKEN.store(true, Ordering::SeqCst);
    let mut out = io::stdout().lock();
    out.write_all(PUSH_TITLE)?;
    execute!(out, EnterAlternateScreen, EnableBracketedPaste, Hide)
}

/// Gives them back, once. Goes on after errors: what can be restored is restored.
pub(super) fn give_back() {
    if !TAKEN.swap(false, Ordering::SeqCst) {
        return;
    }
    let mut out = io::stdout().lock();
    let _ = out.write_all(CALM);
    let _ = execute!(out, DisableBracketedPaste, Show, LeaveAlternateScreen);
    let _ = out.write_all(POP_TITLE);
    let _ = out.flush();
    let _ = disable_raw_mode();
}

/// A panic of the drawing thread restores the terminal before it is reported. One of another thread would be printed
/// across the screen: it is reported by whoever waits for that thread, so it stays silent while the screen is up.
fn install_hook() {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            let owner = OWNER.try_lock().ok().and_then(|o| *o);
            if owner == Some(thread::current().id()) {
                give_back();
                before(info);
            } else if !TAKEN.load(Ordering::SeqCst) {
                before(info);
            }
        }));
    });
}
