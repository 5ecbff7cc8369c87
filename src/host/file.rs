//! Reading files, and replacing them so that a reader finds either the old or the new content, whatever happens
//! (security P2, P3). What is in them is nobody's business here.

mod attributes;
mod batch;
mod folder;
mod identity;
mod in_place;
mod memory;
mod new;
mod peek;
mod scratch;
mod temporary;
#[cfg(test)]
mod tests;
mod wipe;
mod write;

pub use batch::{Batched, replace_all};
pub use folder::{Folder, is_private, list, make_folders, private_file, private_folder, runtime_folder};
pub use identity::{
    Identity, Ownership, canonical, executable, exists, is_folder, ownership, read, read_given, same, size,
};
pub use memory::{is_in_memory, memory_folders};
pub use new::{append, create, create_private, create_program, note, occupied, remove, writable};
pub use peek::read_marked;
pub use scratch::Scratch;
pub use temporary::is_temporary;
pub use wipe::wipe;
pub use write::{Obstacle, Place, WriteError, Written, write};
