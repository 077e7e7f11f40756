//! A tenant of four users: one without a usage location, one without a seat, one without a problem, one with hostile
//! names.

use std::sync::Arc;

use tenantry::domain::facts::{
    AssignedLicense, AssignmentState, ErrorCode, FactSink, Group, GroupLicense, LicenseState, Members, Organization,
    Part, Path, Progress, Sku, Sync, Units, UserFacts, UserType,
};
use tenantry::domain::ids::{GroupId, SkuId, TenantId, UserId};
use tenantry::domain::time::Timestamp;
use tenantry::store::{Builder, Snapshot};

const SALES: GroupId = GroupId::from_u128(0xa1);

fn e3() -> SkuId {
    SkuId::parse("6fd2c87f-b296-42f0-b197-1e91e994b900").unwrap()
}

fn user<'a>(id: u128, upn: &'a str, name: &'a str, location: Option<&'a str>) -> UserFacts<'a> {
    UserFacts {
        id: UserId::from_u128(id),
        upn,
        display_name: name,
        mail: None,
        usage_location: location,
        country: None,
        department: Some("Sales"),
        office: None,
        enabled: Some(true),
        user_type: UserType::Member,
        sync: Sync::Never,
        provisioning_error: false,
        assigned: &[],
        states: &[],
        proxies: &[],
    }
}

fn state(path: Path, state: AssignmentState<'static>, error: ErrorCode<'static>) -> LicenseState<'static> {
    LicenseState { sku: e3(), path, disabled: &[], state, error, updated: Timestamp::parse("2026-11-01T00:00:00Z") }
}

fn builder() -> Builder {
    let mut builder = Builder::new(Timestamp::parse("2026-11-21T03:59:00Z").unwrap());
    builder.organization(Organization {
        id: TenantId::from_u128(0xc0),
        display_name: "Contoso\u{1b}[2J".to_owned(),
        default_domain: "contoso.com".to_owned(),
        domains: Vec::new(),
        country: None,
        default_usage_location: None,
        synced: false,
    });
    builder.skus(vec![Sku {
        id: e3(),
        part_number: "ENTERPRISEPACK".to_owned(),
        for_users: true,
        capability: "Enabled\u{9b}".to_owned(),
        consumed: 2,
        units: Units { enabled: 2, ..Units::default() },
        plans: Vec::new(),
        subscriptions: Vec::new(),
    }]);
    let (bert, mallory) = (UserId::from_u128(0xb2), UserId::from_u128(0xb4));
    builder.group(Group {
        display_name: "Sales E3".to_owned(),
        licenses: vec![GroupLicense { sku: e3(), disabled: Vec::new() }],
        members: Some(Members { users: Arc::new([bert, mallory]), ..Members::default() }),
        in_error: true,
        ..Group::unknown(SALES)
    });
    let assigned = [AssignedLicense { sku: e3(), disabled: &[] }];
    let active = [state(Path::Direct, AssignmentState::Active, ErrorCode::None)];
    builder.user(&UserFacts {
        assigned: &assigned,
        states: &active,
        ..user(0xb1, "anna@contoso.com", "Anna Schmidt", None)
    });
    let no_seat = [state(Path::Group(SALES), AssignmentState::Error, ErrorCode::CountViolation)];
    builder.user(&UserFacts { states: &no_seat, ..user(0xb2, "bert@contoso.com", "Bert Brandt", Some("DE")) });
    builder.user(&user(0xb3, "carla@contoso.com", "Carla 王小明", Some("FR")));
    let odd = [state(Path::Group(SALES), AssignmentState::Error, ErrorCode::Unrecognized("New\u{1b}[31mCode"))];
    builder.user(&UserFacts {
        states: &odd,
        ..user(0xb4, "mallory@contoso.com", "=HYPERLINK(\"http://evil\")\u{1b}]0;x\u{7}\u{202e}|<b>", Some("x\u{1b}"))
    });
    builder.notice("one entry could not be read".to_owned());
    builder
}

/// All of it.
pub fn small() -> Arc<Snapshot> {
    let mut builder = builder();
    for part in Part::ALL {
        builder.part(part, Progress::Complete);
    }
    builder.snapshot()
}

/// Without the members of groups.
pub fn incomplete() -> Arc<Snapshot> {
    let mut builder = builder();
    for part in Part::ALL {
        builder.part(part, Progress::Complete);
    }
    builder.part(Part::Members, Progress::Missing("needs GroupMember.Read.All".to_owned()));
    builder.snapshot()
}
