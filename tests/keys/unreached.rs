//! A recipient that cannot be encrypted for: the command is refused, everybody who is left out is named, the file stays.

use crate::support::AGE1;
use crate::support::sandbox::Sandbox;

/// An age recipient with a mistyped character.
const MISTYPED: &str = "age1vzv9uv3cwy344uuvamd9l9gfuqa328dfdm5sdyu0hrjxftlg3qdqcrl45k";
/// A key that no keyring has.
const UNKNOWN: &str = "0123456789ABCDEF0123456789ABCDEF01234567";

fn place() -> Sandbox {
    let place = Sandbox::with_key("age1.txt");
    place.write("a.yaml", "token: hunter2\n");
    let outcome = place.lazysops(["encrypt", "-i", "--age", AGE1, "a.yaml"]);
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    place
}

#[test]
fn a_file_is_never_written_without_somebody_who_should_read_it() {
    let place = place();
    let before = place.read("a.yaml");
    let add = [
        "rotate",
        "-i",
        "--add-age",
        MISTYPED,
        "--add-pgp",
        UNKNOWN,
        "a.yaml",
    ];
    let outcome = place.lazysops(add);
    assert_eq!(outcome.code, Some(1));
    for named in [MISTYPED, UNKNOWN, "2 recipients cannot be encrypted for"] {
        assert!(outcome.stderr.contains(named), "{named}: {}", outcome.stderr);
    }
    assert!(outcome.stderr.contains("hint: "), "{}", outcome.stderr);
    assert_eq!(place.read("a.yaml"), before);

    let rules = format!("creation_rules:\n  - age: {AGE1}\n    pgp: {UNKNOWN}\n");
    place.write(".sops.yaml", rules);
    let outcome = place.lazysops(["updatekeys", "-y", "a.yaml"]);
    assert_eq!(outcome.code, Some(1));
    assert!(outcome.stderr.contains(UNKNOWN), "{}", outcome.stderr);
    assert_eq!(place.read("a.yaml"), before);

    place.write("b.yaml", "token: hunter2\n");
    let outcome = place.lazysops(["encrypt", "-i", "b.yaml"]);
    assert_eq!(outcome.code, Some(1));
    assert!(outcome.stderr.contains(UNKNOWN), "{}", outcome.stderr);
    assert_eq!(place.read("b.yaml"), b"token: hunter2\n");
}
