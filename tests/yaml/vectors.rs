//! The trees of 5,281 texts as the reference implementation reads them (`tests/data/yaml/cases.jsonl.gz`).

use crate::support::{json_tree, yaml_cases};
use lazysops::cli::debug_yaml;
use lazysops::format::yaml;
use std::collections::BTreeMap;

#[test]
fn every_recorded_text_gives_the_tree_that_sops_reads() {
    let mut table: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    let mut wrong = Vec::new();
    for case in yaml_cases::all() {
        let ours = yaml::load(&case.input());
        let good = match (&ours, case.documents()) {
            (Ok((tree, _)), Some(theirs)) => tree.same_content(&json_tree::tree(theirs), true),
            (Err(_), None) => true,
            // A source without a single byte: an error here, no documents in sops. Whoever reads files looks first.
            (Err(_), Some(theirs)) => theirs.as_array().unwrap().is_empty(),
            (Ok(_), None) => false,
        };
        let name = case.name();
        let row = table
            .entry(name.split(' ').nth(1).unwrap().to_owned())
            .or_default();
        row.0 += usize::from(good);
        row.1 += 1;
        if !good {
            wrong.push(format!(
                "{name}\n{}\n{}",
                String::from_utf8_lossy(&case.input()),
                ours.map_or_else(
                    |error| error.to_string(),
                    |(tree, _)| debug_yaml::documents(&tree)
                )
            ));
        }
    }
    for (class, (good, all)) in &table {
        println!("{class:28} {good:4} of {all:4}");
    }
    assert!(
        wrong.is_empty(),
        "{} differ; the first:\n{}",
        wrong.len(),
        wrong.iter().take(5).cloned().collect::<Vec<_>>().join("\n")
    );
    assert!(table.values().map(|row| row.1).sum::<usize>() > 5000);
}

#[test]
fn the_hidden_command_answers_every_line() {
    let requests = concat!(
        r#"{"id":"1","input":"a: 1 # c\nb: [x]\n"}"#,
        "\n",
        r#"{"id":"2","input_b64":"YTogW10K"}"#,
        "\n",
        r#"{"id":"3","input":"a: [\n"}"#,
        "\n",
        r#"{"id":"4","input":""}"#,
        "\n",
    );
    let mut answers = Vec::new();
    debug_yaml::run(requests.as_bytes(), &mut answers).unwrap();
    let answers = String::from_utf8(answers).unwrap();
    let answers: Vec<&str> = answers.lines().collect();
    assert_eq!(
        answers,
        [
            concat!(
                r#"{"id":"1","documents":[{"map":[{"c":" c","inline":true},{"k":"a","v":{"int":"1"}},"#,
                r#"{"k":"b","v":{"seq":["x"]}}]}],"#,
                r#""emit4":"a: 1 # c\nb:\n    - x\n","emit2":"a: 1 # c\nb:\n  - x\n"}"#
            ),
            r#"{"id":"2","documents":[{"map":[{"k":"a","v":{"seq":[]}}]}],"emit4":"a: []\n","emit2":"a: []\n"}"#,
            r#"{"id":"3","error":{"stage":"syntax","message":"line 2: did not find expected node content"}}"#,
            r#"{"id":"4","documents":[],"emit4":"","emit2":""}"#,
        ]
    );
}
