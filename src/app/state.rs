//! All that the program knows while it runs. Only [`super::update`] changes it; the screen reads it.

use std::collections::VecDeque;
use std::sync::Arc;

use super::action::Context;
use super::detail::Detail;
use super::effect::{Effect, List};
use super::init::{Color, StateInit};
use super::item::Item;
use super::layer::Layer;
use super::layout::{Content, Layout, is_wide};
use super::list::ListState;
use super::msg::RequestLine;
use super::notice::Notices;
use super::run::Run;
use crate::domain::access::Access;
use crate::domain::facts::Tenant;
use crate::domain::kind::{Kind, Severity};
use crate::domain::text::Clean;
use crate::store::Snapshot;

/// The tabs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tab {
    /// Kinds of findings, and findings.
    Findings,
    /// Users.
    Users,
    /// Groups.
    Groups,
    /// Products.
    Skus,
    /// Runs.
    Runs,
    /// Requests.
    Requests,
}

impl Tab {
    /// All, in order.
    pub const ALL: [Tab; 6] = [Tab::Findings, Tab::Users, Tab::Groups, Tab::Skus, Tab::Runs, Tab::Requests];

    /// What people read.
    pub fn title(self) -> &'static str {
        match self {
            Tab::Findings => "Findings",
            Tab::Users => "Users",
            Tab::Groups => "Groups",
            Tab::Skus => "SKUs",
            Tab::Runs => "Runs",
            Tab::Requests => "Requests",
        }
    }

    /// Its list.
    pub fn list(self) -> Option<List> {
        match self {
            Tab::Findings => Some(List::Findings),
            Tab::Users => Some(List::Users),
            Tab::Groups => Some(List::Groups),
            Tab::Skus => Some(List::Skus),
            Tab::Runs | Tab::Requests => None,
        }
    }
}

/// How the load goes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Load {
    /// Nothing came yet.
    #[default]
    Connecting,
    /// Users so far.
    Users(u64, Option<u64>),
    /// Everything that will come is there.
    Complete,
    /// It ended early.
    Failed(Clean<'static>),
}

/// An object whose detail has the keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opened {
    /// Which.
    pub item: Item,
    /// First line on the screen.
    pub scroll: usize,
}

/// A place to come back to.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Place {
    pub(super) tab: Tab,
    pub(super) kind: Option<Kind>,
    pub(super) kind_open: bool,
    pub(super) opened: Option<Opened>,
    pub(super) cursor: Option<Item>,
    pub(super) filter: String,
}

/// The state.
#[derive(Debug)]
pub struct State {
    pub(super) init: StateInit,
    /// The newest snapshot.
    pub snapshot: Option<Arc<Snapshot>>,
    /// How the load goes.
    pub load: Load,
    /// The tab.
    pub tab: Tab,
    /// On a wide screen, the pane of the tab stands alone.
    pub zoom: bool,
    /// The kind under the cursor; `None` is the row for all of them.
    pub kind: Option<Kind>,
    /// The first row of the kinds on the screen.
    pub kinds_top: usize,
    /// The keys go to the findings of the kind.
    pub kind_open: bool,
    pub(super) lists: [ListState; 4],
    /// The object whose detail has the keys.
    pub opened: Option<Opened>,
    /// The detail as it is shown, of the opened object or of the one under the cursor.
    pub detail: Option<Detail>,
    /// Dialogs, the last one on top.
    pub layers: Vec<Layer>,
    /// What was told.
    pub notices: Notices,
    /// The runs of this session, the last one being the newest.
    pub runs: Vec<Run>,
    /// Requests to Graph, oldest first.
    pub requests: VecDeque<RequestLine>,
    /// How many requests there were before the oldest one kept.
    pub requests_before: usize,
    /// The request under the cursor, counted from the first of the session; `None` follows the newest.
    pub request_at: Option<usize>,
    pub(super) past: Vec<Place>,
    pub(super) future: Vec<Place>,
    pub(super) generation: u64,
    pub(super) title: String,
    pub(super) quitting: Option<u8>,
    pub(super) effects: Vec<Effect>,
}

impl State {
    /// A state before anything was loaded.
    pub fn new(init: StateInit) -> State {
        State {
            init,
            snapshot: None,
            load: Load::default(),
            tab: Tab::Findings,
            zoom: false,
            kind: None,
            kinds_top: 0,
            kind_open: false,
            lists: List::ALL.map(ListState::new),
            opened: None,
            detail: None,
            layers: Vec::new(),
            notices: Notices::default(),
            runs: Vec::new(),
            requests: VecDeque::new(),
            requests_before: 0,
            request_at: None,
            past: Vec::new(),
            future: Vec::new(),
            generation: 0,
            title: String::new(),
            quitting: None,
            effects: Vec::new(),
        }
    }

    /// Columns and rows of the screen.
    pub fn size(&self) -> (u16, u16) {
        (self.init.cols, self.init.rows)
    }

    /// Whether writing is allowed.
    pub fn access(&self) -> &Access {
        &self.init.access
    }

    /// Whether the tenant is simulated.
    pub fn is_demo(&self) -> bool {
        self.init.demo
    }

    /// Whether the program's own marks are ASCII.
    pub fn ascii(&self) -> bool {
        self.init.ascii
    }

    /// Colors.
    pub fn color(&self) -> Color {
        self.init.color
    }

    /// Who is signed in.
    pub fn who(&self) -> Clean<'_> {
        Clean::new(&self.init.who)
    }

    /// Host of Graph.
    pub fn host(&self) -> Clean<'_> {
        Clean::new(&self.init.host)
    }

    /// An arrow that the screen can show.
    pub fn arrow(&self) -> &'static str {
        if self.ascii() { "->" } else { "→" }
    }

    /// Name and default domain of the tenant, or what the operator asked for.
    pub fn tenant(&self) -> Clean<'static> {
        let organization = self.snapshot.as_ref().and_then(|s| s.organization());
        Clean::owned(match (organization, &self.init.tenant) {
            (Some(o), _) => format!("{} ({})", o.display_name, o.default_domain),
            (None, Some(asked)) => asked.clone(),
            (None, None) => String::new(),
        })
    }

    /// A list.
    pub fn list(&self, list: List) -> &ListState {
        &self.lists[list as usize]
    }

    pub(super) fn list_mut(&mut self, list: List) -> &mut ListState {
        &mut self.lists[list as usize]
    }

    /// Where the keys go, below all dialogs.
    pub fn context(&self) -> Context {
        match self.tab {
            Tab::Runs => Context::Runs,
            Tab::Requests => Context::Requests,
            _ if self.opened.is_some() => Context::Detail,
            Tab::Findings if self.kind_open => Context::Findings,
            Tab::Findings => Context::Kinds,
            Tab::Users => Context::Users,
            Tab::Groups => Context::Groups,
            Tab::Skus => Context::Skus,
        }
    }

    /// The list that the keys go to, or that the detail was opened from.
    pub fn active(&self) -> Option<List> {
        match self.tab {
            Tab::Findings if !self.kind_open => None,
            tab => tab.list(),
        }
    }

    /// What the keys go to.
    pub fn focus(&self) -> Content {
        match self.context() {
            Context::Kinds => Content::Kinds,
            Context::Findings => Content::List(List::Findings),
            Context::Users => Content::List(List::Users),
            Context::Groups => Content::List(List::Groups),
            Context::Skus => Content::List(List::Skus),
            Context::Runs => Content::Runs,
            Context::Requests => Content::Requests,
            Context::Detail => Content::Detail,
        }
    }

    /// The item that is opened or under the cursor.
    pub fn subject(&self) -> Option<Item> {
        match (self.opened, self.active()) {
            (Some(opened), _) => Some(opened.item),
            (None, Some(list)) => self.list(list).cursor,
            (None, None) => None,
        }
    }

    /// The run that is on, if one is.
    pub fn run(&self) -> Option<&Run> {
        self.runs.last().filter(|r| r.is_on())
    }

    /// How many rows of some content are on the screen.
    pub(super) fn height(&self, content: Content) -> usize {
        let layout = Layout::of(self);
        layout.and_then(|l| l.pane(content).map(|p| p.rows().height)).map_or(1, usize::from).max(1)
    }

    /// Whether a list is on the screen.
    pub(super) fn shows(&self, list: List) -> bool {
        match self.tab {
            Tab::Findings => list == List::Findings && (self.kind_open || is_wide(self)),
            Tab::Runs | Tab::Requests => false,
            tab => tab.list() == Some(list) || (is_wide(self) && !self.zoom && list != List::Findings),
        }
    }

    pub(super) fn want(&mut self, effect: Effect) {
        self.effects.push(effect);
    }

    pub(super) fn tell(&mut self, text: impl Into<String>) {
        self.notices.tell(text, Severity::Info);
    }

    pub(super) fn warn(&mut self, text: impl Into<String>) {
        self.notices.tell(text, Severity::Warning);
    }

    pub(super) fn fail(&mut self, text: impl Into<String>) {
        self.notices.tell(text, Severity::Error);
    }

    pub(super) fn next_generation(&mut self) -> u64 {
        self.generation += 1;
        self.generation
    }
}
