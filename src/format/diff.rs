//! Which children of a map or list stayed where they were. Shared by the patch writers.

use crate::tree::NodeId;
use std::collections::HashMap;

/// For every child of `new`, its place in `old` if it stays where it was: as many as possible, in the order they had;
/// the others are new or moved. Takes `n log n`.
pub(crate) fn kept(old: &[NodeId], new: &[NodeId]) -> Vec<Option<usize>> {
    let head = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let tail = old
        .iter()
        .skip(head)
        .rev()
        .zip(new.iter().skip(head).rev())
        .take_while(|(a, b)| a == b)
        .count();
    let mut places: Vec<Option<usize>> = (0..head).map(Some).collect();
    let middle_old = old.get(head..old.len() - tail).unwrap_or_default();
    let middle_new = new.get(head..new.len() - tail).unwrap_or_default();
    let was: HashMap<NodeId, usize> = middle_old
        .iter()
        .enumerate()
        .map(|(index, id)| (*id, head + index))
        .collect();
    places.extend(increasing(
        middle_new.iter().map(|id| was.get(id).copied()).collect(),
    ));
    places.extend((old.len() - tail..old.len()).map(Some));
    places
}

/// Clears all places but those of one longest increasing run.
fn increasing(mut places: Vec<Option<usize>>) -> Vec<Option<usize>> {
    // For each length of a run, the index of its last member with the smallest place; and each member's predecessor.
    let mut ends: Vec<(usize, usize)> = Vec::new();
    let mut before: Vec<Option<usize>> = Vec::with_capacity(places.len());
    for (index, place) in places.iter().enumerate() {
        let Some(place) = *place else {
            before.push(None);
            continue;
        };
        let length = ends.partition_point(|(_, end)| *end < place);
        before.push(
            length
                .checked_sub(1)
                .and_then(|shorter| ends.get(shorter))
                .map(|(member, _)| *member),
        );
        match ends.get_mut(length) {
            Some(end) => *end = (index, place),
            None => ends.push((index, place)),
        }
    }
    let mut stays = vec![false; places.len()];
    let mut at = ends.last().map(|(member, _)| *member);
    while let Some(member) = at {
        if let Some(stay) = stays.get_mut(member) {
            *stay = true;
        }
        at = before.get(member).copied().flatten();
    }
    for (place, stay) in places.iter_mut().zip(stays) {
        if !stay {
            *place = None;
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use super::kept;
    use crate::tree::{Body, Leaf, NodeId, Tree};

    fn ids(count: usize) -> Vec<NodeId> {
        let mut tree = Tree::new();
        (0..count)
            .map(|_| tree.new_node(None, Body::Leaf(Leaf::Null)))
            .collect()
    }

    #[test]
    fn most_children_stay_when_one_moves() {
        let all = ids(6);
        let pick = |order: &[usize]| -> Vec<NodeId> { order.iter().map(|index| all[*index]).collect() };
        let places = |new: &[usize]| kept(&pick(&[0, 1, 2, 3, 4]), &pick(new));
        assert_eq!(
            places(&[0, 1, 2, 3, 4]),
            [Some(0), Some(1), Some(2), Some(3), Some(4)]
        );
        assert_eq!(
            places(&[4, 0, 1, 2, 3]),
            [None, Some(0), Some(1), Some(2), Some(3)]
        );
        assert_eq!(places(&[0, 5, 2, 1, 4]), [Some(0), None, None, Some(1), Some(4)]);
        assert_eq!(places(&[]), []);
        assert_eq!(kept(&[], &pick(&[1])), [None]);
        assert_eq!(kept(&pick(&[1, 1]), &pick(&[1])), [Some(0)]);
    }
}
