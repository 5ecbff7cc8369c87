//! Which nodes have a path that a query means: fuzzy, as people know it from finders. No path is laid out for this: what the
//! path of a branch has of a query is carried to all that is below it.

use super::rows::Row;
use crate::tree::{Body, NodeId, Tree};
use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

/// How many matches are compared to find the one that fits best; among more it cannot be told anyway.
const MOST_SCORED: usize = 300;

/// Whether a query finds nothing that a beginning of it does not find.
pub fn narrows(query: &str) -> bool {
    Words::of(query).is_some()
}

/// The numbers of the rows that match, in order, and of the one that fits best. Comments have no path and never match. Only
/// the rows `among` are looked at; with each of them, what it stands in must be named too.
pub fn search(tree: &Tree, rows: &[Row], among: &[u32], query: &str) -> (Vec<u32>, Option<u32>) {
    let pattern = Pattern::parse(query, CaseMatching::Smart, Normalization::Smart);
    let mut matcher = Matcher::new(Config::DEFAULT.match_paths());
    let mut wide = Vec::new();
    let mut score = |path: &str| pattern.score(Utf32Str::new(path, &mut wide), &mut matcher);
    let matches = match Words::of(query) {
        Some(words) => words.search(tree, rows, among),
        None => by_path(tree, rows, among, |path| score(path).is_some()),
    };
    let scored = matches.iter().take(MOST_SCORED).filter_map(|number| {
        let row = rows.get(*number as usize)?;
        let path = crate::tui::open_file::show_path(tree, row.id);
        Some((score(&path)?, std::cmp::Reverse(*number)))
    });
    let best = scored.max().map(|(_, number)| number.0);
    (matches, best)
}

/// The numbers of the rows whose path is accepted; for queries with marks of their own and letters beyond ASCII.
fn by_path(tree: &Tree, rows: &[Row], among: &[u32], mut accept: impl FnMut(&str) -> bool) -> Vec<u32> {
    let mut path = String::new();
    let mut ends: Vec<usize> = Vec::new();
    let mut found = Vec::new();
    for number in among {
        let Some(row) = rows.get(*number as usize) else {
            continue;
        };
        let node = tree.node(row.id);
        ends.truncate(usize::from(row.depth));
        path.truncate(ends.last().copied().unwrap_or_default());
        if node.comment().is_none() {
            match &node.key {
                Some(key) => {
                    if !path.is_empty() {
                        path.push('.');
                    }
                    path.push_str(&key.display());
                }
                None => path.push_str("[]"),
            }
            if accept(&path) {
                found.push(*number);
            }
        }
        ends.push(path.len());
    }
    found
}

/// A query of plain words: each must stand in the path, its characters in order. That is what the fuzzy matcher accepts too,
/// and it can be carried from a branch to its children.
struct Words {
    words: Vec<Vec<u8>>,
    case: bool,
}

impl Words {
    /// `None` for queries that the fuzzy matcher reads in a way of its own.
    fn of(query: &str) -> Option<Self> {
        let plain = query.is_ascii() && !query.contains(['!', '^', '$', '\'', '\\']);
        plain.then(|| Self {
            words: query
                .split_ascii_whitespace()
                .map(|word| word.as_bytes().to_vec())
                .collect(),
            case: query.bytes().any(|byte| byte.is_ascii_uppercase()),
        })
    }

    fn search(&self, tree: &Tree, rows: &[Row], among: &[u32]) -> Vec<u32> {
        let count = self.words.len();
        // For each depth, how much of each word the path so far has.
        let mut states: Vec<usize> = Vec::new();
        let mut found = Vec::new();
        for found_at in among {
            let Some(row) = rows.get(*found_at as usize) else {
                continue;
            };
            let depth = usize::from(row.depth);
            states.resize(depth * count, 0);
            let mut whole = true;
            for (number, word) in self.words.iter().enumerate() {
                let above = (depth * count + number).checked_sub(count);
                let had = above
                    .and_then(|above| states.get(above))
                    .copied()
                    .unwrap_or_default();
                let has = self.step(tree, row.id, depth, word, had);
                whole &= has == word.len();
                states.push(has);
            }
            if whole && tree.node(row.id).comment().is_none() {
                found.push(*found_at);
            }
        }
        found
    }

    /// How much of a word the path has after one more key, when it had `had` before.
    fn step(&self, tree: &Tree, id: NodeId, depth: usize, word: &[u8], had: usize) -> usize {
        let Some(mut wanted) = word.get(had..).filter(|wanted| !wanted.is_empty()) else {
            return had;
        };
        let node = tree.node(id);
        let name = match (&node.key, &node.body) {
            (Some(key), _) => key.text().unwrap_or_default(),
            (None, Body::Comment(_)) => b"",
            (None, _) => b"[]",
        };
        let separator = if depth > 0 && node.key.is_some() {
            b".".as_slice()
        } else {
            b""
        };
        for part in [separator, name] {
            let mut rest = part;
            while let Some((byte, later)) = wanted.split_first() {
                let Some(at) = self.find(*byte, rest) else { break };
                rest = rest.get(at + 1..).unwrap_or_default();
                wanted = later;
            }
        }
        word.len() - wanted.len()
    }

    fn find(&self, byte: u8, text: &[u8]) -> Option<usize> {
        if self.case {
            memchr::memchr(byte, text)
        } else {
            memchr::memchr2(byte, byte.to_ascii_uppercase(), text)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Words, by_path, search};
    use crate::tui::open_file::OpenFile;
    use crate::tui::panes::tree::rows::{Row, everything};
    use crate::tui::testing::{gatus, read};

    fn all(rows: &[Row]) -> Vec<u32> {
        (0..).take(rows.len()).collect()
    }

    fn paths(query: &str) -> Vec<String> {
        let read = read(gatus());
        let file = OpenFile::new(read.document, read.tree, false);
        let rows = everything(&file);
        let (found, best) = search(file.tree(), &rows, &all(&rows), query);
        assert_eq!(best.is_some(), !found.is_empty());
        let path = |number: &u32| crate::tui::open_file::show_path(file.tree(), rows[*number as usize].id);
        found.iter().map(path).collect()
    }

    #[test]
    fn words_stand_anywhere_in_the_path_in_any_order() {
        assert_eq!(paths("poolsops"), ["database.pool_sops_cypher"]);
        assert_eq!(paths("passw gat"), ["gatus.password_sops_cypher"]);
        assert_eq!(paths("dbport"), ["database.port"]);
        assert_eq!(paths("us.pas"), ["gatus.password_sops_cypher"]);
        assert_eq!(paths("PORT"), Vec::<String>::new());
        assert_eq!(paths("port !pool").len(), 1);
        assert_eq!(paths("").len(), 12);
    }

    #[test]
    fn the_short_way_finds_what_the_fuzzy_matcher_finds() {
        let read = read(gatus());
        let file = OpenFile::new(read.document, read.tree, false);
        let rows = everything(&file);
        let mut matcher = nucleo_matcher::Matcher::new(nucleo_matcher::Config::DEFAULT);
        for query in [
            "a",
            "pass",
            "sc",
            "g.u",
            "d h",
            "ab ",
            "cypher pool",
            "X",
            "[",
            "tls tls",
            "ssss",
        ] {
            let pattern = nucleo_matcher::pattern::Pattern::parse(
                query,
                nucleo_matcher::pattern::CaseMatching::Smart,
                nucleo_matcher::pattern::Normalization::Smart,
            );
            let slow = by_path(file.tree(), &rows, &all(&rows), |path| {
                let mut wide = Vec::new();
                pattern
                    .score(nucleo_matcher::Utf32Str::new(path, &mut wide), &mut matcher)
                    .is_some()
            });
            assert_eq!(
                Words::of(query).unwrap().search(file.tree(), &rows, &all(&rows)),
                slow,
                "{query}"
            );
        }
    }
}
