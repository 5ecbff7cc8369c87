//! A real server of transit: versions of a key, tokens that may little, tokens that have expired.

use super::{encrypt, opens, opens_there, place};
use crate::support::emulators::{started, value};
use crate::support::sops;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;

fn put(address: &str, path: &str) {
    let host = address.trim_start_matches("http://");
    let mut stream = TcpStream::connect(host).unwrap();
    let request = format!(
        "POST {path} HTTP/1.1\r\nHost: {host}\r\nX-Vault-Token: root\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 20"), "{answer}");
}

#[test]
fn a_key_that_got_a_new_version_opens_old_files_and_wraps_new_ones() {
    let Some(variables) = started("openbao", "new versions of a Vault key") else {
        return;
    };
    let place = place(&variables);
    let address = value(&variables, "VAULT_ADDR");
    let uri = format!("{address}/v1/sops/keys/turning");
    let key = ["--hc-vault-transit", uri.as_str()];
    encrypt(&place, &key, "old.yaml");
    put(address, "/v1/sops/keys/turning/rotate");
    encrypt(&place, &key, "new.yaml");
    let version = |name: &str| -> u32 {
        let text = String::from_utf8(place.read(name)).unwrap();
        let wrapped = text.split_once("enc: vault:v").unwrap().1;
        wrapped.split(':').next().unwrap().parse().unwrap()
    };
    assert_eq!(version("new.yaml"), version("old.yaml") + 1);
    let real = sops("versions of a Vault key through the real sops");
    for name in ["old.yaml", "new.yaml"] {
        opens(&place, name);
        opens_there(&place, real.as_deref(), name);
    }
}

#[test]
fn a_token_that_may_little_does_what_it_may_and_says_what_it_may_not() {
    let Some(variables) = started("openbao", "a limited Vault token") else {
        return;
    };
    let uri = |name: &str| format!("{}/v1/sops/keys/{name}", value(&variables, "VAULT_ADDR"));
    let root = place(&variables);
    encrypt(&root, &["--hc-vault-transit", &uri("k2")], "k2.yaml");
    let sealed = root.read("k2.yaml");
    let limited = place(&variables).variable("VAULT_TOKEN", value(&variables, "BAO_TOKEN_USER"));
    encrypt(&limited, &["--hc-vault-transit", &uri("k1")], "k1.yaml");
    opens(&limited, "k1.yaml");
    limited.write("k2.yaml", sealed);
    let outcome = limited.lazysops(["decrypt", "k2.yaml"]);
    assert_eq!(outcome.code, Some(128));
    for said in [
        "does not permit it (status 403)",
        "update on sops/decrypt/k2",
        "VAULT_TOKEN",
    ] {
        assert!(outcome.stderr.contains(said), "{said}: {}", outcome.stderr);
    }
    let outcome = limited.lazysops(["encrypt", "--hc-vault-transit", &uri("k2"), "plain.yaml"]);
    assert_eq!(outcome.code, Some(1));
    assert!(outcome.stderr.contains("sops/encrypt/k2"), "{}", outcome.stderr);
}

#[test]
fn an_expired_token_is_told() {
    let Some(variables) = started("openbao", "an expired Vault token") else {
        return;
    };
    // It was good for one second when the server started; that is long gone, or is over in a moment.
    let token = value(&variables, "BAO_TOKEN_SHORT").to_owned();
    let place = place(&variables).variable("VAULT_TOKEN", &token);
    let uri = format!("{}/v1/sops/keys/k1", value(&variables, "VAULT_ADDR"));
    let begin = std::time::Instant::now();
    let outcome = loop {
        let outcome = place.lazysops(["encrypt", "--hc-vault-transit", &uri, "plain.yaml"]);
        if outcome.code != Some(0) {
            break outcome;
        }
        assert!(begin.elapsed().as_secs() < 20, "the token never expires");
    };
    for said in ["does not permit it (status 403)", "has expired", "vault login"] {
        assert!(outcome.stderr.contains(said), "{said}: {}", outcome.stderr);
    }
    assert!(!outcome.stderr.contains(&token));
}
