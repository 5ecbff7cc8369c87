//! What a task is to do, and what it can come to.

use super::review;
use crate::failure::Failure;
use crate::format::Format;
use crate::host::file::Obstacle;
use crate::metadata::{Metadata, Recipient};
use crate::ops::access::Matrix;
use crate::ops::candidates::Candidate;
use crate::ops::check::Report;
use crate::ops::create::Template;
use crate::ops::draft::{Kept, Reopened};
use crate::ops::generate::{Made, Recipe};
use crate::ops::history::{Entry, Since, Told};
use crate::ops::mismatch::Explanation;
use crate::ops::open::Document;
use crate::ops::overview::Overview;
use crate::ops::rekey_files::{FileResult, Planned, Wish};
use crate::ops::resolve::{Choice, Dispute, OneSide, Opened, Resolved};
use crate::ops::rule_change::RuleChange;
use crate::ops::ruled::Ruled;
use crate::ops::rules_edit::RulesEdit;
use crate::ops::rules_text::RulesText;
use crate::ops::save::{Agreed, Rekey};
use crate::ops::scan::Scan;
use crate::ops::stage::Commit;
use crate::ops::why::Ruling;
use crate::seal::selection::Rule;
use crate::tree::{Key, NodeId, Secret, Tree};
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

/// Names a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TaskId(pub u64);

/// What a task does.
pub enum Job {
    /// Read and unlock a file.
    Open(PathBuf),
    /// Encrypt a plain file where it lies.
    Encrypt(PathBuf),
    /// Seal and write the edited tree, perhaps for other recipients.
    Save(Arc<Document>, Box<Tree>, Option<Box<Rekey>>, Agreed),
    /// As [`Job::Save`], for a file that is not there any more: it is made anew.
    SaveAnew(Arc<Document>, Box<Tree>, Option<Box<Rekey>>),
    /// Find who should read this file, which these can read.
    Should(PathBuf, Vec<Recipient>),
    /// Find who can be added to a file.
    Candidates,
    /// Read the public key in a file that somebody named.
    KeyFile(String),
    /// Open a locked file again.
    Unlock(Arc<Kept>),
    /// Find the files of a folder.
    Scan(PathBuf),
    /// Ask git about the files of a folder.
    Git(PathBuf),
    /// Propose a path near this folder for a new file.
    Propose(PathBuf, Template),
    /// Make a new file.
    Create(PathBuf, Template),
    /// Say why the MAC of a file does not hold.
    Explain(Arc<Document>),
    /// Bring back the last version of a file whose MAC held.
    Restore(PathBuf),
    /// Open the sides of a file in conflict.
    Resolve(PathBuf),
    /// Write a file with what was chosen in its conflicts; whether to tell git.
    Decide(Arc<Dispute>, Vec<Option<Choice>>, bool),
    /// Keep a file that one side deleted, or let it go, and tell git.
    TakeSide(Arc<OneSide>, bool),
    /// Commit the merge of the repository around a file.
    Proceed(PathBuf),
    /// Make a new value.
    Generate(Recipe),
    /// Find the commits in which a value changed, a node of the document as it was opened.
    History(Arc<Document>, NodeId),
    /// Find since when somebody can read a file.
    Since(Arc<Document>, Recipient),
    /// Find the keys that these files have below this path.
    Keys(Vec<PathBuf>, Vec<Key>),
    /// Plan another selection for the rule that is for a file.
    PlanRule(PathBuf, Rule),
    /// Change a rule, and perhaps encrypt the open file anew by it.
    ChangeRule(Arc<Document>, Box<Reselect>),
    /// Read this `.sops.yaml`, or the one nearest to this path, and look for what is wrong in it.
    Lint(PathBuf),
    /// Look for what is wrong in a text that is to take the place of a `.sops.yaml`.
    EditRules(Box<RulesText>, Secret),
    /// Write it.
    WriteRules(Box<RulesEdit>),
    /// Read the rules for an encrypted file.
    Rules(PathBuf, Format, Box<Metadata>),
    /// Something for the review.
    Review(Box<review::Request>),
    /// Find out what stands out below some paths; the SOPS files there get their rules looked up.
    Look(Vec<PathBuf>, Vec<PathBuf>),
    /// Check files.
    Check(Vec<PathBuf>),
    /// Find out who can read which file below some paths.
    Access(Vec<PathBuf>),
    /// Find out what those are called who can read these files.
    Readers(Vec<PathBuf>),
    /// Plan.
    Plan(Wish),
    /// Carry out a plan.
    Apply(Arc<Planned>),
    /// Write a new text file.
    WriteList(PathBuf, String),
}

impl std::fmt::Debug for Job {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Open(_) => "Open",
            Self::Encrypt(_) => "Encrypt",
            Self::Save(..) => "Save",
            Self::SaveAnew(..) => "SaveAnew",
            Self::Should(..) => "Should",
            Self::Candidates => "Candidates",
            Self::KeyFile(_) => "KeyFile",
            Self::Unlock(_) => "Unlock",
            Self::Scan(_) => "Scan",
            Self::Git(_) => "Git",
            Self::Propose(..) => "Propose",
            Self::Create(..) => "Create",
            Self::Explain(_) => "Explain",
            Self::Restore(_) => "Restore",
            Self::Resolve(_) => "Resolve",
            Self::Decide(..) => "Decide",
            Self::TakeSide(..) => "TakeSide",
            Self::Proceed(_) => "Proceed",
            Self::Generate(_) => "Generate",
            Self::Keys(..) => "Keys",
            Self::History(..) => "History",
            Self::Since(..) => "Since",
            Self::Rules(..) => "Rules",
            Self::Lint(_) => "Lint",
            Self::EditRules(..) => "EditRules",
            Self::WriteRules(_) => "WriteRules",
            Self::PlanRule(..) => "PlanRule",
            Self::ChangeRule(..) => "ChangeRule",
            Self::Review(_) => "Review",
            Self::Look(..) => "Look",
            Self::Check(_) => "Check",
            Self::Access(_) => "Access",
            Self::Readers(_) => "Readers",
            Self::Plan(_) => "Plan",
            Self::Apply(_) => "Apply",
            Self::WriteList(..) => "WriteList",
        })
    }
}

/// Another selection, for a rule and for a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Reselect {
    /// The selection.
    pub rule: Rule,
    /// The change of the `.sops.yaml`, where there is one.
    pub change: Option<RuleChange>,
    /// Whether the open file is encrypted anew.
    pub file: bool,
    /// What the user agreed to.
    pub agreed: Agreed,
}

/// A file that was read, with the copy of its content that will be edited.
pub struct Read {
    /// The file.
    pub document: Arc<Document>,
    /// A clone of its content.
    pub tree: Tree,
}

/// How a task ended.
pub enum Outcome {
    /// Of [`Job::Open`].
    Opened(Result<Box<Read>, Failure>),
    /// Of [`Job::Encrypt`]: warnings.
    Encrypted(Result<Vec<String>, Failure>),
    /// Of [`Job::Save`].
    Saved(Result<Written, Failure>),
    /// Of [`Job::Should`].
    Should(Box<Ruled>),
    /// Of [`Job::Candidates`].
    Candidates(Vec<Candidate>),
    /// Of [`Job::KeyFile`]: the key as text, or why there is none.
    KeyFile(Result<String, String>),
    /// Of [`Job::Unlock`].
    Unlocked(Result<Box<Reopened>, Failure>),
    /// Of [`Job::Scan`].
    Scanned(Result<Scan, Failure>),
    /// Of [`Job::Git`]: a letter for each file that is not as committed.
    Git(HashMap<PathBuf, char>),
    /// Of [`Job::Propose`].
    Proposed(Result<PathBuf, Failure>),
    /// Of [`Job::Create`]: warnings.
    Created(Result<Vec<String>, Failure>),
    /// Of [`Job::Explain`]; nothing where the MAC holds.
    Explained(Result<Option<Box<Explanation>>, Failure>),
    /// Of [`Job::Restore`].
    Restored(Result<(), Failure>),
    /// Of [`Job::Resolve`].
    Disputed(Result<Opened, Failure>),
    /// Of [`Job::Decide`] and [`Job::TakeSide`].
    Decided(Result<Resolved, Failure>),
    /// Of [`Job::Proceed`]: what git said.
    Proceeded(Result<Commit, Failure>),
    /// Of [`Job::Keys`].
    Keys(Vec<String>),
    /// One change of [`Job::History`], which goes on.
    Change(Box<Entry>),
    /// Of [`Job::History`], at its end.
    History(Result<Told, Failure>),
    /// Of [`Job::Since`].
    Since(Result<Since, Failure>),
    /// Of [`Job::Generate`].
    Generated(Result<Made, Failure>),
    /// Of [`Job::Lint`].
    Linted(Result<Box<RulesText>, Failure>),
    /// Of [`Job::EditRules`].
    RulesEdited(Result<Box<RulesEdit>, Failure>),
    /// Of [`Job::WriteRules`].
    RulesWritten(Result<(), Failure>),
    /// Of [`Job::Rules`].
    Ruled(Result<Ruling, Failure>),
    /// Of [`Job::PlanRule`]; nothing where the rule says that already.
    RulePlanned(Result<Option<Box<RuleChange>>, Failure>),
    /// Of [`Job::ChangeRule`]; nothing where only the rule was to change.
    RuleChanged(Result<Option<Written>, Failure>),
    /// Of [`Job::Review`].
    Reviewed(Box<review::Answer>),
    /// Of [`Job::Look`].
    Looked(Result<Overview, Failure>),
    /// Of [`Job::Check`].
    Checked(Result<Report, Failure>),
    /// Of [`Job::Access`].
    Access(Result<Matrix, Failure>),
    /// Of [`Job::Readers`].
    Readers(Vec<String>),
    /// Of [`Job::Plan`].
    Planned(Result<Planned, Failure>),
    /// Of [`Job::Apply`], which goes on: what became of the next file.
    Step(FileResult),
    /// Of [`Job::Apply`].
    Applied(Result<Vec<FileResult>, Failure>),
    /// Of [`Job::WriteList`].
    ListWritten(Result<(), Failure>),
}

impl std::fmt::Debug for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Opened(_) => "Opened",
            Self::Encrypted(_) => "Encrypted",
            Self::Saved(_) => "Saved",
            Self::Should(_) => "Should",
            Self::Candidates(_) => "Candidates",
            Self::KeyFile(_) => "KeyFile",
            Self::Unlocked(_) => "Unlocked",
            Self::Scanned(_) => "Scanned",
            Self::Git(_) => "Git",
            Self::Proposed(_) => "Proposed",
            Self::Created(_) => "Created",
            Self::Explained(_) => "Explained",
            Self::Restored(_) => "Restored",
            Self::Disputed(_) => "Disputed",
            Self::Decided(_) => "Decided",
            Self::Proceeded(_) => "Proceeded",
            Self::Generated(_) => "Generated",
            Self::Keys(_) => "Keys",
            Self::Change(_) => "Change",
            Self::History(_) => "History",
            Self::Since(_) => "Since",
            Self::Linted(_) => "Linted",
            Self::RulesEdited(_) => "RulesEdited",
            Self::RulesWritten(_) => "RulesWritten",
            Self::Ruled(_) => "Ruled",
            Self::RulePlanned(_) => "RulePlanned",
            Self::RuleChanged(_) => "RuleChanged",
            Self::Reviewed(_) => "Reviewed",
            Self::Looked(_) => "Looked",
            Self::Checked(_) => "Checked",
            Self::Access(_) => "Access",
            Self::Readers(_) => "Readers",
            Self::Planned(_) => "Planned",
            Self::Step(_) => "Step",
            Self::Applied(_) => "Applied",
            Self::ListWritten(_) => "ListWritten",
        })
    }
}

/// What saving led to.
pub enum Written {
    /// Nothing differed.
    Unchanged,
    /// Written, and read back.
    Done {
        /// The file as it is now.
        read: Box<Read>,
        /// Why the whole text was laid out anew, if it was.
        relaid: Option<String>,
    },
    /// Somebody else changed the file meanwhile; nothing was written.
    ChangedOnDisk,
    /// The file is not there any more; nothing was written.
    Gone,
    /// The file cannot be replaced for this reason, but perhaps overwritten where it stands; nothing was written.
    Obstructed(Obstacle),
    /// Somebody else may have changed who can read it, for these reasons; nothing was written.
    Suspicious(Vec<(&'static str, Vec<String>)>),
}
