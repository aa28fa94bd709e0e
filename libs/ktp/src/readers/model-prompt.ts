/** The question to the model, in the language of the card. */
export const MODEL_PROMPT = `Salin data dari foto KTP ini ke dalam satu objek JSON.
Tulis setiap nilai persis seperti tercetak, dengan huruf kapital; jangan menebak.
Isi null untuk bagian yang tidak ada atau tidak terbaca.
nik: 16 angka. tgl_lahir, tanggal_terbit: DD-MM-YYYY. rt_rw: 001/002. alamat: hanya baris Alamat.
provinsi dan kab_kota: dua baris judul. gol_darah: A, B, AB, O atau -. tempat_terbit: di bawah foto.`;
