import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

import { FIELD_NAMES, normaliseField, type FieldName } from '@qwenvl/ktp';
import { createWorker, OEM, type Worker } from 'tesseract.js';

import type { ReaderRequest } from './reader-client.js';
import type { Answer, BenchReader } from './readers.js';

const ROWS: readonly (readonly [RegExp, FieldName])[] = [
  [/^\W*N[I1l]K\W*(.*)$/i, 'nik'],
  [/^\W*Nama\W*(.*)$/i, 'nama'],
  [/^\W*Alamat\W*(.*)$/i, 'alamat'],
  [/^\W*RT\W?RW\W*(.*)$/i, 'rt_rw'],
  [/^\W*Kel\W?Desa\W*(.*)$/i, 'kel_desa'],
  [/^\W*Kecamatan\W*(.*)$/i, 'kecamatan'],
  [/^\W*Agama\W*(.*)$/i, 'agama'],
  [/^\W*Status Perkawinan\W*(.*)$/i, 'status_perkawinan'],
  [/^\W*Pekerjaan\W*(.*)$/i, 'pekerjaan'],
  [/^\W*Kewarganegaraan\W*(.*)$/i, 'kewarganegaraan'],
  [/^\W*Berlaku Hingga\W*(.*)$/i, 'berlaku_hingga'],
  [/^\W*(PROVINSI .*)$/i, 'provinsi'],
  [/^\W*((?:KABUPATEN|KOTA|JAKARTA) .*)$/i, 'kab_kota'],
];

/** tesseract.js with Indonesian data, its lines sorted into fields by their labels: the usual way in JavaScript. */
export class TesseractReader implements BenchReader {
  readonly #worker: Worker;

  private constructor(worker: Worker) {
    this.#worker = worker;
  }

  static async open(): Promise<TesseractReader> {
    const data = dirname(createRequire(import.meta.url).resolve('@tesseract.js-data/ind/package.json'));
    const options = { langPath: join(data, '4.0.0_best_int'), cacheMethod: 'none', gzip: true };
    return new TesseractReader(await createWorker('ind', OEM.LSTM_ONLY, options));
  }

  async read({ jpeg }: ReaderRequest): Promise<Answer> {
    const { data } = await this.#worker.recognize(jpeg);
    return { values: sortLines(data.text.split('\n')), refused: null, nikWarnings: [] };
  }
}

function sortLines(lines: readonly string[]): Record<FieldName, string> {
  const values = Object.fromEntries(FIELD_NAMES.map((name) => [name, ''])) as Record<FieldName, string>;
  for (const line of lines) {
    for (const [pattern, field] of ROWS) {
      const value = pattern.exec(line)?.[1];
      if (value) values[field] = normaliseField(field, value).value ?? '';
    }
    const birth = /^\W*Tempat.{0,12}Lahir\W*(.*?)[,. ]+(\d\d-\d\d-\d{4})/i.exec(line);
    if (birth) [values.tempat_lahir, values.tgl_lahir] = [birth[1]?.toUpperCase() ?? '', birth[2] ?? ''];
    const sex = /^\W*Jenis Kelamin\W*(\S+)(?:.*Darah\W*(\S+))?/i.exec(line);
    if (sex) {
      values.jenis_kelamin = normaliseField('jenis_kelamin', sex[1] ?? '').value ?? '';
      values.gol_darah = sex[2] ?? '';
    }
  }
  return values;
}
