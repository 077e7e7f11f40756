//! Everything that a key or the palette can do, as one table. Keymap, footer, help, palette and key sheet are read
//! from it; nothing is typed twice.

mod available;
mod sheet;
mod table;

pub use sheet::keys_markdown;

use super::key::Key;
use super::state::State;

/// Something that the operator can ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "each has its title and help in the table")]
pub enum Action {
    Down,
    Up,
    PageDown,
    PageUp,
    HalfDown,
    HalfUp,
    First,
    Last,
    NextPane,
    PreviousPane,
    ShowFindings,
    ShowUsers,
    ShowGroups,
    ShowSkus,
    ShowRuns,
    ShowRequests,
    Open,
    Back,
    HistoryBack,
    HistoryForward,
    NextFinding,
    PreviousFinding,
    Filter,
    Sort,
    Mark,
    Range,
    MarkMenu,
    MarkAll,
    MarkInvert,
    MarkNone,
    Fix,
    FixKind,
    Locate,
    Licenses,
    Assign,
    Remove,
    Reprocess,
    Explain,
    Copy,
    Export,
    StopRun,
    PauseRun,
    Messages,
    Reload,
    Palette,
    Help,
    Repaint,
    Suspend,
    Quit,
}

/// Where help sorts an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// Moving in lists and text.
    Moving,
    /// Going to places.
    Places,
    /// Finding and choosing.
    Choosing,
    /// Changing the tenant, behind a plan.
    Changing,
    /// Looking closer and taking with you.
    Looking,
    /// The program.
    Program,
}

impl Group {
    /// All, in the order of help.
    pub const ALL: [Group; 6] =
        [Group::Changing, Group::Choosing, Group::Looking, Group::Places, Group::Moving, Group::Program];

    /// What people read.
    pub fn title(self) -> &'static str {
        match self {
            Group::Moving => "Moving",
            Group::Places => "Places",
            Group::Choosing => "Finding and choosing",
            Group::Changing => "Changing the tenant",
            Group::Looking => "Looking closer",
            Group::Program => "Program",
        }
    }
}

/// What an action can do to the tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Danger {
    /// Nothing.
    None,
    /// It makes a plan, which is written only when it is confirmed.
    Plans,
}

/// Where the keys go at the moment, below all dialogs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Context {
    /// The kinds of findings.
    Kinds,
    /// Findings.
    Findings,
    /// Users.
    Users,
    /// Groups.
    Groups,
    /// Products.
    Skus,
    /// Steps of a run.
    Runs,
    /// Requests.
    Requests,
    /// The detail of an object.
    Detail,
}

/// A set of contexts.
pub type Contexts = u8;

/// Every context.
pub const EVERYWHERE: Contexts = 0xff;

impl Context {
    /// Its bit in a set.
    pub const fn bit(self) -> Contexts {
        1 << self as u8
    }
}

/// Whether an action can run now, or why not.
pub type Available = Result<(), String>;

/// One row of the table.
#[derive(Debug)]
pub struct Spec {
    /// What it is.
    pub action: Action,
    /// Its name in configuration.
    pub id: &'static str,
    /// Its name for people; short enough for the footer.
    pub title: &'static str,
    /// One sentence.
    pub help: &'static str,
    /// Where help sorts it.
    pub group: Group,
    /// The keys that start it; the first one is shown. None: by palette and help only.
    pub keys: &'static [Key],
    /// Where its keys work. The palette offers it everywhere.
    pub contexts: Contexts,
    /// What it can do to the tenant.
    pub danger: Danger,
    /// Where the footer shows it: 0 never, else the higher the earlier.
    pub priority: u8,
    /// Whether it can run now.
    pub available: fn(&State) -> Available,
}

impl Action {
    /// The table.
    pub fn table() -> &'static [Spec] {
        table::TABLE
    }

    /// Its row.
    pub fn spec(self) -> &'static Spec {
        // The table has one row for each, in any order; a test holds that.
        table::TABLE.iter().find(|s| s.action == self).unwrap_or(&table::TABLE[0])
    }
}

/// The action of a key in a context.
pub fn action_for(key: Key, context: Context) -> Option<Action> {
    table::TABLE.iter().find(|s| s.contexts & context.bit() != 0 && s.keys.contains(&key)).map(|s| s.action)
}

/// The hints for the footer, most important first: key and title, and whether it can run.
pub fn hints(state: &State) -> Vec<(Key, &'static str, bool)> {
    let context = state.context().bit();
    let mut rows: Vec<&Spec> = table::TABLE.iter().filter(|s| s.priority > 0 && s.contexts & context != 0).collect();
    rows.sort_by_key(|s| std::cmp::Reverse(s.priority));
    rows.iter().filter_map(|s| Some((*s.keys.first()?, s.title, (s.available)(state).is_ok()))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_has_one_row_with_title_and_help() {
        let rows = Action::table();
        for (i, spec) in rows.iter().enumerate() {
            assert!(!spec.id.is_empty() && !spec.title.is_empty() && spec.help.ends_with('.'), "{}", spec.id);
            assert!(rows[..i].iter().all(|s| s.action != spec.action && s.id != spec.id), "{} stands twice", spec.id);
        }
        // `Quit` is the last variant: as many rows as variants means that none is missing.
        assert_eq!(rows.len(), Action::Quit as usize + 1);
    }

    #[test]
    fn no_key_means_two_things_in_one_context() {
        let rows = Action::table();
        for (i, a) in rows.iter().enumerate() {
            for b in &rows[..i] {
                if a.contexts & b.contexts != 0 {
                    assert!(a.keys.iter().all(|k| !b.keys.contains(k)), "{} and {} share a key", a.id, b.id);
                }
            }
        }
    }

    #[test]
    fn nothing_that_plans_is_on_enter_space_or_escape() {
        use super::super::key::Code;
        for spec in Action::table().iter().filter(|s| s.danger == Danger::Plans) {
            for key in spec.keys {
                assert!(!matches!(key.code, Code::Enter | Code::Esc | Code::Char(' ')), "{}", spec.id);
            }
        }
    }
}
