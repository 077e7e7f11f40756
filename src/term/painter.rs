//! A backend that gathers a frame in memory: nothing for a frame without changes, one write for any other.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use ratatui::backend::{Backend, ClearType, CrosstermBackend, WindowSize};
use ratatui::buffer::Cell;
use ratatui::layout::{Position, Size};

/// Bytes of the frame that is being made.
#[derive(Debug, Clone, Default)]
pub(super) struct Bytes(Arc<Mutex<Vec<u8>>>);

impl Bytes {
    /// Takes what was gathered.
    pub(super) fn take(&self) -> Vec<u8> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Write for Bytes {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The backend. Size and cursor are known here, so that nobody asks the terminal.
pub(super) struct Painter {
    inner: CrosstermBackend<Bytes>,
    size: Size,
    cursor: Option<Position>,
    /// Cells were written since the cursor was put.
    moved: bool,
}

impl Painter {
    pub(super) fn new(bytes: Bytes, size: Size) -> Painter {
        Painter { inner: CrosstermBackend::new(bytes), size, cursor: None, moved: true }
    }

    pub(super) fn set_size(&mut self, size: Size) {
        self.size = size;
        // A terminal that changes its size may put its cursor anywhere.
        self.moved = true;
    }

    pub(super) fn size_now(&self) -> Size {
        self.size
    }

    /// The terminal was taken again, which hides its cursor.
    pub(super) fn cursor_is_hidden(&mut self) {
        self.cursor = None;
    }
}

impl Backend for Painter {
    type Error = io::Error;

    fn draw<'a, I>(&mut self, content: I) -> io::Result<()>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        // Without a cell the inner backend would still send its resets: 25 bytes with every key.
        let mut content = content.peekable();
        if content.peek().is_none() {
            return Ok(());
        }
        self.moved = true;
        self.inner.draw(content)
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        if self.cursor.take().is_some() {
            self.inner.hide_cursor()?;
        }
        Ok(())
    }

    fn show_cursor(&mut self) -> io::Result<()> {
        if self.cursor.is_none() {
            self.cursor = Some(Position::ORIGIN);
            self.moved = true;
            self.inner.show_cursor()?;
        }
        Ok(())
    }

    fn get_cursor_position(&mut self) -> io::Result<Position> {
        Ok(self.cursor.unwrap_or(Position::ORIGIN))
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        let position = position.into();
        if self.moved || self.cursor != Some(position) {
            self.inner.set_cursor_position(position)?;
            self.moved = false;
            if self.cursor.is_some() {
                self.cursor = Some(position);
            }
        }
        Ok(())
    }

    fn clear(&mut self) -> io::Result<()> {
        self.inner.clear_region(ClearType::All)
    }

    fn clear_region(&mut self, clear_type: ClearType) -> io::Result<()> {
        self.inner.clear_region(clear_type)
    }

    fn size(&self) -> io::Result<Size> {
        Ok(self.size)
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        Ok(WindowSize { columns_rows: self.size, pixels: Size::default() })
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ratatui::layout::Rect;
    use ratatui::{Terminal, TerminalOptions, Viewport};

    #[test]
    fn a_frame_without_changes_sends_nothing_and_nothing_is_ever_asked() {
        let bytes = Bytes::default();
        let painter = Painter::new(bytes.clone(), Size::new(20, 3));
        let viewport = Viewport::Fixed(Rect::new(0, 0, 20, 3));
        let mut terminal = Terminal::with_options(painter, TerminalOptions { viewport }).unwrap();
        let mut paint = |text: &str, cursor: Option<(u16, u16)>| {
            terminal
                .draw(|frame| {
                    frame.buffer_mut().set_string(0, 0, text, ratatui::style::Style::new());
                    if let Some(at) = cursor {
                        frame.set_cursor_position(at);
                    }
                })
                .unwrap();
            String::from_utf8(bytes.take()).unwrap()
        };
        assert!(paint("hello", None).contains("hello"));
        assert_eq!(paint("hello", None), "");
        let shown = paint("hello", Some((3, 0)));
        assert!(shown.contains("\x1b[?25h") && shown.ends_with("\x1b[1;4H"), "{shown:?}");
        assert_eq!(paint("hello", Some((3, 0))), "");
        let changed = paint("help!", Some((3, 0)));
        assert!(changed.ends_with("\x1b[1;4H"), "{changed:?}");
        assert_eq!(paint("help!", None), "\x1b[?25l");
        terminal.backend_mut().set_size(Size::new(10, 2));
        terminal.resize(Rect::new(0, 0, 10, 2)).unwrap();
        let all = String::from_utf8(bytes.take()).unwrap();
        // No cursor position report is asked for, ever.
        assert!(!all.contains("\x1b[6n"));
    }
}
