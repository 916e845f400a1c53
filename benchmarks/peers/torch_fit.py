"""A PyTorch loop in eager mode: sliced tensors, fused Adam."""

import itertools
import os

import torch
from torch import nn
from worker import rows, serve

torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))


def prepare(case):
    torch.manual_seed(0)
    where = "cuda" if torch.cuda.is_available() else "cpu"
    x, y = (torch.from_numpy(a).to(where) for a in rows(case))
    sizes = (case["features"], *case["hidden"])
    layers = []
    for a, b in itertools.pairwise(sizes):
        layers.append(nn.Linear(a, b))
        if case["batch_norm"]:
            layers.append(nn.BatchNorm1d(b))
        layers.append(nn.ReLU())
        if case["dropout"]:
            layers.append(nn.Dropout(case["dropout"]))
    model = nn.Sequential(*layers, nn.Linear(sizes[-1], 1)).to(where)
    optimizer = torch.optim.Adam(model.parameters(), 1e-3, fused=True)
    size = case["batch_size"]

    def train(epochs):
        for _ in range(epochs):
            order = torch.randperm(len(x), device=where)
            for start in range(0, len(x), size):
                index = order[start : start + size]
                loss = nn.functional.mse_loss(model(x[index]), y[index])
                optimizer.zero_grad(set_to_none=True)
                loss.backward()
                optimizer.step()
        loss.item()  # a GPU works on behind the program

    return train


serve(prepare)
