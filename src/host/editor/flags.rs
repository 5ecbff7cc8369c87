//! What editors are told so that they leave no copies behind: no swap, backup, undo or history files.

use std::ffi::{OsStr, OsString};
use std::path::Path;

/// Vim's settings, after the user's own.
const VIM: &str = "silent! set noswapfile nobackup nowritebackup noundofile viminfo=";
const NEOVIM: &str = "silent! set noswapfile nobackup nowritebackup noundofile shada=";
const EMACS: &str = "(setq auto-save-default nil auto-save-list-file-prefix nil make-backup-files nil \
                     create-lockfiles nil undo-tree-auto-save-history nil)";

/// The flags for an editor; `program` is the file that is started, links followed. They go before the user's own. `folder` is
/// private and goes away: for what cannot be turned off.
pub fn flags(named: &OsStr, program: &Path, folder: &Path) -> Vec<OsString> {
    let name = |path: &Path| {
        path.file_stem()
            .map(|stem| stem.to_string_lossy().to_lowercase())
            .unwrap_or_default()
    };
    let real = name(program);
    let named = name(Path::new(named));
    let text = |flags: &[&str]| flags.iter().map(OsString::from).collect();
    if real.starts_with("nvim") {
        return text(&["-n", "-i", "NONE", "-c", NEOVIM]);
    }
    // `vi` may be anything; what it leads to tells.
    if ["vim", "gvim", "mvim"].iter().any(|vim| real.starts_with(vim)) {
        return text(&["-n", "-i", "NONE", "-c", VIM]);
    }
    if real.starts_with("emacs") && !real.starts_with("emacsclient") {
        return text(&["--eval", EMACS]);
    }
    match named.as_str() {
        // Its settings are the only place where it can be told to keep backups elsewhere.
        "nano" | "rnano" if real.contains("nano") => text(&["--ignorercfiles"]),
        "micro" => text(&[
            "-backup",
            "false",
            "-permbackup",
            "false",
            "-savehistory",
            "false",
            "-saveundo",
            "false",
            "-savecursor",
            "false",
        ]),
        // They keep a history of every file that is saved, unless all they keep goes away.
        "code" | "code-insiders" | "codium" | "vscodium" | "cursor" | "windsurf" => {
            let mut flags = text(&["--wait", "--new-window", "--user-data-dir"]);
            flags.push(folder.join(".editor").into());
            flags
        }
        "subl" | "zed" | "zeditor" => text(&["--wait"]),
        // Kakoune and Helix keep nothing outside the folder of the file.
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::flags;
    use std::ffi::OsStr;
    use std::path::Path;

    fn said(named: &str, program: &str) -> String {
        let flags = flags(OsStr::new(named), Path::new(program), Path::new("/run/x"));
        flags.join(OsStr::new(" ")).into_string().unwrap()
    }

    #[test]
    fn what_an_editor_is_decides_not_what_it_is_called() {
        assert!(said("vi", "/usr/bin/vim.tiny").starts_with("-n -i NONE"));
        assert!(said("/usr/bin/vim", "/usr/bin/nvim").contains("shada="));
        assert_eq!(said("vi", "/bin/busybox"), "");
        assert_eq!(said("hx", "/usr/bin/hx"), "");
        assert_eq!(said("emacsclient", "/usr/bin/emacsclient.emacs"), "");
        assert!(said("emacs", "/usr/bin/emacs-gtk").starts_with("--eval"));
        assert_eq!(said("nano", "/bin/nano"), "--ignorercfiles");
        assert!(said("code", "/opt/code").contains("--wait"));
        assert!(said("code", "/opt/code").ends_with("--user-data-dir /run/x/.editor"));
    }
}
