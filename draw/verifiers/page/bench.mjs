// How long the two other verifiers take for a draw of 143,000 companies: the page in Chromium, verify.py in Python.
//   node draw/verifiers/page/bench.mjs
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Browser } from "./browser.mjs";
import { honest, zip } from "./bundles.mjs";
import { choose } from "./page.mjs";

const RUNS = 3;
const verifiers = path.join(path.dirname(fileURLToPath(import.meta.url)), ".."), pagePath = path.join(verifiers, "verify.html");
new Function(readFileSync(pagePath, "utf8").match(/<script id="dsj1">([^]*?)<\/script>/)[1])();
const D = globalThis.DSJ1, dir = mkdtempSync(path.join(tmpdir(), "draw-bench-"));
const row = (what, seconds, limit) => console.log(what.padEnd(52) + " " + Math.min(...seconds).toFixed(3).padStart(8) + " s" + (limit ? "   at most " + limit + " s" : ""));
const browser = await Browser.start();
try {
  for (const suite of Object.keys(D.SUITES)) {
    const bundle = path.join(dir, suite + ".zip"), inPage = [], inPython = [], isLimited = suite === "DSJ1-SHA256";
    writeFileSync(bundle, zip(D, honest(D, suite, { n: 143000, strata: 64 }).files));
    for (let i = 0; i < RUNS; i++) {
      await browser.open(pathToFileURL(pagePath).href);
      const seen = await choose({ browser }, bundle);
      if (seen.verdict !== "whole") throw new Error("the page: " + seen.verdict);
      inPage.push(+seen.seconds);
      const before = performance.now(), python = spawnSync("python3", [path.join(verifiers, "verify.py"), bundle]);
      if (python.status !== 0) throw new Error("verify.py: " + python.stdout + python.stderr);
      inPython.push((performance.now() - before) / 1000);
    }
    row(suite + ": verify.html in Chromium, 143,000 subjects", inPage, isLimited && 2);
    row(suite + ": verify.py, 143,000 subjects", inPython, isLimited && 5);
  }
} finally {
  await browser.stop();
  rmSync(dir, { recursive: true, force: true });
}
