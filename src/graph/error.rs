//! What can go wrong between here and Graph, each with what the operator can do next.

use super::auth::AuthError;
use crate::domain::facts::Part;
use crate::domain::refusal::{Cause, GraphRefusal};
use crate::domain::text::Clean;

/// Why a request, or a whole load, has no result.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GraphError {
    /// No connection, or none that lasts.
    #[error("cannot reach {host}: {why}; check the network, the proxy settings and the Graph URL{}", id(.client_request_id))]
    Unreachable {
        /// Host and port.
        host: String,
        /// What the network said.
        why: String,
        /// The id that was sent, if anything was.
        client_request_id: Option<String>,
    },
    /// There is no token.
    #[error(transparent)]
    Auth(#[from] AuthError),
    /// Graph refused.
    #[error("Graph refused {what}: {}{}{}", Clean::owned(.refusal.to_string()), hint(.refusal), id(&.refusal.request_id))]
    Refused {
        /// What was asked for.
        what: String,
        /// In Graph's words.
        refusal: Box<GraphRefusal>,
    },
    /// Whatever answers is not Graph.
    #[error("{host} does not answer like Microsoft Graph: {instead}; check the Graph URL and whether a proxy signs people in{}", id(.request_id))]
    NotGraph {
        /// Host and port.
        host: String,
        /// What came instead.
        instead: String,
        /// `request-id`, if the server gave one.
        request_id: Option<String>,
    },
    /// Answers broke off, each time.
    #[error("answers of {host} break off ({why}); something between here and Graph cuts them; try again{}", id(.request_id))]
    Truncated {
        /// Host and port.
        host: String,
        /// Where the last one ended.
        why: String,
        /// `request-id`.
        request_id: Option<String>,
    },
    /// A link or redirect leads to another origin.
    #[error("an answer of {host} leads to {to}, which is not followed: the token is for {host} only{}", id(.request_id))]
    ForeignOrigin {
        /// Host and port of the base URL.
        host: String,
        /// Where it would lead.
        to: String,
        /// `request-id`.
        request_id: Option<String>,
    },
    /// Paging goes in circles.
    #[error("{what} cannot be read to the end: the next page is one that was read already; try again{}", id(.request_id))]
    NoProgress {
        /// What was asked for.
        what: String,
        /// `request-id`.
        request_id: Option<String>,
    },
    /// An answer larger than any that Graph gives.
    #[error("an answer of {host} is larger than {limit_mb} MB, which Graph never sends; check the Graph URL{}", id(.request_id))]
    TooLarge {
        /// Host and port.
        host: String,
        /// The limit.
        limit_mb: usize,
        /// `request-id`.
        request_id: Option<String>,
    },
    /// The client is bound to another tenant already.
    #[error("this session belongs to tenant {0}; start another one for another tenant")]
    OtherTenant(crate::domain::ids::TenantId),
    /// The client could not be built.
    #[error("the HTTP client cannot start: {0}; check SSL_CERT_FILE, SSL_CERT_DIR and the proxy settings")]
    Setup(String),
    /// The operator stopped it.
    #[error("cancelled")]
    Cancelled,
}

fn id(id: &Option<String>) -> String {
    id.as_deref().map(|id| format!(" [request id {}]", Clean::new(id))).unwrap_or_default()
}

fn hint(refusal: &GraphRefusal) -> &'static str {
    match refusal.cause {
        Cause::Unauthenticated => "; the token is expired or made for another service or cloud: sign in again",
        Cause::Forbidden => "; the permission or the directory role is missing",
        Cause::Throttled => "; too many requests by this application: wait a few minutes",
        Cause::Service => "; the service has a fault: try again later",
        _ => "",
    }
}

impl GraphError {
    /// The refusal inside, if Graph refused.
    pub fn refusal(&self) -> Option<&GraphRefusal> {
        match self {
            GraphError::Refused { refusal, .. } => Some(refusal),
            _ => None,
        }
    }

    /// Whether sign-in or a permission is what is missing, as opposed to a fault.
    pub fn is_permission(&self) -> bool {
        match self {
            GraphError::Auth(_) => true,
            GraphError::Refused { refusal, .. } => matches!(refusal.status, 401 | 403),
            _ => false,
        }
    }

    /// Whether every other request would end the same way, so that a load need not go on.
    pub(super) fn is_final(&self) -> bool {
        match self {
            GraphError::Refused { refusal, .. } => refusal.status == 401,
            GraphError::Truncated { .. } | GraphError::NoProgress { .. } | GraphError::TooLarge { .. } => false,
            _ => true,
        }
    }

    /// Whether the server does not know the question: a filter, a count, a parameter. Worth asking in a plainer way.
    pub(super) fn is_unsupported(&self) -> bool {
        match self {
            GraphError::Refused { refusal, .. } => matches!(refusal.status, 400 | 404 | 405 | 501),
            // A `$count` that comes back as JSON or HTML.
            GraphError::NotGraph { .. } => true,
            _ => false,
        }
    }

    /// Whether a page token has died, which a restart of its stream cures (reference 1.6).
    pub(super) fn is_expired_page(&self) -> bool {
        self.refusal().is_some_and(|refusal| {
            let text = refusal.message.to_ascii_lowercase();
            refusal.code.eq_ignore_ascii_case("Directory_ExpiredPageToken")
                || refusal.code.eq_ignore_ascii_case("Directory_ReplicaUnavailable")
                || refusal.status == 400 && text.contains("page token") && text.contains("expired")
        })
    }
}

/// The least permission that reads a part (reference 13).
pub fn permission_for(part: Part) -> &'static str {
    match part {
        Part::Organization | Part::Subscriptions => "Organization.Read.All",
        Part::Skus => "LicenseAssignment.Read.All",
        Part::Users => "User.Read.All",
        Part::Groups | Part::Members => "GroupMember.Read.All",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_say_what_to_do_and_carry_the_request_id_and_nothing_that_acts() {
        let refusal = GraphRefusal::new(401, "InvalidAuthenticationToken", "no\u{1b}[31m", Some("r-1".to_owned()));
        let error = GraphError::Refused { what: "users".to_owned(), refusal: Box::new(refusal) };
        let text = error.to_string();
        assert!(text.contains("sign in again") && text.contains("[request id r-1]"), "{text}");
        assert!(!text.contains('\u{1b}'), "{text}");
        assert!(error.is_final() && error.is_permission());
    }

    #[test]
    fn a_dead_page_token_is_told_from_other_refusals() {
        let refused = |status, code, message| GraphError::Refused {
            what: String::new(),
            refusal: Box::new(GraphRefusal::new(status, code, message, None)),
        };
        assert!(refused(400, "Directory_ExpiredPageToken", "").is_expired_page());
        assert!(
            refused(400, "", "The specified page token value has expired and can no longer be included")
                .is_expired_page()
        );
        assert!(!refused(400, "Request_BadRequest", "Invalid filter clause").is_expired_page());
    }
}
