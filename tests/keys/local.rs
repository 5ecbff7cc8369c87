//! Keys of this machine are used without anything that services need.

use crate::support::sandbox::Sandbox;
use crate::support::{AGE1, installed, skipped};
use std::path::Path;

#[test]
fn an_age_file_starts_no_runtime_and_opens_no_socket() {
    let place = Sandbox::with_key("age1.txt");
    place.write("a.yaml", "token: hunter2\n");
    let outcome = place.lazysops(["encrypt", "-i", "--age", AGE1, "a.yaml"]);
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    let probe = ["-o", "/dev/null", "true"];
    if !installed("strace") || place.run(Path::new("strace"), probe, b"").code != Some(0) {
        skipped(
            "what an age file starts",
            "strace is missing or may not trace here",
        );
        return;
    }
    let program = env!("CARGO_BIN_EXE_lazysops");
    let trace = [
        "-f",
        "-qq",
        "-e",
        "trace=epoll_create1,socket",
        "-o",
        "calls",
        program,
    ];
    let outcome = place.run(
        Path::new("strace"),
        [&trace[..], &["decrypt", "a.yaml"]].concat(),
        b"",
    );
    assert_eq!(outcome.stdout, b"token: hunter2\n", "{}", outcome.stderr);
    let calls = String::from_utf8(place.read("calls")).unwrap();
    assert!(
        !calls.contains("epoll_create1") && !calls.contains("AF_INET"),
        "{calls}"
    );
}
