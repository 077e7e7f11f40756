//! The rows.

use super::available as can;
use super::{Action, Context, Contexts, Danger, EVERYWHERE, Group, Spec};
use crate::app::key::{Code, Key};

const fn plain(code: Code) -> Key {
    Key::plain(code)
}

const fn ch(c: char) -> Key {
    Key::char(c)
}

const LISTS: Contexts = Context::Findings.bit() | Context::Users.bit() | Context::Groups.bit() | Context::Skus.bit();
const PEOPLE: Contexts = Context::Findings.bit() | Context::Users.bit();
const OBJECTS: Contexts = LISTS | Context::Detail.bit();
const TENANT: Contexts = OBJECTS | Context::Kinds.bit();
const RUNS: Contexts = Context::Runs.bit();

const fn row(
    action: Action,
    id: &'static str,
    title: &'static str,
    help: &'static str,
    group: Group,
    keys: &'static [Key],
) -> Spec {
    Spec {
        action,
        id,
        title,
        help,
        group,
        keys,
        contexts: EVERYWHERE,
        danger: Danger::None,
        priority: 0,
        available: can::always,
    }
}

impl Spec {
    const fn on(mut self, contexts: Contexts) -> Spec {
        self.contexts = contexts;
        self
    }

    const fn hint(mut self, priority: u8) -> Spec {
        self.priority = priority;
        self
    }

    const fn when(mut self, available: fn(&crate::app::state::State) -> super::Available) -> Spec {
        self.available = available;
        self
    }

    const fn plans(mut self) -> Spec {
        self.danger = Danger::Plans;
        self
    }
}

use Action as A;
use Group as G;

pub(super) static TABLE: &[Spec] = &[
    row(A::Down, "down", "down", "One row or line down.", G::Moving, &[ch('j'), plain(Code::Down)]),
    row(A::Up, "up", "up", "One row or line up.", G::Moving, &[ch('k'), plain(Code::Up)]),
    row(A::PageDown, "page-down", "page down", "One page down.", G::Moving, &[plain(Code::PageDown)]),
    row(A::PageUp, "page-up", "page up", "One page up.", G::Moving, &[plain(Code::PageUp)]),
    row(A::HalfDown, "half-down", "half page down", "Half a page down.", G::Moving, &[Key::ctrl('d')]),
    row(A::HalfUp, "half-up", "half page up", "Half a page up.", G::Moving, &[Key::ctrl('u')]),
    row(A::First, "first", "first", "To the first row or line.", G::Moving, &[ch('g'), plain(Code::Home)]),
    row(A::Last, "last", "last", "To the last row or line.", G::Moving, &[ch('G'), plain(Code::End)]),
    row(A::NextPane, "next-pane", "next pane", "To the next pane.", G::Places, &[plain(Code::Tab)]).hint(20),
    row(A::PreviousPane, "previous-pane", "previous pane", "To the pane before.", G::Places, &[plain(Code::BackTab)]),
    row(A::ShowFindings, "findings", "findings", "The kinds of findings with their counts.", G::Places, &[ch('1')]),
    row(A::ShowUsers, "users", "users", "The users; again: this pane alone, or all three.", G::Places, &[ch('2')]),
    row(A::ShowGroups, "groups", "groups", "The groups; again: this pane alone, or all three.", G::Places, &[ch('3')]),
    row(A::ShowSkus, "skus", "SKUs", "The products; again: this pane alone, or all three.", G::Places, &[ch('4')]),
    row(A::ShowRuns, "runs", "runs", "What was written, row by row.", G::Places, &[ch('5')]),
    row(A::ShowRequests, "requests", "requests", "The requests to Graph.", G::Places, &[ch('6')]),
    row(A::Open, "open", "open", "Opens what is under the cursor. Never writes.", G::Places, &[plain(Code::Enter)])
        .on(TENANT | RUNS)
        .hint(90)
        .when(can::something),
    row(A::Back, "back", "back", "Back one layer, and never anything else.", G::Places, &[plain(Code::Esc)]).hint(3),
    row(A::HistoryBack, "history-back", "back in history", "To the place before this one.", G::Places, &[ch('[')])
        .when(can::history_back),
    row(A::HistoryForward, "history-forward", "forward", "Forward again in the history.", G::Places, &[ch(']')])
        .when(can::history_forward),
    row(A::NextFinding, "next-finding", "next finding", "To the next row with a finding.", G::Places, &[ch('n')])
        .on(OBJECTS)
        .hint(40)
        .when(can::rows),
    row(
        A::PreviousFinding,
        "previous-finding",
        "previous finding",
        "To the row with a finding before.",
        G::Places,
        &[ch('N')],
    )
    .on(OBJECTS)
    .when(can::rows),
    row(
        A::Filter,
        "filter",
        "filter",
        "Filters the list as you type: words, dept:, loc:none, sku:, group:, kind:, -not.",
        G::Choosing,
        &[ch('/')],
    )
    .on(LISTS)
    .hint(80),
    row(
        A::Sort,
        "sort",
        "sort",
        "Sorts the users by another column; the same again turns it around.",
        G::Choosing,
        &[ch('s')],
    )
    .on(LISTS)
    .when(can::sort),
    row(A::Mark, "mark", "mark", "Marks or unmarks the row and moves down.", G::Choosing, &[ch(' ')])
        .on(PEOPLE)
        .hint(60)
        .when(can::something),
    row(A::Range, "range", "range", "Begins a range; move to extend it, again to mark it.", G::Choosing, &[ch('v')])
        .on(PEOPLE)
        .when(can::something),
    row(
        A::MarkMenu,
        "mark-menu",
        "mark menu",
        "Marks all rows in view, inverts, or unmarks all.",
        G::Choosing,
        &[ch('*')],
    )
    .on(PEOPLE)
    .when(can::marks),
    row(A::MarkAll, "mark-all", "mark all", "Marks all rows in view.", G::Choosing, &[]).on(PEOPLE).when(can::marks),
    row(
        A::MarkInvert,
        "mark-invert",
        "invert marks",
        "Marks the unmarked rows in view and unmarks the others.",
        G::Choosing,
        &[],
    )
    .on(PEOPLE)
    .when(can::marks),
    row(A::MarkNone, "mark-none", "unmark all", "Unmarks all, in view or not.", G::Choosing, &[])
        .on(PEOPLE)
        .when(can::marks),
    row(A::Fix, "fix", "fix", "What can be done about the findings here or of the marks.", G::Changing, &[ch('f')])
        .on(OBJECTS)
        .hint(85)
        .plans()
        .when(can::fix),
    row(
        A::FixKind,
        "fix-kind",
        "fix all of kind",
        "Plans a fix for every user with this kind of finding.",
        G::Changing,
        &[ch('F')],
    )
    .on(Context::Kinds.bit() | Context::Findings.bit())
    .hint(75)
    .plans()
    .when(can::fix_kind),
    row(
        A::Locate,
        "set-usage-location",
        "usage location",
        "Sets the usage location of this user or the marks.",
        G::Changing,
        &[ch('u')],
    )
    .on(PEOPLE | Context::Detail.bit())
    .hint(70)
    .plans()
    .when(can::write),
    row(
        A::Licenses,
        "licenses",
        "licenses",
        "Assigns or removes a license of this user or the marks.",
        G::Changing,
        &[ch('l')],
    )
    .on(PEOPLE | Context::Detail.bit())
    .hint(65)
    .plans()
    .when(can::write),
    row(
        A::Assign,
        "assign-license",
        "assign license",
        "Assigns a product directly to this user or the marks.",
        G::Changing,
        &[],
    )
    .plans()
    .when(can::write),
    row(
        A::Remove,
        "remove-license",
        "remove license",
        "Removes a direct license from this user or the marks.",
        G::Changing,
        &[],
    )
    .plans()
    .when(can::remove),
    row(
        A::Reprocess,
        "reprocess",
        "reprocess",
        "Has Graph process the group licenses of this user or the marks again.",
        G::Changing,
        &[ch('p')],
    )
    .on(PEOPLE | Context::Detail.bit())
    .hint(55)
    .plans()
    .when(can::reprocess),
    row(
        A::Explain,
        "explain",
        "explain",
        "The cause cards: what Graph says, which plans, which paths, what to do.",
        G::Looking,
        &[ch('x')],
    )
    .on(OBJECTS)
    .hint(50)
    .when(can::explain),
    row(
        A::Copy,
        "copy",
        "copy",
        "Copies id, principal name or row to the clipboard of your terminal.",
        G::Looking,
        &[ch('y')],
    )
    .on(OBJECTS | Context::Requests.bit() | RUNS)
    .hint(15)
    .when(can::something),
    row(A::Export, "export", "export", "Writes the list as it is shown to a file.", G::Looking, &[ch('e')])
        .on(LISTS)
        .when(can::rows),
    row(A::StopRun, "stop-run", "stop run", "Asks whether to stop the run.", G::Changing, &[ch('x')])
        .on(RUNS)
        .hint(88)
        .when(can::stop_run),
    row(A::PauseRun, "pause-run", "pause run", "Pauses the run, or goes on with it.", G::Changing, &[ch('p')])
        .on(RUNS)
        .hint(87)
        .when(can::stop_run),
    row(A::Messages, "messages", "messages", "What this program told you, newest first.", G::Looking, &[ch('m')]),
    row(A::Reload, "reload", "reload", "Loads the tenant again.", G::Program, &[ch('r')]).hint(10).when(can::reload),
    row(A::Palette, "palette", "command", "Everything by name.", G::Program, &[ch(':')]).hint(12),
    row(A::Help, "help", "help", "What can be done here; type to search, Enter runs.", G::Program, &[ch('?')]),
    row(A::Repaint, "repaint", "repaint", "Paints the whole screen again.", G::Program, &[Key::ctrl('l')]),
    row(A::Suspend, "suspend", "suspend", "Back to the shell; `fg` returns.", G::Program, &[Key::ctrl('z')])
        .when(can::suspend),
    row(A::Quit, "quit", "quit", "Ends the program. While a run is on it asks first.", G::Program, &[ch('q')]).hint(5),
];
