//! The small parts: organization, products, purchases. One page each as a rule.

use super::super::error::GraphError;
use super::super::wire::{self, Read};
use super::Loading;
use crate::domain::facts::{Part, Progress};

pub(super) async fn organization(loading: &Loading) {
    match loading.client().organization().await {
        Ok(Some(organization)) => {
            loading.sink().organization(organization);
            loading.done(Part::Organization);
        }
        Ok(None) => {
            let why = "Graph returned no organization that can be read".to_owned();
            loading.settle(Part::Organization, Progress::Missing(why));
        }
        Err(error) => loading.missing(Part::Organization, &error),
    }
}

pub(super) async fn skus(loading: &Loading) {
    match whole_list(loading, "products", "/subscribedSkus", wire::skus).await {
        Ok(skus) => {
            loading.sink().skus(skus);
            loading.done(Part::Skus);
        }
        Err(error) => loading.missing(Part::Skus, &error),
    }
}

pub(super) async fn subscriptions(loading: &Loading) {
    match whole_list(loading, "subscriptions", "/directory/subscriptions", wire::subscriptions).await {
        Ok(subscriptions) => {
            loading.sink().subscriptions(subscriptions);
            loading.done(Part::Subscriptions);
        }
        Err(error) => loading.missing(Part::Subscriptions, &error),
    }
}

async fn whole_list<T>(
    loading: &Loading,
    what: &'static str,
    path: &str,
    read: impl Fn(&str) -> Result<Read<T>, serde_json::Error>,
) -> Result<Vec<T>, GraphError> {
    let (all, unreadable) = loading.client().whole_list(what, path, read).await?;
    loading.odd(unreadable, 0);
    Ok(all)
}
