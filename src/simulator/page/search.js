// Searching while somebody types: the input that lists what was found, and the message extension beside the compose box.
"use strict";

const Search = (() => {
  const el = (...parts) => Cards.el(...parts);
  const PAUSE = 150; // ms without a key before the bot is asked

  // Makes `field` a combobox and returns its list, which stands in the flow of the page. Arrows move, Enter chooses, Escape
  // closes. `search(text)` gives items, `draw(item)` what stands in a row.
  const combobox = (field, { id, search, draw, onType = () => {}, onChoose, stays = false }) => {
    const list = el("ul", "options");
    list.id = `${id}-options`;
    list.setAttribute("role", "listbox");
    list.hidden = true;
    for (const [name, value] of Object.entries({ role: "combobox", autocomplete: "off", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id })) field.setAttribute(name, value);
    let items = [];
    let active = -1;
    let asked = 0;
    let timer = null;
    const close = () => {
      if (stays) return;
      clearTimeout(timer);
      asked += 1;
      list.hidden = true;
      field.setAttribute("aria-expanded", "false");
      field.removeAttribute("aria-activedescendant");
    };
    const mark = (at) => {
      active = at;
      [...list.children].forEach((row, index) => row.setAttribute("aria-selected", String(index === at)));
      const row = list.children[at];
      if (row) { field.setAttribute("aria-activedescendant", row.id); row.scrollIntoView({ block: "nearest" }); } else field.removeAttribute("aria-activedescendant");
    };
    const choose = (at) => {
      const item = items[at];
      if (item === undefined) return;
      close();
      onChoose(item);
    };
    const show = (found) => {
      items = found;
      list.setAttribute("aria-label", field.labels?.[0]?.textContent ?? field.getAttribute("aria-label") ?? "Found");
      list.replaceChildren(...found.map((item, index) => {
        const row = el("li", "option", draw(item));
        row.id = `${list.id}-${index}`;
        row.setAttribute("role", "option");
        // The field keeps the focus, or its list would close before the click.
        row.addEventListener("pointerdown", (event) => event.preventDefault());
        row.addEventListener("click", () => choose(index));
        return row;
      }));
      list.hidden = found.length === 0;
      field.setAttribute("aria-expanded", String(found.length > 0));
      mark(-1);
    };
    const look = async () => {
      const mine = ++asked;
      const found = await search(field.value.trim());
      if (mine === asked) show(found);
    };
    const lookSoon = () => { clearTimeout(timer); timer = setTimeout(look, PAUSE); };
    field.addEventListener("input", () => { onType(); lookSoon(); });
    field.addEventListener("click", () => { if (list.hidden) look(); });
    field.addEventListener("blur", close);
    field.addEventListener("keydown", (event) => {
      const steps = { ArrowDown: 1, ArrowUp: -1 };
      if (event.key in steps) {
        event.preventDefault();
        if (list.hidden) { look(); return; }
        mark((active + steps[event.key] + items.length + (active < 0 && steps[event.key] < 0 ? 1 : 0)) % items.length);
      } else if (event.key === "Enter") {
        event.preventDefault();
        choose(active >= 0 || list.hidden ? active : items.length === 1 ? 0 : -1);
      } else if (event.key === "Escape" && !list.hidden && !stays) {
        event.stopPropagation();
        close();
      }
    });
    list.look = look;
    return list;
  };

  const COMMANDS = [["templates", "Templates", "Find by name or text"], ["contacts", "Contacts", "Find by name or number"]];

  // The popover above the compose box. What is chosen stands in the compose box until it is sent.
  const extension = ({ ask, reader, say }) => {
    const box = document.getElementById("extension");
    const opener = document.getElementById("extension-open");
    const placed = document.getElementById("placed");
    let command = COMMANDS[0];
    let card = null;

    const note = el("p", "subtle");
    note.setAttribute("role", "status");
    const field = el("input", "field");
    field.type = "text";
    field.id = "extension-search";
    field.dataset.testid = "extension-search";
    const label = el("label", "label", "");
    label.htmlFor = field.id;
    const tell = (text) => { note.textContent = text ?? ""; note.hidden = !text; };
    const rows = combobox(field, {
      id: field.id,
      stays: true,
      search: async (text) => {
        try {
          const answer = await ask("search", { command: command[0], text });
          tell(answer.message);
          return answer.results;
        } catch (error) { tell(`That did not work: ${error.message}`); return []; }
      },
      draw: (found) => el("span", "found", el("strong", "", found.title), el("span", "subtle", found.text)),
      onChoose: choose,
    });
    rows.dataset.testid = "extension-results";
    const tabs = COMMANDS.map((one) => {
      const tab = el("button", "", one[1]);
      tab.type = "button";
      tab.dataset.testid = `extension-${one[0]}`;
      tab.addEventListener("click", () => { command = one; field.value = ""; draw(); rows.look(); field.focus(); });
      return tab;
    });
    const group = el("div", "switch", ...tabs);
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", "Search for");
    const shut = el("button", "", "Close");
    shut.type = "button";
    shut.addEventListener("click", () => { close(); opener.focus(); });
    box.append(el("div", "extension-head", group, shut), label, field, note, rows);

    function draw() {
      COMMANDS.forEach((one, index) => tabs[index].setAttribute("aria-pressed", String(one === command)));
      label.textContent = command[2];
      tell("");
    }
    function open() {
      box.hidden = false;
      opener.setAttribute("aria-expanded", "true");
      field.value = "";
      draw();
      rows.look();
      field.focus();
    }
    function close() {
      box.hidden = true;
      opener.setAttribute("aria-expanded", "false");
    }
    async function choose(found) {
      let chosen = found;
      if (found.tap) {
        const answer = await ask("choose", { tap: found.tap }).catch((error) => ({ message: error.message, results: [] }));
        if (answer.results.length === 0) { tell(answer.message); return; }
        chosen = answer.results[0];
      }
      close();
      place(chosen.card);
      say(`${chosen.title} is in the compose box. Send puts it into the chat.`);
      document.getElementById("composer").focus();
    }
    function place(chosen) {
      card = chosen;
      placed.hidden = !card;
      if (!card) { placed.replaceChildren(); return; }
      const drawn = Cards.render(card, { ...reader(), onAction: () => {} });
      // Only what is in the chat can be pressed.
      drawn.inert = true;
      const drop = el("button", "", "Remove");
      drop.type = "button";
      drop.setAttribute("aria-label", "Remove the card");
      drop.addEventListener("click", () => { place(null); document.getElementById("composer").focus(); });
      placed.replaceChildren(el("div", "extension-head", el("span", "subtle", "Not in the chat yet"), drop), drawn);
    }
    opener.addEventListener("click", () => { if (box.hidden) open(); else close(); });
    box.addEventListener("keydown", (event) => { if (event.key === "Escape") { close(); opener.focus(); } });
    return { placed: () => card, clear: () => { place(null); close(); } };
  };

  return { combobox, extension };
})();
