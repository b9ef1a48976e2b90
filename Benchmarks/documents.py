"""docs/benchmarks.md and its pictures, from results alone: the same results, the same bytes."""
import json
import statistics

import charts
from figures import Figure, duration, megabytes, number
from growth import CURVES
from rows import SECTIONS

WHAT = {"wall": "time", "cpu": "CPU time", "first media": "time to the first media sent",
        "first frame": "time from DESCRIBE to the first frame", "in process": "time"}
SIZES = {10 ** 6: "1 MB", 10 ** 7: "10 MB", 10 ** 8: "100 MB", 10 ** 9: "1 GB", 10 ** 10: "10 GB"}
COUNTS = {count: str(count) for count in (1, 2, 5, 10, 20, 50, 100, 200)}

INTRODUCTION = """\
# Benchmarks

Whole commands against other programs that do the same, on one machine. A ratio is the peer's time
divided by ours: above 1 we are faster. In each round both run in turn, so that a machine that slows
down slows both; a ratio is the median over the rounds, with the least and the greatest of them.
Inputs are in the page cache and output goes nowhere, unless a command line says otherwise. A peer
called the limit does nothing but what cannot be left out: it reads, or it copies. `make bench`
measures all of it anew and writes this page; `Benchmarks/run --help` names its parts.
"""


def write(results, folder, sections=SECTIONS, known_curves=CURVES):
    for name, content in documents(results, sections, known_curves).items():
        (folder / name).write_text(content)


def documents(results, sections=SECTIONS, known_curves=CURVES):
    """Their content by their names."""
    groups = [(heading, [figure for row in rows if (figure := Figure.of(row, results))])
              for heading, (_, rows) in sections.items()]
    groups = [(heading, figures) for heading, figures in groups if figures]
    headlines = [figure for _, figures in groups for figure in figures if figure.row.is_headline]
    files = {"benchmarks.md": page(results, sections, known_curves)}
    if groups:
        files["benchmarks.svg"] = charts.bars("Commands against their peers", groups)
    if headlines:
        files["benchmarks-short.svg"] = charts.bars("Times as fast", [("", headlines)])
    for name, title, axes in (("size", "The size of the input", ["bytes"]),
                              ("connections", "Many at once", ["copies", "streams"])):
        if panels := growth_panels(results, known_curves, axes):
            files[f"benchmarks-{name}.svg"] = charts.curves(title, panels)
    return files


def page(results, sections, known_curves):
    parts = [INTRODUCTION, machine(results), summary(results, sections, known_curves),
             "![Ratios as bars](benchmarks.svg)\n"]
    for heading, (words, rows) in sections.items():
        parts.append(section(heading, words, rows, results))
    parts += [facts(results), growth(results, known_curves)]
    return "\n".join(part for part in parts if part)


def machine(results):
    """The machine, and what the results were taken with: most of them, then the others."""
    about = results["machine"]
    lines = [f"{about['processor']}, {about['processors']} processors, {about['memory_gb']} GB; "
             f"{about['system']}."]
    entries = [(name, entry) for kind in ("rows", "facts", "curves")
               for name, entry in results[kind].items()]
    states = {}
    for name, entry in entries:
        states.setdefault(json.dumps(entry["state"]), []).append(name)
    most, *others = sorted(states, key=lambda state: -len(states[state]))
    lines.append(describe(json.loads(most)))
    for state in others:
        words = describe(json.loads(state), json.loads(most))
        lines.append(f"{words} Only: {'; '.join(states[state])}.")
    work = [entry["other_work"] for _, entry in entries if "points" not in entry]
    work += [p["other_work"] for curve in results["curves"].values() for p in curve["points"]]
    lines.append(f"Other work took {100 * statistics.median(work):.0f} % of the processors in the "
                 f"median, at most {100 * max(work):.0f} % during one measurement.")
    if "seconds" in results:
        lines[-1] += f" All of it takes {results['seconds'] / 60:.0f} minutes."
    return "\n\n".join(lines) + "\n"


def describe(state, known=None):
    """A state, or what of it is not as it is known."""
    known = known or {"versions": {}}
    versions = [f"{name} {version}" for name, version in state["versions"].items()
                if known["versions"].get(name) != version]
    rounds = "1 round" if state["rounds"] == 1 else f"{state['rounds']} rounds"
    words = (f"{state['date']}, sources of commit {state['commit']}, a binary of "
             f"{state['binary_bytes'] / 1e6:.1f} MB, {rounds}")
    return f"{words}: {', '.join(versions)}." if versions else f"{words}."


def summary(results, sections, known_curves):
    verdicts = list(all_verdicts(results, sections, known_curves))
    unknown = [f"{row.name} against {row.against}" for _, rows in sections.values() for row in rows
               if not Figure.of(row, results)]
    missed = [name for name, is_met in verdicts if not is_met]
    words = [f"Of {len(verdicts)} figures that are wanted, {len(verdicts) - len(missed)} are met."]
    for what, names in (("Missed", missed), ("Not measured", unknown)):
        if names:
            words.append(f"{what}: {'; '.join(names)}.")
    return "\n\n".join(words) + "\n"


def all_verdicts(results, sections, known_curves):
    """What is wanted of rows, facts and curves, and whether it is met."""
    for row in (row for _, rows in sections.values() for row in rows):
        figure = Figure.of(row, results)
        for what, is_met in figure.verdicts if figure else []:
            yield f"{row.name} against {row.against} ({what} wanted)", is_met
    for name, fact in results["facts"].items():
        yield name, fact["value"] <= fact["limit"]
    for curve in known_curves:
        if curve.memory_limit and (entry := curve_entry(results, curve)):
            yield f"memory of {curve.name}", most_megabytes(entry) <= curve.memory_limit


def most_megabytes(entry):
    return max(megabytes(point["kilobytes"]) for point in entry["points"])


def section(heading, words, rows, results):
    figures = [figure for row in rows if (figure := Figure.of(row, results))]
    if not figures:
        return ""
    lines = [f"## {heading}", "", words, "",
             "| | against | ours | peer | ratio (least to greatest) | wanted | ours, MB "
             "| peer, MB |", "|---|---|---|---|---|---|---|---|", *map(table_row, figures), ""]
    lines += [f"{figure.row.name} against {figure.row.against}: {figure.row.note}\n"
              for figure in figures if figure.row.note]
    return "\n".join([*lines, "```sh", *command_lines(figures), "```", ""])


def table_row(figure):
    row = figure.row
    ours, theirs = map(duration, figure.seconds)
    wanted = "; ".join(f"{what}, {'met' if is_met else '**missed**'}"
                       for what, is_met in figure.verdicts)
    memory = [number(megabytes(kb)) if kb else "" for kb in figure.result["kilobytes"]]
    measured = "" if row.what in ("wall", "in process") else f" ({WHAT[row.what]})"
    limit = " (the limit)" if row.is_limit else ""
    ratios = figure.ratios
    return (f"| {row.name}{measured} | {row.against}{limit} | {ours} | {theirs} "
            f"| {number(figure.ratio)} ({number(min(ratios))} to {number(max(ratios))}) "
            f"| {wanted} | {memory[0]} | {memory[1]} |")


def command_lines(figures):
    """Each line once, with how many there are of it at a time."""
    lines = []
    for figure in figures:
        row = figure.row
        peer = row.peer
        if row.copies > 1:
            peer = f"for i in $(seq {row.copies}); do {peer} & done; wait"
        output = " > output" if row.to_file else ""
        lines += [row.ours + output, peer + output]
    return dict.fromkeys(line for line in lines if line != "memcpy")


def facts(results):
    if not results["facts"]:
        return ""
    lines = ["## Limits", "", "| | measured | at most | |", "|---|---|---|---|"]
    for name, fact in results["facts"].items():
        verdict = "met" if fact["value"] <= fact["limit"] else "**missed**"
        lines.append(f"| {name} | {fact['value']} {fact['unit']} | {fact['limit']} | {verdict} |")
    return "\n".join(lines) + "\n"


def curve_entry(results, curve):
    """The results of a curve that was measured as it is now."""
    entry = results["curves"].get(curve.name)
    return entry if entry and entry["command"] == curve.command else None


def growth_panels(results, known_curves, axes):
    """A panel of times and one of memory."""
    curves = {curve: entry for curve in known_curves
              if curve.axis in axes and (entry := curve_entry(results, curve))}
    if not curves:
        return []
    times = {curve.name: [(point["at"], statistics.median(point["seconds"]))
                          for point in entry["points"]] for curve, entry in curves.items()}
    memory = {curve.name: [(point["at"], megabytes(point["kilobytes"]))
                           for point in entry["points"]] for curve, entry in curves.items()}
    if axes == ["bytes"]:
        axis = ("input", SIZES)
        return [("Time", "s", axis, times), ("Peak memory", "MB", axis, memory)]
    axis = (" or ".join(axes), COUNTS)
    return [("CPU time of five seconds", "s", axis, times), ("Memory", "MB", axis, memory)]


def growth(results, known_curves):
    by_axis = {axis: [curve for curve in known_curves
                      if curve.axis == axis and curve_entry(results, curve)]
               for axis in ("bytes", "copies", "streams")}
    if not any(by_axis.values()):
        return ""
    lines = ["## Growth", ""]
    if by_axis["bytes"]:
        lines += ["Time and peak memory against the size of the input, whose kind stays the same: "
                  "the files above, repeated. Median of the runs, behind one that is not counted.",
                  "",
                  "![Time and memory against the size of the input](benchmarks-size.svg)", "",
                  *growth_table(results, by_axis["bytes"], "input", SIZES)]
    if by_axis["copies"] or by_axis["streams"]:
        lines += ["CPU time and memory (proportional set size) of five seconds, in real time: "
                  "copies of a stream of 2.8 Mbit/s pushed by one process to nginx, and streams of "
                  "1 Mbit/s recorded by a process each, as `rtsp-pull` takes one URL. The "
                  "command lines are those of ten copies, and of the tenth process.", "",
                  "![CPU time and memory against their number](benchmarks-connections.svg)", ""]
    for axis in ("copies", "streams"):
        if by_axis[axis]:
            lines += growth_table(results, by_axis[axis], axis, COUNTS)
    commands = [curve.command.replace("N", "10") for curves in by_axis.values() for curve in curves]
    return "\n".join([*lines, "```sh", *commands, "```", ""])


def growth_table(results, curves, axis, names):
    """A line for each size, two columns for each curve."""
    lines = ["| " + axis + "".join(f" | {curve.name} | MB" for curve in curves) + " |",
             "|---" * (1 + 2 * len(curves)) + "|"]
    columns = [curve_entry(results, curve)["points"] for curve in curves]
    # What was made is close to what was asked for: the nearest name.
    for points in zip(*columns):
        name = min(names, key=lambda at: abs(at - points[0]["at"]) / at)
        cells = [f" | {duration(statistics.median(point['seconds']))} "
                 f"| {number(megabytes(point['kilobytes']))}" for point in points]
        lines.append(f"| {names[name]}" + "".join(cells) + " |")
    for curve in curves:
        if curve.memory_limit:
            most = most_megabytes(curve_entry(results, curve))
            verdict = "met" if most <= curve.memory_limit else "**missed**"
            lines += ["", f"{curve.name} takes at most {number(most)} MB; at most "
                      f"{number(curve.memory_limit)} MB is wanted, {verdict}."]
        if curve.note:
            lines += ["", f"{curve.name}: {curve.note}"]
    return [*lines, ""]
