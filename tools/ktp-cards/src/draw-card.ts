import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

import { createCanvas, GlobalFonts, type SKRSContext2D } from '@napi-rs/canvas';
import type { RgbImage } from '@qwenvl/ktp';

import { fromCanvasPixels } from './canvas-pixels.js';
import type { CardText } from './person.js';
import { drawBackground, drawPhoto, drawSignature, drawSpecimen } from './decoration.js';
import type { Random } from './random.js';

/** The card's own frame; all positions below are in it. */
export const CARD_WIDTH = 686;
export const CARD_HEIGHT = 447;

const FIRST_ROW = 126.5;
const ROW_PITCH = 20.9;
const LABEL_X = 38;
const INDENTED_X = 77;
const COLON_X = 191;
const VALUE_X = 200;

const require = createRequire(import.meta.url);
let fontsReady = false;

/** Registers the fonts under the names that the drawings use; once a process. */
export function useCardFonts(): void {
  if (fontsReady) return;
  for (const weight of [400, 500, 700]) {
    const path = require.resolve(`@fontsource/arimo/files/arimo-latin-${weight}-normal.woff2`);
    GlobalFonts.register(readFileSync(path), `Card ${weight}`);
  }
  GlobalFonts.registerFromPath(fileURLToPath(new URL('../fonts/OCRA.ttf', import.meta.url)), 'Card NIK');
  fontsReady = true;
}

/** Draws a flat card, `scale` pixels to one unit of the frame. */
export function drawCard(card: CardText, random: Random, scale: number): RgbImage {
  useCardFonts();
  const canvas = createCanvas(Math.round(CARD_WIDTH * scale), Math.round(CARD_HEIGHT * scale));
  const context = canvas.getContext('2d');
  context.scale(scale, scale);
  drawBackground(context, random);
  drawPhoto(context, random);
  context.fillStyle = random.pick(['#101014', '#1a1a22', '#22222a']);
  drawHeader(context, card);
  drawNik(context, card.nik);
  drawRows(context, card, random.pick([400, 400, 500]), random.between(15.6, 16.8));
  drawIssue(context, card);
  drawSignature(context, random);
  drawSpecimen(context);
  const pixels = context.getImageData(0, 0, canvas.width, canvas.height).data;
  return fromCanvasPixels(pixels, canvas.width, canvas.height);
}

function drawHeader(context: SKRSContext2D, card: CardText): void {
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.font = '20px "Card 700"';
  context.fillText(card.provinsi, 370, 28, 420);
  context.fillText(card.kab_kota, 370, 50, 420);
}

function drawNik(context: SKRSContext2D, nik: string): void {
  context.textAlign = 'left';
  context.font = '26px "Card 700"';
  context.fillText('NIK', LABEL_X, 87);
  context.fillText(':', 158, 87);
  context.font = '27px "Card NIK"';
  const width = context.measureText(nik).width;
  context.save();
  context.translate(182, 87);
  context.scale(300 / width, 1);
  context.fillText(nik, 0, 0);
  context.restore();
}

function drawRows(context: SKRSContext2D, card: CardText, weight: number, size: number): void {
  context.font = `${size}px "Card ${weight}"`;
  const [firstLine = '', secondLine] = card.alamat;
  const rows: readonly (readonly [string, string, boolean?])[] = [
    ['Nama', card.nama],
    ['Tempat/Tgl Lahir', `${card.tempat_lahir}, ${card.tgl_lahir}`],
    ['Jenis Kelamin', card.jenis_kelamin],
    ['Alamat', firstLine],
    ...(secondLine ? ([['', secondLine]] as const) : []),
    ['RT/RW', card.rt_rw, true],
    ['Kel/Desa', card.kel_desa, true],
    ['Kecamatan', card.kecamatan, true],
    ['Agama', card.agama],
    ['Status Perkawinan', card.status_perkawinan],
    ['Pekerjaan', card.pekerjaan],
    ['Kewarganegaraan', card.kewarganegaraan],
    ['Berlaku Hingga', card.berlaku_hingga],
  ];
  for (const [index, [label, value, indented]] of rows.entries()) {
    const y = FIRST_ROW + ROW_PITCH * index;
    context.fillText(
      label,
      indented ? INDENTED_X : LABEL_X,
      y,
      COLON_X - (indented ? INDENTED_X : LABEL_X) - 2,
    );
    if (label) context.fillText(':', COLON_X, y);
    context.fillText(value, VALUE_X, y, 296);
    if (label === 'Jenis Kelamin') context.fillText(`Gol. Darah : ${card.gol_darah}`, 375, y);
  }
}

function drawIssue(context: SKRSContext2D, card: CardText): void {
  context.textAlign = 'center';
  context.font = '14px "Card 400"';
  context.fillText(card.tempat_terbit, 586, 309, 170);
  context.fillText(card.tanggal_terbit, 586, 326);
  context.textAlign = 'left';
}
