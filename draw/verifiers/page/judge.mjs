// Gives bundles that other programs made to the page in a real headless Chromium.
//   node draw/verifiers/page/judge.mjs bundle.zip…      one line a bundle, `whole`, `partial` or `refused`, and what is broken; exit status 1 if any is
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Browser } from "./browser.mjs";
import { choose } from "./page.mjs";

const url = pathToFileURL(path.join(path.dirname(fileURLToPath(import.meta.url)), "..", "verify.html")).href;
const browser = await Browser.start();
let broken = 0;
try {
  for (const file of process.argv.slice(2)) {
    await browser.open(url);
    const { verdict } = await choose({ browser }, path.resolve(file));
    console.log(verdict + "  " + file);
    if (verdict === "refused") {
      broken++;
      console.log(await browser.eval("document.querySelector('#verdict').innerText"));
    }
  }
} finally {
  await browser.stop();
}
process.exit(broken ? 1 : 0);
