//! Everything a key or the palette can name, in one list: name, what it does, its word for the bottom bar, and its default
//! keys by context. The enum, the keymap, the palette, the help and `docs/keys.md` all come from here.

use self::Context::{
    Adding, Changes, Choice, Dialog, Editor, Everywhere, Field, Files, Filter, Findings, Generator, Groups,
    History, Locked, Matrix, Merge, Pager, Palette, Plan, Reason, Recipients, Review, Rules, Saving,
    Templates, Tree,
};

/// Where a key means something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Context {
    /// Any pane, after the pane's own keys; not while an overlay is open.
    Everywhere,
    /// Pane 1.
    Files,
    /// Pane 2.
    Tree,
    /// Pane 3.
    Changes,
    /// Pane 4.
    Recipients,
    /// Pane 5.
    Groups,
    /// The one-line field.
    Field,
    /// The editor of values with many lines.
    Editor,
    /// The list of what can be generated.
    Generator,
    /// The filter line of the tree.
    Filter,
    /// The list of templates for a new file.
    Templates,
    /// The list of changes before a save.
    Saving,
    /// What differs between two states of the repository.
    Review,
    /// The commits in which a value changed.
    History,
    /// Conflicts of a merge.
    Merge,
    /// Who can read which file.
    Matrix,
    /// What is to be done to several files, and what became of each.
    Plan,
    /// What a check found.
    Findings,
    /// Which rule decided about a value.
    Reason,
    /// A `.sops.yaml`, and what is wrong in it.
    Rules,
    /// Who is to be added to a file.
    Adding,
    /// A list of which one is chosen.
    Choice,
    /// A question with buttons.
    Dialog,
    /// Text to read: help, messages, keys that were tried.
    Pager,
    /// The command palette.
    Palette,
    /// Everything, while the editor is locked.
    Locked,
}

impl Context {
    /// All contexts, in the order of the documentation.
    pub const ALL: &'static [Self] = &[
        Everywhere, Tree, Files, Changes, Recipients, Groups, Field, Editor, Generator, Templates, Filter,
        Saving, Review, History, Merge, Matrix, Plan, Findings, Reason, Rules, Adding, Choice, Dialog, Pager,
        Palette, Locked,
    ];

    /// Whether there is nothing in it to take back: leaving it closes it, and cancels nothing.
    #[must_use]
    pub const fn only_reads(self) -> bool {
        matches!(self, Review | History | Matrix | Reason | Pager)
    }

    /// What the context is, for people.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Everywhere => "Everywhere",
            Files => "Files (1)",
            Tree => "Tree (2)",
            Changes => "Changes (3)",
            Recipients => "Recipients (4)",
            Groups => "Key groups (5)",
            Field => "One-line field",
            Editor => "Multi-line editor",
            Generator => "Generator",
            Templates => "Templates",
            Filter => "Filter line",
            Saving => "List of changes",
            Review => "Review",
            History => "History",
            Merge => "Merge resolver",
            Matrix => "Access matrix",
            Plan => "Plan",
            Findings => "Findings",
            Reason => "Why",
            Rules => "Rules",
            Adding => "New recipient",
            Choice => "Choice",
            Dialog => "Question",
            Pager => "Help and messages",
            Palette => "Command palette",
            Locked => "Locked",
        }
    }
}

/// One entry of the list.
#[derive(Debug)]
pub struct Entry {
    /// The action.
    pub action: Action,
    /// Its name in keymaps and in the palette.
    pub name: &'static str,
    /// What it does, in a few words.
    pub doc: &'static str,
    /// Its word in the bottom bar; empty where it has no place there.
    pub word: &'static str,
    /// Contexts and the default keys there. A context without keys: the action is known there, and not bound.
    pub keys: &'static [(&'static [Context], &'static [&'static str])],
}

/// Where a line is selected.
const LISTS: &[Context] = &[
    Tree, Files, Changes, Recipients, Groups, Generator, Templates, Choice, Saving, Review, History, Merge,
    Matrix, Plan, Findings, Reason, Rules, Pager,
];

/// Where there may be more lines than fit.
const PAGES: &[Context] = &[
    Tree, Files, Changes, Recipients, Groups, Saving, Review, History, Merge, Matrix, Plan, Findings, Reason,
    Rules, Pager,
];

macro_rules! contexts {
    ([$($context:ident)+]) => { &[$($context),+] };
    ($list:ident) => { $list };
}

macro_rules! actions {
    ($($action:ident $name:literal $doc:literal $word:literal { $($contexts:tt $($key:literal)*;)+ })+) => {
        /// Whatever a key or the palette can name.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Action { $(#[doc = $doc] $action,)+ }

        /// All actions, in the order in which help shows them.
        pub const ENTRIES: &[Entry] = &[$(Entry {
            action: Action::$action,
            name: $name,
            doc: $doc,
            word: $word,
            keys: &[$((contexts!($contexts), &[$($key),*])),+],
        },)+];
    };
}

actions! {
    Edit "edit" "edit the value; on a branch, its key" "edit" { [Tree] "e"; }
    EditOutside "edit-outside" "edit the value in your own editor; on a branch, the whole file" "edit" { [Tree Rules] "E"; }
    AddSibling "add-sibling" "add an entry after this one" "add" { [Tree] "a"; }
    AddChild "add-child" "add an entry inside this one" "" { [Tree] "A"; }
    Delete "delete" "delete" "delete" { [Tree] "d"; }
    Rename "rename" "rename the key" "rename" { [Tree] "c"; }
    Type "type" "change the type of the value" "" { [Tree] "T"; }
    Duplicate "duplicate" "copy the entry below itself; a new key is asked for" "" { [Tree] "C"; }
    Protect "protect" "change whether it is encrypted: by a rename, or the rule that does it" "" { [Tree Reason] "t"; }
    Review "review" "review what differs in git; again: the next two sides" "sides" { [Everywhere Review] "D"; }
    Stage "stage" "stage or unstage this change; on a file, all of it" "stage" { [Review] "Space"; }
    Discard "discard" "discard this change from the work tree; undo brings it back" "discard" { [Review] "d"; }
    Commit "commit" "write a message and commit what is staged" "commit" { [Review] "c"; }
    ShowRules "rules" "show the .sops.yaml, and what is wrong in it" "" { [Everywhere Reason] "g r"; }
    Why "why" "which rule decided whether it is encrypted, and what would change that" "" { [Tree] "w"; }
    History "history" "the commits in which this value changed, and who could read it then" "" { [Tree] "b"; }
    Restore "restore" "make the old value an edit" "restore" { [History] "Enter" "o"; }
    Comment "comment" "add a comment above the entry, or edit the one that is there" "" { [Tree] "#"; }
    MoveDown "move-down" "move the entry down" "" { [Tree] "J"; }
    MoveUp "move-up" "move the entry up" "" { [Tree] "K"; }
    Reveal "reveal" "reveal this value for a time, or conceal it" "reveal" { [Tree Review History Merge] "r"; }
    Undo "undo" "undo the last edit" "undo" { [Tree Review Recipients Groups Merge] "u"; }
    Redo "redo" "redo what was taken back" "" { [Tree Recipients Groups] "ctrl-r"; }
    Filter "filter" "filter while typing" "filter" { [Tree Matrix] "/"; }
    FilterValues "filter-values" "search in values, or in paths again; what is found stays masked" "values" { [Filter] "Tab"; }
    NextMatch "next-match" "next match" "next" { [Tree Pager] "n"; }
    PreviousMatch "previous-match" "previous match" "" { [Tree Pager] "N"; }
    Activate "activate" "fold or unfold a branch, edit a value" "" { [Tree] "Enter"; }
    Fold "fold" "fold, or go to the parent" "" { [Tree Files] "h" "Left"; }
    Unfold "unfold" "unfold, or go to the first child" "" { [Tree Files] "l" "Right"; }
    FoldAll "fold-all" "fold everything" "" { [Tree Files] "z M"; }
    UnfoldAll "unfold-all" "unfold everything" "" { [Tree Files] "z R"; }
    CopyValue "copy-value" "copy the value, and clear the clipboard after a time" "" { [Tree History] "y"; }
    CopyPath "copy-path" "copy the path of the entry" "" { [Tree] "Y"; }

    OpenFile "open-file" "open the file; fold or unfold a folder" "open" { [Files] "Enter"; }
    NewFile "new-file" "make a new file by its rule, from a template" "new" { [Files] "a"; }
    ListFiles "list-files" "list SOPS files, plain files that a rule is for, or all files" "list" { [Files] "f"; }
    Rescan "rescan" "look for files again" "" { [Files] "r"; }
    Explain "explain-mac" "say why the MAC does not hold, and repair the file" "why read-only" { [Everywhere] "!"; }
    Resolve "resolve" "resolve the merge conflicts of the file" "" { [Tree Files] "M"; }
    TakeOurs "take-ours" "take our side" "ours" { [Merge] "h" "Left"; }
    TakeTheirs "take-theirs" "take their side" "theirs" { [Merge] "l" "Right"; }
    TakeBoth "take-both" "take both sides, ours first" "both" { [Merge] "b"; }
    TakeOwn "take-own" "set a value of your own" "edit" { [Merge] "e"; }
    NextConflict "next-conflict" "next conflict that is open" "next" { [Merge] "n" "Tab"; }
    PreviousConflict "previous-conflict" "previous conflict that is open" "" { [Merge] "N" "shift-Tab"; }
    Mark "mark" "mark the file or all of the folder for what is done to several, or take the mark away" "mark" { [Files] "Space"; }
    MarkFolder "mark-folder" "mark all files of this folder and below, or none" "" { [Files] "v"; }
    MarkAll "mark-all" "mark all listed files, or none" "" { [Files] "V"; }
    Inspect "inspect" "why the file has its marks: rule, drift, leaks, who names it" "" { [Files] "i"; }
    InspectAll "inspect-all" "what the marks mean, and what was not looked into" "" { [Files] "I"; }
    Check "check" "check the marked files, or this one: leaks, stale recipients" "" { [Files] "c"; }
    Matrix "matrix" "who can read which file" "matrix" { [Files] "m"; }
    Rotate "rotate" "keys of the marked files, or this one: follow the rule, new data key, let in, take out" "" { [Tree Files Recipients Groups] "R"; }
    CopyList "copy-list" "copy the list of secrets to change: paths, no values" "copy list" { [Plan] "c"; }
    WriteList "write-list" "write the list of secrets to change to a file" "write list" { [Plan] "w"; }
    ColumnLeft "column-left" "one recipient to the left" "" { [Matrix] "h" "Left"; }
    ColumnRight "column-right" "one recipient to the right" "" { [Matrix] "l" "Right"; }
    JumpToChange "jump-to-change" "show the change in the tree" "show" { [Changes Review] "Enter"; }
    TakeBack "take-back" "take this change back" "take back" { [Changes] "u"; }
    AddRecipient "add-recipient" "add a recipient: paste a public key, or choose one" "add" { [Recipients] "a"; }
    AddGroup "add-group" "add a key group; its first key is asked for" "add group" { [Groups] "a"; }
    RemoveKey "remove-key" "remove the recipient, or the whole group" "remove" { [Recipients Groups] "d"; }
    MoveKey "move-key" "move the key to another group" "move" { [Recipients Groups] "m"; }
    RaiseThreshold "raise-threshold" "one more group is needed to open the file" "" { [Recipients Groups] "+"; }
    LowerThreshold "lower-threshold" "one group less is needed to open the file" "" { [Recipients Groups] "-"; }
    KeyDetails "key-details" "all that is known of the key" "details" { [Recipients Groups] "Enter"; }
    Attempts "attempts" "which keys were tried, and what became of each" "keys tried" { [Recipients Groups] "t"; }

    Down "down" "down" "" { LISTS "j" "Down"; [Filter Palette Adding] "Down" "ctrl-n"; }
    Up "up" "up" "" { LISTS "k" "Up"; [Filter Palette Adding] "Up" "ctrl-p"; }
    Top "top" "to the top" "" { LISTS "g g" "Home"; }
    Bottom "bottom" "to the bottom" "" { LISTS "G" "End"; }
    HalfDown "half-down" "half a page down" "" { PAGES "ctrl-d" "PageDown"; [Filter Palette Adding] "PageDown"; }
    HalfUp "half-up" "half a page up" "" { PAGES "ctrl-u" "PageUp"; [Filter Palette Adding] "PageUp"; }

    Accept "accept" "accept" "accept" { [Field Generator Templates Choice Adding Filter Saving Matrix Plan Findings Rules Dialog Palette] "Enter"; [Editor Merge] "ctrl-s"; }
    Cancel "cancel" "cancel, close" "cancel" { [Field Editor Filter Adding Saving Palette] "Esc" "ctrl-c"; [Generator Templates Choice Review History Merge Matrix Plan Findings Rules] "Esc" "q" "ctrl-c"; [Dialog] "Esc" "n" "ctrl-c"; [Reason Pager] "Esc" "q" "Enter" "ctrl-c"; }
    Find "find" "find in the text while typing" "find" { [Pager] "/"; }
    Yes "yes" "yes" "yes" { [Dialog] "y"; [Saving Plan] "y"; }
    DataKey "data-key" "a new data key, or the old one although somebody goes" "data key" { [Saving] "r"; }
    Consequences "consequences" "what the changes of keys mean, and which values those who go could read" "what it means" { [Saving] "v"; }
    NextButton "next-button" "next button" "" { [Dialog Plan] "Right" "Tab" "l"; }
    PreviousButton "previous-button" "previous button" "" { [Dialog Plan] "Left" "shift-Tab" "h"; }
    ShowField "show-field" "show or hide what is typed" "show" { [Field Editor Filter] "ctrl-t"; }
    OpenEditor "open-editor" "many lines" "lines" { [Field] "ctrl-e"; }
    ClearField "clear-field" "clear the field" "clear" { [Field] "ctrl-u"; [Filter Palette Adding] "ctrl-u"; }
    Generate "generate" "generate a new value" "generate" { [Tree Field Editor] "ctrl-g"; }
    FieldType "field-type" "next type that the text can have; for a new key, the next proposal" "type" { [Field] "Tab"; }
    GenerateMore "generate-more" "longer" "longer" { [Generator] "+" "Right" "l"; }
    GenerateLess "generate-less" "shorter" "shorter" { [Generator] "-" "Left" "h"; }
    GenerateLower "generate-lower" "with or without small letters" "a-z" { [Generator] "a"; }
    GenerateUpper "generate-upper" "with or without capital letters" "A-Z" { [Generator] "A"; }
    GenerateDigits "generate-digits" "with or without digits" "0-9" { [Generator] "0"; }
    GenerateSymbols "generate-symbols" "with or without signs" "signs" { [Generator] "s"; }
    GenerateDistinct "generate-distinct" "with or without characters that look alike" "" { [Generator] "x"; }
    Complete "complete" "complete the name" "" { [Palette] "Tab"; }

    FocusFiles "focus-files" "focus the files" "" { [Everywhere] "1"; }
    FocusTree "focus-tree" "focus the tree" "" { [Everywhere] "2"; }
    FocusChanges "focus-changes" "focus the changes" "" { [Everywhere] "3"; }
    FocusRecipients "focus-recipients" "focus the recipients" "" { [Everywhere] "4"; }
    FocusGroups "focus-groups" "focus the key groups" "" { [Everywhere] "5"; }
    NextPane "next-pane" "next pane" "" { [Everywhere] "Tab"; }
    PreviousPane "previous-pane" "previous pane" "" { [Everywhere] "shift-Tab"; }
    CycleForward "cycle-forward" "next part of what a narrow terminal shows" "panes" { [Everywhere] "]"; }
    CycleBack "cycle-back" "previous part of what a narrow terminal shows" "" { [Everywhere] "["; }
    JumpBack "jump-back" "back to where the last jump began" "" { [Everywhere] "ctrl-o"; }
    JumpForth "jump-forth" "forth again to where a jump led" "" { [Everywhere] "ctrl-n"; }
    Wider "wider" "make the pane wider" "" { [Everywhere] ">"; }
    Narrower "narrower" "make the pane narrower" "" { [Everywhere] "<"; }
    Higher "higher" "make the pane of a side column higher" "" { [Everywhere] "}"; }
    Lower "lower" "make the pane of a side column lower" "" { [Everywhere] "{"; }
    Save "save" "list the changes and save" "save" { [Everywhere] "ctrl-s"; }
    SaveAndQuit "save-and-quit" "save, then quit" "" { [Everywhere]; }
    Conceal "conceal" "conceal everything and clear the clipboard" "" { [Everywhere Saving Review History Merge Matrix Plan Findings Reason Rules Dialog Pager] "X"; [Field Editor Generator Templates Choice Adding Filter Palette] "ctrl-x"; }
    ShareSafe "share-safe" "share-safe mode on or off: no value is shown, copied or typed in clear" "" { [Everywhere Review] "S"; }
    Lock "lock" "lock: drop keys and values, keep unsaved changes encrypted" "" { [Everywhere Review] "L"; }
    Unlock "unlock" "open the locked file again" "unlock" { [Locked] "Enter"; }
    Palette "palette" "command palette" "command" { [Everywhere] ":"; }
    Help "help" "keys of this place" "help" { [Everywhere] "?" "F1"; [Review History Merge Matrix Plan Findings Reason Rules] "?" "F1"; [Field Editor Generator Templates Choice Adding Filter Saving Dialog Palette] "F1"; }
    Messages "messages" "what was told so far, in full" "" { [Everywhere] "g m"; }
    Reload "reload" "read the file again, keeping the edits that still fit" "" { [Everywhere]; [Review] "ctrl-r"; }
    CancelTask "cancel-task" "stop what runs; else conceal" "stop" { [Everywhere Locked] "Esc"; }
    Redraw "redraw" "draw the screen anew" "" { [Everywhere Locked] "ctrl-l"; }
    Suspend "suspend" "suspend to the shell" "" { [Everywhere Field Editor Generator Templates Choice Adding Filter Saving Review History Merge Matrix Plan Findings Reason Rules Dialog Pager Palette Locked] "ctrl-z"; }
    Close "close" "quit; asks when there are unsaved changes" "quit" { [Everywhere Locked] "q"; }
    Quit "quit" "quit; asks when there are unsaved changes" "" { [Everywhere Locked] "ctrl-c"; }
    QuitWithoutSaving "quit-without-saving" "quit and drop the unsaved changes" "" { [Everywhere]; }
}

/// Stands in where no entry is found, which cannot be.
const FIRST: &Entry = match ENTRIES.first() {
    Some(entry) => entry,
    None => &Entry {
        action: Action::Help,
        name: "help",
        doc: "",
        word: "",
        keys: &[],
    },
};

impl Action {
    /// The entry of the list.
    #[must_use]
    pub fn entry(self) -> &'static Entry {
        // The enum and the list come from one macro, so the position of one is that of the other.
        ENTRIES.get(self as usize).unwrap_or(FIRST)
    }

    /// The name in keymaps and in the palette.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.entry().name
    }

    /// Whether the palette offers it: what panes do, not what keys do inside an overlay.
    #[must_use]
    pub fn in_palette(self) -> bool {
        self.entry()
            .keys
            .iter()
            .flat_map(|(contexts, _)| *contexts)
            .any(|context| matches!(context, Everywhere | Tree | Files | Changes | Recipients | Groups))
            && !matches!(
                self,
                Self::Down | Self::Up | Self::Top | Self::Bottom | Self::HalfDown | Self::HalfUp
            )
    }
}

#[cfg(test)]
mod tests {
    use super::ENTRIES;
    use std::collections::HashSet;

    #[test]
    fn the_list_and_the_enum_agree_and_names_are_unique() {
        let mut names = HashSet::new();
        for entry in ENTRIES {
            assert_eq!(entry.action.entry().name, entry.name);
            assert!(names.insert(entry.name), "{}", entry.name);
        }
    }
}
