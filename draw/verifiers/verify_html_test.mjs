// Tests of verify.html: first its functions in Node, then the page itself in a real headless Chromium.
//   node draw/verifiers/verify_html_test.mjs              exit status 1 if anything fails
//   node draw/verifiers/verify_html_test.mjs --write-csp  after editing the page: writes the digests of its inline blocks
//   ALL_BYTES=1    change every single byte of a bundle, not a sample
//   SCREENSHOTS=d  leave pictures of the page in the folder d
import crypto from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { checkAssignments } from "./page/assignments.mjs";
import { Browser } from "./page/browser.mjs";
import { honest, zip } from "./page/bundles.mjs";
import { flips, forgeries } from "./page/forger.mjs";
import { checkPublished } from "./page/published.mjs";
import { pageTests } from "./page/page.mjs";

const here = path.dirname(fileURLToPath(import.meta.url)), pagePath = path.join(here, "verify.html"), root = path.join(here, "..", "..");
const page = readFileSync(pagePath, "utf8");

if (process.argv.includes("--write-csp")) {
  const digest = (text) => "'sha256-" + crypto.createHash("sha256").update(text).digest("base64") + "'";
  const blocks = (tag) => [...page.matchAll(new RegExp("<" + tag + "(?: [^>]*)?>([^]*?)</" + tag + ">", "g"))].map((m) => digest(m[1])).join(" ");
  writeFileSync(pagePath, page.replace(/script-src [^;]*;/, "script-src " + blocks("script") + ";").replace(/style-src [^;]*;/, "style-src " + blocks("style") + ";"));
  process.exit(0);
}

let failed = 0;
const say = (ok, what, more = "") => { if (!ok) failed++; console.log((ok ? "ok    " : "FAIL  ") + what + (more ? "  " + more : "")); };
const listed = (what, { checked, failures }) => { say(!failures.length, what, checked + " values"); for (const f of failures.slice(0, 20)) console.log("        " + f); };

new Function(page.match(/<script id="dsj1">([^]*?)<\/script>/)[1])();
const D = globalThis.DSJ1, suites = Object.keys(D.SUITES);

/** Hashes and signatures against those of Node and of the standards. */
function primitives() {
  const failures = [];
  let checked = 0;
  const same = (what, a, b) => { checked++; if (a !== b) failures.push(what); };
  for (let n = 0; n < 300; n++) {
    const data = crypto.createHash("shake256", { outputLength: Math.max(1, n * 3) }).update("data " + n).digest();
    for (const [name, f] of [["sha256", D.sha256], ["sm3", D.sm3], ["sha512", D.sha512]]) same(name + " of " + data.length, f(data), crypto.createHash(name).update(data).digest("hex"));
  }
  const h = D.fromHex, message = D.bytesOf("message digest"); // the example of GB/T 32918.5
  const key = "09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13";
  const sig = "f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa";
  same("sm2", D.verifySm2(h("04" + key), message, h(sig)), true);
  for (let i = 0; i < sig.length; i += 16) same("sm2 changed", D.verifySm2(h("04" + key), message, h(sig.slice(0, i) + (sig[i] === "0" ? "1" : "0") + sig.slice(i + 1))), false);
  for (let i = 0; i < 8; i++) {
    const { publicKey, privateKey } = crypto.generateKeyPairSync("ed25519"), raw = publicKey.export({ format: "der", type: "spki" }).subarray(-32), text = Buffer.from("text " + i);
    const good = crypto.sign(null, text, privateKey);
    same("ed25519", D.verifyEd25519(raw, text, good), true);
    good[i * 8] ^= 1;
    same("ed25519 changed", D.verifyEd25519(raw, text, good), false);
  }
  // s + order is the same signature to a lax verifier; keys of small order sign everything for one.
  const { publicKey, privateKey } = crypto.generateKeyPairSync("ed25519"), raw = publicKey.export({ format: "der", type: "spki" }).subarray(-32), s = crypto.sign(null, message, privateKey);
  let carry = 0n, value = BigInt("0x" + Buffer.from(s.subarray(32)).reverse().toString("hex")) + (1n << 252n) + 27742317777372353535851937790883648493n;
  for (let i = 32; i < 64; i++, value >>= 8n) s[i] = Number(value & 255n);
  void carry;
  same("ed25519 malleable", D.verifyEd25519(raw, message, s), false);
  same("ed25519 small order", D.verifyEd25519(h("01" + "00".repeat(31)), message, h("01" + "00".repeat(63))), false);
  return { checked, failures };
}

function checkForgeries() {
  const failures = [];
  let checked = 0;
  for (const suite of suites) for (const [what, files, where] of forgeries(D, suite)) {
    checked++;
    const report = D.verifyBundle(zip(D, files)), bad = report.findings.filter((f) => f.status === "fails");
    if (where === null ? bad.length : !bad.some((f) => f.file === where)) failures.push(what + ": " + (where ?? "must hold") + "; found " + JSON.stringify(bad.slice(0, 4).map((f) => [f.file, f.where, f.en])));
  }
  return { checked, failures };
}

function checkArchives() {
  const failures = [], good = zip(D, honest(D, suites[0]).files);
  let checked = 0;
  const must = (what, bytes, verdict) => { checked++; const got = D.verifyBundle(bytes).verdict; if (got !== verdict) failures.push(what + ": " + got); };
  must("honest", good, "whole");
  must("nothing", new Uint8Array(0), "refused");
  for (const cut of [1, 21, 22, 23, good.length >> 1]) must("cut by " + cut, good.slice(0, good.length - cut), "refused");
  const longer = new Uint8Array(good.length + 1);
  longer.set(good);
  must("a byte after the end", longer, "refused");
  longer.set(good, 1);
  must("a byte before the beginning", longer, "refused");
  const view = new DataView(good.buffer), start = view.getUint32(good.length - 6, true);
  for (const [what, at, value] of [["compressed", start + 10, 8], ["a bomb's length", start + 26, 0xffff], ["overlapping members", start + 42, 0xffff], ["too many members", good.length - 12, 0xffff]]) {
    const bad = good.slice();
    new DataView(bad.buffer).setUint16(at, value, true);
    must(what, bad, "refused");
  }
  return { checked, failures };
}

function checkFlips() {
  const failures = [];
  let checked = 0;
  for (const suite of suites) {
    const r = flips(D, suite, process.env.ALL_BYTES ? 1 : 23);
    checked += r.tried;
    if (r.missed.length) failures.push(suite + ": unnoticed at bytes " + r.missed.slice(0, 20).join(", "));
  }
  return { checked, failures };
}

function checkLogs() {
  const failures = [], made = honest(D, suites[0]), bytes = zip(D, made.files), isLog = (n) => /^(?:entry|head)-/.test(n);
  const log = Object.entries(made.files).filter(([n]) => isLog(n)).map(([name, text]) => ({ name: "copy/" + name, bytes: D.bytesOf(text) }));
  const ask = (l) => { const r = D.verifyBundle(bytes, { log: l }); return [r.verdict, r.logProven]; };
  const same = (what, got, want) => { if (String(got) !== String(want)) failures.push(what + ": " + got); };
  same("the same log", ask(log), ["whole", true]);
  same("no log", ask(undefined), ["whole", false]);
  same("another log", ask(log.map((e) => (e.name.endsWith("entry-3.txt") ? { ...e, bytes: D.bytesOf(made.files["entry-2.txt"]) } : e))), ["refused", false]);
  same("a shorter log", ask(log.filter((e) => !/1[5-9]/.test(e.name))), ["refused", false]);
  const second = honest(D, suites[0], { drawNo: 2, previous: D.verifyBundle(bytes).C, planLines: ["text.note=second"] });
  const difference = D.verifyBundle(zip(D, second.files), { previous: bytes }).planDifference;
  same("difference of plans", JSON.stringify(difference), JSON.stringify([["draw_no", "1", "2"], ["text.note", null, "second"]]));
  return { checked: 5, failures };
}

listed("hashes and signatures", primitives());
listed("archives", checkArchives());
listed("officers: certificates against trying everything", checkAssignments(D, 1000));
listed("honest bundles and forgeries", checkForgeries());
listed("a log from elsewhere, the draw before", checkLogs());
listed("changed bytes", checkFlips());

const sharedDir = process.env.TONGJIAN_SHARED ?? path.join(root, "..", "shared"), published = path.join(sharedDir, "data", "dsj1-vectors.json");
const vectors = existsSync(published) ? JSON.parse(readFileSync(published, "utf8")) : null;
if (vectors) listed("published vectors, in Node", checkPublished(vectors));
else console.log("SKIP  published vectors: no " + path.relative(root, published) + " (set TONGJIAN_SHARED)");

const goldenPath = path.join(here, "..", "vectors", "golden.json");
const golden = existsSync(goldenPath) ? JSON.parse(readFileSync(goldenPath, "utf8")) : null;
const examples = existsSync(path.dirname(goldenPath)) ? readdirSync(path.dirname(goldenPath)).filter((n) => /^example-.*\.zip$/.test(n)) : [];

if (golden) listed("golden vectors, in Node", D.replayGolden(golden));
else say(false, "golden vectors: no " + path.relative(root, goldenPath));
say(examples.length === suites.length, "an example bundle for each suite", examples.join(", "));
for (const name of examples) listed(name, checkExample(new Uint8Array(readFileSync(path.join(here, "..", "vectors", name)))));

/** A bundle that other programs made: whole; and no changed byte goes unnoticed. */
function checkExample(bytes) {
  const failures = [], r = D.verifyBundle(bytes), stride = process.env.ALL_BYTES ? 1 : 251;
  let checked = 1;
  if (r.verdict !== "whole") failures.push(r.verdict + ": " + JSON.stringify(r.findings.filter((f) => f.status === "fails").slice(0, 5)));
  for (let i = 0; i < bytes.length; i += stride) {
    checked++;
    bytes[i] ^= 1 << (i % 8);
    if (D.verifyBundle(bytes).verdict !== "refused") failures.push("unnoticed at byte " + i);
    bytes[i] ^= 1 << (i % 8);
  }
  return { checked, failures };
}

const dir = mkdtempSync(path.join(tmpdir(), "verify-html-files-"));
let browser = null;
try {
  browser = await Browser.start();
  await pageTests({ browser, D, dir, page, url: pathToFileURL(pagePath).href, vectors, golden, examples: examples.map((n) => path.join(path.dirname(goldenPath), n)), say, listed });
} catch (e) {
  say(false, "the page in Chromium", e.stack);
} finally {
  if (browser) await browser.stop();
  rmSync(dir, { recursive: true, force: true });
}
console.log(failed ? failed + " failed" : "all passed");
process.exit(failed ? 1 : 0);
