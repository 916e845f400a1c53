"""JAX: a whole epoch in `lax.scan`, Adam of optax, the rows gathered inside."""

import itertools

import jax
import jax.numpy as jnp
import optax
from worker import rows, serve


def start(case, key):
    sizes = (case["features"], *case["hidden"], 1)
    weights, state = [], []
    for a, b in itertools.pairwise(sizes):
        key, part = jax.random.split(key)
        layer = {"w": jax.random.normal(part, (a, b)) * a**-0.5, "b": jnp.zeros(b)}
        if case["batch_norm"] and b != 1:
            layer |= {"gamma": jnp.ones(b), "beta": jnp.zeros(b)}
            state.append((jnp.zeros(b), jnp.ones(b)))
        weights.append(layer)
    return weights, state


def prepare(case):  # noqa: C901 - a training step, written out
    x, y = (jnp.asarray(a) for a in rows(case))
    weights, state = start(case, jax.random.key(0, impl="rbg"))
    optimizer = optax.adam(1e-3)
    moments = optimizer.init(weights)
    size, rate = case["batch_size"], case["dropout"]
    whole = len(x) // size

    def forward(weights, state, x, key):
        new = []
        for i, layer in enumerate(weights[:-1]):
            x = x @ layer["w"] + layer["b"]
            if case["batch_norm"]:
                mean, var = x.mean(0), x.var(0)
                x = (x - mean) * jax.lax.rsqrt(var + 1e-3) * layer["gamma"]
                x = x + layer["beta"]
                old = state[i]
                new.append((0.99 * old[0] + 0.01 * mean, 0.99 * old[1] + 0.01 * var))
            x = jax.nn.relu(x)
            if rate:
                key, part = jax.random.split(key)
                keep = jax.random.bernoulli(part, 1 - rate, x.shape)
                x = jnp.where(keep, x / (1 - rate), 0)
        return x @ weights[-1]["w"] + weights[-1]["b"], new

    def step(carry, index):
        weights, moments, state, key = carry
        key, part = jax.random.split(key)

        def loss(weights):
            found, new = forward(weights, state, x[index], part)
            return jnp.mean((found - y[index]) ** 2), new

        (value, state), gradient = jax.value_and_grad(loss, has_aux=True)(weights)
        change, moments = optimizer.update(gradient, moments)
        return (optax.apply_updates(weights, change), moments, state, key), value

    @jax.jit
    def epoch(carry):
        *rest, key = carry
        key, part = jax.random.split(key)
        order = jax.random.permutation(part, len(x))
        carry = (*rest, key)
        batches = order[: whole * size].reshape(whole, size)
        carry, losses = jax.lax.scan(step, carry, batches)
        if len(x) % size:
            carry, _ = step(carry, order[whole * size :])
        return carry, losses.mean()

    held = {"carry": (weights, moments, state, jax.random.key(1, impl="rbg"))}

    def train(epochs):
        for _ in range(epochs):
            held["carry"], loss = epoch(held["carry"])
            loss.block_until_ready()

    return train


serve(prepare)
