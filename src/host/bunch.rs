//! A bunch of keys that were opened in a run: what was asked for once serves for all of it, on all its threads, and is gone with it.

use std::any::Any;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// The place of one key. While somebody opens it, others who want it wait.
type Slot = Arc<Mutex<Option<Box<dyn Any + Send>>>>;

/// Opened keys by name. What is put here wipes itself when the last clone of the bunch is dropped.
#[derive(Clone, Default)]
pub(super) struct Bunch(Arc<Mutex<HashMap<String, Slot>>>);

impl Bunch {
    /// What is there under a name, or what `open` gives for it: asked for once, whether it opens or not.
    pub fn once<T: Clone + Send + 'static>(&self, name: &str, open: impl FnOnce() -> T) -> T {
        let slot = {
            let mut slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(slots.entry(name.to_owned()).or_default())
        };
        let mut slot = slot.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = slot.as_ref().and_then(|known| known.downcast_ref::<T>()) {
            return known.clone();
        }
        let opened = open();
        *slot = Some(Box::new(opened.clone()));
        opened
    }
}

#[cfg(test)]
mod tests {
    use super::Bunch;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[test]
    fn threads_that_want_the_same_key_wait_for_the_one_that_opens_it() {
        let (bunch, opened) = (Bunch::default(), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    let key = bunch.once("key", || opened.fetch_add(1, Ordering::SeqCst) + 41);
                    assert_eq!(key, 41);
                });
            }
        });
        assert_eq!(opened.load(Ordering::SeqCst), 1);
        assert_eq!(bunch.once("other", || 7), 7);
    }
}
