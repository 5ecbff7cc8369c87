//! The leaves of a tree in the order in which they are authenticated, and the work on them in parallel.

use super::residue::wipe_stack;
use super::selection::{Levels, Selection};
use super::token;
use crate::tree::{Key, NodeId, Step, Tree};

/// A value or comment, and whether it is encrypted.
#[derive(Clone, Copy)]
pub struct Job {
    pub id: NodeId,
    pub encrypted: bool,
}

/// From how many leaves on another thread pays.
const WORTH_A_THREAD: usize = 2048;

/// All leaves of a tree with what the selection says; in a `sealed` tree an encrypted comment that stands in a list as an
/// item counts as a comment. Or the entry whose key is no text.
pub fn plan(tree: &Tree, selection: &Selection, sealed: bool) -> Result<Vec<Job>, NodeId> {
    let mut levels = Levels::new(selection);
    let mut jobs = Vec::with_capacity(tree.len());
    for step in tree.walk() {
        let id = step.id();
        let node = tree.node(id);
        let key = node.key.as_ref().and_then(Key::text);
        if key.is_none() && node.key.is_some() {
            return Err(id);
        }
        let encrypted = match step {
            Step::Enter(_) => {
                levels.enter(key);
                continue;
            }
            Step::Leave(_) => {
                levels.leave();
                continue;
            }
            Step::Comment(_) => {
                let text = node.comment().map_or(&[][..], |comment| comment.text.expose());
                levels.comment(text)
            }
            Step::Leaf(_) => {
                let item = node.leaf().filter(|_| sealed && node.key.is_none());
                match item.and_then(token::list_comment) {
                    Some(text) => levels.comment(text),
                    None => levels.value(key),
                }
            }
        };
        jobs.push(Job { id, encrypted });
    }
    Ok(jobs)
}

/// Does `work` on consecutive pieces of `jobs`, one a core, and gives the results in order, a list for each piece.
pub fn in_parallel<J: Sync, T: Send>(jobs: &[J], work: impl Fn(&[J]) -> Vec<T> + Sync) -> Vec<Vec<T>> {
    let worth = jobs.len() / WORTH_A_THREAD;
    // The number of cores is asked for where it matters: the answer takes longer than the work on a few values.
    let cores = if worth > 1 {
        std::thread::available_parallelism().map_or(1, usize::from)
    } else {
        1
    };
    let pieces = cores.min(worth).max(1);
    if pieces == 1 {
        return vec![work(jobs)];
    }
    let size = jobs.len().div_ceil(pieces);
    let (mine, others) = jobs.split_at_checked(size).unwrap_or((jobs, &[]));
    let work = &work;
    std::thread::scope(|scope| {
        let running: Vec<_> = others
            .chunks(size)
            .map(|piece| {
                let thread = std::thread::Builder::new().spawn_scoped(scope, move || {
                    let results = work(piece);
                    wipe_stack();
                    results
                });
                (piece, thread)
            })
            .collect();
        let mut results = Vec::with_capacity(pieces);
        results.push(work(mine));
        for (piece, thread) in running {
            results.push(match thread.map(std::thread::ScopedJoinHandle::join) {
                Ok(Ok(part)) => part,
                Ok(Err(panic)) => std::panic::resume_unwind(panic),
                // No thread could be had: do its share here.
                Err(_) => work(piece),
            });
        }
        results
    })
}

#[cfg(test)]
mod tests {
    use super::{WORTH_A_THREAD, in_parallel};

    #[test]
    fn work_is_split_where_it_is_worth_it_and_comes_back_in_order() {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        for (count, pieces) in [
            (0, 1),
            (WORTH_A_THREAD + 1, 1),
            (2 * WORTH_A_THREAD - 1, 1),
            (2 * WORTH_A_THREAD, cores.min(2)),
            (2 * WORTH_A_THREAD + 1, cores.min(2)),
        ] {
            let jobs: Vec<usize> = (0..count).collect();
            let results = in_parallel(&jobs, <[usize]>::to_vec);
            assert_eq!(results.len(), pieces, "{count}");
            assert_eq!(results.concat(), jobs);
        }
    }
}
