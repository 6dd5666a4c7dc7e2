// Attaching files to a message in Teams: a sample picture drawn here, or files of this computer. They stand above the compose box
// until the message is sent.
"use strict";

const Attach = (() => {
  const el = (...parts) => Cards.el(...parts);
  const LARGEST = 1024 * 1024; // bytes; the control surface takes bodies of 2 MB, and base64 needs a third more than the file

  // A picture without a file: a house by day.
  const sample = () => {
    const canvas = el("canvas");
    Object.assign(canvas, { width: 480, height: 300 });
    const draw = canvas.getContext("2d");
    const box = (colour, ...at) => { draw.fillStyle = colour; draw.fillRect(...at); };
    box("#bfe3f7", 0, 0, 480, 210);
    box("#6aa84f", 0, 210, 480, 90);
    box("#f3e3c3", 140, 120, 200, 130);
    draw.fillStyle = "#a2402c";
    draw.beginPath();
    for (const point of [[120, 120], [240, 40], [360, 120]]) draw.lineTo(...point);
    draw.fill();
    box("#6b4226", 220, 180, 40, 70);
    for (const left of [160, 280]) box("#5b88a5", left, 150, 40, 36);
    draw.fillStyle = "#ffd34d";
    draw.beginPath();
    draw.arc(420, 55, 26, 0, 2 * Math.PI);
    draw.fill();
    return { name: "our-house.png", mime_type: "image/png", data: canvas.toDataURL("image/png").split(",")[1] };
  };

  const read = (file) => new Promise((done, failed) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => done({ name: file.name, mime_type: file.type, data: reader.result.split(",")[1] ?? "" }));
    reader.addEventListener("error", () => failed(reader.error));
    reader.readAsDataURL(file);
  });

  const control = ({ say }) => {
    const box = document.getElementById("attach");
    const opener = document.getElementById("attach-open");
    const shown = document.getElementById("attached");
    let files = [];

    const button = (title, testid, act) => {
      const node = el("button", "", title);
      node.type = "button";
      node.dataset.testid = testid;
      node.addEventListener("click", act);
      return node;
    };
    const note = el("p", "subtle");
    note.setAttribute("role", "status");
    note.hidden = true;
    const tell = (text) => { note.textContent = text; note.hidden = !text; };
    const chooser = el("input");
    Object.assign(chooser, { type: "file", multiple: true, hidden: true });
    chooser.dataset.testid = "attach-file";
    box.append(
      button("Sample picture", "attach-sample", () => add([sample()])),
      button("From this computer", "attach-choose", () => chooser.click()),
      chooser,
      note,
    );

    function open() {
      box.hidden = false;
      opener.setAttribute("aria-expanded", "true");
      tell("");
      box.querySelector("button").focus();
    }
    function close() {
      box.hidden = true;
      opener.setAttribute("aria-expanded", "false");
    }
    function add(more) {
      files.push(...more);
      draw();
      close();
      say(`${more.map((file) => file.name).join(", ")} goes with the message. Send puts it into the chat.`);
      document.getElementById("composer").focus();
    }
    function draw() {
      shown.hidden = files.length === 0;
      shown.replaceChildren(...files.map((file, at) => {
        const drop = button("Remove", "attached-remove", () => { files.splice(at, 1); draw(); document.getElementById("composer").focus(); });
        drop.setAttribute("aria-label", `Remove ${file.name}`);
        return el("li", "", el("span", "", file.name), drop);
      }));
    }
    chooser.addEventListener("change", async () => {
      const chosen = [...chooser.files];
      chooser.value = "";
      const large = chosen.find((file) => file.size > LARGEST);
      if (large) { tell(`${large.name} is larger than 1 MB, the most that this page takes.`); return; }
      try { add(await Promise.all(chosen.map(read))); } catch (error) { tell(`That did not work: ${error.message}`); }
    });
    opener.addEventListener("click", () => { if (box.hidden) open(); else close(); });
    box.addEventListener("keydown", (event) => { if (event.key === "Escape") { close(); opener.focus(); } });
    // `take` empties the list.
    return { any: () => files.length > 0, take: () => { const taken = files; files = []; draw(); return taken; }, clear: () => { files = []; draw(); close(); } };
  };

  return { control };
})();
