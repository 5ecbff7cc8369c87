//! Six signals end the editor while a secret is on its screen, in a field, or in the user's own editor: nothing decrypted is left
//! in any file (security P1). `cli::edit` does the same to `edit`.

use super::hands::{self, CTRL_U, ENTER, FILE};
use crate::support::sandbox::Sandbox;
use crate::support::script::executable;
use crate::support::secret::files_with;
use crate::support::terminal::{Size, Terminal};
use rustix::process::{Pid, Signal, kill_process};
use std::path::Path;
use std::time::{Duration, Instant};

const SIGNALS: [Signal; 6] = [
    Signal::HUP,
    Signal::TERM,
    Signal::INT,
    Signal::QUIT,
    Signal::ABORT,
    Signal::KILL,
];

/// Secrets that no other test plants: the folders in memory are everybody's.
struct Secrets {
    stored: String,
    typed: String,
}

impl Secrets {
    fn new(what: &str) -> Self {
        let own = format!("{what}{}", std::process::id());
        Self {
            stored: format!("stored-canary-{own}"),
            typed: format!("typed-canary-{own}"),
        }
    }

    /// Files that hold one of them: working folder, home, temporary files, and what lies in memory. A guardian needs a moment.
    fn left(&self, place: &Sandbox) -> Vec<String> {
        let runtime = std::env::var_os("XDG_RUNTIME_DIR").map(std::path::PathBuf::from);
        let mut roots = vec![place.root().to_owned(), "/dev/shm".into()];
        roots.extend(runtime);
        let deadline = Instant::now() + Duration::from_secs(30);
        loop {
            let of_root = |root: &std::path::PathBuf| {
                let stored = files_with(root, &self.stored);
                stored.into_iter().chain(files_with(root, &self.typed))
            };
            let found: Vec<String> = roots.iter().flat_map(of_root).collect();
            if found.is_empty() || Instant::now() > deadline {
                return found;
            }
            std::thread::yield_now();
        }
    }

    fn place(&self) -> Sandbox {
        let place = hands::place_with(&format!(
            "user_sops_cypher: admin\npassword_sops_cypher: {}\n",
            self.stored
        ));
        let editor = place.path("editor");
        let script = format!(
            "#!/bin/sh\nprintf '%s\\n' '{}' >> \"$1\"\necho opened\nexec sleep 600\n",
            self.typed
        );
        executable(&editor, &script);
        place.variable("EDITOR", editor.to_str().unwrap())
    }
}

fn open(place: &Sandbox) -> Terminal {
    hands::open(place, Size(120, 30), "password")
}

fn end(terminal: &Terminal, signal: Signal) {
    let process = Pid::from_raw(terminal.process()).unwrap();
    kill_process(process, signal).unwrap();
}

#[test]
fn a_signal_while_a_secret_is_shown_and_typed_leaves_none_in_a_file() {
    let secrets = Secrets::new("field");
    for signal in SIGNALS {
        let place = secrets.place();
        let before = place.read(FILE);
        let mut terminal = open(&place);
        terminal.send(&format!("/password{ENTER}r"));
        terminal.wait_for(&secrets.stored);
        // One that was accepted and not saved, one that is still being typed.
        terminal.send(&format!("/user{ENTER}e{CTRL_U}{}{ENTER}", secrets.typed));
        terminal.wait_for("1 change");
        terminal.send(&format!("/password{ENTER}e{CTRL_U}\x14{}", secrets.typed));
        terminal.wait_for(&secrets.typed);
        end(&terminal, signal);
        terminal.wait_for_exit();
        assert_eq!(place.read(FILE), before, "{signal:?}");
        // The script of the other test holds what it types.
        std::fs::remove_file(place.path("editor")).unwrap();
        assert_eq!(secrets.left(&place), Vec::<String>::new(), "{signal:?}");
    }
}

#[test]
fn a_signal_while_the_users_own_editor_is_open_leaves_none_in_a_file() {
    let secrets = Secrets::new("own");
    for signal in SIGNALS {
        let place = secrets.place();
        let before = place.read(FILE);
        let mut terminal = open(&place);
        terminal.send("ggE");
        terminal.wait_for("opened");
        let children = format!("/proc/{0}/task/{0}/children", terminal.process());
        let children = std::fs::read_to_string(children).unwrap_or_default();
        end(&terminal, signal);
        if matches!(signal, Signal::INT | Signal::QUIT) {
            // These are the other editor's, which has the terminal: ctrl-c in it must not end this program.
            end(&terminal, Signal::TERM);
        }
        std::fs::remove_file(place.path("editor")).unwrap();
        assert_eq!(secrets.left(&place), Vec::<String>::new(), "{signal:?}");
        assert_eq!(place.read(FILE), before, "{signal:?}");
        // What cannot be caught leaves the other editor running, without its file.
        for child in children.split_whitespace() {
            let _ = place.run(Path::new("kill"), ["-KILL", child], b"");
        }
    }
}
