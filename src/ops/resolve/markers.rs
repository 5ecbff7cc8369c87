//! Texts with conflict markers, where git has no versions to ask for: files that were copied, or left over.

const OURS: &[u8] = b"<<<<<<<";
const BASE: &[u8] = b"|||||||";
const MIDDLE: &[u8] = b"=======";
const THEIRS: &[u8] = b">>>>>>>";

/// The sides of a text with markers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Split {
    /// What both came from, where the markers tell it.
    pub base: Option<Vec<u8>>,
    /// Our side.
    pub ours: Vec<u8>,
    /// Their side.
    pub theirs: Vec<u8>,
    /// What the first marker calls our side.
    pub our_label: String,
    /// What the first marker calls their side.
    pub their_label: String,
}

/// Where a line stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum At {
    Common,
    Ours,
    Base,
    Theirs,
}

/// Whether a text has conflict markers, complete and in order.
#[must_use]
pub fn has_markers(text: &[u8]) -> bool {
    split(text).is_some()
}

/// Takes a text with markers apart; `None` where it has none, or they are not in order.
#[must_use]
pub fn split(text: &[u8]) -> Option<Split> {
    memchr::memmem::find(text, OURS)?;
    let mut found = Split::default();
    let mut base = Vec::new();
    let (mut at, mut count, mut without_base) = (At::Common, 0, false);
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        match (at, marker(line)) {
            (At::Common, Some(OURS)) => {
                count += 1;
                at = At::Ours;
                name(&mut found.our_label, line);
            }
            (At::Ours, Some(BASE)) => at = At::Base,
            (At::Ours, Some(MIDDLE)) => {
                without_base = true;
                at = At::Theirs;
            }
            (At::Base, Some(MIDDLE)) => at = At::Theirs,
            (At::Theirs, Some(THEIRS)) => {
                at = At::Common;
                name(&mut found.their_label, line);
            }
            (_, Some(_)) => return None,
            (At::Common, None) => {
                found.ours.extend_from_slice(line);
                found.theirs.extend_from_slice(line);
                base.extend_from_slice(line);
            }
            (At::Ours, None) => found.ours.extend_from_slice(line),
            (At::Base, None) => base.extend_from_slice(line),
            (At::Theirs, None) => found.theirs.extend_from_slice(line),
        }
    }
    found.base = (!without_base).then_some(base);
    (at == At::Common && count > 0).then_some(found)
}

/// The marker that a line is.
fn marker(line: &[u8]) -> Option<&'static [u8]> {
    [OURS, BASE, MIDDLE, THEIRS].into_iter().find(|marker| {
        line.strip_prefix(*marker)
            .is_some_and(|rest| matches!(rest.first(), None | Some(b' ' | b'\n' | b'\r')))
    })
}

fn name(label: &mut String, line: &[u8]) {
    if label.is_empty() {
        let text = String::from_utf8_lossy(line.get(OURS.len()..).unwrap_or_default());
        text.trim().clone_into(label);
    }
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn both_sides_come_out_of_a_text_with_markers() {
        let text = b"a\n<<<<<<< HEAD\nb\n=======\nc\n>>>>>>> other-team\nd\n<<<<<<< HEAD\n=======\ne\n>>>>>>> other-team\n";
        let found = split(text).unwrap();
        assert_eq!(found.ours, b"a\nb\nd\n");
        assert_eq!(found.theirs, b"a\nc\nd\ne\n");
        assert_eq!(found.base, None);
        assert_eq!(
            (found.our_label.as_str(), found.their_label.as_str()),
            ("HEAD", "other-team")
        );
    }

    #[test]
    fn what_both_came_from_is_taken_where_the_markers_tell_it() {
        let found =
            split(b"a\r\n<<<<<<< ours\r\nb\r\n||||||| base\r\nx\r\n=======\r\nc\r\n>>>>>>> theirs\r\n")
                .unwrap();
        assert_eq!(found.base.unwrap(), b"a\r\nx\r\n");
        assert_eq!(found.ours, b"a\r\nb\r\n");
    }

    #[test]
    fn a_text_that_is_no_conflict_is_left_alone() {
        for text in [
            "a: 1\n",
            "<<<<<<< HEAD\na\n",
            "<<<<<<< HEAD\na\n=======\nb\n",
            "=======\n",
            "<<<<<<< HEAD\n<<<<<<< HEAD\n=======\n>>>>>>> x\n",
            "a: '<<<<<<< HEAD'\n",
            "<<<<<<<<< HEAD\n=======\n>>>>>>> x\n",
        ] {
            assert_eq!(split(text.as_bytes()), None, "{text}");
        }
    }
}
