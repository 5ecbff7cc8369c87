//! Faults of services, in short; `tests/faults/services.py` runs all of them.

use super::{ARN, PLAIN, encrypt, opens, place};
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
