// What the page says of many bundles, without a browser: for tests that compare the three verifiers.
//   node draw/verifiers/page/verdicts.mjs LIST     lines `bundle⇥C⇥head⇥public values⇥log`, `-` for none; answers one JSON line each
import { readFileSync, readdirSync, statSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const page = readFileSync(path.join(path.dirname(fileURLToPath(import.meta.url)), "..", "verify.html"), "utf8");
new Function(page.match(/<script id="dsj1">([^]*?)<\/script>/)[1])();
const D = globalThis.DSJ1, bytes = (file) => new Uint8Array(readFileSync(file));

for (const line of readFileSync(process.argv[2], "utf8").split("\n").filter(Boolean)) {
  const [bundle, commit, head, publics, log] = line.split("\t"), options = {};
  if (log !== "-") options.log = statSync(log).isDirectory() ? readdirSync(log).map((name) => ({ name, bytes: bytes(path.join(log, name)) })) : bytes(log);
  options.expect = { commit: commit === "-" ? undefined : commit, head: head === "-" ? undefined : head, publics: publics === "-" ? [] : publics.split(",").map((p) => p.split("=")) };
  const r = D.verifyBundle(bytes(bundle), options), bad = r.findings.filter((f) => f.status === "fails");
  console.log(JSON.stringify({
    verdict: r.verdict, state: r.state ?? null, words: r.words[1], proven: r.logProven && r.verdict !== "refused", void: r.voided ? r.voided.reason : null,
    not_checked: r.notChecked.map((n) => n.code), why: bad.slice(0, 3).map((f) => f.file + ": " + f.en),
  }));
}
