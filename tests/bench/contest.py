"""Contestants of a measurement: each lives in a process of its own, with its own OpenMP and its own defaults.

One runs at a time. A round gives each a turn of a few calls and then a rest, longer than its threads spin at the cost of whoever comes
next (ONNX Runtime's for 100 ms; libomp's 200 ms are cut by KMP_BLOCKTIME); a thread that is alone does not. A turn begins with untimed
calls that wake the threads. Figures are medians over the rounds; ratios compare medians of the same rounds. Libraries (rnngen's,
oneDNN, the probe) are called by C (repeat.c), the others as their users do, by IO binding, nn.Module or a jitted function: 1 to 10
microseconds of Python belong to each of their calls.
"""
import ctypes
import json
import mmap
import os
import subprocess
import sys
import time

import numpy as np

REST, REST_AFTER = 0.04, {"onnxruntime": 0.15}                          # seconds
CHECKED_STEPS = 3                       # of calls of one step, so that a result that is compared depends on states, too
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
    arrays = [pointers(inputs), pointers(outputs), pointers(states) if job["step"] else None]
    arguments = [ctypes.c_void_p(weights), dims, *arrays, ctypes.c_void_p(workspace)]
    kept.append((params, inputs, outputs, states))
    repeat = ctypes.CDLL(job["repeat"]).repeat
    repeat.restype = ctypes.c_double

    def calls(count):
        seconds = repeat(ctypes.byref(model), int(job["cpu_time"]), ctypes.c_long(count), *arguments)
        if seconds < 0:
            raise SystemExit(f"peers: run returned {seconds:.0f}")
        return seconds
    return calls, lambda: outputs[0]


# ---- processes ----

def called(job, call, result):
    """calls() and result() of a peer that Python calls: calls(count) returns seconds."""
    now = time.process_time if job["cpu_time"] else time.perf_counter

    def calls(count):
        begin = now()
        for _ in range(count):
            call()
        return now() - begin
    return calls, result


def worker(job, open_peer):
    """Answers lines on stdin: 'check FILE' stores the result and prints what the first call took; 'turn CALLS' prints seconds a call."""
    data = np.load(job["data"])
    try:
        calls, result = open_library(job, data) if job["kind"] == "library" else called(job, *open_peer(job, dict(data)))
    except ImportError as error:
        raise SystemExit(f"peers: {job['kind']}: {error}; left out")
    del data
    print("ready", flush=True)
    for line in sys.stdin:
        order, argument = line.split()
        if order == "check":
            first = calls(1)
            calls(CHECKED_STEPS - 1 if job["step"] else 0)
            np.save(argument, result())
            print(first, flush=True)
        else:
            count = int(argument)
            calls(1 if 1 < count < 4 else count // 4)
            print(calls(count) / count, flush=True)


class Contestant:
    def __init__(self, name, script, job):
        self.name, self.job, self.seconds, self.first = name, job, [], None
        self.rest = REST_AFTER.get(job["kind"], REST) if job["threads"] > 1 else 0.005
        threads = str(job["threads"])
        env = dict(os.environ, OMP_NUM_THREADS=threads, KMP_BLOCKTIME=KMP_BLOCKTIME_MS, MKL_NUM_THREADS=threads,
                   OPENBLAS_NUM_THREADS=threads, NUMBA_NUM_THREADS=threads, JAX_PLATFORMS="cpu",
                   TORCHINDUCTOR_FORCE_DISABLE_CACHES="1",              # a first call is one
                   THP_MEM_ALLOC_ENABLE=str(int(job["huge_pages"])))    # PyTorch's own switch for huge pages
        cores = sorted(os.sched_getaffinity(0))[:job["threads"]]        # what XLA counts to size its pool
        self.process = subprocess.Popen([sys.executable, script, "--worker", json.dumps(job)], env=env, text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        preexec_fn=(lambda: os.sched_setaffinity(0, cores)) if "jax" in job["kind"] else None)

    def answer(self):
        """The next line of the process; None where it ended instead."""
        return self.process.stdout.readline().strip() or None

    def ask(self, order, argument):
        self.process.stdin.write(f"{order} {argument}\n")
        self.process.stdin.flush()
        return self.answer()

    def ready(self):
        """Whether it could be opened; if not, it says why itself."""
        return self.answer() == "ready"

    def check(self, file):
        """The result of the first calls; None where the process ended."""
        answer = self.ask("check", file)
        self.first = answer and float(answer)
        return np.load(file) if answer else None

    def turn(self, count):
        """Seconds a call."""
        seconds = self.ask("turn", count)
        if not seconds:
            raise SystemExit(f"peers: {self.name} ended early")
        time.sleep(self.rest)
        return float(seconds)

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def take_turns(contestants, most, seconds, turn):
    """Fills the seconds of each: a median-worthy list, one figure a round. turn: seconds that a turn should last. There are as many
    rounds as fit into `seconds`, three at least."""
    calls, round_takes = {}, 0
    for one in contestants:
        once = max(one.turn(2), 1e-9)
        calls[one.name] = max(1, min(1000000, int(turn / once)))
        round_takes += one.rest + 1.3 * max(once, turn)
    turns = list(contestants)
    for _ in range(max(3, min(most, int(seconds / round_takes)))):
        turns.append(turns.pop(0))                  # nobody always follows the same
        for one in turns:
            one.seconds.append(one.turn(calls[one.name]))
