"""Fixed words of an Indonesian identity card, and invented people to put on one.

Everyone here is fictitious: names, places and streets are put together at random
and every drawn card carries the word SPESIMEN.
"""

import dataclasses
import json

import numpy as np

from .reading import person, place_name
from .scenes import pick

RELIGIONS = ("ISLAM", "KRISTEN", "KATOLIK", "HINDU", "BUDDHA", "KHONGHUCU")
STATUSES = ("BELUM KAWIN", "KAWIN", "CERAI HIDUP", "CERAI MATI")
JOBS = ("PELAJAR/MAHASISWA", "KARYAWAN SWASTA", "WIRASWASTA", "MENGURUS RUMAH TANGGA", "PETANI/PEKEBUN", "PEGAWAI NEGERI SIPIL",
        "GURU", "BURUH HARIAN LEPAS", "PEDAGANG", "BELUM/TIDAK BEKERJA", "DOKTER", "PENSIUNAN", "NELAYAN/PERIKANAN", "SOPIR")
STREETS = ("JL", "JL.", "JALAN", "GG", "GANG", "DUSUN", "KP", "PERUM", "KOMP")
LABELS = ("NIK", "Nama", "Tempat/Tgl Lahir", "Jenis Kelamin", "Alamat", "RT/RW", "Kel/Desa", "Kecamatan", "Agama",
          "Status Perkawinan", "Pekerjaan", "Kewarganegaraan", "Berlaku Hingga")


@dataclasses.dataclass
class Person:
    """The card's fields as the endpoint returns them, plus what is printed besides."""

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
    kota: str

    def fields(self) -> dict:
        """The endpoint's JSON."""
        return {
            "nik": self.nik, "nama": self.nama, "tempat_lahir": self.tempat_lahir, "tgl_lahir": self.tgl_lahir,
            "jenis_kelamin": self.jenis_kelamin,
            "alamat": {"name": self.alamat, "rt_rw": self.rt_rw, "kel_desa": self.kel_desa, "kecamatan": self.kecamatan},
            "agama": self.agama, "status_perkawinan": self.status_perkawinan, "pekerjaan": self.pekerjaan,
            "kewarganegaraan": self.kewarganegaraan, "berlaku_hingga": self.berlaku_hingga,
        }

    def json(self) -> str:
        return json.dumps(self.fields(), ensure_ascii=False)


def random_person(rng: np.random.Generator) -> Person:
    """Someone who does not exist, with a NIK that fits birth date and sex."""
    day, month, year = int(rng.integers(1, 29)), int(rng.integers(1, 13)), int(rng.integers(1950, 2008))
    woman = bool(rng.integers(2))
    area = f"{rng.integers(11, 95):02d}{rng.integers(1, 80):02d}{rng.integers(1, 40):02d}"
    nik = f"{area}{day + 40 * woman:02d}{month:02d}{year % 100:02d}{rng.integers(1, 9999):04d}"
    town = place_name(rng, 1)
    return Person(
        nik=nik, nama=person(rng), tempat_lahir=town if rng.random() < 0.5 else place_name(rng, 1),
        tgl_lahir=f"{day:02d}-{month:02d}-{year}", jenis_kelamin="PEREMPUAN" if woman else "LAKI-LAKI",
        alamat=f"{pick(rng, *STREETS)} {place_name(rng, 2)}" + (f" NO {rng.integers(1, 200)}" if rng.random() < 0.5 else ""),
        rt_rw=f"{rng.integers(1, 30):03d}/{rng.integers(1, 20):03d}", kel_desa=place_name(rng, 2), kecamatan=place_name(rng, 2),
        agama=pick(rng, *RELIGIONS), status_perkawinan=pick(rng, *STATUSES), pekerjaan=pick(rng, *JOBS), kewarganegaraan="WNI",
        berlaku_hingga="SEUMUR HIDUP" if rng.random() < 0.8 else f"{day:02d}-{month:02d}-{rng.integers(2012, 2030)}",
        provinsi=f"PROVINSI {place_name(rng, 2)}", kota=f"{pick(rng, 'KABUPATEN', 'KOTA')} {town}",
    )
