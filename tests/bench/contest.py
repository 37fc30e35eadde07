"""Contestants of a measurement: each lives in a process of its own, with its own OpenMP and its own defaults.

One runs at a time. A round gives each a turn of a few calls; before each turn all others have been idle for PAUSE seconds, longer than
their threads spin (ONNX Runtime's go on for tens of milliseconds, at the cost of whoever comes next; libomp's 200 ms are cut by
KMP_BLOCKTIME). A turn begins with untimed calls that wake the threads. Figures are medians over the rounds; ratios compare medians of
the same rounds. Calls go through ctypes, IO binding, nn.Module or a jitted function: 1 to 10 microseconds of Python belong to each.
"""
import ctypes
import json
import mmap
import os
import subprocess
import sys
import time

import numpy as np

PAUSE = 0.150
KMP_BLOCKTIME_MS = "5"


# ---- rnngen: a library through runtime/rnn_model.h ----

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


kept = []                       # whatever pointers point to lives as long as the process


def buffer(size, huge_pages):
    """Address of zeroed memory, aligned to 2 MiB."""
    align = 2 << 20
    size = -(-max(size, 1) // align) * align
    memory = mmap.mmap(-1, size + align)
    if huge_pages:
        memory.madvise(mmap.MADV_HUGEPAGE)
    view = ctypes.c_char.from_buffer(memory)
    kept.append((memory, view))
    return -(-ctypes.addressof(view) // align) * align


def floats(shape, huge_pages):
    address = buffer(4 * int(np.prod(shape)), huge_pages)
    return np.ctypeslib.as_array((ctypes.c_float * int(np.prod(shape))).from_address(address)).reshape(shape)


def open_library(job, data):
    model = Model.in_dll(ctypes.CDLL(job["library"]), job["symbol"])
    if model.abi != 2:
        raise SystemExit(f"peers: {job['library']} has ABI {model.abi}, expected 2")
    dims = (ctypes.c_int64 * model.dims)(*[job[model.dim[d].decode()] for d in range(model.dims)])
    sizes = [job[model.dim[d].decode()] for d in range(model.dims)]

    def memory(tensors, count):
        return [floats([e if e >= 0 else sizes[-1 - e] for e in tensors[q].shape[:tensors[q].rank]], job["huge_pages"])
                for q in range(count)]

    def pointers(arrays):
        return (ctypes.c_void_p * max(1, len(arrays)))(*[a.ctypes.data for a in arrays])

    params = [np.ascontiguousarray(data[model.param[q].name.decode()]) for q in range(model.params)]
    inputs, outputs = memory(model.input, model.inputs), memory(model.output, model.outputs)
    states = memory(model.state, model.states)
    for q, array in enumerate(inputs):
        array[...] = data[model.input[q].name.decode()]
    weights = buffer(model.weights_size(), job["huge_pages"])
    workspace = buffer(model.workspace_size(dims), job["huge_pages"])
    status = model.weights_pack(weights, pointers(params))
    if status:
        raise SystemExit(f"peers: weights_pack returned {status}")
    # Converted once: ctypes would spend 2 us a call on it, a third of what a small LSTM takes.
    run = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.cast(model.run, ctypes.c_void_p).value)
    arrays = [pointers(inputs), pointers(outputs), pointers(states) if job["step"] else None]
    arguments = [ctypes.cast(a, ctypes.c_void_p) for a in (weights, dims, *arrays, workspace)]
    kept.append((params, inputs, outputs, states, arrays, dims))

    def call():
        if run(*arguments):
            raise SystemExit("peers: run failed")
    return call, lambda: outputs[0]


# ---- processes ----

def worker(job, openers):
    """Answers lines on stdin: 'check FILE' stores the result; 'turn CALLS' prints seconds a call."""
    data = dict(np.load(job["data"]))
    call, result = openers[job["kind"]](job, data)
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
    def __init__(self, name, script, job):
        self.name, self.seconds = name, []
        threads = str(job["threads"])
        env = dict(os.environ, OMP_NUM_THREADS=threads, KMP_BLOCKTIME=KMP_BLOCKTIME_MS, MKL_NUM_THREADS=threads,
                   OPENBLAS_NUM_THREADS="1", JAX_PLATFORMS="cpu",
                   THP_MEM_ALLOC_ENABLE=str(int(job["huge_pages"])))    # PyTorch's own switch for huge pages
        cores = sorted(os.sched_getaffinity(0))[:job["threads"]]        # what XLA counts to size its pool
        self.process = subprocess.Popen([sys.executable, script, "--worker", json.dumps(job)], env=env, text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        preexec_fn=(lambda: os.sched_setaffinity(0, cores)) if "jax" in job["kind"] else None)
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


def take_turns(contestants, rounds, turn):
    """Fills the seconds of each: a median-worthy list, one figure a round. turn: seconds that a turn should last."""
    calls = {}
    for one in contestants:
        time.sleep(PAUSE)
        once = float(one.ask("turn", 2))
        calls[one.name] = max(2, min(20000, int(turn / once)))
    turns = list(contestants)
    for _ in range(rounds):
        turns.append(turns.pop(0))                  # nobody always follows the same
        for one in turns:
            time.sleep(PAUSE)
            one.seconds.append(float(one.ask("turn", calls[one.name])))
