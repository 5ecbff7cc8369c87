//! The `git` program, if there is one.

use super::Environment;
use std::path::Path;
use std::process::{Command, Stdio};

/// Makes a repository of a folder, with one commit of everything in it. Best effort: says whether it worked.
pub fn commit_all(folder: &Path, message: &str, environment: &Environment) -> bool {
    let author = [
        "-c",
        "user.name=demo",
        "-c",
        "user.email=demo@localhost",
        "-c",
        "commit.gpgsign=false",
    ];
    let commit: Vec<&str> = author
        .into_iter()
        .chain(["commit", "-q", "-m", message])
        .collect();
    let init = ["init", "-q", "-b", "main"];
    let add = ["add", "-A"];
    [&init[..], &add, &commit]
        .into_iter()
        .all(|arguments| run(folder, arguments, environment))
}

fn run(folder: &Path, arguments: &[&str], environment: &Environment) -> bool {
    let mut command = Command::new("git");
    command
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .envs(
            environment
                .variables()
                .filter(|(name, _)| is_harmless(name.to_string_lossy().as_ref())),
        )
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// Variables git may see: none with keys, none that point it at another repository.
fn is_harmless(name: &str) -> bool {
    matches!(name, "PATH" | "HOME" | "LANG" | "TMPDIR" | "XDG_CONFIG_HOME") || name.starts_with("LC_")
}
