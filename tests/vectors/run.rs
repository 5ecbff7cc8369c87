//! Runs a case and says what differs from the record, in one line.

use super::case::{Case, Final, Kind};
use super::normalise::{normalise, tokens, without_number_types};
use super::place::{Outcome, Place};
use std::collections::HashMap;

/// Runs a case; the first difference is the error.
pub fn run(case: &Case) -> Result<(), String> {
    let place = Place::of(case);
    match case.kind {
        Kind::Roundtrip => roundtrip(case, &place),
        Kind::Refuse => refuse(case, &place),
        Kind::Decrypt => decrypt_sample(case, &place),
        Kind::Command => command(case, &place),
    }
}

fn roundtrip(case: &Case, place: &Place) -> Result<(), String> {
    decrypt_sample(case, place).map_err(|difference| format!("the sample: {difference}"))?;
    let encrypted_as = case.encrypted_as.as_deref().unwrap();
    let _ = std::fs::remove_file(place.path(encrypted_as));
    place.write(&case.file, &case.read(case.input.as_deref().unwrap()).unwrap());
    let sealed = place.run(&case.encrypt, &case.file);
    expect_exit(&sealed, 0)?;
    let _ = std::fs::remove_file(place.path(&case.file));
    place.write(encrypted_as, &sealed.stdout);
    decrypt(case, place).map_err(|difference| format!("our own file: {difference}"))?;
    same_text(
        "layout",
        &case.read("layout.txt").unwrap(),
        &normalise(&sealed.stdout),
    )
}

fn refuse(case: &Case, place: &Place) -> Result<(), String> {
    let input = case.read(case.input.as_deref().unwrap()).unwrap();
    place.write(&case.file, &input);
    let refused = place.run(&case.encrypt, &case.file);
    expect_exit(&refused, case.expect_exit)?;
    same_text("file", &input, &place.read(&case.file).unwrap())?;
    if refused.stdout.is_empty() {
        Ok(())
    } else {
        Err("something was written to stdout".to_owned())
    }
}

fn decrypt_sample(case: &Case, place: &Place) -> Result<(), String> {
    let sample = case.read(case.encrypted.as_deref().unwrap()).unwrap();
    place.write(case.encrypted_as.as_deref().unwrap(), &sample);
    decrypt(case, place)
}

fn decrypt(case: &Case, place: &Place) -> Result<(), String> {
    let opened = place.run(&case.decrypt, case.encrypted_as.as_deref().unwrap());
    expect_exit(&opened, case.expect_exit)?;
    match &case.decrypted {
        Some(decrypted) => same_text("decrypted", &case.read(decrypted).unwrap(), &opened.stdout),
        None => Ok(()),
    }
}

fn command(case: &Case, place: &Place) -> Result<(), String> {
    let start = case.start.as_ref().unwrap();
    let before = match &start.from {
        Some(from) => case.read(from).unwrap(),
        None => Vec::new(),
    };
    if start.from.is_some() {
        place.write(&start.file, &before);
    }
    for (number, step) in case.steps.iter().enumerate() {
        let stdin = step.stdin.clone().unwrap_or_default();
        let cwd = step.cwd.clone().unwrap_or_default();
        let done = place.run_with(&step.args, &start.file, stdin.as_bytes(), &step.env, &cwd);
        let place_of = |difference: String| format!("step {number}: {difference}");
        expect_exit(&done, step.exit).map_err(place_of)?;
        if let Some(stdout) = &step.stdout {
            let expected = case.read(stdout).unwrap();
            let written = normalise(&place.without_folder(&done.stdout));
            same_text("stdout", &expected, &written).map_err(place_of)?;
        }
    }
    match &case.last {
        Some(last) => finally(case, place, last, &before),
        None => Ok(()),
    }
}

fn finally(case: &Case, place: &Place, last: &Final, before: &[u8]) -> Result<(), String> {
    let Some(after) = place.read(&last.file) else {
        return if last.exists {
            Err("the file is gone".to_owned())
        } else {
            Ok(())
        };
    };
    if last.unchanged {
        return same_text("the file left", before, &after);
    }
    let kept = kept_values(before, &after);
    if kept < last.kept_values {
        return Err(format!(
            "{kept} values kept their ciphertext, not {}",
            last.kept_values
        ));
    }
    if let Some(layout) = case.read("layout.txt") {
        let (mut expected, mut found) = (layout, normalise(&after));
        if case.loose_numbers {
            (expected, found) = (without_number_types(&expected), without_number_types(&found));
        }
        same_text("layout of the file left", &expected, &found)?;
    }
    let opened = place.run(&last.decrypt, &last.file);
    expect_exit(&opened, last.decrypt_exit).map_err(|difference| format!("the file left: {difference}"))?;
    match (&case.decrypted, last.decrypt_exit) {
        (Some(decrypted), 0) => same_text(
            "content of the file left",
            &case.read(decrypted).unwrap(),
            &opened.stdout,
        ),
        _ => Ok(()),
    }
}

fn kept_values(before: &[u8], after: &[u8]) -> usize {
    let mut left: HashMap<Vec<u8>, usize> = HashMap::new();
    for token in tokens(after) {
        *left.entry(token).or_default() += 1;
    }
    tokens(before)
        .into_iter()
        .filter(|token| left.contains_key(token))
        .count()
}

fn expect_exit(outcome: &Outcome, expected: i32) -> Result<(), String> {
    if outcome.exit == expected {
        return Ok(());
    }
    let first = outcome.stderr.lines().next().unwrap_or_default();
    Err(format!("exit {} instead of {expected}: {first}", outcome.exit))
}

/// Names the first line that differs.
fn same_text(what: &str, expected: &[u8], found: &[u8]) -> Result<(), String> {
    if expected == found {
        return Ok(());
    }
    let lines = |text: &[u8]| -> Vec<String> {
        text.split(|byte| *byte == b'\n')
            .map(|line| String::from_utf8_lossy(line).into_owned())
            .collect()
    };
    let (expected, found) = (lines(expected), lines(found));
    let at = expected.iter().zip(&found).take_while(|(a, b)| a == b).count();
    let show = |lines: &[String]| {
        format!(
            "{:?}",
            lines
                .get(at)
                .map(|line| line.chars().take(80).collect::<String>())
        )
    };
    Err(format!(
        "{what}, line {}: {} instead of {}",
        at + 1,
        show(&found),
        show(&expected)
    ))
}
