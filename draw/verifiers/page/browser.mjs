// A real Chromium over its debugging pipe: nothing to install beside the browser, no port, no network.
// It knows nothing of draws.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const FLAGS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run", "--remote-debugging-pipe"];

export class Browser {
  static async start() {
    const b = new Browser();
    b.dir = mkdtempSync(path.join(tmpdir(), "verify-html-"));
    b.next = 1;
    b.waiting = new Map();
    b.log = []; // what the console would show as an error
    b.process = spawn(process.env.CHROMIUM || "chromium", [...FLAGS, "--user-data-dir=" + b.dir, "about:blank"], { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
    const gone = new Promise((_, reject) => {
      b.process.on("error", (e) => reject(new Error("cannot start chromium (set CHROMIUM): " + e.message)));
      b.process.on("exit", () => { for (const w of b.waiting.values()) w.reject(new Error("chromium has ended")); reject(new Error("chromium has ended")); });
    });
    gone.catch(() => {});
    b.process.stdio[3].on("error", () => {});
    b.listen();
    await Promise.race([b.attach(), gone]);
    return b;
  }

  listen() {
    let parts = [];
    this.process.stdio[4].on("data", (d) => {
      let from = 0;
      for (let at = d.indexOf(0); at >= 0; at = d.indexOf(0, from)) {
        parts.push(d.subarray(from, at));
        this.receive(JSON.parse(Buffer.concat(parts).toString()));
        parts = [];
        from = at + 1;
      }
      parts.push(d.subarray(from));
    });
  }

  async attach() {
    const { targetId } = await this.send("Target.createTarget", { url: "about:blank" });
    this.session = (await this.send("Target.attachToTarget", { targetId, flatten: true })).sessionId;
    for (const domain of ["Page", "Runtime", "Log"]) await this.send(domain + ".enable");
  }

  receive(m) {
    if (m.id) {
      const w = this.waiting.get(m.id);
      this.waiting.delete(m.id);
      if (m.error) w.reject(new Error(m.error.message)); else w.resolve(m.result);
    } else if (m.method === "Log.entryAdded") this.log.push(m.params.entry.text);
    else if (m.method === "Runtime.exceptionThrown") this.log.push(m.params.exceptionDetails.exception?.description ?? m.params.exceptionDetails.text);
  }

  send(method, params = {}) {
    const id = this.next++;
    const answer = new Promise((resolve, reject) => this.waiting.set(id, { resolve, reject }));
    this.process.stdio[3].write(JSON.stringify({ id, method, params, sessionId: method.startsWith("Browser.") ? undefined : this.session }) + "\0");
    return answer;
  }

  /** Value of an expression in the page; promises are awaited. */
  async eval(expression) {
    const r = await this.send("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true });
    if (r.exceptionDetails) throw new Error(r.exceptionDetails.exception?.description ?? r.exceptionDetails.text);
    return r.result.value;
  }

  /** Calls a function of this program inside the page; arguments and answer travel as JSON. */
  call(f, ...args) {
    return this.eval("(" + f.toString() + ")(" + args.map((a) => JSON.stringify(a)).join(",") + ")");
  }

  /** Waits until an expression is true; the deadline is only for a page that hangs. */
  async until(expression, seconds = 60) {
    for (const end = Date.now() + 1000 * seconds; Date.now() < end;) {
      if (await this.eval("!!(" + expression + ")")) return;
      await this.eval("new Promise((r) => requestAnimationFrame(() => setTimeout(r)))");
    }
    throw new Error("the page never reached: " + expression);
  }

  async open(url) {
    this.log.length = 0;
    await this.send("Page.navigate", { url });
    await this.until("document.readyState === 'complete' && globalThis.DSJ1");
  }

  /** Puts files into a file input, as a person would choose them. */
  async choose(selector, files) {
    const { root } = await this.send("DOM.getDocument");
    const { nodeId } = await this.send("DOM.querySelector", { nodeId: root.nodeId, selector });
    await this.send("DOM.setFileInputFiles", { nodeId, files });
  }

  async screenshot(width, height) {
    await this.send("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: 1, mobile: width < 600 });
    const { data } = await this.send("Page.captureScreenshot", { format: "png", captureBeyondViewport: true });
    return Buffer.from(data, "base64");
  }

  async stop() {
    const ended = new Promise((resolve) => this.process.once("exit", resolve));
    this.send("Browser.close").catch(() => {});
    const late = setTimeout(() => this.process.kill("SIGKILL"), 5000);
    await ended;
    clearTimeout(late);
    try { rmSync(this.dir, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }); } catch (e) { console.log("note: cannot remove " + this.dir + ": " + e.code); }
  }
}
