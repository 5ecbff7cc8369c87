//! In which order the keys of a group are tried (spec §8), and which of them at the same time.

use super::channels::Channels;
use crate::metadata::{Group, KeyEntry, Recipient};

/// What sops tries first when nothing is said.
const DEFAULT: &str = "age,pgp";

/// Keys of a group that are tried before the next ones are, by their places in the group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Keys on this machine, one after another: they may ask a person, or start a program that does.
    OneByOne(Vec<usize>),
    /// Services elsewhere, at the same time: the first answer is enough.
    AtOnce(Vec<usize>),
}

/// The stages of a group: its keys sorted by kind as `order` names them (comma separated; `None` for the default), kinds it does
/// not name last, otherwise as in the file. Services that stand next to each other are one stage. What this machine could not open is
/// for the key services that were named, last.
pub fn stages(group: &Group, order: Option<&str>, channels: &Channels) -> Vec<Stage> {
    let mut stages = Vec::new();
    let ordered = in_order(group, order);
    for (place, entry) in &ordered {
        let (place, local) = (*place, channels.here && is_local(&entry.recipient));
        match stages.last_mut() {
            Some(Stage::OneByOne(places)) if local => places.push(place),
            Some(Stage::AtOnce(places)) if !local => places.push(place),
            _ if local => stages.push(Stage::OneByOne(vec![place])),
            _ => stages.push(Stage::AtOnce(vec![place])),
        }
    }
    if channels.here && !channels.there.is_empty() {
        let local = ordered.iter().filter(|(_, entry)| is_local(&entry.recipient));
        let places: Vec<usize> = local.map(|(place, _)| *place).collect();
        match stages.last_mut() {
            Some(Stage::AtOnce(last)) => last.extend(places),
            _ => stages.push(Stage::AtOnce(places)),
        }
    }
    stages
}

/// Whether the key itself is on this machine, or in something that is plugged into it.
pub const fn is_local(recipient: &Recipient) -> bool {
    matches!(recipient, Recipient::Age { .. } | Recipient::Pgp { .. })
}

fn in_order<'g>(group: &'g Group, order: Option<&str>) -> Vec<(usize, &'g KeyEntry)> {
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
    use super::*;

    fn group() -> Group {
        let entry = |recipient| KeyEntry {
            recipient,
            enc: String::new(),
            created_at: None,
        };
        Group {
            keys: vec![
                entry(Recipient::GcpKms {
                    resource_id: "g".into(),
                }),
                entry(Recipient::Pgp {
                    fingerprint: "p".into(),
                }),
                entry(Recipient::HcKms { key_id: "h".into() }),
                entry(Recipient::Age {
                    recipient: "a".into(),
                }),
            ],
        }
    }

    #[test]
    fn kinds_are_tried_in_the_asked_order_and_others_last() {
        let places = |order| {
            in_order(&group(), order)
                .into_iter()
                .map(|(place, _)| place)
                .collect::<Vec<_>>()
        };
        assert_eq!(places(None), [3, 1, 0, 2]);
        assert_eq!(places(Some("pgp,gcp_kms")), [1, 0, 2, 3]);
        assert_eq!(places(Some("nothing, age")), [0, 1, 2, 3]);
    }

    #[test]
    fn keys_at_hand_come_before_services_unless_the_order_says_otherwise() {
        let alone = Channels {
            here: true,
            there: Vec::new(),
        };
        assert_eq!(
            stages(&group(), None, &alone),
            [Stage::OneByOne(vec![3, 1]), Stage::AtOnce(vec![0, 2])]
        );
        assert_eq!(
            stages(&group(), Some("hckms,pgp"), &alone),
            [
                Stage::AtOnce(vec![2]),
                Stage::OneByOne(vec![1]),
                Stage::AtOnce(vec![0]),
                Stage::OneByOne(vec![3]),
            ]
        );
    }

    #[test]
    fn other_key_services_get_what_this_machine_could_not_open_or_everything() {
        let with = |here| Channels {
            here,
            there: vec!["tcp://127.0.0.1:5000".to_owned()],
        };
        assert_eq!(
            stages(&group(), None, &with(true)),
            [Stage::OneByOne(vec![3, 1]), Stage::AtOnce(vec![0, 2, 3, 1])]
        );
        assert_eq!(
            stages(&group(), None, &with(false)),
            [Stage::AtOnce(vec![3, 1, 0, 2])]
        );
    }
}
