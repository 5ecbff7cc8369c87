//! Files that name servers which the user never heard of (security P7).

use super::{PLAIN, place};
use crate::keys::http_stub::Stub;
use crate::keys::vault::{hostile_addresses, transit};

#[test]
fn a_strict_command_sends_no_token_to_a_stranger_and_a_drop_in_one_warns() {
    let stub = Stub::start(transit);
    let ours = place(&vec![
        ("VAULT_TOKEN".to_owned(), "token".to_owned()),
        ("VAULT_ADDR".to_owned(), stub.address.clone()),
    ]);
    let uri = format!("{}/v1/transit/keys/k1", stub.address);
    let outcome = ours.lazysops(["encrypt", "--hc-vault-transit", &uri, "plain.yaml"]);
    assert_eq!((outcome.code, outcome.stderr.as_str()), (Some(0), ""));
    let sealed = String::from_utf8(outcome.stdout).unwrap();
    let place = place(&vec![
        ("VAULT_TOKEN".to_owned(), "token".to_owned()),
        ("VAULT_ADDR".to_owned(), "https://vault.example:8200".to_owned()),
    ]);
    let before = stub.asked().len();
    let line = format!("vault_address: {}", stub.address);
    assert!(sealed.contains(&line), "{sealed}");
    let hostile: Vec<String> = hostile_addresses(&stub.address)
        .iter()
        .map(|address| sealed.replace(&line, &format!("vault_address: {}", serde_json::json!(address))))
        .collect();
    for text in &hostile {
        place.write("stranger.yaml", text);
        let outcome = place.lazysops(["--strict", "decrypt", "stranger.yaml"]);
        assert_eq!(outcome.code, Some(128), "{}", outcome.stderr);
    }
    assert_eq!(stub.asked().len(), before, "a token was sent");
    let mut reached = 0;
    for text in &hostile {
        place.write("stranger.yaml", text);
        let asked = stub.asked().len();
        let outcome = place.lazysops(["decrypt", "stranger.yaml"]);
        if stub.asked().len() > asked {
            assert_eq!(outcome.stdout, PLAIN.as_bytes());
            assert!(
                outcome.stderr.starts_with("warning: the Vault token"),
                "{}",
                outcome.stderr
            );
            reached += 1;
        }
    }
    assert!(reached > 3, "sops would have gone there: {reached}");
}
