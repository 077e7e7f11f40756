//! A column of short texts in one allocation: an arena and the end of each text in it.

/// Texts by row.
#[derive(Debug, Clone, Default, serde::Serialize, serde::Deserialize)]
pub(super) struct TextColumn {
    arena: String,
    ends: Vec<u32>,
}

impl TextColumn {
    /// Appends the text of the next row. A text that would push the arena over 4 GiB is stored empty; a chunk of
    /// 4,096 rows cannot get there with anything that Graph answers.
    pub(super) fn push(&mut self, text: &str) {
        if u32::try_from(self.arena.len() + text.len()).is_ok() {
            self.arena.push_str(text);
        }
        self.ends.push(self.arena.len() as u32);
    }

    /// The text of a row.
    pub(super) fn get(&self, row: usize) -> &str {
        let start = if row == 0 { 0 } else { self.ends[row - 1] as usize };
        &self.arena[start..self.ends[row] as usize]
    }

    /// All texts, one after the other.
    pub(super) fn arena(&self) -> &[u8] {
        self.arena.as_bytes()
    }

    /// The row that a position of the arena belongs to, at or after `from`. Hits of a sweep come in order and often in
    /// neighboring rows, so the next few are tried before the rest is halved.
    pub(super) fn row_at(&self, position: usize, from: usize) -> usize {
        let holds = |end: &u32| (*end as usize) > position;
        let near = self.ends.iter().skip(from).take(4).position(holds);
        near.map_or_else(|| from + self.ends[from..].partition_point(|end| !holds(end)), |ahead| from + ahead)
    }

    /// Where the text of a row ends in the arena.
    pub(super) fn end(&self, row: usize) -> usize {
        self.ends[row] as usize
    }

    /// Whether it has so many texts, and none that would end outside or inside a character. Files may be damaged.
    pub(super) fn is_sound(&self, rows: usize) -> bool {
        let ends = &self.ends;
        ends.len() == rows
            && ends.is_sorted()
            && ends.iter().all(|&end| self.arena.is_char_boundary(end as usize))
            && ends.last().copied().unwrap_or(0) as usize == self.arena.len()
    }

    /// Gives spare capacity back once a chunk is sealed.
    pub(super) fn shrink(&mut self) {
        self.arena.shrink_to_fit();
        self.ends.shrink_to_fit();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_and_positions_agree_even_with_empty_texts() {
        let mut column = TextColumn::default();
        for text in ["ab", "", "c", "", ""] {
            column.push(text);
        }
        assert_eq!((0..5).map(|row| column.get(row)).collect::<Vec<_>>(), ["ab", "", "c", "", ""]);
        assert_eq!([0, 1, 2].map(|at| column.row_at(at, 0)), [0, 0, 2]);
        assert_eq!(column.row_at(2, 1), 2);
    }
}
