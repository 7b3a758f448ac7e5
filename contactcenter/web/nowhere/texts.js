/** The words of an address at which there is nothing. */
export default {
  en: {
    "nowhere.title": "There is no page here",
    "nowhere.words": "Nothing is at {address}. It may have been mistyped, or it has moved.",
    "nowhere.lead": "Go to my page",
  },
  id: {
    "nowhere.title": "Tidak ada halaman di sini",
    "nowhere.words": "Tidak ada apa-apa di {address}. Mungkin salah ketik, atau sudah pindah.",
    "nowhere.lead": "Ke halaman saya",
  },
};
