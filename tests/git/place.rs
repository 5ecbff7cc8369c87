//! A repository of its own with a SOPS file on two branches.

use crate::support::sandbox::{Outcome, Sandbox};
use crate::support::{AGE1, data, sops};
use std::path::Path;

/// The public half of `tests/data/keys/age2.txt`.
pub const AGE2: &str = "age1x6z20td7uxc3t5m00lg32zrcdntn8vmjf3eld8vx30kpn7rmjczss8uafm";

/// What happens to the file on a branch.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    /// It gets this content; values that did not change keep their ciphertext.
    Text(&'static str),
    /// lazysops is run with these words and the name of the file.
    Run(&'static [&'static str]),
    /// It is encrypted anew: another data key, and every ciphertext another one.
    Anew(&'static str),
}

/// A repository, and the name of its one SOPS file.
pub struct Place {
    pub sandbox: Sandbox,
    pub file: &'static str,
}

impl Place {
    /// An empty repository; `with_driver` sets lazysops up for merging.
    pub fn new(file: &'static str, with_driver: bool) -> Self {
        let folder = data("keys");
        let sandbox = Sandbox::with_key("age1.txt")
            .variable("GIT_CONFIG_NOSYSTEM", "1")
            .variable("GIT_AUTHOR_NAME", "ops-laptop")
            .variable("GIT_AUTHOR_EMAIL", "ops@localhost")
            .variable("GIT_COMMITTER_NAME", "ops-laptop")
            .variable("GIT_COMMITTER_EMAIL", "ops@localhost")
            .variable("AGE_KEYS", folder.to_str().unwrap());
        let place = Self { sandbox, file };
        place.git(&["init", "-q", "-b", "main"]);
        if with_driver {
            let driver = format!("{} merge %O %A %B %P", env!("CARGO_BIN_EXE_lazysops"));
            place.git(&["config", "merge.lazysops.driver", &driver]);
            place.sandbox.write(".gitattributes", "*.enc.* merge=lazysops\n");
            place.git(&["add", ".gitattributes"]);
        }
        place
    }

    /// The same in a repository whose ids are SHA-256; whether this git has such.
    pub fn with_long_ids(&self) -> bool {
        std::fs::remove_dir_all(self.sandbox.path(".git")).unwrap();
        let words = ["init", "-q", "-b", "main", "--object-format=sha256"];
        self.try_git(&words).code == Some(0)
    }

    pub fn try_git(&self, arguments: &[&str]) -> Outcome {
        self.sandbox.run(Path::new("git"), arguments, b"")
    }

    pub fn git(&self, arguments: &[&str]) -> Outcome {
        let outcome = self.try_git(arguments);
        assert_eq!(outcome.code, Some(0), "git {arguments:?}: {}", outcome.stderr);
        outcome
    }

    /// Does a step and commits it.
    pub fn step(&self, step: Step) {
        match step {
            Step::Text(text) => self.write(text, true),
            Step::Anew(text) => self.write(text, false),
            Step::Run(words) => {
                let done = self.sandbox.lazysops(words.iter().chain([&self.file]));
                assert_eq!(done.code, Some(0), "{words:?}: {}", done.stderr);
            }
        }
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "--allow-empty", "-m", "step"]);
    }

    /// Gives the file this content; values that did not change keep their ciphertext.
    pub fn text(&self, text: &str) {
        self.write(text, true);
    }

    fn write(&self, text: &str, like: bool) {
        let mut words = vec![
            "encrypt",
            "--age",
            AGE1,
            "--unencrypted-suffix",
            "_unencrypted",
            "--filename-override",
            self.file,
            "--output",
            self.file,
            "plain",
        ];
        self.sandbox.write("plain", text);
        if like && self.sandbox.path(self.file).exists() {
            words.drain(1..5);
            words.splice(1..1, ["--like", self.file]);
        }
        let done = self.sandbox.lazysops(&words);
        assert_eq!(done.code, Some(0), "{}", done.stderr);
        std::fs::remove_file(self.sandbox.path("plain")).unwrap();
    }

    /// Commits `base`, then the steps of each side on a branch of its own; ends on ours.
    pub fn branches(&self, base: &[Step], ours: &[Step], theirs: &[Step]) {
        self.git(&["commit", "-q", "--allow-empty", "-m", "root"]);
        for step in base {
            self.step(*step);
        }
        self.git(&["checkout", "-q", "-b", "theirs"]);
        for step in theirs {
            self.step(*step);
        }
        self.git(&["checkout", "-q", "main"]);
        for step in ours {
            self.step(*step);
        }
    }

    /// What the file decrypts to: by the real sops where it is installed, else by lazysops.
    pub fn decrypted(&self, test: &str) -> Result<String, String> {
        let words = ["decrypt", self.file];
        let done = match sops(test) {
            Some(sops) => self.sandbox.run(&sops, words, b""),
            None => self.sandbox.lazysops(words),
        };
        match done.code {
            Some(0) => Ok(String::from_utf8_lossy(&done.stdout).into_owned()),
            _ => Err(done.stderr),
        }
    }
}
