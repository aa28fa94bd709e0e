import { AreaTable } from '../areas/area-table.js';

/** A few areas under their real codes, for tests. */
export function smallAreaTable(): AreaTable {
  return new AreaTable({
    provinces: { '31': 'DKI JAKARTA', '32': 'JAWA BARAT', '65': 'KALIMANTAN UTARA', '93': 'PAPUA SELATAN' },
    regencies: {
      '3174': 'KOTA ADMINISTRASI JAKARTA SELATAN',
      '3201': 'KABUPATEN BOGOR',
      '3271': 'KOTA BOGOR',
      '6571': 'KOTA TARAKAN',
      '9301': 'KABUPATEN MERAUKE',
    },
    districts: {
      '317401': 'TEBET',
      '320101': 'CIBINONG',
      '320102': 'GUNUNG PUTRI',
      '327101': 'BOGOR SELATAN',
    },
    villages: {
      '317401': 'TEBET TIMUR|TEBET BARAT|MANGGARAI',
      '320101': 'PONDOK RAJEG|CIRIMEKAR|CIBINONG',
      '320102': 'WANAHERANG|BOJONG KULUR',
      '327101': 'BATUTULIS|BONDONGAN',
    },
  });
}
