//! Paging: a linked list that is followed as it is given (reference 1.5). Never rebuilt, never to another origin, never
//! in circles; an empty page with a link is a page.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use reqwest::Url;

use super::client::Client;
use super::error::GraphError;
use super::read::Get;

/// How often a stream is begun again when its page token has died (reference 1.6).
const RESTARTS: u32 = 5;

/// Empty pages in a row after which a list counts as endless. Filters over a large directory give a few.
const EMPTY_PAGES: u32 = 1000;

/// What a page says about the list.
#[derive(Debug, Default)]
pub(super) struct PageEnd {
    /// `@odata.nextLink`.
    pub(super) next: Option<String>,
    /// How many entries it had.
    pub(super) entries: usize,
}

impl Client {
    /// Hands each page of a list to `take`, to its end. When a page token dies the list is read again from its start:
    /// entries may come twice.
    pub(super) async fn pages(
        &self,
        first: &Get,
        take: impl FnMut(&str) -> Result<PageEnd, serde_json::Error>,
    ) -> Result<(), GraphError> {
        self.pages_from(first, None, take).await
    }

    /// [`Client::pages`] of a list whose first page was read already and led to `next`.
    pub(super) async fn pages_from(
        &self,
        first: &Get,
        next: Option<&str>,
        mut take: impl FnMut(&str) -> Result<PageEnd, serde_json::Error>,
    ) -> Result<(), GraphError> {
        let mut start = match next {
            Some(next) => Get { url: self.follow(&first.url, next)?, ..first.clone() },
            None => first.clone(),
        };
        let mut restarts = 0;
        loop {
            match self.pages_once(&start, &mut take).await {
                Err(error) if error.is_expired_page() && restarts < RESTARTS => restarts += 1,
                end => return end,
            }
            start = first.clone();
        }
    }

    async fn pages_once(
        &self,
        first: &Get,
        take: &mut impl FnMut(&str) -> Result<PageEnd, serde_json::Error>,
    ) -> Result<(), GraphError> {
        let mut get = first.clone();
        let mut seen = HashSet::from([mark(&get.url)]);
        let mut empty = 0;
        loop {
            let page = self.get(&get, &mut *take).await?;
            let Some(next) = page.next else { return Ok(()) };
            get.url = self.follow(&get.url, &next)?;
            empty = if page.entries == 0 { empty + 1 } else { 0 };
            if !seen.insert(mark(&get.url)) || empty > EMPTY_PAGES {
                return Err(GraphError::NoProgress { what: first.what.to_owned(), request_id: None });
            }
        }
    }

    /// Where a link leads, if it stays at home.
    fn follow(&self, from: &Url, link: &str) -> Result<Url, GraphError> {
        let url = from.join(link).map_err(|_| GraphError::NotGraph {
            host: self.base().host(),
            instead: "a next page that is no URL".to_owned(),
            request_id: None,
        })?;
        if self.base().same_origin(&url) {
            return Ok(url);
        }
        Err(self.foreign(url.origin().ascii_serialization(), None))
    }
}

fn mark(url: &Url) -> u64 {
    let mut hasher = DefaultHasher::new();
    url.as_str().hash(&mut hasher);
    hasher.finish()
}
