//! Each service: what we write the real sops opens, and the other way round; a changed data key does not open; rotation and other
//! recipients work.

use super::{ARN, encrypt, opens, opens_there, place, printed, tampered};
use crate::support::emulators::{Cloudfake, Variables, started, value};
use crate::support::sops;
use std::path::{Path, PathBuf};

/// One key of a service.
struct Key<'k> {
    /// The flags that name it.
    flags: &'k [&'k str],
    /// A rule of another key, which the file goes over to.
    other: String,
}

/// All of it, with one key.
fn check(variables: &Variables, real: Option<&Path>, key: &Key<'_>) {
    let place = place(variables);
    encrypt(&place, key.flags, "ours.yaml");
    opens(&place, "ours.yaml");
    opens_there(&place, real, "ours.yaml");
    if let Some(real) = real {
        let arguments = [&["encrypt"], key.flags, &["plain.yaml"]].concat();
        let theirs = printed(place.run(real, arguments, b""));
        place.write("theirs.yaml", theirs);
        opens(&place, "theirs.yaml");
    }
    let sealed = String::from_utf8(place.read("ours.yaml")).unwrap();
    place.write("tampered.yaml", tampered(&sealed));
    let outcome = place.lazysops(["decrypt", "tampered.yaml"]);
    assert_ne!(
        outcome.code,
        Some(0),
        "a changed data key opened: {:?}",
        key.flags
    );
    assert!(outcome.stdout.is_empty());

    printed(place.lazysops(["rotate", "-i", "ours.yaml"]));
    assert_ne!(place.read("ours.yaml"), sealed.as_bytes());
    opens(&place, "ours.yaml");
    place.write(".sops.yaml", format!("creation_rules:\n  - {}\n", key.other));
    printed(place.lazysops(["updatekeys", "-y", "ours.yaml"]));
    std::fs::remove_file(place.path(".sops.yaml")).unwrap();
    opens(&place, "ours.yaml");
    opens_there(&place, real, "ours.yaml");
}

const TEST: &str = "every key service through cloudfake";

#[test]
fn the_services_of_cloudfake_go_both_ways() {
    let Some(fake) = Cloudfake::start(TEST) else {
        return;
    };
    let real = sops("key services through the real sops");
    let real = real.as_deref();
    let vault = value(fake.variables(), "VAULT_ADDR");
    let uri = |name: &str| format!("{vault}/v1/team/sops/keys/{name}");
    let gcp = |name: &str| format!("projects/p/locations/global/keyRings/r/cryptoKeys/{name}");
    let azure = |name: &str| format!("https://myvault.vault.azure.net/keys/{name}");
    let other_arn = ARN.replace("555", "666");
    let role = format!("{ARN}+arn:aws:iam::123456789012:role/r");
    let (vault, gcp1, azure1) = (uri("k1"), gcp("k1"), azure("k1"));
    for (flags, other) in [
        (
            vec!["--hc-vault-transit", &vault],
            format!("hc_vault_transit_uri: {}", uri("k2")),
        ),
        (vec!["--gcp-kms", &gcp1], format!("gcp_kms: {}", gcp("k2"))),
        (
            vec!["--azure-kv", &azure1],
            format!("azure_keyvault: {}", azure("k2")),
        ),
        (vec!["--kms", ARN], format!("kms: {other_arn}")),
        (
            vec!["--kms", ARN, "--encryption-context", "env:prod,team:x"],
            format!("kms: {other_arn}"),
        ),
        (vec!["--kms", &role], format!("kms: {other_arn}")),
    ] {
        check(fake.variables(), real, &Key { flags: &flags, other });
    }
    let unknown: Vec<String> = fake
        .log()
        .into_iter()
        .filter(|line| line.starts_with("PROXY REFUSED"))
        .collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}

#[test]
fn keys_of_moto_go_both_ways() {
    let Some(variables) = started("moto", "AWS KMS through moto") else {
        return;
    };
    let real: Option<PathBuf> = sops("AWS KMS through the real sops");
    let arn = value(&variables, "KMS_ARN1").to_owned();
    let other = format!("kms: {}", value(&variables, "KMS_ARN2"));
    for flags in [
        vec!["--kms", &arn],
        vec!["--kms", &arn, "--encryption-context", "env:prod"],
    ] {
        let key = Key {
            flags: &flags,
            other: other.clone(),
        };
        check(&variables, real.as_deref(), &key);
    }
}

#[test]
fn keys_of_openbao_go_both_ways() {
    let Some(variables) = started("openbao", "Vault transit through OpenBao") else {
        return;
    };
    let real = sops("Vault transit through the real sops");
    let uri = |name: &str| format!("{}/v1/sops/keys/{name}", value(&variables, "VAULT_ADDR"));
    for name in ["k1", "rsa1"] {
        let key = Key {
            flags: &["--hc-vault-transit", &uri(name)],
            other: format!("hc_vault_transit_uri: {}", uri("k2")),
        };
        check(&variables, real.as_deref(), &key);
    }
}

#[test]
fn keys_of_drongo_go_there_and_back() {
    let Some(variables) = started("drongo", "GCP KMS through drongo") else {
        return;
    };
    // The real sops that is at hand (3.11) cannot be sent to another endpoint.
    let key = Key {
        flags: &["--gcp-kms", value(&variables, "GCP_KMS1")],
        other: format!("gcp_kms: {}", value(&variables, "GCP_KMS2")),
    };
    check(&variables, None, &key);
}
