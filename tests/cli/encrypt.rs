//! What `encrypt` can do beyond sops: keep the layout, keep the ciphertext of unchanged values.

use super::ok;
use crate::support::AGE1;
use crate::support::sandbox::Sandbox;

const HAND_WRITTEN: &str = "# who\n\nuser:   'admin'   # the first one\nlist: [one, two]\n\nport_unencrypted: 0x1F\n\
                            text: >-\n  folded\n  text\n";

fn place() -> Sandbox {
    let place = Sandbox::with_key("age1.txt");
    place.write("a.yaml", HAND_WRITTEN);
    place
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap()
}

#[test]
fn a_kept_layout_is_the_text_with_its_secrets_replaced() {
    let place = place();
    let outcome = place.lazysops(["encrypt", "--keep-layout", "--age", AGE1, "a.yaml"]);
    ok(&outcome);
    let sealed = text(outcome.stdout);
    let lines: Vec<&str> = sealed.lines().collect();
    assert!(lines[0].starts_with("#ENC["), "{}", lines[0]);
    assert_eq!(lines[1], "");
    assert!(lines[2].starts_with("user:   "), "{}", lines[2]);
    assert!(lines[3].starts_with("list: ["), "{}", lines[3]);
    assert!(lines.contains(&"port_unencrypted: 0x1F"));
    assert!(lines.contains(&"sops:"));
    for secret in ["admin", "the first one", "two]", "folded"] {
        assert!(!sealed.contains(secret), "{secret}");
    }
    place.write("b.yaml", &sealed);
    let opened = place.lazysops(["decrypt", "--extract", "[\"list\"][1]", "b.yaml"]);
    assert_eq!(opened.stdout, b"two");
}

#[test]
fn a_later_state_keeps_the_ciphertext_of_what_did_not_change() {
    let place = place();
    ok(&place.lazysops(["encrypt", "--output", "old.yaml", "--age", AGE1, "a.yaml"]));
    let old = text(place.read("old.yaml"));
    place.write("a.yaml", HAND_WRITTEN.replace("two", "three"));
    let outcome = place.lazysops(["encrypt", "--like", "old.yaml", "a.yaml"]);
    ok(&outcome);
    let new = text(outcome.stdout);
    let changed = old.lines().zip(new.lines()).filter(|(a, b)| a != b).count();
    assert!(changed <= 3, "{changed} lines differ");
    place.write("new.yaml", &new);
    let opened = place.lazysops(["decrypt", "--extract", "[\"list\"][1]", "new.yaml"]);
    assert_eq!(opened.stdout, b"three");
}

#[test]
fn nothing_changed_gives_the_old_file() {
    let place = place();
    ok(&place.lazysops(["encrypt", "--output", "old.yaml", "--age", AGE1, "a.yaml"]));
    let outcome = place.lazysops(["encrypt", "--like", "old.yaml", "a.yaml"]);
    ok(&outcome);
    assert_eq!(text(outcome.stdout), text(place.read("old.yaml")));
    // The way scripts do it: decrypt, perhaps change something, encrypt.
    ok(&place.lazysops(["decrypt", "--output", "plain.yaml", "old.yaml"]));
    let outcome = place.lazysops(["encrypt", "--like", "old.yaml", "plain.yaml"]);
    ok(&outcome);
    assert_eq!(text(outcome.stdout), text(place.read("old.yaml")));
}

#[test]
fn what_would_not_open_again_is_not_written() {
    let place = Sandbox::with_key("age1.txt");
    place.write("a.yaml", "a: x\nb_unencrypted: true\n");
    let outcome = place.lazysops(["encrypt", "--output-type", "dotenv", "--age", AGE1, "a.yaml"]);
    assert_eq!(outcome.code, Some(4));
    assert!(outcome.stdout.is_empty());
    assert!(
        outcome.stderr.contains("would not read back"),
        "{}",
        outcome.stderr
    );
}
