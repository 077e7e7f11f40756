//! Which users a filter names: principal-name clauses become a range of positions, the rest is asked of each user.

use std::ops::Range;

use super::answer::Problem;
use super::ask::Ask;
use super::filter::{Filter, Literal, Op};
use super::user_json::{created, mail, proxy_addresses};
use crate::domain::ids::{PlanId, SkuId};
use crate::sim::clock;
use crate::sim::world::{View, World};

const FILTERABLE: &[&str] = &[
    "id",
    "userprincipalname",
    "displayname",
    "givenname",
    "surname",
    "mail",
    "accountenabled",
    "usertype",
    "usagelocation",
    "country",
    "department",
    "jobtitle",
    "createddatetime",
    "onpremisessyncenabled",
    "assignedlicenses",
    "assignedplans",
    "proxyaddresses",
];

/// Reads and checks the `$filter` of a request about users.
pub fn read(ask: &Ask) -> Result<Option<Filter>, Problem> {
    let Some(text) = ask.option("$filter") else { return Ok(None) };
    let filter = Filter::parse(text)?;
    let mut bad = None;
    filter.visit(&mut |property, clause| {
        let known = property.is_empty() || FILTERABLE.contains(&property.to_ascii_lowercase().as_str());
        let collection = matches!(clause, Filter::Any(..) | Filter::Count(..));
        let is_collection =
            matches!(property.to_ascii_lowercase().as_str(), "assignedlicenses" | "assignedplans" | "proxyaddresses");
        let ordered_id = property.eq_ignore_ascii_case("id")
            && matches!(
                clause,
                Filter::Starts(..) | Filter::Ends(..) | Filter::Compare(_, Op::Ge | Op::Gt | Op::Le | Op::Lt, _)
            );
        if !known || ordered_id || (!property.is_empty() && collection != is_collection) {
            bad.get_or_insert(property.to_owned());
        }
    });
    if let Some(property) = bad {
        return Err(Problem::query(format!(
            "Unsupported or invalid query filter clause specified for property '{property}' of resource 'User'."
        )));
    }
    if let (Some(operator), false) = (filter.advanced(), ask.advanced()) {
        return Err(needs_advanced(operator));
    }
    Ok(Some(filter))
}

/// The refusal of an operator outside an advanced query.
pub fn needs_advanced(operator: &str) -> Problem {
    Problem::query(format!(
        "Operator '{operator}' is not supported because the required parameters might be missing. Try adding $count=true query \
         parameter and ConsistencyLevel:eventual header. Refer to https://aka.ms/graph-docs/advanced-queries for more information"
    ))
}

/// The positions among which all matches lie, and whether every position among them matches.
pub fn range(world: &World, filter: Option<&Filter>) -> (Range<u32>, bool) {
    let model = &world.model;
    let (mut low, mut high, mut whole) = (0, model.count, true);
    for clause in filter.map(Filter::clauses).unwrap_or_default() {
        let bound = |text: &str, inclusive: bool| {
            let text = text.to_lowercase();
            model.first_not(|u| u < text.as_str() || (inclusive && u == text))
        };
        match clause {
            Filter::Compare(p, op, Literal::Text(v)) if p.eq_ignore_ascii_case("userPrincipalName") => match op {
                Op::Ge => low = low.max(bound(v, false)),
                Op::Gt => low = low.max(bound(v, true)),
                Op::Lt => high = high.min(bound(v, false)),
                Op::Le => high = high.min(bound(v, true)),
                Op::Eq => (low, high) = (low.max(bound(v, false)), high.min(bound(v, true))),
                Op::Ne => whole = false,
            },
            Filter::Starts(p, v) if p.eq_ignore_ascii_case("userPrincipalName") => {
                let prefix = v.to_lowercase();
                low = low.max(bound(v, false));
                high = high.min(model.first_not(|u| u < prefix.as_str() || u.starts_with(&prefix)));
            }
            _ => whole = false,
        }
    }
    (low..high.max(low), whole)
}

/// Whether a user matches.
pub fn matches(world: &World, view: &View<'_>, filter: &Filter) -> bool {
    match filter {
        Filter::And(parts) => parts.iter().all(|p| matches(world, view, p)),
        Filter::Or(parts) => parts.iter().any(|p| matches(world, view, p)),
        Filter::Not(inner) => !matches(world, view, inner),
        Filter::Compare(property, op, literal) => compare(&field(world, view, property), *op, literal),
        Filter::In(property, values) => {
            let field = field(world, view, property);
            values.iter().any(|v| compare(&field, Op::Eq, v))
        }
        Filter::Starts(property, text) => {
            field(world, view, property).as_text().is_some_and(|f| f.to_lowercase().starts_with(&text.to_lowercase()))
        }
        Filter::Ends(property, text) => {
            field(world, view, property).as_text().is_some_and(|f| f.to_lowercase().ends_with(&text.to_lowercase()))
        }
        Filter::Count(_, op, number) => {
            let held = view.holding.entries.iter().filter(|e| e.held()).count() as i64;
            // only 0 is asked for in practice, for which repeated products make no difference
            ordered(held.cmp(number), *op)
        }
        Filter::Any(property, clauses) => any(world, view, property, clauses),
    }
}

fn any(world: &World, view: &View<'_>, property: &str, clauses: &[(String, Op, Literal)]) -> bool {
    let model = &world.model;
    let held = || view.holding.entries.iter().filter(|e| e.held());
    let wanted = |name: &str| {
        clauses.iter().find(|(field, ..)| field.eq_ignore_ascii_case(name)).and_then(|(_, _, v)| v.as_text())
    };
    match property.to_ascii_lowercase().as_str() {
        "assignedlicenses" => match wanted("skuId").map(SkuId::parse) {
            None => held().next().is_some(),
            Some(Ok(sku)) => held().any(|e| model.product(e.product).id == sku),
            Some(Err(_)) => false,
        },
        "assignedplans" => {
            let status = wanted("capabilityStatus").is_none_or(|s| s.eq_ignore_ascii_case("Enabled"));
            match wanted("servicePlanId").map(PlanId::parse) {
                None => status && held().next().is_some(),
                Some(Ok(plan)) => {
                    status && held().any(|e| model.product(e.product).enabled(&e.disabled).any(|p| p == plan))
                }
                Some(Err(_)) => false,
            }
        }
        _ => {
            let address = wanted("").unwrap_or_default();
            proxy_addresses(world, view.index).iter().any(|a| a.eq_ignore_ascii_case(address))
        }
    }
}

fn field(world: &World, view: &View<'_>, property: &str) -> Literal {
    let (model, index) = (&world.model, view.index);
    let role = model.cast.role(index);
    let written = |name: &str| view.properties.and_then(|p| p.get(name));
    let text = |name: &str, base: &dyn Fn() -> String| match written(name) {
        Some(value) => value.as_str().map_or(Literal::Null, |s| Literal::Text(s.to_owned())),
        None => Literal::Text(base()),
    };
    match property.to_ascii_lowercase().as_str() {
        "id" => Literal::Text(model.user_id(index).to_string()),
        "userprincipalname" => Literal::Text(model.upn(index)),
        "displayname" => text("displayName", &|| model.people.name(index).display),
        "givenname" => text("givenName", &|| model.people.name(index).given.to_owned()),
        "surname" => text("surname", &|| model.people.name(index).family.to_owned()),
        "mail" => mail(world, index).map_or(Literal::Null, Literal::Text),
        "accountenabled" => Literal::Bool(view.enabled),
        "usertype" => Literal::Text(if role.guest() { "Guest" } else { "Member" }.to_owned()),
        "usagelocation" => view.location.map_or(Literal::Null, |l| Literal::Text(l.to_owned())),
        "country" => text("country", &|| model.people.country(index).name.to_owned()),
        "department" => text("department", &|| model.department(index).0.to_owned()),
        "jobtitle" => text("jobTitle", &|| model.department(index).1.to_owned()),
        "createddatetime" => Literal::Text(clock::text(created(world, index))),
        "onpremisessyncenabled" if model.synced(index) => Literal::Bool(true),
        _ => Literal::Null,
    }
}

fn ordered(order: std::cmp::Ordering, op: Op) -> bool {
    match op {
        Op::Eq => order.is_eq(),
        Op::Ne => order.is_ne(),
        Op::Ge => order.is_ge(),
        Op::Gt => order.is_gt(),
        Op::Le => order.is_le(),
        Op::Lt => order.is_lt(),
    }
}

fn compare(field: &Literal, op: Op, literal: &Literal) -> bool {
    match (field, literal) {
        (Literal::Null, Literal::Null) => matches!(op, Op::Eq | Op::Ge | Op::Le),
        (Literal::Bool(a), Literal::Bool(b)) => ordered(a.cmp(b), op),
        (Literal::Text(a), _) if literal.as_text().is_some() => {
            let b = literal.as_text().unwrap_or_default();
            ordered(a.to_lowercase().as_str().cmp(b.to_lowercase().as_str()), op)
        }
        _ => op == Op::Ne,
    }
}
