//! The merges: what a file was, what each branch made of it, and what must come of both.

use super::place::Step::{Anew, Run, Text};
use super::place::{AGE2, Step};

/// What must come of a merge.
#[derive(Clone, Copy, Debug)]
pub enum Expected {
    /// This, without a conflict.
    Text(&'static str),
    /// This, and these conflicts, as they are told.
    Conflicts(&'static str, &'static [&'static str]),
    /// Nothing: the file stays as it is in ours, and this is said.
    Refused(&'static str),
}
use Expected::{Conflicts, Refused, Text as Clean};

/// One merge.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    pub name: &'static str,
    pub file: &'static str,
    pub base: &'static [Step],
    pub ours: &'static [Step],
    pub theirs: &'static [Step],
    pub expected: Expected,
    /// Who stands in the result, and who does not.
    pub recipients: &'static [(&'static str, bool)],
    /// A line of ours whose ciphertext must be the same afterwards.
    pub keeps_ciphertext_of: &'static str,
}

const OTHER: &str = "age1lggyhqrw2nlhcxprm67z43rta597azn8gknawjehu9d9dl0jq3yqqvfafg";

const fn case(
    name: &'static str,
    file: &'static str,
    base: &'static [Step],
    ours: &'static [Step],
    theirs: &'static [Step],
    expected: Expected,
) -> Case {
    Case {
        name,
        file,
        base,
        ours,
        theirs,
        expected,
        recipients: &[],
        keeps_ciphertext_of: "",
    }
}

const YAML: &str = "a.enc.yaml";
const JSON: &str = "a.enc.json";
const ENV: &str = "a.enc.env";
const INI: &str = "a.enc.ini";
const BINARY: &str = "a.enc.bin";

pub const CASES: &[Case] = &[
    Case {
        keeps_ciphertext_of: "c: ENC",
        ..case(
            "different keys",
            YAML,
            &[Text("a: one\nb: two\nc: three\n")],
            &[Text("a: ours\nb: two\nc: three\n")],
            &[Text("a: one\nb: theirs\nc: three\n")],
            Clean("a: ours\nb: theirs\nc: three\n"),
        )
    },
    case(
        "neighbouring keys",
        YAML,
        &[Text("a: one\nb: two\n")],
        &[Text("a: ours\nb: two\n")],
        &[Text("a: one\nb: theirs\n")],
        Clean("a: ours\nb: theirs\n"),
    ),
    case(
        "the same value on both sides",
        YAML,
        &[Text("a: one\nb: two\n")],
        &[Text("a: same\nb: two\n")],
        &[Text("a: same\nb: two\n")],
        Clean("a: same\nb: two\n"),
    ),
    case(
        "the same key, differently",
        YAML,
        &[Text("a: one\nb: two\n")],
        &[Text("a: ours\nb: two\n")],
        &[Text("a: theirs\nb: three\n")],
        Conflicts("a: ours\nb: three\n", &["a: changed on both sides"]),
    ),
    case(
        "both add different keys",
        YAML,
        &[Text("a: one\n")],
        &[Text("a: one\nb: ours\n")],
        &[Text("a: one\nc: theirs\n")],
        Clean("a: one\nc: theirs\nb: ours\n"),
    ),
    case(
        "both add the same key, alike",
        YAML,
        &[Text("a: one\n")],
        &[Text("a: one\nb: new\n")],
        &[Text("a: one\nb: new\n")],
        Clean("a: one\nb: new\n"),
    ),
    case(
        "both add the same key, differently",
        YAML,
        &[Text("a: one\n")],
        &[Text("a: one\nb: ours\n")],
        &[Text("a: one\nb: theirs\n")],
        Conflicts("a: one\nb: ours\n", &["b: added on both sides"]),
    ),
    case(
        "one deletes, the other changes something else",
        YAML,
        &[Text("a: one\nb: two\n")],
        &[Text("b: two\n")],
        &[Text("a: one\nb: theirs\n")],
        Clean("b: theirs\n"),
    ),
    case(
        "they delete what we left alone",
        YAML,
        &[Text("a: one\nb: two\nc: three\n")],
        &[Text("a: one\nb: ours\nc: three\n")],
        &[Text("b: two\nc: three\n")],
        Clean("b: ours\nc: three\n"),
    ),
    case(
        "they delete what we changed",
        YAML,
        &[Text("a: one\nb: two\n")],
        &[Text("a: ours\nb: two\n")],
        &[Text("b: two\n")],
        Conflicts("a: ours\nb: two\n", &["a: deleted by them, changed by us"]),
    ),
    case(
        "we delete what they changed",
        YAML,
        &[Text("a: one\nb: two\n")],
        &[Text("b: two\n")],
        &[Text("a: theirs\nb: two\n")],
        Conflicts("b: two\n", &["a: deleted by us, changed by them"]),
    ),
    case(
        "both delete the same",
        YAML,
        &[Text("a: one\nb: two\n")],
        &[Text("b: two\n")],
        &[Text("b: two\n")],
        Clean("b: two\n"),
    ),
    case(
        "we rename what they changed",
        YAML,
        &[Text("old: secret\nz: 1\n")],
        &[Text("new: secret\nz: 1\n")],
        &[Text("old: theirs\nz: 1\n")],
        Clean("new: theirs\nz: 1\n"),
    ),
    case(
        "they rename what we changed",
        YAML,
        &[Text("old: secret\nz: 1\n")],
        &[Text("old: ours\nz: 1\n")],
        &[Text("new: secret\nz: 1\n")],
        Clean("new: ours\nz: 1\n"),
    ),
    case(
        "both rename the same, differently",
        YAML,
        &[Text("old: secret\nz: 1\n")],
        &[Text("ours: secret\nz: 1\n")],
        &[Text("theirs: secret\nz: 1\n")],
        Conflicts("ours: secret\nz: 1\n", &["ours: renamed on both sides"]),
    ),
    case(
        "nested maps",
        YAML,
        &[Text("m:\n    a: one\n    q:\n        b: two\n        c: three\n")],
        &[Text(
            "m:\n    a: ours\n    q:\n        b: two\n        c: three\n",
        )],
        &[Text(
            "m:\n    a: one\n    q:\n        b: two\n        c: theirs\n        d: new\n",
        )],
        Clean("m:\n    a: ours\n    q:\n        b: two\n        c: theirs\n        d: new\n"),
    ),
    case(
        "both insert into a list",
        YAML,
        &[Text("l:\n    - one\n    - two\n")],
        &[Text("l:\n    - one\n    - ours\n    - two\n")],
        &[Text("l:\n    - one\n    - two\n    - theirs\n")],
        Clean("l:\n    - one\n    - ours\n    - two\n    - theirs\n"),
    ),
    case(
        "both append to a list",
        YAML,
        &[Text("l:\n    - one\n")],
        &[Text("l:\n    - one\n    - ours\n")],
        &[Text("l:\n    - one\n    - theirs\n")],
        Clean("l:\n    - one\n    - ours\n    - theirs\n"),
    ),
    case(
        "one takes an item out, the other adds one",
        YAML,
        &[Text("l:\n    - one\n    - two\n    - three\n")],
        &[Text("l:\n    - one\n    - three\n")],
        &[Text("l:\n    - one\n    - two\n    - three\n    - theirs\n")],
        Clean("l:\n    - one\n    - three\n    - theirs\n"),
    ),
    case(
        "the same item, differently",
        YAML,
        &[Text("l:\n    - one\n    - two\n")],
        &[Text("l:\n    - ours\n    - two\n")],
        &[Text("l:\n    - theirs\n    - two\n")],
        Conflicts("l:\n    - ours\n    - two\n", &["l[0]: changed on both sides"]),
    ),
    case(
        "items with names, each side another one",
        YAML,
        &[Text(
            "env:\n    - name: A\n      value: one\n    - name: B\n      value: two\n",
        )],
        &[Text(
            "env:\n    - name: A\n      value: ours\n    - name: B\n      value: two\n",
        )],
        &[Text(
            "env:\n    - name: A\n      value: one\n    - name: C\n      value: new\n    - name: B\n      value: theirs\n",
        )],
        Clean(
            "env:\n    - name: A\n      value: ours\n    - name: C\n      value: new\n    - name: B\n      value: theirs\n",
        ),
    ),
    case(
        "comments of both sides",
        YAML,
        &[Text("a: one\nb: two\n")],
        &[Text("# ours\na: one\nb: two\n")],
        &[Text("a: one\n# theirs\nb: two\n")],
        Clean("# ours\na: one\n# theirs\nb: two\n"),
    ),
    case(
        "a comment and a value of the same entry",
        YAML,
        &[Text("a: one\nb: two\n")],
        &[Text("a: ours\nb: two\n")],
        &[Text("# why\na: one\nb: two\n")],
        Clean("# why\na: ours\nb: two\n"),
    ),
    case(
        "types",
        YAML,
        &[Text("a: 1\nb: true\nc: 1.5\n")],
        &[Text("a: \"1\"\nb: true\nc: 1.5\n")],
        &[Text("a: 1\nb: false\nc: 2.5\n")],
        Clean("a: \"1\"\nb: false\nc: 2.5\n"),
    ),
    case(
        "a value that became a map, and another change",
        YAML,
        &[Text("a: one\nb: two\n")],
        &[Text("a:\n    x: 1\nb: two\n")],
        &[Text("a: one\nb: theirs\n")],
        Clean("a:\n    x: 1\nb: theirs\n"),
    ),
    case(
        "several documents",
        YAML,
        &[Text("a: one\n---\nb: two\n")],
        &[Text("a: ours\n---\nb: two\n")],
        &[Text("a: one\n---\nb: theirs\n")],
        Clean("a: ours\n---\nb: theirs\n"),
    ),
    case(
        "a document added on one side",
        YAML,
        &[Text("a: one\n")],
        &[Text("a: ours\n")],
        &[Text("a: one\n---\nb: new\n")],
        Clean("a: ours\n---\nb: new\n"),
    ),
    case(
        "values that stay readable",
        YAML,
        &[Text("a_unencrypted: one\nb: two\n")],
        &[Text("a_unencrypted: ours\nb: two\n")],
        &[Text("a_unencrypted: one\nb: theirs\n")],
        Clean("a_unencrypted: ours\nb: theirs\n"),
    ),
    case(
        "texts of many lines",
        YAML,
        &[Text("a: |\n    one\n    two\nb: x\n")],
        &[Text("a: |\n    one\n    ours\nb: x\n")],
        &[Text("a: |\n    one\n    two\nb: theirs\n")],
        Clean("a: |\n    one\n    ours\nb: theirs\n"),
    ),
    Case {
        recipients: &[(AGE2, true), (OTHER, true)],
        ..case(
            "recipients added on both sides",
            YAML,
            &[Text("a: one\n")],
            &[Run(&["rotate", "-i", "--add-age", AGE2])],
            &[Run(&["rotate", "-i", "--add-age", OTHER])],
            Clean("a: one\n"),
        )
    },
    Case {
        recipients: &[(AGE2, false), (OTHER, true)],
        ..case(
            "a recipient removed on one side, another added on the other",
            YAML,
            &[Text("a: one\n"), Run(&["rotate", "-i", "--add-age", AGE2])],
            &[Run(&["rotate", "-i", "--rm-age", AGE2])],
            &[Run(&["rotate", "-i", "--add-age", OTHER])],
            Clean("a: one\n"),
        )
    },
    case(
        "rotated by them, a value changed by us",
        YAML,
        &[Text("a: one\nb: two\n")],
        &[Text("a: ours\nb: two\n")],
        &[Run(&["rotate", "-i"])],
        Clean("a: ours\nb: two\n"),
    ),
    case(
        "rotated by us, a value changed by them",
        YAML,
        &[Text("a: one\nb: two\n")],
        &[Run(&["rotate", "-i"])],
        &[Text("a: one\nb: theirs\n")],
        Clean("a: one\nb: theirs\n"),
    ),
    case(
        "rotated on both sides",
        YAML,
        &[Text("a: one\nb: two\n")],
        &[Run(&["rotate", "-i"]), Text("a: ours\nb: two\n")],
        &[Run(&["rotate", "-i"]), Text("a: one\nb: theirs\n")],
        Clean("a: ours\nb: theirs\n"),
    ),
    case(
        "the file added on both sides",
        YAML,
        &[],
        &[Text("a: one\nb: ours\n")],
        &[Text("a: one\nc: theirs\n")],
        Clean("a: one\nc: theirs\nb: ours\n"),
    ),
    case(
        "encrypted anew by them",
        YAML,
        &[Text("a: one\nb: two\n")],
        &[Text("a: ours\nb: two\n")],
        &[Anew("a: one\nb: theirs\n")],
        Clean("a: ours\nb: theirs\n"),
    ),
    case(
        "JSON",
        JSON,
        &[Text("{\"a\": \"one\", \"l\": [1, 2], \"m\": {\"b\": true}}\n")],
        &[Text("{\"a\": \"ours\", \"l\": [1, 2], \"m\": {\"b\": true}}\n")],
        &[Text(
            "{\"a\": \"one\", \"l\": [1, 2, 3], \"m\": {\"b\": false}}\n",
        )],
        Clean(
            "{\n\t\"a\": \"ours\",\n\t\"l\": [\n\t\t1,\n\t\t2,\n\t\t3\n\t],\n\t\"m\": {\n\t\t\"b\": false\n\t}\n}\n",
        ),
    ),
    case(
        "dotenv",
        ENV,
        &[Text("A=one\nB=two\n")],
        &[Text("A=ours\nB=two\n")],
        &[Text("A=one\n# theirs\nB=three\nC=new\n")],
        Clean("A=ours\n# theirs\nB=three\nC=new\n"),
    ),
    case(
        "INI",
        INI,
        &[Text("[db]\nuser = one\npass = two\n")],
        &[Text("[db]\nuser = ours\npass = two\n")],
        &[Text("[db]\nuser = one\npass = theirs\n\n[new]\nkey = x\n")],
        Clean("[db]\nuser = ours\npass = theirs\n\n[new]\nkey = x\n"),
    ),
    case(
        "binary",
        BINARY,
        &[Text("one")],
        &[Text("ours")],
        &[Text("theirs")],
        Conflicts("ours", &["data: changed on both sides"]),
    ),
    case(
        "a side that nobody here can read",
        YAML,
        &[Text("a: one\nb: two\n")],
        &[Text("a: ours\nb: two\n")],
        &[Run(&[
            "rotate",
            "-i",
            "--add-age",
            OTHER,
            "--rm-age",
            crate::support::AGE1,
        ])],
        Refused("Failed to get the data key"),
    ),
];
