//! Machines that are hard to come by: another user, a full disk.

use super::installed;
use super::sandbox::Sandbox;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

/// The user and group that own nothing.
const NOBODY: u32 = 65534;

/// A way to run a program as somebody whom permissions bind: root passes through all of them.
pub struct Unprivileged {
    /// A copy of the program that everybody may run.
    program: PathBuf,
    as_root: bool,
}

impl Unprivileged {
    /// Opens the sandbox to everybody and puts the program into it. `None` when root has no `setpriv`.
    pub fn new(place: &Sandbox) -> Option<Self> {
        let as_root = std::fs::metadata(place.root()).is_ok_and(|it| owner(&it) == 0);
        if as_root && !installed("setpriv") {
            return None;
        }
        let program = place.root().join("lazysops");
        // Copied by another process: a file that this one has open for writing while it starts a child is "busy".
        let copied = place.run(
            Path::new("cp"),
            [Path::new(env!("CARGO_BIN_EXE_lazysops")), &program],
            b"",
        );
        assert_eq!(copied.code, Some(0), "{}", copied.stderr);
        for path in [place.root(), &program] {
            std::fs::set_permissions(path, Permissions::from_mode(0o755)).unwrap();
        }
        Some(Self { program, as_root })
    }

    /// Gives a file or folder to the user, with these permissions.
    pub fn give(&self, path: &Path, mode: u32) {
        std::fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
        if self.as_root {
            std::os::unix::fs::chown(path, Some(NOBODY), Some(NOBODY)).unwrap();
        }
    }

    /// The program and the arguments that run lazysops as this user.
    pub fn command(&self, arguments: &[&str]) -> (PathBuf, Vec<String>) {
        let mut all: Vec<String> = Vec::new();
        let mut program = self.program.clone();
        if self.as_root {
            let user = ["--reuid", "65534", "--regid", "65534", "--clear-groups", "--"];
            all.extend(user.map(str::to_owned));
            all.push(program.to_str().unwrap().to_owned());
            program = PathBuf::from("setpriv");
        }
        all.extend(arguments.iter().map(|argument| (*argument).to_owned()));
        (program, all)
    }
}

fn owner(metadata: &std::fs::Metadata) -> u32 {
    std::os::unix::fs::MetadataExt::uid(metadata)
}

/// A script that runs `steps` on a small disk that is full, beside a copy of `file`, and says afterwards what became of it.
///
/// It needs `unshare`; the disk exists for the script only.
pub fn on_a_full_disk(file: &str, steps: &str) -> (PathBuf, Vec<String>) {
    let script = format!(
        "mkdir disk && mount -t tmpfs -o size=128k none disk && cp {file} disk/ || exit 99
        cd disk
        dd if=/dev/zero of=filler bs=1k count=1000 2>/dev/null
        {steps}
        echo \"code $?\"
        cmp -s {file} ../{file} && echo 'file as before'
        echo \"files\" $(ls -A)"
    );
    let arguments = ["-r", "-m", "sh", "-c", &script].map(str::to_owned).to_vec();
    (PathBuf::from("unshare"), arguments)
}

/// Whether [`on_a_full_disk`] can work here.
pub fn can_make_disks(place: &Sandbox) -> bool {
    let probe = ["-r", "-m", "sh", "-c", "mount -t tmpfs -o size=128k none ."];
    installed("unshare") && place.run(Path::new("unshare"), probe, b"").code == Some(0)
}

/// Whether strace is here and allowed to work.
pub fn can_trace(place: &Sandbox) -> bool {
    let probe = ["-o", "/dev/null", "true"];
    installed("strace") && place.run(Path::new("strace"), probe, b"").code == Some(0)
}
