"""Bars of ratios and curves of growth as SVG, in the look of MediaPlot."""
import html
import math
import re

from figures import number
from paths import ROOT

LEFT, RIGHT, TITLE, HEADING, LINE, AXIS = 72, 24, 48, 30, 24, 46
WIDTH = 960
# Where bars begin, and how far they and their figures reach.
NAMES, BARS = 330, 790
STYLE = """\
<style>
.chart .bar{fill:#0a5fc2}.chart .limit{fill:#77818c}.chart .missed{fill:#c2410c}
.chart .one{stroke:#77818c}.chart .spread,.chart .wanted{stroke:#1b1f24}
.chart .wanted{stroke-width:2}
@media (prefers-color-scheme:dark){
.chart .bar{fill:#3f86d9}.chart .limit{fill:#6f7a86}.chart .missed{fill:#d9703a}
.chart .one{stroke:#87929e}.chart .spread,.chart .wanted{stroke:#e8edf2}
}
</style>"""


def house_style():
    """The sheet of every chart that the tool draws."""
    source = (ROOT / "Sources" / "MediaPlot" / "ChartStyle.swift").read_text()
    sheet = re.search(r"^  <style>.*?^  </style>", source, re.DOTALL | re.MULTILINE).group()
    return re.sub("^  ", "", sheet, flags=re.MULTILINE)


def place(value):
    """A coordinate with no more digits than a picture needs."""
    return f"{value:.1f}".removesuffix(".0")


def text(words, x, y, classes):
    return f'<text class="{classes}" x="{place(x)}" y="{place(y)}">{html.escape(words)}</text>'


def line(classes, path):
    return f'<path class="{classes}" d="{path}"/>'


def document(title, description, height, parts):
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" '
        f'height="{height}" class="chart" role="img" aria-labelledby="chart-title chart-desc">',
        f'<title id="chart-title">{html.escape(title)}</title>',
        f'<desc id="chart-desc">{html.escape(description)}</desc>',
        house_style(), STYLE, f'<rect class="ground" width="{WIDTH}" height="{height}"/>',
        text(title, RIGHT, 30, "title"), *parts, "</svg>", ""])


class LogScale:
    """Values on a stretch of the picture, equal ratios equally far."""

    def __init__(self, values, start, end):
        self.low, self.high, self.start, self.end = min(values), max(values), start, end

    def __call__(self, value):
        share = math.log(value / self.low) / math.log(self.high / self.low)
        return self.start + share * (self.end - self.start)

    def ticks(self, mantissas):
        powers = range(math.floor(math.log10(self.low)), math.ceil(math.log10(self.high)) + 1)
        values = [mantissa * 10.0 ** power for power in powers for mantissa in mantissas]
        return [value for value in values if self.low * 0.999 <= value <= self.high * 1.001]


def bars(title, groups):
    """How many times faster each figure's row is than its peer; `groups` are pairs of a heading,
    which may be empty, and figures."""
    figures = [figure for _, group in groups for figure in group]
    ends = [ratio for figure in figures for ratio in (*figure.ratios, figure.row.wanted or 1)]
    x = LogScale([0.9 * min(1, *ends), 1.1 * max(2, *ends)], NAMES, BARS)
    parts, y = [], TITLE
    for heading, group in groups:
        if heading:
            y += HEADING
            parts.append(text(heading, RIGHT, y - 8, "panel"))
        for figure in group:
            parts += bar(figure, x, y)
            y += LINE
    ticks = x.ticks((1, 2, 5))
    grid = "".join(f"M{place(x(tick))} {TITLE}V{y}" for tick in ticks)
    labels = [text(number(tick), x(tick), y + 18, "tick middle") for tick in ticks]
    labels.append(text("times as fast as the peer (1: as fast); the line across a bar is what is "
                       "wanted, the thin one the spread", NAMES - 90, y + 40, "quiet"))
    one = line("one", f"M{place(x(1))} {TITLE}V{y}")
    words = "; ".join(f"{figure.row.name} against {figure.row.against}: {number(figure.ratio)}"
                      for figure in figures)
    return document(title, words, y + AXIS + 6, [line("grid", grid), *parts, one, *labels])


def bar(figure, x, top):
    row, ratio = figure.row, figure.ratio
    is_missed = bool(row.wanted) and ratio < row.wanted
    classes = "missed" if is_missed else "limit" if row.is_limit else "bar"
    left, right = sorted((x(1), x(ratio)))
    middle = top + LINE / 2
    low, high = x(min(figure.ratios)), x(max(figure.ratios))
    said = number(ratio)
    if row.wanted:
        said += f" (≥ {number(row.wanted)}){' missed' if is_missed else ''}"
    parts = [
        text(row.name, NAMES - 110, middle + 4, "end"),
        text(f"/ {row.against}", NAMES - 104, middle + 4, "quiet"),
        f'<rect class="{classes}" x="{place(left)}" y="{place(middle - 7)}" '
        f'width="{place(right - left)}" height="14"/>',
        line("spread", f"M{place(low)} {place(middle)}H{place(high)}"),
        text(said, BARS + 8, middle + 4, ""),
    ]
    if row.wanted:
        parts.append(line("wanted", f"M{place(x(row.wanted))} {place(middle - 10)}v20"))
    return parts


def curves(title, panels):
    """Panels one below the other: a heading, the unit, the axis and its labels by value, and by the
    name of each curve its points."""
    parts, y, words = [], TITLE, []
    for heading, unit, axis, series in panels:
        parts += panel(heading, unit, axis, series, y + HEADING)
        y += HEADING + 200 + AXIS + 10
        words += [f"{heading}, {name}: from {number(points[0][1])} to {number(points[-1][1])} "
                  f"{unit}" for name, points in series.items()]
    return document(title, "; ".join(words), y, parts)


def panel(heading, unit, axis, series, top):
    name, labels = axis
    everything = [point for points in series.values() for point in points]
    x = LogScale(list(labels) + [at for at, _ in everything], LEFT, WIDTH - RIGHT)
    values = [value for _, value in everything]
    # Whole decades, so that the eye finds its way.
    low, high = (rounding(math.log10(value)) for rounding, value in (
        (math.floor, min(values)), (math.ceil, 1.001 * max(values))))
    y = LogScale([10.0 ** low, 10.0 ** high], top + 200, top)
    ticks = y.ticks((1,))
    grid = "".join(f"M{LEFT} {place(y(tick))}H{WIDTH - RIGHT}" for tick in ticks)
    grid += "".join(f"M{place(x(at))} {top}v200" for at in labels)
    parts = [text(heading, LEFT, top - 10, "panel"),
             text(unit, LEFT + 8 * len(heading) + 12, top - 10, "quiet"),
             f'<rect class="frame" x="{LEFT}" y="{top}" width="{WIDTH - LEFT - RIGHT}" '
             'height="200"/>',
             line("grid", grid),
             *(text(number(tick), LEFT - 8, y(tick) + 4, "tick end") for tick in ticks),
             *(text(label, x(at), top + 218, "tick middle") for at, label in labels.items()),
             text(name, (LEFT + WIDTH - RIGHT) / 2, top + 238, "quiet middle")]
    right = WIDTH - RIGHT
    for index, (curve, points) in reversed(list(enumerate(series.items()))):
        colour = f"series c{index}"
        path = "M" + "L".join(f"{place(x(at))} {place(y(value))}" for at, value in points)
        left = right - 7 * len(curve) - 28
        parts += [line(colour, path), line(colour, f"M{place(left)} {top - 14}h18"),
                  text(curve, left + 24, top - 10, "quiet")]
        right = left - 12
    return parts
