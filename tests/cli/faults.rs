//! Saving where it cannot work: the file stays as it was, nothing is left beside it, and the message says why.

use super::{PLAIN, sealed};
use crate::support::sandbox::Sandbox;
use crate::support::skipped;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

const SET: [&str; 4] = ["set", "a.yaml", "[\"user\"]", "\"somebody else\""];

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0)
}

/// Runs `set` as a user without privileges, who may read the key and own `work`.
fn as_nobody(test: &str, place: &Sandbox, arguments: &[&str]) -> Option<std::process::Output> {
    let mut command = if is_root() {
        let mut command = Command::new("setpriv");
        command
            .args(["--reuid=65534", "--regid=65534", "--clear-groups"])
            .arg(env!("CARGO_BIN_EXE_lazysops"));
        command
    } else {
        Command::new(env!("CARGO_BIN_EXE_lazysops"))
    };
    let output = command
        .args(arguments)
        .env_clear()
        .envs(place.environment())
        .current_dir(place.path(""))
        .output();
    match output {
        Ok(output) => Some(output),
        Err(error) => {
            skipped(test, &format!("cannot become another user: {error}"));
            None
        }
    }
}

/// A place another user can reach, key and program included; `None` where the program lies in a closed folder.
fn reachable(test: &str) -> Option<Sandbox> {
    let place = sealed();
    let key = std::fs::read_to_string(crate::support::data("keys/age1.txt")).unwrap();
    let secret = key.lines().find(|line| line.starts_with("AGE-SECRET")).unwrap();
    let place = place
        .variable("SOPS_AGE_KEY", secret)
        .variable("SOPS_AGE_KEY_FILE", "");
    let root = place.path("").parent().unwrap().to_owned();
    for folder in [root.clone(), root.join("work"), root.join("home")] {
        std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    let version = as_nobody(test, &place, &["--version"])?;
    if !version.status.success() {
        skipped(test, "another user cannot run the program from here");
        return None;
    }
    Some(place)
}

fn own(path: &Path) {
    if is_root() {
        std::os::unix::fs::chown(path, Some(65534), Some(65534)).unwrap();
    }
}

#[test]
fn in_a_folder_that_takes_no_files_the_file_is_written_in_place_with_a_warning() {
    let test = "in_a_folder_that_takes_no_files_the_file_is_written_in_place_with_a_warning";
    let Some(place) = reachable(test) else { return };
    own(&place.path("a.yaml"));
    std::fs::set_permissions(place.path(""), std::fs::Permissions::from_mode(0o555)).unwrap();
    let inode = std::fs::metadata(place.path("a.yaml")).unwrap().ino();
    let before = place.read("a.yaml");
    let strict: Vec<&str> = SET.iter().copied().chain(["--strict"]).collect();
    let refused = as_nobody(test, &place, &strict).unwrap();
    assert_eq!(refused.status.code(), Some(1));
    assert_eq!(place.read("a.yaml"), before);
    let output = as_nobody(test, &place, &SET).unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0), "{stderr}");
    assert!(
        stderr.starts_with("warning: ") && stderr.contains("its folder takes no new files"),
        "{stderr}"
    );
    assert_ne!(place.read("a.yaml"), before);
    assert_eq!(std::fs::metadata(place.path("a.yaml")).unwrap().ino(), inode);
    assert_eq!(names(&place.path("")), ["a.yaml"]);
    std::fs::set_permissions(place.path(""), std::fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn a_file_that_may_not_be_written_stays_as_it_was() {
    let test = "a_file_that_may_not_be_written_stays_as_it_was";
    let Some(place) = reachable(test) else { return };
    if !is_root() {
        std::fs::set_permissions(place.path("a.yaml"), std::fs::Permissions::from_mode(0o444)).unwrap();
    }
    std::fs::set_permissions(place.path(""), std::fs::Permissions::from_mode(0o555)).unwrap();
    let before = place.read("a.yaml");
    let output = as_nobody(test, &place, &SET).unwrap();
    assert_eq!(
        output.status.code(),
        Some(3),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert_eq!(place.read("a.yaml"), before);
    assert_eq!(names(&place.path("")), ["a.yaml"]);
    std::fs::set_permissions(place.path(""), std::fs::Permissions::from_mode(0o755)).unwrap();
}

/// A file system of 64 KiB, unmounted in the end.
struct Small(PathBuf);

impl Small {
    fn mount(path: PathBuf) -> Option<Self> {
        std::fs::create_dir(&path).unwrap();
        let status = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=64k", "lazysops-test"])
            .arg(&path)
            .stderr(std::process::Stdio::null())
            .status();
        status.is_ok_and(|status| status.success()).then_some(Self(path))
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).status();
    }
}

#[test]
fn a_full_disk_loses_nothing() {
    let place = sealed();
    let Some(small) = Small::mount(place.path("small")) else {
        skipped(
            "a_full_disk_loses_nothing",
            "a small file system cannot be mounted here",
        );
        return;
    };
    let before = place.read("a.yaml");
    place.write("small/a.yaml", &before);
    let filler = small.0.join("filler");
    let mut size = 64 << 10;
    while size > 0 && std::fs::write(&filler, vec![0; size]).is_err() {
        size -= 1024;
    }
    for arguments in [
        &["set", "small/a.yaml", "[\"user\"]", "\"x\""][..],
        &["decrypt", "-i", "small/a.yaml"],
        &["unset", "small/a.yaml", "[\"user\"]"],
    ] {
        let outcome = place.lazysops(arguments);
        assert_eq!(outcome.code, Some(3), "{arguments:?}: {}", outcome.stderr);
        assert!(outcome.stderr.contains("No space left"), "{}", outcome.stderr);
        assert_eq!(place.read("small/a.yaml"), before, "{arguments:?}");
        assert_eq!(names(&small.0), ["a.yaml", "filler"]);
    }
}

#[test]
fn a_hard_linked_file_is_written_under_all_its_names() {
    let place = sealed();
    std::fs::hard_link(place.path("a.yaml"), place.path("b.yaml")).unwrap();
    let outcome = place.lazysops(SET);
    assert_eq!(outcome.code, Some(0));
    assert!(outcome.stderr.contains("hard links"), "{}", outcome.stderr);
    assert_eq!(place.read("a.yaml"), place.read("b.yaml"));
    assert_eq!(std::fs::metadata(place.path("a.yaml")).unwrap().nlink(), 2);
}

#[test]
fn mode_and_symbolic_link_outlive_an_edit() {
    let place = sealed();
    std::fs::set_permissions(place.path("a.yaml"), std::fs::Permissions::from_mode(0o600)).unwrap();
    symlink("a.yaml", place.path("link.yaml")).unwrap();
    let outcome = place.lazysops(["set", "link.yaml", "[\"user\"]", "\"x\""]);
    super::ok(&outcome);
    assert!(
        std::fs::symlink_metadata(place.path("link.yaml"))
            .unwrap()
            .is_symlink()
    );
    assert_eq!(
        std::fs::metadata(place.path("a.yaml")).unwrap().mode() & 0o7777,
        0o600
    );
    let outcome = place.lazysops(["decrypt", "-i", "a.yaml"]);
    super::ok(&outcome);
    assert_eq!(place.read("a.yaml"), PLAIN.replace("admin", "x").as_bytes());
}

/// Sets an extended attribute; whether the file system has them.
fn mark(path: &Path, name: &str, value: &[u8]) -> bool {
    rustix::fs::setxattr(path, name, value, rustix::fs::XattrFlags::empty()).is_ok()
}

fn marked(path: &Path, name: &str) -> Vec<u8> {
    let mut value = vec![0; 256];
    let size = rustix::fs::getxattr(path, name, &mut value[..]).unwrap_or_default();
    value.truncate(size);
    value
}

#[test]
fn owner_group_attributes_and_access_list_outlive_a_save() {
    // user::rw-, user:65534:r--, group::r--, mask::r--, other::---
    let entries: [(u16, u16, u32); 5] = [
        (0x01, 6, u32::MAX),
        (0x02, 4, 65534),
        (0x04, 4, u32::MAX),
        (0x10, 4, u32::MAX),
        (0x20, 0, u32::MAX),
    ];
    let mut list = 2_u32.to_le_bytes().to_vec();
    for (tag, mode, who) in entries {
        list.extend(tag.to_le_bytes());
        list.extend(mode.to_le_bytes());
        list.extend(who.to_le_bytes());
    }
    let ways: [&[&str]; 4] = [
        &SET,
        &["rotate", "-i", "a.yaml"],
        &["rekey", "--rotate", "--yes", "a.yaml"],
        &["edit", "a.yaml"],
    ];
    for arguments in ways {
        let place = sealed().variable("EDITOR", "sed -i s/admin/root/");
        let rules = format!("creation_rules:\n  - age: {}\n", crate::support::AGE1);
        place.write(".sops.yaml", rules);
        let path = place.path("a.yaml");
        if is_root() {
            std::os::unix::fs::chown(&path, Some(65534), Some(65533)).unwrap();
        }
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        let has_note = mark(&path, "user.note", b"mine");
        let has_list = mark(&path, "system.posix_acl_access", &list);
        if !has_note || !has_list {
            skipped("attributes of a saved file", "the file system has none of a kind");
        }
        let (was, before) = (std::fs::metadata(&path).unwrap(), place.read("a.yaml"));
        let outcome = place.lazysops(arguments);
        assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
        let is = std::fs::metadata(&path).unwrap();
        assert_ne!(place.read("a.yaml"), before, "{arguments:?}");
        assert_ne!(is.ino(), was.ino(), "{arguments:?}: another file took its place");
        let of = |it: &std::fs::Metadata| (it.uid(), it.gid(), it.mode());
        assert_eq!(of(&is), of(&was), "{arguments:?}");
        if has_note {
            assert_eq!(marked(&path, "user.note"), b"mine", "{arguments:?}");
        }
        if has_list {
            assert_eq!(marked(&path, "system.posix_acl_access"), list, "{arguments:?}");
        }
    }
}

#[test]
fn what_a_killed_save_left_is_swept_by_the_next() {
    let place = sealed();
    place.write(".lazysops-0123456789abcdef.tmp", "half a file");
    super::ok(&place.lazysops(SET));
    assert_eq!(names(&place.path("")), ["a.yaml"]);
}
