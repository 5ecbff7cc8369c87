//! An X server without a screen, and another program that uses its clipboard.

use super::{installed, skipped};
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A server of its own; it ends with this value.
pub struct X11 {
    server: Child,
    /// What `DISPLAY` is to be.
    pub display: String,
}

impl X11 {
    /// Starts one; `None` where it cannot be had, which is said aloud.
    pub fn start(test: &str) -> Option<Self> {
        if !installed("Xvfb") || !installed("xclip") {
            skipped(test, "Xvfb or xclip is missing; tests/run installs them");
            return None;
        }
        let mut server = Command::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", "64x64x24", "-nolisten", "tcp"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut number = String::new();
        BufReader::new(server.stdout.take().unwrap())
            .read_line(&mut number)
            .unwrap();
        assert!(!number.trim().is_empty(), "Xvfb does not start");
        Some(Self {
            server,
            display: format!(":{}", number.trim()),
        })
    }

    /// Somebody else copies. The tool is in the background before the server has heard of it, so this waits until it can be pasted.
    pub fn copy(&self, text: &str) {
        let mut child = Command::new("xclip")
            .args(["-selection", "clipboard", "-in"])
            .env("DISPLAY", &self.display)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
        assert!(child.wait().unwrap().success());
        self.wait_for(text);
    }

    /// What is on the clipboard in a form; empty where nothing is.
    fn paste_as(&self, form: &[&str]) -> String {
        let output = Command::new("xclip")
            .args(["-selection", "clipboard", "-out"])
            .args(form)
            .env("DISPLAY", &self.display)
            .output()
            .unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// What somebody else would paste.
    pub fn paste(&self) -> String {
        self.paste_as(&[])
    }

    /// The forms in which the text is offered.
    pub fn forms(&self) -> String {
        self.paste_as(&["-target", "TARGETS"])
    }

    /// Waits until somebody else would paste this.
    pub fn wait_for(&self, text: &str) {
        let deadline = Instant::now() + Duration::from_secs(60);
        while self.paste() != text {
            assert!(
                Instant::now() < deadline,
                "the clipboard holds {:?}",
                self.paste()
            );
        }
    }
}

impl Drop for X11 {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
