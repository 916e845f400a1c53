"""Write activations_torch.json: PyTorch's activations and their derivatives, float64.

Run with PyTorch 2.13.0 in an environment of its own:

    python tests/reference/make_activations_torch.py
"""

import json
from pathlib import Path

import torch
from torch.nn import functional

torch.set_default_dtype(torch.float64)
POINTS = torch.cat(
    [torch.linspace(-15, 15, 61), torch.tensor([-1e-9, 1e-9, -0.1, 0.1])]
)
FUNCTIONS = {
    "elu": functional.elu,
    "gelu": lambda x: functional.gelu(x, approximate="tanh"),
    "gelu_exact": functional.gelu,
    "leaky_relu": functional.leaky_relu,
    "mish": functional.mish,
    "prelu": torch.nn.PReLU(),
    "relu": functional.relu,
    "rrelu": torch.nn.RReLU().eval(),
    "selu": functional.selu,
    "sigmoid": torch.sigmoid,
    "silu": functional.silu,
    "tanh": torch.tanh,
}

record: dict = {"torch": torch.__version__, "x": POINTS.tolist()}
for name, function in FUNCTIONS.items():
    x = POINTS.clone().requires_grad_()
    y = function(x)
    y.sum().backward()
    record[name] = {"y": y.tolist(), "dy": x.grad.tolist()}
record["prelu"]["dalpha"] = FUNCTIONS["prelu"].weight.grad.item()

target = Path(__file__).with_name("activations_torch.json")
target.write_text(json.dumps(record, indent=None) + "\n")
