//! An editor without a terminal: keys go in, the screen and the effects come out.

use super::dump::{self, dump};
use crate::format::Format;
use crate::ops::open::Document;
use crate::ops::scan::{FileKind, Found, Scan};
use crate::tui::effect::Effect;
use crate::tui::key::Key;
use crate::tui::keymap::Keymap;
use crate::tui::model::Model;
use crate::tui::msg::Msg;
use crate::tui::theme::Theme;
use crate::tui::update::{begin_open, begin_scan, update};
use crate::tui::view::draw;
use crate::tui::worker::{Job, Outcome, Read, TaskId};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};
use zeroize::Zeroizing;

/// The editor, its clock, and what it asked for last.
pub struct Editor {
    pub model: Model,
    pub effects: Vec<Effect>,
    pub now: Instant,
}

impl Editor {
    /// Nothing is open.
    pub fn empty(width: u16, height: u16) -> Self {
        let now = Instant::now();
        let size = Rect::new(0, 0, width, height);
        let theme = Theme::built_in().unwrap();
        Self {
            model: Model::new(theme, Keymap::default_keys(), size, now),
            effects: Vec::new(),
            now,
        }
    }

    /// A document is open, and its folder is listed.
    pub fn open(document: Document, width: u16, height: u16) -> Self {
        let mut editor = Self::empty(width, height);
        let Effect::Start(scan, _) = begin_scan(&mut editor.model, PathBuf::from("/repo")) else {
            unreachable!()
        };
        let found = [
            "prod/values.sops.yaml",
            "prod/db.enc.env",
            "staging/values.sops.yaml",
        ];
        let found = found.map(|path| Found {
            path: PathBuf::from("/repo").join(path),
            format: Format::Yaml,
            kind: FileKind::Sealed,
        });
        let files = found.to_vec();
        let listed = Scan {
            files,
            truncated: false,
            unread: false,
        };
        editor.send(Msg::Done(scan, Outcome::Scanned(Ok(listed))));
        let Effect::Start(id, _) = begin_open(&mut editor.model, document.path.clone()) else {
            unreachable!()
        };
        editor.answer_open(id, document);
        editor
    }

    /// A file was read.
    pub fn answer_open(&mut self, id: TaskId, document: Document) {
        self.send(Msg::Done(id, Outcome::Opened(Ok(Box::new(read(document))))));
    }

    /// One message.
    pub fn send(&mut self, msg: Msg) {
        self.effects = update(&mut self.model, msg, self.now);
    }

    /// Keys by name, parted by blanks.
    pub fn keys(&mut self, keys: &str) -> &mut Self {
        for key in Key::parse_sequence(keys).unwrap() {
            self.send(Msg::Key(key));
        }
        self
    }

    /// Text as it is typed, a key a character.
    pub fn type_text(&mut self, text: &str) -> &mut Self {
        for c in text.chars() {
            let name = if c == ' ' {
                "Space".to_owned()
            } else {
                c.to_string()
            };
            self.send(Msg::Key(Key::parse(&name).unwrap()));
        }
        self
    }

    /// Text that is pasted.
    pub fn paste(&mut self, text: &str) -> &mut Self {
        self.send(Msg::Paste(Zeroizing::new(text.to_owned())));
        self
    }

    /// Time goes by, and the deadline with it.
    pub fn wait(&mut self, time: Duration) -> &mut Self {
        self.now += time;
        self.send(Msg::Deadline);
        self
    }

    /// The task that was asked for last.
    pub fn job(&mut self) -> (TaskId, Job) {
        match self.effects.pop() {
            Some(Effect::Start(id, job)) => (id, job),
            other => panic!("no task was started: {other:?}"),
        }
    }

    /// The screen.
    pub fn buffer(&self) -> Buffer {
        let mut buffer = Buffer::empty(self.model.size);
        draw(&self.model, &mut buffer);
        buffer
    }

    /// The screen as text without styles.
    pub fn text(&self) -> String {
        let buffer = self.buffer();
        (0..buffer.area.height)
            .map(|y| {
                let line = dump::line(&buffer, y);
                format!("{}\n", line.trim_end())
            })
            .collect()
    }

    /// The screen as text with styles.
    pub fn screen(&self) -> String {
        dump(&self.buffer())
    }

    /// The path of the selected row.
    pub fn selected(&self) -> String {
        let file = self.model.file.as_ref().unwrap();
        let row = self.model.tree.selected().unwrap();
        let tree = if row.deleted { file.base() } else { file.tree() };
        crate::tui::open_file::show_path(tree, row.id)
    }

    /// The unsaved changes: mark and path.
    pub fn changes(&self) -> Vec<String> {
        let file = self.model.file.as_ref().unwrap();
        let listed = file.changes().iter();
        listed
            .map(|change| format!("{:?} {}", change.mark, change.path))
            .collect()
    }
}

/// A document as the worker hands it over.
pub fn read(document: Document) -> Read {
    Read {
        tree: document.content.clone(),
        document: Arc::new(document),
    }
}
