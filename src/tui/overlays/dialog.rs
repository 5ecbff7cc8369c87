//! A question with named buttons. The highlighted one is the safe answer.

use crate::ops::readers::Readers;
use crate::ops::resolve::OneSide;
use crate::ops::rules_edit::RulesEdit;
use crate::ops::save::Agreed;
use crate::seal::selection::Rule;
use crate::tree::Tree;
use crate::tui::model::After;
use crate::tui::open_file::Edit;
use crate::tui::outside::Outside;
use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::{self, Pen};
use crate::tui::worker::Reselect;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use std::path::PathBuf;
use std::sync::Arc;

/// What a button does.
#[derive(Clone, Debug, PartialEq)]
pub enum Intent {
    /// Nothing.
    Cancel,
    /// Quit and drop what is not saved.
    Quit,
    /// List the changes; quit after they are saved.
    SaveAndQuit,
    /// List the changes; open another file after they are saved.
    SaveAndOpen(PathBuf),
    /// Save with what the user agreed to; what to do then.
    SaveAgreed(Agreed, After),
    /// Make the open file anew, which was deleted; what to do then.
    SaveAnew(After),
    /// List the changes to save them.
    ListChanges,
    /// Open another file and drop what is not saved.
    Open(PathBuf),
    /// Encrypt a plain file and open it.
    Encrypt(PathBuf),
    /// Stage the selected change although a value becomes readable.
    StageReadable,
    /// Read the file again and keep the edits that still fit.
    Reload,
    /// Leave the editor of many lines and drop what was typed.
    DropText,
    /// Take over an edited clone of the tree although values become readable.
    Adopt(Drafted),
    /// Go back to the user's own editor with this text.
    EditAgain(Box<Outside>),
    /// Plan this selection for the rule of the open file.
    PlanRule(Rule),
    /// Change the rule, and perhaps the open file.
    ChangeRule(Box<Reselect>),
    /// Write the `.sops.yaml` that was edited as text.
    WriteRules(Box<RulesEdit>),
    /// Accept the open file as it stands although its MAC does not hold.
    AcceptFile,
    /// Accept it, and take back what was changed by hand.
    TakeBackAll(Drafted),
    /// Bring back the last version of this file whose MAC held.
    Restore(PathBuf),
    /// Resolve the conflicts of this file.
    Resolve(PathBuf),
    /// Leave the resolver and drop what was chosen.
    DropChoices,
    /// Write the merged file; whether to tell git.
    Decide(bool),
    /// Keep this file that one side deleted, or let it go.
    TakeSide(Arc<OneSide>, bool),
    /// Commit the merge of the repository around this file.
    Proceed(PathBuf),
    /// Make this edit although values become readable, or because it was proposed.
    Edit(Edit),
    /// Make these able to read the file although the keys in hand do not open it then.
    Readers(Box<Readers>),
}

/// Size, wrapped text and places of the buttons on a screen.
struct Shape {
    width: u16,
    height: u16,
    lines: Vec<String>,
    buttons: Vec<Rect>,
}

/// A tree that was edited outside.
#[derive(Clone, Debug)]
pub struct Drafted(pub Box<Tree>);

impl PartialEq for Drafted {
    fn eq(&self, other: &Self) -> bool {
        self.0.same_content(&other.0, true)
    }
}

/// The question.
pub struct Dialog {
    /// What is asked.
    pub title: String,
    /// What one should know to answer.
    pub lines: Vec<String>,
    /// The answers; the first that is not `Cancel` is what `y` means.
    pub buttons: Vec<(&'static str, Intent)>,
    /// The highlighted answer.
    pub selected: usize,
}

impl Dialog {
    /// A question whose last button cancels and is highlighted.
    #[must_use]
    pub fn new(title: impl Into<String>, lines: Vec<String>, answers: Vec<(&'static str, Intent)>) -> Self {
        let mut buttons = answers;
        buttons.push(("Cancel", Intent::Cancel));
        Self {
            title: title.into(),
            lines,
            selected: buttons.len() - 1,
            buttons,
        }
    }

    /// Highlights the next button, or the one before.
    pub fn step(&mut self, forward: bool) {
        let count = self.buttons.len().max(1);
        self.selected = (self.selected + if forward { 1 } else { count - 1 }) % count;
    }

    /// Where everything stands in an area.
    fn shape(&self, area: Rect) -> Shape {
        let text = self.lines.iter().chain([&self.title]);
        let widest = text.map(|line| crate::tui::text::width(line)).max();
        let row: usize = self.buttons.iter().map(|(name, _)| name.len() + 5).sum();
        let width = widest.unwrap_or_default().max(row).clamp(20, 76);
        let width = u16::try_from(width).unwrap_or(76);
        let room = usize::from(width.min(area.width.saturating_sub(4)));
        let lines: Vec<String> = self
            .lines
            .iter()
            .flat_map(|line| super::pager::wrap(line, room))
            .collect();
        let in_a_row = row <= room + 1;
        let rows = if in_a_row { 1 } else { self.buttons.len() };
        let height = u16::try_from(lines.len() + 1 + rows).unwrap_or(u16::MAX);
        let inner = widgets::popup_place(area, width, height).1;
        let rows = u16::try_from(rows).unwrap_or(u16::MAX);
        let mut left = Rect {
            y: inner.y + inner.height.saturating_sub(rows),
            height: inner.height.min(rows),
            ..inner
        };
        let mut buttons = Vec::with_capacity(self.buttons.len());
        for (name, _) in &self.buttons {
            let width = u16::try_from(name.len() + 4).unwrap_or(u16::MAX).min(left.width);
            let place = Rect {
                width,
                height: left.height.min(1),
                ..left
            };
            buttons.push(place);
            if in_a_row {
                left.x = (place.right() + 1).min(inner.right());
                left.width = inner.right() - left.x;
            } else {
                left.y = (left.y + 1).min(inner.bottom());
                left.height = left.height.saturating_sub(1);
            }
        }
        Shape {
            width,
            height,
            lines,
            buttons,
        }
    }

    /// The button at a place of the screen.
    #[must_use]
    pub fn button_at(&self, at: Position, area: Rect) -> Option<usize> {
        let shape = self.shape(area);
        shape.buttons.iter().position(|button| button.contains(at))
    }

    /// Draws it.
    pub fn view(&self, theme: &Theme, buffer: &mut Buffer, area: Rect) {
        let shape = self.shape(area);
        let inner = widgets::popup(buffer, area, theme, &self.title, shape.width, shape.height);
        let first = shape.buttons.first().map_or(inner.bottom(), |button| button.y);
        for (line, row) in shape.lines.iter().zip(0..first.saturating_sub(inner.y)) {
            Pen::new(buffer, inner, row).put(line, theme.style(Role::Text));
        }
        for (number, ((name, _), place)) in self.buttons.iter().zip(&shape.buttons).enumerate() {
            let role = if number == self.selected {
                Role::ButtonSelected
            } else {
                Role::Button
            };
            Pen::new(buffer, *place, 0).put(&format!("[ {name} ]"), theme.style(role));
        }
    }
}
