// Walks conversations that colleagues share, in the demo's page: a group chat with the bot, who is told what in it, its members, and a
// channel with posts and replies.
//
// lib/stage.mjs says how a walk is played. Screenshots: target/screenshots/rooms.

import { chat, colleague, expecting, gone, holds, input, page, patience, pictureAll, play, seen, writes } from "./lib/stage.mjs";

const [ANA, BEN, CARO] = [[0, "Ana"], [1, "Ben"], [3, "Carolina"]];

const settings = () => page.getByTestId("settings");
const places = () => page.locator("#places li");
const goes = (name) => expecting(`the conversation ${name} to be chosen`, () => places().filter({ hasText: name }).getByRole("button").click({ timeout: patience }));
const to = (value) => expecting(`the address ${value}`, () => page.getByTestId("address").selectOption(value, { timeout: patience }));
const told = (text, is) => {
  const item = page.locator("[data-testid=chat-item]").filter({ hasText: text }).filter(is ? { hasNotText: "was not told" } : { hasText: "was not told" });
  return expecting(`the bot ${is ? "" : "not "}to be told of “${text}”`, () => item.last().waitFor({ timeout: patience }));
};

const walk = [
  ["01-new-chat", async () => {
    await seen("a welcome for Ana", "Welcome to switchboard, Ana Souza");
    await page.getByTestId("room-new").click();
    await expecting("the name to have the focus", () => page.locator("#room-topic:focus").waitFor({ timeout: patience }));
    await page.keyboard.type("Maria Oliveira");
    await page.keyboard.press("Enter");
    await expecting("a chat of one to be refused", () => settings().getByText("Choose at least one colleague.").waitFor({ timeout: patience }));
    await pictureAll("01-form");
    await page.locator("#room-topic").press("Escape");
    await expecting("Escape to close the form and lead back", () => page.locator("[data-testid=room-new]:focus").waitFor({ timeout: patience }));
    await page.keyboard.press("Enter");
    await input(settings(), "Name").fill("Maria Oliveira");
    await settings().getByLabel("Ben Okafor").check();
    await page.getByTestId("room-create").click();
    await expecting("the new chat to be open", () => page.locator("#bot-name", { hasText: "Maria Oliveira" }).waitFor({ timeout: patience }));
    await expecting("what the bot hears to be said", () => page.locator("#bot-note", { hasText: "Switchboard hears mentions only" }).waitFor({ timeout: patience }));
  }],

  ["02-who-hears", async () => {
    await to("all");
    await writes("Ben, shall we?");
    await seen("an unmentioned message", "Ben, shall we?");
    await told("Ben, shall we?", false);
    await to("mention");
    await writes("Good morning all");
    await seen("a message with a mention", "Good morning all");
    await told("Good morning all", true);
    await to("private");
    await writes("Only between us");
    await seen("a private message marked as such", "Only you see this");
    await page.getByTestId("settings-open").click();
    await page.getByTestId("room-rsc").click();
    await expecting("the bot to hear everything", () => page.locator("#bot-note", { hasText: "Switchboard hears everything" }).waitFor({ timeout: patience }));
    await page.getByTestId("settings-close").click();
    await to("all");
    await writes("Everybody hears this");
    await seen("a message that everybody hears", "Everybody hears this");
    await told("Everybody hears this", true);
  }],

  ["03-the-other-side", async () => {
    await expecting("Ben's name to say what is new", () => page.getByTestId("teams-user-1").getByText("new").waitFor({ timeout: patience }));
    await colleague(...BEN);
    await expecting("the list to say where", () => places().filter({ hasText: "Maria Oliveira" }).getByText(/\d new/).waitFor({ timeout: patience }));
    await goes("Maria Oliveira");
    await seen("what Ana wrote", "Everybody hears this");
    await holds("nothing of what was private", async () => (await chat("Only between us").count()) === 0 || "it is there");
    await expecting("a quote to be begun", async () => {
      await chat("Good morning all").hover();
      await chat("Good morning all").getByRole("button", { name: /^Quote/ }).click({ timeout: patience });
    });
    await writes("Good morning Ana");
    await seen("an answer with its quote", "Good morning Ana");
  }],

  ["04-members", async () => {
    await page.getByTestId("settings-open").click();
    await page.getByTestId("room-who").selectOption({ label: "Carolina Reyes" });
    await page.getByTestId("room-add").click();
    await expecting("three members", () => page.locator("#bot-note", { hasText: "3 members" }).waitFor({ timeout: patience }));
    await pictureAll("04-settings");
    await colleague(...CARO);
    await goes("Maria Oliveira");
    await seen("the whole history", "Ben, shall we?");
    await page.getByTestId("settings-open").click();
    await settings().getByRole("button", { name: "Leave: Carolina Reyes" }).click();
    await gone("the chat in Carolina's list", places().filter({ hasText: "Maria Oliveira" }));
    await expecting("her own chat to be open", () => page.locator("#bot-note", { hasText: "Personal chat of Carolina Reyes" }).waitFor({ timeout: patience }));
  }],

  ["05-channel", async () => {
    await colleague(...ANA);
    await goes("Clients");
    await expecting("the bot not to be there", () => page.locator("#bot-note", { hasText: "Switchboard is not here" }).waitFor({ timeout: patience }));
    await page.getByTestId("settings-open").click();
    await page.getByTestId("room-bot").click();
    await expecting("the bot to be there", () => page.locator("#bot-note", { hasText: "hears mentions only" }).waitFor({ timeout: patience }));
    await page.getByTestId("settings-close").click();
    await writes("Who speaks Portuguese?");
    await writes("Who has the list?");
    await seen("two posts", "Who has the list?");
    await colleague(...BEN);
    await goes("Clients");
    await expecting("a reply to be begun", async () => {
      await chat("Who speaks Portuguese?").hover();
      await chat("Who speaks Portuguese?").getByRole("button", { name: /^Reply/ }).click({ timeout: patience });
    });
    await writes("Ana does");
    await holds("the reply below its post", async () => {
      await chat("Ana does").waitFor({ timeout: patience });
      const texts = await page.locator("[data-testid=chat-item]").allInnerTexts();
      const at = (words) => texts.findIndex((text) => text.includes(words));
      return (at("Who speaks") < at("Ana does") && at("Ana does") < at("Who has the list?")) || texts.join(" | ");
    });
    await page.locator("#quote-drop").click();
    // The app answers in the earlier chain whenever it gets to it, and what is new there is shown there.
  }, { scrolled: true }],
];

await play("rooms", walk, 240_000);
