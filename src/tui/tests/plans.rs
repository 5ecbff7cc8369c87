//! Plans that run: how far they are, stopping them, and what is left after that.

use crate::failure::{Failure, Kind};
use crate::host::Cancel;
use crate::ops::rekey_files::{Action, FEW, FileResult, Goal, Outcome, Wish, apply};
use crate::ops::rulebook::{Rulebook, Source};
use crate::tui::effect::Effect;
use crate::tui::msg::Msg;
use crate::tui::testing::{Editor, Real, with_matrix, with_plan};
use crate::tui::worker::{self, Job, TaskId};

fn result(name: &str, outcome: Outcome) -> FileResult {
    FileResult {
        name: name.to_owned(),
        outcome,
        warnings: Vec::new(),
    }
}

/// A plan that runs.
fn running(width: u16, height: u16) -> (Editor, TaskId) {
    let mut editor = with_plan(width, height);
    editor.keys("Tab Enter");
    let (id, job) = editor.job();
    assert!(matches!(job, Job::Apply(_)), "{job:?}");
    (editor, id)
}

fn step(editor: &mut Editor, id: TaskId, outcome: Outcome) {
    let next = worker::Outcome::Step(result("x", outcome));
    editor.send(Msg::Done(id, next));
}

#[test]
fn the_safe_answer_is_highlighted_and_a_suspicious_file_is_told() {
    let mut editor = with_plan(80, 24);
    let screen = editor.text();
    assert!(screen.contains("! changed since you last wrote it"), "{screen}");
    assert!(screen.contains("[ Carry out all the same ]"), "{screen}");
    editor.keys("Enter");
    assert!(editor.effects.is_empty() && editor.model.overlays.is_empty());
}

#[test]
fn a_plan_that_runs_shows_a_bar_and_esc_stops_it_after_the_files_being_written() {
    for (width, height) in [(120, 40), (80, 24), (40, 12)] {
        let (mut editor, id) = running(width, height);
        assert!(editor.text().contains("0 of 4"), "{}", editor.text());
        step(&mut editor, id, Outcome::Rotated);
        step(&mut editor, id, Outcome::Unchanged);
        let screen = editor.text();
        assert!(screen.contains("2 of 4") && screen.contains('█'), "{screen}");
        editor.keys("q");
        assert!(editor.text().contains("stopping"), "{}", editor.text());
        assert!(
            matches!(editor.effects.as_slice(), [Effect::Cancel(stopped)] if *stopped == id),
            "{:?}",
            editor.effects
        );
        editor.keys("Esc");
        assert!(editor.effects.is_empty(), "it is told once");
        let failure = Failure::new(Kind::Generic, "old.yaml: nobody would be left");
        let results = vec![
            result("prod/values.sops.yaml", Outcome::Rotated),
            result("prod/db.enc.env", Outcome::Unchanged),
            result("staging/values.sops.yaml", Outcome::Stopped),
            result("old.yaml", Outcome::Failed(failure)),
        ];
        editor.send(Msg::Done(id, worker::Outcome::Applied(Ok(results))));
        let screen = editor.text();
        assert!(screen.contains("1 written, 2 as before"), "{screen}");
        assert!(screen.contains("prod/values.sops.yaml: has a"), "{screen}");
        let jobs: Vec<_> = editor
            .effects
            .iter()
            .map(|effect| format!("{effect:?}"))
            .collect();
        assert!(jobs.iter().any(|job| job.contains("Scan")), "{jobs:?}");
        assert!(
            jobs.iter().any(|job| job.contains("Open")),
            "the open file was written: {jobs:?}"
        );
        editor.keys("Tab Enter");
        let (_, Job::Plan(wish)) = editor.job() else {
            panic!("the rest is planned anew")
        };
        let names: Vec<_> = wish.paths.iter().map(|path| path.file_name().unwrap()).collect();
        assert_eq!(names, ["values.sops.yaml", "old.yaml"]);
    }
}

#[test]
fn the_editor_locks_and_quits_only_when_a_plan_that_runs_is_done() {
    let (mut editor, id) = running(80, 24);
    let idle = editor.model.guard.limits.idle.unwrap();
    editor.wait(idle);
    assert!(editor.model.guard.locked.is_none(), "files are being written");
    editor.send(Msg::Done(id, worker::Outcome::Applied(Ok(Vec::new()))));
    assert!(editor.model.guard.locked.is_some());
}

#[test]
fn the_list_of_secrets_goes_to_the_clipboard_without_a_value() {
    let mut editor = with_plan(80, 24);
    editor.keys("c");
    let [Effect::Clipboard(crate::tui::clipboard::Request::Copy { text, secret })] =
        editor.effects.as_slice()
    else {
        panic!("{:?}", editor.effects)
    };
    let text = text.expose_str().unwrap();
    assert!(!secret && text.contains("- [ ] `[\"token\"]`"), "{text}");
    assert!(
        text.contains("## prod/values.sops.yaml") && text.contains("old versions in git"),
        "{text}"
    );
}

#[test]
fn a_stopped_run_leaves_every_file_old_or_new_and_the_next_finishes() {
    let mut real = Real::new(80, 24);
    let other = "age1lggyhqrw2nlhcxprm67z43rta597azn8gknawjehu9d9dl0jq3yqqvfafg";
    let paths: Vec<_> = (0..3 * FEW)
        .map(|number| real.seal(&format!("f{number}.yaml"), "a: 1\n", None))
        .collect();
    let read = |paths: &[std::path::PathBuf]| -> Vec<String> {
        paths
            .iter()
            .map(|path| std::fs::read_to_string(path).unwrap())
            .collect()
    };
    let before = read(&paths);
    let wish = Wish {
        paths: paths.clone(),
        goal: Goal::Recipients,
        add: vec![other.to_owned()],
        ..Wish::default()
    };
    let cancel = Cancel::default();
    let stopped = real.environment.clone().stopped_by(cancel.clone());
    let plan = |environment: &crate::host::Environment| {
        wish.plan(&Rulebook::new(Source::default(), environment), environment)
            .unwrap()
            .plan
    };
    let results = apply(&plan(&stopped), FEW, &stopped, &mut |_, done, all| {
        assert_eq!(all, 3 * FEW);
        if done == 1 {
            cancel.cancel();
        }
    })
    .unwrap();
    let count = |outcome: Outcome| results.iter().filter(|result| result.outcome == outcome).count();
    assert_eq!(
        (count(Outcome::Rewrapped), count(Outcome::Stopped)),
        (FEW, 2 * FEW)
    );
    for ((before, now), result) in before.iter().zip(read(&paths)).zip(&results) {
        let is_new = result.outcome == Outcome::Rewrapped;
        assert_eq!(now.contains(other), is_new);
        assert!(is_new || now == *before);
    }
    let rest = plan(&real.environment);
    let to_do = rest.files.iter().filter(|file| file.action == Action::Rewrap);
    assert_eq!(to_do.count(), 2 * FEW);
    apply(&rest, FEW, &real.environment, &mut |_, _, _| {}).unwrap();
    assert!(read(&paths).iter().all(|text| text.contains(other)));
    real.open(&paths[0]);
    assert_eq!(real.editor.selected(), "a");
}

#[test]
fn a_second_rotation_goes_on_with_one_that_was_stopped_or_starts_over() {
    let mut real = Real::new(80, 24);
    let paths: Vec<_> = (0..2 * FEW)
        .map(|number| real.seal(&format!("f{number}.yaml"), "a: 1\n", None))
        .collect();
    let wish = Wish {
        paths,
        goal: Goal::DataKey,
        ..Wish::default()
    };
    let cancel = Cancel::default();
    let stopped = real.environment.clone().stopped_by(cancel.clone());
    let plan = wish
        .plan(&Rulebook::new(Source::default(), &stopped), &stopped)
        .unwrap();
    apply(&plan.plan, FEW, &stopped, &mut |_, _, _| cancel.cancel()).unwrap();
    real.scan();
    real.keys("1 V R j Enter");
    let screen = real.editor.text();
    assert!(
        screen.contains(&format!("{FEW} files have their new keys already")),
        "{screen}"
    );
    assert!(
        screen.contains(&format!("{FEW} with a new data key, {FEW} unchanged")),
        "{screen}"
    );
    assert!(screen.contains("[ Start over ] [ Go on ]"), "{screen}");
    // Starting over is another plan, and nothing is written before that has its answer, too.
    real.keys("Tab Enter");
    let screen = real.editor.text();
    assert!(
        screen.contains(&format!("{} with a new data key", 2 * FEW)),
        "{screen}"
    );
    assert!(screen.contains("[ Cancel ] [ Carry out ]"), "{screen}");
    real.keys("Esc R j Enter Tab Tab Enter");
    let screen = real.editor.text();
    assert!(
        screen.contains(&format!("{FEW} written, {FEW} needed nothing")),
        "{screen}"
    );
    real.keys("Enter R j Enter");
    let screen = real.editor.text();
    assert!(!screen.contains("already"), "the run is over: {screen}");
    assert!(
        screen.contains(&format!("{} with a new data key", 2 * FEW)),
        "{screen}"
    );
}

#[test]
fn a_long_matrix_is_filtered_by_files_and_by_who_reads_them() {
    for width in [60, 80, 120] {
        let mut editor = with_matrix(width, 12);
        editor.keys("/").type_text("stag");
        let screen = editor.text();
        assert!(
            screen.contains("1 of 3 files") && screen.contains("/stag"),
            "{screen}"
        );
        assert!(!screen.contains("prod/values"), "{screen}");
        // Somebody's name leaves what they can read, and selects them.
        editor.keys("ctrl-u").type_text("OLD");
        let screen = editor.text();
        assert!(screen.contains("2 of 3 files"), "{screen}");
        assert!(screen.contains("in 2 of 3 files"), "{screen}");
        editor.keys("Enter j");
        let screen = editor.text();
        assert!(screen.contains(": is in group 2; 2 of 3"), "{screen}");
        editor.keys("Esc");
        assert!(
            editor.text().contains("Who can read: 3 files"),
            "{}",
            editor.text()
        );
        editor.keys("/").type_text("nothing-like-it");
        assert!(editor.text().contains("0 of 3 files"), "{}", editor.text());
        editor.keys("Enter");
        assert!(editor.text().contains("nothing matches"), "{}", editor.text());
        assert!(
            editor.text().contains("Who can read: 3 files"),
            "{}",
            editor.text()
        );
        editor.keys("Esc");
        assert!(editor.model.overlays.is_empty());
    }
}

#[test]
fn the_matrix_is_readable_at_every_width() {
    for width in [40, 60, 80, 120, 200] {
        let mut editor = with_matrix(width, 12);
        let screen = editor.text();
        assert!(screen.contains("Who can read: 3 files"), "{screen}");
        assert!(screen.contains("ops-laptop"), "{screen}");
        editor.keys("l l G");
        let screen = editor.text();
        assert!(screen.contains("old-laptop"), "{screen}");
        assert!(screen.contains("sops.yaml"), "{screen}");
        assert!(screen.contains("cannot read it; no rule"), "{screen}");
        editor.keys("g g");
        assert!(editor.text().contains("is not in the rule"), "{}", editor.text());
        editor.keys("Enter");
        assert!(editor.model.overlays.is_empty());
    }
}
