//! Keeps the memory of this process out of other files and programs (security P16).

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Forbids core files, and debuggers of the same user. Best effort: what a system refuses stays as it was. Only the soft
/// limit is lowered, so that a child may raise its own again.
pub fn harden() {
    let limit = Rlimit {
        current: Some(0),
        maximum: getrlimit(Resource::Core).maximum,
    };
    // Nothing depends on it: the process goes on as any other would.
    let _ = setrlimit(Resource::Core, limit);
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    }
}
