//! `exec-env` and `exec-file`: what the command gets, whom it runs as, how it ends, and what is left behind.

use super::{fails, ok, sealed};
use crate::support::sandbox::Sandbox;
use crate::support::secret::{CANARY, files_with_the_secret};
use crate::support::{AGE1, skipped};
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};

fn text(outcome: &crate::support::sandbox::Outcome) -> &str {
    std::str::from_utf8(&outcome.stdout).unwrap()
}

fn start(place: &Sandbox, arguments: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_lazysops"))
        .args(arguments)
        .env_clear()
        .envs(place.environment())
        .current_dir(place.path(""))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

fn kill(place: &Sandbox, signal: &str, id: &str) -> Option<i32> {
    place.run(Path::new("kill"), ["-s", signal, id], b"").code
}

#[test]
fn the_exit_code_is_that_of_the_command() {
    let place = sealed();
    for command in ["exec-env", "exec-file"] {
        let outcome = place.lazysops([command, "a.yaml", "exit 7"]);
        assert_eq!(outcome.code, Some(7), "{}", outcome.stderr);
        assert_eq!(place.lazysops([command, "a.yaml", "kill -9 $$"]).code, Some(255));
        assert_eq!(place.lazysops([command, "a.yaml"]).code, Some(1));
        assert_eq!(place.lazysops([command, "no.yaml", "true"]).code, Some(2));
    }
}

#[test]
fn a_signal_reaches_the_command() {
    let place = sealed();
    for signal in ["INT", "TERM", "HUP", "QUIT", "USR1", "USR2"] {
        let line =
            format!("trap 'echo got {signal}; exit 3' {signal}; echo ready; while :; do sleep 0.1; done");
        let mut child = start(&place, &["exec-env", "a.yaml", &line]);
        let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
        assert_eq!(said.next().unwrap().unwrap(), "ready");
        kill(&place, signal, &child.id().to_string());
        assert_eq!(said.next().unwrap().unwrap(), format!("got {signal}"));
        assert_eq!(child.wait().unwrap().code(), Some(3));
    }
}

#[test]
fn a_pristine_command_sees_the_values_only() {
    let place = sealed();
    let outcome = place.lazysops(["exec-env", "--pristine", "a.yaml", "env | cut -d= -f1 | sort"]);
    ok(&outcome);
    assert_eq!(text(&outcome), "PWD\npassword\nuser\n");
}

#[test]
fn the_command_can_take_the_place_of_the_program() {
    let place = sealed();
    let mut child = start(
        &place,
        &["exec-env", "--same-process", "a.yaml", "echo $$ $password"],
    );
    let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
    assert_eq!(said.next().unwrap().unwrap(), format!("{} hunter2", child.id()));
    child.wait().unwrap();
    fails(
        &place.lazysops(["exec-env", "--same-process", "--background", "a.yaml", "true"]),
        8,
        "warning: --background of exec-env is deprecated in sops\nError: cannot use both --same-process and --background\n",
    );
}

#[test]
fn another_user_can_read_what_is_handed_over_and_nobody_else_can() {
    let test = "another_user_can_read_what_is_handed_over_and_nobody_else_can";
    let place = sealed();
    let outcome = place.lazysops(["exec-env", "--user", "no-such-user", "a.yaml", "true"]);
    fails(&outcome, 1, "Error: there is no user no-such-user\n");
    if std::fs::metadata("/proc/self").unwrap().uid() != 0 {
        skipped(test, "only root can become another user");
        return;
    }
    // The folder of the test is closed to others; the command needs none.
    for path in [place.root(), &place.path("")] {
        std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    }
    let outcome = place.lazysops([
        "exec-env",
        "--user",
        "nobody",
        "a.yaml",
        "id -un; id -G; echo $user",
    ]);
    ok(&outcome);
    assert_eq!(text(&outcome), "nobody\n65534\nadmin\n");
    for flag in ["--no-fifo", "--filename=b.yaml"] {
        let line = "stat -c '%U %a' {} $(dirname {}); cat {}";
        let outcome = place.lazysops(["exec-file", "--user", "nobody", flag, "a.yaml", line]);
        ok(&outcome);
        assert_eq!(
            text(&outcome),
            format!("nobody 600\nnobody 700\n{}", super::PLAIN)
        );
    }
}

#[test]
fn a_handed_file_is_in_memory_and_removed_whatever_happens() {
    let place = Sandbox::with_key("age1.txt");
    place.write("a.yaml", format!("a: {CANARY}\n"));
    ok(&place.lazysops(["encrypt", "-i", "--age", AGE1, "a.yaml"]));
    for signal in ["KILL", "ABRT", "TERM"] {
        let line = "stat -f -c %T {}; echo {}; echo $$; exec sleep 600 >/dev/null";
        let mut child = start(&place, &["exec-file", "--no-fifo", "a.yaml", line]);
        let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut next = || said.next().unwrap().unwrap();
        assert_eq!(next(), "tmpfs");
        let (path, command) = (next(), next());
        kill(&place, signal, &child.id().to_string());
        child.wait().unwrap();
        super::edit::wait_without(Path::new(&path).parent().unwrap());
        assert_eq!(
            files_with_the_secret(place.root()),
            Vec::<String>::new(),
            "{signal}"
        );
        kill(&place, "KILL", &command);
    }
}

#[test]
fn a_file_handed_to_the_background_stays_until_the_command_has_ended() {
    let place = sealed();
    let (go, out) = (place.path("go"), place.path("out"));
    assert_eq!(place.run(Path::new("mkfifo"), [&go], b"").code, Some(0));
    let line = format!(
        "echo {{}} > '{0}'; read x < '{0}'; cp {{}} '{1}'",
        go.display(),
        out.display()
    );
    let outcome = place.lazysops(["exec-file", "--background", "a.yaml", &line]);
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    let path = std::fs::read_to_string(&go).unwrap();
    let folder = Path::new(path.trim()).parent().unwrap().to_owned();
    // A later run leaves it alone.
    ok(&place.lazysops(["exec-file", "a.yaml", "cat {} > /dev/null"]));
    assert!(folder.exists());
    std::fs::write(&go, "go\n").unwrap();
    super::edit::wait_without(&folder);
    assert_eq!(place.read("out"), super::PLAIN.as_bytes());
}
