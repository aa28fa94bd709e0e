/**
 * Made-up text that the scales of an 8-bit cache are measured on: prose in two languages, a list, numbers, markup,
 * JSON and code, as a checkpoint meets them.
 */
export const calibrationText = `The harbour was quiet before sunrise. A ferry left at 05:40 with 218 passengers, and
nobody noticed that the clock in the waiting room had stopped. "Is it broken?" asked the child. It was.

Pasar itu ramai setiap hari Sabtu. Ibu membeli dua kilogram jeruk, seikat bayam, dan sebotol madu seharga Rp75.000,
lalu pulang naik becak karena hujan turun deras. Apakah besok cuacanya lebih baik? Mungkin saja.

1. Measure the width (3.25 m) and the height (2.4 m).
2. Multiply: 3.25 × 2.4 = 7.8 m².
3. Add 10 % for waste, which makes 8.58 m².

| item   | count | price  |
| ------ | ----- | ------ |
| pencil | 12    | 0.35   |
| lamp   | 1     | 24.90  |

{"name": "Contoh Nama", "nik": "0000000000000000", "tags": ["a", "b"], "ok": true, "note": null}

export function area(width: number, height: number): number {
  if (width < 0 || height < 0) throw new RangeError('a side is negative');
  return width * height;
}

<think>The user wants a short answer. I should check the units first, then the sum.</think>
In the picture a red square lies left of a blue circle; the sign above them reads "KELUAR".`;
