//! After a lock nothing of a value, the data key or the identity is in the memory of the editor; before it, it is, so that
//! these tests can fail.

use crate::support::machine::Unprivileged;
use crate::support::memory;
use crate::support::sandbox::Sandbox;
use crate::support::secret::CANARY;
use crate::support::terminal::{Size, Terminal};
use crate::support::x11::X11;
use crate::support::{AGE1, data, skipped};
use lazysops::host::Environment;
use lazysops::ops::open::{self, Access};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::time::{Duration, Instant};

const FILE: &str = "values.sops.yaml";
/// What is typed, pasted and typed without being saved.
const TYPED: &str = "typed5e1f0b7a";
const PASTED: &str = "pasted8c2d9e4f";
const UNSAVED: &str = "unsaved3b6a1d8c";
const ENTER: &str = "\r";

/// How long a lock may take until nothing is left: the clipboard and threads that end are not waited for by the screen.
const PATIENCE: Duration = Duration::from_secs(60);

fn place() -> Sandbox {
    let place = Sandbox::with_key("age1.txt");
    place.write(
        FILE,
        format!("# {CANARY} as a comment\nuser: admin\npassword: {CANARY}\nother: some text\n"),
    );
    let outcome = place.lazysops(["encrypt", "-i", "--age", AGE1, FILE]);
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    place
}

/// The data key of the file.
fn data_key(place: &Sandbox) -> Vec<u8> {
    let environment = Environment::new(place.environment(), place.path(""));
    let document = open::open(&place.path(FILE), &environment).unwrap();
    match document.access {
        Access::Open(unsealed) => unsealed.key.expose().to_vec(),
        _ => panic!("the file does not open"),
    }
}

/// The identity as text and as the bytes that it stands for.
fn identity() -> (String, Vec<u8>) {
    let text = std::fs::read_to_string(data("keys").join("age1.txt")).unwrap();
    let line = text
        .lines()
        .find(|line| line.starts_with("AGE-SECRET-KEY-1"))
        .unwrap();
    let (_, bytes) = bech32::decode(line).unwrap();
    (line.to_owned(), bytes)
}

fn edit(place: &Sandbox) -> Terminal {
    let program = Path::new(env!("CARGO_BIN_EXE_lazysops"));
    let mut terminal = Terminal::start(
        program,
        [FILE],
        place.environment(),
        &place.path(""),
        Size(120, 30),
    );
    terminal.wait_for("password");
    terminal
}

/// How often each of the texts is in memory.
fn count(process: i32, wanted: &[(&str, Vec<u8>)]) -> Option<Vec<usize>> {
    wanted
        .iter()
        .map(|(_, bytes)| memory::find(process, bytes).map(|found| found.len()))
        .collect()
}

/// Waits until none of the texts is in memory any more.
fn wait_for_none(process: i32, wanted: &[(&str, Vec<u8>)]) {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let left: Vec<_> = wanted
            .iter()
            .map(|(name, bytes)| (*name, memory::find(process, bytes).unwrap()))
            .filter(|(_, found)| !found.is_empty())
            .collect();
        if left.is_empty() {
            return;
        }
        assert!(Instant::now() < deadline, "still in memory: {left:#?}");
    }
}

#[test]
fn a_lock_leaves_no_value_no_data_key_and_no_identity_in_memory() {
    let server = X11::start("what a clipboard leaves in the memory of a locked editor");
    let display = server.as_ref().map_or("", |server| &server.display);
    let place = place().variable("DISPLAY", display);
    let (text, bytes) = identity();
    let wanted = [
        ("the value", CANARY.as_bytes().to_vec()),
        ("what was typed", TYPED.as_bytes().to_vec()),
        ("what was pasted", PASTED.as_bytes().to_vec()),
        ("what is not saved", UNSAVED.as_bytes().to_vec()),
        ("the data key", data_key(&place)),
        ("the identity", text.into_bytes()),
        ("the bytes of the identity", bytes),
    ];
    let mut terminal = edit(&place);
    let process = terminal.process();
    terminal.send(&format!("/password{ENTER}r"));
    terminal.wait_for(CANARY);
    terminal.send(&format!("e\x15\x14{TYPED}"));
    terminal.wait_for(TYPED);
    terminal.send(ENTER);
    terminal.wait_for("1 change");
    terminal.send("\x13");
    terminal.wait_for("Save 1 change");
    terminal.send(ENTER);
    terminal.wait_for("saved");
    terminal.send(&format!("/other{ENTER}e\x15\x05"));
    terminal.wait_for("1 line");
    terminal.send(&format!("\x1b[200~{PASTED}\rsecond line\x1b[201~\x13"));
    terminal.wait_for("1 change");
    terminal.send(&format!("/user{ENTER}e\x15{UNSAVED}{ENTER}"));
    terminal.wait_for("2 changes");
    terminal.send("u\x12y");
    terminal.wait_for("copied by");
    terminal.send("r");
    terminal.wait_for(UNSAVED);
    let Some(before) = count(process, &wanted) else {
        skipped(
            "the memory of a locked editor",
            "the memory of a process may not be read here",
        );
        return;
    };
    for (number, (name, _)) in wanted.iter().enumerate().take(5) {
        assert!(before[number] > 0, "{name} is not even found while it is in use");
    }
    terminal.send("L");
    terminal.wait_for("Locked");
    terminal.wait_without("password");
    wait_for_none(process, &wanted);
    // And it was not lost.
    terminal.send(ENTER);
    terminal.wait_for("2 changes");
    terminal.send(&format!("/user{ENTER}r"));
    terminal.wait_for(UNSAVED);
    terminal.send("X\x1a");
    terminal.wait_until("the normal screen", |terminal| {
        !terminal.screen().alternate_screen()
    });
    wait_for_none(process, &wanted);
}

#[test]
fn an_identity_in_the_environment_stays_there_which_the_pages_say() {
    let (text, _) = identity();
    let place = place();
    let environment = place
        .environment()
        .into_iter()
        .filter(|(name, _)| name != "SOPS_AGE_KEY_FILE");
    let environment = environment.chain([("SOPS_AGE_KEY".to_owned(), text.clone())]);
    let program = Path::new(env!("CARGO_BIN_EXE_lazysops"));
    let mut terminal = Terminal::start(program, [FILE], environment, &place.path(""), Size(120, 30));
    terminal.wait_for("password");
    terminal.send("L");
    terminal.wait_for("Locked");
    terminal.wait_without("password");
    if let Some(found) = memory::find(terminal.process(), text.as_bytes()) {
        assert!(
            !found.is_empty(),
            "say so in docs/security.md, and look for it after a lock"
        );
    }
}

#[test]
fn a_crash_leaves_no_core_file() {
    let place = place();
    let mut terminal = edit(&place);
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", terminal.process())).unwrap();
    let core = limits
        .lines()
        .find(|line| line.starts_with("Max core file size"))
        .unwrap();
    assert_eq!(core.split_whitespace().nth(4), Some("0"), "{core}");
    let process = rustix::process::Pid::from_raw(terminal.process()).unwrap();
    // One that cannot be waited for: no handler has a say.
    rustix::process::kill_process(process, rustix::process::Signal::ILL).unwrap();
    terminal.wait_for_exit();
    let left: Vec<_> = std::fs::read_dir(place.path(""))
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(left, ["values.sops.yaml"]);
}

/// The kernel gives the files of a process that nobody may look into to root.
#[test]
fn another_program_of_the_same_user_cannot_read_its_memory_or_its_variables() {
    let sealed = place().read(FILE);
    let place = Sandbox::without_keys().variable("SOPS_AGE_KEY", &identity().0);
    place.write(FILE, &sealed);
    let test = "what another program of the same user can read";
    let Some(user) = Unprivileged::new(&place) else {
        skipped(test, "setpriv is missing");
        return;
    };
    if !Path::new("/proc/self/environ").exists() {
        skipped(test, "there is no /proc here");
        return;
    }
    user.give(&place.path(FILE), 0o644);
    user.give(&place.path(""), 0o755);
    let (program, arguments) = user.command(&[FILE]);
    let folder = place.path("");
    let mut terminal = Terminal::start(&program, arguments, place.environment(), &folder, Size(120, 30));
    terminal.wait_for("password");
    for name in ["environ", "mem", "maps"] {
        let path = format!("/proc/{}/{name}", terminal.process());
        let owner = std::fs::metadata(&path).unwrap().uid();
        assert_eq!(owner, 0, "{name} is the user's to read");
    }
}
