// The list of open images: a listbox with one tab stop, moved through by keys.

import { answer } from './findings.js';

const percent = (value) => `${Math.round(100 * value)} %`;

function state(item) {
  if (item.error) {
    return ['unreadable', item.error];
  }

  const said = item.prediction;
  if (!said) {
    return ['', item.isAsked ? 'being read' : 'waiting'];
  }

  if (said.status !== 'scored') {
    return [said.status, said.status === 'refused' ? 'not answered' : 'cannot be read'];
  }

  const findings = said.results.flatMap((result) => result.findings ?? []);
  const present = findings.filter((finding) => answer(finding) === 'present');
  const highest = (present.length ? present : findings).reduce((a, b) => (a && a.probability >= b.probability ? a : b), null);
  const others = present.length > 1 ? ` and ${present.length - 1} more` : '';
  return [present.length ? 'present' : 'scored', highest ? `${highest.name} ${percent(highest.probability)}${others}` : 'no findings'];
}

export class Worklist {
  constructor(list, onSelect) {
    this.list = list;
    this.items = [];
    this.selected = -1;
    this.onSelect = onSelect;
    list.addEventListener('click', (event) => {
      const option = event.target.closest('li');
      if (option) {
        this.select([...list.children].indexOf(option));
      }
    });
  }

  get current() {
    return this.items[this.selected] ?? null;
  }

  add(files) {
    for (const file of files) {
      const option = document.createElement('li');
      option.role = 'option';
      option.id = `image-${crypto.getRandomValues(new Uint32Array(2)).join('')}`;
      option.innerHTML = '<span class="dot" aria-hidden="true"></span><span class="name"></span><span class="what"></span>';
      option.querySelector('.name').textContent = file.name;
      option.title = file.name;
      this.list.append(option);
      const item = { file, option, prediction: null, error: null, isAsked: false };
      this.items.push(item);
      this.update(item);
    }

    if (this.selected < 0 && this.items.length) {
      this.select(0);
    }
  }

  clear() {
    this.items = [];
    this.selected = -1;
    this.list.replaceChildren();
    this.list.removeAttribute('aria-activedescendant');
    this.onSelect(null);
  }

  update(item) {
    const [kind, words] = state(item);
    item.option.querySelector('.dot').className = `dot ${kind}`;
    item.option.querySelector('.what').textContent = words;
    item.option.setAttribute('aria-selected', String(item === this.current));
  }

  select(index) {
    if (index < 0 || index >= this.items.length) {
      return;
    }

    const before = this.current;
    this.selected = index;
    if (before) {
      this.update(before);
    }

    this.update(this.current);
    this.list.setAttribute('aria-activedescendant', this.current.option.id);
    this.current.option.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    this.onSelect(this.current);
  }

  move(step) {
    this.select(Math.min(Math.max(this.selected + step, 0), this.items.length - 1));
  }
}
