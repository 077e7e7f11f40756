//! `set-usage-location`.

use super::{Draft, users};
use crate::domain::facts::{Sync, Tenant};
use crate::domain::ids::UserId;
use crate::domain::location::Location;
use crate::domain::plan::{Before, Change, Prediction, Step};

pub(super) fn draft<T: Tenant>(draft: &mut Draft, to: &[(UserId, Location)], tenant: &T) {
    let mut synced = 0;
    let mut waiting = 0;
    let mut at = to.iter();
    // `each` visits a user once: the first value that was asked for counts.
    let value = |user: UserId| to.iter().find(|(u, _)| *u == user).map(|(_, l)| *l);
    draft.each(to.iter().map(|(u, _)| *u), tenant, |_, user| {
        // The usual ask has one value for everybody in order; only an odd one is searched.
        let next = at.next().filter(|(u, _)| *u == user.id).map(|(_, l)| *l);
        let Some(to) = next.or_else(|| value(user.id)) else { return Err("no value was given".to_owned()) };
        if user.usage_location == Some(to.as_str()) {
            return Err(format!("the usage location is {to} already"));
        }
        synced += usize::from(user.sync == Sync::Now);
        waiting += usize::from(user.states.iter().any(|s| s.failed() && s.path.group().is_some()));
        let before = user.usage_location.map(str::to_owned);
        let change = Change::SetUsageLocation { to };
        Ok(Step {
            target: user.id.into(),
            upn: user.upn.to_owned(),
            name: user.display_name.to_owned(),
            request: change.request(user.id),
            change,
            predicted: Prediction {
                summary: format!("{} -> {to}", before.as_deref().unwrap_or("none")),
                ..Prediction::default()
            },
            // Graph's documentation calls the property not nullable: a value can be put back, "none" cannot.
            invertible: before.is_some(),
            before: Before { usage_location: Some(before), ..Before::default() },
        })
    });
    let mut values: Vec<Location> = to.iter().map(|(_, l)| *l).collect();
    values.sort_unstable();
    values.dedup();
    let values: Vec<String> = values.iter().map(|l| format!("{l} ({})", l.name())).collect();
    draft.title = format!("Set usage location {} for {}", values.join(", "), users(draft.steps.len()));
    if synced > 0 {
        draft.warn(format!(
            "{synced} of them are synced from on-premises: if msExchUsageLocation is filled in AD, the next sync cycle overwrites this value."
        ));
    }
    if waiting > 0 {
        draft.warn(format!("{waiting} of them have group licenses in error: reprocess them afterwards."));
    }
}
