// Honest bundles for the tests of the page, and their pieces, so that a forger can put them together otherwise.
// Keys here are for tests only. Files that the draw computes are taken from the page itself: what these bundles test is
// the page's judgement of order, signatures and changes; its numbers are tested by vectors that others made.
import crypto from "node:crypto";

const digestOf = (text) => crypto.createHash("sha256").update(text).digest();

function edKey(name) {
  const key = crypto.createPrivateKey({ key: Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), digestOf("key " + name)]), format: "der", type: "pkcs8" });
  return { hex: crypto.createPublicKey(key).export({ format: "der", type: "spki" }).subarray(-32).toString("hex"), sign: (text) => crypto.sign(null, Buffer.from(text), key).toString("hex") };
}

// SM2 signing in plain affine arithmetic; the page has its own, projective one.
const P = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFFn, N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123n;
const A = P - 3n, B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93n;
const G = [0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7n, 0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0n];
const mod = (x, m) => ((x % m) + m) % m;
const inverse = (x, m) => { let [a, b, s, t] = [mod(x, m), m, 1n, 0n]; while (b) { const q = a / b; [a, b, s, t] = [b, a - q * b, t, s - q * t]; } return mod(s, m); };
function add(p, q) {
  if (!p || !q) return p || q;
  if (p[0] === q[0] && p[1] !== q[1]) return null;
  const slope = mod(p[0] === q[0] ? (3n * p[0] * p[0] + A) * inverse(2n * p[1], P) : (q[1] - p[1]) * inverse(q[0] - p[0], P), P);
  const x = mod(slope * slope - p[0] - q[0], P);
  return [x, mod(slope * (p[0] - x) - p[1], P)];
}
function times(k, p) { let r = null; for (let q = p; k; k >>= 1n, q = add(q, q)) if (k & 1n) r = add(r, q); return r; }
const hex32 = (x) => x.toString(16).padStart(64, "0");
const sm3 = (bytes) => crypto.createHash("sm3").update(bytes).digest();
const big = (bytes) => BigInt("0x" + Buffer.from(bytes).toString("hex"));

function smKey(name) {
  const d = mod(big(digestOf("sm key " + name)), N - 2n) + 1n, Q = times(d, G), q = hex32(Q[0]) + hex32(Q[1]);
  const za = sm3(Buffer.from("0080" + Buffer.from("1234567812345678").toString("hex") + hex32(A) + hex32(B) + hex32(G[0]) + hex32(G[1]) + q, "hex"));
  return {
    hex: "04" + q,
    sign(text) {
      const e = big(sm3(Buffer.concat([za, Buffer.from(text)]))), k = mod(big(digestOf("nonce " + name + text)), N - 1n) + 1n;
      const r = mod(e + times(k, G)[0], N), s = mod(inverse(1n + d, N) * (k - r * d), N);
      return hex32(r) + hex32(s);
    },
  };
}

const SIGNERS = { "DSJ1-SHA256": { W1: edKey("W1"), W2: edKey("W2"), X9: edKey("X9") }, "DSJ1-SM3": { W1: smKey("W1"), W2: smKey("W2"), X9: smKey("X9") } };
export const signers = (suite) => SIGNERS[suite];

const ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY";

/** A frame of `n` made-up companies, the same on every machine. */
function frame(n, strata, salted) {
  let x = 12345;
  const next = (m) => { x = (Math.imul(x, 1103515245) + 12345) >>> 0; return (x >>> 8) % m; };
  const sids = new Set();
  while (sids.size < n) { let s = "91610000MA"; for (let i = 0; i < 8; i++) s += ALPHABET[next(31)]; sids.add(s); }
  return [...sids].sort().map((s) => s + "\t" + strata[next(strata.length)] + "\t" + (1 + next(40)) + (salted ? "\t" + digestOf(s).toString("hex").slice(0, 32) : "") + "\n").join("");
}

function planText(suite, o) {
  const keys = SIGNERS[suite], lines = [
    "algorithm=" + suite, "draw_no=" + o.drawNo, "engine=" + "0".repeat(64), "entropy.1.kind=dice", "entropy.1.length=6", "entropy.1.time=2026-05-20T07:00:00Z",
    "escrow=SJ,GZ,TJJ", "frame=" + o.frame, "group.G1.matters=M1,M2", "group.G1.window.1=2026-06-01/2026-06-14", "group.G1.window.2=2026-06-15/2026-06-28",
    "legal_basis=" + (o.legalBasis ?? "测试"), "log=test.log/2026", "matter.M1.dept=SCJG", "matter.M1.reserve=2", "matter.M1.rounding=controlled",
    "matter.M2.dept=XF", "matter.M2.reserve=1", "matter.M2.rounding=total", "matter.M2.stratum.H.design=pps", "matter.M2.stratum.H.rate=1/4", "matter.M2.stratum.L.count=3",
    "parties=JJ,RD", "plan_id=" + o.planId, "publicity=2026-07-01", "seed_release=" + o.seedRelease, "timing=" + o.timing,
    "witnesses=W1:" + keys.W1.hex + ",W2:" + keys.W2.hex, ...(o.planLines ?? []),
  ];
  for (let i = 0; i < o.strata; i++) lines.push("matter.M1.stratum.S" + String(i).padStart(4, "0") + ".rate=1/" + (o.strata > 9 ? 20 : 3));
  return Buffer.from(lines.join("\n")).toString("latin1").split("\n").sort().map((l) => Buffer.from(l, "latin1").toString()).join("\n") + "\n";
}

/** All data files and commit.txt of a draw, and its C. */
export function commit(D, suite, options = {}) {
  const o = { n: 23, strata: 3, drawNo: 1, previous: "0".repeat(64), planId: "TEST-1", timing: "open", frame: "public", seedRelease: "public", ...options };
  const strata = Array.from({ length: o.strata }, (_, i) => "S" + String(i).padStart(4, "0")), salted = o.frame === "private", f = {};
  f["plan.txt"] = planText(suite, o);
  f["frame-M1.tsv"] = frame(o.n, strata, salted);
  f["frame-M2.tsv"] = frame(Math.min(o.n, 30), ["H", "L"], salted);
  f["excluded-M1.tsv"] = "91610000MAZZZZZZZ1\tCAP\t" + "a".repeat(64) + "\t" + "b".repeat(32) + "\n";
  f["excluded-M2.tsv"] = "";
  f["commit.txt"] = ["DSJ1/commit", "suite=" + suite, "plan_id=" + o.planId, "draw_no=" + o.drawNo, "previous=" + o.previous].join("\n") + "\n" + Object.keys(f).sort().map((k) => D.listLine(suite, k, f[k]) + "\n").join("");
  return { files: f, options: o, C: D.SUITES[suite].hex(f["commit.txt"]), suite };
}

const share = (party, C) => digestOf("share " + party + C).toString("hex");
const shareText = (C, party) => "DSJ1/share\ncommit=" + C + "\nparty=" + party + "\nshare=" + share(party, C) + "\n";

/** Adds what the draw computes: the page names the bytes it misses. */
export function draw(D, made, value = "004711") {
  const f = made.files, everyone = ["JJ", "RD", "SJ", "GZ", "TJJ"];
  f["seed.txt"] = "DSJ1/seed\ncommit=" + made.C + "\n" + everyone.map((p) => "share=" + p + ":" + share(p, made.C) + "\n").join("") + "public=1:" + value + "\n";
  for (;;) { // result.txt after what it lists, evidence.txt after result.txt
    const { expected } = D.open(zip(D, f), { pieces: true }).bundle, names = [...expected.keys()].filter((n) => n !== "result.txt" && n !== "evidence.txt");
    const next = names.length ? names : [...expected.keys()].sort().reverse().slice(0, 1);
    if (!next.length) return made;
    for (const name of next) f[name] = Buffer.from(expected.get(name)).toString("latin1");
  }
}

/** The entries of one honest draw as [time, kind, fields]; `"head"` between them asks for a cosigned head. */
export function script(D, made, value = "004711") {
  const { C, files: f, suite, options: o } = made, H = D.SUITES[suite], at = (d, s) => "2026-05-" + d + "T08:00:" + String(s).padStart(2, "0") + "Z";
  const parties = ["JJ", "RD"], escrow = ["SJ", "GZ", "TJJ"], opened = escrow.map((p) => ["ShareOpened", { party: p, share: share(p, C) }]);
  const root = (name) => name + ":" + D.listLine(suite, name, Buffer.from(f[name], "latin1")).split("\t")[3];
  const roots = ["drawn-M1.tsv", "drawn-M2.tsv", ...(o.seedRelease === "auditors" ? ["tickets-G1.tsv"] : [])].map(root).join(",");
  const out = [[at(18, 0), "Committed", { digest: C }], "head"];
  [...parties, ...escrow].forEach((p, i) => out.push([at(19, i), "ShareCommitted", { party: p, digest: H.hex(shareText(C, p)) }]));
  escrow.forEach((p, i) => out.push([at(19, 10 + i), "ShareHeld", { party: p, holder: escrow[(i + 1) % 3], digest: H.hex(shareText(C, p)) }]));
  out.push([at(19, 20), "SharesClosed", {}], "head");
  parties.forEach((p, i) => out.push([at(19, 30 + i), "ShareRevealed", { party: p, share: share(p, C) }]));
  out.push("head", ["2026-05-20T07:00:05Z", "PublicEntropy", { index: "1", value }], "head");
  if (o.timing === "open" && o.seedRelease === "public") opened.forEach((e, i) => out.push([at(20, i), ...e]));
  out.push([at(20, 10), "DrawExecuted", { result: H.hex(f["result.txt"]), evidence: H.hex(f["evidence.txt"]), roots }], "head");
  if (o.timing === "sealed" && o.seedRelease === "public") opened.forEach((e, i) => out.push(["2026-07-01T00:00:0" + i + "Z", ...e]));
  out.push([o.timing === "sealed" ? "2026-07-01T00:00:09Z" : at(20, 20), "Published", {}], "head");
  return out;
}

/** Entry, head and signature files of a script. */
export function logFiles(D, suite, steps, { planId = "TEST-1", drawNo = 1, from = [], signedBy = ["W1", "W2"], log = "test.log/2026" } = {}) {
  const f = {}, entries = [...from];
  let time = "2026-05-18T00:00:00Z";
  from.forEach((e, i) => { f["entry-" + i + ".txt"] = e; });
  for (const step of steps) {
    if (step === "head") {
      const name = "head-" + entries.length, text = "DSJ1/head\nlog=" + log + "\nsuite=" + suite + "\nsize=" + entries.length + "\nroot=" + D.merkle(suite, entries) + "\ntime=" + time + "\n";
      f[name + ".txt"] = text;
      for (const w of signedBy) f[name + "." + w + ".sig"] = SIGNERS[suite][w].sign(text) + "\n";
      continue;
    }
    const [t, kind, fields, other = {}] = step;
    time = t;
    const text = ["DSJ1/entry", "seq=" + entries.length, "time=" + t, "plan_id=" + (other.planId ?? planId), "draw_no=" + (other.drawNo ?? drawNo), "kind=" + kind, ...Object.entries(fields).map(([k, v]) => k + "=" + v)].join("\n") + "\n";
    f["entry-" + entries.length + ".txt"] = text;
    entries.push(text);
  }
  return f;
}

/** One honest, finished, published draw. */
export function honest(D, suite, options = {}) {
  const made = draw(D, commit(D, suite, options));
  return { ...made, files: { ...made.files, ...logFiles(D, suite, script(D, made), { planId: made.options.planId, drawNo: made.options.drawNo }) } };
}

export function zip(D, files) {
  return D.buildZip(Object.entries(files).map(([name, text]) => ({ name, bytes: new Uint8Array(Buffer.from(text, /[^\x00-\xff]/.test(text) ? "utf8" : "latin1")) })));
}
