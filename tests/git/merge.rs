//! Merges of SOPS files that git would leave to people.

use super::cases::{CASES, Case, Expected};
use super::place::{AGE2, Place, Step};
use crate::support::parallel::check_all;

const TEST: &str = "merging with git";

fn check(case: &Case) -> Result<(), String> {
    let wrong = |what: String| Err(format!("{}: {what}", case.name));
    let place = Place::new(case.file, true);
    place.branches(case.base, case.ours, case.theirs);
    let before = place.sandbox.read(case.file);
    let merge = place.try_git(&["merge", "-q", "-m", "merge", "theirs"]);
    let output = format!("{}{}", String::from_utf8_lossy(&merge.stdout), merge.stderr);
    match case.expected {
        Expected::Text(_) | Expected::Conflicts(_, _) => {}
        Expected::Refused(reason) => {
            return if merge.code == Some(0) || !output.contains(reason) {
                wrong(format!("not refused because of {reason:?}:\n{output}"))
            } else if place.sandbox.read(case.file) != before {
                wrong("the file was touched".to_owned())
            } else {
                Ok(())
            };
        }
    }
    let (expected, conflicts) = match case.expected {
        Expected::Text(text) => (text, &[][..]),
        Expected::Conflicts(text, conflicts) => (text, conflicts),
        Expected::Refused(_) => unreachable!(),
    };
    if (merge.code == Some(0)) != conflicts.is_empty() {
        return wrong(format!("git ended with {:?}:\n{output}", merge.code));
    }
    for conflict in conflicts {
        if !output.contains(&format!("CONFLICT {}: {conflict}\n", case.file)) {
            return wrong(format!("does not tell of {conflict:?}:\n{output}"));
        }
    }
    if output.matches("CONFLICT ").count() > conflicts.len() + usize::from(!conflicts.is_empty()) {
        return wrong(format!("tells of more conflicts:\n{output}"));
    }
    match place.decrypted(TEST) {
        Ok(found) if found == expected => {}
        Ok(found) => return wrong(format!("holds\n{found}\ninstead of\n{expected}")),
        Err(reason) => return wrong(format!("sops does not open it: {reason}")),
    }
    let text = String::from_utf8_lossy(&place.sandbox.read(case.file)).into_owned();
    for (recipient, stays) in case.recipients {
        if text.contains(recipient) != *stays {
            return wrong(format!("{recipient} can read it: {}", !stays));
        }
    }
    // Comparing the stored text is what keeps an untouched value out of the diff.
    let kept = case.keeps_ciphertext_of;
    if !kept.is_empty() {
        let line = |text: &str| -> Option<String> {
            text.lines().find(|line| line.contains(kept)).map(str::to_owned)
        };
        if line(&text).is_none() || line(&text) != line(&String::from_utf8_lossy(&before)) {
            return wrong(format!("{kept} was encrypted anew"));
        }
    }
    Ok(())
}

#[test]
fn two_branches_that_changed_different_secrets_merge_without_a_person() {
    check_all(CASES, check);
}

#[test]
fn without_the_driver_most_of_the_same_merges_conflict() {
    let conflicts = std::sync::atomic::AtomicUsize::new(0);
    check_all(CASES, |case| {
        let place = Place::new(case.file, false);
        place.branches(case.base, case.ours, case.theirs);
        let merge = place.try_git(&["merge", "-q", "-m", "merge", "theirs"]);
        let opens = merge.code == Some(0) && place.decrypted(TEST).is_ok();
        if !opens {
            conflicts.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        }
        Ok(())
    });
    let conflicts = conflicts.into_inner();
    println!(
        "{conflicts} of {} merges need a person without the driver",
        CASES.len()
    );
    assert!(conflicts >= CASES.len() - 4, "{conflicts} of {}", CASES.len());
}

#[test]
fn a_recipient_removed_on_one_branch_cannot_read_what_the_other_branch_added() {
    let place = Place::new("a.enc.yaml", true);
    place.branches(
        &[
            Step::Text("a: 1\n"),
            Step::Run(&["rotate", "-i", "--add-age", AGE2]),
        ],
        &[Step::Run(&["rotate", "-i", "--rm-age", AGE2])],
        &[],
    );
    place.git(&["checkout", "-q", "theirs"]);
    let set = place
        .sandbox
        .lazysops(["set", "a.enc.yaml", "[\"new\"]", "\"for-the-team\""]);
    assert_eq!(set.code, Some(0), "{}", set.stderr);
    place.git(&["commit", "-qam", "new value"]);
    place.git(&["checkout", "-q", "main"]);
    place.git(&["merge", "-q", "-m", "merge", "theirs"]);
    assert_eq!(place.decrypted(TEST).unwrap(), "a: 1\nnew: for-the-team\n");
    let removed = crate::support::data("keys/age2.txt");
    let place = Place {
        sandbox: place
            .sandbox
            .variable("SOPS_AGE_KEY_FILE", removed.to_str().unwrap()),
        file: "a.enc.yaml",
    };
    let locked = place.sandbox.lazysops(["decrypt", "a.enc.yaml"]);
    assert_eq!(locked.code, Some(128), "{}", locked.stderr);
}

#[test]
fn texts_that_are_not_encrypted_are_merged_as_git_does() {
    let place = Place::new("a.enc.yaml", true);
    let write = |text: &str| {
        place.sandbox.write("a.enc.yaml", text);
        place.git(&["add", "-A"]);
        place.git(&["commit", "-q", "-m", "text"]);
    };
    write("a: 1\n\n\n\nb: 2\n");
    place.git(&["checkout", "-q", "-b", "theirs"]);
    write("a: 1\n\n\n\nb: 3\n");
    place.git(&["checkout", "-q", "main"]);
    write("a: 0\n\n\n\nb: 2\n");
    place.git(&["merge", "-q", "-m", "merge", "theirs"]);
    assert_eq!(place.sandbox.read("a.enc.yaml"), b"a: 0\n\n\n\nb: 3\n");
    write("a: 5\n\n\n\nb: 3\n");
    place.git(&["checkout", "-q", "theirs"]);
    write("a: 6\n\n\n\nb: 3\n");
    let merge = place.try_git(&["merge", "-q", "-m", "merge", "main"]);
    assert_eq!(merge.code, Some(1));
    let text = String::from_utf8(place.sandbox.read("a.enc.yaml")).unwrap();
    assert!(text.contains("<<<<<<< ours"), "{text}");
}
