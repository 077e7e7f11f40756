//! A tenant in a file: it comes back as it was, and what was cut, changed or newer is refused.

mod common;

use common::{NOW, TestTenant, direct, person, put, user};
use tenantry::domain::facts::{FactSink, Group, Members, Tenant};
use tenantry::domain::ids::GroupId;
use tenantry::store::{BadSnapshot, Builder, Snapshot, SnapshotInfo};

fn bytes(snapshot: &Snapshot) -> Vec<u8> {
    let mut out = Vec::new();
    snapshot.write(&mut out).unwrap();
    out
}

fn read(bytes: &[u8]) -> Result<std::sync::Arc<Snapshot>, BadSnapshot> {
    Snapshot::read(&mut &bytes[..])
}

fn small() -> std::sync::Arc<Snapshot> {
    TestTenant::new()
        .skus(&[("EMS", 5, 1)])
        .person(person(1).with(direct("EMS").failing("CountViolation")))
        .person(person(2).located(None))
        .person(person(3).located(Some("ZZ")).with(direct("EMS").failing("SomethingNew")))
        .done()
}

#[test]
fn a_tenant_comes_back_as_it_was() {
    let mut builder = Builder::new(NOW);
    for n in 0..4_100 {
        put(&mut builder, &person(n).with(direct("EMS").failing(if n % 7 == 0 { "CountViolation" } else { "None" })));
    }
    builder.user_gone(user(5));
    let group = GroupId::from_u128(77);
    let members = Members { users: vec![user(1), user(2)].into(), ..Members::default() };
    builder.group(Group { display_name: "Sales".into(), members: Some(members), ..Group::unknown(group) });
    builder.notice("odd".into());
    let before = builder.snapshot();
    let after = read(&bytes(&before)).unwrap();
    assert_eq!(after.living_users(), before.living_users());
    assert_eq!((after.now(), after.parts(), after.notices()), (before.now(), before.parts(), before.notices()));
    assert_eq!((after.groups(), after.skus()), (before.groups(), before.skus()));
    assert_eq!(after.findings().total(), before.findings().total());
    for n in (0..4_100).step_by(97) {
        let (old, new) = (before.user(user(n)).unwrap(), after.user(user(n)).unwrap());
        old.facts(|old| new.facts(|new| assert_eq!(old, new)));
    }
    assert!(after.user(user(5)).is_none());
    assert_eq!(bytes(&after), bytes(&before));
}

#[test]
fn the_head_is_read_alone() {
    let all = bytes(&small());
    let info = SnapshotInfo::read(&mut &all[..all.len() / 2]).unwrap();
    assert_eq!((info.users, info.skus, info.now), (3, 1, NOW));
}

#[test]
fn every_cut_and_every_changed_byte_is_noticed() {
    let whole = bytes(&small());
    for end in 0..whole.len() {
        assert!(read(&whole[..end]).is_err(), "cut at {end}");
    }
    for at in 0..whole.len() {
        let mut changed = whole.clone();
        changed[at] ^= 0x20;
        assert!(read(&changed).is_err(), "changed at {at}");
    }
    let longer = [&whole[..], b"x"].concat();
    assert!(matches!(read(&longer), Err(BadSnapshot::Damaged(_))));
    assert!(matches!(read(b"PK\x03\x04 something else"), Err(BadSnapshot::Foreign)));
}

#[test]
fn a_newer_form_is_refused_with_what_to_do() {
    let mut newer = bytes(&small());
    newer[8] = 99;
    let said = read(&newer).unwrap_err().to_string();
    assert!(said.contains("newer tenantry") && said.contains("update"), "{said}");
}

/// Whoever changes what is written must count the version up: old files would be read as something else.
#[test]
fn the_form_is_the_one_of_its_version() {
    let all = bytes(&small());
    let sum = crc32fast::hash(&all);
    assert_eq!(
        (all[8], sum),
        (1, FORM),
        "the form has changed: count VERSION up in store/file.rs and put the new sum here"
    );
}

/// Holds the version of the program too, which stands in the head.
const FORM: u32 = 2_077_567_119;
