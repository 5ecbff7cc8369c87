//! The audit log in PostgreSQL, with a real server of our own.

use super::ok;
use crate::support::AGE1;
use crate::support::sandbox::Sandbox;
use crate::support::{installed, skipped};
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// The user and group that own nothing: PostgreSQL does not run as root.
const NOBODY: u32 = 65534;
const TABLE: &str = "CREATE TABLE audit_event (id SERIAL PRIMARY KEY, timestamp TIMESTAMP DEFAULT NOW(), action TEXT, \
                     username TEXT, file TEXT)";

struct Database {
    folder: PathBuf,
    programs: PathBuf,
    server: Child,
}

fn programs() -> Option<PathBuf> {
    let mut found: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .ok()?
        .map(|entry| entry.unwrap().path().join("bin"))
        .filter(|folder| folder.join("initdb").exists())
        .collect();
    found.sort();
    found.pop()
}

/// A command as a user whom PostgreSQL accepts.
fn unprivileged(program: &Path) -> Command {
    let is_root = std::fs::metadata("/proc/self").unwrap().uid() == 0;
    let mut command = if is_root {
        let mut command = Command::new("setpriv");
        command
            .args(["--reuid=65534", "--regid=65534", "--clear-groups", "--"])
            .arg(program);
        command
    } else {
        Command::new(program)
    };
    command
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("LANG", "C")
        .current_dir("/");
    command
}

impl Database {
    fn start(place: &Sandbox) -> Option<Self> {
        let programs = programs()?;
        let folder = place.root().join("db");
        std::fs::create_dir(&folder).unwrap();
        std::fs::set_permissions(place.root(), PermissionsExt::from_mode(0o755)).unwrap();
        std::fs::set_permissions(&folder, PermissionsExt::from_mode(0o755)).unwrap();
        if std::fs::metadata("/proc/self").unwrap().uid() == 0 {
            std::os::unix::fs::chown(&folder, Some(NOBODY), Some(NOBODY)).unwrap();
        }
        let data = folder.join("data");
        let made = unprivileged(&programs.join("initdb"))
            .args(["-A", "trust", "-U", "sops", "-N", "-D"])
            .arg(&data)
            .stdout(Stdio::null())
            .status()
            .unwrap();
        assert!(made.success());
        let mut server = unprivileged(&programs.join("postgres"))
            .args(["-F", "-h", "", "-k"])
            .arg(&folder)
            .arg("-D")
            .arg(&data)
            .stderr(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(server.stderr.take().unwrap()).lines();
        let ready = said.find(|line| line.as_ref().unwrap().contains("ready to accept connections"));
        assert!(ready.is_some(), "PostgreSQL did not start");
        // What else it says must be read, or it would wait.
        std::thread::spawn(move || said.for_each(drop));
        Some(Self {
            folder,
            programs,
            server,
        })
    }

    fn ask(&self, sql: &str) -> String {
        let output = unprivileged(&self.programs.join("psql"))
            .args(["-At", "-F", " ", "-U", "sops", "-h"])
            .arg(&self.folder)
            .args(["-c", sql, "postgres"])
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).unwrap()
    }

    fn url(&self) -> String {
        format!(
            "host={} user=sops dbname=postgres sslmode=disable",
            self.folder.display()
        )
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

#[test]
fn the_log_says_who_did_what_with_which_file() {
    let test = "the_log_says_who_did_what_with_which_file";
    let place = Sandbox::with_key("age1.txt");
    let own_etc = |settings: &str, commands: &str| {
        place.write("../audit.yaml", settings);
        // Where it is looked for is nobody's choice; a process with mounts of its own sees a folder of ours there.
        let script = format!(
            "mkdir -p ../etc/sops && cp /etc/passwd ../etc/ && cp ../audit.yaml ../etc/sops/ && mount --bind ../etc /etc || exit 99
            {commands}"
        );
        place.run(Path::new("unshare"), ["-r", "-m", "sh", "-e", "-c", &script], b"")
    };
    if !installed("unshare") || own_etc("", "true").code == Some(99) {
        skipped(test, "there is no unshare that may mount");
        return;
    }
    let Some(database) = Database::start(&place) else {
        skipped(test, "PostgreSQL is not installed");
        return;
    };
    database.ask(TABLE);
    place.write("a.yaml", "a: x\n");
    let settings = format!(
        "backends:\n  postgres:\n    - connection_string: \"{}\"\n",
        database.url()
    );
    let program = env!("CARGO_BIN_EXE_lazysops");
    let commands = format!(
        "{program} encrypt -i --age {AGE1} a.yaml; {program} decrypt a.yaml; {program} set a.yaml '[\"a\"]' '\"y\"'; \
         {program} rotate -i a.yaml; {program} filestatus a.yaml"
    );
    let outcome = own_etc(&settings, &commands);
    ok(&outcome);
    let log = database.ask("SELECT action, username, file FROM audit_event ORDER BY id");
    let expected: String = [
        "encrypt", "decrypt", "decrypt", "encrypt", "rotate", "decrypt", "encrypt",
    ]
    .map(|action| format!("{action} root {}\n", place.path("a.yaml").display()))
    .concat();
    assert_eq!(log, expected);
    // A log that cannot be written ends the command before anything is shown.
    database.ask("DROP TABLE audit_event");
    let refused = own_etc(&settings, &format!("{program} decrypt a.yaml"));
    assert_eq!(
        (refused.code, refused.stdout.as_slice()),
        (Some(1), &b""[..]),
        "{}",
        refused.stderr
    );
    assert!(refused.stderr.contains("audit_event"), "{}", refused.stderr);
    let broken = own_etc(
        "backends: {postgres: [{connection_string: 5}]}",
        &format!("{program} decrypt a.yaml"),
    );
    assert_eq!(broken.code, Some(1), "{}", broken.stderr);
}
