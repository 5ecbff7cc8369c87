//! Many small cases on all processors, one line for each that went wrong.

use std::sync::Mutex;

/// Runs `check` on every case and fails the test with all reasons at once.
pub fn check_all<C: Sync>(cases: &[C], check: impl Fn(&C) -> Result<(), String> + Sync) {
    let waiting = Mutex::new(cases.iter());
    let wrong = Mutex::new(Vec::new());
    let work = || {
        loop {
            let Some(case) = waiting.lock().unwrap().next() else {
                break;
            };
            if let Err(reason) = check(case) {
                wrong.lock().unwrap().push(reason);
            }
        }
    };
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(work);
        }
    });
    let mut wrong = wrong.into_inner().unwrap();
    wrong.sort();
    assert!(
        wrong.is_empty(),
        "{} of {} cases:\n{}",
        wrong.len(),
        cases.len(),
        wrong.join("\n")
    );
}
