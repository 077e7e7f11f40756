//! The worst that could happen: a write to an object that the operator did not see. Whatever moves below an open plan,
//! the plan names the same objects; whatever moves between two keys, the cursor stays on its object.

#![allow(clippy::unwrap_used, reason = "a test may")]

mod app_world;

use std::sync::Arc;

use app_world::*;
use tenantry::app::{Effect, Item, Key, List, Msg, PlanAnswer, update};
use tenantry::domain::facts::FactSink;
use tenantry::store::{Builder, Snapshot};

/// A newer snapshot: people come, go and are added in front of others.
fn churn(builder: &mut Builder, random: &mut fastrand::Rng) -> Arc<Snapshot> {
    for _ in 0..random.usize(0..4) {
        let n = random.u32(0..11);
        if random.bool() {
            builder.user_gone(user_id(n));
        } else {
            fill(builder, random.u32(0..20));
        }
    }
    builder.snapshot()
}

#[test]
fn an_open_plan_never_changes_its_objects() {
    for seed in 0..60 {
        let mut random = fastrand::Rng::with_seed(seed);
        let mut builder = Builder::new(now());
        fill(&mut builder, 5);
        let mut d = Driver::empty(init(80, 24));
        d.send(Msg::Snapshot(builder.snapshot()));
        d.keys("2");
        for _ in 0..random.usize(0..9) {
            d.keys(["j", "Space", "k", "v", "G", "g"][random.usize(0..6)]);
        }
        d.answer_plans = false;
        let users = d.state.list(List::Users);
        let expected: Vec<_> = if users.marks.is_empty() {
            users.cursor.into_iter().filter_map(Item::user).collect()
        } else {
            users.marks.iter().filter_map(|i| i.user()).collect()
        };
        d.keys("u");
        // While the picker is open, everything below moves.
        d.send(Msg::Snapshot(churn(&mut builder, &mut random)));
        d.keys("Enter");
        d.send(Msg::Snapshot(churn(&mut builder, &mut random)));
        let ask = d.plans_asked.last().unwrap().clone();
        let mut wanted = users_of(&ask);
        let mut expected_sorted = expected.clone();
        wanted.sort_unstable();
        expected_sorted.sort_unstable();
        assert_eq!(wanted, expected_sorted, "seed {seed}");
        let plan = Arc::new(fake_plan(&ask));
        d.send(Msg::Plan(PlanAnswer { generation: ask.generation, result: Ok(Arc::clone(&plan)) }));
        for _ in 0..5 {
            d.send(Msg::Snapshot(churn(&mut builder, &mut random)));
            d.send(Msg::Resize { cols: random.u16(40..200), rows: random.u16(16..60) });
            d.keys(["j", "PgDn", "Space", "/", "s", "n", "*", "1", "G", "r"][random.usize(0..10)]);
        }
        d.keys("y");
        let applied: Vec<_> = d
            .effects
            .iter()
            .filter_map(|e| match e {
                Effect::Apply(confirmed) => Some(Arc::clone(confirmed.plan())),
                _ => None,
            })
            .collect();
        assert_eq!(applied.len(), 1, "seed {seed}: {}", d.screen());
        assert!(Arc::ptr_eq(&applied[0], &plan), "seed {seed}: the plan that was shown is the plan that is sent");
    }
}

#[test]
fn the_cursor_stays_on_its_object_through_refresh_sort_and_filter() {
    for seed in 0..40 {
        let mut random = fastrand::Rng::with_seed(1000 + seed);
        let mut builder = Builder::new(now());
        fill(&mut builder, 5);
        let mut d = Driver::empty(init(80, 24));
        d.send(Msg::Snapshot(builder.snapshot()));
        d.keys("2");
        for _ in 0..random.usize(1..12) {
            d.keys("j");
        }
        let cursor = d.state.list(List::Users).cursor.unwrap();
        for _ in 0..6 {
            match random.u8(0..4) {
                0 => {
                    fill(&mut builder, random.u32(0..40));
                    d.send(Msg::Snapshot(builder.snapshot()));
                }
                1 => d.keys(["s n", "s l", "s p", "s s"][random.usize(0..4)]),
                2 if d.state.list(List::Users).filter.is_empty() => d.keys("/ contoso Enter"),
                _ => d.keys("Esc"),
            }
            let list = d.state.list(List::Users);
            assert_eq!(list.cursor, Some(cursor), "seed {seed}");
            assert_eq!(list.view.as_ref().and_then(|v| v.item(list.at)), Some(cursor), "seed {seed}");
        }
    }
}

#[test]
fn a_list_does_not_move_behind_a_dialog() {
    let mut builder = Builder::new(now());
    fill(&mut builder, 0);
    let mut d = Driver::empty(init(80, 24));
    d.send(Msg::Snapshot(builder.snapshot()));
    d.keys("2 j j u");
    let before = d.state.list(List::Users).len();
    fill(&mut builder, 50);
    builder.user_gone(user_id(2));
    d.send(Msg::Snapshot(builder.snapshot()));
    assert_eq!(d.state.list(List::Users).len(), before);
    d.keys("Esc");
    assert_eq!(d.state.list(List::Users).len(), before + 49);
    let cursor = d.state.list(List::Users).cursor;
    assert!(cursor == Some(Item::User(user_id(3))) || cursor == Some(Item::User(user_id(1))), "{cursor:?}");
}

#[test]
fn escape_goes_back_and_never_does_anything_else() {
    for seed in 0..120 {
        let mut random = fastrand::Rng::with_seed(7000 + seed);
        let mut d = Driver::new(if random.bool() { init(80, 24) } else { init(160, 50) });
        for _ in 0..random.usize(0..12) {
            let keys = [
                "j", "2", "3", "1", "Enter", "Space", "v", "/", "a", "f", "F", "u", "l", "p", "x", ":", "?", "y", "*",
                "s", "Tab",
            ];
            d.keys(keys[random.usize(0..keys.len())]);
            if d.confirm().is_some() {
                break;
            }
        }
        let marks: usize = List::ALL.iter().map(|l| d.state.list(*l).marks.len()).sum();
        let mut depth = d.state.layers.len();
        for _ in 0..12 {
            let effects = update(
                &mut d.state,
                Msg::Key { key: Key::plain(tenantry::app::Code::Esc), at_ms: d.clock, burst: false },
            );
            assert!(effects.iter().all(|e| matches!(e, Effect::View(_))), "seed {seed}: {effects:?}");
            assert!(
                d.state.layers.len() <= depth && d.state.layers.len() + 1 >= depth,
                "seed {seed}: one layer at a time"
            );
            depth = d.state.layers.len();
            let left: usize = List::ALL.iter().map(|l| d.state.list(*l).marks.len()).sum();
            assert_eq!(left, marks, "seed {seed}: marks are not taken by Esc");
        }
        assert!(d.state.layers.is_empty());
    }
}
