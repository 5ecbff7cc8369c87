//! A folder of its own and an environment of its own: nothing of the caller's reaches the program.

use std::ffi::OsStr;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// Where programs run: a folder that goes away, an empty home, and only the variables that were asked for.
pub struct Sandbox {
    folder: TempDir,
    variables: Vec<(String, String)>,
}

/// What a program did.
#[derive(Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Its exit code; none when a signal ended it.
    pub code: Option<i32>,
    pub stdout: Vec<u8>,
    pub stderr: String,
}

impl Sandbox {
    /// A place without any key.
    pub fn without_keys() -> Self {
        let folder = TempDir::new().unwrap();
        std::fs::create_dir(folder.path().join("home")).unwrap();
        std::fs::create_dir(folder.path().join("work")).unwrap();
        Self {
            folder,
            variables: Vec::new(),
        }
    }

    /// A place with one of `tests/data/keys/` at hand.
    pub fn with_key(key: &str) -> Self {
        let path = super::data("keys").join(key);
        Self::without_keys().variable("SOPS_AGE_KEY_FILE", path.to_str().unwrap())
    }

    /// With one more variable, or another value of it.
    pub fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.retain(|(known, _)| known != name);
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// A path in the working folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join("work").join(name)
    }

    /// Everything the programs could have written: working folder, home and temporary files.
    pub fn root(&self) -> &Path {
        self.folder.path()
    }

    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    pub fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).unwrap()
    }

    /// The variables that a program in here sees.
    pub fn environment(&self) -> Vec<(String, String)> {
        let inside = |name: &str| self.folder.path().join(name).to_str().unwrap().to_owned();
        let mut all = vec![
            ("PATH".to_owned(), std::env::var("PATH").unwrap_or_default()),
            ("HOME".to_owned(), inside("home")),
            ("TMPDIR".to_owned(), inside("")),
            ("LANG".to_owned(), "C.UTF-8".to_owned()),
            ("SOPS_DISABLE_VERSION_CHECK".to_owned(), "1".to_owned()),
        ];
        all.extend(self.variables.iter().cloned());
        all
    }

    /// Runs lazysops.
    pub fn lazysops<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Outcome {
        self.run(Path::new(env!("CARGO_BIN_EXE_lazysops")), arguments, b"")
    }

    /// Runs a program in the working folder with `stdin` as its input.
    pub fn run<A: AsRef<OsStr>>(
        &self,
        program: &Path,
        arguments: impl IntoIterator<Item = A>,
        stdin: &[u8],
    ) -> Outcome {
        let mut child = Command::new(program)
            .args(arguments)
            .env_clear()
            .envs(self.environment())
            .current_dir(self.path(""))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A program that does not read its input closes the pipe; that is no failure of the test.
        let _ = child.stdin.take().unwrap().write_all(stdin);
        let output = child.wait_with_output().unwrap();
        Outcome {
            code: output.status.code(),
            stdout: output.stdout,
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Runs git in the working folder, which must go well.
    #[track_caller]
    pub fn git(&self, words: &[&str]) {
        let done = self.run(Path::new("git"), words, b"");
        assert_eq!(done.code, Some(0), "git {words:?}: {}", done.stderr);
    }

    /// Commits all that is there, in a repository that is made where there is none.
    #[track_caller]
    pub fn commit_all(&self, subject: &str) {
        self.git(&["init", "-q", "-b", "main"]);
        self.git(&["add", "-A"]);
        let [name, email] = ["user.name=ci", "user.email=ci@localhost"];
        self.git(&["-c", name, "-c", email, "commit", "-q", "-m", subject]);
    }
}
