// The page of both worlds: a Teams client, a phone, the clock, faults and the journal. It talks to the control surfaces only.
"use strict";

(() => {
  const { el } = Cards;
  const $ = (id) => document.getElementById(id);
  const worlds = { teams: null, whatsapp: null };
  const state = { teams: null, whatsapp: null };
  // `places` holds by person which shared conversation they are in; nothing: their own chat. `chain` is the post that is answered.
  const pick = { user: 0, client: 0, world: "whatsapp", quote: null, chain: null, phoneQuote: null, phoneEditing: null, editing: null, places: {}, address: {} };
  const seen = { teams: null, whatsapp: [] };
  const drawn = { chat: new Map(), phone: new Map(), cards: new Map() };
  let journalUrl = null;
  let clockOffset = 0;

  const FAULTS = [
    ["429", "Too many requests", "429, not accepted", ["whatsapp", "teams"], { retry_after: 2 }],
    ["500", "Server error", "500, not accepted", ["whatsapp", "teams"], {}],
    ["503", "Unavailable", "503, not accepted", ["whatsapp", "teams"], {}],
    ["502_html", "Bad gateway", "502 as HTML", ["whatsapp", "teams"], {}],
    ["timeout_after_acceptance", "Timeout", "accepted, no answer", ["whatsapp", "teams"], { ms: 30000 }],
    ["reset", "Reset", "connection cut, not accepted", ["whatsapp", "teams"], {}],
    ["delay", "Slow", "2 s later", ["whatsapp", "teams"], { ms: 2000 }],
    ["duplicate", "Duplicate", "sent twice at once", ["whatsapp", "teams"], {}],
    ["reorder", "Reorder", "statuses backwards", ["whatsapp"], {}],
    ["early_status", "Early status", "before the answer", ["whatsapp"], {}],
    ["failed_status", "Fails later", "131026 by webhook", ["whatsapp"], { code: 131026 }],
  ];

  // What WhatsApp can tell of a template (event) or of the account (field).
  const NEWS = [
    ["Template paused", { event: "PAUSED" }],
    ["Template approved", { event: "APPROVED" }],
    ["Template disabled", { event: "DISABLED" }],
    ["Template flagged", { event: "FLAGGED" }],
    ["Number's limit lowered", { field: "phone_number_quality_update", value: { event: "DOWNGRADE", current_limit: "TIER_250" } }],
    ["Account restricted", { field: "account_update", value: { event: "ACCOUNT_RESTRICTION" } }],
    ["PIN changed", { field: "security", value: { event: "PIN_CHANGED" } }],
  ];

  const say = (text) => { $("live").textContent = text; };
  const problem = (text) => { $("problem").textContent = text; $("problem").hidden = !text; };
  const initials = (name) => {
    const words = name.split(/\s+/);
    return (words.length > 1 ? words[0][0] + words[1][0] : name.slice(0, 1)).toUpperCase();
  };

  const call = async (world, path, body, method = body === undefined ? "GET" : "POST") => {
    const options = { method, headers: body === undefined ? {} : { "content-type": "application/json" } };
    if (body !== undefined) options.body = JSON.stringify(body);
    const response = await fetch(`${worlds[world]}/_sim/${path}`, options);
    const answer = await response.json().catch(() => null);
    if (!response.ok) throw new Error(answer?.error ?? `HTTP ${response.status}`);
    return answer;
  };
  const attempt = async (act) => {
    try { problem(""); return await act(); } catch (error) { problem(`That did not work: ${error.message}`); return null; }
  };

  // State: fetched again after every change, one request at a time.
  const busy = {};
  const refresh = async (world) => {
    if (!worlds[world]) return;
    if (busy[world]) { busy[world] = "again"; return; }
    busy[world] = "yes";
    try {
      do {
        busy[world] = "yes";
        state[world] = await call(world, "state");
        if (world === "teams") drawTeams(); else drawPhone();
        drawClock();
        drawFaults();
      } while (busy[world] === "again");
    } catch { /* the world is gone or restarting: the next event or poll tries again */ } finally { busy[world] = null; }
  };
  const follow = (world) => {
    if (!worlds[world]) return;
    const source = new EventSource(`${worlds[world]}/_sim/events`);
    source.onmessage = () => { refresh(world); journal(); };
    // Without events (a proxy, a restart) the page polls.
    setInterval(() => { if (source.readyState !== EventSource.OPEN) refresh(world); }, 500);
    refresh(world);
  };

  // Time.
  const anyState = () => state.teams ?? state.whatsapp;
  const now = () => {
    const current = anyState();
    if (!current) return new Date();
    return current.clock === "manual" ? new Date(current.now) : new Date(Date.now() + clockOffset);
  };
  // The whole page tells the time of the colleague whose turn it is, or it would contradict their cards.
  const zone = () => user()?.user.time_zone || undefined;
  const drawClock = () => {
    const current = anyState();
    if (!current) return;
    clockOffset = new Date(current.now).getTime() - Date.now();
    for (const button of document.querySelectorAll(".step")) {
      button.disabled = !current.clock_moves;
      button.title = current.clock_moves ? "" : "This world runs on the machine's clock.";
    }
    tick();
  };
  const tick = () => {
    if (!anyState()) return;
    const at = now();
    $("clock").textContent = new Intl.DateTimeFormat(undefined, { weekday: "short", day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit", timeZone: zone() }).format(at);
    $("zone").textContent = zone() ? `in ${zone().split("/").at(-1).replaceAll("_", " ")}` : "";
    $("clock").dateTime = at.toISOString();
    drawWindow();
    // Yesterday's messages show their date, without drawing them (and what was typed into them) again.
    for (const node of document.querySelectorAll("time[data-at]")) {
      const text = timeText(node.dataset.at, node.dataset.zone || undefined, node.dataset.locale || undefined);
      if (node.textContent !== text) node.textContent = text;
    }
  };
  const advance = (hours) => attempt(async () => {
    // One process, one clock: the second world follows by itself, and is moved only when it did not.
    const before = {};
    const both = ["teams", "whatsapp"].filter((world) => worlds[world]);
    for (const world of both) before[world] = new Date((await call(world, "clock")).now).getTime();
    for (const world of both) {
      const reached = new Date((await call(world, "clock")).now).getTime();
      if (reached - before[world] < hours * 1800000) await call(world, "clock", { advance_seconds: hours * 3600 });
    }
    say(`${hours} hours later`);
    await Promise.all(both.map(refresh));
    journal();
  });

  const timeText = (at, given, locale) => {
    const date = new Date(at);
    const timeZone = given ?? zone();
    const day = (value) => new Intl.DateTimeFormat("en-CA", { timeZone }).format(value);
    const sameDay = day(date) === day(now());
    return new Intl.DateTimeFormat(locale, { timeZone, ...(sameDay ? {} : { day: "numeric", month: "short" }), hour: "2-digit", minute: "2-digit" }).format(date);
  };

  const timeNode = (at, zone, locale) => {
    const node = el("time", "", timeText(at, zone, locale));
    node.dateTime = at;
    Object.assign(node.dataset, { at, zone: zone ?? "", locale: locale ?? "" });
    return node;
  };

  // Buttons that switch between people, with what each has not read.
  const people = (box, list, current, testid, name, unread, choose) => {
    while (box.children.length > list.length) box.lastChild.remove();
    list.forEach((person, index) => {
      let button = box.children[index];
      if (!button) {
        button = el("button");
        button.type = "button";
        button.dataset.testid = `${testid}-${index}`;
        button.addEventListener("click", () => choose(index));
        box.append(button);
      }
      button.setAttribute("aria-pressed", String(index === current));
      const count = index === current ? 0 : unread(person, index);
      const label = name(person);
      const text = count > 0 ? `${label}, ${count} new` : label;
      if (button.dataset.text !== text) {
        button.dataset.text = text;
        button.replaceChildren(el("span", "", label), ...(count > 0 ? [el("span", "badge", `${count} new`)] : []));
      }
    });
  };

  // Draws a list by key: what did not change stays, with whatever was typed into it.
  const atEnd = new Map();
  const endedAt = new Map();
  const toEnd = (box) => { box.scrollTop = box.scrollHeight; endedAt.set(box, box.scrollTop); };
  const isAtEnd = (box) => box.scrollHeight - box.scrollTop - box.clientHeight < 80;
  const keepAtEnd = (box) => {
    atEnd.set(box, true);
    let size = "";
    const sizeNow = () => `${box.clientWidth} ${box.clientHeight}`;
    box.addEventListener("scroll", () => {
      // Between a resize and its observer a scroll event says nothing about what the reader wants.
      if (size !== sizeNow()) return;
      // What grew below, as a picture does when it is drawn, is no scrolling away: only who went up reads further up.
      const stays = atEnd.get(box) && box.scrollTop >= endedAt.get(box);
      if (isAtEnd(box)) endedAt.set(box, box.scrollTop);
      atEnd.set(box, stays || isAtEnd(box));
    });
    // A picture that is drawn later makes its message taller; load events do not bubble.
    box.addEventListener("load", () => { if (atEnd.get(box)) toEnd(box); }, true);
    // A smaller box (a narrow window, a keyboard on a phone) still ends with the newest item.
    new ResizeObserver(() => {
      size = sizeNow();
      if (atEnd.get(box)) toEnd(box);
    }).observe(box);
  };
  const drawList = (box, known, items, key, build) => {
    const keys = new Set(items.map(key));
    for (const [id, entry] of known) if (!keys.has(id)) { entry.node.remove(); known.delete(id); }
    let grew = false;
    let between = null;
    items.forEach((item, index) => {
      const id = key(item);
      const mark = JSON.stringify(item);
      const entry = known.get(id);
      if (entry?.mark === mark) return;
      const node = build(item);
      if (entry) entry.node.replaceWith(node); else { box.insertBefore(node, box.children[index] ?? null); grew = true; between = node; }
      known.set(id, { mark, node });
    });
    // What is new in an earlier chain is shown where it stands.
    if (grew && between !== box.lastChild) {
      between.scrollIntoView({ block: "nearest" });
      atEnd.set(box, isAtEnd(box));
      return;
    }
    if (grew || atEnd.get(box)) { atEnd.set(box, true); toEnd(box); }
  };

  // Teams.
  const user = () => state.teams?.users[pick.user];
  const placesOf = (one) => Rooms.list(state.teams, one);
  const place = () => {
    const all = placesOf(user());
    return all.find((one) => one.id === pick.places[user().user.key]) ?? all[0];
  };
  // An act of the colleague whose turn it is, where they are. In a channel a message's chain is known by the message.
  const act = (path, body, chain) => {
    const { id } = place();
    const where = id ? `?conversation=${encodeURIComponent(chain ? `${id};messageid=${chain}` : id)}` : "";
    return call("teams", `users/${user().user.key}/${path}${where}`, body);
  };
  // How many messages of others somebody had seen, by person and conversation.
  const seenKey = (one, where) => `${one.user.key} ${where.id ?? ""}`;
  const unseen = (one, where) => Math.max(0, Rooms.fromOthers(where, one.user) - (seen.teams.get(seenKey(one, where)) ?? 0));
  // Somewhere else, or somebody else: what was begun stays behind.
  const turnTo = (next) => {
    Object.assign(pick, { quote: null, chain: null, editing: null }, next);
    drawn.chat.clear();
    drawn.cards.clear();
    $("chat").replaceChildren();
    $("composer").value = "";
    drawQuote();
    extension.clear();
    attach.clear();
    rooms.close();
    toast("");
    drawTeams();
    tick();
  };
  // What Teams tells of somebody's own chat: that they type, and how far they have read.
  const told = { typing: 0, read: {} };
  const announceTyping = () => {
    if (place().kind !== "own" || !user().installed || Date.now() - told.typing < 5000) return;
    told.typing = Date.now();
    act("typing", {}).catch(() => {});
  };
  const announceRead = (current, here) => {
    const last = here.items.findLast((item) => item.from === "bot")?.activity_id;
    if (here.kind !== "own" || !current.installed || !last || document.hidden || told.read[current.user.key] === last) return;
    told.read[current.user.key] = last;
    act("read", { activity_id: last }).catch(() => {});
  };
  const goTo = (id) => turnTo({ places: { ...pick.places, [user().user.key]: id } });
  const drawTeams = () => {
    const { users, bot_name: bot } = state.teams;
    if (!users.length) return;
    pick.user = Math.min(pick.user, users.length - 1);
    const current = user();
    const here = place();
    const count = Rooms.fromOthers(here, current.user);
    const before = seen.teams?.get(seenKey(current, here));
    // What is there when the page opens is no news.
    seen.teams ??= new Map(users.flatMap((one) => placesOf(one).map((where) => [seenKey(one, where), Rooms.fromOthers(where, one.user)])));
    seen.teams.set(seenKey(current, here), count);
    const news = (one) => placesOf(one).reduce((sum, where) => sum + unseen(one, where), 0);
    people($("teams-users"), users, pick.user, "teams-user", (one) => one.user.name, news, (index) => turnTo({ user: index }));
    drawPlaces(placesOf(current), here.id, (where) => unseen(current, where));
    const own = here.kind === "own";
    $("bot-name").textContent = here.name;
    $("bot-avatar").textContent = initials(here.name);
    $("bot-avatar").className = `avatar ${own ? "bot" : "room"}`;
    const typing = here.typing_at && now() - new Date(here.typing_at) < 5000;
    const hears = !here.bot ? `${bot} is not here` : here.rsc ? `${bot} hears everything` : `${bot} hears mentions only`;
    const about = own ? `Personal chat of ${current.user.name}` : `${here.note}, ${here.members.length} members. ${hears}.`;
    $("bot-note").textContent = own && !current.installed ? `App not installed for ${current.user.name}` : typing ? (own ? "typing" : `${bot} is typing`) : about;
    $("install").hidden = !own || current.installed;
    rooms.draw({ teams: state.teams, user: current, place: here });
    drawAddress(here);
    drawList($("chat"), drawn.chat, here.items, (item) => item.activity_id, (item) => chatItem(item, current, here));
    const last = here.items.findLast((item) => item.author_id !== current.user.user_id);
    announceRead(current, here);
    if (before !== undefined && count > before && last) say(`${last.author}: ${last.summary ?? last.text ?? "a card"}`);
  };
  // To whom a message in a shared conversation goes. Without consent the bot hears only what addresses it.
  const drawAddress = (here) => {
    const bot = state.teams.bot_name;
    $("address-field").hidden = here.kind === "own" || !here.bot;
    const chosen = pick.address[here.id] ?? (here.rsc ? "all" : "mention");
    const options = [["mention", `@${bot}, seen by all`], ["all", "All, without a mention"], ["private", `${bot} only`]];
    const mark = JSON.stringify([here.id, here.rsc, bot]);
    if ($("address").dataset.mark !== mark) {
      $("address").dataset.mark = mark;
      $("address").replaceChildren(...options.map(([value, title]) => { const option = el("option", "", title); option.value = value; return option; }));
    }
    $("address").value = chosen;
    $("composer").placeholder = here.kind === "channel" ? (pick.chain ? "Reply" : "Start a new post") : "Type a message";
  };
  const addressed = (draft) => {
    if ($("address-field").hidden) return draft;
    return { mention: { ...draft, mentions: ["bot"] }, all: draft, private: { ...draft, private: true } }[$("address").value];
  };
  const textOf = (item) => {
    if (item.deleted) return "This message was deleted.";
    if (item.format === "xml") return Cards.html(item.text ?? "").textContent;
    if (item.text && item.format === "markdown") return Cards.markdown(item.text.replace(/\n+/g, " ")).textContent;
    return item.text || item.files.join(", ") || item.summary || item.card?.fallbackText || "Card";
  };
  // A card that is sent again unchanged (an invoke's answer, then the update for other devices) keeps what was typed into it.
  const cardOf = (item, owner) => {
    const mark = JSON.stringify(item.card);
    const known = drawn.cards.get(item.activity_id);
    if (known?.mark === mark) return known.node;
    const node = Cards.render(item.card, { locale: owner.user.locale, timeZone: owner.user.time_zone, onAction: (action, inputs, button) => press(item, action, inputs, button), onSearch: (input, text) => typeInto(item, input, text) });
    drawn.cards.set(item.activity_id, { mark, node });
    return node;
  };
  const typeInto = async (item, input, text) => {
    const answer = await act("type-into", { activity_id: item.activity_id, input, text });
    // Without a body the client's own people picker answered.
    return answer.body === null || answer.body?.statusCode === 200 ? answer.choices : null;
  };
  const chatItem = (item, owner, here) => {
    const own = item.author_id === owner.user.user_id;
    const depth = here.kind !== "channel" ? "" : item.root === item.activity_id ? "post" : "reply";
    const row = el("article", `item ${own ? "own" : "theirs"} ${depth}`);
    row.dataset.testid = "chat-item";
    row.dataset.activityId = item.activity_id;
    row.dataset.from = item.from;
    const name = item.author;
    const meta = el("div", "meta", el("span", "name", name), timeNode(item.at, owner.user.time_zone, owner.user.locale));
    if (item.edited_at) meta.append(el("span", "", item.from === "user" ? "Edited" : "Updated"));
    if (item.private_to) meta.append(el("span", "private", "Only you see this"));
    const bubble = el("div", item.card ? "bubble has-card" : "bubble");
    if (item.quoted) {
      const quoted = here.items.find((one) => one.activity_id === item.quoted);
      bubble.append(el("blockquote", "quoted", quoted ? textOf(quoted).slice(0, 120) : "an earlier message"));
    }
    if (item.deleted) bubble.append(el("em", "subtle", "This message was deleted."));
    else {
      if (item.text) bubble.append(item.format === "xml" ? Cards.html(item.text) : item.format === "markdown" ? Cards.markdown(item.text) : el("div", "text plain", item.text));
      for (const name of item.files) bubble.append(el("div", "file", name));
      if (item.card) bubble.append(cardOf(item, owner));
    }
    if (item.reactions.length) bubble.append(Messages.given(Messages.TEAMS, item.reactions));
    if (!item.deleted) meta.append(tools(item, own, here, bubble));
    const body = el("div", "item-body", meta, bubble);
    if (own && item.status !== null && Math.floor(item.status / 100) !== 2) body.append(el("div", "failed", item.status === 0 ? "Not delivered: the app did not answer." : `Not delivered: the app answered ${item.status}.`));
    if (item.from === "user" && item.status === null && here.bot && here.kind !== "own") body.append(el("div", "unheard", `${state.teams.bot_name} was not told.`));
    const person = state.teams.users.findIndex((one) => one.user.user_id === item.author_id);
    row.append(el("span", `avatar ${person < 0 ? "bot" : `person-${person % 4}`}`, initials(name)), body);
    row.firstChild.setAttribute("aria-hidden", "true");
    return row;
  };
  const tools = (item, own, here, bubble) => {
    const tool = (label, act) => Messages.tool(label, textOf(item), act);
    const target = { activity_id: item.activity_id };
    const begin = (what) => { Object.assign(pick, { quote: null, chain: null, editing: null }, what); drawQuote(); drawAddress(here); $("composer").focus(); };
    const all = [];
    if (here.kind === "channel") all.push(tool("Reply", () => begin({ chain: here.items.find((one) => one.activity_id === item.root) ?? item })));
    else all.push(tool("Quote", () => begin({ quote: item })));
    if (own) {
      all.push(tool("Edit", () => { begin({ editing: item }); $("composer").value = item.text ? textOf(item) : ""; }));
      all.push(tool("Delete", () => attempt(() => act("delete", target))));
    } else if (!item.private_to) {
      all.push(Messages.reactions(Messages.TEAMS, textOf(item), item.reactions, bubble, (kind, on) => attempt(() => act("react", { ...target, kind, remove: !on }))));
    }
    return el("span", "tools", ...all);
  };
  const drawQuote = () => {
    const what = pick.editing ?? pick.chain ?? pick.quote;
    $("quote").hidden = !what;
    if (what) $("quote-text").textContent = `${pick.editing ? "Editing" : pick.chain ? "Replying to" : "Quoting"}: ${textOf(what).slice(0, 90)}`;
  };
  const toast = (text) => {
    $("toast").textContent = text ?? "";
    $("toast").hidden = !text;
    clearTimeout(toast.timer);
    if (text) toast.timer = setTimeout(() => { $("toast").hidden = true; }, 8000);
  };
  const press = async (item, action, inputs, button) => {
    const buttons = button.closest(".card")?.querySelectorAll("button:not(:disabled)") ?? [];
    for (const one of buttons) one.disabled = true;
    button.setAttribute("aria-busy", "true");
    const answer = await attempt(() => act("click", { activity_id: item.activity_id, action, inputs }));
    button.removeAttribute("aria-busy");
    for (const one of buttons) one.disabled = false;
    toast(answer?.toast);
    refresh("teams");
  };
  const escapeHtml = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
  const draftOf = (text) => {
    if (!/\*\*[^*\n]+\*\*/.test(text)) return { text };
    const body = escapeHtml(text).replace(/\*\*([^*\n]+)\*\*/g, "<strong>$1</strong>").replace(/\n/g, "<br>");
    return { text, html: `<p>${body}</p>` };
  };
  const extension = Search.extension({
    ask: (path, body) => act(path, body, pick.chain?.activity_id),
    reader: () => ({ locale: user().user.locale, timeZone: user().user.time_zone }),
    say,
  });
  const attach = Attach.control({ say });
  const rooms = Rooms.panel({
    act: async (path, body) => {
      const answer = await attempt(() => call("teams", path, body));
      await refresh("teams");
      return answer;
    },
    opened: (id) => { if (id !== place().id) goTo(id); $("composer").focus(); },
  });
  const drawPlaces = Rooms.bar({ choose: goTo, create: () => rooms.open("new") });
  const sendTeams = () => attempt(async () => {
    const text = $("composer").value.trim();
    const card = extension.placed();
    const { quote, chain, editing } = pick;
    const post = chain?.activity_id;
    // A card, and a message that is changed, go without files; those wait for the next message.
    const plain = !card && !editing;
    if ((!text && !card && !(plain && attach.any())) || !user()) return;
    const files = plain ? attach.take() : [];
    extension.clear();
    $("composer").value = "";
    // Who answers a post goes on answering it.
    Object.assign(pick, { quote: null, editing: null });
    drawQuote();
    if (card) await act("place", { card, text }, post);
    else if (editing) await act("edit", { activity_id: editing.activity_id, ...addressed(draftOf(text)) });
    else await act("type", { ...addressed(draftOf(text)), quote: quote?.activity_id ?? null, files }, post);
    refresh("teams");
  });

  // The phone.
  const client = () => state.whatsapp?.clients[pick.client];
  const number = () => {
    const last = client()?.items.findLast((item) => item.from === "business")?.phone_number_id ?? client()?.client.writes_to;
    return state.whatsapp.numbers.find((one) => one.phone_number_id === last) ?? state.whatsapp.numbers[0];
  };
  const drawPhone = () => {
    const { clients } = state.whatsapp;
    if (!clients.length) return;
    pick.client = Math.min(pick.client, clients.length - 1);
    const current = client();
    const fromBusiness = (one) => one.items.filter((item) => item.from === "business").length;
    const before = seen.whatsapp[pick.client];
    seen.whatsapp[pick.client] = fromBusiness(current);
    clients.forEach((one, index) => { seen.whatsapp[index] ??= fromBusiness(one); });
    people($("phone-clients"), clients, pick.client, "phone-client", (one) => one.client.name, (one, index) => fromBusiness(one) - seen.whatsapp[index], (index) => {
      Object.assign(pick, { client: index, phoneQuote: null, phoneEditing: null });
      phoneAttach.close();
      drawn.phone.clear();
      $("phone").replaceChildren();
      drawPhoneQuote();
      drawPhone();
    });
    const types = current.typing_until && now() < new Date(current.typing_until);
    $("phone-business").textContent = types ? `${number().verified_name} is typing` : number().verified_name;
    $("phone-avatar").textContent = initials(number().verified_name);
    const press = (id, on, yes, no) => { $(id).setAttribute("aria-pressed", String(on)); $(id).textContent = on ? yes : no; };
    press("phone-online", current.online, "Phone on", "Phone off");
    press("phone-open", current.open, "Reading", "Not reading");
    $("phone-owner").textContent = [`${current.client.name.split(" ")[0]}\u2019s phone`, phoneNumber(current.client.phone) ?? current.client.username ?? "no number shown"].join("\n");
    drawList($("phone"), drawn.phone, current.items, (item) => item.wamid, (item) => phoneItem(item, current));
    drawWindow();
    const last = current.items.findLast((item) => item.from === "business");
    if (before !== undefined && seen.whatsapp[pick.client] > before && last) say(`On ${current.client.name}'s phone: ${Messages.line(last)}`);
  };
  const drawWindow = () => {
    if (!state.whatsapp || !client()) return;
    const closes = client().windows_close[number()?.phone_number_id];
    const left = closes ? new Date(closes) - now() : 0;
    const hours = Math.floor(left / 3600000);
    const minutes = Math.floor((left % 3600000) / 60000);
    const span = hours > 0 ? `${hours} h ${minutes} min` : minutes > 0 ? `${minutes} min` : "less than a minute";
    const label = left > 0 ? `24-hour window: open, ${span} left` : closes ? "24-hour window: closed" : "24-hour window: not opened yet";
    if ($("phone-window").textContent !== label) $("phone-window").textContent = label;
    $("phone-left").value = Math.max(0, left / 86400000);
    $("phone-left").className = left > 3600000 ? "" : "low";
  };
  // +55 11 98765-4321 is read more easily than +5511987654321; only the demo's own numbers need it.
  const phoneNumber = (phone) => phone?.replace(/^(\+55)(\d\d)(\d{5})(\d{4})$/, "$1 $2 $3-$4").replace(/^(\+49)(\d{3})(\d{4,})$/, "$1 $2 $3") ?? null;
  // WhatsApp's own markup, as text nodes and elements only.
  const wa = (text, parent) => {
    const pattern = /```([\s\S]+?)```|`([^`\n]+)`|(?<![\w*])\*(?=\S)([^*\n]*?\S)\*(?![\w*])|(?<![\w_])_(?=\S)([^_\n]*?\S)_(?![\w_])|(?<![\w~])~(?=\S)([^~\n]*?\S)~(?![\w~])|(https?:\/\/[^\s<>"]+)/g;
    let last = 0;
    for (const match of text.matchAll(pattern)) {
      parent.append(text.slice(last, match.index));
      last = match.index + match[0].length;
      if (match[1] ?? match[2]) parent.append(el("code", "", match[1] ?? match[2]));
      else if (match[6]) parent.append(Cards.link(match[6], match[6]));
      else { const node = el(match[3] ? "strong" : match[4] ? "em" : "s"); wa(match[3] ?? match[4] ?? match[5], node); parent.append(node); }
    }
    parent.append(text.slice(last));
  };
  const waText = (text) => {
    const node = el("div", "text plain");
    text.split("\n").forEach((line, index) => {
      if (index) node.append("\n");
      if (line.startsWith("> ")) { const quote = el("span", "wa-quote"); wa(line.slice(2), quote); node.append(quote); } else wa(line, node);
    });
    return node;
  };
  const TICKS = { sent: ["\u2713", "Sent"], delivered: ["\u2713\u2713", "Delivered"], read: ["\u2713\u2713", "Read"] };
  const phoneItem = (item, owner) => {
    // On a client's phone their own messages stand on the right.
    const own = item.from === "client";
    const row = el("article", `wa-item ${own ? "own" : "theirs"}`);
    row.dataset.testid = "phone-item";
    row.dataset.wamid = item.wamid;
    row.dataset.from = item.from;
    const bubble = el("div", "wa-bubble");
    if (item.reply_to) {
      const quoted = owner.items.find((one) => one.wamid === item.reply_to);
      bubble.append(el("blockquote", "quoted", quoted ? Messages.line(quoted).slice(0, 100) : "an earlier message"));
    }
    bubble.append(...(item.deleted ? [] : Messages.above(item)));
    // A picture stands for itself; other headers are words.
    if (item.header && !item.picture) bubble.append(el("strong", "wa-header", item.header));
    const words = Messages.below(item);
    if (item.deleted) bubble.append(el("em", "subtle", "You deleted this message."));
    else if (words) bubble.append(waText(words));
    if (item.footer) bubble.append(el("div", "wa-footer subtle", item.footer));
    const meta = el("div", "wa-meta", timeNode(item.at));
    if (item.template) meta.prepend(el("span", "", "Template"));
    if (item.edited && !item.deleted) meta.prepend(el("span", "", "Edited"));
    if (item.ticks) {
      const [mark, name] = TICKS[item.ticks];
      const ticks = el("span", `ticks ${item.ticks}`, `${name} `);
      ticks.append(el("span", "", mark));
      ticks.lastChild.setAttribute("aria-hidden", "true");
      ticks.dataset.testid = "ticks";
      meta.append(ticks);
    }
    bubble.append(meta);
    if (item.reactions.length) bubble.append(Messages.given(Messages.PHONE, item.reactions));
    if (!item.deleted) meta.prepend(phoneTools(item, owner, own, bubble));
    row.append(bubble);
    if (!own) {
      for (const one of item.buttons) {
        const button = el("button", "wa-button", one.title);
        button.type = "button";
        button.dataset.testid = "phone-button";
        if (one.kind === "url") button.title = one.value;
        button.addEventListener("click", () => attempt(() => call("whatsapp", `phones/${owner.client.key}/tap`, { wamid: item.wamid, title: one.title })));
        row.append(button);
      }
    }
    return row;
  };
  const phoneTools = (item, owner, own, bubble) => {
    const about = Messages.line(item);
    const tool = (label, act) => Messages.tool(label, about, act);
    const path = `phones/${owner.client.key}`;
    const begin = (what) => { Object.assign(pick, { phoneQuote: null, phoneEditing: null }, what); drawPhoneQuote(); $("phone-composer").focus(); };
    const all = [tool("Reply", () => begin({ phoneQuote: item }))];
    if (!own) all.push(Messages.reactions(Messages.PHONE, about, item.reactions, bubble, (emoji, on) => attempt(() => call("whatsapp", `${path}/react`, { wamid: item.wamid, emoji: on ? emoji : "" }))));
    if (own && item.kind === "text") all.push(tool("Edit", () => { begin({ phoneEditing: item }); $("phone-composer").value = item.text; }));
    if (own) all.push(tool("Delete", () => attempt(() => fromPhone({ type: "revoke", revoke: { original_message_id: item.wamid } }, item))));
    return el("span", "tools", ...all);
  };
  // A message of any kind, to the number of another one or to the one that is on the screen.
  const fromPhone = (message, about) => call("whatsapp", `phones/${client().client.key}/message`, { message, number: about?.phone_number_id ?? null });
  const phoneAttach = Attach.phone({
    sendFile: (file) => attempt(async () => {
      const takesWords = ["image", "video", "document"].includes(file.kind);
      const caption = takesWords && !pick.phoneEditing ? $("phone-composer").value.trim() : "";
      if (caption) $("phone-composer").value = "";
      await call("whatsapp", `phones/${client().client.key}/file`, { ...file, caption: caption || null });
      refresh("whatsapp");
    }),
    sendPlace: (place) => attempt(async () => { await fromPhone({ type: "location", location: place }); refresh("whatsapp"); }),
  });
  const drawPhoneQuote = () => {
    const what = pick.phoneEditing ?? pick.phoneQuote;
    $("phone-quote").hidden = !what;
    if (what) $("phone-quote-text").textContent = `${pick.phoneEditing ? "Editing" : "Reply to"}: ${Messages.line(what).slice(0, 80)}`;
    $("phone-quote-drop").setAttribute("aria-label", pick.phoneEditing ? "Stop editing" : "Remove the quote");
  };
  const sendPhone = () => attempt(async () => {
    const text = $("phone-composer").value.trim();
    if (!text || !client()) return;
    const { phoneQuote: quote, phoneEditing: editing } = pick;
    $("phone-composer").value = "";
    Object.assign(pick, { phoneQuote: null, phoneEditing: null });
    drawPhoneQuote();
    if (editing) await fromPhone({ type: "edit", edit: { original_message_id: editing.wamid, message: { type: "text", text: { body: text } } } }, editing);
    else await call("whatsapp", `phones/${client().client.key}/type`, { text, reply_to: quote?.wamid ?? null });
    refresh("whatsapp");
  });

  // Faults.
  const drawFaults = () => {
    const on = state[pick.world]?.faults ?? [];
    for (const button of document.querySelectorAll("[data-world]")) button.setAttribute("aria-pressed", String(button.dataset.world === pick.world));
    const count = ["whatsapp", "teams"].reduce((sum, world) => sum + (state[world]?.faults.length ?? 0), 0);
    $("faults-note").textContent = count === 0 ? "none on" : `${count} on`;
    $("faults-note").className = count === 0 ? "subtle" : "badge";
    for (const [name, , note, where] of FAULTS) {
      const button = $(`fault-${name}`);
      const fault = on.find((one) => one.name === name);
      const left = fault ? (fault.count === null ? "on until switched off" : `on, ${fault.count} left`) : note;
      button.hidden = !where.includes(pick.world);
      button.disabled = !worlds[pick.world];
      button.setAttribute("aria-pressed", String(Boolean(fault)));
      if (button.lastChild.textContent !== left) button.lastChild.textContent = left;
    }
  };
  const buildFaults = () => {
    for (const [name, title, note, , options] of FAULTS) {
      const button = el("button", "fault", el("strong", "", title), el("span", "subtle", note));
      button.type = "button";
      button.id = `fault-${name}`;
      button.dataset.testid = `fault-${name}`;
      button.setAttribute("aria-pressed", "false");
      button.addEventListener("click", () => attempt(async () => {
        const off = button.getAttribute("aria-pressed") === "true";
        const count = $("fault-count").value;
        await call(pick.world, "faults", off ? { name, off } : { name, count: count ? Number(count) : null, ...options });
        refresh(pick.world);
      }));
      $("faults").append(button);
    }
    for (const button of document.querySelectorAll("[data-world]")) button.addEventListener("click", () => { pick.world = button.dataset.world; drawFaults(); });
  };

  // News from WhatsApp: a template's status, or something about the account.
  const drawNews = async () => {
    const templates = await call("whatsapp", "templates");
    const chosen = $("news-template").value;
    $("news-template").replaceChildren(...templates.map((template) => {
      const option = el("option", "", `${template.name} (${template.language}), ${template.status.toLowerCase()}`);
      option.value = JSON.stringify([template.name, template.language]);
      return option;
    }));
    if (chosen) $("news-template").value = chosen;
  };
  const buildNews = () => {
    for (const [at, [title]] of NEWS.entries()) {
      const option = el("option", "", title);
      option.value = String(at);
      $("news-what").append(option);
    }
    const aboutTemplate = () => { $("news-template").disabled = !NEWS[Number($("news-what").value)][1].event; };
    $("news-what").addEventListener("change", aboutTemplate);
    document.querySelector("details.faults").addEventListener("toggle", () => attempt(drawNews));
    $("news-form").addEventListener("submit", (event) => {
      event.preventDefault();
      attempt(async () => {
        const [, news] = NEWS[Number($("news-what").value)];
        if (news.event) {
          const [name, language] = JSON.parse($("news-template").value);
          await call("whatsapp", "templates/status", { name, language, ...news });
          await drawNews();
        } else {
          const [number] = state.whatsapp.numbers;
          const value = { ...news.value, display_phone_number: number.display.replace(/\D/g, "") };
          await call("whatsapp", "webhooks/announce", { waba_id: number.waba_id, field: news.field, value });
        }
      });
    });
    aboutTemplate();
  };

  // The server's journal, newest first.
  let newest = -1;
  let reading = false;
  const journal = async () => {
    if (!journalUrl || reading) return;
    reading = true;
    try {
      const rows = (await (await fetch(journalUrl)).json()).sort((one, other) => other.seq - one.seq).slice(0, 300);
      $("journal-note").textContent = rows.length ? `${rows.length} entries, newest first` : "Nothing happened yet";
      if (rows[0]?.seq !== newest) {
        newest = rows[0]?.seq;
        $("journal").replaceChildren(...rows.map((row) => {
          const line = el("tr", "", el("td", "number", String(row.seq)), el("td", "when", timeNode(row.at)), el("td", "actor", String(row.actor ?? "")), el("td", "what", String(row.summary ?? "")));
          line.title = String(row.kind ?? "");
          line.dataset.testid = "journal-row";
          return line;
        }));
      }
    } catch { $("journal-note").textContent = "The server's journal cannot be read just now."; } finally { reading = false; }
  };

  const enterSends = (id, send) => $(id).addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); send(); }
  });
  const listen = () => {
    $("teams-form").addEventListener("submit", (event) => { event.preventDefault(); sendTeams(); });
    $("phone-form").addEventListener("submit", (event) => { event.preventDefault(); sendPhone(); });
    enterSends("composer", sendTeams);
    enterSends("phone-composer", sendPhone);
    $("composer").addEventListener("input", announceTyping);
    $("quote-drop").addEventListener("click", () => { if (pick.editing) $("composer").value = ""; Object.assign(pick, { quote: null, chain: null, editing: null }); drawQuote(); drawAddress(place()); });
    $("address").addEventListener("change", () => { pick.address[place().id] = $("address").value; });
    $("phone-quote-drop").addEventListener("click", () => { if (pick.phoneEditing) $("phone-composer").value = ""; Object.assign(pick, { phoneQuote: null, phoneEditing: null }); drawPhoneQuote(); });
    $("install").addEventListener("click", () => attempt(async () => { await call("teams", `users/${user().user.key}/install`, {}); refresh("teams"); }));
    const toggle = (id, name) => $(id).addEventListener("click", () => attempt(async () => {
      await call("whatsapp", `phones/${client().client.key}`, { [name]: !client()[name] });
      refresh("whatsapp");
    }));
    toggle("phone-online", "online");
    toggle("phone-open", "open");
    for (const button of document.querySelectorAll(".step")) button.addEventListener("click", () => advance(Number(button.dataset.hours)));
  };

  const start = async () => {
    const query = new URLSearchParams(location.search);
    const given = await fetch("/_sim/page").then((response) => response.json()).catch(() => ({}));
    const loopback = (url) => {
      if (!url) return null;
      const host = new URL(url, location.href).hostname;
      return ["127.0.0.1", "localhost"].includes(host) ? new URL(url, location.href).href.replace(/\/$/, "") : null;
    };
    worlds.teams = loopback(query.get("teams") ?? given.teams_url);
    worlds.whatsapp = loopback(query.get("whatsapp") ?? given.whatsapp_url);
    journalUrl = loopback(query.get("journal") ?? given.journal_url);
    const own = await fetch("/_sim/state").then((response) => response.json()).catch(() => null);
    if (own) worlds[own.world] ??= location.origin;
    if (!worlds.teams || !worlds.whatsapp) problem(`The address of the ${worlds.teams ? "WhatsApp" : "Teams"} world is missing. Add it to this page's address: ?teams=http://127.0.0.1:PORT&whatsapp=http://127.0.0.1:PORT`);
    if (!journalUrl) $("journal-note").textContent = "No journal address was given.";
    buildFaults();
    buildNews();
    keepAtEnd($("chat"));
    keepAtEnd($("phone"));
    listen();
    follow("teams");
    follow("whatsapp");
    journal();
    setInterval(tick, 1000);
    setInterval(journal, 2000);
  };
  start();
})();
