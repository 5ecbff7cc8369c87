//! Whole trees in sops's layout.

use crate::support::{json_tree, yaml_cases};
use lazysops::format::yaml;

#[test]
fn every_recorded_tree_is_written_with_the_bytes_of_sops() {
    let mut wrong = Vec::new();
    let mut checked = 0;
    for case in yaml_cases::all() {
        let Some(documents) = case.documents() else {
            continue;
        };
        let tree = json_tree::tree(documents);
        for step in [2, 4] {
            checked += 1;
            let emitted = String::from_utf8(yaml::emit_strict(&tree, step)).unwrap();
            if emitted != case.emitted(step) {
                wrong.push(format!(
                    "{} step {step}:\n{emitted:?}\n{:?}",
                    case.name(),
                    case.emitted(step)
                ));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {checked} differ; the first:\n{}",
        wrong.len(),
        wrong.iter().take(5).cloned().collect::<Vec<_>>().join("\n")
    );
    assert!(checked > 8000);
}
