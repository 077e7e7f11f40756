//! A simulated Microsoft 365 tenant behind a real HTTP server on loopback.
//!
//! The program under test gets a base URL and a token and cannot tell the difference: users, groups and products are
//! read and written as Microsoft Graph has it, group-based licensing works in the background, requests are refused as
//! Graph refuses them, and the server can be asked to misbehave. What is wrong in the tenant is planted by
//! construction and listed by [`Server::planted`]. Nothing here uses the program's own licensing arithmetic.

mod audit;
mod clock;
mod constraints;
mod engine;
mod entries;
mod groups;
mod http;
mod licensing;
mod mix;
mod model;
mod names;
mod options;
mod people;
mod planted;
mod products;
mod roles;
mod server;
mod world;

pub use options::{Faults, Options, Planted, RequestLine, Scenario, UnknownScenario};
pub use server::Server;
