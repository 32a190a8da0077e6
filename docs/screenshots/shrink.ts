/** PNG files with a palette of 256 colours: a third of the size, and no difference that one sees in a user interface. */
import { crc32, deflateSync, inflateSync } from 'node:zlib';

interface Picture {
  width: number;
  height: number;
  /** 0xRRGGBB for each pixel, row by row. */
  pixels: Uint32Array;
}

/** Takes a PNG of 8 bits a channel without transparency and interlacing, as browsers make them. */
export function shrink(png: Buffer): Buffer {
  const picture = decode(png);
  const counts = new Map<number, number>();
  for (const colour of picture.pixels) counts.set(colour, (counts.get(colour) ?? 0) + 1);
  const boxes = split([...counts], 256);
  const palette = Buffer.alloc(boxes.length * 3);
  const index = new Map<number, number>();
  boxes.forEach((box, at) => {
    palette.writeUIntBE(mean(box), at * 3, 3);
    for (const [colour] of box) index.set(colour, at);
  });
  return encode(picture, palette, index);
}

type Box = [colour: number, count: number][];

const channel = (colour: number, shift: number): number => (colour >> shift) & 0xff;
const SHIFTS = [16, 8, 0];

/** The channel in which the colours of a box differ most, and by how much, weighed by how often they appear. */
function widest(box: Box): { shift: number; spread: number } {
  const spreads = SHIFTS.map((shift) => {
    const values = box.map(([colour]) => channel(colour, shift));
    return (
      values.reduce((most, value) => Math.max(most, value), 0) -
      values.reduce((least, value) => Math.min(least, value), 255)
    );
  });
  const most = Math.max(...spreads);
  return { shift: SHIFTS[spreads.indexOf(most)]!, spread: most };
}

/** Median cut: the box that errs most is cut in two where half of its pixels are on either side. */
function split(all: Box, max: number): Box[] {
  const rated = (box: Box) => {
    const { shift, spread } = widest(box);
    const pixels = box.reduce((sum, [, count]) => sum + count, 0);
    return { box, shift, weight: box.length < 2 ? 0 : spread * spread * Math.sqrt(pixels), pixels };
  };
  const boxes = [rated(all)];
  while (boxes.length < max) {
    const worst = boxes.reduce((found, one) => (one.weight > found.weight ? one : found));
    if (worst.weight === 0) break;
    const sorted = [...worst.box].sort(([a], [b]) => channel(a, worst.shift) - channel(b, worst.shift));
    let seen = 0;
    let at = 0;
    while (at < sorted.length - 1 && (at === 0 || seen < worst.pixels / 2)) seen += sorted[at++]![1];
    boxes.splice(boxes.indexOf(worst), 1, rated(sorted.slice(0, at)), rated(sorted.slice(at)));
  }
  return boxes.map((one) => one.box);
}

function mean(box: Box): number {
  const pixels = box.reduce((sum, [, count]) => sum + count, 0);
  return SHIFTS.reduce((colour, shift) => {
    const sum = box.reduce((total, [one, count]) => total + channel(one, shift) * count, 0);
    return colour | (Math.round(sum / pixels) << shift);
  }, 0);
}

function decode(png: Buffer): Picture {
  const width = png.readUInt32BE(16);
  const height = png.readUInt32BE(20);
  const [depth, type, , , interlaced] = png.subarray(24, 29);
  const size = { 2: 3, 6: 4 }[type as 2];
  if (depth !== 8 || !size || interlaced) throw new Error('this PNG is of a kind that the browser does not make');
  const parts: Buffer[] = [];
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at);
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT') parts.push(png.subarray(at + 8, at + 8 + length));
    at += length + 12;
  }
  const bytes = unfilter(inflateSync(Buffer.concat(parts)), width * size, size);
  const pixels = Uint32Array.from({ length: width * height }, (_, pixel) => bytes.readUIntBE(pixel * size, 3));
  return { width, height, pixels };
}

/** Undoes PNG's row filters; the result has no filter bytes. */
function unfilter(raw: Buffer, stride: number, size: number): Buffer {
  const rows = raw.length / (stride + 1);
  const bytes = Buffer.alloc(rows * stride);
  for (let row = 0; row < rows; row += 1) {
    const filter = raw[row * (stride + 1)]!;
    for (let x = 0; x < stride; x += 1) {
      const at = row * stride + x;
      const left = x >= size ? bytes[at - size]! : 0;
      const up = row > 0 ? bytes[at - stride]! : 0;
      const corner = row > 0 && x >= size ? bytes[at - stride - size]! : 0;
      bytes[at] = raw[row * (stride + 1) + 1 + x]! + [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter]!;
    }
  }
  return bytes;
}

function paeth(left: number, up: number, corner: number): number {
  const guess = left + up - corner;
  const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)];
  if (a <= b && a <= c) return left;
  return b <= c ? up : corner;
}

function encode({ width, height, pixels }: Picture, palette: Buffer, index: Map<number, number>): Buffer {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 3], 8);
  const raw = Buffer.alloc(height * (width + 1));
  for (const [at, colour] of pixels.entries()) raw[at + Math.floor(at / width) + 1] = index.get(colour)!;
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const data = deflateSync(raw, { level: 9, memLevel: 9 });
  return Buffer.concat([signature, chunk('IHDR', head), chunk('PLTE', palette), chunk('IDAT', data), chunk('IEND')]);
}

function chunk(type: string, data: Buffer = Buffer.alloc(0)): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(body.length + 8);
  frame.writeUInt32BE(data.length, 0);
  body.copy(frame, 4);
  frame.writeUInt32BE(crc32(body), body.length + 4);
  return frame;
}
