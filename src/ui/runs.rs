//! Runs row by row, and requests.

use ratatui::buffer::Buffer;

use super::paint::{put, put_right, row_style};
use super::theme::Theme;
use crate::app::{Area, Pane, Phase, Run, State, Tone, cell};
use crate::domain::plan::Outcome;

fn tone(outcome: &Outcome) -> Tone {
    match outcome {
        Outcome::Done | Outcome::AlreadyTrue => Tone::Good,
        Outcome::Accepted { .. } => Tone::Info,
        Outcome::StillFailing { .. } | Outcome::Refused { .. } | Outcome::Failed { .. } => Tone::Error,
        Outcome::Unknown { .. } => Tone::Warning,
        Outcome::NotSent => Tone::Quiet,
    }
}

pub(super) fn runs(state: &State, buffer: &mut Buffer, pane: &Pane, theme: Theme) {
    let area = pane.inner();
    let Some(run) = state.runs.last() else {
        put(buffer, area, area.x, "  Nothing was written in this session.", theme.tone(Tone::Quiet), theme.ascii);
        return;
    };
    summary(run, buffer, area, theme);
    let rows = area.split_rows(2).1;
    for line in 0..rows.height {
        let at = run.top + usize::from(line);
        let Some(step) = run.plan.steps.get(at) else { break };
        let row = Area { height: 1, ..rows.split_rows(line).1 };
        let here = at == run.at;
        if here {
            row_style(buffer, row, theme.cursor(true));
        }
        let style = |tone| if here { theme.cursor(true) } else { theme.tone(tone) };
        let (tone, word, why) = match &run.outcomes[at] {
            Some(outcome) => (tone(outcome), outcome.word(), outcome.why().unwrap_or_default()),
            None => (Tone::Quiet, "", String::new()),
        };
        let name = crate::domain::text::Clean::new(&step.name);
        let upn = crate::domain::text::Clean::new(&step.upn);
        let mut x = put(buffer, row, row.x, &format!("{:>5}  ", at + 1), style(Tone::Quiet), theme.ascii);
        x = put(buffer, row, x, &cell(word, 14, theme.ascii), style(tone), theme.ascii);
        x = put(buffer, row, x, &cell(name.as_str(), 22, theme.ascii), style(Tone::Plain), theme.ascii);
        let rest = if why.is_empty() { upn.as_str() } else { &why };
        put(buffer, row, x + 1, rest, style(Tone::Plain), theme.ascii);
    }
}

fn summary(run: &Run, buffer: &mut Buffer, area: Area, theme: Theme) {
    let (tone, word) = match &run.phase {
        Phase::Starting => (Tone::Plain, "starting".to_owned()),
        Phase::Running => (Tone::Strong, "running".to_owned()),
        Phase::Paused => (Tone::Warning, "paused".to_owned()),
        Phase::Stopping => (Tone::Warning, "stopping: what is in flight is waited for".to_owned()),
        Phase::Finished(summary) => (Tone::Good, summary.clone()),
        Phase::Failed(why) => (Tone::Error, why.clone()),
    };
    let x = put(buffer, area, area.x, &format!("  {}  ", run.plan.title), theme.tone(Tone::Head), theme.ascii);
    put(buffer, area, x + 1, &run.name, theme.tone(Tone::Quiet), theme.ascii);
    let second = area.split_rows(1).1;
    let x = put(buffer, second, second.x, &format!("  {}: ", run.progress()), theme.tone(Tone::Strong), theme.ascii);
    put(buffer, second, x, &word, theme.tone(tone), theme.ascii);
}

pub(super) fn requests(state: &State, buffer: &mut Buffer, pane: &Pane, theme: Theme) {
    let inner = pane.inner();
    put(buffer, inner, inner.x, " method  status      ms  path", theme.tone(Tone::Head), theme.ascii);
    put_right(buffer, inner, "request id", theme.tone(Tone::Head), theme.ascii);
    let area = pane.rows();
    let len = state.requests.len();
    let at = state.request_at.map_or(len.saturating_sub(1), |at| at.saturating_sub(state.requests_before));
    let height = usize::from(area.height);
    // The window ends at the newest, or holds the row that was chosen.
    let top = if at + height > len { len.saturating_sub(height) } else { at };
    for (line, request) in state.requests.iter().skip(top).take(height).enumerate() {
        let row = Area { height: 1, ..area.split_rows(line as u16).1 };
        let here = top + line == at;
        if here {
            row_style(buffer, row, theme.cursor(true));
        }
        let style = |tone| if here { theme.cursor(true) } else { theme.tone(tone) };
        let (tone, status) = match request.status {
            Some(status) if status < 400 => (Tone::Plain, status.to_string()),
            Some(status) => (Tone::Error, status.to_string()),
            None => (Tone::Error, "none".to_owned()),
        };
        let retries = if request.retries > 0 { format!(" x{}", request.retries + 1) } else { String::new() };
        let mut x = put(buffer, row, row.x, &format!(" {:<8}", request.method), style(Tone::Plain), theme.ascii);
        x = put(buffer, row, x, &format!("{:<7}", format!("{status}{retries}")), style(tone), theme.ascii);
        x = put(buffer, row, x, &format!("{:>7}  ", request.ms), style(Tone::Plain), theme.ascii);
        let id = request.request_id.as_deref().filter(|_| row.width >= 110).unwrap_or("");
        let id_at = put_right(buffer, row, id, style(Tone::Quiet), theme.ascii);
        let rest = Area { width: id_at.saturating_sub(row.x), ..row };
        put(buffer, rest, x, &request.path, style(Tone::Plain), theme.ascii);
    }
}
