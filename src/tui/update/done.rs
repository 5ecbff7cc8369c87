//! What a task came to, handed to whoever asked for it.

use super::{
    details, field, files, generate, history, insight, keys, lock, mismatch, new_file, plan, resolve, review,
    rule, rules_text, save, why,
};
use crate::tui::effect::Effect;
use crate::tui::model::{Model, Purpose};
use crate::tui::overlays::Overlay;
use crate::tui::worker::{Outcome, TaskId};

/// Takes the outcome of a task in; what nobody waits for any more is dropped.
pub(super) fn on_done(model: &mut Model, id: TaskId, outcome: Outcome) -> Vec<Effect> {
    if let Outcome::Change(entry) = outcome {
        // The task goes on.
        history::take(model, id, *entry);
        return Vec::new();
    }
    if let Outcome::Step(result) = outcome {
        plan::step(model, result);
        return Vec::new();
    }
    let Some(task) = model.end(id) else {
        return Vec::new();
    };
    model.dirty = true;
    if model.waited_for().next().is_none() {
        // Nobody waits for an answer any more: another key was faster.
        model
            .overlays
            .retain(|overlay| !matches!(overlay, Overlay::Inquiry(_)));
    }
    match (task.purpose, outcome) {
        (Purpose::Open(path), Outcome::Opened(result)) => return files::opened(model, &path, result),
        (Purpose::Encrypt(path), Outcome::Encrypted(result)) => return files::encrypted(model, path, result),
        (Purpose::Reload, Outcome::Opened(result)) => return save::reloaded(model, result),
        (Purpose::Should, Outcome::Should(ruled)) => keys::ruled(model, *ruled),
        (Purpose::Candidates, Outcome::Candidates(found)) => keys::found(model, found),
        (Purpose::KeyFile, Outcome::KeyFile(key)) => keys::key_read(model, key),
        (Purpose::Save(after), Outcome::Saved(result)) => {
            let effects = save::saved(model, result, after);
            return save::then_lock(model, effects);
        }
        (Purpose::Unlock, Outcome::Unlocked(result)) => return lock::unlocked(model, result),
        (Purpose::Scan, Outcome::Scanned(result)) => return files::scanned(model, result),
        (Purpose::Git, Outcome::Git(states)) => {
            model.files.take_states(states);
            resolve::offer_for_open(model);
        }
        (Purpose::Explain(path), Outcome::Explained(result)) => mismatch::explained(model, &path, result),
        (Purpose::Restore(path), Outcome::Restored(result)) => {
            return mismatch::restored(model, path, result);
        }
        (Purpose::Resolve(path), Outcome::Disputed(result)) => resolve::opened(model, &path, result),
        (Purpose::Decide(path), Outcome::Decided(result)) => return resolve::decided(model, path, result),
        (Purpose::Proceed, Outcome::Proceeded(result)) => return resolve::proceeded(model, result),
        (Purpose::NewFile(template), Outcome::Proposed(result)) => new_file::ask(model, template, result),
        (Purpose::Create(path), Outcome::Created(result)) => return new_file::created(model, path, result),
        (Purpose::Keys, Outcome::Keys(keys)) => field::propose(model, keys),
        (Purpose::Generate(what), Outcome::Generated(result)) => generate::made(model, &what, result),
        (Purpose::PlanRule, Outcome::RulePlanned(result)) => rule::ask(model, result),
        (Purpose::ChangeRule(reselect), Outcome::RuleChanged(result)) => {
            let effects = rule::changed(model, *reselect, result);
            return save::then_lock(model, effects);
        }
        (Purpose::History, Outcome::History(result)) => history::end(model, id, result),
        (Purpose::Since, Outcome::Since(result)) => details::since(model, id, result),
        (Purpose::Review(_), Outcome::Reviewed(answer)) => return review::answered(model, *answer),
        (Purpose::Rules, Outcome::Linted(result)) => rule::show(model, result),
        (Purpose::EditRules(outside), Outcome::RulesEdited(result)) => {
            rules_text::ask(model, *outside, result);
        }
        (Purpose::WriteRules(path), Outcome::RulesWritten(result)) => {
            return rules_text::written(model, path, result);
        }
        (Purpose::Why(id), Outcome::Ruled(result)) => why::show(model, id, result),
        (Purpose::Look(paths), Outcome::Looked(result)) => insight::looked(model, &paths, result),
        (Purpose::Check, Outcome::Checked(result)) => insight::checked(model, result),
        (Purpose::Matrix, Outcome::Access(result)) => insight::matrix(model, result),
        (Purpose::Readers, Outcome::Readers(names)) => plan::readers(model, names),
        (Purpose::Plan(wish), Outcome::Planned(result)) => plan::planned(model, wish, result),
        (Purpose::Apply, Outcome::Applied(result)) => {
            let mut effects = plan::applied(model, result);
            if model.guard.lock_after_save {
                effects.extend(lock::lock(model));
            }
            return effects;
        }
        (Purpose::WriteList(path), Outcome::ListWritten(result)) => plan::list_written(model, &path, result),
        _ => {}
    }
    Vec::new()
}
