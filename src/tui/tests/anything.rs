//! Whatever keys somebody presses, in any order, in any size of the terminal, and while the work of before is still under way: the
//! editor does not fall over, shows nothing to those who look on, and what it saved opens again with what was on screen.
//!
//! `LAZYSOPS_RUNS=500 cargo test --lib tui::tests::anything` presses more of them, `LAZYSOPS_SEED=17` those of one run.

use crate::ops::open::{Access, Document};
use crate::ops::plain;
use crate::ops::scan::FileKind;
use crate::tree::{Body, Leaf, Step};
use crate::tui::action::Action;
use crate::tui::effect::Effect;
use crate::tui::key::{Key, show};
use crate::tui::msg::Msg;
use crate::tui::testing::Real;
use crate::tui::worker::{Job, TaskId, run};
use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;
use zeroize::Zeroizing;

/// How many runs there are, and how many keys are pressed in each.
const RUNS: u64 = 16;
const KEYS: usize = 150;

/// What is typed and pasted; the last one is what comes over from somewhere else.
const TEXTS: [&str; 9] = [
    "a",
    "pass_sops_cypher",
    "true",
    "1.10",
    "x y ",
    "[",
    "two\nlines\n",
    "ä\u{202e}\u{7}",
    "ENC[AES256_GCM,data:x]",
];

/// Keys that belong together, and would rarely come together by chance.
const ROWS: [&str; 11] = [
    "ctrl-s Enter",
    "ctrl-s Enter",
    "2 G",
    "2 e ctrl-u 4 2 Enter",
    "2 a n e w Enter 1 Enter",
    "2 d",
    "2 u",
    "2 # n o t e Enter",
    "2 J",
    "2 r",
    "M",
];

/// Numbers by chance, the same ones for the same seed (xorshift, by G. Marsaglia, 2003).
struct Chance(u64);

impl Chance {
    fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 11).unwrap() % limit.max(1)
    }

    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }
}

/// Makes a file one that two people changed, with the marks that git leaves.
fn in_conflict(real: &mut Real, file: &Path) {
    let base = std::fs::read_to_string(file).unwrap();
    let mut side = |value: &str| {
        std::fs::write(file, &base).unwrap();
        real.open(file);
        real.keys("G e ctrl-u").editor.type_text(value);
        real.keys("Enter ctrl-s Enter");
        std::fs::read_to_string(file).unwrap()
    };
    let (ours, theirs) = (side("ours"), side("theirs"));
    let text = format!("<<<<<<< main\n{ours}||||||| base\n{base}=======\n{theirs}>>>>>>> other-team\n");
    std::fs::write(file, text).unwrap();
}

/// A hand on the keys of an editor, and the work that it waits for.
struct Hand {
    real: Real,
    chance: Chance,
    /// What was asked for and is not done yet.
    waiting: Vec<(TaskId, Job)>,
    /// What was done to the editor, for people.
    done: Vec<String>,
    /// Whether it left.
    left: bool,
    /// Whether a file was saved: then new work behind undone work leaves no way back to what is on disk.
    saved: bool,
}

impl Hand {
    fn new(seed: u64) -> Self {
        let mut chance = Chance::new(seed);
        let (width, height) = chance.one(&[(80, 24), (120, 40), (40, 12), (200, 60)]);
        let mut real = Real::demo_in_git(width, height);
        let files = real.editor.model.files.of_kind(FileKind::Sealed);
        let file = &files[chance.below(files.len())];
        let saved = chance.below(3) == 0;
        if saved {
            in_conflict(&mut real, file);
        }
        real.open(file);
        Self {
            real,
            chance,
            waiting: Vec::new(),
            done: Vec::new(),
            left: false,
            saved,
        }
    }

    /// Does one thing.
    fn act(&mut self) {
        let some = self.chance.below(100);
        match some {
            0..=56 => self.press_bound(),
            57..=66 => {
                let row = self.chance.one(&ROWS);
                self.press(row);
            }
            67..=76 => self.press("Enter"),
            77..=81 => self.press("Esc"),
            82..=88 => {
                let text = self.chance.one(&TEXTS);
                self.done.push(format!("{text:?}"));
                if some < 86 && text.chars().all(|c| c.is_ascii_alphanumeric()) {
                    self.real.editor.type_text(text);
                } else {
                    self.send(Msg::Paste(Zeroizing::new(text.to_owned())));
                }
            }
            89..=91 => {
                let size = self
                    .chance
                    .one(&[(80, 24), (120, 40), (40, 12), (1, 1), (10, 3), (200, 60)]);
                self.done.push(format!("size {size:?}"));
                self.send(Msg::Resize(size.0, size.1));
            }
            92..=94 => {
                let seconds = self.chance.one(&[1, 5, 30]);
                self.done.push(format!("wait {seconds}"));
                self.real.editor.now += Duration::from_secs(seconds);
                self.send(Msg::Deadline);
            }
            95 => self.press("S"),
            _ => self.work_all(),
        }
        // What is under way ends at any time, in any order.
        while !self.waiting.is_empty() && self.chance.below(3) > 0 {
            self.work();
        }
    }

    /// Presses keys that mean something here.
    fn press_bound(&mut self) {
        let model = &self.real.editor.model;
        let bound: Vec<String> = model
            .contexts()
            .iter()
            .flat_map(|context| model.keymap.of(*context))
            .filter(|binding| {
                !matches!(
                    binding.action,
                    Action::Quit | Action::QuitWithoutSaving | Action::Suspend
                )
            })
            .map(|binding| show(&binding.keys))
            .collect();
        if !bound.is_empty() {
            let keys = bound[self.chance.below(bound.len())].clone();
            self.press(&keys);
        }
    }

    fn press(&mut self, keys: &str) {
        self.done.push(keys.to_owned());
        for key in Key::parse_sequence(keys).unwrap() {
            self.send(Msg::Key(key));
        }
    }

    fn send(&mut self, msg: Msg) {
        self.real.editor.send(msg);
        self.take_effects();
    }

    fn take_effects(&mut self) {
        for effect in std::mem::take(&mut self.real.editor.effects) {
            match effect {
                Effect::Start(id, job) => self.waiting.push((id, job)),
                Effect::Outside(outside) => {
                    let text = outside.text.expose_str().unwrap_or_default().replace('1', "2");
                    let text = crate::tree::Secret::from(text.as_str());
                    self.send(Msg::Edited(outside, Ok(text)));
                }
                Effect::Quit => self.left = true,
                _ => {}
            }
        }
    }

    /// Does a part of what is waited for.
    fn work(&mut self) {
        let at = self.chance.below(self.waiting.len());
        let (id, job) = self.waiting.swap_remove(at);
        let (saves, others_read) = match &job {
            Job::Save(_, _, rekey, _) | Job::SaveAnew(_, _, rekey) => (true, rekey.is_some()),
            _ => (false, false),
        };
        let mut parts = Vec::new();
        let outcome = run(job, &self.real.environment, &mut |part| parts.push(part));
        for part in parts {
            self.send(Msg::Done(id, part));
        }
        self.done.push(format!("({id:?})"));
        self.send(Msg::Done(id, outcome));
        self.saved |= saves;
        if saves && !self.real.editor.model.unsaved() {
            self.look_at_file(others_read);
        }
    }

    fn work_all(&mut self) {
        while !self.waiting.is_empty() {
            self.work();
        }
    }

    /// What was saved opens, unless other keys were asked for than those in hand, and is what is on screen.
    fn look_at_file(&self, others_read: bool) {
        let Some(file) = &self.real.editor.model.file else {
            return;
        };
        let saved = self.real.read(&file.document.path);
        if !matches!(saved.access, Access::Open(_)) {
            assert!(others_read, "it opens no more:\n{}", self.real.editor.text());
            return;
        }
        let shown = plain::text(&file.document, file.tree()).unwrap();
        assert!(
            plain::text(&saved, &saved.content).unwrap() == shown,
            "another text was saved:\n{}",
            self.real.editor.text()
        );
    }

    /// The encrypted values of the open file as it was opened that are nowhere in clear; without short ones: the demo has names of
    /// folders among them.
    fn secrets(&self) -> BTreeSet<String> {
        let Some(file) = &self.real.editor.model.file else {
            return BTreeSet::new();
        };
        let document: &Document = &file.document;
        let tree = &document.content;
        let (mut sealed, mut clear) = (BTreeSet::new(), BTreeSet::new());
        for step in tree.walk() {
            let (Step::Leaf(id), Body::Leaf(Leaf::Text(text))) = (step, &tree.node(step.id()).body) else {
                continue;
            };
            let encrypted = document.selection.decide(tree, id).encrypted;
            let lines = if encrypted { &mut sealed } else { &mut clear };
            let long = text
                .expose_str()
                .unwrap_or_default()
                .lines()
                .filter(|line| line.len() >= 12);
            lines.extend(long.map(str::to_owned));
        }
        &sealed - &clear
    }

    /// What must hold whenever a key was pressed.
    fn look(&self) {
        let screen = self.real.editor.text();
        if self.real.editor.model.guard.share_safe {
            for secret in self.secrets() {
                assert!(!screen.contains(&secret), "{secret} is seen by all:\n{screen}");
            }
        }
    }

    /// Takes everything back: the file is as it was opened.
    fn undo_all(&mut self) {
        self.work_all();
        self.real.editor.model.overlays.clear();
        let model = &self.real.editor.model;
        if self.saved || model.guard.locked.is_some() || model.file.is_none() {
            return;
        }
        self.send(Msg::Resize(120, 40));
        self.press("Esc 2");
        while self.real.editor.model.unsaved() && self.done.len() < 5 * KEYS {
            self.press("u");
            self.work_all();
        }
        let model = &self.real.editor.model;
        let file = model.file.as_ref().unwrap();
        assert_eq!(
            model.unsaved_changes(),
            0,
            "undone, and changes are left:\n{}",
            self.real.editor.text()
        );
        let (now, before) = [file.tree(), file.base()]
            .map(|tree| plain::text(&file.document, tree).unwrap())
            .into();
        assert!(now == before, "undone, and the text is another one");
    }
}

fn run_with(seed: u64) {
    let mut hand = Hand::new(seed);
    let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        for _ in 0..KEYS {
            hand.act();
            hand.look();
            if hand.left {
                return;
            }
        }
        hand.undo_all();
    }));
    if let Err(panic) = outcome {
        println!("seed {seed}: {}", hand.done.join(" "));
        std::panic::resume_unwind(panic);
    }
}

#[test]
fn no_keys_make_it_fall_over_show_a_value_to_all_or_save_something_else() {
    let number = |name| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    if let Some(seed) = number("LAZYSOPS_SEED") {
        return run_with(seed);
    }
    for seed in 0..number("LAZYSOPS_RUNS").unwrap_or(RUNS) {
        run_with(seed);
    }
}
