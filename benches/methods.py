"""Every training method on five problems: what it takes to solve them.

Prints a table in Markdown: for each method and problem the work until the validation part is first
solved (accuracy or R² of 95 %), in gradients over all training rows (a loss counts 1/2, a curvature
product 2), median over the seeds; where most seeds do not get there, the quality they end with.

Usage: python3 benches/methods.py [path of netsmith] [epochs] [seeds]
"""

import json
import statistics
import subprocess
import sys

NETSMITH = sys.argv[1] if len(sys.argv) > 1 else "target/release/netsmith"
EPOCHS = sys.argv[2] if len(sys.argv) > 2 else "500"
SEEDS = range(1, 1 + int(sys.argv[3] if len(sys.argv) > 3 else "3"))
PROBLEMS = {
    "XOR, 8-8 tanh": ["--data", "xor", "--layers", "8,8"],
    "circle, 4-2 tanh": ["--data", "circle", "--layers", "4,2"],
    "spiral, 32-32 ReLU": ["--data", "spiral", "--layers", "32,32", "--activation", "relu"],
    "iris, 16 ReLU": ["--data", "iris", "--layers", "16", "--activation", "relu"],
    "sine, 16-16 tanh": ["--data", "curve", "--layers", "16,16"],
}
SOLVED = 0.95


def quality(point):
    value = point.get("validation_accuracy", point.get("validation_r2"))
    return float("-inf") if value is None else value


def race(options, methods, seed):
    """Work until solved, or None, and the last quality, for each method."""
    command = [NETSMITH, "race", *options, "--epochs", EPOCHS, "--seed", str(seed), "--json"]
    output = subprocess.run(
        [*command, "--optimizers", ",".join(methods)], capture_output=True, text=True, check=True
    ).stdout
    curves = {method: [] for method in methods}
    for line in output.splitlines():
        point = json.loads(line)
        if "done" not in point:
            curves[point["optimizer"]].append(point)
    for method, curve in curves.items():
        solved = next((point["work"] for point in curve if quality(point) >= SOLVED), None)
        yield method, solved, quality(curve[-1])


def cell(runs):
    solved = [work for work, _ in runs if work is not None]
    if 2 * len(solved) > len(runs):
        return f"{statistics.median(solved):.0f}"
    last = statistics.median(last for _, last in runs)
    return f"– ({100 * last:.0f} %)" if last > -1 else "diverged"


def main():
    listing = subprocess.run(
        [NETSMITH, "list", "optimizers", "--json"], capture_output=True, text=True, check=True
    ).stdout
    methods = [json.loads(line) for line in listing.splitlines()]
    ids = [method["id"] for method in methods]
    results = {}
    for problem, options in PROBLEMS.items():
        for seed in SEEDS:
            # A race takes two to six.
            for first in range(0, len(ids), 6):
                group = ids[first : first + 6]
                group = group if len(group) > 1 else [ids[0], *group]
                for method, solved, last in race(options, group, seed):
                    results.setdefault((method, problem), []).append((solved, last))
            print(f"{problem}, seed {seed} done", file=sys.stderr)
    print("| method | " + " | ".join(PROBLEMS) + " |")
    print("|---|" + "---:|" * len(PROBLEMS))
    for method in methods:
        cells = [cell(results[method["id"], problem]) for problem in PROBLEMS]
        print(f"| {method['name']} | " + " | ".join(cells) + " |")


main()
