//! What the review asks for: what differs, one value in clear, and changes of the index and the work tree.

use crate::failure::{Failure, Kind};
use crate::host::{Environment, Repository};
use crate::ops::review::{self, Revealed, Reviewed, Sides};
use crate::ops::stage::{self, Commit, Discarded, Picks};
use std::path::PathBuf;
use std::sync::Arc;

/// What is asked for.
pub enum Request {
    /// Everything that differs, in the repository around a folder.
    List(PathBuf, Sides),
    /// The value of a change, by its number.
    Reveal(Repository, Arc<Reviewed>, usize),
    /// Changes into the index.
    Stage(Repository, Arc<Reviewed>, Picks),
    /// Changes out of the index.
    Unstage(Repository, Arc<Reviewed>, Picks),
    /// Changes out of the work tree.
    Discard(Repository, Arc<Reviewed>, Picks),
    /// What was discarded back into the work tree.
    Restore(Box<Discarded>),
    /// A commit with this message.
    Commit(Repository, String),
}

/// What came of it.
pub enum Answer {
    /// Of [`Request::List`].
    Listed(Result<Box<Listed>, Failure>),
    /// Of [`Request::Reveal`]: the file, the number, and the value.
    Revealed(Arc<Reviewed>, usize, Result<Revealed, Failure>),
    /// Of [`Request::Stage`] and [`Request::Unstage`]: the word for it.
    Done(&'static str, Result<(), Failure>),
    /// Of [`Request::Discard`].
    Discarded(Result<Discarded, Failure>),
    /// Of [`Request::Restore`]: the file; what was discarded comes back where it could not be restored.
    Restored(Result<PathBuf, (Failure, Box<Discarded>)>),
    /// Of [`Request::Commit`].
    Committed(Result<Commit, Failure>),
}

/// What differs.
pub struct Listed {
    /// The repository.
    pub repository: Repository,
    /// What is compared, older and newer, for people.
    pub names: [String; 2],
    /// The files.
    pub files: Vec<Reviewed>,
    /// Branches and tags.
    pub branches: Vec<String>,
}

/// Does what is asked for.
pub fn answer(request: Request, environment: &Environment) -> Answer {
    match request {
        Request::List(folder, sides) => Answer::Listed(list(&folder, &sides, environment).map(Box::new)),
        Request::Reveal(repository, file, number) => {
            let result = review::reveal(&repository, &file, number, environment);
            Answer::Revealed(file, number, result)
        }
        Request::Stage(repository, file, picks) => {
            Answer::Done("staged", stage::stage(&repository, &file, &picks, environment))
        }
        Request::Unstage(repository, file, picks) => Answer::Done(
            "unstaged",
            stage::unstage(&repository, &file, &picks, environment),
        ),
        Request::Discard(repository, file, picks) => {
            Answer::Discarded(stage::discard(&repository, &file, &picks, environment))
        }
        Request::Restore(discarded) => Answer::Restored(match stage::restore(&discarded) {
            Ok(()) => Ok(discarded.path.clone()),
            Err(failure) => Err((failure, discarded)),
        }),
        Request::Commit(repository, message) => {
            Answer::Committed(stage::commit(&repository, &message, environment))
        }
    }
}

/// How a request ends that stopped at a bug of ours.
pub fn lost(request: &Request, failure: Failure) -> Answer {
    match request {
        Request::List(..) => Answer::Listed(Err(failure)),
        Request::Reveal(_, file, number) => Answer::Revealed(Arc::clone(file), *number, Err(failure)),
        Request::Stage(..) | Request::Unstage(..) | Request::Restore(_) => Answer::Done("", Err(failure)),
        Request::Discard(..) => Answer::Discarded(Err(failure)),
        Request::Commit(..) => Answer::Committed(Err(failure)),
    }
}

fn list(folder: &std::path::Path, sides: &Sides, environment: &Environment) -> Result<Listed, Failure> {
    let repository = Repository::around(folder, environment)
        .map_err(|error| Failure::new(Kind::Usage, error.to_string()))?;
    let (span, names) = sides.span(&repository)?;
    Ok(Listed {
        files: review::review(&repository, &span, environment)?,
        branches: review::names(&repository),
        names,
        repository,
    })
}
