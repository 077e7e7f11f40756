//! Holds the arrows between the rooms, and what some rooms must not know. Reads the source text: what is written is
//! what is judged, whether it compiles today or not. Test code inside `src` is not judged.

#![allow(clippy::unwrap_used)] // a file that cannot be read is a failed test

#[path = "architecture/source.rs"]
mod source;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use source::{Source, contains_word, read_tree};

/// Which rooms a room may use. `cli` and `main` are used by nobody else.
const ARROWS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("store", &["domain"]),
    ("query", &["store", "domain"]),
    ("app", &["query", "store", "domain"]),
    ("ui", &["app", "store", "domain"]),
    ("term", &["domain"]),
    ("graph", &["domain"]),
    ("journal", &["domain"]),
    ("config", &["domain"]),
    ("sim", &["domain"]),
    ("run", &["term", "ui", "app", "graph", "journal", "config", "sim", "query", "store", "domain"]),
    ("cli", &["run", "app", "config", "domain"]),
    ("main", &["cli", "run"]),
];

/// Rooms that may use a part of `domain` only.
const PARTS_OF_DOMAIN: &[(&str, &[&str])] = &[("sim", &["ids", "catalog"]), ("term", &["text"])];

/// Rooms that compute and do nothing else.
const PURE: [&str; 4] = ["domain", "store", "query", "app"];

/// Lines that a file may have.
const LONGEST: usize = 400;

/// Files that were longer when the limit came, with their length then: they may only shrink.
const TO_BE_SPLIT: &[(&str, usize)] = &[("domain/facts.rs", 512), ("store/snapshot.rs", 467)];

/// Arrows that are not in the table.
fn arrows(sources: &[Source]) -> Vec<String> {
    let mut wrong = Vec::new();
    for source in sources {
        let allowed = ARROWS.iter().find(|(room, _)| *room == source.room);
        for used in source.uses() {
            let Some(to) = used.first().filter(|to| **to != source.room) else { continue };
            // `lib.rs` only names the rooms.
            let known = ARROWS.iter().any(|(room, _)| room == to);
            match allowed {
                Some((_, allowed)) if known && !allowed.contains(&to.as_str()) => {
                    wrong.push(format!("{}: {} must not use {to}", source.path, source.room));
                }
                None if source.room != "lib" => {
                    wrong.push(format!("{}: there is no room {}", source.path, source.room))
                }
                _ => {}
            }
            let part = PARTS_OF_DOMAIN.iter().find(|(room, _)| *room == source.room && to == "domain");
            if let (Some((_, parts)), Some(used)) = (part, used.get(1))
                && !parts.contains(&used.as_str())
            {
                wrong.push(format!("{}: {} must not use domain::{used}", source.path, source.room));
            }
        }
    }
    wrong
}

/// A way from a room back to itself.
fn cycle(sources: &[Source]) -> Option<Vec<String>> {
    let mut edges: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for source in sources.iter().filter(|s| s.room != "lib") {
        let to = source.uses().into_iter().filter_map(|used| used.first().cloned());
        edges.entry(source.room.clone()).or_default().extend(to.filter(|to| *to != source.room));
    }
    fn walk(at: &str, way: &mut Vec<String>, edges: &BTreeMap<String, BTreeSet<String>>) -> bool {
        if let Some(start) = way.iter().position(|room| room == at) {
            way.drain(..start);
            return true;
        }
        way.push(at.to_owned());
        if edges.get(at).into_iter().flatten().any(|to| walk(to, way, edges)) {
            return true;
        }
        way.pop();
        false
    }
    edges.keys().find_map(|room| {
        let mut way = Vec::new();
        walk(room, &mut way, &edges).then_some(way)
    })
}

/// Clocks, tasks and terminals where there must be none.
fn impure(sources: &[Source]) -> Vec<String> {
    let clock = ["std::time", "SystemTime", "Instant", "Timestamp::now", "Zoned::now", "tokio", "async", "await"];
    let screen = ["ratatui", "crossterm", "reqwest"];
    let mut wrong = Vec::new();
    for source in sources.iter().filter(|s| PURE.contains(&s.room.as_str())) {
        let words = clock.iter().chain(screen.iter().filter(|_| source.room == "app"));
        for word in words.filter(|word| contains_word(&source.code, word)) {
            wrong.push(format!("{}: {} in {}", source.path, word, source.room));
        }
    }
    wrong
}

/// Permits made anywhere but after the intent is on disk.
fn permits(sources: &[Source]) -> Vec<String> {
    let made = |s: &&Source| contains_word(&s.code, "Permit::grant") && s.path != "journal/permit.rs";
    sources.iter().filter(made).map(|s| format!("{}: Permit::grant", s.path)).collect()
}

/// Requests that change something, outside the one file that takes a permit. Signing in posts to the login host.
fn writes(sources: &[Source]) -> Vec<String> {
    let methods = ["post", "patch", "put", "delete"];
    let mut wrong = Vec::new();
    for source in sources.iter().filter(|s| s.room == "graph" && s.path != "graph/write.rs") {
        let signs_in = source.path.starts_with("graph/auth/") || source.path == "graph/auth.rs";
        for method in methods.iter().filter(|m| !(signs_in && **m == "post")) {
            let call = format!(".{method}(");
            let constant = format!("Method::{}", method.to_uppercase());
            if source.code.contains(&call) || contains_word(&source.code, &constant) {
                wrong.push(format!("{}: {method}", source.path));
            }
        }
        // A method by any other name: from bytes, from text, or the whole set by import.
        for other in ["Method::from_bytes", "Method::from_str", "Method::try_from", "Method::CONNECT", "Method::*"] {
            if source.code.contains(other) {
                wrong.push(format!("{}: {other}", source.path));
            }
        }
    }
    wrong
}

/// Files that say too much, or not what they are for.
fn shape(sources: &[Source]) -> Vec<String> {
    let mut wrong = Vec::new();
    for source in sources {
        let limit = TO_BE_SPLIT.iter().find(|(path, _)| *path == source.path).map_or(LONGEST, |(_, lines)| *lines);
        let lines = source.text.lines().count();
        if lines > limit {
            wrong.push(format!("{}: {lines} lines, {limit} at most", source.path));
        }
        if !source.text.starts_with("//!") {
            wrong.push(format!("{}: does not begin with its promise (//!)", source.path));
        }
    }
    wrong
}

fn tree() -> Vec<Source> {
    read_tree(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"))
}

fn nothing(wrong: Vec<String>) {
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn the_rooms_keep_to_their_arrows() {
    assert!(tree().len() > 20, "the source tree was not found");
    nothing(arrows(&tree()));
}

#[test]
fn there_is_no_cycle() {
    assert_eq!(cycle(&tree()), None);
}

#[test]
fn the_pure_rooms_have_no_clock_no_task_and_no_screen() {
    nothing(impure(&tree()));
}

#[test]
fn a_permit_is_made_in_one_place() {
    nothing(permits(&tree()));
}

#[test]
fn graph_is_only_read_outside_its_one_file() {
    nothing(writes(&tree()));
}

#[test]
fn files_have_one_subject_and_a_promise() {
    nothing(shape(&tree()));
}

/// A check that cannot fail holds nothing: each is shown what it is there for.
mod samples {
    use super::*;

    fn one(path: &str, text: &str) -> Vec<Source> {
        vec![Source::new(path, text)]
    }

    #[test]
    fn forbidden_arrows_are_seen_however_they_are_written() {
        for (path, text) in [
            ("domain/a.rs", "use crate::store::Snapshot;"),
            ("store/a.rs", "fn f() { crate::query::users(); }"),
            ("store/mod.rs", "use super::query;"),
            ("ui/a/b.rs", "use super::super::super::graph::Client;"),
            ("ui/a.rs", "use crate::{app::State, domain::{ids::UserId}, query::Query};"),
            ("run/a.rs", "use crate::{\n    cli,\n};"),
            ("graph/a.rs", "use crate :: journal :: Run;"),
            ("sim/a.rs", "use crate::domain::license::held;"),
            ("sim/a.rs", "use crate::domain::{ids::UserId, rules};"),
            ("term/a.rs", "use crate::domain::ids::UserId;"),
            ("main.rs", "use tenantry::graph::Client;"),
            ("helpers/mod.rs", "use crate::domain::ids::UserId;"),
        ] {
            assert_eq!(arrows(&one(path, text)).len(), 1, "{path}: {text}");
        }
    }

    #[test]
    fn allowed_arrows_comments_texts_and_tests_are_let_through() {
        for (path, text) in [
            ("store/a.rs", "use crate::domain::ids; use super::chunk::Chunk; use crate::store::fold;"),
            ("domain/rules/a.rs", "use super::super::license; // crate::store\n/* crate::graph */"),
            ("domain/a.rs", "const A: &str = \"crate::store\"; const B: &str = r#\"use crate::graph;\"#;"),
            ("graph/a.rs", "fn f() {}\n#[cfg(test)]\nmod tests { use crate::sim::Server; fn f() { \"}\"; } }"),
            ("graph/a_tests.rs", "use crate::sim::Server;"),
            ("sim/a.rs", "use crate::domain::{catalog::Catalog, ids};"),
            ("main.rs", "use tenantry::{cli, run::Output};"),
            ("lib.rs", "pub mod cli; pub mod run;"),
        ] {
            assert_eq!(arrows(&one(path, text)), Vec::<String>::new(), "{path}: {text}");
        }
    }

    #[test]
    fn a_cycle_is_seen() {
        let sources = [
            Source::new("app/a.rs", "use crate::query::Query;"),
            Source::new("query/a.rs", "use crate::store::Snapshot;"),
            Source::new("store/a.rs", "use crate::app::State;"),
        ];
        assert_eq!(cycle(&sources).map(|way| way.len()), Some(3));
        assert_eq!(cycle(&sources[..2]), None);
    }

    #[test]
    fn clocks_tasks_and_screens_are_seen() {
        for (path, text) in [
            ("domain/a.rs", "use std::time::Duration;"),
            ("store/a.rs", "fn f() { let t = Instant::now(); }"),
            ("query/a.rs", "async fn f() {}"),
            ("app/a.rs", "use tokio::sync::mpsc;"),
            ("app/a.rs", "use ratatui::text::Line;"),
            ("app/a.rs", "use crossterm::event::KeyCode;"),
            ("domain/a.rs", "fn f() { jiff::Timestamp::now(); }"),
        ] {
            assert_eq!(impure(&one(path, text)).len(), 1, "{path}: {text}");
        }
        assert!(impure(&one("app/a.rs", "struct Instantaneous; // tokio\nfn now() {}")).is_empty());
    }

    #[test]
    fn permits_and_writes_are_seen() {
        assert_eq!(permits(&one("run/a.rs", "let p = Permit::grant(&w, &c);")).len(), 1);
        assert!(permits(&one("journal/permit.rs", "Permit::grant(&w, &c)")).is_empty());
        for text in ["client.post(url)", "Method::PATCH", "x.delete (url)", "use reqwest::Method::*;"] {
            assert_eq!(writes(&one("graph/read.rs", text)).len(), 1, "{text}");
        }
        assert!(writes(&one("graph/write.rs", "Method::POST")).is_empty());
        assert!(writes(&one("graph/auth/device.rs", "client.post(url)")).is_empty());
        assert_eq!(writes(&one("graph/auth/device.rs", "client.patch(url)")).len(), 1);
    }

    #[test]
    fn long_files_and_missing_promises_are_seen() {
        assert_eq!(shape(&one("run/a.rs", "fn f() {}\n")).len(), 1);
        assert_eq!(shape(&one("run/a.rs", &format!("//! Is.\n{}", "\n".repeat(LONGEST)))).len(), 1);
        assert!(shape(&one("run/a.rs", "//! Is.\n")).is_empty());
    }
}
