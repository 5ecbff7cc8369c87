#!/usr/bin/env python3
"""Files that were made to hurt, and what becomes of a program that reads them: more than 500, over the five formats and .sops.yaml.

    tests/faults/hostile.py PROGRAM [--sample N] [--seconds S] [--cpu] [--mib M] [--only REGEX] [--markdown]
    tests/faults/hostile.py --make FOLDER [--small] PROGRAM      only makes the files, each in a folder of its own

Every file meets every face: decrypting, encrypting, set, rotate, diff, merge, why, drift, check and so on. Wanted: an answer, never a
panic or a signal; at most S seconds and M MiB each (1 and 256, which a release build keeps on a machine that is not busy; files of
50 MB and of 200,000 keys get 5 s and 1 GiB, and --small leaves them out, ten thousand recipients and the like 2 s and 512 MiB; a pipe that was named gets 5 s, two of them for somebody to
write to it); and no part of a value in what is said. --sample takes every
Nth run, --files those that were made before. On a machine that is busy with other things, --cpu counts the seconds of the processor
instead of those of the clock, of which there may be twenty times as many then. The files are the same every time. Exit status 1 when a run is not as wanted.
"""
import argparse
import collections
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

KEYS = pathlib.Path(__file__).resolve().parent.parent / "data/keys"
READER = "age1vzv9uv3cwy344uuvamd9l9gfuqa328dfdm5sdyu0hrjxftlg3qdqcrl45j"
CANARY = "canary7f3a9c"
NAMES = {"yaml": "a.yaml", "json": "a.json", "dotenv": "a.env", "ini": "a.ini", "binary": "a.bin"}
PLAIN = {
    "yaml": f"user: admin\npassword: {CANARY}\nport: 5432\nlist: [1, two]\n",
    "json": json.dumps({"user": "admin", "password": CANARY, "port": 5432, "list": [1, "two"]}),
    "dotenv": f"USER=admin\nPASSWORD={CANARY}\n",
    "ini": f"[main]\nuser = admin\npassword = {CANARY}\n",
    "binary": f"some {CANARY} bytes",
}
TOKEN = "ENC[AES256_GCM,data:BQ==,iv:ePhtXVD50+ec8YCsRaRZLeE0q0gwDOlSeGtsBlEUR0s=,tag:29ai9wqMCMwquNLpGk3rgQ==,type:str]"
BIG = "big"
# Ten thousand keys to wrap, 20,000 rules to check, 40,000 documents that get a block each: every part of it is wanted.
MANY = re.compile(r"-(recipients-10000|rules-20000|text-documents)$")

FACES = {
    "decrypt": ["decrypt", "{}"],
    "extract": ["decrypt", "--extract", '["user"]', "{}"],
    "encrypt": ["encrypt", "--age", READER, "{}"],
    "set": ["set", "{}", '["zz"]', '"x"'],
    "unset": ["unset", "{}", '["user"]'],
    "rotate": ["rotate", "{}"],
    "updatekeys": ["updatekeys", "-y", "{}"],
    "filestatus": ["filestatus", "{}"],
    "diff": ["diff", "{}", "other/{}"],
    "merge": ["merge", "other/{}", "{}", "other/{}"],
    "textconv": ["textconv", "{}"],
    "why": ["why", "{}"],
    "doctor": ["doctor", "{}"],
    "access": ["access", "."],
    "drift": ["drift", "."],
    "check": ["check", "."],
    "list": ["check", "{}", "other/{}", "other/b.yaml", "other"],
    "rekey": ["rekey", "--dry-run", "."],
}
# What these print is not the content of files, or is masked.
MASKED = ("updatekeys", "filestatus", "diff", "why", "doctor", "access", "drift", "check", "list", "rekey", "set", "unset")


def enc_texts():
    """Texts that claim to be an encrypted value."""
    yield "prefix", "ENC["
    for cut in (15, 21, 24, 29, 40, 75, 80, 90, 104, 110):
        yield f"cut-{cut}", TOKEN[:cut]
    yield "no-type", TOKEN.replace(",type:str", "")
    yield "unknown-type", TOKEN.replace("type:str", f"type:{CANARY}")
    yield "type-int", TOKEN.replace("type:str", "type:int")
    yield "type-comment", TOKEN.replace("type:str", "type:comment")
    yield "bad-data", TOKEN.replace("data:BQ==", "data:!!!!")
    yield "bad-padding", TOKEN.replace("data:BQ==", "data:BQ=")
    yield "bad-iv", TOKEN.replace("iv:ePht", "iv:....")
    yield "short-iv", TOKEN.replace("iv:ePhtXVD50+ec8YCsRaRZLeE0q0gwDOlSeGtsBlEUR0s=", "iv:AAAAAAAAAAAAAAAA")
    yield "empty-iv", TOKEN.replace("iv:ePhtXVD50+ec8YCsRaRZLeE0q0gwDOlSeGtsBlEUR0s=", "iv:")
    yield "long-iv", TOKEN.replace("iv:ePht", "iv:" + "ePht" * 5000)
    yield "short-tag", TOKEN.replace("tag:29ai9wqMCMwquNLpGk3rgQ==", "tag:29ai")
    yield "long-tag", TOKEN.replace("tag:29ai", "tag:" + "29ai" * 5000)
    yield "long-data", TOKEN.replace("data:BQ==", "data:" + "AAAA" * 250_000)
    yield "many-marks", "ENC[AES256_GCM,data:" + ",iv:,tag:,type:" * 20_000 + "]"
    yield "twice", TOKEN + TOKEN
    yield "other-cipher", TOKEN.replace("AES256_GCM", "AES512_XXX")
    yield "canary", f"ENC[AES256_GCM,data:{CANARY},iv:{CANARY},tag:{CANARY},type:str]"


def with_value(kind, sealed, value):
    """A sealed file with one value put in."""
    if kind in ("yaml", "json", "binary"):
        tree = json.loads(sealed)
        tree["data" if kind == "binary" else "user"] = value
        return json.dumps(tree)
    key = "USER=" if kind == "dotenv" else "user"
    lines = sealed.splitlines()
    at = next(i for i, line in enumerate(lines) if line.startswith(key))
    lines[at] = ("USER=" if kind == "dotenv" else "user = ") + value.replace("\n", "\\n")
    return "\n".join(lines) + "\n"


def blocks(block):
    """`sops` blocks that are not what they should be."""
    wrong = {"list": [], "map": {}, "int": 7, "float": 1e300, "null": None, "bool": True, "text": CANARY, "nested": [[[{}]]]}
    for field in ("mac", "lastmodified", "version", "age", "encrypted_regex", "shamir_threshold", "key_groups", "mac_only_encrypted"):
        for name, value in wrong.items():
            yield f"{field}-{name}", {**block, field: value}
    age = block["age"][0]
    yield "recipient-int", {**block, "age": [{**age, "recipient": 1}]}
    yield "enc-list", {**block, "age": [{**age, "enc": []}]}
    yield "enc-canary", {**block, "age": [{**age, "enc": CANARY}]}
    yield "enc-cut", {**block, "age": [{**age, "enc": age["enc"][:100]}]}
    yield "enc-long", {**block, "age": [{**age, "enc": age["enc"] * 3000}]}
    yield "recipients-10000", {**block, "age": [age] * 10_000}
    yield "groups-10000", {**block, "shamir_threshold": 9_999, "key_groups": [{"age": [age]}] * 10_000}
    yield "groups-empty", {**block, "key_groups": [{}] * 300}
    for threshold in (-1, 0, 256, 2**32, 2**64, 10**40, 1.5):
        yield f"threshold-{threshold}", {**block, "shamir_threshold": threshold, "key_groups": [{"age": [age]}, {"age": [age]}]}
    for name, regex in {
        "open": "(", "nested": "((((a{0,100}){0,100}){0,100}){0,100}){0,100}", "deep": "(" * 50_000 + ")" * 50_000,
        "ahead": "(?=x)", "backslash": "\\", "long": "a|" * 100_000, "classes": "[\\pL\\PL]{1000}{1000}", "canary": CANARY + "(",
    }.items():
        yield f"regex-{name}", {**block, "encrypted_regex": regex}
    yield "two-rules", {**block, "encrypted_suffix": "x", "unencrypted_suffix": "y"}
    yield "empty-suffix", {**block, "unencrypted_suffix": ""}
    yield "time-far", {**block, "lastmodified": "999999999-99-99T99:99:99Z"}
    yield "time-zone", {**block, "lastmodified": "2024-01-01T00:00:00+99:99"}
    yield "version-0", {**block, "version": "0.0.0"}
    yield "version-long", {**block, "version": "9" * 100_000 + ".1.1"}
    yield "plugin", {**block, "age": [{**age, "recipient": "age1../../bin/sh1qqqq"}]}
    yield "unknown-fields", {**block, **{f"x{i}": i for i in range(5000)}}
    yield "kms-hostile", {**block, "kms": [{"arn": "arn:aws:kms:" + "x" * 10_000, "context": {"a": 1}, "enc": CANARY, "created_at": "x"}]}
    yield "vault-hostile", {**block, "hc_vault": [{"vault_address": "file:///etc/passwd", "engine_path": "../..", "key_name": "\n", "enc": "v"}]}
    yield "pgp-option", {**block, "age": [], "pgp": [{"fp": "--output=/tmp/x", "enc": CANARY, "created_at": "x"}]}
    yield "none", {}


def yaml_texts():
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 15)
    )
    yield "depth-flow", "a: " + "[" * 200_000
    yield "depth-flow-closed", "a: " + "[" * 50_000 + "]" * 50_000
    yield "depth-maps", "{a: " * 100_000
    yield "depth-items", "a:\n " + "- " * 200_000
    yield "depth-indent", "".join(" " * i + "a:\n" for i in range(3000))
    yield "depth-questions", "? " * 100_000
    yield "bomb", bomb
    yield "bomb-second-document", "a: 1\n---\n" + bomb
    yield "bomb-merge", "m0: &m0 {a: 1}\n" + "".join(f"m{i}: &m{i}\n  <<: [{', '.join([f'*m{i - 1}'] * 9)}]\n" for i in range(1, 12))
    yield "self-alias", "a: &a [*a]\n"
    yield "self-merge", "a: &a\n  <<: *a\n"
    yield "merge-scalar", f"a:\n  <<: {CANARY}\n"
    yield "merge-list", "a:\n  <<: [1, 2]\n"
    yield "no-anchor", f"a: *{CANARY}\n"
    yield "int-long", "a: " + "9" * 100_000
    yield "hex-long", "a: 0x" + "f" * 100_000
    yield "float-huge", "a: 1e999999999\nb: -1e999999999\nc: 1e-999999999\n"
    yield "float-long", "a: 0." + "1" * 100_000
    yield "sexagesimal", "a: 9" + ":59" * 10_000
    yield "time-odd", "a: 9999-99-99T99:99:99.999999999Z\nb: 0000-00-00\n"
    yield "nul", b"a: b\0c\n"
    yield "control", b"a: \x07\n"
    yield "invalid-utf8", b"a: \xff\xfe\xc0\x80\n"
    yield "bom", b"\xef\xbb\xbfa: 1\n"
    yield "utf16le", "\ufeffa: 1\n".encode("utf-16-le")
    yield "utf16be", "\ufeffa: 1\n".encode("utf-16-be")
    yield "utf16-odd", "\ufeffa: 1\n".encode("utf-16-le")[:-1]
    yield "utf16-surrogate", b"\xff\xfea\0:\0 \0\x00\xd8\n\0"
    yield "utf32", "\ufeffa: 1\n".encode("utf-32-le")
    yield "tabs", "a:\n\t- b\n"
    yield "directive", "%YAML 9.9\n---\na: 1\n"
    yield "tags", "%TAG !e! tag:x,2000:\n---\na: !e!x y\nb: !!python/object:os.system x\n"
    yield "binary-tag", f"a: !!binary {CANARY}!!!\n"
    yield "int-tag", f"a: !!int {CANARY}\n"
    yield "complex-key", "? [a, b]\n: 1\n"
    yield "duplicate", f"{CANARY}: 1\n{CANARY}: 2\n"
    yield "two-blocks", f"a: {TOKEN}\nsops:\n  mac: x\nsops:\n  mac: y\n"
    yield "block-anchor", "s: &s {mac: x}\nsops: *s\n"
    yield "top-list", f"- {CANARY}\n"
    yield "top-scalar", CANARY
    yield "comments-only", "# x\n" * 50_000
    yield "documents", "a: 1\n" + "---\n" * 40_000
    yield "documents-full", "a: 1\n---\n" * 20_000
    yield "unclosed-quote", f'a: "{CANARY}'
    yield "escapes", 'a: "\\x4\\U0011ffff\\ud800"\n'
    yield "block-indent", "a: |9\n x\n"
    yield "carriage-returns", "a: 1\r" * 20_000
    yield "nel", "a: 1\u0085" * 10_000
    yield "long-line", "a: " + "x" * 10_000_000
    yield "long-key", "x" * 100_000 + ": 1\n"
    yield "anchors", "".join(f"k{i}: &a{i} x\n" for i in range(30_000))
    yield "flow-many", "a: [" + "b: c, " * 40_000 + "]\n"
    yield BIG + "-keys", "".join(f"k{i}: v{i}\n" for i in range(200_000))
    yield BIG + "-value", "a: " + "x" * 50_000_000 + "\n"


def json_texts():
    yield "depth-lists", '{"a":' + "[" * 200_000
    yield "depth-closed", '{"a":' + "[" * 50_000 + "]" * 50_000 + "}"
    yield "depth-maps", '{"a":' * 100_000
    yield "number-long", '{"a":' + "9" * 100_000 + "}"
    yield "number-huge", '{"a":1e999999999,"b":-1e-999999999}'
    yield "number-odd", '{"a":01,"b":+1,"c":.5,"d":NaN}'
    yield "nul", b'{"a":"b\0c"}'
    yield "nul-escape", '{"a":"\\u0000"}'
    yield "surrogate", '{"a":"\\ud800"}'
    yield "bad-escape", '{"a":"\\x41"}'
    yield "invalid-utf8", b'{"a":"\xff\xfe"}'
    yield "bom", b'\xef\xbb\xbf{"a":1}'
    yield "utf16", '\ufeff{"a":1}'.encode("utf-16-le")
    yield "trailing-comma", '{"a":1,}'
    yield "trailing-text", '{"a":1} ' + CANARY
    yield "two-texts", '{"a":1}{"b":2}'
    yield "duplicate", '{"%s":1,"%s":2}' % (CANARY, CANARY)
    yield "two-blocks", '{"a":"%s","sops":{"mac":"x"},"sops":{"mac":"y"}}' % TOKEN
    yield "top-list", '["%s"]' % CANARY
    yield "top-text", '"%s"' % CANARY
    yield "unclosed", '{"a":"%s' % CANARY
    yield "empty", ""
    yield "null", "null"
    yield "comments", '{"a":1 /* %s */}' % CANARY
    yield "long-line", '{"a":"' + "x" * 10_000_000 + '"}'
    yield "spaces", " " * 5_000_000 + "{}"
    yield "empty-keys", "{" + ",".join(['"":1'] * 20_000) + "}"
    yield BIG + "-keys", json.dumps({f"k{i}": i for i in range(200_000)})
    yield BIG + "-value", '{"a":"' + "x" * 50_000_000 + '"}'


def dotenv_texts():
    yield "no-equals", CANARY
    yield "nul", b"A=b\0c\n"
    yield "invalid-utf8", b"A=\xff\xfe\n"
    yield "bom", b"\xef\xbb\xbfA=1\n"
    yield "utf16", "\ufeffA=1\n".encode("utf-16-le")
    yield "empty-key", "=x\n" * 1000
    yield "equals", "=" * 100_000
    yield "duplicate", f"A={CANARY}\nA=2\n"
    yield "escapes", "A=\\n\\\\n\\\n"
    yield "block-cut", f"A={TOKEN}\nsops_mac=\n"
    yield "block-odd", f"A={TOKEN}\nsops_age__list_9999999999__map_enc=x\nsops_age__list_-1__map_enc=x\nsops_age__map_map_=x\n"
    yield "block-deep", "A=1\nsops_" + "a__map_" * 20_000 + "x=1\n"
    yield "block-lists", "A=1\n" + "".join(f"sops_age__list_{i}__map_enc=x\n" for i in range(10_000))
    yield "comments", "#\n" * 50_000
    yield "carriage-returns", "A=1\r" * 20_000
    yield "long-line", "A=" + "x" * 10_000_000
    yield BIG + "-keys", "".join(f"K{i}=v{i}\n" for i in range(200_000))


def ini_texts():
    yield "no-equals", CANARY
    yield "unclosed-section", f"[{CANARY}\na = 1\n"
    yield "nul", b"a = b\0c\n"
    yield "invalid-utf8", b"a = \xff\xfe\n"
    yield "bom", b"\xef\xbb\xbf[a]\nb = 1\n"
    yield "utf16", "\ufeff[a]\nb = 1\n".encode("utf-16-le")
    yield "quotes", f'a = """{CANARY}\nb = 1\n'
    yield "backquotes", f"a = `{CANARY}\nb = 1\n"
    yield "continued", "a = " + "x\\\n" * 50_000
    yield "includes", "a = %(a)s\nb = %(c)s\n" * 2000
    yield "sections", "".join(f"[s{i}]\na = 1\n" for i in range(20_000))
    yield "same-section", "[s]\na = 1\n" * 20_000
    yield "dashes", "- = x\n" * 5000
    yield "empty-key", f"= {CANARY}\n"
    yield "two-blocks", f"[a]\nb = {TOKEN}\n[sops]\nmac = x\n[sops]\nmac = y\n"
    yield "block-deep", "[a]\nb = 1\n[sops]\n" + "a__map_" * 20_000 + "x = 1\n"
    yield "comments", "; x\n" * 50_000
    yield "long-line", "a = " + "x" * 10_000_000
    yield BIG + "-keys", "".join(f"k{i} = v{i}\n" for i in range(200_000))


def rule_texts():
    rule = f"creation_rules:\n  - age: {READER}\n"
    yield "top-list", "- a\n"
    yield "scalar", CANARY
    yield "rules-map", "creation_rules: {a: b}\n"
    yield "rules-text", f"creation_rules: {CANARY}\n"
    yield "rule-text", f"creation_rules:\n  - {CANARY}\n"
    yield "rules-null", "creation_rules:\n  -\n  - ~\n"
    yield "regex-open", f"creation_rules:\n  - path_regex: '('\n    age: {READER}\n"
    yield "regex-bomb", f"creation_rules:\n  - path_regex: '(((a{{0,100}}){{0,100}}){{0,100}}){{0,100}}'\n    age: {READER}\n"
    yield "regex-deep", f"creation_rules:\n  - path_regex: '{'(' * 20_000}{')' * 20_000}'\n    age: {READER}\n"
    yield "regex-long", f"creation_rules:\n  - path_regex: '{'a|' * 100_000}'\n    age: {READER}\n"
    yield "regex-catastrophe", f"creation_rules:\n  - path_regex: '(a+)+$'\n    age: {READER}\n"
    yield "regex-list", "creation_rules:\n  - path_regex: [a]\n    age: x\n"
    yield "age-map", "creation_rules:\n  - age: {a: b}\n"
    yield "age-private", f"creation_rules:\n  - age: AGE-SECRET-KEY-1{CANARY}\n"
    yield "age-10000", "creation_rules:\n  - age:\n" + f"      - {READER}\n" * 10_000
    yield "age-commas", f"creation_rules:\n  - age: '{',' * 100_000}'\n"
    yield "age-plugin", "creation_rules:\n  - age: age1../../bin/sh1qqqq\n"
    yield "pgp-option", "creation_rules:\n  - pgp: --output=/tmp/x\n"
    yield "threshold-32", f"creation_rules:\n  - shamir_threshold: 4294967296\n    key_groups:\n      - age: [{READER}]\n"
    yield "threshold-64", f"creation_rules:\n  - shamir_threshold: 18446744073709551616\n    key_groups:\n      - age: [{READER}]\n"
    yield "threshold-text", f"creation_rules:\n  - shamir_threshold: {CANARY}\n    age: {READER}\n"
    yield "groups-10000", "creation_rules:\n  - key_groups:\n" + f"      - age: [{READER}]\n" * 10_000
    yield "groups-text", f"creation_rules:\n  - key_groups: {CANARY}\n"
    yield "group-merge-self", "g: &g\n  merge:\n    - *g\ncreation_rules:\n  - key_groups:\n      - *g\n"
    yield "group-merge-deep", "creation_rules:\n  - key_groups:\n      - merge:" + " [{merge:" * 3000 + " []" + "}]" * 3000 + "\n"
    yield "merge-self", "creation_rules:\n  - &a\n    <<: *a\n"
    yield "two-selections", f"creation_rules:\n  - age: {READER}\n    encrypted_regex: a\n    unencrypted_regex: b\n"
    yield "selection-bomb", f"creation_rules:\n  - age: {READER}\n    encrypted_regex: '(((a{{0,100}}){{0,100}}){{0,100}}){{0,100}}'\n"
    yield "nul", b"creation_rules:\n  - age: a\0b\n"
    yield "invalid-utf8", b"creation_rules:\n  - age: \xff\xfe\n"
    yield "utf16", ("\ufeff" + rule).encode("utf-16-le")
    yield "bom", ("\ufeff" + rule).encode()
    yield "second-document", rule + "---\ncreation_rules: []\n"
    yield "duplicate", rule + rule
    yield "depth", "creation_rules: " + "[" * 100_000
    yield "bomb", "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 14)
    ) + "creation_rules: *a13\n"
    yield "rules-20000", "creation_rules:\n" + f"  - path_regex: ^x/\n    age: {READER}\n" * 20_000 + f"  - age: {READER}\n"
    yield "indent-huge", rule + "stores:\n  yaml:\n    indent: 4294967296\n  json:\n    indent: -7\n"
    yield "stores-text", rule + f"stores: {CANARY}\n"
    yield "destinations", rule + "destination_rules:\n  - s3_bucket: a\n    gcs_bucket: b\n    vault_path: ../..\n"
    yield "vault-address", "creation_rules:\n  - hc_vault_transit_uri: file:///etc/passwd\n"
    yield "kms-context", "creation_rules:\n  - kms: 'arn:aws:kms:x|a:b|c'\n"


def special(folder, name):
    """Things that are no plain file."""
    path = folder / "a.yaml"
    {
        "link-loop": lambda: (path.symlink_to("b.yaml"), (folder / "b.yaml").symlink_to("a.yaml")),
        "link-self": lambda: path.symlink_to("a.yaml"),
        "link-nowhere": lambda: path.symlink_to("/nonexistent/x"),
        "link-null": lambda: path.symlink_to("/dev/null"),
        "link-zero": lambda: path.symlink_to("/dev/zero"),
        "link-folder": lambda: path.symlink_to("/proc"),
        "link-memory": lambda: path.symlink_to("/proc/self/mem"),
        "folder": path.mkdir,
        "folder-loop": lambda: (folder / "d").symlink_to("."),
        "folder-deep": lambda: os.makedirs(folder / "/".join(["d"] * 800)),
        "rules-folder": (folder / ".sops.yaml").mkdir,
        "rules-loop": lambda: (folder / ".sops.yaml").symlink_to(".sops.yaml"),
        "rules-pipe": lambda: os.mkfifo(folder / ".sops.yaml"),
        "pipe": lambda: os.mkfifo(path),
        "pipes-below": lambda: [os.mkfifo(folder / "other" / name) for name in ("b.yaml", ".sops.yaml", "c.env")],
        "names-pipe": lambda: os.mkfifo(folder / ".lazysops.toml"),
        "ignore-pipe": lambda: os.mkfifo(folder / ".gitignore"),
        "ignore-zero": lambda: (folder / ".gitignore").symlink_to("/dev/zero"),
        "rules-zero": lambda: (folder / ".sops.yaml").symlink_to("/dev/zero"),
        "ignore-long": lambda: (folder / ".gitignore").write_text("**/**/**/a*b*c*d*e*\n" * 20_000),
        "ignore-stars": lambda: (folder / ".gitignore").write_text("*" * 100_000 + "\n" + "[" * 100_000),
        "ignore-folder": (folder / ".gitignore").mkdir,
        "names-hostile": lambda: (folder / ".lazysops.toml").write_text("[names]\n" + "a." * 50_000 + "b = 1\n"),
        "names-deep": lambda: (folder / ".lazysops.toml").write_text("a = " + "[" * 100_000),
        "name-newline": lambda: (folder / "a\nb\x1b[2J.yaml").write_text(f"sops: {CANARY}\n"),
    }[name]()


SPECIAL = [
    "link-loop", "link-self", "link-nowhere", "link-null", "link-zero", "link-folder", "link-memory", "folder", "folder-loop", "folder-deep",
    "rules-folder", "rules-loop", "rules-zero", "ignore-long", "ignore-stars", "ignore-folder", "names-hostile", "names-deep", "name-newline",
    "rules-pipe", "pipe", "pipes-below", "names-pipe", "ignore-pipe", "ignore-zero",
]  # fmt: skip


def make(program, root, small):
    """Makes every file, each in a folder of its own, with a good one of its kind in `other`."""
    root.mkdir(parents=True)
    sealed = {}
    with tempfile.TemporaryDirectory() as folder:
        for kind, text in PLAIN.items():
            path = pathlib.Path(folder) / NAMES[kind]
            path.write_text(text)
            command = [program, "encrypt", "--age", READER, str(path)]
            if kind == "yaml":
                command[2:2] = ["--output-type", "json"]
            sealed[kind] = subprocess.run(command, check=True, capture_output=True, text=True, env=environment(folder)).stdout

    def put(name, file, content, kind):
        if small and f"-{BIG}-" in name:
            return
        folder = root / name
        (folder / "other").mkdir(parents=True)
        (folder / ".git").mkdir()
        (folder / "other" / NAMES[kind]).write_text(sealed[kind])
        (folder / file).write_bytes(content.encode() if isinstance(content, str) else content)

    for kind in NAMES:
        for name, text in enc_texts():
            put(f"{kind}-value-{name}", NAMES[kind], with_value(kind, sealed[kind], text), kind)
    for kind in ("yaml", "json"):
        tree = json.loads(sealed[kind])
        for name, block in blocks(tree["sops"]):
            put(f"{kind}-block-{name}", NAMES[kind], json.dumps({**tree, "sops": block}), kind)
    for kind, texts in (("yaml", yaml_texts), ("json", json_texts), ("dotenv", dotenv_texts), ("ini", ini_texts)):
        for name, text in texts():
            put(f"{kind}-text-{name}", NAMES[kind], text, kind)
    for name, text in json_texts():
        put(f"binary-text-{name}", NAMES["binary"], text, "binary")
    for name, text in rule_texts():
        put(f"rules-{name}", ".sops.yaml", text, "yaml")
        shutil.copy(root / f"rules-{name}/other/a.yaml", root / f"rules-{name}/a.yaml")
    for name in SPECIAL:
        put(f"special-{name}", ".git/x", "", "yaml")
        special(root / f"special-{name}", name)


def environment(home):
    keep = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    return {**keep, "HOME": str(home), "TMPDIR": str(home), "SOPS_AGE_KEY_FILE": str(KEYS / "age1.txt"), "RUST_BACKTRACE": "0"}


def run(command, folder, home, limit):
    """Runs a command: its status, seconds of the clock and of the processor, MiB, and where its output is."""
    output = [home / "stdout", home / "stderr"]
    with open(output[0], "wb") as stdout, open(output[1], "wb") as stderr:
        began = time.monotonic()
        child = subprocess.Popen(command, cwd=folder, env=environment(home), stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr)
        watch = threading.Timer(limit, lambda: os.kill(child.pid, signal.SIGKILL))
        watch.start()
        _, status, usage = os.wait4(child.pid, 0)
        watch.cancel()
        child.returncode = os.waitstatus_to_exitcode(status)
        return child.returncode, time.monotonic() - began, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, output


def has(path, text):
    return subprocess.run(["grep", "-qaF", text, str(path)]).returncode == 0


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("program")
    arguments.add_argument("--make", metavar="FOLDER", type=pathlib.Path)
    arguments.add_argument("--small", action="store_true")
    arguments.add_argument("--files", metavar="FOLDER", type=pathlib.Path)
    arguments.add_argument("--sample", type=int, default=1)
    arguments.add_argument("--seconds", type=float, default=1)
    arguments.add_argument("--cpu", action="store_true")
    arguments.add_argument("--mib", type=float, default=256)
    arguments.add_argument("--only", default="")
    arguments.add_argument("--markdown", action="store_true")
    options = arguments.parse_args()
    program = os.path.abspath(options.program)
    if options.make:
        return make(program, options.make, options.small)
    with tempfile.TemporaryDirectory() as folder:
        return try_all(options, program, pathlib.Path(folder))


def try_all(options, program, scratch):
    files = options.files or scratch / "files"
    if not options.files:
        # Made by a process of its own: what a child is measured by begins with the memory of its parent.
        small = ["--small"] if options.small else []
        subprocess.run([sys.executable, __file__, "--make", str(files), *small, program], check=True)
    cases = sorted(path.name for path in files.iterdir())
    runs = [(case, face) for case in cases for face in FACES if re.search(options.only, f"{case} {face}")][:: options.sample]
    table = collections.defaultdict(lambda: [0, 0, 0.0, 0.0, 0.0])
    wrong = []
    largest = [0.0, 0.0, 0.0]
    for case, face in runs:
        home, work = scratch / "home", scratch / "work"
        for path in (home, work):
            shutil.rmtree(path, ignore_errors=True)
        home.mkdir()
        subprocess.run(["cp", "-a", str(files / case), str(work)], check=True)
        kind = case.split("-")[0]
        file = NAMES.get(kind, "a.yaml")
        big = f"-{BIG}-" in case
        waits = case == "special-pipe"
        times, least = (5, 1024) if big or waits else (2, 512) if MANY.search(case) else (1, 0)
        seconds, mib = times * options.seconds, max(least, options.mib)
        command = [program, *(word.replace("{}", file) for word in FACES[face])]
        status, took, worked, used, output = run(command, work, home, max(60, 3 * seconds))
        said = []
        if status == 101 or has(output[1], "panicked at"):
            said.append("panic")
        if status < 0:
            said.append(f"ended by signal {-status}")
        if took > 20 * seconds or (worked if options.cpu else took) > seconds:
            said.append(f"{took:.1f} s, {worked:.1f} s of the processor")
        if used > mib:
            said.append(f"{used:.0f} MiB")
        if has(output[1], CANARY) or face in MASKED and has(output[0], CANARY):
            said.append("the canary was said")
        if said:
            wrong.append(f"{case} {face}: {', '.join(said)} (status {status})")
        row = table[kind]
        row[0] += 1
        if big:
            largest = [max(pair) for pair in zip(largest, (took, worked, used))]
        elif not waits:
            row[2:] = [max(pair) for pair in zip(row[2:], (took, worked, used))]
        row[1] += bool(said)
    line = "| {} | {} | {} | {:.2f} | {:.2f} | {:.0f} |" if options.markdown else "{:10} {:6} runs {:4} wrong  {:.2f} s, {:.2f} s of the processor, {:.0f} MiB at most"
    for kind, row in table.items():
        print(line.format(kind, *row))
    print("the large ones: {:.1f} s, {:.1f} s of the processor, {:.0f} MiB at most".format(*largest))
    print(f"{len(cases)} files, {len(runs)} runs, {len(wrong)} not as wanted")
    print("\n".join(wrong))
    return bool(wrong)


sys.exit(main())
