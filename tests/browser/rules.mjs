// Walks the rules in the demo's page: who may be written to, when, with what, and why not. Three colleagues, two clients, two
// languages, four days.
//
// lib/stage.mjs says how a walk is played. Screenshots: target/screenshots/rules.

import {
  advance, answers, arrives, arrivesAgain, bubble, button, chat, client, colleague, expecting, gone, holds, input, notOnPhone, page, patience, phoneTexts, pictureAll, play, presses, seen,
  threadCard, ticks, windowSays, writes,
} from "./lib/stage.mjs";

const [ANA, BEN, EVA] = [[0, "Ana"], [1, "Ben"], [2, "Eva"]];
const [TOM, JONAS] = [[1, "Tom"], [3, "Jonas"]];

/** Adds a contact and sends them the request for consent. */
async function asks(name, phone) {
  await writes("new");
  await seen("a card to add a contact", "Add a contact");
  const card = chat("Add a contact");
  await input(card, "Name").fill(name);
  await input(card, "Phone number").fill(phone);
  // Who writes for several lines says for which.
  const line = input(card, "Service Desk");
  if ((await line.count()) > 0) await line.check();
  await presses(card, "Add contact");
  await seen(`${name}'s contact card`, "Not asked yet");
  await presses(chat("Not asked yet"), "Message on WhatsApp");
  await seen("the question on what basis (T-00)", "We will ask first");
  const asked = chat("We will ask first");
  await expecting("the basis to choose", () => asked.getByLabel("There is a contract").check());
  await presses(asked, "Send request");
  await seen("a receipt", "Request sent.");
}

/** How many buttons an item of the chat offers with one of these titles, in the overflow as well. */
const offers = async (item, ...titles) => (await item.getByTestId("card-action").allTextContents()).filter((title) => titles.includes(title)).length;

const rules = [
  ["01-decline", async () => {
    await seen("a welcome for Ana", "Welcome to switchboard, Ana Souza");
    await asks("Tom Becker", "+49 1511 2345678");
    await client(...TOM);
    await arrives("the request on Tom's phone", "May we message you here on WhatsApp?");
    await presses(bubble("May we message you"), "No");
    await arrives("how to change one's mind (K-03)", "You will get no more messages from Northwind Bank on WhatsApp.");
    await seen("the news that Tom declined (T-06)", "Tom Becker declined your request. You cannot send another one.");
    await threadCard("Declined WhatsApp messages");
    // No entrance leads to a second request: not a text, not the contact.
    await writes("Are you sure?");
    await expecting("the text to be handed back", () => chat("Are you sure?").getByText("Your text:").waitFor({ timeout: patience }));
    await holds("no way to ask again on it", async () => (await offers(chat("Are you sure?"), "Send request", "Send again")) === 0 || "there is one");
    await writes("contacts");
    await seen("the contacts", "Find by name or number");
    await presses(chat("Find by name or number"), "Open");
    await expecting("Tom's contact card", () => button(chat(), "Message on WhatsApp").waitFor({ timeout: patience }));
    await presses(chat(), "Message on WhatsApp");
    await gone("the contact card to answer", button(chat(), "Message on WhatsApp"));
    await expecting("the same answer there (T-06)", () => chat().getByText("You cannot send another one").first().waitFor({ timeout: patience }));
    await holds("no request to be offered", async () => (await offers(chat(), "Send request", "Send again")) === 0 || "there is one");
    await holds("one request on the phone", async () => (await phoneTexts()).filter((text) => text.includes("May we message you")).length === 1 || "there are more");
  }],

  ["02-why-refused", async () => {
    const refused = chat("Are you sure?");
    await presses(refused, "Why?");
    await seen("the rule that refused", "Rule 5: The client had declined messages or asked us to stop.");
    const why = chat("Rule 5:");
    await expecting("the facts it looked at", () => why.getByText("Declined WhatsApp messages").first().waitFor({ timeout: patience }));
    await expecting("the text it is about", () => why.getByText("Are you sure?").first().waitFor({ timeout: patience }));
  }],

  ["03-recovery", async () => {
    // Who writes within ten minutes of a request is not asked again at once.
    await advance(1);
    await answers("Sorry, I pressed the wrong button.");
    await arrivesAgain("the request once more, as a message with buttons", "May we message you here on WhatsApp?", 2);
    await seen("what Tom wrote, marked", "Written before they agreed");
    await expecting("the second request to have buttons", () => bubble("May we message you").getByRole("button", { name: "Yes", exact: true }).waitFor({ timeout: patience }));
    await presses(bubble("May we message you"), "Yes");
    await arrives("a confirmation (K-02)", "Thank you. You can now chat with Ana Souza at Northwind Bank here.");
    await seen("the news that Tom accepted (T-04)", "Tom Becker accepted. You can write freely until");
    await writes("Welcome back, Tom.");
    await arrives("Ana's text", "Welcome back, Tom.");
    await notOnPhone("the refused text to have stayed in Teams", "Are you sure?");
  }],

  ["04-help-open", async () => {
    await writes("help");
    await seen("whether one may write", "You can write to Tom Becker now.");
    const help = chat("You can write to Tom Becker now.");
    await expecting("why", () => help.getByText("The client agreed, and the 24-hour window is open.").waitFor({ timeout: patience }));
    await expecting("what a text costs", () => help.getByText(/A text is free/).first().waitFor({ timeout: patience }));
    await holds("the commands below", async () => (await help.innerText()).includes("A note for colleagues: never sent to the client") || (await help.innerText()));
  }],

  ["05-german", async () => {
    await colleague(...EVA);
    await seen("a welcome for Eva", "Welcome to switchboard, Eva Lang");
    await asks("Jonas Weber", "+49 176 22334455");
    await client(...JONAS);
    await arrives("the request in German", "Guten Tag, hier ist Eva Lang von Northwind Service. Dürfen wir Ihnen hier auf WhatsApp schreiben?");
    for (const title of ["Ja", "Nein"]) {
      await expecting(`a button ${title}`, () => bubble("Dürfen wir").getByRole("button", { name: title, exact: true }).waitFor({ timeout: patience }));
    }
    await answers("Ja!");
    await arrives("the confirmation in German (K-02)", "Vielen Dank. Sie können jetzt hier mit Eva Lang von Northwind Service schreiben.");
    await seen("the news that Jonas accepted", "Jonas Weber accepted. You can write freely until");
    await answers("Hilfe");
    await arrives("help in German (K-13)", "Northwind Service: Mit STOP beenden Sie Nachrichten, mit START geht es weiter.");
    await writes("Guten Tag, Herr Weber.");
    await arrives("Eva's text", "Guten Tag, Herr Weber.");
  }],

  ["06-nudge", async () => {
    await advance(25);
    await windowSays("closed");
    await writes("help");
    await seen("whether one may write now", "What you write now is held until Jonas Weber writes, and a template asks Jonas Weber to.");
    await expecting("what the template costs", () => chat("What you write now is held").getByText(/is charged as utility/).first().waitFor({ timeout: patience }));
    await writes("Ihr Gerät ist fertig.");
    await seen("the message to be held (T-21)", "goes out as soon as Jonas Weber writes");
    await arrives("the German nudge (K-22)", "Eva Lang von Northwind Service hat eine Nachricht für Sie. Antworten Sie hier, um sie zu lesen.");
    await notOnPhone("the held text to wait", "Ihr Gerät");
    await threadCard("1 message waits for the client to write.");
    await presses(chat("goes out as soon as Jonas Weber writes"), "Why?");
    await seen("the rule that held it", "Rule 11: The 24-hour window was closed");
    await expecting("the line's policy", () => chat("Rule 11:").getByText("Hold messages when the window is closed, and ask the client to write").waitFor({ timeout: patience }));
    await pictureAll("06-why-held", { scrolled: true });
    await presses(chat("Rule 11:"), "Back");
    await seen("the held message again", "goes out as soon as Jonas Weber writes");
  }],

  ["07-nudge-answered", async () => {
    await answers("Worum geht es?");
    await arrives("the held text", "Ihr Gerät ist fertig.");
    await seen("the news that it was sent (T-23)", "Jonas Weber is back. 1 held message sent.");
    await holds("one nudge only", async () => (await phoneTexts()).filter((text) => text.includes("hat eine Nachricht")).length === 1 || "more than one");
  }],

  ["08-stopp", async () => {
    await answers("Stopp.");
    await arrives("how to come back, in German (K-03)", "Sie erhalten keine Nachrichten von Northwind Service mehr auf WhatsApp.");
    await seen("the news that writing is closed (T-08)", "Jonas Weber asked to stop. Writing is closed.");
    await writes("Eine Frage noch …");
    await expecting("the text to be handed back", () => chat("Eine Frage noch …").getByText("Your text:").waitFor({ timeout: patience }));
    await notOnPhone("nothing on the phone after STOPP", "Eine Frage");
  }],

  ["09-held-edit", async () => {
    await colleague(...ANA);
    await client(...TOM);
    await windowSays("closed");
    await writes("We meet on Tuesday at nine.");
    await expecting("the first message to be held", () => chat("goes out as soon as Tom Becker writes").getByText("We meet on Tuesday at nine.").waitFor({ timeout: patience }));
    await writes("Please bring your passport.");
    await threadCard("2 messages wait for the client to write.");
    await writes("held");
    await seen("the held messages", "Held messages");
    await holds("both in the list, in order", async () => {
      const words = await chat("Held messages").innerText();
      return (words.indexOf("Tuesday") > 0 && words.indexOf("Tuesday") < words.indexOf("passport")) || words;
    });
    await pictureAll("09-held-list");
    await presses(chat("Held messages"), "Open");
    await gone("the list to become the message", chat().getByText("Held messages"));
    await presses(chat(), "Edit");
    await expecting("the text in an input", () => input(chat(), "Message").waitFor({ timeout: patience }));
    await input(chat(), "Message").fill("");
    await presses(chat(), "Save");
    await expecting("an error at the empty text", () => chat().getByText("Enter a message.").first().waitFor({ timeout: patience }));
    await input(chat(), "Message").fill("We meet on Wednesday at nine.");
    await presses(chat(), "Save");
    await seen("the changed message to be held", "We meet on Wednesday at nine.");
  }],

  ["10-held-withdraw", async () => {
    // From the conversation's card: what its Held leads to stands below it.
    await presses(chat("2 messages wait"), "Held");
    await seen("the held messages of this conversation", "expires");
    await expecting("the second to withdraw", () => chat().getByRole("button", { name: "Withdraw" }).nth(1).click({ timeout: patience }));
    await seen("a receipt", "Withdrawn");
    await threadCard("1 message waits for the client to write.");
    await advance(25);
    await answers("Hello, I am back.");
    await arrives("the changed text", "We meet on Wednesday at nine.");
    await holds("the day it was written to stand below it", async () => /\(written .+\)/.test(await bubble("We meet on Wednesday").innerText()) || (await bubble("We meet").innerText()));
    await notOnPhone("the text as it was before to be nowhere", "Tuesday");
    await notOnPhone("the withdrawn text to be nowhere", "passport");
    await seen("the news that one was sent", "Tom Becker is back. 1 held message sent.");
  }],

  ["11-file", async () => {
    // By keyboard alone: the clip, the sample, Send.
    await page.getByTestId("attach-open").press("Enter");
    await expecting("the sample to have the focus", () => page.locator("[data-testid=attach-sample]:focus").waitFor({ timeout: patience }));
    await pictureAll("11-attach");
    await page.getByTestId("attach-sample").press("Enter");
    await expecting("the file above the compose box", () => page.getByTestId("attached").getByText("our-house.png").waitFor({ timeout: patience }));
    await pictureAll("11-attached");
    await page.getByTestId("composer").press("Enter");
    await seen("the file in the chat", "our-house.png");
    await gone("the compose box to be empty again", page.getByTestId("attached-remove"));
    await seen("how it will leave", "Send this file to Tom Becker?");
    await holds("nothing of it on the phone", async () => (await page.locator("#phone img").count()) === 0 || "a picture is there");
  }],

  ["12-picture-template", async () => {
    await writes("templates");
    await seen("the templates", "Find by name or text");
    for (const name of ["office_hours", "order_update"]) {
      await expecting(`${name} among them`, () => chat("Find by name or text").getByText(name).first().waitFor({ timeout: patience }));
    }
    await input(chat("Find by name or text"), "Find by name or text").fill("look forward");
    await presses(chat("Find by name or text"), "Search");
    await gone("the search to leave only what fits", chat("Find by name or text").getByText("office_hours"));
    await presses(chat("visit_picture"), "Choose");
    await seen("inputs for the picture and the variable", "First name");
    const form = chat("This template begins with a picture");
    await holds("the name to be filled in", async () => (await input(form, "First name").inputValue()) === "Tom" || "it is not");
    await holds("the text with it", async () => (await form.innerText()).includes("Dear Tom, this is our house.") || (await form.innerText()));
    await presses(form, "Preview");
    await expecting("an error without a file", () => chat().getByText("Choose a file or enter a link.").waitFor({ timeout: patience }));
    await expecting("the file to choose", () => chat().getByLabel("our-house.png").check());
    await pictureAll("12-picture-form");
    await presses(chat(), "Preview");
    await seen("the exact preview", "Dear Tom, this is our house. We look forward to your visit.");
    await expecting("the file's name in it", () => chat("Nothing has been sent yet").getByText(/our-house\.png, \d+ KB/).waitFor({ timeout: patience }));
    await notOnPhone("the preview to be in Teams only", "this is our house");
    await pictureAll("12-picture-preview");
    await presses(chat("Nothing has been sent yet"), "Send");
    await seen("a receipt", "Template sent.");
    await arrives("the text on the phone", "Dear Tom, this is our house.");
    await expecting("the picture above it", async () => {
      const shown = bubble("this is our house").locator("img");
      await shown.waitFor({ timeout: patience });
      if ((await shown.evaluate((picture) => picture.naturalWidth)) !== 480) throw new Error("it is another picture");
    });
    await ticks("this is our house", "Delivered");
    await presses(bubble("this is our house"), "I will come");
    await seen("Tom's answer", "Tom Becker: I will come");
  }],

  ["13-compose-box", async () => {
    const before = (await phoneTexts()).length;
    await page.getByTestId("extension-open").click();
    const found = page.getByTestId("extension-results");
    await expecting("templates without anything typed", () => found.getByRole("option", { name: "order_update" }).waitFor({ timeout: patience }));
    await page.getByTestId("extension-search").fill("hours");
    await expecting("the one that fits", () => found.getByRole("option", { name: "office_hours" }).waitFor({ timeout: patience }));
    await gone("the others to go", found.getByRole("option", { name: "order_update" }));
    await expecting("it to choose", () => found.getByRole("option", { name: "office_hours" }).click({ timeout: patience }));
    await expecting("it in the compose box", () => page.getByTestId("placed").getByText("We are open Monday to Friday").first().waitFor({ timeout: patience }));
    await page.getByTestId("send").click();
    await seen("it in the chat", "Nothing has been sent.");
    await presses(chat("Nothing has been sent."), "Preview");
    await seen("the exact preview", "This is exactly what the client will see.");
    await holds("nothing new on the phone", async () => (await phoneTexts()).length === before || "something went out");
    await presses(chat("This is exactly what the client will see."), "Send");
    await arrives("the template, after Send", "We are open Monday to Friday, 9:00 to 18:00.");
    await answers("Good to know.");
    await seen("Tom's answer", "Tom Becker: Good to know.");
  }],

  ["14-news", async () => {
    await page.getByTestId("faults").click();
    await page.getByTestId("news-what").selectOption("Template paused");
    await page.getByTestId("news-template").selectOption({ label: "order_update (en_US), approved" });
    await page.getByTestId("news-send").click();
    await colleague(...BEN);
    await seen("the news, to Ben who administers", "WhatsApp paused the template order_update.");
    await expecting("what to do", () => chat("WhatsApp paused").getByText(/Reword it, or send it to fewer people/).waitFor({ timeout: patience }));
    await pictureAll("14-news-form");
    await page.getByTestId("faults").click();
    await colleague(...ANA);
    await holds("nothing of it in Ana's chat", async () => (await chat("WhatsApp paused").count()) === 0 || "it is there");
    await writes("templates");
    await seen("the templates", "Find by name or text");
    await holds("the paused one not to be offered", async () => !(await chat("Find by name or text").innerText()).includes("order_update") || "it is there");
  }],

  ["15-own-words", async () => {
    await answers("My sister says you are kind. Please stop writing to me at night.");
    await seen("the question whether this is an opt-out (T-09)", "Tom Becker may be asking to stop. Please decide by");
    const asked = chat("may be asking to stop. Please decide by");
    await holds("the date to decide by", async () => /decide by \w{3} \d{1,2} \w{3}/.test(await asked.innerText()) || (await asked.innerText()));
    await holds("both decisions", async () => (await offers(asked, "Record opt-out", "Not an opt-out")) === 2 || "not both");
    await threadCard("May be asking to stop. Decide by");
    await pictureAll("15-asked");
    await presses(asked, "Not an opt-out");
    await seen("what was decided", "Not an opt-out.");
    await writes("Of course, only by day.");
    await arrives("the conversation to go on", "Of course, only by day.");
  }],

  ["16-opt-out", async () => {
    await answers("No. Please stop writing to me.");
    await seen("the question again", "Tom Becker may be asking to stop. Please decide by");
    await presses(chat("may be asking to stop. Please decide by"), "Record opt-out");
    await seen("what was decided", "Opt-out recorded.");
    await arrivesAgain("how to come back once more (K-03)", "You will get no more messages from Northwind Bank on WhatsApp.", 2);
    await seen("the news that writing is closed (T-08)", "Tom Becker asked to stop. Writing is closed.");
    await threadCard("Writing is closed until they write to you.");
  }],
];

await play("rules", rules, 240_000);
