//! In which order the keys of a group are tried (spec §8).

use crate::metadata::{Group, KeyEntry};

/// What sops tries first when nothing is said.
const DEFAULT: &str = "age,pgp";

/// The entries of a group in trial order, each with its place in the group: sorted by kind as `order` names them (comma
/// separated; `None` for the default), kinds it does not name last, otherwise as in the file.
pub fn in_order<'g>(group: &'g Group, order: Option<&str>) -> Vec<(usize, &'g KeyEntry)> {
    let kinds: Vec<&str> = order.unwrap_or(DEFAULT).split(',').collect();
    let rank = |entry: &KeyEntry| {
        let kind = entry.recipient.kind();
        kinds
            .iter()
            .position(|named| *named == kind)
            .unwrap_or(kinds.len())
    };
    let mut entries: Vec<_> = group.keys.iter().enumerate().collect();
    entries.sort_by_key(|(_, entry)| rank(entry));
    entries
}

#[cfg(test)]
mod tests {
    use super::in_order;
    use crate::metadata::{Group, KeyEntry, Recipient};

    #[test]
    fn kinds_are_tried_in_the_asked_order_and_others_last() {
        let entry = |recipient| KeyEntry {
            recipient,
            enc: String::new(),
            created_at: None,
        };
        let group = Group {
            keys: vec![
                entry(Recipient::GcpKms {
                    resource_id: "g".into(),
                }),
                entry(Recipient::Pgp {
                    fingerprint: "p".into(),
                }),
                entry(Recipient::Age {
                    recipient: "a".into(),
                }),
                entry(Recipient::Age {
                    recipient: "b".into(),
                }),
            ],
        };
        let places = |order| {
            in_order(&group, order)
                .into_iter()
                .map(|(place, _)| place)
                .collect::<Vec<_>>()
        };
        assert_eq!(places(None), [2, 3, 1, 0]);
        assert_eq!(places(Some("pgp,gcp_kms")), [1, 0, 2, 3]);
        assert_eq!(places(Some("nothing, age")), [0, 1, 2, 3]);
    }
}
