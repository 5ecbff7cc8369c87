//! Dangers to a file: P1 to P4.

use super::{FORMATS, PROGRAM, decrypted, edited, leave, ok, on_terminal, refused, save, sealed, warned};
use crate::support::sandbox::Sandbox;
use crate::support::script::executable;
use crate::support::secret::files_with;
use crate::support::skipped;
use crate::support::terminal::{Size, Terminal};
use std::path::Path;

/// The place with an editor that is a script for `sh`; `$1` is the file.
fn with_editor(place: Sandbox, script: &str) -> Sandbox {
    let path = place.path("../editor");
    executable(&path, &format!("#!/bin/sh\n{script}\n"));
    place.variable("EDITOR", path.to_str().unwrap())
}

/// Where a process may have mounts of its own, the memory that everybody shares can be hidden.
fn without_memory(script: &str) -> [String; 7] {
    let script = format!("mount -t proc none /dev/shm || exit 99; {script}");
    ["-r", "-m", "-p", "-f", "sh", "-c", &script].map(str::to_owned)
}

#[test]
fn without_memory_to_put_a_text_in_the_editor_refuses_and_edit_warns_or_refuses() {
    let test = "faces::files: no memory to put a text in";
    for format in FORMATS {
        let name = format.0;
        let place = with_editor(sealed(format), "stat -c %a \"$(dirname \"$1\")\"");
        let run = |flag: &str| {
            let script = without_memory(&format!("'{PROGRAM}' edit {flag} {name}"));
            place.run(Path::new("unshare"), &script, b"")
        };
        if !crate::support::installed("unshare") || run("").code == Some(99) {
            skipped(test, "there is no unshare that may mount");
            return;
        }
        let drop_in = run("");
        assert_eq!(drop_in.code, Some(200), "{}", drop_in.stderr);
        assert_eq!(drop_in.stdout, b"700\n");
        let warning = "warning: the text is edited in a temporary folder";
        assert!(drop_in.stderr.starts_with(warning), "{}", drop_in.stderr);
        let strict = run("--strict");
        assert_eq!((strict.code, strict.stdout.as_slice()), (Some(201), &b""[..]));

        let script = without_memory(&format!("exec '{PROGRAM}' {name}"));
        let folder = place.path("");
        let unshare = Path::new("unshare");
        let mut terminal = Terminal::start(unshare, script, place.environment(), &folder, Size(120, 40));
        terminal.wait_for("••••");
        terminal.send(&format!("/{}\rE", format.2));
        terminal.wait_for("no private folder in memory");
        terminal.wait_for("Nothing was changed.");
        terminal.send("\r");
        leave(&mut terminal);
        assert_eq!(
            files_with(place.root(), "hunter2"),
            Vec::<String>::new(),
            "{name}"
        );
    }
}

#[test]
fn a_file_with_another_name_is_written_in_place_after_a_yes_or_a_warning_and_else_not_at_all() {
    for format in FORMATS {
        let name = format.0;
        let place = sealed(format);
        std::fs::hard_link(place.path(name), place.path("other")).unwrap();
        let before = place.read(name);

        let mut terminal = edited(&place, format);
        save(&mut terminal);
        terminal.wait_for("The file cannot be replaced");
        terminal.wait_for("hard links");
        // The safe answer is highlighted.
        terminal.send("\r");
        terminal.wait_without("cannot be replaced");
        assert_eq!(place.read(name), before, "{name}: not before a yes");
        save(&mut terminal);
        terminal.wait_for("The file cannot be replaced");
        terminal.send("y");
        terminal.wait_for("saved ");
        leave(&mut terminal);
        assert_eq!(place.read(name), place.read("other"), "{name}: one file still");
        assert!(decrypted(&place, name).contains("correct horse"), "{name}");

        let why = "it has other names (hard links)";
        refused(&place, name, &["rekey", "--rotate", "--yes", name], why);
        refused(&place, name, &["rotate", "-i", "--strict", name], why);
        let before = place.read(name);
        warned(&place, &["rotate", "-i", name], why);
        assert_ne!(place.read(name), before);
        assert_eq!(place.read(name), place.read("other"), "{name}: one file still");
    }
}

#[test]
fn a_file_that_is_a_mount_is_written_in_place_after_a_yes_or_a_warning_and_else_not_at_all() {
    for format in FORMATS {
        if !is_written_in_place_where_it_is_a_mount(format) {
            return;
        }
    }
}

/// Tries it with a file of one format; `false` where nobody may mount.
fn is_written_in_place_where_it_is_a_mount(format: (&str, &str, &str)) -> bool {
    let name = format.0;
    let place = sealed(format);
    let mounted = |rest: &str| {
        let script = format!("mount --bind {name} {name} || exit 99; {rest}");
        ["-r", "-m", "sh", "-c", &script].map(str::to_owned)
    };
    let run = |rest: &str| {
        let rest = format!("'{PROGRAM}' {rest}");
        place.run(Path::new("unshare"), mounted(&rest), b"")
    };
    if !crate::support::installed("unshare") || run("--version").code != Some(0) {
        skipped(
            "faces::files: a file that is a mount",
            "there is no unshare that may mount",
        );
        return false;
    }
    let (before, why) = (place.read(name), "it is a mount of its own");
    for refused in ["rekey --rotate --yes", "rotate -i --strict"] {
        let outcome = run(&format!("{refused} {name}"));
        assert_ne!(outcome.code, Some(0), "{refused}");
        assert!(outcome.stderr.contains(why), "{}", outcome.stderr);
        assert_eq!(place.read(name), before);
    }
    let script = mounted(&format!("exec '{PROGRAM}' {name}"));
    let folder = place.path("");
    let unshare = Path::new("unshare");
    let mut terminal = Terminal::start(unshare, script, place.environment(), &folder, Size(120, 40));
    terminal.wait_for("••••");
    terminal.send(&format!("/{}\re\x15correct horse\r", format.2));
    terminal.wait_for("1 change");
    save(&mut terminal);
    terminal.wait_for(why);
    assert_eq!(place.read(name), before, "not before a yes");
    terminal.send("y");
    terminal.wait_for("saved ");
    leave(&mut terminal);
    assert!(decrypted(&place, name).contains("correct horse"));
    let warned = run(&format!("rotate -i {name}"));
    assert_eq!(warned.code, Some(0), "{}", warned.stderr);
    assert!(warned.stderr.starts_with("warning: ") && warned.stderr.contains(why));
    true
}

#[test]
fn what_somebody_else_wrote_meanwhile_is_never_overwritten() {
    for format in FORMATS {
        let name = format.0;
        // Somebody else saves the file at the moment when the user is asked, or has the text in an editor.
        let others = |place: &Sandbox| {
            ok(&place.lazysops(["rotate", "-i", name]));
            place.read(name)
        };
        let place = sealed(format);
        let mut terminal = edited(&place, format);
        let theirs = others(&place);
        save(&mut terminal);
        terminal.wait_for("changed on disk");
        terminal.send("\r");
        terminal.wait_without("changed on disk");
        assert_eq!(place.read(name), theirs, "{name}: the editor");
        save(&mut terminal);
        terminal.wait_for("changed on disk");
        terminal.send("y");
        terminal.wait_for("1 edit kept");
        save(&mut terminal);
        terminal.wait_for("saved ");
        leave(&mut terminal);
        assert!(decrypted(&place, name).contains("correct horse"), "{name}");

        let mut terminal = on_terminal(&place, &["rekey", "--rotate", name]);
        terminal.wait_for("Is this okay?");
        let theirs = others(&place);
        terminal.send("y\n");
        terminal.wait_for("changed by somebody else");
        assert_eq!(terminal.wait_for_exit(), 2);
        assert_eq!(place.read(name), theirs, "{name}: own commands");

        let script = format!(
            "'{PROGRAM}' rotate -i {name} && cp {name} theirs; sed -i 's/hunter2\\|correct horse/mine/' \"$1\""
        );
        let place = with_editor(place, &script);
        for flags in [&["edit", name][..], &["edit", "--strict", name]] {
            let outcome = place.lazysops(flags);
            assert_ne!(outcome.code, Some(0), "{flags:?}");
            assert!(
                outcome.stderr.contains("changed by somebody else"),
                "{flags:?}: {}",
                outcome.stderr
            );
            assert_eq!(place.read(name), place.read("theirs"), "{flags:?}");
        }
    }
}

/// Takes the time out of the seal, and where a value is readable changes that, so that the MAC does not hold.
fn tampered(text: &str) -> Vec<String> {
    let year =
        text.find("lastmodified").unwrap() + text[text.find("lastmodified").unwrap()..].find("20").unwrap();
    let mut all = vec![format!("{}19{}", &text[..year], &text[year + 2..])];
    if text.contains("open") {
        all.push(text.replacen("open", "evil", 1));
    }
    all
}

#[test]
fn a_file_whose_mac_does_not_hold_opens_read_only_and_is_refused_elsewhere() {
    for format in FORMATS {
        let name = format.0;
        let place = sealed(format);
        let text = String::from_utf8(place.read(name)).unwrap();
        for hostile in tampered(&text) {
            assert_ne!(hostile, text);
            place.write(name, &hostile);
            refused(&place, name, &["decrypt", name], "MAC");
            assert_eq!(place.lazysops(["decrypt", name]).stdout, b"", "{name}");
            for arguments in [
                &["decrypt", "--strict", name][..],
                &["rotate", "-i", name],
                &["rotate", "-i", "--strict", name],
                &["rekey", "--rotate", "--yes", name],
            ] {
                refused(&place, name, arguments, "MAC");
            }
            ok(&place.lazysops(["decrypt", "--ignore-mac", name]));

            let mut terminal = on_terminal(&place, &[name]);
            terminal.wait_for(" Read-only ");
            terminal.wait_for("MAC");
            terminal.send("\r");
            terminal.wait_without(" Read-only ");
            terminal.wait_for("read-only");
            terminal.send(&format!("/{}\rd", format.2));
            terminal.wait_for("cannot be trusted");
            leave(&mut terminal);
            assert_eq!(place.read(name), hostile.as_bytes(), "{name}");
        }
    }
}
