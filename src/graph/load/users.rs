//! Users: the one part that is large. Several filtered streams, sized by `$count`, de-duplicated by id, checked
//! against `$count` at the end.

use std::collections::{HashSet, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::{StreamExt, TryStreamExt, stream};
use tokio::task::JoinSet;

use super::super::error::GraphError;
use super::super::pages::PageEnd;
use super::super::read::Get;
use super::super::wire::{self, Scratch};
use super::partition::{Cuts, Range, up_to};
use super::{LoadProgress, Loading};
use crate::domain::facts::{Part, UserFacts};

/// Counts at the same time. They are small, and nothing can go on without them.
const COUNTS: usize = 32;

/// Rounds of counting after the first. Most tenants need one; long shared prefixes need more.
const ROUNDS: usize = 4;

/// Ids seen so far. A user may come twice: ranges share their ends, and a stream whose page token died starts again.
#[derive(Default)]
struct Seen {
    ids: HashSet<u128>,
    pages: u64,
    expected: Option<u64>,
}

type SharedSeen = Arc<Mutex<Seen>>;

pub(super) async fn load(loading: &Loading) -> Result<(), GraphError> {
    let seen = SharedSeen::default();
    let mut names = Vec::new();
    // The first page comes with the count: rows to look at, names to cut ranges by, and often the whole tenant.
    let all = question(loading, None)?;
    let mut scratch = Scratch::default();
    let take = |text: &str| page(loading, &seen, text, &mut scratch, Some(&mut names));
    let (expected, first) = tokio::join!(expected(loading), loading.client().get(&all, take));
    let first = first?;
    if let Some(count) = expected {
        lock(&seen).expected = Some(count);
        loading.sink().expect_users(count);
    }
    match (first.next, expected) {
        (None, _) => {}
        (Some(_), Some(count)) if count > loading.options().single_up_to => {
            let cuts = Cuts::new(count, names);
            parallel(loading, &seen, cuts, count).await?;
        }
        (Some(next), _) => {
            let take = |text: &str| page(loading, &seen, text, &mut scratch, None);
            loading.client().pages_from(&all, Some(&next), take).await?;
        }
    }
    check(loading, &seen).await
}

/// How many users there are, where the server counts. A count that fails never ends the load: sign-in and network
/// decide with the list, and a proxy that has no text answers (406, 500, a redirect) only takes the count away.
async fn expected(loading: &Loading) -> Option<u64> {
    loading.client().count("the number of users", "/users/$count", "").await.ok().flatten()
}

/// Reads ranges side by side; in one stream if the server does not know the filter or the counts.
async fn parallel(loading: &Loading, seen: &SharedSeen, cuts: Cuts, total: u64) -> Result<(), GraphError> {
    let end = match size(loading, cuts, total).await {
        Ok(Some(ranges)) => run(loading, seen, ranges).await,
        // Whatever keeps the server from counting, the list itself may still be there.
        Ok(None) | Err(_) => return stream_of(loading, seen, None).await,
    };
    match end {
        Err(error) if error.is_unsupported() => stream_of(loading, seen, None).await,
        end => end,
    }
}

/// Finds ranges of about equal size. `None` when the server does not count by filter.
async fn size(loading: &Loading, mut cuts: Cuts, total: u64) -> Result<Option<Vec<Range>>, GraphError> {
    // Some ranges more than streams level out what the sizes get wrong; each costs half a page at its end.
    let most = (total * 2 / (loading.options().streams.max(1) as u64 * 3)).max(u64::from(loading.options().page));
    let first = cuts.first_probes();
    if !count(loading, &mut cuts, first).await? {
        return Ok(None);
    }
    if !cuts.trust_sample(most) {
        for _ in 0..ROUNDS {
            let next = cuts.next_probes(most);
            if next.is_empty() {
                break;
            }
            if !count(loading, &mut cuts, next).await? {
                return Ok(None);
            }
        }
        cuts.guess(most);
    }
    Ok(Some(cuts.ranges(most)))
}

/// Counts up to each boundary, all at the same time; false when the server does not.
async fn count(loading: &Loading, cuts: &mut Cuts, probes: Vec<String>) -> Result<bool, GraphError> {
    let counts: Vec<(String, Option<u64>)> = stream::iter(probes)
        .map(|boundary| async move {
            let count = loading.client().count("the number of users", "/users/$count", &up_to(&boundary)).await?;
            Ok::<_, GraphError>((boundary, count))
        })
        .buffer_unordered(COUNTS)
        .try_collect()
        .await?;
    for (boundary, count) in counts {
        let Some(count) = count else { return Ok(false) };
        cuts.learn(boundary, count);
    }
    Ok(true)
}

/// Reads the ranges, the largest first, as many at a time as there are streams.
async fn run(loading: &Loading, seen: &SharedSeen, ranges: Vec<Range>) -> Result<(), GraphError> {
    let queue = Arc::new(Mutex::new(VecDeque::from(ranges)));
    let mut streams: JoinSet<Result<(), GraphError>> = JoinSet::new();
    for _ in 0..loading.options().streams.max(1) {
        let (loading, seen, queue) = (loading.clone(), Arc::clone(seen), Arc::clone(&queue));
        // Tasks, so that pages are parsed on all cores. The set stops them when it is dropped.
        streams.spawn(async move {
            loop {
                let range = queue.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
                let Some(range) = range else { return Ok(()) };
                stream_of(&loading, &seen, range.filter().as_deref()).await?;
            }
        });
    }
    while let Some(end) = streams.join_next().await {
        match end {
            Ok(end) => end?,
            Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
            Err(_) => return Err(GraphError::Cancelled),
        }
    }
    Ok(())
}

async fn stream_of(loading: &Loading, seen: &SharedSeen, filter: Option<&str>) -> Result<(), GraphError> {
    let first = question(loading, filter)?;
    let mut scratch = Scratch::default();
    loading.client().pages(&first, |text| page(loading, seen, text, &mut scratch, None)).await
}

fn question(loading: &Loading, filter: Option<&str>) -> Result<Get, GraphError> {
    let top = loading.options().page.to_string();
    let mut query = vec![("$select", wire::USER_SELECT), ("$top", top.as_str())];
    query.extend(filter.map(|filter| ("$filter", filter)));
    loading.client().question("users", "/users", &query, false)
}

/// Hands one page to the sink, and its principal names to whoever asks.
fn page(
    loading: &Loading,
    seen: &SharedSeen,
    text: &str,
    scratch: &mut Scratch,
    mut names: Option<&mut Vec<String>>,
) -> Result<PageEnd, serde_json::Error> {
    let read = wire::users(text)?;
    let (mut without_id, mut odd_ids) = (read.unreadable, 0);
    {
        let mut sink = loading.sink();
        for user in &read.entries {
            let hand_over = |facts: &UserFacts<'_>| {
                sink.user(facts);
                if let Some(names) = &mut names {
                    names.push(facts.upn.to_owned());
                }
            };
            match user.with(scratch, hand_over) {
                Some(((), odd)) => odd_ids += odd,
                None => without_id += 1,
            }
        }
    }
    loading.odd(Part::Users, without_id, odd_ids);
    let progress = {
        let mut seen = lock(seen);
        seen.ids.extend(read.entries.iter().filter_map(|user| user.id()).map(|id| id.as_u128()));
        seen.pages += 1;
        LoadProgress { users: seen.ids.len() as u64, expected: seen.expected, pages: seen.pages }
    };
    (loading.0.on_progress)(progress);
    Ok(read.end)
}

/// Compares what was read with what the server counts now. Its index may lag, so a difference is a notice, not a fault.
async fn check(loading: &Loading, seen: &SharedSeen) -> Result<(), GraphError> {
    let (read, expected) = {
        let seen = lock(seen);
        (seen.ids.len() as u64, seen.expected)
    };
    let Some(before) = expected else {
        loading.sink().expect_users(read);
        return Ok(());
    };
    if read == before {
        return Ok(());
    }
    // People come and go while a large tenant is read: only a second count tells that from a loss.
    let now = loading.client().count("the number of users", "/users/$count", "").await.ok().flatten();
    if now != Some(read) {
        let counted = now.unwrap_or(before);
        loading.notice(format!(
            "{read} users were read but Graph counts {counted}; its count may lag behind, refresh to see whether it lasts"
        ));
    }
    Ok(())
}

fn lock(seen: &SharedSeen) -> std::sync::MutexGuard<'_, Seen> {
    seen.lock().unwrap_or_else(PoisonError::into_inner)
}
