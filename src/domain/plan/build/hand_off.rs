//! `hand-off`: nothing is written here. A line for the owner of the system that can: the object, the attribute, the
//! value.

use std::collections::BTreeMap;

use super::Draft;
use crate::domain::facts::{Sync, Tenant, UserFacts};
use crate::domain::finding::Found;
use crate::domain::ids::SkuId;
use crate::domain::kind::Kind;
use crate::domain::location::Location;
use crate::domain::names;
use crate::domain::plan::{HandOff, Target, Unplanned};

pub(super) fn draft<T: Tenant>(draft: &mut Draft, found: &[Found], location: Option<Location>, tenant: &T) {
    let mut short: BTreeMap<SkuId, i64> = BTreeMap::new();
    for found in found {
        match (found.kind, found.user.and_then(|user| tenant.row_of(user))) {
            (Kind::SeatsExhausted, _) => {
                if let Some(sku) = found.sku {
                    *short.entry(sku).or_default() += 1;
                }
            }
            (Kind::SkuOverused, _) => {
                if let Some(sku) = found.sku {
                    short.entry(sku).or_default();
                }
            }
            (kind, Some(row)) => {
                let holders = tenant.address_holders(row);
                let holder = holders.first().map(|row| tenant.with_user(*row, |u| (u.upn.to_owned(), u.sync)));
                tenant.with_user(row, |user| match line(kind, user, holder, location) {
                    Some(line) => draft.hand_offs.push(line),
                    None => draft.refusals.push(Unplanned {
                        target: Target::User(user.id),
                        upn: user.upn.to_owned(),
                        why: "can be repaired here: nothing to hand off".to_owned(),
                    }),
                });
            }
            (_, None) => {}
        }
    }
    for (sku, waiting) in short {
        let free = tenant.sku(sku).map_or(0, |s| s.free());
        let missing = waiting - free.max(0) + (-free).max(0);
        draft.hand_offs.push(HandOff {
            owner: "billing".to_owned(),
            object: names::sku(sku, tenant),
            attribute: "seats".to_owned(),
            value: format!("{:+}", missing.max(0)),
            reason: format!("{waiting} users wait for a seat, {free} are free"),
        });
    }
    draft.title = format!("{} lines for the owners of other systems", draft.hand_offs.len());
}

fn line(
    kind: Kind,
    user: &UserFacts<'_>,
    holder: Option<(String, Sync)>,
    location: Option<Location>,
) -> Option<HandOff> {
    let hand_off = |owner: &str, attribute: &str, value: String, reason: String| {
        let (owner, attribute) = (owner.to_owned(), attribute.to_owned());
        Some(HandOff { owner, object: user.upn.to_owned(), attribute, value, reason })
    };
    match kind {
        Kind::UsageLocationMissing | Kind::UsageLocationInvalid if user.sync == Sync::Now => {
            let value = location.map_or_else(|| "the country code".to_owned(), |l| l.to_string());
            let reason = "the user is synced: what stands in AD wins at the next cycle".to_owned();
            hand_off("AD", "msExchUsageLocation", value, reason)
        }
        Kind::ProxyAddressInUse => match holder {
            Some((other, sync)) => {
                let owner = if sync == Sync::Now || user.sync == Sync::Now { "AD" } else { "Exchange" };
                let value = format!("remove the address that {other} holds too, from one of the two");
                hand_off(owner, "proxyAddresses", value, format!("{other} holds one of the addresses"))
            }
            None => {
                let address = user.mail.unwrap_or(user.upn).replace('\'', "''");
                let value = format!(
                    "Get-Recipient -IncludeSoftDeletedRecipients -Filter \"EmailAddresses -eq 'smtp:{address}'\""
                );
                hand_off("Exchange", "proxyAddresses", value, "the other holder is not visible in Graph".to_owned())
            }
        },
        _ => None,
    }
}
