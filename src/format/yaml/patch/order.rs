//! Which children of a collection kept their place: a longest part of the old order that the new order also has.

/// Given the old positions of nodes in their new order, tells which of them stay; the others have to move.
pub(super) fn in_order(positions: &[usize]) -> Vec<bool> {
    if positions.is_sorted() {
        return vec![true; positions.len()];
    }
    // ends[n]: index of the smallest last position of all rising rows of length n + 1
    let mut ends: Vec<usize> = Vec::new();
    let mut previous: Vec<Option<usize>> = Vec::with_capacity(positions.len());
    let position = |at: usize| positions.get(at).copied().unwrap_or_default();
    for (at, wanted) in positions.iter().enumerate() {
        let length = ends.partition_point(|end| position(*end) < *wanted);
        previous.push(length.checked_sub(1).and_then(|before| ends.get(before).copied()));
        match ends.get_mut(length) {
            Some(end) => *end = at,
            None => ends.push(at),
        }
    }
    let mut stays = vec![false; positions.len()];
    let mut at = ends.last().copied();
    while let Some(index) = at {
        if let Some(stay) = stays.get_mut(index) {
            *stay = true;
        }
        at = previous.get(index).copied().flatten();
    }
    stays
}

#[cfg(test)]
mod tests {
    use super::in_order;

    #[test]
    fn as_few_entries_as_possible_move() {
        assert_eq!(in_order(&[0, 1, 2]), [true, true, true]);
        assert_eq!(in_order(&[2, 0, 1]), [false, true, true]);
        assert_eq!(in_order(&[0, 3, 1, 2, 4]), [true, false, true, true, true]);
        assert_eq!(in_order(&[1, 0]).iter().filter(|stays| **stays).count(), 1);
    }
}
