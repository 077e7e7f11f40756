//! How many bytes a key costs on the line: the budgets of the design, held by counting.
#![allow(clippy::unwrap_used, reason = "a test may")]

mod app_world;

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use app_world::*;
use ratatui::backend::CrosstermBackend;
use ratatui::layout::Rect;
use ratatui::{Terminal, TerminalOptions, Viewport};
use tenantry::app::{Key, LoadEvent, Msg};
use tenantry::ui;

#[derive(Clone, Default)]
struct Sink(Arc<Mutex<usize>>);

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        *self.0.lock().unwrap() += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Line {
    driver: Driver,
    terminal: Terminal<CrosstermBackend<Sink>>,
    sink: Sink,
}

impl Line {
    fn new(cols: u16, rows: u16) -> Line {
        let mut driver = Driver::empty(init(cols, rows));
        driver.send(Msg::Snapshot(snapshot(200)));
        driver.send(Msg::Load(LoadEvent::Finished));
        driver.keys("2");
        let sink = Sink::default();
        let viewport = Viewport::Fixed(Rect::new(0, 0, cols, rows));
        let backend = CrosstermBackend::new(sink.clone());
        let terminal = Terminal::with_options(backend, TerminalOptions { viewport }).unwrap();
        let mut line = Line { driver, terminal, sink };
        line.frame();
        line
    }

    fn frame(&mut self) -> usize {
        *self.sink.0.lock().unwrap() = 0;
        self.terminal.draw(|frame| ui::draw(&self.driver.state, frame)).unwrap();
        *self.sink.0.lock().unwrap()
    }

    fn key(&mut self, key: Key) -> usize {
        self.driver.raw(key);
        self.frame()
    }
}

/// Begin and end of the synchronized update around each frame.
const BRACKET: usize = 16;

#[test]
fn moving_the_cursor_costs_less_than_300_bytes_at_80x24() {
    let mut line = Line::new(80, 24);
    line.key(Key::char('j'));
    for _ in 0..10 {
        let bytes = line.key(Key::char('j')) + BRACKET;
        assert!(bytes <= 300, "{bytes} bytes");
    }
}

#[test]
fn scrolling_at_the_edge_costs_less_than_2200_bytes_at_80x24() {
    let mut line = Line::new(80, 24);
    for _ in 0..18 {
        line.key(Key::char('j'));
    }
    for _ in 0..10 {
        let bytes = line.key(Key::char('j')) + BRACKET;
        assert!(bytes <= 2_200, "{bytes} bytes");
    }
}
