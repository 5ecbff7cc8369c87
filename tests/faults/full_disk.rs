//! No room for the new file.

use crate::support::machine::{can_make_disks, on_a_full_disk};
use crate::support::sandbox::Sandbox;
use crate::support::{AGE1, skipped};

#[test]
fn a_full_disk_costs_no_secret() {
    let place = Sandbox::with_key("age1.txt");
    place.write(
        "a.yaml",
        format!("password: hunter2\ntext: {}\n", "x".repeat(4_000)),
    );
    assert_eq!(
        place.lazysops(["encrypt", "-i", "--age", AGE1, "a.yaml"]).code,
        Some(0)
    );
    if !can_make_disks(&place) {
        skipped(
            "saving on a full disk",
            "unshare is missing or may not mount here",
        );
        return;
    }
    let edit = format!(
        "{} set a.yaml '[\"password\"]' '\"correct horse\"'",
        env!("CARGO_BIN_EXE_lazysops")
    );
    let (program, arguments) = on_a_full_disk("a.yaml", &edit);
    let outcome = place.run(&program, arguments, b"");
    let told = String::from_utf8(outcome.stdout).unwrap();
    assert!(told.contains("code 3\n"), "{told}{}", outcome.stderr);
    assert!(told.contains("file as before\n"), "{told}{}", outcome.stderr);
    assert!(
        told.contains("files a.yaml filler\n"),
        "something was left behind: {told}"
    );
    assert!(outcome.stderr.contains("a.yaml"), "{}", outcome.stderr);
}
