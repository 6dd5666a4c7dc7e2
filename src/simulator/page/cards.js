// A small renderer for the Adaptive Cards that switchboard sends. Text from outside only ever becomes text nodes.
"use strict";

const Cards = (() => {
  const el = (tag, className, ...children) => {
    const node = document.createElement(tag);
    if (className) node.className = className;
    node.append(...children.filter((child) => child !== null && child !== undefined));
    return node;
  };
  const word = (value) => String(value ?? "").toLowerCase().replace(/[^a-z]/g, "");
  const safeUrl = (url) => (/^(https?|mailto|tel):/i.test(String(url)) ? String(url) : null);
  let serial = 0;

  // {{DATE(2026-11-20T12:00:00Z, SHORT)}} and {{TIME(...)}}, in the reader's zone.
  const macros = (text, env) => String(text).replace(/\{\{(DATE|TIME)\(([^,)]+)(?:,\s*(\w+))?\)\}\}/g, (whole, kind, at, style) => {
    const date = new Date(at.trim());
    if (Number.isNaN(date.getTime())) return whole;
    const long = { weekday: "long", year: "numeric", month: "long", day: "numeric" };
    const short = { weekday: "short", year: "numeric", month: "short", day: "numeric" };
    const styles = { COMPACT: { dateStyle: "short" }, SHORT: short, LONG: long };
    const options = kind === "TIME" ? { timeStyle: "short" } : styles[style] ?? styles.COMPACT;
    return new Intl.DateTimeFormat(env.locale, { ...options, timeZone: env.timeZone }).format(date);
  });

  // The Markdown subset of TextBlocks: bold, italic, links, lists; backslash escapes.
  const inline = (text, parent) => {
    const pattern = /\\([\\`*_{}[\]()#+\-.!~>|])|\*\*([^*\n]+?)\*\*|(?<![\w*])\*([^*\s][^*\n]*?)\*(?![\w*])|(?<!\w)_([^_\n]+?)_(?!\w)|\[([^\]\n]+)\]\(([^)\s]+)\)|`([^`\n]+)`/g;
    let last = 0;
    for (const match of text.matchAll(pattern)) {
      parent.append(text.slice(last, match.index));
      last = match.index + match[0].length;
      if (match[1]) parent.append(match[1]);
      else if (match[2]) { const node = el("strong"); inline(match[2], node); parent.append(node); }
      else if (match[3] || match[4]) { const node = el("em"); inline(match[3] ?? match[4], node); parent.append(node); }
      else if (match[7]) parent.append(el("code", "", match[7]));
      else parent.append(link(match[6], match[5]));
    }
    parent.append(text.slice(last));
  };
  const link = (url, text) => {
    const href = safeUrl(url);
    if (!href) return document.createTextNode(text);
    const node = el("a", "", text);
    node.href = href;
    node.target = "_blank";
    node.rel = "noopener noreferrer";
    return node;
  };
  const markdown = (text, parent) => {
    let list = null;
    String(text).replace(/\r/g, "").split("\n").forEach((line, index, lines) => {
      const item = line.match(/^\s*(?:([-*+])|(\d+)\.)\s+(.*)$/);
      if (item) {
        const tag = item[2] ? "OL" : "UL";
        if (list?.tagName !== tag) {
          list = el(tag.toLowerCase());
          if (item[2]) list.start = Number(item[2]);
          parent.append(list);
        }
        const node = el("li");
        inline(item[3], node);
        list.append(node);
        return;
      }
      list = null;
      if (line === "") return;
      inline(line, parent);
      if (index + 1 < lines.length) parent.append(el("br"));
    });
    return parent;
  };

  const place = (node, element) => {
    if (element.spacing) node.classList.add(`sp-${word(element.spacing)}`);
    if (element.separator) node.classList.add("separator");
    if (element.horizontalAlignment) node.classList.add(`h-${word(element.horizontalAlignment)}`);
    if (element.isVisible === false) node.hidden = true;
    if (element.id) node.dataset.cardId = element.id;
    return node;
  };

  const elements = {
    TextBlock(element, env) {
      const heading = word(element.style) === "heading";
      const node = el("div", "text");
      if (heading) { node.setAttribute("role", "heading"); node.setAttribute("aria-level", "3"); }
      for (const name of ["weight", "color", "size", "fontType"]) if (element[name]) node.classList.add(`${name.toLowerCase()}-${word(element[name])}`);
      if (heading && !element.size) node.classList.add("size-large");
      if (heading && !element.weight) node.classList.add("weight-bolder");
      if (element.isSubtle) node.classList.add("subtle");
      if (!element.wrap) node.classList.add("nowrap");
      return markdown(macros(element.text ?? "", env), node);
    },
    RichTextBlock(element, env) {
      const node = el("div", "text");
      for (const run of element.inlines ?? []) {
        const part = typeof run === "string" ? { text: run } : run;
        const span = el("span", `weight-${word(part.weight)} color-${word(part.color)} size-${word(part.size)}`, macros(part.text ?? "", env));
        if (part.isSubtle) span.classList.add("subtle");
        if (part.italic) span.classList.add("italic");
        if (part.strikethrough) span.classList.add("strike");
        node.append(span);
      }
      return node;
    },
    Container(element, env) {
      const node = el("div", "container");
      if (element.style) node.classList.add("styled", `style-${word(element.style)}`);
      append(element.items, node, env);
      return selectable(node, element.selectAction, env);
    },
    ColumnSet(element, env) {
      const node = el("div", "columns");
      for (const column of element.columns ?? []) {
        const child = el("div", "column");
        const width = column.width ?? "stretch";
        if (width === "auto") child.style.flex = "0 1 auto";
        else if (/^\d+px$/.test(width)) child.style.flex = `0 0 ${width}`;
        else child.style.flex = `${Number(width) || 1} 1 0`;
        if (column.style) child.classList.add("styled", `style-${word(column.style)}`);
        if (column.verticalContentAlignment) child.classList.add(`v-${word(column.verticalContentAlignment)}`);
        append(column.items, child, env);
        node.append(place(selectable(child, column.selectAction, env), column));
      }
      return selectable(node, element.selectAction, env);
    },
    FactSet(element, env) {
      const node = el("dl", "facts");
      for (const fact of element.facts ?? []) {
        const value = el("dd");
        markdown(macros(fact.value ?? "", env), value);
        node.append(el("dt", "", macros(fact.title ?? "", env)), value);
      }
      return node;
    },
    Table(element, env) {
      const table = el("table", "card-table");
      (element.rows ?? []).forEach((row, index) => {
        const line = el("tr");
        for (const cell of row.cells ?? []) {
          const node = el(index === 0 && element.firstRowAsHeaders !== false ? "th" : "td");
          append(cell.items, node, env);
          line.append(node);
        }
        table.append(line);
      });
      return table;
    },
    Image(element) {
      if (!/^data:image\//.test(String(element.url))) return el("div", "subtle", element.altText ? `[${element.altText}]` : "[picture]");
      const node = el("img", `image-${word(element.size) || "auto"}`);
      node.src = element.url;
      node.alt = element.altText ?? "";
      return node;
    },
    ActionSet: (element, env) => actionBar(element.actions ?? [], env),
    "Input.Text": (element, env) => input(element, env, () => {
      const field = el(element.isMultiline ? "textarea" : "input");
      if (!element.isMultiline) field.type = { email: "email", tel: "tel", url: "url", password: "password" }[word(element.style)] ?? "text";
      if (element.placeholder) field.placeholder = element.placeholder;
      if (element.maxLength) field.maxLength = element.maxLength;
      field.value = element.value ?? "";
      return { field, value: () => field.value };
    }),
    "Input.Number": (element, env) => input(element, env, () => {
      const field = el("input");
      field.type = "number";
      if (element.min !== undefined) field.min = element.min;
      if (element.max !== undefined) field.max = element.max;
      field.value = element.value ?? "";
      return { field, value: () => field.value };
    }),
    "Input.Date": (element, env) => input(element, env, () => picker("date", element)),
    "Input.Time": (element, env) => input(element, env, () => picker("time", element)),
    "Input.Toggle": (element, env) => input(element, env, (id) => {
      const field = el("input");
      field.type = "checkbox";
      field.id = id;
      const on = String(element.valueOn ?? "true");
      field.checked = String(element.value ?? element.valueOff ?? "false") === on;
      const label = el("label", "check", field);
      markdown(macros(element.title ?? "", env), label.appendChild(el("span")));
      return { field, box: label, value: () => (field.checked ? on : String(element.valueOff ?? "false")), filled: () => field.checked };
    }),
    "Input.ChoiceSet": (element, env) => input(element, env, (id) => {
      const chosen = String(element.value ?? "").split(",");
      const choices = element.choices ?? [];
      if (element["choices.data"] && env.onSearch && !element.isMultiSelect) return typeahead(element, env, id);
      if (!element.isMultiSelect && word(element.style) !== "expanded") {
        const field = el("select");
        const blank = el("option", "", element.placeholder ?? "Choose");
        blank.value = "";
        field.append(blank);
        for (const choice of choices) {
          const option = el("option", "", choice.title);
          option.value = choice.value;
          field.append(option);
        }
        field.value = choices.some((choice) => choice.value === element.value) ? element.value : "";
        return { field, value: () => field.value };
      }
      const box = el("div", "choices");
      box.setAttribute("role", "group");
      const fields = choices.map((choice) => {
        const field = el("input");
        field.type = element.isMultiSelect ? "checkbox" : "radio";
        field.name = id;
        field.value = choice.value;
        field.checked = chosen.includes(choice.value);
        box.append(el("label", "check", field, el("span", "", choice.title)));
        return field;
      });
      if (fields[0]) fields[0].id = id;
      const value = () => fields.filter((field) => field.checked).map((field) => field.value).join(",");
      return { field: fields[0] ?? box, box, value };
    }),
  };

  // Choices found by typing: those of the card at first, what the bot finds as soon as something is typed.
  const typeahead = (element, env, id) => {
    const own = element.choices ?? [];
    const field = el("input");
    field.placeholder = element.placeholder ?? "";
    let chosen = own.find((choice) => choice.value === element.value) ?? null;
    field.value = chosen?.title ?? "";
    const among = (text) => own.filter((choice) => choice.title.toLowerCase().includes(text.toLowerCase()));
    const search = async (text) => (text ? (await env.onSearch(element.id, text).catch(() => null)) ?? among(text) : own.slice(0, 15));
    const below = Search.combobox(field, {
      id,
      search,
      draw: (choice) => el("span", "", choice.title),
      onType: () => { chosen = null; },
      onChoose: (choice) => { chosen = choice; field.value = choice.title; field.dispatchEvent(new Event("change")); },
    });
    return { field, below, value: () => chosen?.value ?? "" };
  };

  const picker = (type, element) => {
    const field = el("input");
    field.type = type;
    for (const name of ["min", "max"]) if (element[name]) field[name] = element[name];
    field.value = element.value ?? "";
    return { field, value: () => field.value };
  };

  const input = (element, env, build) => {
    const id = `card-input-${++serial}`;
    const { field, box, below, value, filled } = build(id);
    field.id = id;
    if (!box) field.classList.add("field");
    field.dataset.testid = `input-${element.id}`;
    const node = el("div", "input");
    if (element.label) {
      const label = el("label", "label", element.label);
      // A group of choices is named by it, not the first of them.
      if (!box?.classList.contains("choices")) label.htmlFor = id;
      if (element.isRequired) label.append(el("span", "required", " (required)"));
      node.append(label);
      box?.setAttribute("aria-label", element.label);
    } else if (!box) {
      field.setAttribute("aria-label", element.placeholder ?? element.id ?? "Input");
    }
    const error = el("p", "error");
    error.id = `${id}-error`;
    error.hidden = true;
    node.append(box ?? field, ...(below ? [below] : []), error);
    const check = () => {
      const now = value();
      const missing = element.isRequired && !(filled ? filled() : now.trim() !== "");
      let wrong = missing;
      if (!missing && now !== "" && element.regex) {
        try { wrong = !new RegExp(element.regex).test(now); } catch { wrong = false; }
      }
      if (!missing && now !== "" && field.validity && !field.validity.valid && field.type !== "email") wrong = true;
      error.textContent = wrong ? element.errorMessage ?? (missing ? "Please fill this in." : "Please check this.") : "";
      error.hidden = !wrong;
      field.setAttribute("aria-invalid", String(Boolean(wrong)));
      if (wrong) field.setAttribute("aria-describedby", error.id); else field.removeAttribute("aria-describedby");
      return wrong ? field : null;
    };
    for (const event of ["input", "change"]) field.addEventListener(event, () => { if (!error.hidden) check(); });
    env.inputs.push({ id: element.id, value, check });
    return node;
  };

  const fire = (action, env, button) => {
    if (action.type === "Action.ToggleVisibility") {
      for (const target of action.targetElements ?? []) {
        const [id, shown] = typeof target === "string" ? [target, undefined] : [target.elementId, target.isVisible];
        for (const node of env.root.querySelectorAll(`[data-card-id="${CSS.escape(id)}"]`)) node.hidden = shown === undefined ? !node.hidden : !shown;
      }
      return;
    }
    if (action.type === "Action.OpenUrl") {
      const url = safeUrl(action.url);
      if (url) window.open(url, "_blank", "noopener,noreferrer");
      return;
    }
    const scopes = [];
    if (word(action.associatedInputs) !== "none") for (let scope = env; scope; scope = scope.parent) scopes.push(scope);
    const inputs = scopes.flatMap((scope) => scope.inputs);
    const wrong = inputs.map((one) => one.check()).filter(Boolean);
    if (wrong.length > 0) { wrong[0].focus(); return; }
    env.onAction(action, Object.fromEntries(inputs.map((one) => [one.id, one.value()])), button);
  };

  const selectable = (node, action, env) => {
    if (!action) return node;
    node.classList.add("selectable");
    node.tabIndex = 0;
    node.setAttribute("role", "button");
    if (action.title) node.setAttribute("aria-label", action.title);
    node.addEventListener("click", (event) => { if (!event.target.closest("a, button, input, select, textarea")) fire(action, env, node); });
    node.addEventListener("keydown", (event) => {
      if (event.target === node && (event.key === "Enter" || event.key === " ")) { event.preventDefault(); fire(action, env, node); }
    });
    return node;
  };

  const button = (action, env, panels) => {
    const node = el("button", `action ${word(action.style)}`, action.title ?? "Do it");
    node.type = "button";
    node.dataset.testid = "card-action";
    if (action.id) node.dataset.actionId = action.id;
    if (action.tooltip) node.title = action.tooltip;
    node.disabled = action.isEnabled === false;
    if (action.type === "Action.ShowCard") {
      const panel = el("div", "show-card");
      panel.hidden = true;
      content(action.card ?? {}, panel, { ...env, inputs: [], parent: env });
      panels.append(panel);
      node.setAttribute("aria-expanded", "false");
      node.addEventListener("click", () => {
        panel.hidden = !panel.hidden;
        node.setAttribute("aria-expanded", String(!panel.hidden));
      });
    } else {
      node.addEventListener("click", () => fire(action, env, node));
    }
    return node;
  };

  // Six buttons at most; secondary ones and the rest go into the overflow.
  const actionBar = (actions, env) => {
    const known = actions.filter((action) => /^Action\.(Execute|Submit|OpenUrl|ShowCard|ToggleVisibility)$/.test(action.type));
    const first = known.filter((action) => word(action.mode) !== "secondary").slice(0, 6);
    const rest = known.filter((action) => !first.includes(action));
    const panels = el("div", "panels");
    const bar = el("div", "actions", ...first.map((action) => button(action, env, panels)));
    if (rest.length > 0) {
      const menu = el("details", "more", el("summary", "action", "More"));
      menu.firstChild.dataset.testid = "card-more";
      menu.append(el("div", "menu", ...rest.map((action) => button(action, env, panels))));
      menu.addEventListener("keydown", (event) => { if (event.key === "Escape") { menu.open = false; menu.firstChild.focus(); } });
      bar.append(menu);
    }
    return el("div", "action-set", bar, panels);
  };

  const append = (items, parent, env) => {
    for (const element of items ?? []) {
      const draw = elements[element.type];
      if (draw) parent.append(place(draw(element, env), element));
      else if (element.fallback && element.fallback !== "drop") append([element.fallback], parent, env);
      else if (element.fallback !== "drop") parent.append(el("div", "subtle", `[${element.type}]`));
    }
  };

  const content = (card, parent, env) => {
    append(card.body, parent, env);
    if (card.actions?.length) parent.append(actionBar(card.actions, env));
  };

  // `env`: {locale, timeZone, onAction(action, inputs, button), onSearch(input, text)}.
  const render = (card, env) => {
    const root = el("div", "card");
    root.dataset.testid = "card";
    const scope = { ...env, root, inputs: [], parent: null };
    content(card, root, scope);
    return selectable(root, card.selectAction, scope);
  };

  // HTML of Teams' subset: only these elements, and links with a harmless address, survive.
  const ALLOWED = new Set(["B", "STRONG", "I", "EM", "S", "STRIKE", "DEL", "U", "CODE", "PRE", "BLOCKQUOTE", "UL", "OL", "LI", "P", "BR", "DIV", "SPAN", "H1", "H2", "H3"]);
  const html = (text) => {
    const target = el("div", "text html");
    const copy = (from, to) => {
      for (const child of from.childNodes) {
        if (child.nodeType === Node.TEXT_NODE) { to.append(child.data); continue; }
        if (child.nodeType !== Node.ELEMENT_NODE || ["SCRIPT", "STYLE", "TEMPLATE"].includes(child.tagName)) continue;
        if (child.tagName === "A") { const node = link(child.getAttribute("href"), ""); if (node.nodeType === 1) { copy(child, node); to.append(node); } else copy(child, to); continue; }
        const node = ALLOWED.has(child.tagName) ? el(child.tagName.toLowerCase()) : null;
        copy(child, node ?? to);
        if (node) to.append(node);
      }
    };
    copy(new DOMParser().parseFromString(String(text), "text/html").body, target);
    return target;
  };

  return { render, html, markdown: (text) => markdown(text, el("div", "text")), el, safeUrl, link };
})();
