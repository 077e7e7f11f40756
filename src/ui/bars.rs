//! Header, tabs and footer: where one is, as whom, in which mode, and what can be done here.

use ratatui::buffer::Buffer;

use super::paint::{put, put_right, row_style};
use super::theme::Theme;
use crate::app::{Area, Context, Layer, Load, State, Tab, Tone, hints, width};
use crate::domain::facts::Tenant;
use crate::domain::text::Clean;
use crate::domain::time::{DAY, Timestamp};

/// A number with commas: 1,000,000.
pub(super) fn number(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

fn clock(time: Timestamp) -> String {
    let seconds = time.0.rem_euclid(DAY);
    format!("{:02}:{:02}", seconds / 3600, seconds / 60 % 60)
}

fn load(state: &State, ascii: bool) -> String {
    let dots = if ascii { "..." } else { "…" };
    match &state.load {
        Load::Connecting => format!("connecting{dots}"),
        Load::Users(read, Some(of)) => format!("{} of {} users{dots}", number(*read), number(*of)),
        Load::Users(read, None) => format!("{} users{dots}", number(*read)),
        Load::Complete => match &state.snapshot {
            Some(snapshot) => format!("as of {}", clock(snapshot.now())),
            None => String::new(),
        },
        Load::Failed(_) => "incomplete".to_owned(),
    }
}

pub(super) fn header(state: &State, buffer: &mut Buffer, area: Area, theme: Theme) {
    row_style(buffer, area, theme.bar());
    let right = format!(" {} ", load(state, theme.ascii));
    let mut end = put_right(buffer, area, &right, theme.bar(), theme.ascii);
    for (badge, on) in [(" AUDIT ", state.access().read_only().is_some()), (" DEMO ", state.is_demo())] {
        if on {
            let left = Area { width: end.saturating_sub(area.x), ..area };
            end = put_right(buffer, left, badge, theme.badge(), theme.ascii);
        }
    }
    let left = Area { width: end.saturating_sub(area.x + 1), ..area };
    let x =
        put(buffer, left, left.x, " tenantry  ", theme.bar().add_modifier(ratatui::style::Modifier::BOLD), theme.ascii);
    let tenant = state.tenant();
    if tenant.as_str().is_empty() {
        put(buffer, left, x, state.who().as_str(), theme.bar(), theme.ascii);
        return;
    }
    let x = put(buffer, left, x, tenant.as_str(), theme.bar(), theme.ascii);
    let who = state.who();
    if !who.as_str().is_empty() && usize::from(left.width.saturating_sub(x)) > 12 {
        put(buffer, left, x, &format!("  {who}"), theme.bar(), theme.ascii);
    }
}

pub(super) fn tabs(state: &State, buffer: &mut Buffer, area: Area, theme: Theme) {
    let mut x = area.x;
    let short = area.width < 70;
    for (at, tab) in Tab::ALL.into_iter().enumerate() {
        let style = if tab == state.tab { theme.bar() } else { theme.tone(Tone::Plain) };
        let text =
            if short && tab != state.tab { format!(" {} ", at + 1) } else { format!(" {} {} ", at + 1, tab.title()) };
        x = put(buffer, area, x, &text, style, theme.ascii);
    }
    let trail = trail(state);
    if !trail.is_empty() {
        let rest = Area { x: x + 1, width: (area.x + area.width).saturating_sub(x + 1), ..area };
        put_right(buffer, rest, &trail, theme.tone(Tone::Quiet), theme.ascii);
    }
}

/// Where one is below the tab: `NO-LOC > Zoë Müller`.
fn trail(state: &State) -> String {
    let mut parts: Vec<Clean<'static>> = Vec::new();
    if state.tab == Tab::Findings && state.kind_open {
        parts.push(Clean::new(state.kind.map_or("all", |k| k.code())).into_owned());
    }
    if let (Some(opened), Some(snapshot)) = (state.opened, &state.snapshot)
        && matches!(state.context(), Context::Detail)
    {
        parts.push(opened.item.object().unwrap_or(opened.item).label(snapshot));
    }
    parts.iter().map(|p| p.as_str()).collect::<Vec<_>>().join(" > ")
}

pub(super) fn footer(state: &State, buffer: &mut Buffer, area: Area, theme: Theme) {
    match state.layers.last() {
        None => {}
        Some(layer) => {
            let text = match layer {
                Layer::Filter(_) => "Enter keep  Esc as before  Up Down move in the list",
                Layer::Chooser(chooser) if chooser.input.is_some() => {
                    "type to search  Up Down choose  Enter take  Esc back"
                }
                Layer::Chooser(_) => "Up Down or a letter choose  Enter take  Esc back",
                Layer::Planning(_) => "Esc back",
                Layer::Confirm(confirm) if confirm.types() => {
                    "type the phrase, Enter submits it  Up Down PgDn scroll  Esc cancel"
                }
                Layer::Confirm(_) => "y confirm  Up Down PgDn scroll  Esc Enter cancel",
                Layer::Reader(_) => "Up Down PgDn scroll  Esc back",
            };
            put(buffer, area, area.x, text, theme.tone(Tone::Quiet), theme.ascii);
            return;
        }
    }
    let help = "? help";
    let end = area.width.saturating_sub(width(help) as u16 + 1);
    let mut x = area.x;
    for (key, title, available) in hints(state) {
        let (key, title) = (key.to_string(), format!(" {title}  "));
        let wide = (width(&key) + width(&title)) as u16;
        if x + wide > end {
            break;
        }
        let (strong, plain) =
            if available { (theme.tone(Tone::Key), theme.tone(Tone::Plain)) } else { (theme.off(), theme.off()) };
        x = put(buffer, area, x, &key, strong, theme.ascii);
        x = put(buffer, area, x, &title, plain, theme.ascii);
    }
    let rest = Area { x, width: (area.x + area.width).saturating_sub(x), ..area };
    put(buffer, rest, x, help, theme.tone(Tone::Key), theme.ascii);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_clocks() {
        assert_eq!(number(0), "0");
        assert_eq!(number(999), "999");
        assert_eq!(number(1_000_000), "1,000,000");
        assert_eq!(clock(Timestamp(DAY * 3 + 14 * 3600 + 32 * 60)), "14:32");
    }
}
