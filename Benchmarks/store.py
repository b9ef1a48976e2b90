"""Results, kept as JSON: each with its date and the versions it was taken with."""
import datetime
import json
import os
import pathlib
import platform
import re
import shutil
import subprocess

from paths import ROOT, run

KINDS = ("rows", "facts", "curves")
# What each peer prints about itself, and where it names its version.
VERSIONS = {
    "mediatool": (["mediatool", "--version"], r"(\d\S*)"),
    "ffmpeg": (["ffmpeg", "-version"], r"version (\S+)"),
    "flvmeta": (["flvmeta", "--version"], r"(\d\S*)"),
    "tshark": (["tshark", "--version"], r"TShark.*? (\d\S*)"),
    "nginx": (["nginx", "-v"], r"nginx/(\S+)"),
    "sox": (["sox", "--version"], r"v(\d\S*)"),
    "libyuv": (["dpkg-query", "-W", "-f", "${Version}", "libyuv-dev"], r"(\S+)"),
    "coreutils": (["cp", "--version"], r"(\d\S*)"),
    "hyperfine": (["hyperfine", "--version"], r"(\d\S*)"),
    "Swift": (["swift", "--version"], r"Swift version (\S+)"),
}


class OtherMachine(Exception):
    """Results of two machines have no place in one table."""


def machine():
    processor = pathlib.Path("/proc/cpuinfo").read_text()
    memory = pathlib.Path("/proc/meminfo").read_text()
    model = re.search(r"model name\s*: (.*)", processor)
    system = platform.freedesktop_os_release()["PRETTY_NAME"]
    return {
        "processor": model.group(1) if model else platform.machine(),
        "processors": os.cpu_count(),
        "memory_gb": round(int(re.search(r"MemTotal: *(\d+)", memory).group(1)) * 1024 / 1e9),
        "system": f"{system}, Linux {platform.release()}",
    }


def binary_bytes():
    return os.stat(shutil.which("mediatool")).st_size


def commit():
    """The last one that touched what the binary is made of, with a + for what is in none."""
    def git(*arguments):
        return subprocess.run(["git", *arguments, "--", "Sources", "Package.swift", "Makefile"],
                              cwd=ROOT, text=True, capture_output=True).stdout.strip()
    return (git("log", "-1", "--format=%h") or "unknown") + ("+" if git("diff", "HEAD") else "")


def state(rounds):
    """When and with what a result is taken."""
    versions = {}
    for name, (command, pattern) in VERSIONS.items():
        found = re.search(pattern, run(*command))
        versions[name] = found.group(1) if found else "unknown"
    return {
        # To the minute: what is measured again with the same versions is another measurement.
        "date": datetime.datetime.now().isoformat(" ", "minutes"),
        "commit": commit(),
        "binary_bytes": binary_bytes(),
        "rounds": rounds,
        "versions": versions,
    }


def read(path):
    """What is stored, or nothing."""
    if not path.exists():
        return {"machine": None, **{kind: {} for kind in KINDS}}
    return json.loads(path.read_text())


def opened(stored, about):
    """The stored results, to take more of the same machine."""
    if stored["machine"] not in (None, about):
        raise OtherMachine
    return {**stored, "machine": about}


def write(path, results):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(results, indent=1) + "\n")
