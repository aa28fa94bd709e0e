"""Vocabulary of the generators. All people, places and streets are made up from it."""

ENGLISH = """
about above after again air all almost along also always am animal answer any apple arm around art ask away baby back bag
ball bank bath beach bear beautiful bed before begin below best better big bird black blue board boat body book bottle
bottom box boy bread break bridge bright bring brother brown build bus busy but buy cake call camera can car card care
carry cat center chair change cheap child city class clean clear clock close cloud coat coffee cold color come cook cool
corner count country cow cup cut dance dark day deep desk dinner doctor dog door down draw dream drink drive dry early
earth east easy eat egg empty end enter evening every exit eye face fall family far farm fast father feet few field find
fine fire first fish five floor flower fly food foot forest four free fresh friend from front fruit full fun game garden
gate girl give glass go gold good grass gray great green ground group grow hair half hand happy hard hat have head hear
heart heavy hello help here high hill home hope horse hot hotel hour house how hungry ice idea inside island job jump just
keep key kind king kitchen know lake lamp land large last late laugh leaf learn left letter life light like line lion
list little live long look love low lucky lunch machine make man many map market meat meet milk minute money monkey month
moon more morning mother mountain mouth move much music must name near never new next nice night nine noise north nose
number ocean office often oil old once one only open orange other out over page paint pair paper parent park part party
pen people person phone photo piano picture piece pink place plan plane plant play please point police poor post press
price proud public pull push queen question quick quiet radio rain read ready red rest rice rich ride right ring river
road rock room round run sad safe salt same sand save say school sea season seat second see seed sell send seven shape
share ship shirt shoe shop short show sick side sign silver simple sing sister six sky sleep slow small smile snow soft
some song soon sound soup south space speak spring stand star start station stone stop store storm story street strong
student sugar summer sun sweet swim table talk tall tea teach team tell ten test thank thin thing think three ticket tiger
time tired today together top touch tower town train travel tree true turn twelve two under until up use vegetable very
village visit voice wait walk wall want warm wash watch water way wear weather week welcome west wet wheel white wide wife
wild win wind window winter wish woman wood word work world write yellow yes yesterday young your zero zoo
""".split()

INDONESIAN = """
ada adik air akan aku anak angin anjing apa api awan ayah ayam baca badan bagus bahasa baik baju bakar bambu bangun banyak
baru batu bawah bayi belajar beli benar berapa beras berat besar besok biru bisa buah bukan buka buku bulan bumi bunga
burung cabai cantik cari cepat cerita cinta coba cukup cuci cokelat dagang dalam damai danau dapur datang daun dekat desa
dewasa dia dingin dinding diri dua dunia duduk emas empat enak enam gambar gajah ganti garam gelap gelas gigi gula gunung
guru halaman halo hari harga hati hijau hidup hidung hitam hujan hutan ibu ikan indah ingat istri jalan jam jari jatuh jauh
jeruk jual juga kabar kaca kacang kakak kaki kali kamar kamu kanan kantor kapal kartu kasih kata kaya kebun kecil kelapa
kelas keluarga kepala kerja keras kering kertas kiri kita kopi kota kuat kucing kuda kue kulit kuning kursi lagi lagu laki
lambat lampu langit lantai laut lebar lemari lihat lima lompat luar luas lucu makan malam mana mandi manis marah masa masuk
mata matahari mau meja merah mereka mimpi minggu minum mobil monyet muda mudah mulut murah musim nama nanas nasi negara
nenek nyanyi obat orang pagi pakai panas panjang pantai pasar pasir pena pendek penuh perahu pergi pertama pikir pintar
pintu pisang pohon pulang pulau putih rajin rambut rasa rendah roti rumah rumput sabtu sabun sakit salah salju sama sampai
sapi satu saudara sawah sayur sedih sehat sekolah selalu selamat semua senang sendok senin sepatu sepeda siang siapa sore
suami suara sungai surat susu tahu tahun tamu tanah tangan tanya tas taman teh telinga teman tempat tenang terang terbang
tidak tidur tiga tinggi toko tolong tomat topi tua tujuh tulis ubi udara uang ular umur utara warna waktu yang
""".split()

SYLLABLES = """
ba be bi bo bu da de di do du ga gi gu ha hi ja ji ka ki ku la le li lo lu ma mi mu na ni nu pa pi pu ra ri ro ru sa se si
so su ta te ti to tu wa wi ya yu bang dang dar din han kar lan lang man mar nan ran rang ris san sar tan tar ting wan yan
""".split()

FIRST_NAMES = """
ADI AGUS AHMAD ALYA ANDI ANISA ARIF ASEP AYU BAGUS BAMBANG BAYU BUDI CAHYA CITRA DANI DEDI DESI DEWI DIAN DIMAS DINA DWI
EKA EKO ENDANG FAJAR FARHAN FITRI GALIH GILANG HADI HANA HASAN HENDRA ILHAM INDAH INTAN IRFAN IWAN JOKO KARTIKA LESTARI
LILIS LINA LUKMAN MADE MAYA MEGA MELATI MIRA NADIA NANDA NINING NOVI NUR OKTA PRATAMA PUTRI RAHMA RAMA RANI RATNA RENDI
RETNO RIKA RINA RIO RIZKY ROSA RUDI SARI SITI SRI SUCI SURYA TARI TAUFIK TEGUH TINI TONO TRI UMAR UTAMI VERA WAHYU WATI
WAYAN WIDYA WULAN YANI YUDI YULIA YUSUF ZAHRA
""".split()

LAST_NAMES = """
ANGGRAINI ARDIANSYAH FIRMANSYAH GUNAWAN HANDAYANI HARTONO HIDAYAT KURNIAWAN KUSUMA LESTARI MAHARANI MAULANA NUGROHO
NURAINI PANGESTU PERMATA PRASETYO PURNAMA RAHARJO RAHAYU RAMADHAN SANTOSO SAPUTRA SETIAWAN SIREGAR SUHARTO SUSANTI SUTRISNO
SYAHPUTRA WIBOWO WIDODO WIJAYA WULANDARI YULIANTO
""".split()
