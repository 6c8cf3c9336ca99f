// The published vectors of the protocol against the page's functions. Runs in Node and, as text, inside the page.

/** Gives {checked, failures}. Knows only `DSJ1` and the vectors, so that it can be sent into a page. */
export function checkPublished(V) {
  const D = globalThis.DSJ1, failures = [];
  let checked = 0;
  const same = (what, got, want) => { checked++; if (JSON.stringify(got) !== JSON.stringify(want)) failures.push(what + ": " + JSON.stringify(got) + " is not " + JSON.stringify(want)); };
  const inOrder = (suite, seed, ids) => ids.map((id) => [D.ticket(suite, seed, id), id]).sort((a, b) => (a[0] < b[0] ? -1 : 1)).map((x) => x[1]);
  for (const suite of Object.keys(D.SUITES)) {
    const v = V[suite], H = D.SUITES[suite];
    for (const [text, digest] of Object.entries(v.hash)) same(suite + " hash", H.hex(text), digest);
    const { lines, roots } = v.merkle_root_of_first_n_lines;
    roots.forEach((root, n) => {
      same(suite + " root of " + n, D.merkle(suite, lines.slice(0, n)), root);
      for (let i = 0; i < n; i++) {
        const path = D.inclusionPath(suite, lines.slice(0, n), i);
        same(suite + " proof", D.checkInclusion(suite, lines[i], i, n, path, root), true);
        same(suite + " proof of another line", D.checkInclusion(suite, lines[i] + "x", i, n, path, root), false);
      }
    });
    for (const x of v.sub_seed) same(suite + " sub-seed", D.subSeed(suite, x.seed, x.label), x.value);
    for (const x of v.ticket) same(suite + " ticket", D.ticket(suite, x.seed, x.x), x.value);
    for (const x of [...v.integer, ...v.integer_rejecting]) same(suite + " integer", String(D.int(suite, x.seed, x.m)), x.value);
    for (const x of v.allocation) {
      const strata = Object.entries(x.strata).map(([code, s]) => ({ code, N: BigInt(s.N), rate: s.rate ? s.rate.split("/").map(BigInt) : null, count: BigInt(s.count ?? 0), min: BigInt(s.min ?? 0) }));
      const got = D.allocate(suite, D.subSeed(suite, x.seed, "alloc/" + x.matter), x.rounding, strata);
      for (const [h, want] of Object.entries(x.n)) { const a = got.get(h); same(suite + " " + x.rounding + " " + h, [Number(a.n), D.fraction(...a.expected), Number(a.shortfall)], want); }
    }
    const srs = D.srs(inOrder(suite, v.srs.seed, v.srs.frame), v.srs.n, v.srs.reserve.length);
    same(suite + " srs", srs.drawn.map((u) => u[0]), v.srs.drawn);
    same(suite + " reserve", srs.reserve, v.srs.reserve);
    for (const x of v.pps) {
      const units = inOrder(suite, x.seed_tickets, Object.keys(x.sizes)), r = D.pps(units.map((u) => x.sizes[u]), x.n, (W) => D.int(suite, x.seed_k, W));
      same(suite + " pps", units.map((u, i) => [u, r.marks[i]]).filter((u) => u[1]).sort(), [...x.drawn].sort());
    }
    for (const x of v.officer_cost) same(suite + " cost", String(D.edgeCost(suite, H.middle(x.seed), x.task + "|" + x.cls + "|" + x.officer, 6)), x.cost);
    example(suite, v);
  }
  V.pps_exact.drawn_by_k.forEach((want, k) => same("pps, k = " + k, D.pps(V.pps_exact.sizes, V.pps_exact.n, () => BigInt(k)).marks.map((m, i) => (m ? i : -1)).filter((i) => i >= 0), want));
  V.controlled_exact.n_by_k.forEach((want, k) => same("systematic counts, k = " + k, D.sys(V.controlled_exact.weights, 1, V.controlled_exact.D, k).map(Number), want));
  for (const a of V.assignments) {
    const r = D.checkCertificate(a, { ...a.one_valid_certificate, ...a.result });
    same("certificate: " + a.note, [r.problems, r.unique], [[], a.result.unique]);
    const dear = D.checkCertificate(a, { ...a.one_valid_certificate, ...a.result, total: String(BigInt(a.result.total) + 1n) });
    same("forged total: " + a.note, dear.problems.length > 0, true);
  }

  function example(suite, v) {
    const { values, files } = v.example;
    const opened = D.open(D.buildZip(Object.entries(files).map(([name, text]) => ({ name, bytes: D.bytesOf(text) }))), { pieces: true });
    const { report, bundle } = opened;
    same(suite + " C", report.C, values.C);
    same(suite + " seed", report.seed, values.seed);
    same(suite + " sub-seeds", ["subjects/G1", "alloc/M1", "officers/SCJG"].map((l) => D.subSeed(suite, report.seed, l)), [values.seed_subjects_G1, values.seed_alloc_M1, values.seed_officers_SCJG]);
    same(suite + " result", report.result, values.result);
    same(suite + " evidence", bundle.suite.hex(files["evidence.txt"]), values.evidence);
    // The example has no log of the draw itself: that, and nothing else, is found wanting.
    same(suite + " example", report.findings.filter((f) => f.status === "fails").map((f) => [f.level, f.file]), [["L4", "entry-0.txt"]]);
    for (const name of Object.keys(files)) same(suite + " " + name, report.files.find((f) => f.name === name).status, "holds");
    const [line] = [values.proof_of_first_company.line], proof = opened.proof("M1", line.split("\t")[0]);
    same(suite + " proof", { line: proof.line, index: proof.index, size: proof.size, path: proof.path }, values.proof_of_first_company);
    const event = files["event-1.txt"].match(/task=(.*)\nclass=(.*)\n/), eventSeed = bundle.suite.hex(files["seed-event-1.txt"]);
    same(suite + " event seed", eventSeed, values.event_seed);
    for (const [o, t] of Object.entries(values.event_tickets)) same(suite + " event ticket", D.ticket(suite, eventSeed, event[1] + "|" + event[2] + "|" + o), t);
    same(suite + " log", [values.log_head.match(/root=(.*)\n/)[1], bundle.suite.hex(values.log_head)], [D.merkle(suite, values.log_entries), values.log_head_digest]);
    const [planId, drawNo] = ["plan_id", "draw_no"].map((k) => files["plan.txt"].match(new RegExp("^" + k + "=(.*)$", "m"))[1]);
    const salted = files["excluded-M1.tsv"].split("\n")[0].split("\t");
    same(suite + " salt", D.salt(suite, D.fromHex(values.frame_key), planId, drawNo, "excluded-M1.tsv", salted.slice(0, -1).join("\t")), salted.at(-1));
  }
  return { checked, failures };
}
