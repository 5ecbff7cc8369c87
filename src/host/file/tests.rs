//! What a user would lose if a file were written, looked at, or made otherwise.

use super::temporary::{Temporary, is_temporary};
use super::write::{check_unchanged, no_new_file, parent, put};
use super::*;
use crate::host::Environment;
use rustix::fs::{CWD, FileType, Mode, XattrFlags};
use std::ffi::CString;
use std::fs;
use std::io::{self, Read as _};
use std::os::fd::AsRawFd as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown, symlink};
use std::path::Path;

/// A user who is nobody here.
const STRANGER: u32 = 65_534;

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().mode() & 0o7777
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// Whether files can be given away here; says so where they cannot.
fn is_root(what: &str) -> bool {
    let root = rustix::process::geteuid().is_root();
    if !root {
        eprintln!("skipped: {what}: only root can give files away");
    }
    root
}

#[test]
fn a_replaced_file_keeps_its_owner_and_special_bits() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a");
    fs::write(&path, "old").unwrap();
    set_mode(&path, 0o2640);
    if is_root("the owner of a replaced file") {
        chown(&path, Some(STRANGER), Some(STRANGER)).unwrap();
        set_mode(&path, 0o2640);
    }
    let before = fs::metadata(&path).unwrap();
    write(&path, b"new", None, Place::Replace).unwrap();
    let after = fs::metadata(&path).unwrap();
    assert_ne!(before.ino(), after.ino());
    assert_eq!(
        (before.uid(), before.gid(), before.mode()),
        (after.uid(), after.gid(), after.mode())
    );
}

#[test]
fn a_replaced_file_keeps_its_extended_attributes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a");
    fs::write(&path, "old").unwrap();
    let names = [c"user.lazysops.one", c"user.lazysops.two"];
    for name in names {
        let value = name.to_bytes();
        if rustix::fs::setxattr(&path, name, value, XattrFlags::empty()).is_err() {
            eprintln!("skipped: extended attributes: the file system of {folder:?} has none");
            return;
        }
    }
    write(&path, b"new", None, Place::Replace).unwrap();
    for name in names {
        let mut value = [0; 64];
        let length = rustix::fs::getxattr(&path, name, &mut value).unwrap();
        assert_eq!(&value[..length], name.to_bytes());
    }
}

#[test]
fn a_new_file_gets_what_the_mask_of_the_process_allows() {
    let folder = tempfile::tempdir().unwrap();
    let plain = folder.path().join("plain");
    fs::write(&plain, "").unwrap();
    for place in [Place::Replace, Place::ReplaceOrOverwrite, Place::Overwrite] {
        let path = folder.path().join(format!("{place:?}"));
        let written = write(&path, b"new", None, place).unwrap();
        assert_eq!(written, Written::Replaced(read(&path).unwrap().1));
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(mode(&path), mode(&plain));
    }
}

#[test]
fn a_file_overwritten_where_it_stands_stays_the_same_file_and_ends_where_it_should() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a");
    fs::write(&path, "old content").unwrap();
    let (_, identity) = read(&path).unwrap();
    let before = fs::metadata(&path).unwrap().ino();
    let written = write(&path, b"new", Some(&identity), Place::Overwrite).unwrap();
    assert_eq!(written, Written::Overwritten(None));
    assert_eq!(fs::metadata(&path).unwrap().ino(), before);
    assert_eq!(fs::read(&path).unwrap(), b"new");
}

#[test]
fn what_stands_below_a_file_cannot_be_looked_at() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a");
    fs::write(&path, "old").unwrap();
    let error = write(&path.join("b"), b"new", None, Place::Replace).unwrap_err();
    assert!(
        error.to_string().starts_with("cannot look at the file: "),
        "{error}"
    );
}

#[test]
fn pipes_descriptors_and_links_to_nowhere_are_written_to_and_stay() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    rustix::fs::mknodat(CWD, &pipe, FileType::Fifo, Mode::from_raw_mode(0o600), 0).unwrap();
    let mut end = fs::OpenOptions::new().read(true).write(true).open(&pipe).unwrap();
    assert_eq!(
        write(&pipe, b"new", None, Place::Replace).unwrap(),
        Written::Plainly
    );
    let mut got = [0; 3];
    end.read_exact(&mut got).unwrap();
    assert_eq!(&got, b"new");

    let path = folder.path().join("a");
    fs::write(&path, "old content").unwrap();
    let file = fs::File::open(&path).unwrap();
    let before = fs::metadata(&path).unwrap().ino();
    let descriptor = format!("/proc/self/fd/{}", file.as_raw_fd());
    assert_eq!(
        write(descriptor.as_ref(), b"new", None, Place::Replace).unwrap(),
        Written::Plainly
    );
    assert_eq!(fs::read(&path).unwrap(), b"new");
    assert_eq!(fs::metadata(&path).unwrap().ino(), before);

    let link = folder.path().join("link");
    symlink("nowhere", &link).unwrap();
    assert_eq!(
        write(&link, b"new", None, Place::Replace).unwrap(),
        Written::Plainly
    );
    assert_eq!(fs::read(folder.path().join("nowhere")).unwrap(), b"new");
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
}

#[test]
fn the_folder_of_a_file_is_where_its_temporary_file_goes() {
    for (path, folder) in [("a", "."), ("b/a", "b"), ("/b/a", "/b"), ("/a", "/"), ("/", "/")] {
        assert_eq!(parent(Path::new(path)), Path::new(folder), "{path}");
    }
}

#[test]
fn a_folder_that_takes_no_new_files_and_a_mount_are_named_as_what_they_are() {
    for kind in [io::ErrorKind::PermissionDenied, io::ErrorKind::ReadOnlyFilesystem] {
        let error = no_new_file(kind.into());
        assert!(matches!(error, WriteError::Obstacle(Obstacle::Folder)));
    }
    let error = no_new_file(io::ErrorKind::StorageFull.into());
    assert!(
        error.to_string().starts_with("cannot make a temporary file: "),
        "{error}"
    );

    let (memory, folder) = (Path::new("/dev/shm"), tempfile::tempdir().unwrap());
    let device = |path: &Path| fs::metadata(path).map(|metadata| metadata.dev()).ok();
    if device(memory).is_none() || device(memory) == device(folder.path()) {
        eprintln!("skipped: a rename to another file system: /dev/shm is none of its own");
        return;
    }
    let target = folder.path().join("a");
    let error = put(Temporary::create(memory, 0o600).unwrap(), &target).unwrap_err();
    assert!(matches!(error, WriteError::Obstacle(Obstacle::Mount)));
    let missing = folder.path().join("missing/a");
    let error = put(Temporary::create(folder.path(), 0o600).unwrap(), &missing).unwrap_err();
    assert!(matches!(error, WriteError::System { .. }));
    assert_eq!(list(folder.path()).unwrap(), []);
}

#[test]
fn what_cannot_be_read_again_was_not_changed_by_somebody_else() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a");
    fs::write(&path, "old").unwrap();
    let (_, identity) = read(&path).unwrap();
    assert!(check_unchanged(&path, Some(&identity)).is_ok());
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    let error = check_unchanged(&path, Some(&identity)).unwrap_err();
    assert!(matches!(error, WriteError::System { .. }));
}

#[test]
fn only_names_that_saves_make_are_swept() {
    for (name, is) in [
        (".lazysops-00112233aabbccdd.tmp", true),
        (".lazysops-00112233aabbccd.tmp", false),
        (".lazysops-00112233aabbccdg.tmp", false),
        (".lazysops-.tmp", false),
        ("lazysops-00112233aabbccdd.tmp", false),
        (".lazysops-00112233aabbccdd.yaml", false),
    ] {
        assert_eq!(is_temporary(name), is, "{name}");
    }
    let folder = tempfile::tempdir().unwrap();
    drop(Temporary::create(folder.path(), 0o600).unwrap());
    assert_eq!(list(folder.path()).unwrap(), []);
}

#[test]
fn what_killed_saves_left_is_swept_by_a_save_of_many_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a");
    fs::write(&path, "old").unwrap();
    fs::write(folder.path().join(".lazysops-00112233aabbccdd.tmp"), "half").unwrap();
    let (_, expected) = read(&path).unwrap();
    let batched = Batched {
        path: &path,
        content: b"new",
        expected: &expected,
    };
    assert!(matches!(replace_all(&[batched]).as_slice(), [Ok(())]));
    assert_eq!(list(folder.path()).unwrap(), [(path, false)]);
}

#[test]
fn files_of_two_file_systems_are_replaced_together() {
    let Ok(memory) = tempfile::tempdir_in("/dev/shm") else {
        eprintln!("skipped: two file systems: there is no /dev/shm");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let paths = [memory.path().join("a"), folder.path().join("b")];
    let identities = paths.each_ref().map(|path| {
        fs::write(path, "old").unwrap();
        read(path).unwrap().1
    });
    let files = [0, 1].map(|number| Batched {
        path: &paths[number],
        content: b"new",
        expected: &identities[number],
    });
    assert!(replace_all(&files).iter().all(Result::is_ok));
    assert!(paths.iter().all(|path| fs::read(path).unwrap() == b"new"));
}

#[test]
fn of_many_files_those_that_are_none_are_refused_alone() {
    let folder = tempfile::tempdir().unwrap();
    let (one, other) = (folder.path().join("a"), folder.path().join("b"));
    fs::write(&one, "old").unwrap();
    fs::create_dir(&other).unwrap();
    let (_, expected) = read(&one).unwrap();
    let results = replace_all(
        &[&other, &folder.path().join("missing"), &one].map(|path| Batched {
            path,
            content: b"new",
            expected: &expected,
        }),
    );
    let said: Vec<_> = results
        .iter()
        .map(|result| result.as_ref().err().map(ToString::to_string))
        .collect();
    assert_eq!(
        said[0].as_deref(),
        Some("cannot replace it: it is no regular file")
    );
    assert!(
        said[1]
            .as_ref()
            .is_some_and(|said| said.starts_with("cannot look at the file"))
    );
    assert_eq!(said[2], None);
    assert_eq!(fs::read(&one).unwrap(), b"new");
}

#[test]
fn a_folder_that_is_saved_to_is_locked() {
    let path = tempfile::tempdir().unwrap();
    let locks = || {
        let other = fs::File::open(path.path()).unwrap();
        rustix::fs::flock(&other, rustix::fs::FlockOperation::NonBlockingLockExclusive).is_ok()
    };
    let folder = Folder::lock(path.path()).unwrap();
    assert!(!locks());
    drop(folder);
    assert!(locks());
}

#[test]
fn private_files_and_folders_are_for_this_user_alone() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("f");
    private_folder(&folder).unwrap();
    assert_eq!(mode(&folder), 0o700);
    assert!(is_private(&folder) && private_folder(&folder).is_err());

    let file = folder.join("g/file");
    private_file(&file).unwrap();
    fs::write(&file, "kept").unwrap();
    set_mode(&file, 0o644);
    private_file(&file).unwrap();
    assert_eq!((mode(&file), mode(file.parent().unwrap())), (0o600, 0o700));
    assert_eq!(fs::read(&file).unwrap(), b"kept");
    assert!(!is_private(&file) && !is_private(&root.path().join("missing")));

    for open in [0o701, 0o710, 0o770, 0o777] {
        set_mode(&folder, open);
        assert!(!is_private(&folder), "{open:o}");
    }
    set_mode(&folder, 0o700);
    if is_root("a private folder of somebody else") {
        chown(&folder, Some(STRANGER), None).unwrap();
        assert!(!is_private(&folder));
    }
}

#[test]
fn short_lived_files_go_where_nobody_else_looks_if_there_is_such_a_place() {
    let root = tempfile::tempdir().unwrap();
    let (private, open) = (root.path().join("p"), root.path().join("o"));
    make_folders(&private.join("x/y")).unwrap();
    make_folders(&open).unwrap();
    assert!(is_folder(&private.join("x/y")));
    set_mode(&private, 0o700);
    set_mode(&open, 0o755);
    let at = |runtime: &Path, temporary: &str| {
        let variables = [
            ("XDG_RUNTIME_DIR", runtime.as_os_str()),
            ("TMPDIR", temporary.as_ref()),
        ];
        runtime_folder(&Environment::new(variables, "/"))
    };
    assert_eq!(at(&private, "/var/tmp"), private);
    assert_eq!(at(&open, "/var/tmp"), Path::new("/var/tmp"));
    assert_eq!(at(&open, ""), Path::new("/tmp"));
}

#[test]
fn the_entries_of_a_folder_are_listed_by_name() {
    let root = tempfile::tempdir().unwrap();
    for name in ["b", "c"] {
        fs::write(root.path().join(name), "").unwrap();
    }
    fs::create_dir(root.path().join("a")).unwrap();
    let wanted = [("a", true), ("b", false), ("c", false)].map(|(name, is)| (root.path().join(name), is));
    assert_eq!(list(root.path()).unwrap(), wanted);
}

#[test]
fn what_stands_at_a_path_is_told_apart() {
    let root = tempfile::tempdir().unwrap();
    let at = |name: &str| root.path().join(name);
    fs::write(at("file"), "abc").unwrap();
    fs::create_dir(at("folder")).unwrap();
    symlink("file", at("link")).unwrap();
    symlink("nowhere", at("dangling")).unwrap();
    for (name, folder, there, taken, length) in [
        ("file", false, true, true, Some(3)),
        ("folder", true, true, true, None),
        ("link", false, true, true, Some(3)),
        ("dangling", false, false, true, None),
        ("missing", false, false, false, None),
    ] {
        let path = at(name);
        assert_eq!(
            (is_folder(&path), exists(&path), occupied(&path), size(&path)),
            (folder, there, taken, length),
            "{name}"
        );
    }
    assert_eq!(canonical(&at("link")), canonical(&at("file")));
    assert!(canonical(&at("file")).is_some_and(|path| path.ends_with("file")));
    assert_eq!(canonical(&at("missing")), None);
    assert!(same(&at("link"), &at("file")) && !same(&at("folder"), &at("file")));
    assert!(!same(&at("missing"), &at("dangling")) && !same(&at("missing"), &at("file")));
    for (mode, runs) in [(0o644, false), (0o744, true), (0o655, false)] {
        set_mode(&at("file"), mode);
        assert_eq!(executable(&at("file")), Some(runs), "{mode:o}");
    }
    assert_eq!((executable(&at("link")), executable(&at("folder"))), (None, None));
    let (_, identity) = read(&at("file")).unwrap();
    let shown = format!("{identity:?}");
    assert!(
        shown.starts_with("Identity(") && shown.ends_with(", 3 bytes)"),
        "{shown}"
    );
}

#[test]
fn who_can_change_or_replace_a_file_is_known() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("f");
    fs::create_dir(&folder).unwrap();
    let path = folder.join("a");
    fs::write(&path, "").unwrap();
    for (folder_mode, file_mode, wanted) in [
        (0o755, 0o644, Ownership::Trusted),
        (0o755, 0o646, Ownership::Anybody),
        (0o755, 0o642, Ownership::Anybody),
        (0o777, 0o644, Ownership::Anybody),
        (0o1777, 0o644, Ownership::Trusted),
        (0o1775, 0o644, Ownership::Trusted),
    ] {
        set_mode(&folder, folder_mode);
        set_mode(&path, file_mode);
        assert_eq!(
            ownership(&path, None).unwrap(),
            wanted,
            "{folder_mode:o} {file_mode:o}"
        );
    }
    assert!(ownership(&folder.join("missing"), None).is_err());
    if is_root("a file of somebody else") {
        let beside = folder.join("b");
        fs::write(&beside, "").unwrap();
        chown(&path, Some(STRANGER), None).unwrap();
        assert_eq!(ownership(&path, None).unwrap(), Ownership::Stranger);
        assert_eq!(ownership(&path, Some(&beside)).unwrap(), Ownership::Stranger);
        chown(&beside, Some(STRANGER), None).unwrap();
        assert_eq!(ownership(&path, Some(&beside)).unwrap(), Ownership::Trusted);
    }
}

#[test]
fn new_files_have_the_permissions_of_what_they_are_for() {
    let root = tempfile::tempdir().unwrap();
    let secret = root.path().join("f/secret");
    create_private(&secret, b"one").unwrap();
    assert_eq!((mode(&secret), mode(&root.path().join("f"))), (0o600, 0o700));
    assert!(create_private(&secret, b"two").is_err());
    assert_eq!(fs::read(&secret).unwrap(), b"one");

    let program = root.path().join("program");
    create_program(&program, b"#!/bin/sh\n").unwrap();
    assert_eq!(fs::read(&program).unwrap(), b"#!/bin/sh\n");
    assert_eq!(executable(&program), Some(true));

    let noted = root.path().join("g/noted");
    for text in ["one", "two"] {
        note(&noted, text.as_bytes()).unwrap();
        assert_eq!(fs::read(&noted).unwrap(), text.as_bytes());
        assert_eq!((mode(&noted), mode(&root.path().join("g"))), (0o600, 0o700));
    }
    remove(&noted).unwrap();
    assert!(!exists(&noted) && remove(&noted).is_err());
}

#[test]
fn an_attribute_with_a_long_value_is_kept_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a");
    fs::write(&path, "old").unwrap();
    let name = CString::new("user.lazysops").unwrap();
    let value = [b'x'; 1000];
    if rustix::fs::setxattr(&path, &name, &value, XattrFlags::empty()).is_err() {
        eprintln!("skipped: extended attributes: the file system of {folder:?} has none");
        return;
    }
    write(&path, b"new", None, Place::Replace).unwrap();
    let mut kept = [0; 2000];
    assert_eq!(
        rustix::fs::getxattr(&path, &name, &mut kept).unwrap(),
        value.len()
    );
    assert_eq!(kept[..value.len()], value);
}
