// A heat map as a picture with colours: weak heat is transparent, so that the radiograph stays visible.

// Dark red over orange to pale yellow; readable with red-green blindness, since brightness rises with heat.
const stops = [[60, 4, 30], [150, 30, 40], [222, 92, 34], [248, 174, 60], [255, 244, 190]];

function colour(heat) {
  const at = heat * (stops.length - 1);
  const below = Math.min(Math.floor(at), stops.length - 2);
  return stops[below].map((value, i) => value + ((stops[below + 1][i] - value) * (at - below)));
}

const table = Array.from({ length: 256 }, (_, value) => colour(value / 255));

/** The server's gray picture in colours. */
export function coloured(picture) {
  const canvas = new OffscreenCanvas(picture.width, picture.height);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  context.drawImage(picture, 0, 0);
  const image = context.getImageData(0, 0, canvas.width, canvas.height);
  for (let i = 0; i < image.data.length; i += 4) {
    const heat = image.data[i];
    [image.data[i], image.data[i + 1], image.data[i + 2]] = table[heat];
    image.data[i + 3] = Math.min(255, heat * 1.6);
  }

  context.putImageData(image, 0, 0);
  return canvas;
}
