#!/usr/bin/env python3
"""Tests of verify.py and brute.py.

    python3 test_verify.py [-v] [PATH_OF_SHARED_VECTORS]

The shared vectors are looked for at the path given, or below the directory (or at the file) that the environment
variable TONGJIAN_SHARED names; without them their tests are skipped, and say so.
"""

import ast
import functools
import io
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True

import brute  # noqa: E402
import make_vectors as make  # noqa: E402
import verify  # noqa: E402
from verify import SHA256, SM3, Refused  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
VECTORS = os.path.join(HERE, "..", "vectors")
SHARED = [path for path in sys.argv[1:] if not path.startswith("-") and os.path.exists(path)]
sys.argv = [argument for argument in sys.argv if argument not in SHARED]


def shared_vectors():
    roots = SHARED or [os.environ["TONGJIAN_SHARED"]] if SHARED or os.environ.get("TONGJIAN_SHARED") else []
    for root in roots:
        for path in (root, os.path.join(root, "dsj1-vectors.json"), os.path.join(root, "data", "dsj1-vectors.json")):
            if os.path.isfile(path):
                with open(path, encoding="utf-8") as file:
                    return json.load(file)
    return None


@functools.lru_cache(maxsize=None)
def world_of(suite_name):
    """A small whole draw: one matter, officers, a beacon, no escrow; (world, steps, members)."""
    suite = verify.SUITES[suite_name]
    changes = dict(make._small_changes(suite), **{
        "matter.M1.slot.lead": "1:LEAD+Q1", "matter.M1.slot.member": "1:Q1", "dept.XF.load": "least",
        "matter.M1.stratum.A.rate": "1/3", "matter.M1.reserve": "2", "group.G1.window.1": "2026-08-01/2026-08-14",
        "group.G1.window.2": "2026-08-15/2026-08-28"})
    world = make.World(suite, changes, n=12).make()
    steps = make.script(world)
    members = dict(world.files)
    members.update(make.write_log(world, steps))
    return world, steps, members


def report_text(report):
    out = io.StringIO()
    verify.print_report(report, out)
    return out.getvalue()


def check(members, log_files=None, **expected):
    """Verifier after its run over members."""
    verifier = verify.verify_bundle(verify.write_zip(members), log_files)
    verify.check_expected(verifier, expected.get("commit"), expected.get("head"), expected.get("publics", []))
    return verifier


class Case(unittest.TestCase):
    def whole(self, verifier):
        self.assertEqual([], [str(refusal) for refusal in verifier.report.refused])
        return verifier.report

    def refused(self, verifier, file, line=None):
        places = [(refusal.file, refusal.line) for refusal in verifier.report.refused]
        self.assertTrue(any(place[0] == file and line in (None, place[1]) for place in places),
                        "not refused at %s:%s but at %s" % (file, line, [str(r) for r in verifier.report.refused]))


# --------------------------------------------------------------------------------------------------------------------


@unittest.skipUnless(shared_vectors(), "shared vectors not given: set TONGJIAN_SHARED or pass their path")
class SharedVectors(Case):
    def setUp(self):
        self.all = shared_vectors()

    def both(self):
        for name, suite in verify.SUITES.items():
            with self.subTest(suite=name):
                yield suite, self.all[name]

    def test_functions(self):
        for suite, given in self.both():
            for text, digest in given["hash"].items():
                self.assertEqual(digest, suite.hex(text.encode()))
            tree = given["merkle_root_of_first_n_lines"]
            for n, root in enumerate(tree["roots"]):
                self.assertEqual(root, verify.mth(suite, [line.encode() for line in tree["lines"][:n]]))
            for item in given["sub_seed"]:
                self.assertEqual(item["value"], verify.sub_seed(suite, item["seed"], item["label"]))
            for item in given["ticket"]:
                self.assertEqual(item["value"], verify.ticketer(suite, item["seed"])(item["x"]))
            for item in given["integer"] + given["integer_rejecting"]:
                self.assertEqual(item["value"], str(verify.integer(suite, item["seed"], int(item["m"]))))
                if "first_u" in item:
                    self.assertEqual(item["first_u"], str(int(verify.ticketer(suite, item["seed"])("int|0")[:32], 16)))
            for item in given["officer_cost"]:
                cost = verify.ticketer(suite, item["seed"])("%s|%s|%s" % (item["task"], item["cls"], item["officer"]))
                self.assertEqual(item["cost"], str(int(cost[:12], 16)))

    def test_allocation_and_selection(self):
        for suite, given in self.both():
            for item in given["allocation"]:
                self.assertEqual(item["n"], make._replay_allocation(suite, item)["n"])
            srs = given["srs"]
            ticket = verify.ticketer(suite, srs["seed"])
            units = sorted((ticket(company), company, 1) for company in srs["frame"])
            lines = verify.draw_stratum(suite, "", "M", "S", "srs", units, srs["n"], len(srs["reserve"]))
            for mark, key in (("drawn", "drawn"), ("reserve", "reserve")):
                self.assertEqual(srs[key], [line[1] for line in lines if line[2] == mark])
            for item in given["pps"]:
                ticket = verify.ticketer(suite, item["seed_tickets"])
                units = sorted((ticket(company), company, int(size)) for company, size in item["sizes"].items())
                marks = verify.pps_select([unit[2] for unit in units], item["n"],
                                          lambda w, item=item, suite=suite: verify.integer(suite, item["seed_k"], w))
                drawn = sorted([unit[1], mark] for unit, mark in zip(units, marks) if mark)
                self.assertEqual(sorted(item["drawn"]), drawn)
        exact = self.all["pps_exact"]
        for k, drawn in enumerate(exact["drawn_by_k"]):
            marks = verify.pps_select(exact["sizes"], exact["n"], lambda w, k=k: k)
            self.assertEqual(drawn, [i for i, mark in enumerate(marks) if mark])
        exact = self.all["controlled_exact"]
        for k, counts in enumerate(exact["n_by_k"]):
            self.assertEqual(counts, verify.systematic(exact["weights"], 1, exact["D"], k))

    def test_assignments(self):
        for item in self.all["assignments"]:
            problem = {"slots": item["slots"], "edges": item["edges"], "capacity": item["capacity"],
                       "year_load": item["ytd"], "rule": item["load"]}
            found, want = make._replay_optimum(SHA256, problem), item["result"]
            for key in ("limit", "unfilled", "total", "unique"):
                self.assertEqual(want[key], found[key])
            if want["unique"]:
                self.assertEqual(sorted(want["assignment"]), sorted(found["assignment"]))
            proof = item["one_valid_certificate"]
            given = dict(problem, assignment=want["assignment"], limit=want["limit"], unfilled=want["unfilled"],
                         total=want["total"], mu=proof["mu"], price=proof["price"], alpha=proof["alpha"],
                         cut1=proof["cut1"], cut2=proof["cut2"])
            self.assertEqual({"unique": want["unique"]}, make._replay_certificate(SHA256, given))

    def test_example_to_the_last_digest(self):
        for suite, given in self.both():
            files = {name: text.encode() for name, text in given["example"]["files"].items()}
            values = given["example"]["values"]
            plan = verify.Plan(files["plan.txt"])
            commit = suite.hex(files["commit.txt"])
            self.assertEqual(values["C"], commit)
            lists = [verify.list_line(suite, name, files[name]) for name in plan.data_files()]
            self.assertEqual(files["commit.txt"], verify.commit_text(plan, verify.ZEROS, lists))
            rows = verify.read_all_data(plan, files)
            key = bytes.fromhex(values["frame_key"])
            for name in ("officers-SCJG.tsv", "recusals-SCJG.tsv", "excluded-M1.tsv"):
                for line in files[name].decode().splitlines():
                    bare, salt = line.rsplit("\t", 1)
                    self.assertEqual(salt, verify.salt_of(suite, key, plan.plan_id, plan.draw_no, name, bare))
            shares, publics = verify.read_seed(plan, commit, files["seed.txt"])
            for party, share in shares.items():
                self.assertEqual(files["share-%s.txt" % party], verify.share_text(commit, party, share))
            seed = suite.hex(files["seed.txt"])
            self.assertEqual(values["seed"], seed)
            self.assertEqual(values["seed_subjects_G1"], verify.sub_seed(suite, seed, "subjects/G1"))
            self.assertEqual(values["seed_alloc_M1"], verify.sub_seed(suite, seed, "alloc/M1"))
            officers = verify.sub_seed(suite, seed, "officers/SCJG")
            self.assertEqual(values["seed_officers_SCJG"], officers)
            draw = verify.Draw(plan, seed, {code: rows["frame-%s.tsv" % code] for code in plan.matters})
            for name, text in draw.texts().items():
                self.assertEqual(files[name], text, name)
            department = verify.Department(plan, "SCJG", officers, draw.visits(), rows, files)
            department.check()
            names = list(draw.texts()) + ["assign-SCJG.tsv"]
            result = verify.result_text(commit, seed, [verify.list_line(suite, name, files[name]) for name in names])
            self.assertEqual(values["result"], suite.hex(result))
            evidence = verify.evidence_text(values["result"], seed, [
                verify.list_line(suite, name, files[name]) for name in department.names])
            self.assertEqual(values["evidence"], suite.hex(evidence))
            self._example_log(suite, plan, commit, seed, files, values, department)

    def _example_log(self, suite, plan, commit, seed, files, values, department):
        fields = verify.read_event(plan, commit, 1, files["event-1.txt"])
        value = files["seed-event-1.txt"].decode().rsplit("public=", 1)[1].strip()
        text = verify.event_seed_text(seed, suite.hex(files["event-1.txt"]), value)
        self.assertEqual(values["event_seed"], suite.hex(text))
        for officer, ticket in values["event_tickets"].items():
            message = "%s|%s|%s|%s" % (values["event_seed"], fields["task"], fields["class"], officer)
            self.assertEqual(ticket, suite.hex(message.encode()))
        log_files = {"entry-%d.txt" % i: entry.encode() for i, entry in enumerate(values["log_entries"])}
        log_files["head-6.txt"] = values["log_head"].encode()
        log = verify.Log(plan, log_files, cosigned=False)
        self.assertEqual(values["log_head_digest"], suite.hex(log.heads[0].data))
        log.check_draws()
        proof = values["proof_of_first_company"]
        root = verify.mth(suite, verify.lines_of(files["frame-M1.tsv"]))
        self.assertTrue(verify.check_inclusion(suite, proof["line"].encode(), proof["index"], proof["size"],
                                               proof["path"], root))


class Golden(Case):
    @classmethod
    def setUpClass(cls):
        with open(os.path.join(VECTORS, "golden.json"), encoding="utf-8") as file:
            cls.vectors = json.load(file)["vectors"]

    def test_replay(self):
        for vector in self.vectors:
            with self.subTest(suite=vector["suite"], kind=vector["kind"], name=vector["name"]):
                got = make.expected_of(verify.SUITES[vector["suite"]], vector["kind"], vector["input"])
                self.assertEqual(vector["expected"], json.loads(json.dumps(got)))

    def test_enough_of_each(self):
        count = {}
        for vector in self.vectors:
            place = (vector["suite"], vector["section"])
            count[place] = count.get(place, 0) + 1
        for suite in verify.SUITES:
            for section in range(1, 8):
                self.assertGreaterEqual(count[suite, section], 5)

    def test_brute_solves_what_verify_accepts(self):
        for vector in self.vectors:
            if vector["kind"] != "officers" or "refused" in vector["expected"]:
                continue
            given, suite = vector["input"], verify.SUITES[vector["suite"]]
            plan = verify.Plan(given["plan"].encode())
            rows = {name: verify.read_data(plan, name, text.encode()) for name, text in given["data"].items()}
            office = make.office_of(plan, given["dept"], verify.sub_seed(suite, given["seed"], "officers/" + given["dept"]),
                                    make.visits_of(given["visits"]), rows)
            self.assertEqual(vector["expected"]["files"], {name: office.files[name].decode() for name in office.results})
            self.assertEqual(vector["expected"]["rounds"], office.rounds)

    def test_examples_are_what_the_maker_makes(self):
        for suite, name in ((SHA256, "example-sha256.zip"), (SM3, "example-sm3.zip")):
            with open(os.path.join(VECTORS, name), "rb") as file:
                data = file.read()
            self.assertEqual(data, verify.write_zip(make.example_world(suite)[1]))
            self.whole(verify.verify_bundle(data, None, True))

    def test_readings_are_the_same_text(self):
        with open(os.path.join(HERE, "READINGS.md"), encoding="utf-8") as file:
            readings = file.read().split("\n", 2)[2].strip("\n").split("\n")
        with open(os.path.join(HERE, "verify.py"), encoding="utf-8") as file:
            source = file.read()
        start = source.index("# Readings (")
        block = source[start:source.index("\nimport argparse")].strip("\n").split("\n")[2:]
        self.assertEqual(readings, [line[2:] for line in block])


class Signatures(Case):
    def test_rfc_8032(self):
        for key, message, signature in (
                ("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
                 "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
                 "d25bf5f0595bbe24655141438e7a100b"),
                ("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
                 "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
                 "387b2eaeb4302aeeb00d291612bb0c00")):
            args = bytes.fromhex(key), bytes.fromhex(message)
            self.assertTrue(verify.ed25519_verify(*args, bytes.fromhex(signature)))
            self.assertFalse(verify.ed25519_verify(*args, bytes.fromhex(signature[:-2] + "ff")))

    def test_sm3_of_the_standard(self):
        self.assertEqual("66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0", verify.Sm3(b"abc").hexdigest())
        self.assertEqual("debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732",
                         verify.Sm3(b"abcd" * 16).hexdigest())
        state = verify.Sm3(b"ab")
        other = state.copy()
        state.update(b"c")
        other.update(b"x" * 200)
        self.assertEqual(verify.Sm3(b"abc").hexdigest(), state.hexdigest())
        self.assertEqual(verify.Sm3(b"ab" + b"x" * 200).hexdigest(), other.hexdigest())

    def test_openssl_agrees_on_sm2(self):
        openssl = shutil.which("openssl")
        if not openssl:
            self.skipTest("no openssl here")
        x_y = make.sm2_key("W1")
        der = bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d034200" + x_y)
        message = b"DSJ1/head\nsome text\n"
        signature = make.sm2_sign("W1", message)

        def number(text):
            raw = bytes.fromhex(text).lstrip(b"\x00")
            raw = (b"\x00" if raw[0] & 0x80 else b"") + raw
            return b"\x02" + bytes([len(raw)]) + raw
        pair = number(signature[:64]) + number(signature[64:])
        with tempfile.TemporaryDirectory() as folder:
            for name, data in (("key", der), ("text", message), ("sig", b"\x30" + bytes([len(pair)]) + pair)):
                with open(os.path.join(folder, name), "wb") as file:
                    file.write(data)
            done = subprocess.run(
                [openssl, "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", "key", "-rawin", "-in", "text",
                 "-sigfile", "sig", "-digest", "sm3", "-pkeyopt", "distid:1234567812345678"],
                cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        if done.returncode and b"erified" not in done.stdout and b"ailure" not in done.stdout:
            self.skipTest("this openssl cannot do SM2: %s" % done.stdout.decode("utf-8", "replace").strip())
        self.assertIn(b"Signature Verified Successfully", done.stdout)


class Certificates(Case):
    def instance(self, seed):
        chance = random.Random(seed)
        officers = ["P%d" % i for i in range(chance.randint(0, 4))]
        slots, seats = {}, 0
        for t in range(chance.randint(0, 4)):
            for cls in chance.sample(["a", "b", "c"], chance.randint(1, 2)):
                need = chance.randint(1, 2)
                if seats + need <= 6:
                    slots["t%d" % t, cls] = need
                    seats += need
        capacity = {o: chance.randint(0 if chance.random() < .2 else 1, 3) for o in officers}
        highest = chance.choice([3, 10, 10 ** 6])
        edges = {key: {o: chance.randint(0, highest) for o in officers if capacity[o] and chance.random() < .7}
                 for key in slots}
        year_load = {o: chance.choice([0, 0, 1, 4]) for o in officers}
        return slots, edges, capacity, year_load, chance.choice(["least", "least", chance.randint(0, 5)])

    def test_brute_force_optima_are_accepted(self):
        for seed in range(2000):
            with self.subTest(seed=seed):
                problem = self.instance(seed)
                found = brute.optimum(*problem)
                for which in range(min(2, len(found["best"]))):
                    proof = brute.certificate(*problem, found, which)
                    filled, load, held = verify.check_certificate(*problem, found["best"][which], proof)
                    unique = verify.is_unique(problem[0], problem[1], verify.limited(problem[2], problem[3], proof["limit"]),
                                              filled, load, held, proof["price"], proof["alpha"], proof["mu"])
                    self.assertEqual(len(found["best"]) == 1, unique)

    def test_other_assignments_are_refused(self):
        refused = 0
        for seed in range(400):
            problem = self.instance(seed)
            slots, edges = problem[0], problem[1]
            found = brute.optimum(*problem)
            proof = brute.certificate(*problem, found)
            chance = random.Random(seed)
            for _ in range(5):  # any other feasible or infeasible list must fail with the best prices
                rows = list(found["best"][0])
                if rows and chance.random() < .5:
                    rows.pop(chance.randrange(len(rows)))
                if slots and chance.random() < .8:
                    t, cls = chance.choice(sorted(slots))
                    if edges[t, cls]:
                        rows.append((t, cls, chance.choice(sorted(edges[t, cls]))))
                if tuple(sorted(rows)) in found["best"]:
                    continue
                total = sum(edges[t, cls][o] for t, cls, o in rows)
                unfilled = sum(slots.values()) - len(rows)
                with self.subTest(seed=seed, rows=rows), self.assertRaises(verify.BadCertificate):
                    verify.check_certificate(*problem, rows, dict(
                        proof, total=total, unfilled=unfilled, mu=proof["mu"] if unfilled else None))
                refused += 1
        self.assertGreater(refused, 500)

    def test_too_many_seats_are_not_tried(self):
        with self.assertRaises(ValueError):
            brute.optimum({("t", "m"): 9}, {("t", "m"): {}}, {}, {}, "least")


class ExactProbabilities(Case):
    def test_systematic_counts_are_exact(self):
        for weights, mu, d in (([1, 5, 3, 6], 1, 6), ([2, 0, 7, 1], 3, 10), ([1] * 7, 2, 7)):
            sums = [0] * len(weights)
            for k in range(d):
                sums = [a + b for a, b in zip(sums, verify.systematic(weights, mu, d, k))]
            self.assertEqual([mu * w for w in weights], sums)

    def test_pps_is_exact_in_every_order(self):
        import itertools
        for order in itertools.permutations((1, 1, 2, 3, 5)):
            times = dict.fromkeys(range(5), 0)
            for k in range(12):
                for i, mark in enumerate(verify.pps_select(list(order), 2, lambda w, k=k: k)):
                    times[i] += mark is not None
            self.assertEqual([2 * size for size in order], [times[i] for i in range(5)])


class Bundles(Case):
    def test_small_is_whole_in_both_suites(self):
        for suite in verify.SUITES:
            report = self.whole(check(world_of(suite)[2]))
            self.assertFalse(report.log_compared)
            self.assertEqual("Published", report.state)

    def test_own_sm3_gives_the_same(self):
        fast, SM3.new = SM3.new, verify.Sm3
        try:
            self.whole(check(world_of("DSJ1-SM3")[2]))
        finally:
            SM3.new = fast

    def test_with_the_log_from_elsewhere(self):
        world, steps, members = world_of("DSJ1-SHA256")
        log = make.write_log(world, steps)
        self.assertTrue(self.whole(check(members, log)).log_compared)
        longer = make.write_log(world, steps + [("entry", "2026-08-30T08:00:00Z", "Result", {"digest": "ab" * 32})])
        self.assertTrue(self.whole(check(members, longer)).log_compared)
        void = make.write_log(world, steps[:-1] + [("entry", "2026-08-30T08:00:00Z", "Voided", {
            "reason": "X", "approvers": "A,B"})])
        self.refused(check(members, void), "entry-6.txt")
        hidden = make.write_log(world, steps + [("entry", "2026-08-30T08:00:00Z", "Voided", {
            "reason": "X", "approvers": "A,B"})])
        self.refused(check(members, hidden), "log/entry-7.txt")
        shorter = {name: data for name, data in log.items() if name != "entry-6.txt"}
        self.refused(check(members, shorter), "log/head-7.txt")
        shorter = {name: data for name, data in shorter.items() if not name.startswith("head-7.")}
        self.refused(check(members, shorter), "entry-6.txt")
        self.refused(check(members, {}), "log/entry-0.txt")

    def sealed(self, **changes):
        suite = SHA256
        world = make.World(suite, dict({"timing": "sealed", "publicity": "2026-09-30"}, **changes)).make()
        steps = make.script(world)
        opened = next((i for i, step in enumerate(steps) if step[0] == "entry" and step[2] in ("ShareOpened", "Published")))
        first, last = steps[:opened], steps[opened:]
        first.append(("head", "2026-07-20T11:20:00Z"))
        make.add_officer_event(world, first, 1, "2026-07-23", "SCJG", make.standing_of(world, "SCJG"), {})
        rows = [row.split("\t") for row in world.files["drawn-M1.tsv"].decode().splitlines()]
        out = next(row for row in rows if row[3] == "drawn")
        into = next(row[2] for row in rows if row[3] == "reserve" and row[0] == out[0])
        make.add_substitution(world, first, "2026-07-24T08:00:00Z", "M1", out[2], into)
        seq = -1
        for i, step in enumerate(first):  # names become digests of salted files
            if step[0] != "entry":
                continue
            seq += 1
            if step[2] in ("EventExecuted", "Substitution"):
                fields = dict(step[3])
                for field in ("out", "into"):
                    text = "%s\n%s\n" % (suite.hex(b"%d %s" % (seq, field.encode()))[:32], fields[field])
                    world.files["salted-%d-%s.txt" % (seq, "in" if field == "into" else "out")] = text.encode()
                    fields[field] = suite.hex(text.encode())
                first[i] = step[:3] + (fields,)
        return world, first, last

    def test_sealed_before_and_after_publicity(self):
        world, first, last = self.sealed()
        public = {name: data for name, data in world.files.items()
                  if name.startswith(("plan", "commit", "frame-", "share-JJ", "share-RD"))}
        public.update(make.write_log(world, first))
        report = self.whole(check(public))
        self.assertEqual(report.verdict, "partial")
        self.assertIn("result", report.not_checked())
        auditor = dict(world.files, **make.write_log(world, first))
        self.whole(check(auditor))
        everything = dict(world.files, **make.write_log(world, first + last))
        self.whole(check(everything))
        for name in ("seed.txt", "result.txt", "evidence.txt", "drawn-M1.tsv", "assign-SCJG.tsv"):
            less = {other: data for other, data in everything.items() if other != name}
            self.refused(check(less), name)
        salted = next(name for name in everything if name.startswith("salted-") and name.endswith("-in.txt"))
        wrong = dict(everything, **{salted: everything[salted][:33] + b"P99\n"})
        self.refused(check(wrong), "entry-%s.txt" % salted.split("-")[1])

    def test_private_frames_for_auditors_and_for_the_public(self):
        world, first, last = self.sealed(frame="private", seed_release="auditors")
        log = make.write_log(world, first + last)
        self.whole(check(dict(world.files, **log)))
        public = {name: data for name, data in world.files.items() if name.startswith(("plan", "commit"))}
        report = self.whole(check(dict(public, **log)))
        self.assertIn(("frame-M1.tsv", "committed, not in this bundle"), report.unchecked)

    def test_several_events_and_remedies(self):
        world, steps, _ = self.sealed()
        world = make.World(SHA256, {"dept.SCJG.pair_limit": "2"}).make()
        steps = make.script(world) + [("head", "2026-07-20T12:30:00Z")]
        standing, outs = make.standing_of(world, "SCJG"), {}
        for number in (1, 2, 3):
            t, _, out, _ = make.add_officer_event(world, steps, number, "2026-07-2%d" % (number + 1), "SCJG", standing,
                                                  outs, pick=0)
        gone = {(t, o) for t, officers in outs.items() for o in officers}
        make.add_remedy_event(world, steps, 4, "2026-07-26", "SCJG", "capacity+1", gone=gone)
        make.add_remedy_event(world, steps, 5, "2026-07-27", "SCJG", "postpone", ["capacity+1"], gone)
        members = dict(world.files, **make.write_log(world, steps))
        self.whole(check(members))
        entry = max((name for name in members if name.startswith("entry-")), key=lambda name: int(name[6:-4]))
        text = members[entry]
        self.assertIn(b"EventExecuted", text)
        wrong = make.World(SHA256, {"dept.SCJG.pair_limit": "2"}).make()
        wrong.files = world.files
        last = steps[-1][:3] + (dict(steps[-1][3], into="12" * 32),)
        self.refused(check(dict(world.files, **make.write_log(world, steps[:-1] + [last]))), entry, 9)

    def test_a_bundle_needs_what_it_lists(self):
        _, _, members = world_of("DSJ1-SHA256")
        for name in ("plan.txt", "commit.txt", "seed.txt", "result.txt", "evidence.txt", "frame-M1.tsv", "entry-0.txt",
                     "assign-XF.tsv", "proof-XF-1.txt", "visits.tsv", "head-7.txt"):
            less = {other: data for other, data in members.items() if other != name}
            self.assertTrue(check(less).report.refused, name)
        for name in ("share-JJ.txt", "officers-XF.tsv"):
            self.whole(check({other: data for other, data in members.items() if other != name}))
        no_log = {name: data for name, data in members.items() if not name.startswith(("entry-", "head-"))}
        self.refused(check(no_log), "entry-0.txt")
        committed = {name: data for name, data in members.items()
                     if name in world_of("DSJ1-SHA256")[0].plan.data_files() + ["commit.txt"]}
        self.whole(check(committed))
        for extra in ("x.txt", "frame-M9.tsv", "deleted-XF.tsv", "proof-XF-2.txt", "event-1.txt", "share-QQ.txt",
                      "salted-0-out.txt", "tickets-G1.tsv"):
            self.refused(check(dict(members, **{extra: b"x\n"})), extra)

    def test_the_public_has_no_private_files(self):
        for suite in verify.SUITES.values():
            world, members = make.example_world(suite)
            for name in members:
                private = name.split("-")[0] in ("excluded", "officers", "pool", "recusals", "pairs")
                if private:
                    report = self.whole(check({other: data for other, data in members.items() if other != name}))
                    self.assertIn((name, "committed, not in this bundle"), report.unchecked)
                    self.assertEqual(report.verdict, "partial")
                    self.assertIn("frames" if name.startswith("excluded") else "officers", report.not_checked())
            public = {name: data for name, data in members.items()
                      if name.split("-")[0] not in ("excluded", "officers", "pool", "recusals", "pairs")}
            self.whole(check(public))
            assign = "assign-HB.event-2.tsv"
            last = public[assign][:-1].rsplit(b"\n", 1)[-1]
            changed = dict(public, **{assign: public[assign].replace(last, last.replace(b"\tP", b"\tQ"))})
            self.refused(check(changed), assign)
            self.assertTrue(verify.verify_bundle(verify.write_zip(public), None, True).report.refused)

    def test_unchecked_files_are_said_to_be(self):
        _, _, members = world_of("DSJ1-SHA256")
        report = self.whole(check(dict(members, **{"head-1.tsr": b"\x30", "drand-1.sig": b"00\n"})))
        self.assertIn("time stamps", report.not_checked())
        self.assertIn("time stamps of the heads", report_text(report))

    def test_company(self):
        for suite in verify.SUITES:
            verifier = check(world_of(suite)[2])
            plan_suite, drawn = verifier.plan.suite, verifier.draw.drawn["M1"]["A"]
            for _, company, mark in drawn:
                item = verify.explain_company(verifier, company)[0]
                self.assertEqual(mark, item["mark"])
                proof = item["proof"]
                self.assertTrue(verify.check_inclusion(plan_suite, proof["line"].encode(), proof["index"], proof["size"],
                                                       proof["path"], proof["root"]))
                self.assertEqual(mark == "drawn", item["ticket"] <= item["threshold"])
            self.assertIn("neighbours", verify.explain_company(verifier, "0")[0])
            self.assertIn("excluded", verify.explain_company(verifier, make.sid(1000))[0]["what"])

    def test_second_draw_after_a_void(self):
        first = make.World(SHA256, make._small_changes(SHA256), n=10)
        before = [("entry", "2026-06-01T08:00:00Z", "Committed", {"digest": first.C, "draw_no": 1}),
                  ("head", "2026-06-01T08:10:00Z"),
                  ("entry", "2026-06-02T08:00:00Z", "Voided", {"reason": "FRAME", "approvers": "A,B", "draw_no": 1})]
        changes = dict(make._small_changes(SHA256), draw_no="2", **{"matter.M1.reserve": "3"})
        second = make.World(SHA256, changes, n=10, previous=first.C).make()
        members = dict(second.files, **make.write_log(second, before + make.script(second)))
        self.whole(check(members))
        self.refused(check(dict(second.files, **make.write_log(second, make.script(second)))), "entry-0.txt", 5)
        wrong = make.World(SHA256, changes, n=10, previous="12" * 32).make()
        self.refused(check(dict(wrong.files, **make.write_log(wrong, before + make.script(wrong)))), "commit.txt", 5)
        differences = verify.plan_differences(first.files["plan.txt"], second.files["plan.txt"])
        self.assertEqual(["-draw_no=1", "-matter.M1.reserve=1", "+draw_no=2", "+matter.M1.reserve=3"], differences)

    def test_pps_interval_says_who_is_drawn(self):
        _, members = make.example_world(SHA256)
        verifier = check(members)
        seen = 0
        for row in verifier.rows["frame-M2.tsv"]:
            item = next(item for item in verify.explain_company(verifier, row[0]) if item["matter"] == "M2")
            if "interval" in item:
                low, high, w = int(item["interval"][0]), int(item["interval"][1]), int(item["W"])
                self.assertEqual(item["mark"] == "drawn", high // w > low // w)
                seen += 1
        self.assertGreater(seen, 5)

    def test_command_line(self):
        _, _, members = world_of("DSJ1-SHA256")
        with tempfile.TemporaryDirectory() as folder:
            good, bad = os.path.join(folder, "good.zip"), os.path.join(folder, "bad.zip")
            with open(good, "wb") as file:
                file.write(verify.write_zip(members))
            with open(bad, "wb") as file:
                file.write(verify.write_zip(dict(members, **{"alloc.tsv": b"M1\tA\t9\t9\t9/1\t0\n"})))
            log = os.path.join(folder, "log")
            os.mkdir(log)
            for name, data in members.items():
                if name.startswith(("entry-", "head-")):
                    with open(os.path.join(log, name), "wb") as file:
                        file.write(data)

            def run(*arguments):
                done = subprocess.run([sys.executable, "-B", os.path.join(HERE, "verify.py")] + list(arguments),
                                      stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
                self.assertNotIn(b"Traceback", done.stderr)
                return done.returncode, done.stdout.decode(), done.stderr.decode()
            status, text, _ = run(good)
            self.assertEqual(0, status)
            self.assertIn("完整，但不能证明是唯一一次抽取", text)
            self.assertTrue(text.splitlines()[1].startswith("承诺值 C "))
            english = run(good, "--lang", "en")[1]
            self.assertIn("Whole, but not proven the only draw", english)
            self.assertTrue(english.splitlines()[1].startswith("C     "))
            self.assertFalse(re.search("[\u4e00-\u9fff]", english))
            self.assertEqual(0, run(good, "--log", log, "--officers")[0])
            status, text, _ = run(bad, "--json")
            self.assertEqual(1, status)
            self.assertIn("alloc.tsv", [item["file"] for item in json.loads(text)["refused"]])
            for missing in (os.path.join(folder, "none.zip"), folder):
                for lang, advice in (("zh", "请"), ("en", ":")):
                    status, _, told = run(missing, "--lang", lang)
                    self.assertEqual(2, status)
                    self.assertIn(missing, told)
                    self.assertIn(advice, told)
                    self.assertNotIn("Errno", told)
            self.assertEqual(1, run(good, "--expect-commit", "0" * 64)[0])
            commit, head = json.loads(run(good, "--json")[1])["commit"], json.loads(run(good, "--json")[1])["head"]
            self.assertEqual(0, run(good, "--expect-commit", commit, "--expect-head", head)[0])
            self.assertEqual(0, run(good, "--expect-commit", commit.upper(), "--expect-head", head.upper())[0])
            for flag in ("--expect-commit", "--expect-head"):
                for value in ("", " ", commit[:-1], commit + "\n", commit[:-1] + "\uff41"):
                    self.assertEqual(2, run(good, flag, value)[0], (flag, value))
            value = json.loads(run(good, "--json")[1])["public_values"][0]
            self.assertEqual(0, run(good, "--expect-public", "1=" + value)[0])
            for wrong in ("1=", "1=" + value + "0", "2=" + value, "999999999=" + value):
                self.assertEqual(1, run(good, "--expect-public", wrong)[0], wrong)
            for wrong in ("", "1", "=1", "0=1", "01=" + value, "+1=" + value, "\uff11=" + value, "\u00b2=" + value, "\u0661=1",
                          "9999999999=1"):
                self.assertEqual(2, run(good, "--expect-public", wrong)[0], wrong)
            shell = subprocess.run("set -o pipefail; %s -B %s %s | head -n 1" % (
                sys.executable, os.path.join(HERE, "verify.py"), good), shell=True, executable="/bin/bash",
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
            self.assertEqual((0, b""), (shell.returncode, shell.stderr))


class Chinese(Case):
    """Whatever is said of a file is said in Chinese too."""

    @staticmethod
    def texts():
        """Each text that `verify.py` says of a file: line → text."""
        with open(os.path.join(HERE, "verify.py"), encoding="utf-8") as file:
            tree = ast.parse(file.read())
        last = {"refuse": -1, "Refused": 3, "hold": 1, "skip": 1, "bad": 1, "BadCertificate": 1, "refuse_at": 3, "must_equal": 3}

        def of(node):
            if isinstance(node, ast.IfExp):
                return of(node.body) + of(node.orelse)
            if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
                return of(node.left)
            return [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) else []
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                at = last.get(name)
                if name == "append" and isinstance(node.args[0], ast.Tuple):  # of `check_text`
                    for text in of(node.args[0].elts[-1]):
                        yield node.lineno, text
                if at is not None and len(node.args) > max(at, 0):
                    for text in of(node.args[at]):
                        yield node.lineno, text
            elif isinstance(node, ast.Assign):
                to = node.targets[0]
                is_text = isinstance(to, ast.Attribute) and to.attr == "unchecked" or (
                    isinstance(to, ast.Subscript) and isinstance(to.slice, ast.Constant) and to.slice.value == "what")
                for text in of(node.value) if is_text else ():
                    yield node.lineno, text

    def test_every_text(self):
        texts = list(self.texts())
        self.assertGreater(len(texts), 180)
        for line, text in texts:
            said = re.sub("%d", "7", text).replace("%s", "XY")
            chinese = verify.in_chinese(said)
            self.assertTrue(re.search("[\u4e00-\u9fff]", chinese), "verify.py:%d has no Chinese: %s" % (line, text))
            self.assertEqual(text.count("%s"), chinese.count("XY"), (text, chinese))

    def test_no_text_hides_another(self):
        # The Chinese of a text is the one that stands beside it, not that of a more general one.
        for line in verify._DETAILS.splitlines():
            english, chinese = line.split("\t")
            said = verify.in_chinese(re.sub("%[sd]", "7", english))
            self.assertEqual(re.sub(r"%s|%\[[0-9]\]", "7", chinese), said, english)

    def test_reports(self):
        self.assertEqual([code for code, _, _ in verify.UNCHECKED], list(verify.UNCHECKED_ZH))
        self.assertEqual(set(verify.VERDICTS), set(verify.VERDICTS_ZH))
        for suite in verify.SUITES:
            _, _, members = world_of(suite)
            for changed in (members, dict(members, **{"alloc.tsv": b"M1\tA\t9\t9\t9/1\t0\n"})):
                out = io.StringIO()
                verify.print_report(check(changed).report, out, "zh")
                for line in out.getvalue().splitlines()[5:]:
                    self.assertTrue(re.search("[\u4e00-\u9fff]", line), line)


class EveryByte(Case):
    """Every single-byte change of a small bundle is refused."""

    def test_of_the_archive(self):
        data = verify.write_zip(world_of("DSJ1-SHA256")[2])
        for i in range(len(data)):
            changed = data[:i] + bytes([data[i] ^ 1]) + data[i + 1:]
            with self.subTest(offset=i), self.assertRaises(Refused):
                verify.read_zip(changed)

    def changes(self, suite, step):
        _, _, members = world_of(suite)
        slow = verify.signature_holds
        verify.signature_holds = functools.lru_cache(maxsize=None)(slow)  # the same signatures again and again
        try:
            for name, data in sorted(members.items()):
                for i in range(0, len(data), step):
                    for flip in (1, 0x20) if step > 1 else (1,):
                        changed = dict(members)
                        changed[name] = data[:i] + bytes([data[i] ^ flip]) + data[i + 1:]
                        verifier = verify.Verifier(changed)
                        verifier.run()
                        if not verifier.report.refused:
                            self.fail("%s, byte %d xor %d is not refused" % (name, i, flip))
        finally:
            verify.signature_holds = slow

    def test_of_every_file_with_the_archive_made_anew(self):
        self.changes("DSJ1-SHA256", 1)

    def test_of_the_other_suite_some(self):
        self.changes("DSJ1-SM3", 23)

    def test_a_byte_more_or_less_of_every_file(self):
        _, _, members = world_of("DSJ1-SHA256")
        for name, data in sorted(members.items()):
            for changed in (data[:-1], data + b"\n", data + b"x\n", b"", data + data):
                if changed != data:
                    verifier = verify.Verifier(dict(members, **{name: changed}))
                    verifier.run()
                    self.assertTrue(verifier.report.refused, name)


class Forgery(Case):
    """A forger who rewrites everything, even the log and its signatures; what stands elsewhere he cannot change."""

    def forge(self, suite, change):
        """The small bundle with `change(files)` applied after the draw and all digests, log and signatures made anew."""
        world, _, _ = world_of(suite)
        files = dict(world.files)
        change(files)
        names = [line.split("\t")[0] for line in files["result.txt"].decode().splitlines()[3:]]
        files["result.txt"] = verify.result_text(world.C, world.seed, [
            verify.list_line(world.suite, name, files[name]) for name in names])
        names = [line.split("\t")[0] for line in files["evidence.txt"].decode().splitlines()[3:]]
        files["evidence.txt"] = verify.evidence_text(world.suite.hex(files["result.txt"]), world.seed, [
            verify.list_line(world.suite, name, files[name]) for name in names])
        forged = make.World.__new__(make.World)
        forged.__dict__.update(world.__dict__)
        forged.files = files
        return dict(files, **make.write_log(forged, make.script(forged)))

    def both(self, change, file, line=None):
        for suite in verify.SUITES:
            self.refused(check(self.forge(suite, change)), file, line)

    @staticmethod
    def edit(name, action):
        def change(files):
            files[name] = b"".join(action(files[name].splitlines(True)))
        return change

    def test_nothing_changed_is_whole(self):
        for suite in verify.SUITES:
            self.whole(check(self.forge(suite, lambda files: None)))

    def test_one_company_swapped(self):
        def swap(lines):
            rows = [line.split(b"\t") for line in lines]
            drawn = [i for i, row in enumerate(rows) if row[3] == b"drawn\n"][-1]
            reserve = [i for i, row in enumerate(rows) if row[3] == b"reserve\n"][0]
            rows[drawn][3], rows[reserve][3] = rows[reserve][3], rows[drawn][3]
            return [b"\t".join(row) for row in rows]
        self.both(self.edit("drawn-M1.tsv", swap), "drawn-M1.tsv")

    def test_reserve_order_changed(self):
        def change(lines):
            rows = [line.split(b"\t") for line in lines]
            a, b = [i for i, row in enumerate(rows) if row[3] == b"reserve\n"]
            rows[a][2], rows[b][2] = rows[b][2], rows[a][2]
            return [b"\t".join(row) for row in rows]
        self.both(self.edit("drawn-M1.tsv", change), "drawn-M1.tsv")

    def test_visit_window_moved(self):
        self.both(self.edit("visits.tsv", lambda lines: [lines[0].replace(b"\t1\tM1", b"\t2\tM1")] + lines[1:]),
                  "visits.tsv", 1)

    def test_one_officer_swapped(self):
        def swap(lines):
            rows = [line.split(b"\t") for line in lines]
            rows[0][2] = b"P06" if rows[0][2] != b"P06" else b"P01"
            return [b"\t".join(row) for row in rows]
        self.both(self.edit("assign-XF.tsv", swap), "assign-XF.tsv", 1)

    def test_prices_forged(self):
        def dearer(lines):
            rows = [line[:-1].split(b"\t") for line in lines]
            rows[0][3] = b"%d" % (int(rows[0][3]) + 2 ** 48)
            return [b"\t".join(row) + b"\n" for row in rows]
        for suite in verify.SUITES:
            report = check(self.forge(suite, self.edit("prices-XF-1.tsv", dearer))).report
            self.assertTrue({refusal.file for refusal in report.refused} & {"prices-XF-1.tsv", "slots-XF-1.tsv"})

    def test_longer_costs_without_a_tie(self):
        for suite in verify.SUITES:
            world, _, _ = world_of(suite)
            dept, rows = "XF", world.rows
            office = world.offices[dept]
            longer = brute.Office(world.suite, verify.sub_seed(world.suite, world.seed, "officers/XF"), office.tasks,
                                  office.officers, office.recused, "least", label=dept, cost_bytes=12)
            self.refused(check(self.forge(suite, lambda files, more=longer.files: files.update(more))), "tie-XF-1-1.tsv")
            self.assertEqual(sorted(rows), sorted(set(world.plan.data_files()) - {"plan.txt"}))

    def test_frame_line_dropped_under_the_same_commitment(self):
        self.both(self.edit("frame-M1.tsv", lambda lines: lines[1:]), "commit.txt")

    def test_rate_changed_under_the_same_commitment(self):
        self.both(self.edit("plan.txt", lambda lines: [line.replace(b"rate=1/3", b"rate=1/2") for line in lines]), "commit.txt")

    def test_new_commitment_is_another_draw(self):
        for suite in verify.SUITES:
            world, _, members = world_of(suite)
            changes = dict.fromkeys(verify.Plan(make.plan_text(world.suite)).values)
            changes.update(world.plan.values)
            changes["matter.M1.stratum.A.rate"] = "1/4"
            forged = make.World(world.suite, changes, n=12)
            forged.make()
            forged_members = dict(forged.files, **make.write_log(forged, make.script(forged)))
            self.whole(check(forged_members))  # a bundle proves only itself
            self.refused(check(forged_members, commit=world.C), "commit.txt")
            head = max((name for name in members if name.startswith("head-") and name.endswith(".txt")),
                       key=lambda name: int(name[5:-4]))
            digest = world.suite.hex(members[head])
            self.refused(check(forged_members, head=digest), head)
            self.whole(check(members, commit=world.C, head=digest, publics=["1=" + "5a" * 32]))

    def test_second_draw_with_a_fresh_log(self):
        world, steps, members = world_of("DSJ1-SHA256")
        again = make.World.__new__(make.World)
        again.__dict__.update(world.__dict__)
        again.files = {name: data for name, data in world.files.items() if name in world.plan.data_files()
                       or name == "commit.txt"}
        again.make_seed(["6b" * 32])
        again.draw_subjects()
        again.assign()
        forged = dict(again.files, **make.write_log(again, make.script(again)))
        self.whole(check(forged))
        true_log = {name: data for name, data in members.items() if name.startswith(("entry-", "head-"))}
        self.refused(check(forged, true_log), "entry-4.txt", 8)
        self.refused(check(forged, publics=["1=" + "5a" * 32]), "entry-4.txt", 8)

    def test_second_commitment_in_the_same_log(self):
        world, steps, members = world_of("DSJ1-SHA256")
        twice = [steps[0], ("entry", "2026-07-01T08:01:00Z", "Committed", {"digest": "12" * 32})] + steps[1:]
        self.refused(check(dict(world.files, **make.write_log(world, twice))), "entry-1.txt", 5)

    def test_head_of_another_tree(self):
        for suite in verify.SUITES:
            world, steps, members = world_of(suite)
            other = make.write_log(world, steps[:-1] + [("entry", "2026-07-20T12:00:01Z", "Published", {})])
            heads = {name: data for name, data in other.items() if name.startswith("head-7.")}
            self.assertNotEqual(heads["head-7.txt"], members["head-7.txt"])
            self.refused(check(dict(members, **heads)), "head-7.txt", 5)
            log = {name: data for name, data in members.items() if name.startswith(("entry-", "head-"))}
            self.refused(check(members, dict(log, **heads)), "log/head-7.txt", 5)
            later = {"head-7.txt": log["head-7.txt"].replace(b"T12:59:59Z", b"T13:00:00Z")}
            later.update({"head-7.%s.sig" % name: (make.sign(world.suite, name, later["head-7.txt"]) + "\n").encode()
                          for name in ("W1", "W2")})
            self.whole(check(members, dict(log, **later)))  # the same tree, signed again later

    def test_head_without_the_witnesses_keys(self):
        _, _, members = world_of("DSJ1-SHA256")
        text = members["head-7.txt"].replace(b"T12:59:59Z", b"T12:59:58Z")
        self.assertNotEqual(text, members["head-7.txt"])
        self.refused(check(dict(members, **{"head-7.txt": text})), "head-7.W1.sig")

    def test_share_replaced_after_the_fact(self):
        for suite in verify.SUITES:
            world, _, members = world_of(suite)
            forged = make.World.__new__(make.World)
            forged.__dict__.update(world.__dict__)
            forged.files = dict(world.files)
            honest = make.script(world)
            shares = dict(world.shares, JJ="13" * 32)
            forged.shares = shares
            forged.files["seed.txt"] = verify.seed_text(world.plan, world.C, shares, world.publics)
            forged.files["share-JJ.txt"] = verify.share_text(world.C, "JJ", "13" * 32)
            forged.seed = world.suite.hex(forged.files["seed.txt"])
            forged.draw_subjects()
            forged.assign()
            steps = make.script(forged)
            at = [i for i, step in enumerate(steps) if step[0] == "entry" and step[2] == "ShareCommitted"][0]
            steps[at] = honest[at]  # the commitment to the old share is under the cosigned head
            bundle = dict(forged.files, **make.write_log(forged, steps))
            self.refused(check(bundle), "entry-3.txt", 8)
            self.refused(check(bundle), "seed.txt", 3)


if __name__ == "__main__":
    unittest.main()
