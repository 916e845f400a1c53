"""Seconds per training step of `mlpkit.fit` beside its peers, in one run.

Every peer is a process of its own that waits for its turn, so that each keeps its best
thread settings (two OpenMP threads make PyTorch and scikit-learn many times slower on
two hyperthreads of one core) and none runs while another is timed. Turns go round; a
figure is the median over them, a ratio is peer / mlpkit of the same turn. Run it on a
quiet machine:

    pip install -e ".[bench]"
    python benchmarks/fit.py            # README's table
    python benchmarks/fit.py --rule     # from how many steps on XLA pays
    python benchmarks/fit.py --gpu      # a wide network, too; without scikit-learn
"""

import argparse
import itertools
import json
import os
import statistics
import subprocess
import sys
from dataclasses import asdict, dataclass, replace
from pathlib import Path

HERE = Path(__file__).parent
_ONE = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
_GPU = {  # each process takes what it needs
    "TF_FORCE_GPU_ALLOW_GROWTH": "true",
    "XLA_PYTHON_CLIENT_PREALLOCATE": "false",
}
_TWO = {"OMP_NUM_THREADS": "2", "OPENBLAS_NUM_THREADS": "2"}
PEERS = {  # name → script, environment
    "mlpkit": ("ours", {}),
    "mlpkit free": ("ours", {"DETERMINISTIC": "0"}),
    "keras": ("keras_fit", {}),
    "keras best": ("keras_best", {}),
    "jax": ("jax_fit", {}),
    "torch": ("torch_fit", _ONE),
    "torch 2": ("torch_fit", _TWO),
    "sklearn": ("sklearn_fit", _ONE),
    "sklearn 2": ("sklearn_fit", _TWO),
}

ON_CPU = ("mlpkit", "keras", "keras best", "jax", "torch", "sklearn")
ON_GPU = ("mlpkit", "mlpkit free", "keras", "keras best", "jax", "torch")


@dataclass(frozen=True)
class Case:
    """A network and its rows."""

    name: str
    hidden: tuple[int, ...]
    batch_size: int
    rows: int
    epochs: int = 5
    features: int = 32
    batch_norm: bool = False
    dropout: float = 0.0
    long: bool = True  # worth a compiler


# a call is as long as people's are, so that what each peer does once a call counts as
# little as it does for them
CASES = (
    Case("32-64-64-1", (64, 64), 128, 128 * 200, 60),
    Case("32-256-256-256-1", (256, 256, 256), 256, 256 * 60, 20),
    Case("64-64 batch norm + dropout", (64, 64), 128, 128 * 100, 40, 64, True, 0.1),
)
ON_GPU_CASES = (
    replace(CASES[0], epochs=4),
    Case("32-1024-1024-1024-1", (1024, 1024, 1024), 1024, 1024 * 60, 4),
)
WHOLE = Case(
    "100 epochs of 1,000 rows, compiling included", (64, 64), 32, 1000, 100, long=False
)


class Peer:
    """A process that trains when told and says how long it took."""

    def __init__(self, name: str) -> None:
        script, environment = PEERS[name]
        self.process = subprocess.Popen(
            [sys.executable, HERE / "peers" / f"{script}.py"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", **_GPU, **environment},
            cwd=HERE,
        )

    def ask(self, case: Case) -> dict | None:
        """Train once; None if the peer cannot do the case."""
        self.process.stdin.write(json.dumps(asdict(case)) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait()


def measure(case: Case, names: list[str], turns: int, *, fresh: bool) -> dict:
    """Milliseconds per step by peer: all turns."""
    found: dict[str, list[dict]] = {name: [] for name in names}
    peers = {} if fresh else {name: Peer(name) for name in names}
    for turn in range(turns + (0 if fresh else 1)):
        for name in names:
            peer = Peer(name) if fresh else peers[name]
            result = peer.ask(case)
            if fresh:
                peer.close()
            if result is not None and (fresh or turn > 0):  # the first one compiles
                found[name].append(result)
    for peer in peers.values():
        peer.close()
    return {name: results for name, results in found.items() if results}


def summary(case: Case, found: dict, *, whole: bool) -> list[dict]:
    """A row per peer."""
    steps = 1 if whole else case.epochs * (case.rows // case.batch_size)
    key = "seconds_with_compiling" if whole else "seconds"
    ours = [r[key] for r in found["mlpkit"]]
    rows = []
    for name, results in found.items():
        times = [r[key] for r in results]
        ratios = [a / b for a, b in zip(times, ours, strict=True)]
        rows.append(
            {
                "case": case.name,
                "batch_size": case.batch_size,
                "peer": name,
                "milliseconds" if not whole else "seconds": round(
                    statistics.median(times) / steps * (1 if whole else 1e3), 4
                ),
                "times_slower": round(statistics.median(ratios), 2),
                "first_epoch_seconds": round(results[0].get("first_epoch", 0), 2),
                "peak_mib": max(r["peak_mib"] for r in results),
            }
        )
    return rows


def gflops(case: Case, milliseconds: float) -> float:
    """Arithmetic of the products in a step: forward, and twice that backward."""
    sizes = (case.features, *case.hidden, 1)
    products = [a * b for a, b in itertools.pairwise(sizes)]
    operations = 2 * case.batch_size * (3 * sum(products) - products[0])
    return operations / milliseconds / 1e6


def print_rows(rows: list[dict]) -> None:
    for row in rows:
        unit = "ms/step" if "milliseconds" in row else "s"
        value = row.get("milliseconds", row.get("seconds"))
        print(
            f"{row['case']:46}{row['batch_size']:>6}  {row['peer']:12}"
            f"{value:>9.3f} {unit:8}"
            f"{row['times_slower']:>8.2f} x{row['peak_mib']:>8} MiB"
            f"{row['first_epoch_seconds']:>8.2f} s to the first epoch",
            flush=True,
        )


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument(
        "--peers", help=f"some of {', '.join(PEERS)}; 2: with two threads"
    )
    parser.add_argument("--rule", action="store_true", help="when does XLA pay?")
    parser.add_argument("--gpu", action="store_true", help="what a GPU is bought for")
    parser.add_argument("--output", type=Path)
    return parser.parse_args()


def main() -> None:
    """Run, print, write the results."""
    given = parse()
    os.environ |= _GPU
    from machine import machine
    from peers.machine_speed import sgemm_peak, xla_rule

    if given.rule:
        xla_rule(given.output or HERE / "results" / "fit_rule.json")
        return
    names = given.peers.split(",") if given.peers else ON_GPU if given.gpu else ON_CPU
    rows: list[dict] = []
    peak = sgemm_peak()
    print(f"SGEMM: {peak:.0f} GFLOP/s")
    for case in ON_GPU_CASES if given.gpu else CASES:
        rows += summary(
            case, measure(case, names, given.turns, fresh=False), whole=False
        )
        done = [r for r in rows if r["case"] == case.name]
        print_rows(done)
        ours = next(r for r in done if r["peer"] == "mlpkit")
        reached = gflops(case, ours["milliseconds"])
        ours["sgemm_fraction"] = round(reached / peak, 3)
        print(f"  mlpkit: {reached:.0f} GFLOP/s, {reached / peak:.0%} of SGEMM's")
    if not given.gpu:
        found = measure(WHOLE, names, max(3, given.turns // 3), fresh=True)
        print_rows(whole := summary(WHOLE, found, whole=True))
        rows += whole
    name = "fit_gpu.json" if given.gpu else "fit.json"
    found = {"machine": machine(), "sgemm_gflops": round(peak), "rows": rows}
    output = given.output or HERE / "results" / name
    output.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
