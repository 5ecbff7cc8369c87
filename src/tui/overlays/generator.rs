//! What kind of new value is to be made, and by which rules. Nothing is made before Enter.

use crate::ops::counted::counted;
use crate::ops::generate::{Class, MOST_BYTES, MOST_WORDS, Recipe, Rules};
use crate::tui::action::Action;
use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::{self, Cursor, Pen};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// The longest password that can be asked for here.
const LONGEST: usize = 128;
/// What the list needs, in cells.
const WIDTH: u16 = 60;

/// What can be made, with the rules chosen last.
#[derive(Clone, Debug)]
pub struct Generator {
    recipes: Vec<Recipe>,
    /// The selected one.
    pub cursor: Cursor,
    /// Whether the field below was opened for it alone, and goes with it.
    pub opened_field: bool,
}

impl Default for Generator {
    fn default() -> Self {
        Self {
            recipes: vec![
                Recipe::Password(Rules::default()),
                Recipe::Passphrase(6),
                Recipe::Hex(32),
                Recipe::Base64(32),
                Recipe::Uuid,
                Recipe::AgeKey,
                Recipe::HybridAgeKey,
                Recipe::SshKey,
            ],
            cursor: Cursor::default(),
            opened_field: false,
        }
    }
}

/// The name of a recipe, and how much of it there is.
fn words(recipe: &Recipe) -> (&'static str, String) {
    match recipe {
        Recipe::Password(rules) => ("password", counted(rules.length, "character")),
        Recipe::Passphrase(count) => ("passphrase", counted(*count, "word")),
        Recipe::Hex(count) => ("hex", counted(*count, "byte")),
        Recipe::Base64(count) => ("base64", counted(*count, "byte")),
        Recipe::Uuid => ("uuid", "version 4".to_owned()),
        Recipe::AgeKey => ("age key", "X25519".to_owned()),
        Recipe::HybridAgeKey => ("age key", "post-quantum".to_owned()),
        Recipe::SshKey => ("ssh key", "ed25519".to_owned()),
    }
}

/// A recipe for people, with its entropy.
#[must_use]
pub fn describe(recipe: &Recipe) -> String {
    let (name, size) = words(recipe);
    format!("{name}, {size}, {:.0} bits", recipe.entropy().floor())
}

impl Generator {
    /// How many lines there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.recipes.len()
    }

    /// What is selected.
    #[must_use]
    pub fn chosen(&self) -> Option<&Recipe> {
        self.recipes.get(self.cursor.at)
    }

    /// Changes how the selected value is made.
    pub fn adjust(&mut self, action: Action) {
        let Some(recipe) = self.recipes.get_mut(self.cursor.at) else {
            return;
        };
        let more = action == Action::GenerateMore;
        let step = |size: usize, by: usize, least: usize, most: usize| {
            let next = if more { size + by } else { size.saturating_sub(by) };
            next.clamp(least, most)
        };
        match (action, recipe) {
            (Action::GenerateMore | Action::GenerateLess, recipe) => match recipe {
                Recipe::Password(rules) => rules.length = step(rules.length, 1, 4, LONGEST),
                Recipe::Passphrase(count) => *count = step(*count, 1, 3, MOST_WORDS),
                Recipe::Hex(count) | Recipe::Base64(count) => *count = step(*count, 4, 4, MOST_BYTES),
                _ => {}
            },
            (Action::GenerateDistinct, Recipe::Password(rules)) => rules.distinct = !rules.distinct,
            (action, Recipe::Password(rules)) => {
                if let Some(class) = class_of(action) {
                    rules.toggle(class);
                }
            }
            _ => {}
        }
    }

    /// Whether an action changes nothing of the selected value.
    #[must_use]
    pub fn refuses(&self, action: Action) -> bool {
        let adjusts = matches!(
            action,
            Action::GenerateMore
                | Action::GenerateLess
                | Action::GenerateLower
                | Action::GenerateUpper
                | Action::GenerateDigits
                | Action::GenerateSymbols
                | Action::GenerateDistinct
        );
        let mut other = self.clone();
        other.adjust(action);
        adjusts && other.recipes == self.recipes
    }

    /// Draws it.
    pub fn view(&self, theme: &Theme, buffer: &mut Buffer, area: Rect) {
        let count = u16::try_from(self.recipes.len()).unwrap_or(u16::MAX);
        let width = WIDTH.min(area.width.saturating_sub(4));
        let inner = widgets::popup(buffer, area, theme, "Generate", width, count + 3);
        // Short screens keep the selected line and the line about it.
        let page = inner.height.saturating_sub(3).max(1);
        let mut cursor = self.cursor;
        cursor.keep(usize::from(page), self.recipes.len());
        for ((number, recipe), row) in self.recipes.iter().enumerate().skip(cursor.top).zip(0..page) {
            let over = (number == self.cursor.at).then(|| theme.style(Role::Selected));
            let style = |role| over.map_or(theme.style(role), |over| theme.style(role).patch(over));
            let (name, size) = words(recipe);
            let mut pen = Pen::new(buffer, inner, row);
            pen.put(&format!(" {name:<12}"), style(Role::Text));
            pen.put(&size, style(Role::Type));
            let bits = format!("{:.0} bits ", recipe.entropy().floor());
            let gap = pen.left().saturating_sub(bits.len());
            pen.put(&" ".repeat(gap), style(Role::Text))
                .put(&bits, style(Role::Dim));
        }
        let mut pen = Pen::new(buffer, inner, (page + 1).min(inner.height.saturating_sub(1)));
        match self.chosen() {
            Some(Recipe::Password(rules)) => view_rules(rules, theme, &mut pen),
            Some(Recipe::Passphrase(_)) => {
                pen.put(
                    " common words joined by dashes, 11 bits each",
                    theme.style(Role::Dim),
                );
            }
            Some(Recipe::AgeKey | Recipe::HybridAgeKey | Recipe::SshKey) => {
                pen.put(
                    " the private half; the public half is shown once",
                    theme.style(Role::Dim),
                );
            }
            _ => {}
        }
    }
}

fn class_of(action: Action) -> Option<Class> {
    match action {
        Action::GenerateLower => Some(Class::Lower),
        Action::GenerateUpper => Some(Class::Upper),
        Action::GenerateDigits => Some(Class::Digits),
        Action::GenerateSymbols => Some(Class::Symbols),
        _ => None,
    }
}

fn view_rules(rules: &Rules, theme: &Theme, pen: &mut Pen<'_>) {
    let classes = [
        ("a-z", Class::Lower),
        ("A-Z", Class::Upper),
        ("0-9", Class::Digits),
        ("#?!", Class::Symbols),
    ];
    let parts = classes.map(|(name, class)| (name, rules.classes.contains(&class)));
    for (name, on) in parts.into_iter().chain([("no look-alikes", rules.distinct)]) {
        let (mark, role) = if on {
            (theme.glyphs.ok, Role::Ok)
        } else {
            (" ", Role::Dim)
        };
        pen.put(&format!(" {mark}"), theme.style(role))
            .put(name, theme.style(role));
    }
}
