//! Claims: what a token request says so that Graph may challenge the token later, and the answer to a challenge.

use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Map, Value, json};

/// The challenge that the next token request has to answer, shared by whoever asks and whoever was challenged.
#[derive(Debug, Clone, Default)]
pub(super) struct Challenge(Arc<Mutex<Option<String>>>);

impl Challenge {
    /// Takes the JSON of a challenge; every later request carries it, as a token without it would be refused again.
    pub(super) fn set(&self, claims: &str) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(claims.to_owned());
    }

    /// The `claims` of a token request: that challenges are understood (`cp1`), and what was asked for.
    pub(super) fn claims(&self) -> String {
        let asked = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let asked = asked.and_then(|text| serde_json::from_str::<Map<String, Value>>(&text).ok());
        let mut claims = asked.unwrap_or_default();
        let access = claims.entry("access_token").or_insert_with(|| json!({}));
        if !access.is_object() {
            *access = json!({});
        }
        access["xms_cc"] = json!({"values": ["cp1"]});
        Value::Object(claims).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_challenge_is_merged_with_the_capability() {
        let challenge = Challenge::default();
        assert_eq!(challenge.claims(), r#"{"access_token":{"xms_cc":{"values":["cp1"]}}}"#);
        challenge.set(r#"{"access_token":{"nbf":{"essential":true,"value":"1604106651"}}}"#);
        let claims: Value = serde_json::from_str(&challenge.claims()).unwrap();
        assert_eq!(claims["access_token"]["nbf"]["value"], "1604106651");
        assert_eq!(claims["access_token"]["xms_cc"]["values"][0], "cp1");
        challenge.set("no json");
        assert!(challenge.claims().contains("cp1"));
    }
}
