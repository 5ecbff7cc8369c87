//! The ways of saving that are hit.

use super::faults::{Fault, of_trace};
use crate::support::AGE1;
use crate::support::sandbox::Sandbox;
use crate::support::secret::CANARY;
use crate::support::terminal::{Size, Terminal};
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

const PROGRAM: &str = env!("CARGO_BIN_EXE_lazysops");

/// A key whose identity is nowhere here.
const AGE2: &str = "age1cy0su9fwf3gf9mw868g5yut09p6nytfmmnktexz2ya5uqg9vl9sss4euqm";

/// How long an editor that was hit may take to say what became of the save. It need not say anything.
const PATIENCE: Duration = Duration::from_secs(10);

/// A way of saving.
#[derive(Clone, Copy)]
pub enum Way {
    Set,
    Rotate,
    UpdateKeys,
    Rekey,
    Edit,
    Editor,
}

impl Way {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Set => "set",
            Self::Rotate => "rotate",
            Self::UpdateKeys => "updatekeys",
            Self::Rekey => "rekey, three files and `.sops.yaml`",
            Self::Edit => "edit",
            Self::Editor => "the editor",
        }
    }

    /// What is changed by it.
    pub const fn files(self) -> &'static [&'static str] {
        match self {
            Self::Rekey => &[".sops.yaml", "a.yaml", "b.json", "prod/c.env"],
            Self::Rotate => &["a.bin"],
            Self::UpdateKeys => &["a.json"],
            Self::Edit => &["a.ini"],
            Self::Editor => &["a.env"],
            Self::Set => &["a.yaml"],
        }
    }

    pub const fn arguments(self) -> &'static [&'static str] {
        match self {
            Self::Set => &["set", "a.yaml", "[\"user\"]", "\"somebody else\""],
            Self::Rotate => &["rotate", "-i", "a.bin"],
            Self::UpdateKeys => &["updatekeys", "-y", "a.json"],
            Self::Rekey => &["rekey", "--add", AGE2, "--rules", "--yes"],
            Self::Edit => &["edit", "a.ini"],
            Self::Editor => &["a.env"],
        }
    }

    /// The place without the files.
    pub fn surroundings(self) -> Sandbox {
        let place = Sandbox::with_key("age1.txt").variable("EDITOR", "sed -i s/admin/root/");
        std::fs::create_dir(place.path("prod")).unwrap();
        match self {
            Self::UpdateKeys => {
                let rules = format!("creation_rules:\n  - age: {AGE1},{AGE2}\n");
                place.write("../.sops.yaml", rules);
            }
            Self::Rekey => std::fs::create_dir(place.path(".git")).unwrap(),
            _ => {}
        }
        place
    }

    /// The place with the files as they are before.
    pub fn place(self) -> Sandbox {
        let place = self.surroundings();
        for file in self.files() {
            if file.ends_with(".sops.yaml") {
                place.write(file, format!("creation_rules:\n  - age: {AGE1}\n"));
                continue;
            }
            place.write(file, plain(file));
            let outcome = place.lazysops(["encrypt", "-i", "--age", AGE1, file]);
            assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
        }
        place
    }

    /// Runs it once as it should be; gives the points where it can be hit. `None` where that cannot be traced.
    pub fn faults(self, place: &Sandbox) -> Option<Vec<Fault>> {
        let trace = place.root().join("trace");
        let options = ["-o", trace.to_str().unwrap()];
        let saved = match self {
            Self::Editor => edit_and_save(place, &options)?,
            _ => {
                let output = traced(place, &options, self.arguments());
                assert!(
                    output.status.success(),
                    "{}",
                    String::from_utf8_lossy(&output.stderr)
                );
                true
            }
        };
        assert!(saved, "it saves where nothing goes wrong");
        let faults = of_trace(&std::fs::read_to_string(&trace).unwrap());
        std::fs::remove_file(trace).unwrap();
        Some(faults)
    }

    /// Runs it with a fault; whether it said that it saved.
    pub fn run_with(self, place: &Sandbox, fault: &Fault) -> bool {
        let inject = fault.option();
        let options = ["-o", "/dev/null", "-e", &inject];
        match self {
            Self::Editor => edit_and_save(place, &options).unwrap_or(false),
            _ => traced(place, &options, self.arguments()).status.success(),
        }
    }

    /// Saves each file once more.
    pub fn save_again(self, place: &Sandbox) {
        let sealed = self.files().iter().filter(|file| !file.ends_with(".sops.yaml"));
        for file in sealed {
            let outcome = place.lazysops(["rotate", "-i", file]);
            assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
        }
    }
}

/// What a file holds, in its format.
fn plain(file: &str) -> String {
    match file.rsplit('.').next() {
        Some("json") => format!("{{\"user\": \"admin\", \"password\": \"{CANARY}\"}}"),
        Some("env") => format!("user=admin\npassword={CANARY}\n"),
        Some("ini") => format!("[web]\nuser = admin\npassword = {CANARY}\n"),
        Some("bin") => format!("admin {CANARY}"),
        _ => format!("user: admin\npassword: {CANARY}\n"),
    }
}

pub fn traced(place: &Sandbox, options: &[&str], arguments: &[&str]) -> Output {
    Command::new("strace")
        .args(["-f", "-qq"])
        .args(options)
        .arg(PROGRAM)
        .args(arguments)
        .env_clear()
        .envs(place.environment())
        .current_dir(place.path(""))
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

/// Changes a value in the editor, and attaches strace to it just before it saves. Whether it said that it saved; `None` where
/// strace may not attach.
fn edit_and_save(place: &Sandbox, options: &[&str]) -> Option<bool> {
    let folder = place.path("");
    let mut terminal = Terminal::start(
        Path::new(PROGRAM),
        Way::Editor.arguments(),
        place.environment(),
        &folder,
        Size(100, 24),
    );
    terminal.wait_for("password");
    terminal.send("/user\re\x15root\r");
    terminal.wait_for("1 change");
    terminal.send("\x13");
    terminal.wait_for("Save 1 change to");
    let mut tracer = attach(terminal.process(), options)?;
    terminal.send("\r");
    let said = |terminal: &Terminal| terminal.text().contains("saved a.env");
    let saved = terminal.watch(PATIENCE, |terminal| {
        said(terminal) || terminal.text().contains("cannot") || terminal.text().contains("Error")
    }) && said(&terminal);
    drop(terminal);
    tracer.wait().unwrap();
    Some(saved)
}

/// Attaches strace to a process, and waits until it is.
fn attach(process: i32, options: &[&str]) -> Option<Child> {
    let mut tracer = Command::new("strace")
        .args(["-f", "-p", &process.to_string()])
        .args(options)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(tracer.stderr.take().unwrap()).lines();
    let attached = said
        .by_ref()
        .map_while(Result::ok)
        .any(|line| line.contains("attached"));
    if !attached {
        tracer.wait().unwrap();
        return None;
    }
    // What it says later must not stop it.
    std::thread::spawn(move || said.for_each(drop));
    Some(tracer)
}
