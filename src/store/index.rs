//! Users by id.

use hashbrown::HashTable;

/// Users by id: row numbers in a hash table that keeps no ids of its own.
#[derive(Debug, Clone, Default)]
pub(super) struct Index(HashTable<u32>);

fn hash(id: u128) -> u64 {
    // Object ids are random; folding the halves is enough, and a directory cannot choose them.
    (id as u64) ^ ((id >> 64) as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

impl Index {
    pub(super) fn find(&self, id: u128, id_at: impl Fn(u32) -> u128) -> Option<u32> {
        self.0.find(hash(id), |&row| id_at(row) == id).copied()
    }

    pub(super) fn insert(&mut self, id: u128, row: u32, id_at: impl Fn(u32) -> u128) {
        self.0.insert_unique(hash(id), row, |&row| hash(id_at(row)));
    }
}
