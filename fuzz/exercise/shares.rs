//! Shares of a data key: any that are handed in, and those that were made here.

use lazysops::seal::shamir::{combine, split};
use lazysops::seal::{Random, RandomError};

/// Takes its bytes from the input, again and again.
struct Given<'b>(std::iter::Cycle<std::slice::Iter<'b, u8>>);

impl Random for Given<'_> {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), RandomError> {
        for byte in bytes {
            *byte = *self.0.next().ok_or(RandomError)?;
        }
        Ok(())
    }
}

/// The first two bytes are numbers of shares, the third one is their length.
pub fn run(bytes: &[u8]) {
    let [parts, threshold, length, rest @ ..] = bytes else {
        return;
    };
    let shares: Vec<&[u8]> = rest.chunks(usize::from(*length).max(1)).take(300).collect();
    if let Ok(secret) = combine(&shares) {
        assert_eq!(secret.len() + 1, shares[0].len());
    }
    let secret = &rest[..rest.len().min(64)];
    let (parts, threshold) = (usize::from(*parts) % 12, usize::from(*threshold) % 12);
    let Ok(shares) = split(secret, parts, threshold, &mut Given(rest.iter().cycle())) else {
        return;
    };
    assert_eq!(shares.len(), parts);
    for from in 0..=parts - threshold {
        let some = &shares[from..from + threshold];
        match combine(some) {
            Ok(again) => assert_eq!(&*again, secret),
            Err(_) => assert!(secret.is_empty()),
        }
    }
}
