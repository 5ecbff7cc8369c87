//! The clipboard, through whatever of the machine can reach it (security P14).
//!
//! Providers are tried in their order; the first that takes a text keeps it until it is cleared. The value has to live as long
//! as the program, on a thread of its own: with X11 and Wayland it is the owner of the text who hands it out, and a server that is gone may keep one
//! waiting. Writing to the terminal (OSC 52) is the business of whoever draws on it.

#[cfg(feature = "clipboard")]
mod desktop;
mod mark;
mod tool;

use super::Environment;
use crate::tree::Secret;
use mark::Mark;
use tool::Tool;

/// Who keeps what was copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Provider {
    /// The Wayland compositor.
    Wayland,
    /// The X server.
    X11,
    /// The clipboard of macOS or Windows.
    System,
    /// A helper program, by its name.
    Tool(&'static str),
    /// The terminal, by OSC 52. Whether it did what it was asked, and what its clipboard holds later, nobody can tell.
    Terminal,
}

impl Provider {
    /// Its name for people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Wayland => "Wayland",
            Self::X11 => "X11",
            Self::System => "the system",
            Self::Tool(name) => name,
            Self::Terminal => "the terminal (OSC 52)",
        }
    }
}

/// A way to reach a clipboard.
enum Way {
    #[cfg(feature = "clipboard")]
    Desktop(Box<desktop::Desktop>),
    Tool(Tool),
}

/// What of ours the clipboard holds.
struct Held {
    way: usize,
    mark: Mark,
}

/// The clipboard of one session.
pub struct Clipboard {
    environment: Environment,
    /// Those that worked once, so that their connection lives on.
    ways: Vec<Way>,
    held: Option<Held>,
}

impl Clipboard {
    /// Nothing is connected yet.
    #[must_use]
    pub const fn new(environment: Environment) -> Self {
        Self {
            environment,
            ways: Vec::new(),
            held: None,
        }
    }

    /// Puts a text on the clipboard; says who keeps it. [`Provider::Terminal`] is for the caller to do. With `secret`, histories
    /// of clipboards are asked to leave it out, and it is remembered so that [`Clipboard::clear`] can tell whether it is still there.
    pub fn copy(&mut self, text: &Secret, secret: bool) -> Provider {
        self.held = None;
        let Some(words) = text.expose_str() else {
            return Provider::Terminal;
        };
        // What runs elsewhere has the clipboard of elsewhere; that of the person is behind the terminal.
        if is_remote(&self.environment) {
            return Provider::Terminal;
        }
        let known = 0..self.ways.len();
        for way in known {
            if let Some(provider) = self.try_way(way, words, secret) {
                return provider;
            }
        }
        self.find(words, secret).unwrap_or(Provider::Terminal)
    }

    /// Takes our secret off the clipboard, if it is still there; whether it was.
    pub fn clear(&mut self) -> bool {
        let Some(Held { way, mark }) = self.held.take() else {
            return false;
        };
        match self.ways.get_mut(way) {
            #[cfg(feature = "clipboard")]
            Some(Way::Desktop(desktop)) => desktop.clear_if(|text| mark.fits(text)),
            Some(Way::Tool(tool)) => {
                tool.paste(&self.environment).is_some_and(|text| mark.fits(&text))
                    && tool.clear(&self.environment)
            }
            None => false,
        }
    }

    fn try_way(&mut self, number: usize, text: &str, secret: bool) -> Option<Provider> {
        let provider = match self.ways.get_mut(number)? {
            #[cfg(feature = "clipboard")]
            Way::Desktop(desktop) => desktop.copy(text, secret)?,
            Way::Tool(tool) => tool.copy(text, secret, &self.environment)?,
        };
        if secret {
            self.held = Mark::of(text.as_bytes()).map(|mark| Held { way: number, mark });
        }
        Some(provider)
    }

    /// Tries what was not tried yet.
    fn find(&mut self, text: &str, secret: bool) -> Option<Provider> {
        let mut candidates: Vec<Way> = Vec::new();
        let (wayland, x11) = (self.has("WAYLAND_DISPLAY"), self.has("DISPLAY"));
        #[cfg(feature = "clipboard")]
        let mut desktop =
            desktop::Desktop::connect(wayland, x11).map(|desktop| Way::Desktop(Box::new(desktop)));
        #[cfg(not(feature = "clipboard"))]
        let mut desktop: Option<Way> = None;
        // Where it reaches Wayland only by way of X11, the tool for Wayland is better.
        #[cfg(feature = "clipboard")]
        if !matches!(&desktop, Some(Way::Desktop(it)) if wayland && it.provider() == Provider::X11) {
            candidates.extend(desktop.take());
        }
        candidates.extend(wayland.then_some(Way::Tool(tool::WL_COPY)));
        candidates.extend(desktop.take());
        if x11 {
            candidates.extend([Way::Tool(tool::XCLIP), Way::Tool(tool::XSEL)]);
        }
        for way in candidates {
            self.ways.push(way);
            match self.try_way(self.ways.len() - 1, text, secret) {
                Some(provider) => return Some(provider),
                None => self.ways.pop(),
            };
        }
        None
    }

    fn has(&self, variable: &str) -> bool {
        self.environment.text(variable).is_some()
    }
}

fn is_remote(environment: &Environment) -> bool {
    ["SSH_CONNECTION", "SSH_TTY", "SSH_CLIENT"]
        .iter()
        .any(|name| environment.text(name).is_some())
}

#[cfg(test)]
mod tests {
    use super::{Clipboard, Provider};
    use crate::host::Environment;
    use crate::host::script::executable;
    use crate::tree::Secret;

    /// A clipboard whose only way is a program of this name that keeps what it gets in a file.
    fn with_tool(name: &str, script: &str) -> (tempfile::TempDir, Clipboard) {
        let folder = tempfile::tempdir().unwrap();
        executable(&folder.path().join(name), script);
        let search = format!("{}:/usr/bin:/bin", folder.path().display());
        let environment =
            Environment::new([("PATH", search), ("DISPLAY", ":does-not-exist".to_owned())], "/");
        (folder, Clipboard::new(environment))
    }

    /// Keeps the text in a file beside itself, as a clipboard would.
    const FAKE_XCLIP: &str = "#!/bin/sh\nheld=\"${0%/*}/held\"\n\
        for word; do case $word in -out) exec cat \"$held\";; esac; done\nexec cat > \"$held\"\n";

    #[test]
    fn a_secret_is_cleared_while_it_is_ours_and_never_after_somebody_else_copied() {
        let (folder, mut clipboard) = with_tool("xclip", FAKE_XCLIP);
        let held = || std::fs::read_to_string(folder.path().join("held")).unwrap();
        let secret = Secret::from("hunter2");
        assert_eq!(clipboard.copy(&secret, true), Provider::Tool("xclip"));
        assert_eq!(held(), "hunter2");
        assert!(clipboard.clear());
        assert_eq!(held(), "");
        assert!(!clipboard.clear());
        clipboard.copy(&secret, true);
        std::fs::write(folder.path().join("held"), "of somebody else").unwrap();
        assert!(!clipboard.clear());
        assert_eq!(held(), "of somebody else");
    }

    #[test]
    fn what_is_no_secret_stays() {
        let (folder, mut clipboard) = with_tool("xclip", FAKE_XCLIP);
        clipboard.copy(&Secret::from("a.b"), false);
        assert!(!clipboard.clear());
        assert_eq!(
            std::fs::read_to_string(folder.path().join("held")).unwrap(),
            "a.b"
        );
    }

    #[test]
    fn a_tool_that_fails_or_hangs_leaves_it_to_the_terminal() {
        for script in ["#!/bin/sh\nexit 1\n", "#!/bin/sh\nexec sleep 60\n"] {
            let (_folder, mut clipboard) = with_tool("xclip", script);
            let provider = clipboard.copy(&Secret::from("x"), true);
            assert!(
                matches!(provider, Provider::Terminal | Provider::Tool("xsel")),
                "{provider:?}"
            );
        }
    }

    #[test]
    fn over_ssh_the_clipboard_is_that_of_the_terminal() {
        let (folder, clipboard) = with_tool("xclip", FAKE_XCLIP);
        let environment = clipboard.environment.with("SSH_TTY", "/dev/pts/1");
        let mut clipboard = Clipboard::new(environment);
        assert_eq!(clipboard.copy(&Secret::from("x"), true), Provider::Terminal);
        assert!(!folder.path().join("held").exists());
    }
}
