// The list of findings of an image: bars with thresholds, said in words too.

const percent = (value) => `${(100 * value).toFixed(value < 0.1 || value > 0.9 ? 1 : 0)} %`;

function element(name, className, text) {
  const made = document.createElement(name);
  if (className) {
    made.className = className;
  }

  if (text !== undefined) {
    made.textContent = text;
  }

  return made;
}

/** The answer for a finding: the conformal one where there is one, else the threshold's. */
export function answer(finding) {
  return finding.conformal ?? finding.decision ?? null;
}

function sentence(finding, known) {
  const parts = [];
  if (finding.threshold !== undefined) {
    parts.push(`threshold ${percent(finding.threshold)}`);
  }

  if (finding.low !== undefined && finding.high !== undefined) {
    parts.push(`${percent(finding.low)} to ${percent(finding.high)} over the runs`);
  }

  if (known?.auroc !== undefined) {
    const interval = known.aurocLow === undefined ? '' : ` (${known.aurocLow.toFixed(2)} to ${known.aurocHigh.toFixed(2)})`;
    parts.push(`AUROC in test ${known.auroc.toFixed(2)}${interval}`);
  }

  if (!finding.isCalibrated) {
    parts.push('not calibrated');
  }

  return parts.join(' · ');
}

function row(finding, known, isChosen, choose) {
  const said = answer(finding);
  const button = element('button', `finding ${said ?? ''}`);
  button.type = 'button';
  button.setAttribute('aria-pressed', String(isChosen));
  button.append(element('span', 'name', finding.name), element('span', 'value', percent(finding.probability)));
  const scale = element('span', 'scale');
  scale.setAttribute('aria-hidden', 'true');
  const bar = element('i');
  bar.style.width = `${100 * finding.probability}%`;
  scale.append(bar);
  if (finding.low !== undefined && finding.high !== undefined) {
    const spread = element('b');
    spread.style.left = `${100 * finding.low}%`;
    spread.style.width = `${100 * (finding.high - finding.low)}%`;
    scale.append(spread);
  }

  if (finding.threshold !== undefined) {
    const mark = element('u');
    mark.style.left = `${100 * finding.threshold}%`;
    scale.append(mark);
  }

  const words = element('span', 'said');
  if (said) {
    words.append(element('span', 'decision', said), document.createTextNode(' · '));
  }

  words.append(document.createTextNode(sentence(finding, known)));
  button.append(scale, words);
  button.addEventListener('click', () => choose(finding.name));
  return button;
}

const openCards = new Set(); // a panel that is filled again keeps them open

function card(adapter) {
  const made = element('details', 'card');
  made.open = openCards.has(adapter.name);
  made.addEventListener('toggle', () => (made.open ? openCards.add(adapter.name) : openCards.delete(adapter.name)));
  const rows = element('dl');
  for (const { label, text } of adapter.card) {
    rows.append(element('dt', '', label), element('dd', '', text));
  }

  made.append(element('summary', '', 'Model card'), rows);
  return made;
}

function block(result, adapter, chosen, choose) {
  const made = element('div', 'adapter');
  made.append(element('h3', '', result.adapter));
  if (adapter) {
    made.append(element('p', 'soft', [adapter.title, `${adapter.imageSize} px`].filter(Boolean).join(' · ')));
  }

  if (result.status && result.status !== 'scored') {
    made.append(element('p', 'problem', result.reason ?? result.status));
  }

  for (const finding of (result.findings ?? [])) {
    const known = adapter?.findings.find((f) => f.name === finding.name);
    made.append(row(finding, known, finding.name === chosen, choose));
  }

  if (adapter?.card?.length) {
    made.append(card(adapter));
  }

  return made;
}

/** Fills the panel with what was said of an image. */
export function showFindings(panel, item, adapters, chosen, choose) {
  const shown = [];
  if (!item) {
    shown.push(element('p', 'soft', 'No image is open.'));
  } else if (item.error) {
    shown.push(element('p', 'problem', item.error));
  } else if (!item.prediction) {
    shown.push(element('p', 'soft', 'The model is reading the image…'));
  } else {
    const { status, reason, notes = [], guards = {}, results = [] } = item.prediction;
    if (status !== 'scored') {
      shown.push(element('p', 'problem', `${status === 'refused' ? 'The model does not answer for this image: ' : ''}${reason ?? status}`));
    }

    shown.push(...results.map((result) => block(result, adapters.find((a) => a.name === result.adapter), chosen, choose)));
    const facts = [guards.modality, guards.view, guards.isBlank ? 'hardly anything visible' : null].filter(Boolean);
    if (facts.length) {
      shown.push(element('p', 'note', `The file says: ${facts.join(', ')}.`));
    }

    shown.push(...notes.map((line) => element('p', 'note', line)));
  }

  panel.replaceChildren(...shown);
}
