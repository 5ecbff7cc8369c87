//! What actions need: a file that may be changed, one that is more than a value, or any open file at all.

use crate::tui::action::Action;

/// Actions that change more than a value.
pub(super) const fn reshapes(action: Action) -> bool {
    matches!(
        action,
        Action::AddSibling
            | Action::AddChild
            | Action::Delete
            | Action::Duplicate
            | Action::Rename
            | Action::Comment
            | Action::Type
            | Action::Protect
            | Action::MoveDown
            | Action::MoveUp
    )
}

/// Actions that change the tree.
pub(super) const fn edits(action: Action) -> bool {
    matches!(
        action,
        Action::Edit
            | Action::AddSibling
            | Action::AddChild
            | Action::Delete
            | Action::Rename
            | Action::Type
            | Action::Duplicate
            | Action::EditOutside
            | Action::Generate
            | Action::Protect
            | Action::Comment
            | Action::MoveDown
            | Action::MoveUp
            | Action::Undo
            | Action::Redo
            | Action::TakeBack
            | Action::AddRecipient
            | Action::AddGroup
            | Action::RemoveKey
            | Action::MoveKey
            | Action::RaiseThreshold
            | Action::LowerThreshold
    )
}

/// Whether an action folds or unfolds, in the tree or in the list of files.
pub(super) const fn folds(action: Action) -> bool {
    matches!(
        action,
        Action::Fold | Action::Unfold | Action::FoldAll | Action::UnfoldAll
    )
}

/// Actions that mean nothing without an open file.
pub(super) const fn needs_file(action: Action) -> bool {
    edits(action)
        || folds(action)
        || matches!(
            action,
            Action::Reveal
                | Action::Filter
                | Action::NextMatch
                | Action::PreviousMatch
                | Action::Activate
                | Action::CopyPath
                | Action::CopyValue
                | Action::JumpBack
                | Action::JumpForth
                | Action::JumpToChange
                | Action::Attempts
                | Action::KeyDetails
                | Action::Explain
                | Action::Save
                | Action::SaveAndQuit
                | Action::Reload
                | Action::Why
                | Action::History
        )
}
