//! An editor on a real file in a folder of its own: what it asks for is done at once, here.

use super::Editor;
use crate::format::Format;
use crate::host::Environment;
use crate::keys::generate::age_key;
use crate::metadata::{Group, KeyEntry, Recipient};
use crate::ops::caution::Caution;
use crate::ops::encrypt::{Plain, Wish, encrypt};
use crate::ops::open::{Document, open};
use crate::seal::selection::Rule;
use crate::tree::Secret;
use crate::tui::effect::Effect;
use crate::tui::msg::Msg;
use crate::tui::update::{begin_open, begin_scan};
use crate::tui::worker::run;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A folder with a key, and an editor on it.
pub struct Real {
    pub editor: Editor,
    pub environment: Environment,
    pub recipient: String,
    folder: TempDir,
}

impl Real {
    /// An empty folder. Its `.sops.yaml` is whatever a test puts there.
    pub fn new(width: u16, height: u16) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let pair = age_key();
        let key = folder.path().join("key.txt");
        std::fs::write(&key, pair.secret.expose()).unwrap();
        let variables = [
            ("SOPS_AGE_KEY_FILE", key.as_path()),
            ("HOME", folder.path()),
            ("TMPDIR", folder.path()),
        ];
        Self {
            editor: Editor::empty(width, height),
            environment: Environment::new(variables, folder.path()),
            recipient: pair.recipient,
            folder,
        }
    }

    /// The demo, in a folder below, with its first file open.
    pub fn demo(width: u16, height: u16) -> Self {
        Self::new(width, height).with_demo()
    }

    /// The demo with its past in git, which must be installed for that.
    pub fn demo_in_git(width: u16, height: u16) -> Self {
        let mut real = Self::new(width, height);
        let path = std::env::var_os("PATH").unwrap_or_default();
        real.environment = real
            .environment
            .with("PATH", path)
            .with("GIT_CONFIG_NOSYSTEM", "1");
        real.with_demo()
    }

    fn with_demo(self) -> Self {
        let mut real = self;
        let folder = real.path("demo");
        crate::ops::demo::write_to(&folder, &real.environment).unwrap();
        real.environment = real.environment.with("SOPS_AGE_KEY_FILE", folder.join("key.txt"));
        let scan = begin_scan(&mut real.editor.model, folder.clone());
        real.editor.effects = vec![scan];
        real.settle();
        real.open(&folder.join("charts/status-page/values.sops.yaml"));
        real
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path
    }

    /// Writes a file, encrypted for the key of the folder with its layout kept.
    pub fn seal(&self, name: &str, text: &str, rule: Option<Rule>) -> PathBuf {
        let path = self.path(name);
        let format = Format::from_path(&path);
        let key = KeyEntry {
            recipient: Recipient::Age {
                recipient: self.recipient.clone(),
            },
            enc: String::new(),
            created_at: None,
        };
        let plain = Plain {
            path: &path,
            name,
            bytes: text.as_bytes(),
            input: format,
            output: format,
        };
        let wish = Wish {
            group: Some(Group { keys: vec![key] }),
            rule,
            keep_layout: true,
            ..Wish::default()
        };
        let mut caution = Caution::default();
        let sealed = encrypt(&plain, &wish, None, &self.environment, &mut caution).unwrap();
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, sealed).unwrap();
        path
    }

    /// A file as it is on disk.
    pub fn read(&self, path: &Path) -> Document {
        open(path, &self.environment).unwrap()
    }

    /// Lists the folder in the editor.
    pub fn scan(&mut self) {
        let effect = begin_scan(&mut self.editor.model, self.folder.path().to_owned());
        self.editor.effects = vec![effect];
        self.settle();
    }

    /// Opens a file in the editor.
    pub fn open(&mut self, path: &Path) {
        let effect = begin_open(&mut self.editor.model, path.to_owned());
        self.editor.effects = vec![effect];
        self.settle();
    }

    /// Keys by name; what they ask for is done before this returns.
    pub fn keys(&mut self, keys: &str) -> &mut Self {
        for key in keys.split_ascii_whitespace() {
            self.editor.keys(key);
            self.settle();
        }
        self
    }

    /// Presses `E` and lets `editor` turn the text that is handed out into another; nothing where nothing is handed out.
    pub fn outside(&mut self, keys: &str, editor: impl FnOnce(&str) -> String) -> &mut Self {
        self.editor.keys(keys);
        if let Some(Effect::Outside(outside)) = self.editor.effects.pop() {
            let text = editor(outside.text.expose_str().unwrap());
            let text = Secret::from(text.as_str());
            self.editor.send(Msg::Edited(outside, Ok(text)));
            self.settle();
        }
        self
    }

    /// Does what the editor asked for, and what that asks for in turn.
    pub fn settle(&mut self) {
        let mut waiting = std::mem::take(&mut self.editor.effects);
        while let Some(effect) = waiting.pop() {
            if let Effect::Start(id, job) = effect {
                let mut found = Vec::new();
                let outcome = run(job, &self.environment, &mut |more| found.push(more));
                for more in found {
                    self.editor.send(Msg::Done(id, more));
                }
                self.editor.send(Msg::Done(id, outcome));
                waiting.append(&mut self.editor.effects);
            }
        }
    }
}
