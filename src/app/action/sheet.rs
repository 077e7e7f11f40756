//! The key sheet, from the table.

use std::fmt::Write;

use super::{Action, Danger, Group};

/// The key sheet as Markdown: what `tenantry keys` prints and `assets/keys.md` holds.
pub fn keys_markdown() -> String {
    let mut out = String::from(
        "# Keys\n\nMade from the action table by `tenantry keys`; do not edit. `(plan)`: shows a plan that is written only when you confirm it.\n",
    );
    for group in Group::ALL {
        let _ = write!(out, "\n## {}\n\n| Key | Action | What it does |\n|---|---|---|\n", group.title());
        for spec in Action::table().iter().filter(|s| s.group == group) {
            let keys: Vec<String> = spec.keys.iter().map(|k| format!("`{k}`")).collect();
            let keys = if keys.is_empty() { "`:`".to_owned() } else { keys.join(" ") };
            let plan = if spec.danger == Danger::Plans { " (plan)" } else { "" };
            let _ = writeln!(out, "| {keys} | {} | {}{plan} |", spec.id, spec.help.replace('|', "\\|"));
        }
    }
    out.push_str(
        "\n## In dialogs\n\n| Key | What it does |\n|---|---|\n| `Esc` `Ctrl-c` | back one layer |\n| `Up` `Down` `PgUp` `PgDn` | choose, or scroll |\n| `Enter` | chooses; in a confirm dialog only submits a typed phrase that matches, else cancels |\n| `y` | confirms a plan for 1 to 19 people |\n",
    );
    out
}
