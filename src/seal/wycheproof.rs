//! The vectors of Project Wycheproof for AES-GCM, as far as the keys are those of SOPS: 256 bits, tags of 128.

use super::DataKey;
use super::cipher::{Cipher, Scratch};
use super::kind::{Kind, Plain};
use super::token;
use aes_gcm::aead::array::ArraySize;
use aes_gcm::aead::consts::{U1, U2, U4, U6, U8, U10, U12, U15, U16, U20, U32, U64, U128, U257};
use aes_gcm::aes::Aes256;
use aes_gcm::{AeadInOut, AesGcm, KeyInit, Nonce, Tag};
use wycheproof::TestResult;
use wycheproof::aead::{Test, TestName, TestSet};

/// What a vector says must come out: the plaintext and the tag, or a refusal.
fn holds<N: ArraySize>(test: &Test) -> bool {
    let cipher = AesGcm::<Aes256, N>::new_from_slice(&test.key).unwrap();
    let nonce = Nonce::<N>::try_from(test.nonce.as_slice()).unwrap();
    let given = Tag::try_from(test.tag.as_slice()).unwrap();
    let mut opened = test.ct.to_vec();
    let opens = cipher
        .decrypt_inout_detached(&nonce, &test.aad, opened.as_mut_slice().into(), &given)
        .is_ok();
    if test.result == TestResult::Invalid {
        return !opens;
    }
    let mut sealed = test.pt.to_vec();
    let tag = cipher
        .encrypt_inout_detached(&nonce, &test.aad, sealed.as_mut_slice().into())
        .unwrap();
    opens && opened == *test.pt && sealed == *test.ct && tag == given
}

/// The same through the cipher of values, whose nonces have 32 bytes.
fn holds_for_values(test: &Test) -> bool {
    let cipher = Cipher::new(&DataKey::from_slice(&test.key).unwrap());
    let nonce: [u8; 32] = test.nonce.as_slice().try_into().unwrap();
    let tag: [u8; 16] = test.tag.as_slice().try_into().unwrap();
    let mut scratch = Scratch::default();
    let text = token::write(&test.ct, &nonce, &tag, Kind::Str);
    let opened = cipher.decrypt(&text, &test.aad, &mut scratch);
    if test.result == TestResult::Invalid {
        return opened.is_err();
    }
    let Ok(Plain::Leaf(leaf)) = opened.map(|opened| opened.plain) else {
        return false;
    };
    let sealed = cipher.encrypt((Kind::Str, &test.pt), &test.aad, &nonce, Some(&tag), &mut scratch);
    leaf.canonical().as_slice() == test.pt.as_slice() && sealed == Some(text)
}

#[test]
fn every_vector_with_keys_and_tags_as_sops_has_them_holds() {
    let set = TestSet::load(TestName::AesGcm).unwrap();
    let groups = set.test_groups.iter();
    let (mut valid, mut invalid, mut for_values) = (0, 0, 0);
    for group in groups.filter(|group| (group.key_size, group.tag_size) == (256, 128)) {
        for test in &group.tests {
            let held = match group.nonce_size {
                // No cipher can be made for it, which is what the vectors ask for.
                0 => test.result == TestResult::Invalid,
                8 => holds::<U1>(test),
                16 => holds::<U2>(test),
                32 => holds::<U4>(test),
                48 => holds::<U6>(test),
                64 => holds::<U8>(test),
                80 => holds::<U10>(test),
                96 => holds::<U12>(test),
                120 => holds::<U15>(test),
                128 => holds::<U16>(test),
                160 => holds::<U20>(test),
                256 => {
                    for_values += 1;
                    holds::<U32>(test) && holds_for_values(test)
                }
                512 => holds::<U64>(test),
                1024 => holds::<U128>(test),
                2056 => holds::<U257>(test),
                size => panic!("vectors for nonces of {size} bits are new: add them"),
            };
            assert!(held, "vector {}: {}", test.tc_id, test.comment);
            if test.result == TestResult::Invalid {
                invalid += 1;
            } else {
                valid += 1;
            }
        }
    }
    assert_eq!((valid, invalid, for_values), (VALID, INVALID, 1));
}

/// How many of the vectors are right, and how many must be refused.
const VALID: usize = 76;
const INVALID: usize = 29;
