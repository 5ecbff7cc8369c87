//! The age vectors of CCTV, through the identities the program uses.

use age::armor::ArmoredReader;
use age::secrecy::SecretString;
use age::{DecryptError, Decryptor, Identity};
use lazysops::keys::hybrid;
use sha2::{Digest, Sha256};
use std::io::Read;
use std::path::Path;

/// One vector: what it says about itself, and the file.
struct Vector {
    name: String,
    fields: Vec<(String, String)>,
    file: Vec<u8>,
}

impl Vector {
    fn read(path: &Path) -> Self {
        let bytes = std::fs::read(path).unwrap();
        let end = bytes.windows(2).position(|pair| pair == b"\n\n").unwrap();
        let head = std::str::from_utf8(&bytes[..end]).unwrap();
        let fields: Vec<(String, String)> = head
            .lines()
            .map(|line| line.split_once(": ").unwrap())
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        let mut file = bytes[end + 2..].to_vec();
        if fields
            .iter()
            .any(|field| field == &("compressed".to_owned(), "zlib".to_owned()))
        {
            let mut plain = Vec::new();
            flate2::read::ZlibDecoder::new(&file[..])
                .read_to_end(&mut plain)
                .unwrap();
            file = plain;
        }
        Self {
            name: path.file_name().unwrap().to_str().unwrap().to_owned(),
            fields,
            file,
        }
    }

    fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.fields
            .iter()
            .filter(move |field| field.0 == name)
            .map(|field| field.1.as_str())
    }

    fn one<'a>(&'a self, name: &'a str) -> &'a str {
        self.all(name).next().unwrap_or_default()
    }

    fn identities(&self) -> Vec<Box<dyn Identity>> {
        let mut identities: Vec<Box<dyn Identity>> = Vec::new();
        for text in self.all("identity") {
            if text.starts_with("AGE-SECRET-KEY-PQ-1") {
                identities.push(Box::new(text.parse::<hybrid::Identity>().unwrap()));
            } else {
                identities.push(Box::new(text.parse::<age::x25519::Identity>().unwrap()));
            }
        }
        for text in self.all("passphrase") {
            let mut identity = age::scrypt::Identity::new(SecretString::from(text.to_owned()));
            identity.set_max_work_factor(22);
            identities.push(Box::new(identity));
        }
        identities
    }

    /// What became of it, in the words of the vectors, and the payload that came out.
    fn outcome(&self) -> (&'static str, Vec<u8>) {
        let mut payload = Vec::new();
        let identities = self.identities();
        let identities = identities.iter().map(|identity| &**identity);
        let opened = if self.one("armored") == "yes" {
            Decryptor::new(ArmoredReader::new(&self.file[..]))
                .and_then(|decryptor| decryptor.decrypt(identities))
                .map(|mut reader| reader.read_to_end(&mut payload))
        } else {
            Decryptor::new(&self.file[..])
                .and_then(|decryptor| decryptor.decrypt(identities))
                .map(|mut reader| reader.read_to_end(&mut payload))
        };
        let outcome = match opened {
            Ok(Ok(_)) => "success",
            Ok(Err(_)) => "payload failure",
            Err(DecryptError::InvalidMac) => "HMAC failure",
            Err(DecryptError::NoMatchingKeys | DecryptError::DecryptionFailed) => "no match",
            Err(_) => "header failure",
        };
        (outcome, payload)
    }
}

/// Where the age crate differs from the specification, and why that does no harm here.
const KNOWN: &[&str] = &[
    // It still reads the headers of early betas, which left empty last lines out. The header is authenticated.
    "stanza_missing_body",
    "stanza_missing_final_line",
    // It refuses white space around the armour; what stands in a SOPS file is trimmed first.
    "armor_whitespace_outside",
];

/// The vector expects this and we say that, and both refuse: refusals that our library does not tell apart.
fn is_alias(expected: &str, outcome: &str) -> bool {
    let refusals = [
        "no match",
        "HMAC failure",
        "header failure",
        "armor failure",
        "payload failure",
    ];
    expected == outcome || (refusals.contains(&expected) && refusals.contains(&outcome))
}

#[test]
fn no_age_file_is_opened_that_age_would_refuse_nor_refused_that_it_opens() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/cctv-age/vectors");
    let mut wrong = Vec::new();
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let vector = Vector::read(&entry.unwrap().path());
        let (outcome, payload) = vector.outcome();
        seen += 1;
        let exact = vector.name.starts_with("hybrid") || vector.name.starts_with("x25519");
        let expected = vector.one("expect");
        let right = if exact {
            expected == outcome
        } else {
            is_alias(expected, outcome)
        };
        assert!(
            !(right && KNOWN.contains(&vector.name.as_str())),
            "no longer different: {}",
            vector.name
        );
        if KNOWN.contains(&vector.name.as_str()) {
            continue;
        }
        if !right {
            wrong.push(format!("{}: {expected} expected, was {outcome}", vector.name));
        } else if outcome == "success" {
            let hash: String = Sha256::digest(&payload)
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect();
            if hash != vector.one("payload") {
                wrong.push(format!("{}: another payload", vector.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(seen, 143);
}
