//! Looking into files that are probably not wanted, at little cost.

use memchr::{memchr, memmem};
use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::Path;

/// How much of each end is read before all of it, in bytes.
const END: u64 = 64 << 10;

/// Reads a regular text file that has `mark` near one of its ends. `None` for anything else: what is larger than `limit` bytes, has zero
/// bytes at its start (unless it is UTF-16), or is no regular file, which could block.
///
/// # Errors
/// When it cannot be read.
pub fn read_marked(path: &Path, mark: &[u8], limit: u64) -> io::Result<Option<Vec<u8>>> {
    let metadata = std::fs::metadata(path)?;
    let size = metadata.len();
    if !metadata.is_file() || size == 0 || size > limit {
        return Ok(None);
    }
    let mut file = File::open(path)?;
    let mut bytes = Vec::new();
    file.by_ref().take(END).read_to_end(&mut bytes)?;
    let is_wide = bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff");
    if memchr(0, &bytes).is_some() && !is_wide {
        return Ok(None);
    }
    if size > 2 * END && memmem::find(&bytes, mark).is_none() && !is_wide {
        let mut tail = Vec::new();
        file.seek(SeekFrom::Start(size - END))?;
        file.by_ref().take(END).read_to_end(&mut tail)?;
        if memmem::find(&tail, mark).is_none() {
            return Ok(None);
        }
    }
    file.seek(SeekFrom::Start(bytes.len() as u64))?;
    file.take(limit).read_to_end(&mut bytes)?;
    Ok(Some(bytes))
}

#[cfg(test)]
mod tests {
    use super::{END, read_marked};
    use std::fs;

    #[test]
    fn a_mark_at_either_end_is_found_and_other_files_are_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        let filler = vec![b'x'; 3 * usize::try_from(END).unwrap()];
        let read = |content: &[u8]| {
            fs::write(&path, content).unwrap();
            read_marked(&path, b"sops", 1 << 20).unwrap()
        };
        for content in [
            [&filler[..], b"sops"].concat(),
            [b"sops", &filler[..]].concat(),
            b"short".to_vec(),
        ] {
            assert_eq!(read(&content).as_deref(), Some(content.as_slice()));
        }
        assert_eq!(read(&filler), None);
        assert_eq!(read(b"a\0sops"), None);
        assert_eq!(
            read(&[filler.repeat(6), b"sops".to_vec()].concat()),
            None,
            "too large"
        );
        assert_eq!(read_marked("/dev/null".as_ref(), b"sops", 1).unwrap(), None);
    }
}
