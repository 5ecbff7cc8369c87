//! Where a save can be hit: at each call of each kind that a trace of it shows.

use std::collections::BTreeMap;
use std::fmt;

/// Calls that touch files, and the errors a disk can give to them. Any call can be the last one of a process.
const CALLS: [(&str, &[&str]); 20] = [
    ("openat", &["ENOSPC", "EIO"]),
    ("read", &[]),
    ("write", &["ENOSPC", "EIO"]),
    ("lseek", &[]),
    ("flock", &[]),
    ("fchmod", &["EIO"]),
    ("fchown", &["EIO"]),
    ("fsetxattr", &["ENOSPC"]),
    ("flistxattr", &[]),
    ("fsync", &["ENOSPC", "EIO"]),
    ("fdatasync", &["ENOSPC", "EIO"]),
    ("ftruncate", &["EIO"]),
    ("link", &["ENOSPC", "EIO"]),
    ("linkat", &["ENOSPC", "EIO"]),
    ("rename", &["ENOSPC", "EIO"]),
    ("renameat", &["ENOSPC", "EIO"]),
    ("unlink", &[]),
    ("close", &[]),
    ("statx", &[]),
    ("getdents64", &[]),
];

/// One point: the `number`th call of one kind, in whichever thread comes to it.
pub struct Fault {
    call: &'static str,
    number: usize,
    what: &'static str,
}

impl Fault {
    /// The option for strace.
    pub fn option(&self) -> String {
        let Self { call, number, what } = self;
        let kind = if *what == "KILL" { "signal" } else { "error" };
        format!("inject={call}:{kind}={what}:when={number}")
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}:{}", self.call, self.number, self.what)
    }
}

/// All points of a run by its trace, with strace's option `-f`: it counts the calls of each thread by itself.
pub fn of_trace(trace: &str) -> Vec<Fault> {
    let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for line in trace.lines() {
        // `1234 openat(…`
        let mut words = line.split_ascii_whitespace();
        let thread = words.next();
        let call = words.next().and_then(|rest| rest.split_once('('));
        if let (Some(thread), Some((call, _))) = (thread, call) {
            *counts.entry((call, thread)).or_default() += 1;
        }
    }
    let most = |call: &str| {
        let of_call = counts.iter().filter(|((name, _), _)| *name == call);
        of_call.map(|(_, count)| *count).max().unwrap_or_default()
    };
    let mut faults = Vec::new();
    for (call, errors) in CALLS {
        for number in 1..=most(call) {
            let all = std::iter::once("KILL").chain(errors.iter().copied());
            faults.extend(all.map(|what| Fault { call, number, what }));
        }
    }
    faults
}
