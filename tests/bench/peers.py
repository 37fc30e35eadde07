#!/usr/bin/env python3
"""Measures rnngen's LSTM against PyTorch, ONNX Runtime and a probe written by hand, on the same data.

Every contestant lives in a process of its own, with its own OpenMP and its own defaults (PyTorch and ONNX Runtime
spin between operators as they do for any user). One runs at a time: a round gives each a turn of a few calls, and
before each turn all others have been idle for PAUSE seconds, longer than their threads spin (ONNX Runtime's go on for
tens of milliseconds, at the cost of whoever comes next; libomp's 200 ms are cut by KMP_BLOCKTIME). A turn begins with untimed calls that wake the
threads. The figure is the median over the rounds; ratios compare medians of the same rounds. Calls go through
ctypes, IO binding and nn.Module: 1 to 10 microseconds of Python belong to each.

Results are compared with a float64 evaluation first. The bound, 4 sqrt(H + X) 2^-23, is the growth of rounding in a
sum of H + X terms of random sign whose partial sums stay below 4, under gates of slope at most 1; a wrong gate
order is off by 1e-2.
"""
import argparse
import ctypes
import json
import mmap
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAUSE = 0.150
KMP_BLOCKTIME_MS = "5"


# ---- contestants: each returns call() and result(); they run in worker processes ----

class Tensor(ctypes.Structure):
    _fields_ = [("name", ctypes.c_char_p), ("type", ctypes.c_int32), ("rank", ctypes.c_int32),
                ("shape", ctypes.c_int64 * 8)]


Pointers = ctypes.POINTER(ctypes.c_void_p)
Dims = ctypes.POINTER(ctypes.c_int64)


class Model(ctypes.Structure):
    """struct rnn_model of runtime/rnn_model.h"""
    _fields_ = [("abi", ctypes.c_int32), ("name", ctypes.c_char_p), ("target", ctypes.c_char_p),
                ("dims", ctypes.c_int32), ("inputs", ctypes.c_int32), ("outputs", ctypes.c_int32),
                ("params", ctypes.c_int32), ("states", ctypes.c_int32),
                ("dim", ctypes.POINTER(ctypes.c_char_p)),
                ("input", ctypes.POINTER(Tensor)), ("output", ctypes.POINTER(Tensor)),
                ("param", ctypes.POINTER(Tensor)), ("state", ctypes.POINTER(Tensor)),
                ("weights_size", ctypes.CFUNCTYPE(ctypes.c_size_t)),
                ("weights_pack", ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, Pointers)),
                ("workspace_size", ctypes.CFUNCTYPE(ctypes.c_size_t, Dims)),
                ("run", ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, Dims, Pointers, Pointers, Pointers,
                                         ctypes.c_void_p))]


def buffer(size, huge_pages):
    """Address of zeroed memory, aligned to 2 MiB; it lives as long as the process."""
    align = 2 << 20
    size = -(-max(size, 1) // align) * align
    memory = mmap.mmap(-1, size + align)
    if huge_pages:
        memory.madvise(mmap.MADV_HUGEPAGE)
    view = ctypes.c_char.from_buffer(memory)
    buffer.kept.append((memory, view))
    return -(-ctypes.addressof(view) // align) * align


buffer.kept = []


def floats(shape, huge_pages):
    address = buffer(4 * int(np.prod(shape)), huge_pages)
    return np.ctypeslib.as_array((ctypes.c_float * int(np.prod(shape))).from_address(address)).reshape(shape)


def open_library(job, data):
    model = Model.in_dll(ctypes.CDLL(job["library"]), "lstm_model")
    if model.abi != 2:
        raise SystemExit(f"peers: {job['library']} has ABI {model.abi}, expected 2")
    T, N, H = job["T"], job["N"], job["H"]
    size = {"T": T, "N": N}
    dims = (ctypes.c_int64 * model.dims)(*[size[model.dim[d].decode()] for d in range(model.dims)])

    def pointers(names, count, arrays):
        return (ctypes.c_void_p * count)(*[arrays[names[q].name.decode()].ctypes.data for q in range(count)])

    params = {name: np.ascontiguousarray(data[name]) for name in ("W", "U", "b")}
    x, h = floats(data["x"].shape, job["huge_pages"]), floats((T, N, H), job["huge_pages"])
    x[...] = data["x"]
    inputs = pointers(model.input, model.inputs, {"x": x})
    outputs = pointers(model.output, model.outputs, {"h": h})
    weights = buffer(model.weights_size(), job["huge_pages"])
    workspace = buffer(model.workspace_size(dims), job["huge_pages"])
    status = model.weights_pack(weights, pointers(model.param, model.params, params))
    if status:
        raise SystemExit(f"peers: weights_pack returned {status}")
    open_library.kept = (params, x, h)
    # Converted once: ctypes would spend 2 us a call on it, a third of what a small LSTM takes.
    run = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.cast(model.run, ctypes.c_void_p).value)
    arguments = [ctypes.cast(a, ctypes.c_void_p) for a in (weights, dims, inputs, outputs, None, workspace)]
    open_library.kept += (dims, inputs, outputs, weights, workspace)

    def call():
        if run(*arguments):
            raise SystemExit("peers: run failed")
    return call, lambda: h


def open_torch(job, data):
    import torch
    torch.set_num_threads(job["threads"])
    lstm = torch.nn.LSTM(job["X"], job["H"]).eval()
    H = job["H"]
    with torch.no_grad():
        lstm.weight_ih_l0.copy_(torch.from_numpy(data["W"].reshape(4 * H, -1)))
        lstm.weight_hh_l0.copy_(torch.from_numpy(data["U"].reshape(4 * H, -1)))
        lstm.bias_ih_l0.copy_(torch.from_numpy(data["b"].reshape(4 * H)))
        lstm.bias_hh_l0.zero_()
    x = torch.from_numpy(data["x"])
    last = []
    open_torch.mode = torch.inference_mode()     # on for the life of the process: entering it is not measured
    open_torch.mode.__enter__()

    def call():
        last[:] = lstm(x)
    return call, lambda: last[0].numpy()


def open_onnxruntime(job, data):
    import onnx
    import onnxruntime
    from onnx import TensorProto, helper, numpy_helper
    T, N, X, H = job["T"], job["N"], job["X"], job["H"]

    def iofc(array):        # ours is i f g o; ONNX has i o f c, and c is our g
        return np.ascontiguousarray(array[[0, 3, 1, 2]].reshape(1, 4 * H, *array.shape[2:]))

    bias = np.concatenate([iofc(data["b"]), np.zeros((1, 4 * H), np.float32)], axis=1)
    node = helper.make_node("LSTM", ["x", "W", "R", "B"], ["y"], hidden_size=H)
    graph = helper.make_graph(
        [node], "lstm",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [T, N, X])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [T, 1, N, H])],
        [numpy_helper.from_array(iofc(data["W"]), "W"), numpy_helper.from_array(iofc(data["U"]), "R"),
         numpy_helper.from_array(bias, "B")])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 14)], ir_version=8)
    onnx.checker.check_model(model)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = job["threads"]
    options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    x = onnxruntime.OrtValue.ortvalue_from_numpy(np.ascontiguousarray(data["x"]))
    y = onnxruntime.OrtValue.ortvalue_from_shape_and_type([T, 1, N, H], np.float32)
    binding = session.io_binding()
    binding.bind_ortvalue_input("x", x)
    binding.bind_ortvalue_output("y", y)

    def call():
        session.run_with_iobinding(binding)
    return call, lambda: y.numpy()[:, 0]


OPEN = {"library": open_library, "torch": open_torch, "onnxruntime": open_onnxruntime}


def worker(job):
    """Answers lines on stdin: 'check FILE' stores the result; 'turn CALLS' prints seconds a call."""
    data = dict(np.load(job["data"]))
    call, result = OPEN[job["kind"]](job, data)
    print("ready", flush=True)
    for line in sys.stdin:
        order, argument = line.split()
        if order == "check":
            call()
            np.save(argument, result())
            print("done", flush=True)
        else:
            calls = int(argument)
            for _ in range(max(1, calls // 4)):
                call()
            begin = time.perf_counter()
            for _ in range(calls):
                call()
            print((time.perf_counter() - begin) / calls, flush=True)


class Contestant:
    def __init__(self, name, job):
        self.name, self.seconds = name, []
        env = dict(os.environ, OMP_NUM_THREADS=str(job["threads"]), KMP_BLOCKTIME=KMP_BLOCKTIME_MS,
                   MKL_NUM_THREADS=str(job["threads"]), OPENBLAS_NUM_THREADS="1",
                   THP_MEM_ALLOC_ENABLE=str(int(job["huge_pages"])))    # PyTorch's own switch for huge pages
        self.process = subprocess.Popen([sys.executable, __file__, "--worker", json.dumps(job)], env=env, text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.answer()

    def answer(self):
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"peers: {self.name} ended early")
        return line.strip()

    def ask(self, order, argument):
        self.process.stdin.write(f"{order} {argument}\n")
        self.process.stdin.flush()
        return self.answer()

    def close(self):
        self.process.stdin.close()
        self.process.wait()


# ---- the work ----

def make_data(T, N, X, H, path):
    random = np.random.default_rng(1)
    bound = 1 / np.sqrt(H)                       # as PyTorch initialises its own
    data = {"W": random.uniform(-bound, bound, (4, H, X)), "U": random.uniform(-bound, bound, (4, H, H)),
            "b": random.uniform(-bound, bound, (4, H)), "x": random.uniform(-1, 1, (T, N, X))}
    data = {name: array.astype(np.float32) for name, array in data.items()}
    np.savez(path, **data)
    return data


def reference(data):
    """The equations in float64."""
    W, U, b, x = (data[name].astype(np.float64) for name in ("W", "U", "b", "x"))
    T, N, H = x.shape[0], x.shape[1], b.shape[1]
    h, c, out = np.zeros((N, H)), np.zeros((N, H)), np.empty((T, N, H))
    xw = np.einsum("gik,tnk->tngi", W, x, optimize=True) + b
    U = U.reshape(4 * H, H).T
    for t in range(T):
        i, f, g, o = (xw[t] + (h @ U).reshape(N, 4, H)).transpose(1, 0, 2)
        c = c / (1 + np.exp(-f)) + np.tanh(g) / (1 + np.exp(-i))
        h = np.tanh(c) / (1 + np.exp(-o))
        out[t] = h
    return out


def has_avx2():
    try:
        flags = pathlib.Path("/proc/cpuinfo").read_text()
    except OSError:
        return False
    return " avx2" in flags and " fma" in flags


def build_probe(options, X, H, folder):
    library = folder / f"probe_{X}_{H}.so"
    subprocess.run([options.cc, "-std=c11", "-O3", "-mavx2", "-mfma", "-fopenmp", "-shared", "-fPIC", f"-DX={X}",
                    f"-DH={H}", str(ROOT / "tests/bench/probe_lstm_avx2.c"), "-o", str(library)], check=True)
    return library


def build_rnngen(options, schedule, X, H, folder):
    out = folder / f"rnngen_{pathlib.Path(schedule).stem}_{X}_{H}"
    out.mkdir(exist_ok=True)
    subprocess.run([options.rnngen, "models/lstm.lua", schedule, "--set", f"X={X}", "--set", f"H={H}",
                    "-o", str(out), "--build"], cwd=ROOT, env=dict(os.environ, CC=options.cc), check=True)
    return out / "lstm.so"


def measure(options, T, N, H, threads, folder):
    X = H
    path = folder / f"data_{T}_{N}_{H}.npz"
    data = make_data(T, N, X, H, path)
    job = {"T": T, "N": N, "X": X, "H": H, "threads": threads, "data": str(path),
           "huge_pages": options.huge_pages}
    jobs = {}
    if options.rnngen:
        schedule = options.schedule if N == 1 else options.batch_schedule
        jobs["rnngen"] = dict(job, kind="library", library=str(build_rnngen(options, schedule, X, H, folder)))
    if has_avx2() and H % 16 == 0:
        jobs["hand-written"] = dict(job, kind="library", library=str(build_probe(options, X, H, folder)))
    jobs["torch"] = dict(job, kind="torch")
    jobs["onnxruntime"] = dict(job, kind="onnxruntime")
    contestants = [Contestant(name, job) for name, job in jobs.items()]

    expected, bound, errors = reference(data), 4 * np.sqrt(H + X) * 2.0 ** -23, {}
    for one in contestants:
        result = folder / "result.npy"
        one.ask("check", result)
        errors[one.name] = float(np.max(np.abs(np.load(result) - expected)))
        if not errors[one.name] <= bound:
            raise SystemExit(f"peers: {one.name} differs by {errors[one.name]:.2g} at H={H} N={N}, bound {bound:.2g}")

    calls = {}
    for one in contestants:
        time.sleep(PAUSE)
        once = float(one.ask("turn", 2))
        calls[one.name] = max(2, min(200, int(options.turn / once)))
    turns = list(contestants)
    for _ in range(options.rounds if N == 1 else max(3, options.rounds // 3)):
        turns.append(turns.pop(0))                  # nobody always follows the same
        for one in turns:
            time.sleep(PAUSE)
            one.seconds.append(float(one.ask("turn", calls[one.name])))
    for one in contestants:
        one.close()

    ours = next((one for one in contestants if one.name in ("rnngen", "hand-written")), None)
    row = {"T": T, "N": N, "X": X, "H": H, "threads": threads, "bound": bound, "contestants": {}}
    flops = 2 * T * N * 4 * H * (X + H)
    for one in contestants:
        median = statistics.median(one.seconds)
        row["contestants"][one.name] = {
            "median_us": median * 1e6, "min_us": min(one.seconds) * 1e6, "gflops": flops / median / 1e9,
            "error": errors[one.name], "rounds": len(one.seconds),
            "ratio": median / statistics.median(ours.seconds) if ours else None,
            "ratio_of_min": min(one.seconds) / min(ours.seconds) if ours else None}
    return row


def print_row(row):
    cells = [f"{row['N']:>5} {row['H']:>4} {row['threads']:>2}"]
    for name, figures in row["contestants"].items():
        ratio = f" x{figures['ratio']:.2f}" if figures["ratio"] else ""
        cells.append(f"{name} {figures['median_us']:.1f} (min {figures['min_us']:.1f}, "
                     f"{figures['gflops']:.1f} GF/s){ratio}")
    print(" | ".join(cells), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="16,32,64,128,256,512,batch",
                        help="hidden sizes at batch 1, T=64; 'batch' is batch 64, H=512, T=50")
    parser.add_argument("--threads", default="1,2")
    parser.add_argument("--cc", choices=("clang", "gcc"), default="clang", help="compiler of the shared libraries")
    parser.add_argument("--rnngen", type=os.path.abspath, help="path of the rnngen program")
    parser.add_argument("--schedule", default="schedules/lstm.small-batch.lua")
    parser.add_argument("--batch-schedule", default="schedules/lstm.large-batch.lua")
    parser.add_argument("--rounds", type=int, default=31, help="a third of it for the large batch")
    parser.add_argument("--turn", type=float, default=0.05,
                        help="seconds a turn should last, at least two calls: after its pause a short turn would time cold caches")
    parser.add_argument("--no-huge-pages", dest="huge_pages", action="store_false",
                        help="do not ask for huge pages (asked for rnngen, the probe and PyTorch)")
    parser.add_argument("--json", type=pathlib.Path)
    parser.add_argument("--quick", action="store_true", help="7 rounds, H=32 and 128")
    parser.add_argument("--worker", type=json.loads, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        return worker(options.worker)
    if options.quick:
        options.rounds, options.sizes = 7, "32,128"

    if os.getloadavg()[0] > 0.5:
        print(f"peers: the machine is busy (load {os.getloadavg()[0]:.1f}): figures for more than one thread mean "
              "little", file=sys.stderr)
    print("microseconds a call, median (min) and x = times the first column's | batch, H, threads")
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for size in options.sizes.split(","):
            T, N, H = (50, 64, 512) if size == "batch" else (64, 1, int(size))
            for threads in map(int, options.threads.split(",")):
                rows.append(measure(options, T, N, H, threads, pathlib.Path(folder)))
                print_row(rows[-1])
    if options.json:
        from importlib.metadata import version
        options.json.write_text(json.dumps({
            "versions": {name: version(name) for name in ("torch", "onnxruntime", "onnx", "numpy")},
            "cc": options.cc, "huge_pages": options.huge_pages, "load": os.getloadavg(), "rows": rows}, indent=1))


if __name__ == "__main__":
    main()
