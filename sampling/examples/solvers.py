"""Other programs beside ours: samplers, and solvers on the instance that the example `speed` has written.

`solvers.py INSTANCE`

Processor seconds of the solving alone; building the model, and Python around it, are not counted. Solvers that are not
installed are named and left out. Costs are those of the draw, 48 bits; a solver that refuses them gets the upper 24.
"""

import sys
import time


def read(path):
    """Capacities; officers wanted by each task; edges as (task, officer, cost)."""
    with open(path) as file:
        lines = (line.split() for line in file)
        capacities, needs, edges = [], [], []
        for kind, *numbers in lines:
            numbers = list(map(int, numbers))
            {"officer": capacities, "task": needs}.get(kind, edges).append(numbers if kind == "edge" else numbers[0])
    return capacities, needs, edges


def timed(what, work):
    """Prints the seconds of the part that `work` times itself, and the optimum it found."""
    try:
        seconds, found = work()
        print("%-52s %8.3f s   %s" % (what, seconds, found))
    except ImportError as missing:
        print("%-52s not installed (%s)" % (what, missing.name))


def clock(run):
    before = time.process_time()
    answer = run()
    return time.process_time() - before, answer


SUBJECTS, STRATA = 1_000_000, 1040


def sampled_by_numpy():
    import numpy

    strata = numpy.arange(SUBJECTS) * 7919 % STRATA

    def run():
        chance = numpy.random.default_rng(1)
        order = numpy.argsort(strata, kind="stable")
        ends = numpy.cumsum(numpy.bincount(strata))
        parts = numpy.split(order, ends[:-1])
        return sum(len(chance.choice(part, len(part) // 20, replace=False)) for part in parts)

    seconds, drawn = clock(run)
    return seconds, "%d drawn; nobody can verify it" % drawn


def sampled_by_pandas():
    import pandas

    frame = pandas.DataFrame({"stratum": [i * 7919 % STRATA for i in range(SUBJECTS)]})
    seconds, drawn = clock(lambda: frame.groupby("stratum").sample(frac=0.05, random_state=1))
    return seconds, "%d drawn; nobody can verify it" % len(drawn)


def sampled_by_consistent_sampler():
    import consistent_sampler

    ids = ["9133%014d" % i for i in range(SUBJECTS)]
    run = lambda: list(consistent_sampler.sampler(ids, seed="0" * 20, take=SUBJECTS // 20, output="id"))
    seconds, drawn = clock(run)
    return seconds, "%d drawn; verifiable, without strata" % len(drawn)


def flow(capacities, needs, edges, shift):
    from ortools.graph.python import min_cost_flow

    n_tasks, sink = len(needs), len(needs) + len(capacities)
    model = min_cost_flow.SimpleMinCostFlow()
    for task, officer, cost in edges:
        model.add_arc_with_capacity_and_unit_cost(task, n_tasks + officer, 1, cost >> shift)
    for officer, capacity in enumerate(capacities):
        model.add_arc_with_capacity_and_unit_cost(n_tasks + officer, sink, capacity, 0)
    for task, need in enumerate(needs):
        model.set_node_supply(task, need)
    model.set_node_supply(sink, -sum(needs))
    seconds, status = clock(model.solve)
    if status != model.OPTIMAL:
        if shift:
            return seconds, "no optimum: status %s" % status
        return flow(capacities, needs, edges, 24)
    used = [i for i in range(len(edges)) if model.flow(i)]
    return seconds, "total %d%s" % (sum(edges[i][2] for i in used), " by the upper 24 bits of costs" if shift else "")


def program(capacities, needs, edges):
    import numpy
    from scipy.optimize import linprog
    from scipy.sparse import csr_matrix

    n = len(edges)
    tasks, officers, costs = (numpy.array(column) for column in zip(*edges))
    ones, columns = numpy.ones(n), numpy.arange(n)
    of_task = csr_matrix((ones, (tasks, columns)), shape=(len(needs), n))
    of_officer = csr_matrix((ones, (officers, columns)), shape=(len(capacities), n))
    scaled = (costs >> 24).astype(float)
    run = lambda: linprog(scaled, A_ub=of_officer, b_ub=capacities, A_eq=of_task, b_eq=needs, bounds=(0, 1), method="highs")
    seconds, answer = clock(run)
    if answer.status != 0:
        return seconds, "no optimum: " + answer.message
    used = answer.x > 0.5
    return seconds, "total %d by the upper 24 bits of costs" % sum(int(cost) for cost in costs[used])


def feasible(capacities, needs, edges):
    from ortools.graph.python import max_flow

    n_tasks, source = len(needs), len(needs) + len(capacities)
    sink = source + 1
    model = max_flow.SimpleMaxFlow()
    for task, officer, _ in edges:
        model.add_arc_with_capacity(task, n_tasks + officer, 1)
    for officer, capacity in enumerate(capacities):
        model.add_arc_with_capacity(n_tasks + officer, sink, capacity)
    for task, need in enumerate(needs):
        model.add_arc_with_capacity(source, task, need)
    seconds, _ = clock(lambda: model.solve(source, sink))
    return seconds, "filled %d, whatever it costs" % model.optimal_flow()


def main():
    subjects = "%d subjects: " % SUBJECTS
    timed(subjects + "numpy", sampled_by_numpy)
    timed(subjects + "pandas", sampled_by_pandas)
    timed(subjects + "consistent_sampler", sampled_by_consistent_sampler)
    instance = read(sys.argv[1])
    timed("OR-tools, minimum-cost flow", lambda: flow(*instance, 0))
    timed("OR-tools, maximum flow (feasibility only)", lambda: feasible(*instance))
    timed("HiGHS, linear program (by scipy)", lambda: program(*instance))


main()
