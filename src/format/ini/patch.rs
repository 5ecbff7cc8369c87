pub use stub::patch;
mod stub {
    use super::super::Layout;
    use crate::format::PatchError;
    use crate::tree::Tree;
    /// stub
    /// # Errors
    pub fn patch(_: &[u8], _: &Tree, _: &Layout, _: &Tree) -> Result<Vec<u8>, PatchError> {
        Err(PatchError::Unfaithful)
    }
}
