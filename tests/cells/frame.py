"""What the files ref_*.py are written with: how a case registers, how its numbers are drawn, the usual functions.

    @case("lstm", "models/lstm.lua", X=5, H=7)          # a test cells.lstm: rnngen run models/lstm.lua --set X=5 --set H=7
    def _(draw):
        x, W = draw(T, N, 5), draw(4, 7, 5)             # float64 that float32 holds, from a seed of the case's own
        ...                                             # the equations of the paper in float64, or torch in float64
        return dict(params={"W": W}, inputs={"x": x}, outputs={"h": h}, states={"h": h[-1:], "c": c[-1:]})

A case may also return starts={...}, the states to start from, and ops=N: see tolerance(). Integers stay int32.
"""
import zlib
import numpy as np

T, N = 6, 3                             # steps and sequences, where a case needs no others
CASES = {}
FULL = {}                               # models at their default sizes: too large to be kept, see reference.py --full


def case(name, model, cases=CASES, **sets):
    """Registers the function below as the reference of cells.NAME; sets are the dims and settings of the model."""
    def register(f):
        assert name not in cases, name
        cases[name] = (model, sets, f)
        return f
    return register


def drawer(name):
    """Numbers that depend on the name of the case alone, so that a new case leaves the others as they were."""
    rng = np.random.default_rng(zlib.crc32(name.encode()))

    def draw(*shape, low=-0.8, high=0.8):
        return rng.uniform(low, high, shape).astype(np.float32).astype(np.float64)
    draw.integers = lambda low, high, shape: rng.integers(low, high, shape).astype(np.int32)
    return draw


def tolerance(result):
    """The most that float32 may be off, for outputs of size 1: operations in a row times eps.

    A step folds each param into a sum, one multiply-add for each element of its rows (the last dim), and the steps follow
    one another; a rounding moves what comes after by at most eps times its size, as gates and tanh do not enlarge
    it. 16 more for the functions of a step, which are right to 4 ulp. A case with other loops gives its own ops.
    """
    steps = next(iter(result["inputs"].values())).shape[0]
    rows = sum(p.shape[-1] for p in result["params"].values() if p.ndim)
    return result.get("ops", steps * (rows + 16)) * 2.0**-23


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


tanh, exp = np.tanh, np.exp


def relu(a):
    return np.maximum(a, 0)


def softmax(a):
    e = np.exp(a - a.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def tensor(a):
    import torch
    return torch.from_numpy(np.array(a))


def load(module, **params):
    """Sets the params of a torch module, all of them, and makes it float64."""
    module.double().load_state_dict({k: tensor(v) for k, v in params.items()})
    return module.eval()
