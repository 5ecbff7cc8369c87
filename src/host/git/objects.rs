//! Many contents at once.

use super::Repository;
use std::io::Write as _;
use std::process::Stdio;

impl Repository {
    /// The contents of objects, named as in `HEAD:path` or `:path`; `None` for those that are not there, or no files. One process
    /// reads all of them.
    #[must_use]
    pub fn contents(&self, names: &[Vec<u8>]) -> Vec<Option<Vec<u8>>> {
        let nothing = || vec![None; names.len()];
        if names.is_empty() {
            return nothing();
        }
        let mut command = self.command();
        command
            .args(["cat-file", "--batch"])
            .stdin(Stdio::piped())
            .stderr(Stdio::null());
        let Ok(mut child) = command.spawn() else {
            return nothing();
        };
        let stdin = child.stdin.take();
        let answer = std::thread::scope(|scope| {
            scope.spawn(move || {
                if let Some(mut stdin) = stdin {
                    for name in names {
                        // A name with a line break cannot be asked for; an empty line asks for nothing and is answered.
                        let line: &[u8] = if name.contains(&b'\n') { b"" } else { name };
                        if stdin
                            .write_all(line)
                            .and_then(|()| stdin.write_all(b"\n"))
                            .is_err()
                        {
                            break;
                        }
                    }
                }
            });
            child.wait_with_output()
        });
        let Ok(answer) = answer else {
            return nothing();
        };
        let mut rest = answer.stdout.as_slice();
        let mut contents = Vec::with_capacity(names.len());
        for _ in names {
            contents.push(next_object(&mut rest));
        }
        contents
    }
}

/// Takes one answer of `git cat-file --batch`.
fn next_object(rest: &mut &[u8]) -> Option<Vec<u8>> {
    let end = memchr::memchr(b'\n', rest)?;
    let (head, after) = (rest.get(..end)?, rest.get(end + 1..)?);
    *rest = after;
    let mut words = head.rsplit(|byte| *byte == b' ');
    let size: usize = std::str::from_utf8(words.next()?).ok()?.parse().ok()?;
    let kind = words.next()?;
    let content = after.get(..size)?.to_vec();
    *rest = after.get(size + 1..)?;
    (kind == b"blob").then_some(content)
}
