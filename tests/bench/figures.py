"""The figures that rnngen is to reach, and a table of how far it is: peers.py --figures

A figure is a work of works.py at a size with a number of threads, and goals: for a peer, or "best" of those named, its time over ours;
"limit", a part of what rnngen bench counts as the machine's limit; "build", at most so many seconds from Lua to a library that is loaded.
It is reached when all its goals are, or 0.92 of the limit is. Without goals it is for plots alone.
"""
import os

LSTM = ("torch", "onnxruntime", "onednn")
GRU = LSTM[1:]                                      # torch has none whose reset gate comes before the product
LIMIT = .92


class Figure:
    """goals: by number of threads. extra: peers that are shown, too."""
    def __init__(self, work, size, goals, peers=(), step=False, extra=()):
        self.work, self.size, self.goals, self.peers, self.step = work, size, goals, peers, step
        named = [goal for one in goals.values() for goal in one if goal not in ("best", "limit", "build")]
        self.measured = list(dict.fromkeys([*peers, *named, *extra]))


def best(one, two, **more):
    return {1: {"best": one, **more}, 2: {"best": two, **more}}


def counts_of_threads():
    """1, 2, 4, and so on, and all cores."""
    cores = len(os.sched_getaffinity(0))
    return sorted({cores, *(1 << k for k in range(cores.bit_length()))})


BATCH_1 = {"16": {1: {"best": 4.2}}, "32": {1: {"best": 2.6}}, "64": best(1.6, 2.6), "128": best(1.25, 1.75), "256": best(1.2, 1.25),
           "512": best(1.15, 1.15), "1024": best(1.35, 1.2)}
STEP = {"16": 20, "32": 8.5, "64": 2.5, "128": 1.45}
CELL = {1: {"torch eager": 10, "jax lax.scan": 1.6, "build": 2}, 2: {"torch eager": 10, "jax lax.scan": 2.5}}
TRIAD = {"65536x128": {2: {"triad": 1}}, "524288x128": {2: {"triad": 1}}, "1000000x8": {2: {"triad": .9}}, "1000000x1": {2: {"triad": .9}}}
LAYER = {threads: {"limit": .85, "jax lax.scan": 2.5, "jax associative_scan": 4} for threads in (1, 2)}

FIGURES = [
    *(Figure("lstm", size, goals, LSTM, extra=("hand-written",)) for size, goals in BATCH_1.items()),
    *(Figure("lstm", size, {threads: {"hand-written": 1 / 1.03} for threads in BATCH_1[size]}, LSTM) for size in BATCH_1),
    *(Figure("gru-after", size, goals, LSTM) for size, goals in BATCH_1.items()),
    *(Figure("lstm", size, {1: {"onednn": goal}}, step=True) for size, goal in STEP.items()),
    *(Figure("lstm", f"50x{N}x{H}", best(1.03, 1.03, limit=.9), LSTM) for H in (512, 1024) for N in (16, 64)),
    *(Figure(work, "256", best(1.15, 1.15), LSTM) for work in ("lstm-4-layers", "lstm-8-layers")),
    *(Figure(work, "128", CELL) for work in ("ligru", "lstm-layer-norm")),
    *(Figure("linear", size, {2: {**goals[2], "jax associative_scan": 30}}, extra=("numba",)) for size, goals in TRIAD.items()),
    *(Figure(work, "65536x128", LAYER) for work in ("sru", "gilr-lstm")),
    *(Figure("gru", size, BATCH_1[size], GRU) for size in ("32", "128", "512")),
    *(Figure("matmul", size, {1: {"limit": LIMIT}, 2: {"limit": LIMIT}}, extra=("numpy", "torch", "jax"))
      for size in ("1000x1000x1000", "10000x1000x1000")),
    *(Figure("linear", f"{T}x{H}", {1: {}, 2: {}}) for H in (8, 128) for T in (10000, 100000, 1000000)),
    *(Figure("lstm", size, {1: {}}, extra=("numpy", "numba", "jax lax.scan")) for size in ("16", "64", "256", "1024")),
    *(Figure("lstm", size, {threads: {} for threads in counts_of_threads()}, LSTM)
      for size in ("256", "1024", "50x64x512") if len(counts_of_threads()) > 2),
    *(Figure(work, "128", {1: {"torch.compile": 4}}) for work in ("ligru", "lstm-layer-norm")),
]


def ratio_to(figure, row, goal):
    """What a goal asks for, as it was measured; None where nothing was."""
    ratios = {name: one["ratio"] for name, one in row["contestants"].items()}
    if goal == "best":
        return min((ratios[peer] for peer in figure.peers if peer in ratios), default=None)
    if goal == "limit":
        return row["of_limit"]
    if goal == "build":
        return row["contestants"][row["best"]]["build_s"]
    return ratios.get(goal)


def reached(figure, row, goals):
    def fulfilled(goal, wanted):
        measured = ratio_to(figure, row, goal)
        return measured is not None and (measured <= wanted if goal == "build" else measured >= wanted)
    return (row["of_limit"] or 0) >= LIMIT or all(fulfilled(*goal) for goal in goals.items())


def cell(figure, row, goal, wanted):
    """"onednn 1.32 of 1.25"; of the best peer its name, of torch.compile what its first call took."""
    measured = ratio_to(figure, row, goal)
    name = goal
    if goal == "best" and measured is not None:
        name = min((peer for peer in figure.peers if peer in row["contestants"]), key=lambda peer: row["contestants"][peer]["ratio"])
    text = f"{name} " + ("not measured" if measured is None else f"{measured:.2f}") + (" s" if goal == "build" else "") + f" ({wanted:.3g})"
    if goal == "torch.compile" and measured is not None:
        text += f", first call {row['contestants'][goal]['first_s']:.1f} s"
    return text


def print_table(rows, versions):
    print(f"\n{len(os.sched_getaffinity(0))} cores; " + ", ".join(f"{name} {version}" for name, version in versions.items()))
    print("\n| work | size | threads | us | schedule | over ours (goal) | of the limit | reached |\n|---|---|---|---|---|---|---|---|")
    for figure in FIGURES:
        for threads, goals in figure.goals.items():
            row = rows.find(figure.work, figure.size, figure.step, threads, figure.measured)
            if not row or not goals:
                continue
            cells = [row["work"] + (", one step a call" if row["step"] else ""), row["size"], str(threads),
                     f"{row['contestants'][row['best']]['median_us']:.4g}", row["best"].removeprefix("rnngen, "),
                     "; ".join(cell(figure, row, *goal) for goal in goals.items()),
                     f"{row['of_limit']:.0%}" if row["of_limit"] else "", "yes" if reached(figure, row, goals) else "no"]
            print("| " + " | ".join(cells) + " |")


def run(rows, options, versions):
    wanted = {int(count) for count in options.threads.split(",")}
    for figure in FIGURES:
        rows.get(options, figure.work, figure.size, figure.step, sorted(wanted.intersection(figure.goals)), figure.measured)
    print_table(rows, versions)
