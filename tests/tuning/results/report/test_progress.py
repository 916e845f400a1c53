import re

from mlpkit.tuning.results.report.progress import best_so_far


def test_dots_at_their_ends_and_a_falling_line(data, two, parsed):
    for given in (data, two):
        root = parsed(best_so_far(given))
        dots = {
            int(g.get("data-trial")): float(g.find("circle").get("cx"))
            for g in root.iter("g")
        }
        scored = given.trials[: given.scored]
        assert set(dots) == {record.number for record in scored}
        by_time = sorted(scored, key=lambda record: record.started + record.seconds)
        xs = [dots[record.number] for record in by_time]
        assert xs == sorted(xs)
        (line,) = [p for p in root.iter("path") if p.get("class") == "so-far"]
        steps = re.findall(r"[ML](\S+) ([^ML]+)", line.get("d"))
        ys = [float(y) for _, y in steps]
        assert ys == sorted(ys)  # downwards in a picture
        losses, best = [record.score for record in by_time], []
        for loss in losses:
            best += [loss] if not best or loss < best[-1] else []
        assert len(steps) == 2 * len(best)  # before and after each, and at the end
    assert "seconds since the search began" in best_so_far(data)
