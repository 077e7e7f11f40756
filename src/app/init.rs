//! What the state starts from.

use crate::domain::access::Access;

/// How much color the screen uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Color {
    /// The 16 named colors, on a dark or a light background alike.
    #[default]
    Named,
    /// None: bold, underline and reverse carry everything (`NO_COLOR`, `--no-color`).
    Mono,
}

/// What is known before anything is loaded.
#[derive(Debug, Clone)]
pub struct StateInit {
    /// What the operator asked for (profile or domain), until the organization is read. Raw.
    pub tenant: Option<String>,
    /// Whether writing is allowed.
    pub access: Access,
    /// The tenant is simulated.
    pub demo: bool,
    /// Only ASCII on the screen.
    pub ascii: bool,
    /// Colors.
    pub color: Color,
    /// Who is signed in, raw; empty while unknown.
    pub who: String,
    /// Host of the base URL, raw.
    pub host: String,
    /// Half-page scrolling at the edges: five times fewer bytes on a slow link.
    pub half_page: bool,
    /// Columns of the terminal.
    pub cols: u16,
    /// Rows of the terminal.
    pub rows: u16,
}

impl Default for StateInit {
    /// Fix mode on an unknown tenant, on 80 columns by 24 rows.
    fn default() -> StateInit {
        StateInit {
            tenant: None,
            access: Access::fix(),
            demo: false,
            ascii: false,
            color: Color::Named,
            who: String::new(),
            host: String::new(),
            half_page: false,
            cols: 80,
            rows: 24,
        }
    }
}
