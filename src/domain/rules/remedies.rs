//! What can be done about each kind of finding, least harm first.

use crate::domain::facts::{Path, Sync, Tenant, UserFacts};
use crate::domain::finding::Finding;
use crate::domain::kind::Kind;
use crate::domain::names;
use crate::domain::remedy::{Remedy, Verb};

pub(super) fn add<T: Tenant>(finding: &mut Finding, tenant: &T) {
    let found = finding.found;
    let user = found.user.and_then(|u| tenant.row_of(u));
    finding.remedies = match user {
        Some(row) => tenant.with_user(row, |facts| of_user(finding, facts, tenant)),
        None => of_shared(finding, tenant),
    };
}

fn reprocess(path: Path, what: &str) -> Remedy {
    match path {
        Path::Group(_) => Remedy::new(Verb::Reprocess, what),
        Path::Direct => Remedy::not(Verb::Reprocess, what, "only group licenses are reprocessed; this one is direct"),
    }
}

fn of_user<T: Tenant>(finding: &Finding, user: &UserFacts<'_>, tenant: &T) -> Vec<Remedy> {
    let found = finding.found;
    let path = found.group.map_or(Path::Direct, Path::Group);
    let product = found.sku.map(|s| names::sku(s, tenant)).unwrap_or_default();
    let again = || reprocess(path, "process the group licenses again and read Graph's answer");
    let remove = |why: &str| {
        let direct = user.states.iter().any(|s| Some(s.sku) == found.sku && s.path == Path::Direct);
        if direct {
            Remedy::new(Verb::RemoveLicense, format!("remove the direct {product}: {why}"))
        } else {
            Remedy::not(
                Verb::RemoveLicense,
                format!("remove {product}"),
                match path.group() {
                    Some(group) => format!("inherited from group {}", names::group(group, tenant)),
                    None => "it is not assigned directly".to_owned(),
                },
            )
        }
    };
    match found.kind {
        Kind::UsageLocationMissing | Kind::UsageLocationInvalid => {
            let mut set = Remedy::new(Verb::SetUsageLocation, "set the usage location");
            if user.sync == Sync::Now {
                set.summary
                    .push_str("; the user is synced: msExchUsageLocation in AD wins at the next cycle if it is filled");
            }
            vec![set]
        }
        Kind::SeatsExhausted => {
            let free = found.sku.and_then(|s| tenant.sku(s)).map_or(0, |s| s.free());
            let what = match free {
                1 => format!("process again: 1 seat of {product} is free"),
                free => format!("process again: {} seats of {product} are free", free.max(0)),
            };
            if free > 0 {
                vec![reprocess(path, &what)]
            } else {
                vec![
                    Remedy::not(Verb::Reprocess, what, "no seat is free: reclaim or buy one first"),
                    Remedy::new(Verb::HandOff, format!("ask the billing owner for seats of {product}")),
                ]
            }
        }
        Kind::LocationProhibited => {
            vec![Remedy::new(Verb::SetUsageLocation, "correct the usage location, if it is not true"), again()]
        }
        Kind::PlansConflict | Kind::DependencyMissing => vec![again(), remove("ends this side")],
        Kind::RemovalBlocked => vec![again()],
        Kind::ProxyAddressInUse => vec![
            Remedy::new(Verb::HandOff, "have the address removed from one of its holders in Exchange or AD"),
            again(),
        ],
        Kind::BlockedBySibling | Kind::AssignmentFailed => vec![again()],
        Kind::DisabledAccountLicensed | Kind::GuestLicensed => {
            vec![Remedy::new(Verb::RemoveLicense, "remove a direct license; check the mailbox first")]
        }
        Kind::DuplicatePath => vec![remove("frees no seat")],
        Kind::OverlappingSkus => vec![remove("frees a seat, if no group gives it too")],
        Kind::SkuNotOwned => vec![remove("the product is gone, the entry is left over")],
        Kind::StaleInheritance => vec![
            reprocess(path, "process the group licenses again: the leftover goes, or Graph says what holds it"),
            remove("does not end the inherited entry"),
        ],
        Kind::ProvisioningError => vec![Remedy::new(
            Verb::HandOff,
            if user.sync == Sync::Now {
                "have the conflicting attribute corrected in Active Directory; the error goes with the next sync"
            } else {
                "have the service's error corrected in its admin center; it goes when the service tries again"
            },
        )],
        _ => Vec::new(),
    }
}

fn of_shared<T: Tenant>(finding: &Finding, tenant: &T) -> Vec<Remedy> {
    let hand_off = |what: String| vec![Remedy::new(Verb::HandOff, what)];
    let name = finding.found.sku.map(|s| names::sku(s, tenant)).unwrap_or_default();
    let change = |what: &str| Remedy::new(Verb::ChangeGroupLicenses, what);
    match finding.found.kind {
        Kind::GroupInError => vec![Remedy::new(Verb::Reprocess, "fix the causes, then reprocess the members in error")],
        Kind::GroupNestedMembers => vec![
            Remedy::new(Verb::JoinGroup, "make the users inside direct members"),
            change("license the nested groups themselves"),
        ],
        Kind::GroupPrerequisiteMissing => {
            vec![change("give the prerequisite by this group, its other plans off: who has it elsewhere needs no second seat")]
        }
        Kind::GroupInternalConflict => {
            vec![change("switch one of the two plans off, or give one product by another group")]
        }
        Kind::GroupSeatsShort => vec![
            Remedy::new(Verb::RemoveLicense, format!("reclaim seats of {name}: disabled accounts first")),
            Remedy::new(Verb::HandOff, format!("ask the billing owner for seats of {name}")),
        ],
        Kind::DynamicRuleCascade => hand_off(
            "before a change upstream: pause this rule, change, wait until it is processed, resume; better: let the rule read an attribute"
                .to_owned(),
        ),
        Kind::DynamicRulePaused => {
            hand_off("resume the rule in Entra once it is known why it was paused: people move when it runs".to_owned())
        }
        Kind::SkuNotOwned => vec![change("take the product out of the group's licenses")],
        Kind::SkuOverused => hand_off(format!("ask the billing owner for seats of {name}, or free some")),
        Kind::SkuSuspended | Kind::SkuInGrace | Kind::SkuExpiring => {
            hand_off(format!("ask the billing owner to renew {name}, or move its users to another product in time"))
        }
        Kind::SkuIdleSeats => hand_off(format!("tell the billing owner: fewer seats of {name} would do")),
        Kind::SkuForeignOwned => {
            hand_off(format!("changes of {name}: the partner, the buyer or Microsoft support; leave it out of bulk changes"))
        }
        _ => Vec::new(),
    }
}
