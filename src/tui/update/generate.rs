//! New values for the field: choosing how, asking the worker, taking the result.

use super::field;
use crate::failure::Failure;
use crate::ops::generate::Made;
use crate::tui::action::Action;
use crate::tui::effect::Effect;
use crate::tui::kind::Kind;
use crate::tui::model::{Model, Purpose};
use crate::tui::overlays::Overlay;
use crate::tui::overlays::generator::describe;
use crate::tui::overlays::pager::Pager;
use crate::tui::theme::Role;
use crate::tui::worker::Job;

/// Shows what can be made, above the field of a value; in the tree, the field of the selected value is opened first.
pub(super) fn begin(model: &mut Model) {
    let from_tree = model.overlays.is_empty();
    if from_tree && let Some(row) = model.tree.selected() {
        field::edit(model, row.id);
    }
    match model.overlays.last_mut() {
        Some(Overlay::Field(field)) if field.purpose.is_value() => {
            let mut generator = model.generator.clone();
            generator.opened_field = from_tree;
            model.overlays.push(Overlay::Generator(generator));
        }
        Some(Overlay::Field(field)) => field.problem = Some("only values are generated".to_owned()),
        _ => {}
    }
}

/// Another length or class of characters.
pub(super) fn adjust(model: &mut Model, action: Action) {
    let Some(Overlay::Generator(generator)) = model.overlays.last_mut() else {
        return;
    };
    if generator.refuses(action) {
        model.say(Role::Info, "this cannot be changed here");
    } else {
        generator.adjust(action);
    }
}

/// Enter: what is selected is made.
pub(super) fn accept(model: &mut Model) -> Vec<Effect> {
    let Some(Overlay::Generator(generator)) = model.overlays.pop() else {
        return Vec::new();
    };
    let recipe = generator.chosen().cloned();
    model.generator = generator;
    let Some(recipe) = recipe else { return Vec::new() };
    let id = model.begin(Purpose::Generate(describe(&recipe)), "generating");
    vec![Effect::Start(id, Job::Generate(recipe))]
}

/// The new value stands in the field, hidden; nothing is changed before Enter there.
pub(super) fn made(model: &mut Model, what: &str, result: Result<Made, Failure>) {
    let made = match result {
        Ok(made) => made,
        Err(failure) => {
            let pager = Pager::failure("Nothing was generated", &failure);
            model.overlays.push(Overlay::Pager(pager));
            return;
        }
    };
    let Some(Overlay::Field(field)) = model.overlays.last_mut() else {
        return;
    };
    if let Some(text) = made.secret.expose_str() {
        field.input.set(text);
        field.kind = Kind::Str;
        field.tall = text.contains('\n');
        field.problem = None;
    }
    model.say(Role::Ok, format!("generated: {what}; Enter takes it"));
    if let Some(public) = made.public {
        let lines = [
            "The public half of the new key:".to_owned(),
            String::new(),
            public,
        ];
        model
            .overlays
            .push(Overlay::Pager(Pager::message("Public half", lines)));
    }
}
