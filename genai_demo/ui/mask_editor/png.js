// A mask as a PNG of one bit a pixel, in base64: nothing, or the colour of the brush.
const COLOUR = [255, 64, 129];

function crc32(bytes) {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

function chunk(name, data) {
  const found = new Uint8Array(data.length + 12), view = new DataView(found.buffer);
  view.setUint32(0, data.length);
  found.set([...name].map((letter) => letter.charCodeAt(0)), 4);
  found.set(data, 8);
  view.setUint32(data.length + 8, crc32(found.subarray(4, data.length + 8)));
  return found;
}

// Rows of bits, each after a byte that says "not filtered"; null where nothing is painted.
function packed(canvas) {
  const { width, height } = canvas, stride = 1 + Math.ceil(width / 8);
  const pixels = canvas.getContext("2d").getImageData(0, 0, width, height).data;
  const rows = new Uint8Array(stride * height);
  let painted = false;
  for (let y = 0, alpha = 3; y < height; y++) {
    for (let x = 0; x < width; x++, alpha += 4) {
      if (pixels[alpha] < 128) continue;
      rows[y * stride + 1 + (x >> 3)] |= 128 >> (x & 7);
      painted = true;
    }
  }
  return painted ? rows : null;
}

async function maskPng(canvas) {
  const rows = packed(canvas);
  if (!rows) return null;
  const header = new Uint8Array([0, 0, 0, 0, 0, 0, 0, 0, 1, 3, 0, 0, 0]);  // one bit, colours from a palette
  new DataView(header.buffer).setUint32(0, canvas.width);
  new DataView(header.buffer).setUint32(4, canvas.height);
  const stream = new Blob([rows]).stream().pipeThrough(new CompressionStream("deflate"));
  const data = new Uint8Array(await new Response(stream).arrayBuffer());
  const parts = [
    chunk("IHDR", header), chunk("PLTE", [0, 0, 0, ...COLOUR]), chunk("tRNS", [0]), chunk("IDAT", data), chunk("IEND", []),
  ];
  const file = new Uint8Array(await new Blob([new Uint8Array([137, 80, 78, 71, 13, 10, 26, 10]), ...parts]).arrayBuffer());
  let binary = "";
  for (let at = 0; at < file.length; at += 8192) binary += String.fromCharCode(...file.subarray(at, at + 8192));
  return btoa(binary);
}
