//! Damaged files: what sops refuses, we refuse.

use crate::support::damage::mutants;
use crate::support::parallel::check_all;
use crate::support::sandbox::Sandbox;
use crate::support::{AGE1, sops};

const PLAINTEXT: &str = "\
# about the database
database:
    user: admin
    port: 5432
    replicas: [one, two]
note_unencrypted: in clear
";

/// Damaged files to look at.
const COUNT: usize = 300;

#[test]
fn damage_that_sops_notices_is_noticed() {
    let Some(sops) = sops("damaged files against the real sops") else {
        return;
    };
    let place = Sandbox::with_key("age1.txt");
    place.write("a.yaml", PLAINTEXT);
    let sealed = place.run(&sops, ["encrypt", "--age", AGE1, "a.yaml"], b"").stdout;
    let sealed = String::from_utf8(sealed).unwrap();
    check_all(&mutants(&sealed, COUNT), |mutant| {
        let place = Sandbox::with_key("age1.txt");
        place.write("a.yaml", mutant);
        let ours = place.lazysops(["decrypt", "a.yaml"]);
        if ours.code != Some(0) {
            return Ok(());
        }
        let theirs = place.run(&sops, ["decrypt", "a.yaml"], b"");
        if theirs.code == Some(0) {
            return Ok(());
        }
        Err(format!(
            "sops refuses with {:?}, we accept:\n{mutant}",
            theirs.code
        ))
    });
}
