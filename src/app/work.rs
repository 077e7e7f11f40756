//! What a worker's thread does for the screen: lists and plans, as pure functions of their asks.

use std::sync::Arc;

use super::effect::{Deed, List, PlanAsk, ViewAsk, Wanted};
use super::msg::{Bits, PlanAnswer, Rows, ViewAnswer};
use crate::domain::ids::UserId;
use crate::domain::kind::Kind;
use crate::domain::plan::{self, Plan};
use crate::query;
use crate::store::Snapshot;

/// Filters and orders a list. `None` when `cancelled` said that nobody wants the answer any more. Takes up to a second
/// the first time a million users are ordered.
pub fn answer_view(ask: &ViewAsk, cancelled: &dyn Fn() -> bool) -> Option<ViewAnswer> {
    let snapshot = &*ask.snapshot;
    let rows = match ask.list {
        List::Users => {
            let mut rows = query::users(snapshot, &ask.query, ask.link, ask.order, cancelled)?;
            if ask.reversed {
                rows = rows.iter().rev().copied().collect();
            }
            let bits = Bits::of(&rows);
            Rows::Users(rows, bits)
        }
        List::Groups => {
            let mut ids = query::groups(snapshot, &ask.query, ask.link);
            if ask.reversed {
                ids.reverse();
            }
            Rows::Groups(ids.into())
        }
        List::Skus => {
            let mut ids = query::skus(snapshot, &ask.query, ask.link);
            if ask.reversed {
                ids.reverse();
            }
            Rows::Skus(ids.into())
        }
        List::Findings => Rows::Findings(query::findings(snapshot, &ask.query, ask.kind, cancelled)?),
    };
    Some(ViewAnswer { generation: ask.generation, list: ask.list, snapshot: Arc::clone(&ask.snapshot), rows })
}

/// Builds a plan.
pub fn answer_plan(ask: &PlanAsk) -> PlanAnswer {
    let result = match &ask.wanted {
        Wanted::These(these) => plan::build(these, &*ask.snapshot).map_err(|e| e.to_string()),
        Wanted::AllOf(kind, deed) => all_of(*kind, *deed, &ask.snapshot),
    };
    PlanAnswer { generation: ask.generation, result: result.map(Arc::new) }
}

fn all_of(kind: Kind, deed: Deed, snapshot: &Snapshot) -> Result<Plan, String> {
    let found = || snapshot.findings().all().filter_map(|at| snapshot.found(at)).filter(|f| f.kind == kind);
    let deed = match deed {
        Deed::RemoveFound => {
            // One plan is about one product: a kind over several products is fixed product by product.
            let mut skus: Vec<_> = found().filter_map(|f| f.sku).collect();
            skus.sort_unstable();
            skus.dedup();
            match skus[..] {
                [sku] => Deed::Remove(sku),
                [] => return Err("none of these findings is about a product".to_owned()),
                _ => return Err(format!("these findings are about {} products: mark the users of one", skus.len())),
            }
        }
        deed => deed,
    };
    let mut users: Vec<UserId> = found().filter_map(|f| f.user).collect();
    users.sort_unstable();
    users.dedup();
    let ask = deed.ask(users).ok_or_else(|| "nothing to plan".to_owned())?;
    plan::build(&ask, snapshot).map_err(|e| e.to_string())
}
