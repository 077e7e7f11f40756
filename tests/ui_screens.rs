//! Whole screens at several sizes, and every size without a panic.

mod app_world;

use app_world::*;

#[test]
fn draws() {
    let mut d = Driver::new(init(80, 24));
    d.keys("2 j Enter");
    assert!(d.screen().contains("Bela Braun"), "{}", d.screen());
}
