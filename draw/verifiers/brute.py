#!/usr/bin/env python3
"""Officers of a draw (DSJ-1, section 6) by trying everything: up to 8 seats, written from the text of the protocol.

A verifier checks an optimum and does not find it; this finds it, by enumeration, for golden vectors and tests. The
certificate is found separately: prices by Bellman-Ford on the residual graph of the optimum, cuts by trying every set
of slots. It shares with verify.py only the ticket and the writing of sorted files.
"""

import itertools

from verify import sorted_text, ticketer

MOST_SEATS = 8


def optimum(slots, edges, capacity, year_load, rule):
    """The best assignments of all.

    slots: (t, class) → need; edges: (t, class) → {o: cost}; rule: "least" or the fixed limit.
    Returns dict: unfilled, limit, total, best (every assignment that is best, each a sorted tuple of (t, class, o)).
    """
    seats = sum(slots.values())
    if seats > MOST_SEATS:
        raise ValueError("%d seats are too many to try everything" % seats)
    order = sorted(slots)
    ceiling = dict(capacity)
    if rule != "least":
        ceiling = {o: min(c, max(0, rule - year_load[o])) for o, c in capacity.items()}
    best, found = [None], []

    def go(i, unfilled, limit, total, load, chosen):
        key = (unfilled, limit, total)
        if best[0] is not None and key > best[0]:
            return  # all three only grow, nothing below can be best
        if i == len(order):
            if best[0] is None or key < best[0]:
                best[0] = key
                del found[:]
            found.append(tuple(sorted(chosen)))
            return
        t, cls = order[i]
        busy = {o for other, _, o in chosen if other == t}
        able = sorted((cost, o) for o, cost in edges[t, cls].items() if o not in busy and load.get(o, 0) < ceiling[o])
        for size in range(min(slots[t, cls], len(able)), -1, -1):
            for group in itertools.combinations(able, size):
                more, new_limit = dict(load), limit
                for _, o in group:
                    more[o] = more.get(o, 0) + 1
                    if rule == "least":
                        new_limit = max(new_limit, year_load[o] + more[o])
                go(i + 1, unfilled + slots[t, cls] - size, new_limit, total + sum(cost for cost, _ in group), more,
                   chosen + [(t, cls, o) for _, o in group])

    go(0, 0, 0 if rule == "least" else rule, 0, {}, [])
    unfilled, limit, total = best[0]
    return {"unfilled": unfilled, "limit": limit, "total": total, "best": sorted(found)}


def bound(slots, edges, capacity, chosen):
    """Best lower bound for unfilled slots that the slots `chosen` give, with its officers."""
    officers, value = set(), sum(slots[key] for key in chosen)
    for o, c in capacity.items():
        pairs = len({t for t, cls in chosen if o in edges[t, cls]})
        if c < pairs:
            officers.add(o)
        value -= min(c, pairs)
    return value, officers


def best_cut(slots, edges, capacity):
    """(bound, slots, officers) of the best cut, by trying every set of slots."""
    best = (0, set(), set())
    keys = sorted(slots)
    for size in range(len(keys) + 1):
        for chosen in itertools.combinations(keys, size):
            value, officers = bound(slots, edges, capacity, chosen)
            if value > best[0]:
                best = (value, set(chosen), officers)
    return best


def prices(slots, edges, limits, assignment, unfilled):
    """(mu or None, {o: p}, {(t, class): alpha}) of an optimal assignment."""
    held = {(t, o): cls for t, cls, o in assignment}
    load = {o: sum(1 for _, _, other in assignment if other == o) for o in limits}
    filled = {key: sum(1 for t, cls, _ in assignment if (t, cls) == key) for key in slots}
    arcs = []  # (u, v, cost): potential[u] <= cost + potential[v]
    pairs = set()
    for (t, cls), costs in edges.items():
        for o, cost in costs.items():
            pairs.add((t, o))
            if held.get((t, o)) == cls:
                arcs.append((("pair", t, o), ("slot", t, cls), -cost))
            else:
                arcs.append((("slot", t, cls), ("pair", t, o), cost))
    for t, o in pairs:
        pair, officer = ("pair", t, o), ("officer", o)
        arcs.append((officer, pair, 0) if (t, o) in held else (pair, officer, 0))
    for o, limit in limits.items():
        if load[o] < limit:
            arcs.append((("officer", o), "sink", 0))
        if load[o] > 0:
            arcs.append(("sink", ("officer", o), 0))
    if unfilled:
        for key, need in slots.items():
            if filled[key] > 0:
                arcs.append((("slot",) + key, "empty", 0))
            if filled[key] < need:
                arcs.append(("empty", ("slot",) + key, 0))
    potential = dict.fromkeys(["sink", "empty"] + [("officer", o) for o in limits] + [("slot",) + key for key in slots]
                              + [("pair",) + pair for pair in pairs], 0)
    for _ in range(len(potential) + 1):
        changed = False
        for u, v, cost in arcs:
            if potential[v] + cost < potential[u]:
                potential[u], changed = potential[v] + cost, True
        if not changed:
            break
    else:
        raise ValueError("a cycle of negative cost: this assignment is not optimal")
    zero = potential["sink"]
    return (potential["empty"] - zero if unfilled else None,
            {o: max(0, potential["officer", o] - zero) for o in limits},
            {key: potential[("slot",) + key] - zero for key in slots})


def certificate(slots, edges, capacity, year_load, rule, found, which=0):
    """Certificate of one of the best assignments, as verify.check_certificate takes it."""
    limit, unfilled = found["limit"], found["unfilled"]
    limits = {o: min(c, max(0, limit - year_load[o])) for o, c in capacity.items()}
    mu, price, alpha = prices(slots, edges, limits, found["best"][which], unfilled)
    cut1 = cut2 = None
    if unfilled:
        value, chosen, officers = best_cut(slots, edges, capacity if rule == "least" else limits)
        assert value == unfilled
        cut1 = (chosen, officers)
    if rule == "least" and limit > 0:
        lower = {o: min(c, max(0, limit - 1 - year_load[o])) for o, c in capacity.items()}
        value, chosen, officers = best_cut(slots, edges, lower)
        assert value > unfilled
        cut2 = (chosen, officers)
    return {"limit": limit, "mu": mu, "total": found["total"], "unfilled": unfilled, "price": price, "alpha": alpha,
            "cut1": cut1, "cut2": cut2}


class Office:
    """One department solved by enumeration, with rounds, remedies and pairs; `files` are all its files."""

    def __init__(self, suite, seed, tasks, officers, recused, rule, remedies=(), pool=None, pair_limit=None,
                 allowances=None, label="D", gone=(), cost_bytes=6):
        """tasks: t → (sid, last day, {class: (need, set of Q)}); officers, pool: o → ({Q: DATE}, capacity, load);
        recused: set of (o, sid); allowances: (o, o) → int; gone: (t, o) without edges from the start."""
        self.ticket, self.cost_bytes = ticketer(suite, seed), cost_bytes
        self.tasks, self.officers, self.recused = dict(tasks), dict(officers), set(recused)
        self.rule, self.remedies, self.pool = rule, list(remedies), pool or {}
        self.pair_limit, self.allowances, self.label = pair_limit, allowances or {}, label
        self.gone, self.files, self.postponed, self.deleted = set(gone), {}, set(), []
        self.rounds, self.unique = 0, True
        self._solve()

    def edges(self):
        result = {}
        for t, (sid, day, classes) in self.tasks.items():
            for cls, (_, quals) in classes.items():
                result[t, cls] = {
                    o: int(self.ticket(t + "|" + cls + "|" + o)[:2 * self.cost_bytes], 16)
                    for o, (have, capacity, _) in self.officers.items()
                    if capacity > 0 and all(q in have and have[q] >= day for q in quals)
                    and (o, sid) not in self.recused and (t, o) not in self.gone}
        return result

    def _solve(self):
        while True:
            self.rounds += 1
            slots = {(t, cls): need for t, task in self.tasks.items() for cls, (need, _) in task[2].items()}
            edges = self.edges()
            capacity = {o: officer[1] for o, officer in self.officers.items()}
            year_load = {o: officer[2] for o, officer in self.officers.items()}
            found = optimum(slots, edges, capacity, year_load, self.rule)
            self.unique = self.unique and len(found["best"]) == 1
            proof = certificate(slots, edges, capacity, year_load, self.rule, found)
            self._write_certificate(slots, capacity, year_load, found, proof)
            lines = ["%s\t%s\t%s\t%d" % (t, cls, o, edges[t, cls][o]) for t, cls, o in found["best"][0]]
            if found["unfilled"] and self.remedies:
                self._remedy(slots, found["best"][0])
            else:
                deletions = self._pairs(edges, found["best"][0])
                if not deletions:
                    self.found, self.assignment = found, found["best"][0]
                    self.files["assign-%s.tsv" % self.label] = sorted_text(lines)
                    break
                self.gone |= deletions
                self.deleted += ["%d\t%s\t%s" % (self.rounds, t, o) for t, o in deletions]
            self.files["assign-%s-%d.tsv" % (self.label, self.rounds)] = sorted_text(lines)
        self.evidence = sorted(name for name in self.files if name != "assign-%s.tsv" % self.label)
        self.results = ["assign-%s.tsv" % self.label]
        for kind, texts in (("deleted", self.deleted), ("postponed", self.postponed)):
            if texts:
                name = "%s-%s.tsv" % (kind, self.label)
                self.files[name] = sorted_text(texts)
                self.results.append(name)

    def _remedy(self, slots, assignment):
        remedy = self.remedies.pop(0)
        if remedy == "pool":
            self.officers.update(self.pool)
        elif remedy == "postpone":
            for t, cls in slots:
                if sum(1 for seat in assignment if seat[:2] == (t, cls)) < slots[t, cls]:
                    self.postponed.add(t)
            self.tasks = {t: task for t, task in self.tasks.items() if t not in self.postponed}
        else:
            more = int(remedy.split("+")[1])
            self.officers = {o: (have, c + more, load) for o, (have, c, load) in self.officers.items()}

    def _pairs(self, edges, assignment):
        cost_in = {(t, o): edges[t, cls][o] for t, cls, o in assignment}
        deletions = set()
        for a, b in itertools.combinations(sorted(self.officers), 2):
            allowed = self.allowances.get((a, b), self.pair_limit)
            shared = [t for t in self.tasks if (t, a) in cost_in and (t, b) in cost_in]
            if allowed is None or len(shared) <= allowed:
                continue
            shared.sort(key=lambda t: (cost_in[t, a] + cost_in[t, b], t))
            for t in shared[allowed:]:
                deletions.add((t, a if cost_in[t, a] > cost_in[t, b] else b))
        return deletions

    def _write_certificate(self, slots, capacity, year_load, found, proof):
        end = "-%s-%d" % (self.label, self.rounds)
        assignment = found["best"][0]
        self.files["proof%s.txt" % end] = ("cost_bytes=%d\nlimit=%d\nmu=%s\ntotal=%d\nunfilled=%d\n" % (
            self.cost_bytes, proof["limit"], "none" if proof["mu"] is None else proof["mu"], proof["total"],
            proof["unfilled"])).encode()
        self.files["prices%s.tsv" % end] = sorted_text("%s\t%d\t%d\t%d" % (
            o, min(c, max(0, proof["limit"] - year_load[o])), sum(1 for seat in assignment if seat[2] == o),
            proof["price"][o]) for o, c in capacity.items())
        self.files["slots%s.tsv" % end] = sorted_text("%s\t%s\t%d\t%d\t%d" % (
            key + (need, sum(1 for seat in assignment if seat[:2] == key), proof["alpha"][key]))
            for key, need in slots.items())
        lines = []
        for level in (1, 2):
            cut = proof["cut%d" % level]
            if cut:
                lines += ["%d\tslot\t%s\t%s" % ((level,) + key) for key in cut[0]]
                lines += ["%d\tofficer\t%s\t-" % (level, o) for o in cut[1]]
        self.files["cuts%s.tsv" % end] = sorted_text(lines)
