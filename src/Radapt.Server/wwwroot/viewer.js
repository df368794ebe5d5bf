// The viewer: ties list, image, heat maps and findings together.

import * as api from './api.js';
import { showFindings } from './findings.js';
import { GrayPicture } from './gray.js';
import { coloured } from './heat.js';
import { Display, Pane } from './pane.js';
import { Worklist } from './worklist.js';

const at = (id) => document.getElementById(id);
const KeptBytes = 400e6; // decoded pictures that are kept
const AtOnce = 2;        // images that the server is asked about at a time
const MaxSide = 2560;

let adapters = [];
let chosenFinding = null;
let asking = 0;
let round = 0; // counts changes of the adapters: answers of an earlier round are dropped

const display = new Display();
const panes = [new Pane(at('pane-first'), display), new Pane(at('pane-second'), display)];
const list = new Worklist(at('worklist'), selected);

function say(line) {
  at('status').textContent = line;
}

// ---- adapters ----

function chosenAdapters() {
  return [...new Set([at('first').value, at('second').value])].filter(Boolean);
}

async function loadAdapters() {
  try {
    adapters = await api.adapters();
  } catch (problem) {
    return failed(problem, loadAdapters);
  }

  const option = (name, title) => new Option(title, name);
  at('first').replaceChildren(...adapters.map((a) => option(a.name, a.name)));
  at('second').replaceChildren(option('', 'none'), ...adapters.map((a) => option(a.name, a.name)));
  at('second').closest('.choice').hidden = adapters.length < 2;
  if (!adapters.length) {
    say('The server has no adapter.');
    at('first').replaceChildren(option('', 'no adapter'));
  }

  adaptersChosen();
}

function adaptersChosen() {
  round++;
  const names = chosenAdapters();
  const findings = adapters.filter((a) => names.includes(a.name)).flatMap((a) => a.findings.map((f) => f.name));
  if (!findings.includes(chosenFinding)) {
    chosenFinding = findings[0] ?? null;
  }

  for (const item of list.items) {
    Object.assign(item, { prediction: null, isAsked: false, heat: null });
    item.error = item.isUnreadable ? item.error : null;
    list.update(item);
  }

  at('panes').children[1].hidden = names.length < 2;
  refresh();
  askNext();
}

// ---- images ----

function open(files) {
  const added = [...files].filter((file) => file.size > 0);
  if (!added.length) {
    return;
  }

  list.add(added);
  at('count').textContent = `(${list.items.length})`;
  at('clear').hidden = false;
  say(`${added.length} ${added.length === 1 ? 'image' : 'images'} added.`);
  askNext();
}

function selected(item) {
  display.show(item?.picture ?? null);
  at('empty').hidden = Boolean(item);
  refresh();
  if (item) {
    showPicture(item);
    askNext();
  }
}

async function showPicture(item) {
  try {
    await picture(item);
  } catch (problem) {
    failed(problem, () => showPicture(item), item);
    return;
  }

  if (item === list.current) {
    display.show(item.picture);
    refresh();
    const next = list.items[list.selected + 1];
    if (next && !next.isUnreadable) {
      picture(next).catch(() => {}); // shown with its own message when it is selected
    }
  }
}

function picture(item) {
  item.loading ??= api.pixels(item.file, MaxSide).then((pixels) => {
    item.picture = new GrayPicture(pixels);
    item.seen = performance.now();
    forgetOldest();
  }).catch((problem) => {
    item.loading = null;
    throw problem;
  });
  return item.loading;
}

function forgetOldest() {
  const kept = list.items.filter((item) => item.picture).sort((a, b) => b.seen - a.seen);
  let bytes = 0;
  for (const item of kept) {
    bytes += item.picture.bytes;
    if (bytes > KeptBytes && item !== list.current) {
      Object.assign(item, { picture: null, loading: null, heat: null });
    }
  }
}

// The selected image is asked about first, then the others in their order.
function askNext() {
  const names = chosenAdapters();
  if (!names.length) {
    return;
  }

  const waiting = [list.current, ...list.items].find((item) => item && !item.isAsked && !item.error);
  if (waiting && asking < AtOnce) {
    ask(waiting, names);
    askNext();
  }
}

async function ask(item, names) {
  const own = round;
  item.isAsked = true;
  asking++;
  list.update(item);
  try {
    const said = await api.predict(item.file, names);
    if (own === round) {
      item.prediction = said;
      item.isUnreadable = said.status === 'unreadable';
    }
  } catch (problem) {
    if (own === round) {
      item.isAsked = problem.status !== 401;
      failed(problem, askNext, item);
    }
  } finally {
    asking--;
  }

  list.update(item);
  if (item === list.current) {
    refresh();
    const first = item.prediction?.results[0]?.findings.find((f) => f.name === chosenFinding);
    if (first) {
      say(`${chosenFinding}: ${Math.round(100 * first.probability)} percent${first.decision ? `, ${first.decision}` : ''}.`);
    }
  }

  askNext();
}

// ---- heat maps ----

async function showHeat() {
  const item = list.current;
  const names = chosenAdapters();
  panes.forEach((pane) => { pane.heat = null; });
  const isOn = at('heat').getAttribute('aria-pressed') === 'true';
  display.heatOpacity = isOn ? at('opacity').value / 100 : 0;
  if (isOn && item?.prediction?.status === 'scored' && chosenFinding) {
    const finding = chosenFinding;
    item.heat ??= {};
    await Promise.all(names.map(async (name, index) => {
      const known = adapters.find((a) => a.name === name);
      if (!known?.findings.some((f) => f.name === finding)) {
        return;
      }

      try {
        const kept = item.heat;
        kept[`${name} ${finding}`] ??= api.heatMap(item.file, name, finding)
          .then(({ picture: gray, box }) => ({ canvas: coloured(gray), box }));
        const heat = await kept[`${name} ${finding}`];
        if (item === list.current && finding === chosenFinding && kept === item.heat) {
          panes[index].heat = heat;
          display.redraw();
        }
      } catch (problem) {
        item.heat = null;
        failed(problem, showHeat);
      }
    }));
  }

  display.redraw();
}

function toggleHeat() {
  const isOn = at('heat').getAttribute('aria-pressed') !== 'true';
  at('heat').setAttribute('aria-pressed', String(isOn));
  captions();
  showHeat();
}

// ---- what is shown ----

function refresh() {
  showFindings(at('findings'), list.current, adapters, chosenFinding, chooseFinding);
  captions();
  showHeat();
}

function chooseFinding(name) {
  const had = document.activeElement?.classList.contains('finding');
  chosenFinding = name;
  refresh();
  if (had) {
    at('findings').querySelector('[aria-pressed=true]')?.focus();
  }
}

function nextFinding() {
  const names = [...new Set((list.current?.prediction?.results ?? []).flatMap((r) => r.findings.map((f) => f.name)))];
  if (names.length) {
    chooseFinding(names[(names.indexOf(chosenFinding) + 1) % names.length]);
  }
}

function captions() {
  const item = list.current;
  const names = chosenAdapters();
  const isOn = at('heat').getAttribute('aria-pressed') === 'true';
  panes.forEach((pane, index) => {
    const adapter = adapters.find((a) => a.name === names[index]);
    const heat = isOn && chosenFinding && item ? `heat map: ${chosenFinding}` : '';
    at(['caption-first', 'caption-second'][index]).textContent = item
      ? [names.length > 1 ? adapter?.name : '', heat].filter(Boolean).join(' · ') : '';
    pane.canvas.setAttribute('aria-label', item
      ? `Radiograph ${list.selected + 1} of ${list.items.length}${heat ? `, with ${heat}` : ''}` : 'No image');
  });
}

function readout(point) {
  const shown = list.current?.picture;
  if (!shown) {
    at('readout').textContent = '';
    return;
  }

  const { low, high } = display.window;
  const parts = [
    `${shown.originalWidth} × ${shown.originalHeight}`, `window ${Math.round(low)} to ${Math.round(high)}`,
    `zoom ${Math.round(100 * panes[0].place().scale * shown.width / shown.originalWidth)} %`,
  ];
  const value = point && shown.at(...point);
  if (value !== null && value !== undefined) {
    parts.push(`value ${value}`);
  }

  at('readout').textContent = parts.join('  ·  ');
}

display.onChange = () => {
  at('level').value = Math.round(1000 * display.level);
  at('width').value = Math.round(1000 * display.width);
  at('invert').setAttribute('aria-pressed', String(display.window.inverted));
  readout(null);
};
panes.forEach((pane) => { pane.onPoint = readout; });

// ---- problems ----

let isAskingForKey = false;

function failed(problem, again, item) {
  if (problem.name === 'AbortError') {
    return;
  }

  if (problem.status === 401) {
    askForKey(problem.message, again);
    return;
  }

  say(problem.message);
  if (item) {
    item.error = problem.message;
    item.isUnreadable = problem.status >= 400 && problem.status < 500 && problem.status !== 429;
    list.update(item);
    if (item === list.current) {
      refresh();
    }
  }
}

function askForKey(reason, again) {
  if (isAskingForKey) {
    return;
  }

  isAskingForKey = true;
  at('login-problem').textContent = reason;
  at('login').addEventListener('close', () => {
    isAskingForKey = false;
    if (at('login').returnValue === 'use' && at('key').value) {
      api.useKey(at('key').value);
      at('key').value = '';
      again();
    }
  }, { once: true });
  at('login').showModal();
}

// ---- what the user does ----

function invert() {
  display.window = { ...display.window, inverted: !display.window.inverted };
  display.redraw();
}

const keys = {
  ArrowDown: () => list.move(1), ArrowUp: () => list.move(-1), j: () => list.move(1), k: () => list.move(-1),
  Home: () => list.select(0), End: () => list.select(list.items.length - 1),
  i: invert, r: () => display.reset(), 0: () => display.fit(), 1: () => display.actual(), h: toggleHeat, f: nextFinding,
  '+': () => display.zoomBy(1.25, panes[0]), '=': () => display.zoomBy(1.25, panes[0]), '-': () => display.zoomBy(0.8, panes[0]),
  o: () => at('files').click(), '?': () => at('help').showModal(),
};
const needPicture = new Set(['i', 'r', '0', '1', '+', '=', '-']);

document.addEventListener('keydown', (event) => {
  const isTyping = event.target.closest?.('select, dialog, input');
  const action = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!action || isTyping || event.ctrlKey || event.altKey || event.metaKey || (needPicture.has(event.key.toLowerCase()) && !display.picture)) {
    return;
  }

  event.preventDefault();
  action();
});

at('open').addEventListener('click', () => at('files').click());
at('files').addEventListener('change', () => {
  open(at('files').files);
  at('files').value = '';
});
at('clear').addEventListener('click', () => {
  list.clear();
  at('count').textContent = '';
  at('clear').hidden = true;
  at('open').focus();
});
at('keys').addEventListener('click', () => at('help').showModal());
at('first').addEventListener('change', adaptersChosen);
at('second').addEventListener('change', adaptersChosen);
at('invert').addEventListener('click', () => display.picture && invert());
at('fit').addEventListener('click', () => display.picture && display.fit());
at('actual').addEventListener('click', () => display.picture && display.actual());
at('reset').addEventListener('click', () => display.picture && display.reset());
at('heat').addEventListener('click', toggleHeat);
at('opacity').addEventListener('input', () => {
  if (at('heat').getAttribute('aria-pressed') === 'true') {
    display.heatOpacity = at('opacity').value / 100;
    display.redraw();
  }
});
for (const id of ['level', 'width']) {
  at(id).addEventListener('input', () => display.picture && display.setWindow(at('level').value / 1000, at('width').value / 1000));
}

// ---- dropped files and folders ----

async function filesOf(entry) {
  if (entry.isFile) {
    return [await new Promise((resolve, reject) => { entry.file(resolve, reject); })];
  }

  const reader = entry.createReader();
  const files = [];
  for (;;) {
    const entries = await new Promise((resolve, reject) => { reader.readEntries(resolve, reject); });
    if (!entries.length) {
      return files;
    }

    for (const inner of entries) {
      files.push(...await filesOf(inner));
    }
  }
}

document.addEventListener('dragover', (event) => {
  event.preventDefault();
  at('panes').classList.add('dropping');
});
document.addEventListener('dragleave', (event) => {
  if (!event.relatedTarget) {
    at('panes').classList.remove('dropping');
  }
});
document.addEventListener('drop', async (event) => {
  event.preventDefault();
  at('panes').classList.remove('dropping');
  const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  const files = entries.length ? (await Promise.all(entries.map(filesOf))).flat() : [...event.dataTransfer.files];
  open(files);
});

loadAdapters();
