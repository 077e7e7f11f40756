//! The Graph surface of the simulated tenant: reads and writes as Graph answers them, refusals included.

pub mod answer;
pub mod ask;
pub mod batch;
pub mod directory;
pub mod filter;
pub mod group_writes;
pub mod groups;
pub mod license_body;
pub mod paging;
pub mod router;
pub mod serve;
pub mod tenant;
pub mod throttle;
pub mod user_filter;
pub mod user_json;
pub mod user_writes;
pub mod users;
pub mod wire;
pub mod writes;
