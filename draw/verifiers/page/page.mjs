// What a person sees: the page in a real browser, with its own security policy in force.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { honest, zip } from "./bundles.mjs";
import { checkPublished } from "./published.mjs";


export async function pageTests(t) {
  const { browser, page, say } = t;
  say(!/\b(?:fetch|XMLHttpRequest|WebSocket|importScripts|innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval)\b/.test(page), "the page has no means of fetching and none of writing markup");
  say(!/https?:/.test(page), "the page names no address");
  await browser.open(t.url);
  say(!browser.log.length, "the page starts under its own policy", browser.log.join(" | "));
  await vectorsInPage(t);
  await showsHonestBundle(t);
  await showsExamples(t);
  await answersCompanies(t);
  await showsNoMarkup(t);
  await judgesABigDraw(t);
  await worksWithoutWorker(t);
  await takesPictures(t);
}

async function vectorsInPage({ browser, vectors, listed, golden }) {
  if (vectors) listed("published vectors, in Chromium", await browser.call(checkPublished, vectors));
  else console.log("SKIP  published vectors in Chromium");
  if (golden) listed("golden vectors, in Chromium", await browser.call(replayAll, golden));
}

async function showsExamples(t) {
  for (const file of t.examples) {
    await t.browser.open(t.url);
    const seen = await give(t, path.basename(file), readFileSync(file));
    t.say(seen.verdict === "whole", path.basename(file) + " in the page", JSON.stringify(seen));
  }
}

function replayAll(golden) {
  return globalThis.DSJ1.replayGolden(golden);
}

async function give(t, name, bytes) {
  const file = path.join(t.dir, name);
  writeFileSync(file, bytes);
  return choose(t, file);
}

/** Gives a bundle to the page as a person would, and waits for its verdict. */
export async function choose(t, file) {
  await t.browser.eval("document.querySelector('#report').dataset.verdict = ''");
  await t.browser.choose("#bundle", [file]);
  await t.browser.until("document.querySelector('#report').dataset.verdict && !document.querySelector('#report').hidden");
  return t.browser.eval("({...document.querySelector('#report').dataset})");
}

const textOf = (browser, selector) => browser.eval("document.querySelector(" + JSON.stringify(selector) + ")?.innerText ?? ''");

async function showsHonestBundle(t) {
  const { browser, D, say } = t;
  for (const suite of Object.keys(D.SUITES)) {
    await browser.open(t.url);
    const made = honest(D, suite), seen = await give(t, "honest.zip", zip(D, made.files));
    say(seen.verdict === "whole" && seen.engine === "worker", suite + ": an honest bundle is whole, judged in a worker", JSON.stringify(seen));
    const digests = (await textOf(browser, "#digests")).replace(/\s/g, ""), head = Object.keys(made.files).filter((n) => /^head-\d+\.txt$/.test(n)).sort((a, b) => parseInt(b.slice(5)) - parseInt(a.slice(5)))[0];
    say(digests.includes(made.C) && digests.includes(D.SUITES[suite].hex(made.files[head])), "C and the head's digest are shown");
    say(await browser.eval("document.querySelector('#report').firstChild.id === 'digests'"), "they come first");
    const paste = (x) => browser.eval("(() => { const i = document.querySelector('#wall'); i.value = " + JSON.stringify(x) + "; i.dispatchEvent(new Event('input')); return document.querySelector('#wall-answer').className; })()");
    say([await paste(made.C.toUpperCase()), await paste(D.SUITES[suite].hex(made.files["head-1.txt"])), await paste("0".repeat(64))].join() === "good,good,bad", "a pasted number is compared with C and every head");
    say((await textOf(browser, "#verdict")).includes("不能证明是唯一一次抽取"), "without a log: whole, but not proven the only draw");
    const noOption = async () => say(/另附日志|Log from elsewhere/.test(await textOf(browser, "#verdict")) && !(await textOf(browser, "#verdict")).includes("--"), "it says what to choose, and names no option of a command line");
    await noOption();
    say(/W1[^]*W2/.test(await textOf(browser, "#witnesses")), "the witnesses are named");
    await browser.eval("document.querySelector('#lang').click()");
    say((await textOf(browser, "#verdict")).includes("not proven the only draw") && !/[\u4e00-\u9fff]/.test(await textOf(browser, "#not-checked")), "in English too");
    await noOption();
    const log = Object.keys(made.files).filter((n) => /^(?:entry|head)-/.test(n)).map((n) => { const p = path.join(t.dir, n); writeFileSync(p, made.files[n]); return p; });
    await browser.eval("document.querySelector('#report').dataset.verdict = ''");
    await browser.choose("#log", log);
    await browser.until("document.querySelector('#report').dataset.verdict && !document.querySelector('#report').hidden");
    say(await browser.eval("document.querySelector('#verdict').className === 'verdict proven'"), "with a log from elsewhere: proven");
    const bad = await give(t, "bad.zip", zip(D, { ...made.files, "visits.tsv": made.files["visits.tsv"].replace("\t1\t", "\t2\t") }));
    say(bad.verdict === "refused" && /visits\.tsv/.test(await textOf(browser, "#verdict")), "a moved window is refused with its place");
  }
}

async function answersCompanies(t) {
  const { browser, D, say } = t, made = honest(D, "DSJ1-SHA256");
  await browser.open(t.url);
  await give(t, "honest.zip", zip(D, made.files));
  const drawn = made.files["drawn-M1.tsv"].split("\n").slice(0, -1).map((l) => l.split("\t")), marked = new Map(drawn.map((l) => [l[2], l])), frame = made.files["frame-M1.tsv"].split("\n").slice(0, -1).map((l) => l.split("\t")[0]);
  const ask = async (code) => {
    await browser.eval("document.querySelector('#code').value = " + JSON.stringify(code) + "; document.querySelector('#answer').replaceChildren(); document.querySelector('#ask form').requestSubmit()");
    await browser.until("document.querySelector('#answer').childElementCount");
    return browser.eval("({ status: document.querySelector('#answer [data-matter=M1]')?.dataset.status, text: document.querySelector('#answer').innerText })");
  };
  const yes = drawn.find((l) => l[3] === "drawn"), threshold = drawn.filter((l) => l[0] === yes[0] && l[3] === "drawn").map((l) => l[1]).sort().at(-1);
  const a = await ask(yes[2]);
  say(a.status === "drawn" && a.text.includes(yes[1]) && a.text.includes(threshold) && a.text.includes("所以抽中"), "a drawn company: ticket, threshold, reason");
  const no = frame.find((s) => !marked.has(s)), b = await ask(no.toLowerCase());
  say(b.status === "not-drawn" && b.text.includes("所以未抽中"), "a company not drawn, typed in lower case");
  say((await ask("91610000MAZZZZZZZ1")).text.includes("CAP"), "an excluded company: the reason's code");
  const i = 4, between = frame[i].slice(0, 17) + (frame[i].endsWith("Y") ? "Z" : String.fromCharCode(frame[i].charCodeAt(17) + 1)), c = await ask(between);
  say(frame.includes(between) || c.status === "absent" && c.text.includes(frame[i]) && c.text.includes(frame[i + 1]), "an absent company: its two neighbours");
  say((await ask("<b>")).text.includes("不是合法的企业号"), "not a code at all");
  await ask(yes[2]);
  await browser.eval("document.querySelector('#answer button').click()");
  await browser.until("document.querySelector('#answer').innerText.includes('root ')");
  say((await textOf(browser, "#answer")).includes("与承诺的树根相符"), "the proof of its line");
}

async function showsNoMarkup(t) {
  const { browser, D, say } = t, evil = "<img src=x onerror=globalThis.hacked=1><script>globalThis.hacked=1</script>";
  const made = honest(D, "DSJ1-SHA256", { legalBasis: evil, planLines: ["text.a=" + evil, "zz" + "=1"].slice(0, 1) });
  await browser.open(t.url);
  const seen = await give(t, "evil.zip", zip(D, made.files));
  const name = await give(t, "name.zip", D.buildZip([{ name: evil, bytes: D.bytesOf("x\n") }, ...Object.entries(made.files).map(([n, x]) => ({ name: n, bytes: D.bytesOf(x) }))]));
  const plan = await give(t, "plan.zip", zip(D, { ...made.files, "plan.txt": made.files["plan.txt"].replace("timing=open", "timing=" + evil) }));
  await browser.eval("document.querySelector('#code').value = " + JSON.stringify(evil) + "; document.querySelector('#ask form').requestSubmit()");
  await browser.until("document.querySelector('#answer').childElementCount");
  const inside = await browser.eval("[document.querySelectorAll('#report img, #report script').length, typeof hacked, document.querySelector('#report').innerText.includes('<img src=x')]");
  say(seen.verdict === "whole" && name.verdict === "refused" && plan.verdict === "refused" && inside.join() === "0,undefined,true", "markup in a bundle is shown as text", inside.join());
}

async function judgesABigDraw(t) {
  const { browser, D, say } = t;
  for (const suite of Object.keys(D.SUITES)) {
    const bytes = zip(D, honest(D, suite, { n: 143000, strata: 64 }).files), times = [];
    await browser.open(t.url);
    await browser.eval("globalThis.gap = 0; { let last = performance.now(); setInterval(() => { const now = performance.now(); gap = Math.max(gap, now - last); last = now; }, 10); } 0");
    let verdict;
    for (let i = 0; i < 3; i++) { const seen = await give(t, "big.zip", bytes); verdict = seen.verdict; times.push(+seen.seconds); }
    const best = Math.min(...times), gap = await browser.eval("Math.round(gap)");
    // How fast is said, not asserted: the machine may be busy. `cargo x bench draw` sets it beside its limit.
    say(verdict === "whole", suite + ": 143,000 companies", "best " + best + " s of " + times.join(", ") + "; page never silent longer than " + gap + " ms");
  }
}

async function worksWithoutWorker(t) {
  const { browser, D, say } = t;
  const { identifier } = await browser.send("Page.addScriptToEvaluateOnNewDocument", { source: "delete globalThis.Worker;" });
  await browser.open(t.url);
  const seen = await give(t, "honest.zip", zip(D, honest(D, "DSJ1-SHA256").files));
  await browser.send("Page.removeScriptToEvaluateOnNewDocument", { identifier });
  say(seen.verdict === "whole" && seen.engine === "pieces", "where no worker may run, the page works in pieces", JSON.stringify(seen));
}

async function takesPictures(t) {
  const out = process.env.SCREENSHOTS;
  if (!out) return;
  mkdirSync(out, { recursive: true });
  const made = honest(t.D, "DSJ1-SHA256"), drawn = made.files["drawn-M1.tsv"].split("\n").find((l) => l.endsWith("drawn")).split("\t")[2];
  for (const [name, lang, width, height] of [["desk-zh", "zh", 1000, 800], ["phone-en", "en", 390, 800]]) {
    await t.browser.open(t.url + "?lang=" + lang);
    await give(t, "honest.zip", zip(t.D, made.files));
    await t.browser.eval("document.querySelector('#code').value = " + JSON.stringify(drawn) + "; document.querySelector('#ask form').requestSubmit()");
    await t.browser.until("document.querySelector('#answer').childElementCount");
    writeFileSync(path.join(out, name + ".png"), await t.browser.screenshot(width, height));
  }
}
