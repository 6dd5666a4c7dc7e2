// Walks what colleagues do together with one client, in the demo's page: they take, add, remove, leave, hand over, end, and talk with the
// client from a channel and from a group chat, and stand in for who is away.
//
// lib/stage.mjs says how a walk is played. Screenshots: target/screenshots/colleagues.

import {
  answers, arrives, arrivesAgain, bubble, button, chat, client, colleague, expecting, gone, holds, input, notOnPhone, page, patience, phoneTexts, pictureAll, play, presses, seen, threadCard, writes,
} from "./lib/stage.mjs";

const [ANA, BEN, EVA, CARO] = [[0, "Ana"], [1, "Ben"], [2, "Eva"], [3, "Carolina"]];
const [MARIA, TOM, LENA] = [[0, "Maria"], [1, "Tom"], [4, "Lena"]];

const items = () => page.locator("[data-testid=chat-item]");
const nothingOf = (text) => holds(`nothing of “${text}”`, async () => (await items().filter({ hasText: text }).count()) === 0 || "it is there");
const offersNo = (item, title) => holds(`no button ${title}`, async () => (await item.getByRole("button", { name: title, exact: true }).count()) === 0 || "there is one");
const thread = () => chat("You can write until");
/** Opens the colleagues of the conversation, as a card of its own. */
async function details() {
  const before = await items().count();
  await writes("details");
  await expecting("the conversation's colleagues", () => items().nth(before + 1).filter({ hasText: "Since " }).waitFor({ timeout: patience }));
  return items().nth(before + 1);
}

const places = () => page.locator("#places li");
const goes = (name) => expecting(`the conversation ${name} to be chosen`, () => places().filter({ hasText: name }).getByRole("button").click({ timeout: patience }));
const begins = (what, text) =>
  expecting(`a ${what} to be begun`, async () => {
    await chat(text).hover();
    await chat(text).getByRole("button", { name: new RegExp(`^${what}`) }).click({ timeout: patience });
  });
const replies = (text) => begins("Reply", text);
const quotes = (text) => begins("Quote", text);
const hearsEverything = async () => {
  await page.getByTestId("settings-open").click();
  await page.getByTestId("room-rsc").click();
  await expecting("the bot to hear everything", () => page.locator("#bot-note", { hasText: "Switchboard hears everything" }).waitFor({ timeout: patience }));
  await page.getByTestId("settings-close").click();
};
const to = (value) => expecting(`the address ${value}`, () => page.getByTestId("address").selectOption(value, { timeout: patience }));

const walk = [
  ["01-taken", async () => {
    await seen("a welcome for Ana", "Welcome to switchboard, Ana Souza");
    await client(...MARIA);
    await answers("Good morning, who can help me with my contract?");
    await seen("what Maria wrote, to be taken", "nobody owns this client yet");
    await presses(chat("nobody owns this client yet"), "Take");
    await threadCard("You can write until");
    await colleague(...BEN);
    await expecting("Ben to be told that Ana has her", () => chat("Ana Souza").waitFor({ timeout: patience }));
    await offersNo(chat("contract"), "Take");
    await colleague(...ANA);
    await writes("Good morning, Maria. I can.");
    await arrives("Ana's answer, unsigned while she is alone", "Good morning, Maria. I can.");
    await notOnPhone("no name before it", "Ana Souza:");
  }],

  ["02-group-of-three", async () => {
    await presses(thread(), "Details");
    await seen("who takes part", "Since ");
    await presses(chat("Since "), "Add");
    await seen("whom to add", "Add colleagues");
    const form = chat("Add colleagues");
    await presses(form, "Add");
    await expecting("nobody chosen to be an error", () => form.getByText("Choose a colleague first.").first().waitFor({ timeout: patience }));
    await expecting("Ben and Carolina to choose", async () => {
      await form.getByLabel("Ben Okafor").check({ timeout: patience });
      await form.getByLabel("Carolina Reyes").check({ timeout: patience });
    });
    await pictureAll("02-form");
    await presses(form, "Add");
    for (const name of ["Ben Okafor", "Carolina Reyes"]) await arrives(`the news of ${name} (K-33)`, `${name} from Northwind Bank has joined this chat.`);
    await holds("three colleagues on the conversation's card", async () => {
      await expecting("them", () => chat("Ana Souza, Ben Okafor, Carolina Reyes").waitFor({ timeout: patience }));
      return true;
    });
  }],

  ["03-mirror", async () => {
    await writes("Ben and Carolina know your contract best.");
    await arrives("a signed text", "Ana Souza: Ben and Carolina know");
    await expecting("the name to be bold", () => bubble("Ben and Carolina know").locator("strong", { hasText: "Ana Souza:" }).waitFor({ timeout: patience }));
    await colleague(...BEN);
    await seen("Ben to be told who added him (T-35)", "Ana Souza added you to the conversation with Maria Oliveira.");
    await seen("Ben to read what Ana wrote", "Ana Souza to Maria Oliveira: Ben and Carolina know");
    await writes("Hello Maria, Ben here.");
    await arrives("Ben's text with his name", "Ben Okafor: Hello Maria, Ben here.");
    await answers("How nice, three of you!");
    await seen("Maria's answer in Ben's chat", "Maria Oliveira: How nice, three of you!");
    await pictureAll("03-ben");
    await colleague(...CARO);
    await seen("Carolina to read what Ben wrote", "Ben Okafor to Maria Oliveira: Hello Maria, Ben here.");
    await seen("and what Maria wrote", "Maria Oliveira: How nice, three of you!");
    await holds("each text on the phone once", async () => (await phoneTexts()).filter((text) => text.includes("Ben here")).length === 1 || "more than once");
  }],

  ["04-removed", async () => {
    await colleague(...ANA);
    await presses(await details(), "Remove");
    await seen("who is to go", "Remove a colleague");
    const form = chat("Remove a colleague");
    await expecting("Carolina to choose", () => form.getByLabel("Carolina Reyes").check({ timeout: patience }));
    await presses(form, "Done");
    await seen("the question before", "Remove Carolina Reyes from this conversation?");
    await pictureAll("04-question");
    await presses(chat("Remove Carolina Reyes from"), "Yes");
    await seen("what was done (T-40)", "You removed Carolina Reyes from the conversation with Maria Oliveira.");
    await arrives("what Maria is told (K-42)", "Carolina Reyes is no longer part of this chat.");
    await colleague(...BEN);
    await seen("what Ben is told (T-41)", "Ana Souza removed Carolina Reyes from this conversation.");
    await colleague(...CARO);
    await seen("what Carolina is told (T-43)", "Ana Souza removed you from the conversation with Maria Oliveira.");
    await answers("Thank you, Carolina.");
    await writes("Wait, Maria!");
    await notOnPhone("what Carolina writes to stay in Teams", "Wait, Maria!");
    await nothingOf("Thank you, Carolina.");
  }],

  ["05-left", async () => {
    await colleague(...BEN);
    await presses(await details(), "Leave");
    await seen("the question before", "Leave this conversation?");
    await presses(chat("Leave this conversation?"), "Leave");
    await seen("what was done (T-30)", "You left the conversation with Maria Oliveira. You will not receive new messages.");
    await arrives("what Maria is told (K-31)", "Ben Okafor is no longer available to chat. Ana Souza will continue to help you.");
    await colleague(...ANA);
    await seen("what Ana is told (T-32)", "Ben Okafor left the conversation with Maria Oliveira.");
    await writes("Only me again.");
    await arrives("an unsigned text", "Only me again.");
    await notOnPhone("no name before it", "Ana Souza: Only me");
    // The last one leaves nobody alone.
    await presses(await details(), "Leave");
    await seen("the last one not to leave", "a client is not left alone");
  }],

  ["06-offered", async () => {
    await presses(chat("a client is not left alone"), "Transfer");
    await seen("to whom", "Transfer this client");
    const form = chat("Transfer this client");
    await expecting("Ben to choose", () => form.getByLabel("Ben Okafor").check({ timeout: patience }));
    await input(form, "Note to your colleague").fill("Her contract ends in May.");
    await expecting("the last messages", () => form.getByLabel("The last messages", { exact: true }).check({ timeout: patience }));
    await input(form, "How many of the last messages?").fill("2");
    await pictureAll("06-form");
    await presses(form, "Offer");
    await seen("to whom she is offered (T-50)", "You offered Maria Oliveira to Ben Okafor. Until they accept you stay responsible.");
    await colleague(...BEN);
    await seen("the offer (T-51)", "Ana Souza wants to hand Maria Oliveira to you.");
    await expecting("the note", () => chat("wants to hand").getByText("Her contract ends in May.").first().waitFor({ timeout: patience }));
  }],

  ["07-accepted", async () => {
    await presses(chat("wants to hand"), "Accept");
    await seen("the offer to be its own receipt", "Ana Souza offered this client to Ben Okafor. Accepted.");
    await offersNo(chat("Accepted."), "Accept");
    await arrives("what Maria is told (K-52)", "From now on Ben Okafor from Northwind Bank will help you in this chat.");
    await seen("the last message that Ben may see", "Ana Souza: Only me again.");
    await answers("Welcome back, Ben.");
    await seen("Maria's answer", "Maria Oliveira: Welcome back, Ben.");
    await colleague(...ANA);
    await seen("whose Maria is (T-53)", "Maria Oliveira now belongs to Ben Okafor.");
    await nothingOf("Welcome back, Ben.");
  }],

  ["08-asks-to-join", async () => {
    await colleague(...CARO);
    await writes("contacts");
    await seen("the contacts", "Find by name or number");
    await presses(chat("Find by name or number"), "Open");
    await expecting("Maria's contact card", () => button(chat(), "Message on WhatsApp").waitFor({ timeout: patience }));
    await presses(chat(), "Message on WhatsApp");
    await seen("her to belong to others (T-10)", "already messaging with another colleague in your line of business");
    await presses(chat("already messaging with another colleague"), "Ask to join");
    await seen("what happens now", "You asked to join. Your colleagues can answer until");
    await colleague(...BEN);
    await seen("the question to who has her", "Carolina Reyes asks to join the conversation with Maria Oliveira.");
    await pictureAll("08-asked");
    await presses(chat("Carolina Reyes asks to join"), "Accept");
    await seen("the question to be its own receipt", "Carolina Reyes has joined.");
    await offersNo(chat("Carolina Reyes has joined."), "Accept");
    await arrivesAgain("the news of Carolina once more (K-33)", "Carolina Reyes from Northwind Bank has joined this chat.", 2);
    await colleague(...CARO);
    await writes("Here I am again, Maria.");
    await arrives("Carolina's text with her name", "Carolina Reyes: Here I am again, Maria.");
  }],

  ["09-ended", async () => {
    await colleague(...BEN);
    await presses(await details(), "End");
    await seen("the question before", "End this conversation?");
    await presses(chat("End this conversation?"), "End");
    await seen("what was done (T-36)", "You ended the conversation with Maria Oliveira.");
    await arrives("what Maria is told (K-36)", "This conversation is closed for now.");
    await colleague(...CARO);
    await seen("what Carolina is told (T-37)", "Ben Okafor ended the conversation with Maria Oliveira.");
    await colleague(...BEN);
    await answers("One more question, Ben.");
    await seen("Maria to come back to Ben", "Maria Oliveira: One more question, Ben.");
  }],

  ["10-channel", async () => {
    await colleague(...CARO);
    await client(...LENA);
    await answers("Is there still room on Friday?");
    await expecting("the channel to say what is new", () => places().filter({ hasText: "Guests" }).getByText(/\d new/).waitFor({ timeout: patience }));
    await goes("Guests");
    await seen("a chain with Lena's card and message", "Lena Fischer: Is there still room on Friday?");
    await presses(chat("Mention @Switchboard"), "Take");
    await seen("the card to say who has her", "A colleague took this conversation.");
    await expecting("her name on the conversation's card", () => chat("Mention @Switchboard").getByText("Carolina Reyes").first().waitFor({ timeout: patience }));
    await replies("Is there still room on Friday?");
    await to("mention");
    await writes("Yes, four seats.");
    await arrives("a reply that mentions the bot", "Yes, four seats.");
    await answers("Then I come with a friend.");
    await seen("Lena's answer in the chain", "Lena Fischer: Then I come with a friend.");
    await page.locator("#chat").evaluate((box) => { box.scrollTop = 0; });
    await pictureAll("10-chain", { scrolled: true });
    await to("all");
    await writes("Not heard");
    await seen("a reply without a mention", "Not heard");
    await notOnPhone("it to stay in Teams", "Not heard");
    await hearsEverything();
    await to("all");
    await writes("Shall I keep two for you?");
    await arrives("a reply without a mention", "Shall I keep two for you?");
    await gone("the card to ask for mentions no more", items().filter({ hasText: "Mention @Switchboard" }));
    await writes("// She prefers a seat near the door.");
    await notOnPhone("a note to stay in Teams", "near the door");
    await answers("Two, please.");
    await seen("Lena's answer in the chain", "Lena Fischer: Two, please.");
    await colleague(...EVA);
    await goes("Guests");
    await seen("Eva to read along", "Lena Fischer: Two, please.");
    await replies("Is there still room on Friday?");
    await writes("And one for me.");
    await seen("Eva to hear that she takes no part", "you do not take part in the conversation with Lena Fischer");
    await notOnPhone("what Eva writes to stay in Teams", "And one for me.");
    await expecting("the last line to be seen", async () => {
      await page.locator("#quote-drop").click();
      await page.locator("#chat").evaluate((box) => { box.scrollTop = box.scrollHeight; });
    });
  }],

  ["11-group-chat", async () => {
    await colleague(...BEN);
    await client(...TOM);
    await answers("May I see the house again?");
    await expecting("Tom to be offered", () => chat("May I see the house again?").getByText("nobody owns this client yet").waitFor({ timeout: patience }));
    await presses(chat("May I see the house again?"), "Take");
    await seen("Tom's message to follow", "Tom Becker: May I see the house again?");
    await page.getByTestId("room-new").click();
    await input(page.getByTestId("settings"), "Name").fill("House of Tom");
    await page.getByTestId("settings").getByLabel("Ana Souza").check();
    await page.getByTestId("room-create").click();
    await seen("the question whose chat this is", "Which client is this chat for?");
    const card = chat("Which client is this chat for?");
    await expecting("Tom by typing, with the keyboard alone", async () => {
      const whom = card.getByRole("combobox");
      await whom.fill("tom");
      await card.getByRole("option", { name: /Tom Becker/ }).waitFor({ timeout: patience });
      await whom.press("ArrowDown");
      await whom.press("Enter");
    });
    await presses(card, "Link this chat");
    await seen("what the chat is now", "This is the conversation with Tom Becker now.");
    await arrives("the news that Ana, a member, takes part", "Ana Souza from Northwind Bank has joined this chat.");
    await hearsEverything();
    await to("all");
    await writes("Of course. Ana has the key.");
    await arrives("Ben's text", "Ben Okafor: Of course. Ana has the key.");
    await writes("// He asked for the third time.");
    await seen("the note to be kept", "Kept as an internal note. Nothing was sent.");
    await notOnPhone("the note to stay in Teams", "third time");
    await colleague(...ANA);
    await goes("House of Tom");
    await writes("Is Saturday at ten fine?");
    await arrives("Ana's text", "Ana Souza: Is Saturday at ten fine?");
    await answers("Perfect, thank you both.");
    await seen("Tom's answer in the chat", "Tom Becker: Perfect, thank you both.");
    await holds("it to be in the chat alone", async () => {
      await goes("Switchboard");
      return (await items().filter({ hasText: "Perfect, thank you both." }).count()) === 0 || "it is in Ana's own chat too";
    });
    await goes("House of Tom");
    await seen("the chat again", "Perfect, thank you both.");
  }],

  ["12-members-followed", async () => {
    await page.getByTestId("settings-open").click();
    await page.getByTestId("settings").getByRole("button", { name: "Leave: Ana Souza" }).click();
    await arrives("the news that Ana left", "Ana Souza is no longer available to chat.");
    await colleague(...BEN);
    await goes("House of Tom");
    await seen("Ben to read of it (T-32)", "Ana Souza left the conversation with Tom Becker.");
    await writes("I will be there on Saturday.");
    await arrives("Ben's text, unsigned while he is alone", "I will be there on Saturday.");
    await notOnPhone("no name before it", "Ben Okafor: I will be there");
  }],

  ["13-away", async () => {
    await goes("Switchboard");
    await client(...MARIA);
    await writes("away");
    // Ben is a supervisor, and may say it of others too.
    await seen("who is away, and until when", "Who is away, and until when?");
    const form = chat("Who is away, and until when?");
    await input(form, "Back on").fill("");
    await presses(form, "Set as away");
    await expecting("no day chosen to be an error", () => form.getByText("Choose the day of the return.").first().waitFor({ timeout: patience }));
    const now = await page.getByTestId("clock").evaluate((clock) => Date.parse(clock.dateTime));
    await input(form, "Back on").fill(new Date(now + 3 * 86_400_000).toISOString().slice(0, 10));
    await expecting("Ana to stand in", () => form.getByRole("group", { name: "Who stands in?" }).getByLabel("Ana Souza").check({ timeout: patience }));
    await input(form, "Note to your colleagues (optional)").fill("On the mountain, without a phone.");
    await pictureAll("13-form");
    await presses(form, "Set as away");
    await seen("what was kept", "Ana Souza stands in.");
    await colleague(...ANA);
    await seen("Ana to be told at once, with the note", "On the mountain, without a phone.");
    await answers("Ben, does the contract run until May?");
    await seen("Ana to stand in when Maria writes", "Ben Okafor is away, and you stand in for them with Maria Oliveira.");
    await seen("what Maria wrote", "Maria Oliveira: Ben, does the contract run until May?");
    await arrivesAgain("the news of Ana (K-33)", "Ana Souza from Northwind Bank has joined this chat.", 1);
    await expecting("her card to say who is away", () => chat("You can write until").getByText(/Ben Okafor until/).first().waitFor({ timeout: patience }));
    // She wrote to Tom last, so that it is not certain whom a text without a quote is for.
    await quotes("does the contract run");
    await writes("Until the end of May, Maria.");
    await arrives("Ana's text with her name", "Ana Souza: Until the end of May, Maria.");
    await pictureAll("13-stands-in");
    await colleague(...BEN);
    await seen("Ben to read it all the same", "Ana Souza to Maria Oliveira: Until the end of May, Maria.");
    await writes("back");
    await seen("who stood in", "Welcome back. Ana Souza stood in with Maria Oliveira.");
    await arrives("what Maria is told (K-31)", "Ana Souza is no longer available to chat. Ben Okafor and Carolina Reyes will continue to help you.");
    await colleague(...ANA);
    await seen("Ana to have left her", "Ben Okafor is back. You have left the conversation with Maria Oliveira.");
    await answers("Thank you!");
    await colleague(...BEN);
    await seen("Maria's answer", "Maria Oliveira: Thank you!");
    await colleague(...ANA);
    await nothingOf("Thank you!");
  }],
];

await play("colleagues", walk, 300_000);
