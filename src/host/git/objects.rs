//! Many contents at once.

use super::Repository;
use super::repository::GitError;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

/// The largest content that is taken, in bytes.
const LARGEST: u64 = 256 << 20;

/// A git that is asked for one content after another.
#[derive(Debug)]
pub struct Objects {
    child: Child,
    ask: Option<ChildStdin>,
    answer: BufReader<ChildStdout>,
}

impl Objects {
    /// The content of a file in git, and the name of that content; `None` where there is none, or it is too large.
    ///
    /// # Errors
    /// When git is gone.
    pub fn read(&mut self, name: &[u8]) -> io::Result<Option<(String, Vec<u8>)>> {
        let Some(ask) = self.ask.as_mut().filter(|_| !name.contains(&b'\n')) else {
            return Ok(None);
        };
        ask.write_all(&[name, b"\n"].concat())?;
        ask.flush()?;
        let mut head = Vec::new();
        if self.answer.read_until(b'\n', &mut head)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let text = String::from_utf8_lossy(&head);
        let mut words = text.trim_end().rsplit(' ');
        let size = words.next().and_then(|size| size.parse::<u64>().ok());
        let (kind, object) = (words.next(), words.next());
        let (Some(size), Some(kind), Some(object)) = (size, kind, object) else {
            return Ok(None);
        };
        let mut body = self.answer.by_ref().take(size.saturating_add(1));
        if size > LARGEST || kind != "blob" {
            io::copy(&mut body, &mut io::sink())?;
            return Ok(None);
        }
        let mut content = Vec::new();
        body.read_to_end(&mut content)?;
        content.pop();
        Ok(Some((object.to_owned(), content)))
    }
}

impl Drop for Objects {
    fn drop(&mut self) {
        // It ends when nothing can be asked any more.
        self.ask = None;
        let _ = self.child.wait();
    }
}

impl Repository {
    /// Starts a git to be asked for contents.
    ///
    /// # Errors
    /// When it cannot be run.
    pub fn objects(&self) -> Result<Objects, GitError> {
        let missing = |error: io::Error| GitError::Missing(error.to_string());
        let mut child = self
            .command()
            .args(["cat-file", "--batch"])
            .stdin(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(missing)?;
        let answer = child
            .stdout
            .take()
            .ok_or(io::ErrorKind::BrokenPipe.into())
            .map_err(missing)?;
        Ok(Objects {
            ask: child.stdin.take(),
            answer: BufReader::new(answer),
            child,
        })
    }

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
