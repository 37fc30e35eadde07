"""Plots of rows: how often a peer's time is ours, by size; how much faster several threads are, layers, and lengths of sequences."""
import re

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt                     # after the backend is chosen


def by_size(sizes):
    """Each once, "50x16x512" by its numbers; rows come in the order in which they were measured."""
    return sorted(set(sizes), key=lambda size: [int(n) for n in re.findall(r"\d+", size)])


def ours(row):
    return row["contestants"][row["best"]]["median_us"]


def times(row):
    """Microseconds by name; ours is that of the best schedule."""
    peers = {name: one["median_us"] for name, one in row["contestants"].items() if not name.startswith("rnngen")}
    return {"rnngen": ours(row), **peers}


def save(folder, name, ticks, curves, even=True, **labels):
    """curves: (label, style, points); a point is the number of a tick and a value. even: values are ratios, 1 says as fast."""
    figure, axes = plt.subplots(figsize=(7, 4))
    colours = {}
    for label, style, points in curves:
        colour = colours.setdefault(label.split(",")[0], f"C{len(colours)}")
        axes.plot(*zip(*sorted(points)), style, color=colour, marker="o", label=label)
    if even:
        axes.axhline(1, color="black", linewidth=1)
    axes.set_xticks(range(len(ticks)), ticks)
    axes.set(**labels)
    axes.legend(fontsize="small")
    figure.tight_layout()
    figure.savefig(folder / f"{name}.png", dpi=120)
    plt.close(figure)


def by(rows, key):
    groups = {}
    for row in rows:
        groups.setdefault(key(row), []).append(row)
    return groups


def curves_of(rows, ticks, key, value):
    """A curve for each contestant and number of threads: value(row, name) at the tick that key(row) is, where it has one."""
    curves = []
    styles = dict(zip(sorted({row["threads"] for row in rows}), ("-", "--", ":", "-.") * 4))
    for name in dict.fromkeys(name for row in rows for name in times(row)):
        for threads, style in styles.items():
            points = {ticks.index(key(row)): value(row, name) for row in rows if row["threads"] == threads and name in times(row)}
            points = {at: v for at, v in points.items() if v is not None}
            if points:
                curves.append((f"{name}, {threads} thread{'s' * (threads > 1)}", style, points.items()))
    return curves


def ratios(rows, folder):
    """WORK.png: times a peer takes for each time of ours, by size; WORK-batch.png of several sequences."""
    for (work, step, batch), mine in by(rows, lambda row: (row["work"], row["step"], "T" in row and row["N"] > 1)).items():
        ticks = by_size(row["size"] for row in mine)
        curves = curves_of(mine, ticks, lambda row: row["size"],
                           lambda row, name: None if name == "rnngen" else times(row)[name] / ours(row))
        if curves:
            save(folder, work + "-step" * step + "-batch" * batch, ticks, curves, yscale="log", xlabel="size", ylabel="time over rnngen's",
                 title=work + ", one step a call" * step)


def threads(rows, folder):
    """WORK-threads.png: speedup over one thread. Where more than two were measured, by threads, else by size."""
    for (work, step), mine in by(rows, lambda row: (row["work"], row["step"])).items():
        one = {(row["size"], name): us for row in mine if row["threads"] == 1 for name, us in times(row).items()}
        many = [row for row in mine if row["threads"] > 1]
        speedup = lambda row, name: one[row["size"], name] / times(row)[name] if (row["size"], name) in one else None
        sizes, counts = by_size(row["size"] for row in many), sorted({row["threads"] for row in many})
        if len(counts) > 1:
            counts = sorted({1, *counts})
            for size in sizes:
                here = [row for row in mine if row["size"] == size]
                names = dict.fromkeys(name for row in here for name in times(row) if (size, name) in one)
                curves = [(name, "-", [(counts.index(row["threads"]), speedup(row, name)) for row in here if name in times(row)])
                          for name in names]
                save(folder, f"{work}-{size}-threads", counts, curves, xlabel="threads", ylabel="speedup over 1 thread",
                     title=f"{work}, {size}")
        elif curves := curves_of(many, sizes, lambda row: row["size"], speedup):
            save(folder, work + "-step" * step + "-threads", sizes, curves, xlabel="size", ylabel="speedup over 1 thread", title=work)


def layers(rows, folder):
    """layers.png: milliseconds a layer of stacks of LSTM, by layers."""
    mine = [row for row in rows if row["work"].startswith("lstm-") and row["work"].endswith("-layers")]
    if mine:
        depth = lambda row: int(row["work"].split("-")[1])
        ticks = sorted({depth(row) for row in mine})
        save(folder, "layers", ticks, curves_of(mine, ticks, depth, lambda row, name: times(row)[name] / depth(row) / 1e3),
             even=False, xlabel="layers", ylabel="ms a layer", title="LSTM of several layers", ylim=(0, None))


def lengths(rows, folder):
    """scan-H.png: time of the linear recurrence step after step over that of the best scan of as many threads, by length."""
    for H, mine in by([row for row in rows if row["work"] == "linear"], lambda row: row["H"]).items():
        ticks = sorted({row["T"] for row in mine})
        curves = []
        for count in sorted({row["threads"] for row in mine}):
            points = {}
            for row in mine:
                of = {name: one["median_us"] for name, one in row["contestants"].items() if name.startswith("rnngen")}
                serial = [us for name, us in of.items() if "scan" not in name]
                scans = [us for name, us in of.items() if "scan" in name]
                if row["threads"] == count and serial and scans:
                    points[ticks.index(row["T"])] = min(serial) / min(scans)
            if points:
                curves.append((f"{count} thread{'s' * (count > 1)}", "-", points.items()))
        if curves:
            save(folder, f"scan-{H}", ticks, [(label.replace(",", ""), style, points) for label, style, points in curves],
                 xlabel="steps", ylabel="speedup of the scan", title=f"linear recurrence, H={H}: scan against step after step")


def draw(rows, folder):
    folder.mkdir(parents=True, exist_ok=True)
    for plot in (ratios, threads, layers, lengths):
        plot(rows, folder)
