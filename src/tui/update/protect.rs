//! `t`: what would encrypt a value, or open it.

use crate::ops::protect::{Change, Proposal, propose};
use crate::ops::save::Agreed;
use crate::seal::selection::Rule;
use crate::tree::{Body, NodeId, Tree};
use crate::tui::model::Model;
use crate::tui::open_file::{Edit, OpenFile, Place, show_path};
use crate::tui::overlays::Overlay;
use crate::tui::overlays::dialog::{Dialog, Intent};
use crate::tui::overlays::pager::Pager;
use crate::tui::text;
use crate::tui::theme::Role;
use crate::tui::worker::Reselect;

/// Shows the ways there are; a rename or a comment can be taken at once.
pub(super) fn begin(model: &mut Model, id: NodeId) {
    let Some(file) = &model.file else { return };
    if file.tree().node(id).comment().is_some() {
        model.say(Role::Info, "select the value that the comment is about");
        return;
    }
    let proposal = propose(file.tree(), &file.document.selection, id);
    let title = title(file, id, proposal.encrypted);
    let mut lines = vec![rule(file)];
    let mut answers = Vec::new();
    if let Some((node, key)) = &proposal.rename {
        lines.push(about_rename(file, *node, &key.display(), &proposal));
        answers.push(("Rename", Intent::Edit(Edit::Rename(*node, key.clone()))));
    }
    if let Some(body @ Body::Comment(comment)) = &proposal.comment
        && let Some(place) = above(file.tree(), id)
    {
        let words = comment.text.expose_str().unwrap_or_default();
        lines.push(format!("A comment above it does that: #{}", text::escape(words)));
        answers.push((
            "Add the comment",
            Intent::Edit(Edit::NewComment(place, body.clone())),
        ));
    }
    if let Some(comment) = proposal.uncomment {
        lines
            .push("The comment that the rule matches decides; without it, it would be otherwise.".to_owned());
        answers.push(("Delete the comment", Intent::Edit(Edit::Delete(comment))));
    }
    let ruled = by_rule(file, id, &proposal);
    lines.extend(ruled.iter().flat_map(|(lines, _)| lines.clone()));
    answers.extend(ruled.iter().filter_map(|(_, answer)| answer.clone()));
    if answers.is_empty() && ruled.is_none() {
        lines.push("No rename changes that.".to_owned());
    }
    model.overlays.push(if answers.is_empty() {
        Overlay::Pager(Pager::message(&title, lines))
    } else {
        Overlay::Dialog(Dialog::new(title, lines, answers))
    });
}

fn title(file: &OpenFile, id: NodeId, encrypted: bool) -> String {
    if encrypted {
        "This becomes readable in git".to_owned()
    } else {
        format!("Encrypt {}?", show_path(file.tree(), id))
    }
}

/// The rule of the file in words.
fn rule(file: &OpenFile) -> String {
    match file.document.selection.rule() {
        Some(rule) => format!(
            "The rule of this file: {} {}",
            rule.field(),
            text::escape(rule.pattern())
        ),
        None => "This file is encrypted as a whole.".to_owned(),
    }
}

fn about_rename(file: &OpenFile, node: NodeId, key: &str, proposal: &Proposal) -> String {
    let tree = file.tree();
    let what = if tree.node(node).is_branch() {
        "everything below it is"
    } else {
        "it is"
    };
    let state = if proposal.encrypted {
        "readable"
    } else {
        "encrypted"
    };
    format!(
        "{} renamed to {}: {what} {state} then.",
        show_path(tree, node),
        text::escape(key)
    )
}

/// A button.
type Answer = (&'static str, Intent);

/// What the `.sops.yaml` says or would have to say, and the way there.
fn by_rule(file: &OpenFile, id: NodeId, proposal: &Proposal) -> Option<(Vec<String>, Option<Answer>)> {
    let Some(selection) = &file.by_rule else {
        return proposal.rule.as_ref().map(about_rule);
    };
    let rule = selection.rule()?;
    let mut lines = vec![format!(
        "In .sops.yaml by now: {} {}",
        rule.field(),
        text::escape(rule.pattern())
    )];
    if selection.decide(file.tree(), id).encrypted != proposal.encrypted {
        lines.push("Encrypted by that, this file would have it so.".to_owned());
        lines.push(super::rule::consequence(file, rule));
        let reselect = Reselect {
            rule: rule.clone(),
            change: None,
            file: true,
            agreed: Agreed::default(),
        };
        let answer = (
            "Encrypt this file by the rule",
            Intent::ChangeRule(Box::new(reselect)),
        );
        return Some((lines, Some(answer)));
    }
    let change = propose(file.tree(), selection, id).rule;
    let (more, answer) = change.as_ref().map(about_rule).unwrap_or_default();
    lines.extend(more.into_iter().skip(1));
    Some((lines, answer))
}

/// What the `.sops.yaml` would have to say.
fn about_rule(change: &Change) -> (Vec<String>, Option<Answer>) {
    let is = format!("{}: {}", change.field, text::escape(&change.old));
    let mut lines = vec![format!("In .sops.yaml: {is}")];
    match &change.new {
        Some(new) => lines.push(format!("would become: {}: {}", change.field, text::escape(new))),
        None => lines.push("would need another expression.".to_owned()),
    }
    let rule = change
        .new
        .clone()
        .and_then(|new| Rule::from_field(change.field, new));
    let answer = rule.map(|rule| ("Look at the rule", Intent::PlanRule(rule)));
    (lines, answer)
}

/// The place directly above a node.
fn above(tree: &Tree, id: NodeId) -> Option<Place> {
    let parent = tree.node(id).parent?;
    let index = tree.children(parent).iter().position(|child| *child == id)?;
    Some(Place { parent, index })
}
