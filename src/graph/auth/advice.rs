//! What to do about the errors of Microsoft's sign-in hosts. They are numbered; the number says more than the words.

/// Number, and what the operator can do. Source: Microsoft's list of AADSTS error codes.
const ADVICE: [(&str, &str); 19] = [
    ("AADSTS7000215", "the client secret is wrong: AZURE_CLIENT_SECRET is the value of the secret, not its id"),
    ("AADSTS7000222", "the client secret has expired: make a new one and set AZURE_CLIENT_SECRET"),
    ("AADSTS700027", "the certificate is not registered with the application, or has expired: upload it there"),
    ("AADSTS700024", "the assertion is outside its time: check the clock of this machine"),
    ("AADSTS700016", "the tenant has no such application: check --client-id and --tenant"),
    ("AADSTS70011", "a permission is unknown to this cloud: check --cloud"),
    ("AADSTS90002", "there is no such tenant: check --tenant and --cloud"),
    ("AADSTS900023", "there is no such tenant: check --tenant and --cloud"),
    ("AADSTS65001", "nobody has consented yet: ask an administrator to consent to the application"),
    ("AADSTS65004", "consent was declined: ask an administrator to consent to the application"),
    ("AADSTS90094", "consent needs an administrator: ask one to consent to the application"),
    ("AADSTS50105", "the user is not assigned to the application: ask for it, or use another --client-id"),
    ("AADSTS7000218", "the application is not a public client: turn on \"allow public client flows\" there"),
    ("AADSTS53003", "Conditional Access blocks this way to sign in: try --auth browser"),
    ("AADSTS50199", "Conditional Access blocks this way to sign in: try --auth browser"),
    ("AADSTS50076", "more proof is wanted: sign in again with `tenantry login`, or --auth browser"),
    ("AADSTS50173", "the password or the session was revoked: sign in again"),
    ("AADSTS700082", "the sign-in was not used for too long: sign in again"),
    ("AADSTS70043", "the tenant wants a new sign-in: sign in again"),
];

/// What to do, if the words carry a number that is known.
pub(super) fn known(words: &str) -> Option<&'static str> {
    let is = |number: &str| {
        words.match_indices(number).any(|(at, _)| {
            // AADSTS700016 is not AADSTS7000165.
            !words[at + number.len()..].starts_with(|c: char| c.is_ascii_digit())
        })
    };
    ADVICE.iter().find(|(number, _)| is(number)).map(|(_, advice)| *advice)
}

/// What to do about a credential that failed.
pub(super) fn about(words: &str) -> &'static str {
    known(words).unwrap_or("sign in there again, or hand over a token with --auth token")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_known_whole_only() {
        assert!(known("AADSTS7000215: Invalid client secret provided.").is_some_and(|a| a.contains("not its id")));
        assert!(known("x AADSTS700016: Application").is_some_and(|a| a.contains("--client-id")));
        assert_eq!(known("AADSTS70002151"), None);
        assert_eq!(known("no luck"), None);
    }
}
