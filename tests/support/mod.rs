//! What several subjects need: a sealed-off place to run programs in, a terminal, recorded cases, trees from their JSON form,
//! and a loud way to skip.

pub mod characters;
pub mod damage;
#[cfg(all(feature = "aws", feature = "azure", feature = "gcp", feature = "vault"))]
pub mod emulators;
pub mod json_tree;
pub mod machine;
pub mod memory;
pub mod parallel;
pub mod passphrase;
pub mod sandbox;
pub mod script;
pub mod secret;
pub mod terminal;
pub mod x11;
pub mod yaml_cases;

use std::io::Write as _;
use std::path::{Path, PathBuf};

/// The public half of `tests/data/keys/age1.txt`, which protects nothing.
pub const AGE1: &str = "age1vzv9uv3cwy344uuvamd9l9gfuqa328dfdm5sdyu0hrjxftlg3qdqcrl45j";

/// A file under `tests/data/`.
pub fn data(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data")
        .join(path)
}

/// Four age identities as files have them, and their public halves; they protect nothing.
pub fn four_keys() -> [(String, String); 4] {
    let files = [
        "keys/age1.txt",
        "keys/age2.txt",
        "spec/age-1.key",
        "spec/age-2.key",
    ];
    files.map(|name| {
        let private = std::fs::read_to_string(data(name)).unwrap();
        let (_, rest) = private.split_once("public key: ").unwrap();
        let public = rest.lines().next().unwrap().to_owned();
        (private, public)
    })
}

/// The real sops, if `tests/run` could install it; otherwise a line says that `test` did not run.
pub fn sops(test: &str) -> Option<PathBuf> {
    let variable = "LAZYSOPS_TEST_SOPS";
    let found = std::env::var_os(variable)
        .filter(|path| !path.is_empty())
        .map(PathBuf::from);
    if found.is_none() {
        skipped(test, &format!("{variable} is not set; tests/run sets it"));
    }
    found
}

/// Whether a program of this name is on the path.
pub fn installed(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).exists())
}

/// Says aloud that `test` did not run, and why.
///
/// The line goes around the capture of the test harness: a test that did not run must not look like one that passed.
pub fn skipped(test: &str, reason: &str) {
    let line = format!("skipped: {test}: {reason}\n");
    // Nobody can be told when even standard error is closed.
    let _ = std::io::stderr().lock().write_all(line.as_bytes());
}
