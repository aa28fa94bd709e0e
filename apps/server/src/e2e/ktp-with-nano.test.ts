import { readFile } from 'node:fs/promises';
import OpenAI from 'openai';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RunningServer } from '../server.js';
import { startTestServer, untilReady } from '../testing/start-test-server.js';

const DEADLINE = 60_000;
/** A drawn card of someone who does not exist. */
const card = await readFile(new URL('../../../../docs/assets/card.png', import.meta.url));

const EXPECTED = {
  nik: '4708046606871917',
  nama: 'EKA GUNAWAN',
  tempat_lahir: 'RANMAN',
  tgl_lahir: '26-06-1987',
  jenis_kelamin: 'PEREMPUAN',
  agama: 'ISLAM',
  status_perkawinan: 'KAWIN',
  pekerjaan: 'BELUM/TIDAK BEKERJA',
  kewarganegaraan: 'WNI',
  berlaku_hingga: 'SEUMUR HIDUP',
};
const ADDRESS = { name: 'GANG PIRO', rt_rw: '022/010', kel_desa: 'TETO GADANGPU', kecamatan: 'ROSERU' };

let server: RunningServer;

beforeAll(async () => {
  server = await startTestServer();
  await untilReady(server.url);
}, 120_000);

afterAll(async () => {
  await server.close();
});

it('reads a card through POST /ktp-ocr', { timeout: DEADLINE }, async () => {
  const body = new FormData();
  body.set('image', new Blob([card]), 'card.png');
  body.set('reader', 'vlm');
  const response = await fetch(`${server.url}/ktp-ocr/`, { method: 'POST', body });
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({ ...EXPECTED, alamat: ADDRESS });
});

it('puts a card into JSON for an OpenAI client', { timeout: DEADLINE }, async () => {
  const client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'none', maxRetries: 0 });
  const url = `data:image/png;base64,${card.toString('base64')}`;
  const answer = await client.chat.completions.create({
    model: 'qwenvl-nano',
    temperature: 0,
    messages: [
      {
        role: 'user',
        content: [
          { type: 'image_url', image_url: { url } },
          { type: 'text', text: 'Read the card as JSON.' },
        ],
      },
    ],
  });
  expect(JSON.parse(answer.choices[0]?.message.content ?? '')).toMatchObject(EXPECTED);
});
