//! Where a case runs: a folder, a home and variables of its own.

use super::case::Case;
use super::gpg;
use crate::support::data;
use std::collections::BTreeMap;
use std::io::Write as _;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// The folder of a case.
pub struct Place {
    folder: TempDir,
    variables: BTreeMap<String, String>,
    public: BTreeMap<String, String>,
}

/// What a program did.
pub struct Outcome {
    pub exit: i32,
    pub stdout: Vec<u8>,
    pub stderr: String,
}

impl Place {
    /// Lays out the files of a case, except the one it is about.
    pub fn of(case: &Case) -> Self {
        let folder = TempDir::new().unwrap();
        for name in ["dir", "home", "bin"] {
            std::fs::create_dir(folder.path().join(name)).unwrap();
        }
        symlink(env!("CARGO_BIN_EXE_lazysops"), folder.path().join("bin/sops")).unwrap();
        let public: BTreeMap<String, String> =
            serde_json::from_slice(&std::fs::read(data("vectors/keys/keys.json")).unwrap()).unwrap();
        let mut place = Self {
            folder,
            variables: BTreeMap::new(),
            public,
        };
        for file in &case.files {
            let original = case.path(&format!("files/{file}"));
            if file.ends_with(".sh") {
                // A program that was just written is "busy" as long as another thread starts one.
                symlink(original, place.path(file)).unwrap();
            } else {
                place.write(file, &std::fs::read(original).unwrap());
            }
        }
        place.variables = place.environment(case);
        place
    }

    fn environment(&self, case: &Case) -> BTreeMap<String, String> {
        let inside = |name: &str| self.folder.path().join(name).to_str().unwrap().to_owned();
        let mut all = BTreeMap::from([
            ("PATH".to_owned(), std::env::var("PATH").unwrap_or_default()),
            ("HOME".to_owned(), inside("home")),
            ("SOPS_DISABLE_VERSION_CHECK".to_owned(), "1".to_owned()),
        ]);
        let ages: Vec<Vec<u8>> = case
            .identities
            .iter()
            .filter(|name| name.starts_with("age"))
            .map(|name| std::fs::read(data("vectors/keys").join(format!("{name}.txt"))).unwrap())
            .collect();
        if !ages.is_empty() {
            let path = self.folder.path().join("age.txt");
            std::fs::write(&path, ages.concat()).unwrap();
            all.insert("SOPS_AGE_KEY_FILE".to_owned(), inside("age.txt"));
        }
        if let Some(ssh) = case.identities.iter().find(|name| name.starts_with("ssh")) {
            let path = data("vectors/keys").join(ssh);
            all.insert(
                "SOPS_AGE_SSH_PRIVATE_KEY_FILE".to_owned(),
                path.to_str().unwrap().to_owned(),
            );
        }
        if case.needs_gpg() {
            let home = gpg::home(&case.identities);
            all.insert("GNUPGHOME".to_owned(), home.to_str().unwrap().to_owned());
        }
        self.adjust(&mut all, &case.env);
        all
    }

    fn adjust(&self, all: &mut BTreeMap<String, String>, changes: &BTreeMap<String, Option<String>>) {
        for (name, value) in changes {
            match value {
                Some(value) => all.insert(name.clone(), self.filled(value, "")),
                None => all.remove(name),
            };
        }
    }

    /// The path of a file of the case.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join("dir").join(name)
    }

    pub fn write(&self, name: &str, content: &[u8]) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }

    pub fn read(&self, name: &str) -> Option<Vec<u8>> {
        std::fs::read(self.path(name)).ok()
    }

    /// A text with the placeholders filled in.
    fn filled(&self, text: &str, file: &str) -> String {
        let directory = self.path("");
        let mut text = text
            .replace("{FILE}", self.path(file).to_str().unwrap())
            .replace("{DIR}", directory.to_str().unwrap().trim_end_matches('/'))
            .replace("{KEYS}", data("vectors/keys").to_str().unwrap());
        for (name, value) in &self.public {
            text = text.replace(&format!("{{{name}}}"), value);
        }
        for age in ["1", "2", "3"] {
            let placeholder = format!("{{AGE{age}_SECRET}}");
            if text.contains(&placeholder) {
                let key =
                    std::fs::read_to_string(data("vectors/keys").join(format!("age{age}.txt"))).unwrap();
                let secret = key.lines().find(|line| line.starts_with("AGE-SECRET")).unwrap();
                text = text.replace(&placeholder, secret);
            }
        }
        text
    }

    /// Runs the program as `sops`; `file` is what `{FILE}` stands for.
    pub fn run(&self, arguments: &[String], file: &str) -> Outcome {
        self.run_with(arguments, file, b"", &BTreeMap::new(), "")
    }

    pub fn run_with(
        &self,
        arguments: &[String],
        file: &str,
        stdin: &[u8],
        env: &BTreeMap<String, Option<String>>,
        cwd: &str,
    ) -> Outcome {
        let mut variables = self.variables.clone();
        self.adjust(&mut variables, env);
        let mut child = Command::new(self.folder.path().join("bin/sops"))
            .args(arguments.iter().map(|argument| self.filled(argument, file)))
            .env_clear()
            .envs(variables)
            .current_dir(self.path(cwd))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A program that does not read its input closes the pipe; that is no failure of the test.
        let _ = child.stdin.take().unwrap().write_all(stdin);
        let output = child.wait_with_output().unwrap();
        Outcome {
            exit: output.status.code().unwrap_or(-1),
            stdout: output.stdout,
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// A text in which the folder is called `{DIR}`.
    pub fn without_folder(&self, text: &[u8]) -> Vec<u8> {
        let directory = self.path("");
        let directory = directory.to_str().unwrap().trim_end_matches('/');
        match std::str::from_utf8(text) {
            Ok(text) => text.replace(directory, "{DIR}").into_bytes(),
            Err(_) => text.to_vec(),
        }
    }
}

/// Whether a program is there.
pub fn has_program(name: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| Path::new(&folder).join(name).is_file())
}
