//! Reading users.

use std::sync::Arc;

use serde_json::json;

use super::answer::{Answer, Body, Problem};
use super::ask::Ask;
use super::filter::Filter;
use super::paging::{next_link, position};
use super::router::Desk;
use super::user_filter::{matches, range, read};
use super::user_json::{DEFAULT, canonical, check, write};
use crate::domain::ids::UserId;
use crate::sim::mix::{Subject, mix};
use crate::sim::model::held_products;
use crate::sim::world::World;

/// Finds a user by object id or principal name.
pub fn find(world: &World, key: &str) -> Result<u32, Problem> {
    let index = match UserId::parse(key) {
        Ok(id) => world.model.user_at(id),
        Err(_) => world.model.user_by_upn(key),
    };
    index.ok_or_else(|| Problem::no_object(key))
}

/// The properties to return.
pub fn selection(ask: &Ask, collection: bool) -> Result<Vec<&str>, Problem> {
    match ask.select() {
        None => Ok(DEFAULT.to_vec()),
        Some(select) => {
            check(&select, collection)?;
            Ok(canonical(&select))
        }
    }
}

/// A page of users as JSON text.
pub struct Page<'a> {
    /// `@odata.context`.
    pub context: String,
    /// `@odata.count`.
    pub count: Option<usize>,
    /// `@odata.nextLink`.
    pub next: Option<String>,
    /// Written before the properties of each user.
    pub kind: &'a str,
}

impl Page<'_> {
    /// Writes the page.
    pub fn write(&self, world: &World, users: &[u32], select: &[&str]) -> String {
        let mut out = String::with_capacity(256 + users.len() * select.len() * 60);
        self.open(&mut out);
        for (n, index) in users.iter().enumerate() {
            out.push_str(if n > 0 { ",{" } else { "{" });
            out.push_str(self.kind);
            write(&mut out, world, &world.view(*index), select);
            out.push('}');
        }
        out.push_str("]}");
        out
    }

    /// Writes everything before the first item.
    pub fn open(&self, out: &mut String) {
        out.push_str(&format!("{{\"@odata.context\":{}", json!(self.context)));
        if let Some(count) = self.count {
            out.push_str(&format!(",\"@odata.count\":{count}"));
        }
        if let Some(next) = &self.next {
            out.push_str(&format!(",\"@odata.nextLink\":{}", json!(next)));
        }
        out.push_str(",\"value\":[");
    }
}

/// `GET /users`
pub fn list(world: &World, ask: &Ask, desk: &Desk) -> Result<Answer, Problem> {
    ask.only(&["$select", "$top", "$filter", "$count", "$orderby", "$skiptoken"])?;
    let select = selection(ask, true)?;
    let sign_in = select.contains(&"signInActivity");
    let top = ask.top(if sign_in { 500 } else { 999 })?;
    let filter = read(ask)?;
    let order = order(world, ask, filter.is_some(), desk)?;
    let start = position(ask, desk)?;
    let (span, whole) = range(world, filter.as_ref());
    let wanted = |index: &u32| {
        span.contains(index) && (whole || filter.as_ref().is_none_or(|f| matches(world, &world.view(*index), f)))
    };
    let mut users = Vec::with_capacity(top);
    let mut next = None;
    // one position of the order beyond the page tells whether there is a next one
    let places: Box<dyn Iterator<Item = (u32, u32)>> = match &order {
        None => Box::new((start.max(span.start)..span.end).map(|i| (i, i))),
        Some(order) => Box::new(order.iter().enumerate().skip(start as usize).map(|(place, i)| (place as u32, *i))),
    };
    for (place, index) in places {
        if wanted(&index) {
            if users.len() == top {
                next = Some(next_link(ask, &desk.base, place));
                break;
            }
            users.push(index);
        }
    }
    let first = ask.option("$skiptoken").is_none();
    let count = (ask.advanced() && first).then(|| count(world, ask, filter.as_ref(), desk));
    let page = Page { context: desk.context("users", ask), count, next, kind: "" };
    Ok(Answer::text(page.write(world, &users, &select)))
}

/// How many users match; closed form for ranges of principal names, else counted once for each state of the tenant.
pub fn count(world: &World, ask: &Ask, filter: Option<&Filter>, desk: &Desk) -> usize {
    let (span, whole) = range(world, filter);
    match filter {
        Some(filter) if !whole => desk.cached_count(ask.option("$filter").unwrap_or_default(), world.version, || {
            span.filter(|i| matches(world, &world.view(*i), filter)).count()
        }),
        _ => span.len(),
    }
}

/// The order of the answer; `None` is that of positions.
fn order(world: &World, ask: &Ask, filtered: bool, desk: &Desk) -> Result<Option<Arc<Vec<u32>>>, Problem> {
    let Some(text) = ask.option("$orderby") else { return Ok(None) };
    if filtered && !ask.advanced() {
        return Err(Problem::query(
            "Sorting not supported for current query. Add $count=true and the ConsistencyLevel:eventual header.",
        ));
    }
    let mut words = text.split_whitespace();
    let property = words.next().unwrap_or_default();
    let down = match words.next() {
        None | Some("asc") => false,
        Some("desc") => true,
        Some(_) => return Err(Problem::bad(format!("Invalid orderby clause '{text}'."))),
    };
    let names = match property.to_ascii_lowercase().as_str() {
        "userprincipalname" if !down => return Ok(None),
        "userprincipalname" => false,
        "displayname" => true,
        _ => return Err(Problem::query(format!("Sorting by '{property}' is not supported for resource 'User'."))),
    };
    Ok(Some(desk.cached_order((names, down), world.version, || {
        let mut order: Vec<u32> = (0..world.model.count).collect();
        if names {
            order.sort_by_cached_key(|i| {
                let view = world.view(*i);
                let written = view.properties.and_then(|p| p.get("displayName")).and_then(|n| n.as_str());
                written.map_or_else(|| world.model.people.name(*i).display, str::to_owned).to_lowercase()
            });
        }
        if down {
            order.reverse();
        }
        order
    })))
}

/// `GET /users/$count`
pub fn total(world: &World, ask: &Ask, desk: &Desk) -> Result<Answer, Problem> {
    if !ask.eventual {
        return Err(Problem::bad("$count is not currently supported."));
    }
    // the path itself asks for the count
    let mut advanced = ask.clone();
    advanced.query.push(("$count".to_owned(), "true".to_owned()));
    let filter = read(&advanced)?;
    let count = count(world, ask, filter.as_ref(), desk);
    Ok(Answer { status: 200, headers: Vec::new(), body: Body::Text(count.to_string()) })
}

/// `GET /users/{id}`
pub fn one(world: &World, ask: &Ask, desk: &Desk, index: u32) -> Result<Answer, Problem> {
    ask.only(&["$select"])?;
    let select = selection(ask, false)?;
    Ok(Answer::text(single(world, desk, ask, index, &select)))
}

/// One user as JSON text.
pub fn single(world: &World, desk: &Desk, ask: &Ask, index: u32, select: &[&str]) -> String {
    let mut out = format!("{{\"@odata.context\":{},", json!(format!("{}/$entity", desk.context("users", ask))));
    write(&mut out, world, &world.view(index), select);
    out.push('}');
    out
}

/// `GET /users/{id}/licenseDetails`
pub fn license_details(world: &World, ask: &Ask, desk: &Desk, index: u32) -> Result<Answer, Problem> {
    ask.only(&["$select"])?;
    let view = world.view(index);
    let value: Vec<_> = held_products(view.holding)
        .into_iter()
        .map(|at| {
            let product = world.model.product(at);
            let entries: Vec<_> = view.holding.entries.iter().filter(|e| e.held() && e.product == at).collect();
            let plans: Vec<_> = product
                .plans
                .iter()
                .map(|(id, name)| {
                    let off = entries.iter().all(|e| e.disabled.contains(id));
                    json!({"servicePlanId": id, "servicePlanName": name, "appliesTo": "User",
                        "provisioningStatus": if off { "Disabled" } else { "Success" }})
                })
                .collect();
            let id = format!(
                "{:016x}",
                mix(world.model.seed, Subject::Assigned, u64::from(view.index) << 16 | u64::from(at))
            );
            json!({"id": id, "skuId": product.id, "skuPartNumber": product.part_number, "servicePlans": plans})
        })
        .collect();
    Ok(Answer::json(&json!({"@odata.context": desk.context("users/licenseDetails", ask), "value": value})))
}
