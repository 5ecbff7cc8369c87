//! Key services that run on this machine: those that `tests/run` starts once for all tests, and one of our own that a test can
//! have for itself and break.

use super::{data, skipped};
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Variables of a program.
pub type Variables = Vec<(String, String)>;

/// The variables of a service that `tests/run` started (`moto`, `drongo`, `openbao`); otherwise a line says that `test` did not
/// run.
pub fn started(name: &str, test: &str) -> Option<Variables> {
    let folder = std::env::var_os("LAZYSOPS_TEST_EMULATORS");
    let file = folder.map(|folder| Path::new(&folder).join(format!("{name}.env")));
    let text = file.and_then(|file| std::fs::read_to_string(file).ok());
    if text.is_none() {
        skipped(
            test,
            &format!("{name} is not running; tests/run installs and starts it"),
        );
    }
    Some(variables(&text?))
}

/// The value of a variable.
pub fn value<'v>(variables: &'v Variables, name: &str) -> &'v str {
    let found = variables.iter().find(|(known, _)| known == name);
    &found.unwrap_or_else(|| panic!("{name} is not set")).1
}

fn variables(text: &str) -> Variables {
    text.lines()
        .flat_map(|line| line.trim_start_matches("export ").split(' '))
        .filter_map(|word| word.split_once('='))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

/// Vault, Azure Key Vault with Entra and managed identity, GCP KMS and AWS KMS in one process that belongs to one test. Ended
/// when it is dropped.
pub struct Cloudfake {
    child: Child,
    variables: Variables,
    _state: TempDir,
}

impl Cloudfake {
    /// Starts it; otherwise a line says that `test` did not run.
    pub fn start(test: &str) -> Option<Self> {
        let python = std::env::var("LAZYSOPS_TEST_PYTHON").unwrap_or_else(|_| "python3".to_owned());
        let known = Command::new(&python)
            .args(["-c", "import cryptography"])
            .stderr(Stdio::null())
            .status();
        if !known.is_ok_and(|status| status.success()) {
            skipped(test, "python3 has no package cryptography; tests/run installs it");
            return None;
        }
        let state = TempDir::new().unwrap();
        let child = Command::new(&python)
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/emulators/cloudfake.py"))
            .arg("--state")
            .arg(state.path())
            .arg("--client")
            .arg(data("keys/azure-client.pem"))
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let mut fake = Self {
            child,
            variables: Vec::new(),
            _state: state,
        };
        fake.wait();
        Some(fake)
    }

    /// Waits until it has written down where it listens, and does.
    fn wait(&mut self) {
        let begin = Instant::now();
        let file = self._state.path().join("env");
        while begin.elapsed() < Duration::from_secs(30) {
            assert!(self.child.try_wait().unwrap().is_none(), "cloudfake ended");
            if let Ok(text) = std::fs::read_to_string(&file) {
                self.variables = variables(&text);
                if TcpStream::connect(self.place()).is_ok() {
                    return;
                }
            }
            std::thread::yield_now();
        }
        panic!("cloudfake did not start");
    }

    /// Its variables, for all services.
    pub const fn variables(&self) -> &Variables {
        &self.variables
    }

    fn place(&self) -> &str {
        value(&self.variables, "CLOUDFAKE_HTTP").trim_start_matches("http://")
    }

    /// Breaks it: requests that match the expression meet a fault of this kind, `n` times.
    pub fn fault(&self, matching: &str, kind: &str, n: u32) {
        let fault = serde_json::json!({"match": matching, "kind": kind, "n": n, "arg": 500});
        self.call("DELETE", "/_fault", "");
        self.call("POST", "/_fault", &fault.to_string());
    }

    /// Repairs it.
    pub fn repair(&self) {
        self.call("DELETE", "/_fault", "");
    }

    /// What it was asked, one line each: method, host, path.
    pub fn log(&self) -> Vec<String> {
        let log: serde_json::Value = serde_json::from_str(&self.call("GET", "/_log", "")).unwrap();
        let lines = log.as_array().unwrap().iter();
        lines
            .map(|entry| entry["line"].as_str().unwrap().to_owned())
            .collect()
    }

    fn call(&self, method: &str, path: &str, body: &str) -> String {
        let mut stream = TcpStream::connect(self.place()).unwrap();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: cloudfake\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer.split_once("\r\n\r\n").unwrap().1.to_owned()
    }
}

impl Drop for Cloudfake {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
