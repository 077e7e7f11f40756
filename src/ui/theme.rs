//! How tones look. Named colors only, so that the operator's own palette decides; without color, bold, underline and
//! reverse carry everything.

use ratatui::style::{Color as C, Modifier, Style};
use ratatui::symbols::border;

use crate::app::{Color, State, Tone};

/// Styles and signs for one screen.
#[derive(Debug, Clone, Copy)]
pub(super) struct Theme {
    mono: bool,
    /// Whether the program's own signs are ASCII.
    pub(super) ascii: bool,
}

const ASCII_BORDER: border::Set<'static> = border::Set {
    top_left: "+",
    top_right: "+",
    bottom_left: "+",
    bottom_right: "+",
    vertical_left: "|",
    vertical_right: "|",
    horizontal_top: "-",
    horizontal_bottom: "-",
};

impl Theme {
    pub(super) fn of(state: &State) -> Theme {
        Theme { mono: state.color() == Color::Mono, ascii: state.ascii() }
    }

    pub(super) fn border(self) -> border::Set<'static> {
        if self.ascii { ASCII_BORDER } else { border::PLAIN }
    }

    fn color(self, color: C) -> Style {
        if self.mono { Style::new() } else { Style::new().fg(color) }
    }

    pub(super) fn tone(self, tone: Tone) -> Style {
        match tone {
            // Quiet text is information too: no gray that some palettes make invisible.
            Tone::Plain | Tone::Quiet => Style::new(),
            Tone::Head => Style::new().add_modifier(Modifier::BOLD | Modifier::UNDERLINED),
            Tone::Strong | Tone::Key => Style::new().add_modifier(Modifier::BOLD),
            // Bold only where there is no color: both together cost bytes with every move over such a row.
            Tone::Error | Tone::Gap if self.mono => Style::new().add_modifier(Modifier::BOLD),
            Tone::Error => self.color(C::Red),
            Tone::Warning | Tone::Gap => self.color(C::Yellow),
            Tone::Info => self.color(C::Cyan),
            Tone::Good => self.color(C::Green),
        }
    }

    /// What cannot be chosen here. Its reason stands beside it.
    pub(super) fn off(self) -> Style {
        self.color(C::DarkGray)
    }

    /// The row under the cursor.
    pub(super) fn cursor(self, focused: bool) -> Style {
        // Reverse in every theme: readable on any palette, and a color would cost 25 bytes more with every move.
        Style::new().add_modifier(if focused { Modifier::REVERSED } else { Modifier::UNDERLINED })
    }

    /// Header and the tab that is open.
    pub(super) fn bar(self) -> Style {
        Style::new().add_modifier(Modifier::REVERSED)
    }

    /// The badge of a mode.
    pub(super) fn badge(self) -> Style {
        if self.mono {
            Style::new().add_modifier(Modifier::BOLD)
        } else {
            Style::new().fg(C::Black).bg(C::Yellow).add_modifier(Modifier::BOLD)
        }
    }

    /// The border of a pane.
    pub(super) fn frame(self, focused: bool) -> Style {
        if focused { self.color(C::Cyan).add_modifier(Modifier::BOLD) } else { Style::new() }
    }

    /// A part of a line that cannot be read.
    pub(super) fn mistake(self) -> Style {
        self.color(C::Red).add_modifier(Modifier::UNDERLINED | Modifier::BOLD)
    }
}
