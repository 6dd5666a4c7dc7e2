// Plays a walk in the demo's page: a list of chapters, each a name and what people do in it by clicking and typing.
//
// A step that does not happen ends the run and says what was expected and what was there instead. After every chapter the page is
// looked at in the light and the dark theme and 400 px wide: nothing overflows, all text has the contrast of WCAG AA, nothing was
// logged as an error.

import { mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { startDemo, stopDemo } from "./demo.mjs";
import { lookAt, lookAtTab, wide } from "./look.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "../../..");
const binary = process.env.SWITCHBOARD_BIN ?? join(root, "target/debug/switchboard");
/** How long one step may take, in ms. */
export const patience = 20_000;

const problems = [];
let chapter = "start";
let folder;
/** The demo's page, as soon as the walk has begun. */
export let page;

/** Notes what is wrong without ending the walk: it fails at its end. */
export const complain = (what) => problems.push(`${chapter}: ${what}`);

/** Runs a step; when it fails, says what a person would have expected. */
export async function expecting(what, step) {
  try {
    return await step();
  } catch (error) {
    const reason = String(error.message ?? error).split("\n")[0];
    throw new Error(`${chapter}: expected ${what} (${reason})`);
  }
}

/** A step that is about what stands there now: true, or what is there instead. */
export const holds = (what, check) =>
  expecting(what, async () => {
    const found = await check();
    if (found !== true) throw new Error(String(found));
  });

// The chat of the colleague whose turn it is.
const items = () => page.locator("[data-testid=chat-item]");
/** The newest item of the chat, or the newest that holds this text. */
export const chat = (text) => items().filter(text === undefined ? {} : { hasText: text }).last();
export const seen = (what, text) => expecting(what, () => chat(text).waitFor({ timeout: patience }));
export const gone = (what, locator) => expecting(what, () => locator.waitFor({ state: "detached", timeout: patience }));
export const writes = async (text) => {
  await page.getByTestId("composer").fill(text);
  await page.getByTestId("composer").press("Enter");
};
export const button = (item, title) => item.getByRole("button", { name: title, exact: true }).first();
export const input = (item, label) => item.getByLabel(label);
/** Presses a button. What stands in the overflow is reached as people reach it: by opening "More". */
export const presses = (item, title) =>
  expecting(`a button ${title}`, async () => {
    const words = title.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
    const wanted = item.locator("button").filter({ hasText: new RegExp(`^${words}$`) }).first();
    await wanted.waitFor({ state: "attached", timeout: patience });
    if (!(await wanted.isVisible())) await wanted.locator("xpath=ancestor::details").locator("summary").click({ timeout: patience });
    await wanted.click({ timeout: patience });
  });
/** The card that tells how a conversation stands: there is one, edited in place. */
export const threadCard = (words) => seen(`the conversation's card to say “${words}”`, words);
/** Chooses the colleague (from 0) whose Teams is shown. */
export const colleague = (at, name) => expecting(`${name} to be chosen`, () => page.getByTestId(`teams-user-${at}`).click({ timeout: patience }));

// The phone of the client whose turn it is.
/** The newest message of the business that holds this text. */
export const bubble = (text) => page.locator("[data-testid=phone-item][data-from=business]").filter({ hasText: text }).last();
export const arrives = (what, text) => expecting(what, () => bubble(text).waitFor({ timeout: patience }));
/** The same for a text that was sent before: it is there `times` times. */
export const arrivesAgain = (what, text, times) =>
  expecting(what, () => page.locator("[data-testid=phone-item][data-from=business]").filter({ hasText: text }).nth(times - 1).waitFor({ timeout: patience }));
export const answers = async (text) => {
  await page.getByTestId("phone-composer").fill(text);
  await page.getByTestId("phone-composer").press("Enter");
};
export const ticks = (text, state) =>
  expecting(`the ticks of “${text}” to say ${state}`, () => bubble(text).getByTestId("ticks").filter({ hasText: state }).waitFor({ timeout: patience }));
export const phoneTexts = () => page.locator("[data-testid=phone-item] .text").allInnerTexts();
export const windowSays = (words) =>
  expecting(`the phone's window line to say “${words}”`, () => page.getByTestId("window").filter({ hasText: words }).waitFor({ timeout: patience }));
/** Nothing with these words is on the phone. */
export const notOnPhone = (what, text) =>
  holds(what, async () => !(await phoneTexts()).some((one) => one.includes(text)) || `“${text}” is on the phone`);
/** Chooses the client (from 0) whose phone is shown. */
export const client = (at, name) => expecting(`${name} to be chosen`, () => page.getByTestId(`phone-client-${at}`).click({ timeout: patience }));

/** Moves the clock by one of the page's steps (1, 6 or 25 h) and waits until it has moved. */
export const advance = (hours) =>
  expecting(`${hours} hours to pass`, async () => {
    const clock = () => page.getByTestId("clock").evaluate((clock) => Date.parse(clock.dateTime));
    const before = await clock();
    await page.getByTestId(`advance-${hours}h`).click({ timeout: patience });
    await page.waitForFunction((at) => Date.parse(document.getElementById("clock").dateTime) >= at, before + hours * 3_600_000, { timeout: patience });
  });

/** A picture of the page as it is now. */
export const picture = (name) => page.screenshot({ path: join(folder, `${name}-light.png`) });
/** Looks at the page in every way, as after a chapter. */
export const pictureAll = async (name, options) => problems.push(...(await lookAt(page, folder, name, options)));

/** Looks at a tab that the page opened. */
export const lookHere = async (tab, name) => problems.push(...(await lookAtTab(tab, folder, name)));

/** Plays the chapters from a fresh demo on and ends the process when something was wrong. `limit`: ms for everything. */
export async function play(walk, chapters, limit) {
  const shown = `target/screenshots/${walk}`;
  folder = join(root, shown);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const began = Date.now();
  const { demo, address, log } = await startDemo(binary);
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  }).catch(async (error) => {
    await stopDemo(demo);
    throw error;
  });
  const alarm = setTimeout(() => {
    console.error(`${chapter}: the ${walk} took longer than ${limit / 1000} s`);
    demo.kill("SIGKILL");
    process.exit(1);
  }, limit);
  try {
    const context = await browser.newContext({ viewport: wide, timezoneId: "Europe/Berlin", locale: "en-GB", reducedMotion: "reduce", colorScheme: "light" });
    page = await context.newPage();
    page.setDefaultTimeout(patience);
    page.on("pageerror", (error) => complain(error.message));
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) complain(`console: ${message.text()}`);
    });
    await page.goto(address);
    for (const [name, tell, options] of chapters) {
      chapter = name;
      await tell();
      await expecting("no error message on the page", async () => {
        if (await page.locator("#problem").isVisible()) throw new Error(await page.locator("#problem").innerText());
      });
      await pictureAll(name, options);
      console.log(`${name}: told after ${((Date.now() - began) / 1000).toFixed(1)} s`);
    }
  } catch (error) {
    problems.push(error.message.startsWith(chapter) ? error.message : `${chapter}: ${error.message}`);
    if (page) {
      await page.screenshot({ path: join(folder, "failed.png") }).catch(() => {});
      const last = await items().allInnerTexts().catch(() => []);
      const phone = await page.locator("[data-testid=phone-item]").allInnerTexts().catch(() => []);
      const end = (texts) => texts.slice(-3).map((text) => `    ${text.replace(/\s+/g, " ").slice(0, 300)}`).join("\n");
      problems.push(`  the chat ended with:\n${end(last)}\n  the phone ended with:\n${end(phone)}\n  the server said:\n${log.slice(-8).join("\n")}\n  picture: ${shown}/failed.png`);
    }
  } finally {
    clearTimeout(alarm);
    await browser.close();
    problems.push(...(await stopDemo(demo)));
  }
  if (problems.length > 0) {
    console.error(problems.join("\n"));
    process.exit(1);
  }
  console.log(`${walk}: ${chapters.length} chapters told; screenshots in ${shown}`);
}
