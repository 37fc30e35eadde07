#!/usr/bin/env python3
"""Measures rnngen beside PyTorch, ONNX Runtime, oneDNN, JAX, NumPy and numba, on the same data, in turns (contest.py).

    peers.py --work lstm,gru-after --sizes 16,64 --threads 1,2 --json FILE --plot DIR
    peers.py --figures --kept FILE          all that figures.py lists; what FILE has is not measured again

Most works (works.py) have sizes "H", "TxH" or "TxNxH"; --step: one step a call. Results are compared with a float64 evaluation first.
rnngen takes part with each schedule that it ships for so many sequences, and with its own by rule; the best one counts, by name.
Peers that are not there, or give other results, are left out and named.
"""
import argparse
import ctypes
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np

import contest
import figures
from works import WORKS, open_peer

ROOT = pathlib.Path(__file__).resolve().parents[2]
SIZES = {"lstm-4-layers": "256", "lstm-8-layers": "256", "ligru": "128", "lstm-layer-norm": "128", "sru": "65536x128",
         "gilr-lstm": "65536x128", "matmul": "1000x1000x1000,10000x1000x1000", "linear": "65536x128,524288x128,1000000x8,1000000x1"}
USUAL = "16,32,64,128,256,512,1024,50x16x512,50x64x512"


# ---- libraries ----

def left_out(peer, why):
    print(f"peers: {peer} {why}, left out", file=sys.stderr, flush=True)


def compile_c(options, source, out, *flags):
    subprocess.run([options.cc, "-std=c11", "-O3", "-shared", "-fPIC", "-Iruntime", f"tests/bench/{source}", *flags[:-1], "-o", str(out),
                    *flags[-1:]], cwd=ROOT, check=True)
    return str(out)


def has(options, header):
    return subprocess.run([options.cc, "-E", "-x", "c", "-"], input=f"#include <{header}>", text=True, capture_output=True).returncode == 0


def has_avx2():
    try:
        flags = pathlib.Path("/proc/cpuinfo").read_text()
    except OSError:
        return False
    return " avx2" in flags and " fma" in flags


def build_peer(options, peer, work, s, step, folder):
    """A peer that is a library with rnngen's interface, as part of its job; None where this machine has not what it needs."""
    out = folder / f"{peer}.so"
    if peer == "onednn":
        if not has(options, "oneapi/dnnl/dnnl.h"):
            return None
        sizes = ",".join(f"{name}={value}" for name, value in {**s, "L": work.layers}.items())
        compile_c(options, "onednn.c", out, f"-DCELL={work.onednn}", f"-DSIZES={sizes}", "-ldnnl")
    elif peer == "triad":
        compile_c(options, "triad.c", out, f"-DH={s['H']}", "-fopenmp")
    elif not has_avx2() or s["H"] % 16 or step:
        return None
    else:
        compile_c(options, "probe_lstm_avx2.c", out, "-mavx2", "-mfma", f"-DX={s['X']}", f"-DH={s['H']}", "-fopenmp")
    return {"kind": "library", "library": str(out), "symbol": {"hand-written": "lstm_model"}.get(peer, f"{peer}_model")}


LIBRARIES = ("onednn", "triad", "hand-written")


def schedules_of(options, work, s):
    """Files by name; none is the rule."""
    if options.schedule:
        return {pathlib.Path(one).stem: [] if one == "rule" else [one] for one in options.schedule.split(",")}
    N = work.dims(s).get("N")
    other = N and ("small-batch" if N > 4 else "large-batch")
    files = sorted((ROOT / "schedules").glob(f"{work.model}.*.lua"))
    return {"rule": [], **{file.stem.split(".", 1)[1]: [str(file)] for file in files if file.stem.split(".", 1)[1] != other}}


def takes(library, symbol, dims):
    """A schedule may be for some sizes only (m:bound): then the library says that it needs no memory for others."""
    model = contest.Model.in_dll(ctypes.CDLL(library), symbol)
    return model.workspace_size((ctypes.c_int64 * model.dims)(*[dims[model.dim[d].decode()] for d in range(model.dims)])) > 0


def sets(values):
    return [word for name, value in values.items() for word in ("--set", f"{name}={value}")]


def build_rnngen(options, work, s, folder):
    """Libraries by schedule, each with the seconds from Lua to a library that is loaded. A schedule may refuse a size."""
    built = {}
    for name, schedule in schedules_of(options, work, s).items():
        words = [options.rnngen, f"models/{work.model}.lua", *schedule, *sets(work.settings(s)), "-o", str(folder / name), "--build"]
        begin = time.perf_counter()
        if subprocess.run(words, cwd=ROOT, env=dict(os.environ, CC=options.cc), stdout=subprocess.DEVNULL).returncode:
            left_out(f"the schedule {name}", "is refused")
            continue
        library = str(folder / name / f"{work.model}.so")
        symbol = f"{work.model}_model"
        if not takes(library, symbol, work.dims(s)):
            left_out(f"the schedule {name}", "is for other sizes")
            continue
        built[f"rnngen, {name}"] = {"kind": "library", "library": library, "symbol": symbol, "schedule": schedule,
                                    "build_s": time.perf_counter() - begin}
    if not built:
        raise SystemExit(f"peers: {work.model} has no schedule that takes these sizes")
    return built


def start_limit(options, work, s, threads, schedule):
    """rnngen bench, which counts the work and knows what the machine can do; its own times are of no interest."""
    words = sets({**work.settings(s), **work.dims(s)}) + (["--machine", options.machine] if options.machine else [])
    return subprocess.Popen([options.rnngen, "bench", f"models/{work.model}.lua", *schedule, *words, "--threads", str(threads),
                             "--seconds", "0.001", "--json"], cwd=ROOT, env=dict(os.environ, CC=options.cc), stdout=subprocess.PIPE)


# ---- one row ----

def wanted(options, work, peers):
    chosen = options.peers.split(",") if options.peers else peers
    return [peer for peer in work.peers if (peer in chosen if chosen is not None else peer != "torch.compile")]


def check(contestants, expected, bound, folder):
    """Those whose results are right, with their errors. Ours have to be."""
    errors = {}
    for one in contestants:
        result = one.check(folder / "result.npy") if one.ready() else None
        if one.name == "triad" and result is not None:
            errors[one] = 0.
        elif result is not None:
            errors[one] = float(np.max(np.abs(result.reshape(expected.shape) - expected)))
        if not errors.get(one, np.inf) <= bound:
            said = f"differs by {errors.pop(one):.2g}, bound {bound:.2g}" if one in errors else "ended early"
            if one.name.startswith("rnngen"):
                raise SystemExit(f"peers: {one.name} {said}")
            left_out(one.name, said)
            one.close()
    return errors


def measure(options, name, size, step, all_threads, peers=None):
    """Rows of a work and a size, one for each number of threads. peers: names; None: all but torch.compile, which takes minutes."""
    work = WORKS[name]
    s = work.shape(size, step)
    if not (ROOT / f"models/{work.model}.lua").exists():
        return print(f"peers: there is no models/{work.model}.lua", file=sys.stderr)
    data = {key: value.astype(np.float32) for key, value in work.data(s, np.random.default_rng(1)).items()}
    steps = {**data, "x": np.repeat(data["x"], contest.CHECKED_STEPS, 0)} if step else data
    expected, bound = work.reference(steps, s)[-1 if step else None:], work.bound(s) * (contest.CHECKED_STEPS if step else 1)
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        np.savez(folder / "data.npz", **data)
        del data, steps
        common = {**s, "work": name, "layers": work.layers, "data": str(folder / "data.npz"), "step": step,
                  "huge_pages": options.huge_pages, "cpu_time": options.cpu_time,
                  "repeat": compile_c(options, "repeat.c", folder / "repeat.so", "-O2")}
        jobs = build_rnngen(options, work, s, folder)
        for peer in wanted(options, work, peers):
            jobs[peer] = build_peer(options, peer, work, s, step, folder) if peer in LIBRARIES else {"kind": peer}
            if not jobs[peer]:
                left_out(peer, "is not to be had here")
                del jobs[peer]
        for threads in all_threads:
            limit = start_limit(options, work, s, threads, next(iter(jobs.values()))["schedule"])
            contestants = [contest.Contestant(peer, __file__, {**common, **job, "threads": threads}) for peer, job in jobs.items()]
            errors = check(contestants, expected, bound, folder)
            limit = limit.communicate()[0]
            contest.take_turns(list(errors), options.rounds, options.seconds, options.turn)
            row = {"work": name, "size": size, **s, "step": step, "threads": threads, "cpu_time": options.cpu_time, "bound": bound,
                   "multiply_adds": work.multiply_adds(s), "limit_us": json.loads(limit).get("limit_us") if limit else None}
            yield {**row, **result_of(errors, jobs, row)}


def result_of(errors, jobs, row):
    """Figures of the contestants, by name; `best` is our best schedule, to whose time ratios relate."""
    medians = {one.name: statistics.median(one.seconds) for one in errors}
    best = min((name for name in medians if name.startswith("rnngen")), key=medians.get)
    figures_of = {}
    for one, error in errors.items():
        one.close()
        figures_of[one.name] = {
            "median_us": medians[one.name] * 1e6, "min_us": min(one.seconds) * 1e6, "rounds": len(one.seconds),
            "gflops": 2 * row["multiply_adds"] / medians[one.name] / 1e9, "error": error, "ratio": medians[one.name] / medians[best],
            "first_s": one.first, "build_s": jobs[one.name].get("build_s")}
    return {"best": best, "of_limit": row["limit_us"] and row["limit_us"] / medians[best] / 1e6, "contestants": figures_of}


def print_row(row):
    cells = [f"{row['work']:>15}{' step' if row['step'] else ''} {row['size']:>10} {row['threads']}"]
    for name, one in sorted(row["contestants"].items(), key=lambda item: item[1]["ratio"]):
        cells.append(f"{name} {one['median_us']:.4g} (min {one['min_us']:.4g}, {one['gflops']:.3g} GF/s) x{one['ratio']:.2f}")
    if row["of_limit"]:
        cells.append(f"{row['of_limit']:.0%} of the limit")
    print(" | ".join(cells), flush=True)


# ---- all rows ----

class Rows:
    """Rows that are finished, in a file, too, a line each, where one is given: what it has is not measured again."""
    def __init__(self, file, cpu_time):
        self.file, self.cpu_time = file, cpu_time
        self.rows = [json.loads(line) for line in file.read_text().splitlines()] if file and file.exists() else []

    def find(self, work, size, step, threads, peers):
        key = {"work": work, "size": size, "step": step, "threads": threads, "peers": peers, "cpu_time": self.cpu_time}
        for row in self.rows:
            if key.items() <= row.items():
                return row

    def get(self, options, work, size, step, all_threads, peers=None):
        """Rows, measured where they are not there."""
        missing = [threads for threads in all_threads if not self.find(work, size, step, threads, peers)]
        for row in measure(options, work, size, step, missing, peers) if missing else ():
            self.rows.append({**row, "peers": peers})
            print_row(row)
            if self.file:
                with self.file.open("a") as out:
                    out.write(json.dumps(self.rows[-1]) + "\n")
        return [self.find(work, size, step, threads, peers) for threads in all_threads]


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", default="lstm", help=f"of {', '.join(WORKS)}; or all")
    parser.add_argument("--sizes", help="default: the work's own")
    parser.add_argument("--threads", default=",".join(map(str, figures.counts_of_threads())),
                        help="numbers of threads; default: powers of two, and all cores")
    parser.add_argument("--step", action="store_true", help="one step a call, for lstm, gru and gru-after")
    parser.add_argument("--figures", action="store_true", help="the table of figures.py, in its order; at the end as Markdown")
    parser.add_argument("--kept", type=pathlib.Path, help="a file that keeps finished rows; rows that it has are not measured again")
    parser.add_argument("--cc", choices=("clang", "gcc"), default="clang", help="compiler of the shared libraries")
    parser.add_argument("--rnngen", type=os.path.abspath, default=ROOT / "build/release/rnngen", help="path of the rnngen program")
    parser.add_argument("--schedule", help="files, and rule; default: those shipped for so many sequences, and rule")
    parser.add_argument("--machine", type=os.path.abspath, help="what rnngen machine -o FILE kept; default: its own")
    parser.add_argument("--peers", help="default: all but torch.compile, which takes minutes to compile")
    parser.add_argument("--rounds", type=int, default=31, help="the most that a row has")
    parser.add_argument("--seconds", type=float, default=4, help="how long the rounds of a row should take; three are the least")
    parser.add_argument("--turn", type=float, default=0.05,
                        help="seconds a turn should last: after its rest a short turn would time cold caches")
    parser.add_argument("--no-huge-pages", dest="huge_pages", action="store_false",
                        help="do not ask for huge pages (asked for rnngen, libraries in C and PyTorch)")
    parser.add_argument("--cpu-time", action="store_true", help="seconds of the processor, not of the clock: on 1 thread of a busy machine")
    parser.add_argument("--json", type=pathlib.Path, help="a file for all rows and versions")
    parser.add_argument("--plot", type=pathlib.Path, help="a folder for plots")
    parser.add_argument("--worker", type=json.loads, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.cpu_time and options.threads != "1":
        parser.error("--cpu-time measures one thread: --threads 1")
    if options.figures and options.peers:
        parser.error("--figures names its peers itself")
    return options


def versions(options):
    from importlib.metadata import PackageNotFoundError, version
    found = {options.cc: subprocess.run([options.cc, "-dumpversion"], capture_output=True, text=True).stdout.strip()}
    for name in ("torch", "onnxruntime", "jax", "numpy", "numba"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            pass
    return found


def main():
    options = parse()
    if options.worker:
        return contest.worker(options.worker, open_peer)
    if not os.access(options.rnngen, os.X_OK):
        raise SystemExit(f"peers: there is no {options.rnngen}: build it (cmake --build build/release), or name it with --rnngen")
    if os.getloadavg()[0] > 0.5 and not options.cpu_time:
        print(f"peers: the machine is busy (load {os.getloadavg()[0]:.1f}): figures for more than one thread mean little",
              file=sys.stderr)
    print("microseconds a call, median (min) and x = times rnngen's | work, size, threads")
    rows = Rows(options.kept, options.cpu_time)
    if options.figures:
        figures.run(rows, options, versions(options))
    else:
        for name in WORKS if options.work == "all" else options.work.split(","):
            for size in (options.sizes or SIZES.get(name, USUAL)).split(","):
                rows.get(options, name, size, options.step, [int(n) for n in options.threads.split(",")])
    if options.plot:
        import plots                                # needs matplotlib
        plots.draw(rows.rows, options.plot)
    if options.json:
        options.json.write_text(json.dumps({"versions": versions(options), "huge_pages": options.huge_pages,
                                            "load": os.getloadavg(), "rows": rows.rows}, indent=1))


if __name__ == "__main__":
    main()
