import type { SKRSContext2D } from '@napi-rs/canvas';

import { CARD_HEIGHT, CARD_WIDTH } from './draw-card.js';
import type { Random } from './random.js';

/** The blue card with fine security lines. */
export function drawBackground(context: SKRSContext2D, random: Random): void {
  const gradient = context.createLinearGradient(0, 0, CARD_WIDTH, CARD_HEIGHT);
  const hue = random.between(190, 212);
  gradient.addColorStop(0, `hsl(${hue}, 55%, 82%)`);
  gradient.addColorStop(0.5, `hsl(${hue - 8}, 48%, 87%)`);
  gradient.addColorStop(1, `hsl(${hue + 4}, 52%, 78%)`);
  context.fillStyle = gradient;
  context.fillRect(0, 0, CARD_WIDTH, CARD_HEIGHT);
  context.lineWidth = 0.7;
  for (let line = 0; line < 40; line++) {
    context.strokeStyle = `hsla(${hue + random.between(-15, 15)}, 60%, ${random.between(58, 72)}%, 0.45)`;
    const base = (line / 40) * CARD_HEIGHT;
    const wave = random.between(6, 18);
    const period = random.between(60, 160);
    context.beginPath();
    for (let x = 0; x <= CARD_WIDTH; x += 6) {
      const y = base + Math.sin(x / period + line / 3) * wave;
      if (x === 0) context.moveTo(x, y);
      else context.lineTo(x, y);
    }
    context.stroke();
  }
}

/** A silhouette, never a face. */
export function drawPhoto(context: SKRSContext2D, random: Random): void {
  context.fillStyle = random.chance(0.5) ? '#b32a2f' : '#2b57a5';
  context.fillRect(501, 88, 171, 215);
  context.fillStyle = random.pick(['#5b4636', '#6e5543', '#40332a']);
  context.beginPath();
  context.ellipse(586, 170, 38, 48, 0, 0, Math.PI * 2);
  context.fill();
  context.fillStyle = random.pick(['#d9d9d9', '#394b59', '#7b2d43']);
  context.beginPath();
  context.ellipse(586, 303, 78, 82, 0, Math.PI, Math.PI * 2);
  context.fill();
}

/** A scribble below the date of issue. */
export function drawSignature(context: SKRSContext2D, random: Random): void {
  context.strokeStyle = '#20202a';
  context.lineWidth = 1.6;
  context.beginPath();
  context.moveTo(545, 375);
  for (let stroke = 0; stroke < 6; stroke++) {
    const x = 545 + stroke * 14;
    context.quadraticCurveTo(
      x + random.between(0, 14),
      random.between(345, 405),
      x + 14,
      random.between(365, 385),
    );
  }
  context.stroke();
}

/** Every drawn card says that it is one: across the photo, so that the fields stay readable. */
export function drawSpecimen(context: SKRSContext2D): void {
  context.save();
  context.translate(586, 196);
  context.rotate(-0.6);
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.font = '36px "Card 700"';
  context.fillStyle = 'rgba(255, 255, 255, 0.85)';
  context.fillText('SPESIMEN', 0, 0);
  context.restore();
}
