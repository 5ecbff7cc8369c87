//! The `sops` block, in every format: read strictly and leniently, written back, and written into another format.

use lazysops::format::{self, Format};
use lazysops::metadata::{attach, detach, read, update};
use lazysops::tree::Tree;

/// The first byte is the format.
pub fn run(bytes: &[u8]) {
    let (format, text) = super::format(bytes);
    let Ok(loaded) = format::load(format.sealed(), text) else {
        return;
    };
    let strict = read(&loaded.tree, format, false);
    let mut tree = loaded.tree.clone();
    let Ok((metadata, detached)) = detach(&mut tree, format, true) else {
        assert!(strict.is_err(), "what is read strictly is read leniently");
        return;
    };
    if let Ok(strict) = strict {
        assert_eq!(strict, metadata, "both ways of reading say the same");
        let mut back = tree.clone();
        update(&mut back, format, &detached, &metadata, &metadata);
        assert!(
            back.same_content(&loaded.tree, true),
            "an update without a change changes nothing"
        );
    }
    for other in [
        Format::Yaml,
        Format::Json,
        Format::Dotenv,
        Format::Ini,
        Format::Binary,
    ] {
        let mut fresh = Tree::new();
        fresh.push_document();
        attach(&mut fresh, other, &metadata).expect("an empty tree has room");
        if let Ok(written) = read(&fresh, other, true) {
            assert_eq!(
                written.groups.len(),
                metadata.groups.len().max(1),
                "no group is lost"
            );
        }
    }
}
