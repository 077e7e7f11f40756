//! What a refusal of Graph means. Nearly every licensing refusal is `400 Request_BadRequest`; only the English text
//! tells them apart, and Graph asks clients not to lean on it. So texts are matched tolerantly and kept raw.

use serde::{Deserialize, Serialize};

use super::ids::{PlanId, SkuId};

/// Why Graph refused, as far as status, code and text tell. Sources: graph-licensing reference 5.4 and 10.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// The usage location is missing or invalid.
    UsageLocation,
    /// No free seat, and of which product where the text says it.
    NoSeat(Option<SkuId>),
    /// Plans exclude each other: the ids in the text, in its order.
    MutuallyExclusive(Vec<PlanId>),
    /// The first plan needs one of the others.
    Dependency(PlanId, Vec<PlanId>),
    /// The license comes from a group and cannot be removed from the user.
    Inherited,
    /// The license that was to be removed is not there.
    NotHeld,
    /// The user is a member of the group already.
    MemberAlready,
    /// The tenant does not own the product.
    NotOwned(Option<SkuId>),
    /// The product applies to the company, not to users.
    NotForUsers,
    /// Role or scope missing, or a product that tenant administrators cannot manage.
    Forbidden,
    /// Mastered on-premises, or being migrated.
    OnPremises,
    /// An address of the object is taken by another.
    AddressInUse,
    /// The object is not there, or not replicated yet.
    NotFound,
    /// Another request is changing the tenant or the object.
    Concurrent,
    /// Too many requests.
    Throttled,
    /// The token was not accepted.
    Unauthenticated,
    /// The service failed.
    Service,
    /// None of these.
    Unrecognized,
}

/// A refusal with its raw words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GraphRefusal {
    /// HTTP status.
    pub status: u16,
    /// `error.code`.
    pub code: String,
    /// `error.message`, raw.
    pub message: String,
    /// `request-id`, for support.
    pub request_id: Option<String>,
    /// What it means.
    pub cause: Cause,
}

impl GraphRefusal {
    /// Reads a refusal.
    pub fn new(status: u16, code: &str, message: &str, request_id: Option<String>) -> GraphRefusal {
        GraphRefusal {
            status,
            code: code.to_owned(),
            message: message.to_owned(),
            request_id,
            cause: cause(status, code, message),
        }
    }
}

impl std::fmt::Display for GraphRefusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.code.is_empty() {
            write!(f, "{} {}", self.status, self.message)
        } else {
            write!(f, "{} {}: {}", self.status, self.code, self.message)
        }
    }
}

/// What status, code and text mean.
pub fn cause(status: u16, code: &str, message: &str) -> Cause {
    let text = message.to_ascii_lowercase();
    let has = |part: &str| text.contains(part);
    let ids = guids(message);
    let plans = || ids.iter().map(|&id| PlanId::from_u128(id)).collect::<Vec<_>>();
    let sku = || ids.last().map(|&id| SkuId::from_u128(id));
    if has("invalid usage location") {
        Cause::UsageLocation
    } else if has("mutually exclusive") || has("conflict") && has("plan") {
        // The newer wording lists the licenses being added after the pair: those ids are products, not plans.
        let pairs = text.find("licenses being added").map_or(message, |end| message.get(..end).unwrap_or(message));
        Cause::MutuallyExclusive(guids(pairs).into_iter().map(PlanId::from_u128).collect())
    } else if has("depends on") || has("without service plan") {
        match plans().split_first() {
            Some((plan, needs)) => Cause::Dependency(*plan, needs.to_vec()),
            None => Cause::Unrecognized,
        }
    } else if has("available licenses") {
        Cause::NoSeat(sku())
    } else if has("inherited from a group") || has("inheritedlicense") {
        Cause::Inherited
    } else if has("does not have a corresponding license") {
        Cause::NotHeld
    } else if has("object references already exist") {
        Cause::MemberAlready
    } else if has("valid company license") {
        Cause::NotOwned(sku())
    } else if has("cannot be assigned to a user") {
        Cause::NotForUsers
    } else if has("on-premises mastered") || has("originated within an external service") {
        Cause::OnPremises
    } else if has("proxyaddresses") || has("proxy address") {
        Cause::AddressInUse
    } else {
        match (status, code) {
            (401, _) => Cause::Unauthenticated,
            (403, _) => Cause::Forbidden,
            (404, _) => Cause::NotFound,
            (409, _) | (_, "Directory_ConcurrencyViolation") => Cause::Concurrent,
            (429, _) => Cause::Throttled,
            (500.., _) => Cause::Service,
            _ => Cause::Unrecognized,
        }
    }
}

/// Every GUID in a text, in its order, whatever brackets or quotes stand around it.
pub fn guids(text: &str) -> Vec<u128> {
    text.split(|c: char| !(c.is_ascii_hexdigit() || c == '-'))
        .filter(|word| word.len() == 36)
        .filter_map(|word| PlanId::parse(word).ok())
        .map(PlanId::as_u128)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = "9aaf7827-d63c-4b61-89c3-182f06f82e5c";
    const B: &str = "efb87545-963c-4e0d-99df-69c6916d9eb0";

    fn plan(text: &str) -> PlanId {
        PlanId::parse(text).unwrap()
    }

    #[test]
    fn every_wording_of_a_conflict_gives_the_pair() {
        let pair = Cause::MutuallyExclusive(vec![plan(A), plan(B)]);
        for text in [
            format!("License assignment failed because service plans {A}, {B} are mutually exclusive."),
            format!(
                "License assignment failed because service plans [{A}], [{}] are mutually exclusive.",
                B.to_uppercase()
            ),
            format!(
                "The license can't be assigned because the user has licensed service plans that conflict with plans in the new license. Resolve these conflicting service plan pairs to solve this problem: [{A}, {B}]. Licenses being added: [6fd2c87f-b296-42f0-b197-1e91e994b900]"
            ),
        ] {
            assert_eq!(cause(400, "Request_BadRequest", &text), pair, "{text}");
        }
    }

    #[test]
    fn every_wording_of_a_dependency_gives_the_plan_and_its_needs() {
        for text in [
            format!("License assignment failed because service plan {A} depends on the service plan(s) {B}"),
            format!(
                "Service plan {A} cannot be assigned without service plan {B}, which this user does not currently have."
            ),
        ] {
            assert_eq!(cause(400, "Request_BadRequest", &text), Cause::Dependency(plan(A), vec![plan(B)]), "{text}");
        }
    }

    #[test]
    fn the_other_texts_of_the_catalog_are_told_apart() {
        let bad = "Request_BadRequest";
        for (status, code, text, expected) in [
            (400, bad, "License assignment cannot be done for user with invalid usage location.".to_owned(), Cause::UsageLocation),
            (400, bad, format!("Subscription with SKU {A} does not have any available licenses."), Cause::NoSeat(Some(SkuId::parse(A).unwrap()))),
            (400, bad, "User license is inherited from a group membership and it cannot be removed directly from the user.".to_owned(), Cause::Inherited),
            (400, bad, "User does not have a corresponding license.".to_owned(), Cause::NotHeld),
            (400, bad, "One or more added object references already exist for the following modified properties: 'members'.".to_owned(), Cause::MemberAlready),
            (400, bad, format!("License {A} does not correspond to a valid company License."), Cause::NotOwned(Some(SkuId::parse(A).unwrap()))),
            (400, bad, format!("License {A} cannot be assigned to a user."), Cause::NotForUsers),
            (400, bad, "Unable to update the specified properties for on-premises mastered Directory Sync objects or objects currently undergoing migration.".to_owned(), Cause::OnPremises),
            (400, bad, "Another object with the same value for property proxyAddresses already exists.".to_owned(), Cause::AddressInUse),
            (403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.".to_owned(), Cause::Forbidden),
            (409, "Directory_ConcurrencyViolation", "Error due to concurrent requests being made to the tenant. Please wait briefly and retry.".to_owned(), Cause::Concurrent),
            (404, "Request_ResourceNotFound", "Resource 'x' does not exist or one of its queried reference-property objects are not present.".to_owned(), Cause::NotFound),
            (418, "", "short and stout".to_owned(), Cause::Unrecognized),
        ] {
            assert_eq!(cause(status, code, &text), expected, "{text}");
        }
    }
}
