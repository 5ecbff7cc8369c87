//! An identity file behind a passphrase.

use age::Encryptor;
use age::secrecy::SecretString;
use std::io::Write as _;

/// The identity `tests/data/keys/age1.txt` behind the passphrase `right`.
pub fn locked_identity() -> Vec<u8> {
    let identity = std::fs::read(super::data("keys/age1.txt")).unwrap();
    let mut recipient = age::scrypt::Recipient::new(SecretString::from("right"));
    recipient.set_work_factor(2);
    let encryptor = Encryptor::with_recipients(std::iter::once(&recipient as _)).unwrap();
    let mut file = Vec::new();
    let mut writer = encryptor.wrap_output(&mut file).unwrap();
    writer.write_all(&identity).unwrap();
    writer.finish().unwrap();
    file
}
