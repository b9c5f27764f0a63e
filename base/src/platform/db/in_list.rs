//! Lists of ids in a query.
//!
//! Each length of a list makes another statement, which a connection has to prepare and keep. So
//! lists have only a few lengths: the last id is repeated up to the next power of two. That changes
//! no answer. A list that is very long keeps its length: a statement of SQLite has at most 32,766
//! values, and one of PostgreSQL 65,535.

/// The longest list that is filled up.
const LONGEST: usize = 16_384;

/// The ids, with the last one repeated.
pub fn in_list<T: Clone>(ids: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut ids: Vec<T> = ids.into_iter().collect();
    if let Some(last) = ids.last().cloned()
        && ids.len() <= LONGEST
    {
        ids.resize(ids.len().next_power_of_two(), last);
    }
    ids
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_have_few_lengths_and_the_same_ids() {
        assert_eq!(in_list::<i32>([]), [0; 0]);
        assert_eq!(in_list([1]), [1]);
        assert_eq!(in_list([1, 2, 3]), [1, 2, 3, 3]);
        let lengths: std::collections::BTreeSet<usize> =
            (0..=200).map(|length| in_list(0..length).len()).collect();
        assert_eq!(lengths.len(), 10);
    }

    #[test]
    fn a_list_is_not_filled_beyond_what_a_database_takes() {
        for (ids, length) in [
            (LONGEST - 1, LONGEST),
            (LONGEST, LONGEST),
            (LONGEST + 1, LONGEST + 1),
            (32_760, 32_760),
        ] {
            assert_eq!(in_list(0..ids).len(), length);
        }
    }
}
