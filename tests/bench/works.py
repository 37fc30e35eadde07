"""The works that are measured: a model of rnngen's, its data, the same in float64, and how each peer says it.

A peer is a method of (job, data) that returns call() and result(); it runs in a process of its own (contest.py). job has T, N, X, H,
layers, threads, and step: one step a call, each call going on from the state that the one before left. Peers that are libraries
with rnngen's own interface (oneDNN, the probe by hand, the triad) are built by peers.py.
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


def doubles(data):
    return {name: array.astype(np.float64) for name, array in data.items()}


class Work:
    """A size is "H", "TxH" or "TxNxH"; X is H."""
    layers = 1

    def shape(self, size, step):
        *before, H = map(int, size.split("x"))
        T, N = (*before, 1)[:2] if before else (1 if step else self.T, 1)
        return {"T": T, "N": N, "X": H, "H": H}

    def dims(self, s):
        """What is known when it runs."""
        return {"T": s["T"], "N": s["N"]}

    def settings(self, s):
        return {"X": s["X"], "H": s["H"]}


# ---- LSTM and GRU: torch, ONNX Runtime and oneDNN have them ready ----

class Lstm(Work):
    gates, bound, onednn = 4, staticmethod(sum_bound), "lstm"
    onnx_order, onnx_op, onnx_options = [0, 3, 1, 2], "LSTM", {}            # ours is i f g o; ONNX has i o f c, and c is our g
    biases, carried = ("b",), ("h", "c")

    def __init__(self, layers=1):
        self.layers, self.T = layers, 64 if layers == 1 else 128
        self.model = "lstm" if layers == 1 else "lstm_stack"
        self.peers = ("torch", "onnxruntime", "onednn", "jax lax.scan", *(("numpy", "numba", "hand-written") if layers == 1 else ()))

    def settings(self, s):
        return {**super().settings(s), **({"L": self.layers} if self.layers > 1 else {})}

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

    def weights(self, data, l):
        """W, U and the biases of layer l."""
        return [data[self.prefix(l) + name] for name in ("W", "U", *self.biases)]

    def step(self, f, a, product, h, c, d):
        """h and c of a step of N rows: a has W x + b as [G][N][H]; product(h, gates) is U h of these gates."""
        i, forget, g, o = a + product(h, slice(None))
        c = c * f.sigmoid(forget) + f.tanh(g) * f.sigmoid(i)
        return f.tanh(c) * f.sigmoid(o), c

    def layers_of(self, f, data, s, recur):
        """All layers; recur(step, start, rows) runs a step over rows of a."""
        y = data["x"]
        for l in range(self.layers):
            W, U, b, *d = self.weights(data, l)
            a = f.moved((y @ W.reshape(-1, W.shape[2]).T).reshape(*y.shape[:2], *b.shape)) + b[:, None]
            product = lambda h, gates, U=U: h @ U[gates].swapaxes(-1, -2)
            step = lambda carry, a_t, d=d, product=product: self.step(f, a_t, product, *carry, *(e[:, None] for e in d or [b]))
            y = recur(step, (f.zeros((s["N"], s["H"])),) * 2, a)
        return y

    def reference(self, data, s):
        def recur(step, carry, rows):
            result = []
            for row in rows:
                carry = step(carry, row)
                result.append(carry[0])
            return np.stack(result)
        return self.layers_of(Numpy, doubles(data), s, recur)

    def scan(self, job, data):
        import jax

        def recur(step, carry, rows):
            def one(carry, row):
                carry = step(carry, row)
                return carry, carry[0]
            return jax.lax.scan(one, carry, rows)[1]
        return jitted(job, data, lambda d: self.layers_of(Jax, d, job, recur))

    def numpy(self, job, data):
        """Nothing is allocated in a step. One tanh serves all gates: sigmoid(a) = tanh(a / 2) / 2 + 1 / 2."""
        N, H, x = job["N"], job["H"], data["x"]
        W, U, b = self.weights(data, 0)
        half = np.repeat(np.float32([.5, .5, 1, .5]), H)
        W, U, b = ((v.reshape(4 * H, -1) * half[:, None]).T.copy() for v in (W, U, b))
        shift = np.repeat(np.float32([.5, .5, 0, .5]), H)
        xw, a, y = np.empty((len(x), N, 4 * H), "f4"), np.empty((N, 4 * H), "f4"), np.empty((len(x), N, H), "f4")
        i, forget, g, o = (a[:, k * H:(k + 1) * H] for k in range(4))
        c, zero = np.empty((N, H), "f4"), np.zeros((N, H), "f4")

        def call():
            np.matmul(x.reshape(-1, x.shape[2]), W, out=xw.reshape(-1, 4 * H))
            np.add(xw, b, out=xw)
            h = zero
            c.fill(0)
            for xw_t, y_t in zip(xw, y):
                np.matmul(h, U, out=a)
                np.add(a, xw_t, out=a)
                np.tanh(a, out=a)
                np.multiply(a, half, out=a)
                np.add(a, shift, out=a)
                np.multiply(c, forget, out=c)
                np.multiply(i, g, out=i)
                np.add(c, i, out=c)
                np.tanh(c, out=y_t)
                h = np.multiply(y_t, o, out=y_t)
        return call, lambda: y

    def numba(self, job, data):
        """The products of x by NumPy's dot, all else in loops that LLVM vectorises."""
        import numba
        H, x = job["H"], data["x"]
        W, U, b = self.weights(data, 0)
        W, U, b = (np.ascontiguousarray(v.reshape(4 * H, -1).T) for v in (W, U, b))
        y = np.empty((*x.shape[:2], H), "f4")

        @numba.njit(fastmath=True)
        def run(x, W, U, b, y):
            T, N, H = y.shape
            one = np.float32(1)
            a, c = np.dot(x.reshape(T * N, -1), W) + b, np.zeros((N, H), np.float32)
            for t in range(T):
                for n in range(N):
                    s = a[t * N + n]
                    if t:
                        for j in range(H):
                            h = y[t - 1, n, j]
                            for i in range(4 * H):
                                s[i] += U[j, i] * h
                    for i in range(H):
                        c[n, i] = c[n, i] / (one + np.exp(-s[H + i])) + np.tanh(s[2 * H + i]) / (one + np.exp(-s[i]))
                        y[t, n, i] = np.tanh(c[n, i]) / (one + np.exp(-s[3 * H + i]))
        return lambda: run(x, W, U, b, y), lambda: y

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
            nodes.append(helper.make_node(self.onnx_op, inputs, outputs, hidden_size=H, **self.onnx_options))
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


class GruAfter(Lstm):
    """torch's: the reset gate after the product, and so with a bias of its own."""
    gates, biases, carried, onednn = 3, ("b", "d"), ("h",), "gru_after"
    onnx_order, onnx_op, onnx_options = [1, 0, 2], "GRU", {"linear_before_reset": 1}        # ours is r z g; ONNX has z r h

    def __init__(self):
        super().__init__()
        self.model, self.peers = "gru_after", ("torch", "onnxruntime", "onednn", "jax lax.scan")

    def step(self, f, a, product, h, c, d):
        u = product(h, slice(None)) + d
        r, z = f.sigmoid(a[0] + u[0]), f.sigmoid(a[1] + u[1])
        return z * h + (1 - z) * f.tanh(a[2] + r * u[2]), c


class Gru(GruAfter):
    """The reset gate before the product, so that a step has two products one after the other."""
    biases, onednn, onnx_options = ("b",), "gru", {"linear_before_reset": 0}

    def __init__(self):
        super().__init__()
        self.model, self.peers = "gru", ("onnxruntime", "onednn", "jax lax.scan")

    def step(self, f, a, product, h, c, d):
        r, z = f.sigmoid(a[:2] + product(h, slice(2)))
        return z * h + (1 - z) * f.tanh(a[2] + product(r * h, 2)), c


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


class Own(Work):
    """What the works below share: step(xp, weights, products of this step, carry) is one text for NumPy, torch and JAX."""
    peers, T, bound = ("torch eager", "torch.compile", "jax lax.scan"), 128, staticmethod(steps_bound)

    def multiply_adds(self, s):
        return s["T"] * s["N"] * self.gates * s["H"] * (s["X"] + s["H"])

    def loop(self, functions, d, s, stack):
        p, carry, rows = self.products(functions, d), self.start(functions, s), []
        for t in range(s["T"]):
            carry, h = self.step(functions, d, p[t], carry)
            rows.append(h)
        return stack(rows)

    def reference(self, data, s):
        return self.loop(Numpy, doubles(data), s, np.stack)

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
    moved = staticmethod(lambda a: a.transpose(0, 2, 1, 3))
    mean = staticmethod(lambda a, axes: a.mean(axes, keepdims=True))
    before = staticmethod(lambda a: np.concatenate([np.zeros_like(a[:1]), a[:-1]]))


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

    moved, mean = Numpy.moved, Numpy.mean

    @staticmethod
    def before(a):
        import jax
        return jax.numpy.concatenate([jax.numpy.zeros_like(a[:1]), a[:-1]])

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


# ---- linear recurrences, alone and in layers whose products need no state ----

class Linear(Work):
    """h = a h' + b, element by element: what scans are about. layer(f, data, recur) is all of it; recur(a, b) is h."""
    model, T = "linear", 65536
    peers = ("jax lax.scan", "jax associative_scan", "numba", "triad")

    def layer(self, f, d, recur):
        return recur(d["a"], d["b"])

    def bound(self, s):
        """Each rounding dies away by 0.9 a step: 3 of them a step, ten steps' worth, of values up to 10; scans double it."""
        return 2 * 3 * 10 * 10 * EPS

    def settings(self, s):
        return {"H": s["H"]}

    def multiply_adds(self, s):
        return s["T"] * s["N"] * s["H"]

    def data(self, s, random):
        shape = (s["T"], s["N"], s["H"])
        return {"a": .1 + .8 * random.random(shape, "f4"), "b": 2 * random.random(shape, "f4") - 1}

    def reference(self, data, s):
        def recur(a, b):
            h, rows = np.zeros(a.shape[1:]), np.empty(a.shape)
            for t in range(len(a)):
                rows[t] = h = a[t] * h + b[t]
            return rows
        return self.layer(Numpy, data if self.model == "linear" else doubles(data), recur)

    def scan(self, job, data):
        import jax

        def step(h, ab):
            h = ab[0] * h + ab[1]
            return h, h
        recur = lambda a, b: jax.lax.scan(step, jax.numpy.zeros_like(b[0]), (a, b))[1]
        return jitted(job, data, lambda d: self.layer(Jax, d, recur))

    def associative(self, job, data):
        import jax
        join = lambda l, r: (l[0] * r[0], r[0] * l[1] + r[1])
        recur = lambda a, b: jax.lax.associative_scan(join, (a, b))[1]
        return jitted(job, data, lambda d: self.layer(Jax, d, recur))

    def numba(self, job, data):
        """Vectorised over units; threads take a share of them, where there are enough."""
        import numba
        a, b = (data[name].reshape(job["T"], -1) for name in ("a", "b"))
        y, threads = np.empty_like(a), job["threads"] if a.shape[1] >= 16 * job["threads"] else 1

        @numba.njit(fastmath=True, parallel=threads > 1)
        def run(a, b, y):
            T, H = a.shape
            for k in numba.prange(threads):
                low, high = H * k // threads, H * (k + 1) // threads
                h = np.zeros(high - low, np.float32)
                for t in range(T):
                    for i in range(low, high):
                        h[i - low] = a[t, i] * h[i - low] + b[t, i]
                        y[t, i] = h[i - low]
        return lambda: run(a, b, y), lambda: y


class Sru(Linear):
    """One layer over a first product. v is 0, so that peers may take a scan, too: rnngen's model has it, and computes with it."""
    model, peers = "sru", ("jax lax.scan", "jax associative_scan")

    def bound(self, s):
        return 16 * sum_bound(s)

    def settings(self, s):
        return {"X": s["X"], "H": s["H"], "L": 1}

    def multiply_adds(self, s):
        return s["T"] * s["N"] * s["H"] * (s["X"] + 3 * s["H"])

    def data(self, s, random):
        X, H, r = s["X"], s["H"], 1 / np.sqrt(s["H"])
        return {"x": random.uniform(-1, 1, (s["T"], s["N"], X)), "W": random.uniform(-r, r, (H, X)),
                "layer1.W": random.uniform(-r, r, (3, H, H)), "layer1.v": np.zeros((2, H)), "layer1.b": random.uniform(-r, r, (2, H))}

    def layer(self, f, d, recur):
        p = d["x"] @ d["W"].T
        u = [p @ W.T for W in d["layer1.W"]]
        forget, r = (f.sigmoid(u[k + 1] + d["layer1.b"][k]) for k in range(2))
        return r * recur(forget, (1 - forget) * u[0]) + (1 - r) * p


class GilrLstm(Sru):
    model = "gilr_lstm"

    def settings(self, s):
        return Work.settings(self, s)

    def multiply_adds(self, s):
        return s["T"] * s["N"] * s["H"] * (6 * s["X"] + 4 * s["H"])

    def data(self, s, random):
        X, H, r = s["X"], s["H"], 1 / np.sqrt(s["H"])
        return {"x": random.uniform(-1, 1, (s["T"], s["N"], X)), "V_p": random.uniform(-r, r, (2, H, X)),
                "b_p": random.uniform(-r, r, (2, H)), "U": random.uniform(-r, r, (4, H, H)), "V": random.uniform(-r, r, (4, H, X)),
                "b": random.uniform(-r, r, (4, H))}

    def layer(self, f, d, recur):
        x, (g, j) = d["x"], (d["x"] @ V.T + b for V, b in zip(d["V_p"], d["b_p"]))
        g = f.sigmoid(g)
        p = f.before(recur(g, (1 - g) * f.tanh(j)))
        forget, i, o, z = (x @ V.T + p @ U.T + b for V, U, b in zip(d["V"], d["U"], d["b"]))
        return f.sigmoid(o) * recur(f.sigmoid(forget), f.sigmoid(i) * f.tanh(z))


# ---- a product of matrices ----

class Matmul(Work):
    """C[M][N] = A[M][K] B[K][N]; a size is "MxKxN". All operands are inputs, so that a call packs what it wants packed."""
    model, peers = "matmul", ("torch", "jax", "numpy")

    def shape(self, size, step):
        return dict(zip("MKN", map(int, size.split("x"))))

    def dims(self, s):
        return {"M": s["M"]}

    def settings(self, s):
        return {"K": s["K"], "N": s["N"]}

    def bound(self, s):
        return 4 * np.sqrt(s["K"]) * EPS * np.sqrt(s["K"])

    def multiply_adds(self, s):
        return s["M"] * s["K"] * s["N"]

    def data(self, s, random):
        return {"A": random.uniform(-1, 1, (s["M"], s["K"])), "B": random.uniform(-1, 1, (s["K"], s["N"]))}

    def reference(self, data, s):
        return doubles(data)["A"] @ doubles(data)["B"]

    def numpy(self, job, data):
        C = np.empty((job["M"], job["N"]), "f4")
        return lambda: np.matmul(data["A"], data["B"], out=C), lambda: C

    def torch(self, job, data):
        return eager(job, data, lambda d: d["A"] @ d["B"])

    def jax(self, job, data):
        return jitted(job, data, lambda d: d["A"] @ d["B"])


WORKS = {"lstm": Lstm(), "gru": Gru(), "gru-after": GruAfter(), "lstm-4-layers": Lstm(4), "lstm-8-layers": Lstm(8), "ligru": LiGru(),
         "lstm-layer-norm": LstmLayerNorm(), "linear": Linear(), "sru": Sru(), "gilr-lstm": GilrLstm(), "matmul": Matmul()}


def open_peer(job, data):
    """The peer that job["kind"] names, of the work job["work"]."""
    method = {"torch eager": "eager", "torch.compile": "compiled", "jax lax.scan": "scan", "jax associative_scan": "associative"}
    return getattr(WORKS[job["work"]], method.get(job["kind"], job["kind"]))(job, data)
