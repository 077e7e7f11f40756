//! Identities of Graph objects. Position is identity everywhere else in the program: a row number lives inside one
//! frame, an id lives as long as the object.
//!
//! Graph writes ids as GUIDs whose casing varies between endpoints and documents; they are compared as numbers.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A text that was expected to be a GUID and is not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an id (expected the form 00000000-0000-0000-0000-000000000000)")]
pub struct BadId(pub String);

/// Reads a GUID tolerantly: any casing, braces or brackets and white space around it.
fn guid(text: &str) -> Result<Uuid, BadId> {
    let trimmed = text.trim().trim_matches(['{', '}', '[', ']', '(', ')', '"', '\'']);
    Uuid::try_parse(trimmed.trim()).map_err(|_| BadId(text.chars().take(60).collect()))
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// The id with this 128-bit value.
            pub const fn from_u128(value: u128) -> Self {
                Self(Uuid::from_u128(value))
            }

            /// The 128-bit value, which is what columns and hashes keep.
            pub const fn as_u128(self) -> u128 {
                self.0.as_u128()
            }

            /// Reads an id in any casing, with or without braces.
            pub fn parse(text: &str) -> Result<Self, BadId> {
                guid(text).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.as_hyphenated().fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.as_hyphenated().fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = BadId;
            fn from_str(text: &str) -> Result<Self, BadId> {
                Self::parse(text)
            }
        }
    };
}

id!(
    /// The object id of a user.
    UserId
);
id!(
    /// The object id of a group.
    GroupId
);
id!(
    /// `skuId`: a product that can be assigned.
    SkuId
);
id!(
    /// `servicePlanId`: one service inside a product.
    PlanId
);
id!(
    /// The id of the organization object, which is the tenant id.
    TenantId
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_compared_as_numbers_not_as_text() {
        let lower = SkuId::parse("6fd2c87f-b296-42f0-b197-1e91e994b900");
        assert!(lower.is_ok());
        assert_eq!(lower, SkuId::parse(" {6FD2C87F-B296-42F0-B197-1E91E994B900} "));
        assert_eq!(lower, SkuId::parse("6fd2c87fb29642f0b1971e91e994b900"));
        assert_eq!(lower.map(|id| id.to_string()), Ok("6fd2c87f-b296-42f0-b197-1e91e994b900".to_owned()));
    }

    #[test]
    fn what_is_not_a_guid_is_named_in_the_error() {
        assert_eq!(UserId::parse("anna@contoso.com"), Err(BadId("anna@contoso.com".to_owned())));
    }
}
