"""Writes krylov.json beside this file: the iterates that tests/krylov_golden.rs compares with.

Run from anywhere with SciPy installed:  python make_krylov.py

The reference is SciPy's sparse.linalg: cg, minres, gmres, bicg and bicgstab. Steepest descent, which
SciPy does not have, is written out here. The matrices hold small whole numbers, so they are the same
in every program. Each run ends when the residual is below 1e-8 of b, or where SciPy's own iterates
move by more than 1e-9 when b changes in the last digit: what comes later depends on the order in
which sums are rounded.

GMRES calls back with norms only; its iterates are found by asking for 1, 2, 3, ... iterations.
SciPy preconditions GMRES from the left, Netsmith from the right, so SciPy is given A M^-1 and its
solution is multiplied by M^-1: the same mathematics.
"""

import json
import pathlib

import numpy as np
from scipy.sparse import linalg

SIZES = [2, 5, 20, 60]
END = 1e-8
# A run that is not done by then is cut off.
LONGEST = 60
# Systems up to this size are compared in every element, larger ones in the sums of `digest`.
FULL = 5


def random_entries(n, rng):
    """Whole numbers from -3 to 3, about four to a row."""
    entries = rng.integers(-3, 4, size=(n, n))
    keep = rng.random((n, n)) < min(1.0, 4.0 / n)
    return entries * keep


def make_matrix(kind, n, rng):
    entries = random_entries(n, rng)
    if kind == "nonsymmetric":
        diagonal = rng.integers(5, 15, size=n)
        return np.tril(entries, -1) - 2 * np.triu(entries, 1) + np.diag(diagonal)
    a = np.triu(entries, 1)
    a = a + a.T
    diagonal = np.abs(a).sum(axis=1) + rng.integers(1, 9, size=n)
    if kind == "indefinite":
        diagonal[1::2] *= -1
    return a + np.diag(diagonal)


def digest(x):
    """Three weighted sums of x, or x itself if it is short."""
    if len(x) <= FULL:
        return list(x)
    i = np.arange(len(x))
    return [float(np.dot(x, (i * step + 3) % 11 - 5)) for step in (1, 4, 7)]


def steepest_descent(a, b, x0, m, watch):
    x = np.zeros_like(b) if x0 is None else x0.copy()
    r = b - a @ x
    for _ in range(LONGEST):
        z = r / m
        q = a @ z
        alpha = (r @ z) / (z @ q)
        x = x + alpha * z
        r = r - alpha * q
        watch(x)


def gmres(a, b, x0, m, restart, watch):
    right = a / m
    u0 = None if x0 is None else m * x0
    for k in range(1, LONGEST + 1):
        norms = []
        u, _ = linalg.gmres(right, b, u0, rtol=0.0, restart=restart, maxiter=k,
                            callback=norms.append, callback_type="legacy")
        if len(norms) < k:
            return
        residual = np.linalg.norm(b - right @ u) / np.linalg.norm(b)
        assert abs(norms[-1] - residual) < 1e-9, "the norm and the iterate belong together"
        watch(u / m)
        if residual < END:
            return


def iterate(method, a, b, x0, m, restart):
    iterates = []

    def watch(x):
        iterates.append(x.copy())

    if method == "steepest_descent":
        steepest_descent(a, b, x0, m, watch)
    elif method == "gmres":
        gmres(a, b, x0, m, restart, watch)
    else:
        inverse = linalg.aslinearoperator(np.diag(1.0 / m))
        getattr(linalg, method)(a, b, x0, rtol=1e-15, maxiter=LONGEST, M=inverse, callback=watch)
    return iterates


def trajectory(method, a, b, x0, m, restart):
    iterates = iterate(method, a, b, x0, m, restart)
    noise = 1 + 1e-15 * np.cos(np.arange(len(b)))
    shaken = iterate(method, a, b * noise, x0, m, restart)
    drift = [np.linalg.norm(x - y) / max(1, np.linalg.norm(x)) for x, y in zip(iterates, shaken)]
    steady = [k for k, d in enumerate(drift) if d > 1e-9] or [len(drift)]
    iterates = iterates[: steady[0]]
    residuals = [float(np.linalg.norm(b - a @ x)) for x in iterates]
    solved = [k for k, r in enumerate(residuals) if r < END * np.linalg.norm(b)]
    end = solved[0] + 1 if solved else len(iterates)
    return {
        "method": method,
        "restart": restart,
        "residuals": residuals[:end],
        "iterates": [digest(x) for x in iterates[:end]],
        "last": list(iterates[end - 1]),
    }


METHODS = {
    "spd": ["steepest_descent", "cg", "minres", "gmres", "bicg", "bicgstab"],
    "indefinite": ["minres", "gmres", "bicg", "bicgstab"],
    "nonsymmetric": ["gmres", "bicg", "bicgstab"],
}


def main():
    rng = np.random.default_rng(20)
    systems = []
    for kind, methods in METHODS.items():
        for n in SIZES:
            a = make_matrix(kind, n, rng)
            b = rng.integers(-9, 10, size=n)
            x0 = rng.integers(-3, 4, size=n) if n == 5 else None
            for preconditioned in (False, True):
                m = np.abs(np.diag(a)).astype(float) if preconditioned else np.ones(n)
                start = None if x0 is None else x0.astype(float)
                restarts = {"gmres": [n] if n == 2 else [n, max(3, n // 8)]}
                runs = [
                    trajectory(method, a.astype(float), b.astype(float), start, m, restart)
                    for method in methods
                    for restart in restarts.get(method, [0])
                ]
                systems.append({
                    "kind": kind,
                    "a": a.tolist(),
                    "b": b.tolist(),
                    "x0": None if x0 is None else x0.tolist(),
                    "m": m.astype(int).tolist() if preconditioned else None,
                    "runs": runs,
                })
    path = pathlib.Path(__file__).with_name("krylov.json")
    path.write_text(json.dumps(systems, separators=(",", ":")) + "\n")
    for s in systems:
        ends = [(r["method"], r["restart"], len(r["residuals"])) for r in s["runs"]]
        print(s["kind"], len(s["b"]), s["m"] is not None, ends)


if __name__ == "__main__":
    main()
