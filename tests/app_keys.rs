//! The key sheet is made from the action table, and the one in `assets/` is that one.
#![allow(clippy::unwrap_used, reason = "a test may")]

use tenantry::app::{Action, keys_markdown};

#[test]
fn the_key_sheet_in_assets_is_fresh() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/keys.md");
    if std::env::var_os("UPDATE_KEYS").is_some() {
        std::fs::write(path, keys_markdown()).unwrap();
    }
    assert_eq!(std::fs::read_to_string(path).unwrap(), keys_markdown(), "run the tests with UPDATE_KEYS=1");
}

#[test]
fn every_action_stands_in_it_with_its_keys() {
    let sheet = keys_markdown();
    for spec in Action::table() {
        assert!(sheet.contains(&format!("| {} |", spec.id)), "{}", spec.id);
        for key in spec.keys {
            assert!(sheet.contains(&format!("`{key}`")), "{key}");
        }
    }
}
