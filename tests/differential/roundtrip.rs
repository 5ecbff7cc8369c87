//! Encrypt and decrypt, whole files.

use super::cases::{Case, of_format};
use crate::support::parallel::check_all;
use crate::support::sandbox::{Outcome, Sandbox};
use crate::support::sops;
use std::path::Path;

#[test]
fn yaml_files_travel_between_us_and_sops() {
    compare("yaml");
}

#[test]
fn json_files_travel_between_us_and_sops() {
    compare("json");
}

#[test]
fn dotenv_files_travel_between_us_and_sops() {
    compare("dotenv");
}

#[test]
fn ini_files_travel_between_us_and_sops() {
    compare("ini");
}

#[test]
fn binary_files_travel_between_us_and_sops() {
    compare("binary");
}

/// Runs all cases of a format on all processors, and fails with one line for each that went wrong.
fn compare(format: &str) {
    let Some(sops) = sops(&format!("{format} files against the real sops")) else {
        return;
    };
    check_all(&of_format(format), |case| {
        travels(case, &sops).map_err(|reason| format!("{}: {reason}", case.input))
    });
}

/// Each side encrypts; both files must open to the same bytes, and what one refuses the other refuses alike.
fn travels(case: &Case, sops: &Path) -> Result<(), String> {
    let ours = Path::new(env!("CARGO_BIN_EXE_lazysops"));
    let place = Sandbox::with_key("age1.txt");
    let encrypt = |program: &Path| {
        place.write(&case.file, case.plaintext());
        place.run(program, case.encrypt_arguments(), b"")
    };
    let decrypt = |program: &Path, ciphertext: &[u8]| {
        place.write(case.encrypted_name(), ciphertext);
        place.run(program, case.decrypt_arguments(), b"")
    };

    let (by_sops, by_us) = (encrypt(sops), encrypt(ours));
    same_code("encrypt", &by_sops, &by_us)?;
    if by_sops.code != Some(0) {
        return silent(&by_us);
    }
    let reference = decrypt(sops, &by_sops.stdout);
    let sops_on_ours = decrypt(sops, &by_us.stdout);
    let ours_on_sops = decrypt(ours, &by_sops.stdout);
    same_code("sops opens what we encrypted", &reference, &sops_on_ours)?;
    same_code("we open what sops encrypted", &reference, &ours_on_sops)?;
    if case.differs.is_some() || reference.code != Some(0) {
        return Ok(());
    }
    same_bytes("sops opens what we encrypted", &reference, &sops_on_ours)?;
    same_bytes("we open what sops encrypted", &reference, &ours_on_sops)
}

fn same_code(step: &str, expected: &Outcome, found: &Outcome) -> Result<(), String> {
    if expected.code == found.code {
        return Ok(());
    }
    let gist = found.stderr.lines().next().unwrap_or_default();
    Err(format!(
        "{step}: exit {:?} instead of {:?}: {gist}",
        found.code, expected.code
    ))
}

fn same_bytes(step: &str, expected: &Outcome, found: &Outcome) -> Result<(), String> {
    if expected.stdout == found.stdout {
        return Ok(());
    }
    let at = expected
        .stdout
        .iter()
        .zip(&found.stdout)
        .take_while(|(a, b)| a == b)
        .count();
    let line = expected
        .stdout
        .iter()
        .take(at)
        .filter(|byte| **byte == b'\n')
        .count()
        + 1;
    Err(format!("{step}: other bytes from line {line} on"))
}

/// A refusal leaves nothing on standard output that a script could take for a result.
fn silent(outcome: &Outcome) -> Result<(), String> {
    if !outcome.stdout.is_empty() {
        return Err("refused, but something stands on standard output".to_owned());
    }
    if outcome.stderr.trim().is_empty() {
        return Err("refused without a word".to_owned());
    }
    Ok(())
}
