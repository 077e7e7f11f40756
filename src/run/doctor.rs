//! `tenantry doctor`, the part that asks: who is signed in, to which tenant, with which permissions, and what to ask for
//! when something cannot be done (reference 13). Changes nothing.

use std::fmt::Write as _;
use std::time::Duration;

use super::Output;
use super::connect::{Connection, base_url, check_tenant, connect};
use super::exit::{ExitCode, Failure};
use super::sign_in::profile;
use crate::config::Settings;
use crate::domain::facts::Organization;
use crate::domain::text::Clean;
use crate::domain::time::Timestamp;
use crate::graph::{Claims, Profile};

/// A doctor that waits for minutes is no help.
const PATIENCE: Duration = Duration::from_secs(40);

/// A permission, what covers it too, and what cannot be done without it.
const NEEDS: [(&str, &[&str], &str); 8] = [
    (
        "User.Read.All",
        &["User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"],
        "read users and licenses",
    ),
    (
        "GroupMember.Read.All",
        &[
            "GroupMember.ReadWrite.All",
            "Group.Read.All",
            "Group.ReadWrite.All",
            "Directory.Read.All",
            "Directory.ReadWrite.All",
        ],
        "read groups and their members",
    ),
    (
        "LicenseAssignment.Read.All",
        &["LicenseAssignment.ReadWrite.All", "Organization.Read.All", "Directory.Read.All", "Directory.ReadWrite.All"],
        "read products and seats",
    ),
    (
        "Organization.Read.All",
        &["Organization.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"],
        "read the organization and its subscriptions",
    ),
    (
        "LicenseAssignment.ReadWrite.All",
        &["User.ReadWrite.All", "Directory.ReadWrite.All"],
        "assign, change and remove licenses",
    ),
    ("User.ReadWrite.All", &["Directory.ReadWrite.All"], "set usage locations and reprocess licenses"),
    ("GroupMember.ReadWrite.All", &["Group.ReadWrite.All", "Directory.ReadWrite.All"], "join and leave groups"),
    ("AuditLog.Read.All", &[], "read sign-ins and the directory audit (--with sign-in,audit)"),
];

/// Signs in as the other commands do, and reports.
pub fn doctor(settings: &Settings, output: &mut Output<'_>) -> Result<ExitCode, Failure> {
    let host = base_url(settings)?.host();
    let (connection, organization) = super::load::runtime()?.block_on(async {
        let connection = connect(settings, None).await?;
        let asked = tokio::time::timeout(PATIENCE, connection.client.organization()).await;
        Ok::<_, Failure>((connection, asked))
    })?;
    let mut code = ExitCode::Clean;
    let tenant = match organization {
        Ok(Ok(Some(organization))) => {
            if let Err(failure) = check_tenant(settings, &organization) {
                code = failure.code();
                failure.message().to_owned()
            } else {
                tenant(&organization)
            }
        }
        Ok(Ok(None)) => "unknown: Graph returned no organization".to_owned(),
        Ok(Err(error)) => {
            let failure = Failure::from(error);
            code = failure.code();
            format!("unknown: {}", failure.message())
        }
        Err(_) => {
            code = ExitCode::Incomplete;
            format!("unknown: {host} did not answer within {} s", PATIENCE.as_secs())
        }
    };
    output.out.write_all(report(settings, &connection, &tenant).as_bytes())?;
    Ok(code)
}

fn tenant(organization: &Organization) -> String {
    let name = &organization.display_name;
    Clean::owned(format!("{name} ({}, {})", organization.default_domain, organization.id)).to_string()
}

fn report(settings: &Settings, connection: &Connection, tenant: &str) -> String {
    let mut text = String::new();
    let who = if connection.who.is_empty() { "unknown: the token does not say" } else { &connection.who };
    let claims = connection.claims.as_ref();
    let until = claims.and_then(|claims| claims.expires).map(until).unwrap_or_else(|| "unknown".to_owned());
    // Writing into a String cannot fail.
    let _ = write!(
        text,
        "\nsigned in as       {}\ntenant             {tenant}\ncloud              {} ({})\ntoken lasts until  {until}\n",
        Clean::new(who),
        settings.cloud.as_str(),
        Clean::new(&connection.host),
    );
    if settings.access.read_only().is_none() && connection.access.read_only().is_some() {
        let _ = writeln!(text, "mode               audit: the token can only read");
    }
    match claims.filter(|claims| !claims.scopes.is_empty() || !claims.roles.is_empty()) {
        Some(claims) => text.push_str(&permissions(claims, profile(settings))),
        None => {
            text.push_str("\npermissions        unknown: the token cannot be read; Graph will say what is missing\n")
        }
    }
    text
}

fn until(at: Timestamp) -> String {
    at.to_string()
}

/// Each permission: whether it is there, and what cannot be done otherwise.
fn permissions(claims: &Claims, wanted: Profile) -> String {
    let wanted = wanted.permissions();
    let (mut text, mut missing) = ("\npermissions\n".to_owned(), Vec::new());
    for (name, covering, what) in NEEDS {
        let by = std::iter::once(&name).chain(covering).find(|name| claims.has(name));
        let line = match by {
            Some(by) if *by == name => format!("  yes  {name:<32} {what}"),
            Some(by) => format!("  yes  {name:<32} {what} (by {by})"),
            None if wanted.contains(&name) => {
                missing.push(name);
                format!("  NO   {name:<32} cannot {what}")
            }
            None => format!("  -    {name:<32} not asked for: {what}"),
        };
        text.push_str(&line);
        text.push('\n');
    }
    let kind = if claims.roles.is_empty() { "delegated" } else { "application" };
    if !missing.is_empty() {
        let _ = write!(
            text,
            "\nTo do all of it, ask an administrator to consent to these {kind} permissions of Microsoft Graph:\n  {}\n",
            missing.join(" ")
        );
    }
    if claims.roles.is_empty() {
        text.push_str(
            "\nWhat a person may do is also decided by directory roles: License Administrator for licenses and usage\n\
             locations, Groups Administrator or User Administrator for memberships.\n",
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims(scopes: &str) -> Claims {
        Claims { scopes: scopes.split_whitespace().map(str::to_owned).collect(), ..Claims::default() }
    }

    #[test]
    fn each_permission_says_what_it_is_for_and_what_to_ask() {
        let text = permissions(&claims("Directory.Read.All"), Profile { fix: true, audit: false });
        assert!(text.contains("yes  User.Read.All") && text.contains("(by Directory.Read.All)"), "{text}");
        assert!(text.contains("NO   User.ReadWrite.All") && text.contains("cannot set usage locations"), "{text}");
        assert!(text.contains("-    AuditLog.Read.All"), "{text}");
        assert!(
            text.contains("LicenseAssignment.ReadWrite.All User.ReadWrite.All GroupMember.ReadWrite.All"),
            "{text}"
        );
        let read = permissions(&claims("Directory.Read.All"), Profile::default());
        assert!(!read.contains("ask an administrator"), "{read}");
    }

    #[test]
    fn every_permission_of_a_profile_is_explained() {
        for name in (Profile { fix: true, audit: true }).permissions() {
            assert!(NEEDS.iter().any(|(need, ..)| *need == name), "{name}");
        }
    }
}
