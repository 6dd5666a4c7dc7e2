// Makes a screenshot small enough for a README: at most 256 colours, the most frequent ones, as a palette PNG.
//
//     node deploy/pictures/shrink.mjs target/screenshots/story/06-held-light.png deploy/pictures/story.png

import { readFileSync, writeFileSync } from "node:fs";
import { crc32, deflateSync, inflateSync } from "node:zlib";

const [from, to] = process.argv.slice(2);
const png = readFileSync(from);
const chunks = [];
for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at)) {
  chunks.push({ type: png.toString("latin1", at + 4, at + 8), data: png.subarray(at + 8, at + 8 + png.readUInt32BE(at)) });
}
const header = chunks[0].data;
const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
const bytes = { 2: 3, 6: 4 }[header[9]];
if (header[8] !== 8 || bytes === undefined || header[12] !== 0) throw new Error(`${from} is not a plain 8-bit RGB or RGBA picture`);

// Undo the filters of each row (PNG specification, 9.2).
const raw = inflateSync(Buffer.concat(chunks.filter((chunk) => chunk.type === "IDAT").map((chunk) => chunk.data)));
const row = width * bytes;
const pixels = Buffer.alloc(row * height);
const paeth = (a, b, c) => {
  const [da, db, dc] = [Math.abs(b - c), Math.abs(a - c), Math.abs(a + b - 2 * c)];
  return da <= db && da <= dc ? a : db <= dc ? b : c;
};
for (let y = 0; y < height; y += 1) {
  const filter = raw[y * (row + 1)];
  for (let x = 0; x < row; x += 1) {
    const at = y * row + x;
    const left = x >= bytes ? pixels[at - bytes] : 0;
    const up = y > 0 ? pixels[at - row] : 0;
    const corner = x >= bytes && y > 0 ? pixels[at - row - bytes] : 0;
    const guess = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter];
    pixels[at] = raw[y * (row + 1) + 1 + x] + guess;
  }
}

// The most frequent colours, none nearly equal to one that is taken already; every pixel takes the nearest.
const counts = new Map();
for (let at = 0; at < pixels.length; at += bytes) {
  const colour = (pixels[at] << 16) | (pixels[at + 1] << 8) | pixels[at + 2];
  counts.set(colour, (counts.get(colour) ?? 0) + 1);
}
const far = (one, other) => ((one >> 16) - (other >> 16)) ** 2 + (((one >> 8) & 255) - ((other >> 8) & 255)) ** 2 + ((one & 255) - (other & 255)) ** 2;
const palette = [];
for (const [colour] of [...counts].sort((one, other) => other[1] - one[1])) {
  if (palette.length === 256) break;
  if (palette.length < 32 || palette.every((taken) => far(taken, colour) > 60)) palette.push(colour);
}
const nearest = new Map();
for (const colour of counts.keys()) {
  let best = 0;
  for (let index = 1; index < palette.length; index += 1) if (far(palette[index], colour) < far(palette[best], colour)) best = index;
  nearest.set(colour, best);
}
const indexed = Buffer.alloc((width + 1) * height);
for (let y = 0; y < height; y += 1) {
  for (let x = 0; x < width; x += 1) {
    const at = y * row + x * bytes;
    indexed[y * (width + 1) + 1 + x] = nearest.get((pixels[at] << 16) | (pixels[at + 1] << 8) | pixels[at + 2]);
  }
}

const chunk = (type, data) => {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const whole = Buffer.alloc(body.length + 8);
  whole.writeUInt32BE(data.length, 0);
  body.copy(whole, 4);
  whole.writeUInt32BE(crc32(body), body.length + 4);
  return whole;
};
const small = Buffer.from(header);
small[9] = 3; // palette
const colours = Buffer.from(palette.flatMap((colour) => [colour >> 16, (colour >> 8) & 255, colour & 255]));
writeFileSync(to, Buffer.concat([png.subarray(0, 8), chunk("IHDR", small), chunk("PLTE", colours), chunk("IDAT", deflateSync(indexed, { level: 9 })), chunk("IEND", Buffer.alloc(0))]));
