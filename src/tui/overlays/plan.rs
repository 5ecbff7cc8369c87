//! What is to be done to several files, before it is done; how far it is; and what became of each.

mod rows;

use crate::ops::rekey_files::{Action, FileResult, Goal, NOT_UNDONE, Outcome, Planned, Wish};
use crate::tui::action;
use crate::tui::overlays::Pressed;
use crate::tui::overlays::pager::wrap;
use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::{self, Cursor, Pen};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use rows::Row;
use std::path::PathBuf;
use std::sync::Arc;

/// The widest it gets, in cells.
const WIDEST: u16 = 100;
/// From this height on there is room to say what removal cannot undo.
const ROOMY: u16 = 14;

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Nothing was done yet.
    Asked,
    /// So many files are done.
    Running {
        /// How many.
        done: usize,
        /// Whether it was told to stop.
        stopping: bool,
    },
    /// It ended.
    Done,
}

/// What a button does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Button {
    /// Nothing is done; or what was done is enough.
    Close,
    /// It is carried out.
    CarryOut,
    /// All is planned anew, also what a run that was stopped did.
    StartOver,
    /// The files that are left are planned anew.
    Rest,
    /// It stops after the files that are being written.
    Stop,
}

/// The plan.
pub struct PlanView {
    /// What was asked for.
    pub wish: Wish,
    /// What is to be done.
    pub planned: Arc<Planned>,
    /// How far it is.
    pub stage: Stage,
    /// What became of each file that is done.
    pub results: Vec<FileResult>,
    /// The selected line.
    pub cursor: Cursor,
    /// The highlighted button.
    pub selected: usize,
    rows: Vec<Row>,
}

impl PlanView {
    /// A plan that waits for an answer.
    #[must_use]
    pub fn new(wish: Wish, planned: Arc<Planned>) -> Self {
        let rows = rows::of(&planned, wish.goal, &[]);
        Self {
            wish,
            planned,
            stage: Stage::Asked,
            results: Vec::new(),
            cursor: Cursor::default(),
            selected: 0,
            rows,
        }
    }

    /// How many lines there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Files that are written when it is carried out.
    pub fn to_write(&self) -> impl Iterator<Item = &PathBuf> {
        let files = self.planned.plan.files.iter();
        files
            .filter(|file| matches!(file.action, Action::Rewrap | Action::Rotate))
            .map(|file| &file.path)
    }

    /// Files that were to be written and are as they were.
    #[must_use]
    pub fn rest(&self) -> Vec<PathBuf> {
        let files = self.planned.plan.files.iter().zip(&self.results);
        files
            .filter(|(_, result)| matches!(result.outcome, Outcome::Stopped | Outcome::Failed(_)))
            .map(|(file, _)| file.path.clone())
            .collect()
    }

    /// Notes what became of the next file.
    pub fn step(&mut self, result: FileResult) {
        self.results.push(result);
        if let Stage::Running { done, .. } = &mut self.stage {
            *done += 1;
        }
    }

    /// Notes what became of all files.
    pub fn end(&mut self, results: Vec<FileResult>) {
        self.results = results;
        self.stage = Stage::Done;
        self.selected = 0;
        self.rows = rows::of(&self.planned, self.wish.goal, &self.results);
        self.cursor = Cursor::default();
    }

    /// The buttons, of which the first is the safe one.
    #[must_use]
    pub fn buttons(&self) -> Vec<(&'static str, Button)> {
        match self.stage {
            Stage::Asked => self.answers(),
            Stage::Running { .. } => vec![("Stop", Button::Stop)],
            Stage::Done if self.rest().is_empty() => vec![("Close", Button::Close)],
            Stage::Done => vec![("Close", Button::Close), ("Try the rest", Button::Rest)],
        }
    }

    /// The buttons of a plan of which nothing is done yet.
    fn answers(&self) -> Vec<(&'static str, Button)> {
        let plan = &self.planned.plan;
        let writes = self.to_write().next().is_some() || !plan.rules.is_empty();
        let resumed = plan.resumed().is_some();
        let mut buttons = vec![(if writes { "Cancel" } else { "Close" }, Button::Close)];
        if resumed {
            buttons.push(("Start over", Button::StartOver));
        }
        if writes {
            let words = match (plan.suspicion(), resumed) {
                (Some(_), _) => "Carry out all the same",
                (None, true) => "Go on",
                (None, false) => "Carry out",
            };
            buttons.push((words, Button::CarryOut));
        }
        buttons
    }

    /// The highlighted button.
    #[must_use]
    pub fn button(&self) -> Button {
        let buttons = self.buttons();
        buttons
            .get(self.selected)
            .map_or(Button::Close, |(_, button)| *button)
    }

    /// Highlights the next button.
    pub fn turn(&mut self) {
        self.selected = (self.selected + 1) % self.buttons().len().max(1);
    }

    /// Whether an action means nothing now.
    #[must_use]
    pub fn refuses(&self, action: action::Action) -> bool {
        match action {
            action::Action::CopyList | action::Action::WriteList => self.planned.plan.exposed() == 0,
            action::Action::NextButton | action::Action::PreviousButton => self.buttons().len() < 2,
            _ => false,
        }
    }

    /// What removal cannot undo, as far as it matters here.
    fn warning(&self, width: u16, height: u16) -> Vec<String> {
        let matters = self.planned.plan.exposed() > 0 && height >= ROOMY;
        if !matters || self.stage != Stage::Asked {
            return Vec::new();
        }
        wrap(NOT_UNDONE, usize::from(width))
    }

    /// Width and height of the inside, and how many lines of the list are on screen.
    fn shape(&self, area: Rect) -> (u16, u16, u16) {
        let width = area.width.saturating_sub(4).min(WIDEST);
        let warning = u16::try_from(self.warning(width, area.height).len()).unwrap_or(0);
        // A summary or a progress bar, and the buttons behind a gap.
        let gap = u16::from(area.height >= ROOMY);
        let fixed = 2 + gap + warning;
        let most = area.height.saturating_sub(2 + fixed).max(1);
        let list = u16::try_from(self.rows.len()).unwrap_or(u16::MAX).clamp(1, most);
        (width, list + fixed, list)
    }

    /// How many lines of the list are on screen.
    #[must_use]
    pub fn page(&self, area: Rect) -> usize {
        usize::from(self.shape(area).2)
    }

    /// What a press at a place of the screen means.
    #[must_use]
    pub fn press(&self, at: Position, area: Rect) -> Pressed {
        let (width, height, _) = self.shape(area);
        let inner = widgets::popup_place(area, width, height).1;
        if at.y + 1 != inner.bottom() {
            return Pressed::Nothing;
        }
        let mut left = usize::from(inner.x);
        for (number, (name, _)) in self.buttons().iter().enumerate() {
            let end = left + name.len() + 4;
            if (left..end).contains(&usize::from(at.x)) {
                return Pressed::Button(number);
            }
            left = end + 1;
        }
        Pressed::Nothing
    }

    /// Draws it.
    pub fn view(&self, theme: &Theme, buffer: &mut Buffer, area: Rect) {
        let (width, height, list) = self.shape(area);
        let inner = widgets::popup(
            buffer,
            area,
            theme,
            title(self.wish.goal, &self.wish),
            width,
            height,
        );
        let mut pen = Pen::new(buffer, inner, 0);
        let room = pen.left();
        if matches!(self.stage, Stage::Running { .. }) {
            self.draw_progress(theme, &mut pen);
        } else {
            let words = rows::summary(&self.planned, self.wish.goal, &self.results);
            pen.put_cut(&words, room, theme.glyphs.cut, theme.style(Role::Text));
        }
        let shown = self.rows.iter().enumerate().skip(self.cursor.top);
        for ((number, row), line) in shown.zip(1..=list) {
            let selected = number == self.cursor.at && self.rows.len() > usize::from(list);
            let over = selected.then(|| theme.style(Role::SelectedUnfocused));
            row.draw(theme, &mut Pen::new(buffer, inner, line), over);
        }
        for (words, line) in self.warning(width, area.height).iter().zip(list + 1..) {
            Pen::new(buffer, inner, line).put(words, theme.style(Role::Warning));
        }
        let mut pen = Pen::new(buffer, inner, inner.height.saturating_sub(1));
        for (number, (name, _)) in self.buttons().iter().enumerate() {
            let role = if number == self.selected {
                Role::ButtonSelected
            } else {
                Role::Button
            };
            pen.put(&format!("[ {name} ]"), theme.style(role))
                .put(" ", theme.style(Role::Text));
        }
        if self.rows.len() > usize::from(list) {
            let note = format!("{} of {}", self.cursor.at + 1, self.rows.len());
            pen.put_right(&note, theme.style(Role::Dim));
        }
    }

    /// How many files are done, as a bar and in figures.
    fn draw_progress(&self, theme: &Theme, pen: &mut Pen<'_>) {
        let Stage::Running { done, stopping } = self.stage else {
            return;
        };
        let all = self.planned.plan.files.len().max(1);
        let words = if stopping {
            format!(" {done} of {all}, stopping")
        } else {
            format!(" {done} of {all}")
        };
        let room = pen.left().saturating_sub(words.len()).min(40);
        let full = room * done / all;
        pen.put(&"█".repeat(full), theme.style(Role::Ok))
            .put(&"·".repeat(room - full), theme.style(Role::Dim))
            .put(&words, theme.style(Role::Text));
    }
}

/// What it is about.
fn title(goal: Goal, wish: &Wish) -> &'static str {
    match goal {
        Goal::DataKey => "New data keys",
        Goal::Secrets => "Secrets to change",
        Goal::Recipients if wish.add.is_empty() && wish.remove.is_empty() => "Recipients by the rule",
        Goal::Recipients if wish.remove.is_empty() => "Let somebody in",
        Goal::Recipients => "Take somebody out",
    }
}
