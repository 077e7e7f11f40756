//! What this tenant's Graph said in its own words about plans and products: *does*, where the documented tables only
//! say *may*.
//!
//! Data with source and date, kept per tenant by whoever has a disk. It is learned from refused writes, answers to
//! reprocessing, audit records and licensing errors, never from a guess.

use serde::{Deserialize, Serialize};

use super::ids::{PlanId, SkuId};
use super::refusal::{Cause, cause, guids};
use super::time::Timestamp;

/// Where Graph said it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// The answer to a write that was refused.
    Refusal,
    /// The answer to `reprocessLicenseAssignment`.
    Reprocess,
    /// A record of the directory audit.
    Audit,
    /// An error of the cloud licensing API.
    CloudLicensing,
}

impl Source {
    /// What people read.
    pub fn as_str(self) -> &'static str {
        match self {
            Source::Refusal => "a refused write",
            Source::Reprocess => "reprocessing",
            Source::Audit => "the directory audit",
            Source::CloudLicensing => "cloud licensing",
        }
    }
}

/// Where, when and in which words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// Where.
    pub source: Source,
    /// When.
    pub at: Timestamp,
    /// Graph's words, raw: cleaned and with names only when they are shown.
    pub text: String,
}

/// Two plans that exclude each other, the lower id first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pair {
    /// One.
    pub a: PlanId,
    /// The other.
    pub b: PlanId,
    /// How that is known.
    pub said: Said,
}

/// A plan that needs one of others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dependency {
    /// The plan.
    pub plan: PlanId,
    /// One of these is needed; whether one or all is not documented, one is what is assumed.
    pub needs: Vec<PlanId>,
    /// How that is known.
    pub said: Said,
}

/// A product whose change Graph forbids although it allows others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Forbidden {
    /// The product.
    pub sku: SkuId,
    /// How that is known.
    pub said: Said,
}

/// Everything learned in one tenant.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Learned {
    pairs: Vec<Pair>,
    dependencies: Vec<Dependency>,
    forbidden: Vec<Forbidden>,
}

static NOTHING: Learned = Learned { pairs: Vec::new(), dependencies: Vec::new(), forbidden: Vec::new() };

impl Learned {
    /// Nothing learned yet.
    pub fn nothing() -> &'static Learned {
        &NOTHING
    }

    /// Whether nothing was learned yet.
    pub fn is_empty(&self) -> bool {
        *self == NOTHING
    }

    /// The pairs.
    pub fn pairs(&self) -> &[Pair] {
        &self.pairs
    }

    /// The dependencies.
    pub fn dependencies(&self) -> &[Dependency] {
        &self.dependencies
    }

    /// The products that must not be touched.
    pub fn forbidden(&self) -> &[Forbidden] {
        &self.forbidden
    }

    /// Learns from a text of Graph. Returns whether there was something new in it. Words that were heard before keep
    /// their place and take the newer date.
    pub fn hear(&mut self, status: u16, code: &str, text: &str, source: Source, at: Timestamp) -> bool {
        let said = || Said { source, at, text: text.to_owned() };
        match cause(status, code, text) {
            Cause::MutuallyExclusive(plans) => {
                let mut new = false;
                for (a, b) in pairs_in(text, &plans) {
                    new |= self.pair(a, b, said());
                }
                new
            }
            Cause::Dependency(plan, needs) if !needs.is_empty() => self.dependency(plan, needs, said()),
            _ => false,
        }
    }

    /// Learns that a product cannot be changed. Only for a 403 to a change of this product alone, by a caller whose
    /// other changes went through: everything else is a question of permissions.
    pub fn forbid(&mut self, sku: SkuId, said: Said) -> bool {
        match self.forbidden.iter_mut().find(|f| f.sku == sku) {
            Some(known) => {
                known.said = said;
                false
            }
            None => {
                self.forbidden.push(Forbidden { sku, said });
                true
            }
        }
    }

    fn pair(&mut self, a: PlanId, b: PlanId, said: Said) -> bool {
        let (a, b) = (a.min(b), a.max(b));
        match self.pairs.iter_mut().find(|p| (p.a, p.b) == (a, b)) {
            Some(known) => {
                known.said = said;
                false
            }
            None => {
                self.pairs.push(Pair { a, b, said });
                true
            }
        }
    }

    fn dependency(&mut self, plan: PlanId, needs: Vec<PlanId>, said: Said) -> bool {
        match self.dependencies.iter_mut().find(|d| d.plan == plan) {
            Some(known) => {
                let new = known.needs != needs;
                (known.needs, known.said) = (needs, said);
                new
            }
            None => {
                self.dependencies.push(Dependency { plan, needs, said });
                true
            }
        }
    }

    /// The learned pair of two plans.
    pub fn excludes(&self, a: PlanId, b: PlanId) -> Option<&Pair> {
        let (a, b) = (a.min(b), a.max(b));
        self.pairs.iter().find(|p| (p.a, p.b) == (a, b))
    }

    /// What a plan was learned to need.
    pub fn needs(&self, plan: PlanId) -> Option<&Dependency> {
        self.dependencies.iter().find(|d| d.plan == plan)
    }

    /// Whether Graph forbids changes of a product.
    pub fn forbids(&self, sku: SkuId) -> Option<&Forbidden> {
        self.forbidden.iter().find(|f| f.sku == sku)
    }
}

/// The pairs that a text names. The newer wording lists pairs in brackets; the older one names plans of which all
/// exclude each other.
fn pairs_in(text: &str, plans: &[PlanId]) -> Vec<(PlanId, PlanId)> {
    if text.to_ascii_lowercase().contains("service plan pairs") {
        let lists = text.split('[').skip(1).filter_map(|part| part.split_once(']')).map(|(list, _)| guids(list));
        let pairs: Vec<_> = lists
            .filter_map(|ids| match ids[..] {
                [a, b] => Some((PlanId::from_u128(a), PlanId::from_u128(b))),
                _ => None,
            })
            .filter(|(a, b)| plans.contains(a) && plans.contains(b))
            .collect();
        if !pairs.is_empty() {
            return pairs;
        }
    }
    let later = |at: usize| plans[at + 1..].iter();
    let all = plans.iter().enumerate().flat_map(|(at, a)| later(at).map(|b| (*a, *b)).collect::<Vec<_>>());
    all.filter(|(a, b)| a != b).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = "9aaf7827-d63c-4b61-89c3-182f06f82e5c";
    const B: &str = "efb87545-963c-4e0d-99df-69c6916d9eb0";
    const C: &str = "4a82b400-a79f-41a4-b4e2-e94f5787b113";

    fn plan(text: &str) -> PlanId {
        PlanId::parse(text).unwrap()
    }

    #[test]
    fn pairs_and_dependencies_are_learned_once_with_the_newest_words() {
        let mut learned = Learned::default();
        let text = format!("License assignment failed because service plans {A}, {B} are mutually exclusive.");
        assert!(learned.hear(400, "Request_BadRequest", &text, Source::Refusal, Timestamp(1)));
        assert!(!learned.hear(400, "Request_BadRequest", &text, Source::Reprocess, Timestamp(2)));
        let pair = learned.excludes(plan(B), plan(A)).unwrap();
        assert_eq!((pair.said.source, pair.said.at), (Source::Reprocess, Timestamp(2)));
        let text =
            format!("License assignment failed because service plan {C} depends on the service plan(s) {A}, {B}");
        assert!(learned.hear(400, "Request_BadRequest", &text, Source::Audit, Timestamp(3)));
        assert_eq!(learned.needs(plan(C)).map(|d| d.needs.clone()), Some(vec![plan(A), plan(B)]));
        assert!(!learned.hear(
            403,
            "",
            "Insufficient privileges to complete the operation.",
            Source::Refusal,
            Timestamp(4)
        ));
        let again: Learned = serde_json::from_str(&serde_json::to_string(&learned).unwrap()).unwrap();
        assert_eq!(again, learned);
    }

    #[test]
    fn listed_pairs_are_not_mixed_with_each_other_nor_with_products() {
        let mut learned = Learned::default();
        let text = format!(
            "Resolve these conflicting service plan pairs to solve this problem: [{A}, {B}], [{A}, {C}]. Licenses being added: [6fd2c87f-b296-42f0-b197-1e91e994b900]"
        );
        learned.hear(400, "", &text, Source::Audit, Timestamp(1));
        assert_eq!(learned.pairs().len(), 2);
        assert!(learned.excludes(plan(A), plan(C)).is_some() && learned.excludes(plan(B), plan(C)).is_none());
    }
}
