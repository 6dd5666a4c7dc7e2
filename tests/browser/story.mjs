// Walks the whole story in the demo's page by clicking and typing, like two colleagues and a client would.
//
// lib/stage.mjs says how a walk is played. Screenshots: target/screenshots/story.

import {
  advance, answers, arrives, bubble, button, chat, complain, expecting, gone, input, page, patience, phoneTexts, picture, pictureAll, play, presses, seen, threadCard, ticks,
  windowSays, writes,
} from "./lib/stage.mjs";

const story = [
  ["01-welcome", async () => {
    await seen("a welcome for Ana", "Welcome to switchboard, Ana Souza");
    await expecting("four colleagues and five clients to choose from", async () => {
      if ((await page.locator("#teams-users button").count()) !== 4) throw new Error("not four colleagues");
      if ((await page.locator("#phone-clients button").count()) !== 5) throw new Error("not five clients");
    });
    await windowSays("not opened yet");
  }],

  ["02-request", async () => {
    await writes("new");
    await seen("a card to add a contact", "Add a contact");
    const card = chat("Add a contact");
    // What is wrong is said at the input, and what was typed stays.
    await input(card, "Name").fill("Maria Oliveira");
    await input(card, "Phone number").fill("12345");
    await presses(card, "Add contact");
    await seen("an error below the phone number", "Enter the phone number with + and country code.");
    const again = chat("Add a contact");
    await expecting("the name that was typed to be kept", async () => {
      if ((await input(again, "Name").inputValue()) !== "Maria Oliveira") throw new Error("the name is gone");
    });
    await input(again, "Phone number").fill("+55 11 98765-4321");
    await presses(again, "Add contact");
    await seen("Maria's contact card", "Not asked yet");
    await presses(chat("Not asked yet"), "Message on WhatsApp");
    await seen("the question on what basis she is contacted (T-00)", "We will ask first, in Northwind Bank's name");
    const asked = chat("We will ask first");
    await presses(asked, "Send request");
    await expecting("no request without a basis", () => asked.getByText("Choose on what basis you contact this person.").first().waitFor({ timeout: patience }));
    await expecting("the basis to choose", () => asked.getByLabel("We met in person").check());
    await presses(asked, "Send request");
    await seen("a receipt", "Request sent.");
    await expecting("the receipt to have no button", async () => {
      if ((await chat("Request sent.").getByTestId("card-action").count()) > 0) throw new Error("it still has one");
    });
    await threadCard("Asked, no answer yet");
    await arrives("the request on Maria's phone", "Hello, this is Ana Souza from Northwind Bank. May we message you here on WhatsApp?");
    await ticks("May we message you", "Delivered");
    // Nothing reaches the client before she agreed; the text is handed back.
    await writes("Are you there?");
    await seen("an explanation that a request is waiting (T-07)", "A request has been waiting since");
  }],

  ["03-yes", async () => {
    await presses(bubble("May we message you"), "Yes");
    await arrives("a confirmation on the phone (K-02)", "Thank you. You can now chat with Ana Souza at Northwind Bank here.");
    await seen("the news that Maria accepted (T-04)", "Maria Oliveira accepted. You can write freely until");
    await threadCard("You can write until");
    await windowSays("open,");
    await expecting("the refused text to have stayed in Teams", async () => {
      if ((await phoneTexts()).some((text) => text.includes("Are you there?"))) throw new Error("it went out");
    });
  }],

  ["04-chat", async () => {
    await expecting("the chat to be open on the phone", () => page.getByTestId("phone-open").click({ timeout: patience }));
    for (const text of ["Good morning, Maria.", "Your contract is **ready**.", "When may I call you?"]) await writes(text);
    await arrives("the third text on the phone", "When may I call you?");
    await expecting("the texts in the order they were written", async () => {
      const texts = (await phoneTexts()).slice(-3);
      if (texts.join("|") !== "Good morning, Maria.|Your contract is ready.|When may I call you?") throw new Error(texts.join("|"));
    });
    await expecting("bold to stay bold", () => bubble("Your contract is").locator("strong", { hasText: "ready" }).waitFor({ timeout: patience }));
    await ticks("When may I call you?", "Read");
    await threadCard("Read");
    // What the card's buttons lead to stands below it: the card itself goes on telling how the conversation stands.
    await presses(chat("Delivery"), "History");
    await expecting("the history in a message of its own", () => chat().getByText("You can reply STOP at any time.").first().waitFor());
    await seen("the conversation's card to stay", "Delivery");
    await answers("Good morning, Ana.");
    await answers("Tomorrow at ten is *fine*.");
    await seen("Maria's second text in Teams", "Tomorrow at ten is fine.");
    await expecting("her texts in the order they were written", async () => {
      const texts = await page.locator("[data-testid=chat-item][data-from=bot] .html").allInnerTexts();
      if (texts.slice(-2).join("|") !== "Maria Oliveira: Good morning, Ana.|Maria Oliveira: Tomorrow at ten is fine.") throw new Error(texts.join("|"));
    });
  }],

  ["05-fault", async () => {
    await page.getByTestId("faults").click();
    await page.getByTestId("fault-429").click();
    await expecting("the fault to be on", () => page.locator("#fault-429[aria-pressed=true]").waitFor({ timeout: patience }));
    await writes("This one meets a busy WhatsApp.");
    await arrives("the message in spite of the 429", "This one meets a busy WhatsApp.");
    await expecting("the fault to have struck once and gone", () => page.locator("#fault-429[aria-pressed=false]").waitFor({ timeout: patience }));
    await expecting("the message on the phone only once", async () => {
      const copies = (await phoneTexts()).filter((text) => text.includes("busy WhatsApp")).length;
      if (copies !== 1) throw new Error(`${copies} times`);
    });
    await picture("05-faults");
    await page.getByTestId("faults").click();
  }],

  ["06-held", async () => {
    await advance(25);
    await windowSays("closed");
    await threadCard("Window closed since");
    await writes("The papers are signed.");
    await seen("the message to be held (T-21)", "goes out as soon as Maria Oliveira writes");
    await threadCard("1 message waits for the client to write.");
    await expecting("nothing on the phone", async () => {
      if ((await phoneTexts()).some((text) => text.includes("papers"))) throw new Error("the held message went out");
    });
  }],

  ["07-template", async () => {
    await presses(chat("goes out as soon as"), "Choose template");
    await seen("the templates", "appointment_reminder");
    const picker = chat("appointment_reminder");
    await input(picker, "Find by name or text").fill("appoint");
    await presses(picker, "Search");
    await gone("the search to leave only what fits", picker.getByText("office_hours"));
    await presses(picker, "Choose");
    await seen("inputs for the template's variables", "Value 1");
    const form = chat("Value 1");
    await input(form, "Value 1").fill("Maria");
    await input(form, "Value 2").fill("Monday");
    await presses(form, "Preview");
    await expecting("an error at the empty variable", () => form.getByText("Enter a value.").first().waitFor({ timeout: patience }));
    await input(form, "Value 3").fill("10:00");
    await presses(form, "Preview");
    await seen("the exact preview", "Hello Maria, this is a reminder of your appointment on Monday at 10:00.");
    const preview = chat("Nothing has been sent yet");
    await expecting("the preview not to be on the phone", async () => {
      if ((await phoneTexts()).some((text) => text.includes("reminder"))) throw new Error("choosing has sent it");
    });
    // By keyboard alone: from the field above on, Tab to Send, then Enter.
    await page.locator("#chat").focus();
    const titles = [];
    for (let presses = 0; presses < 150; presses += 1) {
      await page.keyboard.press("Tab");
      const at = await page.evaluate(() => ({ title: document.activeElement?.textContent, card: Boolean(document.activeElement?.closest(".card")), ring: getComputedStyle(document.activeElement).outlineStyle }));
      titles.push(at.title);
      if (at.card && at.title === "Send") {
        if (at.ring === "none") complain("the focused button shows no ring");
        break;
      }
    }
    await expecting("Tab to reach the card's Send button", () => {
      if (titles.at(-1) !== "Send") throw new Error(`it reached ${titles.slice(-5)}`);
    });
    await page.keyboard.press("Enter");
    await seen("a receipt", "Template sent.");
    await gone("the preview's buttons to be gone", preview.getByTestId("card-action"));
    await arrives("the template on the phone", "this is a reminder of your appointment on Monday at 10:00.");
    await expecting("the held message to wait on", async () => {
      if ((await phoneTexts()).some((text) => text.includes("papers"))) throw new Error("a template has released it");
    });
  }],

  ["07-compose-box", async () => {
    // The message extension, with the keyboard alone: what is chosen stands in the compose box, and goes into the chat only.
    const before = (await phoneTexts()).length;
    await page.getByTestId("extension-open").press("Enter");
    const found = page.getByTestId("extension-results");
    await expecting("the templates without anything typed", () => found.getByRole("option", { name: "order_update" }).waitFor({ timeout: patience }));
    const search = page.getByTestId("extension-search");
    await search.fill("open monday");
    await expecting("only what holds these words", () => found.getByRole("option", { name: "order_update" }).waitFor({ state: "detached", timeout: patience }));
    await search.press("ArrowDown");
    await expecting("the first one to be marked", () => found.locator("[role=option][aria-selected=true]", { hasText: "office_hours" }).waitFor({ timeout: patience }));
    await pictureAll("07-compose-box-results");
    await search.press("Enter");
    await expecting("the card in the compose box", () => page.getByTestId("placed").getByText("Nothing has been sent.").first().waitFor({ timeout: patience }));
    await pictureAll("07-compose-box-chosen");
    await page.getByTestId("composer").press("Enter");
    await seen("the card in the chat", "We are open Monday to Friday, 9:00 to 18:00.");
    await presses(chat("We are open Monday to Friday"), "Preview");
    await seen("the exact preview, in a message of the bot's", "This is exactly what the client will see.");
    await seen("the card to become a receipt", "Continued in the message below.");
    await expecting("nothing new on the phone", async () => {
      if ((await phoneTexts()).length !== before) throw new Error("something went out");
    });
  }],

  ["08-released", async () => {
    await presses(bubble("this is a reminder"), "Confirm");
    await arrives("the held message", "The papers are signed.");
    await seen("Maria's answer in Teams", "Maria Oliveira: Confirm");
    await seen("the news that it was sent (T-23)", "Maria Oliveira is back. 1 held message sent.");
    await windowSays("open,");
  }],

  ["09-colleague", async () => {
    await expecting("Ben to be chosen", () => page.getByTestId("teams-user-1").click({ timeout: patience }));
    await seen("Ben's own chat", "Welcome to switchboard, Ben Okafor");
    await expecting("nothing of Ana's client in Ben's chat", async () => {
      if ((await page.locator("[data-testid=chat-item]").filter({ hasText: "Maria" }).count()) > 0) throw new Error("Maria is there");
    });
    await writes("new");
    await seen("a card to choose a contact", "New conversation");
    const card = chat("New conversation");
    // Found by typing, with the keyboard alone.
    const contact = card.getByRole("combobox", { name: "Choose a contact" });
    await contact.fill("oliv");
    await expecting("Maria among the contacts", () => card.getByRole("option", { name: "Maria Oliveira · +55 11 98765-4321" }).waitFor({ timeout: patience }));
    await contact.press("ArrowDown");
    await contact.press("Enter");
    await presses(card, "Open");
    await expecting("Maria's contact card", () => button(chat(), "Message on WhatsApp").waitFor({ timeout: patience }));
    await presses(chat(), "Message on WhatsApp");
    await seen("the client to belong to Ana (T-10)", "already messaging with another colleague in your line of business");
  }],

  ["10-stop", async () => {
    await expecting("Ana to be chosen", () => page.getByTestId("teams-user-0").click({ timeout: patience }));
    await answers("Stop.");
    await arrives("how to come back (K-03)", "You will get no more messages from Northwind Bank on WhatsApp.");
    await seen("the news that writing is closed (T-08)", "Maria Oliveira asked to stop.");
    await threadCard("Writing is closed until they write to you.");
    await writes("One more thing …");
    await expecting("the text to be handed back", () => chat("One more thing …").getByText("Your text:").waitFor({ timeout: patience }));
    await expecting("nothing on the phone after STOP", async () => {
      if ((await phoneTexts()).some((text) => text.includes("One more thing"))) throw new Error("it went out");
    });
  }],

  ["11-journal", async () => {
    const rows = page.getByTestId("journal-row");
    const words = ["Asked Maria Oliveira for consent", "agreed", "Wrote “Good morning, Ana.”", "Held for", "template “Your appointment", "asked to stop"];
    await expecting("the journal to tell the story", async () => {
      await rows.filter({ hasText: "asked to stop" }).first().waitFor({ timeout: patience });
      const all = (await rows.allInnerTexts()).join("\n");
      const missing = words.filter((word) => !all.includes(word));
      if (missing.length > 0) throw new Error(`missing: ${missing}`);
      if (/[{}]/.test(all)) throw new Error("a row shows raw JSON");
    });
    const numbers = (await rows.locator("td.number").allInnerTexts()).map(Number);
    await expecting("the newest row first", () => {
      if (!numbers.every((number, at) => at === 0 || number < numbers[at - 1])) throw new Error(numbers.join());
    });
  }],
];

await play("story", story, 150_000);
