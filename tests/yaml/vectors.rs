//! The trees of 5,281 texts as the reference implementation reads them (`tests/data/yaml/cases.jsonl.gz`).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::read::GzDecoder;
use lazysops::cli::debug_yaml;
use lazysops::format::yaml;
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};

/// Cases that are known to differ, and why.
const KNOWN: &[(&str, &str)] = &[];

struct Case {
    id: String,
    class: String,
    input: Vec<u8>,
    /// The trees as JSON, `None` where reading fails. Kept as text, because some nest deeper than `serde_json` reads.
    documents: Option<String>,
    message: String,
}

fn cases() -> Vec<Case> {
    let packed: &[u8] = include_bytes!("../data/yaml/cases.jsonl.gz");
    BufReader::new(GzDecoder::new(packed))
        .lines()
        .map(|line| case(&line.unwrap()))
        .collect()
}

fn case(line: &str) -> Case {
    let trees = line.find(",\"documents\":").map(|at| {
        let end = line.rfind(",\"emit4\":").unwrap();
        (at, &line[at + 13..end])
    });
    let head = trees.map_or_else(|| line.to_owned(), |(at, _)| format!("{}}}", &line[..at]));
    let head: Value = serde_json::from_str(&head).unwrap();
    let text = |field: &str| head[field].as_str().map(str::to_owned);
    let input = match text("input_b64") {
        Some(packed) => STANDARD.decode(packed).unwrap(),
        None => text("input").unwrap().into_bytes(),
    };
    Case {
        id: text("id").unwrap(),
        class: text("class").unwrap(),
        input,
        message: head["error"]["message"].to_string(),
        documents: trees.map(|(_, json)| json.to_owned()),
    }
}

fn same(ours: &str, theirs: &str) -> bool {
    let parse = |json: &str| serde_json::from_str::<Value>(json).ok();
    ours == theirs || parse(ours).is_some_and(|ours| parse(theirs) == Some(ours))
}

fn answer(case: &Case) -> Result<String, String> {
    match yaml::load(&case.input) {
        Ok((tree, _)) => Ok(debug_yaml::documents(&tree)),
        Err(error) => Err(error.to_string()),
    }
}

#[test]
fn every_text_gives_the_tree_that_sops_reads() {
    let only = std::env::var("YAML_CASE").ok();
    let mut table: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    let mut failed = Vec::new();
    for case in cases() {
        if only.as_ref().is_some_and(|id| *id != case.id) {
            continue;
        }
        let answer = answer(&case);
        let good = match (&answer, &case.documents) {
            (Ok(ours), Some(theirs)) => same(ours, theirs),
            (Err(_), None) => true,
            _ => false,
        };
        let row = table.entry(case.class.clone()).or_default();
        row.1 += 1;
        if good {
            row.0 += 1;
        } else {
            if only.is_some() || failed.len() < 12 {
                println!(
                    "{} {}\n{}\n  ours:   {}\n  theirs: {}",
                    case.id,
                    case.class,
                    String::from_utf8_lossy(&case.input),
                    answer.unwrap_or_else(|error| error),
                    case.documents.unwrap_or(case.message),
                );
            }
            failed.push(case.id);
        }
    }
    for (class, (good, all)) in &table {
        println!("{class:28} {good:4} of {all:4}");
    }
    failed.retain(|id| !KNOWN.iter().any(|(known, _)| known == id));
    assert!(failed.is_empty(), "{} cases differ: {failed:?}", failed.len());
}
