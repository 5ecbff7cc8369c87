//! Slow work away from the screen: reading, unlocking, saving. One thread a task; a task nobody waits for any more ends
//! unheard.

pub mod review;
mod task;

pub use task::{Job, Outcome, Read, Reselect, TaskId, Written};

use crate::failure::{Failure, Kind};
use crate::host::{Cancel, Environment, SystemRandom, git};
use crate::ops::candidates::{self};
use crate::ops::config::absolute;
use crate::ops::history::{self, Subject, Told, Value};
use crate::ops::mismatch::{self, Way};
use crate::ops::open::Document;
use crate::ops::rekey_files::{FEW, FileResult};
use crate::ops::resolve::{self};
use crate::ops::rule_change::{self};
use crate::ops::rulebook::{Rulebook, Source};
use crate::ops::ruled::{self, Ruled, Should};
use crate::ops::save::Saved;
use crate::ops::why::{self};
use crate::ops::{access, adopt, check, create, open, overview, rekey_files, save, scan, siblings};
use crate::ops::{rules_edit, rules_text};
use crate::seal::wipe_stack;
use crate::tree::NodeId;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::thread::JoinHandle;

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
        Job::Save(document, edited, rekey, agreed) => {
            let reasons = if agreed.metadata {
                Vec::new()
            } else {
                save::suspicions(&document, None, environment)
            };
            if !reasons.is_empty() {
                return Outcome::Saved(Ok(Written::Suspicious(reasons)));
            }
            let saved = save::save_for(&document, &edited, rekey.as_deref(), agreed, environment);
            Outcome::Saved(saved.map(written))
        }
        Job::SaveAnew(document, edited, rekey) => {
            let saved = save::save_anew(&document, &edited, rekey.as_deref(), environment);
            Outcome::Saved(saved.map(written))
        }
        Job::Should(path, recipients) => {
            Outcome::Should(Box::new(ruled::look(&path, &recipients, environment)))
        }
        Job::Candidates => Outcome::Candidates(candidates::gather(environment)),
        Job::KeyFile(typed) => Outcome::KeyFile(candidates::read_file(&typed, environment)),
        Job::Unlock(kept) => Outcome::Unlocked(kept.open(environment).map(Box::new)),
        Job::Scan(folder) => Outcome::Scanned(Ok(scan::scan(&folder, environment))),
        Job::Git(folder) => Outcome::Git(git::states(&folder, environment)),
        Job::Propose(folder, template) => Outcome::Proposed(create::propose(&folder, template, environment)),
        Job::Create(path, template) => Outcome::Created(create::create(&path, template, environment)),
        Job::Keys(files, path) => Outcome::Keys(siblings::keys_at(&files, &path)),
        Job::History(document, node) => Outcome::History(look_back(&document, node, environment, more)),
        Job::Since(document, recipient) => {
            let path = absolute(environment, &document.path);
            let since = history::since(&path, &document.source, &recipient, &book(), environment);
            Outcome::Since(since)
        }
        Job::Explain(document) => {
            let found = mismatch::explain(&document.path, &document.source, environment);
            Outcome::Explained(found.map(|found| found.map(Box::new)))
        }
        Job::Restore(path) => Outcome::Restored(
            mismatch::repair(&path, Way::Restore, environment)
                .and_then(|repaired| repaired.map_or(Ok(()), |repaired| repaired.write(environment))),
        ),
        Job::Resolve(path) => Outcome::Disputed(resolve::look(&path, environment)),
        Job::Decide(dispute, choices, add) => Outcome::Decided(dispute.write(&choices, add, environment)),
        Job::TakeSide(side, keep) => Outcome::Decided(side.take(keep, true, environment)),
        Job::Proceed(path) => Outcome::Proceeded(resolve::proceed(&path, environment)),
        Job::Generate(recipe) => Outcome::Generated(recipe.make(&mut SystemRandom)),
        Job::Lint(path) => Outcome::Linted(rules_text::read(&path, environment).map(Box::new)),
        Job::EditRules(before, text) => Outcome::RulesEdited(rules_edit::plan(&before, &text).map(Box::new)),
        Job::WriteRules(edit) => Outcome::RulesWritten(edit.write()),
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
    if reselect.file && !reselect.agreed.metadata {
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
    let saved = save::reselect(document, &reselect.rule, reselect.agreed, environment);
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
        Saved::Obstructed(obstacle) => Written::Obstructed(obstacle),
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
        Job::Save(..) | Job::SaveAnew(..) => Outcome::Saved(Err(failure)),
        Job::Should(path, _) => Outcome::Should(Box::new(Ruled {
            path: path.clone(),
            should: Should::Unsaid(failure.message),
            known: HashMap::new(),
        })),
        Job::Candidates => Outcome::Candidates(Vec::new()),
        Job::KeyFile(_) => Outcome::KeyFile(Err(failure.message)),
        Job::Unlock(_) => Outcome::Unlocked(Err(failure)),
        Job::Scan(_) => Outcome::Scanned(Err(failure)),
        Job::Explain(_) => Outcome::Explained(Err(failure)),
        Job::Restore(_) => Outcome::Restored(Err(failure)),
        Job::Resolve(_) => Outcome::Disputed(Err(failure)),
        Job::Decide(..) | Job::TakeSide(..) => Outcome::Decided(Err(failure)),
        Job::Proceed(_) => Outcome::Proceeded(Err(failure)),
        Job::Generate(_) => Outcome::Generated(Err(failure)),
        Job::Keys(..) => Outcome::Keys(Vec::new()),
        Job::History(..) => Outcome::History(Err(failure)),
        Job::Since(..) => Outcome::Since(Err(failure)),
        Job::Git(_) => Outcome::Git(HashMap::new()),
        Job::Rules(..) => Outcome::Ruled(Err(failure)),
        Job::Lint(_) => Outcome::Linted(Err(failure)),
        Job::EditRules(..) => Outcome::RulesEdited(Err(failure)),
        Job::WriteRules(_) => Outcome::RulesWritten(Err(failure)),
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
