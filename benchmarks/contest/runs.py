"""Runs what is not there yet: a line of JSON per table, split and method, appended."""

import json
import os
import select
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from contest.methods import METHODS

_FOLDER = Path(__file__).parents[1]


def key(line: dict) -> tuple[str, int, str]:
    return line["table"], line["split"], line["method"]


def read_lines(path: Path) -> list[dict]:
    """All lines; the last one of a key counts, half a line at the end does not."""
    found: dict[tuple, dict] = {}
    if path.exists():
        for text in path.read_text().splitlines():
            try:
                line = json.loads(text)
            except json.JSONDecodeError:
                continue  # it was being written when the run was stopped
            found[key(line)] = line
    return list(found.values())


def append(path: Path, line: dict) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    torn = path.exists() and path.read_bytes()[-1:] not in {b"", b"\n"}
    with path.open("a") as file:
        file.write(("\n" if torn else "") + json.dumps(line) + "\n")


def missing(
    tables: Iterable[str],
    splits: int,
    methods: Iterable[str],
    lines: Iterable[dict],
    *,
    retry: bool = False,
) -> list[tuple[str, int, str]]:
    """Keys without a line, table by table; with retry those that failed, too."""
    done = {key(line) for line in lines if not (retry and "failed" in line)}
    methods = list(methods)
    keys = ((t, s, m) for t in tables for s in range(splits) for m in methods)
    return [k for k in keys if k not in done]


class Worker:
    """The process of a method, started when it is first asked."""

    def __init__(self, name: str, log: Path, threads: int | None = None) -> None:
        threads = METHODS[name].threads if threads is None else threads
        limits = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
        environment = {k: str(threads) for k in limits if threads}
        with log.open("a") as errors:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "contest.worker", name, str(threads)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                cwd=_FOLDER,
                env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", **environment},
            )

    def ask(self, asked: dict, seconds: float) -> dict:
        """The answer, or why there is none."""
        try:
            self.process.stdin.write(json.dumps(asked) + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            return {"failed": "the process ended, see the log"}
        ready, _, _ = select.select([self.process.stdout], [], [], seconds)
        if not ready:
            return {"failed": f"no answer within {seconds:g} s"}
        text = self.process.stdout.readline()
        return (
            json.loads(text) if text else {"failed": "the process ended, see the log"}
        )

    def close(self) -> None:
        self.process.kill()
        self.process.wait()


def run_all(
    keys: list[tuple[str, int, str]],
    asked: dict,
    path: Path,
    seconds: float,
    threads: int | None = None,
) -> None:
    """Fit, print and append, one after the other."""
    workers: dict[str, Worker] = {}
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        for i, (table, split, method) in enumerate(keys):
            if method not in workers:
                workers[method] = Worker(method, path.with_suffix(".log"), threads)
            question = {**asked, "table": table, "split": split}
            line = workers[method].ask(question, seconds)
            if "table" not in line:  # it no longer answers
                workers.pop(method).close()
                line |= {"table": table, "split": split, "method": method}
            append(path, line)
            print(f"{i + 1}/{len(keys)} {told(line)}", flush=True)
    finally:
        for worker in workers.values():
            worker.close()


def told(line: dict) -> str:
    start = f"{line['table']:14} {line['split']} {line['method']:22}"
    reason = line.get("failed") or line.get("refused")
    if reason:
        return f"{start} {reason}"
    loss = "" if line["log_loss"] is None else f"{line['log_loss']:.4f}"
    return (
        f"{start} error {line['error']:.4f}  log loss {loss:6}  "
        f"fit {line['fit_seconds']:.2f} s  predict {line['predict_seconds']:.3f} s"
    )
