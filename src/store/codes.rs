//! Numbers of products, plan sets, states and errors, as the rows of a chunk keep them, and back.

use std::sync::Arc;

use super::dict::{Dicts, Key};
use crate::domain::facts::{AssignmentState, ErrorCode};
use crate::domain::ids::{PlanId, SkuId};
use crate::domain::text::Clean;

/// Codes from here on are numbers of [`Dicts::unknown`].
const UNKNOWN: u8 = 32;

pub(super) fn sku(number: u16, dicts: &Dicts) -> SkuId {
    dicts.skus.get(u32::from(number)).map_or(SkuId::from_u128(0), |key| key.0)
}

/// A tenant with more than 65,535 products does not exist; one that claims to shares the last number.
pub(super) fn sku_number(sku: SkuId, dicts: &mut Dicts) -> u16 {
    u16::try_from(dicts.skus.number(&Key(sku))).unwrap_or(u16::MAX)
}

pub(super) fn plans(number: u32, dicts: &Dicts) -> &[PlanId] {
    dicts.plan_sets.get(number).map_or(&[], |set| set)
}

pub(super) fn unknown(code: u8, dicts: &Dicts) -> &str {
    dicts.unknown.get(u32::from(code.saturating_sub(UNKNOWN))).map_or("", |word| word)
}

/// The number of a plan set, whatever order it came in. `u32::MAX` stands for the empty set, which is the common one.
pub(super) fn plan_set(plans: &[PlanId], dicts: &mut Dicts) -> u32 {
    if plans.is_empty() {
        return u32::MAX;
    }
    if plans.is_sorted() {
        return dicts.plan_sets.number(plans);
    }
    let mut sorted: Vec<PlanId> = plans.to_vec();
    sorted.sort_unstable();
    dicts.plan_sets.number::<[PlanId]>(&Arc::<[PlanId]>::from(sorted))
}

/// Words beyond what a byte can number (224 unknown ones) share the last number: a tenant has none or one.
pub(super) fn unknown_code(word: &str, dicts: &mut Dicts) -> u8 {
    u8::try_from(dicts.unknown.number(Clean::new(word).as_str()) + u32::from(UNKNOWN)).unwrap_or(u8::MAX)
}

pub(super) fn state_code(state: AssignmentState<'_>, dicts: &mut Dicts) -> u8 {
    match state {
        AssignmentState::Active => 0,
        AssignmentState::ActiveWithError => 1,
        AssignmentState::Disabled => 2,
        AssignmentState::Error => 3,
        AssignmentState::Unrecognized(word) => unknown_code(word, dicts),
    }
}

pub(super) fn error_code(error: ErrorCode<'_>, dicts: &mut Dicts) -> u8 {
    match error {
        ErrorCode::None => 0,
        ErrorCode::CountViolation => 1,
        ErrorCode::MutuallyExclusiveViolation => 2,
        ErrorCode::DependencyViolation => 3,
        ErrorCode::ProhibitedInUsageLocationViolation => 4,
        ErrorCode::UniquenessViolation => 5,
        ErrorCode::Other => 6,
        ErrorCode::Unrecognized(word) => unknown_code(word, dicts),
    }
}
