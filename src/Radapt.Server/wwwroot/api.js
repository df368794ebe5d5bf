// What the page asks the server. Every image goes as one body, because a page shows them one by one.

let key = null; // in memory only

/** An answer that is not a success: a line to show. */
export class Problem extends Error {
  constructor(status, line) {
    super(line);
    this.status = status;
  }
}

export function useKey(value) {
  key = value;
}

async function ask(path, options = {}) {
  const headers = { ...options.headers };
  if (key) {
    headers.Authorization = `Bearer ${key}`;
  }

  let response;
  try {
    response = await fetch(path, { cache: 'no-store', ...options, headers });
  } catch (error) {
    if (error.name === 'AbortError') {
      throw error;
    }

    throw new Problem(0, 'The server does not answer. Is radapt serve still running?');
  }

  if (!response.ok) {
    throw new Problem(response.status, await line(response));
  }

  return response;
}

async function line(response) {
  try {
    const problem = await response.json();
    return problem.detail ?? problem.title ?? `The server answered ${response.status}.`;
  } catch {
    return `The server answered ${response.status}.`;
  }
}

function body(file, signal) {
  return { method: 'POST', body: file, headers: { 'Content-Type': 'application/octet-stream' }, signal };
}

/** The adapters that the server has. */
export async function adapters() {
  return (await ask('v1/adapters')).json();
}

/** What the named adapters say of one image. */
export async function predict(file, names, signal) {
  const query = names.map((name) => `adapter=${encodeURIComponent(name)}`).join('&');
  return (await (await ask(`v1/predict?${query}`, body(file, signal))).json()).images[0];
}

/** Gray values of one image: {width, height, values: Uint16Array, maximum, low, high, kind, originalWidth, originalHeight}. */
export async function pixels(file, maxSide, signal) {
  const response = await ask(`v1/pixels?maxSide=${maxSide}`, body(file, signal));
  const number = (name) => Number(response.headers.get(`X-Radapt-${name}`));
  const width = number('Width');
  const height = number('Height');
  return {
    width, height, values: new Uint16Array(await response.arrayBuffer()), maximum: number('Maximum'),
    low: number('Window-Low'), high: number('Window-High'), kind: response.headers.get('X-Radapt-Kind'),
    originalWidth: number('Original-Width') || width, originalHeight: number('Original-Height') || height,
  };
}

/** The heat map of a finding: {picture: ImageBitmap, box: [x, y, width, height] in fractions of the image}. */
export async function heatMap(file, adapter, finding, signal) {
  const query = `adapter=${encodeURIComponent(adapter)}&finding=${encodeURIComponent(finding)}`;
  const response = await ask(`v1/heatmap?${query}`, body(file, signal));
  const box = (response.headers.get('X-Radapt-Box') ?? '0,0,1,1').split(',').map(Number);
  return { picture: await createImageBitmap(await response.blob()), box };
}
