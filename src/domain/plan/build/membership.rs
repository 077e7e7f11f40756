//! `join-group` and `leave-group`. Only where Graph may edit the members: not by rule, not synced, not in Exchange.

use super::licenses::{Effect, brought, effect};
use super::{BuildError, Draft, users};
use crate::domain::facts::{Group, Path, Sku, Sync, Tenant, UserFacts};
use crate::domain::ids::{GroupId, SkuId, UserId};
use crate::domain::license::{Held, held};
use crate::domain::names;
use crate::domain::plan::{Before, Change, LicenseAdd, Prediction, Step};

pub(super) fn draft<T: Tenant>(
    draft: &mut Draft,
    asked: &[UserId],
    id: GroupId,
    join: bool,
    tenant: &T,
) -> Result<(), BuildError> {
    let group = known(id, tenant)?;
    let name = group.label();
    if let Some(why) = not_editable(group) {
        return Err(BuildError::Group(format!("{name}: {why}")));
    }
    if group.members.is_none() {
        return Err(BuildError::Group(format!("the members of {name} are not loaded yet")));
    }
    draft.each(asked.iter().copied(), tenant, |draft, user| {
        match (join, group.has_member(user.id)) {
            (true, Some(true)) => return Err(format!("is a member of {name} already")),
            (false, Some(false)) => return Err(format!("is not a member of {name}")),
            _ => {}
        }
        step(draft, user, group, join, tenant)
    });
    let people = users(draft.steps.len());
    draft.title = if join { format!("Add {people} to {name}") } else { format!("Remove {people} from {name}") };
    if !draft.steps.is_empty() {
        draft.warn("Group licensing follows a membership in the background, usually within minutes.");
        if group.licenses.is_empty() {
            draft.warn(format!("{name} has no licenses."));
        }
    }
    Ok(())
}

/// The group, if it is loaded as a licensed one.
pub(super) fn known<T: Tenant>(id: GroupId, tenant: &T) -> Result<&Group, BuildError> {
    let missing = || BuildError::Group(format!("there is no licensed group {id} in what was loaded"));
    tenant.group(id).filter(|g| !g.display_name.is_empty() || !g.licenses.is_empty()).ok_or_else(missing)
}

/// Why the members of a group cannot be edited through Graph with the usual permission.
fn not_editable(group: &Group) -> Option<&'static str> {
    if group.dynamic {
        Some("its members come from a rule: change the attribute or the rule")
    } else if group.sync == Sync::Now {
        Some("it is synced from on-premises: change its members in AD")
    } else if group.role_assignable {
        Some("it is role-assignable: that needs RoleManagement.ReadWrite.Directory")
    } else if group.mail && !group.unified {
        Some("it is mail-enabled: change its members in Exchange")
    } else {
        None
    }
}

fn step<T: Tenant>(
    draft: &mut Draft,
    user: &UserFacts<'_>,
    group: &Group,
    join: bool,
    tenant: &T,
) -> Result<Step, String> {
    let before = held(user, tenant);
    let path = Path::Group(group.id);
    let mut seats: Vec<(SkuId, i64)> = Vec::new();
    let holds = |sku: SkuId, other: bool| {
        user.states.iter().any(|s| s.sku == sku && s.state.grants() && !(other && s.path == path))
    };
    let (comes, after): (Vec<Held>, Vec<Held>) = if join {
        let adds = group.licenses.iter().map(|l| LicenseAdd { sku: l.sku, disabled: l.disabled.clone() });
        let comes: Vec<Held> = adds.flat_map(|a| brought(&a, path, tenant)).collect();
        seats.extend(group.licenses.iter().filter(|l| !holds(l.sku, false)).map(|l| (l.sku, 1)));
        let after = before.iter().chain(&comes).copied().collect();
        (comes, after)
    } else {
        let mut gone: Vec<SkuId> = user.states.iter().filter(|s| s.path == path).map(|s| s.sku).collect();
        gone.dedup();
        seats.extend(gone.into_iter().filter(|s| holds(*s, false) && !holds(*s, true)).map(|s| (s, -1)));
        (Vec::new(), before.iter().filter(|h| h.path != path).copied().collect())
    };
    let Effect { gains, losses, mut risks, mailbox } = effect(&before, &after, &comes, tenant);
    for (sku, _) in seats.iter().filter(|(_, n)| *n > 0) {
        let taken = draft.seats.get(sku).copied().unwrap_or(0).max(0);
        if tenant.sku(*sku).map_or(0, Sku::free) - taken <= 0 {
            risks.push(format!("no free seat of {}: none of the group's licenses will come", names::sku(*sku, tenant)));
        }
    }
    if !join && risks.iter().any(|r| r.contains("needs what goes")) {
        risks.push("a license that is still needed stays, with an error".to_owned());
    }
    draft.mailboxes += usize::from(mailbox);
    draft.takes_away |= !join;
    let change = if join { Change::JoinGroup { group: group.id } } else { Change::LeaveGroup { group: group.id } };
    Ok(Step {
        target: user.id.into(),
        upn: user.upn.to_owned(),
        name: user.display_name.to_owned(),
        request: change.request(user.id),
        change,
        before: Before { member: Some(!join), ..Before::default() },
        predicted: Prediction {
            summary: if join {
                format!("+ {}: {} services gained", group.label(), gains.len())
            } else {
                format!("- {}: {} services lost", group.label(), losses.len())
            },
            gains,
            losses,
            risks,
            seats,
        },
        invertible: true,
    })
}
