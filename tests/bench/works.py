"""The works that are measured: a model of rnngen's, its data, the same in float64, and how each peer says it.

A peer is a function of (job, data) that returns call() and result(); it runs in a process of its own (contest.py). job has T, N, X, H,
layers, threads, and step: one step a call, each call going on from the state that the one before left.
"""
import numpy as np

EPS = 2.0 ** -23


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def sum_bound(s):
    """Rounding of a sum of H + X terms of random sign whose partial sums stay below 4, under gates of slope at most 1. A wrong
    gate order is off by 1e-2."""
    return 4 * np.sqrt(s["H"] + s["X"]) * EPS


def steps_bound(s):
    """Where a step may hand on the error of the one before in full: so much for each of T steps."""
    return s["T"] * sum_bound(s)


# ---- LSTM and GRU: torch and ONNX Runtime have them ready ----

class Lstm:
    gates, model, bound = 4, "lstm", staticmethod(sum_bound)
    onnx_order, onnx_op = [0, 3, 1, 2], "LSTM"           # ours is i f g o; ONNX has i o f c, and c is our g
    carried = ("h", "c")

    def __init__(self, layers=1):
        self.layers = layers
        self.model = "lstm" if layers == 1 else "lstm_stack"

    def settings(self, s):
        return {"X": s["X"], "H": s["H"], **({"L": self.layers} if self.layers > 1 else {})}

    def multiply_adds(self, s):
        widths = [s["X"]] + [s["H"]] * (self.layers - 1)
        return s["T"] * s["N"] * self.gates * s["H"] * sum(w + s["H"] for w in widths)

    def prefix(self, l):
        return "" if self.layers == 1 else f"layer{l + 1}."

    def data(self, s, random):
        r = 1 / np.sqrt(s["H"])                          # as PyTorch initialises its own
        data = {"x": random.uniform(-1, 1, (s["T"], s["N"], s["X"]))}
        for l in range(self.layers):
            width = s["H"] if l else s["X"]
            data[self.prefix(l) + "W"] = random.uniform(-r, r, (self.gates, s["H"], width))
            data[self.prefix(l) + "U"] = random.uniform(-r, r, (self.gates, s["H"], s["H"]))
            for name in self.biases:
                data[self.prefix(l) + name] = random.uniform(-r, r, (self.gates, s["H"]))
        return data

    biases = ("b",)

    def step(self, a, u, h, c):
        i, f, g, o = a + u
        c = c * sigmoid(f) + np.tanh(g) * sigmoid(i)
        return np.tanh(c) * sigmoid(o), c

    def reference(self, data, s):
        y = data["x"]
        for l in range(self.layers):
            W, U, *b = (data[self.prefix(l) + name] for name in ("W", "U", *self.biases))
            a = np.einsum("gik,tnk->tgni", W, y, optimize=True) + b[0][:, None]
            h = c = np.zeros((s["N"], s["H"]))
            rows = []
            for a_t in a:
                u = np.einsum("gij,nj->gni", U, h, optimize=True) + (b[1][:, None] if len(b) > 1 else 0)
                h, c = self.step(a_t, u, h, c)
                rows.append(h)
            y = np.stack(rows)
        return y

    def torch(self, job, data):
        import torch
        torch.set_num_threads(job["threads"])
        layer = getattr(torch.nn, self.onnx_op)(job["X"], job["H"], self.layers).eval()
        with torch.no_grad():
            for l in range(self.layers):
                own = {"weight_ih": "W", "weight_hh": "U", "bias_ih": self.biases[0],
                       "bias_hh": self.biases[1] if len(self.biases) > 1 else None}
                for name, key in own.items():
                    to = getattr(layer, f"{name}_l{l}")
                    if key:
                        to.copy_(torch.from_numpy(data[self.prefix(l) + key].reshape(to.shape)))
                    else:
                        to.zero_()
        x = torch.from_numpy(data["x"])
        mode = torch.inference_mode()                    # on for the life of the process: entering it is not measured
        mode.__enter__()
        last = [None, None, mode]

        def call():
            last[:2] = layer(x, last[1] if job["step"] else None)
        return call, lambda: last[0].numpy()

    def onnxruntime(self, job, data):
        import onnx
        import onnxruntime
        from onnx import TensorProto, helper, numpy_helper
        T, N, X, H, G = job["T"], job["N"], job["X"], job["H"], self.gates

        def ordered(array):
            return np.ascontiguousarray(array[self.onnx_order].reshape(1, G * H, *array.shape[2:]))

        nodes, weights, below = [], [], "x"
        for l in range(self.layers):
            get = {name: data[self.prefix(l) + name] for name in ("W", "U", *self.biases)}
            second = ordered(get[self.biases[1]]) if len(self.biases) > 1 else np.zeros((1, G * H), np.float32)
            bias = np.concatenate([ordered(get[self.biases[0]]), second], axis=1)
            weights += [numpy_helper.from_array(ordered(get["W"]), f"W{l}"), numpy_helper.from_array(ordered(get["U"]), f"R{l}"),
                        numpy_helper.from_array(bias, f"B{l}")]
            inputs = [below, f"W{l}", f"R{l}", f"B{l}"]
            outputs = [f"y{l}"]
            if job["step"]:
                inputs += ["", *(f"{name}{l}" for name in self.carried)]
                outputs += [f"{name}{l}_end" for name in self.carried]
            extra = {"linear_before_reset": 1} if self.onnx_op == "GRU" else {}
            nodes.append(helper.make_node(self.onnx_op, inputs, outputs, hidden_size=H, **extra))
            if l + 1 < self.layers:
                nodes.append(helper.make_node("Squeeze", [f"y{l}", "axis"], [f"x{l + 1}"]))
                below = f"x{l + 1}"
        if self.layers > 1:
            weights.append(numpy_helper.from_array(np.array([1], np.int64), "axis"))
        state = [1, N, H]
        carried = [f"{name}{l}" for l in range(self.layers) for name in self.carried] if job["step"] else []
        graph = helper.make_graph(
            nodes, "g", [helper.make_tensor_value_info("x", TensorProto.FLOAT, [T, N, X])] +
            [helper.make_tensor_value_info(name, TensorProto.FLOAT, state) for name in carried],
            [helper.make_tensor_value_info(f"y{self.layers - 1}", TensorProto.FLOAT, [T, 1, N, H])] +
            [helper.make_tensor_value_info(name + "_end", TensorProto.FLOAT, state) for name in carried], weights)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 14)], ir_version=8)
        onnx.checker.check_model(model)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = job["threads"]
        options.inter_op_num_threads = 1
        session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
        value = onnxruntime.OrtValue
        x = value.ortvalue_from_numpy(np.ascontiguousarray(data["x"]))
        y = value.ortvalue_from_shape_and_type([T, 1, N, H], np.float32)
        halves = [{name: value.ortvalue_from_numpy(np.zeros(state, np.float32)) for name in carried} for _ in range(2)]
        bindings = []
        for k in range(2 if job["step"] else 1):         # what one call writes the next one reads
            binding = session.io_binding()
            binding.bind_ortvalue_input("x", x)
            binding.bind_ortvalue_output(f"y{self.layers - 1}", y)
            for name in carried:
                binding.bind_ortvalue_input(name, halves[k][name])
                binding.bind_ortvalue_output(name + "_end", halves[1 - k][name])
            bindings.append(binding)

        def call():
            session.run_with_iobinding(bindings[0])
            bindings.reverse()
        return call, lambda: y.numpy()[:, 0]

    peers = ("torch", "onnxruntime")


class Gru(Lstm):
    gates, biases, carried = 3, ("b", "d"), ("h",)
    onnx_order, onnx_op = [1, 0, 2], "GRU"               # ours is r z g, as torch has it; ONNX has z r h

    def __init__(self):
        super().__init__()
        self.model = "gru_after"

    def step(self, a, u, h, c):
        r, z = sigmoid(a[:2] + u[:2])
        return z * h + (1 - z) * np.tanh(a[2] + r * u[2]), c


# ---- cells that no library has: a user writes the loop ----

def eager(job, data, run):
    """run(torch, data as tensors) under torch, operator by operator."""
    import torch
    torch.set_num_threads(job["threads"])
    tensors = {name: torch.from_numpy(array) for name, array in data.items()}
    mode = torch.inference_mode()
    mode.__enter__()
    last = [None, mode]

    def call():
        last[0] = run(tensors)
    return call, lambda: last[0].numpy()


def jitted(job, data, run):
    """run(data as arrays) under jax.jit."""
    import jax
    arrays = {name: jax.numpy.asarray(array) for name, array in data.items()}
    fast = jax.jit(run)
    last = [None]

    def call():
        last[0] = fast(arrays).block_until_ready()
    return call, lambda: np.asarray(last[0])


class Own:
    """What the works below share: step(xp, weights, products of this step, carry) is one text for NumPy, torch and JAX."""
    peers, layers, bound = ("torch eager", "torch.compile", "jax lax.scan"), 1, staticmethod(steps_bound)

    def settings(self, s):
        return {"X": s["X"], "H": s["H"]}

    def multiply_adds(self, s):
        return s["T"] * s["N"] * self.gates * s["H"] * (s["X"] + s["H"])

    def loop(self, functions, d, s, stack):
        p, carry, rows = self.products(functions, d), self.start(functions, s), []
        for t in range(s["T"]):
            carry, h = self.step(functions, d, p[t], carry)
            rows.append(h)
        return stack(rows)

    def reference(self, data, s):
        return self.loop(Numpy, data, s, np.stack)

    def eager(self, job, data):
        import torch
        return eager(job, data, lambda d: self.loop(Torch, d, job, torch.stack))

    def compiled(self, job, data):
        import torch
        run = torch.compile(lambda d: self.loop(Torch, d, job, torch.stack))
        return eager(job, data, run)

    def scan(self, job, data):
        import jax

        def run(d):
            step = lambda carry, p: self.step(Jax, d, p, carry)
            return jax.lax.scan(step, self.start(Jax, job), self.products(Jax, d))[1]
        return jitted(job, data, run)


class Numpy:
    sigmoid, tanh, sqrt = staticmethod(sigmoid), np.tanh, np.sqrt
    relu = staticmethod(lambda a: np.maximum(a, 0))
    zeros = staticmethod(np.zeros)
    mean = staticmethod(lambda a, axes: a.mean(axes, keepdims=True))


class Torch:
    @staticmethod
    def sigmoid(a): return a.sigmoid()
    @staticmethod
    def tanh(a): return a.tanh()
    @staticmethod
    def sqrt(a): return a.sqrt()
    @staticmethod
    def relu(a): return a.relu()
    @staticmethod
    def mean(a, axes): return a.mean(axes, keepdim=True)

    @staticmethod
    def zeros(shape):
        import torch
        return torch.zeros(shape)


class Jax:
    @staticmethod
    def sigmoid(a):
        import jax
        return jax.nn.sigmoid(a)

    @staticmethod
    def relu(a):
        import jax
        return jax.nn.relu(a)

    @staticmethod
    def tanh(a):
        import jax
        return jax.numpy.tanh(a)

    @staticmethod
    def sqrt(a):
        import jax
        return jax.numpy.sqrt(a)

    @staticmethod
    def mean(a, axes):
        return a.mean(axes, keepdims=True)

    @staticmethod
    def zeros(shape):
        import jax
        return jax.numpy.zeros(shape)


class LiGru(Own):
    model, gates = "ligru", 2

    def data(self, s, random):
        X, H, r = s["X"], s["H"], 1 / np.sqrt(s["H"])
        return {"x": random.uniform(-1, 1, (s["T"], s["N"], X)), "W": random.uniform(-r, r, (2, H, X)),
                "U": random.uniform(-r, r, (2, H, H)), "mu": random.uniform(-.1, .1, (2, H)),
                "var": random.uniform(.5, 1, (2, H)), "gamma": random.uniform(.5, 1, (2, H)), "beta": random.uniform(-r, r, (2, H))}

    def products(self, f, d):
        H = d["U"].shape[-1]
        w = (d["x"] @ d["W"].reshape(2 * H, -1).T).reshape(*d["x"].shape[:2], 2, H)
        return (w - d["mu"]) / f.sqrt(d["var"] + 1e-5) * d["gamma"] + d["beta"]

    def start(self, f, s):
        return f.zeros((s["N"], s["H"]))

    def step(self, f, d, p, h):
        H = h.shape[-1]
        a = p + (h @ d["U"].reshape(2 * H, H).T).reshape(-1, 2, H)
        z = f.sigmoid(a[:, 0])
        h = z * h + (1 - z) * f.relu(a[:, 1])
        return h, h


class LstmLayerNorm(Own):
    model, gates = "lstm_layer_norm", 4

    def data(self, s, random):
        X, H, r = s["X"], s["H"], 1 / np.sqrt(s["H"])
        return {"x": random.uniform(-1, 1, (s["T"], s["N"], X)), "W": random.uniform(-r, r, (4, H, X)),
                "U": random.uniform(-r, r, (4, H, H)), "b": random.uniform(-r, r, (4, H)),
                "alpha": random.uniform(.5, 1, (2, 4, H)), "beta": random.uniform(-r, r, (2, 4, H)),
                "alpha_c": random.uniform(.5, 1, H), "beta_c": random.uniform(-r, r, H)}

    def norm(self, f, v, axes):
        by = v - f.mean(v, axes)
        return by / f.sqrt(f.mean(by * by, axes) + 1e-5)

    def products(self, f, d):
        H = d["U"].shape[-1]
        w = (d["x"] @ d["W"].reshape(4 * H, -1).T).reshape(*d["x"].shape[:2], 4, H)
        return self.norm(f, w, (-2, -1)) * d["alpha"][1] + d["beta"][1] + d["b"]

    def start(self, f, s):
        return f.zeros((s["N"], s["H"])), f.zeros((s["N"], s["H"]))

    def step(self, f, d, p, carry):
        h, c = carry
        H = h.shape[-1]
        v = (h @ d["U"].reshape(4 * H, H).T).reshape(-1, 4, H)
        a = p + self.norm(f, v, (-2, -1)) * d["alpha"][0] + d["beta"][0]
        c = f.sigmoid(a[:, 0]) * c + f.sigmoid(a[:, 1]) * f.tanh(a[:, 3])
        h = f.sigmoid(a[:, 2]) * f.tanh(self.norm(f, c, (-1,)) * d["alpha_c"] + d["beta_c"])
        return (h, c), h


class Linear:
    """h = a h' + b, element by element: what scans are about."""
    model, layers = "linear", 1
    peers = ("jax lax.scan", "jax associative_scan")

    def bound(self, s):
        """Each rounding dies away by 0.9 a step: 3 of them a step, ten steps' worth, of values up to 10; scans double it."""
        return 2 * 3 * 10 * 10 * EPS

    def settings(self, s):
        return {"H": s["H"]}

    def multiply_adds(self, s):
        return s["T"] * s["N"] * s["H"]

    def data(self, s, random):
        shape = (s["T"], s["N"], s["H"])
        return {"a": random.uniform(.1, .9, shape), "b": random.uniform(-1, 1, shape)}

    def reference(self, data, s):
        h, rows = np.zeros((s["N"], s["H"])), np.empty(data["a"].shape)
        for t in range(s["T"]):
            rows[t] = h = data["a"][t] * h + data["b"][t]
        return rows

    def scan(self, job, data):
        import jax

        def step(h, ab):
            h = ab[0] * h + ab[1]
            return h, h
        return jitted(job, data, lambda d: jax.lax.scan(step, jax.numpy.zeros_like(d["b"][0]), (d["a"], d["b"]))[1])

    def associative(self, job, data):
        import jax
        join = lambda l, r: (l[0] * r[0], r[0] * l[1] + r[1])
        return jitted(job, data, lambda d: jax.lax.associative_scan(join, (d["a"], d["b"]))[1])


WORKS = {"lstm": Lstm(), "gru": Gru(), "lstm-4-layers": Lstm(4), "lstm-8-layers": Lstm(8), "ligru": LiGru(),
         "lstm-layer-norm": LstmLayerNorm(), "linear": Linear()}


def open_peer(job, data):
    """The peer that job["kind"] names, of the work job["work"]."""
    method = {"torch eager": "eager", "torch.compile": "compiled", "jax lax.scan": "scan", "jax associative_scan": "associative"}
    return getattr(WORKS[job["work"]], method.get(job["kind"], job["kind"]))(job, data)
