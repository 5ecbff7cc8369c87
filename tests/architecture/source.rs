//! A source file, read closely enough to see which parts of the crate it names.

use std::path::Path;

/// One file of `src/`.
pub struct Source {
    /// Its path from the root of the project, with `/`.
    pub path: String,
    /// What stands in it.
    pub text: String,
}

/// All of `src/`.
pub fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    let mut folders = vec![root.join("src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                found.push(Source::new(
                    path.strip_prefix(root).unwrap().to_str().unwrap(),
                    &text,
                ));
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(!found.is_empty(), "no sources found");
    found
}

impl Source {
    pub fn new(path: &str, text: &str) -> Self {
        Self {
            path: path.to_owned(),
            text: text.to_owned(),
        }
    }

    /// The name of the module of the crate root that this file belongs to: `seal` for `src/seal/cipher.rs`.
    pub fn room(&self) -> &str {
        let inside = self.path.trim_start_matches("src/");
        inside.split('/').next().unwrap().trim_end_matches(".rs")
    }

    /// How deep the module of this file lies under the crate root: 2 for `src/seal/cipher.rs`.
    fn depth(&self) -> usize {
        self.path.trim_start_matches("src/").split('/').count()
    }

    /// The text without comments, line structure kept.
    fn code(&self) -> String {
        let lines = self.text.lines().map(|line| match line.find("//") {
            Some(start) if !line[..start].contains('"') => &line[..start],
            _ => line,
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    /// Lines of code outside comments and unit tests, numbered from 1.
    pub fn shipped_code(&self) -> Vec<(usize, String)> {
        let code = self.code();
        let shipped = code.lines().take_while(|line| !line.starts_with("#[cfg(test)]"));
        shipped
            .enumerate()
            .map(|(index, line)| (index + 1, line.to_owned()))
            .collect()
    }

    /// Modules of the crate root that are named, each with its line. Other items of the root may be among them.
    pub fn rooms_used(&self) -> Vec<(usize, String)> {
        let code = self.code();
        let root = "super::".repeat(self.depth());
        let mut used = Vec::new();
        for prefix in ["crate::", root.as_str()] {
            for (start, _) in code.match_indices(prefix) {
                let line = code[..start].matches('\n').count() + 1;
                used.extend(
                    names_after(&code[start + prefix.len()..])
                        .into_iter()
                        .map(|name| (line, name)),
                );
            }
        }
        used
    }
}

/// The first names of a path, or of each path of a `{…}` group.
fn names_after(text: &str) -> Vec<String> {
    let Some(group) = text.strip_prefix('{') else {
        return vec![identifier(text)];
    };
    let mut names = vec![identifier(group.trim_start())];
    let mut depth = 1;
    for (index, character) in group.char_indices() {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 1 => names.push(identifier(group[index + 1..].trim_start())),
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    names
}

fn identifier(text: &str) -> String {
    text.chars()
        .take_while(|c| c.is_alphanumeric() || *c == '_')
        .collect()
}
