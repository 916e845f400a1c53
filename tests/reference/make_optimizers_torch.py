"""Writes optimizers_torch.json: weights that PyTorch's optimizers reach.

Needs an environment with torch 2.13.0 and numpy:

    python tests/reference/make_optimizers_torch.py

Each case minimizes nothing: it feeds the same given gradients to every optimizer, in
float64, and writes the weights after some of the steps. Tests make the gradients again
with ``gradients``.
"""

import json
from pathlib import Path

import numpy as np

STEPS = 300
SHOWN = (1, 2, 3, 10, 100, 300)
START = (0.5, -1.0, 2.0, 1e-3)
KINDS = ("random", "sparse", "zero", "huge", "denormal", "scales")


def gradients(kind: str) -> np.ndarray:
    """The gradients of one kind, shape (STEPS, 4)."""
    step = np.arange(1, STEPS + 1, dtype=np.float64)[:, None]
    element = np.arange(1, 5, dtype=np.float64)[None, :]
    wave = np.sin(step * element) + 0.3 * np.cos(0.7 * step + element)
    match kind:
        case "random":
            return wave
        case "sparse":
            return np.where((step + element) % 17 == 0, wave, 0.0)
        case "zero":
            return np.zeros_like(wave)
        case "huge":
            return 1e30 * wave
        case "denormal":
            return 1e-310 * wave
        case "scales":
            return wave * 10.0 ** (4.0 * element - 10.0)
    raise ValueError(f"unknown kind {kind!r}")


def main() -> None:
    """Run every optimizer of PyTorch over every kind of gradients."""
    import torch

    # NAdam keeps the product of its momenta in the default type, whatever the weights'.
    torch.set_default_dtype(torch.float64)
    rate = 0.01
    plain = {"foreach": False}
    optimizers = {
        "sgd": lambda p: torch.optim.SGD(p, lr=rate, **plain),
        "momentum": lambda p: torch.optim.SGD(p, lr=rate, momentum=0.9, **plain),
        "nesterov": lambda p: torch.optim.SGD(
            p, lr=rate, momentum=0.9, nesterov=True, **plain
        ),
        "adagrad": lambda p: torch.optim.Adagrad(p, lr=rate, eps=1e-10, **plain),
        "rmsprop": lambda p: torch.optim.RMSprop(
            p, lr=rate, alpha=0.99, eps=1e-8, **plain
        ),
        "rmsprop_centered": lambda p: torch.optim.RMSprop(
            p, lr=rate, alpha=0.99, eps=1e-8, centered=True, **plain
        ),
        "adadelta": lambda p: torch.optim.Adadelta(
            p, lr=1.0, rho=0.95, eps=1e-6, **plain
        ),
        "adam": lambda p: torch.optim.Adam(p, lr=rate, eps=1e-8, **plain),
        "adam_decayed": lambda p: torch.optim.AdamW(
            p, lr=rate, eps=1e-8, weight_decay=0.1, **plain
        ),
        "nadam": lambda p: torch.optim.NAdam(p, lr=rate, eps=1e-8, **plain),
        "adamax": lambda p: torch.optim.Adamax(p, lr=rate, eps=1e-8, **plain),
        "amsgrad": lambda p: torch.optim.Adam(
            p, lr=rate, eps=1e-8, amsgrad=True, **plain
        ),
    }

    def run(make, kind, schedule=None):
        weight = torch.tensor(START, dtype=torch.float64, requires_grad=True)
        optimizer = make([weight])
        scheduler = schedule(optimizer) if schedule else None
        shown = []
        for i, gradient in enumerate(gradients(kind), start=1):
            weight.grad = torch.from_numpy(gradient.copy())
            optimizer.step()
            if scheduler and i < STEPS:
                scheduler.step()
            if i in SHOWN:
                shown.append(weight.detach().tolist())
        return shown

    result = {
        "torch": torch.__version__,
        "rate": rate,
        "weights": {
            name: {kind: run(make, kind) for kind in KINDS}
            for name, make in optimizers.items()
        },
        # Momentum is cycled with the rate; PyTorch's Adam keeps 1 − β₁^t as β₁ moves,
        # so only plain momentum is comparable.
        "one_cycle": {
            name: run(
                optimizers[name],
                "random",
                lambda o: torch.optim.lr_scheduler.OneCycleLR(
                    o, max_lr=0.1, total_steps=STEPS
                ),
            )
            for name in ("momentum", "nesterov")
        },
    }
    path = Path(__file__).with_name("optimizers_torch.json")
    path.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
