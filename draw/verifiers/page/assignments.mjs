// Small officer problems solved by trying everything, to test that the page's certificate check accepts the optimum, calls
// it unique exactly when it is, and refuses everything else.

/** Numbers from a seed, the same on every machine; a failure names the seed. */
function numbers(seed) {
  let x = seed * 2654435761 >>> 0;
  return (m) => { x = (x ^ (x << 13)) >>> 0; x = (x ^ (x >>> 17)) >>> 0; x = (x ^ (x << 5)) >>> 0; return x % m; };
}

export function problem(seed) {
  const next = numbers(seed + 1), officers = ["a", "b", "c", "d"].slice(0, 1 + next(4)), slots = [], edges = [];
  const range = [4, 9, 1000, 2 ** 48][next(4)];
  for (let t = 0, n = 1 + next(3); t < n; t++) for (const c of ["lead", "member"].slice(0, 1 + next(2))) {
    slots.push(["t" + t, c, 1 + next(2)]);
    for (const o of officers) if (next(5)) edges.push(["t" + t, c, o, String(next(range))]);
  }
  const each = (f) => Object.fromEntries(officers.map((o) => [o, f()]));
  return { slots, edges, officers, capacity: each(() => next(4)), ytd: each(() => next(3)), load: next(4) ? "least" : "fixed:" + next(4) };
}

const key = (t, c) => t + "/" + c;

/** Every assignment that respects capacities (of the whole draw, or at a limit), each as a list of edges. */
function assignments(p, caps) {
  const out = [], chosen = [], load = {}, filled = {}, usable = p.edges.filter((e) => p.capacity[e[2]] > 0);
  const need = Object.fromEntries(p.slots.map(([t, c, n]) => [key(t, c), n]));
  const go = (i) => {
    if (i === usable.length) { out.push([...chosen]); return; }
    go(i + 1);
    const [t, c, o] = usable[i], k = key(t, c);
    if ((load[o] ?? 0) >= caps[o] || (filled[k] ?? 0) >= need[k] || chosen.some((e) => e[0] === t && e[2] === o)) return;
    chosen.push(usable[i]); load[o] = (load[o] ?? 0) + 1; filled[k] = (filled[k] ?? 0) + 1;
    go(i + 1);
    chosen.pop(); load[o]--; filled[k]--;
  };
  go(0);
  return out;
}

const capsAt = (p, L) => Object.fromEntries(p.officers.map((o) => [o, Math.min(p.capacity[o], Math.max(0, L - p.ytd[o]))]));
const total = (a) => a.reduce((s, e) => s + BigInt(e[3]), 0n);

/** The optimum by the order of the objective: {Z, L, best: all optimal assignments, others: feasible ones with as few unfilled}. */
export function solve(p) {
  const slots = p.slots.reduce((s, x) => s + x[2], 0), fixed = p.load !== "least";
  let L = fixed ? Number(p.load.slice(6)) : 0;
  const most = (caps) => Math.max(...assignments(p, caps).map((a) => a.length));
  const full = fixed ? most(capsAt(p, L)) : most(p.capacity);
  while (!fixed && most(capsAt(p, L)) < full) L++;
  const feasible = assignments(p, capsAt(p, L)).filter((a) => a.length === full), least = feasible.reduce((m, a) => (total(a) < m ? total(a) : m), total(feasible[0]));
  return { Z: slots - full, L, best: feasible.filter((a) => total(a) === least), others: feasible.filter((a) => total(a) !== least), least };
}

/** Any pair (A, B) whose bound is at least `wanted`, by trying all. */
function cut(p, caps, wanted) {
  const edges = p.edges.filter((e) => p.capacity[e[2]] > 0);
  for (let a = 0; a < 1 << p.slots.length; a++) for (let b = 0; b < 1 << p.officers.length; b++) {
    const A = p.slots.filter((_, i) => a >> i & 1), B = p.officers.filter((_, i) => b >> i & 1), inA = new Set(A.map(([t, c]) => key(t, c)));
    const pairs = new Set(edges.filter((e) => inA.has(key(e[0], e[1])) && !B.includes(e[2])).map((e) => e[0] + "|" + e[2]));
    if (A.reduce((s, x) => s + x[2], 0) - B.reduce((s, o) => s + caps[o], 0) - pairs.size >= wanted) return [A.map(([t, c]) => [t, c]), B];
  }
  return null;
}

/** Prices of an optimal assignment: shortest distances in its residual graph (Bellman–Ford from everywhere at once). */
function prices(p, a, L, Z) {
  const arcs = [], caps = capsAt(p, L), held = new Map(a.map((e) => [e[0] + "|" + e[2], e[1]])), load = {}, filled = {};
  for (const [t, c, o] of a) { load[o] = (load[o] ?? 0) + 1; filled[key(t, c)] = (filled[key(t, c)] ?? 0) + 1; }
  const edges = p.edges.filter((e) => p.capacity[e[2]] > 0);
  for (const [t, c, o, cost] of edges) {
    const s = "s" + key(t, c), g = "g" + t + "|" + o;
    if (held.get(t + "|" + o) === c) arcs.push([g, s, -BigInt(cost)]); else arcs.push([s, g, BigInt(cost)]);
    if (held.has(t + "|" + o)) arcs.push(["o" + o, g, 0n]); else arcs.push([g, "o" + o, 0n]);
  }
  for (const o of p.officers) { if ((load[o] ?? 0) < caps[o]) arcs.push(["o" + o, "assigned", 0n]); if (load[o]) arcs.push(["assigned", "o" + o, 0n]); }
  for (const [t, c, n] of p.slots) { const f = filled[key(t, c)] ?? 0; if (Z > 0) { arcs.push(["s" + key(t, c), "unfilled", 0n]); if (f < n) arcs.push(["unfilled", "s" + key(t, c), 0n]); } }
  const d = new Map(), at = (v) => d.get(v) ?? 0n;
  for (let i = 0, changed = true; changed; i++) {
    if (i > 100) throw new Error("a negative cycle: not an optimum");
    changed = false;
    for (const [u, v, c] of arcs) if (at(u) + c < at(v)) { d.set(v, at(u) + c); changed = true; }
  }
  const base = at("assigned"), positive = (x) => (x > 0n ? x : 0n);
  return {
    price: Object.fromEntries(p.officers.map((o) => [o, String(positive(base - at("o" + o)))])),
    alpha: p.slots.map(([t, c]) => [t, c, String(base - at("s" + key(t, c)))]), mu: Z > 0 ? String(base - at("unfilled")) : null,
  };
}

export function claimFor(p, s, assignment) {
  const L = s.L, least = p.load === "least";
  return {
    assignment: assignment.map(([t, c, o]) => [t, c, o]), limit: String(L), total: String(total(assignment)), unfilled: String(s.Z), ...prices(p, s.best[0], L, s.Z),
    cut1: s.Z > 0 ? cut(p, least ? p.capacity : capsAt(p, L), s.Z) : null, cut2: least && L > 0 ? cut(p, capsAt(p, L - 1), s.Z + 1) : null,
  };
}

/** Runs `count` problems; gives {checked, failures}. */
export function checkAssignments(D, count) {
  const failures = [];
  let checked = 0;
  for (let seed = 0; seed < count; seed++) {
    const p = problem(seed);
    if (p.edges.length > 12) continue;
    const shown = { ...p, edges: p.edges.filter((e) => p.capacity[e[2]] > 0) }, s = solve(p), must = (ok, what) => { checked++; if (!ok) failures.push("seed " + seed + ": " + what); };
    for (const a of s.best.slice(0, 4)) {
      const r = D.checkCertificate(shown, claimFor(p, s, a));
      must(!r.problems.length, "the optimum is refused: " + r.problems.map((x) => x.en).join("; "));
      must(r.problems.length || r.unique === (s.best.length === 1), "unique: " + r.unique + ", but there are " + s.best.length);
    }
    for (const a of s.others.slice(0, 4)) must(D.checkCertificate(shown, claimFor(p, s, a)).problems.length, "a dearer assignment is accepted");
    const claim = claimFor(p, s, s.best[0]);
    if (p.load === "least") must(D.checkCertificate(shown, { ...claim, limit: String(s.L + 1) }).problems.length, "a greater limit is accepted with the cut of a smaller");
    if (s.best[0].length) must(D.checkCertificate(shown, { ...claim, assignment: claim.assignment.slice(1), total: String(s.least - BigInt(s.best[0][0][3])), unfilled: String(s.Z + 1), mu: claim.mu ?? "0" }).problems.length, "one officer fewer is accepted");
    for (const o of p.officers) {
      const load = s.best[0].filter((e) => e[2] === o).length;
      if (load < capsAt(p, s.L)[o]) must(D.checkCertificate(shown, { ...claim, price: { ...claim.price, [o]: "1" } }).problems.length, "a price on an officer who is not full is accepted");
    }
  }
  return { checked, failures };
}
