//! The command line as scripts see it: whole output, exit codes, and what is left on the disk.

#[cfg(feature = "audit")]
mod audit;
mod demo;
mod edit;
mod encrypt;
mod exec;
mod faults;
mod forms;
mod helm;
mod policy;
#[cfg(all(feature = "aws", feature = "azure", feature = "gcp", feature = "vault"))]
mod publish;
mod recipients;
mod reference;
mod save;
mod settings;
mod shells;
mod warnings;

use crate::support::AGE1;
use crate::support::sandbox::{Outcome, Sandbox};

const PLAIN: &str = "# who\nuser: admin\npassword: hunter2\n";

/// A place with a key and an encrypted file `a.yaml`.
fn sealed() -> Sandbox {
    let place = Sandbox::with_key("age1.txt");
    place.write("a.yaml", PLAIN);
    ok(&place.lazysops(["encrypt", "-i", "--age", AGE1, "a.yaml"]));
    place
}

fn ok(outcome: &Outcome) {
    assert_eq!((outcome.code, outcome.stderr.as_str()), (Some(0), ""));
}

/// A failure: its exit code and the whole of standard error; nothing on standard output.
#[track_caller]
fn fails(outcome: &Outcome, code: i32, stderr: &str) {
    assert_eq!(
        (outcome.code, outcome.stderr.as_str(), outcome.stdout.as_slice()),
        (Some(code), stderr, &b""[..])
    );
}
