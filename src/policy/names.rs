//! What a `.sops.yaml` calls its recipients: the comment beside or above one, or its anchor.

use super::reader::Reader;
use crate::format::{self, Format};
use crate::tree::{Leaf, Step};
use std::collections::HashMap;

/// Names by recipient as written; the first name wins. Broken files have none.
#[must_use]
pub fn names(bytes: &[u8]) -> HashMap<String, String> {
    let mut names = HashMap::new();
    let Ok(loaded) = format::load(Format::Yaml, bytes) else {
        return names;
    };
    let reader = Reader::new(&loaded, bytes);
    let mut comment = None;
    for step in reader.walk() {
        let node = reader.node(step.id());
        match step {
            Step::Comment(_) => {
                let text = node.comment().and_then(|comment| comment.text.expose_str());
                comment = text.map(|text| text.trim().to_owned());
            }
            // A comment above an item that is a map is about its first entry.
            Step::Enter(_) if node.key.is_none() => {}
            Step::Leaf(id) => {
                let said = comment.take().filter(|text| !text.is_empty());
                let name = said.or_else(|| reader.anchor(id));
                if let (Some(name), Some(Leaf::Text(text))) = (name, node.leaf())
                    && let Some(text) = text.expose_str()
                {
                    names.entry(text.trim().to_owned()).or_insert(name);
                }
            }
            Step::Enter(_) | Step::Leave(_) => comment = None,
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn comments_beside_and_above_a_recipient_and_anchors_name_it() {
        let text = "keys:\n  - &ops_laptop age1a\n  - age1b # ci\ncreation_rules:\n  - age:\n      # backup, in the safe\n      - age1c\n      - age1d\n      - *ops_laptop\n    \
                    key_groups:\n      - kms:\n          # production\n          - arn: arn:aws:kms:x\n";
        let names = names(text.as_bytes());
        let mut list: Vec<(&str, &str)> = names.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        list.sort_unstable();
        assert_eq!(
            list,
            [
                ("age1a", "ops_laptop"),
                ("age1b", "ci"),
                ("age1c", "backup, in the safe"),
                ("arn:aws:kms:x", "production")
            ]
        );
        assert!(super::names(b"[").is_empty());
    }
}
