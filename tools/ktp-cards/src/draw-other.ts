import { createCanvas } from '@napi-rs/canvas';
import type { RgbImage } from '@qwenvl/ktp';

import { fromCanvasPixels } from './canvas-pixels.js';
import { CARD_HEIGHT, CARD_WIDTH, useCardFonts } from './draw-card.js';
import type { Random } from './random.js';

/** Something of a card's size with text on it that is not an identity card: a receipt, a member card, a note. */
export function drawOther(random: Random, scale: number): RgbImage {
  useCardFonts();
  const canvas = createCanvas(Math.round(CARD_WIDTH * scale), Math.round(CARD_HEIGHT * scale));
  const context = canvas.getContext('2d');
  context.scale(scale, scale);
  context.fillStyle = `hsl(${random.integer(0, 359)}, 40%, ${random.integer(70, 95)}%)`;
  context.fillRect(0, 0, CARD_WIDTH, CARD_HEIGHT);
  context.fillStyle = '#1c1c1c';
  const lines = random.pick([
    [
      'KARTU ANGGOTA PERPUSTAKAAN',
      'Nomor 00817',
      'SPESIMEN',
      'Berlaku sampai akhir tahun',
      'Harap dibawa saat meminjam',
    ],
    [
      'TOKO SUMBER REJEKI',
      'Beras 5 kg      64.000',
      'Gula 1 kg       15.500',
      'Minyak 2 L      34.000',
      'Jumlah         113.500',
      'Tunai          120.000',
      'Kembali          6.500',
    ],
    ['UNDANGAN', 'Rapat warga', 'Sabtu pukul 19.30', 'Balai desa', 'Mohon hadir tepat waktu'],
    ['SURAT IZIN PARKIR', 'Kendaraan roda dua', 'Lantai B2', 'SPESIMEN', 'Tidak dapat dipindahtangankan'],
    [],
  ]);
  for (const [index, line] of lines.entries()) {
    context.font = `${index === 0 ? 30 : 20}px "Card ${index === 0 ? 700 : 400}"`;
    context.fillText(line, 60, 80 + index * 44);
  }
  return fromCanvasPixels(
    context.getImageData(0, 0, canvas.width, canvas.height).data,
    canvas.width,
    canvas.height,
  );
}
