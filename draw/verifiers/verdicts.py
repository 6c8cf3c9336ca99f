#!/usr/bin/env python3
"""What verify.py says of many bundles: for tests that compare the three verifiers.

    python3 verdicts.py LIST     lines `bundle<TAB>C<TAB>head<TAB>public values<TAB>log`, `-` for none

Answers one JSON line each.
"""
import functools
import json
import sys

sys.dont_write_bytecode = True
import verify  # noqa: E402

# Signatures are slow here, and the same heads come again and again.
verify.signature_holds = functools.lru_cache(maxsize=None)(verify.signature_holds)


def judge(bundle, commit, head, publics, log):
    def given(text):
        return None if text == "-" else text
    with open(bundle, "rb") as file:
        data = file.read()
    verifier = verify.verify_bundle(data, given(log) and verify.read_log_argument(log))
    verify.check_expected(verifier, given(commit), given(head), publics.split(",") if given(publics) else [])
    report = verifier.report
    return {"verdict": report.verdict, "words": report.words(), "proven": report.log_compared and not report.refused,
            "void": report.void, "state": report.state, "not_checked": report.not_checked(), "why": [str(r) for r in report.refused[:3]]}


for line in open(sys.argv[1], encoding="utf-8"):
    print(json.dumps(judge(*line.rstrip("\n").split("\t"))), flush=True)
