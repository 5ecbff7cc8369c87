//! HuaweiCloud KMS, which we do not speak with: its entries stay, and whoever needs one reads why not.

use crate::support::AGE1;
use crate::support::sandbox::Sandbox;

const ENTRY: &str = "    hckms:\n        - created_at: \"2026-01-01T00:00:00Z\"\n          enc: AQIDBAUGBwgJ\n          key_id: eu-west-101:11111111-2222-3333-4444-555555555555\n";

#[test]
fn an_entry_stays_through_an_edit_and_is_explained_when_it_is_needed() {
    let place = Sandbox::with_key("age1.txt");
    place.write("plain.yaml", "a: old\n");
    let outcome = place.lazysops(["encrypt", "--age", AGE1, "plain.yaml"]);
    let text = String::from_utf8(outcome.stdout).unwrap();
    let text = text.replacen("    lastmodified:", &format!("{ENTRY}    lastmodified:"), 1);
    place.write("f.yaml", text);
    let outcome = place.lazysops(["set", "f.yaml", r#"["a"]"#, r#""new""#]);
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    let after = String::from_utf8(place.read("f.yaml")).unwrap();
    assert!(
        after.contains("AQIDBAUGBwgJ") && after.contains("eu-west-101:11111111"),
        "{after}"
    );
    let outcome = place.lazysops(["decrypt", "f.yaml"]);
    assert_eq!(outcome.stdout, b"a: new\n", "{}", outcome.stderr);

    let nobody = Sandbox::without_keys();
    nobody.write("f.yaml", after);
    let outcome = nobody.lazysops(["decrypt", "f.yaml"]);
    assert_eq!(outcome.code, Some(128));
    assert!(
        outcome
            .stderr
            .contains("lazysops does not speak with HuaweiCloud KMS"),
        "{}",
        outcome.stderr
    );
    // A key that cannot be wrapped for is never left out.
    let outcome = place.lazysops(["rotate", "-i", "f.yaml"]);
    assert_eq!(outcome.code, Some(1));
    assert!(outcome.stderr.contains("HuaweiCloud"), "{}", outcome.stderr);
}
