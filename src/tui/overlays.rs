//! What lies above the panes: a stack, of which the uppermost takes the keys.

pub mod adding;
pub mod choice;
pub mod dialog;
pub mod field;
pub mod findings;
pub mod generator;
pub mod history;
pub mod inquiry;
pub mod matrix;
pub mod pager;
pub mod palette;
pub mod plan;
pub mod reason;
pub mod resolver;
pub mod review;
pub mod rotation;
pub mod rules;
pub mod saving;
pub mod templates;

use super::action::{Action, Context};
use super::kind::Kind;
use super::open_file::OpenFile;
use super::theme::Theme;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use std::time::Instant;

/// One overlay.
pub enum Overlay {
    /// A line of text: a value or a key.
    Field(field::Field),
    /// What can be generated.
    Generator(generator::Generator),
    /// Templates for a new file.
    Templates(templates::Templates),
    /// The changes, before they are saved.
    Saving(saving::Saving),
    /// Who is to be added to the file.
    Adding(adding::Adding),
    /// A list of which one is chosen.
    Choice(choice::Choice),
    /// The conflicts of a merge.
    Resolver(Box<resolver::Resolver>),
    /// The ways to change keys.
    Rotation(rotation::Rotation),
    /// What is to be done to several files.
    Plan(plan::PlanView),
    /// Who can read which file.
    Matrix(matrix::MatrixView),
    /// What a check found.
    Findings(findings::Findings),
    /// A question of a key service.
    Inquiry(inquiry::Prompt),
    /// A question.
    Dialog(dialog::Dialog),
    /// The commits in which a value changed.
    History(Box<history::History>),
    /// Which rule decided about a value.
    Reason(reason::Reason),
    /// A `.sops.yaml`, and what is wrong in it.
    Rules(rules::Rules),
    /// What differs in git.
    Review(Box<review::Review>),
    /// Text to read.
    Pager(pager::Pager),
    /// The command palette.
    Palette(palette::Palette),
}

/// What a press of the mouse meant to an overlay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pressed {
    /// Nothing; what was typed is never lost to a press beside it.
    Nothing,
    /// Close it: it holds nothing that could be lost.
    Close,
    /// Accept what is selected now.
    Accept,
    /// A line, by its number.
    Row(usize),
    /// A button, by its number.
    Button(usize),
}

impl Overlay {
    /// What a press at a place of the screen means; `changes` is how many there are to save.
    pub fn press(&mut self, at: Position, area: Rect, changes: usize) -> Pressed {
        let accept = |hit| if hit { Pressed::Accept } else { Pressed::Nothing };
        match self {
            Self::Pager(pager) if !pager.covers(at, area) => Pressed::Close,
            Self::Reason(reason) if !reason.pager.covers(at, area) => Pressed::Close,
            Self::History(_) if history::History::is_beside(at, area) => Pressed::Close,
            Self::History(history) => history.row_at(at, area).map_or(Pressed::Nothing, Pressed::Row),
            Self::Palette(palette) => accept(palette.press(at, area)),
            Self::Adding(adding) => accept(adding.press(at, area)),
            Self::Inquiry(prompt) => accept(prompt.press(at, area)),
            Self::Saving(saving) => saving.press(at, area, changes),
            Self::Review(review) => review.row_at(at, area).map_or(Pressed::Nothing, Pressed::Row),
            Self::Plan(plan) => plan.press(at, area),
            Self::Dialog(dialog) => dialog
                .button_at(at, area)
                .map_or(Pressed::Nothing, Pressed::Button),
            _ => Pressed::Nothing,
        }
    }

    /// Whether an action means nothing in the state that it is in.
    #[must_use]
    pub fn refuses(&self, action: Action) -> bool {
        match (self, action) {
            (Self::Field(field), Action::OpenEditor) => {
                field.tall || !field.purpose.is_value() || field.kind != Kind::Str
            }
            (Self::Field(field), Action::FieldType) => {
                let next = field.kind.next(field.input.text(), field.format);
                !field.purpose.is_value() || field.encoded || next == field.kind
            }
            (Self::Field(field), Action::ClearField) => field.input.text().is_empty(),
            (Self::Field(field), Action::ShowField) => {
                field.input.text().is_empty() || !field.purpose.holds_value()
            }
            (Self::Field(field), Action::Generate) => !field.purpose.is_value(),
            (Self::Inquiry(prompt), Action::ClearField | Action::ShowField) => prompt.input.text().is_empty(),
            (Self::Inquiry(_), Action::OpenEditor | Action::FieldType) => true,
            (Self::Palette(palette), Action::Accept | Action::Complete) => palette.chosen().is_none(),
            (Self::Palette(palette), Action::ClearField) => palette.input.text().is_empty(),
            (Self::Generator(generator), _) => generator.refuses(action),
            (Self::History(history), Action::Reveal | Action::CopyValue | Action::Restore) => {
                history.selected().is_none()
            }
            (Self::Pager(pager), Action::NextMatch) => !pager.has_matches(),
            (Self::Pager(_), Action::FilterValues | Action::ShowField) => true,
            (Self::Pager(pager), Action::ClearField) => !pager.finding(),
            (Self::Matrix(_), Action::FilterValues | Action::ShowField) => true,
            (Self::Matrix(matrix), Action::ClearField) => matrix.query().is_empty(),
            (Self::Rules(rules), Action::Accept) => rules.finding().is_none(),
            (Self::Reason(reason), Action::Protect) => !reason.changeable,
            (Self::Adding(adding), Action::Accept) => adding.path().is_none() && adding.taken().is_err(),
            (Self::Adding(adding), Action::ClearField) => adding.input.text().is_empty(),
            (Self::Saving(saving), _) => saving.refuses(action),
            (Self::Review(review), action) => review.refuses(action),
            (Self::Resolver(resolver), _) => resolver.refuses(action).is_some(),
            (Self::Plan(plan), _) => plan.refuses(action),
            (Self::Rotation(_), Action::CopyList | Action::WriteList) => true,
            _ => false,
        }
    }

    /// Its context in the keymap.
    #[must_use]
    pub const fn context(&self) -> Context {
        match self {
            Self::Field(field) if field.tall => Context::Editor,
            Self::Field(_) => Context::Field,
            Self::Generator(_) => Context::Generator,
            Self::Templates(_) => Context::Templates,
            Self::Adding(_) => Context::Adding,
            Self::Choice(_) => Context::Choice,
            Self::Inquiry(prompt) => prompt.context(),
            Self::Saving(_) => Context::Saving,
            Self::Resolver(_) => Context::Merge,
            Self::Rotation(_) | Self::Plan(_) => Context::Plan,
            Self::Matrix(matrix) if matrix.typing => Context::Filter,
            Self::Matrix(_) => Context::Matrix,
            Self::Findings(_) => Context::Findings,
            Self::Dialog(_) => Context::Dialog,
            Self::History(_) => Context::History,
            Self::Reason(_) => Context::Reason,
            Self::Rules(_) => Context::Rules,
            Self::Review(_) => Context::Review,
            Self::Pager(pager) if pager.typing() => Context::Filter,
            Self::Pager(_) => Context::Pager,
            Self::Palette(_) => Context::Palette,
        }
    }

    /// Whether what is typed may be a secret.
    #[must_use]
    pub fn takes_secret(&self) -> bool {
        match self {
            Self::Field(field) => field.purpose.holds_value(),
            Self::Inquiry(prompt) => prompt.is_secret(),
            _ => false,
        }
    }

    /// Hides what is typed where it may be a secret; whether anything was to be seen.
    pub fn conceal(&mut self) -> bool {
        let secret = self.takes_secret();
        match self {
            Self::Field(field) if secret => std::mem::replace(&mut field.input.shown, false),
            Self::Inquiry(prompt) if secret => std::mem::replace(&mut prompt.input.shown, false),
            Self::History(history) => history.conceal(),
            Self::Review(review) => review.conceal(),
            Self::Resolver(resolver) => resolver.reveal.take().is_some(),
            _ => false,
        }
    }

    /// Until when it shows a value.
    #[must_use]
    pub fn shows_until(&self) -> Option<Instant> {
        match self {
            Self::History(history) => history.until(),
            Self::Review(review) => review.shown().map(|shown| shown.until),
            Self::Resolver(resolver) => resolver.reveal,
            _ => None,
        }
    }

    /// Whether it holds values of a file that need not be open.
    #[must_use]
    pub const fn holds_values(&self) -> bool {
        matches!(self, Self::Resolver(_))
    }

    /// Draws it; where the terminal cursor belongs, if it has one.
    pub fn view(
        &self,
        file: Option<&OpenFile>,
        theme: &Theme,
        buffer: &mut Buffer,
        area: Rect,
    ) -> Option<Position> {
        match self {
            Self::Field(field) => return Some(field.view(theme, buffer, area)),
            Self::Palette(palette) => return Some(palette.view(theme, buffer, area)),
            Self::Adding(adding) => return Some(adding.view(theme, buffer, area)),
            Self::Choice(choice) => choice.view(theme, buffer, area),
            Self::Inquiry(prompt) => return prompt.view(theme, buffer, area),
            Self::Saving(saving) => {
                if let Some(file) = file {
                    saving.view(file, theme, buffer, area);
                }
            }
            Self::Resolver(resolver) => resolver.view(theme, buffer, area),
            Self::Rotation(rotation) => rotation.view(theme, buffer, area),
            Self::Plan(plan) => plan.view(theme, buffer, area),
            Self::Matrix(matrix) => return matrix.view(theme, buffer, area),
            Self::Findings(findings) => findings.view(theme, buffer, area),
            Self::Dialog(dialog) => dialog.view(theme, buffer, area),
            Self::Templates(templates) => templates.view(theme, buffer, area),
            Self::Generator(generator) => generator.view(theme, buffer, area),
            Self::History(history) => history.view(theme, buffer, area),
            Self::Reason(reason) => return reason.pager.view(theme, buffer, area),
            Self::Rules(rules) => rules.view(theme, buffer, area),
            Self::Review(review) => review.view(theme, buffer, area),
            Self::Pager(pager) => return pager.view(theme, buffer, area),
        }
        None
    }
}
