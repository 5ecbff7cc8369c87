//! Key services in other processes: ours for the real sops, the real one for us, over sockets and loopback.

use super::gpg_home::{GpgHome, PGP2};
use super::pgp::FP2;
use crate::support::sandbox::{Outcome, Sandbox};
use crate::support::{AGE1, data, sops};
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

const OURS: &str = env!("CARGO_BIN_EXE_lazysops");
const PLAIN: &str = "user: ops\npassword: canary\n";

/// A key service that listens; it ends with this.
pub struct Server {
    child: Child,
    pub address: String,
}

impl Server {
    /// Starts `program keyservice` in a place; it listens on a socket there, or on loopback.
    pub fn start(program: &Path, place: &Sandbox, unix: bool, more: &[&str]) -> Self {
        let (network, at) = if unix {
            ("unix", place.path("s.sock").to_str().unwrap().to_owned())
        } else {
            ("tcp", free_port())
        };
        let mut child = Command::new(program)
            // Without `--verbose` sops does not tell when it listens.
            .args(["keyservice", "--verbose", "--network", network, "--address", &at])
            .args(more)
            .env_clear()
            .envs(place.environment())
            .current_dir(place.path(""))
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        while !line.contains("istening on") {
            line.clear();
            assert_ne!(
                said.read_line(&mut line).unwrap(),
                0,
                "it ended without listening"
            );
        }
        // Whatever it says later must not fill the pipe.
        std::thread::spawn(move || std::io::copy(&mut said, &mut std::io::sink()));
        Self {
            child,
            address: format!("{network}://{at}"),
        }
    }

    fn type_line(&mut self, line: &str) {
        let input = self.child.stdin.as_mut().unwrap();
        input.write_all(line.as_bytes()).unwrap();
        input.flush().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An address nobody listens on.
pub fn free_port() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().to_string()
}

fn printed(outcome: &Outcome) -> &[u8] {
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    &outcome.stdout
}

/// Encrypts and decrypts with `client`, which has no key and must not use one.
fn there_and_back(client: &Path, address: &str, recipient: [&str; 2]) {
    let place = Sandbox::without_keys();
    place.write("plain.yaml", PLAIN);
    let remote = ["--enable-local-keyservice=false", "--keyservice", address];
    let encrypt = [&["encrypt"][..], &remote, &recipient, &["plain.yaml"]].concat();
    let sealed = place.run(client, encrypt, b"");
    place.write("sealed.yaml", printed(&sealed));
    let decrypt = [&["decrypt"][..], &remote, &["sealed.yaml"]].concat();
    let opened = place.run(client, decrypt, b"");
    assert_eq!(printed(&opened), PLAIN.as_bytes());
    let alone = place.run(client, ["decrypt", "sealed.yaml"], b"");
    assert_eq!(alone.code, Some(128), "the client has no key of its own");
}

fn both_ways(server: &Path, client: &Path) {
    let home = GpgHome::with_secrets(&[PGP2]);
    let mut place = Sandbox::with_key("age1.txt");
    if let Some(home) = &home {
        place = place.variable("GNUPGHOME", home.path().to_str().unwrap());
    }
    for unix in [true, false] {
        let server = Server::start(server, &place, unix, &[]);
        there_and_back(client, &server.address, ["--age", AGE1]);
        if home.is_some() {
            there_and_back(client, &server.address, ["--pgp", FP2]);
        }
        drop(server);
        let _ = std::fs::remove_file(place.path("s.sock"));
    }
}

#[test]
fn we_are_a_key_service_for_ourselves() {
    both_ways(Path::new(OURS), Path::new(OURS));
}

#[test]
fn we_are_a_key_service_for_the_real_sops_and_it_is_one_for_us() {
    let Some(sops) = sops("key services between us and the real sops") else {
        return;
    };
    both_ways(Path::new(OURS), &sops);
    both_ways(&sops, Path::new(OURS));
}

/// A file for `age1.txt`, and a place without keys to open it in.
fn sealed() -> (Sandbox, PathBuf) {
    let place = Sandbox::without_keys();
    let plain = place.write("a.yaml", PLAIN);
    let outcome = place.lazysops(["encrypt", "-i", "--age", AGE1, "a.yaml"]);
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    (place, plain)
}

#[test]
fn the_key_service_asks_before_it_serves_when_told_to() {
    let (client, _) = sealed();
    let place = Sandbox::with_key("age1.txt");
    let mut server = Server::start(Path::new(OURS), &place, true, &["--prompt"]);
    server.type_line("n\n");
    let refused = client.lazysops(["decrypt", "--keyservice", &server.address, "a.yaml"]);
    assert_eq!(refused.code, Some(128));
    assert!(
        refused
            .stderr
            .contains("the key service refused: Request rejected by user"),
        "{}",
        refused.stderr
    );
    server.type_line("y\n");
    let served = client.lazysops(["decrypt", "--keyservice", &server.address, "a.yaml"]);
    assert_eq!(printed(&served), PLAIN.as_bytes());
}

#[test]
fn keys_of_this_machine_go_first_and_a_key_service_that_is_down_is_named() {
    let (place, _) = sealed();
    let nobody = format!("tcp://{}", free_port());
    let socket = format!("unix://{}", place.path("nobody.sock").display());
    let place = place.variable("SOPS_KEYSERVICE", &format!("{nobody},{socket}"));
    let outcome = place.lazysops(["decrypt", "a.yaml"]);
    assert_eq!(outcome.code, Some(128));
    for said in [
        &format!("{nobody}: the key service cannot be reached: connection refused") as &str,
        &format!("{socket}: the key service cannot be reached: entity not found"),
        "hint: ",
    ] {
        assert!(outcome.stderr.contains(said), "{said}: {}", outcome.stderr);
    }
    let key = data("keys/age1.txt");
    let place = place.variable("SOPS_AGE_KEY_FILE", key.to_str().unwrap());
    assert_eq!(printed(&place.lazysops(["decrypt", "a.yaml"])), PLAIN.as_bytes());
    let refused = place.lazysops(["decrypt", "--enable-local-keyservice=false", "a.yaml"]);
    assert_eq!(refused.code, Some(128), "its own key must not be used");
}

#[test]
fn a_key_service_without_the_key_says_so_and_the_next_one_is_tried() {
    let (client, _) = sealed();
    let (other, right) = (Sandbox::with_key("age2.txt"), Sandbox::with_key("age1.txt"));
    let other = Server::start(Path::new(OURS), &other, true, &[]);
    let decrypt = ["decrypt", "--keyservice", &other.address, "a.yaml"];
    let outcome = client.lazysops(decrypt);
    assert_eq!(outcome.code, Some(128));
    assert!(
        outcome.stderr.contains("the key service could not do it"),
        "{}",
        outcome.stderr
    );
    let right = Server::start(Path::new(OURS), &right, false, &[]);
    let both = [&decrypt[..3], &["--keyservice", &right.address, "a.yaml"]].concat();
    assert_eq!(printed(&client.lazysops(both)), PLAIN.as_bytes());
}

#[test]
fn a_connection_that_breaks_once_is_made_again() {
    let (client, _) = sealed();
    let place = Sandbox::with_key("age1.txt");
    let server = Server::start(Path::new(OURS), &place, true, &[]);
    let socket = place.path("s.sock");
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("tcp://{}", listener.local_addr().unwrap());
    // Closes the first connection, and passes the next one on.
    let between = std::thread::spawn(move || {
        drop(listener.accept().unwrap());
        let (mut client, _) = listener.accept().unwrap();
        let mut service = UnixStream::connect(socket).unwrap();
        let (mut up, mut down) = (client.try_clone().unwrap(), service.try_clone().unwrap());
        std::thread::spawn(move || std::io::copy(&mut up, &mut service));
        let _ = std::io::copy(&mut down, &mut client);
    });
    let opened = client.lazysops(["decrypt", "--keyservice", &address, "a.yaml"]);
    assert_eq!(printed(&opened), PLAIN.as_bytes());
    drop(server);
    between.join().unwrap();
}

#[test]
fn the_socket_is_the_users_alone_and_goes_with_the_service() {
    let place = Sandbox::with_key("age1.txt");
    let mut server = Server::start(Path::new(OURS), &place, true, &[]);
    let socket = place.path("s.sock");
    let mode = socket.metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let second = place.lazysops(["keyservice", "--net", "unix", "--addr", socket.to_str().unwrap()]);
    assert_eq!(second.code, Some(1));
    assert!(second.stderr.contains("cannot listen on"), "{}", second.stderr);
    let id = server.child.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-TERM", &id])
            .status()
            .unwrap()
            .success()
    );
    assert_eq!(server.child.wait().unwrap().code(), Some(0));
    assert!(!socket.exists());
}

#[test]
fn a_key_service_that_others_can_reach_is_warned_of() {
    let (place, _) = sealed();
    let far = [
        "decrypt",
        "--strict",
        "--keyservice",
        "tcp://192.0.2.1:5000",
        "a.yaml",
    ];
    let outcome = place.lazysops(far);
    assert_eq!(outcome.code, Some(1));
    assert!(outcome.stderr.contains("unencrypted"), "{}", outcome.stderr);
    let outcome = place.lazysops(["keyservice", "--strict", "--address", "0.0.0.0:0"]);
    assert_eq!(outcome.code, Some(1));
    assert!(outcome.stderr.contains("can use your keys"), "{}", outcome.stderr);
}
