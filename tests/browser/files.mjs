// Walks pictures, files and everything that is no plain text through the demo's page, in both directions, and opens the originals.
//
// lib/stage.mjs says how a walk is played. Screenshots: target/screenshots/files.

import {
  arrives, bubble, button, chat, expecting, gone, holds, input, lookHere, page, patience, picture, pictureAll, play, presses, seen, threadCard, writes,
} from "./lib/stage.mjs";
import { wide } from "./lib/look.mjs";

const MARIA = "Maria Oliveira";

/** Sends one of the phone's samples, by keyboard alone. `words` go along as a caption. */
async function sends(sample, words = "") {
  await page.getByTestId("phone-composer").fill(words);
  await page.getByTestId("phone-attach-open").press("Enter");
  await expecting("the samples to be offered", () => page.locator("#phone-attach button:focus").waitFor({ timeout: patience }));
  await page.getByTestId(`phone-attach-${sample}`).press("Enter");
  await gone("the samples to be put away", page.locator("#phone-attach:not([hidden])"));
}

/** Attaches one of the samples to the colleague's message and posts it. */
async function posts(sample, words = "") {
  await page.getByTestId("attach-open").press("Enter");
  await page.getByTestId(`attach-${sample}`).press("Enter");
  await expecting("the file above the compose box", () => page.getByTestId("attached").locator("li").first().waitFor({ timeout: patience }));
  await page.getByTestId("composer").fill(words);
  await page.getByTestId("composer").press("Enter");
}

/** The client's newest message on the phone that holds this text. */
const own = (text) => page.locator("[data-testid=phone-item][data-from=client]").filter({ hasText: text }).last();
/** Presses one of the small tools of a message; they come with the focus. */
const tool = (item, name) => expecting(`a tool ${name}`, () => item.getByRole("button", { name: new RegExp(`^${name}: `) }).press("Enter", { timeout: patience }));
const reacts = async (item, name) => {
  await tool(item, "React");
  await expecting("the first reaction to have the focus", () => item.locator(".reaction:focus").waitFor({ timeout: patience }));
  await item.getByRole("button", { name, exact: true }).press("Enter");
};
/** The picture of a card, drawn. */
const drawn = (item) =>
  expecting("a picture that is drawn", async () => {
    await item.locator("img").first().waitFor({ timeout: patience });
    await page.waitForFunction((one) => one.complete && one.naturalWidth > 10, await item.locator("img").first().elementHandle(), { timeout: patience });
  });

/** Opens the page of a file in a new tab, hands it to `visit` and closes it. */
async function opens(item, title, visit) {
  await presses(item, title);
  await expecting("a link to the page", () => item.getByRole("button", { name: "Open in the browser", exact: true }).waitFor({ timeout: patience }));
  const opened = page.context().waitForEvent("page", { timeout: patience });
  await presses(item, "Open in the browser");
  const tab = await expecting("a new tab", () => opened);
  const wrong = [];
  tab.on("pageerror", (error) => wrong.push(error.message));
  tab.on("console", (message) => { if (["error", "warning"].includes(message.type())) wrong.push(message.text()); });
  await tab.waitForLoadState();
  await visit(tab);
  await holds("no error in the new tab", () => wrong.length === 0 || wrong.join(" | "));
  await tab.close();
}
/** The file behind the page's button is the whole file. */
const downloads = (tab, name, begin) =>
  expecting(`${name} to be downloaded`, async () => {
    const download = tab.waitForEvent("download", { timeout: patience });
    await tab.getByRole("link", { name: "Download" }).click();
    const file = await download;
    if (file.suggestedFilename() !== name) throw new Error(file.suggestedFilename());
    const chunks = [];
    for await (const chunk of await file.createReadStream()) chunks.push(chunk);
    const bytes = Buffer.concat(chunks);
    if (!bytes.subarray(0, begin.length).equals(Buffer.from(begin))) throw new Error(`it begins with ${bytes.subarray(0, 8).toString("hex")}`);
  });

const files = [
  ["01-conversation", async () => {
    await seen("a welcome for Ana", "Welcome to switchboard, Ana Souza");
    await writes("new");
    await seen("a card to add a contact", "Add a contact");
    const card = chat("Add a contact");
    await input(card, "Name").fill(MARIA);
    await input(card, "Phone number").fill("+55 11 98765-4321");
    await presses(card, "Add contact");
    await seen("Maria's contact card", "Not asked yet");
    await presses(chat("Not asked yet"), "Message on WhatsApp");
    await seen("the question on what basis (T-00)", "We will ask first");
    const asked = chat("We will ask first");
    await expecting("the basis to choose", () => asked.getByLabel("There is a contract").check());
    await presses(asked, "Send request");
    await arrives("the request", "May we message you here on WhatsApp?");
    await presses(bubble("May we message you"), "Yes");
    await threadCard("You can write until");
    await page.getByTestId("phone-open").click();
  }],

  ["02-picture", async () => {
    await sends("picture", "Our garden in *spring*");
    await expecting("the picture on the phone itself", () => own("Our garden in spring").locator("img").waitFor({ timeout: patience }));
    await seen("what was sent, in Teams", "Picture · 960 × 600");
    const card = chat("Picture · 960 × 600");
    await drawn(card);
    await expecting("the whole card to be in sight", () => button(card, "Original").scrollIntoViewIfNeeded({ timeout: patience }));
    await holds("the caption on the card", async () => (await card.innerText()).includes("Our garden in spring") || (await card.innerText()));
    await picture("02-received");
    await opens(card, "Original", async (tab) => {
      await expecting("the original in full size", () => tab.waitForFunction(() => document.images[0]?.naturalWidth === 960, null, { timeout: patience }));
      await lookHere(tab, "02-original");
      await downloads(tab, "picture.jpg", [0xff, 0xd8, 0xff]);
    });
  }],

  ["03-voice", async () => {
    await sends("voice");
    await expecting("the voice note on the phone itself", () => own("Voice message").waitFor({ timeout: patience }));
    await seen("the voice note with its length", "Voice message · 0:02");
    await opens(chat("Voice message · 0:02"), "Play", async (tab) => {
      await expecting("the voice note to play", async () => {
        await tab.locator("audio").evaluate((player) => { player.muted = true; return player.play(); });
        await tab.waitForFunction(() => document.querySelector("audio").currentTime > 0.2, null, { timeout: patience });
      });
      await lookHere(tab, "03-play");
    });
  }],

  ["04-document", async () => {
    await sends("document");
    await seen("the document with its name", "Document · offer.pdf");
    await opens(chat("Document · offer.pdf"), "Open", async (tab) => {
      await lookHere(tab, "04-open");
      await downloads(tab, "offer.pdf", "%PDF-1.4");
    });
    await sends("sticker");
    await seen("the sticker", "Sticker · 512 × 512");
    await drawn(chat("Sticker · 512 × 512"));
  }],

  ["05-place", async () => {
    await sends("place");
    await expecting("the place on the phone itself", () => own("Museu de Arte").waitFor({ timeout: patience }));
    await seen("the place in Teams", "Museu de Arte, Avenida Paulista 1578");
    await holds("a way to a map", async () => (await chat("Museu de Arte").getByRole("link").count()) === 1 || (await chat("Museu de Arte").innerText()));
  }],

  ["06-from-this-computer", async () => {
    await page.getByTestId("phone-attach-open").press("Enter");
    const chooser = page.waitForEvent("filechooser", { timeout: patience });
    await page.getByTestId("phone-attach-choose").click();
    await (await chooser).setFiles({ name: "list.txt", mimeType: "text/plain", buffer: Buffer.from("one\ntwo\n") });
    await seen("the chosen file in Teams", "Document · list.txt");
    await page.getByTestId("phone-attach-open").press("Enter");
    await expecting("the samples to be offered", () => page.locator("#phone-attach button:focus").waitFor({ timeout: patience }));
    await pictureAll("06-phone-samples");
    await page.setViewportSize({ width: 320, height: 800 });
    await page.locator("#phone-attach").scrollIntoViewIfNeeded();
    await lookHere(page, "06-samples");
    await page.setViewportSize(wide);
    await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
    await page.getByTestId("phone-attach-picture").press("Escape");
  }],

  ["07-reaction", async () => {
    await writes("Did the papers reach you?");
    await arrives("the question", "Did the papers reach you?");
    await reacts(bubble("Did the papers reach you?"), "Thumbs up");
    await seen("the reaction in Teams, with what it is about", "Did the papers reach you?”");
    await tool(bubble("Did the papers reach you?"), "React");
    await pictureAll("07-reactions");
    await bubble("Did the papers reach you?").locator(".reaction").first().press("Escape");
  }],

  ["08-quote", async () => {
    await tool(bubble("Did the papers reach you?"), "Reply");
    await page.getByTestId("phone-composer").fill("Yes, this morning.");
    await page.getByTestId("phone-composer").press("Enter");
    await expecting("the quote on the phone itself", () => own("Yes, this morning.").locator("blockquote").waitFor({ timeout: patience }));
    await seen("the answer in Teams", "Yes, this morning.");
    await tool(chat("Yes, this morning."), "Quote");
    await writes("Good, then sign page three.");
    await arrives("the quoted answer on the phone", "Good, then sign page three.");
  }],

  ["09-edit", async () => {
    await page.getByTestId("phone-composer").fill("I come at nine.");
    await page.getByTestId("phone-composer").press("Enter");
    await seen("the text before", "I come at nine.");
    await tool(own("I come at nine."), "Edit");
    await expecting("the text to stand in the box again", () => page.locator("#phone-quote:not([hidden])").waitFor({ timeout: patience }));
    await page.getByTestId("phone-composer").fill("I come at ten.");
    await page.getByTestId("phone-composer").press("Enter");
    await expecting("the phone to say that it was changed", () => own("I come at ten.").getByText("Edited").waitFor({ timeout: patience }));
    await seen("the change in Teams", "I come at ten.");
    await tool(own("I come at ten."), "Delete");
    await expecting("the phone to say that it is deleted", () => own("You deleted this message.").waitFor({ timeout: patience }));
    await seen("the deletion in Teams", "Deleted");
  }],

  ["10-sent", async () => {
    await posts("sample", "This is the house.");
    await seen("how it will leave", `Send this file to ${MARIA}?`);
    const card = chat(`Send this file to ${MARIA}?`);
    await drawn(card);
    await pictureAll("10-before");
    await holds("nothing on the phone before Send", async () => (await bubble("This is the house.").count()) === 0 || "it left");
    await presses(card, "Send");
    await arrives("the picture with its words", "This is the house.");
    await drawn(bubble("This is the house."));
    await seen("that it was sent", "Ana Souza sent this");
    await posts("voice");
    await seen("how the recording will leave", "Voice message");
    await presses(chat(`Send this file to ${MARIA}?`), "Send");
    await arrives("the voice message", "Voice message");
    await posts("document");
    await presses(chat(`Send this file to ${MARIA}?`), "Cancel");
    await seen("that it was not sent", "Ana Souza did not send this");
    await holds("no document on the phone", async () => (await bubble("offer.pdf").count()) === 0 || "it left");
  }],

  ["11-pasted", async () => {
    await page.getByTestId("composer").fill("And the garden.");
    await page.getByTestId("composer").evaluate(async (box) => {
      const canvas = document.createElement("canvas");
      Object.assign(canvas, { width: 200, height: 120 });
      const draw = canvas.getContext("2d");
      draw.fillStyle = "#6aa84f";
      draw.fillRect(0, 0, 200, 120);
      const blob = await new Promise((done) => canvas.toBlob(done, "image/png"));
      const clipboardData = new DataTransfer();
      clipboardData.items.add(new File([blob], "image.png", { type: "image/png" }));
      box.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
    });
    await expecting("the pasted picture above the compose box", () => page.getByTestId("attached").getByText("Pasted picture").waitFor({ timeout: patience }));
    await page.getByTestId("composer").press("Enter");
    await seen("how it will leave", `Send this file to ${MARIA}?`);
    await presses(chat(`Send this file to ${MARIA}?`), "Send");
    await arrives("the pasted picture", "And the garden.");
    await drawn(bubble("And the garden."));
  }],
];

await play("files", files, 240_000);
