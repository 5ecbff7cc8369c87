//! Conflicts as git leaves them, what is chosen in each, and what the file holds then; [`super::resolve`] resolves them.

use super::place::{Place, Step};
use lazysops::host::{Environment, Operation};
use lazysops::ops::resolve::{self, Choice, Dispute};
use lazysops::tree::Leaf;

pub const TEST: &str = "resolving conflicts";

/// How the two sides meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    Merge,
    Rebase,
    CherryPick,
    StashPop,
    /// The versions in git are gone, the text has markers.
    Markers,
}

pub struct Case {
    name: &'static str,
    file: &'static str,
    how: How,
    base: &'static [Step],
    ours: &'static [Step],
    theirs: &'static [Step],
    /// The conflicts in order, and what is chosen: `h`, `l`, `b`, or `=` and a text.
    points: &'static [(&'static str, &'static str)],
    /// What the file holds then.
    expected: &'static str,
}

pub const YAML: &str = "a.enc.yaml";

pub const fn yaml(
    name: &'static str,
    base: &'static [Step],
    ours: &'static [Step],
    theirs: &'static [Step],
    points: &'static [(&'static str, &'static str)],
    expected: &'static str,
) -> Case {
    Case {
        name,
        file: YAML,
        how: How::Merge,
        base,
        ours,
        theirs,
        points,
        expected,
    }
}

pub const fn by(how: How, case: Case) -> Case {
    Case { how, ..case }
}

const fn file(file: &'static str, case: Case) -> Case {
    Case { file, ..case }
}

use Step::{Run, Text};

pub const CHANGED: Case = yaml(
    "both changed a value, theirs is taken",
    &[Text("a: 1\nb: x\nc: 3\n")],
    &[Text("a: 1\nb: ours\nc: 4\n")],
    &[Text("a: 2\nb: theirs\nc: 3\n")],
    &[("b: changed on both sides", "l")],
    "a: 2\nb: theirs\nc: 4\n",
);

pub const CASES: &[Case] = &[
    CHANGED,
    yaml(
        "both changed a value, ours is kept",
        &[Text("a: 1\nb: x\n")],
        &[Text("a: 1\nb: ours\n")],
        &[Text("a: 2\nb: theirs\n")],
        &[("b: changed on both sides", "h")],
        "a: 2\nb: ours\n",
    ),
    yaml(
        "both changed a value, a third one is right",
        &[Text("a: 1\nb: x\n")],
        &[Text("a: 1\nb: ours\n")],
        &[Text("a: 1\nb: theirs\n")],
        &[("b: changed on both sides", "=mine")],
        "a: 1\nb: mine\n",
    ),
    yaml(
        "the same value on both sides is no conflict, the MAC alone was",
        &[Text("a: 1\nb: x\n")],
        &[Text("a: 1\nb: same\n")],
        &[Text("a: 1\nb: same\n")],
        &[],
        "a: 1\nb: same\n",
    ),
    yaml(
        "different keys merge by themselves",
        &[Text("a: 1\nb: x\n")],
        &[Text("a: 2\nb: x\n")],
        &[Text("a: 1\nb: z\n")],
        &[],
        "a: 2\nb: z\n",
    ),
    yaml(
        "both added the same key",
        &[Text("a: 1\n")],
        &[Text("a: 1\nk: ours\n")],
        &[Text("a: 1\nk: theirs\nm: 5\n")],
        &[("k: added on both sides", "l")],
        "a: 1\nk: theirs\nm: 5\n",
    ),
    yaml(
        "deleted by us, their change is taken, with its comment and in its place",
        &[Text("a: 1\n# why\nb: x\nc: 3\n")],
        &[Text("a: 1\nc: 3\n")],
        &[Text("a: 1\n# why\nb: theirs\nc: 3\n")],
        &[("b: deleted by us, changed by them", "l")],
        "a: 1\n# why\nb: theirs\nc: 3\n",
    ),
    yaml(
        "deleted by us stays deleted",
        &[Text("a: 1\nb: x\nc: 3\n")],
        &[Text("a: 1\nc: 3\n")],
        &[Text("a: 1\nb: theirs\nc: 3\n")],
        &[("b: deleted by us, changed by them", "h")],
        "a: 1\nc: 3\n",
    ),
    yaml(
        "deleted by them goes, with its comment",
        &[Text("a: 1\n# why\nb: x\nc: 3\n")],
        &[Text("a: 1\n# why\nb: ours\nc: 3\n")],
        &[Text("a: 1\nc: 3\n")],
        &[("b: deleted by them, changed by us", "l")],
        "a: 1\nc: 3\n",
    ),
    yaml(
        "a deleted value comes back as one of one's own",
        &[Text("a: 1\nb: x\n")],
        &[Text("a: 1\n")],
        &[Text("a: 1\nb: theirs\n")],
        &[("b: deleted by us, changed by them", "=mine")],
        "a: 1\nb: mine\n",
    ),
    yaml(
        "a value became a map on one side",
        &[Text("a: 1\nb: x\n")],
        &[Text("a: 1\nb: ours\n")],
        &[Text("a: 1\nb:\n    user: u\n    password: p\n")],
        &[("b: changed on both sides", "l")],
        "a: 1\nb:\n    user: u\n    password: p\n",
    ),
    yaml(
        "an item of a list was changed on both sides, both stay",
        &[Text("l:\n    - one\n    - two\n    - three\n")],
        &[Text("l:\n    - one\n    - two-ours\n    - three\n")],
        &[Text("l:\n    - one\n    - two-theirs\n    - three\n")],
        &[("l[1]: changed on both sides", "b")],
        "l:\n    - one\n    - two-ours\n    - two-theirs\n    - three\n",
    ),
    yaml(
        "a key was renamed on both sides, both names stay",
        &[Text("a: 1\nold: x\n")],
        &[Text("a: 1\nours: x\n")],
        &[Text("a: 1\ntheirs: x\n")],
        &[("ours: renamed on both sides", "b")],
        "a: 1\nours: x\ntheirs: x\n",
    ),
    yaml(
        "a key was renamed on both sides, theirs is taken",
        &[Text("a: 1\nold: x\n")],
        &[Text("a: 1\nours: x\n")],
        &[Text("a: 1\ntheirs: x\n")],
        &[("ours: renamed on both sides", "l")],
        "a: 1\ntheirs: x\n",
    ),
    yaml(
        "two conflicts, decided differently",
        &[Text("a: 1\nm:\n    b: x\n    c: y\n")],
        &[Text("a: 1\nm:\n    b: ours-b\n    c: ours-c\n")],
        &[Text("a: 1\nm:\n    b: theirs-b\n    c: theirs-c\n")],
        &[
            ("m.b: changed on both sides", "h"),
            ("m.c: changed on both sides", "l"),
        ],
        "a: 1\nm:\n    b: ours-b\n    c: theirs-c\n",
    ),
    yaml(
        "the data key was rotated on one side",
        &[Text("a: 1\nb: x\n")],
        &[Text("a: 1\nb: ours\n"), Run(&["rotate", "-i"])],
        &[Text("a: 2\nb: theirs\n")],
        &[("b: changed on both sides", "l")],
        "a: 2\nb: theirs\n",
    ),
    yaml(
        "a type changed on one side",
        &[Text("a: 1\nb: 5\n")],
        &[Text("a: 1\nb: 6\n")],
        &[Text("a: 1\nb: \"7\"\n")],
        &[("b: changed on both sides", "l")],
        "a: 1\nb: \"7\"\n",
    ),
    yaml(
        "the second document",
        &[Text("a: 1\n---\nb: x\n")],
        &[Text("a: 1\n---\nb: ours\n")],
        &[Text("a: 2\n---\nb: theirs\n")],
        &[("doc 2: b: changed on both sides", "l")],
        "a: 2\n---\nb: theirs\n",
    ),
    by(How::Rebase, CHANGED),
    by(How::CherryPick, CHANGED),
    by(How::StashPop, CHANGED),
    by(
        How::Markers,
        yaml(
            "markers only: the value is chosen, the rest is as git mixed it",
            &[Text("a: 1\nb: x\nc: 3\n")],
            &[Text("a: 1\nb: ours\nc: 3\n")],
            &[Text("a: 1\nb: theirs\nc: 3\n")],
            &[("b: added on both sides", "l")],
            "a: 1\nb: theirs\nc: 3\n",
        ),
    ),
    file(
        "a.enc.json",
        yaml(
            "JSON",
            &[Text("{\"a\": 1, \"b\": \"x\"}\n")],
            &[Text("{\"a\": 1, \"b\": \"ours\"}\n")],
            &[Text("{\"a\": 2, \"b\": \"theirs\"}\n")],
            &[("b: changed on both sides", "l")],
            "{\n\t\"a\": 2,\n\t\"b\": \"theirs\"\n}\n",
        ),
    ),
    file(
        "a.enc.env",
        yaml(
            "dotenv",
            &[Text("A=1\nB=x\n")],
            &[Text("A=1\nB=ours\n")],
            &[Text("A=2\nB=theirs\n")],
            &[("B: changed on both sides", "l")],
            "A=2\nB=theirs\n",
        ),
    ),
    file(
        "a.enc.ini",
        yaml(
            "INI",
            &[Text("[s]\na = 1\nb = x\n")],
            &[Text("[s]\na = 1\nb = ours\n")],
            &[Text("[s]\na = 2\nb = theirs\n")],
            &[("s.b: changed on both sides", "h")],
            "[s]\na = 2\nb = ours\n",
        ),
    ),
    file(
        "a.enc.bin",
        yaml(
            "binary",
            &[Text("one\n")],
            &[Text("ours\n")],
            &[Text("theirs\n")],
            &[("data: changed on both sides", "l")],
            "theirs\n",
        ),
    ),
];

pub fn environment(place: &Place) -> Environment {
    Environment::new(place.sandbox.environment(), place.sandbox.path(""))
}

/// Brings both sides together; git must stop at a conflict.
pub fn clash(case: &Case) -> Place {
    let place = Place::new(case.file, false);
    for (name, value) in [("user.name", "ops-laptop"), ("user.email", "ops@localhost")] {
        place.git(&["config", name, value]);
    }
    let stopped = match case.how {
        How::StashPop => {
            place.branches(case.base, &[], &[]);
            for step in case.theirs {
                place.step(*step);
            }
            place.git(&["reset", "-q", "--soft", "HEAD~1"]);
            place.git(&["stash", "-q"]);
            for step in case.ours {
                place.step(*step);
            }
            place.try_git(&["stash", "pop", "-q"])
        }
        How::Merge | How::Markers => {
            place.branches(case.base, case.ours, case.theirs);
            place.try_git(&["merge", "-q", "-m", "merge", "theirs"])
        }
        How::Rebase => {
            place.branches(case.base, case.ours, case.theirs);
            place.git(&["checkout", "-q", "theirs"]);
            place.try_git(&["rebase", "-q", "main"])
        }
        How::CherryPick => {
            place.branches(case.base, case.ours, case.theirs);
            place.try_git(&["cherry-pick", "theirs"])
        }
    };
    assert_ne!(stopped.code, Some(0), "{}: git needs nobody", case.name);
    if case.how == How::Markers {
        std::fs::remove_dir_all(place.sandbox.path(".git")).unwrap();
    }
    place
}

fn choices(case: &Case) -> Vec<Option<Choice>> {
    let choice = |word: &str| match word {
        "h" => Choice::Ours,
        "l" => Choice::Theirs,
        "b" => Choice::Both,
        own => Choice::Own(Leaf::text(own.trim_start_matches('='))),
    };
    case.points.iter().map(|(_, word)| Some(choice(word))).collect()
}

pub fn told(dispute: &Dispute) -> Vec<String> {
    let points = dispute.points.iter();
    points
        .map(|point| format!("{}: {}", point.place, point.what))
        .collect()
}

pub fn check(case: &Case) -> Result<(), String> {
    let wrong = |what: String| Err(format!("{} ({:?}): {what}", case.name, case.how));
    let place = clash(case);
    let environment = environment(&place);
    let before = place.sandbox.read(case.file);
    let dispute = match resolve::open(&place.sandbox.path(case.file), &environment) {
        Ok(dispute) => dispute,
        Err(failure) => return wrong(failure.to_string()),
    };
    let expected: Vec<&str> = case.points.iter().map(|(point, _)| *point).collect();
    if told(&dispute) != expected {
        return wrong(format!("tells of {:?}", told(&dispute)));
    }
    let choices = choices(case);
    for (number, choice) in choices.iter().flatten().enumerate() {
        if let Some(reason) = dispute.refuses(number, choice) {
            return wrong(format!("refused: {reason}"));
        }
    }
    if place.sandbox.read(case.file) != before {
        return wrong("the file was touched before anything was decided".to_owned());
    }
    let resolved = match dispute.write(&choices, true, &environment) {
        Ok(resolved) => resolved,
        Err(failure) => return wrong(failure.to_string()),
    };
    match place.decrypted(TEST) {
        Ok(found) if found == case.expected => {}
        Ok(found) => return wrong(format!("holds\n{found}\ninstead of\n{}", case.expected)),
        Err(reason) => return wrong(format!("sops does not open it: {reason}")),
    }
    let operation = match case.how {
        How::Merge => Operation::Merge,
        How::Rebase => Operation::Rebase,
        How::CherryPick => Operation::CherryPick,
        How::StashPop | How::Markers => Operation::Other,
    };
    if resolved.operation != operation || !resolved.left.is_empty() {
        return wrong(format!("{resolved:?}"));
    }
    if case.how == How::Markers {
        return if resolved.added {
            wrong("told a git that is not there".to_owned())
        } else {
            Ok(())
        };
    }
    if !resolved.added {
        return wrong(format!("{resolved:?}"));
    }
    let words: &[&str] = match case.how {
        How::StashPop => &["commit", "-q", "-m", "both"],
        How::Merge => &["commit", "-q", "--no-edit"],
        How::Rebase => &["-c", "core.editor=true", "rebase", "--continue"],
        How::CherryPick | How::Markers => &["-c", "core.editor=true", "cherry-pick", "--continue"],
    };
    place.git(words);
    let status = place.git(&["status", "--porcelain"]);
    if !status.stdout.is_empty() {
        return wrong(String::from_utf8_lossy(&status.stdout).into_owned());
    }
    Ok(())
}
