// Attaching files: a panel above a compose box offers samples and the files of this computer. In Teams they stand above the box until
// the message is sent; on the phone each is sent at once, as people's phones do it.
"use strict";

const Attach = (() => {
  const el = (...parts) => Cards.el(...parts);
  const LARGEST = 1024 * 1024; // bytes; the control surface takes bodies of 2 MB, and base64 needs a third more than the file

  const read = (file) => new Promise((done, failed) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => done({ name: file.name, mime_type: file.type, data: reader.result.split(",")[1] ?? "" }));
    reader.addEventListener("error", () => failed(reader.error));
    reader.readAsDataURL(file);
  });

  const button = (title, testid, act) => {
    const node = el("button", "", title);
    node.type = "button";
    node.dataset.testid = testid;
    node.addEventListener("click", act);
    return node;
  };

  // The panel with this id, its opener and its buttons. `samples`: [title, name, act]; `chosen` takes the files that were read.
  const panel = ({ id, composer, samples, own, chosen }) => {
    const box = document.getElementById(id);
    const opener = document.getElementById(`${id}-open`);
    const note = el("p", "subtle");
    note.setAttribute("role", "status");
    note.hidden = true;
    const tell = (text) => { note.textContent = text; note.hidden = !text; };
    const chooser = el("input");
    Object.assign(chooser, { type: "file", multiple: true, hidden: true });
    chooser.dataset.testid = `${id}-file`;
    const close = () => {
      box.hidden = true;
      opener.setAttribute("aria-expanded", "false");
    };
    const done = () => { close(); document.getElementById(composer).focus(); };
    const take = async (files) => {
      const large = files.find((file) => file.size > LARGEST);
      if (large) { tell(`${large.name} is larger than 1 MB, the most that this page takes.`); return; }
      try { chosen(await Promise.all(files.map(read))); done(); } catch (error) { tell(`That did not work: ${error.message}`); }
    };
    box.append(
      ...samples.map(([title, name, act]) => button(title, `${id}-${name}`, () => { act(); done(); })),
      button(own, `${id}-choose`, () => chooser.click()),
      chooser,
      note,
    );
    const open = () => {
      box.hidden = false;
      opener.setAttribute("aria-expanded", "true");
      tell("");
      box.querySelector("button").focus();
    };
    chooser.addEventListener("change", () => {
      const files = [...chooser.files];
      chooser.value = "";
      take(files);
    });
    opener.addEventListener("click", () => { if (box.hidden) open(); else close(); });
    box.addEventListener("keydown", (event) => { if (event.key === "Escape") { close(); opener.focus(); } });
    return { close, open, take, tell };
  };

  const control = ({ say }) => {
    const shown = document.getElementById("attached");
    const composer = document.getElementById("composer");
    let files = [];

    const called = (file) => file.name || "Pasted picture";
    const add = (more) => {
      files.push(...more);
      draw();
      say(`${more.map(called).join(", ")} goes with the message. Send puts it into the chat.`);
    };
    const own = panel({
      id: "attach",
      composer: "composer",
      samples: [
        ["Sample picture", "sample", () => add([Samples.picture()])],
        ["Sample document", "document", () => add([Samples.document()])],
        ["Sample recording", "voice", () => add([Samples.voice()])],
        ["Pasted picture", "paste", () => add([{ ...Samples.photo(), name: "", inline: true }])],
      ],
      own: "From this computer",
      chosen: add,
    });
    const draw = () => {
      shown.hidden = files.length === 0;
      shown.replaceChildren(...files.map((file, at) => {
        const drop = button("Remove", "attached-remove", () => { files.splice(at, 1); draw(); composer.focus(); });
        drop.setAttribute("aria-label", `Remove ${called(file)}`);
        return el("li", "", el("span", "", called(file)), drop);
      }));
    };
    // A picture from the clipboard goes into the text, as Teams has it: without a name.
    composer.addEventListener("paste", async (event) => {
      const pictures = [...event.clipboardData.files].filter((file) => file.type.startsWith("image/"));
      if (pictures.length === 0) return;
      event.preventDefault();
      const large = pictures.some((file) => file.size > LARGEST);
      if (large) { own.open(); own.tell("The pasted picture is larger than 1 MB, the most that this page takes."); return; }
      add((await Promise.all(pictures.map(read))).map((file) => ({ ...file, name: "", inline: true })));
    });
    // `take` empties the list.
    return { any: () => files.length > 0, take: () => { const taken = files; files = []; draw(); return taken; }, clear: () => { files = []; draw(); own.close(); } };
  };

  // What WhatsApp makes of a file.
  const kindOf = (mime) => {
    if (mime === "image/webp") return "sticker";
    if (["image/jpeg", "image/png"].includes(mime)) return "image";
    if (["video/mp4", "video/3gpp"].includes(mime)) return "video";
    return mime.startsWith("audio/") ? "audio" : "document";
  };
  // `sendFile` and `sendPlace` send from the phone.
  const phone = ({ sendFile, sendPlace }) => {
    const whole = (file) => {
      const kind = kindOf(file.mime_type);
      return { kind, mime_type: file.mime_type || "application/octet-stream", data: file.data, filename: kind === "document" ? file.name : null };
    };
    const sample = (name) => () => sendFile(whole(Samples[name]()));
    return panel({
      id: "phone-attach",
      composer: "phone-composer",
      samples: [
        ["Picture", "picture", sample("photo")],
        ["Voice note", "voice", () => sendFile({ ...whole(Samples.voice()), mime_type: "audio/ogg; codecs=opus", voice: true })],
        ["Document", "document", sample("document")],
        ["Sticker", "sticker", sample("sticker")],
        ["Location", "place", () => sendPlace(Samples.place())],
      ],
      own: "From this computer",
      // One after the other: they arrive in the order in which they were chosen.
      chosen: (files) => files.reduce((before, file) => before.then(() => sendFile(whole(file))), Promise.resolve()),
    });
  };

  return { control, phone };
})();
