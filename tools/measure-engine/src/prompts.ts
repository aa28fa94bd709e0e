import type { ChatMessage, RgbImage } from '@qwenvl/engine';

/** A made picture: coloured bands under a gradient, different for each seed. */
export function picture(side: number, seed: number): RgbImage {
  const data = new Uint8Array(side * side * 3);
  for (let index = 0; index < data.length; index++) {
    const pixel = Math.floor(index / 3);
    const x = pixel % side;
    const y = Math.floor(pixel / side);
    const band = Math.floor((x * 8) / side) + seed;
    data[index] = (band * 61 + (index % 3) * 83 + Math.floor((y * 128) / side)) % 256;
  }
  return { width: side, height: side, data };
}

const user = (content: ChatMessage['content']): ChatMessage[] => [{ role: 'user', content }];

const withPicture = (text: string, seed: number): ChatMessage[] =>
  user([
    { type: 'image', image: picture(256, seed) },
    { type: 'text', text },
  ]);

/** Conversations to compare precisions on. Made anew at each call, because pixels are handed over. */
export function comparisonPrompts(): ChatMessage[][] {
  return [
    user('Halo, siapa kamu?'),
    user('What is the capital of Indonesia, and on which island is it?'),
    user('Tulis angka satu sampai sepuluh.'),
    user('Explain in two sentences why the sky is blue.'),
    withPicture('Apa yang terlihat di gambar ini?', 1),
    withPicture('Read the text in this image.', 2),
  ];
}
