"""Puts some modules together as a crate of their own: it builds in a second, where the whole program takes a minute.

    assemble.py AREA FOLDER     makes or renews the crate of an area, and prints the files whose code is changed
    assemble.py --check         whether every module, file and exception that is named exists
"""

import json
import pathlib
import re
import shutil
import sys
import tomllib

# By area: the modules that the crate is made of, as paths below src/, and of these the ones whose code is changed.
AREAS = {
    "seal": (["tree", "seal"], ["seal.rs", "seal/**/*.rs"]),
    "files": (
        ["tree", "seal/data_key", "host/ask", "host/bunch", "host/environment", "host/random", "host/file"],
        [f"host/file/{name}.rs" for name in "attributes batch folder identity in_place new temporary write".split()],
    ),
    "text": (
        ["failure", "tree", "seal/data_key", "host/dangerous", "host/plain", "host/words"],
        ["failure.rs", "tree/secret.rs", "tree/leaf.rs", "host/dangerous.rs", "host/plain.rs", "host/words.rs"],
    ),
}
# Code that is there for tests only.
TESTS = re.compile(r"(^|/)(tests|testing|wycheproof)(/|\.rs$)")
SRC = pathlib.Path("src")


def changed(area):
    found = {path for pattern in AREAS[area][1] for path in SRC.glob(pattern)}
    return sorted(str(path) for path in found if not TESTS.search(str(path)))


def module(path, to):
    """Copies a module with what is below it."""
    source, target = SRC / path, to / path
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(source.with_suffix(".rs"), target.with_suffix(".rs"))
    if source.is_dir():
        shutil.copytree(source, target)


def dependencies(project, sources):
    used = {name for path in sources.rglob("*.rs") for name in re.findall(r"\b([a-z_0-9]+)::", path.read_text())}
    for table in ("dependencies", "dev-dependencies"):
        yield f"[{table}]"
        for name, what in project[table].items():
            what = {"version": what} if isinstance(what, str) else what
            if name.replace("-", "_") in used and not what.get("optional"):
                fields = ", ".join(f"{key} = {json.dumps(value)}" for key, value in what.items())
                yield f"{name} = {{ {fields} }}"


def assemble(area, crate):
    for folder in ("src", "tests"):
        shutil.rmtree(crate / folder, ignore_errors=True)
    sources = crate / "src"
    sources.mkdir(parents=True)
    floors = {}
    for path in AREAS[area][0]:
        module(path, sources)
        floor, _, part = path.partition("/")
        floors.setdefault(floor, []).extend([part] if part else [])
    for floor, parts in floors.items():
        if parts:
            lines = [f"pub mod {part};\npub use {part}::*;\n" for part in parts]
            (sources / f"{floor}.rs").write_text("".join(lines))
    lines = ["#![allow(dead_code, unused_imports)]\n", *(f"pub mod {floor};\n" for floor in floors)]
    (sources / "lib.rs").write_text("".join(lines))
    shutil.copytree("tests/data", crate / "tests/data")
    shutil.copy("Cargo.lock", crate)
    project = tomllib.loads(pathlib.Path("Cargo.toml").read_text())
    manifest = [
        '[package]\nname = "lazysops-floors"\nversion = "0.0.0"\nedition = "2024"\n',
        "[lib]\ndoctest = false\n",
        "[workspace]\n",
        *dependencies(project, sources),
        '\n[profile.dev]\ndebug = false\n\n[profile.dev.package."*"]\nopt-level = 3\n',
    ]
    (crate / "Cargo.toml").write_text("\n".join(manifest))


def check():
    """What is named and does not exist."""
    for area, (modules, patterns) in AREAS.items():
        for path in modules:
            if not (SRC / path).with_suffix(".rs").is_file():
                yield f"{area}: no module {path}"
        for pattern in patterns:
            if not any(SRC.glob(pattern)):
                yield f"{area}: no file {pattern}"
    same = tomllib.loads(pathlib.Path("tests/mutation/same.toml").read_text())["exclude_re"]
    for exception in same:
        path = exception.split(".rs", 1)[0].replace("\\", "") + ".rs"
        function = exception.rsplit("::", 1)[-1].split(" in ")[-1].rstrip("$")
        if not pathlib.Path(path).is_file() or f"fn {function}" not in pathlib.Path(path).read_text():
            yield f"same.toml: no function {function} in {path}"
    for line in pathlib.Path("tests/mutation/short.tsv").read_text().splitlines():
        path, was, _ = line.split("\t")
        if pathlib.Path(path).read_text().count(was) != 1:
            yield f"short.tsv: not once in {path}: {was}"


if sys.argv[1:] == ["--check"]:
    problems = list(check())
    print("\n".join(problems), end="\n" if problems else "")
    sys.exit(bool(problems))
area, folder = sys.argv[1:]
assemble(area, pathlib.Path(folder))
print("\n".join(changed(area)))
