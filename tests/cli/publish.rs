//! `publish`: which file goes where, and that it is there afterwards.

use super::{PLAIN, fails, ok, sealed};
use crate::keys::http_stub::{Reply, Stub};
use crate::support::AGE1;
use crate::support::emulators::{started, value};
use crate::support::sandbox::{Outcome, Sandbox};
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;

fn rules(place: &Sandbox, destinations: &str) {
    place.write(".sops.yaml", format!("destination_rules:\n{destinations}"));
}

fn asked(place: &Sandbox, arguments: &[&str], answer: &str) -> Outcome {
    place.run(
        Path::new(env!("CARGO_BIN_EXE_lazysops")),
        arguments,
        answer.as_bytes(),
    )
}

/// What makes moto take a request for that of an account; it checks no more.
const SIGNED: &str = "Authorization: AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, \
                      Signature=00";

/// A request to a server on this machine, without TLS: status and body.
fn http(address: &str, method: &str, path: &str, header: &str, body: &str) -> (u16, String) {
    let host = address.trim_start_matches("http://").trim_end_matches('/');
    let mut stream = TcpStream::connect(host).unwrap();
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: {host}\r\n{header}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
    let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    (status, body.to_owned())
}

#[test]
fn the_question_names_the_place_as_sops_does_and_no_means_no() {
    let place = sealed();
    std::fs::create_dir_all(place.path("sub/deep")).unwrap();
    for name in ["sub/a.enc.yaml", "sub/deep/b.yaml", "vault.yaml", "one.yaml"] {
        std::fs::copy(place.path("a.yaml"), place.path(name)).unwrap();
    }
    rules(
        &place,
        "  - path_regex: deep\n    gcs_bucket: gb\n    gcs_prefix: gp/\n  - path_regex: vault\n    vault_path: team/x\n  \
         - path_regex: one\n    vault_path: /v/\n    vault_address: http://127.0.0.1:1\n    vault_kv_mount_name: kv/\n    \
         vault_kv_version: 1\n  - path_regex: sub/.*\n    s3_bucket: sb\n    s3_prefix: pre\n",
    );
    for (arguments, file, to) in [
        (
            &["publish", "sub/a.enc.yaml"][..],
            "sub/a.enc.yaml",
            "s3://sb/prea.enc.yaml",
        ),
        (
            &["publish", "--omit-extensions", "./sub/a.enc.yaml"],
            "sub/a.enc.yaml",
            "s3://sb/prea.enc",
        ),
        (
            &["publish", "sub/deep/b.yaml"],
            "sub/deep/b.yaml",
            "gcs://gb/gp/b.yaml",
        ),
        (
            &["publish", "--recursive", "sub/deep"],
            "sub/deep/b.yaml",
            "gcs://gb/gp/b.yaml",
        ),
        (
            &["publish", "vault.yaml"],
            "vault.yaml",
            "https://127.0.0.1:8200/v1/secret/data/team/x/vault.yaml",
        ),
        (
            &["publish", "one.yaml"],
            "one.yaml",
            "http://127.0.0.1:1/v1/kv/v/one.yaml",
        ),
    ] {
        let outcome = asked(&place, arguments, "n\n");
        assert_eq!(outcome.code, Some(1), "{}", outcome.stderr);
        let file = place.path(file);
        let question = format!("uploading {} to {to} ? (y/n): ", file.display());
        assert_eq!(String::from_utf8(outcome.stdout).unwrap(), question);
        assert!(outcome.stderr.contains("canceled"), "{}", outcome.stderr);
    }
}

#[test]
fn what_cannot_be_published_is_said() {
    let place = sealed();
    place.write("plain.yaml", PLAIN);
    fails(
        &place.lazysops(["publish", "a.yaml"]),
        1,
        "Error: config file not found\n",
    );
    rules(&place, "  - path_regex: yaml\n    s3_bucket: b\n");
    fails(&place.lazysops(["publish"]), 100, "Error: no file specified\n");
    assert_eq!(place.lazysops(["publish", "-y", "no.yaml"]).code, Some(1));
    assert_eq!(place.lazysops(["publish", "-y", "."]).code, Some(1));
    let plain = place.lazysops(["publish", "-y", "plain.yaml"]);
    assert_eq!(plain.code, Some(1));
    assert!(
        plain.stderr.contains("sops metadata not found"),
        "{}",
        plain.stderr
    );
    let other = place.lazysops(["publish", "-y", "--recursive", "../home"]);
    assert_eq!((other.code, other.stderr.as_str()), (Some(0), ""));
    place.write("x.json", "{}");
    let none = place.lazysops(["publish", "-y", "x.json"]);
    assert!(
        none.stderr.contains("no matching destination found"),
        "{}",
        none.stderr
    );
    rules(&place, "  - s3_bucket: b\n    gcs_bucket: c\n");
    assert_eq!(place.lazysops(["publish", "-y", "a.yaml"]).code, Some(1));
}

#[test]
fn a_file_goes_to_google_as_it_is() {
    let server = Stub::start(|_, _| Reply::Answer(200, "{}".to_owned()));
    let place = sealed().variable("STORAGE_EMULATOR_HOST", &server.address);
    rules(&place, "  - gcs_bucket: secrets\n    gcs_prefix: prod/\n");
    let outcome = place.lazysops(["publish", "-y", "a.yaml"]);
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    let asked = server.asked();
    assert_eq!(
        asked[0].line,
        "POST /upload/storage/v1/b/secrets/o?uploadType=media&name=prod%2Fa.yaml"
    );
    assert_eq!(asked[0].body.as_bytes(), place.read("a.yaml"));
    assert_eq!(
        asked[0].header("authorization"),
        None,
        "another server gets no token"
    );
    let refusing = Stub::start(|_, _| Reply::Answer(403, "not yours".to_owned()));
    let place = place.variable("STORAGE_EMULATOR_HOST", &refusing.address);
    let outcome = place.lazysops(["publish", "-y", "a.yaml"]);
    assert_eq!(outcome.code, Some(1));
    assert!(outcome.stderr.contains("status 403"), "{}", outcome.stderr);
}

#[test]
fn a_file_is_encrypted_anew_for_those_who_read_it_there() {
    let server = Stub::start(|_, _| Reply::Answer(200, "{}".to_owned()));
    let place = sealed().variable("STORAGE_EMULATOR_HOST", &server.address);
    rules(
        &place,
        &format!(
            "  - gcs_bucket: b\n    recreation_rule:\n      age: {AGE1}\n      encrypted_regex: ^password$\n"
        ),
    );
    let outcome = place.lazysops(["publish", "-y", "a.yaml"]);
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    let sent = server.asked()[0].body.clone();
    assert!(
        sent.contains("user: admin") && !sent.contains("hunter2"),
        "{sent}"
    );
    place.write("sent.yaml", sent);
    let opened = place.lazysops(["decrypt", "sent.yaml"]);
    ok(&opened);
    assert_eq!(opened.stdout, PLAIN.as_bytes());
}

#[test]
fn a_file_goes_to_a_bucket_of_amazon() {
    let Some(variables) = started("moto", "a_file_goes_to_a_bucket_of_amazon") else {
        return;
    };
    let mut place = sealed();
    for (name, text) in variables.iter().filter(|(name, _)| name.starts_with("AWS_")) {
        place = place.variable(name, text);
    }
    let endpoint = value(&variables, "AWS_ENDPOINT_URL").to_owned();
    let place = place.variable("AWS_REGION", "us-east-1");
    assert_eq!(http(&endpoint, "PUT", "/published", SIGNED, "").0, 200);
    rules(
        &place,
        "  - s3_bucket: published\n    s3_prefix: 'prod & test/'\n",
    );
    let outcome = place.lazysops(["publish", "-y", "a.yaml"]);
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    let (status, body) = http(
        &endpoint,
        "GET",
        "/published/prod%20%26%20test/a.yaml",
        SIGNED,
        "",
    );
    assert_eq!((status, body.as_bytes()), (200, place.read("a.yaml").as_slice()));
    rules(&place, "  - s3_bucket: no-such-bucket\n");
    let outcome = place.lazysops(["publish", "-y", "a.yaml"]);
    assert_eq!(outcome.code, Some(1));
    assert!(outcome.stderr.contains("no-such-bucket"), "{}", outcome.stderr);
}

#[test]
fn values_go_to_both_versions_of_the_engine_of_vault_and_once_only() {
    let Some(variables) = started(
        "openbao",
        "values_go_to_both_versions_of_the_engine_of_vault_and_once_only",
    ) else {
        return;
    };
    let (address, token) = (
        value(&variables, "VAULT_ADDR").to_owned(),
        value(&variables, "VAULT_TOKEN").to_owned(),
    );
    let header = format!("X-Vault-Token: {token}");
    let mount = format!("kv{}", std::process::id());
    for version in ["1", "2"] {
        let body = format!("{{\"type\":\"kv\",\"options\":{{\"version\":\"{version}\"}}}}");
        let path = format!("/v1/sys/mounts/{mount}-{version}");
        assert_eq!(http(&address, "POST", &path, &header, &body).0, 204);
        let place = sealed()
            .variable("VAULT_ADDR", &address)
            .variable("VAULT_TOKEN", &token);
        rules(
            &place,
            &format!(
                "  - vault_path: team\n    vault_kv_mount_name: {mount}-{version}\n    vault_kv_version: {version}\n    \
                 omit_extensions: true\n"
            ),
        );
        let publish = || place.lazysops(["publish", "-y", "a.yaml"]);
        // A new engine of version 2 needs a moment, and says so.
        let mut outcome = publish();
        while outcome.stderr.contains("Upgrading") || outcome.stderr.contains("upgrading") {
            outcome = publish();
        }
        assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
        assert!(outcome.stderr.contains("published to"), "{}", outcome.stderr);
        let data = if version == "2" { "/data" } else { "" };
        let path = format!("/v1/{mount}-{version}{data}/team/a");
        let (status, body) = http(&address, "GET", &path, &header, "");
        assert_eq!(status, 200);
        assert!(body.contains("\"password\":\"hunter2\""), "{body}");
        let again = publish();
        assert_eq!(again.code, Some(0));
        assert!(again.stderr.contains("already"), "{}", again.stderr);
    }
}
