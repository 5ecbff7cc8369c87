#!/usr/bin/env python3
"""start: what `decrypt` of a file of three values costs, beside the real sops, and over 200 files.

usage: start.py SOPS LAZYSOPS      (the programs themselves, release build; both use the key tests/data/keys/age1.txt)

The two take turns, so that what else the machine does meets both. Wall time and processor time (user and system)."""
import os, statistics, subprocess, sys, tempfile, time

KEY = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../tests/data/keys/age1.txt")
RECIPIENT = next(line.split(": ")[1].strip() for line in open(KEY) if line.startswith("# public key"))
FILES, TURNS = 200, 40


def run(program, file, env):
    begin = time.perf_counter()
    quiet = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    child = os.posix_spawn(program, [program, "decrypt", file], env, file_actions=quiet)
    _, status, used = os.wait4(child, 0)
    assert status == 0, (program, file)
    return time.perf_counter() - begin, used.ru_utime + used.ru_stime


def main():
    programs = {"sops": os.path.abspath(sys.argv[1]), "lazysops": os.path.abspath(sys.argv[2])}
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        env = {"PATH": os.environ["PATH"], "HOME": folder, "SOPS_AGE_KEY_FILE": KEY, "SOPS_DISABLE_VERSION_CHECK": "1"}
        for number in range(FILES):
            with open("plain.yaml", "w") as plain:
                plain.write(f"user: u{number}\npassword: p{number}\nport: {number}\n")
            command = [programs["lazysops"], "encrypt", "--age", RECIPIENT, "--output", f"{number}.yaml", "plain.yaml"]
            subprocess.run(command, env=env, check=True)
        one = {name: [] for name in programs}
        for _ in range(TURNS):
            for name, program in programs.items():
                one[name].append(run(program, "0.yaml", env))
        many = {name: [0.0, 0.0] for name in programs}
        for number in range(FILES):
            for name, program in programs.items():
                wall, cpu = run(program, f"{number}.yaml", env)
                many[name][0] += wall
                many[name][1] += cpu
    for name, times in one.items():
        wall, cpu = (statistics.median(column) * 1e3 for column in zip(*times))
        total = "wall %.2f s, processor %.2f s" % tuple(many[name])
        print(f"{name}: one file: wall {wall:.1f} ms, processor {cpu:.1f} ms; {FILES} files: {total}")
    ratio = statistics.median(cpu for _, cpu in one["lazysops"]) / statistics.median(cpu for _, cpu in one["sops"])
    print(f"of sops's processor time: one file {ratio:.2f}, {FILES} files {many['lazysops'][1] / many['sops'][1]:.2f}")


main()
