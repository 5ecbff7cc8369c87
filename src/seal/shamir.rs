//! Splitting the data key among key groups (spec §8): Shamir's scheme over GF(2^8) with the polynomial 0x11b, every
//! share followed by its x.
//!
//! Multiplication and inversion use no table and no branch on secrets.

use super::{Random, RandomError};
use thiserror::Error;
use zeroize::Zeroizing;

/// Shares or parameters that cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ShamirError {
    /// Fewer than two shares are asked for or given.
    #[error("at least two parts are needed")]
    TooFew,
    /// The threshold is below two.
    #[error("threshold must be at least 2")]
    Threshold,
    /// More are needed than there are.
    #[error("parts cannot be less than threshold")]
    Parts,
    /// More than 255 parts.
    #[error("parts cannot exceed 255")]
    TooMany,
    /// Shares have different lengths, or none.
    #[error("the parts do not belong together")]
    Unlike,
    /// Two shares are of the same group.
    #[error("a part was given twice")]
    Twice,
    /// No random numbers.
    #[error(transparent)]
    Random(#[from] RandomError),
}

/// Splits a secret into `parts` shares, any `threshold` of which give it back. Share i has x = i + 1.
///
/// # Errors
/// When not 2 ≤ threshold ≤ parts ≤ 255, or without randomness.
pub fn split(
    secret: &[u8],
    parts: usize,
    threshold: usize,
    random: &mut dyn Random,
) -> Result<Vec<Zeroizing<Vec<u8>>>, ShamirError> {
    check(parts, threshold)?;
    let mut coefficients = Zeroizing::new(vec![0; secret.len() * (threshold - 1)]);
    random.fill(&mut coefficients)?;
    let polynomials: Vec<&[u8]> = coefficients.chunks(threshold - 1).collect();
    Ok((1..=u8::try_from(parts).unwrap_or(u8::MAX))
        .map(|x| {
            let mut share = Zeroizing::new(Vec::with_capacity(secret.len() + 1));
            share.extend(secret.iter().zip(&polynomials).map(|(constant, higher)| {
                higher
                    .iter()
                    .rev()
                    .fold(0, |sum, coefficient| multiply(sum, x) ^ multiply(*coefficient, x))
                    ^ constant
            }));
            share.push(x);
            share
        })
        .collect())
}

/// Whether a secret can be split so.
///
/// # Errors
/// When not 2 ≤ threshold ≤ parts ≤ 255.
pub fn check(parts: usize, threshold: usize) -> Result<(), ShamirError> {
    if threshold < 2 {
        Err(ShamirError::Threshold)
    } else if parts < threshold {
        Err(ShamirError::Parts)
    } else if parts > 255 {
        Err(ShamirError::TooMany)
    } else {
        Ok(())
    }
}

/// Interpolates the secret from all given shares.
///
/// # Errors
/// When there are fewer than two, or they do not belong together.
pub fn combine<S: AsRef<[u8]>>(shares: &[S]) -> Result<Zeroizing<Vec<u8>>, ShamirError> {
    at(0, shares)
}

/// The share with this x that belongs to the given ones, which are at least as many as are needed.
///
/// # Errors
/// As [`combine`]; and x is not 0.
pub fn share<S: AsRef<[u8]>>(x: u8, shares: &[S]) -> Result<Zeroizing<Vec<u8>>, ShamirError> {
    if x == 0 {
        return Err(ShamirError::Unlike);
    }
    let mut share = at(x, shares)?;
    // With room for the last byte already: a vector that grows leaves its bytes behind.
    let mut whole = Zeroizing::new(Vec::with_capacity(share.len() + 1));
    whole.append(&mut share);
    whole.push(x);
    Ok(whole)
}

/// The values of the polynomials at `at`, from all given shares.
fn at<S: AsRef<[u8]>>(at: u8, shares: &[S]) -> Result<Zeroizing<Vec<u8>>, ShamirError> {
    if shares.len() < 2 {
        return Err(ShamirError::TooFew);
    }
    let mut parts = Vec::with_capacity(shares.len());
    for share in shares {
        let (x, values) = share.as_ref().split_last().ok_or(ShamirError::Unlike)?;
        if parts.iter().any(|(other, _)| other == x) {
            return Err(ShamirError::Twice);
        }
        parts.push((*x, values));
    }
    let length = parts.first().map_or(0, |(_, values)| values.len());
    if length == 0 || parts.iter().any(|(x, values)| values.len() != length || *x == 0) {
        return Err(ShamirError::Unlike);
    }
    let mut values_there = Zeroizing::new(vec![0; length]);
    for (x, values) in &parts {
        let weight = weight(*x, at, &parts);
        for (sum, value) in values_there.iter_mut().zip(*values) {
            *sum ^= multiply(weight, *value);
        }
    }
    Ok(values_there)
}

/// The Lagrange basis polynomial of `x` at `at`.
fn weight(x: u8, at: u8, parts: &[(u8, &[u8])]) -> u8 {
    parts
        .iter()
        .filter(|(other, _)| *other != x)
        .fold(1, |product, (other, _)| {
            multiply(product, multiply(at ^ other, invert(x ^ other)))
        })
}

/// The product in GF(2^8), by shifting and adding under masks.
fn multiply(a: u8, b: u8) -> u8 {
    let (mut product, mut a) = (0, a);
    for bit in 0..8 {
        product ^= a & (b >> bit & 1).wrapping_neg();
        a = (a << 1) ^ (0x1b & (a >> 7).wrapping_neg());
    }
    product
}

/// The inverse in GF(2^8): the 254th power. 0 for 0.
fn invert(a: u8) -> u8 {
    let mut power = a;
    let mut result = 1;
    for _ in 1..8 {
        power = multiply(power, power);
        result = multiply(result, power);
    }
    result
}

#[cfg(test)]
mod tests {
    use super::{ShamirError, check, combine, invert, multiply, split};
    use crate::seal::testing::Counter;
    use proptest::prelude::*;

    fn bytes(hex: &str) -> Vec<u8> {
        (0..hex.len() / 2)
            .map(|i| u8::from_str_radix(&hex[2 * i..2 * i + 2], 16).unwrap())
            .collect()
    }

    #[test]
    fn shares_made_by_sops_give_the_data_key() {
        let shares = [
            "40583aa2c0dc089c7f392bb1c59b147468dcf4f578c9059fcd21f90bd913268f01",
            "ad1d507bd13a0019c3997ff266f8221bd9f77e8f55a629d687f24c83714d2e0802",
            "f6d776c5de91f1935ef9ba3a07d9303eb6eef1504e83c418484ad6fbe08edf7503",
        ]
        .map(bytes);
        let key = bytes("1b921c1ccf77f916e259ee79a4ba065107c57b2a63ece8510299637348d0d7f2");
        for chosen in [&[0, 1][..], &[0, 2], &[1, 2], &[2, 0], &[0, 1, 2]] {
            let chosen: Vec<_> = chosen.iter().map(|i| shares[*i].clone()).collect();
            assert_eq!(*combine(&chosen).unwrap(), key);
        }
    }

    #[test]
    fn a_key_is_split_among_255_groups_at_most() {
        let shares = split(b"s", 255, 2, &mut Counter::default()).unwrap();
        assert_eq!(*combine(&shares[253..]).unwrap(), b"s");
        assert_eq!((shares.len(), check(256, 2)), (255, Err(ShamirError::TooMany)));
    }

    #[test]
    fn every_element_has_its_inverse() {
        for a in 1..=255 {
            assert_eq!(multiply(a, invert(a)), 1, "{a}");
        }
        assert_eq!((multiply(0x53, 0xca), multiply(0x80, 2)), (1, 0x1b));
    }

    #[test]
    fn shares_that_do_not_belong_together_are_refused() {
        let shares = split(b"secret", 3, 2, &mut Counter::default()).unwrap();
        let twice = [shares[0].clone(), shares[0].clone()];
        assert_eq!(combine(&twice).unwrap_err(), ShamirError::Twice);
        assert_eq!(combine(&shares[..1]).unwrap_err(), ShamirError::TooFew);
        assert_eq!(
            combine(&[&shares[0][..], b"ab\x09"]).unwrap_err(),
            ShamirError::Unlike
        );
        assert_eq!(combine(&[&b""[..], b""]).unwrap_err(), ShamirError::Unlike);
        assert_eq!(
            combine(&[&b"\x01"[..], b"\x02"]).unwrap_err(),
            ShamirError::Unlike
        );
        assert_eq!(
            combine(&[&b"a\x00"[..], b"a\x02"]).unwrap_err(),
            ShamirError::Unlike
        );
        for (parts, threshold, error) in [
            (3, 1, ShamirError::Threshold),
            (2, 3, ShamirError::Parts),
            (256, 2, ShamirError::TooMany),
            (300, 2, ShamirError::TooMany),
        ] {
            assert_eq!(
                split(b"s", parts, threshold, &mut Counter::default()).unwrap_err(),
                error
            );
        }
    }

    proptest! {
        #[test]
        fn any_threshold_of_the_shares_gives_the_secret(
            secret in proptest::collection::vec(any::<u8>(), 1..64),
            parts in 2usize..10,
            lower in 0usize..8,
            skip in 0usize..8,
        ) {
            let threshold = 2 + lower % (parts - 1);
            let shares = split(&secret, parts, threshold, &mut Counter::default()).unwrap();
            let from = skip % (parts - threshold + 1);
            prop_assert_eq!(&*combine(&shares[from..from + threshold]).unwrap(), &secret);
            for share in &shares {
                let x = share[secret.len()];
                prop_assert_eq!(&super::share(x, &shares[from..from + threshold]).unwrap(), share);
            }
            if threshold > 2 {
                prop_assert_ne!(&*combine(&shares[..threshold - 1]).unwrap(), &secret);
            }
        }
    }
}
