// Validates every card against Microsoft's schema and renders it with Microsoft's own renderer in Chromium.
//
// The cards are those that `cargo test --lib cards` wrote to target/cards: exactly what is sent. For each, in both themes and
// on a narrow and a wide screen: nothing is dropped, text from outside is shown as it was written, nothing overflows, every
// input has a name for screen readers, every action can be reached by keyboard. Screenshots: target/screenshots/cards.

import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import Ajv from "ajv";
import { chromium } from "playwright-core";
import { hostConfig, styleSheet } from "./lib/host-config.mjs";

const require = createRequire(import.meta.url);
const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const folder = join(root, "target/cards");
const pictures = join(root, "target/screenshots/cards");
const schemaFile = join(root, "../shared/schemas/adaptive-card-1.5.0.schema.json");
const typeaheadFile = join(root, "../shared/schemas/adaptive-card-1.6.0.schema.json");
/** Typeahead is of 1.6; Teams, which stops at 1.5 otherwise, reads it in cards of 1.5. */
const tolerated = 'Property "choices.data" is supported in version 1.6, but you are using version 1.5.';
const problems = [];

if (!existsSync(folder)) {
  console.error("target/cards is missing: run `cargo test --lib cards` first");
  process.exit(1);
}
const cards = readdirSync(folder)
  .filter((file) => file.endsWith(".json"))
  .sort()
  .map((file) => ({ name: file.slice(0, -5), json: JSON.parse(readFileSync(join(folder, file), "utf8")) }));
if (cards.length === 0) problems.push("target/cards holds no card");

validate();
await render();
if (problems.length > 0) {
  console.error(problems.slice(0, 60).join("\n"));
  console.error(`${problems.length} problems`);
  process.exit(1);
}

function validate() {
  if (!existsSync(schemaFile)) {
    console.log("schema: the shared folder is not there, cards were not validated against Microsoft's schema");
    return;
  }
  const ajv = new Ajv({ schemaId: "auto", allErrors: false, unknownFormats: "ignore", logger: false });
  ajv.addMetaSchema(require("ajv/lib/refs/json-schema-draft-06.json"));
  const check = ajv.compile(JSON.parse(readFileSync(schemaFile, "utf8")));
  // A schema that takes anything would prove nothing.
  if (check({ type: "AdaptiveCard", version: "1.5", body: [{ type: "TextBlock" }] })) problems.push("schema: a TextBlock without text passes");
  const typeahead = new Ajv({ schemaId: "auto", allErrors: false, unknownFormats: "ignore", logger: false });
  typeahead.addMetaSchema(require("ajv/lib/refs/json-schema-draft-06.json"));
  const { definitions } = JSON.parse(readFileSync(typeaheadFile, "utf8"));
  const checkQuery = typeahead.compile(definitions["Data.Query"]);
  if (checkQuery({ type: "Data.Query" })) problems.push("schema: a Data.Query without dataset passes");
  for (const { name, json } of cards) {
    for (const input of allOf(json, (element) => "choices.data" in element)) {
      if (!checkQuery(input["choices.data"])) problems.push(`${name}: schema: ${typeahead.errorsText(checkQuery.errors)}`);
    }
    if (!check(withoutTeamsMembers(json))) problems.push(`${name}: schema: ${ajv.errorsText(check.errors)}`);
  }
  console.log(`schema: ${cards.length} cards checked`);
}

/**
 * Teams' own members are outside Microsoft's schema. The style "filtered" came with 1.5 by Microsoft's reference, but stands in
 * the schema files from 1.6 on only, and so does "choices.data", which is checked by itself.
 */
function withoutTeamsMembers(value) {
  if (Array.isArray(value)) return value.map(withoutTeamsMembers);
  if (value === null || typeof value !== "object") return value;
  const filtered = (key, member) => value.type === "Input.ChoiceSet" && ((key === "style" && member === "filtered") || key === "choices.data");
  const members = Object.entries(value).filter(([key, member]) => key !== "msteams" && !filtered(key, member));
  return Object.fromEntries(members.map(([key, member]) => [key, withoutTeamsMembers(member)]));
}

async function render() {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
  rmSync(pictures, { recursive: true, force: true });
  mkdirSync(pictures, { recursive: true });
  let rendered = 0;
  try {
    for (const theme of ["light", "dark"]) {
      for (const width of [320, 720]) {
        const context = await browser.newContext({ viewport: { width, height: 900 }, timezoneId: "Europe/Berlin", locale: "en-GB" });
        const page = await context.newPage();
        let current = "page";
        page.on("pageerror", (error) => problems.push(`${current}: ${error.message}`));
        page.on("console", (message) => {
          if (["error", "warning"].includes(message.type())) problems.push(`${current}: console: ${message.text()}`);
        });
        await page.setContent(`<!doctype html><html lang="en"><head><title>card</title><style>${styleSheet(theme, width)}</style></head><body><main id="card"></main></body></html>`);
        await page.addScriptTag({ path: require.resolve("adaptivecards/dist/adaptivecards.js") });
        await page.addScriptTag({ path: require.resolve("markdown-it/dist/markdown-it.min.js") });
        const session = await context.newCDPSession(page);
        for (const { name, json } of cards) {
          current = `${name} (${theme}, ${width})`;
          const found = await page.evaluate(draw, { json, config: hostConfig(theme), width });
          await compare(page, session, current, json, found);
          if (!name.startsWith("endless-")) await page.locator("#card").screenshot({ path: join(pictures, `${name}-${theme}-${width}.png`) });
          rendered += 1;
        }
        await context.close();
      }
    }
  } finally {
    await browser.close();
  }
  console.log(`rendered: ${rendered} times ${cards.length} cards in 2 themes at 2 widths; screenshots in target/screenshots/cards`);
}

/** Runs in the page. */
function draw({ json, config, width }) {
  const { AdaptiveCard, HostConfig, SerializationContext, Versions } = globalThis.AdaptiveCards;
  const markdown = globalThis.markdownit({ html: false, linkify: false });
  AdaptiveCard.onProcessMarkdown = (text, result) => {
    result.outputHtml = markdown.render(text);
    result.didProcess = true;
  };
  const card = new AdaptiveCard();
  card.hostConfig = new HostConfig(config);
  const context = new SerializationContext(Versions.v1_5);
  card.parse(json, context);
  const events = [...Array(context.eventCount).keys()].map((at) => context.getEventAt(at).message);
  const host = document.getElementById("card");
  host.replaceChildren(card.render());
  const edge = host.getBoundingClientRect().right + 0.5;
  const wide = [...host.querySelectorAll("*")].filter((element) => element.getBoundingClientRect().right > edge || element.scrollWidth > element.clientWidth + 1 && getComputedStyle(element).overflowX !== "visible" && !["INPUT", "TEXTAREA"].includes(element.tagName));
  const describe = (element) => `${element.tagName}.${element.className} ${element.textContent.slice(0, 40)}`;
  return {
    events,
    text: host.innerText,
    markup: [...host.querySelectorAll("a, strong, em, ul, ol, blockquote, code, s, table:not(.ac-factset), hr, h1, at, b")].map(describe),
    overflow: document.documentElement.scrollWidth > width || wide.length > 0 ? wide.map(describe).slice(0, 3) : null,
    buttons: [...host.querySelectorAll("button")].filter((button) => button.offsetWidth > 0 && button.offsetHeight > 0).map((button) => button.innerText.trim()),
    heading: host.querySelectorAll("[role=heading]").length,
  };
}

async function compare(page, session, name, json, found) {
  const report = (problem) => problems.push(`${name}: ${problem}`);
  found.events.filter((event) => event !== tolerated).forEach((event) => report(`renderer: ${event}`));
  found.markup.forEach((element) => report(`text from outside became markup: ${element}`));
  if (found.overflow) report(`overflows: ${found.overflow.join(" | ")}`);
  const shown = squeeze(found.text);
  for (const text of texts(json)) {
    for (const piece of pieces(text)) {
      if (!shown.includes(piece)) report(`text is not shown as written: ${piece}`);
    }
  }
  if (/\{\{(DATE|TIME)\(2026-11/.test(shown)) report("a date was not rendered");

  const buttons = actions(json);
  const visible = buttons.filter((button) => button.mode !== "secondary").map((button) => button.title);
  const hidden = buttons.filter((button) => button.mode === "secondary").map((button) => button.title);
  for (const title of visible) if (!found.buttons.includes(title)) report(`button is not visible: ${title}`);

  // Screen readers: Chromium's own accessibility tree.
  const { nodes } = await session.send("Accessibility.getFullAXTree");
  const inputs = nodes.filter((node) => !node.ignored && ["textbox", "combobox", "radio", "radiogroup", "checkbox", "listbox", "Date", "InputTime"].includes(node.role?.value));
  const names = inputs.map((node) => node.name?.value ?? "");
  if (names.some((label) => label.trim() === "")) report(`an input has no accessible name: ${inputs.filter((node) => !node.name?.value).map((node) => node.role.value)}`);
  for (const label of labels(json)) {
    if (!names.some((known) => squeeze(known).includes(squeeze(label)))) report(`the accessibility tree has no input called ${label} but ${names}`);
  }

  // Keyboard: Tab goes through everything that can be pressed or filled.
  const reached = await tabThrough(page);
  for (const title of new Set(visible)) {
    const expected = visible.filter((other) => other === title).length;
    if (reached.filter((other) => other === title).length < expected) report(`Tab does not reach ${title}`);
  }
  const fields = allOf(json, (element) => element.type?.startsWith("Input.")).length;
  if (reached.filter((element) => element === "<field>").length < fields) report(`Tab reaches fewer than ${fields} inputs`);
  if (hidden.length > 0) {
    const more = page.locator("#card button.ac-overflow, #card button[aria-haspopup], #card .ac-pushButton").last();
    await more.focus();
    await page.keyboard.press("Enter");
    for (const title of hidden) {
      if (!(await page.getByText(title, { exact: true }).last().isVisible())) report(`the overflow does not show ${title}`);
    }
    await page.keyboard.press("Escape");
  }
  await page.evaluate(() => document.activeElement?.blur());
}

async function tabThrough(page) {
  await page.evaluate(() => {
    document.activeElement?.blur();
    const start = document.createElement("span");
    start.id = "start";
    start.tabIndex = -1;
    document.getElementById("start")?.remove();
    document.body.prepend(start);
    start.focus();
  });
  const reached = [];
  for (let presses = 0; presses < 120; presses += 1) {
    await page.keyboard.press("Tab");
    const at = await page.evaluate(() => {
      const element = document.activeElement;
      if (!element || element === document.body || element.id === "start") return null;
      if (element.tagName === "BUTTON") return element.innerText.trim();
      return ["INPUT", "TEXTAREA", "SELECT"].includes(element.tagName) ? "<field>" : "<other>";
    });
    if (at === null) return reached;
    reached.push(at);
  }
  return reached;
}

function allOf(value, fits) {
  if (Array.isArray(value)) return value.flatMap((item) => allOf(item, fits));
  if (value === null || typeof value !== "object") return [];
  // A button's data and fallback are not drawn.
  const members = Object.entries(value).filter(([key]) => key !== "data" && key !== "fallback");
  return [...(fits(value) ? [value] : []), ...members.flatMap(([, member]) => allOf(member, fits))];
}

function texts(json) {
  const blocks = allOf(json, (element) => element.type === "TextBlock").map((block) => block.text);
  const facts = allOf(json, (element) => element.type === "FactSet").flatMap((set) => set.facts.flatMap((fact) => [fact.title, fact.value]));
  return [...blocks, ...facts];
}

function actions(json) {
  return allOf(json, (element) => element.type === "Action.Execute");
}

function labels(json) {
  return allOf(json, (element) => element.type?.startsWith("Input.")).map((input) => input.label ?? "(none)");
}

function squeeze(text) {
  return text.replace(/\s+/g, " ").trim();
}

/** What a person is to read, between the dates that the client puts in. Says what our escapes mean, without a markdown library. */
function pieces(text) {
  return text
    .split(/\{\{(?:DATE|TIME)\([^)]*\)\}\}/)
    .map((piece) => piece.replace(/&lt;/g, "<").replace(/&amp;/g, "&").replace(/\\(.)/gu, "$1"))
    .map(squeeze)
    .filter((piece) => piece !== "");
}
