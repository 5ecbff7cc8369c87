//! Keys in a text of block style (`|`, `>`): its lines stay lines, in their order.

/// The text, from its `|` or `>` on, without the keys that go and with new ones at its end; `None` where nothing changes. Where every
/// key has a line of its own, so have the new ones.
pub fn edited(text: &str, goes: impl Fn(&str) -> bool, added: &[String]) -> Option<String> {
    let ending = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let (header, body) = text.split_once('\n')?;
    let mut changed = !added.is_empty();
    let mut lines: Vec<Line<'_>> = Vec::new();
    for line in body.lines() {
        let parts = || line.split(',').map(str::trim).filter(|part| !part.is_empty());
        let kept: Vec<&str> = parts().filter(|part| !goes(part)).collect();
        changed |= kept.len() != parts().count();
        if kept.is_empty() && parts().next().is_some() {
            continue;
        }
        lines.push(Line {
            indent: line
                .get(..line.len() - line.trim_start().len())
                .unwrap_or_default(),
            gap: if line.contains(", ") { ", " } else { "," },
            keys: kept,
        });
    }
    if !changed {
        return None;
    }
    let mut with_keys = lines.iter().filter(|line| !line.keys.is_empty());
    let rows = body.lines().filter(|line| !line.trim().is_empty()).count();
    let last = with_keys.next_back().map(|line| (line.indent, line.gap));
    let (indent, gap) = last.unwrap_or_else(|| {
        let first = body
            .lines()
            .find(|line| !line.trim().is_empty())
            .unwrap_or_default();
        (
            first
                .get(..first.len() - first.trim_start().len())
                .unwrap_or("  "),
            ",",
        )
    });
    let at = lines.iter().rposition(|line| !line.keys.is_empty());
    match (rows, at.and_then(|at| lines.get_mut(at))) {
        (1, Some(line)) => line.keys.extend(added.iter().map(String::as_str)),
        _ => {
            let at = at.map_or(0, |at| at + 1);
            let new = added.iter().map(|key| Line {
                indent,
                gap,
                keys: vec![key],
            });
            lines.splice(at..at, new);
        }
    }
    let count = lines.iter().filter(|line| !line.keys.is_empty()).count();
    let mut written = 0;
    let mut after = format!("{header}\n");
    for (number, line) in lines.iter().enumerate() {
        if !line.keys.is_empty() {
            written += 1;
            after.push_str(line.indent);
            after.push_str(&line.keys.join(line.gap));
            after.push_str(if written < count { "," } else { "" });
        }
        if number + 1 < lines.len() || body.ends_with('\n') {
            after.push_str(ending);
        }
    }
    Some(after)
}

/// One line of the text.
struct Line<'t> {
    indent: &'t str,
    /// What stands between its keys.
    gap: &'static str,
    keys: Vec<&'t str>,
}

#[cfg(test)]
mod tests {
    use super::edited;

    #[test]
    fn lines_stay_lines() {
        let with = |text: &str, gone: &str, new: &[&str]| {
            let new: Vec<String> = new.iter().map(|key| (*key).to_owned()).collect();
            edited(text, |part| part == gone, &new)
        };
        let text = ">-\n  a,\n  b,\n  c\n";
        assert_eq!(with(text, "b", &[]).unwrap(), ">-\n  a,\n  c\n");
        assert_eq!(with(text, "c", &[]).unwrap(), ">-\n  a,\n  b\n");
        assert_eq!(with(text, "", &["d"]).unwrap(), ">-\n  a,\n  b,\n  c,\n  d\n");
        assert_eq!(with("|\n  a, b\n", "a", &["d"]).unwrap(), "|\n  b, d\n");
        assert_eq!(with(">\r\n  a,\r\n  b\r\n", "b", &[]).unwrap(), ">\r\n  a\r\n");
        assert_eq!(with(">-\n  a,\n  b", "a", &["d"]).unwrap(), ">-\n  b,\n  d");
        assert_eq!(with(text, "x", &[]), None);
    }
}
