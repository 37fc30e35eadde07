#!/usr/bin/env python3
"""reference.py · writes NAME.safetensors and list.txt from independent references in float64: reference.py [NAME...]

reference.py --full DIR [NAME...] writes the cases of models at their default sizes to DIR instead, up to some 100 MB each, for

    tests/cells/run RNNGEN NAME DIR

Needs numpy, safetensors and torch; the tests do not. The cases are in ref_*.py, one file a family; see frame.py.
A file holds param:NAME, input:NAME, output:NAME, state:NAME (at the end) and start:NAME (where a case has some), rounded to
float32, and in its metadata the tolerance. A line of list.txt: NAME MODEL ARGS.
"""
import glob
import importlib
import os
import sys

import numpy as np
from safetensors.numpy import save_file

from frame import CASES, FULL, drawer, tolerance

MOST_BYTES = 20480
here = os.path.dirname(os.path.abspath(__file__))


def write(name, cases, folder):
    result = cases[name][2](drawer(name))
    tensors = {}
    for kind in "param", "input", "start", "output", "state":
        for key, value in result.get(kind + "s", {}).items():
            value = np.asarray(value)
            assert np.isfinite(value).all(), f"{name}: {key} is not finite"
            # Copied for their strides: save_file writes memory as it lies.
            tensors[f"{kind}:{key}"] = np.array(value, np.float32 if value.dtype.kind == "f" else np.int32, order="C")
    path = f"{folder}/{name}.safetensors"
    save_file(tensors, path, {"tolerance": f"{tolerance(result):.3g}"})
    os.chmod(path, 0o644)
    assert cases is FULL or os.path.getsize(path) <= MOST_BYTES, f"{path} has {os.path.getsize(path)} bytes"


def main(names):
    for file in sorted(glob.glob(f"{here}/ref_*.py")):
        importlib.import_module(os.path.basename(file)[:-3])
    cases, folder = CASES, here
    if names[:1] == ["--full"]:
        cases, folder, names = FULL, names[1], names[2:]
    for name in names or cases:
        write(name, cases, folder)
    with open(f"{folder}/list.txt", "w") as out:
        for name, (model, sets, _) in sorted(cases.items()):
            print(name, model, *(f"--set {k}={v}" for k, v in sets.items()), file=out)


if __name__ == "__main__":
    main(sys.argv[1:])
