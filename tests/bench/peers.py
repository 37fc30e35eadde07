#!/usr/bin/env python3
"""Measures rnngen beside PyTorch, ONNX Runtime, JAX and a probe written by hand, on the same data, in turns (contest.py).

    peers.py --rnngen build/release/rnngen [--work lstm,gru] [--sizes 16,64] [--threads 1,2] [--json FILE] [--plot DIR]

Works (works.py), and what a size means: lstm, gru, T=64; "batch16" and "batch64" are T=50, H=512; "step": one step a call.
lstm-4-layers, lstm-8-layers, ligru, lstm-layer-norm, T=128. linear: "65536x128" is T x H.
Results are compared with a float64 evaluation first; the bound stands beside each work.
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

import numpy as np

import contest
from works import WORKS, open_peer

ROOT = pathlib.Path(__file__).resolve().parents[2]
SIZES = {"lstm": "16,32,64,128,256,512,1024,batch16,batch64", "gru": "16,32,64,128,256,512,1024,batch16,batch64",
         "lstm-4-layers": "256", "lstm-8-layers": "256", "ligru": "128", "lstm-layer-norm": "128",
         "linear": "65536x128,524288x128,1000000x8,1000000x1"}


def shape_of(work, size, step):
    """T, N, X, H of a size."""
    if "x" in size:
        T, H = map(int, size.split("x"))
        return {"T": T, "N": 1, "X": H, "H": H}
    if size.startswith("batch"):
        return {"T": 50, "N": int(size[5:]), "X": 512, "H": 512}
    T = 1 if step else 64 if work in ("lstm", "gru") else 128
    return {"T": T, "N": 1, "X": int(size), "H": int(size)}


def schedule_of(options, work, s):
    if options.schedule:
        return [] if options.schedule == "rule" else [options.schedule]
    kind = "scan" if work.model == "linear" else "large-batch" if s["N"] > 4 else "small-batch"
    return [f"schedules/{work.model}.{kind}.lua"]


def has_avx2():
    try:
        flags = pathlib.Path("/proc/cpuinfo").read_text()
    except OSError:
        return False
    return " avx2" in flags and " fma" in flags


def build_probe(options, s, folder):
    library = folder / f"probe_{s['X']}_{s['H']}.so"
    subprocess.run([options.cc, "-std=c11", "-O3", "-mavx2", "-mfma", "-fopenmp", "-shared", "-fPIC", f"-DX={s['X']}",
                    f"-DH={s['H']}", str(ROOT / "tests/bench/probe_lstm_avx2.c"), "-o", str(library)], check=True)
    return library


def build_rnngen(options, work, s, folder):
    settings = work.settings(s)
    out = folder / "_".join([work.model, str(s["N"] > 4), *map(str, settings.values())])
    sets = [word for name, value in settings.items() for word in ("--set", f"{name}={value}")]
    subprocess.run([options.rnngen, f"models/{work.model}.lua", *schedule_of(options, work, s), *sets, "-o", str(out), "--build"],
                   cwd=ROOT, env=dict(os.environ, CC=options.cc), check=True, stdout=subprocess.DEVNULL)
    return out / f"{work.model}.so"


def measure(options, name, size, threads, folder):
    work, s = WORKS[name], shape_of(name, size, options.step)
    path = folder / "data.npz"
    data = {key: value.astype(np.float32) for key, value in work.data(s, np.random.default_rng(1)).items()}
    np.savez(path, **data)
    job = {**s, "work": name, "layers": work.layers, "threads": threads, "data": str(path), "step": options.step,
           "huge_pages": options.huge_pages}
    library = {"kind": "library", "symbol": f"{work.model}_model"}
    jobs = {"rnngen": {**job, **library, "library": str(build_rnngen(options, work, s, folder))}}
    if work.model == "lstm" and has_avx2() and s["H"] % 16 == 0 and not options.step:
        jobs["hand-written"] = {**job, **library, "library": str(build_probe(options, s, folder))}
    for peer in work.peers:
        if options.peers is None and peer != "torch.compile" or options.peers and peer in options.peers.split(","):
            jobs[peer] = {**job, "kind": peer}
    contestants = [contest.Contestant(peer, __file__, one) for peer, one in jobs.items()]

    expected = work.reference({key: value.astype(np.float64) for key, value in data.items()}, s)
    bound, errors = work.bound(s), {}
    for one in contestants:
        result = folder / "result.npy"
        one.ask("check", result)
        errors[one.name] = float(np.max(np.abs(np.load(result).reshape(expected.shape) - expected)))
        if not errors[one.name] <= bound:
            raise SystemExit(f"peers: {one.name} differs by {errors[one.name]:.2g} at {name} {size}, bound {bound:.2g}")
    contest.take_turns(contestants, options.rounds if s["N"] == 1 else max(3, options.rounds // 3), options.turn)
    for one in contestants:
        one.close()

    ours = contestants[0]
    row = {"work": name, "size": size, **s, "step": options.step, "threads": threads, "bound": bound, "contestants": {}}
    for one in contestants:
        median = statistics.median(one.seconds)
        row["contestants"][one.name] = {
            "median_us": median * 1e6, "min_us": min(one.seconds) * 1e6, "gflops": 2 * work.multiply_adds(s) / median / 1e9,
            "error": errors[one.name], "rounds": len(one.seconds), "ratio": median / statistics.median(ours.seconds),
            "ratio_of_min": min(one.seconds) / min(ours.seconds)}
    return row


def print_row(row):
    cells = [f"{row['work']:>16}{' step' if row['step'] else ''} {row['size']:>10} {row['threads']}"]
    for name, figures in row["contestants"].items():
        cells.append(f"{name} {figures['median_us']:.1f} (min {figures['min_us']:.1f}, {figures['gflops']:.1f} GF/s) "
                     f"x{figures['ratio']:.2f}")
    print(" | ".join(cells), flush=True)


def plot(rows, folder):
    """NAME.png for each work: times a peer takes for each time of ours, by size; a line for each peer and number of threads."""
    import matplotlib
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt
    folder.mkdir(parents=True, exist_ok=True)
    for work in dict.fromkeys(row["work"] for row in rows):
        mine = [row for row in rows if row["work"] == work]
        sizes = list(dict.fromkeys(row["size"] for row in mine))
        figure, axes = plt.subplots(figsize=(7, 4))
        for threads, dash in zip(sorted({row["threads"] for row in mine}), ("-", "--", ":", "-.")):
            for k, peer in enumerate(dict.fromkeys(p for row in mine for p in row["contestants"] if p != "rnngen")):
                points = [(sizes.index(row["size"]), row["contestants"][peer]["ratio"]) for row in mine
                          if row["threads"] == threads and peer in row["contestants"]]
                if points:
                    axes.plot(*zip(*points), dash, color=f"C{k}", marker="o", label=f"{peer}, {threads} thread{'s' * (threads > 1)}")
        axes.axhline(1, color="black", linewidth=1)
        axes.set_xticks(range(len(sizes)), sizes)
        axes.set(yscale="log", xlabel="size", ylabel="time over rnngen's", title=work)
        axes.legend(fontsize="small")
        figure.tight_layout()
        figure.savefig(folder / f"{work}.png", dpi=120)
        plt.close(figure)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", default="lstm", help=f"of {', '.join(WORKS)}; or all")
    parser.add_argument("--sizes", help="default: those of the work")
    parser.add_argument("--step", action="store_true", help="lstm and gru: one step a call, going on from the last")
    parser.add_argument("--threads", default="1,2")
    parser.add_argument("--cc", choices=("clang", "gcc"), default="clang", help="compiler of the shared libraries")
    parser.add_argument("--rnngen", type=os.path.abspath, default=ROOT / "build/release/rnngen", help="path of the rnngen program")
    parser.add_argument("--schedule", help="a file, or rule; default: the shipped one for so many sequences")
    parser.add_argument("--peers", help="default: all but torch.compile, which takes minutes to compile")
    parser.add_argument("--rounds", type=int, default=31, help="a third of it for more than one sequence")
    parser.add_argument("--turn", type=float, default=0.05,
                        help="seconds a turn should last, at least two calls: after its pause a short turn would time cold caches")
    parser.add_argument("--no-huge-pages", dest="huge_pages", action="store_false",
                        help="do not ask for huge pages (asked for rnngen, the probe and PyTorch)")
    parser.add_argument("--json", type=pathlib.Path)
    parser.add_argument("--plot", type=pathlib.Path, help="a folder for plots")
    parser.add_argument("--quick", action="store_true", help="7 rounds; of lstm H=32 and 128 only")
    parser.add_argument("--worker", type=json.loads, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        return contest.worker(options.worker, {"library": contest.open_library, options.worker["kind"]: open_peer}
                              if options.worker["kind"] != "library" else {"library": contest.open_library})
    if options.quick:
        options.rounds = 7

    if os.getloadavg()[0] > 0.5:
        print(f"peers: the machine is busy (load {os.getloadavg()[0]:.1f}): figures for more than one thread mean "
              "little", file=sys.stderr)
    print("microseconds a call, median (min) and x = times rnngen's | work, size, threads")
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for name in WORKS if options.work == "all" else options.work.split(","):
            for size in (options.sizes or (options.quick and name == "lstm" and "32,128") or SIZES[name]).split(","):
                for threads in map(int, options.threads.split(",")):
                    rows.append(measure(options, name, size, threads, pathlib.Path(folder)))
                    print_row(rows[-1])
    if options.plot:
        plot(rows, options.plot)
    if options.json:
        from importlib.metadata import version
        options.json.write_text(json.dumps({
            "versions": {name: version(name) for name in ("torch", "onnxruntime", "onnx", "jax", "numpy")},
            "cc": options.cc, "huge_pages": options.huge_pages, "load": os.getloadavg(), "rows": rows}, indent=1))


if __name__ == "__main__":
    main()
