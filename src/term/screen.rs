//! The screen: frames, size, title, clipboard, suspension.

use std::fs::File;
use std::io::{self, IsTerminal, Write};
use std::os::fd::AsFd;

use ratatui::layout::{Rect, Size};
use ratatui::{Frame, Terminal, TerminalOptions, Viewport};

use super::clipboard::{self, TooLong, Wrap};
use super::guard;
use super::painter::{Bytes, Painter};
use crate::domain::text::Clean;

/// The terminal cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TermError {
    /// Input or output is not a terminal.
    #[error("this needs a terminal; without one use `tenantry audit` or `tenantry list`")]
    NoTerminal,
    /// The terminal refused.
    #[error("the terminal cannot be used: {0}")]
    Io(#[from] io::Error),
    /// The text is too long for the clipboard of a terminal.
    #[error(transparent)]
    TooLong(#[from] TooLong),
}

const BEGIN_UPDATE: &[u8] = b"\x1b[?2026h";
const END_UPDATE: &[u8] = b"\x1b[?2026l";

/// The terminal, while it is ours. Dropping it gives everything back.
pub struct Screen {
    terminal: Terminal<Painter>,
    bytes: Bytes,
    tty: File,
    wrap: Wrap,
    written: u64,
    frames: u64,
}

impl Screen {
    /// Takes the terminal. The calling thread becomes the one whose panic restores it.
    pub fn open() -> Result<Screen, TermError> {
        if !io::stdin().is_terminal() || !io::stdout().is_terminal() {
            return Err(TermError::NoTerminal);
        }
        // crossterm's own reading of NO_COLOR sends empty colors, which terminals take for "reset all" and lose the
        // reversed row. Our theme without colors sets none.
        crossterm::style::force_color_output(true);
        // An own descriptor: standard output is line buffered and would split a frame into writes.
        let tty = File::from(io::stdout().as_fd().try_clone_to_owned()?);
        guard::take().inspect_err(|_| guard::give_back())?;
        let (columns, rows) = crossterm::terminal::size().unwrap_or((80, 24));
        let bytes = Bytes::default();
        let painter = Painter::new(bytes.clone(), Size::new(columns, rows));
        let viewport = Viewport::Fixed(Rect::new(0, 0, columns, rows));
        let terminal =
            Terminal::with_options(painter, TerminalOptions { viewport }).inspect_err(|_| guard::give_back())?;
        Ok(Screen { terminal, bytes, tty, wrap: Wrap::from_environment(), written: 0, frames: 0 })
    }

    /// Columns and rows.
    pub fn size(&self) -> (u16, u16) {
        let size = self.terminal.backend().size_now();
        (size.width, size.height)
    }

    /// Draws a frame and writes what changed, in one write and inside a synchronized update. Says whether anything was
    /// written.
    pub fn paint(&mut self, draw: impl FnOnce(&mut Frame<'_>)) -> io::Result<bool> {
        self.terminal.draw(draw)?;
        let frame = self.bytes.take();
        if frame.is_empty() {
            return Ok(false);
        }
        let mut out = Vec::with_capacity(frame.len() + BEGIN_UPDATE.len() + END_UPDATE.len());
        out.extend_from_slice(BEGIN_UPDATE);
        out.extend_from_slice(&frame);
        out.extend_from_slice(END_UPDATE);
        self.write(&out)?;
        self.frames += 1;
        Ok(true)
    }

    /// The terminal has this size now: everything is painted again with the next frame.
    pub fn resize(&mut self, columns: u16, rows: u16) -> io::Result<()> {
        self.terminal.backend_mut().set_size(Size::new(columns, rows));
        // Not `clear`: that asks the terminal where its cursor is.
        self.terminal.resize(Rect::new(0, 0, columns, rows))
    }

    /// Everything is painted again with the next frame, whatever the terminal shows now.
    pub fn repaint(&mut self) -> io::Result<()> {
        let (columns, rows) = self.size();
        self.resize(columns, rows)
    }

    /// Sends a text to the clipboard. Whether the terminal takes it cannot be known.
    pub fn copy(&mut self, text: &Clean<'_>) -> Result<(), TermError> {
        let sequence = clipboard::sequence(text, self.wrap)?;
        Ok(self.write(&sequence)?)
    }

    /// Sets the window title.
    pub fn title(&mut self, text: &Clean<'_>) -> io::Result<()> {
        let short: String = text.as_str().chars().take(200).collect();
        self.write(format!("\x1b]2;{short}\x07").as_bytes())
    }

    /// Gives the terminal back, stops the process group until it is continued, takes the terminal again. The next frame
    /// paints everything. The size may have changed meanwhile; it is returned.
    pub fn suspend(&mut self) -> io::Result<(u16, u16)> {
        guard::give_back();
        rustix::process::kill_current_process_group(rustix::process::Signal::STOP)?;
        guard::take()?;
        self.terminal.backend_mut().cursor_is_hidden();
        let (columns, rows) = crossterm::terminal::size().unwrap_or(self.size());
        self.resize(columns, rows)?;
        Ok((columns, rows))
    }

    /// Bytes and frames written so far.
    pub fn written(&self) -> (u64, u64) {
        (self.written, self.frames)
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.tty.write_all(bytes)?;
        self.written += bytes.len() as u64;
        Ok(())
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        guard::give_back();
    }
}
