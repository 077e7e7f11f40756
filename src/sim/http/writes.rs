//! Writing: the routes.

use super::answer::{Answer, Problem};
use super::ask::Ask;
use super::router::Desk;
use super::{directory, group_writes, user_writes};

/// Answers a request that is no GET.
pub fn route(desk: &Desk, ask: &Ask) -> Result<Answer, Problem> {
    let words: Vec<&str> = ask.segments.iter().map(String::as_str).collect();
    match (ask.method.as_str(), words.as_slice()) {
        ("POST", ["directoryObjects", "getByIds"]) => directory::by_ids(&desk.tenant.read(), ask, desk),
        ("PATCH", ["users", key]) => user_writes::patch(desk, ask, key),
        ("POST", ["users", key, "assignLicense" | "microsoft.graph.assignLicense"]) => {
            user_writes::assign_license(desk, ask, key)
        }
        ("POST", ["users", key, "reprocessLicenseAssignment" | "microsoft.graph.reprocessLicenseAssignment"]) => {
            user_writes::reprocess(desk, ask, key)
        }
        ("POST", ["groups", key, "assignLicense" | "microsoft.graph.assignLicense"]) => {
            group_writes::assign_license(desk, ask, key)
        }
        ("POST", ["groups", key, "members", "$ref"]) => group_writes::add_member(desk, ask, key),
        ("DELETE", ["groups", key, "members", user, "$ref"]) => group_writes::remove_member(desk, key, user),
        ("PATCH", ["groups", key]) => group_writes::patch(desk, ask, key),
        ("DELETE", ["groups", key]) => group_writes::delete(desk, key),
        (_, other) => Err(Problem::no_route(other.last().unwrap_or(&""))),
    }
}
