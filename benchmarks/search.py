"""Trials per minute of a search beside KerasTuner's and Optuna's, in one run.

All go through the same space (depth, width, learning rate) on the same rows with the
same epochs; the random searches from the same seed. Each is a process that waits for
its turn of a few trials. Times include tracing and compiling, not importing. A case
that is done is kept in the results: a run that was stopped goes on with the next one.

    pip install -e ".[bench]"
    python benchmarks/search.py                        # all, about 20 minutes
    python benchmarks/search.py --cases speed --trials 12 --turn 4
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).parent
SMALL = {
    "name": "breast_cancer",
    "features": 30,
    "loss": "binary_crossentropy",
    "batch_size": 32,
    "epochs": 30,
}
LARGE = {
    "name": "diamonds",
    "features": 26,
    "loss": "mse",
    "batch_size": 256,
    "epochs": 5,
}


class Peer:
    """A process that runs trials when told."""

    def __init__(self, name: str, case: dict) -> None:
        worker = HERE / "peers" / "search_worker.py"
        self.process = subprocess.Popen(
            [sys.executable, worker, name, json.dumps(case)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"},
        )

    def ask(self, **asked) -> dict:
        self.process.stdin.write(json.dumps(asked) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"{self.process.args[2]}: the process has ended")
        return json.loads(line)

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait()


def in_turns(case: dict, names: list[str], trials: int, turn: int) -> dict:
    """Answers by peer, one per turn."""
    peers = {name: Peer(name, case) for name in names}
    found: dict[str, list[dict]] = {name: [] for name in names}
    left = trials
    while left > 0:
        for name, peer in peers.items():
            found[name].append(peer.ask(trials=min(turn, left)))
        left -= turn
        done = trials - max(left, 0)
        best = "  ".join(f"{n} {turns[-1]['best']:.4f}" for n, turns in found.items())
        print(f"  {case['name']}: {done} of {trials} trials, best: {best}", flush=True)
    for peer in peers.values():
        peer.close()
    return found


def speed_rows(found: dict[str, list[dict]], ours: str = "mlpkit") -> list[dict]:
    """A row per peer: trials per minute, over all turns, and whose is how much ours."""
    totals = {}
    for name, turns in found.items():
        seconds = sum(t["seconds"] for t in turns)
        totals[name] = 60 * sum(t["trials"] for t in turns) / seconds
    return [
        {
            "peer": name,
            "trials": sum(t["trials"] for t in turns),
            "trials_per_minute": round(totals[name], 2),
            "times_slower": round(totals[ours] / totals[name], 2),
            "best": turns[-1]["best"],
            "seconds_by_turn": [round(t["seconds"], 2) for t in turns],
            "resident_mib": round(turns[-1]["resident_mib"]),
        }
        for name, turns in found.items()
    ]


def flatness(sizes: list[float]) -> float:
    """Most that the memory is away from its mean, in the last four fifths."""
    later = sizes[len(sizes) // 5 :]
    mean = statistics.mean(later)
    return max(abs(size / mean - 1) for size in later)


def speed(case: dict, arguments: argparse.Namespace, done: dict) -> dict:
    """Trials per minute on few rows."""
    found = in_turns(case, arguments.peers, arguments.trials, arguments.turn)
    return {"rows": speed_rows(found)}


def large(case: dict, arguments: argparse.Namespace, done: dict) -> dict:
    """Trials per minute on 50,000 rows."""
    trials = max(2, arguments.trials // 5)
    found = in_turns(case, arguments.peers, trials, min(arguments.turn, 4))
    return {"rows": speed_rows(found)}


def early(case: dict, arguments: argparse.Namespace, done: dict) -> dict:
    """Time to the loss that KerasTuner's search has reached, with early termination."""
    theirs = next(
        (r for r in done.get("speed", {"rows": []})["rows"] if r["peer"] == REFERENCE),
        None,
    )
    if theirs is None:
        raise SystemExit(f"early: needs {REFERENCE}'s part of the case speed before it")
    goal = theirs["best"]
    found = []
    for seed in range(1, 1 + arguments.seeds):
        peer = Peer("mlpkit asha", {**case, "seed": seed})
        reached = peer.ask(trials=10 * arguments.trials, reach=goal)
        peer.close()
        found.append({"seed": seed, **reached, "reached": reached["best"] <= goal})
        print(f"  seed {seed}: {found[-1]}", flush=True)
    seconds = sum(theirs["seconds_by_turn"])
    median = statistics.median(
        f["seconds"] if f["reached"] else float("inf") for f in found
    )
    return {
        "goal": goal,
        "their_seconds": seconds,
        "median_seconds": median,
        "share_of_theirs": round(median / seconds, 4),
        "runs": found,
    }


def memory(case: dict, arguments: argparse.Namespace, done: dict) -> dict:
    """Resident memory over many trials."""
    trials = 5 * arguments.trials
    turns = in_turns(case, ["mlpkit"], trials, max(1, trials // 20))["mlpkit"]
    sizes = [t["resident_mib"] for t in turns]
    return {
        "trials": trials,
        "resident_mib": [round(s) for s in sizes],
        "flat_within": round(flatness(sizes), 4),
    }


REFERENCE = "keras_tuner"
CASES: dict[str, tuple[dict, Callable]] = {
    "speed": (SMALL, speed),
    "large": (LARGE, large),
    "early": (SMALL, early),
    "memory": (SMALL, memory),
}


def print_case(name: str, result: dict) -> None:
    for row in result.get("rows", []):
        print(
            f"{name:8}{row['peer']:14}{row['trials_per_minute']:>9.2f} trials/min"
            f"{row['times_slower']:>8.2f} x   best {row['best']:.5f}"
            f"{row['resident_mib']:>8} MiB"
        )
    if "share_of_theirs" in result:
        print(
            f"{name:8}{result['median_seconds']:.1f} s to {result['goal']:.5f}, "
            f"{result['share_of_theirs']:.1%} of {REFERENCE}'s "
            f"{result['their_seconds']:.0f} s"
        )
    if "flat_within" in result:
        print(
            f"{name:8}{result['trials']} trials, memory within "
            f"±{result['flat_within']:.1%}"
        )


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", help=f"some of {','.join(CASES)}; else what is left")
    parser.add_argument("--peers", default="mlpkit,keras_tuner,optuna")
    parser.add_argument("--trials", type=int, default=60, help="a fifth on many rows")
    parser.add_argument("--turn", type=int, default=15, help="trials")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seeds", type=int, default=3, help="of early termination")
    parser.add_argument(
        "--data", type=Path, default=HERE.parents[1] / "shared" / "data"
    )
    parser.add_argument("--output", type=Path, default=HERE / "results" / "search.json")
    arguments = parser.parse_args()
    arguments.peers = arguments.peers.split(",")
    return arguments


def main() -> None:
    """Run the cases, print them, write each as it is done."""
    from machine import machine

    arguments = parse()
    path = arguments.output
    done = json.loads(path.read_text())["cases"] if path.exists() else {}
    wanted = arguments.cases.split(",") if arguments.cases else list(CASES)
    if unknown := set(wanted) - set(CASES):
        raise SystemExit(f"no such case: {unknown}; known: {', '.join(CASES)}")
    for name in wanted:
        if name in done and not arguments.cases:
            continue
        case, run = CASES[name]
        case = {**case, "seed": arguments.seed, "data": str(arguments.data)}
        result = run(case, arguments, done)
        done[name] = {"case": case, **result, "machine": machine()}
        del done[name]["case"]["data"]
        path.write_text(json.dumps({"cases": done}, indent=1) + "\n")
    for name, result in done.items():
        print_case(name, result)


if __name__ == "__main__":
    main()
