//! What lies above the panes: a stack, of which the uppermost takes the keys.

pub mod dialog;
pub mod field;
pub mod generator;
pub mod inquiry;
pub mod pager;
pub mod palette;
pub mod review;

use super::action::Context;
use super::open_file::OpenFile;
use super::theme::Theme;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

/// One overlay.
pub enum Overlay {
    /// A line of text: a value or a key.
    Field(field::Field),
    /// What can be generated.
    Generator(generator::Generator),
    /// The changes, before they are saved.
    Review(review::Review),
    /// A question of a key service.
    Inquiry(inquiry::Prompt),
    /// A question.
    Dialog(dialog::Dialog),
    /// Text to read.
    Pager(pager::Pager),
    /// The command palette.
    Palette(palette::Palette),
}

impl Overlay {
    /// Its context in the keymap.
    #[must_use]
    pub const fn context(&self) -> Context {
        match self {
            Self::Field(field) if field.tall => Context::Editor,
            Self::Field(_) => Context::Field,
            Self::Generator(_) => Context::Generator,
            Self::Inquiry(prompt) => prompt.context(),
            Self::Review(_) => Context::Review,
            Self::Dialog(_) => Context::Dialog,
            Self::Pager(_) => Context::Pager,
            Self::Palette(_) => Context::Palette,
        }
    }

    /// Hides what is typed where it may be a value; whether anything was to be seen.
    pub fn conceal(&mut self) -> bool {
        let input = match self {
            Self::Field(field) if field.purpose.holds_value() => &mut field.input,
            Self::Inquiry(prompt) if prompt.is_secret() => &mut prompt.input,
            _ => return false,
        };
        std::mem::replace(&mut input.shown, false)
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
            Self::Inquiry(prompt) => return prompt.view(theme, buffer, area),
            Self::Review(review) => {
                if let Some(file) = file {
                    review.view(file, theme, buffer, area);
                }
            }
            Self::Dialog(dialog) => dialog.view(theme, buffer, area),
            Self::Generator(generator) => generator.view(theme, buffer, area),
            Self::Pager(pager) => pager.view(theme, buffer, area),
        }
        None
    }
}
