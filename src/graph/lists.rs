//! Short lists, read to their end: as a rule one page.

use super::client::Client;
use super::error::GraphError;
use super::pages::PageEnd;
use super::wire::{self, Read};
use crate::domain::facts::Sku;

impl Client {
    /// Reads the tenant's products again: what a run changes beside its users are their seats.
    pub async fn subscribed_skus(&self) -> Result<Vec<Sku>, GraphError> {
        Ok(self.whole_list("products", "/subscribedSkus", wire::skus).await?.0)
    }

    /// Reads a list to its end; also says how many entries could not be read.
    pub(super) async fn whole_list<T>(
        &self,
        what: &'static str,
        path: &str,
        read: impl Fn(&str) -> Result<Read<T>, serde_json::Error>,
    ) -> Result<(Vec<T>, u32), GraphError> {
        let first = self.question(what, path, &[], false)?;
        let (mut all, mut unreadable) = (Vec::new(), 0);
        let take = |text: &str| -> Result<PageEnd, serde_json::Error> {
            let page = read(text)?;
            unreadable += page.unreadable;
            all.extend(page.entries);
            Ok(page.end)
        };
        self.pages(&first, take).await?;
        Ok((all, unreadable))
    }
}
