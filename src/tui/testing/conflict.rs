//! A file in conflict, with its resolver open.

use super::{Editor, Real, gatus};
use crate::ops::resolve::{self, Dispute};
use crate::seal::selection::Rule;
use crate::tui::overlays::Overlay;
use crate::tui::overlays::resolver::Resolver;
use std::sync::LazyLock;

const BASE: &str = "\
gatus:
  target_version: 1.2.3
  username_sops_cypher: admin
  password_sops_cypher: before
  hosts_sops_cypher:
  - one
  - two
old_sops_cypher: gone
";

/// Sealing takes its time; every editor gets a copy.
static DISPUTE: LazyLock<Dispute> = LazyLock::new(|| {
    let real = Real::new(80, 24);
    let state = real.path("state");
    std::fs::create_dir(&state).unwrap();
    // Fingerprints that are the same in every run.
    std::fs::write(state.join("key"), [7; 32]).unwrap();
    let environment = real.environment.clone().with("LAZYSOPS_CONFIG_DIR", state);
    let seal = |text: &str| {
        let rule = Rule::EncryptedSuffix("_sops_cypher".to_owned());
        let path = real.seal("side.yaml", text, Some(rule));
        std::fs::read_to_string(path).unwrap()
    };
    let ours = BASE
        .replace("before", "hunter2")
        .replace("- two", "- hunter2-ours")
        .replace("old_sops_cypher: gone\n", "");
    let theirs = BASE
        .replace("before", "hunter2-theirs")
        .replace("- two", "- hunter2-more")
        .replace("gone", "hunter2-kept")
        .replace("1.2.3", "1.2.4");
    let text = format!(
        "<<<<<<< main\n{}||||||| base\n{}=======\n{}>>>>>>> other-team\n",
        seal(&ours),
        seal(BASE),
        seal(&theirs)
    );
    let path = real.write("values.sops.yaml", &text);
    let mut dispute = resolve::open(&path, &environment).unwrap();
    dispute.notice = None;
    dispute
});

/// An editor with the resolver open: a value, an item of a list, and a deletion are in conflict.
pub fn conflict(width: u16, height: u16) -> Editor {
    let mut editor = Editor::open(gatus(), width, height);
    let resolver = Resolver::new(DISPUTE.clone(), "prod/values.sops.yaml".to_owned());
    editor.model.overlays.push(Overlay::Resolver(Box::new(resolver)));
    editor
}
