//! Settings of the user: `config.toml`, `keymap.toml` and `themes/` in one folder, over what is built in. All of them are
//! read before the screen opens, so that an error in them can be told.

mod config;
mod report;

use super::guard::Limits;
use super::keymap::{Change, Keymap};
use super::text;
use super::theme::Theme;
use super::toml_file::TomlFile;
use crate::failure::{Failure, Kind};
use crate::host::{Environment, file};
use config::Config;
pub use config::Sourced;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// Everything that can be set, as it is in force.
#[derive(Debug)]
pub struct Settings {
    /// What the screen looks like.
    pub theme: Theme,
    /// What keys do.
    pub keymap: Keymap,
    folder: Option<PathBuf>,
    config: Config,
    colors: Sourced<bool>,
    theme_file: Option<String>,
    keys: Option<(String, Vec<Change>)>,
}

impl Settings {
    /// Reads what the user set.
    ///
    /// # Errors
    /// With file and line, for whatever is unknown or means nothing; when a file cannot be read.
    pub fn load(environment: &Environment) -> Result<Self, Failure> {
        let folder = environment.config_folder();
        let folder = folder.as_deref();
        let mut config = Config::new(environment);
        if let Some((name, text)) = read(folder, "config.toml")? {
            let file = TomlFile {
                name: &name,
                text: &text,
            };
            config.layer(&file)?;
        }
        let (mut theme, theme_file) = theme(&config, folder)?;
        let colors = Sourced::of_colors(environment);
        if !colors.value {
            theme = theme.without_colors();
        }
        if config.ascii.value {
            theme = theme.in_ascii();
        }
        let mut keymap = Keymap::preset(&config.keymap.value)?.ok_or_else(|| {
            let names = Keymap::presets().join(", ");
            config
                .keymap
                .problem(&format!("there is no such keymap; there are {names}"))
        })?;
        let mut keys = None;
        if let Some((name, text)) = read(folder, "keymap.toml")? {
            let file = TomlFile {
                name: &name,
                text: &text,
            };
            keys = Some((name.clone(), keymap.layer(&file)?));
        }
        Ok(Self {
            theme,
            keymap,
            folder: folder.map(Path::to_path_buf),
            config,
            colors,
            theme_file,
            keys,
        })
    }

    /// Whether the editor takes the mouse.
    #[must_use]
    pub const fn mouse(&self) -> bool {
        self.config.mouse.value
    }

    /// How long secrets are within reach.
    #[must_use]
    pub fn limits(&self) -> Limits {
        self.config.limits()
    }
}

/// The theme that is wanted, and its file if it is one of the user's; these go before built-in ones.
fn theme(config: &Config, folder: Option<&Path>) -> Result<(Theme, Option<String>), Failure> {
    let wanted = &config.theme.value;
    let is_name = !wanted.starts_with('.') && !wanted.contains(['/', '\\']);
    if is_name && let Some((name, text)) = read(folder, &format!("themes/{wanted}.toml"))? {
        let file = TomlFile {
            name: &name,
            text: &text,
        };
        let theme = Theme::parse(file, Some(&Theme::built_in()?))?;
        return Ok((theme, Some(name)));
    }
    let theme = Theme::named(wanted)?.ok_or_else(|| {
        let names = Theme::names().join(", ");
        let text = format!("there is no such theme; built in are {names}, others stand in themes/");
        config.theme.problem(&text)
    })?;
    Ok((theme, None))
}

/// Name and text of a file of the folder, if it is there.
fn read(folder: Option<&Path>, name: &str) -> Result<Option<(String, String)>, Failure> {
    let Some(path) = folder.map(|folder| folder.join(name)) else {
        return Ok(None);
    };
    let shown = text::escape(&path.display().to_string());
    let bytes = match file::read(&path) {
        Ok((bytes, _)) => bytes,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Ok(None);
        }
        Err(error) => return Err(Failure::new(Kind::Usage, format!("{shown}: {error}"))),
    };
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Some((shown, text))),
        Err(_) => Err(Failure::new(Kind::Usage, format!("{shown}: it is not UTF-8"))),
    }
}

#[cfg(test)]
mod tests {
    use super::Settings;
    use crate::host::Environment;
    use crate::tui::action::{Action, Context};
    use crate::tui::testing::{Editor, gatus};
    use crate::tui::theme::{Role, Theme};
    use ratatui::style::Color;

    /// The settings of a folder with these files; errors without the path of the folder.
    fn load(files: &[(&str, &str)], variables: &[(&str, &str)]) -> Result<Settings, String> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("themes")).unwrap();
        for (name, text) in files {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        let mut environment = Environment::new(variables.iter().copied(), "/");
        environment = environment.with("LAZYSOPS_CONFIG_DIR", folder.path());
        Settings::load(&environment).map_err(|failure| {
            failure
                .message
                .replace(&format!("{}/", folder.path().display()), "")
        })
    }

    #[test]
    fn without_files_everything_is_as_it_is_built_in() {
        let settings = load(&[], &[]).unwrap();
        let built_in = Theme::built_in().unwrap();
        assert_eq!(settings.theme.style(Role::Key), built_in.style(Role::Key));
        assert!(!settings.config.ascii.value);
    }

    #[test]
    fn a_theme_of_the_user_goes_before_one_that_is_built_in() {
        let mine = ("themes/dark.toml", "[roles]\nkey = \"#010203\"\n");
        let settings = load(&[("config.toml", "theme = \"dark\"\n"), mine], &[]).unwrap();
        assert_eq!(settings.theme.style(Role::Key).fg, Some(Color::Rgb(1, 2, 3)));
        let settings = load(&[("config.toml", "theme = \"dark\"\n")], &[("NO_COLOR", "1")]).unwrap();
        assert_eq!(settings.theme.style(Role::Key).fg, None);
    }

    #[test]
    fn keys_of_the_user_go_over_the_preset() {
        let files = [
            ("config.toml", "keymap = \"vim\"\n"),
            ("keymap.toml", "[tree]\n\"d d\" = \"none\"\nd = \"delete\"\n"),
        ];
        let settings = load(&files, &[]).unwrap();
        let keys = settings.keymap.keys_of(Action::Delete, &[Context::Tree]);
        assert_eq!(keys, ["d"]);
    }

    #[test]
    fn a_locale_without_unicode_or_the_setting_gives_ascii() {
        for (variables, config, ascii) in [
            (&[("LANG", "en_US.UTF-8")][..], "", false),
            (&[("LANG", "en_US.utf8")], "", false),
            (&[("LANG", "en_US.UTF-8"), ("LC_ALL", "C")], "", true),
            (&[("LANG", "POSIX")], "", true),
            (&[("LANG", "de_DE.ISO-8859-1")], "ascii = false\n", false),
            (&[], "ascii = true\n", true),
        ] {
            let settings = load(&[("config.toml", config)], variables).unwrap();
            let mut editor = Editor::open(gatus(), 80, 24);
            editor.model.theme = settings.theme;
            let plain = editor
                .buffer()
                .content
                .iter()
                .all(|cell| cell.symbol().is_ascii());
            assert_eq!(plain, ascii, "{variables:?} {config}");
        }
    }

    #[test]
    fn times_and_the_mouse_are_what_was_set() {
        let text = "mouse = false\nreveal_seconds = 0x1e\nclipboard_seconds = 86_400\nlock_seconds = 0\n";
        let settings = load(&[("config.toml", text)], &[]).unwrap();
        assert!(!settings.mouse());
        let limits = settings.limits();
        assert_eq!(
            (limits.reveal.as_secs(), limits.clipboard.as_secs()),
            (30, 86_400)
        );
        assert_eq!(limits.idle, None);
        assert!(settings.report().contains("mouse = false "));
    }

    #[test]
    fn whatever_is_wrong_is_told_with_file_and_line() {
        for (name, text, problem) in [
            (
                "config.toml",
                "\ncolour = 1\n",
                "config.toml:2: there is no such setting; there are theme, keymap, ascii, mouse, \
                 reveal_seconds, clipboard_seconds, lock_seconds",
            ),
            (
                "config.toml",
                "mouse = \"off\"\n",
                "config.toml:1: `mouse` is true or false",
            ),
            (
                "config.toml",
                "clipboard_seconds = 20.5\n",
                "config.toml:1: `clipboard_seconds` is a number of seconds from 1 to 86400",
            ),
            (
                "config.toml",
                "\nlock_seconds = -5\n",
                "config.toml:2: `lock_seconds` is a number of seconds from 0 to 86400",
            ),
            ("config.toml", "theme = 1\n", "config.toml:1: `theme` is a text"),
            (
                "config.toml",
                "ascii = 1\n",
                "config.toml:1: `ascii` is true or false",
            ),
            (
                "config.toml",
                "theme = \"../x\"\n",
                "config.toml:1: there is no such theme; built in are default, dark, light, high-contrast, mono, \
                 catppuccin-mocha, gruvbox-dark, others stand in themes/",
            ),
            (
                "config.toml",
                "keymap = \"emacs\"\n",
                "config.toml:1: there is no such keymap; there are default, vim, helix",
            ),
            (
                "keymap.toml",
                "[tree]\nS = \"sav\"\n",
                "keymap.toml:2: there is no such action",
            ),
        ] {
            assert_eq!(load(&[(name, text)], &[]).err().as_deref(), Some(problem));
        }
        let files = [
            ("config.toml", "theme = \"mine\"\n"),
            ("themes/mine.toml", "[roles]\nkey = \"reddish\"\n"),
        ];
        let problem = "themes/mine.toml:2: `reddish` is no colour and no attribute";
        assert_eq!(load(&files, &[]).err().as_deref(), Some(problem));
    }
}
