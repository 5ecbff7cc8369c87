//! Slow work away from the screen: reading, unlocking, saving. One thread a task; a task nobody waits for any more ends
//! unheard.

pub mod review;

use crate::failure::{Failure, Kind};
use crate::format::Format;
use crate::host::{Cancel, Environment, SystemRandom, git};
use crate::metadata::{Metadata, Recipient};
use crate::ops::access::Matrix;
use crate::ops::candidates::{self, Candidate};
use crate::ops::check::Report;
use crate::ops::config::absolute;
use crate::ops::create::Template;
use crate::ops::draft::{Kept, Reopened};
use crate::ops::generate::{Made, Recipe};
use crate::ops::history::{self, Entry, Subject, Told, Value};
use crate::ops::mismatch::{self, Explanation, Way};
use crate::ops::open::Document;
use crate::ops::overview::Overview;
use crate::ops::rekey_files::{FEW, FileResult, Planned, Wish};
use crate::ops::resolve::{self, Choice, Dispute, Resolved};
use crate::ops::rule_change::{self, RuleChange};
use crate::ops::rulebook::{Rulebook, Source};
use crate::ops::ruled::{self, Ruled, Should};
use crate::ops::rules_text::{self, RulesText};
use crate::ops::save::{Rekey, Saved};
use crate::ops::scan::Scan;
use crate::ops::why::{self, Ruling};
use crate::ops::{access, adopt, check, create, open, overview, rekey_files, save, scan, siblings};
use crate::seal::selection::Rule;
use crate::seal::wipe_stack;
use crate::tree::{Key, NodeId, Tree};
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::thread::JoinHandle;

/// Names a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TaskId(pub u64);

/// What a task does.
pub enum Job {
    /// Read and unlock a file.
    Open(PathBuf),
    /// Encrypt a plain file where it lies.
    Encrypt(PathBuf),
    /// Seal and write the edited tree, perhaps for other recipients; whether that was asked for although somebody else may have
    /// changed who can read it.
    Save(Arc<Document>, Box<Tree>, Option<Box<Rekey>>, bool),
    /// Find who should read this file, which these can read.
    Should(PathBuf, Vec<Recipient>),
    /// Find who can be added to a file.
    Candidates,
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
    /// Commit the merge of the repository around a file.
    Proceed(PathBuf),
    /// Make a new value.
    Generate(Recipe),
    /// Find the commits in which a value changed, a node of the document as it was opened.
    History(Arc<Document>, NodeId),
    /// Find the keys that these files have below this path.
    Keys(Vec<PathBuf>, Vec<Key>),
    /// Plan another selection for the rule that is for a file.
    PlanRule(PathBuf, Rule),
    /// Change a rule, and perhaps encrypt the open file anew by it.
    ChangeRule(Arc<Document>, Box<Reselect>),
    /// Read this `.sops.yaml`, or the one nearest to this path, and look for what is wrong in it.
    Lint(PathBuf),
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
            Self::Should(..) => "Should",
            Self::Candidates => "Candidates",
            Self::Unlock(_) => "Unlock",
            Self::Scan(_) => "Scan",
            Self::Git(_) => "Git",
            Self::Propose(..) => "Propose",
            Self::Create(..) => "Create",
            Self::Explain(_) => "Explain",
            Self::Restore(_) => "Restore",
            Self::Resolve(_) => "Resolve",
            Self::Decide(..) => "Decide",
            Self::Proceed(_) => "Proceed",
            Self::Generate(_) => "Generate",
            Self::Keys(..) => "Keys",
            Self::History(..) => "History",
            Self::Rules(..) => "Rules",
            Self::Lint(_) => "Lint",
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
    /// Whether that was asked for although somebody else may have changed who can read it.
    pub accepted: bool,
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
    Disputed(Result<Box<Dispute>, Failure>),
    /// Of [`Job::Decide`].
    Decided(Result<Resolved, Failure>),
    /// Of [`Job::Proceed`]: what git said.
    Proceeded(Result<String, Failure>),
    /// Of [`Job::Keys`].
    Keys(Vec<String>),
    /// One change of [`Job::History`], which goes on.
    Change(Box<Entry>),
    /// Of [`Job::History`], at its end.
    History(Result<Told, Failure>),
    /// Of [`Job::Generate`].
    Generated(Result<Made, Failure>),
    /// Of [`Job::Lint`].
    Linted(Result<Box<RulesText>, Failure>),
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
            Self::Linted(_) => "Linted",
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
    /// Somebody else may have changed who can read it, for these reasons; nothing was written.
    Suspicious(Vec<(&'static str, Vec<String>)>),
}

/// Runs tasks.
pub trait Worker {
    /// Starts a task; its outcome is sent as a message later.
    fn start(&mut self, id: TaskId, job: Job);

    /// Stops a task that runs: what waits for a program or a key service gives up, and its outcome says so.
    fn cancel(&mut self, id: TaskId);
}

/// Runs tasks on threads of this process.
pub struct Threads<E> {
    environment: Environment,
    send: Sender<E>,
    wrap: fn(TaskId, Outcome) -> E,
    tell: fn(TaskId, String) -> E,
    /// The threads that run, and what stops each.
    running: HashMap<TaskId, (JoinHandle<()>, Cancel)>,
}

impl<E: Send + 'static> Threads<E> {
    /// Outcomes go to `send`, made into its messages by `wrap`, and how far a task is by `tell`.
    pub fn new(
        environment: Environment,
        send: Sender<E>,
        wrap: fn(TaskId, Outcome) -> E,
        tell: fn(TaskId, String) -> E,
    ) -> Self {
        Self {
            environment,
            send,
            wrap,
            tell,
            running: HashMap::new(),
        }
    }
}

impl<E: Send + 'static> Worker for Threads<E> {
    fn start(&mut self, id: TaskId, job: Job) {
        let cancel = Cancel::default();
        let (send, wrap) = (self.send.clone(), self.wrap);
        let (far, tell) = (send.clone(), self.tell);
        // What a task opened serves for all of it, and is gone with it.
        let environment = self.environment.clone().opening_once();
        let environment = environment.stopped_by(cancel.clone());
        // Nobody listens any more when the editor is gone.
        let environment = environment.heard_by(move |text| drop(far.send(tell(id, text.to_owned()))));
        let thread = std::thread::spawn(move || {
            let lost = lost(&job);
            let mut more = |outcome| {
                // Nobody listens any more when the editor is gone.
                let _ = send.send(wrap(id, outcome));
            };
            let run = std::panic::AssertUnwindSafe(|| run(job, &environment, &mut more));
            let outcome = std::panic::catch_unwind(run).unwrap_or(lost);
            wipe_stack();
            // Nobody listens any more when the editor is gone.
            let _ = send.send(wrap(id, outcome));
        });
        self.running.retain(|_, (thread, _)| !thread.is_finished());
        self.running.insert(id, (thread, cancel));
    }

    fn cancel(&mut self, id: TaskId) {
        if let Some((_, cancel)) = self.running.remove(&id) {
            cancel.cancel();
        }
    }
}

/// Does a task here and now; what it finds on the way goes to `more`.
pub fn run(job: Job, environment: &Environment, more: &mut dyn FnMut(Outcome)) -> Outcome {
    let book = || Rulebook::new(Source::default(), environment);
    match job {
        Job::Open(path) => {
            Outcome::Opened(open::open(&path, environment).map(|document| Box::new(read(document))))
        }
        Job::Encrypt(path) => Outcome::Encrypted(adopt::adopt(&path, environment)),
        Job::Save(document, edited, rekey, accepted) => {
            let reasons = if accepted {
                Vec::new()
            } else {
                save::suspicions(&document, None, environment)
            };
            if !reasons.is_empty() {
                return Outcome::Saved(Ok(Written::Suspicious(reasons)));
            }
            let saved = save::save_for(&document, &edited, rekey.as_deref(), environment);
            Outcome::Saved(saved.map(written))
        }
        Job::Should(path, recipients) => {
            Outcome::Should(Box::new(ruled::look(&path, &recipients, environment)))
        }
        Job::Candidates => Outcome::Candidates(candidates::gather(environment)),
        Job::Unlock(kept) => Outcome::Unlocked(kept.open(environment).map(Box::new)),
        Job::Scan(folder) => Outcome::Scanned(Ok(scan::scan(&folder, environment))),
        Job::Git(folder) => Outcome::Git(git::states(&folder, environment)),
        Job::Propose(folder, template) => Outcome::Proposed(create::propose(&folder, template, environment)),
        Job::Create(path, template) => Outcome::Created(create::create(&path, template, environment)),
        Job::Keys(files, path) => Outcome::Keys(siblings::keys_at(&files, &path)),
        Job::History(document, node) => Outcome::History(look_back(&document, node, environment, more)),
        Job::Explain(document) => {
            let found = mismatch::explain(&document.path, &document.source, environment);
            Outcome::Explained(found.map(|found| found.map(Box::new)))
        }
        Job::Restore(path) => Outcome::Restored(
            mismatch::repair(&path, Way::Restore, environment)
                .and_then(|repaired| repaired.map_or(Ok(()), |repaired| repaired.write(environment))),
        ),
        Job::Resolve(path) => Outcome::Disputed(resolve::open(&path, environment).map(Box::new)),
        Job::Decide(dispute, choices, add) => Outcome::Decided(dispute.write(&choices, add, environment)),
        Job::Proceed(path) => Outcome::Proceeded(resolve::proceed(&path, environment)),
        Job::Generate(recipe) => Outcome::Generated(recipe.make(&mut SystemRandom)),
        Job::Lint(path) => Outcome::Linted(rules_text::read(&path, environment).map(Box::new)),
        Job::PlanRule(path, rule) => {
            let planned = rule_change::plan(&path, &rule, environment);
            Outcome::RulePlanned(planned.map(|change| change.map(Box::new)))
        }
        Job::ChangeRule(document, reselect) => {
            Outcome::RuleChanged(change_rule(&document, &reselect, environment))
        }
        Job::Review(request) => Outcome::Reviewed(Box::new(review::answer(*request, environment))),
        Job::Rules(path, format, metadata) => {
            let path = absolute(environment, &path);
            let book = Rulebook::new(Source::default(), environment);
            Outcome::Ruled(why::ruling(&path, format, Some(&metadata), &book))
        }
        Job::Look(paths, sealed) => Outcome::Looked(overview::overview(&paths, &sealed, environment)),
        Job::Check(paths) => {
            let request = check::Request {
                paths,
                ..check::Request::default()
            };
            Outcome::Checked(check::check(&request, &book(), environment))
        }
        Job::Access(paths) => Outcome::Access(access::access(&paths, &book(), environment)),
        Job::Readers(paths) => Outcome::Readers(rekey_files::names(&paths, &book(), environment)),
        Job::Plan(wish) => Outcome::Planned(wish.plan(&book(), environment)),
        Job::Apply(planned) => {
            let mut told = |result: &FileResult, _, _| more(Outcome::Step(result.clone()));
            Outcome::Applied(rekey_files::apply(&planned.plan, FEW, environment, &mut told))
        }
        Job::WriteList(path, text) => Outcome::ListWritten(rekey_files::write_list(&path, &text)),
    }
}

/// The rule first: a file that cannot be written then is one that `drift` lists.
fn change_rule(
    document: &Document,
    reselect: &Reselect,
    environment: &Environment,
) -> Result<Option<Written>, Failure> {
    if reselect.file && !reselect.accepted {
        // A file that becomes what its rule says already differs from it in nothing then.
        let wanted = reselect.change.is_none().then_some(&reselect.rule);
        let reasons = save::suspicions(document, wanted, environment);
        if !reasons.is_empty() {
            return Ok(Some(Written::Suspicious(reasons)));
        }
    }
    if let Some(change) = &reselect.change {
        change.write()?;
    }
    if !reselect.file {
        return Ok(None);
    }
    let saved = save::reselect(document, &reselect.rule, environment);
    let saved = saved.map_err(|failure| match &reselect.change {
        Some(change) => failure.hint(format!("the rule in {} is changed already", change.name)),
        None => failure,
    })?;
    Ok(Some(written(saved)))
}

fn written(saved: Saved) -> Written {
    match saved {
        Saved::Unchanged => Written::Unchanged,
        Saved::Gone => Written::Gone,
        Saved::ChangedOnDisk => Written::ChangedOnDisk,
        Saved::Written { document, relaid } => Written::Done {
            read: Box::new(read(*document)),
            relaid,
        },
    }
}

fn look_back(
    document: &Document,
    node: NodeId,
    environment: &Environment,
    more: &mut dyn FnMut(Outcome),
) -> Result<Told, Failure> {
    let path = absolute(environment, &document.path);
    let subject = Subject {
        path: &path,
        bytes: Some(&document.source),
        value: &Value::Node(node),
    };
    let book = Rulebook::new(Source::default(), environment);
    history::history(&subject, &book, environment, &mut |entry| {
        more(Outcome::Change(Box::new(entry)));
        true
    })
}

fn read(document: Document) -> Read {
    Read {
        tree: document.content.clone(),
        document: Arc::new(document),
    }
}

/// How a task ends that stopped at a bug of ours.
fn lost(job: &Job) -> Outcome {
    let failure = Failure::new(
        Kind::Generic,
        "an internal error stopped the task; the file is as it was",
    );
    match job {
        Job::Open(_) => Outcome::Opened(Err(failure)),
        Job::Encrypt(_) => Outcome::Encrypted(Err(failure)),
        Job::Save(..) => Outcome::Saved(Err(failure)),
        Job::Should(path, _) => Outcome::Should(Box::new(Ruled {
            path: path.clone(),
            should: Should::Unsaid(failure.message),
            known: HashMap::new(),
        })),
        Job::Candidates => Outcome::Candidates(Vec::new()),
        Job::Unlock(_) => Outcome::Unlocked(Err(failure)),
        Job::Scan(_) => Outcome::Scanned(Err(failure)),
        Job::Explain(_) => Outcome::Explained(Err(failure)),
        Job::Restore(_) => Outcome::Restored(Err(failure)),
        Job::Resolve(_) => Outcome::Disputed(Err(failure)),
        Job::Decide(..) => Outcome::Decided(Err(failure)),
        Job::Proceed(_) => Outcome::Proceeded(Err(failure)),
        Job::Generate(_) => Outcome::Generated(Err(failure)),
        Job::Keys(..) => Outcome::Keys(Vec::new()),
        Job::History(..) => Outcome::History(Err(failure)),
        Job::Git(_) => Outcome::Git(HashMap::new()),
        Job::Rules(..) => Outcome::Ruled(Err(failure)),
        Job::Lint(_) => Outcome::Linted(Err(failure)),
        Job::PlanRule(..) => Outcome::RulePlanned(Err(failure)),
        Job::ChangeRule(..) => Outcome::RuleChanged(Err(failure)),
        Job::Review(request) => Outcome::Reviewed(Box::new(review::lost(request, failure))),
        Job::Propose(..) => Outcome::Proposed(Err(failure)),
        Job::Create(..) => Outcome::Created(Err(failure)),
        Job::Look(..) => Outcome::Looked(Err(failure)),
        Job::Check(_) => Outcome::Checked(Err(failure)),
        Job::Access(_) => Outcome::Access(Err(failure)),
        Job::Readers(_) => Outcome::Readers(Vec::new()),
        Job::Plan(_) => Outcome::Planned(Err(failure)),
        Job::Apply(_) => Outcome::Applied(Err(failure)),
        Job::WriteList(..) => Outcome::ListWritten(Err(failure)),
    }
}
