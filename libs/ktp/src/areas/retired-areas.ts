/**
 * Regency codes that were replaced when provinces were split, old → new. A NIK never changes, so they go on
 * appearing: Kalimantan Utara (Law 20/2012) and the four new provinces of Papua (Laws 14, 15, 16 and 29/2022).
 */
export const RETIRED_REGENCIES: ReadonlyMap<string, string> = new Map([
  ['6404', '6501'],
  ['6405', '6503'],
  ['6406', '6502'],
  ['6410', '6504'],
  ['6473', '6571'],
  ['9101', '9301'],
  ['9102', '9501'],
  ['9104', '9401'],
  ['9107', '9402'],
  ['9108', '9403'],
  ['9109', '9404'],
  ['9112', '9502'],
  ['9113', '9503'],
  ['9114', '9504'],
  ['9116', '9302'],
  ['9117', '9303'],
  ['9118', '9304'],
  ['9121', '9505'],
  ['9122', '9506'],
  ['9123', '9507'],
  ['9124', '9508'],
  ['9125', '9405'],
  ['9126', '9406'],
  ['9127', '9407'],
  ['9128', '9408'],
  ['9201', '9601'],
  ['9204', '9602'],
  ['9205', '9603'],
  ['9209', '9604'],
  ['9210', '9605'],
  ['9271', '9671'],
]);

/** Provinces that no longer exist under their code. 54 was Timor Timur, independent since 2002. */
export const RETIRED_PROVINCES: ReadonlySet<string> = new Set(['54']);
