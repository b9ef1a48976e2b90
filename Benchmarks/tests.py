#!/usr/bin/python3
"""Tests of what the benchmarks compute and write; nothing is measured."""
import dataclasses
import pathlib
import sys
import tempfile
import unittest
import xml.etree.ElementTree

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import charts
import documents
import growth
import measuring
import rows
import store
from figures import Figure, duration, number
from rows import Row

STATE = {"date": "2026-01-02", "commit": "abc1234", "binary_bytes": 19_000_000, "rounds": 3,
         "versions": {"mediatool": "0.1.0", "ffmpeg": "5.1"}}
MACHINE = {"processor": "Some", "processors": 2, "memory_gb": 24, "system": "Debian, Linux 6"}
FAST = Row("fast & small", "mediatool fast <in>", "peer -x in", 3, memory_limit=16)
SLOW = Row("slow", "mediatool slow in", "peer in", 4, note="It is the disk.")
NEVER = Row("never", "mediatool never in", "peer in", 2)
COPY = Row("copied", "mediatool copy in", "cp in out", is_limit=True)
MANY = Row("many", "mediatool many rtmp://SERVER/{n}", "ffmpeg rtmp://SERVER/$i", 10, copies=50,
           memory_wanted=20, what="cpu")
SECTIONS = {"One": ("About one.", [FAST, SLOW, NEVER]), "Two": ("About two.", [COPY, MANY])}
CURVES = [growth.Curve("read", "mediatool read growth.flv", memory_limit=16),
          growth.Curve("changed", "mediatool changed growth.flv"),
          growth.Curve("push", "mediatool push N", axis="copies", note="It is nginx.")]


def result(row, pairs, kilobytes=(10_000, 40_000)):
    return {"ours": row.ours, "peer": row.peer, "pairs": pairs, "kilobytes": list(kilobytes),
            "other_work": 0.01, "state": STATE}


def curve(command, ats):
    points = [{"at": at, "seconds": [at / 1e8, at / 2e8, at / 1e8], "kilobytes": 9000,
               "other_work": 0.02} for at in ats]
    return {"command": command, "points": points, "state": STATE}


def fixture():
    return {
        "machine": MACHINE,
        "seconds": 2460,
        "rows": {
            FAST.key: result(FAST, [[0.010, 0.040], [0.010, 0.030], [0.010, 0.050]]),
            SLOW.key: result(SLOW, [[1.0, 3.9], [1.0, 3.9], [1.0, 4.1]]),
            COPY.key: result(COPY, [[0.2, 0.1]] * 3, [None, None]),
            MANY.key: result(MANY, [[0.2, 4]] * 3, [10_000, 150_000]),
            "gone, peer": result(NEVER, [[1, 1]]),
        },
        "facts": {"lost": {"value": 2, "limit": 0, "unit": "of 9 packets", "other_work": 0,
                           "state": {**STATE, "date": "2026-02-03", "rounds": 1,
                                     "versions": {"mediatool": "0.1.0", "ffmpeg": "6"}}}},
        "curves": {"read": curve(CURVES[0].command, [1_000_010, 10_000_007, 1_000_000_001]),
                   "changed": curve("mediatool before growth.flv", [1_000_000]),
                   "push": curve(CURVES[2].command, [1, 50, 200])},
    }


class FigureTests(unittest.TestCase):
    def test_ratio_is_the_median_of_the_rounds(self):
        figure = Figure.of(FAST, fixture())
        self.assertEqual(figure.ratio, 4)
        self.assertEqual(sorted(figure.ratios), [3, 4, 5])
        self.assertEqual(figure.seconds, [0.010, 0.040])

    def test_verdicts(self):
        for row, wanted in (
            (FAST, [("3", True), ("at most 16 MB", True)]),
            (SLOW, [("4", False)]),
            (COPY, []),
            (MANY, [("10", True), ("20 of memory", False)]),
        ):
            self.assertEqual(Figure.of(row, fixture()).verdicts, wanted, row.name)

    def test_a_row_whose_command_changed_was_not_measured(self):
        changed = dataclasses.replace(FAST, ours="mediatool faster in")
        self.assertIsNone(Figure.of(changed, fixture()))

    def test_numbers(self):
        for value, text in ((0, "0"), (0.0123456, "0.0123"), (1.5, "1.5"), (2.498, "2.5"),
                            (99.99, "100"), (1234.5, "1234"), (20, "20")):
            self.assertEqual(number(value), text)
        for seconds, text in ((62.3, "62.3 s"), (0.0018, "1.8 ms"), (2e-6, "2 µs"), (5e-8, "50 ns")):
            self.assertEqual(duration(seconds), text)


class StoreTests(unittest.TestCase):
    def test_results_are_kept_and_machines_not_mixed(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "new", "results.json")
            empty = store.opened(store.read(path), MACHINE)
            self.assertEqual(empty, {"machine": MACHINE, "rows": {}, "facts": {}, "curves": {}})
            store.write(path, fixture())
            self.assertEqual(store.opened(store.read(path), MACHINE), fixture())
            with self.assertRaises(store.OtherMachine):
                store.opened(store.read(path), {**MACHINE, "processors": 64})


class DocumentTests(unittest.TestCase):
    def setUp(self):
        self.files = documents.documents(fixture(), SECTIONS, CURVES)
        self.page = self.files["benchmarks.md"]

    def test_the_same_results_give_the_same_bytes(self):
        self.assertEqual(self.files, documents.documents(fixture(), SECTIONS, CURVES))

    def test_the_page_says_what_was_found(self):
        for words in (
            "| fast & small | peer | 10 ms | 40 ms | 4 (3 to 5) | 3, met; at most 16 MB, met | 10.2 | 41 |",
            "4, **missed**", "slow against peer: It is the disk.", "Not measured: never against peer.",
            "| copied | cp (the limit) |", "20 of memory, **missed**",
            "mediatool fast <in>\npeer -x in\n", "for i in $(seq 50); do ffmpeg rtmp://SERVER/$i & done",
            "Of 7 figures that are wanted, 4 are met.", "| lost | 2 of 9 packets | 0 | **missed** |",
            "2026-01-02, sources of commit abc1234, a binary of 19.0 MB, 3 rounds: mediatool 0.1.0, ffmpeg 5.1.",
            "2026-02-03, sources of commit abc1234, a binary of 19.0 MB, 1 round: ffmpeg 6. Only: lost.",
            "All of it takes 41 minutes.", "| 1 GB |", "push: It is nginx.",
            "read takes at most 9.22 MB; at most 16 MB is wanted, met.",
        ):
            self.assertIn(words, self.page)

    def test_what_is_not_known_now_is_left_out(self):
        for words in ("gone", "mediatool never", "mediatool before", "memcpy"):
            self.assertNotIn(words, self.page)

    def test_tables_are_even(self):
        width = None
        for line in self.page.splitlines():
            if not line.startswith("|"):
                width = None
                continue
            self.assertEqual(width or line.count("|"), line.count("|"), line)
            width = line.count("|")

    def test_pictures_are_linked_and_well_formed(self):
        pictures = [name for name in self.files if name.endswith(".svg")]
        self.assertEqual(sorted(pictures), ["benchmarks-connections.svg", "benchmarks-size.svg",
                                            "benchmarks.svg"])
        for name in pictures:
            self.assertIn(f"({name})", self.page)
            picture = xml.etree.ElementTree.fromstring(self.files[name])
            height = float(picture.get("height"))
            for element in picture.iter():
                for key, most in (("x", charts.WIDTH), ("y", height), ("width", charts.WIDTH)):
                    if key in element.attrib:
                        self.assertTrue(0 <= float(element.get(key)) <= most, element.attrib)

    def test_bars_are_as_long_as_their_ratios(self):
        x = charts.LogScale([0.5, 50], 0, 100)
        self.assertEqual([x(0.5), x(5), x(50)], [0, 50, 100])
        picture = self.files["benchmarks.svg"]
        counts = [picture.count(f'<rect class="{kind}"') for kind in ("bar", "missed", "limit")]
        self.assertEqual(counts, [2, 1, 1])

    def test_without_results_there_is_a_page_all_the_same(self):
        nothing = {"machine": MACHINE, "rows": {SLOW.key: fixture()["rows"][SLOW.key]}, "facts": {},
                   "curves": {}}
        files = documents.documents(nothing, SECTIONS, CURVES)
        self.assertNotIn("## Growth", files["benchmarks.md"])
        self.assertNotIn("## Two", files["benchmarks.md"])


class RowTests(unittest.TestCase):
    def test_names_are_unique(self):
        keys = [row.key for row in rows.ROWS] + [curve.name for curve in growth.CURVES]
        self.assertEqual(len(rows.ROWS), len({row.key for row in rows.ROWS}))
        self.assertEqual(len(growth.CURVES), len({curve.name for curve in growth.CURVES}))
        self.assertTrue(all(keys))

    def test_every_word_is_given_a_value(self):
        server = type("Server", (), {"address": "127.0.0.1:9"})()
        for row in rows.ROWS:
            self.assertEqual("SERVER" in row.ours + row.peer, bool(row.server), row.key)
            ours, theirs = measuring.command_lines(row, server if row.server else None)
            self.assertNotIn("SERVER", " ".join(ours + theirs))
            if row.copies > 1:
                self.assertEqual(theirs[:2], ["sh", "-c"])
                self.assertIn("theirs$i", theirs[2])


if __name__ == "__main__":
    unittest.main()
