//! A `.sops.yaml`: parsed, linted, asked for files, and its recipients edited.

use lazysops::metadata::Recipient;
use lazysops::policy::edit::{Addition, Change, edit};
use lazysops::policy::{lint, names, parse, recipient};

const SOMEBODY: &str = "age1vzv9uv3cwy344uuvamd9l9gfuqa328dfdm5sdyu0hrjxftlg3qdqcrl45j";

/// The paths that rules are asked about, one in each run: compiling expressions is most of the work.
const FILES: [&[u8]; 3] = [b"a.yaml", b"prod/\xff", b""];

/// The bytes are the file; as a text they are a recipient, too.
pub fn run(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Ok(recipient) = recipient::any(&text) {
        let written = recipient::written(&recipient);
        let again = recipient::any(&written).expect("a written recipient can be read");
        assert_eq!(recipient::written(&again), written);
    }
    let _ = lint::lint(bytes, &FILES.map(<[u8]>::to_vec));
    let _ = names::names(bytes);
    let Ok(config) = parse(bytes) else {
        return;
    };
    let file = FILES[bytes.len() % FILES.len()];
    if let Ok(Some(rule)) = config.rule_for(file) {
        let _ = (rule.groups(), rule.selection(), rule.is_catch_all());
    }
    let _ = config.destination_for(file).map(|rule| rule.destination());
    let lines: Vec<usize> = config.rules.iter().flatten().map(|rule| rule.line).collect();
    let somebody = Recipient::Age {
        recipient: SOMEBODY.to_owned(),
    };
    let change = |add: bool| Change {
        lines: lines.clone(),
        add: add
            .then(|| Addition {
                recipient: somebody.clone(),
                name: Some("ci".to_owned()),
            })
            .into_iter()
            .collect(),
        remove: (!add).then(|| somebody.clone()).into_iter().collect(),
    };
    if let Ok(Some(edited)) = edit(bytes, &change(true)) {
        parse(&edited).expect("an edited file can be read");
        if let Ok(Some(without)) = edit(&edited, &change(false)) {
            parse(&without).expect("an edited file can be read");
        }
    }
}
