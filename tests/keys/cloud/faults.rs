//! Faults of services, in short; `tests/faults/services.py` runs all of them.

use super::{ARN, PLAIN, encrypt, opens, place};
use crate::support::data;
use crate::support::emulators::{Cloudfake, value};

/// What goes wrong on decryption that no retry helps against.
const LASTING: [&str; 7] = [
    "expired", "truncate", "badjson", "badb64", "wrongkey", "shortkey", "huge",
];

#[test]
fn services_recover_from_one_fault_and_say_what_lasts() {
    let Some(fake) = Cloudfake::start("faults of key services") else {
        return;
    };
    let vault = format!("{}/v1/sops/keys/k1", value(fake.variables(), "VAULT_ADDR"));
    let services = [
        ("Vault", "--hc-vault-transit", vault.as_str(), "/(en|de)crypt/"),
        (
            "GCP KMS",
            "--gcp-kms",
            "projects/p/locations/global/keyRings/r/cryptoKeys/k",
            ":(en|de)crypt",
        ),
        ("AWS KMS", "--kms", ARN, "(En|De)crypt"),
        (
            "Azure Key Vault",
            "--azure-kv",
            "https://myvault.vault.azure.net/keys/k1",
            "/(en|de)crypt",
        ),
    ];
    for (name, flag, key, matching) in services {
        let place = place(fake.variables());
        fake.fault(matching, "reset", 1);
        encrypt(&place, &[flag, key], "sealed.yaml");
        fake.fault(matching, "reset", 1);
        opens(&place, "sealed.yaml");
        for kind in LASTING {
            fake.fault(matching, kind, 99);
            let outcome = place.lazysops(["decrypt", "sealed.yaml"]);
            assert!(
                matches!(outcome.code, Some(25 | 128)),
                "{name} {kind}: {outcome:?}"
            );
            assert!(outcome.stdout.is_empty());
            if outcome.code == Some(128) && kind != "shortkey" {
                assert!(outcome.stderr.contains(name), "{kind}: {}", outcome.stderr);
            }
            for secret in ["canary", "cloudfake-token", "QkJC", "panicked"] {
                assert!(
                    !outcome.stderr.contains(secret),
                    "{name} {kind}: {}",
                    outcome.stderr
                );
            }
        }
        fake.fault(matching, "expired", 99);
        let outcome = place.lazysops(["encrypt", "-i", flag, key, "plain.yaml"]);
        assert_eq!(outcome.code, Some(1), "{name}: {}", outcome.stderr);
        assert!(outcome.stderr.contains("hint: "), "{name}: {}", outcome.stderr);
        assert_eq!(place.read("plain.yaml"), PLAIN.as_bytes());
        fake.repair();
        opens(&place, "sealed.yaml");
    }
}

#[test]
fn a_certificate_or_a_proxy_that_is_wrong_is_told() {
    let Some(fake) = Cloudfake::start("certificates and proxies of key services") else {
        return;
    };
    let key = [
        "encrypt",
        "--azure-kv",
        "https://myvault.vault.azure.net/keys/k1/1",
        "plain.yaml",
    ];
    let failed = |changes: &[(&str, &str)]| {
        let sandbox = place(fake.variables());
        let sandbox = changes
            .iter()
            .fold(sandbox, |place, (name, value)| place.variable(name, value));
        let outcome = sandbox.lazysops(key);
        assert_eq!(outcome.code, Some(1));
        outcome.stderr
    };
    let other = data("keys/azure-client.pem");
    let stderr = failed(&[("SSL_CERT_FILE", other.to_str().unwrap())]);
    assert!(
        stderr.contains("its certificate is not trusted") && stderr.contains("SSL_CERT_FILE"),
        "{stderr}"
    );
    let stderr = failed(&[("SSL_CERT_FILE", "/nowhere")]);
    assert!(stderr.contains("certificate"), "{stderr}");
    let stderr = failed(&[("HTTPS_PROXY", "http://127.0.0.1:1")]);
    assert!(stderr.contains("proxy"), "{stderr}");
    // The proxy of cloudfake lets nobody pass to a host that it does not know.
    let key = "arn:aws:kms:us-east-1:1:key/x";
    let sandbox = place(fake.variables()).variable("AWS_ENDPOINT_URL", "https://kms.example");
    let outcome = sandbox.lazysops(["encrypt", "--kms", key, "plain.yaml"]);
    assert!(
        outcome.stderr.contains("the proxy does not let the call pass"),
        "{}",
        outcome.stderr
    );
}
