//! Other users of the machine, by name.

use std::io::{Error, ErrorKind, Result};
use std::path::Path;

/// A user whom a command runs as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct User {
    /// The number of the user.
    pub id: u32,
    /// The number of the user's first group.
    pub group: u32,
}

impl User {
    /// Finds a user in `/etc/passwd`.
    ///
    /// # Errors
    /// When it cannot be read, or there is no such user.
    pub fn named(name: &str) -> Result<Self> {
        let table = std::fs::read(Path::new("/etc/passwd"))?;
        find(&String::from_utf8_lossy(&table), name)
            .ok_or_else(|| Error::new(ErrorKind::NotFound, format!("there is no user {name}")))
    }

    /// Gives a file or folder to the user.
    ///
    /// # Errors
    /// When this process may not.
    pub fn give(self, path: &Path) -> Result<()> {
        std::os::unix::fs::chown(path, Some(self.id), Some(self.group))
    }
}

fn find(table: &str, name: &str) -> Option<User> {
    table.lines().find_map(|line| {
        let mut fields = line.split(':');
        if fields.next() != Some(name) {
            return None;
        }
        let _password = fields.next()?;
        Some(User {
            id: fields.next()?.parse().ok()?,
            group: fields.next()?.parse().ok()?,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::{User, find};

    #[test]
    fn a_user_is_found_by_the_whole_name() {
        let table = "root:x:0:0::/root:/bin/sh\nops:x:1000:100:ops,,:/home/ops:\nbroken:x\n";
        assert_eq!(find(table, "ops"), Some(User { id: 1000, group: 100 }));
        for name in ["op", "", "broken", "x"] {
            assert_eq!(find(table, name), None, "{name}");
        }
    }
}
