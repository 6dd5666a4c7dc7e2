// Conversations that colleagues share in Teams: the list of them, what each person sees there, who is in them, and new ones.
"use strict";

const Rooms = (() => {
  const el = (...parts) => Cards.el(...parts);
  const button = (title, testid, act, label) => {
    const node = el("button", "", title);
    node.type = "button";
    node.dataset.testid = testid;
    if (label) node.setAttribute("aria-label", label);
    node.addEventListener("click", act);
    return node;
  };

  // What somebody sees: not what was for others only, nor what was written before their part of the history; their own views of cards.
  const seenBy = (room, key) => {
    const from = room.roster.members.find((member) => member.user === key)?.sees_from;
    const visible = room.chat.filter((item) => (!item.private_to || item.private_to === key) && (!from || new Date(item.at) >= new Date(from)));
    return visible.map(({ views, ...item }) => ({ ...item, card: item.deleted ? null : views[key] ?? item.card }));
  };
  // A channel's chains one below the other, each with its answers.
  const inChains = (items) => {
    const roots = items.filter((item) => item.root === item.activity_id);
    return roots.flatMap((root) => [root, ...items.filter((item) => item.root === root.activity_id && item !== root)]);
  };

  // Where somebody can be: their own chat with the bot first, then what they share with others.
  const list = (teams, { user, chat, typing_at }) => {
    const own = { id: null, kind: "own", name: teams.bot_name, note: "Your chat", items: chat, typing_at, bot: true, rsc: true };
    const team = (room) => teams.teams.find((one) => one.id === room.team);
    const open = (room) => !room.deleted && !team(room)?.deleted && room.roster.members.some((member) => member.user === user.key);
    const shared = teams.rooms.filter(open).map((room) => {
      const items = seenBy(room, user.key);
      const channel = room.kind === "channel";
      return {
        id: room.id,
        kind: room.kind,
        name: room.name || "Group chat",
        note: channel ? team(room)?.name ?? "Team" : "Group chat",
        items: channel ? inChains(items) : items,
        typing_at: room.typing_at,
        bot: room.roster.bot,
        rsc: room.roster.rsc,
        members: room.roster.members.map((member) => member.user),
      };
    });
    return [own, ...shared];
  };
  // Messages of others: what can be new to somebody.
  const fromOthers = (place, user) => place.items.filter((item) => item.author_id !== user.user_id).length;

  // The list beside the chat.
  const bar = ({ choose, create }) => {
    const rows = el("ul");
    const add = button("New group chat", "room-new", create);
    add.className = "place-new";
    add.setAttribute("aria-controls", "settings");
    document.getElementById("places").append(rows, add);
    return (places, current, unread) => {
      while (rows.children.length > places.length) rows.lastChild.remove();
      places.forEach((place, index) => {
        if (!rows.children[index]) rows.append(el("li", "", button("", `place-${index}`, (event) => choose(event.currentTarget.dataset.place || null))));
        const row = rows.children[index].firstChild;
        row.className = "place-name";
        row.dataset.place = place.id ?? "";
        row.setAttribute("aria-current", String(place.id === current));
        const count = place.id === current ? 0 : unread(place);
        const mark = JSON.stringify([place.name, place.note, count]);
        if (row.dataset.mark === mark) return;
        row.dataset.mark = mark;
        row.replaceChildren(el("span", "", place.name), el("span", "subtle", place.note), ...(count > 0 ? [el("span", "badge", `${count} new`)] : []));
      });
    };
  };

  // The section below the head of a chat: who is in it, or the form for a new one. `act` calls the control surface and gives its answer.
  const panel = ({ act, opened }) => {
    const box = document.getElementById("settings");
    const opener = document.getElementById("settings-open");
    let mode = null;
    let now = null;
    let mark = "";
    const path = () => `rooms/${encodeURIComponent(now.place.id)}`;
    const by = () => now.user.user.key;
    const nameOf = (key) => now.teams.users.find((one) => one.user.key === key)?.user.name ?? key;
    const close = () => {
      mode = null;
      box.hidden = true;
      opener.setAttribute("aria-expanded", "false");
    };
    const field = (label, id, value) => {
      const input = el("input", "field");
      Object.assign(input, { id, type: "text", value, maxLength: 250 });
      input.dataset.testid = id;
      const name = el("label", "label", label);
      name.htmlFor = id;
      return [el("div", "input", name, input), input];
    };
    const check = (label, value, checked) => {
      const input = el("input");
      Object.assign(input, { type: "checkbox", value, checked });
      return el("label", "check", input, el("span", "", label));
    };

    const newChat = () => {
      const [topic, words] = field("Name", "room-topic", "");
      const others = now.teams.users.filter((one) => one.user.key !== by());
      const people = others.map((one) => check(one.user.name, one.user.key, false));
      const bot = check(`With ${now.teams.bot_name}`, "", true);
      const note = el("p", "error");
      note.setAttribute("role", "status");
      const group = el("fieldset", "choices", el("legend", "label", "People"), ...people, bot);
      const form = el("form", "settings-form", el("strong", "", "New group chat"), topic, group, note);
      const submit = el("button", "primary", "Create");
      submit.type = "submit";
      submit.dataset.testid = "room-create";
      form.append(el("div", "actions", submit, button("Cancel", "room-cancel", () => { close(); opened(now.place.id); })));
      form.addEventListener("submit", async (event) => {
        event.preventDefault();
        const chosen = people.map((one) => one.firstChild).filter((input) => input.checked).map((input) => input.value);
        if (chosen.length === 0) { note.textContent = "Choose at least one colleague."; people[0]?.firstChild.focus(); return; }
        const made = await act("group-chats", { topic: words.value.trim() || null, members: [by(), ...chosen] });
        if (!made) return;
        if (bot.firstChild.checked) await act(`rooms/${encodeURIComponent(made.conversation)}/bot`, { by: by() });
        close();
        opened(made.conversation);
      });
      return form;
    };

    const here = () => {
      const { place, teams } = now;
      const row = (key) => {
        const title = key === by() ? "Leave" : "Remove";
        const drop = button(title, "room-remove", () => act(`${path()}/members`, { by: by(), user: key, remove: true }), `${title}: ${nameOf(key)}`);
        return el("li", "", el("span", "", nameOf(key)), drop);
      };
      const missing = teams.users.filter((one) => !place.members.includes(one.user.key));
      const members = el("ul", "attached", ...place.members.map(row));
      members.setAttribute("aria-label", "Members");
      const parts = [el("strong", "", `In ${place.name}`), members];
      if (missing.length) {
        const who = el("select", "field");
        who.id = "room-who";
        who.dataset.testid = "room-who";
        who.append(...missing.map((one) => { const option = el("option", "", one.user.name); option.value = one.user.key; return option; }));
        const label = el("label", "label", "Add somebody");
        label.htmlFor = who.id;
        parts.push(el("div", "input", label, el("div", "actions", who, button("Add", "room-add", () => act(`${path()}/members`, { by: by(), user: who.value })))));
      }
      const bot = teams.bot_name;
      const toggle = button(place.bot ? `Remove ${bot}` : `Add ${bot}`, "room-bot", () => act(`${path()}/bot`, { by: by(), remove: place.bot }));
      const hears = button(place.rsc ? "Hears everything" : "Hears mentions only", "room-rsc", () => act(`${path()}/rsc`, { enabled: !place.rsc }));
      hears.setAttribute("aria-pressed", String(place.rsc));
      hears.title = `Whether the organization consents that ${bot} hears messages that do not mention it`;
      parts.push(el("div", "actions", toggle, ...(place.bot ? [hears] : []), button("Close", "settings-close", () => { close(); opener.focus(); })));
      return el("div", "settings-form", ...parts);
    };

    const draw = () => {
      if (!mode) return;
      if (mode === "here" && !now.place.id) { close(); return; }
      const fresh = JSON.stringify([mode, by(), mode === "here" ? [now.place.id, now.place.name, now.place.members, now.place.bot, now.place.rsc] : null]);
      if (fresh === mark && !box.hidden) return;
      mark = fresh;
      const focused = box.contains(document.activeElement) ? document.activeElement.dataset.testid : null;
      box.replaceChildren(mode === "new" ? newChat() : here());
      box.hidden = false;
      if (focused) (box.querySelector(`[data-testid="${focused}"]`) ?? box.querySelector("button"))?.focus();
    };
    const open = (what) => {
      mode = what;
      mark = "";
      opener.setAttribute("aria-expanded", String(what === "here"));
      draw();
      box.querySelector("input, button")?.focus();
    };
    opener.addEventListener("click", () => { if (mode === "here") close(); else open("here"); });
    box.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      const back = mode === "new" ? document.querySelector("[data-testid=room-new]") : opener;
      close();
      back.focus();
    });
    return { open, close, draw: (context) => { now = context; opener.hidden = !context.place.id; draw(); } };
  };

  return { list, fromOthers, bar, panel };
})();
