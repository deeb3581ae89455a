"""Writes tests/golden/optimizers.json: the trajectories and schedules that the Rust tests compare with.

Run from anywhere with PyTorch and NumPy installed:  python make_optimizers.py

The reference is PyTorch in float64, with gradients by its own automatic differentiation; Lion,
which PyTorch does not have, is written out here from Algorithm 2 of Chen et al. (2023).
"""

import json
import pathlib

import numpy as np
import torch

START = [1.5, -2.0, 0.5, 2.5, -0.75, 1.0]
CURVATURE = [0.2, 0.5, 1.0, 2.0, 4.0, 8.0]
CENTRE = [1.0, -0.5, 2.0, 0.0, -1.5, 0.25]
STEPS = 20


def loss(p):
    """Badly scaled, coupled and not convex; the same formula stands in tests/methods/golden.rs."""
    a = torch.tensor(CURVATURE, dtype=torch.float64)
    c = torch.tensor(CENTRE, dtype=torch.float64)
    bowl = (a * (p - c) ** 2).sum() / 2
    waves = torch.sin(p * torch.roll(p, -1)).sum() * 0.3
    return bowl + waves + torch.log1p((p * p).sum())


class Lion(torch.optim.Optimizer):
    """c = b1 m + (1 - b1) g;  p -= lr (sign c + wd p);  m = b2 m + (1 - b2) g."""

    def __init__(self, params, lr, betas=(0.9, 0.99), weight_decay=0.0):
        super().__init__(params, {"lr": lr, "betas": betas, "weight_decay": weight_decay})
        self.average = None

    def step(self):
        for group in self.param_groups:
            (b1, b2), rate = group["betas"], group["lr"]
            for parameter in group["params"]:
                p, g = parameter.detach().numpy(), parameter.grad.numpy()
                m = np.zeros_like(p) if self.average is None else self.average
                direction = np.sign(b1 * m + (1 - b1) * g)
                p -= rate * (direction + group["weight_decay"] * p)
                self.average = b2 * m + (1 - b2) * g


# Netsmith's id -> (the class, its fixed arguments).
METHODS = {
    "gd": (torch.optim.SGD, {}),
    "sgd": (torch.optim.SGD, {}),
    "momentum": (torch.optim.SGD, {"momentum": 0.9}),
    "nesterov": (torch.optim.SGD, {"momentum": 0.9, "nesterov": True}),
    "adagrad": (torch.optim.Adagrad, {}),
    "adadelta": (torch.optim.Adadelta, {}),
    "rmsprop": (torch.optim.RMSprop, {}),
    "adam": (torch.optim.Adam, {}),
    "amsgrad": (torch.optim.Adam, {"amsgrad": True}),
    "adamw": (torch.optim.AdamW, {}),
    "nadam": (torch.optim.NAdam, {}),
    "lion": (Lion, {}),
    "rprop": (torch.optim.Rprop, {}),
}


def arguments(settings):
    """Netsmith's settings in the words of PyTorch."""
    result = {}
    for name, value in settings.items():
        if name == "epsilon":
            result["eps"] = value
        elif name not in ("beta1", "beta2", "eta_minus", "eta_plus", "step_min", "step_max"):
            result[name] = value
    if "beta1" in settings:
        result["betas"] = (settings["beta1"], settings["beta2"])
    if "eta_minus" in settings:
        result["etas"] = (settings["eta_minus"], settings["eta_plus"])
        result["step_sizes"] = (settings["step_min"], settings["step_max"])
    return result


def case(method, learning_rate, change=None, **settings):
    """One trajectory; `change` replaces learning rate and settings halfway, memory kept."""
    kind, fixed = METHODS[method]
    p = torch.tensor(START, dtype=torch.float64, requires_grad=True)
    optimizer = kind([p], lr=learning_rate, **{**fixed, **arguments(settings)})
    losses, trajectory = [], []
    for step in range(STEPS):
        if change and step == STEPS // 2:
            rate, new = change
            optimizer.param_groups[0].update(lr=rate, **arguments(new))
        optimizer.zero_grad()
        value = loss(p)
        value.backward()
        optimizer.step()
        losses.append(value.item())
        trajectory.append(p.detach().tolist())
    result = {"method": method, "learning_rate": learning_rate, "settings": settings}
    if change:
        result["change"] = {"learning_rate": change[0], "settings": change[1]}
    return {**result, "losses": rounded(losses), "trajectory": [rounded(t) for t in trajectory]}


def rounded(values):
    return [float(f"{value:.9g}") for value in values]


CASES = [
    case("gd", 0.05),
    case("sgd", 0.02),
    case("sgd", 0.05, change=(0.01, {})),
    case("momentum", 0.02),
    case("momentum", 0.05, momentum=0.5),
    case("momentum", 0.02, change=(0.01, {"momentum": 0.6})),
    case("nesterov", 0.02),
    case("nesterov", 0.05, momentum=0.5),
    case("adagrad", 0.3),
    case("adagrad", 0.1, epsilon=0.1),
    case("adadelta", 1.0),
    case("adadelta", 2.0, rho=0.6, epsilon=1e-3),
    case("rmsprop", 0.01),
    case("rmsprop", 0.05, alpha=0.8, epsilon=1e-4),
    case("adam", 0.1),
    case("adam", 0.05, beta1=0.5, beta2=0.9, epsilon=1e-3),
    case("adam", 0.1, change=(0.03, {"beta1": 0.8, "beta2": 0.99})),
    case("amsgrad", 0.2),
    case("amsgrad", 0.2, beta1=0.7, beta2=0.8, epsilon=1e-5),
    case("adamw", 0.1),
    case("adamw", 0.1, beta1=0.8, beta2=0.95, epsilon=1e-6, weight_decay=0.5),
    case("nadam", 0.05),
    case("nadam", 0.1, beta1=0.8, beta2=0.95, epsilon=1e-6, momentum_decay=0.1),
    case("nadam", 0.05, change=(0.1, {"beta1": 0.7, "beta2": 0.99})),
    case("lion", 0.03),
    case("lion", 0.1, beta1=0.6, beta2=0.8, weight_decay=0.3),
    case("rprop", 0.01),
    case("rprop", 0.2, eta_minus=0.3, eta_plus=1.5, step_min=0.01, step_max=0.4),
]

STEPS_PER_EPOCH, EPOCHS = 4, 10


def factors(scheduler, count, **settings):
    """The factors a scheduler applies to a learning rate of 1, one for each of its steps."""
    p = torch.nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.SGD([p], lr=1.0)
    scheduler = scheduler(optimizer, **settings)
    result = []
    for index in range(count):
        result.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if index + 1 < count:
            scheduler.step()
    return rounded(result)


ALL = STEPS_PER_EPOCH * EPOCHS
from torch.optim import lr_scheduler as lrs  # noqa: E402

# "every" is the number of Netsmith's steps from one value to the next.
SCHEDULES = [
    {"schedule": {"id": "step", "every_epochs": 3, "factor": 0.5}, "every": STEPS_PER_EPOCH,
     "factors": factors(lrs.StepLR, EPOCHS, step_size=3, gamma=0.5)},
    {"schedule": {"id": "exponential", "decay": 0.9}, "every": STEPS_PER_EPOCH,
     "factors": factors(lrs.ExponentialLR, EPOCHS, gamma=0.9)},
    {"schedule": {"id": "cosine", "minimum": 0.1}, "every": STEPS_PER_EPOCH,
     "factors": factors(lrs.CosineAnnealingLR, EPOCHS + 1, T_max=EPOCHS, eta_min=0.1)},
    {"schedule": {"id": "warm_up", "epochs": 3.0}, "every": 1,
     "factors": factors(lrs.LinearLR, ALL, start_factor=1 / (3 * STEPS_PER_EPOCH),
                        total_iters=3 * STEPS_PER_EPOCH - 1)},
    {"schedule": {"id": "one_cycle", "peak": 3.0, "warm_up": 0.3}, "every": 1,
     "factors": factors(lrs.OneCycleLR, ALL, max_lr=3.0, total_steps=ALL, pct_start=0.3)},
    {"schedule": {"id": "one_cycle", "peak": 0.5, "warm_up": 0.25}, "every": 1,
     "factors": factors(lrs.OneCycleLR, ALL, max_lr=0.5, total_steps=ALL, pct_start=0.25)},
]


def main():
    lines = lambda items: ",\n".join(json.dumps(item) for item in items)  # noqa: E731
    text = (f'{{"made_with": "PyTorch {torch.__version__.split("+")[0]}",\n'
            f'"start": {json.dumps(START)},\n'
            f'"curvature": {json.dumps(CURVATURE)},\n"centre": {json.dumps(CENTRE)},\n'
            f'"steps_per_epoch": {STEPS_PER_EPOCH},\n"epochs": {EPOCHS},\n'
            f'"cases": [\n{lines(CASES)}\n],\n"schedules": [\n{lines(SCHEDULES)}\n]}}\n')
    path = pathlib.Path(__file__).resolve().parent / "optimizers.json"
    path.write_text(text, encoding="utf-8")
    print(f"{path.name}: {len(CASES)} trajectories, {len(SCHEDULES)} schedules")


if __name__ == "__main__":
    main()
