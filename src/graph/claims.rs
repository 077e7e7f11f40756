//! What a token says about itself. It is decoded without being verified: Graph verifies it; here it only decides what
//! is shown and whether writing is offered. An opaque token says nothing, which is no error.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use super::auth::Token;
use crate::domain::ids::TenantId;
use crate::domain::time::Timestamp;

/// What a JWT of Entra says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Claims {
    /// `tid`.
    pub tenant: Option<TenantId>,
    /// `scp`: delegated permissions.
    pub scopes: Vec<String>,
    /// `roles`: application permissions.
    pub roles: Vec<String>,
    /// The user's principal name, or the name or id of the application. Raw text.
    pub name: Option<String>,
    /// `exp`.
    pub expires: Option<Timestamp>,
}

/// Decodes the claims of a token; `None` when it is opaque.
pub fn claims(token: &Token) -> Option<Claims> {
    let mut parts = token.expose().split('.');
    let (_head, payload) = (parts.next()?, parts.next()?);
    parts.next()?;
    let json: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?).ok()?;
    let claims = json.as_object()?;
    let text = |name: &str| claims.get(name).and_then(Value::as_str).filter(|s| !s.is_empty()).map(str::to_owned);
    let name =
        ["upn", "preferred_username", "unique_name", "app_displayname", "appid", "azp"].into_iter().find_map(text);
    Some(Claims {
        tenant: text("tid").and_then(|id| TenantId::parse(&id).ok()),
        scopes: text("scp").unwrap_or_default().split_whitespace().map(str::to_owned).collect(),
        roles: match claims.get("roles") {
            Some(Value::Array(roles)) => roles.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            _ => Vec::new(),
        },
        name,
        expires: claims.get("exp").and_then(Value::as_f64).map(|seconds| Timestamp(seconds as i64)),
    })
}

/// What one permission allows.
#[derive(PartialEq)]
enum Allows {
    /// Signing in and who that is.
    Nothing,
    Reading,
    Writing,
    Unknown,
}

fn allows(permission: &str) -> Allows {
    // A scope may carry its resource: https://graph.microsoft.com/User.Read.All
    let name = permission.rsplit('/').next().unwrap_or(permission).to_ascii_lowercase();
    if ["openid", "profile", "email", "offline_access"].contains(&name.as_str()) {
        return Allows::Nothing;
    }
    match name.split('.').nth(1) {
        Some("read" | "readbasic") => Allows::Reading,
        Some(word)
            if ["readwrite", "write", "manage", "accessasuser", "send", "create", "invite", "enable"]
                .iter()
                .any(|start| word.starts_with(start)) =>
        {
            Allows::Writing
        }
        _ => Allows::Unknown,
    }
}

impl Claims {
    /// `Some(true)` only when all permissions are known to read; `Some(false)` when one of them writes; `None` when
    /// that cannot be told, which is not read-only.
    pub fn read_only(&self) -> Option<bool> {
        let all: Vec<Allows> = self.scopes.iter().chain(&self.roles).map(|p| allows(p)).collect();
        if all.contains(&Allows::Writing) {
            return Some(false);
        }
        (all.contains(&Allows::Reading) && !all.contains(&Allows::Unknown)).then_some(true)
    }

    /// Whether a permission is in the token, in any casing; for hints, never for a decision to write.
    pub fn has(&self, permission: &str) -> bool {
        self.scopes.iter().chain(&self.roles).any(|p| p.eq_ignore_ascii_case(permission))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::SecretString;

    fn jwt(payload: &str) -> Token {
        let middle = URL_SAFE_NO_PAD.encode(payload);
        Token::new(SecretString::from(format!("eyJhbGciOiJub25lIn0.{middle}.sig")), None)
    }

    #[test]
    fn a_jwt_says_who_and_where_and_what() {
        let said = claims(&jwt(
            r#"{"tid":"6fd2c87f-b296-42f0-b197-1e91e994b900","scp":"User.Read.All openid","upn":"a@b.c","exp":1700000000}"#,
        ))
        .unwrap();
        assert_eq!(said.tenant, TenantId::parse("6fd2c87f-b296-42f0-b197-1e91e994b900").ok());
        assert_eq!(said.name.as_deref(), Some("a@b.c"));
        assert_eq!(said.expires, Some(Timestamp(1_700_000_000)));
        assert!(said.has("user.read.all"));
        assert_eq!(said.read_only(), Some(true));
    }

    #[test]
    fn opaque_and_broken_tokens_say_nothing() {
        for opaque in ["x", "a.b.c", "..", "EwBAA8l6BAAU", "a.bm90IGpzb24.c", "a.W10.c"] {
            assert_eq!(claims(&Token::new(SecretString::from(opaque), None)), None, "{opaque}");
        }
    }

    #[test]
    fn read_only_needs_every_permission_to_be_a_known_read() {
        for (scp, expected) in [
            ("User.Read.All GroupMember.Read.All openid profile", Some(true)),
            ("https://graph.microsoft.com/User.ReadBasic.All", Some(true)),
            ("User.Read.All LicenseAssignment.ReadWrite.All", Some(false)),
            ("Directory.AccessAsUser.All", Some(false)),
            ("User.Read.All Something.Odd", None),
            ("User.Read.All user_impersonation", None),
            ("openid", None),
            ("", None),
        ] {
            assert_eq!(claims(&jwt(&format!(r#"{{"scp":"{scp}"}}"#))).unwrap().read_only(), expected, "{scp}");
        }
        assert_eq!(
            claims(&jwt(r#"{"roles":["User.Read.All","User.ReadWrite.All"]}"#)).unwrap().read_only(),
            Some(false)
        );
    }
}
