"""`python -m bench.complexity.learn`: learns from train.txt (logistic regression, L2), judges by held_out.txt."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from adapters.models import complexity

_HERE = Path(__file__).parent
_STEPS, _RATE, _WORDS_L2, _BUILT_L2 = 4000, 0.3, 0.02, 0.002


def sentences(name: str) -> list[tuple[str, bool]]:
    """A file's sentences, each with whether it is complex."""
    lines = (_HERE / name).read_text(encoding="utf-8").splitlines()
    return [(line[2:], line[0] == "+") for line in lines if line[:2] in {"+ ", "- "}]


def learn(known: list[tuple[str, bool]]) -> tuple[float, list[float]]:
    """Bias and weights. The same sentences give the same weights."""
    x = np.array([complexity.features(text) for text, _ in known])
    y = np.array([float(hard) for _, hard in known])
    ridge = np.array([_BUILT_L2] * complexity.STRUCTURE + [_WORDS_L2] * complexity.BUCKETS)
    weights, bias = np.zeros(x.shape[1]), 0.0
    for _ in range(_STEPS):
        wrong = 1 / (1 + np.exp(-(x @ weights + bias))) - y
        weights -= _RATE * (x.T @ wrong / len(y) + ridge * weights)
        bias -= _RATE * float(wrong.mean())
    return bias, [round(float(each), 4) for each in weights]


def accuracy(known: list[tuple[str, bool]]) -> tuple[float, list[str]]:
    """The share that is judged right, and the sentences that are not."""
    wrong = [text for text, hard in known if complexity.is_complex(text) != hard]
    return 1 - len(wrong) / len(known), wrong


if __name__ == "__main__":
    bias, weights = learn(sentences("train.txt"))
    made = {"bias": round(bias, 4), "weights": weights}
    (Path(complexity.__file__).with_name("complexity.json")).write_text(json.dumps(made) + "\n", encoding="utf-8")
    for name in ("train.txt", "held_out.txt"):
        share, wrong = accuracy(sentences(name))
        print(f"{name}: {share:.1%} of {len(sentences(name))}")
        for text in wrong:
            print(f"  wrong: {text}")
