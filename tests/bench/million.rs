//! What a million users cost: loading into columns, findings, memory, filters. Run it with
//! `cargo bench --bench million [USERS]`; it prints figures and judges nothing.

use std::time::Instant;

use tenantry::domain::catalog::Catalog;
use tenantry::domain::facts::{
    AssignedLicense, AssignmentState, ErrorCode, FactSink, Group, GroupLicense, LicenseState, Members, Part, Path,
    Progress, Row, Sku, SkuPlan, Sync, Tenant, Units, UserFacts, UserType,
};
use tenantry::domain::ids::{GroupId, SkuId, UserId};
use tenantry::domain::time::Timestamp;
use tenantry::query::{self, Query};
use tenantry::store::{Builder, Snapshot, UserOrder};

const FIRST: [&str; 12] =
    ["Anna", "Bruno", "Chloé", "Dmitri", "Elif", "Fatima", "Grace", "Hiro", "Ines", "Jürgen", "Kofi", "Łucja"];
const LAST: [&str; 10] =
    ["Schmidt", "Dubois", "Tanaka", "Okafor", "Müller", "Rossi", "Novák", "Silva", "Larsen", "Nguyen"];
const DEPARTMENTS: [&str; 6] = ["Sales", "Finance", "Human Resources", "Research", "Operations", "Legal"];

fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|l| l.starts_with("VmRSS:")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|n| n.parse::<u64>().ok()).unwrap_or(0) / 1024
}

fn sku(part: &str) -> Sku {
    let known = Catalog::embedded().sku_by_part_number(part).expect("in the catalog");
    let plans = Catalog::embedded().plans_of(known);
    Sku {
        id: known.id,
        part_number: part.into(),
        for_users: true,
        capability: "Enabled".into(),
        consumed: 0,
        units: Units { enabled: 2_000_000, ..Units::default() },
        plans: plans
            .map(|p| SkuPlan { id: p.id, name: p.name.into(), for_users: true, status: "Success".into() })
            .collect(),
        subscriptions: Vec::new(),
    }
}

struct Person {
    upn: String,
    name: String,
    proxy: String,
}

fn user(builder: &mut Builder, n: u64, skus: &[SkuId], groups: &[GroupId], scratch: &mut Person) {
    use std::fmt::Write;
    let r = n.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 17;
    let (first, last) = (FIRST[(r % 12) as usize], LAST[(r / 12 % 10) as usize]);
    scratch.upn.clear();
    scratch.name.clear();
    scratch.proxy.clear();
    let _ = write!(scratch.upn, "{}.user{n}@contoso.com", char::from(b'a' + (r % 26) as u8));
    let _ = write!(scratch.name, "{first} {last} {n}");
    let _ = write!(scratch.proxy, "SMTP:{}", scratch.upn);
    let failing = r % 100 < 5;
    let state = |sku, path, error| LicenseState {
        sku,
        path,
        disabled: &[],
        state: if error == ErrorCode::None { AssignmentState::Active } else { AssignmentState::Error },
        error,
        updated: Some(Timestamp(1_700_000_000)),
    };
    let code = if failing { ErrorCode::CountViolation } else { ErrorCode::None };
    let states = [
        state(skus[(r % 3) as usize], Path::Group(groups[(r % 7) as usize]), code),
        state(skus[3 + (r % 2) as usize], Path::Direct, ErrorCode::None),
    ];
    let assigned = states.map(|s| AssignedLicense { sku: s.sku, disabled: &[] });
    let count = 1 + (r % 10 < 8) as usize;
    builder.user(&UserFacts {
        id: UserId::from_u128(u128::from(r) << 64 | u128::from(n)),
        upn: &scratch.upn,
        display_name: &scratch.name,
        mail: Some(&scratch.upn),
        usage_location: (!r.is_multiple_of(50)).then_some("DE"),
        country: Some("Germany"),
        department: Some(DEPARTMENTS[(r % 6) as usize]),
        office: None,
        enabled: Some(!r.is_multiple_of(40)),
        user_type: UserType::Member,
        sync: Sync::Never,
        provisioning_error: false,
        assigned: &assigned[..count],
        states: &states[..count],
        proxies: &[&scratch.proxy],
    });
}

fn timed<R>(what: &str, work: impl FnOnce() -> R) -> R {
    let start = Instant::now();
    let result = work();
    println!("{what:<60} {:>9.2} ms", start.elapsed().as_secs_f64() * 1e3);
    result
}

fn filter(snapshot: &Snapshot, line: &str) {
    let query = Query::parse(line).expect("a query");
    let rows = timed(&format!("filter `{line}`"), || {
        query::users(snapshot, &query, None, UserOrder::Name, &|| false).expect("not cancelled")
    });
    println!("{:>60} rows", rows.len());
}

fn main() {
    let users: u64 = std::env::args().filter_map(|a| a.parse().ok()).next().unwrap_or(1_000_000);
    let before = resident();
    let products: Vec<Sku> =
        ["ENTERPRISEPACK", "ENTERPRISEPREMIUM", "STANDARDPACK", "EMS", "VISIOCLIENT"].map(sku).into();
    let ids: Vec<SkuId> = products.iter().map(|s| s.id).collect();
    let groups: Vec<GroupId> = (0..7).map(|n| GroupId::from_u128(0x2000 + n)).collect();
    let mut builder = Builder::new(Timestamp(1_780_000_000));
    builder.skus(products);
    for group in &groups {
        let licenses = ids.iter().take(3).map(|s| GroupLicense { sku: *s, disabled: Vec::new() }).collect();
        builder.group(Group { licenses, ..Group::unknown(*group) });
    }
    let mut scratch = Person { upn: String::new(), name: String::new(), proxy: String::new() };
    timed(&format!("{users} users into columns"), || {
        (0..users).for_each(|n| user(&mut builder, n, &ids, &groups, &mut scratch));
    });
    timed("members of the groups", || {
        let mut members = vec![Vec::new(); groups.len()];
        for n in 0..users {
            let r = n.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 17;
            members[(r % 7) as usize].push(UserId::from_u128(u128::from(r) << 64 | u128::from(n)));
        }
        for (group, mut users) in groups.iter().zip(members) {
            users.sort_unstable();
            builder.members(*group, Members { users: users.into(), ..Members::default() });
        }
    });
    for part in Part::ALL {
        builder.part(part, Progress::Complete);
    }
    let snapshot = timed("all findings, first snapshot", || builder.snapshot());
    println!("{:>60} findings", snapshot.findings().total());
    println!("{:>60} MB resident above the start", resident().saturating_sub(before));
    user(&mut builder, users / 2, &ids, &groups, &mut scratch);
    let snapshot2 = timed("one changed user, next snapshot", || builder.snapshot());
    drop(snapshot);
    let mut file = Vec::new();
    timed("snapshot into memory, packed", || snapshot2.write(&mut file).expect("written"));
    println!("{:>60} MB", file.len() >> 20);
    let again = timed("snapshot read, with all findings", || Snapshot::read(&mut file.as_slice()).expect("read"));
    assert_eq!(again.findings().total(), snapshot2.findings().total());
    drop((file, again));
    timed("order by name (once per snapshot)", || snapshot2.ordered(UserOrder::Name));
    println!("{:>60} MB resident above the start", resident().saturating_sub(before));
    for line in [
        "a",
        "schmidt",
        "user123456",
        "zzzz",
        "dept:sales",
        "kind:seats-exhausted sku:ENTERPRISEPACK",
        "-anna loc:none",
    ] {
        filter(&snapshot2, line);
    }
    timed("list of all findings", || query::findings(&snapshot2, &Query::default(), None, &|| false));
    timed("describe 1,000 findings", || {
        snapshot2.findings().all().take(1000).filter_map(|at| snapshot2.describe(at)).count()
    });
    timed("1,000 users by id", || {
        (0..1000u32).filter(|n| snapshot2.row_of(snapshot2.user_at(Row(n * 7 % users as u32)).id()).is_some()).count()
    });
}
