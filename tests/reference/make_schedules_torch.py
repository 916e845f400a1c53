"""Writes schedules_torch.json: rates and momenta of PyTorch's OneCycleLR.

Needs an environment with torch 2.13.0:

    python tests/reference/make_schedules_torch.py
"""

import itertools
import json
from pathlib import Path

import torch

CASES = [
    {"total_steps": steps, "three_phase": three, "anneal_strategy": anneal}
    for steps, three, anneal in itertools.product(
        (10, 37, 100), (False, True), ("cos", "linear")
    )
]
CASES += [
    {"total_steps": 50, "pct_start": 0.25, "div_factor": 10.0, "final_div_factor": 1e3},
    {"total_steps": 50, "pct_start": 0.45, "three_phase": True, "max_momentum": 0.9},
]


def run(case: dict) -> dict:
    """All rates and momenta of one cycle."""
    weight = torch.zeros(1, requires_grad=True)
    optimizer = torch.optim.SGD([weight], lr=0.1, momentum=0.9)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=0.1, **case)
    rates, momenta = [], []
    for i in range(case["total_steps"]):
        group = optimizer.param_groups[0]
        rates.append(group["lr"])
        momenta.append(group["momentum"])
        optimizer.step()
        if i + 1 < case["total_steps"]:
            schedule.step()
    return {"arguments": case, "rates": rates, "momenta": momenta}


if __name__ == "__main__":
    result = {"torch": torch.__version__, "cases": [run(case) for case in CASES]}
    path = Path(__file__).with_name("schedules_torch.json")
    path.write_text(json.dumps(result, indent=1) + "\n")
