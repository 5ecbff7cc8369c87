//! Who is to be added to the file, or to several: a pasted public key, read while it is typed, or one of those that were found.

use crate::metadata::Recipient;
use crate::ops::candidates::{self, Candidate, Origin};
use crate::ops::unlock::identity;
use crate::tui::panes::recipients::short_name;
use crate::tui::text;
use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::{self, Cursor, Pen, SecretInput};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use std::path::PathBuf;

/// How wide it is, where there is room.
const WIDTH: u16 = 76;
/// Most lines of the list.
const MOST: u16 = 10;
/// Its lines while there is little in it: keys that are found meanwhile must not move the frame much.
const LEAST: usize = 3;

/// Where the key goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// Into this group of the open file.
    Group(usize),
    /// Into a group of the open file that is made for it.
    NewGroup,
    /// Into these files and their rules, by a plan.
    Files(Vec<PathBuf>),
}

/// What is typed, and what fits.
pub struct Adding {
    /// What is typed.
    pub input: SecretInput,
    /// The selected line of the list.
    pub cursor: Cursor,
    /// Where the key goes.
    pub target: Target,
    /// Why it was not accepted.
    pub problem: Option<String>,
    /// Whether keys are still looked for.
    pub looking: bool,
    title: String,
    offers: Vec<Candidate>,
    fitting: Vec<usize>,
}

impl Adding {
    /// Nothing is typed yet.
    #[must_use]
    pub fn new(target: Target, title: String, offers: Vec<Candidate>) -> Self {
        let fitting = (0..offers.len()).collect();
        Self {
            input: SecretInput::new("", true),
            cursor: Cursor::default(),
            target,
            problem: None,
            looking: true,
            title,
            offers,
            fitting,
        }
    }

    /// Offers more, without those that are offered already; what is selected stays.
    pub fn extend(&mut self, found: Vec<Candidate>) {
        for candidate in found {
            let name = identity(&candidate.recipient);
            if !self.offers.iter().any(|offer| identity(&offer.recipient) == name) {
                self.offers.push(candidate);
            }
        }
        self.looking = false;
        let at = self.cursor;
        self.search();
        self.cursor = at;
    }

    /// Takes in what was typed. A private key is not kept.
    pub fn search(&mut self) {
        self.problem = None;
        self.cursor = Cursor::default();
        if candidates::is_private(self.input.text()) {
            self.input.set("");
            self.problem = Some("this was a private key: it is forgotten; paste the public half".to_owned());
        }
        let typed = self.input.text().trim().to_lowercase();
        let fits = |offer: &Candidate| {
            let name = label(offer).unwrap_or_default().to_lowercase();
            name.contains(&typed) || identity(&offer.recipient).to_lowercase().contains(&typed)
        };
        let offers = self.offers.iter().enumerate();
        let fitting = offers.filter(|(_, offer)| fits(offer)).map(|(number, _)| number);
        self.fitting = fitting.collect();
    }

    /// What the text means as a key; `None` where nothing is typed.
    #[must_use]
    pub fn read(&self) -> Option<Result<Recipient, String>> {
        let typed = self.input.text().trim();
        (!typed.is_empty()).then(|| candidates::read(typed))
    }

    /// The file that is named in place of a key.
    #[must_use]
    pub fn path(&self) -> Option<&str> {
        Some(self.input.text().trim()).filter(|typed| candidates::is_path(typed))
    }

    /// The selected line.
    #[must_use]
    pub fn chosen(&self) -> Option<&Candidate> {
        self.offers.get(*self.fitting.get(self.cursor.at)?)
    }

    /// What Enter takes: the key that is typed, else the selected one.
    ///
    /// # Errors
    /// Why there is none.
    pub fn taken(&self) -> Result<Candidate, String> {
        match (self.read(), self.chosen()) {
            (Some(Ok(recipient)), _) => Ok(Candidate {
                recipient,
                known: None,
                origin: Origin::File,
                trouble: None,
            }),
            (_, Some(offer)) => match offer.trouble {
                Some(trouble) => Err(format!("this key is {trouble}")),
                None => Ok(offer.clone()),
            },
            (Some(Err(why)), None) => Err(why),
            (None, None) => Err("paste a public key".to_owned()),
        }
    }

    /// How many lines of the list fit on a screen.
    #[must_use]
    pub fn page(&self, area: Rect) -> usize {
        let room = area.height.saturating_sub(6).clamp(1, MOST);
        usize::from(room).min(self.offers.len().max(LEAST))
    }

    /// How many lines the list has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.fitting.len()
    }

    fn size(&self, area: Rect) -> (u16, u16) {
        let page = u16::try_from(self.page(area)).unwrap_or(MOST);
        (WIDTH.min(area.width.saturating_sub(4)), page + 3)
    }

    /// Selects the line at a place of the screen; whether there is one.
    pub fn press(&mut self, at: Position, area: Rect) -> bool {
        let (width, height) = self.size(area);
        let inner = widgets::popup_place(area, width, height).1;
        let row = usize::from(at.y.saturating_sub(inner.y));
        let number = (self.cursor.top + row).checked_sub(3);
        match number.filter(|number| inner.contains(at) && *number < self.len()) {
            Some(number) => {
                self.cursor.at = number;
                true
            }
            None => false,
        }
    }

    /// Draws it; where the terminal cursor belongs.
    pub fn view(&self, theme: &Theme, buffer: &mut Buffer, area: Rect) -> Position {
        let (width, height) = self.size(area);
        let inner = widgets::popup(buffer, area, theme, &self.title, width, height);
        let line = Rect {
            height: inner.height.min(1),
            ..inner
        };
        let at = self.input.view(buffer, line, theme);
        let (said, role) = self.said();
        let mut pen = Pen::new(buffer, inner, 1);
        let room = pen.left();
        pen.put_cut(&said, room, theme.glyphs.cut, theme.style(role));
        let shown = self.fitting.iter().enumerate().skip(self.cursor.top);
        for ((number, offer), row) in shown.zip(3..inner.height) {
            let Some(offer) = self.offers.get(*offer) else {
                continue;
            };
            let over = (number == self.cursor.at).then(|| theme.style(Role::Selected));
            let style = |role| over.map_or(theme.style(role), |over| theme.style(role).patch(over));
            let mut pen = Pen::new(buffer, inner, row);
            pen.put(&format!(" {:<4} ", origin(offer.origin)), style(Role::Dim));
            let room = pen.left().saturating_sub(1);
            let name = label(offer);
            if let Some(name) = &name {
                pen.put_cut(name, room, theme.glyphs.cut, style(Role::Text))
                    .put(" ", style(Role::Text));
            }
            if offer.known.as_ref().is_some_and(|known| known.person.me) {
                pen.put("(you) ", style(Role::Dim));
            }
            if let Some(trouble) = offer.trouble {
                pen.put(&format!("({trouble}) "), style(Role::Warning));
            }
            let room = pen.left().saturating_sub(1);
            if name.is_none() || room >= 8 {
                let role = if name.is_none() { Role::Text } else { Role::Dim };
                pen.put(&short_name(&offer.recipient, room, theme.glyphs.cut), style(role));
            }
            let rest = " ".repeat(pen.left());
            pen.put(&rest, style(Role::Text));
        }
        at
    }

    /// The line below the input.
    fn said(&self) -> (String, Role) {
        if let Some(problem) = &self.problem {
            return (problem.clone(), Role::Error);
        }
        if self.path().is_some() {
            return ("Enter reads the key in this file".to_owned(), Role::Dim);
        }
        match self.read() {
            Some(Ok(recipient)) => (candidates::kind(&recipient).to_owned(), Role::Ok),
            Some(Err(_)) if !self.fitting.is_empty() => {
                ("Enter takes the selected key".to_owned(), Role::Dim)
            }
            Some(Err(why)) => (why, Role::Error),
            None if self.looking => ("paste a public key; looking for others".to_owned(), Role::Dim),
            None if self.offers.is_empty() => (
                "paste a public key: age, SSH, OpenPGP or of a KMS".to_owned(),
                Role::Dim,
            ),
            None => ("paste a public key, or choose one".to_owned(), Role::Dim),
        }
    }
}

fn label(offer: &Candidate) -> Option<String> {
    let known = offer.known.as_ref()?;
    known.person.name.as_deref().map(text::escape)
}

const fn origin(origin: Origin) -> &'static str {
    match origin {
        Origin::Rule => "rule",
        Origin::File => "file",
        Origin::Keyring => "gpg",
        Origin::Ssh => "ssh",
    }
}
