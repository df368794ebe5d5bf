// A canvas that shows a picture and, over it, a heat map. Panes side by side share one Display, so that they move together.

/** What is shown how: window, zoom and place, for all panes. */
export class Display {
  constructor() {
    this.panes = [];
    this.window = { low: 0, high: 65535, inverted: false };
    this.zoom = 1; // 1: the picture fits
    this.centre = [0.5, 0.5]; // the point of the picture in the middle of the pane, in fractions
    this.heatOpacity = 0; // 0: none
    this.onChange = () => {};
    this.picture = null;
    this.waiting = false;
  }

  show(picture) {
    const isOther = picture !== this.picture;
    this.picture = picture;
    if (picture && isOther) {
      this.reset();
    }

    this.redraw();
  }

  reset() {
    if (this.picture) {
      this.window = { low: this.picture.low, high: this.picture.high, inverted: false };
    }

    this.fit();
  }

  fit() {
    this.zoom = 1;
    this.centre = [0.5, 0.5];
    this.redraw();
  }

  actual() {
    const pane = this.panes[0];
    this.zoom = 1 / pane.fitted();
    this.redraw();
  }

  zoomBy(factor, pane, point) {
    const before = pane.place();
    const zoom = Math.min(Math.max(this.zoom * factor, 0.25), 40);
    const [x, y] = point ?? [pane.canvas.width / 2, pane.canvas.height / 2];
    const picture = [(x - before.x) / before.scale, (y - before.y) / before.scale];
    this.zoom = zoom;
    const after = pane.place();
    this.#moveBy(pane, picture[0] * after.scale + after.x - x, picture[1] * after.scale + after.y - y);
    this.redraw();
  }

  panBy(pane, x, y) {
    this.#moveBy(pane, -x, -y);
    this.redraw();
  }

  #moveBy(pane, x, y) {
    const { scale } = pane.place();
    const clamp = (value) => Math.min(Math.max(value, -0.2), 1.2);
    this.centre = [
      clamp(this.centre[0] + (x / scale / this.picture.width)),
      clamp(this.centre[1] + (y / scale / this.picture.height)),
    ];
  }

  /** level and width in fractions of the largest value */
  setWindow(level, width) {
    const most = this.picture?.maximum ?? 65535;
    const half = Math.max(width, 0.004) * most / 2;
    this.window = { ...this.window, low: (level * most) - half, high: (level * most) + half };
    this.redraw();
  }

  get level() {
    return (this.window.low + this.window.high) / 2 / (this.picture?.maximum ?? 65535);
  }

  get width() {
    return (this.window.high - this.window.low) / (this.picture?.maximum ?? 65535);
  }

  redraw() {
    if (this.waiting) {
      return;
    }

    this.waiting = true;
    requestAnimationFrame(() => {
      this.waiting = false;
      this.panes.forEach((pane) => pane.draw());
      this.onChange();
    });
  }
}

export class Pane {
  constructor(canvas, display) {
    this.canvas = canvas;
    this.display = display;
    this.heat = null; // {canvas, box}
    this.context = canvas.getContext('2d', { alpha: false });
    this.onPoint = () => {};
    this.touches = new Map();
    display.panes.push(this);
    new ResizeObserver(() => this.#resize()).observe(canvas);
    canvas.addEventListener('pointerdown', (event) => this.#down(event));
    canvas.addEventListener('pointermove', (event) => this.#move(event));
    for (const end of ['pointerup', 'pointercancel', 'lostpointercapture']) {
      canvas.addEventListener(end, (event) => this.touches.delete(event.pointerId));
    }

    canvas.addEventListener('pointerleave', () => this.onPoint(null));
    canvas.addEventListener('contextmenu', (event) => event.preventDefault());
    canvas.addEventListener('dblclick', () => display.fit());
    canvas.addEventListener('wheel', (event) => this.#wheel(event), { passive: false });
  }

  /** Points of the screen for each of the picture where it fits. */
  fitted() {
    const picture = this.display.picture;
    return Math.min(this.canvas.width / picture.width, this.canvas.height / picture.height);
  }

  place() {
    const { picture, zoom, centre } = this.display;
    const scale = this.fitted() * zoom;
    return {
      scale, x: (this.canvas.width / 2) - (centre[0] * picture.width * scale), y: (this.canvas.height / 2) - (centre[1] * picture.height * scale),
    };
  }

  draw() {
    const { canvas, context, display } = this;
    if (!canvas.width || !canvas.height || canvas.offsetParent === null) {
      return;
    }

    if (!display.picture) {
      context.fillStyle = '#000';
      context.fillRect(0, 0, canvas.width, canvas.height);
      return;
    }

    const place = this.place();
    if (this.image?.width !== canvas.width || this.image?.height !== canvas.height) {
      this.image = context.createImageData(canvas.width, canvas.height);
    }

    display.picture.draw(this.image, place, display.window);
    context.putImageData(this.image, 0, 0);
    if (this.heat && display.heatOpacity > 0) {
      const [x, y, width, height] = this.heat.box;
      const { picture } = display;
      context.globalAlpha = display.heatOpacity;
      context.imageSmoothingEnabled = true;
      context.drawImage(this.heat.canvas, place.x + (x * picture.width * place.scale), place.y + (y * picture.height * place.scale),
        width * picture.width * place.scale, height * picture.height * place.scale);
      context.globalAlpha = 1;
    }
  }

  #resize() {
    const density = Math.min(window.devicePixelRatio || 1, 2);
    const width = Math.round(this.canvas.clientWidth * density);
    const height = Math.round(this.canvas.clientHeight * density);
    if (width && height && (width !== this.canvas.width || height !== this.canvas.height)) {
      this.canvas.width = width;
      this.canvas.height = height;
      this.display.redraw();
    }
  }

  #at(event) {
    const density = this.canvas.width / this.canvas.clientWidth;
    return [event.offsetX * density, event.offsetY * density];
  }

  #down(event) {
    if (!this.display.picture) {
      return;
    }

    this.canvas.focus({ preventScroll: true });
    this.canvas.setPointerCapture(event.pointerId);
    this.touches.set(event.pointerId, this.#at(event));
  }

  #move(event) {
    const { display } = this;
    if (!display.picture) {
      return;
    }

    const now = this.#at(event);
    const place = this.place();
    this.onPoint([(now[0] - place.x) / place.scale, (now[1] - place.y) / place.scale]);
    const before = this.touches.get(event.pointerId);
    if (!before) {
      return;
    }

    const [x, y] = [now[0] - before[0], now[1] - before[1]];
    if (this.touches.size === 2) {
      const other = [...this.touches].find(([id]) => id !== event.pointerId)[1];
      const distance = (point) => Math.hypot(point[0] - other[0], point[1] - other[1]);
      display.zoomBy(distance(now) / Math.max(1, distance(before)), this, other);
      display.panBy(this, x / 2, y / 2);
    } else if (event.shiftKey || event.buttons & 6) {
      display.panBy(this, x, y);
    } else {
      const speed = 1 / Math.max(300, this.canvas.height);
      display.setWindow(display.level - (y * speed), display.width + (x * speed * 1.5));
    }

    this.touches.set(event.pointerId, now);
  }

  #wheel(event) {
    if (!this.display.picture) {
      return;
    }

    event.preventDefault();
    this.display.zoomBy(Math.exp(-event.deltaY * (event.deltaMode === 1 ? 0.05 : 0.0015)), this, this.#at(event));
  }
}
