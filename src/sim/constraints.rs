//! What the simulated licensing service enforces: its own list, as the real one has its own.
//!
//! It differs on purpose from the documented sets: SharePoint Plan 1 with Plan 2 is allowed (documented as exclusive,
//! today only "not recommended"), and two editions of Windows exclude each other although no page says so.

use crate::domain::ids::PlanId;

const fn plan(id: u128) -> PlanId {
    PlanId::from_u128(id)
}

const EXCHANGE_1: PlanId = plan(0x9aaf7827_d63c_4b61_89c3_182f06f82e5c);
const EXCHANGE_2: PlanId = plan(0xefb87545_963c_4e0d_99df_69c6916d9eb0);
const EXCHANGE_KIOSK: PlanId = plan(0x4a82b400_a79f_41a4_b4e2_e94f5787b113);

/// Exchange Online (Plan 1), which a dynamic group of the scenario reads.
pub const EXCHANGE_PLAN_1: PlanId = EXCHANGE_1;
/// Exchange Online (Plan 2).
pub const EXCHANGE_PLAN_2: PlanId = EXCHANGE_2;
/// SharePoint (Plan 2).
pub const SHAREPOINT_PLAN_2: PlanId = plan(0x5dbe027f_2339_4123_9542_606e4d348a72);

/// A user can have one plan of each set.
const EXCLUSIVE: &[&[PlanId]] = &[
    &[
        EXCHANGE_1,
        EXCHANGE_2,
        EXCHANGE_KIOSK,
        plan(0x1126bef5_da20_4f07_b45e_ad25d2581aa8),
        plan(0x90927877_dcff_4af6_b346_2332c0b15bb7),
    ],
    &[plan(0xbea4c11e_220a_4e6d_8eb8_8ea15d019f90), plan(0x6a76346d_5d6e_4051_9fe3_ed3f312b5597)],
    &[
        plan(0xc1ec4a95_1f05_45b3_a911_aa3fa01094f5),
        plan(0x3e170737_c728_4eae_bbb9_3f3360f7184c),
        plan(0x2dc63b8a_df3d_448f_b683_8655877c9360),
    ],
    &[plan(0xafc06cb0_b4f4_4473_8286_d644f70d8faf), plan(0x0feaeb32_d00e_4d66_bd5a_43b5b83db82c)],
    &[
        plan(0x4ed3ff63_69d7_4fb7_b984_5aec7f605ca8),
        plan(0x5a10155d_f5c1_411a_a8ec_e99aae125390),
        plan(0x54a152dc_90de_4996_93d2_bc47e670fc06),
    ],
    &[plan(0x7547a3fe_08ee_4ccb_b430_5077c5041653), plan(0x2078e8df_cff6_4290_98cb_5408261a760a)],
    // Windows Enterprise E3 and the local edition of the frontline suites
    &[plan(0x21b439ba_a0ca_424f_a6cc_52f954a5b111), plan(0xe041597c_9c7f_4ed9_99b0_2663301576f7)],
];

/// The first plan needs one of the others.
const DEPENDS: &[(PlanId, &[PlanId])] = &[
    (plan(0xf477b0f0_3bb1_4890_940c_40fcee6ce05f), &[EXCHANGE_1, EXCHANGE_2]),
    (plan(0xfe71d6c3_a2ea_4499_9778_da042bf08063), &[SHAREPOINT_PLAN_2]),
    (plan(0x8e0c0a52_6a6c_4d40_8370_dd62790dcd70), &[EXCHANGE_1, EXCHANGE_2]),
    (plan(0x4828c8ec_dc2e_4779_b502_87ac9ce28ab7), &[plan(0x57ff2da0_773e_42df_b2af_ffb7a2317929)]),
];

/// Countries in which a plan is not offered: calling plans.
const BARRED: &[(PlanId, &[&str])] = &[
    (plan(0x4ed3ff63_69d7_4fb7_b984_5aec7f605ca8), &["BR", "CN", "IN", "KR", "TR"]),
    (plan(0x5a10155d_f5c1_411a_a8ec_e99aae125390), &["BR", "CN", "IN", "KR", "TR"]),
    (plan(0x54a152dc_90de_4996_93d2_bc47e670fc06), &["BR", "CN", "IN", "KR", "TR"]),
];

/// The plan of `held` that excludes `wanted`.
pub fn excluded_by(wanted: PlanId, held: &[PlanId]) -> Option<PlanId> {
    let set = EXCLUSIVE.iter().find(|set| set.contains(&wanted))?;
    held.iter().copied().find(|h| *h != wanted && set.contains(h))
}

/// What `wanted` needs, if nothing of it is in `present`.
pub fn lacking(wanted: PlanId, present: &[PlanId]) -> Option<&'static [PlanId]> {
    let (_, bases) = DEPENDS.iter().find(|(plan, _)| *plan == wanted)?;
    (!bases.iter().any(|b| present.contains(b))).then_some(*bases)
}

/// Whether the plan is not offered in this country.
pub fn barred(wanted: PlanId, location: &str) -> bool {
    BARRED.iter().any(|(plan, countries)| *plan == wanted && countries.contains(&location))
}

/// Officially assigned ISO 3166-1 alpha-2 codes, two letters each; `XK` is in use without being in the standard.
const CODES: &str = "ADAEAFAGAIALAMAOAQARASATAUAWAXAZBABBBDBEBFBGBHBIBJBLBMBNBOBQBRBSBTBVBWBYBZCACCCDCFCGCHCICKCLCMCNCOCRCUCV\
CWCXCYCZDEDJDKDMDODZECEEEGEHERESETFIFJFKFMFOFRGAGBGDGEGFGGGHGIGLGMGNGPGQGRGSGTGUGWGYHKHMHNHRHTHUIDIEILIMINIOIQIRISITJEJMJOJPKEKG\
KHKIKMKNKPKRKWKYKZLALBLCLILKLRLSLTLULVLYMAMCMDMEMFMGMHMKMLMMMNMOMPMQMRMSMTMUMVMWMXMYMZNANCNENFNGNINLNONPNRNUNZOMPAPEPFPGPHPKPLPMPN\
PRPSPTPWPYQARERORSRURWSASBSCSDSESGSHSISJSKSLSMSNSOSRSSSTSVSXSYSZTCTDTFTGTHTJTKTLTMTNTOTRTTTVTWTZUAUGUMUSUYUZVAVCVEVGVIVNVUWFWSXKYE\
YTZAZMZW";

/// Whether a license can be given in this usage location at all.
pub fn is_location(code: &str) -> bool {
    code.len() == 2 && CODES.as_bytes().chunks(2).any(|c| c == code.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::catalog::Catalog;

    #[test]
    fn every_plan_of_the_lists_is_a_real_one() {
        let listed = EXCLUSIVE
            .iter()
            .flat_map(|s| s.iter())
            .chain(DEPENDS.iter().flat_map(|(p, b)| std::iter::once(p).chain(*b)));
        // INTUNE_B is in the documented set but in no table of products: it is no longer sold.
        let intune_b = PlanId::from_u128(0x2dc6_3b8a_df3d_448f_b683_8655_877c_9360);
        let unknown = listed.chain(BARRED.iter().map(|(p, _)| p)).filter(|p| Catalog::embedded().plan(**p).is_none());
        assert_eq!(unknown.collect::<Vec<_>>(), [&intune_b]);
    }

    #[test]
    fn exchange_plans_exclude_each_other_and_sharepoint_plans_do_not() {
        assert_eq!(excluded_by(EXCHANGE_2, &[SHAREPOINT_PLAN_2, EXCHANGE_KIOSK]), Some(EXCHANGE_KIOSK));
        assert_eq!(excluded_by(EXCHANGE_2, &[EXCHANGE_2]), None, "a plan does not exclude itself");
        let sharepoint_1 = plan(0xc7699d2e_19aa_44de_8edf_1736da088ca1);
        assert_eq!(excluded_by(SHAREPOINT_PLAN_2, &[sharepoint_1]), None);
    }

    #[test]
    fn uk_is_no_usage_location_and_gb_is_one() {
        assert!(is_location("GB") && is_location("XK") && is_location("DE"));
        assert!(!is_location("UK") && !is_location("de") && !is_location("") && !is_location("EA"));
        assert_eq!(CODES.len(), 250 * 2);
    }
}
