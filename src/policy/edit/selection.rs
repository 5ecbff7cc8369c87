//! The selection of one rule.

use super::{EditError, all_rules};
use crate::format::{self, Format};
use crate::policy::reader::Reader;
use crate::seal::selection::Rule;
use crate::tree::{Body, Key, Leaf};

/// The text after the rule that begins on a line selects other values; `None` where it says that already. A rule that gets its
/// selection from somewhere else (`<<`, an alias) gets one of its own: other rules stay as they are.
///
/// # Errors
/// When the text cannot be edited so that it says that.
pub fn select(bytes: &[u8], line: usize, rule: &Rule) -> Result<Option<Vec<u8>>, EditError> {
    let loaded = format::load(Format::Yaml, bytes)?;
    let reader = Reader::new(&loaded, bytes);
    let rules = all_rules(&reader, &loaded).into_iter();
    let Some(map) = rules.into_iter().find(|rule| reader.line(*rule) == line) else {
        return Err(EditError::NoRule { line });
    };
    let mut tree = loaded.tree.clone();
    let body = Body::Leaf(Leaf::text(rule.pattern()));
    for field in Rule::FIELDS {
        let own = reader.own(map, field);
        match own {
            Some(id) if field == rule.field() => {
                if tree.node(id).body == body {
                    return Ok(None);
                }
                tree.set_body(id, body.clone());
            }
            Some(id) => {
                let kept = tree.children(map).iter().filter(|child| **child != id);
                let kept = kept.copied().collect();
                tree.set_children(map, kept);
            }
            None if field == rule.field() => {
                tree.push(map, Some(Key::from(field)), body.clone());
            }
            None => {}
        }
    }
    let text = format::patch(bytes, &loaded, &tree)?;
    let said = crate::policy::parse(&text).ok().and_then(|config| {
        let rules = config.rules.unwrap_or_default().into_iter();
        let mut changed = rules.filter(|found| found.line == line);
        changed.next()?.selection().ok().flatten().cloned()
    });
    if said.as_ref() != Some(rule) {
        return Err(EditError::NotMeant { line });
    }
    Ok(Some(text))
}
