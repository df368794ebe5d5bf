// Gray pictures of 16 bits, drawn through a window at any zoom.

/** Halves a picture; every value is the mean of four. */
function halved({ width, height, values }) {
  const half = { width: Math.max(1, width >> 1), height: Math.max(1, height >> 1) };
  half.values = new Uint16Array(half.width * half.height);
  const right = width > 1 ? 1 : 0;
  const below = height > 1 ? width : 0;
  for (let y = 0, to = 0; y < half.height; y++) {
    for (let x = 0, from = 2 * y * width; x < half.width; x++, from += 2, to++) {
      half.values[to] = (values[from] + values[from + right] + values[from + below] + values[from + right + below] + 2) >> 2;
    }
  }

  return half;
}

/** A picture with its smaller copies, so that zooming out costs nothing and shows no moiré. */
export class GrayPicture {
  constructor(pixels) {
    Object.assign(this, pixels);
    this.levels = [{ width: this.width, height: this.height, values: this.values }];
    while (Math.min(this.levels.at(-1).width, this.levels.at(-1).height) > 64) {
      this.levels.push(halved(this.levels.at(-1)));
    }

    this.table = new Uint8ClampedArray(65536);
    this.tableOf = '';
  }

  get bytes() {
    return this.width * this.height * 3;
  }

  /** The value at a place of the picture, or null outside of it. */
  at(x, y) {
    const inside = x >= 0 && y >= 0 && x < this.width && y < this.height;
    return inside ? this.values[(Math.floor(y) * this.width) + Math.floor(x)] : null;
  }

  /**
   * Draws into image data.
   * place: {x, y, scale}: the picture's corner in points of the target, and points of the target for each of the picture.
   * window: {low, high, inverted}
   */
  draw(target, place, window) {
    const table = this.#lookUp(window);
    let level = 0;
    while (level + 1 < this.levels.length && place.scale * 2 ** (level + 1) <= 1) {
      level++;
    }

    const { width, height, values } = this.levels[level];
    const step = 1 / (place.scale * 2 ** level);
    const out = new Uint32Array(target.data.buffer);
    out.fill(0xff000000);
    // bilinear weights of the columns, once for all rows
    const left = new Int32Array(target.width);
    const share = new Int32Array(target.width);
    let first = target.width;
    let last = -1;
    for (let x = 0; x < target.width; x++) {
      const from = ((x + 0.5 - place.x) * step) - 0.5;
      if (from < -0.5 || from > width - 0.5) {
        continue;
      }

      const inside = Math.min(Math.max(from, 0), width - 1);
      left[x] = Math.min(Math.floor(inside), Math.max(0, width - 2));
      share[x] = Math.round((inside - left[x]) * 256);
      first = Math.min(first, x);
      last = x;
    }

    const right = width > 1 ? 1 : 0;
    for (let y = 0; y < target.height; y++) {
      const from = ((y + 0.5 - place.y) * step) - 0.5;
      if (from < -0.5 || from > height - 0.5) {
        continue;
      }

      const inside = Math.min(Math.max(from, 0), height - 1);
      const above = Math.min(Math.floor(inside), Math.max(0, height - 2));
      const down = Math.round((inside - above) * 256);
      const row = above * width;
      const next = height > 1 ? row + width : row;
      for (let x = first, to = (y * target.width) + first; x <= last; x++, to++) {
        const a = left[x];
        const s = share[x];
        const high = (values[row + a] * (256 - s)) + (values[row + a + right] * s);
        const low = (values[next + a] * (256 - s)) + (values[next + a + right] * s);
        const gray = table[((high * (256 - down)) + (low * down)) / 65536 | 0];
        out[to] = 0xff000000 | (gray << 16) | (gray << 8) | gray;
      }
    }
  }

  #lookUp({ low, high, inverted }) {
    const asked = `${low} ${high} ${inverted}`;
    if (asked !== this.tableOf) {
      const factor = 255 / Math.max(1, high - low);
      for (let value = 0; value < 65536; value++) {
        const gray = (value - low) * factor;
        this.table[value] = inverted ? 255 - gray : gray;
      }

      this.tableOf = asked;
    }

    return this.table;
  }
}
