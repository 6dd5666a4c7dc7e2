// Looks at the page as people see it: light, dark and 400 px wide.

import { join } from "node:path";

export const wide = { width: 1500, height: 940 };
const narrow = { width: 400, height: 860 };

/** Runs in the page: everything wider than the page, and text that is too faint (WCAG 2 AA). */
function look() {
  const luminance = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((value) => (value <= 10.31475 ? value / 3294.6 : ((value / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const colour = (text) => {
    const parts = text.match(/[\d.]+/g)?.map(Number) ?? [0, 0, 0, 0];
    return { rgb: parts.slice(0, 3), alpha: parts[3] ?? 1 };
  };
  const over = (front, back) => front.rgb.map((value, at) => value * front.alpha + back[at] * (1 - front.alpha));
  const ground = (element) => {
    const layers = [];
    for (let at = element; at; at = at.parentElement) {
      const layer = colour(getComputedStyle(at).backgroundColor);
      if (layer.alpha > 0) layers.unshift(layer);
      if (layer.alpha === 1) break;
    }
    return layers.reduce((back, layer) => over(layer, back), [255, 255, 255]);
  };
  const faint = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    // What is hidden until a mouse is over it counts when it is there.
    let alpha = 1;
    for (let at = element; at; at = at.parentElement) alpha *= Number(getComputedStyle(at).opacity);
    if (alpha === 0 || node.data.trim() === "" || element.closest(":disabled, [aria-hidden=true], .hidden, script, option") || element.getClientRects().length === 0) continue;
    const style = getComputedStyle(element);
    const back = ground(element);
    const ink = colour(style.color);
    const front = over({ rgb: ink.rgb, alpha: ink.alpha * alpha }, back);
    const [low, high] = [luminance(front), luminance(back)].sort((one, other) => one - other);
    const ratio = (high + 0.05) / (low + 0.05);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    if (ratio < (large ? 3 : 4.5)) faint.push(`“${node.data.trim().slice(0, 30)}” ${ratio.toFixed(2)}:1`);
  }
  const width = document.documentElement.clientWidth;
  const outside = (element) => {
    const box = element.getBoundingClientRect();
    if (box.width === 0 || box.right <= width + 0.5) return false;
    for (let at = element.parentElement; at; at = at.parentElement) if (getComputedStyle(at).overflowX !== "visible") return false;
    return true;
  };
  const wide = [...document.body.querySelectorAll("*")].filter((element) => !element.closest(".hidden, .skip") && outside(element));
  const scrolls = [...document.querySelectorAll(".scroll, .card")].filter((element) => element.scrollWidth > element.clientWidth + 1);
  // Controls are whole: nothing in front of which they stand cuts them off.
  const cut = (element) => {
    const { right, width } = element.getBoundingClientRect();
    if (width === 0) return false;
    for (let at = element.parentElement; at; at = at.parentElement) {
      const overflow = getComputedStyle(at).overflowX;
      if (["auto", "scroll"].includes(overflow)) return false;
      if (overflow !== "visible" && right > at.getBoundingClientRect().right + 0.5) return true;
    }
    return false;
  };
  const controls = [...document.querySelectorAll("button, select, input, textarea")].filter((element) => !element.closest(".hidden, .skip") && cut(element));
  const name = (element) => `${element.tagName}.${element.className} “${element.textContent.trim().slice(0, 30)}”`;
  return { faint: [...new Set(faint)].slice(0, 8), wide: [...wide, ...scrolls, ...controls].map(name).slice(0, 4), scrolls: document.documentElement.scrollWidth > width };
}

/**
 * Takes a picture of the page in each way, and says what is wrong with it: too wide, too faint, or the newest item out of sight.
 * `scrolled`: somebody reads further up in the chat, and the newest item is not expected.
 */
export async function lookAt(page, folder, name, { scrolled = false } = {}) {
  const problems = [];
  const check = async (where) => {
    const found = await page.evaluate(look);
    if (found.scrolls || found.wide.length > 0) problems.push(`${name} (${where}): wider than its place: ${found.wide.join(" | ")}`);
    if (found.faint.length > 0) problems.push(`${name} (${where}): too faint: ${found.faint.join(" | ")}`);
  };
  await page.mouse.move(0, 0);
  await page.evaluate(() => document.activeElement?.blur());
  await page.screenshot({ path: join(folder, `${name}-light.png`) });
  await check("light");
  await page.emulateMedia({ colorScheme: "dark", reducedMotion: "reduce" });
  await page.screenshot({ path: join(folder, `${name}-dark.png`) });
  await check("dark");
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
  await page.setViewportSize(narrow);
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  for (const id of scrolled ? ["phone"] : ["chat", "phone"]) {
    const below = await page.locator(`#${id}`).evaluate((box) => box.scrollHeight - box.scrollTop - box.clientHeight);
    if (below > 2) problems.push(`${name} (400 px): the newest item of #${id} is ${below} px below what is seen`);
  }
  await page.screenshot({ path: join(folder, `${name}-narrow.png`), fullPage: true });
  await check("400 px");
  await page.setViewportSize(wide);
  return problems;
}

/** The same for a page of the server's own: both themes, on a phone and on a desk. */
export async function lookAtTab(tab, folder, name) {
  const problems = [];
  for (const colorScheme of ["light", "dark"]) {
    for (const width of [320, 1280]) {
      await tab.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await tab.setViewportSize({ width, height: 800 });
      await tab.screenshot({ path: join(folder, `${name}-${colorScheme}-${width}.png`) });
      const found = await tab.evaluate(look);
      const where = `${name} (${colorScheme}, ${width} px)`;
      if (found.scrolls || found.wide.length > 0) problems.push(`${where}: wider than its place: ${found.wide.join(" | ")}`);
      if (found.faint.length > 0) problems.push(`${where}: too faint: ${found.faint.join(" | ")}`);
    }
  }
  return problems;
}
