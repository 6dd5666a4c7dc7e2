// Files to try things with, without having one at hand: a picture, a sticker, a voice note, a document, a place.
"use strict";

const Samples = (() => {
  // A house by day, drawn on a canvas of this size.
  const house = (width, height) => {
    const canvas = Cards.el("canvas");
    Object.assign(canvas, { width, height });
    const draw = canvas.getContext("2d");
    draw.scale(width / 480, height / 300);
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
    return canvas;
  };
  // A smiling sun on nothing, in the size of stickers.
  const sun = () => {
    const canvas = Cards.el("canvas");
    Object.assign(canvas, { width: 512, height: 512 });
    const draw = canvas.getContext("2d");
    const disc = (colour, ...at) => { draw.fillStyle = colour; draw.beginPath(); draw.arc(...at, 0, 2 * Math.PI); draw.fill(); };
    for (let ray = 0; ray < 12; ray += 1) disc("#f5a623", 256 + 205 * Math.cos(ray * Math.PI / 6), 256 + 205 * Math.sin(ray * Math.PI / 6), 34);
    disc("#ffd34d", 256, 256, 180);
    for (const left of [190, 322]) disc("#4a3410", left, 215, 22);
    draw.strokeStyle = "#4a3410";
    draw.lineWidth = 18;
    draw.lineCap = "round";
    draw.beginPath();
    draw.arc(256, 250, 100, 0.15 * Math.PI, 0.85 * Math.PI);
    draw.stroke();
    return canvas;
  };
  const drawn = (canvas, mime_type) => canvas.toDataURL(mime_type, 0.85).split(",")[1];

  // Three tones in one and a half seconds, as Ogg Opus: no browser writes that format by itself.
  const NOTE =
    "T2dnUwACAAAAAAAAAAAKWwAAAAAAAIjs7E8BE09wdXNIZWFkAQE4AYC7AAAAAABPZ2dTAAAAAAAAAAAAAApbAAABAAAAsz6Z6AEQT3B1c1RhZ3" +
    "MAAAAAAAAAAE9nZ1MABIAkAQAAAAAAClsAAAIAAACc8hDFGjEsKzYvNC8xOCgpJyYkIyMmKiUmJyQhIyQhGOAY/977s2KH3AxKB8Z821oJE+Ft" +
    "9GDdmgbAIv8EJtPCenw5rOjkmf5i81H9RQSuZBjp89K/+5AavfQN2D+0gFeemM13duNxduLI+AvxxBVnLamNZ6guv7Dxql2AGOoX822UmM75dB" +
    "ou6D0MXC835SK0CO7VITPwoJMwwWZWUh7g81JRQVSSwBjqYIK/+5AbfQq5iBp/PBxVRIOgoD8IqXDIntbkztDFgB9+DO3dquT0IbjYGRTq+9U0" +
    "CQ5EwBjqXUjAb1mncbfuglJCJa7ey8Qfl5XuqYo4/MsnmZcSYfuNSY4kqnC32aXL/xOAGOpdSMBYL3GhTHch1g7NKj5ggNY/sShPE4Cb7s9jI/" +
    "j8CjrNXuhgQ+H0Ezv73GMZrcdmwBjqYIK/+5AavfQ05C0oZDu5IxVu+o19roKGfKtGTm/XY8EEgK9nE2Gdk6trIK8YGOpggkJ5dTq5ZVUcMA+K" +
    "4f0gRNYv/4xjKgf0uvX8L/EZPRxBbYBrnuomeFMZ8c1xahghgmbkIMI/j0xmsTAdkLnzkrqVJr7Add8OkZBJIZwlzV2FixNBrDQ4xB9G2DrVAS" +
    "ufuqjLcXKAGOmnvA8zGZJh7f/qoGcn07HSF26DJTXHmYBj8bEney2x1d2MiXk1iBjqYGhF7qjpzfep0+/KqwgLKntssqp1sz16RJfEUMJcPQ0g" +
    "M7EMOd4oGOpgaEXuqOx0b9IpF5v84X7R8FoPpGEZmomYC+P4F2GK7dBfjCnSGOpgaEXuqOnN7ZrrvoQSvB0Cdy6c2kS94OE1G7FkwT8/EV9JBn" +
    "gY6mBoRe6o7HXajg0pnzEFW+J4dm1EsUis6ZXVXl+BlkV+UgMY6mDxFkpyXNLCkJ6Mbda0kZDKl8F9c63z+zUber0+2RwEwBjqYGhF7qjpzfed" +
    "zkxbaqtRBB4hnfKVl9Lbkghm5Z9ERIpZGInicqvjHZK51UWV56yL6CSY6Reczd36HXHniLB3IxVQWTqXTGMY6GCKvjahRWGV1LpMuya3/0bN4T" +
    "BFealH2f9bG1giompcecLFeLcaDT0Y6l6uN8FS0cSQk7IcFvZeN/efxgASqMh4EVhCyT+vCMDhuv2AGOperjfBKNejIQhrrizRt4VAu35kvIvf" +
    "M2ucZmXMUWUrcy5jQuAY6fH+OMdiIo9AZ3OMhmwLQI7iIoi7sOlLC22Wd7DnARcjA+md64AY6fH+OMcNKuT2n3GBi/gz76G7inym5m0x9GyzrF" +
    "/ZCW+2I4AY6fH+OMcNKtnJWjwU2lG66bWL9MnOtnDJZw9L1X5rJOAY6fH+OMdiIZ5EaNMpRhdEpMYSTUxGVIdkhKkdELkjU5M5KRiKXq44x2Id" +
    "mGKmHO/4IWolCA4kTeQajGiPE7Uoll7GVSpl+BgBPOAJVE1LyQRWRwGujvKPwb1m9GQqdtZEV7Uvo5kSYA==";

  // One page with a few lines; the table at its end says where in the file each object begins.
  const page = (title, lines) => {
    const shown = [`/F1 20 Tf 72 760 Td (${title}) Tj /F1 12 Tf`, ...lines.map((line) => `0 -26 Td (${line}) Tj`)].join(" ");
    const objects = [
      "<</Type/Catalog/Pages 2 0 R>>",
      "<</Type/Pages/Kids[3 0 R]/Count 1>>",
      "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
      `<</Length ${shown.length + 6}>>\nstream\nBT ${shown} ET\nendstream`,
      "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ];
    let text = "%PDF-1.4\n";
    const starts = objects.map((object, at) => { const start = text.length; text += `${at + 1} 0 obj\n${object}\nendobj\n`; return start; });
    const table = starts.map((start) => `${String(start).padStart(10, "0")} 00000 n \n`).join("");
    return `${text}xref\n0 6\n0000000000 65535 f \n${table}trailer\n<</Size 6/Root 1 0 R>>\nstartxref\n${text.length}\n%%EOF\n`;
  };

  return {
    picture: () => ({ name: "our-house.png", mime_type: "image/png", data: drawn(house(480, 300), "image/png") }),
    photo: () => ({ name: "garden.jpg", mime_type: "image/jpeg", data: drawn(house(960, 600), "image/jpeg") }),
    sticker: () => ({ name: "sun.webp", mime_type: "image/webp", data: drawn(sun(), "image/webp") }),
    voice: () => ({ name: "voice-note.ogg", mime_type: "audio/ogg", data: NOTE }),
    document: () => ({ name: "offer.pdf", mime_type: "application/pdf", data: btoa(page("Offer", ["Northwind Bank", "A savings plan over ten years", "Valid until the end of the month"])) }),
    place: () => ({ latitude: -23.5614, longitude: -46.6559, name: "Museu de Arte", address: "Avenida Paulista 1578, S\u00e3o Paulo" }),
  };
})();
