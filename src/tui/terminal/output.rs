//! Where frames are written: a buffer that is wiped as soon as the terminal has it. That of the standard library keeps what went
//! through it last.

use std::fs::File;
use std::io::{self, Write};
use std::os::fd::AsFd as _;
use zeroize::Zeroize as _;

/// More than most frames have; a longer one is written in pieces.
const ROOM: usize = 1 << 16;

/// Standard output, with a buffer of our own.
pub struct Output {
    terminal: File,
    buffer: Vec<u8>,
}

impl Output {
    /// Opens it.
    ///
    /// # Errors
    /// When it is closed.
    pub fn open() -> io::Result<Self> {
        Ok(Self {
            terminal: File::from(io::stdout().as_fd().try_clone_to_owned()?),
            buffer: Vec::with_capacity(ROOM),
        })
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.buffer.len() + bytes.len() > ROOM {
            self.flush()?;
        }
        // It never grows, so no copy of it is left behind.
        let fitting = bytes.get(..ROOM.min(bytes.len())).unwrap_or_default();
        self.buffer.extend_from_slice(fitting);
        Ok(fitting.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        // The terminal was given back by then, and a half-drawn frame would stand on the normal screen.
        let written = if std::thread::panicking() {
            Ok(())
        } else {
            self.terminal.write_all(&self.buffer)
        };
        self.buffer.zeroize();
        written
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        // What was not shown is not wanted any more.
        self.buffer.zeroize();
    }
}

#[cfg(test)]
mod tests {
    use super::{Output, ROOM};
    use std::io::{Read as _, Seek as _, Write as _};

    #[test]
    fn everything_is_written_in_order_and_nothing_is_kept() {
        let mut file = tempfile::tempfile().unwrap();
        let mut output = Output {
            terminal: file.try_clone().unwrap(),
            buffer: Vec::with_capacity(ROOM),
        };
        let long = vec![b'b'; 3 * ROOM + 5];
        output.write_all(b"a").unwrap();
        output.write_all(&long).unwrap();
        output.write_all(b"c").unwrap();
        output.flush().unwrap();
        assert!(output.buffer.is_empty() && output.buffer.capacity() == ROOM);
        let mut written = Vec::new();
        file.rewind().unwrap();
        file.read_to_end(&mut written).unwrap();
        assert_eq!(written, [b"a", long.as_slice(), b"c"].concat());
    }
}
