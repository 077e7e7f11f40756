//! The signed assertion of a certificate: PS256 with the SHA-256 thumbprint, as Entra wants it (reference 9.3). The
//! credential of azure_identity would bring OpenSSL, SHA-1 and PFX files.

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use async_trait::async_trait;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{KeyPair, RSA_PSS_SHA256, RsaKeyPair};
use azure_core::error::ErrorKind;
use azure_core::http::ClientMethodOptions;
use azure_identity::ClientAssertion;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::token::AuthError;

/// How long an assertion may be used, in seconds. It is used at once.
const LIFE: u64 = 300;

/// How far the clocks may differ, in seconds.
const SKEW: u64 = 60;

/// A certificate with its key.
pub(super) struct Certificate {
    key: RsaKeyPair,
    thumbprint: String,
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificate").field("thumbprint", &self.thumbprint).finish_non_exhaustive()
    }
}

impl Certificate {
    /// Reads a PEM file.
    pub(super) fn read(file: &Path) -> Result<Certificate, AuthError> {
        let bad = |why: &str| AuthError::Missing(format!("the certificate file {} {why}", file.display()));
        let pem = std::fs::read(file).map_err(|error| bad(&format!("cannot be read: {error}")))?;
        Certificate::parse(&pem).map_err(bad)
    }

    /// Reads the first certificate of a PEM text, which is the application's own, and its key.
    pub(super) fn parse(pem: &[u8]) -> Result<Certificate, &'static str> {
        let certificate = CertificateDer::pem_slice_iter(pem).next();
        let Some(Ok(certificate)) = certificate else {
            return Err("holds no certificate: it must be PEM, with the certificate and its unencrypted RSA key");
        };
        let key = match PrivateKeyDer::from_pem_slice(pem) {
            Ok(PrivateKeyDer::Pkcs8(der)) => RsaKeyPair::from_pkcs8(der.secret_pkcs8_der()),
            Ok(PrivateKeyDer::Pkcs1(der)) => RsaKeyPair::from_der(der.secret_pkcs1_der()),
            Ok(_) => return Err("holds a key that is not RSA, which Entra does not take"),
            Err(_) => return Err("holds no key that can be read: it must be PEM and not encrypted"),
        };
        let key = key.map_err(|_| "holds a key that is not RSA of 2048 bits or more")?;
        let public = key.public_key().as_ref();
        if !certificate.as_ref().windows(public.len()).any(|part| part == public) {
            return Err("holds a key that does not belong to its first certificate");
        }
        Ok(Certificate { key, thumbprint: URL_SAFE_NO_PAD.encode(Sha256::digest(certificate.as_ref())) })
    }

    /// Assertions of a client for a token endpoint.
    pub(super) fn assertion(self: &Arc<Self>, client: &str, audience: &str) -> Assertion {
        Assertion { certificate: Arc::clone(self), client: client.to_owned(), audience: audience.to_owned() }
    }
}

/// Makes assertions.
#[derive(Debug)]
pub(super) struct Assertion {
    certificate: Arc<Certificate>,
    client: String,
    audience: String,
}

impl Assertion {
    /// A signed assertion as of `now`, in seconds since 1970.
    fn sign(&self, now: u64) -> Result<String, &'static str> {
        let head = json!({"alg": "PS256", "typ": "JWT", "x5t#S256": self.certificate.thumbprint});
        let body = json!({
            "aud": self.audience, "iss": self.client, "sub": self.client, "jti": uuid::Uuid::new_v4().to_string(),
            "iat": now, "nbf": now.saturating_sub(SKEW), "exp": now + LIFE,
        });
        let encode = |json: serde_json::Value| URL_SAFE_NO_PAD.encode(json.to_string());
        let text = format!("{}.{}", encode(head), encode(body));
        let mut signature = vec![0; self.certificate.key.public_modulus_len()];
        let key = &self.certificate.key;
        key.sign(&RSA_PSS_SHA256, &SystemRandom::new(), text.as_bytes(), &mut signature)
            .map_err(|_| "the certificate's key cannot sign")?;
        Ok(format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }
}

#[async_trait]
impl ClientAssertion for Assertion {
    async fn secret(&self, _: Option<ClientMethodOptions<'_>>) -> azure_core::Result<String> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        self.sign(now).map_err(|why| azure_core::Error::with_message(ErrorKind::Credential, why))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_lc_rs::signature::{RSA_PSS_2048_8192_SHA256, UnparsedPublicKey};

    const PEM: &str = include_str!("../../../tests/login_stub/certificate.pem");

    #[test]
    fn an_assertion_is_what_entra_reads_and_its_signature_holds() {
        let certificate = Arc::new(Certificate::parse(PEM.as_bytes()).unwrap());
        let signed = certificate.assertion("app", "https://login.example/t/oauth2/v2.0/token").sign(1000).unwrap();
        let parts: Vec<&str> = signed.split('.').collect();
        let json = |part: &str| -> serde_json::Value {
            serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
        };
        assert_eq!(json(parts[0])["alg"], "PS256");
        assert_eq!(json(parts[0])["x5t#S256"].as_str().unwrap().len(), 43);
        let body = json(parts[1]);
        assert_eq!(
            (body["iss"].as_str(), body["nbf"].as_u64(), body["exp"].as_u64()),
            (Some("app"), Some(940), Some(1300))
        );
        let key = UnparsedPublicKey::new(&RSA_PSS_2048_8192_SHA256, certificate.key.public_key().as_ref());
        let text = format!("{}.{}", parts[0], parts[1]);
        key.verify(text.as_bytes(), &URL_SAFE_NO_PAD.decode(parts[2]).unwrap()).unwrap();
        assert!(!format!("{certificate:?}").contains("PRIVATE"));
    }

    #[test]
    fn files_that_cannot_sign_say_what_is_missing() {
        let certificate_only = PEM.split_inclusive("-----END CERTIFICATE-----").next().unwrap();
        assert!(Certificate::parse(certificate_only.as_bytes()).unwrap_err().contains("no key"));
        assert!(Certificate::parse(b"PFX?").unwrap_err().contains("no certificate"));
        assert!(Certificate::read(Path::new("/nowhere.pem")).unwrap_err().to_string().contains("/nowhere.pem"));
    }
}
