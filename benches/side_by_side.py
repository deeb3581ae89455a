"""Training throughput of Netsmith and of the libraries people use, on the same work, one after the other.

    python3 benches/side_by_side.py target/release/netsmith [runs] [seconds] [tasks] [sides]

In each run every side (or only those whose names contain a word given, such as "Netsmith;JAX") trains every task:
float32, rows in memory, shuffled every epoch, the same layers, batch, loss and method. Besides the fixed tasks there are
those of one's own: layers, rows in a batch, rows, activation and method, such as 784-128-10/1/10000/relu/sgd. A library
keeps its network from run to run, so many short runs take little longer than a few long ones, and tell more on a machine
that has other work. They need numpy, torch, jax and scikit-learn. The end is a table of medians, the ratio of Netsmith to
the best other in each run (median, quartiles, range), and PyTorch's product of two large matrices as a bound for the
machine.
"""

import functools
import json
import os
import statistics
import subprocess
import sys
import time
import warnings

import numpy as np

# layers, rows in a batch, rows, activation, whether the answer is one of two classes, method
TASKS = {
    "tiny": ([2, 4, 2, 1], 10, 250, "tanh", True, "sgd"),
    "spiral": ([2, 8, 8, 8, 1], 10, 250, "tanh", True, "sgd"),
    "spiral_adam": ([2, 32, 32, 1], 32, 1000, "relu", True, "adam"),
    "digits": ([64, 32, 10], 32, 1500, "relu", False, "adam"),
    "mnist": ([784, 128, 10], 64, 10_000, "relu", False, "adam"),
    "wide": ([784, 1024, 1024, 10], 256, 10_000, "relu", False, "adam"),
}


def rows(task):
    """Random inputs and classes; how fast training is does not depend on what is learned."""
    layers, _, count, _, binary, _ = TASKS[task]
    rng = np.random.default_rng(0)
    inputs = rng.standard_normal((count, layers[0])).astype(np.float32)
    return inputs, rng.integers(0, 2 if binary else layers[-1], count)


def rate(prepared, seconds):
    """Rows in a second, after one epoch to warm up."""
    epoch, count = prepared
    epoch()
    done, begin = 0, time.perf_counter()
    while time.perf_counter() - begin < seconds:
        epoch()
        done += 1
    return done * count / (time.perf_counter() - begin)


@functools.cache
def pytorch(task):
    """An epoch of the task, and how many rows that are."""
    import torch

    layers, batch, count, activation, binary, method = TASKS[task]
    inputs, classes = map(torch.from_numpy, rows(task))
    targets = classes.float().unsqueeze(1) if binary else classes
    parts = []
    for before, after in zip(layers, layers[1:]):
        parts += [torch.nn.Linear(before, after), torch.nn.Tanh() if activation == "tanh" else torch.nn.ReLU()]
    model = torch.nn.Sequential(*parts[:-1])
    loss = torch.nn.BCEWithLogitsLoss() if binary else torch.nn.CrossEntropyLoss()
    optimizer = (torch.optim.SGD if method == "sgd" else torch.optim.Adam)(model.parameters(), lr=1e-3)

    def epoch():
        for chosen in torch.randperm(count).split(batch):
            optimizer.zero_grad()
            loss(model(inputs[chosen]), targets[chosen]).backward()
            optimizer.step()

    return epoch, count


def pytorch_rate(task, seconds, threads):
    import torch

    torch.set_num_threads(threads)
    return rate(pytorch(task), seconds)


@functools.cache
def jax_compiled(task):
    """The epoch as one compiled scan over its batches; rows that fill no batch are left out and not counted."""
    import jax
    import jax.numpy as jnp

    layers, batch, count, activation, binary, method = TASKS[task]
    inputs, classes = (jnp.asarray(part) for part in rows(task))
    bend = jnp.tanh if activation == "tanh" else jax.nn.relu
    keys = jax.random.split(jax.random.PRNGKey(0), len(layers))
    shapes = list(zip(keys, layers, layers[1:]))
    start = [(jax.random.normal(key, (m, n)) / m**0.5, jnp.zeros(n)) for key, m, n in shapes]

    def loss(parameters, x, y):
        for weights, biases in parameters[:-1]:
            x = bend(x @ weights + biases)
        logits = x @ parameters[-1][0] + parameters[-1][1]
        if binary:
            logit = logits[:, 0]
            return jnp.mean(jax.nn.softplus(logit) - logit * y)
        return -jnp.mean(jax.nn.log_softmax(logits)[jnp.arange(len(y)), y])

    def update(state, chosen):
        parameters, first, second, step = state
        gradient = jax.grad(loss)(parameters, inputs[chosen], classes[chosen])
        tree = jax.tree.map
        if method == "sgd":
            return (tree(lambda p, g: p - 1e-3 * g, parameters, gradient), first, second, step), None
        step = step + 1
        first = tree(lambda m, g: 0.9 * m + 0.1 * g, first, gradient)
        second = tree(lambda v, g: 0.999 * v + 0.001 * g * g, second, gradient)
        scale, root = 1e-3 / (1 - 0.9**step), (1 - 0.999**step) ** 0.5
        adam = lambda p, m, v: p - scale * m / (jnp.sqrt(v) / root + 1e-8)
        return (tree(adam, parameters, first, second), first, second, step), None

    batches = count // batch

    @jax.jit
    def epoch(state, key):
        order = jax.random.permutation(key, count)[: batches * batch].reshape(batches, batch)
        return jax.lax.scan(update, state, order)[0]

    zeros = jax.tree.map(jnp.zeros_like, start)
    run = {"state": (start, zeros, zeros, jnp.float32(0)), "key": keys[0]}

    def one():
        run["key"], key = jax.random.split(run["key"])
        run["state"] = jax.block_until_ready(epoch(run["state"], key))

    return one, batches * batch


@functools.cache
def scikit_learn(task):
    from sklearn.neural_network import MLPClassifier

    layers, batch, count, activation, _, method = TASKS[task]
    inputs, classes = rows(task)
    model = MLPClassifier(
        layers[1:-1], activation=activation, solver=method, batch_size=batch, max_iter=1, warm_start=True, alpha=0
    )
    warnings.simplefilter("ignore")
    return lambda: model.fit(inputs, classes), count


def own_task(name):
    """A task that is described by its name. One output answers one of two classes."""
    layers, batch, count, activation, method = name.split("/")
    layers = [int(width) for width in layers.split("-")]
    return layers, int(batch), int(count), activation, layers[-1] == 1, method


def netsmith(program, task, seconds, threads):
    call = [program, "bench", "--seconds", str(seconds), "--threads", str(threads), "--json"]
    if "/" in task:
        layers, batch, count, activation, _, method = TASKS[task]
        call += ["--layers", ",".join(map(str, layers)), "--batch-size", str(batch), "--samples", str(count)]
        call += ["--activation", activation, "--optimizer", method]
    else:
        call += ["--tasks", task]
    return json.loads(subprocess.run(call, check=True, capture_output=True, text=True).stdout)["samples_per_s"]


def matrix_product(cores, seconds):
    """Billions of operations a second in a product of two 2048 × 2048 matrices."""
    import torch

    torch.set_num_threads(cores)
    a, b, out = (torch.rand(2048, 2048) for _ in range(3))
    return 2 * 2048**2 * rate((lambda: torch.mm(a, b, out=out), 2048), seconds) / 1e9


def sides(program, cores, seconds):
    every = {"Netsmith, 1 thread": lambda task: netsmith(program, task, seconds, 1)}
    every[f"Netsmith, {cores} threads"] = lambda task: netsmith(program, task, seconds, cores)
    every["JAX"] = lambda task: rate(jax_compiled(task), seconds)
    every["PyTorch, 1 thread"] = lambda task: pytorch_rate(task, seconds, 1)
    every[f"PyTorch, {cores} threads"] = lambda task: pytorch_rate(task, seconds, cores)
    every["scikit-learn"] = lambda task: rate(scikit_learn(task), seconds)
    return every


def main():
    program = sys.argv[1]
    runs = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    seconds = float(sys.argv[3]) if len(sys.argv) > 3 else 2.0
    tasks = sys.argv[4].split(",") if len(sys.argv) > 4 else list(TASKS)
    TASKS.update({task: own_task(task) for task in tasks if "/" in task})
    cores = os.cpu_count()
    words = sys.argv[5].split(";") if len(sys.argv) > 5 else [""]
    every = sides(program, cores, seconds)
    every = {side: measure for side, measure in every.items() if any(word in side for word in words)}
    rates = {task: {side: [] for side in every} for task in tasks}
    bound = []
    for run in range(runs):
        for task in tasks:
            # Every other run backwards, so that nobody always comes after the same one.
            for side in list(every)[:: 1 if run % 2 == 0 else -1]:
                rates[task][side].append(every[side](task))
            print(f"run {run + 1}, {task}: " + ", ".join(f"{s} {r[-1]:,.0f}" for s, r in rates[task].items()), flush=True)
        bound.append(matrix_product(cores, seconds))
    print("| task | " + " | ".join(every) + " | ratio to the best |")
    print("|---|" + "---:|" * (len(every) + 1))
    for task in tasks:
        by_run = list(zip(*rates[task].values()))
        ours = sum(side.startswith("Netsmith") for side in every)
        ratios = [max(run[:ours]) / max(run[ours:]) for run in by_run]
        medians = [f"{statistics.median(r):,.0f}" for r in rates[task].values()]
        low, _, high = statistics.quantiles(ratios, n=4, method="inclusive") if runs > 1 else ratios * 3
        spread = f"{statistics.median(ratios):.3f} ({low:.3f}–{high:.3f}, {min(ratios):.2f}–{max(ratios):.2f})"
        print(f"| {task} | " + " | ".join(medians) + f" | {spread} |")
    print(f"product of two 2048 × 2048 matrices: {', '.join(f'{value:.0f}' for value in bound)} GFLOPS")


main()
