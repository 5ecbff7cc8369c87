//! A path that the expression of a rule matches: a proposal, checked by who asked for it.

use regex_syntax::hir::{Class, Hir, HirKind, Look};
use regex_syntax::parse;
use std::path::{Component, Path, PathBuf};

/// What stands where the expression lets anything stand.
pub const ANYTHING: &str = "new";
/// A longer path is no good proposal.
const LONGEST: usize = 200;

/// A relative path, if one can be made up.
pub fn path(pattern: &str) -> Option<PathBuf> {
    let hir = parse(pattern).ok()?;
    let mut text = String::new();
    let mut open: Vec<&Hir> = vec![&hir];
    let mut anchored = false;
    while let Some(part) = open.pop() {
        if text.len() > LONGEST {
            return None;
        }
        match part.kind() {
            HirKind::Literal(literal) => text.push_str(std::str::from_utf8(&literal.0).ok()?),
            HirKind::Class(class) => text.push(one(class)?),
            HirKind::Look(look) => anchored |= *look == Look::Start && text.is_empty(),
            HirKind::Capture(capture) => open.push(&capture.sub),
            HirKind::Concat(parts) => open.extend(parts.iter().rev()),
            HirKind::Alternation(parts) => open.extend(parts.first()),
            HirKind::Repetition(repetition) => match repetition.sub.kind() {
                HirKind::Class(class) if repetition.max != Some(1) && has_word(class) => {
                    text.push_str(ANYTHING)
                }
                _ => {
                    let times = repetition.min.max(repetition.max.map_or(1, |most| most.min(1)));
                    for _ in 0..times.min(8) {
                        open.push(&repetition.sub);
                    }
                }
            },
            HirKind::Empty => {}
        }
    }
    if !anchored && text.starts_with(['.', '-', '_']) {
        text.insert_str(0, ANYTHING);
    }
    let text = text.trim_start_matches('/');
    let path = Path::new(text);
    let plain = |part| matches!(part, Component::Normal(_));
    let usable = !text.is_empty() && !text.ends_with('/') && !text.contains(|c: char| c.is_control());
    (usable && path.components().all(plain)).then(|| path.to_owned())
}

fn has(class: &Class, wanted: char) -> bool {
    match class {
        Class::Unicode(class) => class
            .ranges()
            .iter()
            .any(|range| (range.start()..=range.end()).contains(&wanted)),
        Class::Bytes(class) => u8::try_from(wanted).is_ok_and(|wanted| {
            class
                .ranges()
                .iter()
                .any(|range| (range.start()..=range.end()).contains(&wanted))
        }),
    }
}

fn has_word(class: &Class) -> bool {
    ANYTHING.chars().all(|c| has(class, c))
}

/// A character that people would choose.
fn one(class: &Class) -> Option<char> {
    ('a'..='z')
        .chain('A'..='Z')
        .chain('0'..='9')
        .chain(['.', '-', '_', '/'])
        .find(|c| has(class, *c))
}

#[cfg(test)]
mod tests {
    use super::path;
    use std::path::Path;

    #[test]
    fn a_path_is_made_up_that_the_expression_matches() {
        for (pattern, expected) in [
            (r"^charts/.*/values\.sops\.yaml$", "charts/new/values.sops.yaml"),
            (r"\.sops\.ya?ml$", "new.sops.yaml"),
            (r"^(prod|test)/[^/]+\.enc\.env$", "prod/new.enc.env"),
            (r"secrets?/", ""),
            (r".*", "new"),
            (r"^\.\./x$", ""),
        ] {
            let made = path(pattern);
            assert_eq!(
                made.as_deref().unwrap_or(Path::new("")),
                Path::new(expected),
                "{pattern}"
            );
            if let Some(made) = made {
                assert!(
                    regex::Regex::new(pattern)
                        .unwrap()
                        .is_match(made.to_str().unwrap()),
                    "{pattern}"
                );
            }
        }
    }

    #[test]
    fn hostile_expressions_end() {
        assert!(path(&"(a{9}){9}".repeat(100)).is_none_or(|path| path.as_os_str().len() < 1000));
        assert_eq!(path("("), None);
    }
}
