//! Read-only mode: every action, by key and by palette, in every place, asks for no plan and applies nothing.

mod app_world;

use app_world::*;
use tenantry::app::{Action, Danger, Effect, Key, Msg};
use tenantry::domain::access::ReadOnly;

fn writes(driver: &Driver) -> bool {
    !driver.plans_asked.is_empty() || driver.effects.iter().any(|e| matches!(e, Effect::Plan(_) | Effect::Apply(_)))
}

const PLACES: [&str; 9] = ["1", "1 Enter", "1 Enter Enter", "2 j", "2 j Enter", "2 Space Space", "3", "4", "5"];

#[test]
fn no_key_anywhere_leads_to_a_plan() {
    for size in [(80, 24), (160, 50)] {
        for place in PLACES {
            for spec in Action::table() {
                for key in spec.keys {
                    let mut d = Driver::new(read_only(size.0, size.1));
                    d.keys(place);
                    d.key(*key);
                    d.keys("Enter Enter y Enter");
                    assert!(!writes(&d), "{} at {place}", spec.id);
                }
            }
        }
    }
}

#[test]
fn no_entry_of_the_palette_leads_to_a_plan_and_each_says_why() {
    for place in PLACES {
        for spec in Action::table().iter().filter(|s| s.danger == Danger::Plans) {
            let mut d = Driver::new(read_only(80, 24));
            d.keys(place);
            d.key(Key::char(':'));
            d.keys(spec.id);
            d.keys("Enter");
            assert!(d.notice().contains("read-only audit (--read-only)"), "{} at {place}: {}", spec.id, d.notice());
            d.keys("Enter y Enter");
            assert!(!writes(&d), "{} at {place}", spec.id);
        }
    }
}

#[test]
fn turning_read_only_closes_a_plan_that_was_about_to_be_confirmed() {
    let mut d = Driver::new(init(80, 24));
    d.keys("2 j u Enter");
    assert!(d.confirm().is_some());
    d.send(Msg::ReadOnly(ReadOnly::Token));
    assert!(d.confirm().is_none());
    d.keys("y Enter y Enter");
    assert_eq!(d.applied(), 0);
    assert!(d.screen().contains("AUDIT"), "{}", d.screen());
}

#[test]
fn the_same_driver_does_ask_for_plans_when_it_may() {
    // The proof that the tests above would notice.
    let mut d = Driver::new(init(80, 24));
    d.keys("2 j u Enter y");
    assert!(writes(&d));
}
