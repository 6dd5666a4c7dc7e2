// Starts and stops `switchboard demo` on free ports.

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";

/** Starts the demo; its page's address stands behind "Open". */
export async function startDemo(binary) {
  if (!existsSync(binary)) throw new Error(`${binary} is missing: run \`cargo build\` first, or set SWITCHBOARD_BIN`);
  const demo = spawn(binary, ["demo", "--listen", "127.0.0.1:0", "--page", "127.0.0.1:0"], { stdio: ["ignore", "pipe", "pipe"] });
  const log = [];
  createInterface({ input: demo.stderr }).on("line", (line) => log.push(line));
  const address = await new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`the demo did not say where its page is\n${log.join("\n")}`)), 15_000);
    demo.once("error", reject);
    demo.once("exit", (code) => reject(new Error(`the demo ended with ${code}\n${log.join("\n")}`)));
    createInterface({ input: demo.stdout }).on("line", (line) => {
      const found = line.match(/^\s*Open\s+(http:\S+)/);
      if (!found) return;
      clearTimeout(late);
      resolve(found[1]);
    });
  });
  return { demo, address, log };
}

/** Asks the demo to stop, and makes it when it does not. Returns what was wrong with that. */
export async function stopDemo(demo) {
  if (demo.exitCode !== null || demo.signalCode !== null) return [];
  const problems = [];
  const ended = new Promise((resolve) => demo.once("exit", resolve));
  demo.kill("SIGTERM");
  const late = setTimeout(() => {
    problems.push("the demo did not stop within 5 s of SIGTERM");
    demo.kill("SIGKILL");
  }, 5_000);
  await ended;
  clearTimeout(late);
  if (demo.exitCode !== 0 && demo.signalCode === null) problems.push(`the demo ended with ${demo.exitCode}`);
  return problems;
}
