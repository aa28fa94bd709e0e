import type { RgbImage } from '@qwenvl/ktp';

import type { Capture } from './levels.js';
import type { Random } from './random.js';

/** Gaussian blur in place, separable, edges repeated. `sigma` in pixels. */
export function blur(image: RgbImage, sigma: number): void {
  const radius = Math.max(1, Math.ceil(sigma * 2.5));
  const kernel = Array.from({ length: 2 * radius + 1 }, (_, i) =>
    Math.exp(-((i - radius) ** 2) / (2 * sigma * sigma)),
  );
  const total = kernel.reduce((sum, value) => sum + value, 0);
  const weights = Float32Array.from(kernel, (value) => value / total);
  pass(image, weights, radius, image.width, image.height, 3, image.width * 3);
  pass(image, weights, radius, image.height, image.width, image.width * 3, 3);
}

function pass(
  image: RgbImage,
  weights: Float32Array,
  radius: number,
  length: number,
  lines: number,
  step: number,
  lineStep: number,
): void {
  const padded = new Float32Array(length + 2 * radius);
  for (let line = 0; line < lines; line++) {
    for (let channel = 0; channel < 3; channel++) {
      const start = line * lineStep + channel;
      for (let i = 0; i < padded.length; i++) {
        padded[i] = image.data[start + Math.min(length - 1, Math.max(0, i - radius)) * step] ?? 0;
      }
      for (let i = 0; i < length; i++) {
        let sum = 0;
        for (let k = 0; k < weights.length; k++) sum += (weights[k] ?? 0) * (padded[i + k] ?? 0);
        image.data[start + i * step] = sum + 0.5;
      }
    }
  }
}

/** A soft edge of shade across the picture at a random angle, `darkest` times the light on its dark side. */
export function addShadow(image: RgbImage, darkest: number, random: Random): void {
  const angle = random.between(0, Math.PI * 2);
  const offset = random.between(-0.25, 0.25);
  const softness = random.between(3, 10);
  for (let y = 0, at = 0; y < image.height; y++) {
    for (let x = 0; x < image.width; x++, at += 3) {
      const along =
        (x / image.width - 0.5) * Math.cos(angle) + (y / image.height - 0.5) * Math.sin(angle) - offset;
      const factor = darkest + (1 - darkest) / (1 + Math.exp(-softness * along));
      for (let channel = 0; channel < 3; channel++) {
        image.data[at + channel] = (image.data[at + channel] ?? 0) * factor;
      }
    }
  }
}

/** One light reflex that mixes the card with white; its strength falls off towards the rim. */
export function addGlare(image: RgbImage, capture: Capture, random: Random): void {
  const centreX = image.width * random.between(0.25, 0.75);
  const centreY = image.height * random.between(0.25, 0.75);
  const radius = capture.glareRadius * capture.cardWidth;
  for (let y = 0, at = 0; y < image.height; y++) {
    for (let x = 0; x < image.width; x++, at += 3) {
      const distance = Math.hypot(x - centreX, (y - centreY) * 1.3) / radius;
      if (distance > 1.6) continue;
      const strength = capture.glare * Math.min(1, Math.max(0, (1.6 - distance) / 0.8));
      for (let channel = 0; channel < 3; channel++) {
        const value = image.data[at + channel] ?? 0;
        image.data[at + channel] = value + (255 - value) * strength;
      }
    }
  }
}

/** Multiplies all levels, clipped at white. */
export function scaleLevels(image: RgbImage, factor: number): void {
  for (let i = 0; i < image.data.length; i++) {
    image.data[i] = Math.min(255, (image.data[i] ?? 0) * factor);
  }
}

/** Noise values are drawn once and reused from a random place in each row: drawing millions of them costs seconds. */
const NOISE_TABLE_SIZE = 1 << 16;

/** Sensor noise on each value, `deviation` levels of 255. */
export function addNoise(image: RgbImage, deviation: number, random: Random): void {
  const table = Float32Array.from({ length: NOISE_TABLE_SIZE }, () => random.normal() * deviation);
  const stride = image.width * 3;
  for (let y = 0; y < image.height; y++) {
    const offset = random.integer(0, NOISE_TABLE_SIZE - 1);
    for (let x = 0, at = y * stride; x < stride; x++, at++) {
      const noise = table[(offset + x) & (NOISE_TABLE_SIZE - 1)] ?? 0;
      image.data[at] = Math.min(255, Math.max(0, (image.data[at] ?? 0) + noise));
    }
  }
}
