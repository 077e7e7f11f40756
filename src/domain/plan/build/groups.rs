//! `change-group-licenses`, `pause-rule` and `resume-rule`: one write, and every direct member feels it.

use std::collections::BTreeMap;

use super::change::switched;
use super::licenses::{Effect, assignable, brought, effect, switchable};
use super::membership::known;
use super::{BuildError, Draft, group_license, users};
use crate::domain::facts::{Group, Path, Tenant};
use crate::domain::ids::{GroupId, PlanId, SkuId, UserId};
use crate::domain::license::{Held, held, lacking};
use crate::domain::names;
use crate::domain::plan::{Before, Change, DirectLicense, LicenseAdd, Prediction, Step};

/// What is to become of the licenses of groups.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GroupLicenses {
    /// The product to give; one that the group has keeps it, with its plans switched.
    pub add: Option<SkuId>,
    /// The product to take; together with `add` a swap in one call, and what was off stays off.
    pub remove: Option<SkuId>,
    /// Plans of `add` to switch on.
    pub enable: Vec<PlanId>,
    /// Plans of `add` to switch off.
    pub disable: Vec<PlanId>,
}

pub(super) fn licenses<T: Tenant>(
    draft: &mut Draft,
    asked: &[GroupId],
    wanted: &GroupLicenses,
    tenant: &T,
) -> Result<(), BuildError> {
    let name = |sku: SkuId| names::sku(sku, tenant);
    let mut wanted = wanted.clone();
    if let Some(sku) = wanted.add {
        let owned = assignable(sku, tenant)?;
        wanted.enable = switchable(&wanted.enable, owned, tenant)?;
        wanted.disable = switchable(&wanted.disable, owned, tenant)?;
    } else if wanted.remove.is_none() {
        return Err(BuildError::Product("no product was named".to_owned()));
    }
    draft.each_group(asked, tenant, |draft, group| {
        let mut add = Vec::new();
        let mut was_off: Vec<PlanId> = Vec::new();
        if let Some(gone) = wanted.remove {
            was_off = group_license(group, gone).ok_or_else(|| format!("it does not have {}", name(gone)))?;
        }
        if let Some(sku) = wanted.add {
            let now = group_license(group, sku);
            let owned =
                |p: &&PlanId| tenant.sku(sku).is_some_and(|s| s.plans.iter().any(|o| o.id == **p && o.for_users));
            let kept: Vec<PlanId> = was_off.iter().filter(owned).copied().collect();
            let start = now.clone().unwrap_or(kept);
            let disabled = switched(&start, &wanted.enable, &wanted.disable);
            if wanted.remove.is_none() && now.as_ref() == Some(&disabled) {
                return Err(format!("it has {} so already", name(sku)));
            }
            add.push(LicenseAdd { sku, disabled });
        }
        step(draft, group, add, wanted.remove.into_iter().collect(), tenant)
    });
    let mut what = Vec::new();
    what.extend(wanted.add.map(|sku| format!("give {}", name(sku))));
    what.extend(wanted.remove.map(|sku| format!("take {}", name(sku))));
    draft.title = format!("Change the licenses of {}: {}", super::groups_of(draft.steps.len()), what.join(", "));
    if !draft.steps.is_empty() {
        draft.warn("Graph answers before anything has happened: the members follow in the background.");
    }
    Ok(())
}

fn step<T: Tenant>(
    draft: &mut Draft,
    group: &Group,
    add: Vec<LicenseAdd>,
    remove: Vec<SkuId>,
    tenant: &T,
) -> Result<Step, String> {
    let Some(members) = &group.members else { return Err("its members are not loaded yet".to_owned()) };
    if !group.security {
        return Err("it is not security-enabled: it cannot have licenses".to_owned());
    }
    let path = Path::Group(group.id);
    let touched: Vec<SkuId> = add.iter().map(|a| a.sku).chain(remove.iter().copied()).collect();
    let comes: Vec<Held> = add.iter().flat_map(|a| brought(a, path, tenant)).collect();
    let kept = group.licenses.iter().filter(|l| !touched.contains(&l.sku));
    let kept = kept.map(|l| LicenseAdd { sku: l.sku, disabled: l.disabled.clone() });
    let own: Vec<Held> = kept.flat_map(|a| brought(&a, path, tenant)).chain(comes.iter().copied()).collect();
    // The prerequisite must come from the same group (reference 3.3).
    let mut risks: Vec<String> = lacking(&own)
        .iter()
        .map(|l| format!("{} needs a plan that this group does not give", names::plan(l.plan.plan, tenant).0))
        .collect();
    let (mut gaining, mut losing, mut conflicts) = (0, 0, 0);
    let (mut gains, mut losses): (Vec<PlanId>, Vec<PlanId>) = (Vec::new(), Vec::new());
    let mut seats: BTreeMap<SkuId, i64> = BTreeMap::new();
    for member in members.users.iter() {
        let Some(row) = tenant.row_of(*member) else { continue };
        tenant.with_user(row, |user| {
            let before = held(user, tenant);
            let stays = before.iter().filter(|h| !(h.path == path && touched.contains(&h.sku)));
            let after: Vec<Held> = stays.chain(&comes).copied().collect();
            let one: Effect = effect(&before, &after, &comes, tenant);
            gaining += usize::from(!one.gains.is_empty());
            losing += usize::from(!one.losses.is_empty());
            conflicts += usize::from(!one.risks.is_empty());
            draft.mailboxes += usize::from(one.mailbox);
            gains.extend(one.gains);
            losses.extend(one.losses);
            gains.sort_unstable();
            gains.dedup();
            losses.sort_unstable();
            losses.dedup();
            for &sku in &touched {
                let other = user.states.iter().any(|s| s.sku == sku && s.path != path && s.state.grants());
                let mine = user.states.iter().any(|s| s.sku == sku && s.path == path && s.state.grants());
                let after = add.iter().any(|a| a.sku == sku);
                if !other && mine != after {
                    *seats.entry(sku).or_default() += if after { 1 } else { -1 };
                }
            }
        });
    }
    let left = leftovers(group, tenant);
    if !left.is_empty() {
        risks.push(format!(
            "{} no longer in the group still hold its licenses and lose them now, which cannot be undone",
            users(left.len())
        ));
        draft.members.extend(left);
    }
    for (sku, wanted) in seats.iter().filter(|(_, n)| **n > 0) {
        let taken = draft.seats.get(sku).copied().unwrap_or(0).max(0);
        let free = (tenant.sku(*sku).map_or(0, |s| s.free()) - taken).max(0);
        if *wanted > free {
            let product = names::sku(*sku, tenant);
            risks.push(format!("{wanted} seats of {product} wanted, {free} free: the rest of the members fail"));
        }
    }
    if conflicts > 0 {
        risks.push(format!(
            "for {} a conflict or a missing plan is likely: they get none of the group's",
            users(conflicts)
        ));
    }
    draft.members.extend(members.users.iter().copied());
    draft.takes_away = true;
    let mut parts: Vec<String> = Vec::new();
    for a in &add {
        let known = group_license(group, a.sku).is_some();
        parts.push(format!("{} {}", if known { "~" } else { "+" }, names::sku(a.sku, tenant)));
    }
    parts.extend(remove.iter().map(|sku| format!("- {}", names::sku(*sku, tenant))));
    let (count, parts) = (members.users.len(), parts.join(", "));
    let before = touched.iter().map(|sku| DirectLicense { sku: *sku, disabled: group_license(group, *sku) });
    let before = Before { direct: before.collect(), ..Before::default() };
    let change = Change::AssignLicense { add, remove };
    Ok(Step {
        target: group.id.into(),
        upn: String::new(),
        name: group.label(),
        request: change.request(group.id),
        change,
        before,
        predicted: Prediction {
            summary: format!("{parts}: {count} members, {gaining} gain services, {losing} lose some"),
            gains,
            losses,
            risks,
            seats: seats.into_iter().filter(|(_, n)| *n != 0).collect(),
        },
        invertible: true,
    })
}

/// Users that hold licenses of a group without being its members: any write to the group has Graph clear them up.
fn leftovers<T: Tenant>(group: &Group, tenant: &T) -> Vec<UserId> {
    let path = Path::Group(group.id);
    let mut left = Vec::new();
    tenant.each_row(&mut |row| {
        tenant.with_user(row, |user| {
            let holds = user.states.iter().any(|s| s.path == path && s.state.grants());
            if holds && group.has_member(user.id) == Some(false) {
                left.push(user.id);
            }
        });
    });
    left
}

/// Stops or starts the processing of membership rules.
pub(super) fn rule<T: Tenant>(draft: &mut Draft, asked: &[GroupId], on: bool, tenant: &T) -> Result<(), BuildError> {
    for id in asked {
        known(*id, tenant)?;
    }
    draft.each_group(asked, tenant, |draft, group| {
        if !group.dynamic {
            return Err("its members do not come from a rule".to_owned());
        }
        if group.rule_paused != on {
            return Err(format!("its rule is {} already", if on { "processed" } else { "paused" }));
        }
        let Some(members) = &group.members else { return Err("its members are not loaded yet".to_owned()) };
        draft.members.extend(members.users.iter().copied());
        draft.takes_away = true;
        let change = Change::ProcessRule { on };
        Ok(Step {
            target: group.id.into(),
            upn: String::new(),
            name: group.label(),
            request: change.request(group.id),
            change,
            before: Before { rule_on: Some(!on), ..Before::default() },
            predicted: Prediction {
                summary: if on { "rule processed again" } else { "rule paused: members stay as they are" }.to_owned(),
                ..Prediction::default()
            },
            invertible: true,
        })
    });
    let word = if on { "Resume" } else { "Pause" };
    draft.title = format!("{word} the membership rule of {}", super::groups_of(draft.steps.len()));
    if on && !draft.steps.is_empty() {
        draft.warn("Whoever does not match the rule now leaves the group and loses its licenses.");
    }
    Ok(())
}
