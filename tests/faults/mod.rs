//! The machine fails in the middle of a save: the file must be the old one or the new one, whole.

mod full_disk;
mod read_only_folder;
