//! Settings as `lazysops config` prints them: what is in force, and from where.

use super::Settings;
use crate::tui::key::show;
use crate::tui::keymap::context_name;
use crate::tui::text::escape;
use std::fmt::Write as _;

impl Settings {
    /// All of it as text, in lines.
    #[must_use]
    pub fn report(&self) -> String {
        let mut text = match &self.folder {
            Some(folder) => format!(
                "# settings are read from {}\n",
                escape(&folder.display().to_string())
            ),
            None => "# no settings are read: neither HOME nor LAZYSOPS_CONFIG_DIR is set\n".to_owned(),
        };
        let config = &self.config;
        let quoted = |value: &str| format!("\"{}\"", escape(value));
        for (name, value, from) in [
            ("theme", quoted(&config.theme.value), &config.theme.from),
            ("keymap", quoted(&config.keymap.value), &config.keymap.from),
            ("ascii", config.ascii.value.to_string(), &config.ascii.from),
            ("mouse", config.mouse.value.to_string(), &config.mouse.from),
            (
                "reveal_seconds",
                config.reveal_seconds.value.to_string(),
                &config.reveal_seconds.from,
            ),
            (
                "clipboard_seconds",
                config.clipboard_seconds.value.to_string(),
                &config.clipboard_seconds.from,
            ),
            (
                "lock_seconds",
                config.lock_seconds.value.to_string(),
                &config.lock_seconds.from,
            ),
        ] {
            let _ = writeln!(text, "{:<32} # {from}", format!("{name} = {value}"));
        }
        if let Some(file) = &self.theme_file {
            let _ = writeln!(text, "# the theme is {file}");
        }
        if !self.colors.value {
            let _ = writeln!(text, "# without colours: {}", self.colors.from);
        }
        let Some((file, changes)) = &self.keys else {
            return text;
        };
        let mut context = None;
        for change in changes {
            if context != Some(change.context) {
                context = Some(change.context);
                let _ = writeln!(text, "\n[{}]", context_name(change.context));
            }
            let keys = show(&change.keys).replace('\\', "\\\\").replace('"', "\\\"");
            let line = format!("\"{keys}\" = \"{}\"", change.action_name());
            let _ = writeln!(text, "{line:<32} # {file}:{}", change.line);
        }
        text
    }
}
