//! Numbers for values that repeat: departments, plan sets, products, groups.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use crate::domain::ids::{GroupId, PlanId, SkuId};

/// Values by number and numbers by value. The first value has number 0.
#[derive(Debug, Clone)]
pub(super) struct Dict<V: Eq + Hash + Clone> {
    values: Vec<V>,
    numbers: HashMap<V, u32>,
}

impl<V: Eq + Hash + Clone> Default for Dict<V> {
    fn default() -> Self {
        Dict { values: Vec::new(), numbers: HashMap::new() }
    }
}

impl<V: Eq + Hash + Clone> Dict<V> {
    /// The number of a value, new if need be.
    pub(super) fn number<Q>(&mut self, value: &Q) -> u32
    where
        V: Borrow<Q> + for<'a> From<&'a Q>,
        Q: Eq + Hash + ?Sized,
    {
        if let Some(&number) = self.numbers.get(value) {
            return number;
        }
        let number = self.values.len() as u32;
        let value = V::from(value);
        self.values.push(value.clone());
        self.numbers.insert(value, number);
        number
    }

    /// The number of a value, if it has one.
    pub(super) fn find<Q>(&self, value: &Q) -> Option<u32>
    where
        V: Borrow<Q>,
        Q: Eq + Hash + ?Sized,
    {
        self.numbers.get(value).copied()
    }

    /// The value of a number.
    pub(super) fn get(&self, number: u32) -> Option<&V> {
        self.values.get(number as usize)
    }

    /// Values that got their numbers before, in order.
    pub(super) fn of(values: Vec<V>) -> Dict<V> {
        let numbers = values.iter().cloned().zip(0..).collect();
        Dict { values, numbers }
    }

    /// All values, by number.
    pub(super) fn values(&self) -> &[V] {
        &self.values
    }
}

/// A key that is its own number's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub(super) struct Key<T>(pub(super) T);

impl<T: Copy> From<&Key<T>> for Key<T> {
    fn from(key: &Key<T>) -> Self {
        *key
    }
}

/// The dictionaries that all chunks of a snapshot share.
#[derive(Debug, Clone, Default)]
pub(super) struct Dicts {
    /// Usage locations as they came; number 0 is the absent one.
    pub(super) locations: Dict<Arc<str>>,
    /// Countries, departments, offices; number 0 is the absent one.
    pub(super) words: Dict<Arc<str>>,
    /// Products.
    pub(super) skus: Dict<Key<SkuId>>,
    /// Granting groups.
    pub(super) groups: Dict<Key<GroupId>>,
    /// Disabled-plan sets.
    pub(super) plan_sets: Dict<Arc<[PlanId]>>,
    /// State and error words that the program does not know.
    pub(super) unknown: Dict<Arc<str>>,
}

impl Dicts {
    /// Dictionaries whose number 0 means absent where it has to.
    pub(super) fn new() -> Dicts {
        let mut dicts = Dicts::default();
        dicts.locations.number("");
        dicts.words.number("");
        dicts
    }
}
