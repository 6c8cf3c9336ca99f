#!/usr/bin/env python3
"""Writes the golden vectors of DSJ-1 and two example bundles: golden.json, example-sha256.zip, example-sm3.zip.

    python3 make_vectors.py [DIRECTORY]      (default: ../vectors beside this file)

Everything here is a function of this file: no clock, no random number. The keys are for tests and known to everybody.
Expected values come from verify.py; for officers from brute.py, and verify.py accepts them.
"""

import hashlib
import json
import os
import sys

import brute
import verify
from verify import (ED_BASE, SHA256, SM2_G, SM2_N, SM3, Refused, ed_encode, ed_mul, list_line, lines_of, mth,
                    share_text, sm2_digest, sm2_mul, sorted_text, sub_seed, ticketer)

Z = "0123456789abcdef" * 4

# --------------------------------------------------------------------------------------------------------------------
# Signing, for tests


def secret(name):
    return hashlib.sha256(("test key of " + name).encode()).digest()


def ed25519_key(name):
    return ed_encode(ed_mul(_ed_scalar(name)[0], ED_BASE)).hex()


def _ed_scalar(name):
    digest = hashlib.sha512(secret(name)).digest()
    number = int.from_bytes(digest[:32], "little")
    return (number & ((1 << 254) - 8)) | (1 << 254), digest[32:]


def ed25519_sign(name, message):
    order = 2 ** 252 + 27742317777372353535851937790883648493
    scalar, prefix = _ed_scalar(name)
    r = int.from_bytes(hashlib.sha512(prefix + message).digest(), "little") % order
    point = ed_encode(ed_mul(r, ED_BASE))
    k = int.from_bytes(hashlib.sha512(point + bytes.fromhex(ed25519_key(name)) + message).digest(), "little") % order
    return (point + ((r + k * scalar) % order).to_bytes(32, "little")).hex()


def _sm2_scalar(name):
    return int.from_bytes(secret(name), "big") % (SM2_N - 2) + 1


def sm2_key(name):
    x, y = sm2_mul(_sm2_scalar(name), SM2_G)
    return "04%064x%064x" % (x, y)


def sm2_sign(name, message):
    d = _sm2_scalar(name)
    e = sm2_digest(sm2_mul(d, SM2_G), message)
    counter = 0
    while True:
        k = int.from_bytes(hashlib.sha512(secret(name) + message + bytes([counter])).digest(), "big") % (SM2_N - 1) + 1
        r = (e + sm2_mul(k, SM2_G)[0]) % SM2_N
        s = pow(1 + d, SM2_N - 2, SM2_N) * (k - r * d) % SM2_N
        if r and s and (r + k) % SM2_N:
            return "%064x%064x" % (r, s)
        counter += 1


def key(suite, name):
    return sm2_key(name) if suite is SM3 else ed25519_key(name)


def sign(suite, name, message):
    return sm2_sign(name, message) if suite is SM3 else ed25519_sign(name, message)


# --------------------------------------------------------------------------------------------------------------------
# Building a draw

def sid(i):
    """A made-up credit code."""
    return "91330108MA2" + hashlib.sha256(b"sid %d" % i).hexdigest()[:7].upper()


def digest_of(suite, text):
    return suite.hex(text.encode())


def plan_text(suite, changes=(), **base):
    """A plan: the standard one, with changes {key: value or None}."""
    values = {
        "algorithm": suite.name, "engine": "0" * 64, "plan_id": "EX-2026-07", "draw_no": "1", "log": "example.log/2026",
        "legal_basis": "双随机、一公开 (example)", "timing": "open", "publicity": "2026-07-20", "frame": "public",
        "seed_release": "public", "parties": "JJ,RD", "escrow": "SJ,GZ,TJJ",
        "witnesses": ",".join("%s:%s" % (name, key(suite, name)) for name in ("W1", "W2", "W3")),
        "entropy.1.kind": "dice", "entropy.1.length": "20", "entropy.1.time": "2026-07-20T07:00:00Z",
        "entropy.2.kind": "drand", "entropy.2.time": "2026-07-20T08:00:00Z", "entropy.2.ref": "example-chain 4711",
        "entropy.event.kind": "drand", "entropy.event.delay": "600", "entropy.event.ref": "example-chain",
        "group.G1.matters": "M1,M2,M3", "group.G1.window.1": "2026-08-01/2026-08-14",
        "group.G1.window.2": "2026-08-15/2026-08-28",
        "matter.M1.dept": "SCJG", "matter.M1.rounding": "controlled", "matter.M1.reserve": "2",
        "matter.M1.slot.lead": "1:LEAD+Q1", "matter.M1.slot.member": "1:Q1",
        "matter.M1.stratum.S01.rate": "1/6", "matter.M1.stratum.S02.rate": "1/12",
        "matter.M2.dept": "XF", "matter.M2.rounding": "total", "matter.M2.reserve": "1",
        "matter.M2.stratum.H.rate": "2/5", "matter.M2.stratum.H.design": "pps", "matter.M2.stratum.L.rate": "1/10",
        "matter.M3.dept": "HB", "matter.M3.rounding": "ceil", "matter.M3.reserve": "1",
        "matter.M3.stratum.A.rate": "1/20", "matter.M3.stratum.A.min": "2", "matter.M3.stratum.B.count": "1",
        "matter.M3.slot.inspector": "2:-",
        "dept.SCJG.load": "least", "dept.SCJG.pair_limit": "1", "dept.SCJG.remedy.1": "capacity+1",
        "dept.HB.load": "fixed:2", "dept.HB.remedy.1": "pool", "dept.HB.remedy.2": "postpone",
        "text.note": "made for tests",
    }
    values.update(base)
    values.update(changes)
    lines = ["%s=%s" % pair for pair in values.items() if pair[1] is not None]
    return sorted_text(lines)


class World:
    """A whole draw: data files, shares, seed, lists, officers, log. `members` is the bundle."""

    def __init__(self, suite, changes=(), n=40, officers=None, previous=verify.ZEROS):
        self.suite = suite
        self.files = {"plan.txt": plan_text(suite, changes)}
        self.plan = verify.Plan(self.files["plan.txt"])
        self.n, self.officers = n, officers or {}
        self._data()
        lists = [list_line(suite, name, self.files[name]) for name in self.plan.data_files()]
        self.files["commit.txt"] = verify.commit_text(self.plan, previous, lists)
        self.C = suite.hex(self.files["commit.txt"])

    def salted(self, name, lines):
        out = []
        frame_key = bytes(range(32))
        for line in lines:
            out.append("%s\t%s" % (line, verify.salt_of(self.suite, frame_key, self.plan.plan_id, self.plan.draw_no,
                                                        name, line)))
        return sorted_text(out)

    def _data(self):
        plan, files = self.plan, self.files
        for m, (code, matter) in enumerate(sorted(plan.matters.items())):
            strata, lines = sorted(matter.strata), []
            for i in range(self.n):
                if (i + m) % 5 == 4:
                    continue  # each matter has its own subjects
                size = (1, 2, 3, 8, 60)[(i * 7 + m) % 5] if len(matter.strata) > 1 else 1
                lines.append("%s\t%s\t%d" % (sid(i), strata[(i // 2 + m) % len(strata)], size))
            name = "frame-%s.tsv" % code
            files[name] = sorted_text(lines) if plan.public else self.salted(name, lines)
            name = "excluded-%s.tsv" % code
            files[name] = self.salted(name, ["%s\tCAP\t%s" % (sid(1000 + m), digest_of(self.suite, "why %d" % m))])
        for dept in plan.departments:
            for kind, default in (("officers", DEFAULT_OFFICERS), ("recusals", []), ("pairs", []),
                                  ("pool", DEFAULT_POOL)):
                name = "%s-%s.tsv" % (kind, dept)
                if name in plan.data_files():
                    files[name] = self.salted(name, self.officers.get(name, default))

    def make_seed(self, publics=None):
        suite, plan = self.suite, self.plan
        self.shares = {party: digest_of(suite, "share of " + party) for party in plan.people()}
        values = {"dice": "00412339507718264905", "drand": "5a" * 32, "numbers": "0071829"}
        self.publics = publics or [values[kind] if kind == "drand" else (values[kind] * 50)[:length]
                                   for kind, length, _ in plan.entropy]
        self.files["seed.txt"] = verify.seed_text(plan, self.C, self.shares, self.publics)
        self.seed = suite.hex(self.files["seed.txt"])
        for party in plan.people():
            self.files["share-%s.txt" % party] = share_text(self.C, party, self.shares[party])

    def draw_subjects(self):
        rows = verify.read_all_data(self.plan, self.files)
        self.rows = rows
        self.draw = verify.Draw(self.plan, self.seed, {code: rows["frame-%s.tsv" % code] for code in self.plan.matters})
        self.lists = self.draw.texts()
        self.files.update(self.lists)

    def solve(self, dept, seed=None, label=None, remedies=None, gone=()):
        office = office_of(self.plan, dept, seed or sub_seed(self.suite, self.seed, "officers/" + dept),
                           self.draw.visits(), self.rows, label, remedies, gone)
        self.files.update(office.files)
        return office

    def assign(self):
        self.offices = {dept: self.solve(dept) for dept in self.plan.departments}
        names = list(self.lists) + [name for office in self.offices.values() for name in office.results]
        evidence = [name for office in self.offices.values() for name in office.evidence]
        lists = [list_line(self.suite, name, self.files[name]) for name in names]
        self.files["result.txt"] = verify.result_text(self.C, self.seed, lists)
        lists = [list_line(self.suite, name, self.files[name]) for name in evidence]
        self.files["evidence.txt"] = verify.evidence_text(self.suite.hex(self.files["result.txt"]), self.seed, lists)

    def make(self):
        self.make_seed()
        self.draw_subjects()
        self.assign()
        return self


DEFAULT_OFFICERS = ["P01\tLEAD:2026-12-31+Q1:2026-12-31\t2\t0", "P02\tLEAD:2026-12-31+Q1:2026-08-20\t9\t2",
                    "P03\tQ1:2026-12-31\t9\t0", "P04\tQ1:2026-12-31\t9\t3", "P05\tQ1:2026-12-31\t1\t0",
                    "P06\tLEAD:2026-12-31+Q1:2026-12-31\t9\t1"]
DEFAULT_POOL = ["R01\tLEAD:2026-12-31+Q1:2026-12-31\t2\t0", "R02\tQ1:2026-12-31\t2\t0"]


def office_of(plan, dept, seed, visits, rows, label=None, remedies=None, gone=()):
    """brute.Office of a department, its tasks built here from the visits."""
    tasks = {}
    for group, _, company, window, matters in visits:
        classes, own = {}, [code for code in matters.split(",") if plan.matters[code].dept == dept]
        for code in own:
            for cls, (need, quals) in plan.matters[code].slots.items():
                before = classes.get(cls, (0, set()))
                classes[cls] = (max(before[0], need), before[1] | set(quals))
        if own:
            last = plan.groups[group][1][int(window) - 1][1] if window != "-" else ""
            tasks[group + "/" + company] = (company, last, classes)

    def people(name):
        return {row[0]: (dict(q.split(":") for q in row[1].split("+")) if row[1] != "-" else {}, int(row[2]), int(row[3]))
                for row in rows.get(name, ())}
    return brute.Office(
        plan.suite, seed, tasks, people("officers-%s.tsv" % dept),
        {(row[0], row[1]) for row in rows["recusals-%s.tsv" % dept]}, plan.load[dept],
        plan.remedies[dept] if remedies is None else remedies, people("pool-%s.tsv" % dept), plan.pair_limit[dept],
        {(row[0], row[1]): int(row[2]) for row in rows["pairs-%s.tsv" % dept]}, label or dept, gone)


class Ledger:
    """A log being written: entries, heads with two witnesses."""

    def __init__(self, suite, plan_id, draw_no, log, witnesses=("W1", "W2")):
        self.suite, self.plan_id, self.draw_no, self.log = suite, plan_id, draw_no, log
        self.witnesses, self.files, self.leaves = witnesses, {}, []

    def add(self, time, kind, plan_id=None, draw_no=None, **fields):
        names = [name for name, _ in verify.ENTRY_FIELDS.get(kind, ())] or list(fields)
        text = "DSJ1/entry\nseq=%d\ntime=%s\nplan_id=%s\ndraw_no=%d\nkind=%s\n" % (
            len(self.leaves), time, plan_id or self.plan_id, draw_no or self.draw_no, kind)
        text += "".join("%s=%s\n" % (name, fields["into" if name == "in" else name]) for name in names)
        self.files["entry-%d.txt" % len(self.leaves)] = text.encode()
        self.leaves.append(text.encode())
        return len(self.leaves) - 1

    def head(self, time):
        size = len(self.leaves)
        text = ("DSJ1/head\nlog=%s\nsuite=%s\nsize=%d\nroot=%s\ntime=%s\n" % (
            self.log, self.suite.name, size, mth(self.suite, self.leaves), time)).encode()
        self.files["head-%d.txt" % size] = text
        for name in self.witnesses:
            self.files["head-%d.%s.sig" % (size, name)] = (sign(self.suite, name, text) + "\n").encode()


def script(world, stop=None):
    """The steps of a whole ceremony as a list: ("entry", time, kind, fields) and ("head", time)."""
    plan, suite, C = world.plan, world.suite, world.C
    steps = [("entry", "2026-07-01T08:00:00Z", "Committed", {"digest": C}), ("head", "2026-07-01T08:10:00Z")]
    for i, party in enumerate(plan.people()):
        steps.append(("entry", "2026-07-02T08:%02d:00Z" % i, "ShareCommitted", {
            "party": party, "digest": suite.hex(share_text(C, party, world.shares[party]))}))
    for i, party in enumerate(plan.escrow):
        steps.append(("entry", "2026-07-02T09:%02d:00Z" % i, "ShareHeld", {
            "party": party, "holder": plan.escrow[(i + 1) % 3],
            "digest": suite.hex(share_text(C, party, world.shares[party]))}))
    steps += [("entry", "2026-07-02T10:00:00Z", "SharesClosed", {}), ("head", "2026-07-02T10:10:00Z")]
    for i, party in enumerate(plan.parties):
        steps.append(("entry", "2026-07-03T08:%02d:00Z" % i, "ShareRevealed", {
            "party": party, "share": world.shares[party]}))
    steps.append(("head", "2026-07-03T08:30:00Z"))
    for i, value in enumerate(world.publics):
        steps.append(("entry", "2026-07-20T09:%02d:00Z" % i, "PublicEntropy", {"index": i + 1, "value": value}))
    steps.append(("head", "2026-07-20T09:30:00Z"))
    opened = [("entry", "%s:%02d:00Z" % ("2026-07-20T10" if plan.open else "2026-09-30T10", i), "ShareOpened", {
        "party": party, "share": world.shares[party]}) for i, party in enumerate(plan.escrow)]
    if plan.open and not plan.auditors:
        steps += opened
    names = sorted(name for name in world.lists if name.startswith(("drawn-", "tickets-")))
    steps.append(("entry", "2026-07-20T11:00:00Z", "DrawExecuted", {
        "result": suite.hex(world.files["result.txt"]), "evidence": suite.hex(world.files["evidence.txt"]),
        "roots": ",".join("%s:%s" % (name, mth(suite, lines_of(world.files[name]))) for name in names)}))
    steps.append(("head", "2026-07-20T11:10:00Z"))
    if plan.open:
        steps.append(("entry", "2026-07-20T12:00:00Z", "Published", {}))
    else:
        steps += [] if plan.auditors else opened
        steps.append(("entry", "2026-09-30T12:00:00Z", "Published", {}))
    return steps


def write_log(world, steps, witnesses=("W1", "W2"), final_head=True):
    ledger = Ledger(world.suite, world.plan.plan_id, world.plan.draw_no, world.plan.log, witnesses)
    last = "2026-07-01T00:00:00Z"
    for step in steps:
        if step[0] == "head":
            ledger.head(step[1])
        else:
            ledger.add(step[1], step[2], **step[3])
        last = max(last, step[1])
    if final_head and "head-%d.txt" % len(ledger.leaves) not in ledger.files:
        ledger.head(last[:14] + "59:59Z")
    return ledger.files


def add_officer_event(world, steps, number, day, dept, standing, outs, pick=0, task=None):
    """An officer event on the slot `pick` of the current assignment; appends its three entries and the files."""
    rows = sorted((t, cls, o) for t, classes in standing.tasks.items() for cls, held in classes.items() for o in held)
    t, cls, out = task or rows[pick]
    text = ("DSJ1/event\ncommit=%s\nevent=%d\nkind=officer\ntask=%s\nclass=%s\nout=%s\nreason=ILL\nevidence=%s\n" % (
        world.C, number, t, cls, out, digest_of(world.suite, "certificate %d" % number))).encode()
    seed_e = _event_entries(world, steps, number, day, text)
    gone = outs.setdefault(t, set())
    gone.add(out)
    successor = standing.replace(world.suite, seed_e, t, cls, out, gone)
    steps.append(("entry", day + "T09:30:00Z", "EventExecuted", {"event": number, "out": out, "into": successor or "-"}))
    return t, cls, out, successor


def _event_entries(world, steps, number, day, text):
    world.files["event-%d.txt" % number] = text
    digest = world.suite.hex(text)
    value = digest_of(world.suite, "beacon of event %d" % number)
    steps += [("entry", day + "T08:00:00Z", "Event", {"event": number, "digest": digest}), ("head", day + "T08:05:00Z"),
              ("entry", day + "T09:00:00Z", "EventEntropy", {"event": number, "value": value})]
    seed_file = verify.event_seed_text(world.seed, digest, value)
    world.files["seed-event-%d.txt" % number] = seed_file
    return world.suite.hex(seed_file)


def add_remedy_event(world, steps, number, day, dept, remedy, earlier=(), gone=()):
    """A remedy outside the plan: the department solved anew."""
    text = ("DSJ1/event\ncommit=%s\nevent=%d\nkind=remedy\ndept=%s\nremedy=%s\nreason=SHORT\nevidence=%s\n" % (
        world.C, number, dept, remedy, digest_of(world.suite, "minutes %d" % number))).encode()
    seed_e = _event_entries(world, steps, number, day, text)
    label = "%s.event-%d" % (dept, number)
    office = world.solve(dept, seed_e, label, world.plan.remedies[dept] + list(earlier) + [remedy], gone)
    steps.append(("entry", day + "T09:30:00Z", "EventExecuted", {
        "event": number, "out": "-", "into": world.suite.hex(world.files["assign-%s.tsv" % label])}))
    return office


def standing_of(world, dept):
    """verify.Standing of a department after the draw."""
    department = verify.Department(world.plan, dept, sub_seed(world.suite, world.seed, "officers/" + dept),
                                   world.draw.visits(), world.rows, world.files)
    department.check()
    return verify.Standing(department)


def add_substitution(world, steps, time, matter, out, into, reason="DEREGISTERED"):
    steps.append(("entry", time, "Substitution", {
        "matter": matter, "out": out, "into": into, "reason": reason,
        "evidence": digest_of(world.suite, "register %s" % out)}))


def example_world(suite):
    """The example: open timing, public frames, officers, two events, a substitution. Returns (world, members)."""
    world = World(suite).make()
    steps = script(world)
    steps.append(("head", "2026-07-20T12:30:00Z"))
    first = sorted(row for row in world.files["drawn-M1.tsv"].decode().splitlines() if row.endswith("\tdrawn"))[0]
    stratum, _, out, _ = first.split("\t")
    reserve = [row.split("\t")[2] for row in world.files["drawn-M1.tsv"].decode().splitlines()
               if row.endswith("\treserve") and row.startswith(stratum + "\t")]
    add_substitution(world, steps, "2026-07-22T08:00:00Z", "M1", out, reserve[0])
    add_officer_event(world, steps, 1, "2026-07-23", "SCJG", standing_of(world, "SCJG"), {})
    add_remedy_event(world, steps, 2, "2026-07-24", "HB", "capacity+1")
    members = dict(world.files)
    members.update(write_log(world, steps))
    world.steps = steps
    return world, members


# --------------------------------------------------------------------------------------------------------------------
# Replay of one vector: the meaning of each kind

ABOUT = {
    "what": "Golden vectors of DSJ-1. Every vector: suite, section, kind, name, input, expected.",
    "texts": "A file is given as its text, or, where it is not UTF-8, as hexadecimal under its name with `_hex`. "
             "Integers that may exceed 2^53 are strings. Digests and seeds are hexadecimal.",
    "refused": "expected = {refused: true, file, line, column[, offset]}: the first place that is refused; file `-` and line 0 "
               "where no file is meant; line 0 also for a file that is missing or should not be there.",
    "kinds": {
        "plan": "input plan → files: names that the commitment must list",
        "data": "input plan, name, file → list: the LIST line of this data file, read under this plan",
        "cross": "input plan, files (name → text) → ok: the files also agree with each other",
        "commit": "input plan, previous, files → text, C",
        "read_commit": "input plan, file, files → C: commit.txt read, and each of the given files found as listed",
        "root": "input lines → root",
        "inclusion": "input line, index, size, path, root → holds",
        "consistency": "input first, second, path, root1, root2 → holds",
        "salt": "input frame_key (hex), plan_id, draw_no, name, line (without salt) → salt",
        "seed": "input plan, commit (C), shares, publics, labels → text, seed, digests (of the share files), sub (seeds)",
        "read_seed": "input plan, commit, file → seed",
        "ceremony": "input plan, commit (C), log (name → text of entry-, head- and .sig files) → state, publics: log checked, "
                    "heads and signatures too, and this draw's entries walked in order. state: published, void, executed, or the "
                    "kind of the last entry",
        "ticket": "input seed, label, x → sub_seed, ticket",
        "integer": "input seed, label, m → value",
        "systematic": "input weights, mu, d, k → counts",
        "allocation": "input seed, matter, rounding, strata (code → N and rate [min] or count) → n: code → [n, expected, shortfall]",
        "pps": "input sizes (in ticket order), n, k → marks: certain, drawn or null. k is used as the integer for whatever W",
        "subjects": "input plan, seed, files (frames) → files: alloc, drawn, visits, and tickets if the plan asks for them",
        "optimum": "input slots [[t, class, need]], edges [[t, class, officer, cost]], capacity, year_load, rule (`least` or int) "
                   "→ unfilled, limit, total, unique, assignment [[t, class, officer]] (null if not unique); found by brute force",
        "certificate": "input as optimum, and assignment, limit, unfilled, total, mu (or null), price, alpha [[t, class, value]], "
                       "cut1, cut2 ([slots, officers] or null) → unique; refused with file = part (assign, proof, prices, slots, cuts)",
        "officers": "input plan, dept, seed (of the draw), visits (visits.tsv), data (officers, recusals, pairs, pool), files "
                    "(assign, certificates) → rounds, unfilled, limit, total, files (assign, deleted, postponed): a solver "
                    "reproduces these files byte for byte, a verifier accepts the given certificates",
        "event_file": "input plan, commit, number, file → fields",
        "event": "input as officers, and commit, events [{file, value}] → seeds, in: each event's seed and the successor or `-`",
        "substitution": "input drawn (drawn-<M>.tsv), out [sids in log order] → in: for each the next reserve or `-`",
        "log": "input plan, log → size, root, head: whole log checked for form, heads, signatures, draw numbers; digest of the newest head",
        "signature": "input key, message, signature (all hex) → holds; Ed25519 or SM2 with SM3 by the suite",
        "archive": "input members (name → text) → size, digest: SHA-256 of the canonical archive in either suite",
        "read_archive": "input archive_hex → names",
    },
}


def raw(given, name):
    return bytes.fromhex(given[name + "_hex"]) if name + "_hex" in given else given[name].encode()


def raws(files):
    return {name: text.encode() for name, text in files.items()}


def texts(files):
    return {name: data.decode() for name, data in sorted(files.items())}


def slot_problem(given):
    slots = {(t, cls): need for t, cls, need in given["slots"]}
    edges = {slot: {} for slot in slots}
    for t, cls, o, cost in given["edges"]:
        edges[t, cls][o] = int(cost)
    return slots, edges, given["capacity"], given["year_load"], given["rule"]


def visits_of(text):
    return [tuple(line.split("\t")) for line in text.splitlines()]


def department_of(given, files=None):
    plan = verify.Plan(given["plan"].encode())
    rows = {name: verify.read_data(plan, name, data) for name, data in raws(given["data"]).items()}
    seed = sub_seed(plan.suite, given["seed"], "officers/" + given["dept"])
    department = verify.Department(plan, given["dept"], seed, visits_of(given["visits"]), rows,
                                   raws(files if files is not None else given["files"]))
    department.check()
    return department


def replay(suite, kind, given):
    """Expected value of a vector, or Refused."""
    return globals()["_replay_" + kind](suite, given)


def _replay_plan(suite, given):
    return {"files": verify.Plan(raw(given, "plan")).data_files()}


def _replay_data(suite, given):
    plan = verify.Plan(given["plan"].encode())
    verify.read_data(plan, given["name"], raw(given, "file"))
    return {"list": list_line(suite, given["name"], raw(given, "file"))}


def _replay_cross(suite, given):
    verify.read_all_data(verify.Plan(given["plan"].encode()), raws(given["files"]))
    return {"ok": True}


def _replay_commit(suite, given):
    files = raws(given["files"])
    text = verify.commit_text(verify.Plan(given["plan"].encode()), given["previous"],
                              [list_line(suite, name, data) for name, data in files.items()])
    return {"text": text.decode(), "C": suite.hex(text)}


def _replay_read_commit(suite, given):
    commit = verify.read_commit(verify.Plan(given["plan"].encode()), raw(given, "file"))
    for name, data in sorted(raws(given["files"]).items()):
        commit.check_file(suite, name, data)
    return {"C": suite.hex(raw(given, "file"))}


def _replay_root(suite, given):
    return {"root": mth(suite, [line.encode() for line in given["lines"]])}


def _replay_inclusion(suite, given):
    return {"holds": verify.check_inclusion(suite, given["line"].encode(), given["index"], given["size"], given["path"],
                                            given["root"])}


def _replay_consistency(suite, given):
    return {"holds": verify.check_consistency(suite, given["first"], given["second"], given["path"], given["root1"],
                                              given["root2"])}


def _replay_salt(suite, given):
    return {"salt": verify.salt_of(suite, bytes.fromhex(given["frame_key"]), given["plan_id"], given["draw_no"],
                                   given["name"], given["line"])}


def _replay_seed(suite, given):
    plan = verify.Plan(given["plan"].encode())
    text = verify.seed_text(plan, given["commit"], given["shares"], given["publics"])
    verify.read_seed(plan, given["commit"], text)
    seed = suite.hex(text)
    return {"text": text.decode(), "seed": seed,
            "digests": {party: suite.hex(share_text(given["commit"], party, share))
                        for party, share in given["shares"].items()},
            "sub": {label: sub_seed(suite, seed, label) for label in given["labels"]}}


def _replay_read_seed(suite, given):
    verify.read_seed(verify.Plan(given["plan"].encode()), given["commit"], raw(given, "file"))
    return {"seed": suite.hex(raw(given, "file"))}


def _replay_ceremony(suite, given):
    plan = verify.Plan(given["plan"].encode())
    log = verify.Log(plan, raws(given["log"]))
    log.check_draws()
    ceremony = verify.Ceremony(plan, given["commit"], log)
    ceremony.walk()
    state = ("void" if ceremony.voided else "published" if ceremony.published else
             "executed" if ceremony.executed else ceremony.own[-1].kind)
    return {"state": state, "publics": ceremony.publics}


def _replay_ticket(suite, given):
    seed = sub_seed(suite, given["seed"], given["label"])
    return {"sub_seed": seed, "ticket": ticketer(suite, seed)(given["x"])}


def _replay_integer(suite, given):
    m = int(given["m"])
    if not 1 <= m <= 2 ** 128:
        raise Refused("-", 0, 0, "m out of range")
    return {"value": str(verify.integer(suite, sub_seed(suite, given["seed"], given["label"]), m))}


def _replay_systematic(suite, given):
    return {"counts": verify.systematic([int(w) for w in given["weights"]], int(given["mu"]), int(given["d"]),
                                        int(given["k"]))}


def _replay_allocation(suite, given):
    strata, sizes = {}, {}
    for code, fields in given["strata"].items():
        strata[code], sizes[code] = verify.Stratum(), int(fields["N"])
        strata[code].count, strata[code].least = fields.get("count"), fields.get("min", 0)
        if "rate" in fields:
            strata[code].rate = tuple(int(part) for part in fields["rate"].split("/"))
    result = verify.allocate(suite, given["seed"], given["matter"], strata, sizes, given["rounding"])
    return {"n": {code: list(result[code]) for code in sorted(result)}}


def _replay_pps(suite, given):
    return {"marks": verify.pps_select([int(size) for size in given["sizes"]], given["n"], lambda w: int(given["k"]))}


def _replay_subjects(suite, given):
    plan = verify.Plan(given["plan"].encode())
    rows = verify.read_all_data(plan, raws(given["files"]))
    draw = verify.Draw(plan, given["seed"], {code: rows["frame-%s.tsv" % code] for code in plan.matters})
    return {"files": texts(draw.texts())}


def _replay_optimum(suite, given):
    slots, edges, capacity, year_load, rule = slot_problem(given)
    found = brute.optimum(slots, edges, capacity, year_load, rule)
    unique = len(found["best"]) == 1
    return {"unfilled": found["unfilled"], "limit": found["limit"], "total": str(found["total"]), "unique": unique,
            "assignment": [list(seat) for seat in found["best"][0]] if unique else None}


def _replay_certificate(suite, given):
    slots, edges, capacity, year_load, rule = slot_problem(given)
    proof = {"limit": given["limit"], "unfilled": given["unfilled"], "total": int(given["total"]),
             "mu": None if given["mu"] is None else int(given["mu"]),
             "price": {o: int(p) for o, p in given["price"].items()},
             "alpha": {(t, cls): int(value) for t, cls, value in given["alpha"]}}
    for name in ("cut1", "cut2"):
        proof[name] = given[name] and ({tuple(slot) for slot in given[name][0]}, set(given[name][1]))
    try:
        filled, load, held = verify.check_certificate(slots, edges, capacity, year_load, rule,
                                                      [tuple(seat) for seat in given["assignment"]], proof)
    except verify.BadCertificate as bad:
        raise Refused(bad.where[0], 0, 0, bad.what)
    return {"unique": verify.is_unique(slots, edges, verify.limited(capacity, year_load, given["limit"]), filled, load,
                                       held, proof["price"], proof["alpha"], proof["mu"])}


def _replay_officers(suite, given):
    department = department_of(given)
    name = "assign-%s.tsv" % given["dept"]
    files = dict(department.lists())
    files[name] = given["files"][name].encode()
    return {"rounds": department.rounds, "unfilled": department.proof["unfilled"], "limit": department.proof["limit"],
            "total": str(department.proof["total"]), "files": texts(files)}


def _replay_event_file(suite, given):
    return {"fields": verify.read_event(verify.Plan(given["plan"].encode()), given["commit"], given["number"],
                                        raw(given, "file"))}


def _replay_event(suite, given):
    plan = verify.Plan(given["plan"].encode())
    standing, outs, seeds, into = verify.Standing(department_of(given)), {}, [], []
    for number, event in enumerate(given["events"], 1):
        name = "event-%d.txt" % number
        fields = verify.read_event(plan, given["commit"], number, event["file"].encode())
        seeds.append(suite.hex(verify.event_seed_text(given["seed"], suite.hex(event["file"].encode()), event["value"])))
        t, cls, out = fields["task"], fields["class"], fields["out"]
        if out not in standing.tasks.get(t, {}).get(cls, ()):
            raise Refused(name, 7, 5, "does not hold this slot")
        gone = outs.setdefault(t, set())
        gone.add(out)
        into.append(standing.replace(suite, seeds[-1], t, cls, out, gone) or "-")
    return {"seeds": seeds, "in": into}


def _replay_substitution(suite, given):
    current, reserves, into = {}, {}, []
    for line in given["drawn"].splitlines():
        stratum, _, company, mark = line.split("\t")
        if mark == "reserve":
            reserves.setdefault(stratum, []).append(company)
        else:
            current[company] = stratum
    for company in given["out"]:
        if company not in current:
            raise Refused("-", 0, 0, "not drawn, or out already")
        stratum = current.pop(company)
        left = reserves.get(stratum, [])
        into.append(left.pop(0) if left else "-")
        if into[-1] != "-":
            current[into[-1]] = stratum
    return {"in": into}


def _replay_log(suite, given):
    log = verify.Log(verify.Plan(given["plan"].encode()), raws(given["log"]))
    log.check_draws()
    return {"size": len(log.entries), "root": log.heads[-1].root, "head": suite.hex(log.heads[-1].data)}


def _replay_signature(suite, given):
    return {"holds": verify.signature_holds(suite, given["key"], bytes.fromhex(given["message"]),
                                            bytes.fromhex(given["signature"]))}


def _replay_archive(suite, given):
    data = verify.write_zip(raws(given["members"]))
    verify.read_zip(data)
    return {"size": len(data), "digest": hashlib.sha256(data).hexdigest()}


def _replay_read_archive(suite, given):
    return {"names": sorted(verify.read_zip(bytes.fromhex(given["archive_hex"]), "archive"))}


def expected_of(suite, kind, given):
    """What a golden vector must say."""
    try:
        return replay(suite, kind, given)
    except Refused as refusal:
        place = {"refused": True, "file": refusal.file, "line": refusal.line, "column": refusal.column}
        if refusal.file == "archive":
            place["offset"] = refusal.offset
        return place


# --------------------------------------------------------------------------------------------------------------------
# The golden vectors


class Book:
    """Collects vectors; `ok` and `bad` say what the maker of the vector means it to show."""

    def __init__(self):
        self.vectors, self.names = [], set()

    def add(self, suite, section, kind, name, given, refused):
        full = "%s/%s/%s" % (suite.name, kind, name)
        assert full not in self.names, full
        self.names.add(full)
        expected = expected_of(suite, kind, given)
        assert ("refused" in expected) == refused, (full, expected)
        self.vectors.append({"suite": suite.name, "section": section, "kind": kind, "name": name, "input": given,
                             "expected": expected})
        return expected

    def ok(self, suite, section, kind, title, /, **given):
        return self.add(suite, section, kind, title, given, False)

    def bad(self, suite, section, kind, title, /, **given):
        return self.add(suite, section, kind, title, given, True)


def small_plan(suite, changes=(), **base):
    """A plan with one matter, one stratum, a beacon, no escrow."""
    drop = [k for k in verify.Plan(plan_text(suite)).values
            if k.startswith(("matter.", "dept.", "group.", "entropy.2", "text."))]
    values = dict.fromkeys(drop)
    values.update({
        "parties": "JJ", "escrow": "none", "entropy.1.kind": "drand", "entropy.1.length": None,
        "entropy.1.ref": "example-chain 4711", "group.G1.matters": "M1", "matter.M1.dept": "XF",
        "matter.M1.rounding": "ceil", "matter.M1.reserve": "1", "matter.M1.stratum.A.rate": "1/2"})
    values.update(changes)
    return plan_text(suite, values, **base).decode()


def vectors_1(book, suite):
    world = World(suite, n=12)
    plan = world.files["plan.txt"].decode()
    book.ok(suite, 1, "plan", "standard", plan=plan)
    book.ok(suite, 1, "plan", "smallest", plan=small_plan(suite))
    for name, changes in (
            ("unknown key", {"matter.M1.stratum.A.ratio": "1/2"}), ("rate not in lowest terms", {"matter.M1.stratum.A.rate": "2/4"}),
            ("rate above one", {"matter.M1.stratum.A.rate": "3/2"}), ("leading zero", {"draw_no": "01"}),
            ("full-width digit", {"draw_no": "\uff11"}), ("value with a space at its end", {"text.a": "x "}),
            ("no such day", {"publicity": "2026-02-30"}), ("key missing", {"publicity": None}),
            ("rate and count", {"matter.M1.stratum.A.count": "3"}), ("dice without escrow", {
                "entropy.1.kind": "dice", "entropy.1.length": "20"}),
            ("sealed without escrow", {"timing": "sealed"}), ("auditors with a public frame", {
                "seed_release": "auditors", "escrow": "A,B,C"}),
            ("escrow holder is a party", {"escrow": "A,B,JJ"}), ("gap in entropy", {
                "entropy.3.kind": "drand", "entropy.3.time": "2026-07-20T09:00:00Z", "entropy.3.ref": "r"}),
            ("matter in no group", {"group.G1.matters": "M2"}), ("slots without a window", {
                "matter.M1.slot.lead": "1:-", "dept.XF.load": "least"}),
            ("matters not sorted", {"group.G1.matters": "M1,L1"}), ("pool twice", {
                "matter.M1.slot.lead": "1:-", "dept.XF.load": "least", "group.G1.window.1": "2026-08-01/2026-08-02",
                "dept.XF.remedy.1": "pool", "dept.XF.remedy.2": "pool"}),
            ("one witness twice", {"witnesses": "W1:%s,W2:%s" % (("ab" * 32,) * 2)})):
        book.bad(suite, 1, "plan", name, plan=small_plan(suite, changes))
    lines = small_plan(suite).splitlines(True)
    book.bad(suite, 1, "plan", "not sorted", plan="".join([lines[1], lines[0]] + lines[2:]))
    book.bad(suite, 1, "plan", "line twice", plan="".join([lines[0]] + lines))
    book.bad(suite, 1, "plan", "TAB in a value", plan=small_plan(suite, {"text.a": "x\ty"}))

    frame = world.files["frame-M1.tsv"].decode()
    first, second = frame.splitlines(True)[:2]
    good = [("whole", frame), ("empty", ""), ("largest size", first.replace("\t1\n", "\t1\n").rsplit("\t", 1)[0]
                                               + "\t9223372036854775807\n"), ("hub id of 54", "Z" * 54 + "\tS01\t1\n")]
    for name, text in good:
        book.ok(suite, 1, "data", "frame " + name, plan=plan, name="frame-M1.tsv", file=text)
    code, rest = first[:18], first[18:]
    for name, text in (
            ("with BOM", "\ufeff" + frame), ("with CR", first[:-1] + "\r\n" + second), ("without last LF", frame[:-1]),
            ("with an empty line", first + "\n" + second), ("not sorted", second + first), ("with a line twice", first + first),
            ("with a company twice", first + code + "\tS01\t2\n" if "S01\t1" in rest else code + "\tS01\t1\n" + first),
            ("lower case", code.lower() + rest), ("full-width", "\uff19" + code[1:] + rest),
            ("full-width inside a field", code + "\tS\uff101\t1\n"),
            ("unsorted before full-width", second + first + "\uff19\tS01\t1\n"), ("unknown stratum", code + "\tS99\t1\n"), ("size zero", code + "\tS01\t0\n"),
            ("size 2^63", code + "\tS01\t9223372036854775808\n"), ("a field too few", code + "\tS01\n"),
            ("a field too many", first[:-1] + "\tx\n"), ("an empty field", code + "\t\t1\n"),
            ("with control character", code + "\tS01\x01\t1\n"), ("with C1 control", code + "\tS01\u0085\t1\n"),
            ("sid of 55", "Z" * 55 + "\tS01\t1\n")):
        book.bad(suite, 1, "data", "frame " + name, plan=plan, name="frame-M1.tsv", file=text)
    book.bad(suite, 1, "data", "frame not UTF-8", plan=plan, name="frame-M1.tsv",
             file_hex=(first.encode() + code.encode() + b"\tS\xe4\xb8\t1\n").hex())
    private = World(suite, {"frame": "private"}, n=8)
    book.ok(suite, 1, "data", "private frame", plan=private.files["plan.txt"].decode(), name="frame-M1.tsv",
            file=private.files["frame-M1.tsv"].decode())
    book.bad(suite, 1, "data", "private frame without salt", plan=private.files["plan.txt"].decode(), name="frame-M1.tsv",
             file=frame)
    officers = world.files["officers-SCJG.tsv"].decode()
    book.ok(suite, 1, "data", "officers", plan=plan, name="officers-SCJG.tsv", file=officers)
    book.bad(suite, 1, "data", "officer with no such day", plan=plan, name="officers-SCJG.tsv",
             file=officers.replace("2026-12-31", "2026-11-31", 1))
    book.bad(suite, 1, "data", "officer with qualification twice", plan=plan, name="officers-SCJG.tsv",
             file="P01\tQ1:2026-01-01+Q1:2026-02-01\t1\t0\t%s\n" % ("0" * 32))
    book.bad(suite, 1, "data", "pair not in order", plan=plan, name="pairs-SCJG.tsv", file="P02\tP01\t0\t%s\n" % ("0" * 32))
    both = dict(texts(world.files))
    both = {name: both[name] for name in world.plan.data_files()}
    book.ok(suite, 1, "cross", "all", plan=plan, files=both)
    both = dict(both)
    both["excluded-M1.tsv"] = "%s\tCAP\t%s\t%s\n" % (code, "0" * 64, "0" * 32)
    book.bad(suite, 1, "cross", "excluded and in the frame", plan=plan, files=both)
    both = {name: world.files[name].decode() for name in ("officers-HB.tsv",)}
    both["pool-HB.tsv"] = "P01\t-\t1\t0\t%s\n" % ("0" * 32)
    book.bad(suite, 1, "cross", "officer in the pool too", plan=plan, files=both)
    _vectors_1_commit(book, suite, world, plan)


def _vectors_1_commit(book, suite, world, plan):
    files = {name: world.files[name].decode() for name in world.plan.data_files()}
    text = book.ok(suite, 1, "commit", "first draw", plan=plan, previous=verify.ZEROS, files=files)["text"]
    second = plan_text(suite, {"draw_no": "2"}).decode()
    book.ok(suite, 1, "commit", "second draw", plan=second, previous=digest_of(suite, text),
            files=dict(files, **{"plan.txt": second}))
    book.ok(suite, 1, "read_commit", "first draw", plan=plan, file=text, files=files)
    book.bad(suite, 1, "read_commit", "previous of a first draw", plan=plan, file=text.replace("previous=0", "previous=1"),
             files={})
    body = text.splitlines(True)
    book.bad(suite, 1, "read_commit", "a file not listed", plan=plan, file="".join(body[:5] + body[6:]), files={})
    book.bad(suite, 1, "read_commit", "a frame line dropped", plan=plan, file=text,
             files={"frame-M1.tsv": "".join(files["frame-M1.tsv"].splitlines(True)[1:])})
    book.bad(suite, 1, "read_commit", "another suite", plan=plan, files={}, file=text.replace(
        suite.name, "DSJ1-SM3" if suite is SHA256 else "DSJ1-SHA256"))
    for n in (0, 1, 2, 3, 6, 7, 8):
        book.ok(suite, 1, "root", "of %d lines" % n, lines=list("ABCDEFGH"[:n]))
    lines = [c.encode() for c in "ABCDE"]
    root = mth(suite, lines)
    for i in range(5):
        book.ok(suite, 1, "inclusion", "line %d of 5" % i, line="ABCDE"[i], index=i, size=5, root=root,
                path=verify.inclusion_path(suite, lines, i))
    book.ok(suite, 1, "inclusion", "wrong index", line="B", index=2, size=5, root=root,
            path=verify.inclusion_path(suite, lines, 1))
    book.ok(suite, 1, "inclusion", "same path, other size", line="B", index=2, size=3, root=mth(suite, lines[:2]),
            path=verify.inclusion_path(suite, lines[:2], 1))
    for first in (1, 2, 3, 4, 6, 7):
        lines = [c.encode() for c in "ABCDEFG"]
        book.ok(suite, 1, "consistency", "%d to 7" % first, first=first, second=7,
                path=verify.consistency_path(suite, lines, first), root1=mth(suite, lines[:first]),
                root2=mth(suite, lines))
    book.ok(suite, 1, "consistency", "a changed line", first=3, second=7, root1=mth(suite, [b"A", b"B", b"X"]),
            root2=mth(suite, lines), path=verify.consistency_path(suite, lines, 3))
    book.ok(suite, 1, "salt", "of a frame line", frame_key=bytes(range(32)).hex(), plan_id="EX-2026-07", draw_no=1,
            name="frame-M1.tsv", line="91330108MA27XF6N4K\tS01\t1")


def vectors_2(book, suite):
    world = World(suite, n=6)
    world.make_seed()
    plan, C = world.files["plan.txt"].decode(), world.C
    labels = ["subjects/G1", "alloc/M1", "pps/M2/H", "officers/SCJG"]
    book.ok(suite, 2, "seed", "dice and beacon", plan=plan, commit=C, shares=world.shares, publics=world.publics,
            labels=labels)
    twenty = small_plan(suite, {"escrow": "A,B,C", "entropy.1.kind": "numbers", "entropy.1.length": "24"})
    shares = {party: digest_of(suite, party) for party in ("JJ", "A", "B", "C")}
    for name, value in (("leading zeros", "000000000000000000000001"), ("24 digits", "123451234512345123451234")):
        book.ok(suite, 2, "seed", name, plan=twenty, commit=C, shares=shares, publics=[value], labels=labels[:1])
    for name, value in (("short value", "12345123451234512345123"), ("a space", "12345 234512345123451234"),
                        ("full-width digits", "\uff11" * 8), ("a letter", "12345123451234512345123a"),
                        ("a sign", "-2345123451234512345123a")):
        text = verify.seed_text(verify.Plan(twenty.encode()), C, shares, [value]).decode()
        book.bad(suite, 2, "read_seed", name, plan=twenty, commit=C, file=text)
    text = world.files["seed.txt"].decode()
    book.ok(suite, 2, "read_seed", "whole", plan=plan, commit=C, file=text)
    lines = text.splitlines(True)
    for name, changed in (("shares in another order", lines[:2] + [lines[3], lines[2]] + lines[4:]),
                          ("a value missing", lines[:-1]), ("a line too many", lines + ["public=3:1\n"]),
                          ("two equal shares", lines[:3] + ["share=RD:" + lines[2][9:]] + lines[4:]),
                          ("beacon in upper case", lines[:-1] + [lines[-1].upper().replace("PUBLIC", "public")]),
                          ("another commitment", [lines[0], "commit=" + "1" * 64 + "\n"] + lines[2:])):
        book.bad(suite, 2, "read_seed", name, plan=plan, commit=C, file="".join(changed))
    _vectors_2_ceremony(book, suite)


SEALED = {"timing": "sealed", "publicity": "2026-09-30"}


def _vectors_2_ceremony(book, suite):
    small = World(suite, dict(_small_changes(suite)), n=10).make()
    sealed = World(suite, dict(_small_changes(suite), escrow="SJ,GZ,TJJ", **SEALED), n=10).make()
    opened = World(suite, dict(_small_changes(suite), escrow="SJ,GZ,TJJ"), n=10).make()
    auditors = World(suite, dict(_small_changes(suite), escrow="SJ,GZ,TJJ", frame="private", seed_release="auditors",
                                 **SEALED), n=10).make()

    def put(world, name, steps, refused, witnesses=("W1", "W2"), final_head=True):
        given = {"plan": world.files["plan.txt"].decode(), "commit": world.C,
                 "log": texts(write_log(world, steps, witnesses, final_head))}
        book.add(suite, 2, "ceremony", name, given, refused)
    for name, world in (("beacon only", small), ("sealed", sealed), ("open", opened), ("auditors", auditors)):
        put(world, name, script(world), False)

    def at(steps, kind, nth=0):
        return [i for i, step in enumerate(steps) if step[0] == "entry" and step[2] == kind][nth]

    def void(time, reason):
        return ("entry", time, "Voided", {"reason": reason, "approvers": "BOSS,CHIEF"})

    steps = script(opened)
    closed, revealed, public = at(steps, "SharesClosed"), at(steps, "ShareRevealed"), at(steps, "PublicEntropy")
    executed = at(steps, "DrawExecuted")
    put(opened, "committed only", steps[:2], False)
    put(opened, "void, a share missing", steps[:3] + [void("2026-07-02T10:00:00Z", "SHARE-MISSING")], False)
    put(opened, "void, not revealed", steps[:revealed] + [void("2026-07-04T10:00:00Z", "NOT-REVEALED:JJ")], False)
    put(opened, "void, two holders silent", steps[:public + 2] + [void("2026-07-21T10:00:00Z", "NOT-OPENED:GZ,TJJ")], False)
    put(opened, "void, one holder silent", steps[:public + 2] + [void("2026-07-21T10:00:00Z", "NOT-OPENED:GZ")], True)
    put(opened, "void, no reason after the value", steps[:public + 2] + [void("2026-07-21T10:00:00Z", "SECOND-THOUGHTS")], True)
    put(opened, "void, holder had opened", steps[:public + 3] + [void("2026-07-21T10:00:00Z", "NOT-OPENED:SJ,GZ")], True)
    put(opened, "void after the draw", steps[:executed + 2] + [void("2026-07-21T10:00:00Z", "FRAME-WRONG"), (
        "entry", "2026-07-21T11:00:00Z", "Published", {})], False)
    put(opened, "an entry after the void", steps[:closed + 2] + [void("2026-07-03T07:00:00Z", "X"), steps[revealed]], True)
    put(opened, "value before the commitment", [("entry", "2026-06-30T08:00:00Z", "PublicEntropy",
                                                 {"index": 1, "value": "5a" * 32})] + steps, True)
    put(opened, "share before the cosigned head", [steps[0]] + steps[2:], True)
    late = ("entry", "2026-07-02T10:05:00Z") + steps[2][2:]
    put(opened, "late share", steps[:closed + 1] + [late] + steps[closed + 1:], True)
    put(opened, "closed without a share", steps[:2] + steps[3:], True)
    put(opened, "a receipt missing", steps[:closed - 1] + steps[closed:], True)
    put(opened, "share committed twice", steps[:3] + [steps[2]] + steps[3:], True)
    equal = ("entry",) + steps[3][1:3] + (dict(steps[3][3], digest=steps[2][3]["digest"]),)
    put(opened, "two equal digests", steps[:3] + [equal] + steps[4:], True)
    held = at(steps, "ShareHeld")
    wrong = ("entry",) + steps[held][1:3] + (dict(steps[held][3], holder="TJJ"),)
    put(opened, "wrong second holder", steps[:held] + [wrong] + steps[held + 1:], True)
    other = ("entry",) + steps[revealed][1:3] + (dict(steps[revealed][3], share="7" * 64),)
    put(opened, "a share replaced", steps[:revealed] + [other] + steps[revealed + 1:], True)
    early = ("entry", "2026-07-20T06:59:59Z") + steps[public][2:]
    put(opened, "early value", steps[:public] + [early] + steps[public + 1:], True)
    late_head = [("head", "2026-07-20T08:59:00Z") if step == ("head", "2026-07-03T08:30:00Z") else step for step in steps]
    put(opened, "shares fixed too late", late_head, True)
    bad_value = ("entry",) + steps[public][1:3] + ({"index": 1, "value": "123"},)
    put(opened, "malformed value", steps[:public] + [bad_value] + steps[public + 1:], True)
    put(opened, "second value of one index", steps[:public + 1] + [steps[public]] + steps[public + 1:], True)
    share = at(steps, "ShareOpened")
    put(opened, "opened before the value", steps[:public] + [("entry", "2026-07-03T09:00:00Z") + steps[share][2:]]
        + steps[public:share] + steps[share + 1:], True)
    put(opened, "executed before all opened", steps[:share] + steps[share + 1:], True)
    put(opened, "no head over SharesClosed", steps[:closed + 1] + steps[closed + 2:], True)
    put(opened, "one witness", steps, True, ("W1",))
    put(opened, "an entry no head covers", steps, True, ("W1", "W2"), False)
    steps = script(sealed)
    share = at(steps, "ShareOpened")
    put(sealed, "sealed, not opened yet", steps[:share], False)
    put(sealed, "opened before publicity", steps[:share] + [("entry", "2026-09-29T23:59:59Z") + steps[share][2:]]
        + steps[share + 1:], True)
    put(sealed, "void after the draw, sealed", steps[:share] + [void("2026-08-01T10:00:00Z", "FRAME-WRONG")] + [
        ("entry",) + step[1:] for step in steps[share:]], False)
    put(auditors, "opened though for auditors only", script(auditors)[:-1] + [("entry", "2026-09-30T11:00:00Z", "ShareOpened", {
        "party": "SJ", "share": auditors.shares["SJ"]})], True)


def _small_changes(suite):
    """Changes of the standard plan that give the small one."""
    values = dict(verify.Plan(small_plan(suite).encode()).values)
    changes = dict.fromkeys(verify.Plan(plan_text(suite)).values)
    changes.update(values)
    return changes


def vectors_3(book, suite):
    for label, x in (("subjects/G1", "91330108MA27XF6N4K"), ("subjects/G1", "Z" * 54), ("alloc/M1", "stratum|S01"),
                     ("officers/SCJG", "G1/91330108MA27XF6N4K|lead|P01"), ("test/0", "")):
        book.ok(suite, 3, "ticket", "%s %s" % (label, x[:30]), seed=Z, label=label, x=x)
    for m in (1, 2, 3, 10, 143000, 10 ** 18, 2 ** 64 + 1, 2 ** 127, 2 ** 127 + 1, 2 ** 128 - 1, 2 ** 128):
        book.ok(suite, 3, "integer", "m = %d" % m, seed=Z, label="subjects/G1", m=str(m))
    for i in range(8):
        book.ok(suite, 3, "integer", "half of all rejected, %d" % i, seed=Z, label="test/%d" % i, m=str(2 ** 127 + 1))
    for m in (0, 2 ** 128 + 1):
        book.bad(suite, 3, "integer", "m = %d" % m, seed=Z, label="subjects/G1", m=str(m))
    big = [2 ** 62, 2 ** 63 - 1, 1, 0, 2 ** 61]
    for name, w, mu, d, k in (("vector of the protocol", [1, 5, 3, 6], 1, 6, 5), ("zeros", [0, 0, 3, 0], 1, 3, 2),
                              ("thirds", [1] * 9, 1, 3, 1), ("two at a time", [2, 3, 4], 2, 3, 0),
                              ("large", big, 2 ** 31, sum(big), sum(big) - 1)):
        book.ok(suite, 3, "systematic", name, weights=[str(x) for x in w], mu=str(mu), d=str(d), k=str(k))


def vectors_4(book, suite):
    mixed = {"A": {"N": 10, "rate": "1/3"}, "B": {"N": 1, "rate": "1/2"}, "C": {"N": 0, "rate": "1/2"},
             "D": {"N": 7, "rate": "1/1"}, "E": {"N": 3, "rate": "0/1"}, "F": {"N": 4, "count": 6},
             "G": {"N": 5, "rate": "1/20", "min": 1}}
    primes = {"P%03d" % p: {"N": p + 3, "rate": "1/%d" % p} for p in (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41)}
    frames = {
        "mixed": mixed, "equal halves": {c: {"N": 1, "rate": "1/2"} for c in "ABCDEFGH"},
        "thirds": {c: {"N": n, "rate": "1/3"} for c, n in zip("ABCDE", (1, 2, 4, 5, 7))},
        "exhausted": {"A": {"N": 3, "rate": "9/10", "min": 50}, "B": {"N": 40, "rate": "1/100"}, "C": {"N": 2, "count": 5}},
        "nothing": {"A": {"N": 5, "rate": "0/1"}, "B": {"N": 0, "rate": "1/1"}},
        "counts only": {"A": {"N": 5, "count": 0}, "B": {"N": 0, "count": 2}},
        "all": {"A": {"N": 5, "rate": "1/1"}, "B": {"N": 9, "rate": "1/1"}},
        "lcm of primes": primes, "one in a million": {"A": {"N": 143000, "rate": "1/1000000"},
                                                      "B": {"N": 999999, "rate": "999999/1000000"}},
        "min everywhere": {c: {"N": n, "rate": "1/50", "min": 2} for c, n in zip("ABCD", (1, 2, 30, 400))},
    }
    for name, strata in frames.items():
        for rounding in ("ceil", "controlled", "total"):
            book.ok(suite, 4, "allocation", "%s, %s" % (name, rounding), seed=Z, matter="M1", rounding=rounding,
                    strata=strata)
    for i in range(3):
        book.ok(suite, 4, "allocation", "equal halves, seed %d" % i, seed=digest_of(suite, str(i)), matter="M2",
                rounding="controlled", strata=frames["equal halves"])
    edge = {"matter.M1.stratum.%s.rate" % c: "1/%d" % b for c, b in (
        ("A", 1000000), ("B", 999999), ("C", 999997))}
    book.ok(suite, 4, "plan", "lcm just below 10^18", plan=small_plan(suite, edge))
    book.bad(suite, 4, "plan", "lcm above 10^18", plan=small_plan(suite, dict(edge, **{"matter.M1.stratum.D.rate": "1/999983"})))
    book.bad(suite, 4, "plan", "denominator above 10^6", plan=small_plan(suite, {"matter.M1.stratum.A.rate": "1/1000001"}))
    book.bad(suite, 4, "plan", "min beside count", plan=small_plan(suite, {
        "matter.M1.stratum.B.count": "3", "matter.M1.stratum.B.min": "1"}))


def vectors_5(book, suite):
    for name, changes, n in (
            ("standard", {}, 40), ("reserves beyond the frame", {"matter.M1.reserve": "99"}, 20),
            ("no reserves", {"matter.M1.reserve": "0", "matter.M2.reserve": "0", "matter.M3.reserve": "0"}, 30),
            ("everything drawn", {"matter.M1.stratum.S01.rate": "1/1", "matter.M1.stratum.S02.rate": "1/1"}, 12),
            ("nothing drawn", {"matter.M1.stratum.S01.rate": "0/1", "matter.M1.stratum.S02.rate": "0/1",
                               "matter.M2.stratum.H.rate": "0/1", "matter.M2.stratum.L.rate": "0/1",
                               "matter.M3.stratum.A.rate": "0/1", "matter.M3.stratum.B.count": "0"}, 15),
            ("empty frames", {}, 0), ("count beyond the stratum", {"matter.M3.stratum.B.count": "500"}, 20),
            ("most certain", {"matter.M2.stratum.H.rate": "9/10"}, 40),
            ("three windows", {"group.G1.window.3": "2026-09-01/2026-09-02"}, 40),
            ("private, for auditors", {"frame": "private", "seed_release": "auditors", "timing": "sealed"}, 15),
            ("two groups", {"group.G1.matters": "M1,M2", "group.G2.matters": "M3",
                            "group.G2.window.1": "2026-08-01/2026-08-01"}, 25)):
        world = World(suite, changes, n=n)
        book.ok(suite, 5, "subjects", name, plan=world.files["plan.txt"].decode(), seed=digest_of(suite, name), files={
            file: data.decode() for file, data in world.files.items() if file.startswith("frame-")})
    plan = small_plan(suite, {"matter.M1.stratum.A.design": "pps"})
    for name, sizes in (("equal sizes", [5] * 12), ("sizes near 2^63", [2 ** 63 - 1 - i for i in range(9)]),
                        ("one giant", [1] * 9 + [10 ** 12]), ("a cascade of certain ones", [2 ** i for i in range(12)])):
        lines = sorted_text("%s\tA\t%d" % (sid(i), size) for i, size in enumerate(sizes)).decode()
        book.ok(suite, 5, "subjects", "pps, " + name, plan=plan, seed=Z, files={"frame-M1.tsv": lines})
    no_window = small_plan(suite)
    book.ok(suite, 5, "subjects", "no window", plan=no_window, seed=Z, files={
        "frame-M1.tsv": sorted_text("%s\tA\t1" % sid(i) for i in range(9)).decode()})
    for k in (0, 3, 4, 8, 9):
        book.ok(suite, 5, "pps", "protocol's sizes, k = %d" % k, sizes=["1", "2", "3", "4"], n=2, k=str(k))
    book.ok(suite, 5, "pps", "certain by equality", sizes=["1", "1", "2"], n=2, k="1")
    book.ok(suite, 5, "pps", "n beyond the units", sizes=["1", "2"], n=5, k="0")
    book.ok(suite, 5, "pps", "n = 0", sizes=["1", "2"], n=0, k="0")
    book.bad(suite, 5, "data", "size above 2^63 - 1", plan=plan, name="frame-M1.tsv", file=sid(1) + "\tA\t%d\n" % 2 ** 63)


def certificate_input(problem, which=0, **changes):
    slots, edges, capacity, year_load, rule = slot_problem(problem)
    found = brute.optimum(slots, edges, capacity, year_load, rule)
    proof = brute.certificate(slots, edges, capacity, year_load, rule, found, which)
    given = dict(problem, assignment=[list(seat) for seat in found["best"][which]], limit=proof["limit"],
                 unfilled=proof["unfilled"], total=str(proof["total"]),
                 mu=None if proof["mu"] is None else str(proof["mu"]),
                 price={o: str(p) for o, p in sorted(proof["price"].items())},
                 alpha=[[t, cls, str(a)] for (t, cls), a in sorted(proof["alpha"].items())])
    for name in ("cut1", "cut2"):
        given[name] = proof[name] and [sorted(list(slot) for slot in proof[name][0]), sorted(proof[name][1])]
    given.update(changes)
    return given


def problem_of(slots, edges, capacity, year_load=None, rule="least"):
    return {"slots": slots, "edges": [[t, cls, o, str(cost)] for t, cls, o, cost in edges], "capacity": capacity,
            "year_load": year_load or dict.fromkeys(capacity, 0), "rule": rule}


def vectors_6(book, suite):
    one = lambda *officers: dict.fromkeys(officers, 1)
    cases = {
        "only one may lead": problem_of([["t", "lead", 1], ["t", "member", 1]], [
            ("t", "lead", "c", 90), ("t", "member", "a", 1), ("t", "member", "b", 2), ("t", "member", "c", 90)], one("a", "b", "c")),
        "one officer for two slots": problem_of([["t", "m", 2]], [("t", "m", "o", 3)], {"o": 5}),
        "exactly enough": problem_of([["t1", "m", 2], ["t2", "m", 1]], [
            ("t1", "m", "a", 1), ("t1", "m", "b", 9), ("t1", "m", "c", 2), ("t2", "m", "a", 3), ("t2", "m", "c", 4)],
            one("a", "b", "c")),
        "a Hall violator": problem_of([["t1", "m", 1], ["t2", "m", 1], ["t3", "m", 1]], [
            ("t1", "m", "a", 5), ("t2", "m", "a", 6), ("t2", "m", "b", 1), ("t3", "m", "a", 7), ("t3", "m", "b", 8)],
            one("a", "b", "c")),
        "nobody eligible": problem_of([["t", "m", 1]], [], {"a": 3}),
        "no task": problem_of([], [], {"a": 3}),
        "equal costs, unique by capacity": problem_of([["t1", "m", 1], ["t2", "m", 1]], [
            ("t1", "m", "a", 4), ("t2", "m", "b", 4)], one("a", "b")),
        "a tie": problem_of([["t", "lead", 1], ["t", "member", 1]], [
            ("t", "lead", "a", 5), ("t", "lead", "b", 9), ("t", "member", "a", 5), ("t", "member", "b", 9)], one("a", "b")),
        "a tie of three": problem_of([["t1", "m", 1], ["t2", "m", 1], ["t3", "m", 1]], [
            (t, "m", o, 1) for t in ("t1", "t2", "t3") for o in "abc"], one("a", "b", "c")),
        "year's load": problem_of([["t1", "m", 1], ["t2", "m", 1]], [
            ("t1", "m", "a", 1), ("t1", "m", "b", 2), ("t2", "m", "a", 3), ("t2", "m", "b", 9)], {"a": 5, "b": 5},
            {"a": 4, "b": 0}),
        "fixed limit, short": problem_of([["t1", "m", 1], ["t2", "m", 1]], [
            ("t1", "m", "a", 1), ("t2", "m", "a", 3)], {"a": 5}, {"a": 3}, 4),
        "least load against cost": problem_of([["t1", "m", 1], ["t2", "m", 1]], [
            ("t1", "m", "a", 1), ("t1", "m", "b", 50), ("t2", "m", "a", 1), ("t2", "m", "b", 60)], {"a": 2, "b": 2}),
        "empty slot, capacities bind": problem_of([["t1", "m", 2], ["t2", "m", 2]], [
            ("t1", "m", "a", 7), ("t1", "m", "b", 4), ("t2", "m", "a", 2), ("t2", "m", "b", 9), ("t2", "m", "c", 5)],
            one("a", "b", "c")),
        "costs of 96 bits": problem_of([["t1", "m", 1], ["t2", "m", 1]], [
            ("t1", "m", "a", 2 ** 96 - 1), ("t1", "m", "b", 2 ** 95), ("t2", "m", "a", 2 ** 96 - 2)], one("a", "b")),
    }
    for name, problem in cases.items():
        book.ok(suite, 6, "optimum", name, **problem)
        book.ok(suite, 6, "certificate", name, **certificate_input(problem))
    base = certificate_input(cases["least load against cost"])
    short = certificate_input(cases["empty slot, capacities bind"])
    for name, given in (
            ("price on an officer who is not full", dict(base, price={"a": "49", "b": "-1"})),
            ("price on a free officer", dict(certificate_input(cases["only one may lead"]), price={"a": "0", "b": "1", "c": "0"})),
            ("alpha too high", dict(base, alpha=[["t1", "m", "99"], ["t2", "m", "50"]])),
            ("alpha too low", dict(base, alpha=[["t1", "m", "50"], ["t2", "m", "1"]])),
            ("limit not least", dict(base, limit=2, total="2", assignment=[["t1", "m", "a"], ["t2", "m", "a"]],
                                     price={"a": "0", "b": "0"}, alpha=[["t1", "m", "1"], ["t2", "m", "1"]])),
            ("cut of level 2 missing", dict(base, cut2=None)), ("total wrong", dict(base, total="52")),
            ("dearer assignment", dict(base, assignment=[["t1", "m", "a"], ["t2", "m", "b"]], total="61")),
            ("officer twice in a task", dict(certificate_input(cases["one officer for two slots"]), unfilled=0, mu=None,
                                             total="6", assignment=[["t", "m", "o"], ["t", "m", "o"]])),
            ("a slot left empty without need", dict(base, assignment=[["t2", "m", "a"]], unfilled=1, mu="50", total="1")),
            ("cut without its pair term", dict(certificate_input(cases["one officer for two slots"]),
                                               cut1=[[["t", "m"]], ["o"]])),
            ("mu missing", dict(short, mu=None)), ("alpha above mu", dict(short, mu="4")),
            ("a cut where none is asked for", dict(base, cut1=[[], []])),
            ("no edge", dict(base, assignment=[["t1", "m", "b"], ["t2", "m", "z"]])),
            ("above the limit", dict(base, assignment=[["t1", "m", "a"], ["t2", "m", "a"]]))):
        book.bad(suite, 6, "certificate", name, **given)
    _vectors_6_departments(book, suite)


def department_input(world, dept="SCJG", **changes):
    names = ["%s-%s.tsv" % (kind, dept) for kind in ("officers", "recusals", "pairs", "pool")]
    office = world.offices[dept]
    given = {"plan": world.files["plan.txt"].decode(), "dept": dept, "seed": world.seed,
             "visits": world.files["visits.tsv"].decode(),
             "data": {name: world.files[name].decode() for name in names if name in world.files},
             "files": {name: data.decode() for name, data in sorted(office.files.items())}}
    given.update(changes)
    return given


TASKS = {"matter.M1.stratum.S01.rate": "1/8", "matter.M1.stratum.S02.rate": "1/8", "dept.SCJG.pair_limit": None,
         "dept.SCJG.remedy.1": None}
FEW = ["P01\tLEAD:2026-12-31+Q1:2026-12-31\t1\t0", "P03\tQ1:2026-12-31\t1\t0", "P04\tQ1:2026-12-31\t1\t2"]


def _vectors_6_departments(book, suite):
    def put(name, changes, officers=None, dept="SCJG"):
        world = World(suite, dict(TASKS, **changes), officers=officers).make()
        assert world.offices[dept].unique
        book.ok(suite, 6, "officers", name, **department_input(world, dept))
        return world
    plain = put("plain", {})
    few = {"officers-SCJG.tsv": FEW}
    put("few officers, no remedy", {}, few)
    put("remedy capacity", {"dept.SCJG.remedy.1": "capacity+2"}, few)
    put("remedy pool", {"dept.SCJG.remedy.1": "pool"}, dict(few, **{"pool-SCJG.tsv": DEFAULT_POOL + [
        "R03\tQ1:2026-12-31\t3\t0"]}))
    put("remedy postpone", {"dept.SCJG.remedy.1": "postpone"}, few)
    put("three remedies in order", {"dept.SCJG.remedy.1": "capacity+1", "dept.SCJG.remedy.2": "pool",
                                    "dept.SCJG.remedy.3": "postpone"}, few)
    put("pair rounds", _first_with_rounds(suite, {"dept.SCJG.pair_limit": "1"}, 3))
    put("spouses", {}, {"officers-SCJG.tsv": [
        "P01\tLEAD:2026-12-31+Q1:2026-12-31\t9\t0", "P02\tQ1:2026-12-31\t9\t0", "P03\tQ1:2026-12-31\t9\t0"],
        "pairs-SCJG.tsv": ["P01\tP02\t0"]})
    put("pairs that cannot be", {}, {"officers-SCJG.tsv": [
        "P01\tLEAD:2026-12-31+Q1:2026-12-31\t9\t0", "P02\tQ1:2026-12-31\t9\t0"], "pairs-SCJG.tsv": ["P01\tP02\t1"]})
    put("pairs, then a remedy", {"dept.SCJG.remedy.1": "postpone", "dept.SCJG.pair_limit": "0"}, {"officers-SCJG.tsv": [
        "P01\tLEAD:2026-12-31+Q1:2026-12-31\t9\t0", "P02\tQ1:2026-12-31\t9\t0"]})
    companies = [line.split("\t")[2] for line in plain.files["visits.tsv"].decode().splitlines()]
    put("recusals", {}, {"recusals-SCJG.tsv": sorted(
        "%s\t%s\tKIN\t%s" % (o, company, digest_of(suite, o + company)) for o in ("P01", "P02") for company in companies)})
    put("all recused", {}, _all_recused(suite, {}))
    put("one task postponed", {"dept.SCJG.remedy.1": "postpone"}, _all_recused(suite, {"dept.SCJG.remedy.1": "postpone"}))
    put("certificate expires inside the window", {}, {"officers-SCJG.tsv": [
        "P01\tLEAD:2026-08-13+Q1:2026-12-31\t9\t0", "P02\tLEAD:2026-08-14+Q1:2026-08-28\t9\t0",
        "P03\tLEAD:2026-08-28+Q1:2026-08-28\t9\t0", "P04\tQ1:2026-08-27\t9\t0"]})
    put("fixed load", {"dept.SCJG.load": "fixed:2"})
    put("no officer", {}, {"officers-SCJG.tsv": []})
    put("capacity zero, then more", {"dept.SCJG.remedy.1": "capacity+3"}, {"officers-SCJG.tsv": [
        "P01\tLEAD:2026-12-31+Q1:2026-12-31\t0\t0", "P02\tQ1:2026-12-31\t2\t0"]})
    put("another department", {}, None, "HB")
    put("two matters of one department", _two_matters(suite))
    _vectors_6_forged(book, suite, plain)


def _two_matters(suite):
    """A second matter of the department with its own slots; the first draw in which a company has both."""
    changes = {"matter.M1.stratum.S01.rate": "1/16", "matter.M1.stratum.S02.rate": "1/16", "matter.M2.dept": "SCJG",
               "matter.M2.stratum.H.rate": "1/16", "matter.M2.stratum.L.rate": "1/16", "matter.M2.slot.member": "2:LEAD",
               "matter.M2.slot.driver": None, "dept.SCJG.load": "fixed:4"}
    for i in range(400):
        more = dict(changes, **{"text.note": "try %d" % i})
        world = World(suite, dict(TASKS, **more))
        world.make_seed()
        world.draw_subjects()
        if any({"M1", "M2"} <= set(visit[4].split(",")) for visit in world.draw.visits()):
            return more
    raise AssertionError("no such draw found")


def _all_recused(suite, changes):
    """Recusals of all officers for one company, the first for which the draw gives it a visit."""
    for i in range(40):
        recusals = sorted("%s\t%s\tROTATION\t%s" % (line.split("\t")[0], sid(i), digest_of(suite, line))
                          for line in DEFAULT_OFFICERS)
        world = World(suite, dict(TASKS, **changes), officers={"recusals-SCJG.tsv": recusals})
        world.make_seed()
        world.draw_subjects()
        if any(visit[2] == sid(i) and "M1" in visit[4].split(",") for visit in world.draw.visits()):
            return {"recusals-SCJG.tsv": recusals}
    raise AssertionError("no such draw found")


def _first_with_rounds(suite, changes, rounds):
    """The changes with the first note that leads to so many rounds."""
    for i in range(200):
        more = dict(changes, **{"text.note": "try %d" % i})
        if World(suite, dict(TASKS, **more)).make().offices["SCJG"].rounds >= rounds:
            return more
    raise AssertionError("no such draw found")


def _vectors_6_forged(book, suite, plain):
    given = department_input(plain)
    files = given["files"]

    def forged(name, file, change):
        lines = files[file].splitlines(True)
        book.bad(suite, 6, "officers", name, **dict(given, files=dict(files, **{file: "".join(change(lines))})))

    def field(number, index, change):
        def edit(lines):
            parts = lines[number][:-1].split("\t")
            parts[index] = change(parts[index])
            return lines[:number] + ["\t".join(parts) + "\n"] + lines[number + 1:]
        return edit
    leads = [i for i, line in enumerate(files["assign-SCJG.tsv"].splitlines()) if "\tlead\t" in line]
    swap = {"P01": "P06", "P02": "P01", "P06": "P01"}
    forged("one officer swapped", "assign-SCJG.tsv", field(leads[0], 2, lambda o: swap[o]))
    forged("a cost changed", "assign-SCJG.tsv", field(0, 3, lambda cost: str(int(cost) + 1)))
    forged("a line dropped", "assign-SCJG.tsv", lambda lines: lines[1:])
    full = [i for i, line in enumerate(files["prices-SCJG-1.tsv"].splitlines()) if line.split("\t")[1] == line.split("\t")[2]]
    forged("a price forged", "prices-SCJG-1.tsv", field(full[0], 3, lambda p: str(int(p) + 2 ** 48)))
    forged("a capacity forged", "prices-SCJG-1.tsv", field(0, 1, lambda c: str(int(c) + 1)))
    forged("an officer dropped", "prices-SCJG-1.tsv", lambda lines: lines[:-1])
    forged("an alpha forged", "slots-SCJG-1.tsv", field(0, 4, lambda a: str(int(a) - 1)))
    forged("a need forged", "slots-SCJG-1.tsv", field(0, 2, lambda a: "2"))
    forged("the cut dropped", "cuts-SCJG-1.tsv", lambda lines: [])
    forged("the total forged", "proof-SCJG-1.txt", lambda lines: lines[:3] + ["total=1\n"] + lines[4:])
    forged("the limit forged", "proof-SCJG-1.txt", lambda lines: [lines[0], "limit=9\n"] + lines[2:])
    forged("no such officer in a cut", "cuts-SCJG-1.tsv", lambda lines: ["2\tofficer\tNOBODY\t-\n"] + lines[1:])
    pairs = World(suite, dict(TASKS, **{"dept.SCJG.pair_limit": "0"})).make()
    rounds = department_input(pairs)
    less = {name: text for name, text in rounds["files"].items() if not name.endswith(("-2.tsv", "-2.txt", "-1.tsv"))
            or name.startswith(("prices-SCJG-1", "slots-SCJG-1", "cuts-SCJG-1"))}
    less["assign-SCJG.tsv"] = rounds["files"]["assign-SCJG-1.tsv"]
    book.bad(suite, 6, "officers", "a pair round skipped", **dict(rounds, files=less))


def vectors_7(book, suite):
    world = World(suite, TASKS).make()
    given = department_input(world)
    plan, C = given["plan"], world.C
    standing = standing_of(world, "SCJG")
    rows = [tuple(line.split("\t")[:3]) for line in world.files["assign-SCJG.tsv"].decode().splitlines()]

    def event_text(number, t, cls, out, commit=C):
        return ("DSJ1/event\ncommit=%s\nevent=%d\nkind=officer\ntask=%s\nclass=%s\nout=%s\nreason=ILL\nevidence=%s\n" % (
            commit, number, t, cls, out, digest_of(suite, str(number))))

    def events(*outs):
        return [{"file": event_text(i, *out), "value": digest_of(suite, "value %d" % i)} for i, out in enumerate(outs, 1)]
    for i in (0, 1, 2, 3):
        book.ok(suite, 7, "event", "slot %d" % i, commit=C, events=events(rows[i]), **given)
    seat = next(row for row in rows if row[1] == "member")
    value = digest_of(suite, "value 1")
    seed_e = suite.hex(verify.event_seed_text(world.seed, digest_of(suite, event_text(1, *seat)), value))
    successor = standing.replace(suite, seed_e, seat[0], seat[1], seat[2], {seat[2]})
    book.ok(suite, 7, "event", "the successor falls out too", commit=C, events=events(seat, seat[:2] + (successor,)), **given)
    book.bad(suite, 7, "event", "an officer who is not there", commit=C, events=events(seat[:2] + ("NOBODY",)), **given)
    book.bad(suite, 7, "event", "the same officer twice", commit=C, events=events(seat, seat), **given)
    few = World(suite, TASKS, officers={"officers-SCJG.tsv": FEW}).make()
    few_rows = [tuple(line.split("\t")[:3]) for line in few.files["assign-SCJG.tsv"].decode().splitlines()]
    book.ok(suite, 7, "event", "nobody left", commit=few.C, events=[{"file": event_text(1, *few_rows[0], commit=few.C),
                                                                     "value": "5a" * 32}], **department_input(few))
    strict = World(suite, dict(TASKS, **{"dept.SCJG.pair_limit": "1"})).make()
    strict_rows = [tuple(line.split("\t")[:3]) for line in strict.files["assign-SCJG.tsv"].decode().splitlines()]
    book.ok(suite, 7, "event", "pair bar", commit=strict.C, events=[
        {"file": event_text(i, *row, commit=strict.C), "value": "5a" * 32} for i, row in enumerate(strict_rows[:3], 1)],
        **department_input(strict))
    text = event_text(1, *rows[0])
    book.ok(suite, 7, "event_file", "officer", plan=plan, commit=C, number=1, file=text)
    remedy = text.split("kind=")[0] + "kind=remedy\ndept=SCJG\nremedy=capacity+1\nreason=SHORT\nevidence=%s\n" % ("0" * 64)
    book.ok(suite, 7, "event_file", "remedy", plan=plan, commit=C, number=1, file=remedy)
    for name, changed in (("of another draw", text.replace(C, "1" * 64)), ("wrong number", text.replace("event=1", "event=2")),
                          ("no such kind", text.replace("kind=officer", "kind=other")),
                          ("a remedy of no department", remedy.replace("dept=SCJG", "dept=XX")),
                          ("without evidence", text.rsplit("evidence", 1)[0])):
        book.bad(suite, 7, "event_file", name, plan=plan, commit=C, number=1, file=changed)
    drawn = world.files["drawn-M1.tsv"].decode()
    out = [line.split("\t")[2] for line in drawn.splitlines() if line.startswith("S01") and line.endswith("drawn")]
    book.ok(suite, 7, "substitution", "one", drawn=drawn, out=out[:1])
    first = _replay_substitution(suite, {"drawn": drawn, "out": out[:1]})["in"]
    book.ok(suite, 7, "substitution", "the reserve goes too", drawn=drawn, out=out[:1] + first)
    second = _replay_substitution(suite, {"drawn": drawn, "out": out[:1] + first})["in"]
    book.ok(suite, 7, "substitution", "reserves exhausted", drawn=drawn, out=out[:1] + second)
    book.bad(suite, 7, "substitution", "the same company twice", drawn=drawn, out=out[:1] * 2)
    book.bad(suite, 7, "substitution", "a reserve not in use", drawn=drawn, out=second[1:])
    _vectors_7_log(book, suite)


def _vectors_7_log(book, suite):
    changes = dict(_small_changes(suite))
    world = World(suite, changes, n=10).make()
    plan = world.files["plan.txt"].decode()
    steps = script(world)

    def ceremony(name, extra, refused, base=steps):
        given = {"plan": plan, "commit": world.C, "log": texts(write_log(world, base + extra))}
        book.add(suite, 7, "ceremony", name, given, refused)
    day = "2026-07-21T"
    digest = "ab" * 32
    event = [("entry", day + "08:00:00Z", "Event", {"event": 1, "digest": digest}), ("head", day + "08:05:00Z"),
             ("entry", day + "08:15:00Z", "EventEntropy", {"event": 1, "value": "cd" * 32}),
             ("entry", day + "08:20:00Z", "EventExecuted", {"event": 1, "out": "P01", "into": "P02"})]
    ceremony("event", event, False)
    ceremony("event value one second early", event[:2] + [("entry", day + "08:14:59Z") + event[2][2:]], True)
    ceremony("event value without a head", event[:1] + event[2:], True)
    ceremony("event number with a gap", [event[0][:3] + ({"event": 2, "digest": digest},)], True)
    ceremony("event executed without value", event[:2] + event[3:], True)
    ceremony("event before the draw", event[:1], True, steps[:3])
    second = [step[:3] + (dict(step[3], event=2),) if step[0] == "entry" else ("head", day + "08:25:00Z") for step in event]
    later = [("entry", day + "09:%02d:00Z" % (i * 15)) + step[2:] if step[0] == "entry" else ("head", day + "09:05:00Z")
             for i, step in enumerate(second)]
    ceremony("two events", event + later, False)
    ceremony("events executed out of order", event[:3] + later, True)
    drawn = [line.split("\t") for line in world.files["drawn-M1.tsv"].decode().splitlines()]
    reason = {"matter": "M1", "out": drawn[0][2], "in": "", "into": drawn[-1][2], "reason": "MOVED", "evidence": digest}
    ceremony("substitution", [("entry", day + "08:00:00Z", "Substitution", reason)], False)
    ceremony("substitution for closed doors", [("entry", day + "08:00:00Z", "Substitution",
                                                dict(reason, reason="NOT-FOUND"))], True)
    ceremony("results of inspections", [("entry", day + "08:00:00Z", "Result", {"digest": digest})], False)
    ceremony("published twice", [("entry", day + "08:00:00Z", "Published", {})], True)

    def log(name, files, refused):
        book.add(suite, 7, "log", name, {"plan": plan, "log": texts(files)}, refused)
    whole = write_log(world, steps)
    log("whole", whole, False)
    count = sum(1 for name in whole if name.startswith("entry-"))
    log("an entry missing", {name: data for name, data in whole.items() if name != "entry-1.txt"}, True)
    log("an entry changed", dict(whole, **{"entry-1.txt": whole["entry-1.txt"].replace(b"T08:00:00Z", b"T08:00:01Z")}), True)
    log("time going back", dict(whole, **{"entry-2.txt": whole["entry-2.txt"].replace(b"2026-07", b"2026-06")}), True)
    log("wrong seq", dict(whole, **{"entry-2.txt": whole["entry-2.txt"].replace(b"seq=2", b"seq=3")}), True)
    log("unknown kind", dict(whole, **{"entry-2.txt": whole["entry-2.txt"].replace(b"SharesClosed", b"SharesDone")}), True)
    log("a field too many", dict(whole, **{"entry-2.txt": whole["entry-2.txt"] + b"x=1\n"}), True)
    head = "head-%d" % count
    other = dict(whole)
    other[head + ".txt"] = whole[head + ".txt"][:-1]
    log("head without its last LF", other, True)
    other[head + ".txt"] = whole[head + ".txt"].replace(b"root=", b"root=0")
    log("root of 65 digits", other, True)
    log("signature changed", dict(whole, **{head + ".W1.sig": whole[head + ".W2.sig"]}), True)
    log("signature in upper case", dict(whole, **{head + ".W1.sig": whole[head + ".W1.sig"].upper()}), True)
    log("signature without LF", dict(whole, **{head + ".W1.sig": whole[head + ".W1.sig"][:-1]}), True)
    log("one cosignature", {name: data for name, data in whole.items() if name != head + ".W2.sig"}, True)
    log("a stranger's signature beside", dict(whole, **{head + ".X.sig": whole[head + ".W1.sig"]}), False)
    log("strangers only", write_log(world, steps, ("W1", "X")), True)
    log("another log's name", {name: data.replace(b"example.log", b"another.log") if name.startswith("head-")
                               and name.endswith(".txt") else data for name, data in whole.items()}, True)
    fields = {"digest": digest}

    def draws(name, numbers, refused):
        ledger = Ledger(suite, world.plan.plan_id, 1, world.plan.log)
        for i, (plan_id, number, kind) in enumerate(numbers):
            ledger.add("2026-07-%02dT08:00:00Z" % (i + 1), kind, plan_id, number,
                       **(fields if kind == "Committed" else {"reason": "X", "approvers": "A,B"}))
        ledger.head("2026-07-30T08:00:00Z")
        log(name, ledger.files, refused)
    a, b = "EX-2026-07", "OTHER"
    draws("second draw after a void", [(a, 1, "Committed"), (b, 1, "Committed"), (a, 1, "Voided"), (a, 2, "Committed")], False)
    draws("same draw committed twice", [(a, 1, "Committed"), (a, 1, "Committed")], True)
    draws("draw number with a gap", [(a, 1, "Committed"), (a, 1, "Voided"), (a, 3, "Committed")], True)
    draws("second draw, first still running", [(a, 1, "Committed"), (a, 2, "Committed")], True)
    draws("first draw is number 2", [(a, 2, "Committed")], True)
    message = whole[head + ".txt"]
    signature = whole[head + ".W1.sig"].decode().strip()
    flip = signature[:-1] + ("0" if signature[-1] != "0" else "1")
    for name, who, text, sig in (("good", "W1", message, signature), ("another key", "W2", message, signature),
                                 ("a byte more", "W1", message + b"\n", signature), ("last digit", "W1", message, flip),
                                 ("zero", "W1", message, "0" * 128), ("all ones", "W1", message, "f" * 128)):
        book.ok(suite, 7, "signature", name, key=key(suite, who), message=text.hex(), signature=sig)
    book.ok(suite, 7, "signature", "key not on the curve", key="04" + "1" * 128 if suite is SM3 else "02" + "f" * 62,
            message="00", signature=signature)


def vectors_8(book, suite):
    members = {"plan.txt": "a=1\n", "commit.txt": "", "frame-M1.tsv": "x\t1\n"}
    book.ok(suite, 8, "archive", "three members", members=members)
    book.ok(suite, 8, "archive", "no member", members={})
    whole = verify.write_zip(raws(members))
    book.ok(suite, 8, "read_archive", "three members", archive_hex=whole.hex())
    evil = whole.replace(b"plan.txt", b"../x.txt")
    at = whole.index(b"plan.txt")
    deflated = whole[:8] + b"\x08\x00" + whole[10:]
    for name, data in (("name leads out", evil), ("method deflate", deflated), ("a byte before", b"\x00" + whole),
                       ("a byte after", whole + b"\x00"), ("cut off", whole[:-1]), ("contents changed",
                                                                                   whole[:at + 8] + b"b" + whole[at + 9:]),
                       ("time set", whole[:10] + b"\x01" + whole[11:]), ("comment", whole[:-2] + b"\x01\x00x"),
                       ("nothing", b"")):
        book.bad(suite, 8, "read_archive", name, archive_hex=data.hex())
    twice = verify.write_zip({"plan.txt": b"a", "plan.tyt": b"a"}).replace(b"plan.tyt", b"plan.txt")
    book.bad(suite, 8, "read_archive", "a name twice", archive_hex=twice.hex())


def golden():
    book = Book()
    for suite in (SHA256, SM3):
        for vectors in (vectors_1, vectors_2, vectors_3, vectors_4, vectors_5, vectors_6, vectors_7, vectors_8):
            vectors(book, suite)
    return {"about": ABOUT, "vectors": book.vectors}


def golden_text(book):
    lines = ",\n".join(json.dumps(vector, ensure_ascii=False, sort_keys=True) for vector in book["vectors"])
    return '{"about": %s,\n"vectors": [\n%s\n]}\n' % (json.dumps(book["about"], ensure_ascii=False, indent=1), lines)


def main(arguments):
    here = os.path.dirname(os.path.abspath(__file__))
    directory = arguments[0] if arguments else os.path.join(here, "..", "vectors")
    with open(os.path.join(directory, "golden.json"), "w", encoding="utf-8", newline="\n") as file:
        book = golden()
        file.write(golden_text(book))
    for suite, name in ((SHA256, "example-sha256.zip"), (SM3, "example-sm3.zip")):
        with open(os.path.join(directory, name), "wb") as file:
            file.write(verify.write_zip(example_world(suite)[1]))
    count = {}
    for vector in book["vectors"]:
        place = (vector["suite"], vector["section"])
        count[place] = count.get(place, 0) + 1
    for place, number in sorted(count.items()):
        sys.stdout.write("%s §%d: %d\n" % (place + (number,)))
    sys.stdout.write("%d vectors\n" % len(book["vectors"]))


if __name__ == "__main__":
    main(sys.argv[1:])
