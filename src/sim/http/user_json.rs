//! A user as JSON text: written straight into the answer, because a page holds 999 of them.

use std::fmt::Write;

use serde_json::Value;

use super::answer::Problem;
use crate::sim::clock;
use crate::sim::mix::{Subject, mix};
use crate::sim::model::{DAY, DOMAIN, INITIAL_DOMAIN};
use crate::sim::roles::Role;
use crate::sim::world::{View, World};

/// What Graph returns without `$select`.
pub const DEFAULT: &[&str] = &[
    "businessPhones",
    "displayName",
    "givenName",
    "jobTitle",
    "mail",
    "mobilePhone",
    "officeLocation",
    "preferredLanguage",
    "surname",
    "userPrincipalName",
    "id",
];

/// Properties with a value in this tenant.
const KNOWN: &[&str] = &[
    "id",
    "userPrincipalName",
    "displayName",
    "givenName",
    "surname",
    "mail",
    "mailNickname",
    "accountEnabled",
    "userType",
    "usageLocation",
    "country",
    "department",
    "jobTitle",
    "officeLocation",
    "companyName",
    "createdDateTime",
    "assignedLicenses",
    "licenseAssignmentStates",
    "assignedPlans",
    "provisionedPlans",
    "proxyAddresses",
    "onPremisesSyncEnabled",
    "onPremisesImmutableId",
    "onPremisesDomainName",
    "onPremisesSamAccountName",
    "onPremisesUserPrincipalName",
    "onPremisesProvisioningErrors",
    "serviceProvisioningErrors",
    "signInActivity",
    "businessPhones",
    "deviceEnrollmentLimit",
];

/// Properties that exist and are null or empty here.
const EMPTY: &[&str] = &[
    "ageGroup",
    "city",
    "consentProvidedForMinor",
    "creationType",
    "employeeHireDate",
    "employeeId",
    "employeeLeaveDateTime",
    "employeeType",
    "externalUserState",
    "externalUserStateChangeDateTime",
    "faxNumber",
    "isManagementRestricted",
    "isResourceAccount",
    "lastPasswordChangeDateTime",
    "legalAgeGroupClassification",
    "mobilePhone",
    "onPremisesDistinguishedName",
    "onPremisesLastSyncDateTime",
    "onPremisesSecurityIdentifier",
    "passwordPolicies",
    "postalCode",
    "preferredDataLocation",
    "preferredLanguage",
    "securityIdentifier",
    "showInAddressList",
    "signInSessionsValidFromDateTime",
    "state",
    "streetAddress",
    "deletedDateTime",
    "employeeOrgData",
    "passwordProfile",
    "customSecurityAttributes",
    "onPremisesExtensionAttributes",
    "authorizationInfo",
];
const EMPTY_LISTS: &[&str] = &["otherMails", "imAddresses", "identities"];

/// Properties that SharePoint holds.
const ELSEWHERE: &[&str] = &[
    "aboutMe",
    "birthday",
    "hireDate",
    "interests",
    "mySite",
    "pastProjects",
    "preferredName",
    "responsibilities",
    "schools",
    "skills",
    "mailboxSettings",
];

/// Checks `$select` for users.
pub fn check(select: &[&str], collection: bool) -> Result<(), Problem> {
    for name in select {
        let is = |list: &[&str]| list.iter().any(|p| p.eq_ignore_ascii_case(name));
        if is(ELSEWHERE) && collection {
            return Err(Problem::new(501, "NotImplemented", "This operation target is not yet supported."));
        }
        if !is(KNOWN) && !is(EMPTY) && !is(EMPTY_LISTS) && !is(ELSEWHERE) {
            return Err(unknown(name, "user"));
        }
    }
    Ok(())
}

/// The refusal of a property that a type does not have.
pub fn unknown(name: &str, kind: &str) -> Problem {
    Problem::bad(format!(
        "Parsing OData Select and Expand failed: Could not find a property named '{name}' on type 'microsoft.graph.{kind}'."
    ))
}

/// The names of properties in their proper casing.
pub fn canonical<'a>(select: &[&'a str]) -> Vec<&'a str> {
    let all = || KNOWN.iter().chain(EMPTY).chain(EMPTY_LISTS).chain(ELSEWHERE);
    select.iter().map(|name| all().find(|p| p.eq_ignore_ascii_case(name)).copied().unwrap_or(name)).collect()
}

fn quote(out: &mut String, text: &str) {
    if text.bytes().all(|b| b >= 0x20 && b != b'"' && b != b'\\') {
        out.push('"');
        out.push_str(text);
        out.push('"');
    } else {
        out.push_str(&Value::from(text).to_string());
    }
}

fn optional(out: &mut String, text: Option<&str>) {
    match text {
        Some(text) => quote(out, text),
        None => out.push_str("null"),
    }
}

/// Writes the members of a user object, without braces. `select` holds canonical names.
pub fn write(out: &mut String, world: &World, view: &View<'_>, select: &[&str]) {
    for (n, name) in select.iter().enumerate() {
        if n > 0 {
            out.push(',');
        }
        quote(out, name);
        out.push(':');
        match view.properties.and_then(|p| p.get(*name)) {
            Some(written) => out.push_str(&written.to_string()),
            None => value(out, world, view, name),
        }
    }
}

fn value(out: &mut String, world: &World, view: &View<'_>, name: &str) {
    let (model, index) = (&world.model, view.index);
    let role = model.cast.role(index);
    let synced = || model.synced(index);
    match name {
        "id" => quote(out, &model.user_id(index).to_string()),
        "userPrincipalName" => quote(out, &model.upn(index)),
        "displayName" => quote(out, &model.people.name(index).display),
        "givenName" => quote(out, model.people.name(index).given),
        "surname" => quote(out, model.people.name(index).family),
        "mail" => optional(out, mail(world, index).as_deref()),
        "mailNickname" => quote(out, &model.people.local(index)),
        "accountEnabled" => out.push_str(if view.enabled { "true" } else { "false" }),
        "userType" => quote(out, if role.guest() { "Guest" } else { "Member" }),
        "usageLocation" => optional(out, view.location),
        "country" => quote(out, model.people.country(index).name),
        "department" => quote(out, model.department(index).0),
        "jobTitle" => quote(out, model.department(index).1),
        "officeLocation" => {
            let offices = model.people.country(index).offices;
            quote(out, offices[mix(model.seed, Subject::Office, index.into()) as usize % offices.len()]);
        }
        "companyName" => quote(out, if role.guest() { "Fabrikam" } else { "Contoso" }),
        "createdDateTime" => quote(out, &clock::text(created(world, index))),
        "assignedLicenses" => assigned_licenses(out, world, view),
        "licenseAssignmentStates" => states(out, world, view),
        "assignedPlans" => assigned_plans(out, world, view),
        "provisionedPlans" => provisioned_plans(out, world, view),
        "proxyAddresses" => list(out, proxy_addresses(world, index).iter(), |out, a| quote(out, a)),
        "onPremisesSyncEnabled" => out.push_str(if synced() { "true" } else { "null" }),
        "onPremisesImmutableId" if synced() => {
            quote(out, &format!("{:016x}", mix(model.seed, Subject::Synced, u64::from(index) << 8)));
        }
        "onPremisesDomainName" if synced() => quote(out, "corp.contoso.com"),
        "onPremisesUserPrincipalName" if synced() => quote(out, &model.upn(index)),
        "onPremisesSamAccountName" if synced() => {
            let local = model.people.local(index);
            quote(out, &local.chars().take(20).collect::<String>());
        }
        "onPremisesProvisioningErrors" if role == Role::SyncError => {
            let address = format!("SMTP:{}@{DOMAIN}", model.people.local(index));
            let when = clock::text(model.now - 9 * DAY);
            let _ = write!(
                out,
                r#"[{{"category":"PropertyConflict","occurredDateTime":"{when}","propertyCausingError":"ProxyAddress","value":"{address}"}}]"#
            );
        }
        "serviceProvisioningErrors" if role == Role::ServiceError => {
            let when = clock::text(model.now - 4 * DAY);
            let _ = write!(
                out,
                r##"[{{"@odata.type":"#microsoft.graph.serviceProvisioningXmlError","createdDateTime":"{when}","isResolved":false,"serviceInstance":"exchange/eurprd05"}}]"##
            );
        }
        "onPremisesProvisioningErrors" | "serviceProvisioningErrors" | "businessPhones" => out.push_str("[]"),
        "signInActivity" => sign_in(out, world, view),
        "deviceEnrollmentLimit" => out.push('5'),
        "birthday" | "hireDate" => out.push_str("\"0001-01-01T08:00:00Z\""),
        other if EMPTY_LISTS.contains(&other) => out.push_str("[]"),
        "interests" | "pastProjects" | "responsibilities" | "schools" | "skills" => out.push_str("[]"),
        _ => out.push_str("null"),
    }
}

fn list<T>(out: &mut String, items: impl Iterator<Item = T>, mut item: impl FnMut(&mut String, T)) {
    out.push('[');
    for (n, each) in items.enumerate() {
        if n > 0 {
            out.push(',');
        }
        item(out, each);
    }
    out.push(']');
}

/// When the user was created, in seconds.
pub fn created(world: &World, index: u32) -> i64 {
    world.model.now - 200 * DAY - (mix(world.model.seed, Subject::Created, index.into()) % 3_000) as i64 * DAY
}

fn since(world: &World, index: u32, entry: &crate::sim::roles::Entry) -> i64 {
    match entry.since {
        0 => {
            let stir = mix(world.model.seed, Subject::Assigned, u64::from(index) * 64 + u64::from(entry.product));
            world.model.now - 3 * DAY - (stir % (180 * DAY as u64)) as i64
        }
        moment => moment,
    }
}

/// The primary address; people without a mailbox have none, guests theirs elsewhere.
pub fn mail(world: &World, index: u32) -> Option<String> {
    let (local, role) = (world.model.people.local(index), world.model.cast.role(index));
    match role {
        _ if role.guest() => Some(format!("{local}@fabrikam.com")),
        _ if role.mailbox() => Some(format!("{local}@{DOMAIN}")),
        _ => None,
    }
}

/// Addresses. In each block one person has the address that another one also claims.
pub fn proxy_addresses(world: &World, index: u32) -> Vec<String> {
    let (model, role) = (&world.model, world.model.cast.role(index));
    let Some(mail) = mail(world, index) else { return Vec::new() };
    let mut addresses = vec![format!("SMTP:{mail}")];
    if role.mailbox() {
        addresses.push(format!("smtp:{}@{INITIAL_DOMAIN}", model.people.local(index)));
    }
    if matches!(role, Role::AddressTaken | Role::AddressHolder) {
        addresses.push(format!("smtp:info{}@{DOMAIN}", index / 100 + 1));
    }
    addresses
}

fn assigned_licenses(out: &mut String, world: &World, view: &View<'_>) {
    let held: Vec<_> = view.holding.entries.iter().filter(|e| e.held()).collect();
    let first = |n: usize| !held[..n].iter().any(|e| e.product == held[n].product);
    list(out, (0..held.len()).filter(|n| first(*n)), |out, n| {
        let paths: Vec<_> = held.iter().filter(|e| e.product == held[n].product).collect();
        // a plan is off only if every path disables it
        let off = held[n].disabled.iter().filter(|plan| paths.iter().all(|e| e.disabled.contains(plan)));
        out.push_str("{\"disabledPlans\":");
        list(out, off, |out, plan| quote(out, &plan.to_string()));
        let _ = write!(out, ",\"skuId\":\"{}\"}}", world.model.product(held[n].product).id);
    });
}

fn states(out: &mut String, world: &World, view: &View<'_>) {
    list(out, view.holding.entries.iter(), |out, entry| {
        let _ = write!(out, "{{\"skuId\":\"{}\",\"assignedByGroup\":", world.model.product(entry.product).id);
        match entry.group {
            Some(group) => quote(out, &world.model.group_id(group).to_string()),
            None => out.push_str("null"),
        }
        out.push_str(",\"disabledPlans\":");
        list(out, entry.disabled.iter(), |out, plan| quote(out, &plan.to_string()));
        let (state, code) = (entry.state.text(), entry.code.text());
        let moment = clock::text(since(world, view.index, entry));
        let _ = write!(out, ",\"state\":\"{state}\",\"error\":\"{code}\",\"lastUpdatedDateTime\":\"{moment}\"}}");
    });
}

fn service(plan: &str) -> &'static str {
    match plan {
        p if p.contains("EXCHANGE") => "exchange",
        p if p.starts_with("SHAREPOINT") || p.starts_with("ONEDRIVE") => "SharePoint",
        p if p.starts_with("TEAMS") => "TeamspaceAPI",
        p if p.starts_with("MCO") => "MicrosoftCommunicationsOnline",
        p if p.starts_with("AAD") || p.starts_with("MFA") => "AADPremiumService",
        p if p.starts_with("RMS") || p.starts_with("MIP") => "RMSOnline",
        p if p.starts_with("INTUNE") => "SCO",
        p if p.starts_with("YAMMER") || p.starts_with("VIVA") => "YammerEnterprise",
        p if p.starts_with("PROJECT") => "ProjectWorkManagement",
        p if p.starts_with("BI_") => "PowerBI",
        p if p.starts_with("FLOW") || p.starts_with("POWERAPPS") => "ProcessSimple",
        _ => "MicrosoftOffice",
    }
}

fn enabled_plans<'a>(world: &'a World, view: &View<'a>) -> Vec<(crate::domain::ids::PlanId, &'static str, i64)> {
    let mut plans = Vec::new();
    for entry in view.holding.entries.iter().filter(|e| e.held()) {
        let moment = since(world, view.index, entry);
        let product = world.model.product(entry.product);
        plans.extend(
            product.plans.iter().filter(|(id, _)| !entry.disabled.contains(id)).map(|(id, n)| (*id, *n, moment)),
        );
    }
    plans.sort_unstable();
    plans.dedup_by_key(|p| p.0);
    plans
}

fn assigned_plans(out: &mut String, world: &World, view: &View<'_>) {
    list(out, enabled_plans(world, view).into_iter(), |out, (id, name, moment)| {
        let (moment, service) = (clock::text(moment), service(name));
        let _ = write!(
            out,
            r#"{{"assignedDateTime":"{moment}","capabilityStatus":"Enabled","service":"{service}","servicePlanId":"{id}"}}"#
        );
    });
}

fn provisioned_plans(out: &mut String, world: &World, view: &View<'_>) {
    let mut services: Vec<&str> = enabled_plans(world, view).iter().map(|(_, name, _)| service(name)).collect();
    services.sort_unstable();
    services.dedup();
    list(out, services.into_iter(), |out, service| {
        let _ = write!(out, r#"{{"capabilityStatus":"Enabled","provisioningStatus":"Success","service":"{service}"}}"#);
    });
}

fn sign_in(out: &mut String, world: &World, view: &View<'_>) {
    let ago = (mix(world.model.seed, Subject::Phone, u64::from(view.index)) % (20 * DAY as u64)) as i64;
    let moment = clock::text(world.model.now - ago);
    let _ = write!(
        out,
        r#"{{"lastSignInDateTime":"{moment}","lastSignInRequestId":null,"lastNonInteractiveSignInDateTime":"{moment}","lastNonInteractiveSignInRequestId":null,"lastSuccessfulSignInDateTime":"{moment}","lastSuccessfulSignInRequestId":null}}"#
    );
}
