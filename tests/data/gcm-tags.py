#!/usr/bin/env python3
"""Makes gcm-tags.txt, beside this file, with OpenSSL through Python's `cryptography`: the tags of AES-256-GCM with nonces of
32 bytes over 1,000 inputs that a test of src/seal/cipher.rs makes again. With --check, only says whether the file is that."""
import hashlib
import pathlib
import sys

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

COUNT = 1000


def digest(what, i, j=0):
    return hashlib.sha256(f"{what} {i} {j}".encode()).digest()


def tag(i):
    length = 1 + i * 7 % 301
    plaintext = b"".join(digest("plaintext", i, j) for j in range(length // 32 + 1))[:length]
    sealed = AESGCM(digest("key", i)).encrypt(digest("nonce", i), plaintext, digest("path", i)[: i % 33])
    return sealed[-16:].hex()


wanted = "".join(tag(i) + "\n" for i in range(COUNT))
path = pathlib.Path(__file__).with_name("gcm-tags.txt")
if sys.argv[1:] == ["--check"]:
    sys.exit(path.read_text() != wanted)
path.write_text(wanted)
