// What both clients do with a message: react to it, and show the file in it.
"use strict";

const Messages = (() => {
  const el = (...parts) => Cards.el(...parts);
  // [value, mark, name]: Teams sends a name, WhatsApp the emoji itself.
  const TEAMS = [["like", "\u{1f44d}", "Like"], ["heart", "\u2764\ufe0f", "Heart"], ["laugh", "\u{1f606}", "Laugh"], ["surprised", "\u{1f62e}", "Surprised"], ["sad", "\u{1f622}", "Sad"], ["angry", "\u{1f620}", "Angry"]];
  const PHONE = [["\u{1f44d}", "Thumbs up"], ["\u2764\ufe0f", "Heart"], ["\u{1f602}", "Laughing"], ["\u{1f62e}", "Surprised"], ["\u{1f622}", "Sad"], ["\u{1f64f}", "Thanks"]].map(([mark, name]) => [mark, mark, name]);

  const tool = (label, about, act) => {
    const button = el("button", "tool", label);
    button.type = "button";
    button.setAttribute("aria-label", `${label}: ${about.slice(0, 40)}`);
    button.addEventListener("click", act);
    return button;
  };

  // A tool that opens a choice of reactions in `box`. `set` is told the value and whether it is given or taken back.
  const reactions = (choices, about, given, box, set) => {
    const group = el("div", "reaction-choice");
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", "Reaction");
    group.hidden = true;
    const opener = tool("React", about, () => show(group.hidden));
    const show = (on) => {
      group.hidden = !on;
      opener.setAttribute("aria-expanded", String(on));
      if (!on) { opener.focus(); return; }
      group.scrollIntoView({ block: "nearest" });
      group.querySelector("button").focus();
    };
    opener.setAttribute("aria-expanded", "false");
    for (const [value, mark, name] of choices) {
      const on = given.includes(value);
      const sign = el("span", "", mark);
      sign.setAttribute("aria-hidden", "true");
      const button = el("button", "reaction", sign, ` ${name}`);
      button.type = "button";
      button.setAttribute("aria-pressed", String(on));
      button.addEventListener("click", () => { show(false); set(value, !on); });
      group.append(button);
    }
    group.addEventListener("keydown", (event) => { if (event.key === "Escape") show(false); });
    box.append(group);
    return opener;
  };
  // What the bot says with a reaction, and nobody is offered.
  const MARKS = [["2705_whiteheavycheckmark", "\u2705", "Check mark"], ["1f440_eyes", "\u{1f440}", "Eyes"], ["26a0_warningsign", "\u26a0\ufe0f", "Warning"]];
  const named = (choices, value) => {
    const [, mark, name] = [...choices, ...MARKS].find(([one]) => one === value) ?? [value, value, ""];
    return `${mark} ${name}`.trim();
  };
  const given = (choices, values) => el("div", "reactions", `${values.length > 1 ? "Reactions" : "Reaction"}: ${values.map((value) => named(choices, value)).join(", ")}`);

  const size = (bytes) => {
    if (bytes < 1024 * 1024) return `${Math.max(1, Math.ceil(bytes / 1024))} KB`;
    return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
  };
  const FILES = { image: "Picture", video: "Video", audio: "Audio file", document: "Document", sticker: "Sticker" };
  // What stands above the words of a message on the phone: a picture, a file, a place.
  const above = (item) => {
    if (item.picture) {
      const picture = el("img", item.kind === "sticker" ? "wa-picture sticker" : "wa-picture");
      picture.src = item.picture;
      picture.alt = item.kind === "sticker" ? "Sticker" : item.file ? "Picture" : "Picture above the text";
      return [picture];
    }
    if (item.file) {
      const what = item.file.voice ? "Voice message" : FILES[item.kind] ?? "File";
      return [el("div", "wa-file", el("strong", "", item.file.name ?? what), el("span", "subtle", item.file.name ? `${what}, ${size(item.file.size)}` : size(item.file.size)))];
    }
    if (item.kind === "location") {
      const [first, ...rest] = words(item.text).split("\n");
      return [el("div", "wa-file", el("strong", "", rest.length > 0 ? first : "Location"), ...(rest.length > 0 ? rest : [first]).map((line) => el("span", "subtle", line)))];
    }
    return [];
  };
  const words = (text) => text.replace(/^\[[a-z]+\] ?/, "");
  // The words themselves: without the kind in front, and without a name that stands above already.
  const below = (item) => {
    if (item.kind === "location" && !item.deleted) return "";
    if (!item.file) return item.text;
    const said = words(item.text);
    return said === item.file.name ? "" : said;
  };
  // The whole in one line, for quotes and labels.
  const line = (item) => {
    if (item.deleted) return "a deleted message";
    const said = [item.file?.voice ? "Voice message" : item.file ? FILES[item.kind] ?? "File" : item.kind === "location" ? "Location" : "", item.file?.name ?? "", item.kind === "location" ? words(item.text).split("\n")[0] : below(item)];
    return said.filter(Boolean).join(" \u00b7 ");
  };

  return { TEAMS, PHONE, above, below, given, line, reactions, tool };
})();
