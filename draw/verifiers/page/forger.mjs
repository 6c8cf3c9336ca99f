// What a forger does to an honest bundle, and what must be said of it. The forger rewrites every file consistently; he
// cannot sign as a witness, and cannot change what stands elsewhere.
import { commit, draw, honest, logFiles, script, signers, zip } from "./bundles.mjs";

const edit = (files, name, change) => ({ ...files, [name]: change(files[name]) });
const without = (files, ...names) => Object.fromEntries(Object.entries(files).filter(([n]) => !names.includes(n)));

/** Cases [what, bundle files, file where the first fault must be named (or null for a bundle that holds)]. */
export function forgeries(D, suite) {
  const open = honest(D, suite), f = open.files, steps = script(D, open), cases = [];
  const again = (change, options) => ({ ...without(f, ...Object.keys(f).filter((n) => /^(?:entry|head)-/.test(n))), ...logFiles(D, suite, change([...steps]), options) });
  const add = (what, files, where) => cases.push([suite + ": " + what, files, where]);
  const kindAt = (list, kind, n = 0) => list.map((s, i) => [s, i]).filter(([s]) => s[1] === kind)[n][1];

  add("honest, open", f, null);
  add("honest, sealed and published", honest(D, suite, { timing: "sealed" }).files, null);
  add("honest, private frame, seed for auditors", honest(D, suite, { frame: "private", seedRelease: "auditors", timing: "sealed" }).files, null);
  add("honest, only plan, frame and commitment", commit(D, suite).files, null);

  const drawn = f["drawn-M1.tsv"], swap = drawn.split("\n").find((l) => l.endsWith("drawn")), other = drawn.split("\n").find((l) => l.endsWith("reserve") && l.startsWith(swap.split("\t")[0]));
  add("one company swapped", edit(f, "drawn-M1.tsv", (t) => t.replace(swap, swap.replace("drawn", "reserve")).replace(other, other.replace("reserve", "drawn"))), "drawn-M1.tsv");
  add("reserves in another order", edit(f, "drawn-M1.tsv", (t) => t.replace(other, other.replace(/\t[0-9a-f]{64}\t/, "\t" + "0".repeat(64) + "\t"))), "drawn-M1.tsv");
  add("a visit window moved", edit(f, "visits.tsv", (t) => t.replace("\t1\t", "\t2\t")), "visits.tsv");
  add("a frame line dropped", edit(f, "frame-M1.tsv", (t) => t.slice(t.indexOf("\n") + 1)), "frame-M1.tsv");
  add("a rate changed", edit(f, "plan.txt", (t) => t.replace("S0000.rate=1/3", "S0000.rate=1/2")), "plan.txt");
  add("a share replaced after the fact", edit(f, "seed.txt", (t) => t.replace(/share=JJ:[0-9a-f]{64}/, "share=JJ:" + "1".repeat(64))), "seed.txt");
  add("a second roll of the dice", edit(f, "seed.txt", (t) => t.replace("004711", "004712")), "seed.txt");

  // A whole second draw under the same C, everything rewritten; only the log's first cosigned heads stand elsewhere.
  const second = draw(D, commit(D, suite), "123456"), forged = logFiles(D, suite, script(D, second, "123456"), { signedBy: ["X9"] });
  add("a second draw with a fresh log, signed by a stranger", { ...second.files, ...forged }, "head-1.txt");
  const renamed = Object.fromEntries(Object.entries(forged).map(([n, t]) => [n.replace(".X9.", ".W1."), t]));
  add("a stranger's signature under a witness's name", { ...second.files, ...renamed }, "head-1.W1.sig");
  const oneSigned = again((s) => s, { signedBy: ["W1"] });
  add("heads with one witness", oneSigned, "head-1.txt");
  add("heads with one witness and a stranger", again((s) => s, { signedBy: ["W1", "X9"] }), "head-1.txt");
  add("a head of another tree", edit(f, "head-1.txt", (t) => t.replace(/root=[0-9a-f]{4}/, "root=0000")), "head-1.txt");
  add("another log's name", again((s) => s, { log: "other.log/2026" }), "head-1.txt");

  add("entropy before the shares are revealed", again((s) => { const i = kindAt(s, "PublicEntropy"), [e] = s.splice(i, 1); s.splice(kindAt(s, "ShareRevealed"), 0, ["2026-05-19T08:00:29Z", ...e.slice(1)]); return s; }), "entry-10.txt");
  add("entropy before its time", again((s) => { const i = kindAt(s, "PublicEntropy"); s[i] = ["2026-05-20T06:59:59Z", ...s[i].slice(1)]; return s; }), "entry-12.txt");
  add("no head before the entropy", again((s) => { s.splice(kindAt(s, "PublicEntropy") - 1, 1); return s; }), "entry-12.txt");
  add("a copied share", again((s) => { const a = kindAt(s, "ShareCommitted"); s[a + 1] = [s[a + 1][0], "ShareCommitted", { party: "RD", digest: s[a][2].digest }]; return s; }), "entry-2.txt");
  add("a share by nobody of the plan", again((s) => { const a = kindAt(s, "ShareCommitted"); s[a] = [s[a][0], "ShareCommitted", { ...s[a][2], party: "QQ" }]; return s; }), "entry-1.txt");
  add("a share held by its own maker", again((s) => { const a = kindAt(s, "ShareHeld"); s[a] = [s[a][0], "ShareHeld", { ...s[a][2], holder: "SJ" }]; return s; }), "entry-6.txt");
  add("a late share", again((s) => { const i = kindAt(s, "ShareCommitted", 4), [e] = s.splice(i, 1); s.splice(kindAt(s, "SharesClosed") + 1, 0, ["2026-05-19T08:00:21Z", ...e.slice(1)]); return s; }), "entry-5.txt");
  add("a void after the entropy for one silent holder", again((s) => [...s.slice(0, kindAt(s, "ShareOpened")), ["2026-05-20T09:00:00Z", "Voided", { reason: "SILENT:SJ", approvers: "A1,A2" }], "head"]), "entry-13.txt");
  add("a second commitment of the same draw", again((s) => [...s, ["2026-06-01T08:00:00Z", "Committed", { digest: "1".repeat(64) }], "head"]), "entry-18.txt");
  add("a gap in draw numbers", again((s) => [...s, ["2026-06-01T08:00:00Z", "Committed", { digest: "1".repeat(64) }, { drawNo: 3 }], "head"]), "entry-18.txt");
  add("the next draw, which is no fault of this one", again((s) => [...s, ["2026-06-01T08:00:00Z", "Committed", { digest: "1".repeat(64) }, { drawNo: 2 }], "head"]), null);
  add("another plan in the log", again((s) => [...s, ["2026-06-01T08:00:00Z", "Committed", { digest: "1".repeat(64) }, { planId: "OTHER", drawNo: 1 }], "head"]), null);
  add("a clock set back", again((s) => { s[kindAt(s, "Published")] = ["2026-05-20T08:00:00Z", "Published", {}]; return s; }), "entry-17.txt");
  add("a missing entry", without(f, "entry-4.txt"), "entry-4.txt");
  add("a missing result", without(f, "alloc.tsv"), "alloc.tsv");
  add("a file nobody knows", { ...f, "notes.txt": "x\n" }, "notes.txt");
  add("a path as a name", { ...f, "../x": "x\n" }, "../x");
  add("a certificate nobody asked for", { ...f, "assign-XF.tsv": "" }, "assign-XF.tsv");
  add("full-width digits", edit(f, "seed.txt", (t) => t.replace("004711", Buffer.from("００４７１１").toString("latin1"))), "seed.txt");
  for (const [what, change] of [["a byte order mark", (t) => "\xef\xbb\xbf" + t], ["carriage returns", (t) => t.replace(/\n/g, "\r\n")], ["an empty line", (t) => t.replace("\n", "\n\n")], ["no last line feed", (t) => t.slice(0, -1)],
    ["a lower-case code", (t) => t.replace("91610000MA", "91610000ma")], ["a company twice", (t) => t.replace(/^(.*?)\t(.*)\n/, "$1\t$2\n$1\tS0002\t9\n")], ["lines out of order", (t) => t.split("\n").slice(0, -1).reverse().join("\n") + "\n"],
    ["an unknown stratum", (t) => t.replace("\tS0001\t", "\tS0009\t")], ["a size of zero", (t) => t.replace(/\t\d+\n/, "\t0\n")], ["a size of 2^63", (t) => t.replace(/\t\d+\n/, "\t9223372036854775808\n")]]) {
    add("frame with " + what, edit(f, "frame-M1.tsv", change), "frame-M1.tsv");
  }
  void signers;
  return cases;
}

/** Every `stride`-th byte of an honest bundle changed: gives how many were tried and the places that were not noticed. */
export function flips(D, suite, stride) {
  const bytes = zip(D, honest(D, suite, { n: 9, strata: 1 }).files), missed = [];
  let tried = 0;
  for (let i = stride === 1 ? 0 : suite.length % stride; i < bytes.length; i += stride) {
    tried++;
    bytes[i] ^= 1 << (i % 8);
    if (D.verifyBundle(bytes).verdict !== "refused") missed.push(i);
    bytes[i] ^= 1 << (i % 8);
  }
  return { tried, missed, bytes: bytes.length };
}
