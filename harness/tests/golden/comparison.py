"""Makes `comparison.json`: p-values, intervals and errors as SciPy, statsmodels and plain definitions give them.

Intervals over repositories are found here without their closed form: the exact p-value of every candidate difference
comes from all sign flips in rational arithmetic, and the ends are where it falls to 1 - level.

usage: python3 comparison.py     (SciPy 1.18, statsmodels 0.15)
"""

import itertools
import json
import random
from fractions import Fraction
from pathlib import Path

import numpy as np
import statsmodels.api as sm
from scipy import stats
from statsmodels.stats.multitest import multipletests


def mcnemar(a, b):
    p = stats.binomtest(min(a, b), a + b).pvalue if a + b else 1.0
    mid = 2 * stats.binom.cdf(min(a, b), a + b, 0.5) - stats.binom.pmf(min(a, b), a + b, 0.5) if a + b else 1.0
    return {"a": a, "b": b, "p": float(p), "mid_p": float(min(mid, 1.0))}


def holm(p):
    return {"raw": p, "adjusted": [float(x) for x in multipletests(p, method="holm")[1]]}


def p_value(terms, sizes, theta):
    shifted = [s - n * theta for s, n in zip(terms, sizes)]
    observed = abs(sum(shifted))
    flips = list(itertools.product((1, -1), repeat=len(terms)))
    return Fraction(sum(abs(sum(e * x for e, x in zip(f, shifted))) >= observed for f in flips), len(flips))


def interval(terms, sizes, alpha):
    """The p-value changes only at means of halves, so the ends are among those."""
    units, ends = range(len(terms)), set()
    for k in range(1, len(terms)):
        for half in itertools.combinations(units, k):
            ends.add(sum(terms[u] for u in half) / sum(sizes[u] for u in half))
    kept = [theta for theta in ends if p_value(terms, sizes, theta) > alpha]
    # With all p-values at the outermost ends above alpha nothing is excluded.
    far = max(abs(end) for end in ends) + 1
    if p_value(terms, sizes, far) > alpha:
        return None
    return [float(min(kept)), float(max(kept))]


def cr2(differences, repos):
    """The matrix definition, with the symmetric root of I - H for each cluster."""
    x = np.ones((len(differences), 1))
    bread = np.linalg.inv(x.T @ x)
    residuals = differences - differences.mean()
    meat = 0.0
    for repo in sorted(set(repos)):
        own = np.flatnonzero(np.array(repos) == repo)
        values, vectors = np.linalg.eigh(np.eye(len(own)) - x[own] @ bread @ x[own].T)
        root = vectors @ np.diag(values**-0.5) @ vectors.T
        meat += float((x[own].T @ root @ residuals[own]).item() ** 2)
    return float(np.sqrt(bread[0, 0] * meat * bread[0, 0]))


def compared(name, seed, sizes, binary):
    rng = random.Random(seed)
    repos = [repo for repo, size in enumerate(sizes) for _ in range(size)]
    lean = [rng.random() for _ in sizes]
    draw = (lambda p: float(rng.random() < p)) if binary else (lambda p: round(min(1.0, rng.random() * 2 * p), 2))
    a, b = [draw(lean[r] ** 0.5) for r in repos], [draw(lean[r]) for r in repos]
    exact = [Fraction(x).limit_denominator(100) - Fraction(y).limit_denominator(100) for x, y in zip(a, b)]
    terms = [sum((d for d, r in zip(exact, repos) if r == repo), Fraction(0)) for repo in range(len(sizes))]
    d = np.array(a) - np.array(b)
    error = cr2(d, repos)
    if len(set(sizes)) == 1:  # Then CR1 of statsmodels is the same number.
        fit = sm.OLS(d, np.ones(len(d))).fit(cov_type="cluster", cov_kwds={"groups": repos})
        assert abs(fit.bse[0] - error) < 1e-12
    freedom = len(sizes) - 1
    paired = stats.ttest_rel(a, b).confidence_interval(0.95)
    row = {"name": name, "binary": binary, "repos": repos, "a": a, "b": b, "difference": float(sum(terms) / len(d))}
    row["p_cluster"] = float(p_value(terms, sizes, 0))
    row["cluster"] = interval(terms, sizes, Fraction(1, 20))
    row["tasks"] = [float(paired.low), float(paired.high)]
    row["standard_error"] = error
    row["detectable"] = float((stats.t.ppf(0.975, freedom) + stats.t.ppf(0.8, freedom)) * error)
    if len(set(sizes)) == 1:
        means = [float(t) for t in terms]
        test = stats.permutation_test((means,), np.sum, permutation_type="samples", n_resamples=np.inf)
        assert abs(test.pvalue - row["p_cluster"]) < 1e-12
    if binary:
        row["mcnemar"] = mcnemar(int((d > 0).sum()), int((d < 0).sum()))
    elif len(d) <= 13:
        test = stats.permutation_test(([float(x) for x in exact],), np.sum, permutation_type="samples", n_resamples=np.inf)
        row["p_tasks"] = float(test.pvalue)
    return row


def main():
    counts = [(0, 1), (1, 0), (2, 2), (1, 8), (0, 30), (12, 25), (100, 150), (480, 520), (1300, 1700), (9000, 9500)]
    counts += [(49_000, 51_000), (499_000, 501_000), (500_000, 500_000), (495_000, 505_000), (3, 900), (20, 20), (21, 20)]
    rng = random.Random(5)
    families = [[0.01, 0.04, 0.03, 0.005], [0.5], [0.6, 0.7, 0.9], [0.02, 0.02, 0.02]]
    families.append([round(rng.random() ** 3, 6) for _ in range(66)])
    sizes = [[5] * 8, [1, 2, 3, 4, 30, 6, 7, 2, 9], [12] * 10, [40, 1, 1, 2, 3, 3], [2, 2, 2], [3, 1, 1, 2, 1, 2, 2]]
    pairs = [
        compared(f"{'binary' if binary else 'graded'} {place}", 10 * place + binary, shape, binary)
        for place, shape in enumerate(sizes)
        for binary in (True, False)
    ]
    golden = {"mcnemar": [mcnemar(a, b) for a, b in counts], "holm": [holm(p) for p in families], "pairs": pairs}
    Path(__file__).with_name("comparison.json").write_text(json.dumps(golden) + "\n")


if __name__ == "__main__":
    main()
