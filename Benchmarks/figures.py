"""What follows from the results of a row: ratios, spread, whether what is wanted is met."""
import dataclasses
import math
import statistics


@dataclasses.dataclass(frozen=True)
class Figure:
    """A row with its results; `of` gives none for a row that was not measured as it is now."""

    row: object
    result: dict

    @staticmethod
    def of(row, results):
        result = results["rows"].get(row.key)
        same = result and (result["ours"], result["peer"]) == (row.ours, row.peer)
        return Figure(row, result) if same else None

    @property
    def ratios(self):
        return [theirs / ours for ours, theirs in self.result["pairs"]]

    @property
    def ratio(self):
        return statistics.median(self.ratios)

    @property
    def seconds(self):
        """Medians, ours and the peer's."""
        return [statistics.median(times) for times in zip(*self.result["pairs"])]

    @property
    def memory_ratio(self):
        ours, theirs = self.result["kilobytes"]
        return theirs / ours

    @property
    def verdicts(self):
        """What is wanted, and whether it is met."""
        row = self.row
        verdicts = []
        if row.wanted:
            verdicts.append((number(row.wanted), self.ratio >= row.wanted))
        if row.memory_wanted:
            verdicts.append((f"{number(row.memory_wanted)} of memory",
                             self.memory_ratio >= row.memory_wanted))
        if row.memory_limit:
            verdicts.append((f"at most {number(row.memory_limit)} MB",
                             megabytes(self.result["kilobytes"][0]) <= row.memory_limit))
        return verdicts

    @property
    def is_met(self):
        return all(met for _, met in self.verdicts)


def megabytes(kilobytes):
    return kilobytes * 1024 / 1e6


def number(value):
    """Three digits that count, or all in front of the point."""
    digits = max(0, 2 - math.floor(math.log10(abs(value)))) if value else 0
    text = f"{value:.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def duration(seconds):
    """Seconds in the unit that suits them."""
    for unit, size in (("s", 1), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size:
            return f"{number(seconds / size)} {unit}"
    return f"{number(seconds * 1e9)} ns"
