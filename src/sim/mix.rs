//! Numbers that look random and are a function of (seed, subject, position), and object ids that can be read backwards.
//!
//! A tenant of a million users costs no memory only if an id leads back to its position without a table.

use uuid::Uuid;

/// What a number or id is about, so that two subjects at one position have nothing in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u64)]
pub enum Subject {
    Tenant = 1,
    User,
    Group,
    Subscription,
    Country,
    Department,
    Office,
    Created,
    Assigned,
    Rotation,
    Synced,
    Surname,
    Audit,
    Purchase,
    Phone,
}

/// A well-stirred 64-bit number (splitmix64's finalizer over the three inputs).
pub fn mix(seed: u64, subject: Subject, position: u64) -> u64 {
    let mut x =
        seed ^ (subject as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ position.wrapping_mul(0xd1b5_4a32_d192_ed03);
    for _ in 0..2 {
        x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^= x >> 31;
    }
    x
}

/// The object id of the `position`-th object of this subject. It has the form of a random (version 4) GUID; its last
/// 32 bits are the position, hidden behind the rest.
pub fn object_id(seed: u64, subject: Subject, position: u32) -> u128 {
    let high = mix(seed, subject, u64::from(position));
    let low = mix(seed ^ 0x5bd1_e995, subject, u64::from(position)) & 0xffff_ffff_0000_0000;
    let head = Uuid::from_u64_pair(high, low).as_u128();
    let head = (head & !(0xf << 76) & !(0x3 << 62)) | (0x4 << 76) | (0x2 << 62);
    head | u128::from(position ^ veil(seed, subject, head))
}

/// The position that this id was made from, if it was made by [`object_id`] with the same seed and subject.
pub fn position_of(seed: u64, subject: Subject, id: u128) -> Option<u32> {
    let head = id & !0xffff_ffff;
    let position = (id & 0xffff_ffff) as u32 ^ veil(seed, subject, head);
    (object_id(seed, subject, position) == id).then_some(position)
}

fn veil(seed: u64, subject: Subject, head: u128) -> u32 {
    mix(seed.rotate_left(17), subject, (head >> 64) as u64 ^ (head as u64)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_leads_back_to_its_position_and_a_foreign_id_does_not() {
        for position in [0, 1, 299, 999_999, u32::MAX] {
            let id = object_id(7, Subject::User, position);
            assert_eq!(position_of(7, Subject::User, id), Some(position));
            assert_eq!(position_of(7, Subject::Group, id), None);
            assert_eq!(position_of(8, Subject::User, id), None);
            assert_eq!(Uuid::from_u128(id).get_version_num(), 4);
        }
    }
}
