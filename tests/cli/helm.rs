//! What helm-secrets does with `HELM_SECRETS_SOPS_PATH=lazysops`: its calls, word for word, and the ways it tells what a file is.

use super::ok;
use crate::support::AGE1;
use crate::support::sandbox::{Outcome, Sandbox};
use std::path::Path;

const VALUES: &str = "db:\n    user: app\n    password_sops: hunter2\n";
const BINARY: &str = "a license key\n";

/// A chart with a rule, as its users have it. Standard input is never a terminal here.
fn chart() -> Sandbox {
    let place = Sandbox::with_key("age1.txt");
    place.write(
        ".sops.yaml",
        format!("creation_rules:\n  - age: {AGE1}\n    encrypted_suffix: _sops\n"),
    );
    place.write("secrets.yaml", VALUES);
    place.write("license", BINARY);
    place
}

fn call(place: &Sandbox, arguments: &str, stdin: &[u8]) -> Outcome {
    let outcome = place.run(
        Path::new(env!("CARGO_BIN_EXE_lazysops")),
        arguments.split(' '),
        stdin,
    );
    ok(&outcome);
    outcome
}

fn grep(place: &Sandbox, arguments: &[&str]) -> bool {
    place.run(Path::new("grep"), arguments, b"").code == Some(0)
}

#[test]
fn encrypting_in_place_and_elsewhere_is_recognised_by_all_three_greps() {
    let place = chart();
    call(
        &place,
        "--encrypt --input-type yaml --output-type yaml --in-place secrets.yaml",
        b"",
    );
    assert!(grep(&place, &["-q", "mac.*,type:str]", "secrets.yaml"]));
    assert!(grep(&place, &["-Fxq", "sops:", "secrets.yaml"]));
    assert!(
        grep(&place, &["-q", "user: app", "secrets.yaml"]),
        "the suffix decides"
    );
    place.write(".sops.yaml", format!("creation_rules:\n  - age: {AGE1}\n"));
    call(
        &place,
        "--encrypt --input-type binary --output-type binary --output license.enc license",
        b"",
    );
    assert!(grep(&place, &["-q", "\"data\": \"ENC", "license.enc"]));
    assert!(grep(&place, &["-q", "mac.*,type:str]", "license.enc"]));
    assert_eq!(place.read("license"), BINARY.as_bytes());
}

#[test]
fn decrypting_to_the_screen_a_file_in_place_and_from_standard_input() {
    let place = chart();
    call(
        &place,
        "--encrypt --input-type yaml --output-type yaml --in-place secrets.yaml",
        b"",
    );
    let sealed = place.read("secrets.yaml");
    let shown = call(
        &place,
        "--decrypt --input-type yaml --output-type yaml secrets.yaml",
        b"",
    );
    assert_eq!(shown.stdout, VALUES.as_bytes());
    call(
        &place,
        "--decrypt --input-type yaml --output-type yaml --output secrets.yaml.dec secrets.yaml",
        b"",
    );
    assert_eq!(place.read("secrets.yaml.dec"), VALUES.as_bytes());
    let piped = call(
        &place,
        "--decrypt --input-type yaml --output-type yaml /dev/stdin",
        &sealed,
    );
    assert_eq!(piped.stdout, VALUES.as_bytes());
    // Flags are put together from several places; the last wins.
    let twice =
        "--decrypt --input-type json --output-type json --input-type yaml --output-type yaml secrets.yaml";
    assert_eq!(call(&place, twice, b"").stdout, VALUES.as_bytes());
    call(
        &place,
        "--decrypt --input-type yaml --output-type yaml --in-place secrets.yaml",
        b"",
    );
    assert_eq!(place.read("secrets.yaml"), VALUES.as_bytes());
}

#[test]
fn editing_goes_to_the_editor_not_to_our_own() {
    let place = chart().variable("EDITOR", "sed -i s/hunter2/other/");
    call(
        &place,
        "--encrypt --input-type yaml --output-type yaml --in-place secrets.yaml",
        b"",
    );
    call(&place, "--input-type yaml --output-type yaml secrets.yaml", b"");
    let shown = call(
        &place,
        "--decrypt --input-type yaml --output-type yaml secrets.yaml",
        b"",
    );
    assert_eq!(shown.stdout, VALUES.replace("hunter2", "other").as_bytes());
}

#[test]
fn a_file_of_another_name_stays_what_its_type_says() {
    let place = chart();
    place.write("values.tpl", VALUES);
    call(
        &place,
        "--encrypt --input-type yaml --output-type yaml --in-place values.tpl",
        b"",
    );
    assert!(grep(&place, &["-Fxq", "sops:", "values.tpl"]));
    let shown = call(
        &place,
        "--decrypt --input-type yaml --output-type yaml values.tpl",
        b"",
    );
    assert_eq!(shown.stdout, VALUES.as_bytes());
}
