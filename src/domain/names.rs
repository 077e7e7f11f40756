//! What people read instead of ids: the tenant's own names first, then the public table's, then the id.

use super::catalog::Catalog;
use super::facts::{Path, Tenant};
use super::finding::PlanRef;
use super::ids::{GroupId, PlanId, SkuId};
use super::license::Held;

/// The name of a product.
pub fn sku<T: Tenant>(id: SkuId, tenant: &T) -> String {
    match (Catalog::embedded().sku(id), tenant.sku(id)) {
        (Some(known), _) => known.name.to_owned(),
        (None, Some(own)) if !own.part_number.is_empty() => own.part_number.clone(),
        _ => id.to_string(),
    }
}

/// The identifier and the readable name of a plan.
pub fn plan<T: Tenant>(id: PlanId, tenant: &T) -> (String, String) {
    if let Some(known) = Catalog::embedded().plan(id) {
        return (known.name.to_owned(), known.display.to_owned());
    }
    let own = tenant.skus().iter().flat_map(|s| &s.plans).find(|p| p.id == id && !p.name.is_empty());
    own.map_or_else(|| (id.to_string(), id.to_string()), |p| (p.name.clone(), p.name.clone()))
}

/// The name of a group.
pub fn group<T: Tenant>(id: GroupId, tenant: &T) -> String {
    tenant.group(id).map_or_else(|| id.to_string(), |g| g.label())
}

/// `direct`, or the name of the group.
pub fn path<T: Tenant>(path: Path, tenant: &T) -> String {
    path.group().map_or_else(|| "direct".to_owned(), |id| group(id, tenant))
}

/// A held plan with all its names.
pub fn plan_ref<T: Tenant>(held: &Held, tenant: &T) -> PlanRef {
    let (name, display_name) = plan(held.plan, tenant);
    let path = held.path.group().map_or_else(|| "direct".to_owned(), |g| g.to_string());
    PlanRef { id: held.plan, name, display_name, sku_id: Some(held.sku), path: Some(path) }
}

/// A text of Graph with every id that has a name replaced by it. The raw text is kept elsewhere.
pub fn readable<T: Tenant>(text: &str, tenant: &T) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c.is_ascii_hexdigit()) {
        let (before, tail) = rest.split_at(start);
        out.push_str(before);
        let end = tail.find(|c: char| !(c.is_ascii_hexdigit() || c == '-')).unwrap_or(tail.len());
        let (word, after) = tail.split_at(end);
        out.push_str(&named(word, tenant).unwrap_or_else(|| word.to_owned()));
        rest = after;
    }
    out.push_str(rest);
    out
}

fn named<T: Tenant>(word: &str, tenant: &T) -> Option<String> {
    if word.len() != 36 {
        return None;
    }
    let (plan_id, sku_id) = (PlanId::parse(word).ok()?, SkuId::parse(word).ok()?);
    let plan_name = Catalog::embedded()
        .plan(plan_id)
        .map(|p| p.name.to_owned())
        .or_else(|| tenant.skus().iter().flat_map(|s| &s.plans).find(|p| p.id == plan_id).map(|p| p.name.clone()));
    let sku_name =
        || (Catalog::embedded().sku(sku_id).is_some() || tenant.sku(sku_id).is_some()).then(|| sku(sku_id, tenant));
    let group_name = || tenant.group(GroupId::parse(word).ok()?).map(|g| g.label());
    plan_name.or_else(sku_name).or_else(group_name)
}
