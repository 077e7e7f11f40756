//! The licensed groups, which of them have members in error, and their direct members.

use std::collections::{BTreeMap, HashSet};

use futures_util::{StreamExt, stream};

use super::super::error::GraphError;
use super::super::pages::PageEnd;
use super::super::wire;
use super::Loading;
use crate::domain::facts::{Group, Members, Part, Progress};
use crate::domain::ids::GroupId;

pub(super) async fn load(loading: &Loading) {
    let (licensed, in_error) = tokio::join!(licensed(loading), in_error(loading));
    let mut groups = match licensed {
        Ok(groups) => groups,
        Err(error) => {
            loading.missing(Part::Groups, &error);
            loading.missing(Part::Members, &error);
            return;
        }
    };
    match in_error {
        Ok(failing) => {
            for (id, group) in failing {
                // A group can have lost its licenses while the removal is stuck on its members.
                groups.entry(id).or_insert(group).in_error = true;
            }
        }
        Err(error) => loading.notice(format!("which groups have license errors is not known from Graph: {error}")),
    }
    let ids: Vec<GroupId> = groups.keys().copied().collect();
    {
        let mut sink = loading.sink();
        groups.into_values().for_each(|group| sink.group(group));
    }
    loading.done(Part::Groups);
    all_members(loading, ids).await;
}

/// The licensed groups, asked for in plainer and plainer ways.
async fn licensed(loading: &Loading) -> Result<BTreeMap<GroupId, Group>, GraphError> {
    match list(loading, Some("assignedLicenses/$count ne 0"), true).await {
        Err(error) if error.is_unsupported() => {}
        end => return end,
    }
    match list(loading, Some("assignedLicenses/any()"), false).await {
        Err(error) if error.is_unsupported() => {}
        end => return end,
    }
    let mut all = list(loading, None, false).await?;
    all.retain(|_, group| !group.licenses.is_empty());
    Ok(all)
}

/// The groups whose current members have license errors. This filter breaks when `ConsistencyLevel` or `$count` is sent.
async fn in_error(loading: &Loading) -> Result<BTreeMap<GroupId, Group>, GraphError> {
    list(loading, Some("hasMembersWithLicenseErrors eq true"), false).await
}

async fn list(loading: &Loading, filter: Option<&str>, advanced: bool) -> Result<BTreeMap<GroupId, Group>, GraphError> {
    let top = loading.options().page.to_string();
    let mut query = vec![("$select", wire::GROUP_SELECT), ("$top", top.as_str())];
    query.extend(filter.map(|filter| ("$filter", filter)));
    if advanced {
        query.push(("$count", "true"));
    }
    let first = loading.client().question("licensed groups", "/groups", &query, advanced)?;
    let mut groups = BTreeMap::new();
    let take = |text: &str| -> Result<PageEnd, serde_json::Error> {
        let page = wire::groups(text)?;
        loading.odd(Part::Groups, page.unreadable, 0);
        groups.extend(page.entries.into_iter().map(|group| (group.id, group)));
        Ok(page.end)
    };
    loading.client().pages(&first, take).await?;
    Ok(groups)
}

async fn all_members(loading: &Loading, groups: Vec<GroupId>) {
    let total = groups.len();
    let mut failed: Vec<GraphError> = Vec::new();
    let mut reads =
        stream::iter(groups).map(|id| members(loading, id)).buffer_unordered(loading.options().member_streams.max(1));
    while let Some(end) = reads.next().await {
        failed.extend(end.err());
    }
    match failed.first() {
        None => loading.done(Part::Members),
        Some(first) => {
            let why = super::reason(Part::Members, first);
            let why = format!("the members of {} of {total} groups could not be read: {why}", failed.len());
            loading.settle(Part::Members, Progress::Missing(why));
        }
    }
}

async fn members(loading: &Loading, id: GroupId) -> Result<(), GraphError> {
    let top = loading.options().page.to_string();
    let query = [("$select", "id"), ("$top", top.as_str())];
    let first = loading.client().question("group members", &format!("/groups/{id}/members"), &query, false)?;
    let (mut users, mut groups, mut others) = (Vec::new(), HashSet::new(), 0);
    let take = |text: &str| -> Result<PageEnd, serde_json::Error> {
        let (page, end) = wire::members(text)?;
        loading.odd(Part::Members, page.unreadable, 0);
        users.extend(page.users);
        groups.extend(page.groups);
        others += page.others;
        Ok(end)
    };
    match loading.client().pages(&first, take).await {
        Ok(()) => {}
        // Deleted since it was listed: it has no members, and the next load will not list it.
        Err(GraphError::Refused { refusal, .. }) if refusal.status == 404 => return Ok(()),
        Err(error) => return Err(error),
    }
    users.sort_unstable();
    users.dedup();
    let mut groups: Vec<GroupId> = groups.into_iter().collect();
    groups.sort_unstable();
    loading.sink().members(id, Members { users: users.into(), groups, others });
    Ok(())
}
