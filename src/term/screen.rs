//! The screen: frames, size, title, clipboard, suspension.

use std::fs::File;
use std::io::{self, IsTerminal};
use std::os::fd::AsFd;
use std::time::Duration;

use ratatui::layout::{Rect, Size};
use ratatui::{Frame, Terminal, TerminalOptions, Viewport};

use super::clipboard::{self, TooLong, Wrap};
use super::guard;
use super::painter::{Bytes, Painter};
use super::writer::Writer;
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

/// How long the last frame may take to leave. A terminal that reads no more is given back as it is.
const LAST_BYTES: Duration = Duration::from_millis(500);

const BEGIN_UPDATE: &[u8] = b"\x1b[?2026h";
const END_UPDATE: &[u8] = b"\x1b[?2026l";

/// The terminal, while it is ours. Dropping it gives everything back.
pub struct Screen {
    terminal: Terminal<Painter>,
    bytes: Bytes,
    writer: Writer,
    wrap: Wrap,
    written: u64,
    frames: u64,
}

impl Screen {
    /// Takes the terminal. The calling thread becomes the one whose panic restores it. `flushed` is called, on another
    /// thread, when a frame has left.
    pub fn open(flushed: impl Fn() + Send + 'static) -> Result<Screen, TermError> {
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
        let writer = Writer::start(tty, flushed).inspect_err(|_| guard::give_back())?;
        Ok(Screen { terminal, bytes, writer, wrap: Wrap::from_environment(), written: 0, frames: 0 })
    }

    /// Columns and rows.
    pub fn size(&self) -> (u16, u16) {
        let size = self.terminal.backend().size_now();
        (size.width, size.height)
    }

    /// Draws a frame and hands what changed to the writer, for one write inside a synchronized update. Says whether
    /// anything changed: only then `flushed` will be called. Drawing again before that would let frames pile up in
    /// front of a terminal that does not read.
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
        self.written += out.len() as u64;
        self.frames += 1;
        self.writer.frame(out);
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
        self.write(sequence);
        Ok(())
    }

    /// Sets the window title.
    pub fn title(&mut self, text: &Clean<'_>) {
        let short: String = text.as_str().chars().take(200).collect();
        self.write(format!("\x1b]2;{short}\x07").into_bytes());
    }

    /// Gives the terminal back, stops the process group until it is continued, takes the terminal again. The next frame
    /// paints everything. The size may have changed meanwhile; it is returned.
    pub fn suspend(&mut self) -> io::Result<(u16, u16)> {
        self.writer.drain(LAST_BYTES);
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

    fn write(&mut self, bytes: Vec<u8>) {
        self.written += bytes.len() as u64;
        self.writer.control(bytes);
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        self.writer.drain(LAST_BYTES);
        guard::give_back();
    }
}
