//! Rules in the editor: which one decided, and what would change that.

use super::hands::ENTER;
use crate::support::sandbox::Sandbox;
use crate::support::terminal::{Size, Terminal};
use std::path::Path;

const PROGRAM: &str = env!("CARGO_BIN_EXE_lazysops");

/// The demo in a folder, and the editor on one of its files.
fn demo(place: &Sandbox, file: &str, first: &str) -> Terminal {
    if !place.path("demo").exists() {
        let made = place.lazysops(["--demo-dir", "demo"]);
        assert_eq!(made.code, Some(0), "{}", made.stderr);
    }
    let folder = place.path("demo");
    let key = folder.join("key.txt").display().to_string();
    let environment = place
        .environment()
        .into_iter()
        .chain([("SOPS_AGE_KEY_FILE".to_owned(), key)]);
    let mut terminal = Terminal::start(Path::new(PROGRAM), [file], environment, &folder, Size(120, 40));
    terminal.wait_for(first);
    terminal
}

#[test]
fn why_tells_the_rule_of_three_values_of_the_demo() {
    let place = Sandbox::without_keys();
    for (file, first, filter, told) in [
        (
            "charts/status-page/values.sops.yaml",
            "gatus",
            "slack",
            [
                "rule      1 at line 4: path_regex ^charts/.*/values\\.sops\\.yaml$: is used",
                "ends with _sops_cypher",
            ],
        ),
        (
            "kubernetes/database-secret.yaml",
            "apiVersion",
            "data.username",
            [
                "rule      2 at line 10: path_regex ^kubernetes/.*-secret\\.yaml$: is used",
                "the key `data` matches ^(data|stringData)$",
            ],
        ),
        (
            "config/environments.yaml",
            "feature_flags",
            "beta",
            [
                "rule      4 at line 18: for every file: is used",
                "stays in clear: the key",
            ],
        ),
    ] {
        let mut terminal = demo(&place, file, first);
        terminal.send(&format!("/{filter}{ENTER}w"));
        for words in told {
            terminal.wait_for(words);
        }
        terminal.send("q");
        terminal.wait_without("Why: ");
        terminal.send("q");
        assert_eq!(terminal.wait_for_exit(), 0);
    }
}
