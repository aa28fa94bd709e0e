"""Fixed words of an Indonesian identity card, and invented people to put on one.

Everyone here is fictitious: names, places and streets are put together at random
and every drawn card carries the word SPESIMEN.
"""

import dataclasses
import json

import numpy as np

from .charset import random_capitals
from .reading import person, place_name
from .scenes import pick

RELIGIONS = ("ISLAM", "ISLAM", "KRISTEN", "KATOLIK", "KATHOLIK", "HINDU", "BUDDHA", "BUDHA", "KHONGHUCU")
STATUSES = ("BELUM KAWIN", "KAWIN", "KAWIN TERCATAT", "CERAI HIDUP", "CERAI MATI")
JOBS = ("PELAJAR/MAHASISWA", "KARYAWAN SWASTA", "WIRASWASTA", "MENGURUS RUMAH TANGGA", "PETANI/PEKEBUN", "PEGAWAI NEGERI SIPIL",
        "GURU", "BURUH HARIAN LEPAS", "PEDAGANG", "BELUM/TIDAK BEKERJA", "DOKTER", "PENSIUNAN", "NELAYAN/PERIKANAN", "SOPIR")
STREETS = ("JL", "JL.", "JL.", "JALAN", "GG.", "GANG", "DUSUN", "DSN.", "KP", "KP.", "PERUM", "PERUM.", "LINGK.", "KOMP")
LABELS = ("NIK", "Nama", "Tempat/Tgl Lahir", "Jenis Kelamin", "Alamat", "RT/RW", "Kel/Desa", "Kecamatan", "Agama",
          "Status Perkawinan", "Pekerjaan", "Kewarganegaraan", "Berlaku Hingga")


# The question of the KTP endpoint (libs/ktp/src/readers/model-prompt.ts).
ENDPOINT_PROMPT = """Salin data dari foto KTP ini ke dalam satu objek JSON.
Tulis setiap nilai persis seperti tercetak, dengan huruf kapital; jangan menebak.
Isi null untuk bagian yang tidak ada atau tidak terbaca.
nik: 16 angka. tgl_lahir, tanggal_terbit: DD-MM-YYYY. rt_rw: 001/002. alamat: hanya baris Alamat.
provinsi dan kab_kota: dua baris judul. gol_darah: A, B, AB, O atau -. tempat_terbit: di bawah foto."""
BLOOD = ("A", "B", "AB", "O", "-", "-", "A+", "B+", "O+")
# Most characters that fit between the value column and the photo.
LINE_LENGTH = 27


@dataclasses.dataclass
class Person:
    """What a card says, under the names and in the order of the endpoint's schema (libs/ktp/src/fields/field-names.ts)."""

    nik: str
    nama: str
    tempat_lahir: str
    tgl_lahir: str
    jenis_kelamin: str
    alamat: str
    rt_rw: str
    kel_desa: str
    kecamatan: str
    agama: str
    status_perkawinan: str
    pekerjaan: str
    kewarganegaraan: str
    berlaku_hingga: str
    provinsi: str
    kab_kota: str
    gol_darah: str
    tempat_terbit: str
    tanggal_terbit: str

    def json(self) -> str:
        return json.dumps(dataclasses.asdict(self), ensure_ascii=False)

    def address_lines(self) -> list[str]:
        """The address as printed: on two lines when it is long."""
        lines = [""]
        for word in self.alamat.split(" "):
            if lines[-1] and len(lines[-1]) + 1 + len(word) > LINE_LENGTH and len(lines) < 2:
                lines.append(word)
            else:
                lines[-1] = f"{lines[-1]} {word}".strip()
        return lines


def _date(rng: np.random.Generator, first: int, last: int) -> str:
    return f"{rng.integers(1, 32):02d}-{rng.integers(1, 13):02d}-{rng.integers(first, last)}"


def _address(rng: np.random.Generator) -> str:
    text = f"{pick(rng, *STREETS)} {place_name(rng, 2)}"
    kind = rng.random()
    if kind < 0.15:
        text += f" GG. {place_name(rng, 1)}"
    elif kind < 0.3:
        text += f" BLOK {pick(rng, *'ABCDFG')}{rng.integers(1, 13)}/{rng.integers(1, 41)}"
    if rng.random() < 0.5:
        text += f" {pick(rng, 'NO ', 'NO. ', 'NO.')}{rng.integers(1, 200)}"
    return text


def random_person(rng: np.random.Generator) -> Person:
    """Someone who does not exist, with a NIK that fits birth date and sex."""
    day, month, year = int(rng.integers(1, 29)), int(rng.integers(1, 13)), int(rng.integers(1950, 2008))
    woman = bool(rng.integers(2))
    area = f"{rng.integers(11, 95):02d}{rng.integers(1, 80):02d}{rng.integers(1, 40):02d}"
    nik = f"{area}{day + 40 * woman:02d}{month:02d}{year % 100:02d}{rng.integers(1, 9999):04d}"
    town = place_name(rng, 2)
    return Person(
        nik=nik, nama=person(rng), tempat_lahir=town if rng.random() < 0.5 else place_name(rng, 2),
        tgl_lahir=f"{day:02d}-{month:02d}-{year}", jenis_kelamin="PEREMPUAN" if woman else "LAKI-LAKI",
        alamat=_address(rng),
        rt_rw=f"{rng.integers(1, 30):03d}{pick(rng, '/', '/', '/', '/', ' / ')}{rng.integers(0, 20):03d}",
        kel_desa=place_name(rng, 2), kecamatan=place_name(rng, 2),
        agama=pick(rng, *RELIGIONS), status_perkawinan=pick(rng, *STATUSES), pekerjaan=pick(rng, *JOBS), kewarganegaraan="WNI",
        berlaku_hingga="SEUMUR HIDUP" if rng.random() < 0.8 else f"{day:02d}-{month:02d}-{rng.integers(2012, 2030)}",
        provinsi=f"PROVINSI {place_name(rng, 2)}", kab_kota=f"{pick(rng, 'KABUPATEN', 'KOTA')} {town}",
        gol_darah=pick(rng, *BLOOD), tempat_terbit=town if rng.random() < 0.6 else place_name(rng, 2),
        tanggal_terbit=_date(rng, 2012, 2025),
    )


def scrambled(rng: np.random.Generator, share: float) -> Person:
    """A card in which about `share` of the free values are random strings, so that reading cannot be guessing."""
    card = random_person(rng)
    for name in ("nama", "tempat_lahir", "alamat", "kel_desa", "kecamatan", "pekerjaan", "provinsi", "kab_kota", "tempat_terbit"):
        if rng.random() < share:
            setattr(card, name, random_capitals(rng, int(rng.integers(3, 22))))
    if rng.random() < share:
        card.nik = "".join(str(digit) for digit in rng.integers(0, 10, 16))
    if rng.random() < share:
        card.tgl_lahir = _date(rng, 1900, 2100)
    return card
