from mlpkit.tuning.budget import Budget


def test_clock_goes_on_over_runs():
    now = [100.0]
    budget = Budget(60.0, clock=lambda: now[0])
    assert (budget.spent, budget.left) == (0.0, 60.0)
    budget.start()
    now[0] += 25
    assert budget.left == 35.0
    budget.stop()
    now[0] += 1000  # between two runs
    again = Budget(60.0, clock=lambda: now[0])
    again.restore(budget.spent)
    again.start()
    now[0] += 40
    assert (again.spent, again.left) == (65.0, -5.0)


def test_without_an_end():
    assert Budget().left == float("inf")
