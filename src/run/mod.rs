//! Wiring: the event loop, effects to tasks, loading, applying, and the commands without a screen.

pub mod apply;
pub mod clock;
pub mod live;
